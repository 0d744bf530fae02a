//! Wanted against asked for.

use super::{Effect, Item, ItemId, Session, item::Progress};
use crate::{
    engine::{
        recipe::{Defaults, Effort},
        target::AimKind,
    },
    jobs::{Intake, LoadRequest, RenderRequest},
    settings::Start,
};
use std::{collections::BTreeSet, path::Path};

impl Session {
    /// Compares what is wanted with what was asked for, and asks for exactly what differs.
    /// Called after every batch of edits, actions and events; doing it twice asks for nothing.
    pub fn reconcile(&mut self) -> Vec<Effect> {
        self.stamp_budgets();
        self.follow_winner();
        self.collect_edits();
        self.settle_copied();
        self.remember_choices();
        let mut effects = self.bring_back_pixels();
        effects.extend(self.ask_for_render());
        effects.extend(self.ask_for_race());
        effects.extend(self.ask_for_compressed());
        effects.extend(self.let_go_of_pixels());
        effects.extend(self.watch_files());
        effects
    }

    /// The next picture starts with what this one was set to last.
    fn remember_choices(&mut self) {
        let Some(item) = self.selected() else { return };
        let (output, fit) = (&item.recipe.output, item.recipe.edits.size.fit);
        let (format, quality, lossless) = (output.format, output.quality, output.lossless);
        let mut aims = self.defaults.aims;
        aims.note(&output.aim);
        if self.preferences.start == Start::LastUsed {
            aims.kind = AimKind::of(&output.aim);
        }
        (self.defaults.fit, self.defaults.aims) = (fit, aims);
        // Not every picture can be a drawing.
        if self.preferences.start == Start::LastUsed && !format.is_vector() {
            self.defaults = Defaults { format, quality, lossless, ..self.defaults };
        }
    }

    /// Pixels that were let go are read again when their picture is looked at or still owed.
    fn bring_back_pixels(&mut self) -> Vec<Effect> {
        let wanted = [self.selected, self.deferred.map(|it| it.item)];
        let mut effects = vec![];
        for id in wanted.into_iter().flatten() {
            let ticket = self.tickets.draw();
            let allowance = self.allowance(self.item(id).is_some_and(|it| it.is_generous));
            let Some(item) = self.item_mut(id) else { continue };
            if let (Progress::Done, None, Some(source)) = (&item.progress, &item.original, &item.source) {
                let intake = Intake::Known(source.clone());
                item.progress = Progress::Loading(ticket);
                effects.push(Effect::Load(LoadRequest { ticket, intake, allowance }));
            }
        }
        effects
    }

    /// The selected picture first, then the one whose copy was promised.
    fn ask_for_render(&mut self) -> Option<Effect> {
        let promised = self.deferred.map(|it| it.item);
        let (id, recipe) = [self.selected, promised].into_iter().flatten().find_map(|id| {
            let item = self.item(id)?;
            Some((id, item.next_recipe()?))
        })?;
        let ticket = self.tickets.draw();
        let allowance = self.allowance(self.item(id)?.is_generous);
        let item = self.item_mut(id)?;
        if item.asked.as_ref().is_some_and(|(_, asked)| *asked == recipe) {
            return None;
        }
        let (source, decoded) = (item.source.clone()?, item.original.as_ref()?.decoded.clone());
        let before = item.asked.replace((ticket, recipe.clone()));
        match (self.rendering.replace((ticket, id)), before) {
            (Some((overtaken, other)), Some((_, asked))) if other == id => {
                self.overtaken.extend((asked.output.effort == Effort::Fast).then_some(overtaken));
            }
            (Some((_, other)), _) if other != id => {
                self.overtaken.clear();
                if let Some(other) = self.item_mut(other) {
                    other.asked = None;
                }
            }
            _ => self.overtaken.clear(),
        }
        Some(Effect::Render(RenderRequest { ticket, source, decoded, recipe, allowance }))
    }

    /// A hundred pictures do not fit into memory decoded; the bytes of all of them do.
    fn let_go_of_pixels(&mut self) -> Vec<Effect> {
        let keep: Vec<ItemId> = [self.selected, self.deferred.map(|it| it.item), self.rendering.map(|it| it.1)]
            .into_iter()
            .flatten()
            .collect();
        let budget = u64::from(self.preferences.memory_mb) * 1_000_000;
        let mut held: u64 = self.items.iter().map(Item::held_bytes).sum();
        let mut effects = vec![];
        for item in &mut self.items {
            if held <= budget {
                break;
            }
            if !keep.contains(&item.id) {
                held -= item.held_bytes();
                effects.extend(item.let_go());
            }
        }
        effects
    }

    /// The files of all pictures are watched, also of those that could not be read.
    fn watch_files(&mut self) -> Option<Effect> {
        let files = || self.items.iter().filter_map(Item::file);
        let wanted: BTreeSet<&Path> = files().collect();
        if wanted.len() == self.watched.len() && wanted.iter().all(|it| self.watched.contains(*it)) {
            return None;
        }
        self.watched = wanted.into_iter().map(Path::to_owned).collect();
        Some(Effect::Watch(self.watched.iter().cloned().collect()))
    }
}
