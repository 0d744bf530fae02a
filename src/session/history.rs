//! Undo and redo: what was changed, and how to change it back.
//!
//! Views edit values in place, so an edit is found by comparing what is wanted with what was
//! noted last. The edits of one gesture become one step.

use super::{Effect, Item, ItemId, Kind, Session, item::Progress};
use crate::{
    engine::{Recipe, embed::Embed},
    jobs::{Intake, LoadRequest},
};

/// More steps than anybody goes back.
const MOST_STEPS: usize = 100;
/// Bytes of removed pictures that are kept for bringing them back.
const KEPT_BYTES: usize = 256_000_000;

/// What the views edit of a picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Wanted {
    pub recipe: Recipe,
    pub density: u32,
}

/// One value before and after.
#[derive(Debug)]
enum Edit {
    Item { id: ItemId, before: Box<Wanted>, after: Box<Wanted> },
    Embed { before: Embed, after: Embed },
}

impl Edit {
    fn is_change(&self) -> bool {
        match self {
            Self::Item { before, after, .. } => before != after,
            Self::Embed { before, after } => before != after,
        }
    }

    fn is_of(&self, gone: ItemId) -> bool {
        matches!(self, Self::Item { id, .. } if *id == gone)
    }
}

/// Pictures that were removed together, each with its place in the list.
struct Removal {
    items: Vec<(usize, Item)>,
    selected: Option<ItemId>,
}

/// A step that can be undone.
enum Done {
    Edit(Edit),
    Removal(Removal),
}

/// A step that can be done again.
enum Undone {
    Edit(Edit),
    Removal(Vec<ItemId>),
}

/// The steps behind and before the present.
pub(super) struct History {
    done: Vec<Done>,
    undone: Vec<Undone>,
    /// What the present gesture has changed so far.
    open: Option<Edit>,
    /// The form of the text as it was noted last.
    embed: Embed,
    kept_bytes: usize,
}

impl History {
    pub(super) fn new(embed: Embed) -> Self {
        Self { done: vec![], undone: vec![], open: None, embed, kept_bytes: KEPT_BYTES }
    }

    /// Adds to the step of the present gesture, if that is about the same.
    fn edited(&mut self, edit: Edit) {
        match (&mut self.open, edit) {
            (Some(Edit::Item { id, after, .. }), Edit::Item { id: same, after: now, .. }) if *id == same => {
                *after = now;
            }
            (Some(Edit::Embed { after, .. }), Edit::Embed { after: now, .. }) => *after = now,
            (_, edit) => {
                self.close();
                self.open = Some(edit);
            }
        }
    }

    /// The gesture is over. One that led back to where it began has changed nothing.
    fn close(&mut self) {
        if let Some(edit) = self.open.take().filter(Edit::is_change) {
            self.push(Done::Edit(edit));
        }
    }

    fn push(&mut self, step: Done) {
        self.undone.clear();
        self.done.push(step);
        self.trim();
    }

    fn trim(&mut self) {
        while MOST_STEPS < self.done.len() {
            self.let_go(0);
        }
        while self.kept_bytes < self.done.iter().map(Done::kept_bytes).sum() {
            let Some(oldest) = self.done.iter().position(|it| matches!(it, Done::Removal(_))) else { return };
            self.let_go(oldest);
        }
    }

    /// Pictures of a removal that is let go are gone for good, and so are the steps about them.
    fn let_go(&mut self, index: usize) {
        if let Done::Removal(removal) = self.done.remove(index) {
            removal.items.iter().for_each(|(_, item)| self.forget(item.id));
        }
    }

    /// This picture does not come back.
    pub(super) fn forget(&mut self, gone: ItemId) {
        self.open.take_if(|it| it.is_of(gone));
        self.done.retain(|it| !matches!(it, Done::Edit(edit) if edit.is_of(gone)));
        self.undone.retain_mut(|it| match it {
            Undone::Edit(edit) => !edit.is_of(gone),
            Undone::Removal(ids) => {
                ids.retain(|id| *id != gone);
                !ids.is_empty()
            }
        });
    }

    fn has_open_change(&self) -> bool {
        self.open.as_ref().is_some_and(Edit::is_change)
    }
}

impl Done {
    fn kept_bytes(&self) -> usize {
        match self {
            Self::Edit(_) => 0,
            Self::Removal(removal) => removal.items.iter().map(|(_, item)| item.kept_bytes()).sum(),
        }
    }
}

impl Session {
    /// Is there something to undo?
    pub fn can_undo(&self) -> bool {
        !self.history.done.is_empty() || self.history.has_open_change()
    }

