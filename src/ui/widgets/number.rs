//! A field for a number that also takes whatever else the caller understands.

use super::paint::text_left;
use crate::ui::theme::{self, Theme};
use egui::epaint::StrokeKind;
use egui::text::CCursorRange;
use egui::text_edit::{TextEdit, TextEditState};
use egui::{Align2, Event, Frame, Id, Key, Modifiers, MouseWheelUnit, Rect, Sense, Ui, UiBuilder, vec2};
use std::ops::RangeInclusive;

/// A field with a letter in front of its value.
///
/// Typing is free and changes nothing until it is committed by Enter, Tab or a click elsewhere;
/// Esc takes it back. Arrow keys step a whole number by one, with Shift by ten, and so does the
/// wheel while the field has the focus.
#[must_use = "a field is shown with `show`"]
pub struct NumberField<'a> {
    name: &'a str,
    letter: &'a str,
    value: &'a str,
    width: f32,
    range: RangeInclusive<i64>,
    grabs_focus: bool,
}

/// What lives between frames while a field is edited.
#[derive(Clone, Default)]
struct Draft {
    text: String,
    /// Everything gets selected as soon as the pointer is up, so that typing replaces the value.
    select_all: bool,
}

const PADDING: f32 = 9.0;
const SHIFTED_STEP: i64 = 10;

impl<'a> NumberField<'a> {
    /// A field called `name`, showing `letter` and the value in force.
    pub fn new(name: &'a str, letter: &'a str, value: &'a str) -> Self {
        Self { name, letter, value, width: 116.0, range: 1..=i64::MAX, grabs_focus: false }
    }

    /// What the arrow keys and the wheel keep to; what is typed is the caller's to judge.
    pub fn range(mut self, range: RangeInclusive<i64>) -> Self {
        self.range = range;
        self
    }

    /// Takes the focus in this frame.
    pub fn grab_focus(mut self, grabs_focus: bool) -> Self {
        self.grabs_focus = grabs_focus;
        self
    }

    /// The width of the field.
    pub fn width(mut self, width: f32) -> Self {
        self.width = width;
        self
    }

    /// Shows the field; returns the text once it is committed and differs from the value.
    pub fn show(self, ui: &mut Ui) -> Option<String> {
        // The frame widens what can be clicked; Tab stops only at the text.
        let (rect, frame) = ui.allocate_exact_size(vec2(self.width, theme::FIELD_HEIGHT), Sense::CLICK);
        let id = frame.id.with("text");
        if frame.clicked() || self.grabs_focus {
            ui.memory_mut(|it| it.request_focus(id));
        }
        let had_focus = ui.memory(|it| it.has_focus(id));
        let mut draft = match ui.data(|it| it.get_temp::<Draft>(id)) {
            Some(draft) if had_focus => draft,
            _ => Draft { text: self.value.to_owned(), select_all: true },
        };
        let stepped = if had_focus { self.step(ui, rect, &mut draft) } else { None };
        let inner = self.paint(ui, rect, had_focus);
        // Read before the text field takes the focus away with it.
        let escaped = ui.input(|it| it.key_pressed(Key::Escape));
        let left = self.edit(ui, inner, id, &mut draft);
        if had_focus && left {
            ui.data_mut(|it| it.remove::<Draft>(id));
            let text = draft.text.trim();
            return (!escaped && text != self.value).then(|| text.to_owned());
        }
        ui.data_mut(|it| it.insert_temp(id, draft));
        stepped
    }

    /// Moves a whole number by the arrow keys or the wheel.
    fn step(&self, ui: &Ui, rect: Rect, draft: &mut Draft) -> Option<String> {
        let number: i64 = draft.text.trim().parse().ok()?;
        let by = key_steps(ui) + if ui.rect_contains_pointer(rect) { wheel_steps(ui) } else { 0 };
        let moved = number.saturating_add(by).clamp(*self.range.start(), *self.range.end());
        // What is typed stays as it is typed.
        (by != 0 && moved != number).then(|| {
            draft.text = moved.to_string();
            draft.select_all = true;
            draft.text.clone()
        })
    }

    /// Paints what is around the text; returns the place left for it.
    fn paint(&self, ui: &Ui, rect: Rect, focused: bool) -> Rect {
        let theme = Theme::of(ui);
        let rim = if focused { theme.focus() } else { theme.outline() };
        ui.painter().rect(rect, theme::RADIUS, theme.field, rim, StrokeKind::Inside);
        let mut inner = rect.shrink2(vec2(PADDING, 0.0));
        if !self.letter.is_empty() {
            let letter = text_left(ui.painter(), inner, self.letter, theme::secondary(), theme.weak);
            inner.min.x = letter.right() + 6.0;
        }
        inner
    }

    /// Shows the text itself; says whether the focus left it.
    fn edit(&self, ui: &mut Ui, inner: Rect, id: Id, draft: &mut Draft) -> bool {
        let mut child = ui.new_child(UiBuilder::new().max_rect(inner));
        let response = TextEdit::singleline(&mut draft.text)
            .id(id)
            .frame(Frame::NONE)
            .font(theme::body())
            .desired_width(inner.width())
            .min_size(inner.size())
            .align(Align2::RIGHT_CENTER)
            .show(&mut child)
            .response
            .response
            .accessible_name(self.name);
        if response.has_focus() && draft.select_all && !ui.input(|it| it.pointer.any_down()) {
            draft.select_all = false;
            if let Some(mut state) = TextEditState::load(ui.ctx(), id) {
                state.cursor.set_char_range(Some(CCursorRange::select_all_str(&draft.text)));
                state.store(ui.ctx(), id);
            }
            ui.ctx().request_repaint();
        }
        if response.gained_focus() {
            response.scroll_to_me(None);
        }
        response.lost_focus()
    }
}

/// Steps asked for by the arrow keys, which the text field does not get to see.
fn key_steps(ui: &Ui) -> i64 {
    ui.input_mut(|it| {
        let mut count = |modifiers: Modifiers, key: Key| {
            i64::try_from(it.count_and_consume_key(modifiers, key)).unwrap_or_default()
        };
        // With Shift first: the plain key would match both.
        let tens = count(Modifiers::SHIFT, Key::ArrowUp) - count(Modifiers::SHIFT, Key::ArrowDown);
        let ones = count(Modifiers::NONE, Key::ArrowUp) - count(Modifiers::NONE, Key::ArrowDown);
        tens * SHIFTED_STEP + ones
    })
}

/// Steps asked for by the wheel, which then does not scroll the panel.
fn wheel_steps(ui: &Ui) -> i64 {
    ui.input_mut(|it| {
        it.smooth_scroll_delta = egui::Vec2::ZERO;
        let notches = it.events.iter().map(|event| match event {
            Event::MouseWheel { unit: MouseWheelUnit::Line, delta, .. } => delta.y.round() as i64,
            _ => 0,
        });
        notches.sum()
    })
}
