//! One line of a menu.

use super::paint::{focus_ring, text_left, text_right, text_width};
use crate::ui::theme::{self, Theme};
use egui::accesskit::Role;
use egui::{Response, Sense, Ui, WidgetInfo, vec2};

const PADDING: f32 = 8.0;
const KEY_GAP: f32 = 24.0;

/// A command with its key over the whole width; one that can do nothing now is grey.
pub fn menu_item(ui: &mut Ui, text: &str, key: &str, is_enabled: bool) -> Response {
    let natural = text_width(ui, text, theme::body()) + KEY_GAP + text_width(ui, key, theme::note()) + 2.0 * PADDING;
    let size = vec2(ui.available_width().max(natural.ceil()), theme::FIELD_HEIGHT);
    let sense = if is_enabled { Sense::click() } else { Sense::hover() };
    let (rect, response) = ui.allocate_exact_size(size, sense);
    response.widget_info(|| WidgetInfo::labeled(Role::MenuItem, is_enabled, text));
    if !key.is_empty() {
        ui.ctx().accesskit_node_builder(response.id, |node| node.set_keyboard_shortcut(key));
    }
    if ui.is_rect_visible(rect) {
        let theme = Theme::of(ui);
        if is_enabled && (response.hovered() || response.has_focus()) {
            ui.painter().rect_filled(rect, theme::INNER_RADIUS, theme.button_hovered);
        }
        let ink = if is_enabled { theme.text } else { theme.faint };
        let content = rect.shrink2(vec2(PADDING, 0.0));
        text_left(ui.painter(), content, text, theme::body(), ink);
        text_right(ui.painter(), content, key, theme::note(), theme.faint);
    }
    focus_ring(ui, &response, theme::INNER_RADIUS);
    response
}
