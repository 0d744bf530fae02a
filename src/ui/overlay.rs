//! What covers the canvas while something is dragged over the window.

use super::theme::{self, Theme};
use super::widgets::dashed_frame;
use super::words::counted;
use crate::{engine::Format, jobs::ports::Dragged};
use egui::{Align2, HoveredFile, Rect, Stroke, Ui};
use std::path::Path;

/// What hangs under the pointer, as far as the system tells before the drop.
///
/// Only names are known by then; what a file holds is found out when it is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Hovering {
    /// Pictures, and files named like images that can be read.
    pub images: usize,
    /// Files named like something else.
    pub others: usize,
    /// Folders, files without an extension, files that the system does not name.
    pub unknown: usize,
    /// Links, which are followed after the drop.
    pub links: usize,
    /// Texts in which there may be images.
    pub texts: usize,
    /// It was dropped and is on its way.
    pub is_coming: bool,
}

impl Hovering {
    /// Dropped, but not here yet.
    pub const COMING: Self = Self { images: 0, others: 0, unknown: 0, links: 0, texts: 0, is_coming: true };

    /// What the toolkit tells of files; nothing when there are none.
    pub fn over(files: &[HoveredFile]) -> Option<Self> {
        let mut hovering = Self::default();
        for file in files {
            match &file.path {
                Some(path) => hovering.add_file(path),
                None if file.mime.starts_with("image/") => hovering.images += 1,
                None => hovering.unknown += 1,
            }
        }
        (!files.is_empty()).then_some(hovering)
    }

    /// What the system tells; nothing when there is nothing.
    pub fn of(things: &[Dragged]) -> Option<Self> {
        let mut hovering = Self::default();
        for thing in things {
            match thing {
                Dragged::File(path) => hovering.add_file(path),
                Dragged::Link => hovering.links += 1,
                Dragged::Image => hovering.images += 1,
                Dragged::Text => hovering.texts += 1,
            }
        }
        (!things.is_empty()).then_some(hovering)
    }

    fn add_file(&mut self, path: &Path) {
        let extension = path.extension().and_then(|it| it.to_str());
        match extension.map(|it| Format::from_extension(it).is_some_and(Format::can_read)) {
            Some(true) => self.images += 1,
            Some(false) => self.others += 1,
            None => self.unknown += 1,
        }
    }

    /// Is there nothing among it that could be an image?
    pub fn is_hopeless(self) -> bool {
        Self { others: 0, ..self } == Self::default()
    }

    /// What will happen on a drop.
    pub fn words(self) -> String {
        let count = |it: usize, noun: &str| counted(it.try_into().unwrap_or(u64::MAX), noun);
        match self {
            Self { is_coming: true, .. } => "Receiving…".to_owned(),
            Self { texts: 1.., .. } => "Drop to look for images".to_owned(),
            Self { links: 1, images: 0, others: 0, unknown: 0, .. } => "Drop to follow link".to_owned(),
            Self { links: 1.., images: 0, others: 0, unknown: 0, .. } => {
                format!("Drop to follow {}", count(self.links, "link"))
            }
            Self { links: 1.., others: 0, unknown: 0, .. } => {
                format!("Drop to add {} and {}", count(self.images, "image"), count(self.links, "link"))
            }
            Self { links: 1.., .. } => "Drop files and links".to_owned(),
            Self { images: 1, others: 0, unknown: 0, .. } => "Drop to add image".to_owned(),
            Self { images, others: 0, unknown: 0, .. } => format!("Drop to add {}", count(images, "image")),
            Self { images: 0, others: 1, unknown: 0, .. } => "Not an image".to_owned(),
            Self { images: 0, others, unknown: 0, .. } => format!("No image among {}", count(others, "file")),
            Self { images, others, unknown: 0, .. } => {
                format!("Drop to add {images} of {}", count(images + others, "file"))
            }
            Self { .. } => "Drop files".to_owned(),
        }
    }
}

/// Dims `canvas` and says in a frame what will happen.
pub fn show(ui: &Ui, canvas: Rect, hovering: Hovering) {
    let theme = Theme::of(ui);
    let ink = if hovering.is_hopeless() { theme.bad } else { theme.accent };
    let painter = ui.painter_at(canvas);
    painter.rect_filled(canvas, 0.0, theme.veil());
    dashed_frame(&painter, canvas.shrink(theme::LINE_MARGIN), Stroke::new(2.0, ink));
    let words = painter.layout_no_wrap(hovering.words(), theme::headline(), theme.text);
    let ground = Align2::CENTER_CENTER.align_size_within_rect(words.size() + egui::vec2(36.0, 24.0), canvas);
    painter.rect_filled(ground, theme::PRIMARY_RADIUS, theme.panel);
    painter.galley(Align2::CENTER_CENTER.align_size_within_rect(words.size(), ground).min, words, theme.text);
}

#[cfg(test)]
mod tests {
    use super::{Dragged, HoveredFile, Hovering};
    use std::path::PathBuf;

    fn over(names: &[&str]) -> Hovering {
        let file = |name: &&str| HoveredFile { path: Some(PathBuf::from(name)), mime: String::new() };
        Hovering::over(&names.iter().map(file).collect::<Vec<_>>()).unwrap_or_default()
    }

    #[test]
    fn the_words_say_what_will_happen() {
        for (names, words, is_hopeless) in [
            (vec!["/a/sunset.JPG"], "Drop to add image", false),
            (vec!["a.png", "b.webp", "c.svg"], "Drop to add 3 images", false),
            (vec!["letter.odt"], "Not an image", true),
            (vec!["photo.avif"], "Drop to add image", false),
            (vec!["a.txt", "b.txt"], "No image among 2 files", true),
            (vec!["a.png", "b.txt", "c.gif"], "Drop to add 2 of 3 files", false),
            (vec!["/home/me/Pictures"], "Drop files", false),
            (vec!["a.png", "README"], "Drop files", false),
            (vec!["a.txt", "README"], "Drop files", false),
        ] {
            assert_eq!((over(&names).words().as_str(), over(&names).is_hopeless()), (words, is_hopeless), "{names:?}");
        }
    }

    #[test]
    fn what_the_system_does_not_name_is_unknown_but_for_its_type() {
        let typed = |mime: &str| HoveredFile { path: None, mime: mime.to_owned() };
        assert_eq!(Hovering::over(&[typed("")]).map(Hovering::words).as_deref(), Some("Drop files"));
        assert_eq!(Hovering::over(&[typed("image/png")]).map(Hovering::words).as_deref(), Some("Drop to add image"));
        assert_eq!(Hovering::over(&[]), None);
    }

    #[test]
    fn links_and_texts_are_called_what_they_are() {
        let (file, link) = (|name: &str| Dragged::File(name.into()), || Dragged::Link);
        for (things, words) in [
            (vec![link()], "Drop to follow link"),
            (vec![link(), link()], "Drop to follow 2 links"),
            (vec![file("a.png"), link(), file("b.gif")], "Drop to add 2 images and 1 link"),
            (vec![file("a.txt"), link()], "Drop files and links"),
            (vec![Dragged::Image], "Drop to add image"),
            (vec![Dragged::Text], "Drop to look for images"),
        ] {
            let hovering = Hovering::of(&things).unwrap_or_default();
            assert_eq!((hovering.words().as_str(), hovering.is_hopeless()), (words, false), "{things:?}");
        }
        assert_eq!(Hovering::of(&[]), None);
        assert!(!Hovering::COMING.is_hopeless());
    }
}
