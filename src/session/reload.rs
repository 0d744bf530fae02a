//! Files that change on disk while their pictures are open.
//!
//! The file is read again beside what is shown: the old pixels and the old result stay until
//! the new ones are there. A file that was written anew with the same bytes has not changed.

use super::{
    Effect, Item, ItemId, Kind, Session,
    item::{Original, Progress},
    notice::{causes, failure},
    question::Question,
};
use crate::{
    engine::Source,
    jobs::{Intake, JobError, LoadRequest, Loaded, Ticket},
    settings::Reload,
};
use std::path::Path;

/// A file that is read again beside what is shown.
pub(super) struct Reread {
    pub ticket: Ticket,
    /// Does the user want the new content? Otherwise only to see whether it differs.
    pub is_agreed: bool,
}

impl Session {
    /// A watched file has changed.
    pub(super) fn file_changed(&mut self, path: &Path) -> Vec<Effect> {
        let ids: Vec<ItemId> = self.items.iter().filter(|it| it.file() == Some(path)).map(Item::id).collect();
        ids.into_iter().flat_map(|id| self.look_again(id)).collect()
    }

    /// Does with a changed file what the preferences say.
    fn look_again(&mut self, id: ItemId) -> Vec<Effect> {
        match self.preferences.reload {
            Reload::Never => vec![],
            Reload::Ask => self.reread(id, false),
            Reload::Always => self.reread(id, true),
        }
    }

    fn reread(&mut self, id: ItemId, is_agreed: bool) -> Vec<Effect> {
        let ticket = self.tickets.draw();
        let is_selected = self.selected == Some(id);
        let allowance = self.allowance(self.item(id).is_some_and(|it| it.is_generous));
        let Some(item) = self.item_mut(id) else { return vec![] };
        let Intake::Path(path) = &item.intake else { return vec![] };
        let load = Effect::Load(LoadRequest { ticket, intake: Intake::Path(path.clone()), allowance });
        if let Some(reread) = &mut item.reread {
            reread.is_agreed |= is_agreed;
            item.is_outdated = true;
            return vec![];
        }
        match item.progress {
            Progress::Loading(_) if item.facts.is_none() => {
                item.is_outdated = true;
                return vec![];
            }
            Progress::Failed(_) => item.progress = Progress::Loading(ticket),
            Progress::Loading(_) | Progress::Done => item.reread = Some(Reread { ticket, is_agreed }),
        }
        let first = is_selected.then_some(Effect::PreferLoad(ticket));
        [load].into_iter().chain(first).collect()
    }

    /// The picture whose file is read again under this ticket.
    pub(super) fn rereading(&self, ticket: Ticket) -> Option<ItemId> {
        self.items.iter().find(|it| it.reread.as_ref().is_some_and(|own| own.ticket == ticket)).map(Item::id)
    }

    /// The bytes of a file that was read again; goes on to the pixels only if they are wanted.
    pub(super) fn reread_bytes_are_there(&mut self, id: ItemId, new: &Source) -> Vec<Effect> {
        let is_always = self.preferences.reload == Reload::Always;
        let Some(item) = self.item_mut(id) else { return vec![] };
        let is_same = item.source.as_ref().is_some_and(|old| old.bytes() == new.bytes());
        // A picture that has failed meanwhile has nothing to keep.
        let is_failed = matches!(item.progress, Progress::Failed(_));
        let is_wanted = is_always || is_failed || item.reread.as_ref().is_some_and(|it| it.is_agreed);
        if !is_same && is_wanted {
            return vec![];
        }
        let Some(reread) = item.reread.take() else { return vec![] };
        let mut effects = vec![Effect::CancelLoad(reread.ticket)];
        self.questions.changed.retain(|it| *it != id);
        if !is_same && self.preferences.reload == Reload::Ask {
            self.questions.changed.push(id);
        }
        self.ask_about_changes();
        effects.extend(self.after_reading(id, reread.is_agreed));
        effects.extend(self.deliver(id));
        effects
    }

    pub(super) fn reread_ended(&mut self, id: ItemId, result: Result<Box<Loaded>, JobError>) -> Vec<Effect> {
        match result {
            Ok(loaded) => {
                let mut effects = self.reread_bytes_are_there(id, &loaded.source);
                let Some(reread) = self.item_mut(id).and_then(|it| it.reread.take()) else { return effects };
                effects.extend(self.adopt(id, *loaded));
                effects.extend(self.after_reading(id, reread.is_agreed));
                effects
            }
            Err(error) => self.reread_failed(id, &error),
        }
    }

