//! The system around the window, as far as it speaks up by itself.

use super::{
    appearance, browser,
    clipboard_watch::{self, ClipboardWatch},
    single::Doorbell,
    watch::Watch,
};
use crate::jobs::{
    error::system_words,
    ports::{News, Outside, Tell},
};
use std::path::PathBuf;

/// The desktop's settings, watched files, what is copied, and later starts of the program.
#[derive(Default)]
pub struct SystemOutside {
    doorbell: Doorbell,
    watch: Option<Watch>,
    tell: Option<Tell>,
    clipboard_watch: Option<ClipboardWatch>,
}

impl SystemOutside {
    /// With the place where later starts ring.
    pub fn new(doorbell: Doorbell) -> Self {
        Self { doorbell, watch: None, tell: None, clipboard_watch: None }
    }
}

impl Outside for SystemOutside {
    fn listen(&mut self, tell: Tell) {
        appearance::listen(tell.clone());
        self.doorbell.answer(&tell);
        self.watch = Some(Watch::new(tell.clone()));
        self.tell = Some(tell);
    }

    fn watch(&mut self, files: Vec<PathBuf>) {
        if let Some(watch) = &mut self.watch {
            watch.follow(files);
        }
    }

    fn can_watch_clipboard(&self) -> bool {
        clipboard_watch::IS_POSSIBLE
    }

    fn watch_clipboard(&mut self, is_wanted: bool) {
        self.clipboard_watch = None;
        let Some(tell) = self.tell.as_ref().filter(|_| is_wanted) else { return };
        match ClipboardWatch::begin(tell.clone()) {
            Ok(watch) => self.clipboard_watch = Some(watch),
            Err(error) => tell(News::NotWatched(system_words(&error))),
        }
    }

    fn browse(&mut self, address: String) {
        if let Some(tell) = self.tell.clone() {
            browser::show(address, &tell);
        }
    }
}

impl Drop for SystemOutside {
    fn drop(&mut self) {
        self.doorbell.leave();
    }
}
