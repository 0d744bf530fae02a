//! The race of the formats: which results are wanted beside the chosen one, and what is known of them.

use super::{Effect, Item, ItemId, Session, item::LONG_SEARCH_PIXELS};
use crate::{
    engine::{
        Format, Product, Recipe,
        embed::{Embed, characters},
        race::{Entrant, Rank, Readers},
        recipe::{Effort, OutputSpec},
        score::SAME,
        target::{Aim, Budget, DEFAULT_LOOK, Measure, Outcome, is_sampled},
    },
    jobs::{JobError, RaceRequest, Raced, Ticket},
};

/// The formats that are always shown, in the order shown.
pub const USUAL: [Entrant; 5] = [
    Entrant::Format(Format::Avif),
    Entrant::Format(Format::WebP),
    Entrant::Format(Format::Jpeg),
    Entrant::PngPalette,
    Entrant::Format(Format::Png),
];

/// Those in the order of the race: the quickest first.
const ORDER: [Entrant; 5] = [
    Entrant::Format(Format::Jpeg),
    Entrant::PngPalette,
    Entrant::Format(Format::WebP),
    Entrant::Format(Format::Png),
    Entrant::Format(Format::Avif),
];

/// What is known of a race.
#[derive(Default)]
pub(super) struct Race {
    /// Is it being made?
    is_on: bool,
    /// The look of a result, if it could be measured, and whose it is.
    judged: Option<(Recipe, Option<f64>)>,
    /// What came in, the latest last; of those that failed, only that they did.
    rows: Vec<(Recipe, Option<Raced>)>,
    /// For what the best was chosen last: once chosen, it stays until something else is wanted.
    settled: Option<(Recipe, Readers)>,
}

/// Of larger results no other format is made unasked: nobody pastes them, and it would take all cores for long.
const MOST_PIXELS: u64 = 100_000_000;
/// Of larger ones AVIF is not made unasked, which takes a gigabyte of memory at 24 megapixels, nor what keeps all
/// of so many pixels, which weighs ten times as much as the others.
const MANY_PIXELS: u64 = 16_000_000;
/// Those that race beyond.
const LIGHT: [Entrant; 3] = [Entrant::Format(Format::Jpeg), Entrant::PngPalette, Entrant::Format(Format::WebP)];
/// So many rows are remembered, for who goes back and forth.
const MOST_ROWS: usize = 40;

/// A race that was asked for.
pub(super) struct Asked {
    ticket: Ticket,
    item: ItemId,
    judged: Option<Recipe>,
    recipes: Vec<Recipe>,
}

/// What a row says.
#[derive(Clone, Copy, Debug)]
pub struct Row<'a> {
    /// The result, fresh or not.
    pub product: &'a Product,
    /// SSIMULACRA2, if it was measured.
    pub score: Option<f64>,
    /// How long it took in milliseconds, if it was measured.
    pub millis: Option<f64>,
    /// Made by earlier settings.
    pub is_stale: bool,
}

impl Row<'_> {
    /// Does it miss what is aimed for?
    pub fn is_miss(&self) -> bool {
        self.product.found.as_ref().is_some_and(|it| it.outcome != Outcome::Held)
    }

    /// Is its score that of a part of the picture?
    pub fn is_sampled(&self) -> bool {
        self.score.is_some_and(|it| it < SAME) && is_sampled(self.product.encoded.size)
    }

    /// How many characters the text has in this form.
    pub fn characters(&self, item: &Item, embed: Embed) -> usize {
        let encoded = &self.product.encoded;
        characters(embed, encoded, &item.snippet_facts(encoded.size))
    }
}

impl Item {
    /// The row that is chosen.
    pub fn entrant(&self) -> Entrant {
        Entrant::of(&self.recipe.output)
    }

    /// SSIMULACRA2 of the fresh result against the edited picture, once it was measured.
    pub fn score(&self) -> Option<f64> {
        let product = &self.fresh()?.product;
        product.found.as_ref().map(|it| it.score).or_else(|| {
            let (recipe, score) = self.race.judged.as_ref()?;
            score.filter(|_| *recipe == product.recipe)
        })
    }

