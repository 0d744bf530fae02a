//! Verbs in, effects out; one named function each.

use super::{Action, Deferred, Effect, Item, ItemId, Kind, Outlet, Session, Verb, item::Progress};
use crate::{
    jobs::{Errand, Intake, LoadRequest},
    settings::Primary,
};

impl Session {
    /// Carries out a verb.
    pub fn act(&mut self, action: Action) -> Vec<Effect> {
        self.collect_edits();
        match action {
            Action::Open(intakes) => self.open(intakes),
            Action::Select(id) => self.select(id),
            Action::PathTyped(text) => self.path_typed(&text),
            Action::Take(index) => self.take_of_page(Some(index)),
            Action::Do(verb) => self.carry_out(verb),
        }
    }

    fn carry_out(&mut self, verb: Verb) -> Vec<Effect> {
        match verb {
            Verb::Open => self.open_dialog(),
            Verb::Paste => vec![Effect::Errand(self.tickets.draw(), Errand::Paste)],
            Verb::Copy => self.copy(),
            Verb::CopyImage => self.hand_out_when_ready(Outlet::Image),
            Verb::CopyText => self.hand_out_when_ready(Outlet::Text(self.defaults.embed)),
            Verb::Save => self.hand_out_when_ready(Outlet::Save),
            Verb::Remove => self.remove_selected(),
            Verb::RemoveAll => self.remove_all(),
            Verb::Previous => self.step(|index, _| index.saturating_sub(1)),
            Verb::Next => self.step(|index, last| (index + 1).min(last)),
            Verb::First => self.step(|_, _| 0),
            Verb::Last => self.step(|_, last| last),
            Verb::Retry => self.retry(),
            Verb::UseUntouched => self.set_untouched(true),
            Verb::Encode => self.set_untouched(false),
            Verb::Undo => self.undo(),
            Verb::Redo => self.redo(),
            Verb::Reload => self.reload(),
            Verb::ReloadAlways => self.reload_always(),
            Verb::KeepOld => self.keep_old(),
            Verb::TakeAll => self.take_of_page(None),
            Verb::WatchClipboard => self.toggle_clipboard_watch(),
            Verb::ShowCopied => self.show_copied(),
            Verb::LeaveCopied => self.leave_copied(),
            // The window opens it when it sees the verb.
            Verb::Settings => vec![],
            Verb::Cancel => self.cancel(),
            Verb::Dismiss => self.dismiss(),
        }
    }

    /// Adds pictures and shows the first of them.
    pub(super) fn open(&mut self, intakes: Vec<Intake>) -> Vec<Effect> {
        let (ids, effects) = self.add(intakes);
        if let Some(first) = ids.first() {
            self.before = self.selected;
            self.selected = Some(*first);
        }
        effects
    }

    /// Adds pictures at the end.
    pub(super) fn add(&mut self, intakes: Vec<Intake>) -> (Vec<ItemId>, Vec<Effect>) {
        let (mut ids, mut effects) = (vec![], vec![]);
        for intake in intakes {
            self.next_id += 1;
            let (id, ticket) = (ItemId(self.next_id), self.tickets.draw());
            self.items.push(Item::new(id, intake.clone(), ticket, self.first_recipe()));
            ids.push(id);
            let allowance = self.allowance(false);
            effects.push(Effect::Load(LoadRequest { ticket, intake, allowance }));
        }
        (ids, effects)
    }

    pub(super) fn select(&mut self, id: ItemId) -> Vec<Effect> {
        let Some(item) = self.item(id) else { return vec![] };
        let effects = match item.progress {
            Progress::Loading(ticket) => vec![Effect::PreferLoad(ticket)],
            Progress::Done | Progress::Failed(_) => vec![],
        };
        self.selected = Some(id);
        self.before = None;
        effects
    }

    fn step(&mut self, target: impl FnOnce(usize, usize) -> usize) -> Vec<Effect> {
        let Some(index) = self.selected_index() else { return vec![] };
        let target = target(index, self.items.len().saturating_sub(1));
        let Some(id) = self.items.get(target).map(Item::id) else { return vec![] };
        if Some(id) == self.selected { vec![] } else { self.select(id) }
    }

