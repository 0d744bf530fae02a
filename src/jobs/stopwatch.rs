//! Measures the engine's stages.

use super::trace::Trace;
use crate::engine::{Observer, Stage};
use std::{cell::RefCell, time::Instant};

/// Measured durations in milliseconds; `None` where a stage did not run.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Millis {
    /// Reading the file.
    pub read: Option<f64>,
    /// Encoded source to pixels.
    pub decode: Option<f64>,
    /// Pixels to the size wanted.
    pub edit: Option<f64>,
    /// Pixels to bytes.
    pub encode: Option<f64>,
    /// Bytes back to pixels for the preview.
    pub preview: Option<f64>,
}

impl Millis {
    /// These, with gaps filled from older measurements of the same picture.
    #[must_use]
    pub fn or(self, older: Self) -> Self {
        Self {
            read: self.read.or(older.read),
            decode: self.decode.or(older.decode),
            edit: self.edit.or(older.edit),
            encode: self.encode.or(older.encode),
            preview: self.preview.or(older.preview),
        }
    }

    fn slot(&mut self, stage: Stage) -> &mut Option<f64> {
        match stage {
            Stage::Decode => &mut self.decode,
            Stage::Edit => &mut self.edit,
            Stage::Encode => &mut self.encode,
            Stage::Preview => &mut self.preview,
        }
    }
}

/// An observer with a clock, for one thread.
#[derive(Default)]
pub struct Stopwatch {
    trace: Trace,
    lane: &'static str,
    running: RefCell<Option<(Stage, Instant)>>,
    measured: RefCell<Millis>,
}

impl Stopwatch {
    /// One that also writes down when the stages of this lane began and how long they took.
    pub fn tracing(trace: &Trace, lane: &'static str) -> Self {
        Self { trace: trace.clone(), lane, ..Self::default() }
    }

    /// What was measured so far.
    pub fn millis(&self) -> Millis {
        *self.measured.borrow()
    }

    /// Milliseconds since `start`.
    pub fn since(start: Instant) -> f64 {
        start.elapsed().as_secs_f64() * 1000.0
    }
}

impl Observer for Stopwatch {
    fn begin(&self, stage: Stage) {
        self.running.replace(Some((stage, Instant::now())));
    }

    fn end(&self, stage: Stage) {
        if let Some((running, start)) = self.running.take()
            && running == stage
        {
            *self.measured.borrow_mut().slot(stage) = Some(Self::since(start));
            let name = match stage {
                Stage::Decode => "decode",
                Stage::Edit => "edit",
                Stage::Encode => "encode",
                Stage::Preview => "decode back",
            };
            self.trace.span(self.lane, name, start, start.elapsed(), &[]);
        }
    }
}
