//! The real window by accessible name, with real workers and codecs; only the clipboard and the
//! dialogs are stood in for. What is seen of results is decoded by the `image` crate.

#![expect(clippy::expect_used, clippy::unwrap_used, reason = "in a test a surprise is a failure")]

use base64::{Engine as _, engine::general_purpose::STANDARD};
use eframe::egui::{self, DroppedFile, Event, HoveredFile, Key, Modifiers, accesskit, accesskit::Role, vec2};
use egui_kittest::{
    Harness,
    kittest::{NodeT as _, Queryable as _},
};
use image::{DynamicImage, GenericImageView as _, ImageFormat, Rgba, RgbaImage};
use inlaid::{
    engine::{Limits, Raster, decode::Fonts},
    jobs::{
        Intake,
        ports::{Clipboard, ClipboardError, Dialogs, Pasted, Pending},
    },
    session::Action,
    settings::Settings,
    ui::shell::{Shell, World},
};
use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

const PATIENCE: Duration = Duration::from_secs(30);
/// Ours, not the program's: how long a frame lasts on the clock of the tests, in seconds.
const FRAME_SECS: f32 = 0.02;

/// What the world of a test holds: asked by the program, looked at by the test.
#[derive(Default)]
struct Held {
    to_paste: Option<Pasted>,
    n_reads: usize,
    texts: Vec<String>,
    images: Vec<Raster>,
    to_open: Vec<PathBuf>,
    to_save: Option<PathBuf>,
    suggested: Vec<(String, String)>,
}

type Hold = Arc<Mutex<Held>>;

struct FakeClipboard(Hold);

impl Clipboard for FakeClipboard {
    fn read(&mut self) -> Result<Pasted, ClipboardError> {
        let mut held = self.0.lock().unwrap();
        held.n_reads += 1;
        held.to_paste.take().ok_or(ClipboardError::Empty)
    }

    fn write_text(&mut self, text: String) -> Result<(), ClipboardError> {
        self.0.lock().unwrap().texts.push(text);
        Ok(())
    }

    fn write_image(&mut self, image: &Raster) -> Result<(), ClipboardError> {
        self.0.lock().unwrap().images.push(image.clone());
        Ok(())
    }
}

struct FakeDialogs(Hold);

impl Dialogs for FakeDialogs {
    fn open_files(&self) -> Pending<Vec<PathBuf>> {
        let paths = self.0.lock().unwrap().to_open.clone();
        Box::new(move || paths)
    }

    fn save_file(&self, suggested_name: &str, extension: &str) -> Pending<Option<PathBuf>> {
        let mut held = self.0.lock().unwrap();
        held.suggested.push((suggested_name.to_owned(), extension.to_owned()));
        let path = held.to_save.clone();
        Box::new(move || path)
    }
}

#[derive(Debug)]
struct Dropped(PathBuf);

impl DroppedFile for Dropped {
    fn path(&self) -> &Path {
        &self.0
    }

    fn bytes(&self) -> Result<Vec<u8>, String> {
        std::fs::read(&self.0).map_err(|it| it.to_string())
    }
}

/// The window with everything around it.
struct Desk {
    window: Harness<'static, Shell>,
    held: Hold,
    folder: tempfile::TempDir,
}

