//! The list of keys.

use super::theme::{self, Theme};
use crate::session::Verb;
use egui::{Context, Grid, Key, Modifiers, RichText, Window};

/// Keys that belong to the canvas and to the window itself.
const OTHERS: [(&str, &str); 7] = [
    ("0", "Fit the image into the window"),
    ("1", "Show the image at 100 %"),
    ("+ −", "Zoom in and out"),
    ("Shift and arrows", "Move the image"),
    ("Space held", "Show the original"),
    ("F1 ?", "This list"),
    ("Ctrl Q", "Quit"),
];

pub(super) fn help_ui(ctx: &Context, is_open: &mut bool) {
    let is_typing = ctx.text_edit_focused();
    let asked = ctx.input_mut(|it| {
        it.consume_key(Modifiers::NONE, Key::F1) || (!is_typing && it.consume_key(Modifiers::NONE, Key::Questionmark))
    });
    *is_open ^= asked;
    if *is_open && ctx.input_mut(|it| it.consume_key(Modifiers::NONE, Key::Escape)) {
        *is_open = false;
    }
    let command = if ctx.os().is_mac() { "Cmd" } else { "Ctrl" };
    Window::new("Keys")
        .open(is_open)
        .collapsible(false)
        .resizable(false)
        .anchor(egui::Align2::CENTER_CENTER, [0.0, 0.0])
        .show(ctx, |ui| {
            let theme = Theme::of(ui);
            let row = |ui: &mut egui::Ui, keys: &str, words: &str| {
                ui.label(RichText::new(keys).font(theme::secondary()).color(theme.weak));
                ui.label(RichText::new(words).font(theme::body()).color(theme.text));
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
        });
}
