//! A picture on the screen as small textures: only what is seen of it, at the level that is
//! needed, a few uploads a frame.

use super::PICTURE_TEXTURE;
use crate::ui::{pyramid::Pyramid, theme};
use egui::{Context, Mesh, Painter, Rect, Shape, TextureFilter, TextureHandle, TextureOptions, Vec2, pos2, vec2};
use std::{collections::HashMap, sync::Arc};

/// Pixels of one tile in each direction; around it come those of the neighbours, so that
/// filtering does not show the seams.
const SIDE: usize = 512;
/// Pixels a frame, four bytes each to convert and to copy: about four milliseconds. A picture of 1200 × 800 comes
/// in one, at once and without its coarse tile before.
const A_FRAME: usize = 1_000_000;
/// Tiles that are kept beyond those that are seen.
const SPARE: usize = 48;

/// So many pixels may still be uploaded in this frame.
pub(super) struct Allowance(usize);

impl Default for Allowance {
    fn default() -> Self {
        Self(A_FRAME)
    }
}

/// The textures of one place of the canvas: of the picture shown there, and of the one that
/// takes its place once all that is seen of it is uploaded.
#[derive(Default)]
pub(super) struct Tiles {
    shown: Option<Set>,
    coming: Option<Set>,
}

struct Set {
    pyramid: Arc<Pyramid>,
    tiles: HashMap<Key, Tile>,
    n_frames: u64,
}

/// Level, column and row.
type Key = (usize, usize, usize);

struct Tile {
    texture: TextureHandle,
    /// The part of the texture that belongs to the picture, from 0 to 1.
    part: Rect,
    used: u64,
}

/// Where a picture stands: all of it in points, and what of that may be seen.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub(super) whole: Rect,
    pub(super) seen: Rect,
    /// Physical pixels a point.
    pub(super) density: f32,
}

impl Tiles {
    /// Uploads what this frame allows; says whether all that is seen of this very picture is there.
    pub(super) fn load(&mut self, ctx: &Context, pyramid: &Arc<Pyramid>, place: Place, left: &mut Allowance) -> bool {
        if self.shown.as_ref().is_some_and(|it| Arc::ptr_eq(&it.pyramid, pyramid)) {
            self.coming = None;
        } else {
            // What is being looked at comes first, or moving it would tear holes into it.
            if let Some(shown) = &mut self.shown {
                shown.load(ctx, place, left);
            }
            let known = self.coming.take().filter(|it| Arc::ptr_eq(&it.pyramid, pyramid));
            let mut coming = known.unwrap_or_else(|| Set::new(pyramid.clone()));
            if coming.load(ctx, place, left) || self.shown.is_none() {
                if let Some(before) = self.shown.replace(coming) {
                    // Nobody else may have it any more, and to free so many pixels takes milliseconds.
                    rayon::spawn(move || drop(before.pyramid));
                }
            } else {
                self.coming = Some(coming);
            }
        }
        let is_shown = self.coming.is_none() && self.shown.as_mut().is_some_and(|it| it.load(ctx, place, left));
        if !is_shown {
            ctx.request_repaint();
        }
        is_shown
    }

    /// Is there anything to see?
    pub(super) fn is_begun(&self) -> bool {
        self.shown.is_some()
    }

    /// Paints what is there.
    pub(super) fn paint(&mut self, painter: &Painter, place: Place) {
        if let Some(shown) = &mut self.shown {
            shown.paint(painter, place);
        }
    }

    /// Frees the textures.
    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }
}

impl Set {
    fn new(pyramid: Arc<Pyramid>) -> Self {
        Self { pyramid, tiles: HashMap::new(), n_frames: 0 }
    }

    /// Uploads what is missing; says whether nothing is. When that takes more than this frame, the
    /// coarse tile comes first.
    fn load(&mut self, ctx: &Context, place: Place, left: &mut Allowance) -> bool {
        self.n_frames += 1;
        let mut wanted = self.seen(place);
        let missing = wanted.iter().filter(|key| !self.tiles.contains_key(*key));
        if left.0 < missing.map(|key| self.cost(*key)).sum() {
            wanted.insert(0, self.base());
        }
        let mut is_complete = true;
        for key in &wanted {
            if let Some(tile) = self.tiles.get_mut(key) {
                tile.used = self.n_frames;
            } else if 0 < left.0 {
                left.0 = left.0.saturating_sub(self.cost(*key));
                let tile = self.tile(ctx, *key);
                self.tiles.insert(*key, tile);
            } else {
                is_complete = false;
            }
        }
        self.forget(wanted.len() + SPARE);
        is_complete
    }