impl Desk {
    fn new() -> Self {
        Self::remembering(r#"{ "format": "png" }"#, &[])
    }

    /// A window that starts with these settings and opens these files of a new folder.
    fn remembering(settings: &str, draw: &[(&str, [u32; 2])]) -> Self {
        let (held, folder) = (Hold::default(), tempfile::tempdir().unwrap());
        let paths: Vec<PathBuf> = draw.iter().map(|(name, size)| drawn(folder.path(), name, *size)).collect();
        let world = World {
            clipboard: Box::new(FakeClipboard(held.clone())),
            dialogs: Box::new(FakeDialogs(held.clone())),
            fonts: Fonts::default(),
            limits: Limits::default(),
            settings: Settings::parse(settings),
            settings_file: None,
        };
        let first =
            if paths.is_empty() { vec![] } else { vec![Action::Open(paths.into_iter().map(Intake::Path).collect())] };
        let window = Harness::builder()
            .with_size(vec2(1180.0, 760.0))
            .with_step_dt(FRAME_SECS)
            .build_eframe(move |cc| Shell::new(&cc.egui_ctx, world, first).unwrap());
        Self { window, held, folder }
    }

    /// A window with one picture whose result is ready.
    fn with(name: &str, size: [u32; 2]) -> Self {
        let mut desk = Self::remembering(r#"{ "format": "png" }"#, &[(name, size)]);
        desk.wait_ready();
        desk
    }

    fn step(&mut self) {
        self.window.step();
    }

    /// Frames until there is something to see.
    fn wait<T>(&mut self, what: &str, mut look: impl FnMut(&Self) -> Option<T>) -> T {
        let end = Instant::now() + PATIENCE;
        loop {
            self.step();
            if let Some(seen) = look(self) {
                return seen;
            }
            assert!(Instant::now() < end, "waited in vain for {what}; there is {:?}", self.names());
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    fn wait_for(&mut self, name: &str) {
        self.wait(name, |desk| desk.window.query_by_label(name).map(drop));
    }

    /// Waits until the selected picture's result is what its recipe wants, and nothing is under way.
    fn wait_ready(&mut self) {
        self.wait("the result", |desk| {
            let item = desk.window.state().session().selected()?;
            (item.fresh().is_some() && !item.is_working()).then_some(())
        });
        self.step();
    }

    fn names(&self) -> Vec<String> {
        let nodes = self.window.root().children_recursive();
        // What a label says is its value.
        nodes.filter_map(|it| it.accesskit_node().label().or_else(|| it.value())).collect()
    }

    fn click(&mut self, name: &str) {
        self.window.get_by_label(name).click();
        self.step();
        self.step();
    }

    fn press(&mut self, modifiers: Modifiers, key: Key) {
        self.window.key_press_modifiers(modifiers, key);
        self.step();
        self.step();
    }

    fn type_into(&mut self, field: &str, text: &str) {
        self.click(field);
        self.window.event(Event::Text(text.to_owned()));
        self.step();
        self.press(Modifiers::NONE, Key::Enter);
    }

    fn drop_files(&mut self, paths: &[PathBuf]) {
        let hovered = |path: &PathBuf| HoveredFile { path: Some(path.clone()), ..HoveredFile::default() };
        self.window.input_mut().hovered_files = paths.iter().map(hovered).collect();
        self.step();
        self.window.input_mut().hovered_files.clear();
        self.window.input_mut().dropped_files = paths.iter().map(|it| Arc::new(Dropped(it.clone())) as _).collect();
        self.step();
    }

    fn draw(&self, name: &str, size: [u32; 2]) -> PathBuf {
        drawn(self.folder.path(), name, size)
    }

    /// The only text on the clipboard, which is taken from it.
    fn copied(&mut self) -> String {
        self.wait("a copy", |desk| (!desk.held.lock().unwrap().texts.is_empty()).then_some(()));
        let mut texts = std::mem::take(&mut self.held.lock().unwrap().texts);
        assert_eq!(texts.len(), 1, "once");
        texts.remove(0)
    }

    fn title(&self) -> String {
        self.window.state().session().title()
    }
}

/// Red above blue, with noise between that keeps encoders honest.
fn drawn(folder: &Path, name: &str, [width, height]: [u32; 2]) -> PathBuf {
    let path = folder.join(name);
    let picture = RgbaImage::from_fn(width, height, |x, y| match (y * 4 / height, (x * 7 + y * 13) % 256) {
        (0, _) => Rgba([250, 10, 20, 255]),
        (3, _) => Rgba([10, 20, 250, 255]),
        (_, noise) => Rgba([noise as u8, (noise * 3 % 256) as u8, 90, 255]),
    });
    picture.save(&path).unwrap();
    path
}

/// A data URL of a format, decoded by others.
fn decoded(data_url: &str, format: ImageFormat) -> DynamicImage {
    let (head, body) = data_url.split_once(',').expect("a data URL");
    assert_eq!(head, format!("data:{};base64", format.to_mime_type()));
    image::load_from_memory_with_format(&STANDARD.decode(body).unwrap(), format).unwrap()
}

#[test]
fn a_dropped_file_is_copied_as_a_data_url() {
    let mut desk = Desk::new();
    desk.step();
    assert_eq!(desk.title(), "Inlaid");
    let path = desk.draw("sunset.png", [120, 80]);
    desk.drop_files(&[path]);
    assert_eq!(desk.title(), "sunset.png — Inlaid");
    desk.wait_for("Copy data URL");
    assert!(desk.held.lock().unwrap().texts.is_empty(), "nothing is copied unasked");
    desk.click("Copy data URL");
    let picture = decoded(&desk.copied(), ImageFormat::Png);
    assert_eq!(picture.dimensions(), (120, 80));
    assert_eq!(picture.get_pixel(60, 5), Rgba([250, 10, 20, 255]));
    assert_eq!(picture.get_pixel(60, 75), Rgba([10, 20, 250, 255]));
    desk.wait_for("Copied");
    desk.wait_for("Copy data URL");
    assert!(desk.names().iter().any(|it| it.starts_with("Copied data URL · ")), "{:?}", desk.names());
    assert_eq!(desk.held.lock().unwrap().n_reads, 0);
}

#[test]
fn a_copy_asked_for_early_is_made_once() {
    let mut desk = Desk::remembering(r#"{ "format": "png" }"#, &[("a.png", [900, 700])]);
    desk.press(Modifiers::COMMAND, Key::C);
    assert_eq!(decoded(&desk.copied(), ImageFormat::Png).dimensions(), (900, 700));
    desk.wait_ready();
    for _ in 0..20 {
        desk.step();
    }
    assert!(desk.held.lock().unwrap().texts.is_empty());
}

#[test]
fn a_size_is_typed_into_either_field() {
    let mut desk = Desk::with("a.png", [400, 200]);
    for (field, typed, expected) in [
        // Inside a box of 100 × 100 fits 100 × 50; the rest is arithmetic by hand.
        ("Width in pixels", "100x100", (100, 50)),
        ("Width in pixels", "200", (200, 100)),
        ("Height in pixels", "50%", (200, 100)),
        ("Height in pixels", "20", (40, 20)),
        ("Height in pixels", "w80", (80, 40)),
        ("Width in pixels", "0.5x", (200, 100)),
        // Nothing is enlarged unasked.
        ("Width in pixels", "2x", (400, 200)),
        // What is no size changes nothing.
        ("Width in pixels", "large", (400, 200)),
    ] {
        desk.type_into(field, typed);
        desk.wait_ready();
        desk.press(Modifiers::COMMAND, Key::C);
        assert_eq!(decoded(&desk.copied(), ImageFormat::Png).dimensions(), expected, "{field}: {typed}");
    }
}

#[test]
fn enlarging_is_possible_when_asked_for() {
    let mut desk = Desk::with("a.png", [40, 20]);
    desk.type_into("Width in pixels", "80");
    desk.wait_for("Enlarge");
    desk.click("Enlarge");
    desk.wait_ready();
    desk.press(Modifiers::COMMAND, Key::C);
    assert_eq!(decoded(&desk.copied(), ImageFormat::Png).dimensions(), (80, 40));
}

#[test]
fn every_format_of_the_rows_is_written_as_what_it_says() {
    let mut desk = Desk::with("a.png", [60, 40]);
    desk.click("More formats");
    for (name, format) in [
        ("WebP", ImageFormat::WebP),
        ("JPEG", ImageFormat::Jpeg),
        ("GIF", ImageFormat::Gif),
        ("BMP", ImageFormat::Bmp),
        ("TIFF", ImageFormat::Tiff),
        ("ICO", ImageFormat::Ico),
        ("QOI", ImageFormat::Qoi),
        ("PNG", ImageFormat::Png),
    ] {
        let row = desk.window.get_by_role_and_label(Role::RadioButton, name);
        row.click();
        desk.step();
        desk.wait_ready();
        desk.press(Modifiers::COMMAND, Key::C);
        let copied = desk.copied();
        let (head, body) = copied.split_once(";base64,").unwrap();
        let bytes = STANDARD.decode(body).unwrap();
        let picture = image::load_from_memory_with_format(&bytes, format).unwrap_or_else(|it| panic!("{name}: {it}"));
        assert_eq!(picture.dimensions(), (60, 40), "{head}");
        let row = desk.window.get_by_role_and_label(Role::RadioButton, name);
        assert!(row.accesskit_node().description().is_some(), "{name} shows its measured bytes");
    }
}

#[test]
fn less_quality_makes_fewer_bytes() {
    let mut desk = Desk::remembering(r#"{ "format": "jpeg", "quality": 90 }"#, &[("a.png", [160, 120])]);
    desk.wait_ready();
    desk.press(Modifiers::COMMAND, Key::C);
    let fine = desk.copied();
    desk.window.get_by_role_and_label(Role::Slider, "Quality").set_value_accesskit(31.0);
    desk.step();
    desk.window.get_by_role_and_label(Role::Slider, "Quality").focus();
    desk.step();
    desk.press(Modifiers::NONE, Key::ArrowLeft);
    desk.wait_ready();
    assert_eq!(desk.window.state().session().defaults.quality, 30, "the next picture starts with it");
    desk.press(Modifiers::COMMAND, Key::C);
    let coarse = desk.copied();
    assert!(coarse.len() * 3 < fine.len() * 2, "{} and {} characters", coarse.len(), fine.len());
    assert_eq!(decoded(&coarse, ImageFormat::Jpeg).dimensions(), (160, 120));
}

#[test]
fn the_text_has_the_form_that_was_chosen() {
    let mut desk = Desk::with("my-logo.png", [30, 20]);
    for (form, button, start, end) in [
        ("Base64", "Copy base64", "iVBORw0KGgo", ""),
        ("HTML", "Copy HTML", "<img ", ">"),
        ("CSS", "Copy CSS", "url(\"data:image/png;base64,", "\")"),
        ("Data URL", "Copy data URL", "data:image/png;base64,", ""),
    ] {
        desk.window.get_by_role_and_label(Role::RadioButton, form).click();
        desk.step();
        desk.wait_for(button);
        desk.click(button);
        let text = desk.copied();
        assert!(text.starts_with(start) && text.ends_with(end), "{text}");
        if form == "HTML" {
            for attribute in ["width=\"30\"", "height=\"20\"", "alt=\"my logo\""] {
                assert!(text.contains(attribute), "{text}");
            }
        }
        // The button says that it is done for a while.
        desk.wait_for(button);
    }
}

#[test]
fn the_image_itself_is_copied_as_pixels() {
    let mut desk = Desk::with("a.png", [60, 40]);
    desk.press(Modifiers::COMMAND | Modifiers::SHIFT, Key::C);
    desk.wait("the image", |desk| (!desk.held.lock().unwrap().images.is_empty()).then_some(()));
    let held = desk.held.lock().unwrap();
    assert!(held.texts.is_empty(), "never as text");
    let rgba = held.images[0].to_rgba8();
    assert_eq!((held.images[0].width(), held.images[0].height()), (60, 40));
    assert_eq!(rgba[..4], [250, 10, 20, 255]);
}

#[test]
fn a_failed_picture_says_why_and_can_be_tried_again() {
    let mut desk = Desk::new();
    let path = desk.folder.path().join("note.png");
    std::fs::write(&path, "only a text").unwrap();
    desk.drop_files(std::slice::from_ref(&path));
    desk.wait_for("Retry");
    assert!(desk.names().iter().any(|it| it.starts_with("note.png: ")), "{:?}", desk.names());
    assert!(desk.window.query_by_label("Copy data URL").is_none());
    desk.draw("note.png", [20, 10]);
    desk.click("Retry");
    desk.wait_for("Copy data URL");
    assert_eq!(desk.title(), "note.png — Inlaid");

    std::fs::write(&path, "a text again").unwrap();
    desk.press(Modifiers::COMMAND, Key::W);
    desk.drop_files(&[path]);
    desk.wait_for("Remove");
    desk.click("Remove");
    assert_eq!(desk.title(), "Inlaid");
}

#[test]
fn a_failure_leaves_the_picture_that_was_looked_at() {
    let mut desk = Desk::with("good.png", [20, 10]);
    let half = desk.folder.path().join("half.png");
    std::fs::write(&half, &std::fs::read(desk.draw("whole.png", [50, 50])).unwrap()[..50]).unwrap();
    desk.drop_files(&[half, desk.folder.path().to_owned(), desk.folder.path().join("none.png")]);
    desk.wait("the failures", |desk| {
        let failed = |it: &&inlaid::session::Item| matches!(it.status(), inlaid::session::Status::Failed(_));
        (desk.window.state().session().items().iter().filter(failed).count() == 3).then_some(())
    });
    assert_eq!(desk.window.state().session().selected().unwrap().name(), "good.png");
    desk.press(Modifiers::COMMAND, Key::C);
    assert_eq!(decoded(&desk.copied(), ImageFormat::Png).dimensions(), (20, 10));
}

#[test]
fn several_pictures_are_stepped_through() {
    let mut desk = Desk::new();
    let paths = [10, 20, 30].map(|it| desk.draw(&format!("{it}.png"), [it, it]));
    desk.drop_files(&paths);
    assert_eq!(desk.title(), "3 images — Inlaid");
    let name = |desk: &Desk| desk.window.state().session().selected().unwrap().name().to_owned();
    for (key, expected) in [
        (Key::ArrowRight, "20.png"),
        (Key::ArrowRight, "30.png"),
        (Key::ArrowRight, "30.png"),
        (Key::Home, "10.png"),
        (Key::End, "30.png"),
        (Key::ArrowLeft, "20.png"),
    ] {
        desk.press(Modifiers::NONE, key);
        assert_eq!(name(&desk), expected);
    }
    desk.wait_ready();
    desk.press(Modifiers::COMMAND, Key::C);
    assert_eq!(decoded(&desk.copied(), ImageFormat::Png).dimensions(), (20, 20));
    desk.click("Next image");
    assert_eq!(name(&desk), "30.png");
    desk.press(Modifiers::NONE, Key::Delete);
    assert_eq!(desk.title(), "2 images — Inlaid");
    desk.press(Modifiers::COMMAND | Modifiers::SHIFT, Key::W);
    assert_eq!(desk.title(), "Inlaid");
}

#[test]
fn whatever_was_copied_elsewhere_is_pasted() {
    let mut desk = Desk::new();
    let pixels = Pasted::Pixels { size: [2, 1], rgba: vec![255, 0, 0, 255, 0, 0, 255, 255] };
    desk.held.lock().unwrap().to_paste = Some(pixels);
    desk.press(Modifiers::COMMAND, Key::V);
    desk.wait_for("Copy data URL");
    assert_eq!(desk.title(), "pasted image — Inlaid");
    desk.press(Modifiers::COMMAND, Key::C);
    let picture = decoded(&desk.copied(), ImageFormat::Png);
    assert_eq!(picture.to_rgba8().into_raw(), [255, 0, 0, 255, 0, 0, 255, 255]);

    let png = std::fs::read(desk.draw("a.png", [16, 9])).unwrap();
    for text in [format!("data:image/png;base64,{}", STANDARD.encode(&png)), STANDARD.encode(&png)] {
        desk.press(Modifiers::COMMAND, Key::W);
        desk.held.lock().unwrap().to_paste = Some(Pasted::Text(text));
        desk.click("Paste");
        desk.wait_ready();
        desk.press(Modifiers::COMMAND, Key::C);
        assert_eq!(decoded(&desk.copied(), ImageFormat::Png).dimensions(), (16, 9));
    }

    for (content, complaint) in [
        (None, "The clipboard holds no image, file, data URL or base64"),
        (Some(Pasted::Text("Dear reader!".to_owned())), "pasted text: "),
    ] {
        desk.held.lock().unwrap().to_paste = content;
        desk.press(Modifiers::COMMAND, Key::V);
        desk.wait(complaint, |desk| desk.names().iter().any(|it| it.starts_with(complaint)).then_some(()));
        assert_eq!(desk.window.state().session().items().len(), 1, "the picture stays");
    }
}

#[test]
fn files_are_opened_and_saved_through_dialogs() {
    let mut desk = Desk::new();
    let (path, target) = (desk.draw("beach.png", [33, 22]), desk.folder.path().join("saved"));
    desk.held.lock().unwrap().to_open = vec![path];
    desk.click("Open…");
    desk.wait_for("Copy data URL");
    desk.held.lock().unwrap().to_save = Some(target.clone());
    desk.press(Modifiers::COMMAND, Key::S);
    desk.wait_for("Saved saved.png");
    assert_eq!(image::open(target.with_extension("png")).unwrap().dimensions(), (33, 22));
    assert_eq!(desk.held.lock().unwrap().suggested, [("beach-33x22.png".to_owned(), "png".to_owned())]);

    // The dialog was not asked about the completed name, so that file is not replaced.
    std::fs::write(target.with_extension("png"), "precious").unwrap();
    desk.click("Save…");
    desk.wait("a refusal", |desk| desk.names().iter().any(|it| it.starts_with("saved.png: ")).then_some(()));
    assert_eq!(std::fs::read(target.with_extension("png")).unwrap(), b"precious");
    assert!(desk.held.lock().unwrap().texts.is_empty());
}

#[test]
fn the_keys_are_listed() {
    let mut desk = Desk::new();
    desk.press(Modifiers::NONE, Key::F1);
    desk.wait_for("Copy the result as chosen under Embed as");
    for keys in ["Ctrl O", "Ctrl V", "Ctrl C", "Ctrl Shift C", "Ctrl S", "Space held", "Ctrl Q"] {
        assert!(desk.names().iter().any(|it| it == keys), "{keys}: {:?}", desk.names());
    }
    desk.press(Modifiers::NONE, Key::Escape);
    desk.wait("the list's end", |desk| desk.window.query_by_label("Space held").is_none().then_some(()));
    desk.click("Keys");
    desk.wait_for("Space held");
}

#[test]
fn everything_that_takes_the_focus_has_a_name() {
    let mut desk = Desk::with("a.png", [60, 40]);
    desk.click("More formats");
    let unnamed: Vec<String> = desk
        .window
        .root()
        .children_recursive()
        .filter(|it| {
            let node = it.accesskit_node();
            node.data().supports_action(accesskit::Action::Focus) && node.label().is_none()
        })
        .map(|it| format!("{it:?}"))
        .collect();
    assert!(unnamed.is_empty(), "{unnamed:#?}");
}

#[test]
fn what_hovers_is_announced_and_nothing_is_opened_by_it() {
    let mut desk = Desk::new();
    desk.window.input_mut().hovered_files = vec![HoveredFile::default(); 2];
    desk.step();
    assert_eq!(desk.title(), "Inlaid");
    assert!(
        desk.window
            .output()
            .shapes
            .iter()
            .any(|it| { matches!(&it.shape, egui::Shape::Text(text) if text.galley.text() == "Drop to add 2 images") })
    );
}
