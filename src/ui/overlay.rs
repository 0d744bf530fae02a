//! What covers the canvas while something is dragged over the window.

use super::theme::{self, Theme};
use super::widgets::dashed_frame;
use super::words::counted;
use egui::{Align2, Rect, Stroke, Ui};

/// What hangs under the pointer, as far as the system tells before the drop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hovering {
    /// So many files that look like pictures.
    Images(usize),
    /// Files of which nothing is known yet.
    Files,
}

impl Hovering {
    /// What will happen on a drop.
    pub fn words(self) -> String {
        match self {
            Self::Images(1) => "Drop to add image".to_owned(),
            Self::Images(count) => format!("Drop to add {}", counted(count.try_into().unwrap_or(u64::MAX), "image")),
            Self::Files => "Drop files".to_owned(),
        }
    }
}

/// Dims `canvas` and says in an accented frame what will happen.
pub fn show(ui: &Ui, canvas: Rect, hovering: Hovering) {
    let theme = Theme::of(ui);
    let painter = ui.painter_at(canvas);
    painter.rect_filled(canvas, 0.0, theme.veil());
    dashed_frame(&painter, canvas.shrink(theme::LINE_MARGIN), Stroke::new(2.0, theme.accent));
    let words = painter.layout_no_wrap(hovering.words(), theme::headline(), theme.text);
    let ground = Align2::CENTER_CENTER.align_size_within_rect(words.size() + egui::vec2(36.0, 24.0), canvas);
    painter.rect_filled(ground, theme::PRIMARY_RADIUS, theme.panel);
    painter.galley(Align2::CENTER_CENTER.align_size_within_rect(words.size(), ground).min, words, theme.text);
}

#[cfg(test)]
mod tests {
    use super::Hovering;

    #[test]
    fn the_words_say_what_will_happen() {
        assert_eq!(Hovering::Images(1).words(), "Drop to add image");
        assert_eq!(Hovering::Images(3).words(), "Drop to add 3 images");
        assert_eq!(Hovering::Files.words(), "Drop files");
    }
}
