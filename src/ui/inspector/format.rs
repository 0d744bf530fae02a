//! Format: the rows with their measured bytes, and what the chosen one asks for.

use super::{
    codec::{codec_ui, has_codec},
    ground::ground_ui,
};
use crate::{
    engine::{
        Format, Warning,
        embed::Embed,
        race::{Entrant, Readers},
        score::Look,
        target::{Aim, DEFAULT_LOOK},
    },
    session::{Action, Item, USUAL, Verb, capitalized},
    settings::{Disclosed, Units},
    ui::{
        theme::{self, Theme},
        widgets::{FormatRow, chip, command_chip, disclosure, format_rows, heading},
        words,
    },
};
use egui::{RichText, Ui};
use std::time::Duration;

pub(super) fn format_ui(
    ui: &mut Ui,
    item: &mut Item,
    units: Units,
    embed: Embed,
    disclosed: &mut Disclosed,
    actions: &mut Vec<Action>,
) {
    rows_ui(ui, item, units, embed, disclosed.formats);
    chips_ui(ui, item, disclosed);
    if disclosed.codec {
        codec_ui(ui, item, units);
    }
    if let Some(why) = item.refusal() {
        ui.label(RichText::new(capitalized(why)).font(theme::secondary()).color(Theme::of(ui).bad));
        fit_ui(ui, item);
    }
    untouched_ui(ui, item, units, actions);
    kept_ui(ui, item);
    warnings_ui(ui, item);
}

fn rows_ui(ui: &mut Ui, item: &mut Item, units: Units, embed: Embed, is_more_open: bool) {
    let chosen = item.entrant();
    item.shows_others = is_more_open;
    heading(ui, "Format", Some(&note(item)));
    let entrants = entrants(item, is_more_open);
    let texts: Vec<RowTexts> = entrants.iter().map(|it| RowTexts::new(item, *it, units, embed)).collect();
    let largest = texts.iter().filter_map(|it| it.n_bytes).max().unwrap_or(1).max(1);
    let is_racing = item.is_racing();
    let rows: Vec<FormatRow<'_>> = entrants
        .iter()
        .zip(&texts)
        .map(|(entrant, it)| FormatRow {
            label: &it.label,
            bytes: it.bytes.as_deref(),
            tip: it.tip.as_deref(),
            share: it.n_bytes.map(|it| it as f32 / largest as f32),
            stale: it.is_stale,
            missed: it.is_missed,
            working: *entrant == chosen && item.is_working() || is_racing && item.is_running(*entrant),
        })
        .collect();
    let mut index = entrants.iter().position(|it| *it == chosen).unwrap_or_default();
    if format_rows(ui, "Format", &mut index, &rows).changed()
        && let Some(entrant) = entrants.get(index)
    {
        item.auto = None;
        item.take(*entrant);
    }
}

/// What is done with the rows, and what more there is.
fn chips_ui(ui: &mut Ui, item: &mut Item, disclosed: &mut Disclosed) {
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = theme::CHIP_GAP;
        auto_ui(ui, item);
        compare_ui(ui, item);
        disclosure(ui, "More formats", "More", &mut disclosed.formats);
        if has_codec(item) {
            disclosure(ui, "Advanced format settings", "Advanced", &mut disclosed.codec);
        }
    });
}

/// The rows: the usual ones, that of a drawing, and the others on demand.
fn entrants(item: &Item, is_more_open: bool) -> Vec<Entrant> {
    let chosen = item.entrant();
    let is_drawing = item.facts().is_some_and(|it| it.format.is_vector()) || chosen.format().is_vector();
    let svg = Entrant::Format(Format::Svg);
    let others = Format::writable().map(Entrant::Format).filter(|it| !USUAL.contains(it));
    USUAL
        .into_iter()
        .chain(is_drawing.then_some(svg))
        .chain(others.filter(|it| is_more_open || *it == chosen))
        .collect()
}

/// The best of the race, chosen by itself.
fn auto_ui(ui: &mut Ui, item: &mut Item) {
    let is_on = item.auto.is_some();
    let tip = "Takes the smallest format that holds the look or, with a budget, the one that looks best";
    if chip(ui, "Auto", is_on).on_hover_text(tip).clicked() {
        item.auto = if is_on { None } else { Some(Readers::Modern) };
        if item.auto.is_some() && item.recipe.output.aim == Aim::Quality {
            item.aim(Aim::Look(DEFAULT_LOOK));
        }
    }
    if let Some(readers) = &mut item.auto {
        let is_any = *readers == Readers::Any;
        let tip = "JPEG and PNG alone, which every browser shows";
        if chip(ui, "Any browser", is_any).on_hover_text(tip).clicked() {
            *readers = if is_any { Readers::Modern } else { Readers::Any };
        }
    }
}

/// Two results side by side: the one that is kept, and the one that is chosen.
fn compare_ui(ui: &mut Ui, item: &mut Item) {
    let is_pinned = item.pinned().is_some();
    let tip = "Keeps this result on the left, in place of the original, to compare others with it";
    if chip(ui, "Compare", is_pinned).on_hover_text(tip).clicked() {
        item.pin(!is_pinned);
    }
}

/// Of a format that stays away from the race: in the row, and on hover.
const WHEN_CHOSEN: (&str, &str) = ("if chosen", "Not tried unasked at so many pixels; made when it is chosen");

/// What a row says.
struct RowTexts {
    label: String,
    n_bytes: Option<usize>,
    bytes: Option<String>,
    tip: Option<String>,
    is_stale: bool,
    is_missed: bool,
}

