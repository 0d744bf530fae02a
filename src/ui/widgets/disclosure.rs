//! What opens and closes the controls that few need.

use super::Icon;
use super::paint::{focus_ring, text_left, text_width};
use crate::ui::theme::{self, Theme};
use egui::accesskit::Role;
use egui::{Rect, Response, Sense, Ui, WidgetInfo, vec2};

const PADDING: f32 = 7.0;
/// Width of the sign behind the text.
const SIGN: f32 = 12.0;
const SIGN_GAP: f32 = 2.0;

/// A small button called `name`; `label` is what stands on it. A press turns `is_open`.
pub fn disclosure(ui: &mut Ui, name: &str, label: &str, is_open: &mut bool) -> Response {
    show(ui, name, label, is_open, Ground::Button)
}

/// The same as a text at the right end of a heading, which says what is set.
pub fn disclosing_note(ui: &mut Ui, name: &str, note: &str, is_open: &mut bool) -> Response {
    show(ui, name, note, is_open, Ground::None)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Ground {
    Button,
    None,
}

fn show(ui: &mut Ui, name: &str, label: &str, is_open: &mut bool, ground: Ground) -> Response {
    let padding = if ground == Ground::Button { PADDING } else { 0.0 };
    let width = text_width(ui, label, theme::secondary()) + SIGN_GAP + SIGN + 2.0 * padding;
    let (rect, mut response) = ui.allocate_exact_size(vec2(width.ceil(), theme::HIT_HEIGHT), Sense::click());
    if response.clicked() {
        *is_open = !*is_open;
        response.mark_changed();
    }
    response.widget_info(|| WidgetInfo::labeled(Role::DisclosureTriangle, ui.is_enabled(), name));
    ui.ctx().accesskit_node_builder(response.id, |node| {
        node.set_expanded(*is_open);
        node.set_description(label);
    });
    if ui.is_rect_visible(rect) {
        let theme = Theme::of(ui);
        let (fill, ink) = match (*is_open, response.hovered()) {
            (true, _) => (theme.accent_field, theme.accent),
            (false, true) => (theme.button_hovered, theme.text),
            (false, false) => (theme.button, theme.weak),
        };
        if ground == Ground::Button {
            ui.painter().rect_filled(rect, theme::INNER_RADIUS, fill);
        }
        let text = text_left(ui.painter(), rect.shrink2(vec2(padding, 0.0)), label, theme::secondary(), ink);
        let sign = Rect::from_min_size(egui::pos2(text.right() + SIGN_GAP, rect.top()), vec2(SIGN, rect.height()));
        let icon = if *is_open { Icon::Up } else { Icon::Down };
        icon.paint(ui.painter(), sign, ink);
    }
    focus_ring(ui, &response, theme::INNER_RADIUS);
    response
}
