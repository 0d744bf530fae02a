//! A window with everything around it: a folder, a clipboard, dialogs, and time that we turn.

use eframe::egui::{self, DroppedFile, Event, HoveredFile, Key, Modifiers, vec2};
use egui_kittest::{
    Harness,
    kittest::{NodeT as _, Queryable as _},
};
use image::{Rgba, RgbaImage};
use inlaid::{
    engine::{Limits, Raster, decode::Fonts, embed::Link},
    helper::Decoders,
    jobs::{
        Intake, Received, Trace,
        fetch::{FetchError, FetchOrder, Fetched, Web},
        ports::{
            Clipboard, ClipboardError, CopiedImage, DialogError, Dialogs, FilesChosen, News, Outside, Pasted, Pending,
            SaveChosen, Tell,
        },
    },
    session::Action,
    settings::Settings,
    ui::shell::{Shell, World},
};
use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

const PATIENCE: Duration = Duration::from_secs(30);
/// Ours, not the program's: how long a frame lasts on the clock of the tests, in seconds.
const FRAME_SECS: f32 = 0.02;

/// What the world of a test holds: asked by the program, looked at by the test.
#[derive(Default)]
pub(crate) struct Held {
    pub(crate) to_paste: Option<Pasted>,
    pub(crate) n_reads: usize,
    pub(crate) texts: Vec<String>,
    pub(crate) images: Vec<Raster>,
    pub(crate) to_open: Vec<PathBuf>,
    pub(crate) to_save: Option<PathBuf>,
    pub(crate) suggested: Vec<(String, String)>,
    /// Dialogs are not shown, and this is why.
    pub(crate) no_dialogs: Option<DialogError>,
    pub(crate) watched: Vec<PathBuf>,
    /// What is behind links; what is behind any other takes for ever.
    pub(crate) on_the_web: HashMap<String, Vec<u8>>,
    pub(crate) tell: Option<Tell>,
    /// Can the system tell what is copied?
    pub(crate) has_clipboard_watch: bool,
    /// Each time it was asked to tell that, or no longer.
    pub(crate) clipboard_watches: Vec<bool>,
    /// Pages that the browser was to show.
    pub(crate) browsed: Vec<String>,
}

pub(crate) type Hold = Arc<Mutex<Held>>;

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

    fn read_text(&mut self) -> Result<String, ClipboardError> {
        match self.read()? {
            Pasted::Text(text) => Ok(text),
            _ => Err(ClipboardError::Empty),
        }
    }

    fn write_image(&mut self, image: &CopiedImage) -> Result<(), ClipboardError> {
        self.0.lock().unwrap().images.push(image.pixels.clone());
        Ok(())
    }
}

struct FakeDialogs(Hold);

impl Dialogs for FakeDialogs {
    fn open_files(&self) -> Pending<FilesChosen> {
        let held = self.0.lock().unwrap();
        let answer = held.no_dialogs.clone().map_or_else(|| Ok(held.to_open.clone()), Err);
        Box::new(move || answer)
    }

    fn save_file(&self, suggested_name: &str, extension: &str) -> Pending<SaveChosen> {
        let mut held = self.0.lock().unwrap();
        held.suggested.push((suggested_name.to_owned(), extension.to_owned()));
        let answer = held.no_dialogs.clone().map_or_else(|| Ok(held.to_save.clone()), Err);
        Box::new(move || answer)
    }
}

/// Says what the test says.
struct FakeOutside(Hold);

impl Outside for FakeOutside {
    fn listen(&mut self, tell: Tell) {
        self.0.lock().unwrap().tell = Some(tell);
    }

    fn watch(&mut self, files: Vec<PathBuf>) {
        self.0.lock().unwrap().watched = files;
    }

    fn can_watch_clipboard(&self) -> bool {
        self.0.lock().unwrap().has_clipboard_watch
    }

    fn watch_clipboard(&mut self, is_wanted: bool) {
        self.0.lock().unwrap().clipboard_watches.push(is_wanted);
    }

    fn browse(&mut self, address: String) {
        self.0.lock().unwrap().browsed.push(address);
    }
}

