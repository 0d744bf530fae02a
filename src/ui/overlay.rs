//! What covers the canvas while something is dragged over the window.

use super::theme::{self, Theme};
use super::widgets::dashed_frame;
use super::words::{counted, middle};
use crate::{engine::Format, jobs::ports::Dragged};
use egui::{Align2, Color32, HoveredFile, Painter, Pos2, Rect, Stroke, Ui, Vec2, vec2};
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

    /// Is it one thing that could be an image?
    pub fn is_one(self) -> bool {
        self.others == 0 && self.texts == 0 && self.images + self.unknown + self.links == 1
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
    frame_ui(&painter, theme, canvas.shrink(theme::LINE_MARGIN), hovering.words(), [ink, theme.text]);
}

/// Dims `canvas` and says in two frames what will happen: on the left it is added, on the right it replaces
/// the picture of this name. Says whether it would replace; anywhere else in the window it is added.
pub fn choice(ui: &Ui, canvas: Rect, hovering: Hovering, name: &str, pointer: Pos2) -> bool {
    let theme = Theme::of(ui);
    let painter = ui.painter_at(canvas);
    painter.rect_filled(canvas, 0.0, theme.veil());
    let [add, replace] = halves(canvas);
    let replaces = replace.contains(pointer);
    let said = |name: &str| format!("Drop to replace {name}");
    let width = |it: &str| painter.layout_no_wrap(it.to_owned(), theme::headline(), theme.text).size().x;
    let replacing = said(&middle(name, |it| width(&said(it)) <= replace.width() - 2.0 * GROUND.x));
    for (place, words, is_meant) in [(add, hovering.words(), !replaces), (replace, replacing, replaces)] {
        let inks = if is_meant { [theme.accent, theme.text] } else { [theme.strong_line, theme.weak] };
        frame_ui(&painter, theme, place, words, inks);
    }
    replaces
}

/// Where a drop adds and where it replaces.
fn halves(canvas: Rect) -> [Rect; 2] {
    let inner = canvas.shrink(theme::LINE_MARGIN);
    let (add, replace) = inner.split_left_right_at_fraction(0.5);
    let gap = theme::LINE_MARGIN / 2.0;
    [add.with_max_x(add.right() - gap), replace.with_min_x(replace.left() + gap)]
}

/// Around the words in the middle of a frame, on all sides together.
const GROUND: Vec2 = vec2(36.0, 24.0);

fn frame_ui(painter: &Painter, theme: &Theme, frame: Rect, words: String, [line, ink]: [Color32; 2]) {
    dashed_frame(painter, frame, Stroke::new(2.0, line));
    let words = painter.layout_no_wrap(words, theme::headline(), ink);
    let ground = Align2::CENTER_CENTER.align_size_within_rect(words.size() + GROUND, frame);
    painter.rect_filled(ground, theme::PRIMARY_RADIUS, theme.panel);
    painter.galley(Align2::CENTER_CENTER.align_size_within_rect(words.size(), ground).min, words, ink);
}

#[cfg(test)]
mod tests {
    use super::{Dragged, HoveredFile, Hovering, Rect, halves, vec2};
    use egui::pos2;
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
    #[test]
    fn only_one_thing_takes_the_place_of_another() {
        let (file, link) = (|name: &str| Dragged::File(name.into()), || Dragged::Link);
        for (things, is_one) in [
            (vec![file("a.png")], true),
            (vec![file("folder or no extension")], true),
            (vec![link()], true),
            (vec![Dragged::Image], true),
            (vec![file("a.odt")], false),
            (vec![file("a.png"), file("b.odt")], false),
            (vec![link(), link()], false),
            (vec![Dragged::Text], false),
        ] {
            assert_eq!(Hovering::of(&things).unwrap_or_default().is_one(), is_one, "{things:?}");
        }
        assert!(!Hovering::COMING.is_one());
    }

    #[test]
    fn the_two_places_share_the_canvas() {
        let canvas = Rect::from_min_size(pos2(0.0, 40.0), vec2(864.0, 692.0));
        let [add, replace] = halves(canvas);
        assert!(canvas.contains_rect(add) && canvas.contains_rect(replace) && !add.intersects(replace));
        assert!(add.contains(pos2(200.0, 400.0)) && replace.contains(pos2(650.0, 400.0)));
        assert_eq!(add.size(), replace.size());
    }
}
