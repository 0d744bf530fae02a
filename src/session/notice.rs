//! What the window says: the one place where errors become sentences for people.

use super::Session;
use crate::jobs::JobError;
use std::error::Error as _;

/// One line in the status bar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// Grows with every notice, so that the window knows a new one from an old one.
    pub serial: u64,
    /// How it is meant.
    pub kind: Kind,
    /// One sentence without a full stop.
    pub text: String,
    /// The causes, for those who want to know.
    pub details: Option<String>,
}

/// How a notice is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Something the user asked for was done.
    Good,
    /// Something worth knowing.
    Plain,
    /// Something failed; stays until it is replaced or dismissed.
    Bad,
}

impl Session {
    /// The window is another one now, and people wonder why it flickered.
    pub fn window_was_lost(&mut self) {
        self.say(Kind::Plain, "The graphics driver lost the window; it was opened again", None);
    }
}

/// A failure in words: what happened to which picture, why, and what to do.
pub(super) fn failure(name: &str, error: &JobError) -> String {
    format!("{name}: {error}")
}

/// A result that nobody can look at, in words.
pub(super) fn not_shown(name: &str, error: &JobError) -> String {
    format!("{name}: the result can be saved, but not shown ({error})")
}

/// The same for whoever wants to paste its pixels.
pub(super) fn not_copied(name: &str, why: &str) -> String {
    format!("{name}: the result can be saved, but not copied as an image ({why})")
}

/// The chain of causes below an error, if there is one.
pub(super) fn causes(error: &JobError) -> Option<String> {
    let mut chain: Vec<String> = vec![];
    let mut next = error.source();
    while let Some(cause) = next {
        chain.push(cause.to_string());
        next = cause.source();
    }
    (!chain.is_empty()).then(|| chain.join(": "))
}

/// The same sentence with a capital at the beginning, for where no name stands before it.
pub fn capitalized(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map(|first| first.to_uppercase().chain(characters).collect()).unwrap_or_default()
}
