//! Aim for: a quality by number, a look, or a budget; and what came of it.

use super::{
    codec::{Amount, amount_ui},
    quality::quality_ui,
};
use crate::{
    engine::{
        recipe::{Fit, OutputSpec, Want},
        score::Look,
        target::{
            Aim, AimKind, Budget, DEFAULT_LOOK, Found, KeptAims, LOOKS, Outcome,
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

/// So many other formats are offered as a way out.
const MOST_WAYS: usize = 2;
const FIELD_WIDTH: f32 = 110.0;

/// The aim of a picture, and what it takes; `kept` is what was last asked of the other aims.
pub(super) fn aim_ui(ui: &mut Ui, item: &mut Item, kept: &KeptAims) {
    heading(ui, "Aim for", note(item).as_deref());
    let mut kind = AimKind::of(&item.recipe.output.aim);
    let kinds: Vec<(AimKind, &str)> = AimKind::ALL.iter().map(|it| (*it, it.label())).collect();
    if segmented(ui, "Aim for", &mut kind, &kinds).changed() {
        item.aim(kept.aim(kind));
    }
    match item.recipe.output.aim.clone() {
        Aim::Quality => {
            let has_palette = item.facts().is_some_and(|it| it.details.palette);
            quality_ui(ui, &mut item.recipe.output, has_palette);
        }
        Aim::Look(look) => look_ui(ui, item, look),
        Aim::Budget(budget) => budget_ui(ui, item, budget),
    }
    miss_ui(ui, item);
}

fn look_ui(ui: &mut Ui, item: &mut Item, look: u8) {
    let mut wanted = i32::from(look);
    let range = i32::from(*LOOKS.start())..=i32::from(*LOOKS.end());
    let amount = Amount { name: "Look", range: range.clone(), reset: DEFAULT_LOOK.into() };
    let width = amount_ui(ui, &amount, &mut wanted);
    ends_ui(ui, width, found(item).map(setting).as_deref());
    // Kept to its range, which fits into a byte.
    item.recipe.output.aim = Aim::Look(wanted.clamp(*range.start(), *range.end()) as u8);
}

/// What the ends of a slider mean, and between them what it has led to.
fn ends_ui(ui: &mut Ui, width: f32, middle: Option<&str>) {
    let weak = Theme::of(ui).weak;
    let end = |text: &str| RichText::new(text).font(theme::secondary()).color(weak);
    ui.add_space(-theme::ROW_GAP);
    ui.scope(|ui| {
        ui.set_max_width(width);
        ui.spacing_mut().interact_size.y = 0.0;
        ui.horizontal(|ui| {
            let line = ui.max_rect();
            let row = ui.label(end("smaller")).rect;
            if let Some(middle) = middle {
                let place = egui::Rect::from_center_size(line.center_top(), egui::Vec2::ZERO);
                let place = place
                    .translate(egui::vec2(0.0, row.height() / 2.0))
                    .expand2(egui::vec2(width / 3.0, row.height() / 2.0));
                ui.put(place, egui::Label::new(end(middle)));
            }
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| ui.label(end("closer")));
        });
    });
}

fn budget_ui(ui: &mut Ui, item: &mut Item, mut budget: Budget) {
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
        let mut unit = Unit::of(&budget.measure);
        let units: Vec<(Unit, &str)> = Unit::ALL.iter().map(|it| (*it, it.id())).collect();
        if segmented(ui, "Counted in", &mut unit, &units).changed() {
            budget.measure = unit.measure();
        }
    });
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = theme::CHIP_GAP;
        for place in DESTINATIONS {
            if chip(ui, place.label, place.is_limit_of(&budget)).on_hover_text(hint(place)).clicked() {
                (budget.most, budget.measure) = (place.most, place.unit.measure());
            }
        }
        let tip = "Where nothing else fits, the picture becomes smaller than was asked for";
        if chip(ui, "May shrink", budget.may_shrink).on_hover_text(tip).clicked() {
            budget.may_shrink = !budget.may_shrink;
        }
    });
    item.recipe.output.aim = Aim::Budget(budget);
}

fn hint(place: &Destination) -> String {
    let most = match place.unit {
        Unit::Bytes => words::exact_bytes(place.most),
        Unit::Characters => words::characters(place.most),
    };
    format!("{}: at most {most}\n{}", place.reason, place.source)
}

/// How close the result looks: `82 of 100 · very close`; where only a part was compared, `82, sampled · very close`.
fn note(item: &Item) -> Option<String> {
    let score = item.score()?;
    let word = Look::of(score).label();
    let scale = if item.is_score_sampled() { ", sampled" } else { " of 100" };
    Some(format!("{score:.0}{scale} · {word}").replace('-', "−"))
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
