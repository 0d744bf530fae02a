//! What the window says: the one place where errors become sentences for people.

use super::{ItemId, Session};
use crate::{engine::embed::Grouped, jobs::JobError};
use std::{collections::BTreeSet, error::Error as _};

/// So many of those that could not be opened are named, and the others counted.
const MOST_NAMED: usize = 100;

/// One line in the status bar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// Grows with every notice, so that the window knows a new one from an old one that says more.
    pub serial: u64,
    /// How it is meant.
    pub kind: Kind,
    /// One sentence without a full stop.
    pub text: String,
    /// The causes, for those who want to know.
    pub details: Option<String>,
    /// The pictures it is about, when they could not be opened.
    pub(super) unopened: Unopened,
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

/// Pictures that could not be opened.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Unopened {
    all: BTreeSet<ItemId>,
    /// What is said of them, one line each, the newest last.
    named: Vec<(ItemId, String)>,
}

impl Unopened {
    fn add(&mut self, id: ItemId, line: String) {
        self.all.insert(id);
        // Of one that was tried again the last word counts.
        self.named.retain(|(known, _)| *known != id);
        if self.named.len() < MOST_NAMED {
            self.named.push((id, line));
        }
    }

    /// Does anything stand here of another picture than this one?
    fn is_about_others(&self, id: ItemId) -> bool {
        self.all.iter().any(|known| *known != id)
    }

    fn text(&self) -> String {
        format!("{} images could not be opened", Grouped(self.all.len()))
    }

    fn details(&self) -> String {
        let n_unnamed = self.all.len().saturating_sub(self.named.len());
        let others = (0 < n_unnamed).then(|| format!("and {} more", Grouped(n_unnamed)));
        let lines: Vec<&str> = self.named.iter().map(|(_, line)| line.as_str()).chain(others.as_deref()).collect();
        lines.join("\n")
    }
}

impl Session {
    /// Says that a picture could not be opened. While that stands, others that cannot be opened
    /// either join it, so that of a batch none goes unnamed.
    pub(super) fn say_unopened(&mut self, id: ItemId, line: String, causes: Option<String>) {
        if let Some(notice) = self.notice.as_mut().filter(|it| it.unopened.is_about_others(id)) {
            notice.unopened.add(id, line);
            (notice.text, notice.details) = (notice.unopened.text(), Some(notice.unopened.details()));
            return;
        }
        self.say(Kind::Bad, line.clone(), causes);
        if let Some(notice) = &mut self.notice {
            notice.unopened.add(id, line);
        }
    }

    /// The window is another one now, and people wonder why it flickered.
    pub fn window_was_lost(&mut self) {
        self.say(Kind::Plain, "The graphics driver lost the window; it was opened again", None);
    }
}

/// A failure in words, on one line whatever the name holds: what happened to which picture, why, and
/// what to do.
pub(super) fn failure(name: &str, error: &JobError) -> String {
    let name: String = name.chars().map(|it| if it.is_control() { char::REPLACEMENT_CHARACTER } else { it }).collect();
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
