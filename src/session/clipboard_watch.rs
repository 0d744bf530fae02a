//! Watching the clipboard: images that other programs copy come in beside the picture looked at.

use super::{Effect, ItemId, Kind, Question, Session, links::Way};
use crate::{
    engine::{Source, embed::Find},
    jobs::{Intake, JobError, ports::Pasted},
};

/// Whether the clipboard is watched. Never remembered: every start begins without.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ClipboardWatch {
    /// Nobody tells here what is copied.
    #[default]
    Absent,
    /// It could be.
    Off,
    /// It is.
    On,
}

impl Session {
    /// Is the clipboard watched?
    pub fn clipboard_watch(&self) -> ClipboardWatch {
        self.clipboard_watch
    }

    /// The system tells what is copied, so that it can be asked to.
    pub fn offer_clipboard_watch(&mut self) {
        self.clipboard_watch = ClipboardWatch::Off;
    }

    pub(super) fn toggle_clipboard_watch(&mut self) -> Vec<Effect> {
        let (watch, words) = match self.clipboard_watch {
            ClipboardWatch::Absent => return vec![],
            ClipboardWatch::Off => (ClipboardWatch::On, "Watching the clipboard; copied images are loaded"),
            ClipboardWatch::On => (ClipboardWatch::Off, "The clipboard is no longer watched"),
        };
        self.clipboard_watch = watch;
        self.questions.unseen.clear();
        self.say(Kind::Plain, words, None);
        vec![Effect::WatchClipboard(watch == ClipboardWatch::On)]
    }

    /// An image was copied elsewhere. It is shown only when nothing else is.
    pub(super) fn image_was_copied(&mut self, pasted: Pasted) -> Vec<Effect> {
        // What was on its way when the switch was turned off is not wanted any more.
        if self.clipboard_watch != ClipboardWatch::On {
            return vec![];
        }
        let known = |bytes| Intake::Known(Source::new(Way::Copied.name(), bytes));
        let intakes = match pasted {
            Pasted::Files(paths) => paths.into_iter().map(Intake::Path).collect(),
            Pasted::Encoded(bytes) => vec![known(bytes)],
            Pasted::Found(finds) => {
                let bytes = |find| if let Find::Bytes(bytes) = find { Some(known(bytes)) } else { None };
                finds.images.into_iter().filter_map(bytes).collect()
            }
            Pasted::List(_) | Pasted::Text(_) => vec![],
        };
        self.collect_edits();
        let (ids, effects) = self.add(intakes);
        if self.selected.is_none() {
            self.selected = ids.first().copied();
        }
        self.copied_elsewhere.extend(ids);
        effects
    }

    /// Says that a picture that nobody asked for is here: the one that is shown in passing, another on a card.
    pub(super) fn tell_of_copied(&mut self, id: ItemId) {
        let Some(at) = self.copied_elsewhere.iter().position(|it| *it == id) else { return };
        self.copied_elsewhere.swap_remove(at);
        if self.selected != Some(id) {
            self.questions.unseen.extend((self.clipboard_watch == ClipboardWatch::On).then_some(id));
            return;
        }
        let Some(facts) = self.item(id).and_then(|it| it.facts.as_ref()) else { return };
        let ([width, height], format) = (facts.size, facts.format.label());
        if !self.has_bad_news() {
            self.say(Kind::Plain, format!("Loaded what was copied: {width} × {height} {format}"), None);
        }
    }

    /// One that nobody asked for and that cannot be read leaves again; says whether it was such a one.
    pub(super) fn drop_unreadable_copied(&mut self, id: ItemId, error: &JobError) -> bool {
        let Some(at) = self.copied_elsewhere.iter().position(|it| *it == id) else { return false };
        self.copied_elsewhere.swap_remove(at);
        self.items.retain(|it| it.id != id);
        self.history.forget(id);
        self.deferred.take_if(|it| it.item == id);
        if self.selected == Some(id) {
            self.selected = self.items.last().map(|it| it.id);
        }
        if !self.has_bad_news() {
            self.say(Kind::Plain, format!("What was copied was not loaded: {error}"), None);
        }
        true
    }

    /// Puts into words which of the copied images nobody has looked at yet.
    pub(super) fn settle_copied(&mut self) {
        let Self { questions, items, selected, .. } = self;
        questions.unseen.retain(|id| Some(*id) != *selected && items.iter().any(|it| it.id == *id));
        let newest = questions.unseen.last().and_then(|id| items.iter().find(|it| it.id == *id));
        let told = newest.and_then(|it| {
            let facts = it.facts.as_ref()?;
            let name = it.file().map(|_| it.name.clone());
            let (size, format, count) = (facts.size, facts.format, questions.unseen.len());
            Some(Question::Copied { id: it.id, name, size, format, count })
        });
        let stands = |it: &Question| matches!(it, Question::Copied { id, .. } if questions.unseen.contains(id));
        // Of many that are copied together there is one word, at the end.
        if self.copied_elsewhere.is_empty() || !questions.copied.as_ref().is_some_and(stands) {
            questions.copied = told.filter(|_| self.copied_elsewhere.is_empty());
        }
    }

    /// Looks at the one that was copied last; the others are beside it.
    pub(super) fn show_copied(&mut self) -> Vec<Effect> {
        let newest = self.questions.unseen.pop();
        self.questions.unseen.clear();
        newest.map(|id| self.select(id)).unwrap_or_default()
    }

    pub(super) fn leave_copied(&mut self) -> Vec<Effect> {
        self.questions.unseen.clear();
        vec![]
    }

    pub(super) fn clipboard_not_watched(&mut self, why: &str) -> Vec<Effect> {
        if self.clipboard_watch != ClipboardWatch::On {
            return vec![];
        }
        self.clipboard_watch = ClipboardWatch::Off;
        self.questions.unseen.clear();
        let text = format!("The clipboard cannot be watched ({why}); copy the image and press Paste instead");
        self.say(Kind::Bad, text, None);
        // Lets go of what is left of it.
        vec![Effect::WatchClipboard(false)]
    }
}
