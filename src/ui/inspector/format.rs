//! Format: the rows with their measured bytes, and what the chosen one asks for.

use super::{ground::ground_ui, quality::quality_ui};
use crate::{
    engine::{Format, Warning},
    session::{Action, Item, Verb, capitalized},
    settings::Units,
    ui::{
        theme::{self, Theme},
        widgets::{FormatRow, command_chip, format_rows, heading},
        words,
    },
};
use egui::{RichText, Ui};

/// The formats that are always shown; the others sit under More.
const USUAL: [Format; 5] = [Format::WebP, Format::Avif, Format::Jpeg, Format::Png, Format::Gif];

pub(super) fn format_ui(
    ui: &mut Ui,
    item: &mut Item,
    units: Units,
    is_more_open: &mut bool,
    actions: &mut Vec<Action>,
) {
    rows_ui(ui, item, units, is_more_open);
    if let Some(why) = item.refusal() {
        ui.label(RichText::new(capitalized(why)).font(theme::secondary()).color(Theme::of(ui).bad));
        fit_ui(ui, item);
    }
    untouched_ui(ui, item, units, actions);
    kept_ui(ui, item);
    warnings_ui(ui, item);
    ui.add_space(theme::GROUP_GAP - theme::ROW_GAP);
    if !item.recipe.output.untouched {
        let has_palette = item.facts().is_some_and(|it| it.details.palette);
        quality_ui(ui, &mut item.recipe.output, has_palette);
        background_ui(ui, item);
    }
}

fn rows_ui(ui: &mut Ui, item: &mut Item, units: Units, is_more_open: &mut bool) {
    let chosen = item.recipe.output.format;
    heading(ui, "Format", saving(item).as_deref());
    let is_drawing = item.facts().is_some_and(|it| it.format.is_vector()) || chosen.is_vector();
    let formats: Vec<Format> = USUAL
        .into_iter()
        .chain(is_drawing.then_some(Format::Svg))
        .chain(Format::writable().filter(|it| !USUAL.contains(it) && (*is_more_open || *it == chosen)))
        .collect();
    let weights: Vec<Option<usize>> = formats.iter().map(|it| weight(item, *it)).collect();
    let largest = weights.iter().flatten().copied().max().unwrap_or(1).max(1);
    let texts: Vec<Option<[String; 2]>> =
        weights.iter().map(|it| it.map(|it| [words::bytes(it as u64, units), words::exact_bytes(it as u64)])).collect();
    let rows: Vec<FormatRow<'_>> = formats
        .iter()
        .zip(&weights)
        .zip(&texts)
        .map(|((format, weight), text)| FormatRow {
            label: format.label(),
            bytes: text.as_ref().map(|it| it[0].as_str()),
            tip: text.as_ref().map(|it| it[1].as_str()),
            share: weight.map(|it| it as f32 / largest as f32),
            stale: *format == chosen && item.fresh().is_none(),
            working: *format == chosen && item.is_working(),
        })
        .collect();
    let mut index = formats.iter().position(|it| *it == chosen).unwrap_or_default();
    if format_rows(ui, "Format", &mut index, &rows).changed()
        && let Some(format) = formats.get(index)
    {
        item.recipe.output.format = *format;
    }
    let label = if *is_more_open { "Fewer formats" } else { "More formats" };
    *is_more_open ^= command_chip(ui, label).clicked();
}

/// The measured bytes of a format: fresh ones, and for the chosen one also the last ones.
fn weight(item: &Item, format: Format) -> Option<usize> {
    let last = || {
        let result = item.result()?;
        (result.product.recipe.output.format == format && item.recipe.output.format == format)
            .then_some(result.product.encoded.bytes.len())
    };
    item.weight(format).or_else(last)
}

/// The saving of the fresh result against the source.
fn saving(item: &Item) -> Option<String> {
    let (result, source) = (item.fresh()?, item.source()?);
    words::saving(source.bytes().len() as u64, result.product.encoded.bytes.len() as u64)
}

/// The ground for a transparent picture in a format without transparency.
fn background_ui(ui: &mut Ui, item: &mut Item) {
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
    let warnings = item.fresh().map(|it| it.product.warnings.as_slice()).unwrap_or_default();
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
    let is_kept = item.fresh().is_some_and(|it| it.product.warnings.contains(&Warning::OriginalKept));
    if is_kept {
        let text = RichText::new("Original kept: already smaller").font(theme::secondary()).color(Theme::of(ui).weak);
        ui.label(text).on_hover_text("Its pixels as they are coded in the source, without the metadata");
    }
}

/// Points out that the source's own bytes would be smaller, and what the user made of that.
fn untouched_ui(ui: &mut Ui, item: &Item, units: Units, actions: &mut Vec<Action>) {
    let Some(result) = item.fresh() else { return };
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