    /// Is this score that of a part of the picture?
    pub fn is_score_sampled(&self) -> bool {
        self.row(self.entrant()).is_some_and(|it| it.is_sampled())
    }

    /// What is known of a format under the present settings or, stale, under earlier ones.
    pub fn row(&self, entrant: Entrant) -> Option<Row<'_>> {
        if entrant == self.entrant() {
            let product = &self.result().filter(|it| Entrant::of(&it.product.recipe.output) == entrant)?.product;
            let is_stale = self.fresh().is_none();
            return Some(Row { product, score: self.score(), millis: self.millis().encode, is_stale });
        }
        let fresh = self.race_recipe(entrant).and_then(|it| self.raced(&it));
        let of_entrant = |(recipe, _): &&(Recipe, _)| Entrant::of(&recipe.output) == entrant;
        let last = || self.race.rows.iter().rev().find(of_entrant).and_then(|(_, raced)| raced.as_ref());
        let (raced, is_stale) = match fresh {
            Some(raced) => (raced.as_ref()?, false),
            None => (last()?, true),
        };
        let score = raced.product.found.as_ref().map(|it| it.score);
        Some(Row { product: &raced.product, score, millis: raced.millis, is_stale })
    }

    /// Chooses a row: its format and, where the user sets the quality, that which looks the same.
    pub fn take(&mut self, entrant: Entrant) {
        let spec = self.race_recipe(entrant).and_then(|it| self.raced(&it)?.as_ref()?.product.found.clone());
        let mut output = entrant.of_wish(&self.recipe.output);
        if let (Aim::Quality, Some(found)) = (&output.aim, spec) {
            output.go_on_from(&found.spec);
        }
        self.recipe.output = output;
    }

    /// Sets the aim; the user's own quality begins where a search has led to.
    pub fn aim(&mut self, aim: Aim) {
        let found = self.fresh().and_then(|it| it.product.found.clone());
        if let (Aim::Quality, Some(found)) = (&aim, found) {
            self.recipe.output.go_on_from(&found.spec);
        }
        self.recipe.output.aim = aim;
    }

    /// The best of the rows that are fresh: what `Auto` would take.
    pub fn winner(&self, readers: Readers) -> Option<Entrant> {
        let facts = self.facts()?;
        let candidates = Entrant::candidates(readers, facts.has_alpha, false);
        let fresh = candidates.iter().filter_map(|it| Some((it, self.row(*it).filter(|it| !it.is_stale)?)));
        let best = fresh.max_by(|(_, a), (_, b)| {
            Rank::of(a.product).partial_cmp(&Rank::of(b.product)).unwrap_or(std::cmp::Ordering::Equal)
        });
        best.map(|(entrant, _)| *entrant)
    }

    /// Are rows of the race being made?
    pub fn is_racing(&self) -> bool {
        self.race.is_on
    }

    /// Has all that takes part in the race come in?
    fn is_decided(&self) -> bool {
        self.fresh().is_some() && self.look_of_race().is_some() && self.missing().is_empty()
    }

    /// At which look the formats race where the user sets the quality: that of the chosen one. A drawing is no
    /// worse than itself, so there it is the usual one.
    fn look_of_race(&self) -> Option<u8> {
        if self.recipe.output.format.is_vector() { Some(DEFAULT_LOOK) } else { self.score().map(whole_score) }
    }

    /// Is the row of this format being made now, as far as the order of the race tells?
    pub fn is_running(&self, entrant: Entrant) -> bool {
        self.order().find(|it| self.is_awaited(*it)) == Some(entrant)
    }

    /// What takes part, in its order: the usual formats, and behind them the others while they are shown.
    fn order(&self) -> impl Iterator<Item = Entrant> {
        let others = Format::writable().filter(|it| self.shows_others && !it.is_vector()).map(Entrant::Format);
        ORDER.into_iter().chain(others.filter(|it| !ORDER.contains(it)))
    }

    /// Does this format stay away from the race because there are so many pixels?
    pub fn stays_away(&self, entrant: Entrant) -> bool {
        let [width, height] = self.result_size().unwrap_or_default().map(u64::from);
        let most = if LIGHT.contains(&entrant) { MOST_PIXELS } else { MANY_PIXELS };
        most < width * height && entrant != self.entrant() && !entrant.format().is_vector()
    }

    /// Is a row of this format still to come in?
    pub fn is_awaited(&self, entrant: Entrant) -> bool {
        let is_unknown = |it: &Recipe| self.raced(it).is_none();
        self.order().any(|it| it == entrant)
            && entrant != self.entrant()
            && !self.stays_away(entrant)
            && self.race_recipe(entrant).is_none_or(|it| is_unknown(&it))
    }

    fn raced(&self, recipe: &Recipe) -> Option<&Option<Raced>> {
        self.race.rows.iter().rev().find(|(known, _)| known == recipe).map(|(_, raced)| raced)
    }

    /// What a format is asked for in the race; `None` while it is not known at which look.
    fn race_recipe(&self, entrant: Entrant) -> Option<Recipe> {
        let mut recipe = self.recipe.clone();
        let output = entrant.of_wish(&recipe.output);
        // Without loss there is nothing to turn: it is the same at every look, and made once.
        let is_fixed = !ORDER.contains(&entrant) && output.is_lossless();
        let aim = match &output.aim {
            Aim::Quality | Aim::Look(_) if is_fixed => Aim::Quality,
            Aim::Quality => Aim::Look(self.look_of_race()?),
            aim => aim.clone(),
        };
        let effort = self.race_effort(entrant);
        recipe.output = OutputSpec { aim, lossless: false, untouched: false, effort, ..output }.normal();
        Some(recipe)
    }

    /// Quick but where that would tell little of the format, if it does not take too long.
    fn race_effort(&self, entrant: Entrant) -> Effort {
        let [width, height] = self.result_size().unwrap_or_default().map(u64::from);
        let is_large = LONG_SEARCH_PIXELS < width * height;
        if entrant.format() == Format::Avif && !is_large { Effort::Normal } else { Effort::Fast }
    }

    /// The result whose look is to be measured: the small one, unless that takes long.
    fn unjudged(&self) -> Option<Recipe> {
        let fresh = self.fresh()?;
        let is_settled = self.next_bytes().is_none() || self.is_search_long();
        let recipe = &fresh.product.recipe;
        // What could not be measured once cannot be measured the next time.
        let is_known = fresh.product.found.is_some() || self.race.judged.as_ref().is_some_and(|it| it.0 == *recipe);
        (is_settled && !is_known && !self.recipe.output.format.is_vector()).then(|| recipe.clone())
    }

    /// The recipes of the race that decide and that nothing is known of.
    fn missing(&self) -> Vec<Recipe> {
        self.unknown(ORDER.into_iter())
    }

    fn unknown(&self, entrants: impl Iterator<Item = Entrant>) -> Vec<Recipe> {
        let others = entrants.filter(|it| *it != self.entrant() && !self.stays_away(*it));
        // Transparency is kept, unless the user has said what is to be under it.
        let has_alpha = self.facts().is_some_and(|it| it.has_alpha) && self.recipe.edits.background.is_none();
        let others = others.filter(|it| !has_alpha || it.format().has_alpha());
        others.filter_map(|it| self.race_recipe(it)).filter(|it| self.raced(it).is_none()).collect()
    }

    /// Forgets what was made of other bytes than those to come.
    pub(super) fn forget_race(&mut self) {
        self.race = Race::default();
    }
}