    /// Is there something to do again?
    pub fn can_redo(&self) -> bool {
        !self.history.undone.is_empty() && !self.history.has_open_change()
    }

    /// Takes note of what the views have edited; called once a frame. While a gesture is under
    /// way (a drag, a key held), its edits are gathered into one step of undo.
    pub fn note_edits(&mut self, is_gesture_underway: bool) {
        self.collect_edits();
        if !is_gesture_underway {
            self.history.close();
        }
    }

    /// Compares what is wanted with what was noted.
    pub(super) fn collect_edits(&mut self) {
        let now = self.defaults.embed;
        let before = std::mem::replace(&mut self.history.embed, now);
        if before != now {
            self.history.edited(Edit::Embed { before, after: now });
        }
        for item in &mut self.items {
            if let Some((before, after)) = item.note() {
                self.history.edited(Edit::Item { id: item.id, before: before.into(), after: after.into() });
            }
        }
    }

    pub(super) fn undo(&mut self) -> Vec<Effect> {
        self.history.close();
        match self.history.done.pop() {
            None => vec![],
            Some(Done::Removal(removal)) => self.bring_back(removal),
            Some(Done::Edit(edit)) => {
                let effects = match &edit {
                    Edit::Item { id, before, .. } => self.set(*id, Wanted::clone(before)),
                    Edit::Embed { before, .. } => self.set_embed(*before),
                };
                self.history.undone.push(Undone::Edit(edit));
                effects
            }
        }
    }

    pub(super) fn redo(&mut self) -> Vec<Effect> {
        self.history.close();
        match self.history.undone.pop() {
            None => vec![],
            Some(Undone::Removal(ids)) => {
                let (removal, effects) = self.take_away(&ids);
                self.say(Kind::Plain, format!("Redone: removing {}", removal.words()), None);
                self.history.done.push(Done::Removal(removal));
                self.history.trim();
                effects
            }
            Some(Undone::Edit(edit)) => {
                let effects = match &edit {
                    Edit::Item { id, after, .. } => self.set(*id, Wanted::clone(after)),
                    Edit::Embed { after, .. } => self.set_embed(*after),
                };
                self.history.done.push(Done::Edit(edit));
                effects
            }
        }
    }

    /// Gives a picture other settings and shows it.
    fn set(&mut self, id: ItemId, wanted: Wanted) -> Vec<Effect> {
        if let Some(item) = self.item_mut(id) {
            item.set(wanted);
        }
        if self.selected == Some(id) { vec![] } else { self.select(id) }
    }

    fn set_embed(&mut self, embed: Embed) -> Vec<Effect> {
        (self.defaults.embed, self.history.embed) = (embed, embed);
        vec![]
    }

    /// Removes these pictures as one step.
    pub(super) fn remove(&mut self, ids: &[ItemId]) -> Vec<Effect> {
        self.history.close();
        let (removal, effects) = self.take_away(ids);
        if !removal.items.is_empty() {
            self.history.push(Done::Removal(removal));
        }
        effects
    }

    /// Takes pictures out of the list; those that cannot come back are not in the answer.
    fn take_away(&mut self, ids: &[ItemId]) -> (Removal, Vec<Effect>) {
        let (selected, index) = (self.selected, self.selected_index());
        let (gone, stay): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.items).into_iter().enumerate().partition(|(_, item)| ids.contains(&item.id));
        if gone.iter().any(|(_, item)| Some(item.id) == selected) {
            let neighbor = stay.iter().find(|(at, _)| index < Some(*at)).or(stay.last());
            self.selected = neighbor.map(|(_, item)| item.id);
        }
        self.items = stay.into_iter().map(|(_, item)| item).collect();
        let (mut items, mut effects) = (vec![], vec![]);
        for (at, mut item) in gone {
            effects.extend(self.forget(&mut item));
            effects.extend(item.let_go());
            if item.put_away() {
                items.push((at, item));
            } else {
                self.history.forget(item.id);
            }
        }
        (Removal { items, selected }, effects)
    }

    fn bring_back(&mut self, removal: Removal) -> Vec<Effect> {
        self.say(Kind::Plain, format!("Undone: removing {}", removal.words()), None);
        let ids: Vec<ItemId> = removal.items.iter().map(|(_, item)| item.id).collect();
        let mut effects = vec![];
        for (at, mut item) in removal.items {
            let allowance = self.allowance(item.is_generous);
            if let Progress::Loading(ticket) = &mut item.progress {
                *ticket = self.tickets.draw();
                effects.push(Effect::Load(LoadRequest { ticket: *ticket, intake: item.intake.clone(), allowance }));
            }
            self.items.insert(at.min(self.items.len()), item);
        }
        let shown = removal.selected.filter(|id| ids.contains(id)).or(ids.first().copied());
        effects.extend(shown.map(|id| self.select(id)).unwrap_or_default());
        effects.extend(ids.iter().flat_map(|id| self.catch_up(*id)).collect::<Vec<_>>());
        self.history.undone.push(Undone::Removal(ids));
        effects
    }
}