impl RowTexts {
    fn new(item: &Item, entrant: Entrant, units: Units, embed: Embed) -> Self {
        let colours = item.recipe.output.codec.png.palette.colours;
        let label = match entrant {
            Entrant::PngPalette => format!("PNG · {colours} colours"),
            Entrant::Format(format) => format.label().to_owned(),
        };
        let Some(row) = item.row(entrant) else {
            let n_bytes = item.weight(entrant);
            let bytes = n_bytes.map(|it| words::bytes(it as u64, units));
            let tip = n_bytes.map(|it| words::exact_bytes(it as u64));
            let stays_away = n_bytes.is_none() && item.stays_away(entrant);
            let (bytes, tip) = if stays_away {
                (Some(WHEN_CHOSEN.0.to_owned()), Some(WHEN_CHOSEN.1.to_owned()))
            } else {
                (bytes, tip)
            };
            return Self { label, n_bytes, bytes, tip, is_stale: false, is_missed: false };
        };
        let n_bytes = row.product.encoded.bytes.len();
        let mut tip = vec![words::exact_bytes(n_bytes as u64), words::characters(row.characters(item, embed) as u64)];
        let part = if row.is_sampled() { ", of a part of the picture" } else { "" };
        tip.extend(row.score.map(|it| format!("SSIMULACRA2 {it:.1}, {}{part}", Look::of(it).label())));
        tip.extend(row.millis.map(|it| words::duration(Duration::from_secs_f64(it / 1_000.0))));
        tip.extend(row.product.miss().map(|it| it.to_string()));
        let (bytes, tip) = (Some(words::bytes(n_bytes as u64, units)), Some(tip.join("\n")));
        Self { label, n_bytes: Some(n_bytes), bytes, tip, is_stale: row.is_stale, is_missed: row.is_miss() }
    }
}

/// What the rows have in common.
fn note(item: &Item) -> String {
    match &item.recipe.output.aim {
        Aim::Quality | Aim::Look(_) => "race at equal look".to_owned(),
        Aim::Budget(budget) => {
            format!("race within {} {}", words::thousands(budget.most), budget.measure.unit())
        }
    }
}

/// The ground for a transparent picture in a format without transparency.
pub(super) fn background_ui(ui: &mut Ui, item: &mut Item) {
    let is_transparent = item.facts().is_some_and(|it| it.has_alpha);
    if item.recipe.output.format.has_alpha() || !is_transparent {
        return;
    }
    ui.add_space(theme::GROUP_GAP - theme::ROW_GAP);
    heading(ui, "Background", Some("instead of transparency"));
    ground_ui(ui, "Background colour", false, &mut item.recipe.edits.background);
}

/// What was lost on the way, for results that are not exactly what was asked for.
fn warnings_ui(ui: &mut Ui, item: &Item) {
    let warnings = item.latest().map(|it| it.product.warnings.as_slice()).unwrap_or_default();
    // These have rows of their own.
    let has_row =
        |it: &Warning| matches!(it, Warning::LargerThanSource { .. } | Warning::NotEnlarged | Warning::OriginalKept);
    for warning in warnings.iter().filter(|it| !has_row(it)) {
        let text =
            RichText::new(capitalized(&warning.to_string())).font(theme::secondary()).color(Theme::of(ui).warning);
        ui.add(egui::Label::new(text).wrap());
    }
}

/// The way out when the format cannot hold so many pixels.
fn fit_ui(ui: &mut Ui, item: &mut Item) {
    let max_side = item.recipe.output.format.max_side();
    let is_too_long = item.result_size().is_some_and(|it| it.iter().any(|side| max_side < *side));
    if is_too_long && command_chip(ui, &format!("Fit inside {max_side} × {max_side}")).clicked() {
        item.recipe.edits.size.want = crate::engine::recipe::Want::Box(max_side, max_side);
        item.recipe.edits.size.fit = crate::engine::recipe::Fit::Inside;
    }
}

/// Says that no encoding was needed.
fn kept_ui(ui: &mut Ui, item: &Item) {
    let is_kept = item.latest().is_some_and(|it| it.product.warnings.contains(&Warning::OriginalKept));
    if is_kept {
        let text = RichText::new("Original kept: already smaller").font(theme::secondary()).color(Theme::of(ui).weak);
        ui.label(text).on_hover_text("Its pixels as they are coded in the source, without the metadata");
    }
}

/// Points out that the source's own bytes would be smaller, and what the user made of that.
fn untouched_ui(ui: &mut Ui, item: &Item, units: Units, actions: &mut Vec<Action>) {
    let Some(result) = item.latest() else { return };
    let source = item.source().and_then(crate::engine::Source::format).map_or("source", Format::label);
    let larger = result.product.warnings.iter().find_map(|it| match it {
        Warning::LargerThanSource { source, .. } => Some(*source as u64),
        _ => None,
    });
    let (text, verb) = if item.recipe.output.untouched {
        (format!("The untouched {source} is used"), Verb::Encode)
    } else if let Some(bytes) = larger {
        (format!("The untouched {source} is smaller: {}", words::bytes(bytes, units)), Verb::UseUntouched)
    } else {
        return;
    };
    ui.horizontal(|ui| {
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            if command_chip(ui, verb.label()).on_hover_text(verb.tooltip()).clicked() {
                actions.push(verb.into());
            }
            ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| {
                let text = RichText::new(text).font(theme::secondary()).color(Theme::of(ui).warning);
                ui.add(egui::Label::new(text).wrap());
            });
        });
    });
}