/// A score that can be aimed for.
fn whole_score(score: f64) -> u8 {
    // In range, so that nothing is cut off.
    score.round().clamp(1.0, 99.0) as u8
}

impl Session {
    /// Asks for what is not known of the race, or stops one that nobody looks at any more.
    pub(super) fn ask_for_race(&mut self) -> Option<Effect> {
        let wanted = self.wanted_race();
        let racing = wanted.as_ref().map(|it| it.0);
        self.items.iter_mut().for_each(|it| it.race.is_on = Some(it.id) == racing);
        let is_right = |asked: &Asked| {
            wanted.as_ref().is_some_and(|(id, judged, recipes)| {
                asked.item == *id
                    && (judged.is_none() || asked.judged == *judged)
                    && recipes.iter().all(|it| asked.recipes.contains(it))
            })
        };
        if self.racing.as_ref().is_some_and(is_right) {
            return None;
        }
        let before = self.racing.take();
        let Some((id, judged, recipes)) = wanted else { return before.map(|_| Effect::CancelRace) };
        let ticket = self.tickets.draw();
        let item = self.item(id)?;
        let request = RaceRequest {
            ticket,
            source: item.source.clone()?,
            decoded: item.original.as_ref()?.decoded.clone(),
            judged: judged.clone(),
            recipes: recipes.clone(),
            allowance: self.allowance(item.is_generous),
        };
        self.racing = Some(Asked { ticket, item: id, judged, recipes });
        Some(Effect::Race(request))
    }