    /// The finest level that is a single tile: what is seen where finer ones are missing.
    fn base(&self) -> Key {
        let is_one = |level: &usize| self.pyramid.size(*level).iter().all(|it| *it <= SIDE);
        ((0..self.pyramid.n_levels()).find(is_one).unwrap_or_default(), 0, 0)
    }

    /// The tiles of the level in force that are in sight.
    fn seen(&self, place: Place) -> Vec<Key> {
        let full = self.size(0);
        if place.whole.width() <= 0.0 || !place.seen.is_positive() {
            return vec![];
        }
        let level = self.pyramid.level_for(place.whole.width() * place.density / full.x);
        let size = self.pyramid.size(level);
        let [columns, rows] = [0, 1].map(|axis| {
            let (whole, seen) = (place.whole, place.seen.intersect(place.whole));
            let a_tile = SIDE as f32 * f32::from(2_u16).powi(level as i32) / full[axis] * whole.size()[axis];
            let last = size[axis].div_ceil(SIDE);
            let at = |x: f32| ((x - whole.min[axis]) / a_tile).max(0.0);
            // Positive and cut off at the last tile.
            at(seen.min[axis]) as usize..(at(seen.max[axis]).ceil() as usize).min(last)
        });
        rows.flat_map(|row| columns.clone().map(move |column| (level, column, row))).collect()
    }

    /// What a tile takes of the allowance: its pixels, those of its neighbours not counted.
    fn cost(&self, (level, column, row): Key) -> usize {
        let size = self.pyramid.size(level);
        let sides = [(size[0], column), (size[1], row)];
        let n_pixels: usize = sides.into_iter().map(|(side, at)| side.saturating_sub(at * SIDE).min(SIDE)).product();
        // Averaging four pixels takes longer than copying the one that comes of them.
        if self.pyramid.is_made_on_demand(level) { 3 * n_pixels } else { n_pixels }
    }

    fn size(&self, level: usize) -> Vec2 {
        let [width, height] = self.pyramid.size(level);
        vec2(width as f32, height as f32)
    }

    /// The part of the picture that a tile covers, from 0 to 1.
    fn share(&self, (level, column, row): Key) -> Rect {
        let texel = Vec2::splat(f32::from(2_u16).powi(level as i32)) / self.size(0);
        let [left, top] = [column, row].map(|it| (it * SIDE) as f32);
        let size = self.size(level);
        let (right, bottom) = ((left + SIDE as f32).min(size.x), (top + SIDE as f32).min(size.y));
        let end = pos2((right * texel.x).min(1.0), (bottom * texel.y).min(1.0));
        Rect::from_min_max(pos2(left * texel.x, top * texel.y), end)
    }

    /// Makes and uploads a tile.
    fn tile(&self, ctx: &Context, key: Key) -> Tile {
        let (level, column, row) = key;
        let size = self.pyramid.size(level);
        let first = [column * SIDE, row * SIDE];
        let from = first.map(|it| it.saturating_sub(1));
        let to = [0, 1].map(|axis| (first[axis] + SIDE + 1).min(size[axis]));
        let image = self.pyramid.part(level, from, to);
        let texels = vec2(image.size[0] as f32, image.size[1] as f32);
        // The last square of an odd edge reaches beyond the picture.
        let covered = self.share(key).size() * self.size(0) / f32::from(2_u16).powi(level as i32);
        let inset = vec2((first[0] - from[0]) as f32, (first[1] - from[1]) as f32);
        let part = Rect::from_min_size((inset / texels).to_pos2(), covered / texels);
        // Only the picture's own pixels are crisp: a smaller version of it has none of them.
        let magnification = if level == 0 { PICTURE_TEXTURE.magnification } else { TextureFilter::Linear };
        let options = TextureOptions { magnification, ..PICTURE_TEXTURE };
        let texture = ctx.load_texture("picture", image, options);
        Tile { texture, part, used: self.n_frames }
    }

    fn paint(&self, painter: &Painter, place: Place) {
        for key in self.seen(place) {
            let share = self.share(key);
            if let Some(tile) = self.tiles.get(&key) {
                put(painter, place.whole, share, tile, tile.part);
            } else if let Some(base) = self.tiles.get(&self.base()) {
                let corner = |at: egui::Pos2| base.part.min + at.to_vec2() * base.part.size();
                put(painter, place.whole, share, base, Rect::from_min_max(corner(share.min), corner(share.max)));
            }
        }
    }

