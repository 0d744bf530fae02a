//! Advanced, at the end of Format: what can be asked of the chosen encoder, and which metadata go along.

mod jpeg;
mod metadata;
mod svg;

use crate::{
    engine::{Format, recipe::OutputSpec},
    session::Item,
    settings::Units,
    ui::{
        theme::{self, Theme},
        widgets::{disclosure, segmented},
    },
};
use egui::{RichText, Ui};

/// The disclosure and, open, the controls; nothing where there is nothing to ask.
pub(super) fn codec_ui(ui: &mut Ui, item: &mut Item, units: Units, is_open: &mut bool) {
    let controls = controls(item.recipe.output.format);
    let details = item.facts().map(|it| it.details.clone()).filter(|it| metadata::is_there(it));
    if controls.is_none() && details.is_none() {
        return;
    }
    disclosure(ui, "Advanced format settings", "Advanced", is_open);
    if !*is_open {
        return;
    }
    if let Some(controls) = controls {
        controls(ui, &mut item.recipe.output);
    }
    if let Some(details) = details {
        metadata::metadata_ui(ui, &details, &mut item.recipe.output.keep, units);
    }
}

/// The controls of an encoder; `None` for a format that leaves nothing to ask.
fn controls(format: Format) -> Option<fn(&mut Ui, &mut OutputSpec)> {
    match format {
        Format::Jpeg => Some(|ui, output| jpeg::jpeg_ui(ui, &mut output.codec.jpeg)),
        Format::Svg => Some(|ui, output| svg::svg_ui(ui, &mut output.codec.svg)),
        _ => None,
    }
}

/// The words above a control.
fn caption(ui: &mut Ui, text: &str) {
    ui.label(RichText::new(text).font(theme::secondary()).color(Theme::of(ui).weak));
}

/// A caption and one of a few below it; `tip` says what it means.
fn one_of<T: Copy + PartialEq>(ui: &mut Ui, name: &str, tip: &str, value: &mut T, options: &[(T, &str)]) {
    caption(ui, name);
    segmented(ui, name, value, options).on_hover_text(tip);
}
