//! Presets: small buttons, one of which may be in force.

use super::paint::{focus_ring, text_width};
use crate::ui::theme::{self, Theme};
use egui::accesskit::Role;
use egui::{Align2, Response, Sense, Ui, WidgetInfo, vec2};

const PADDING: f32 = 7.0;

/// A preset; `chosen` while what it stands for is in force. Lay several out in a wrapping row.
pub fn chip(ui: &mut Ui, label: &str, chosen: bool) -> Response {
    let width = text_width(ui, label, theme::secondary()) + 2.0 * PADDING;
    let (rect, response) = ui.allocate_exact_size(vec2(width.ceil(), theme::HIT_HEIGHT), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::Button, ui.is_enabled(), chosen, label));
    if ui.is_rect_visible(rect) {
        let theme = Theme::of(ui);
        let (ground, ink) = match (chosen, response.hovered()) {
            (true, _) => (theme.accent_field, theme.accent),
            (false, true) => (theme.button_hovered, theme.text),
            (false, false) => (theme.button, theme.weak),
        };
        ui.painter().rect_filled(rect, theme::INNER_RADIUS, ground);
        ui.painter().text(rect.center(), Align2::CENTER_CENTER, label, theme::secondary(), ink);
        focus_ring(ui, &response, theme::INNER_RADIUS);
    }
    response
}
