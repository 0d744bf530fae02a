//! What is asked of the system around the window.

use super::{Jobs, ports::Drops, threads::teller};
use std::path::PathBuf;

impl Jobs {
    /// Watches these files for changes, and no others.
    pub fn watch(&mut self, files: Vec<PathBuf>) {
        if let Some(outside) = &mut self.outside {
            outside.watch(files);
        }
    }

    /// Tells of images that other programs copy, or no longer.
    pub fn watch_clipboard(&mut self, is_wanted: bool) {
        if let Some(outside) = &mut self.outside {
            outside.watch_clipboard(is_wanted);
        }
    }

    /// Shows a page in the user's browser.
    pub fn browse(&mut self, address: String) {
        if let Some(outside) = &mut self.outside {
            outside.browse(address);
        }
    }

    /// Listens for drops in this place from now on, and in no other.
    pub fn listen_for_drops(&mut self, drops: Option<Box<dyn Drops>>) {
        // The old one first: a window has one place for drops.
        self.drops = None;
        self.drops = drops;
        if let Some(drops) = &mut self.drops {
            drops.listen(teller(&self.shared));
        }
    }
}
