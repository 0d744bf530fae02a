//! The system around the window, as far as it speaks up by itself.

use super::{appearance, single::Doorbell, watch::Watch};
use crate::jobs::ports::{Outside, Tell};
use std::path::PathBuf;

/// The desktop's settings, watched files, and later starts of the program.
#[derive(Default)]
pub struct SystemOutside {
    doorbell: Doorbell,
    watch: Option<Watch>,
}

impl SystemOutside {
    /// With the place where later starts ring.
    pub fn new(doorbell: Doorbell) -> Self {
        Self { doorbell, watch: None }
    }
}

impl Outside for SystemOutside {
    fn listen(&mut self, tell: Tell) {
        appearance::listen(tell.clone());
        self.doorbell.answer(&tell);
        self.watch = Some(Watch::new(tell));
    }

    fn watch(&mut self, files: Vec<PathBuf>) {
        if let Some(watch) = &mut self.watch {
            watch.follow(files);
        }
    }
}

impl Drop for SystemOutside {
    fn drop(&mut self) {
        self.doorbell.leave();
    }
}
