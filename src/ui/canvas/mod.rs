//! The picture, large: original and result on each other, parted by a divider.

mod bar;
mod geometry;
mod ground;
mod split;

pub use geometry::{View, Zoom};
pub use ground::Ground;

use super::theme::{self, Theme};
use crate::engine::recipe::Sizing;
use egui::accesskit::Role;
use egui::text::{LayoutJob, TextWrapping};
use egui::{
    Align2, Galley, Key, Modifiers, MouseWheelSource, Painter, Rect, Response, Sense, TextureFilter, TextureId,
};
use egui::{TextureOptions, TextureWrapMode, Ui, Vec2, WidgetInfo, vec2};
use geometry::{Stage, divider_x, label_places, on_pixels, original_beside};
use std::sync::Arc;

/// How textures of pictures are to be loaded: filtered when smaller, crisp pixels when larger.
pub const PICTURE_TEXTURE: TextureOptions = TextureOptions {
    magnification: TextureFilter::Nearest,
    minification: TextureFilter::Linear,
    wrap_mode: TextureWrapMode::ClampToEdge,
    mipmap_mode: Some(TextureFilter::Linear),
};

/// A picture as a texture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Picture {
    /// The texture, which may be smaller than the picture.
    pub texture: TextureId,
    /// Width and height of the picture in pixels.
    pub size: [u32; 2],
}

/// What the canvas shows this frame.
#[derive(Clone, Copy, Debug, Default)]
pub struct CanvasInput<'a> {
    /// The picture as it came.
    pub original: Option<Picture>,
    /// What the encoded bytes decode back to.
    pub result: Option<Picture>,
    /// The size that the result was made with: says how the two lie on each other.
    pub sizing: Sizing,
    /// On the lower left corner: "Original · 5.20 MB".
    pub original_label: &'a str,
    /// On the lower right corner: "WebP 78 · 38.4 KB · −99 %".
    pub result_label: &'a str,
    /// The result belongs to earlier settings: its label is muted.
    pub stale: bool,
    /// The colour of the page on which the picture will stand, when it is known.
    pub page: Option<[u8; 3]>,
}

/// What is remembered of the canvas between frames.
pub struct Canvas {
    /// Zoom and position.
    pub view: View,
    /// Where the divider stands, from 0 (all result) to 1 (all original).
    pub split: f32,
    /// What is seen through transparency.
    pub ground: Ground,
    board: ground::Board,
}

impl Default for Canvas {
    fn default() -> Self {
        Self { view: View::default(), split: 0.5, ground: Ground::default(), board: ground::Board::default() }
    }
}

/// The line at the bottom that belongs to the zoom buttons.
const BAR_HEIGHT: f32 = 46.0;
/// Points of wheel movement that double or halve the picture about twice.
const WHEEL_POINTS: f32 = 240.0;
const KEY_PAN: f32 = 48.0;

impl Canvas {
    /// Another picture: fitted and in the middle again. Divider and ground stay as they are.
    pub fn reset_view(&mut self) {
        self.view = View::default();
    }

    /// Shows the canvas in all that is left of `ui`.
    pub fn show(&mut self, ui: &mut Ui, input: &CanvasInput<'_>) -> Response {
        let rect = ui.available_rect_before_wrap();
        let response = ui.allocate_rect(rect, Sense::CLICK | Sense::DRAG);
        response.widget_info(|| WidgetInfo::labeled(Role::Canvas, ui.is_enabled(), "Preview"));
        ui.painter().rect_filled(rect, 0.0, Theme::of(ui).canvas);
        let Some(shown) = input.result.or(input.original) else { return response };

        let mut area = rect;
        area.max.y -= BAR_HEIGHT;
        let stage = Stage {
            area,
            picture: Vec2::from(shown.size.map(|it| it as f32)),
            density: ui.pixels_per_point(),
            air: theme::PICTURE_AIR,
        };
        self.navigate(ui, &stage, &response);
        let place = on_pixels(self.view.place(&stage), stage.density);
        // Everything that is seen of a zoomed picture lies behind the buttons, too.
        self.pictures(ui, input, &response, [rect, place]);
        let bar =
            Rect::from_min_max(egui::pos2(rect.left(), area.bottom()), rect.max).shrink2(vec2(theme::LINE_MARGIN, 0.0));
        bar::show(ui, bar, &stage, &mut self.view, &mut self.ground, input.page);
        response
    }

    /// Zoom and position by pointer and keys.
    fn navigate(&mut self, ui: &Ui, stage: &Stage, response: &Response) {
        self.view = self.view.held(stage);
        if response.dragged() {
            self.view = self.view.panned(stage, response.drag_delta());
        }
        // Over the divider and the buttons, too.
        let over = response.contains_pointer().then(|| ui.ctx().pointer_hover_pos()).flatten();
        if let Some(pointer) = over {
            let (scroll, pinch, trackpad) = ui.input(|it| {
                let trackpad = matches!(it.scroll_source(), Some(MouseWheelSource::Trackpad));
                (it.smooth_scroll_delta(), it.zoom_delta(), trackpad)
            });
            if trackpad {
                self.view = self.view.panned(stage, scroll);
            } else if scroll.y != 0.0 {
                self.view = self.view.zoomed(stage, pointer, (scroll.y / WHEEL_POINTS).exp());
            }
            if pinch != 1.0 {
                self.view = self.view.zoomed(stage, pointer, pinch);
            }
        }
        self.keys(ui, stage);
    }

