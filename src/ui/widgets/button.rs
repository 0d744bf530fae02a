//! Buttons with a text and, where there is one, the key that does the same.

use super::paint::{focus_ring, text_left, text_right, text_width};
use crate::ui::theme::{self, Theme};
use egui::accesskit::Role;
use egui::{Color32, Rect, Response, Sense, Ui, Widget, WidgetInfo, vec2};

/// A button with a text.
#[must_use = "a button is shown with `ui.add(button)`"]
pub struct Button<'a> {
    text: &'a str,
    key: Option<&'a str>,
    tip: Option<&'a str>,
    primary: bool,
    fill: bool,
    raised: bool,
}

const PADDING: f32 = 10.0;
const PRIMARY_PADDING: f32 = 12.0;
const KEY_GAP: f32 = 8.0;

impl<'a> Button<'a> {
    /// A button as wide as its text.
    pub fn new(text: &'a str) -> Self {
        Self { text, key: None, tip: None, primary: false, fill: false, raised: false }
    }

    /// The one button that does what the window is for, over the whole width.
    pub fn primary(text: &'a str) -> Self {
        Self { primary: true, fill: true, ..Self::new(text) }
    }

    /// The key that does the same, as shown to people: `Ctrl O`.
    pub fn key(mut self, key: &'a str) -> Self {
        self.key = Some(key);
        self
    }

    /// What it does, said while the pointer rests on it.
    pub fn tip(mut self, tip: &'a str) -> Self {
        self.tip = Some(tip);
        self
    }

    /// Takes the whole width that is left.
    pub fn fill(mut self) -> Self {
        self.fill = true;
        self
    }

    /// Stands on the canvas instead of a panel.
    pub fn raised(mut self) -> Self {
        self.raised = true;
        self
    }

    /// How wide the button is when it does not fill.
    pub fn width(&self, ui: &Ui) -> f32 {
        let padding = if self.primary { PRIMARY_PADDING } else { PADDING };
        (self.content_width(ui) + 2.0 * padding).ceil()
    }

    /// Text and key with the gap between them.
    fn content_width(&self, ui: &Ui) -> f32 {
        let key = self.key.map_or(0.0, |it| KEY_GAP + text_width(ui, it, theme::note()));
        text_width(ui, self.text, self.font()) + key
    }

    fn font(&self) -> egui::FontId {
        if self.primary { theme::strong() } else { theme::body() }
    }

    fn radius(&self) -> u8 {
        if self.primary { theme::PRIMARY_RADIUS } else { theme::RADIUS }
    }

    fn colors(&self, theme: &Theme, response: &Response) -> [Color32; 3] {
        let pressed = response.is_pointer_button_down_on();
        if self.primary {
            let ground = if response.hovered() { theme.accent_hovered } else { theme.accent };
            [ground, theme.on_accent, theme.on_accent]
        } else if pressed {
            [theme.button_pressed, theme.text, theme.faint]
        } else if response.hovered() {
            [theme.button_hovered, theme.text, theme.faint]
        } else {
            [if self.raised { theme.raised } else { theme.button }, theme.text, theme.faint]
        }
    }

    fn paint(&self, ui: &Ui, response: &Response) {
        let rect = response.rect;
        let [ground, ink, key_ink] = self.colors(Theme::of(ui), response);
        ui.painter().rect_filled(rect, self.radius(), ground);
        let content = if self.primary {
            rect.shrink2(vec2(PRIMARY_PADDING, 0.0))
        } else {
            Rect::from_center_size(rect.center(), vec2(self.content_width(ui), rect.height()))
        };
        text_left(ui.painter(), content, self.text, self.font(), ink);
        if let Some(key) = self.key {
            text_right(ui.painter(), content, key, theme::note(), key_ink);
        }
        if response.has_focus() && self.primary {
            // The accent would not be seen on itself.
            let ring = egui::Stroke::new(theme::FOCUS_RING, Theme::of(ui).text);
            ui.painter().rect_stroke(rect, self.radius(), ring, egui::StrokeKind::Inside);
        } else {
            focus_ring(ui, response, self.radius());
        }
    }
}

impl Widget for Button<'_> {
    fn ui(self, ui: &mut Ui) -> Response {
        let natural = self.width(ui);
        let width = if self.fill { ui.available_width().max(natural) } else { natural };
        let height = if self.primary { theme::PRIMARY_HEIGHT } else { theme::BUTTON_HEIGHT };
        let (_, response) = ui.allocate_exact_size(vec2(width, height), Sense::click());
        response.widget_info(|| WidgetInfo::labeled(Role::Button, ui.is_enabled(), self.text));
        if let Some(key) = self.key {
            ui.ctx().accesskit_node_builder(response.id, |node| node.set_keyboard_shortcut(key));
        }
        // What comes into focus comes into sight.
        if ui.is_rect_visible(response.rect) || response.gained_focus() {
            self.paint(ui, &response);
        }
        match self.tip {
            Some(tip) => response.on_hover_text(tip),
            None => response,
        }
    }
}
