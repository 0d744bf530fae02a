//! Cooperative cancellation.

use super::EngineError;
use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

/// A flag shared by whoever asked for work and whoever does it. Clones share the flag.
#[derive(Clone, Debug, Default)]
pub struct Cancel(Arc<AtomicBool>);

impl Cancel {
    /// Asks every holder of this flag to stop as soon as it can.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Has somebody asked to stop?
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// For use between stages and between rows of slow loops.
    ///
    /// # Errors
    /// [`EngineError::Cancelled`] once [`Cancel::cancel`] was called.
    pub fn check(&self) -> Result<(), EngineError> {
        if self.is_cancelled() { Err(EngineError::Cancelled) } else { Ok(()) }
    }
}
