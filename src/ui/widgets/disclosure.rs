//! A line that opens and closes what stands below it.

use super::Icon;
use super::paint::{focus_ring, text_left};
use crate::ui::theme::{self, Theme};
use egui::accesskit::Role;
use egui::{Rect, Response, Sense, Ui, WidgetInfo, vec2};

const SIGN: f32 = 16.0;

/// Shows the line called `name`; `label` is what stands on it. A press turns `is_open`.
pub fn disclosure(ui: &mut Ui, name: &str, label: &str, is_open: &mut bool) -> Response {
    let (rect, mut response) = ui.allocate_exact_size(vec2(ui.available_width(), theme::HIT_HEIGHT), Sense::click());
    if response.clicked() {
        *is_open = !*is_open;
        response.mark_changed();
    }
    response.widget_info(|| WidgetInfo::labeled(Role::DisclosureTriangle, ui.is_enabled(), name));
    ui.ctx().accesskit_node_builder(response.id, |node| node.set_expanded(*is_open));
    if ui.is_rect_visible(rect) {
        let theme = Theme::of(ui);
        let ink = if response.hovered() { theme.text } else { theme.weak };
        let sign = Rect::from_min_size(rect.left_top(), vec2(SIGN, rect.height()));
        let icon = if *is_open { Icon::Down } else { Icon::Right };
        icon.paint(ui.painter(), sign.translate(vec2(-2.0, 0.0)), ink);
        let text = rect.with_min_x(sign.right() + 2.0);
        text_left(ui.painter(), text, label, theme::secondary(), ink);
    }
    focus_ring(ui, &response, theme::INNER_RADIUS);
    response
}
