//! A slider with the accent on the part that is set.

use super::assisted::{assisted_number, offer_number};
use crate::ui::theme::{self, Theme};
use egui::{EventFilter, Key, Modifiers, Pos2, Rect, Response, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};
use std::ops::RangeInclusive;

/// A slider over whole numbers. Drag is live, the arrow keys step, double click resets.
#[must_use = "a slider is shown with `show`"]
pub struct Slider<'a> {
    name: &'a str,
    range: RangeInclusive<i32>,
    reset: Option<i32>,
    width: Option<f32>,
}

const HANDLE_RADIUS: f32 = 7.0;
const RAIL: f32 = 3.0;
const PAGE: i32 = 10;

impl<'a> Slider<'a> {
    /// A slider called `name`.
    pub fn new(name: &'a str, range: RangeInclusive<i32>) -> Self {
        Self { name, range, reset: None, width: None }
    }

    /// The value to which a double click returns.
    pub fn reset(mut self, value: i32) -> Self {
        self.reset = Some(value);
        self
    }

    /// Leaves room for something beside it.
    pub fn width(mut self, width: f32) -> Self {
        self.width = Some(width);
        self
    }

    /// Shows the slider over the whole width unless it has one; [`Response::changed`] says that `value` is another.
    pub fn show(self, ui: &mut Ui, value: &mut i32) -> Response {
        let size = vec2(self.width.unwrap_or_else(|| ui.available_width()), theme::HIT_HEIGHT);
        let (rect, mut response) = ui.allocate_exact_size(size, Sense::click_and_drag());
        if response.gained_focus() {
            response.scroll_to_me(None);
        }
        let before = *value;
        let rail = Rect::from_center_size(rect.center(), vec2(rect.width() - 2.0 * HANDLE_RADIUS, RAIL));
        let stepped = before.saturating_add(key_steps(ui, &response));
        let mut wanted = assisted_number(ui, &response, stepped.into(), 1.0).round() as i32;
        if response.double_clicked() {
            wanted = self.reset.unwrap_or(wanted);
        } else if let Some(pointer) = pressed_at(&response) {
            wanted = self.at((pointer.x - rail.left()) / rail.width().max(1.0));
        }
        *value = wanted.clamp(*self.range.start(), *self.range.end());
        if *value != before {
            response.mark_changed();
        }
        self.name_it(ui, &response, *value);
        if ui.is_rect_visible(rect) {
            self.paint(ui, &response, rail, *value);
        }
        response
    }

    /// The value at a share of the rail.
    fn at(&self, share: f32) -> i32 {
        let (low, high) = (*self.range.start() as f32, *self.range.end() as f32);
        (low + share.clamp(0.0, 1.0) * (high - low)).round() as i32
    }

    fn share(&self, value: i32) -> f32 {
        let (low, high) = (*self.range.start() as f32, *self.range.end() as f32);
        if high > low { (value as f32 - low) / (high - low) } else { 0.0 }
    }

    fn name_it(&self, ui: &Ui, response: &Response, value: i32) {
        response.widget_info(|| WidgetInfo::slider(ui.is_enabled(), f64::from(value), self.name));
        let ends = [self.range.start(), self.range.end()].map(|it| f64::from(*it));
        offer_number(ui, response, ends, 1.0);
    }

    fn paint(&self, ui: &Ui, response: &Response, rail: Rect, value: i32) {
        let theme = Theme::of(ui);
        let handle = pos2(rail.left() + rail.width() * self.share(value), rail.center().y);
        let whole = rail.expand2(vec2(HANDLE_RADIUS, 0.0));
        let set = Rect::from_min_max(whole.min, pos2(handle.x, whole.bottom()));
        ui.painter().rect_filled(whole, 2, theme.strong_line);
        ui.painter().rect_filled(set, 2, theme.accent);
        let grown = if response.hovered() || response.dragged() { 0.5 } else { 0.0 };
        let rim = if response.has_focus() { theme.focus() } else { Stroke::new(1.0, theme.faint) };
        ui.painter().circle(handle, HANDLE_RADIUS + grown, theme.handle, rim);
        if response.has_focus() {
            ui.painter().circle_stroke(handle, HANDLE_RADIUS + 3.0, theme.focus());
        }
    }
}

/// Where the slider is held, or was clicked within one frame.
fn pressed_at(response: &Response) -> Option<Pos2> {
    response.interact_pointer_pos().filter(|_| response.is_pointer_button_down_on() || response.clicked())
}

fn key_steps(ui: &Ui, response: &Response) -> i32 {
    if !response.has_focus() {
        return 0;
    }
    let filter = EventFilter { horizontal_arrows: true, vertical_arrows: true, ..EventFilter::default() };
    ui.memory_mut(|it| it.set_focus_lock_filter(response.id, filter));
    ui.input_mut(|it| {
        let mut count = |modifiers: Modifiers, up: [Key; 2], down: [Key; 2]| {
            let [up, down] = [up, down]
                .map(|keys| keys.into_iter().map(|key| it.count_and_consume_key(modifiers, key)).sum::<usize>());
            i32::try_from(up).unwrap_or_default() - i32::try_from(down).unwrap_or_default()
        };
        let (up, down) = ([Key::ArrowRight, Key::ArrowUp], [Key::ArrowLeft, Key::ArrowDown]);
        // With Shift first: the plain key would match both.
        let tens = count(Modifiers::SHIFT, up, down);
        let ones = count(Modifiers::NONE, up, down);
        let pages = count(Modifiers::NONE, [Key::PageUp; 2], [Key::PageDown; 2]);
        (tens + pages) * PAGE + ones
    })
}
