//! Advanced, at the end of Format: what can be asked of the chosen encoder.

mod jpeg;

use crate::{
    engine::{Format, recipe::OutputSpec},
    ui::{
        theme::{self, Theme},
        widgets::{disclosure, segmented},
    },
};
use egui::{RichText, Ui};

/// The disclosure and, open, the controls; nothing for a format that leaves nothing to ask.
pub(super) fn codec_ui(ui: &mut Ui, output: &mut OutputSpec, is_open: &mut bool) {
    let controls = match output.format {
        Format::Jpeg => |ui: &mut Ui, output: &mut OutputSpec| jpeg::jpeg_ui(ui, &mut output.codec.jpeg),
        _ => return,
    };
    disclosure(ui, "Advanced format settings", "Advanced", is_open);
    if *is_open {
        controls(ui, output);
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
