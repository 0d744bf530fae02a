//! Questions to the user, and where their answers go.

use super::ItemId;
use crate::{
    engine::{Format, embed::Link},
    jobs::Ticket,
};

/// Something that waits for the user's word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Question {
    /// These pictures changed on disk. Answers: [`Verb::Reload`](super::Verb::Reload),
    /// [`Verb::ReloadAlways`](super::Verb::ReloadAlways), [`Verb::KeepOld`](super::Verb::KeepOld).
    Reload {
        /// What the pictures are called, in the order in which they changed.
        names: Vec<String>,
    },
    /// Images came in from the watched clipboard while another was looked at. Answers:
    /// [`Verb::ShowCopied`](super::Verb::ShowCopied), [`Verb::LeaveCopied`](super::Verb::LeaveCopied).
    Copied {
        /// The newest of them.
        id: ItemId,
        /// What that is called, if it is a file.
        name: Option<String>,
        /// Its pixels.
        size: [u32; 2],
        /// What it was copied as.
        format: Format,
        /// How many there are, itself included.
        count: usize,
    },
    /// A link led to a page with these images. Answers: [`Action::Take`](super::Action::Take),
    /// [`Verb::TakeAll`](super::Verb::TakeAll), [`Verb::Cancel`](super::Verb::Cancel).
    Page {
        /// What the page is called.
        name: String,
        /// Best first, at least one.
        images: Vec<Link>,
    },
    /// A text or a list names more images by links than are fetched unasked. Answers:
    /// [`Verb::TakeAll`](super::Verb::TakeAll), [`Verb::Cancel`](super::Verb::Cancel).
    Links {
        /// In their order.
        links: Vec<Link>,
        /// Of the first of them.
        host: String,
        /// How many others there are.
        n_other_hosts: usize,
    },
    /// No dialog could be shown; a path may be typed instead. Answers:
    /// [`Action::PathTyped`](super::Action::PathTyped), [`Verb::Cancel`](super::Verb::Cancel).
    OpenPath {
        /// Why there is no dialog, in a sentence.
        why: String,
    },
    /// The same for saving.
    SavePath {
        /// Why there is no dialog, in a sentence.
        why: String,
        /// The name to begin with.
        suggested: String,
    },
}

/// What waits for the user: one question about paths, one for each page or many links, one about changed files, and
/// one about what was copied.
#[derive(Default)]
pub(super) struct Questions {
    /// [`Question::OpenPath`], or [`Question::SavePath`] with the save that waits for it.
    pub path: Option<(Question, Option<Ticket>)>,
    /// Each [`Question::Page`] and [`Question::Links`], in the order in which they were found.
    pub pages: Vec<Question>,
    /// [`Question::Reload`].
    pub reload: Option<Question>,
    /// The pictures that the question about changed files is about.
    pub changed: Vec<ItemId>,
    /// [`Question::Copied`].
    pub copied: Option<Question>,
    /// The pictures that it is about, the newest last.
    pub unseen: Vec<ItemId>,
}

impl Questions {
    /// The one to show: what the user began comes before what happened meanwhile, and what waits for a word before what
    /// is only told.
    pub(super) fn first(&self) -> Option<&Question> {
        let begun = self.path.as_ref().map(|(question, _)| question).or(self.pages.first());
        begun.or(self.reload.as_ref()).or(self.copied.as_ref())
    }
}
