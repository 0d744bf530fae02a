//! Strokes that several controls share.

use crate::ui::theme::{self, Theme};
use egui::epaint::{PathShape, StrokeKind};
use egui::{Align2, Color32, CornerRadius, FontId, Painter, Pos2, Rect, Response, Shape, Stroke, Ui, pos2, vec2};

/// The ring that says where the keyboard is; what it comes to is scrolled into sight, so this is called also for
/// what is not.
pub(super) fn focus_ring(ui: &Ui, response: &Response, radius: u8) {
    if response.gained_focus() {
        response.scroll_to_me(None);
    }
    if response.has_focus() {
        let stroke = Theme::of(ui).focus();
        ui.painter().rect_stroke(response.rect, CornerRadius::same(radius), stroke, StrokeKind::Inside);
    }
}

/// The same around a control that is painted in a colour of the user's.
pub(in crate::ui) fn focus_frame(ui: &Ui, response: &Response, radius: u8) {
    if response.gained_focus() {
        response.scroll_to_me(None);
    }
    if response.has_focus() {
        let stroke = Theme::of(ui).focus();
        ui.painter().rect_stroke(response.rect, CornerRadius::same(radius), stroke, StrokeKind::Outside);
    }
}

/// Text on the middle line of `rect`, at its left edge; returns where it went.
pub(super) fn text_left(painter: &Painter, rect: Rect, text: &str, font: FontId, color: Color32) -> Rect {
    painter.text(rect.left_center(), Align2::LEFT_CENTER, text, font, color)
}

/// Text on the middle line of `rect`, at its right edge; returns where it went.
pub(super) fn text_right(painter: &Painter, rect: Rect, text: &str, font: FontId, color: Color32) -> Rect {
    painter.text(rect.right_center(), Align2::RIGHT_CENTER, text, font, color)
}

/// How wide a text on one line is.
pub(super) fn text_width(ui: &Ui, text: &str, font: FontId) -> f32 {
    ui.painter().layout_no_wrap(text.to_owned(), font, Color32::PLACEHOLDER).size().x
}

/// The dashed frame that asks for a picture.
pub(in crate::ui) fn dashed_frame(painter: &Painter, rect: Rect, stroke: Stroke) {
    let radius = theme::FRAME_RADIUS.min(rect.width() / 2.0).min(rect.height() / 2.0);
    let mut path = rounded_outline(rect, radius);
    path.extend(path.first().copied());
    painter.extend(Shape::dashed_line(&path, stroke, 6.0, 4.0));
}

/// The outline of a rounded rectangle as points, clockwise from the top left.
fn rounded_outline(rect: Rect, radius: f32) -> Vec<Pos2> {
    const STEPS: u8 = 12;
    let inner = rect.shrink(radius);
    let corners = [
        (inner.left_top(), 180.0),
        (inner.right_top(), 270.0),
        (inner.right_bottom(), 0.0),
        (inner.left_bottom(), 90.0),
    ];
    corners
        .into_iter()
        .flat_map(|(center, from): (Pos2, f32)| {
            (0..=STEPS).map(move |step| {
                let angle = (from + 90.0 * f32::from(step) / f32::from(STEPS)).to_radians();
                center + radius * vec2(angle.cos(), angle.sin())
            })
        })
        .collect()
}

/// The sign of the program: a picture with a ridge and a sun.
pub(in crate::ui) fn picture_glyph(painter: &Painter, rect: Rect, frame: Color32, accent: Color32) {
    let unit = rect.width() / 76.0;
    let at = |x: f32, y: f32| pos2(rect.left() + x * unit, rect.top() + y * unit);
    let ridge = vec![at(2.0, 54.0), at(24.0, 33.0), at(39.0, 49.0), at(51.0, 37.0), at(74.0, 56.0)];
    painter.add(PathShape::line(ridge, Stroke::new(3.0 * unit, accent)));
    painter.circle_filled(at(52.0, 22.0), 7.0 * unit, accent);
    // The frame comes last: it hides the ends of the ridge.
    let radius = CornerRadius::from(15.0 * unit);
    painter.rect_stroke(rect, radius, Stroke::new(3.0 * unit, frame), StrokeKind::Inside);
}
