//! The divider between original and result.

use super::geometry::{divider_share, divider_x, next_stop};
use crate::ui::{
    theme::{self, Theme},
    widgets::{assisted_number, offer_number},
};
use egui::accesskit::Role;
use egui::{
    CursorIcon, EventFilter, Id, Key, Modifiers, Painter, Rect, Response, Sense, Shape, Stroke, Ui, WidgetInfo,
};
use egui::{pos2, vec2};

/// The divider can be taken this far from its line.
const REACH: f32 = 12.0;
const HANDLE: f32 = 14.0;
/// The part of the picture that an arrow key moves the divider by.
const STEP: f32 = 0.02;
const SHIFTED_STEP: f32 = 0.1;
/// The same for assistive technology.
const PERCENT_STEP: f64 = 2.0;

/// Lets the divider be moved over what is `seen` of the picture.
pub(super) fn interact(ui: &Ui, id: Id, seen: Rect, share: &mut f32) -> Response {
    let x = divider_x(seen, *share);
    let reach = Rect::from_x_y_ranges(x - REACH..=x + REACH, seen.y_range());
    let response =
        ui.interact(reach, id, Sense::click_and_drag()).on_hover_and_drag_cursor(CursorIcon::ResizeHorizontal);
    // A single click of the pointer is the beginning of a drag, one of the keyboard is meant.
    let is_by_key = response.clicked() && !ui.input(|it| it.pointer.any_released());
    if response.double_clicked() || is_by_key {
        *share = next_stop(*share);
    } else if response.dragged()
        && let Some(pointer) = response.interact_pointer_pos()
    {
        *share = divider_share(seen, pointer.x);
    }
    if response.has_focus() {
        *share = (*share + keys(ui, id)).clamp(0.0, 1.0);
    }
    let percent = f64::from(*share) * 100.0;
    *share = (assisted_number(ui, &response, percent, PERCENT_STEP) / 100.0).clamp(0.0, 1.0) as f32;
    let percent = f64::from((*share * 100.0).round());
    response.widget_info(|| WidgetInfo {
        value: Some(percent),
        ..WidgetInfo::labeled(Role::Splitter, ui.is_enabled(), "Divider between original and result")
    });
    offer_number(ui, &response, [0.0, 100.0], PERCENT_STEP);
    response
}

fn keys(ui: &Ui, id: Id) -> f32 {
    let filter = EventFilter { horizontal_arrows: true, ..EventFilter::default() };
    ui.memory_mut(|it| it.set_focus_lock_filter(id, filter));
    ui.input_mut(|it| {
        let mut count = |modifiers: Modifiers, key: Key| it.count_and_consume_key(modifiers, key) as f32;
        // With Shift first: the plain key would match both.
        let large = count(Modifiers::SHIFT, Key::ArrowRight) - count(Modifiers::SHIFT, Key::ArrowLeft);
        let small = count(Modifiers::NONE, Key::ArrowRight) - count(Modifiers::NONE, Key::ArrowLeft);
        large * SHIFTED_STEP + small * STEP
    })
}

/// Paints the line and its handle.
pub(super) fn paint(ui: &Ui, painter: &Painter, seen: Rect, share: f32, response: &Response) {
    let theme = Theme::of(ui);
    let middle = pos2(divider_x(seen, share), seen.center().y);
    painter.vline(middle.x, seen.y_range(), Stroke::new(4.0, theme.handle_shade));
    painter.circle_filled(middle, HANDLE + 1.0, theme.handle_shade);
    painter.vline(middle.x, seen.y_range(), Stroke::new(2.0, theme.handle));
    let rim = if response.has_focus() { theme.focus() } else { Stroke::NONE };
    painter.circle(middle, HANDLE, theme.handle, rim);
    for side in [-1.0, 1.0] {
        let corner = |x: f32, y: f32| middle + vec2(side * x, y);
        let triangle = vec![corner(10.0, 0.0), corner(2.0, -5.0), corner(2.0, 5.0)];
        painter.add(Shape::convex_polygon(triangle, theme.on_handle, Stroke::NONE));
    }
    if response.has_focus() {
        painter.circle_stroke(middle, HANDLE + theme::FOCUS_RING, theme.focus());
    }
}
