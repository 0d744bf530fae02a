//! What is seen through the transparent parts of a picture.

use crate::ui::theme::{self, Theme};
use egui::{Color32, ColorImage, Painter, Rect, TextureHandle, TextureOptions, TextureWrapMode, Ui, pos2};

/// The ground under transparency.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Ground {
    /// A checkerboard, which no picture is likely to look like.
    #[default]
    Checkerboard,
    /// White paper.
    White,
    /// Black.
    Black,
    /// The colour of the page on which the picture will stand.
    Page,
}

impl Ground {
    /// The next one; the page only when its colour is known.
    pub fn next(self, page_known: bool) -> Self {
        match self {
            Self::Checkerboard => Self::White,
            Self::White => Self::Black,
            Self::Black if page_known => Self::Page,
            Self::Black | Self::Page => Self::Checkerboard,
        }
    }

    /// Its name, for the tooltip.
    pub fn name(self) -> &'static str {
        match self {
            Self::Checkerboard => "checkerboard",
            Self::White => "white",
            Self::Black => "black",
            Self::Page => "page colour",
        }
    }
}

/// The side of one cell, in points.
const CELL: f32 = 8.0;

/// The checkerboard as a texture of two by two cells, made again when the theme changes.
#[derive(Default)]
pub(super) struct Board {
    made: Option<([Color32; 2], TextureHandle)>,
}

impl Board {
    /// Paints `ground` into `rect`; the cells start at the corner of `picture` and move with it.
    pub(super) fn paint(&mut self, ui: &Ui, painter: &Painter, ground: Ground, page: Option<[u8; 3]>, area: [Rect; 2]) {
        let [rect, picture] = area;
        let plain = match (ground, page) {
            (Ground::White, _) => theme::WHITE,
            (Ground::Black, _) => theme::BLACK,
            (Ground::Page, Some(page)) => theme::srgb(page),
            (Ground::Checkerboard, _) | (Ground::Page, None) => {
                let texture = self.texture(ui).id();
                let cells = |at: egui::Pos2| ((at - picture.min) / (2.0 * CELL)).to_pos2();
                painter.image(texture, rect, Rect::from_min_max(cells(rect.min), cells(rect.max)), theme::WHITE);
                return;
            }
        };
        painter.rect_filled(rect, 0.0, plain);
    }

    fn texture(&mut self, ui: &Ui) -> &TextureHandle {
        let colors = Theme::of(ui).checks;
        let [light, dark] = colors;
        let made = self.made.take().filter(|(made_of, _)| *made_of == colors);
        let (_, texture) = self.made.insert(made.unwrap_or_else(|| {
            let options = TextureOptions { wrap_mode: TextureWrapMode::Repeat, ..TextureOptions::NEAREST };
            let image = ColorImage::new([2, 2], vec![light, dark, dark, light]);
            (colors, ui.ctx().load_texture("checkerboard", image, options))
        }));
        texture
    }
}

/// The whole of a texture.
pub(super) fn whole() -> Rect {
    Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0))
}

#[cfg(test)]
mod tests {
    use super::Ground::{Black, Checkerboard, Page, White};

    #[test]
    fn the_grounds_take_turns() {
        assert_eq!([Checkerboard, White, Black, Page].map(|it| it.next(true)), [White, Black, Page, Checkerboard]);
        assert_eq!(Black.next(false), Checkerboard);
    }
}
