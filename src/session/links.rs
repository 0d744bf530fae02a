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
use std::collections::BTreeSet;

/// So many links of one text or list are followed because it was pasted or dropped; more are asked about.
const MOST_UNASKED: usize = 4;

/// How something came here that has no name of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    Pasted,
    Dropped,
    /// By another program, while the clipboard is watched.
    Copied,
}

impl Way {
    /// The name of a picture that came so.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Pasted => naming::PASTED,
            Self::Dropped => naming::DROPPED,
            Self::Copied => naming::COPIED,
        }
    }

    fn verb(self) -> &'static str {
        match self {
            Self::Pasted => "Pasted",
            Self::Dropped => "Dropped",
            Self::Copied => "Loaded",
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
        let effects = self.open_asking(finds.images.into_iter().map(intake).collect());
        self.say(Kind::Plain, format!("{} {words}", way.verb()), None);
        effects
    }

    /// Opens the files and links of a list.
    pub(super) fn list_came(&mut self, list: Vec<Listed>) -> Vec<Effect> {
        let intake = |listed| match listed {
            Listed::File(path) => Intake::Path(path),
            Listed::Link(text) => Intake::Link(text),
        };
        self.open_asking(list.into_iter().map(intake).collect())
    }

    /// Opens these, but asks before many links are followed.
    fn open_asking(&mut self, intakes: Vec<Intake>) -> Vec<Effect> {
        let link = |intake: &Intake| if let Intake::Link(text) = intake { Link::parse(text).ok() } else { None };
        let links: Vec<Link> = intakes.iter().filter_map(link).collect();
        let Some(host) = links.get(MOST_UNASKED).and(links.first()).map(|it| it.host().to_owned()) else {
            return self.act(Action::Open(intakes));
        };
        let hosts: BTreeSet<&str> = links.iter().map(Link::host).collect();
        let n_other_hosts = hosts.len() - 1;
        self.questions.pages.push(Question::Links { links, host, n_other_hosts });
        // What is no address fails without the network.
        self.act(Action::Open(intakes.into_iter().filter(|it| link(it).is_none()).collect()))
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

    /// Takes the question about a page or about many links back; what it offered.
    pub(super) fn close_page(&mut self) -> Option<Vec<Link>> {
        if self.questions.path.is_some() || self.questions.pages.is_empty() {
            return None;
        }
        match self.questions.pages.remove(0) {
            Question::Page { images: links, .. } | Question::Links { links, .. } => Some(links),
            _ => None,
        }
    }
}
