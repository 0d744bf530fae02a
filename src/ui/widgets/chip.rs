//! Small buttons: presets, one of which may be in force, and commands.

use super::paint::{focus_ring, text_width};
use crate::ui::theme::{self, Theme};
use egui::accesskit::Role;
use egui::{Align2, Response, Sense, Ui, WidgetInfo, vec2};

const PADDING: f32 = 7.0;

/// A preset; `chosen` while what it stands for is in force. Lay several out in a wrapping row.
pub fn chip(ui: &mut Ui, label: &str, chosen: bool) -> Response {
    show(ui, label, Some(chosen))
}

/// A command that looks like a preset, but is never in force.
pub fn command_chip(ui: &mut Ui, label: &str) -> Response {
    show(ui, label, None)
}

fn show(ui: &mut Ui, label: &str, chosen: Option<bool>) -> Response {
    let width = text_width(ui, label, theme::secondary()) + 2.0 * PADDING;
    let (rect, response) = ui.allocate_exact_size(vec2(width.ceil(), theme::HIT_HEIGHT), Sense::click());
    response.widget_info(|| match chosen {
        Some(chosen) => WidgetInfo::selected(Role::Button, ui.is_enabled(), chosen, label),
        None => WidgetInfo::labeled(Role::Button, ui.is_enabled(), label),
    });
    if ui.is_rect_visible(rect) {
        let theme = Theme::of(ui);
        let (ground, ink) = match (chosen == Some(true), response.hovered()) {
            (true, _) => (theme.accent_field, theme.accent),
            (false, true) => (theme.button_hovered, theme.text),
            (false, false) => (theme.button, theme.weak),
        };
        ui.painter().rect_filled(rect, theme::INNER_RADIUS, ground);
        ui.painter().text(rect.center(), Align2::CENTER_CENTER, label, theme::secondary(), ink);
    }
    focus_ring(ui, &response, theme::INNER_RADIUS);
    response
}
