//! Names and what they stand for, in two columns.

use super::super::theme::{self, Theme};
use egui::{Align, Label, Layout, RichText, TextStyle, Ui, WidgetText, vec2};

/// A row for each pair; values wrap. The names are measured, so that every row is in its place in the
/// first frame already.
pub fn pairs<Name: AsRef<str>>(ui: &mut Ui, pairs: &[(Name, String)]) {
    let theme = Theme::of(ui);
    let named = |name: &Name| RichText::new(name.as_ref()).font(theme::secondary()).color(theme.weak);
    let width = |ui: &Ui, name: &Name| {
        let text = WidgetText::from(named(name));
        text.into_galley(ui, Some(egui::TextWrapMode::Extend), f32::INFINITY, TextStyle::Body).size().x
    };
    let column = pairs.iter().map(|(name, _)| width(ui, name)).fold(0.0, f32::max).ceil();
    ui.spacing_mut().interact_size.y = 0.0;
    ui.spacing_mut().item_spacing = vec2(theme::PANEL_MARGIN * 2.0, theme::ROW_GAP);
    let line = ui.fonts_mut(|it| it.row_height(&theme::body()));
    for (name, value) in pairs {
        ui.horizontal_top(|ui| {
            // In the middle of the value's first line.
            ui.allocate_ui_with_layout(vec2(column, line), Layout::left_to_right(Align::Center), |ui| {
                ui.set_min_size(vec2(column, line));
                ui.add(Label::new(named(name)).extend());
            });
            ui.add(Label::new(RichText::new(value).font(theme::body()).color(theme.text)).wrap());
        });
    }
}
