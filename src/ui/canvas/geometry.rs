//! Where the picture stands: pure arithmetic on rectangles.
//!
//! A scale is physical pixels of the screen a pixel of the picture, so that 1 is exact on every
//! screen; everything else is in the toolkit's points.

use crate::engine::recipe::{Fit, Sizing, Want};
use egui::{Align2, Pos2, Rect, Vec2, pos2, vec2};

/// How large the picture is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Zoom {
    /// Whole, never above its own size.
    #[default]
    Fit,
    /// Physical pixels a pixel of the picture.
    Scale(f32),
}

/// Zoom and position of the picture in the canvas.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct View {
    /// How large.
    pub zoom: Zoom,
    /// From the middle of the canvas to the middle of the picture, in points; fitted pictures
    /// stand in the middle.
    pub pan: Vec2,
}

/// What the view looks at: the place for the picture, its size in pixels and the screen's density.
#[derive(Clone, Copy, Debug)]
pub struct Stage {
    /// The place in points.
    pub area: Rect,
    /// Width and height of the picture in pixels.
    pub picture: Vec2,
    /// Physical pixels a point.
    pub density: f32,
    /// Points kept free around a fitted picture.
    pub air: f32,
}

/// The steps of the zoom buttons.
const LADDER: [f32; 15] = [0.0625, 0.125, 0.25, 0.33, 0.5, 0.67, 1.0, 1.5, 2.0, 3.0, 4.0, 8.0, 16.0, 32.0, 64.0];
/// A pixel as large as a thumb; more shows nothing new.
const LARGEST_SCALE: f32 = 64.0;
const SMALLEST_SCALE: f32 = 0.01;
/// Smaller pictures are enlarged up to this side, in points, when they are fitted.
const ICON_SIDE: f32 = 192.0;
/// So much of the picture stays in the canvas, in points.
const GRIP: f32 = 48.0;

impl Stage {
    /// The scale at which the whole picture fits: at most 1, but an icon is enlarged by a whole
    /// number, so that there is something to see and to compare.
    pub fn fit_scale(&self) -> f32 {
        let room = (self.area.size() - Vec2::splat(2.0 * self.air)).max(Vec2::splat(1.0)) * self.density;
        let size = self.picture.max(Vec2::splat(1.0));
        let whole = (room.x / size.x).min(room.y / size.y);
        let enlarged = (ICON_SIDE * self.density / size.max_elem()).floor().max(1.0);
        if 1.0 <= whole { whole.floor().min(enlarged) } else { whole }
    }

    /// Points the picture takes at a scale.
    fn extent(&self, scale: f32) -> Vec2 {
        self.picture * scale / self.density
    }

    /// No smaller than this: what fits, or a hundredth of the picture.
    fn smallest(&self) -> f32 {
        self.fit_scale().min(SMALLEST_SCALE)
    }
}

impl View {
    /// The scale in force.
    pub fn scale(&self, stage: &Stage) -> f32 {
        match self.zoom {
            Zoom::Fit => stage.fit_scale(),
            Zoom::Scale(scale) => scale,
        }
    }

    /// Where the picture stands, in points.
    pub fn place(&self, stage: &Stage) -> Rect {
        let pan = if self.zoom == Zoom::Fit { Vec2::ZERO } else { self.pan };
        Rect::from_center_size(stage.area.center() + pan, stage.extent(self.scale(stage)))
    }

    /// Larger or smaller by `factor`, with the point of the picture under `anchor` staying there.
    ///
    /// Beside the picture the nearest point of it counts, or it would run away from the pointer.
    pub fn zoomed(&self, stage: &Stage, anchor: Pos2, factor: f32) -> Self {
        let anchor = self.place(stage).clamp(anchor);
        self.at_scale(stage, anchor, self.scale(stage) * factor)
    }

    /// At this scale, with the point of the picture under `anchor` staying there.
    pub fn at_scale(&self, stage: &Stage, anchor: Pos2, scale: f32) -> Self {
        let scale = scale.clamp(stage.smallest(), LARGEST_SCALE);
        let before = self.place(stage);
        let center = anchor + (before.center() - anchor) * (scale / self.scale(stage));
        Self { zoom: Zoom::Scale(scale), pan: center - stage.area.center() }.held(stage)
    }