    fn copy(&mut self) -> Vec<Effect> {
        match self.preferences.primary {
            Primary::Text => self.hand_out_when_ready(Outlet::Text(self.defaults.embed)),
            Primary::Image => self.hand_out_when_ready(Outlet::Image),
        }
    }

    /// Hands the selected picture's result out now, or once it is ready.
    fn hand_out_when_ready(&mut self, verb: Outlet) -> Vec<Effect> {
        let Some(item) = self.selected() else { return vec![] };
        let id = item.id;
        if let Some(why) = item.refusal() {
            let text = format!("{}: {why}", item.name);
            self.say(Kind::Bad, text, None);
            return vec![];
        }
        if item.is_ready(verb) {
            self.deferred = None;
            return self.hand_out(id, verb);
        }
        if !matches!(item.progress, Progress::Failed(_)) {
            self.deferred = Some(Deferred { item: id, verb });
        }
        vec![]
    }

    fn remove_selected(&mut self) -> Vec<Effect> {
        self.selected.map(|id| self.remove(&[id])).unwrap_or_default()
    }

    fn remove_all(&mut self) -> Vec<Effect> {
        let ids: Vec<ItemId> = self.items.iter().map(Item::id).collect();
        self.remove(&ids)
    }

    /// Takes back everything that was asked for a picture that leaves.
    pub(super) fn forget(&mut self, item: &mut Item) -> Vec<Effect> {
        let mut effects = vec![];
        if let Progress::Loading(ticket) = item.progress {
            effects.push(Effect::CancelLoad(ticket));
        }
        effects.extend(self.stop_rereading(item));
        if self.rendering.take_if(|(_, id)| *id == item.id).is_some() {
            effects.push(Effect::CancelRender);
        }
        let decoded = item.source.clone().filter(|_| item.facts.is_some());
        effects.extend(decoded.map(Effect::LetGo));
        self.deferred.take_if(|it| it.item == item.id);
        self.before.take_if(|id| *id == item.id);
        self.copied_elsewhere.retain(|id| *id != item.id);
        self.replacing.retain(|(new, old)| *new != item.id && *old != item.id);
        effects
    }

    fn retry(&mut self) -> Vec<Effect> {
        let ticket = self.tickets.draw();
        let allowance = self.allowance(self.selected().is_some_and(|it| it.is_generous));
        let Some(item) = self.selected_mut() else { return vec![] };
        if !matches!(item.progress, Progress::Failed(_)) {
            return vec![];
        }
        item.progress = Progress::Loading(ticket);
        vec![Effect::Load(LoadRequest { ticket, intake: item.intake.clone(), allowance })]
    }

    fn set_untouched(&mut self, untouched: bool) -> Vec<Effect> {
        if let Some(item) = self.selected_mut() {
            item.recipe.output.untouched = untouched;
        }
        vec![]
    }

    /// Takes back what waits: a question, the copy to come, or the picture still being read.
    fn cancel(&mut self) -> Vec<Effect> {
        if self.take_back_path() {
            return vec![];
        }
        if self.close_page().is_some() {
            return vec![];
        }
        if self.questions.reload.is_some() {
            return self.keep_old();
        }
        if self.questions.copied.is_some() {
            return self.leave_copied();
        }
        if let Some(Deferred { verb, .. }) = self.deferred.take() {
            let what = if verb == Outlet::Save { "saved" } else { "copied" };
            self.say(Kind::Plain, format!("Cancelled, nothing was {what}"), None);
            return vec![];
        }
        if let Some(effects) = self.cancel_reload() {
            return effects;
        }
        // Whose pixels only come back was read before, and stays.
        let is_loading = self.selected().is_some_and(|it| it.original.is_none() && it.facts.is_none());
        let is_failed = self.selected().is_some_and(|it| matches!(it.progress, Progress::Failed(_)));
        if is_loading && !is_failed { self.remove_selected() } else { self.dismiss() }
    }

    fn dismiss(&mut self) -> Vec<Effect> {
        self.notice = None;
        vec![]
    }
}
