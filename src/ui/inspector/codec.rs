//! Advanced, below the rows of Format: what can be asked of the chosen encoder, and which metadata go along.

mod avif;
mod ico;
mod jpeg;
mod metadata;
mod svg;
mod webp;

use crate::{
    engine::{Format, recipe::OutputSpec},
    session::Item,
    settings::Units,
    ui::{
        grammar,
        theme::{self, Theme},
        widgets::{NumberField, Slider, segmented},
    },
};
use egui::{Response, RichText, Ui};
use std::ops::RangeInclusive;

/// Of the field beside a slider.
const FIELD_WIDTH: f32 = 52.0;
const FIELD_GAP: f32 = 10.0;

/// A whole number that is dragged or typed.
pub(super) struct Amount<'a> {
    pub(super) name: &'a str,
    pub(super) range: RangeInclusive<i32>,
    /// What a double click brings back.
    pub(super) reset: i32,
}

impl Amount<'_> {
    /// A caption and the control below it; `tip` says what it means.
    pub(super) fn captioned(&self, ui: &mut Ui, tip: &str, value: &mut i32) {
        caption(ui, self.name).on_hover_text(tip);
        amount_ui(ui, self, value);
    }
}

/// The slider and its value to be typed; returns the width of the slider.
pub(super) fn amount_ui(ui: &mut Ui, amount: &Amount<'_>, value: &mut i32) -> f32 {
    let width = ui.available_width() - FIELD_WIDTH - FIELD_GAP;
    let (least, most) = (*amount.range.start(), *amount.range.end());
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = FIELD_GAP;
        Slider::new(amount.name, amount.range.clone()).reset(amount.reset).width(width).show(ui, value);
        let text = value.to_string();
        let name = format!("{} from {least} to {most}", amount.name);
        let field = NumberField::new(&name, "", &text).width(FIELD_WIDTH).range(least.into()..=most.into());
        if let Some(typed) = field.show(ui).as_deref().and_then(grammar::whole_number) {
            let typed = i32::try_from(typed).unwrap_or(most).min(most);
            // Too little is a slip of the finger.
            *value = if typed < least { *value } else { typed };
        }
    });
    width
}

/// Is there anything to ask of the encoder, or of the metadata?
pub(super) fn has_codec(item: &Item) -> bool {
    !item.recipe.output.untouched
        && (controls(item.recipe.output.format).is_some()
            || item.facts().is_some_and(|it| metadata::is_there(&it.details)))
}

/// The controls, once they are disclosed; nothing where there is nothing to ask.
pub(super) fn codec_ui(ui: &mut Ui, item: &mut Item, units: Units) {
    if !has_codec(item) {
        return;
    }
    let details = item.facts().map(|it| it.details.clone()).filter(|it| metadata::is_there(it));
    if let Some(controls) = controls(item.recipe.output.format) {
        controls(ui, &mut item.recipe.output);
    }
    if let Some(details) = details {
        metadata::metadata_ui(ui, &details, &mut item.recipe.output.keep, units);
    }
}

/// The controls of an encoder; `None` for a format that leaves nothing to ask.
fn controls(format: Format) -> Option<fn(&mut Ui, &mut OutputSpec)> {
    match format {
        Format::Avif => Some(|ui, output| avif::avif_ui(ui, output.quality, &mut output.codec.avif)),
        Format::Jpeg => Some(|ui, output| jpeg::jpeg_ui(ui, &mut output.codec.jpeg)),
        Format::WebP => Some(webp::webp_ui),
        Format::Ico => Some(|ui, output| ico::ico_ui(ui, &mut output.codec.ico)),
        Format::Svg => Some(|ui, output| svg::svg_ui(ui, &mut output.codec.svg)),
        _ => None,
    }
}

/// The words above a control.
fn caption(ui: &mut Ui, text: &str) -> Response {
    ui.label(RichText::new(text).font(theme::secondary()).color(Theme::of(ui).weak))
}

/// A caption and one of a few below it; `tip` says what it means.
fn one_of<T: Copy + PartialEq>(ui: &mut Ui, name: &str, tip: &str, value: &mut T, options: &[(T, &str)]) {
    caption(ui, name);
    segmented(ui, name, value, options).on_hover_text(tip);
}