    /// `None` when all is known, or the chosen format has not come in yet.
    fn wanted_race(&self) -> Option<(ItemId, Option<Recipe>, Vec<Recipe>)> {
        let item = self.selected()?;
        item.original.as_ref()?;
        item.fresh().filter(|_| !item.recipe.output.untouched)?;
        let (judged, recipes) = (item.unjudged(), item.unknown(item.order()));
        (judged.is_some() || !recipes.is_empty()).then_some((item.id, judged, recipes))
    }

    fn racer(&mut self, ticket: Ticket) -> Option<&mut Item> {
        let id = self.racing.as_ref().filter(|it| it.ticket == ticket)?.item;
        self.item_mut(id)
    }

    /// The look of the result is known, and with it that which the others aim for.
    pub(super) fn look_was_judged(&mut self, ticket: Ticket, recipe: Recipe, result: Result<f64, JobError>) {
        if let Some(item) = self.racer(ticket) {
            item.race.judged = Some((recipe, result.ok()));
        }
    }

    /// A row has come in. What a format cannot do is told once it is chosen.
    pub(super) fn row_came_in(&mut self, ticket: Ticket, recipe: Recipe, result: Result<Box<Raced>, JobError>) {
        let Some(item) = self.racer(ticket) else { return };
        let rows = &mut item.race.rows;
        rows.retain(|(known, _)| *known != recipe);
        rows.push((recipe, result.ok().map(|it| *it)));
        let n_over = rows.len().saturating_sub(MOST_ROWS);
        rows.drain(..n_over);
    }

    /// Chooses the best of a race that has ended, where that was asked for.
    pub(super) fn follow_winner(&mut self) {
        let Some(item) = self.selected_mut().filter(|it| it.is_decided() && it.next_bytes().is_none()) else { return };
        let Some(readers) = item.auto.filter(|_| item.recipe.output.aim != Aim::Quality) else { return };
        let base = item.race_recipe(Entrant::Format(Format::Png)).map(|it| (it, readers));
        if item.race.settled != base
            && let Some(winner) = item.winner(readers)
        {
            item.take(winner);
            item.race.settled = base;
        }
    }

    /// Lets budgets count the text that would be pasted now. Nobody has changed them, so there is nothing to undo.
    pub(super) fn stamp_budgets(&mut self) {
        let form = self.defaults.embed;
        let Some(item) = self.selected_mut() else { return };
        let facts = item.snippet_facts([1; 2]);
        for recipe in [&mut item.recipe, &mut item.noted.recipe] {
            if let Aim::Budget(Budget { measure: Measure::Characters { embed, density, alt }, .. }) =
                &mut recipe.output.aim
            {
                (*embed, *density) = (form, facts.density);
                if **alt != *facts.alt {
                    *alt = facts.alt.as_str().into();
                }
            }
        }
    }
}