/// Has what the test has put there.
struct FakeWeb(Hold);

impl Web for FakeWeb {
    fn fetch(&self, link: &Link, order: &FetchOrder<'_>) -> Result<Fetched, FetchError> {
        let end = Instant::now() + PATIENCE;
        loop {
            let known = self.0.lock().unwrap().on_the_web.get(link.as_str()).cloned();
            if let Some(bytes) = known {
                return Ok(Fetched { bytes: bytes.into(), link: link.clone(), name: None });
            }
            if order.cancel.is_cancelled() {
                return Err(FetchError::Cancelled);
            }
            assert!(Instant::now() < end, "nobody cancels");
            (order.progress)(Received { bytes: 1_310_000, of: Some(38_400_000) });
            std::thread::sleep(Duration::from_millis(5));
        }
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
pub(crate) struct Desk {
    pub(crate) window: Harness<'static, Shell>,
    pub(crate) held: Hold,
    pub(crate) folder: tempfile::TempDir,
}

impl Desk {
    pub(crate) fn new() -> Self {
        Self::remembering(r#"{ "format": "png" }"#, &[])
    }

    /// A window that starts with these settings and opens these files of a new folder.
    pub(crate) fn remembering(settings: &str, draw: &[(&str, [u32; 2])]) -> Self {
        Self::in_world(furnished(settings, draw))
    }

    /// A window in a world that is furnished otherwise.
    pub(crate) fn in_world((world, first, held, folder): Furniture) -> Self {
        let window = Harness::builder()
            .with_size(vec2(1180.0, 760.0))
            .with_step_dt(FRAME_SECS)
            .build_eframe(move |cc| Shell::new(&cc.egui_ctx, world, first).unwrap());
        Self { window, held, folder }
    }

    /// A window with one picture whose result is ready.
    pub(crate) fn with(name: &str, size: [u32; 2]) -> Self {
        let mut desk = Self::remembering(r#"{ "format": "png" }"#, &[(name, size)]);
        desk.wait_ready();
        desk
    }

    pub(crate) fn step(&mut self) {
        self.window.step();
    }

    /// Frames until there is something to see.
    pub(crate) fn wait<T>(&mut self, what: &str, mut look: impl FnMut(&Self) -> Option<T>) -> T {
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

    pub(crate) fn wait_for(&mut self, name: &str) {
        self.wait(name, |desk| desk.window.query_by_label(name).map(drop));
    }

    /// Waits until the selected picture's result is what its recipe wants, and nothing is under way.
    pub(crate) fn wait_ready(&mut self) {
        self.wait("the result", |desk| {
            let item = desk.window.state().session().selected()?;
            (item.fresh().is_some() && !item.is_working()).then_some(())
        });
        self.step();
    }

    pub(crate) fn names(&self) -> Vec<String> {
        let nodes = self.window.root().children_recursive();
        // What a label says is its value.
        nodes.filter_map(|it| it.accesskit_node().label().or_else(|| it.value())).collect()
    }

    /// Is there something with this name?
    pub(crate) fn has(&self, name: &str) -> bool {
        self.names().iter().any(|it| it == name)
    }

    /// What has the keyboard.
    pub(crate) fn focused(&self) -> Option<String> {
        let nodes = self.window.root().children_recursive();
        nodes.filter(egui_kittest::Node::is_focused).find_map(|it| it.accesskit_node().label())
    }

    /// Another size of the window, in points.
    pub(crate) fn resize(&mut self, width: f32, height: f32) {
        self.window.set_size(vec2(width, height));
        self.step();
        self.step();
    }

    /// Frames for so many seconds of the window's own clock.
    pub(crate) fn pass(&mut self, seconds: f32) {
        for _ in 0..(seconds / FRAME_SECS).ceil() as usize {
            self.step();
        }
    }

    /// The text of the settings file, as soon as it holds this.
    pub(crate) fn kept(&mut self, part: &str) {
        let file = self.folder.path().join("settings.json");
        self.wait(part, |_| std::fs::read_to_string(&file).is_ok_and(|it| it.contains(part)).then_some(()));
    }

    /// What is written on the window and has no name of its own.
    pub(crate) fn has_painted(&self, text: &str) -> bool {
        let shapes = &self.window.output().shapes;
        shapes.iter().any(|it| matches!(&it.shape, egui::Shape::Text(shape) if shape.galley.text() == text))
    }

    /// Where such texts can be seen; what is scrolled away cannot.
    pub(crate) fn places(&self, matches: impl Fn(&str) -> bool) -> Vec<egui::Rect> {
        let shapes = self.window.output().shapes.iter();
        let place = |it: &egui::epaint::ClippedShape| match &it.shape {
            egui::Shape::Text(text) if matches(text.galley.text()) => {
                Some(text.visual_bounding_rect().intersect(it.clip_rect))
            }
            _ => None,
        };
        shapes.filter_map(place).collect()
    }

    pub(crate) fn click(&mut self, name: &str) {
        self.window.get_by_label(name).click();
        self.step();
        self.step();
    }

    pub(crate) fn press(&mut self, modifiers: Modifiers, key: Key) {
        self.window.key_press_modifiers(modifiers, key);
        self.step();
        self.step();
    }

    pub(crate) fn type_into(&mut self, field: &str, text: &str) {
        self.click(field);
        self.window.event(Event::Text(text.to_owned()));
        self.step();
        self.press(Modifiers::NONE, Key::Enter);
    }

    pub(crate) fn drop_files(&mut self, paths: &[PathBuf]) {
        let hovered = |path: &PathBuf| HoveredFile { path: Some(path.clone()), ..HoveredFile::default() };
        self.window.input_mut().hovered_files = paths.iter().map(hovered).collect();
        self.step();
        self.window.input_mut().hovered_files.clear();
        self.window.input_mut().dropped_files = paths.iter().map(|it| Arc::new(Dropped(it.clone())) as _).collect();
        self.step();
    }

    pub(crate) fn draw(&self, name: &str, size: [u32; 2]) -> PathBuf {
        drawn(self.folder.path(), name, size)
    }

    /// The only text on the clipboard, which is taken from it.
    pub(crate) fn copied(&mut self) -> String {
        self.wait("a copy", |desk| (!desk.held.lock().unwrap().texts.is_empty()).then_some(()));
        let mut texts = std::mem::take(&mut self.held.lock().unwrap().texts);
        assert_eq!(texts.len(), 1, "once");
        texts.remove(0)
    }

    /// The system has something to tell.
    pub(crate) fn tell(&mut self, news: News) {
        let tell = self.held.lock().unwrap().tell.clone().expect("the window listens");
        tell(news);
        self.step();
    }

    pub(crate) fn title(&self) -> String {
        self.window.state().session().title()
    }
}

/// A world, what to begin with, what is held of it and the folder in which it lies.
pub(crate) type Furniture = (World, Vec<Action>, Hold, tempfile::TempDir);

/// The world around a window that starts with these settings and opens these files of a new
/// folder, and what to begin with.
pub(crate) fn furnished(settings: &str, draw: &[(&str, [u32; 2])]) -> Furniture {
    let (held, folder) = (Hold::default(), tempfile::tempdir().unwrap());
    let paths: Vec<PathBuf> = draw.iter().map(|(name, size)| drawn(folder.path(), name, *size)).collect();
    let world = World {
        clipboard: Box::new(FakeClipboard(held.clone())),
        dialogs: Box::new(FakeDialogs(held.clone())),
        outside: Box::new(FakeOutside(held.clone())),
        home: Some(folder.path().to_owned()),
        decoders: Decoders::direct(),
        fonts: Fonts::default(),
        web: Arc::new(FakeWeb(held.clone())),
        limits: Limits::default(),
        settings: Settings::parse(settings),
        settings_file: Some(folder.path().join("settings.json")),
        tidy: Arc::new(|| ()),
        trace: Trace::default(),
    };
    let first =
        if paths.is_empty() { vec![] } else { vec![Action::Open(paths.into_iter().map(Intake::Path).collect())] };
    (world, first, held, folder)
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
