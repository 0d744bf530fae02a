//! Words that can be pressed: one that leads to a page in the browser, one that asks for something.

use super::paint::{focus_ring, text_left, text_width};
use crate::ui::theme::{self, Theme};
use egui::{CursorIcon, OpenUrl, Response, Sense, Stroke, Ui, WidgetInfo, accesskit::Role, vec2};

const PADDING: f32 = 3.0;

/// Shows `label`; `name` is what it is called for those who do not see what it stands beside. A press opens the
/// page.
pub fn link(ui: &mut Ui, name: &str, label: &str, address: &str) -> Response {
    let response = show(ui, Role::Link, name, label);
    if response.clicked() {
        ui.open_url(OpenUrl::new_tab(address));
    }
    response
}

/// Shows `label` as a word among others; what a press does is the caller's.
pub fn text_button(ui: &mut Ui, name: &str, label: &str) -> Response {
    show(ui, Role::Button, name, label)
}

fn show(ui: &mut Ui, role: Role, name: &str, label: &str) -> Response {
    let width = text_width(ui, label, theme::secondary()) + 2.0 * PADDING;
    let (rect, response) = ui.allocate_exact_size(vec2(width.ceil(), theme::HIT_HEIGHT), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(role, ui.is_enabled(), name));
    if ui.is_rect_visible(rect) {
        let ink = Theme::of(ui).accent;
        let text = text_left(ui.painter(), rect.shrink2(vec2(PADDING, 0.0)), label, theme::secondary(), ink);
        if response.hovered() {
            ui.painter().hline(text.x_range(), text.bottom(), Stroke::new(1.0, ink));
        }
    }
    focus_ring(ui, &response, theme::INNER_RADIUS);
    response.on_hover_cursor(CursorIcon::PointingHand)
}