    /// The next step of the ladder, up or down, around the middle of the canvas.
    pub fn stepped(&self, stage: &Stage, larger: bool) -> Self {
        // A scale that is a step but for rounding counts as that step.
        let now = self.scale(stage);
        let next = if larger {
            LADDER.into_iter().find(|step| *step > now * 1.001)
        } else {
            LADDER.into_iter().rev().find(|step| *step < now * 0.999)
        };
        self.at_scale(stage, stage.area.center(), next.unwrap_or(now))
    }

    /// Moved by `delta` points; a fitted picture is seen whole and does not move.
    pub fn panned(&self, stage: &Stage, delta: Vec2) -> Self {
        if self.zoom == Zoom::Fit { *self } else { Self { pan: self.pan + delta, ..*self }.held(stage) }
    }

    /// Brought back as far as is needed to keep a grip of the picture in the canvas.
    pub fn held(&self, stage: &Stage) -> Self {
        let extent = stage.extent(self.scale(stage));
        let limit = (stage.area.size() + extent) / 2.0 - extent.min(Vec2::splat(GRIP));
        let limit = limit.max(Vec2::ZERO);
        Self { pan: self.pan.clamp(-limit, limit), ..*self }
    }
}

/// The rectangle moved onto the grid of physical pixels, without changing its size.
pub(super) fn on_pixels(rect: Rect, density: f32) -> Rect {
    let snap = |it: f32| (it * density).round() / density;
    Rect::from_min_size(pos2(snap(rect.min.x), snap(rect.min.y)), rect.size())
}

/// Where the original lies beside its result so that the same things lie on each other: its
/// rectangle, and the part of it that is seen (from 0 to 1).
pub(super) fn original_beside(result: Rect, result_px: Vec2, original_px: Vec2, sizing: Sizing) -> (Rect, Rect) {
    let whole = Rect::from_min_max(Pos2::ZERO, pos2(1.0, 1.0));
    if !matches!(sizing.want, Want::Box(..)) || original_px.min_elem() <= 0.0 || result_px.min_elem() <= 0.0 {
        return (result, whole);
    }
    let ratios = result_px / original_px;
    match sizing.fit {
        Fit::Inside | Fit::Stretch => (result, whole),
        Fit::Cover => {
            let seen = ratios / ratios.max_elem();
            (result, Rect::from_center_size(whole.center(), seen))
        }
        Fit::Pad => {
            let ratio = ratios.min_elem();
            let ratio = if sizing.upscale { ratio } else { ratio.min(1.0) };
            let share = original_px * ratio / result_px;
            (Rect::from_center_size(result.center(), result.size() * share), whole)
        }
    }
}

/// The x of a divider that stands at a share (from 0 to 1) of what is seen of the picture.
pub(super) fn divider_x(seen: Rect, share: f32) -> f32 {
    seen.left() + seen.width() * share.clamp(0.0, 1.0)
}

/// The share at which a divider stands when it is dragged to `x`.
pub(super) fn divider_share(seen: Rect, x: f32) -> f32 {
    if seen.width() > 0.0 { ((x - seen.left()) / seen.width()).clamp(0.0, 1.0) } else { 0.5 }
}

/// The next of left, middle, right.
pub(super) fn next_stop(share: f32) -> f32 {
    if share < 0.25 {
        0.5
    } else if share <= 0.75 {
        1.0
    } else {
        0.0
    }
}

const LABEL_INSET: f32 = 12.0;
const LABEL_MARGIN: f32 = 6.0;

