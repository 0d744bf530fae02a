//! The heading of a group, with what is true of the group on its right.

use super::paint::{text_left, text_right};
use crate::ui::theme::{self, Theme};
use egui::accesskit::Role;
use egui::{Rect, Response, Sense, Ui, WidgetInfo, vec2};

const HEIGHT: f32 = 16.0;

/// A heading over the whole width; the response is the note's, for a text on hover.
pub fn heading(ui: &mut Ui, title: &str, note: Option<&str>) -> Response {
    let (rect, response) = title_ui(ui, title);
    let Some(note) = note else { return response };
    note_ui(ui, rect, &response, note)
}

/// The same, and `control` puts what can be pressed into the right end of the heading, at
/// [`theme::HIT_HEIGHT`] and with the least of air; the note stands on its left.
pub fn heading_with(ui: &mut Ui, title: &str, note: Option<&str>, control: impl FnOnce(&mut Ui)) -> Response {
    let (rect, response) = title_ui(ui, title);
    // It may reach into the air around the heading.
    let place = rect.expand2(vec2(0.0, (theme::HIT_HEIGHT - HEIGHT) / 2.0));
    let layout = egui::Layout::right_to_left(egui::Align::Center);
    let mut end = ui.new_child(egui::UiBuilder::new().max_rect(place).layout(layout));
    control(&mut end);
    let Some(note) = note else { return response };
    note_ui(ui, rect.with_max_x(end.min_rect().left() - theme::CHIP_GAP), &response, note)
}

fn title_ui(ui: &mut Ui, title: &str) -> (Rect, Response) {
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), HEIGHT), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Heading, ui.is_enabled(), title));
    text_left(ui.painter(), rect, title, theme::section(), Theme::of(ui).weak);
    (rect, response)
}

fn note_ui(ui: &Ui, rect: Rect, title: &Response, note: &str) -> Response {
    let place = text_right(ui.painter(), rect, note, theme::secondary(), Theme::of(ui).weak);
    let response = ui.interact(place, title.id.with("note"), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, ui.is_enabled(), note));
    response
}