    /// What cannot be read again stays as it is. Nobody waits for a look that only wanted to see
    /// whether there is something to ask.
    fn reread_failed(&mut self, id: ItemId, error: &JobError) -> Vec<Effect> {
        let Some(item) = self.item_mut(id) else { return vec![] };
        let Some(reread) = item.reread.take() else { return vec![] };
        let text = format!("{}; the old image is kept", failure(&item.name, error));
        if item.is_outdated {
            return self.after_reading(id, reread.is_agreed);
        }
        if reread.is_agreed {
            self.deferred.take_if(|it| it.item == id);
            self.say(Kind::Bad, text, causes(error));
        }
        vec![]
    }

    /// A file that has changed while it was read is read once more.
    pub(super) fn after_reading(&mut self, id: ItemId, is_agreed: bool) -> Vec<Effect> {
        match (self.take_outdated(id), is_agreed) {
            (false, _) => vec![],
            (true, true) => self.reread(id, true),
            (true, false) => self.look_again(id),
        }
    }

    fn take_outdated(&mut self, id: ItemId) -> bool {
        self.item_mut(id).is_some_and(|item| std::mem::take(&mut item.is_outdated))
    }

    /// Puts a loaded picture in its place, or in that of its older self.
    pub(super) fn adopt(&mut self, id: ItemId, loaded: Loaded) -> Vec<Effect> {
        let Loaded { source, decoded, painted, millis } = loaded;
        let mut effects = vec![];
        let Some(item) = self.item_mut(id) else { return vec![] };
        if let Progress::Loading(older) = std::mem::replace(&mut item.progress, Progress::Done) {
            effects.push(Effect::CancelLoad(older));
        }
        let is_other = !item.source.as_ref().is_some_and(|it| it.is(&source));
        if is_other {
            item.forget_measured();
        }
        item.source = Some(source);
        item.glimpsed = None;
        item.facts = Some(decoded.facts.clone());
        item.original = Some(Original { decoded, painted });
        item.millis = millis.or(item.millis);
        if is_other && self.rendering.take_if(|(_, rendered)| *rendered == id).is_some() {
            effects.push(Effect::CancelRender);
        }
        if is_other {
            // Whatever was asked about the old is answered.
            self.questions.changed.retain(|it| *it != id);
            self.ask_about_changes();
        }
        effects
    }

    /// The pictures in question, or else the one looked at, are read again.
    pub(super) fn reload(&mut self) -> Vec<Effect> {
        let mut ids = std::mem::take(&mut self.questions.changed);
        if ids.is_empty() {
            ids.extend(self.selected);
        }
        self.ask_about_changes();
        ids.into_iter().flat_map(|id| self.reread(id, true)).collect()
    }

    pub(super) fn reload_always(&mut self) -> Vec<Effect> {
        self.preferences.reload = Reload::Always;
        self.reload()
    }

    pub(super) fn keep_old(&mut self) -> Vec<Effect> {
        self.questions.changed.clear();
        self.ask_about_changes();
        vec![]
    }

    /// Stops loading the changed file of the picture looked at; what it held before stays.
    pub(super) fn cancel_reload(&mut self) -> Option<Vec<Effect>> {
        let item = self.selected_mut().filter(|it| it.is_reloading())?;
        item.is_outdated = false;
        let reread = item.reread.take()?;
        self.say(Kind::Plain, "Cancelled, the old image is kept", None);
        Some(vec![Effect::CancelLoad(reread.ticket)])
    }

    /// Puts into words what waits for an answer.
    fn ask_about_changes(&mut self) {
        let mut names: Vec<String> = vec![];
        for item in self.questions.changed.iter().filter_map(|id| self.item(*id)) {
            if !names.contains(&item.name) {
                names.push(item.name.clone());
            }
        }
        self.questions.reload = (!names.is_empty()).then_some(Question::Reload { names });
    }

    /// Takes back what was asked and begun about a picture's file, and keeps in mind that there
    /// was something.
    pub(super) fn stop_rereading(&mut self, item: &mut Item) -> Option<Effect> {
        let is_in_question = self.questions.changed.contains(&item.id);
        self.questions.changed.retain(|it| *it != item.id);
        self.ask_about_changes();
        let reread = item.reread.take();
        item.is_outdated |= is_in_question || reread.is_some();
        reread.map(|it| Effect::CancelLoad(it.ticket))
    }

    /// A picture is back in the list whose file changed before it left.
    pub(super) fn catch_up(&mut self, id: ItemId) -> Vec<Effect> {
        let is_read = self.item(id).is_some_and(|item| matches!(item.progress, Progress::Done));
        if self.take_outdated(id) && is_read { self.look_again(id) } else { vec![] }
    }
}
