//! Links: opening what texts and lists name, and pages that stand where an image was expected.

use super::{Action, Effect, ItemId, Kind, Question, Session, item::Progress};
use crate::{
    engine::{
        Source,
        embed::{Find, Finds, Link, Listed},
        naming,
    },
    jobs::{Intake, Page, Received, Ticket},
};

/// How something came here that has no name of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    Pasted,
    Dropped,
}

impl Way {
    /// The name of a picture that came so.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Pasted => naming::PASTED,
            Self::Dropped => naming::DROPPED,
        }
    }

    fn verb(self) -> &'static str {
        match self {
            Self::Pasted => "Pasted",
            Self::Dropped => "Dropped",
        }
    }
}

impl Session {
    /// Opens what a text holds or names, and says what was recognised.
    pub(super) fn images_were_found(&mut self, finds: Finds, way: Way) -> Vec<Effect> {
        let words = finds.to_string();
        let intake = |find| match find {
            Find::Bytes(bytes) => Intake::Known(Source::new(way.name(), bytes)),
            Find::Link(text) => Intake::Link(text),
        };
        let effects = self.act(Action::Open(finds.images.into_iter().map(intake).collect()));
        self.say(Kind::Plain, format!("{} {words}", way.verb()), None);
        effects
    }

    /// Opens the files and links of a list.
    pub(super) fn list_came(&mut self, list: Vec<Listed>) -> Vec<Effect> {
        let intake = |listed| match listed {
            Listed::File(path) => Intake::Path(path),
            Listed::Link(text) => Intake::Link(text),
        };
        self.act(Action::Open(list.into_iter().map(intake).collect()))
    }

    pub(super) fn more_has_come(&mut self, ticket: Ticket, received: Received) -> Vec<Effect> {
        let item = self.items.iter_mut().find(|it| matches!(it.progress, Progress::Loading(own) if own == ticket));
        if let Some(item) = item {
            item.received = Some(received);
        }
        vec![]
    }

    /// Asks which of a page's images is meant. The page itself is no picture, and leaves the list.
    pub(super) fn page_was_found(&mut self, id: ItemId, page: &Page) {
        let Some(name) = self.item(id).map(|it| it.name.clone()) else { return };
        self.questions.pages.push(Question::Page { name, images: page.images.clone() });
        self.deferred.take_if(|it| it.item == id);
        let before = if self.selected == Some(id) { self.before.take() } else { None };
        self.items.retain(|it| it.id != id);
        self.history.forget(id);
        if self.selected == Some(id) {
            self.selected = before.or_else(|| self.items.last().map(|it| it.id));
        }
    }

    /// Opens one image of the page that is asked about, or all of them.
    pub(super) fn take_of_page(&mut self, chosen: Option<usize>) -> Vec<Effect> {
        let Some(images) = self.close_page() else { return vec![] };
        let links: Vec<Link> = match chosen {
            Some(index) => images.into_iter().nth(index).into_iter().collect(),
            None => images,
        };
        self.open(links.into_iter().map(|it| Intake::Link(it.to_string())).collect())
    }

    /// Takes the question about a page back; what it offered.
    pub(super) fn close_page(&mut self) -> Option<Vec<Link>> {
        if self.questions.path.is_some() || self.questions.pages.is_empty() {
            return None;
        }
        match self.questions.pages.remove(0) {
            Question::Page { images, .. } => Some(images),
            _ => None,
        }
    }
}
