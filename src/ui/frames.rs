//! How long the frames took, for the trace.

use crate::jobs::Trace;
use egui::Context;
use std::time::{Duration, Instant};

/// Frames are counted until the first of them is on the screen.
const SHOWN: u64 = 2;

/// Tells the trace of every frame when the next one begins, since only then it is over.
pub(super) struct Frames {
    pub(super) trace: Trace,
    begun: Option<Begun>,
    count: u64,
}

/// The frame that is being made.
struct Begun {
    at: Instant,
    /// Events of the pointer and the keyboard that it answers.
    n_events: usize,
    /// For how long the thread had run by then.
    ran: Option<Duration>,
}

impl Frames {
    pub(super) fn new(trace: Trace) -> Self {
        Self { trace, begun: None, count: 0 }
    }

    /// A frame begins; `seconds` is what the one before took of our own time, drawing included and
    /// waiting for the screen not; of that, and of what came in until now, it is told for how long the thread
    /// had a processor. Is the first one on the screen just now?
    pub(super) fn begin(&mut self, ctx: &Context, seconds: Option<f32>) -> bool {
        self.count = self.count.saturating_add(1);
        if self.count == SHOWN {
            self.trace.mark("window", "first frame shown");
        } else if self.count < SHOWN {
            ctx.request_repaint();
        }
        let ran = self.trace.thread_time();
        if let (Some(before), Some(seconds)) = (&self.begun, seconds) {
            let duration = Duration::from_secs_f32(seconds.max(0.0));
            let mut facts = vec![("events", before.n_events as f64)];
            if let (Some(ran), Some(before)) = (ran, before.ran) {
                facts.push(("processor_ms", ran.saturating_sub(before).as_secs_f64() * 1000.0));
            }
            self.trace.span("window", "frame", before.at, duration, &facts);
        }
        self.begun = Some(Begun { at: Instant::now(), n_events: ctx.input(|it| it.events.len()), ran });
        self.count == SHOWN
    }
}
