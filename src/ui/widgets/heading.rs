//! The heading of a group, with what is true of the group on its right.

use super::paint::{text_left, text_right};
use crate::ui::theme::{self, Theme};
use egui::accesskit::Role;
use egui::{Response, Sense, Ui, WidgetInfo, vec2};

const HEIGHT: f32 = 16.0;

/// A heading over the whole width; the response is the note's, for a text on hover.
pub fn heading(ui: &mut Ui, title: &str, note: Option<&str>) -> Response {
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), HEIGHT), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Heading, ui.is_enabled(), title));
    let theme = Theme::of(ui);
    text_left(ui.painter(), rect, title, theme::section(), theme.weak);
    let Some(note) = note else { return response };
    let place = text_right(ui.painter(), rect, note, theme::secondary(), theme.weak);
    let response = ui.interact(place, response.id.with("note"), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, ui.is_enabled(), note));
    response
}