impl Removal {
    fn words(&self) -> String {
        match &self.items[..] {
            [(_, item)] => item.name.clone(),
            items => format!("{} images", items.len()),
        }
    }
}

impl Item {
    /// What was edited since the last note, before and after.
    ///
    /// Whoever changes a setting wants an encoding again, and no longer the untouched source.
    fn note(&mut self) -> Option<(Wanted, Wanted)> {
        if self.recipe == self.noted.recipe && self.density == self.noted.density {
            return None;
        }
        if self.recipe != self.noted.recipe && self.noted.recipe.output.untouched {
            self.recipe.output.untouched = false;
        }
        let now = Wanted { recipe: self.recipe.clone(), density: self.density };
        Some((std::mem::replace(&mut self.noted, now.clone()), now))
    }

    pub(super) fn set(&mut self, wanted: Wanted) {
        self.recipe = wanted.recipe.clone();
        self.density = wanted.density;
        self.noted = wanted;
    }

    /// Makes ready to wait outside the list; says whether it can come back.
    fn put_away(&mut self) -> bool {
        // Half of it is nothing.
        self.received = None;
        if let (Progress::Loading(_), Some(_)) = (&self.progress, &self.source) {
            self.progress = Progress::Done;
        }
        // What was being read from standard input is spent.
        !matches!((&self.progress, &self.intake), (Progress::Loading(_), Intake::StandardInput))
    }

    fn kept_bytes(&self) -> usize {
        let of_intake = match &self.intake {
            Intake::Text(text) | Intake::Link(text) => text.len(),
            Intake::Path(_) | Intake::StandardInput | Intake::Known(_) => 0,
        };
        self.source.as_ref().map_or(of_intake, |it| it.bytes().len())
    }
}

#[cfg(test)]
mod tests {
    use super::{Item, Session};
    use crate::{
        engine::{Source, embed::Embed},
        jobs::Intake,
        session::{Action, Verb},
    };

    /// A session with pictures of four bytes each, of which undo keeps ten.
    fn session_with(names: &[&str]) -> Session {
        let mut session = Session::default();
        session.history.kept_bytes = 10;
        let known = |name: &&str| Intake::Known(Source::new(*name, b"four".as_slice()));
        session.act(Action::Open(names.iter().map(known).collect()));
        for item in &mut session.items {
            let Intake::Known(source) = &item.intake else { continue };
            item.source = Some(source.clone());
        }
        session
    }

    fn names(session: &Session) -> Vec<&str> {
        session.items().iter().map(Item::name).collect()
    }

    fn act(session: &mut Session, verb: Verb) {
        session.act(verb.into());
        session.reconcile();
        session.note_edits(false);
    }

    #[test]
    fn the_oldest_bytes_are_let_go_first_with_the_steps_about_them() {
        let mut session = session_with(&["a", "b", "c", "d"]);
        session.defaults.embed = Embed::Css;
        session.note_edits(false);
        session.selected_mut().expect("a").recipe.output.quality = 5;
        session.note_edits(false);
        for _ in 0..3 {
            act(&mut session, Verb::Remove);
        }
        assert_eq!(names(&session), ["d"]);
        for expected in [vec!["c", "d"], vec!["b", "c", "d"], vec!["b", "c", "d"]] {
            act(&mut session, Verb::Undo);
            assert_eq!(names(&session), expected);
        }
        assert_eq!(session.defaults.embed, Embed::DataUrl, "a and its quality are gone, the rest is not");
        assert!(!session.can_undo());
    }

    #[test]
    fn more_than_is_kept_is_gone_at_once() {
        let mut session = session_with(&["a", "b", "c"]);
        act(&mut session, Verb::RemoveAll);
        assert!(!session.can_undo());
    }

    #[test]
    fn bytes_of_pictures_that_are_back_do_not_count() {
        let mut session = session_with(&["a", "b"]);
        for _ in 0..3 {
            act(&mut session, Verb::RemoveAll);
            act(&mut session, Verb::Undo);
        }
        act(&mut session, Verb::Redo);
        act(&mut session, Verb::Undo);
        assert_eq!(names(&session), ["a", "b"]);
    }
}