    /// Frees the tiles that were not seen for longest.
    fn forget(&mut self, keep: usize) {
        if self.tiles.len() <= keep {
            return;
        }
        let mut ages: Vec<u64> = self.tiles.values().map(|it| it.used).collect();
        ages.sort_unstable();
        let oldest = ages.get(ages.len() - keep).copied().unwrap_or_default();
        self.tiles.retain(|_, tile| oldest <= tile.used);
    }
}

/// Paints a part of a texture where its share of the picture lies.
fn put(painter: &Painter, whole: Rect, share: Rect, tile: &Tile, part: Rect) {
    let corner = |at: egui::Pos2| whole.min + at.to_vec2() * whole.size();
    let mut mesh = Mesh::with_texture(tile.texture.id());
    mesh.add_rect_with_uv(Rect::from_min_max(corner(share.min), corner(share.max)), part, theme::WHITE);
    painter.add(Shape::mesh(mesh));
}

#[cfg(test)]
mod tests {
    use super::{Allowance, Place, Set, Tiles};
    use crate::{
        engine::{Layout, Raster},
        ui::pyramid::Pyramid,
    };
    use egui::{Context, Rect, pos2};
    use std::sync::Arc;

    fn pyramid(width: u32, height: u32) -> Arc<Pyramid> {
        let samples = vec![90; (width * height * 3) as usize];
        Arc::new(Pyramid::new(&Raster::from_samples8(width, height, Layout::Rgb8, samples).unwrap()))
    }

    /// A picture of this size, one pixel a point, all of it in sight.
    fn whole(width: f32, height: f32) -> Place {
        let whole = Rect::from_min_max(pos2(10.0, 20.0), pos2(10.0 + width, 20.0 + height));
        Place { whole, seen: whole, density: 1.0 }
    }

    #[test]
    fn the_tiles_of_a_level_cover_the_picture_once() {
        let set = Set::new(pyramid(1301, 777));
        for halvings in 0..4_u16 {
            let size = 1301.0 / f32::from(2_u16.pow(halvings.into()));
            let tiles = set.seen(whole(size, size * 777.0 / 1301.0));
            assert!(tiles.iter().all(|(level, ..)| *level == usize::from(halvings)), "{halvings}: {tiles:?}");
            let shares: Vec<Rect> = tiles.iter().map(|key| set.share(*key)).collect();
            let area: f32 = shares.iter().map(Rect::area).sum();
            assert!((area - 1.0).abs() < 1e-5, "{halvings}: {area}");
            let hull = shares.iter().copied().reduce(Rect::union).unwrap();
            assert_eq!(hull, Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0)), "{halvings}");
        }
        // By hand: three columns of 512 pixels and two rows.
        assert_eq!(set.seen(whole(1301.0, 777.0)).len(), 6);
        let corner = Place { seen: Rect::from_min_max(pos2(0.0, 0.0), pos2(40.0, 40.0)), ..whole(1301.0, 777.0) };
        assert_eq!(set.seen(corner), [(0, 0, 0)]);
    }

    #[test]
    fn a_frame_uploads_no_more_than_it_may() {
        let (ctx, pyramid, mut tiles) = (Context::default(), pyramid(2048, 1024), Tiles::default());
        let place = whole(2048.0, 1024.0);
        let count = || ctx.tex_manager().read().num_allocated();
        let before = count();
        // A coarse tile of the whole picture, 512 by 256, and one of its eight fine ones.
        assert!(!tiles.load(&ctx, &pyramid, place, &mut Allowance(200_000)));
        assert_eq!(count() - before, 2);
        assert!(!tiles.load(&ctx, &pyramid, place, &mut Allowance(512 * 512)));
        assert_eq!(count() - before, 3);
        assert!(tiles.load(&ctx, &pyramid, place, &mut Allowance(2048 * 1024)));
        assert_eq!(count() - before, 9);
        tiles.clear();
        assert_eq!(count(), before);
    }

    #[test]
    fn the_old_picture_stays_until_the_new_one_is_there() {
        let ctx = Context::default();
        let (old, new, mut tiles) = (pyramid(600, 600), pyramid(600, 600), Tiles::default());
        let (place, enough) = (whole(600.0, 600.0), 600 * 600);
        assert!(tiles.load(&ctx, &old, place, &mut Allowance(enough)));
        assert!(!tiles.load(&ctx, &new, place, &mut Allowance(1)));
        assert!(Arc::ptr_eq(&tiles.shown.as_ref().unwrap().pyramid, &old));
        assert!(tiles.load(&ctx, &new, place, &mut Allowance(enough)));
        assert!(Arc::ptr_eq(&tiles.shown.as_ref().unwrap().pyramid, &new));
    }
}
