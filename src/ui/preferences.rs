//! The settings: every row is a wish that acts at once and is kept.

use super::{
    grammar,
    theme::{self, Theme},
    widgets::{Button, NumberField, chip, segmented},
};
use crate::{
    engine::{Format, recipe::Defaults},
    settings::{MEMORY_MB, Preferences, Primary, QUALITIES, Reload, Start, ThemeChoice, Units},
};
use egui::{Align, Layout, RichText, Ui, vec2};

const LABEL_WIDTH: f32 = 134.0;
const FIELD_WIDTH: f32 = 92.0;
/// The scales that are offered, in per cent.
const STEPS: [u16; 6] = [75, 100, 125, 150, 175, 200];

/// Shows the rows; `true` asks for the list of keys.
pub(super) fn preferences_ui(ui: &mut Ui, wishes: &mut Preferences, defaults: &Defaults) -> bool {
    ui.spacing_mut().item_spacing.y = 10.0;
    row(ui, "Theme", |ui| {
        choice(ui, "Theme", &mut wishes.theme, ThemeChoice::ALL, ThemeChoice::label);
    });
    row(ui, "Size of the controls", |ui| {
        let labels = STEPS.map(|it| format!("{it} %"));
        let options: Vec<(u16, &str)> = STEPS.into_iter().zip(labels.iter().map(String::as_str)).collect();
        segmented(ui, "Size of the controls", &mut wishes.scale_percent, &options);
    });
    row(ui, "New images start", |ui| start_ui(ui, &mut wishes.start, defaults));
    let key = if ui.ctx().os().is_mac() { "Cmd C copies" } else { "Ctrl C copies" };
    row(ui, key, |ui| {
        choice(ui, key, &mut wishes.primary, Primary::ALL, Primary::label);
    });
    row(ui, "Memory for pixels", |ui| memory_ui(ui, &mut wishes.memory_mb));
    row(ui, "Sizes of files in", |ui| {
        choice(ui, "Sizes of files in", &mut wishes.units, Units::ALL, Units::label);
    });
    row(ui, "When a file changes", |ui| {
        choice(ui, "When a file changes", &mut wishes.reload, Reload::ALL, Reload::label);
    });
    ui.add(Button::new("Show all keys").key("F1")).clicked()
}

/// A name on the left and what it names on the right.
fn row(ui: &mut Ui, name: &str, controls: impl FnOnce(&mut Ui)) {
    ui.horizontal_top(|ui| {
        let size = vec2(LABEL_WIDTH, theme::FIELD_HEIGHT);
        ui.allocate_ui_with_layout(size, Layout::left_to_right(Align::Center), |ui| {
            ui.set_min_width(LABEL_WIDTH);
            ui.label(RichText::new(name).font(theme::body()).color(Theme::of(ui).text));
        });
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = theme::ROW_GAP;
            controls(ui);
        });
    });
}

fn choice<T: Copy + PartialEq>(ui: &mut Ui, name: &str, value: &mut T, all: &[T], label: fn(T) -> &'static str) {
    let options: Vec<(T, &str)> = all.iter().map(|it| (*it, label(*it))).collect();
    segmented(ui, name, value, &options);
}

/// As the last image was left, or always the same.
fn start_ui(ui: &mut Ui, start: &mut Start, defaults: &Defaults) {
    let mut is_fixed = *start != Start::LastUsed;
    let options = [(false, "As the last one was left"), (true, "Always the same")];
    if segmented(ui, "New images start", &mut is_fixed, &options).changed() {
        *start = if is_fixed {
            Start::Fixed { format: defaults.format, quality: defaults.quality }
        } else {
            Start::LastUsed
        };
    }
    let Start::Fixed { format, quality } = start else { return };
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(theme::CHIP_GAP, theme::CHIP_GAP);
        for offered in Format::writable() {
            if chip(ui, offered.label(), *format == offered).clicked() {
                *format = offered;
            }
        }
    });
    if !format.has_quality() {
        return;
    }
    ui.horizontal(|ui| {
        let (text, range) = (quality.to_string(), i64::from(*QUALITIES.start())..=i64::from(*QUALITIES.end()));
        let field = NumberField::new("Quality of new images", "", &text).width(FIELD_WIDTH).range(range);
        if let Some(typed) = field.show(ui).as_deref().and_then(grammar::percentage) {
            *quality = typed;
        }
        note(ui, "quality from 1 to 100");
    });
}

/// The number of megabytes and what it is for.
fn memory_ui(ui: &mut Ui, memory_mb: &mut u32) {
    ui.horizontal(|ui| {
        let (text, range) = (memory_mb.to_string(), i64::from(*MEMORY_MB.start())..=i64::from(*MEMORY_MB.end()));
        let field = NumberField::new("Memory for pixels in MB", "MB", &text).width(FIELD_WIDTH).range(range);
        if let Some(typed) = field.show(ui).as_deref().and_then(grammar::megabytes) {
            *memory_mb = typed.clamp(*MEMORY_MB.start(), *MEMORY_MB.end());
        }
        note(ui, "above it, images out of sight are let go");
    });
}

fn note(ui: &mut Ui, text: &str) {
    ui.label(RichText::new(text).font(theme::secondary()).color(Theme::of(ui).weak));
}
