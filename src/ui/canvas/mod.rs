//! The picture, large: original and result on each other, parted by a divider.

mod bar;
mod geometry;
mod ground;
mod split;
mod tiles;

pub use geometry::{View, Zoom};
pub use ground::Ground;

use super::{
    pyramid::Pyramid,
    theme::{self, Theme},
};
use crate::engine::recipe::Sizing;
use egui::accesskit::Role;
use egui::text::{LayoutJob, TextWrapping};
use egui::{Align2, Galley, Key, Modifiers, MouseWheelSource, Painter, Rect, Response, Sense, TextureFilter};
use egui::{TextureOptions, TextureWrapMode, Ui, Vec2, WidgetInfo, vec2};
use geometry::{Stage, divider_x, label_places, on_pixels, original_beside};
use std::sync::Arc;
use tiles::{Allowance, Place, Tiles};

/// How textures of pictures are loaded: filtered when smaller, crisp pixels when larger.
const PICTURE_TEXTURE: TextureOptions = TextureOptions {
    magnification: TextureFilter::Nearest,
    minification: TextureFilter::Linear,
    wrap_mode: TextureWrapMode::ClampToEdge,
    // No level of the pyramid is shown so small that filtering would pass over pixels.
    mipmap_mode: None,
};

/// A picture made ready for the screen.
#[derive(Clone)]
pub struct Picture {
    /// Its pixels, of which there may be fewer than the picture has.
    pub pyramid: Arc<Pyramid>,
    /// Width and height of the picture in pixels.
    pub size: [u32; 2],
}

/// What the canvas shows this frame.
#[derive(Clone, Default)]
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
    /// The result is an earlier one than is wanted: its label is muted.
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
    original: Tiles,
    result: Tiles,
    whole: [bool; 2],
}

impl Default for Canvas {
    fn default() -> Self {
        Self {
            view: View::default(),
            split: 0.5,
            ground: Ground::default(),
            board: ground::Board::default(),
            original: Tiles::default(),
            result: Tiles::default(),
            whole: [false; 2],
        }
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
        self.forget_pictures();
    }

    /// Frees the textures.
    pub fn forget_pictures(&mut self) {
        self.original.clear();
        self.result.clear();
        self.whole = [false; 2];
    }

    /// Is there anything to see of the original?
    pub fn is_begun(&self) -> bool {
        self.original.is_begun()
    }

    /// Is all that is seen of the original, and of the result, on the screen as it was handed in?
    pub fn is_whole(&self) -> [bool; 2] {
        self.whole
    }

    /// Shows the canvas in all that is left of `ui`.
    pub fn show(&mut self, ui: &mut Ui, input: &CanvasInput<'_>) -> Response {
        let rect = ui.available_rect_before_wrap();
        let response = ui.allocate_rect(rect, Sense::CLICK | Sense::DRAG);
        response.widget_info(|| WidgetInfo::labeled(Role::Canvas, ui.is_enabled(), "Preview"));
        let told = [input.original_label, input.result_label].join(", ");
        ui.ctx().accesskit_node_builder(response.id, |node| node.set_description(told.trim_end_matches(", ")));
        ui.painter().rect_filled(rect, 0.0, Theme::of(ui).canvas);
        let Some(shown) = input.result.as_ref().or(input.original.as_ref()) else { return response };

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
        let sizes = [&input.result, &input.original].map(|it| it.as_ref().map(size_of));
        let beside = match sizes {
            [Some(result), Some(original)] => original_beside(place, result, original, input.sizing),
            _ => (place, ground::whole()),
        };
        self.load(ui, input, [place, whole_of(beside)], seen);
        let (is_both, is_original) = (sizes.iter().all(Option::is_some), sizes[1].is_some());
        if held || !is_both {
            let label = if is_original { input.original_label } else { input.result_label };
            let at = if is_original { [beside.0, whole_of(beside)] } else { [place; 2] };
            self.picture(ui, &painter, input, is_original, at);
            labels(ui, &painter, seen, rect, [label, ""], false);
            return;
        }
        let divider = split::interact(ui, canvas.id.with("divider"), seen, &mut self.split);
        let x = divider_x(seen, self.split);
        let [mut left, mut right] = [rect, rect];
        left.max.x = x;
        right.min.x = x;
        let clipped = painter.with_clip_rect(left.intersect(painter.clip_rect()));
        self.picture(ui, &clipped, input, true, [beside.0, whole_of(beside)]);
        let clipped = painter.with_clip_rect(right.intersect(painter.clip_rect()));
        self.picture(ui, &clipped, input, false, [place; 2]);
        split::paint(ui, &painter, seen, self.split, &divider);
        labels(ui, &painter, seen, rect, [input.original_label, input.result_label], input.stale);
    }

    /// Uploads what is missing of both; of that which is hidden behind the other, too, so that it
    /// is there when the divider moves.
    fn load(&mut self, ui: &Ui, input: &CanvasInput<'_>, [result, original]: [Rect; 2], seen: Rect) {
        let density = ui.pixels_per_point();
        let mut left = Allowance::default();
        let mut load = |tiles: &mut Tiles, picture: &Option<Picture>, whole: Rect| match picture {
            Some(picture) => tiles.load(ui.ctx(), &picture.pyramid, Place { whole, seen, density }, &mut left),
            None => {
                tiles.clear();
                false
            }
        };
        self.whole =
            [load(&mut self.original, &input.original, original), load(&mut self.result, &input.result, result)];
    }

    /// One picture on its ground; `at` is the place where it may be seen, and where all of it lies.
    fn picture(&mut self, ui: &Ui, painter: &Painter, input: &CanvasInput<'_>, is_original: bool, at: [Rect; 2]) {
        let [place, whole] = at;
        let seen = place.intersect(painter.clip_rect());
        if !seen.is_positive() {
            return;
        }
        self.board.paint(ui, painter, self.ground, input.page, [seen, place]);
        let tiles = if is_original { &mut self.original } else { &mut self.result };
        tiles.paint(&painter.with_clip_rect(seen), Place { whole, seen, density: ui.pixels_per_point() });
    }
}

fn size_of(picture: &Picture) -> Vec2 {
    Vec2::from(picture.size.map(|side| side as f32))
}

/// Where all of a picture lies of which this part is seen in this place.
fn whole_of((place, part): (Rect, Rect)) -> Rect {
    let size = place.size() / part.size();
    Rect::from_min_size(place.min - part.min.to_vec2() * size, size)
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
