//! What was made of a picture: bytes, and what they look like.

use super::{Item, item::same_but_effort};
use crate::{
    engine::{
        Format, Raster, Recipe, Source,
        race::Entrant,
        recipe::OutputSpec,
        target::{Aim, Budget, Outcome, destinations::Unit},
    },
    jobs::{Packed, Rendered, Ticket, ports::Painted},
};

/// The bytes of a result, the very source they were made of, and the request that they answer.
pub(super) struct Made {
    pub ticket: Ticket,
    pub of: Source,
    pub packed: Packed,
}

/// What the bytes of a result look like. The bytes may be older than those of [`Item::result`]; see
/// [`Item::fresh_preview`].
#[derive(Clone)]
pub struct Preview {
    /// What the bytes were made of.
    pub of: Source,
    /// What they were made by.
    pub recipe: Recipe,
    /// The same with what a search has found instead of what it was to find.
    pub spec: OutputSpec,
    /// What they are.
    pub format: Format,
    /// How many they are.
    pub n_bytes: usize,
    /// Their pixels.
    pub raster: Raster,
    /// The same, ready for the screen.
    pub painted: Painted,
}

/// By how much a result is over its budget.
#[derive(Clone, Copy, Debug)]
pub(super) struct Excess {
    pub count: u64,
    pub unit: Unit,
}

impl Item {
    /// By how much the fresh result misses its budget; of characters, a text of so many does that is copied.
    pub(super) fn excess(&self, characters: Option<usize>) -> Option<Excess> {
        let product = &self.fresh()?.product;
        let (Aim::Budget(Budget { most, measure, .. }), Outcome::BudgetMissed { weight, .. }) =
            (&product.recipe.output.aim, &product.found.as_ref()?.outcome)
        else {
            return None;
        };
        let unit = Unit::of(measure);
        let weight = characters.filter(|_| unit == Unit::Characters).map_or(*weight, |it| it as u64);
        let count = weight.saturating_sub(*most);
        (0 < count).then_some(Excess { count, unit })
    }

    /// The bytes made last, which may be stale; see [`Item::fresh`].
    pub fn result(&self) -> Option<&Packed> {
        self.result.as_ref().map(|it| &it.packed)
    }

    /// The bytes, if they are what the recipe wants now, and of what the file holds now.
    pub fn fresh(&self) -> Option<&Packed> {
        self.current().filter(|_| !self.is_reloading())
    }

    /// The bytes made last of the source that is shown in the format that is chosen. What is said of them stays until
    /// newer ones are there, so that nothing moves under the pointer meanwhile.
    pub fn latest(&self) -> Option<&Packed> {
        self.made().filter(|it| Entrant::of(&it.product.recipe.output) == self.entrant())
    }

    /// The bytes, if they are what the recipe wants of the source that is shown.
    pub(super) fn current(&self) -> Option<&Packed> {
        self.made().filter(|it| same_but_effort(&it.product.recipe, &self.recipe))
    }

    /// The bytes, if they were made of the source that is shown.
    pub(super) fn made(&self) -> Option<&Packed> {
        let source = self.source.as_ref()?;
        self.result.as_ref().filter(|it| it.of.is(source)).map(|it| &it.packed)
    }

    /// What a result looks like, which may be an older one; see [`Item::fresh_preview`].
    pub fn preview(&self) -> Option<&Preview> {
        self.preview.as_ref()
    }

    /// What the fresh bytes look like, as soon as it is known of these very bytes.
    pub fn fresh_preview(&self) -> Option<&Preview> {
        self.fresh().and(self.preview_of_result())
    }

    /// What the fresh bytes decode back to, as soon as it is known of these very bytes.
    pub fn fresh_pixels(&self) -> Option<&Raster> {
        Some(&self.fresh_preview()?.raster)
    }

    /// The result that others are compared with in place of the original, if one was kept for that.
    pub fn pinned(&self) -> Option<&Preview> {
        let source = self.source.as_ref()?;
        self.pinned.as_ref().filter(|it| it.of.is(source))
    }

    /// Keeps the result that is seen for comparing others with it, or has the original in its place again.
    pub fn pin(&mut self, is_pinned: bool) {
        self.pinned = if is_pinned { self.preview.clone() } else { None };
    }

    pub(super) fn preview_of_result(&self) -> Option<&Preview> {
        let made = self.result.as_ref()?;
        self.preview.as_ref().filter(|it| it.of.is(&made.of) && it.recipe == made.packed.product.recipe)
    }

    pub(super) fn pixels_of_result(&self) -> Option<&Raster> {
        Some(&self.preview_of_result()?.raster)
    }

    /// Why the bytes cannot be looked at, if they cannot.
    pub(super) fn unseen(&self) -> Option<&str> {
        let made = &self.result.as_ref()?.packed.product.recipe;
        self.unseen.as_ref().filter(|(recipe, _)| recipe == made).map(|(_, why)| why.as_str())
    }

    /// Takes in bytes that were made, unless there are newer ones, or those that are wanted.
    pub(super) fn take_bytes(&mut self, ticket: Ticket, packed: Packed) {
        self.millis = packed.millis.or(self.millis);
        let is_wanted = same_but_effort(&packed.product.recipe, &self.recipe) || self.current().is_none();
        let is_news = self.result.as_ref().is_none_or(|it| it.ticket <= ticket);
        if let (true, true, Some(of)) = (is_wanted, is_news, self.source.clone()) {
            self.result = Some(Made { ticket, of, packed });
        }
    }

    /// Takes in a finished result. Its picture is shown even if there are newer bytes, unless that
    /// which is wanted is there.
    pub(super) fn take_result(&mut self, ticket: Ticket, rendered: Rendered) {
        let Rendered { packed, preview: raster, painted } = rendered;
        let (recipe, encoded) = (packed.product.recipe.clone(), &packed.product.encoded);
        let (format, n_bytes) = (encoded.format, encoded.bytes.len());
        let spec = packed.product.found.as_ref().map_or_else(|| recipe.output.clone(), |it| it.spec.clone());
        let preview = self.source.clone().map(|of| Preview { of, recipe, spec, format, n_bytes, raster, painted });
        self.take_bytes(ticket, packed);
        let is_seen = self.current().and(self.pixels_of_result()).is_some();
        let is_wanted = |it: &Preview| !is_seen || same_but_effort(&it.recipe, &self.recipe);
        if let Some(preview) = preview.filter(is_wanted) {
            self.preview = Some(preview);
        }
    }
}