/// Places for two labels of these sizes at the lower corners of `seen` (the part of the picture
/// that is in `area`): below it where there is room, in it where not, never on each other.
pub(super) fn label_places(seen: Rect, area: Rect, left: Vec2, right: Vec2) -> (Rect, Rect) {
    let height = left.y.max(right.y);
    let bottom = (seen.bottom() + height + 1.0).min(area.bottom() - 1.0);
    let span = seen.shrink2(vec2(LABEL_INSET, 0.0));
    let needed = left.x + LABEL_MARGIN + right.x;
    let free = area.shrink2(vec2(LABEL_MARGIN, 0.0));
    let span = if span.width() >= needed {
        span
    } else {
        let width = needed.min(free.width());
        // Not `clamp`: the ends may cross in a canvas that is next to nothing.
        let middle = seen.center().x.min(free.right() - width / 2.0).max(free.left() + width / 2.0);
        Rect::from_center_size(pos2(middle, seen.center().y), vec2(width, seen.height()))
    };
    let row = Rect::from_min_max(pos2(span.left(), bottom - height), pos2(span.right(), bottom));
    let at_left = Align2::LEFT_BOTTOM.align_size_within_rect(left, row);
    let at_right = Align2::RIGHT_BOTTOM.align_size_within_rect(right, row);
    if needed <= free.width() {
        (at_left, at_right)
    } else {
        // Not even the canvas is wide enough: one above the other.
        (at_left.translate(vec2(0.0, -(right.y + LABEL_MARGIN))), at_right)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stage(picture: [f32; 2], density: f32) -> Stage {
        let area = Rect::from_min_size(pos2(100.0, 50.0), vec2(800.0, 600.0));
        Stage { area, picture: vec2(picture[0], picture[1]), density, air: 24.0 }
    }

    fn near(one: f32, other: f32) -> bool {
        (one - other).abs() < 0.01
    }

    #[test]
    fn fitting_leaves_air_and_enlarges_only_icons() {
        // 800 - 2 * 24 = 752 points for 4032 pixels; the height would allow more.
        assert!(near(stage([4032.0, 1000.0], 1.0).fit_scale(), 752.0 / 4032.0));
        assert!(near(stage([1000.0, 4000.0], 1.0).fit_scale(), 552.0 / 4000.0));
        assert!(near(stage([100.0, 100.0], 1.0).fit_scale(), 1.0));
        // 192 points hold twelve times 16 pixels, on a screen of double density 24 times.
        assert!(near(stage([16.0, 16.0], 1.0).fit_scale(), 12.0));
        assert!(near(stage([16.0, 10.0], 2.0).fit_scale(), 24.0));
        let place = View::default().place(&stage([4032.0, 1000.0], 1.0));
        assert!(near(place.left(), 124.0) && near(place.right(), 876.0) && near(place.center().y, 350.0));
    }

    #[test]
    fn a_hundred_percent_is_one_physical_pixel() {
        let stage = stage([300.0, 200.0], 2.0);
        let view = View { zoom: Zoom::Scale(1.0), pan: Vec2::ZERO };
        assert_eq!(view.place(&stage).size(), vec2(150.0, 100.0));
        let snapped = on_pixels(Rect::from_min_size(pos2(10.3, 20.8), vec2(150.0, 100.0)), 2.0);
        assert_eq!(snapped, Rect::from_min_size(pos2(10.5, 21.0), vec2(150.0, 100.0)));
    }

    #[test]
    fn zooming_keeps_the_point_under_the_pointer() {
        for density in [1.0, 1.5, 2.0] {
            let stage = stage([4000.0, 3000.0], density);
            let mut view = View::default();
            for (anchor, factor) in [
                (pos2(300.0, 200.0), 1.7),
                (pos2(700.0, 500.0), 3.0),
                (pos2(450.0, 333.0), 0.6),
                (pos2(420.0, 410.0), 0.9),
            ] {
                let before = view.place(&stage);
                let share = (anchor - before.min) / before.size();
                view = view.zoomed(&stage, anchor, factor);
                let after = view.place(&stage);
                let now = after.min + share * after.size();
                assert!((now - anchor).length() < 0.05, "{density} {anchor:?} {now:?}");
            }
        }
    }

    #[test]
    fn zooming_beside_the_picture_keeps_it_near() {
        let stage = stage([300.0, 200.0], 1.0);
        let beside = pos2(850.0, 350.0);
        let place = View::default().zoomed(&stage, beside, 2.0).place(&stage);
        // The right edge stood at 500 + 150.
        assert!(near(place.right(), 650.0) && near(place.width(), 600.0), "{place:?}");
    }

    #[test]
    fn a_grip_of_the_picture_always_stays() {
        let stage = stage([1000.0, 1000.0], 1.0);
        let view = View { zoom: Zoom::Scale(2.0), pan: Vec2::ZERO }.panned(&stage, vec2(1e6, -1e6));
        let seen = view.place(&stage).intersect(stage.area);
        assert!(near(seen.width(), 48.0) && near(seen.height(), 48.0), "{seen:?}");
        let tiny = View { zoom: Zoom::Scale(0.02), pan: Vec2::ZERO }.panned(&stage, vec2(-1e6, 0.0));
        assert!(near(tiny.place(&stage).left(), stage.area.left()));
        assert_eq!(View::default().panned(&stage, vec2(9.0, 9.0)), View::default());
    }

    #[test]
    fn zoom_has_ends_and_steps() {
        let stage = stage([1000.0, 500.0], 1.0);
        let mut view = View { zoom: Zoom::Scale(1.0), pan: Vec2::ZERO };
        assert_eq!(view.stepped(&stage, true).zoom, Zoom::Scale(1.5));
        assert_eq!(view.stepped(&stage, false).zoom, Zoom::Scale(0.67));
        // 752 / 1000 lies between two steps.
        assert_eq!(View::default().stepped(&stage, true).zoom, Zoom::Scale(1.0));
        assert_eq!(View::default().stepped(&stage, false).zoom, Zoom::Scale(0.67));
        view = view.zoomed(&stage, stage.area.center(), 1e9);
        assert_eq!(view.zoom, Zoom::Scale(64.0));
        assert_eq!(view.stepped(&stage, true).zoom, Zoom::Scale(64.0));
    }

    #[test]
    fn the_original_lies_on_its_result() {
        let result = Rect::from_min_size(pos2(10.0, 20.0), vec2(400.0, 400.0));
        let boxed = |fit, upscale| Sizing { want: Want::Box(200, 200), fit, upscale };
        let square = vec2(200.0, 200.0);
        let wide = vec2(400.0, 200.0);
        let whole = Rect::from_min_max(Pos2::ZERO, pos2(1.0, 1.0));
        assert_eq!(original_beside(result, square, wide, boxed(Fit::Stretch, false)), (result, whole));
        assert_eq!(original_beside(result, square, wide, Sizing::default()), (result, whole));
        // A square cut out of 2:1 shows the middle half of the width.
        let middle = Rect::from_min_max(pos2(0.25, 0.0), pos2(0.75, 1.0));
        assert_eq!(original_beside(result, square, wide, boxed(Fit::Cover, false)), (result, middle));
        // 2:1 in a square leaves a quarter above and below.
        let band = Rect::from_min_size(pos2(10.0, 120.0), vec2(400.0, 200.0));
        assert_eq!(original_beside(result, square, wide, boxed(Fit::Pad, false)), (band, whole));
        // A smaller picture keeps its size unless it may grow.
        let small = vec2(100.0, 100.0);
        let kept = Rect::from_min_size(pos2(110.0, 120.0), vec2(200.0, 200.0));
        assert_eq!(original_beside(result, square, small, boxed(Fit::Pad, false)), (kept, whole));
        assert_eq!(original_beside(result, square, small, boxed(Fit::Pad, true)), (result, whole));
    }

    #[test]
    fn the_divider_follows_the_pointer_within_the_picture() {
        let seen = Rect::from_min_size(pos2(100.0, 0.0), vec2(200.0, 100.0));
        assert_eq!(divider_x(seen, 0.25), 150.0);
        assert_eq!(divider_share(seen, 150.0), 0.25);
        assert_eq!(divider_share(seen, 0.0), 0.0);
        assert_eq!(divider_share(seen, 999.0), 1.0);
        assert_eq!([0.0, 0.5, 1.0, 0.4].map(next_stop), [0.5, 1.0, 0.0, 1.0]);
    }

    #[test]
    fn labels_stay_in_the_canvas_and_apart() {
        let area = Rect::from_min_size(pos2(0.0, 0.0), vec2(400.0, 300.0));
        let (left, right) = (vec2(110.0, 22.0), vec2(165.0, 22.0));
        for seen in [
            Rect::from_min_max(pos2(24.0, 24.0), pos2(376.0, 276.0)),
            Rect::from_min_max(pos2(180.0, 100.0), pos2(220.0, 140.0)),
            Rect::from_min_max(pos2(0.0, 0.0), pos2(30.0, 300.0)),
            Rect::from_min_max(pos2(370.0, 0.0), pos2(400.0, 300.0)),
            area,
        ] {
            let (one, other) = label_places(seen, area, left, right);
            assert!(!one.intersects(other), "{seen:?}");
            assert!(area.contains_rect(one) && area.contains_rect(other), "{seen:?} {one:?} {other:?}");
        }
        // A canvas that is next to nothing is no reason to fall over.
        _ = label_places(Rect::NOTHING, Rect::from_min_size(pos2(5.0, 5.0), vec2(3.0, -40.0)), left, right);
        // Wider than the canvas: one above the other.
        let (one, other) = label_places(area, area, vec2(300.0, 22.0), vec2(300.0, 22.0));
        assert!(!one.intersects(other) && one.bottom() < other.top());
    }
}
