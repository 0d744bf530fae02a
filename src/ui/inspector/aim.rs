//! Aim for: a quality by number, a look, or a budget; and what came of it.

use super::{
    codec::{Amount, amount_ui},
    quality::{ends_ui, quality_ui},
};
use crate::{
    engine::{
        embed::Embed,
        recipe::{Fit, OutputSpec, Want},
        score::Look,
        target::{
            Aim, Budget, DEFAULT_LOOK, Found, Measure, Outcome,
            destinations::{DESTINATIONS, Destination, Unit},
        },
    },
    session::{Item, USUAL, capitalized},
    ui::{
        grammar,
        theme::{self, Theme},
        widgets::{NumberField, chip, command_chip, heading, segmented},
        words,
    },
};
use egui::{RichText, Ui};
use std::sync::Arc;

/// What a slider may aim for: below is hardly a picture, above is no gain.
const LOOKS: std::ops::RangeInclusive<i32> = 30..=95;
/// So many other formats are offered as a way out.
const MOST_WAYS: usize = 2;
const FIELD_WIDTH: f32 = 110.0;

/// What is kept of the aims that are not in force.
#[derive(Clone, Debug)]
pub(super) struct Aims {
    look: u8,
    budget: Budget,
}

impl Default for Aims {
    fn default() -> Self {
        let measure = Measure::Characters { embed: Embed::default(), density: 1, alt: Arc::from("") };
        Self { look: DEFAULT_LOOK, budget: Budget { most: 10_000, measure, may_shrink: false } }
    }
}

/// The three kinds of an [`Aim`].
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Quality,
    Look,
    Budget,
}

impl Kind {
    fn of(aim: &Aim) -> Self {
        match aim {
            Aim::Quality => Self::Quality,
            Aim::Look(_) => Self::Look,
            Aim::Budget(_) => Self::Budget,
        }
    }
}

impl Aims {
    pub(super) fn aim_ui(&mut self, ui: &mut Ui, item: &mut Item) {
        heading(ui, "Aim for", note(item).as_deref());
        let mut kind = Kind::of(&item.recipe.output.aim);
        let kinds = [(Kind::Quality, "Quality"), (Kind::Look, "Same look"), (Kind::Budget, "Budget")];
        if segmented(ui, "Aim for", &mut kind, &kinds).changed() {
            item.aim(match kind {
                Kind::Quality => Aim::Quality,
                Kind::Look => Aim::Look(self.look),
                Kind::Budget => Aim::Budget(self.budget.clone()),
            });
        }
        match item.recipe.output.aim.clone() {
            Aim::Quality => {
                let has_palette = item.facts().is_some_and(|it| it.details.palette);
                quality_ui(ui, &mut item.recipe.output, has_palette);
            }
            Aim::Look(look) => self.look_ui(ui, item, look),
            Aim::Budget(budget) => self.budget_ui(ui, item, budget),
        }
        miss_ui(ui, item);
    }

    fn look_ui(&mut self, ui: &mut Ui, item: &mut Item, look: u8) {
        let mut wanted = i32::from(look);
        let amount = Amount { name: "Look", range: LOOKS, reset: DEFAULT_LOOK.into() };
        let width = amount_ui(ui, &amount, &mut wanted);
        ends_ui(ui, width, found(item).map(setting).as_deref());
        // Kept to its range, which fits into a byte.
        self.look = wanted.clamp(*LOOKS.start(), *LOOKS.end()) as u8;
        item.recipe.output.aim = Aim::Look(self.look);
    }

