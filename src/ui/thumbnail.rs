//! A picture of the list, small.

use super::{
    pyramid::Pyramid,
    theme::{self, Theme},
};
use crate::session::{Item, ItemId};
use egui::{Image, Rect, Sense, TextureHandle, TextureOptions, Ui, Vec2, vec2};

/// The sides of the square in which it stands, in points.
pub(super) const SIDE: f32 = theme::BUTTON_HEIGHT;

/// The small picture that was shown last. It outlives the pixels that it was made of.
#[derive(Default)]
pub(super) struct Thumbnail {
    made: Option<(ItemId, TextureHandle)>,
}

impl Thumbnail {
    pub(super) fn forget(&mut self) {
        self.made = None;
    }

    /// Says whether there is anything to show of this picture.
    pub(super) fn prepare(&mut self, ui: &Ui, item: &Item) -> bool {
        if self.made.as_ref().is_none_or(|(id, _)| *id != item.id()) {
            self.made = made(ui, item).map(|it| (item.id(), it));
        }
        self.made.is_some()
    }

    /// Shows it, whole, in the middle of its square.
    pub(super) fn thumbnail_ui(&self, ui: &mut Ui) {
        let Some((_, texture)) = &self.made else { return };
        let (square, _) = ui.allocate_exact_size(Vec2::splat(SIDE), Sense::hover());
        let place = Rect::from_center_size(square.center(), within(texture.size_vec2()));
        // What is dark or light all over stays in sight where it is transparent.
        ui.painter().rect_filled(square, theme::RADIUS, Theme::of(ui).canvas);
        Image::new(texture).corner_radius(theme::RADIUS).paint_at(ui, place);
    }
}

fn made(ui: &Ui, item: &Item) -> Option<TextureHandle> {
    let pyramid = item.original()?.painted.clone().downcast::<Pyramid>().ok()?;
    let longest = pyramid.size(0).into_iter().max()? as f32;
    let level = pyramid.level_for(SIDE * ui.pixels_per_point() / longest);
    let image = pyramid.part(level, [0, 0], pyramid.size(level));
    Some(ui.ctx().load_texture("thumbnail", image, TextureOptions::LINEAR))
}

/// As large as the square allows, and never drawn thinner than a point. Small pictures are not enlarged.
fn within(size: Vec2) -> Vec2 {
    let scale = (SIDE / size.max_elem()).min(1.0);
    (size * scale).max(vec2(1.0, 1.0))
}

#[cfg(test)]
mod tests {
    use super::{SIDE, within};
    use egui::vec2;

    #[test]
    fn a_picture_of_any_shape_fits_its_square() {
        assert_eq!(within(vec2(2.0 * SIDE, SIDE)), vec2(SIDE, SIDE / 2.0));
        assert_eq!(within(vec2(16.0, 8.0)), vec2(16.0, 8.0));
        assert_eq!(within(vec2(1.0, 10_000.0)), vec2(1.0, SIDE));
    }
}
