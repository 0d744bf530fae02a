//! A picture in the place of another, with its settings.

use super::{Effect, ItemId, Kind, Session, history::Wanted, links::Way};
use crate::jobs::ports::Pasted;

impl Session {
    /// Opens what was dropped, in the place of the picture that it was dropped on if that was said. Several
    /// pictures have no room in the place of one.
    pub(super) fn take_dropped(&mut self, pasted: Pasted) -> Vec<Effect> {
        let (n_before, onto) = (self.items.len(), self.dropped_onto.take());
        let effects = self.take_in(pasted, Way::Dropped);
        let Some(old) = onto.and_then(|id| self.item(id)) else { return effects };
        let (old, wanted) = (old.id, Wanted { recipe: old.recipe.clone(), density: old.density });
        if let Some((_, [new])) = self.items.split_at_mut_checked(n_before) {
            new.set(wanted);
            self.replacing.push((new.id, old));
        }
        effects
    }

    /// A picture that was read comes in the place of the one that it was dropped on, which can be brought
    /// back. One that cannot be read replaces nothing.
    pub(super) fn replaces(&mut self, new: ItemId) -> Vec<Effect> {
        let Some(at) = self.replacing.iter().position(|(id, _)| *id == new) else { return vec![] };
        let (_, old) = self.replacing.swap_remove(at);
        let Some(place) = self.items.iter().position(|it| it.id == old) else { return vec![] };
        let Some(name) = self.item(old).map(|it| it.name.clone()) else { return vec![] };
        let effects = self.remove(&[old]);
        if let Some(from) = self.items.iter().position(|it| it.id == new) {
            let item = self.items.remove(from);
            self.items.insert(place.min(self.items.len()), item);
        }
        if !self.has_bad_news() {
            self.say(Kind::Plain, format!("{name} was replaced; Undo brings it back"), None);
        }
        effects
    }
}