    fn budget_ui(&mut self, ui: &mut Ui, item: &mut Item, mut budget: Budget) {
        ui.horizontal(|ui| {
            let most = budget.most.to_string();
            if let Some(most) = NumberField::new("At most", "≤", &most)
                .width(FIELD_WIDTH)
                .show(ui)
                .as_deref()
                .and_then(grammar::whole_number)
                .filter(|it| 0 < *it)
            {
                budget.most = most.into();
            }
            let mut is_bytes = budget.measure == Measure::Bytes;
            if segmented(ui, "Counted in", &mut is_bytes, &[(false, "characters"), (true, "bytes")]).changed() {
                budget.measure = measure(is_bytes);
            }
        });
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.x = theme::CHIP_GAP;
            for place in DESTINATIONS {
                let is_chosen = budget.most == place.most && (budget.measure == Measure::Bytes) == is_bytes(place);
                if chip(ui, place.label, is_chosen).on_hover_text(hint(place)).clicked() {
                    (budget.most, budget.measure) = (place.most, measure(is_bytes(place)));
                }
            }
            let tip = "Where nothing else fits, the picture becomes smaller than was asked for";
            if chip(ui, "May shrink", budget.may_shrink).on_hover_text(tip).clicked() {
                budget.may_shrink = !budget.may_shrink;
            }
        });
        self.budget = budget.clone();
        item.recipe.output.aim = Aim::Budget(budget);
    }
}

fn is_bytes(place: &Destination) -> bool {
    place.unit == Unit::Bytes
}

/// What is counted; the form of the text is known to the session.
fn measure(is_bytes: bool) -> Measure {
    if is_bytes {
        Measure::Bytes
    } else {
        Measure::Characters { embed: Embed::default(), density: 1, alt: Arc::from("") }
    }
}

fn hint(place: &Destination) -> String {
    let most = match place.unit {
        Unit::Bytes => words::exact_bytes(place.most),
        Unit::Characters => words::characters(place.most),
    };
    format!("{}: at most {most}\n{}", place.reason, place.source)
}

/// How close the result looks: `SSIMULACRA2 82 · very close`.
fn note(item: &Item) -> Option<String> {
    let score = item.score()?;
    let word = Look::of(score).label();
    Some(format!("{score:.0} of 100 · {word}"))
}

/// How the fresh result was found.
fn found(item: &Item) -> Option<&Found> {
    item.fresh()?.product.found.as_ref()
}

/// What the search has set.
fn setting(found: &Found) -> String {
    let OutputSpec { format, quality, lossless, codec, .. } = &found.spec;
    if found.spec.is_lossless() || *lossless {
        "without loss".to_owned()
    } else if format.has_quality() {
        format!("quality {quality}")
    } else {
        let colours = if format.has_lossless() { codec.png.palette.colours } else { codec.gif.colours };
        format!("{colours} colours")
    }
}

/// That the aim was missed, and the ways out.
fn miss_ui(ui: &mut Ui, item: &mut Item) {
    let Some((text, fits_at)) = item.fresh().and_then(|it| {
        let fits_at = match it.product.found.as_ref()?.outcome {
            Outcome::BudgetMissed { fits_at, .. } => fits_at,
            Outcome::Held | Outcome::LookMissed => None,
        };
        Some((capitalized(&it.product.miss()?.to_string()), fits_at))
    }) else {
        return;
    };
    let text = RichText::new(text).font(theme::secondary()).color(Theme::of(ui).warning);
    ui.add(egui::Label::new(text).wrap());
    let mut ways: Vec<_> = USUAL
        .into_iter()
        .filter_map(|it| Some((it, item.row(it)?)))
        .filter(|(_, row)| !row.is_stale && !row.is_miss())
        .map(|(it, row)| (it, row.product.encoded.bytes.len()))
        .collect();
    ways.sort_by_key(|(_, bytes)| *bytes);
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = theme::CHIP_GAP;
        if let Some([width, height]) = fits_at
            && command_chip(ui, &format!("Fits at {}", words::pixels([width, height]))).clicked()
        {
            (item.recipe.edits.size.want, item.recipe.edits.size.fit) = (Want::Box(width, height), Fit::Inside);
        }
        for (entrant, _) in ways.into_iter().take(MOST_WAYS) {
            if command_chip(ui, &format!("Fits as {}", entrant.label())).clicked() {
                item.take(entrant);
            }
        }
    });
}
