//! A sentence on one line that may be pressed to read more.

use super::paint::focus_ring;
use crate::ui::theme;
use egui::accesskit::Role;
use egui::text::{LayoutJob, TextWrapping};
use egui::{Color32, Response, Sense, Ui, WidgetInfo, vec2};

/// Shows `text`, cut off where the room ends; what is cut off is said on hover.
pub fn notice(ui: &mut Ui, text: &str, ink: Color32, is_pressable: bool) -> Response {
    let mut job = LayoutJob::simple_singleline(text.to_owned(), theme::secondary(), ink);
    job.wrap = TextWrapping::truncate_at_width(ui.available_width());
    let galley = ui.painter().layout_job(job);
    let sense = if is_pressable { Sense::click() } else { Sense::hover() };
    let (rect, response) = ui.allocate_exact_size(vec2(galley.size().x, theme::HIT_HEIGHT), sense);
    let role = if is_pressable { Role::Button } else { Role::Label };
    response.widget_info(|| WidgetInfo::labeled(role, ui.is_enabled(), text));
    let is_cut_off = galley.elided;
    let at = egui::pos2(rect.left(), rect.center().y - galley.size().y / 2.0);
    ui.painter().galley(at, galley, ink);
    focus_ring(ui, &response, theme::INNER_RADIUS);
    let response = if is_cut_off { response.on_hover_text(text) } else { response };
    if is_pressable { response.on_hover_cursor(egui::CursorIcon::PointingHand) } else { response }
}
