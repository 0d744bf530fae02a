//! The user's browser, for pages that the user asked to see.

use crate::jobs::{
    error::system_words,
    ports::{News, Tell},
};
use std::thread;

/// Shows a page; which browser that is takes a while to find out, so it is done aside.
pub(super) fn show(address: String, tell: &Tell) {
    let (asked, heard) = (address.clone(), tell.clone());
    let started = thread::Builder::new().name("browser".to_owned()).spawn(move || {
        if let Err(error) = webbrowser::open(&asked) {
            heard(News::NotBrowsed { address: asked, why: system_words(&error) });
        }
    });
    if let Err(error) = started {
        tell(News::NotBrowsed { address, why: system_words(&error) });
    }
}