    /// The keys of the canvas, unless a widget owns them.
    fn keys(&mut self, ui: &Ui, stage: &Stage) {
        if ui.ctx().text_edit_focused() {
            return;
        }
        let pressed = |key: Key| ui.input_mut(|it| it.consume_key(Modifiers::NONE, key));
        if pressed(Key::Num0) {
            self.view = View::default();
        }
        if pressed(Key::Num1) {
            self.view = self.view.at_scale(stage, stage.area.center(), 1.0);
        }
        if pressed(Key::Plus) || pressed(Key::Equals) {
            self.view = self.view.stepped(stage, true);
        }
        if pressed(Key::Minus) {
            self.view = self.view.stepped(stage, false);
        }
        if ui.memory(|it| it.focused().is_some()) {
            return;
        }
        let shifted = |key: Key| ui.input_mut(|it| it.consume_key(Modifiers::SHIFT, key));
        for (key, way) in [
            (Key::ArrowLeft, vec2(1.0, 0.0)),
            (Key::ArrowRight, vec2(-1.0, 0.0)),
            (Key::ArrowUp, vec2(0.0, 1.0)),
            (Key::ArrowDown, vec2(0.0, -1.0)),
        ] {
            if shifted(key) {
                self.view = self.view.panned(stage, way * KEY_PAN);
            }
        }
    }

    /// Original, result, divider and labels; `frame` is the canvas and the place of the picture.
    fn pictures(&mut self, ui: &Ui, input: &CanvasInput<'_>, canvas: &Response, frame: [Rect; 2]) {
        let [rect, place] = frame;
        let seen = place.intersect(rect);
        let painter = ui.painter_at(rect);
        let held = ui.memory(|it| it.focused().is_none()) && ui.input(|it| it.key_down(Key::Space));
        let (Some(original), Some(result)) = (input.original, input.result) else {
            let (only, label) = match input.original {
                Some(original) => (Some(original), input.original_label),
                None => (input.result, input.result_label),
            };
            if let Some(only) = only {
                self.picture(ui, &painter, input, only, [place, ground::whole()]);
            }
            labels(ui, &painter, seen, rect, [label, ""], false);
            return;
        };
        let sizes = [result, original].map(|it| Vec2::from(it.size.map(|side| side as f32)));
        let beside = original_beside(place, sizes[0], sizes[1], input.sizing);
        let beside = [beside.0, beside.1];
        if held {
            self.picture(ui, &painter, input, original, beside);
            labels(ui, &painter, seen, rect, [input.original_label, ""], false);
            return;
        }
        let divider = split::interact(ui, canvas.id.with("divider"), seen, &mut self.split);
        let x = divider_x(seen, self.split);
        let [mut left, mut right] = [rect, rect];
        left.max.x = x;
        right.min.x = x;
        self.picture(ui, &painter.with_clip_rect(left.intersect(painter.clip_rect())), input, original, beside);
        let clipped = painter.with_clip_rect(right.intersect(painter.clip_rect()));
        self.picture(ui, &clipped, input, result, [place, ground::whole()]);
        split::paint(ui, &painter, seen, self.split, &divider);
        labels(ui, &painter, seen, rect, [input.original_label, input.result_label], input.stale);
    }

    /// One picture on its ground; `at` is its place and the part of it that is shown there.
    fn picture(&mut self, ui: &Ui, painter: &Painter, input: &CanvasInput<'_>, picture: Picture, at: [Rect; 2]) {
        let [place, part] = at;
        let visible = place.intersect(painter.clip_rect());
        if !visible.is_positive() {
            return;
        }
        self.board.paint(ui, painter, self.ground, input.page, [visible, place]);
        painter.image(picture.texture, place, part, theme::WHITE);
    }
}

/// The labels on the lower corners; an empty one is left out.
fn labels(ui: &Ui, painter: &Painter, seen: Rect, canvas: Rect, texts: [&str; 2], stale: bool) {
    const PADDING: Vec2 = vec2(9.0, 4.0);
    let theme = Theme::of(ui);
    let mut area = canvas;
    area.max.y -= BAR_HEIGHT;
    let room = area.width() - 2.0 * (PADDING.x + theme::ROW_GAP);
    let galleys: [Arc<Galley>; 2] = texts.map(|it| {
        let mut job = LayoutJob::simple_singleline(it.to_owned(), theme::secondary(), theme.on_label);
        job.wrap = TextWrapping::truncate_at_width(room.max(0.0));
        painter.layout_job(job)
    });
    let [left, right] =
        galleys.each_ref().map(|it| if it.text().is_empty() { Vec2::ZERO } else { it.size() + 2.0 * PADDING });
    let places = label_places(seen.intersect(area), area, left, right);
    for ((galley, place), muted) in galleys.into_iter().zip([places.0, places.1]).zip([false, stale]) {
        if !place.is_positive() {
            continue;
        }
        let ink = if muted { theme.on_label_muted } else { theme.on_label };
        painter.rect_filled(place, theme::INNER_RADIUS, theme.label);
        let at = Align2::CENTER_CENTER.align_size_within_rect(galley.size(), place).min;
        painter.galley_with_override_text_color(at, galley, ink);
    }
}
