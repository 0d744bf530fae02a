//! The list of keys.

use super::theme::{self, Theme};
use crate::session::Verb;
use egui::{Grid, RichText, Ui};

/// Keys that belong to the canvas and to the window itself.
const OTHERS: [(&str, &str); 9] = [
    ("0", "Fit the image into the window"),
    ("1", "Show the image at 100 %"),
    ("+ −", "Zoom in and out"),
    ("Shift and arrows", "Move the image"),
    ("Space held", "Show the original"),
    ("F9", "Show or hide size and format in a narrow window"),
    ("Tab", "Go to the next control"),
    ("F1 ?", "This list"),
    ("Ctrl Q", "Quit"),
];

pub(super) fn keys_ui(ui: &mut Ui) {
    let command = if ui.ctx().os().is_mac() { "Cmd" } else { "Ctrl" };
    let theme = Theme::of(ui);
    let row = |ui: &mut Ui, keys: &str, words: &str| {
        ui.label(RichText::new(keys).font(theme::secondary()).color(theme.weak));
        ui.add(egui::Label::new(RichText::new(words).font(theme::body()).color(theme.text)).wrap());
        ui.end_row();
    };
    ui.spacing_mut().interact_size.y = 0.0;
    Grid::new("keys").num_columns(2).spacing([theme::PANEL_MARGIN * 2.0, theme::ROW_GAP]).show(ui, |ui| {
        for verb in Verb::ALL.iter().filter(|it| !it.shortcuts().is_empty()) {
            let keys: Vec<String> = verb.shortcuts().iter().map(|it| it.words(command)).collect();
            row(ui, &keys.join(", "), verb.tooltip());
        }
        for (keys, words) in OTHERS {
            row(ui, &keys.replace("Ctrl", command), words);
        }
    });
}
