//! What the program says of itself.

use super::theme::{self, Theme};
use super::widgets::picture_glyph;
use egui::{RichText, Sense, Ui, vec2};

const GLYPH: f32 = 48.0;

pub(super) fn about_ui(ui: &mut Ui) {
    let theme = Theme::of(ui);
    let line = |ui: &mut Ui, text: &str| {
        ui.add(egui::Label::new(RichText::new(text).font(theme::body()).color(theme.weak)).wrap());
    };
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = theme::PANEL_MARGIN;
        let (glyph, _) = ui.allocate_exact_size(vec2(GLYPH, GLYPH), Sense::hover());
        picture_glyph(ui.painter(), glyph, theme.strong_line, theme.accent);
        ui.vertical(|ui| {
            let name = format!("Inlaid {}", env!("CARGO_PKG_VERSION"));
            ui.label(RichText::new(name).font(theme::headline()).color(theme.text));
            line(ui, env!("CARGO_PKG_DESCRIPTION"));
        });
    });
    ui.add_space(theme::GROUP_GAP);
    line(ui, "Your images never leave this computer");
    line(ui, "Free software under the MIT licence or the Apache licence 2.0, as you like");
    line(ui, "Set in Inter, under the SIL Open Font License 1.1");
}
