//! Questions to the user, and where their answers go.

use super::ItemId;
use crate::{engine::embed::Link, jobs::Ticket};

/// Something that waits for the user's word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Question {
    /// These pictures changed on disk. Answers: [`Verb::Reload`](super::Verb::Reload),
    /// [`Verb::ReloadAlways`](super::Verb::ReloadAlways), [`Verb::KeepOld`](super::Verb::KeepOld).
    Reload {
        /// What the pictures are called, in the order in which they changed.
        names: Vec<String>,
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

/// What waits for the user: one question about paths, one for each page or many links, and one about changed files.
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
}

impl Questions {
    /// The one to show: what the user began comes before what happened meanwhile.
    pub(super) fn first(&self) -> Option<&Question> {
        self.path.as_ref().map(|(question, _)| question).or(self.pages.first()).or(self.reload.as_ref())
    }
}
