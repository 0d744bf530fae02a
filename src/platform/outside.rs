//! The system around the window, as far as it speaks up by itself.

use crate::jobs::ports::{Outside, Tell};
use std::path::PathBuf;

/// The system around the window.
#[derive(Debug, Default)]
pub struct SystemOutside;

impl Outside for SystemOutside {
    fn listen(&mut self, _tell: Tell) {}

    fn watch(&mut self, _files: Vec<PathBuf>) {}
}
