//! Signs painted with strokes, because no font has them all, and the buttons that carry them.

use super::paint::focus_ring;
use crate::ui::theme::{self, Theme};
use egui::accesskit::Role;
use egui::epaint::{PathShape, StrokeKind};
use egui::{Color32, Painter, Pos2, Rect, Response, Sense, Shape, Stroke, Ui, Widget, WidgetInfo, pos2, vec2};

/// A sign of 16 by 16 points.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Icon {
    /// Two sides are bound to each other.
    Locked,
    /// Two sides are free.
    Unlocked,
    /// The ground under transparency.
    Ground,
    /// More of something.
    Plus,
    /// Less of something.
    Minus,
    /// Further commands.
    More,
    /// Away with it.
    Close,
    /// Opens downwards.
    Down,
    /// Closes upwards.
    Up,
    /// Controls to be moved.
    Sliders,
}

impl Icon {
    /// Paints the sign in the middle of `rect`.
    pub fn paint(self, painter: &Painter, rect: Rect, color: Color32) {
        let origin = rect.center() - vec2(8.0, 8.0);
        let at = |x: f32, y: f32| pos2(origin.x + x, origin.y + y);
        let stroke = Stroke::new(1.5, color);
        let line = |points: &[(f32, f32)]| {
            painter.add(PathShape::line(points.iter().map(|&(x, y)| at(x, y)).collect(), stroke));
        };
        match self {
            Self::Locked => lock(painter, at(8.0, 8.0), 0.0, stroke),
            Self::Unlocked => lock(painter, at(8.0, 8.0), 5.5, stroke),
            Self::Ground => ground(painter, Rect::from_min_size(at(2.0, 2.0), vec2(12.0, 12.0)), color),
            Self::Plus => {
                line(&[(3.5, 8.0), (12.5, 8.0)]);
                line(&[(8.0, 3.5), (8.0, 12.5)]);
            }
            Self::Minus => line(&[(3.5, 8.0), (12.5, 8.0)]),
            Self::More => {
                for x in [3.5, 8.0, 12.5] {
                    painter.circle_filled(at(x, 8.0), 1.2, color);
                }
            }
            Self::Close => {
                line(&[(4.0, 4.0), (12.0, 12.0)]);
                line(&[(12.0, 4.0), (4.0, 12.0)]);
            }
            Self::Down => line(&[(4.5, 6.5), (8.0, 10.0), (11.5, 6.5)]),
            Self::Up => line(&[(4.5, 9.5), (8.0, 6.0), (11.5, 9.5)]),
            Self::Sliders => {
                for (y, x) in [(4.0, 10.5), (8.0, 5.5), (12.0, 9.0)] {
                    line(&[(2.0, y), (14.0, y)]);
                    painter.circle_filled(at(x, y), 2.0, color);
                }
            }
        }
    }
}

/// A padlock around `center`; `open` moves the shackle to the side.
fn lock(painter: &Painter, center: Pos2, open: f32, stroke: Stroke) {
    let body = Rect::from_min_max(center + vec2(-5.5, -0.5), center + vec2(5.5, 6.5));
    painter.rect_stroke(body, 1.5, stroke, StrokeKind::Middle);
    let middle = center + vec2(open, -3.5);
    let mut shackle = vec![middle + vec2(-3.0, 3.0)];
    shackle.extend((0..=8_u8).map(|step| {
        let angle = (180.0 + 22.5 * f32::from(step)).to_radians();
        middle + 3.0 * vec2(angle.cos(), angle.sin())
    }));
    shackle.push(middle + vec2(3.0, if open > 0.0 { 1.0 } else { 3.0 }));
    painter.add(PathShape::line(shackle, stroke));
}

/// A small checkerboard.
fn ground(painter: &Painter, rect: Rect, color: Color32) {
    painter.rect_stroke(rect, 1.0, Stroke::new(1.0, color), StrokeKind::Inside);
    let cell = rect.width() / 4.0;
    for row in 0..4_u8 {
        for column in (row % 2..4).step_by(2) {
            let corner = rect.min + cell * vec2(f32::from(column), f32::from(row));
            painter.add(Shape::rect_filled(Rect::from_min_size(corner, vec2(cell, cell)), 0.0, color));
        }
    }
}

/// A button with a sign; `name` is what it does, said on hover and to those who do not see it.
#[must_use = "a button is shown with `ui.add(button)`"]
pub struct IconButton<'a> {
    icon: Icon,
    name: &'a str,
    key: Option<&'a str>,
    on: Option<bool>,
    raised: bool,
}

impl<'a> IconButton<'a> {
    /// How wide it is.
    pub const WIDTH: f32 = 29.0;

    /// A button that does what `name` says.
    pub fn new(icon: Icon, name: &'a str) -> Self {
        Self { icon, name, key: None, on: None, raised: false }
    }

    /// The key that does the same, shown on hover.
    pub fn key(mut self, key: &'a str) -> Self {
        self.key = Some(key);
        self
    }

    /// Stands on the canvas instead of a panel.
    pub fn raised(mut self) -> Self {
        self.raised = true;
        self
    }

    /// Makes it a switch that is on or off.
    pub fn on(mut self, on: bool) -> Self {
        self.on = Some(on);
        self
    }
}

impl Widget for IconButton<'_> {
    fn ui(self, ui: &mut Ui) -> Response {
        let (rect, response) = ui.allocate_exact_size(vec2(Self::WIDTH, theme::BUTTON_HEIGHT), Sense::click());
        response.widget_info(|| match self.on {
            Some(on) => WidgetInfo::selected(Role::Button, ui.is_enabled(), on, self.name),
            None => WidgetInfo::labeled(Role::Button, ui.is_enabled(), self.name),
        });
        if let Some(key) = self.key {
            ui.ctx().accesskit_node_builder(response.id, |node| node.set_description(key));
        }
        if ui.is_rect_visible(rect) {
            let theme = Theme::of(ui);
            let ground = match (response.is_pointer_button_down_on(), response.hovered()) {
                (true, _) => theme.button_pressed,
                (false, true) => theme.button_hovered,
                (false, false) if self.raised => theme.raised,
                (false, false) => theme.button,
            };
            ui.painter().rect_filled(rect, theme::RADIUS, ground);
            let ink = if self.on == Some(false) { theme.weak } else { theme.text };
            self.icon.paint(ui.painter(), rect, ink);
        }
        focus_ring(ui, &response, theme::RADIUS);
        response.on_hover_ui(|ui| {
            ui.horizontal(|ui| {
                ui.label(self.name);
                if let Some(key) = self.key {
                    ui.weak(key);
                }
            });
        })
    }
}
