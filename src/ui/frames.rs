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
}

impl Frames {
    pub(super) fn new(trace: Trace) -> Self {
        Self { trace, begun: None, count: 0 }
    }

    /// A frame begins; `seconds` is what the one before took of our own time, drawing included and
    /// waiting for the screen not. Is the first one on the screen just now?
    pub(super) fn begin(&mut self, ctx: &Context, seconds: Option<f32>) -> bool {
        self.count = self.count.saturating_add(1);
        if self.count == SHOWN {
            self.trace.mark("window", "first frame shown");
        } else if self.count < SHOWN {
            ctx.request_repaint();
        }
        if let (Some(Begun { at, n_events }), Some(seconds)) = (&self.begun, seconds) {
            let duration = Duration::from_secs_f32(seconds.max(0.0));
            self.trace.span("window", "frame", *at, duration, &[("events", *n_events as f64)]);
        }
        self.begun = Some(Begun { at: Instant::now(), n_events: ctx.input(|it| it.events.len()) });
        self.count == SHOWN
    }
}
