//! The app: drains events, draws, carries out effects. Owns the parts, knows nothing itself.

use super::{frames::Frames, intake, pyramid::Pyramid, surroundings::Surroundings, theme, view::View};
use crate::{
    engine::{Limits, decode::Fonts},
    helper::Decoders,
    jobs::{
        Errand, Event, Jobs, Setup, Ticket, Trace,
        error::system_words,
        fetch::Web,
        ports::{Clipboard, DialogError, Dialogs, Drops, Outside, Tidy},
    },
    session::{Action, Effect, Session, Verb},
    settings::{Preferences, Settings, WindowPlace},
};
use egui::{Context, Key, Modifiers, OutputCommand, Ui, ViewportCommand};
use std::{
    io,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
};

/// What the shell is given of the world.
pub struct World {
    /// The system's clipboard.
    pub clipboard: Box<dyn Clipboard>,
    /// The system's dialogs.
    pub dialogs: Box<dyn Dialogs>,
    /// The system around the window.
    pub outside: Box<dyn Outside>,
    /// The user's home folder, for which `~/` stands in what is typed.
    pub home: Option<PathBuf>,
    /// Makes pixels of untrusted bytes.
    pub decoders: Decoders,
    /// Fonts for text in SVG, where no helper draws it.
    pub fonts: Fonts,
    /// The network, for links.
    pub web: Arc<dyn Web>,
    /// Budgets of one picture.
    pub limits: Limits,
    /// What was remembered.
    pub settings: Settings,
    /// Where to remember it; nowhere when `None`.
    pub settings_file: Option<PathBuf>,
    /// Gives freed memory back to the system.
    pub tidy: Tidy,
    /// Where it is written down what took how long.
    pub trace: Trace,
}

/// The whole window.
pub struct Shell {
    session: Session,
    jobs: Jobs,
    dialogs: Box<dyn Dialogs>,
    view: View,
    memory: Memory,
    link: Link,
    surroundings: Surroundings,
    frames: Frames,
}

/// The settings and what was written of them.
struct Memory {
    settings: Settings,
    written: Settings,
    file: Option<PathBuf>,
    changed_at: Option<f64>,
}

/// What passes between the toolkit and the jobs.
#[derive(Default)]
struct Link {
    /// The window that is woken; another one once this is lost.
    awake: Arc<Mutex<Context>>,
    title: String,
    /// A text field asked for the clipboard; what comes goes to it.
    for_field: Option<String>,
}

/// Settings are written once they have rested so long, in seconds.
const SETTLED_SECS: f64 = 1.0;

impl Shell {
    /// Starts the threads; `ctx` is woken by them.
    ///
    /// # Errors
    /// When the system gives no threads.
    pub fn new(ctx: &Context, world: World, first: Vec<Action>) -> io::Result<Self> {
        theme::install(ctx);
        let link = Link { awake: Arc::new(Mutex::new(ctx.clone())), ..Link::default() };
        let awake = link.awake.clone();
        let can_watch_clipboard = world.outside.can_watch_clipboard();
        let jobs = Jobs::spawn(Setup {
            limits: world.limits,
            decoders: world.decoders,
            fonts: world.fonts,
            web: world.web,
            painter: Arc::new(|raster| Arc::new(Pyramid::new(raster))),
            waker: Arc::new(move || awake.lock().unwrap_or_else(PoisonError::into_inner).request_repaint()),
            clipboard: world.clipboard,
            outside: world.outside,
            tidy: world.tidy,
            trace: world.trace.clone(),
        })?;
        let written = world.settings.clone();
        let memory = Memory { settings: world.settings, written, file: world.settings_file, changed_at: None };
        let mut session = Session::new(memory.settings.values.defaults, memory.settings.values.preferences);
        if can_watch_clipboard {
            session.offer_clipboard_watch();
        }
        let view = View::new(memory.settings.values.disclosed, world.home, world.trace.clone());
        let (surroundings, frames) = (Surroundings::default(), Frames::new(world.trace));
        let mut shell = Self { session, jobs, dialogs: world.dialogs, view, memory, link, surroundings, frames };
        // Before the first frame, which would be drawn in another size.
        shell.restyle(ctx);
        for action in first {
            shell.act(action);
        }
        shell.settle();
        Ok(shell)
    }

    /// Goes on in another window, because the graphics driver has lost the old one.
    pub(super) fn move_to(&mut self, ctx: &Context) {
        theme::install(ctx);
        self.surroundings.settle_in(ctx);
        *self.link.awake.lock().unwrap_or_else(PoisonError::into_inner) = ctx.clone();
        self.link.title.clear();
        self.view = self.view.anew();
        self.session.window_was_lost();
        // What was answered meanwhile woke the old window.
        ctx.request_repaint();
    }

    /// Listens for drops in this place from now on, and in no other.
    pub fn listen_for_drops(&mut self, drops: Option<Box<dyn Drops>>) {
        self.jobs.listen_for_drops(drops);
    }

    /// Where the window is, or was last.
    pub(super) fn place(&self) -> Option<WindowPlace> {
        self.memory.settings.values.window
    }

    /// What the app knows; for tests of the whole window.
    pub fn session(&self) -> &Session {
        &self.session
    }

    fn act(&mut self, action: Action) {
        let effects = self.session.act(action);
        self.carry_out(effects);
    }

    /// Asks for what is wanted and was not asked for yet.
    fn settle(&mut self) {
        let effects = self.session.reconcile();
        self.carry_out(effects);
    }

    fn carry_out(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Load(request) => {
                    self.frames.trace.mark("window", "load asked for");
                    self.jobs.load(request);
                }
                Effect::PreferLoad(ticket) => self.jobs.prefer_load(ticket),
                Effect::CancelLoad(ticket) => self.jobs.cancel_load(ticket),
                Effect::Render(request) => {
                    self.frames.trace.mark("window", "render asked for");
                    self.jobs.render(request);
                }
                Effect::CancelRender => self.jobs.cancel_render(),
                Effect::Race(request) => self.jobs.race(request),
                Effect::CancelRace => self.jobs.cancel_race(),
                Effect::Compress(ticket, text) => self.jobs.compress(ticket, text),
                Effect::CancelCompress => self.jobs.cancel_compress(),
                Effect::LetGo(source) => self.jobs.let_go(&source),
                Effect::Discard(pixels) => self.jobs.discard(pixels),
                Effect::Errand(ticket, errand) => self.jobs.errand(ticket, errand),
                Effect::Watch(files) => self.jobs.watch(files),
                Effect::WatchClipboard(is_wanted) => self.jobs.watch_clipboard(is_wanted),
                Effect::OpenDialog => self.open_dialog(),
                Effect::SaveDialog { ticket, suggested_name, extension } => {
                    self.save_dialog(ticket, &suggested_name, extension);
                }
            }
        }
    }

    fn open_dialog(&mut self) {
        if let Err(error) = self.jobs.open_files(self.dialogs.open_files()) {
            self.absorb(Event::FilesChosen(Err(no_thread(&error))));
        }
    }

    fn save_dialog(&mut self, ticket: Ticket, suggested_name: &str, extension: &str) {
        if let Err(error) = self.jobs.save_file(ticket, self.dialogs.save_file(suggested_name, extension)) {
            self.absorb(Event::SaveChosen { ticket, path: Err(no_thread(&error)) });
        }
    }

    fn absorb(&mut self, event: Event) {
        if let Event::PastedText(result) = event {
            // Without a text there is nothing for a field.
            self.link.for_field = result.ok();
            return;
        }
        let effects = self.session.absorb(event);
        self.carry_out(effects);
    }

    /// Writes the settings once they have rested for a while.
    fn remember(&mut self, ctx: &Context) {
        let memory = &mut self.memory;
        memory.settings.values.defaults = self.session.defaults;
        memory.settings.values.preferences = self.session.preferences;
        memory.settings.values.disclosed = self.view.disclosed();
        memory.settings.values.window = window_place(ctx).or(memory.settings.values.window);
        if memory.settings == memory.written {
            memory.changed_at = None;
            return;
        }
        let now = ctx.input(|it| it.time);
        let since = *memory.changed_at.get_or_insert(now);
        if now < since + SETTLED_SECS {
            ctx.request_repaint_after_secs((since + SETTLED_SECS - now) as f32);
        } else {
            self.write_settings();
        }
    }

    fn write_settings(&mut self) {
        let memory = &mut self.memory;
        if memory.settings != memory.written
            && let Some(path) = memory.file.clone()
        {
            let errand = Errand::Keep { path, text: memory.settings.to_text() };
            self.jobs.errand(Ticket::UNHEEDED, errand);
        }
        memory.written = memory.settings.clone();
        memory.changed_at = None;
    }

    /// The clipboard of text fields and the browser, which the toolkit would serve on this thread.
    fn serve_toolkit(&mut self, ctx: &Context) {
        let (mut texts, mut pages) = (vec![], vec![]);
        for command in ctx.output_mut(|output| std::mem::take(&mut output.commands)) {
            match command {
                OutputCommand::CopyText(text) => texts.push(text),
                OutputCommand::OpenUrl(page) => pages.push(page.url),
                OutputCommand::TextSelectionSettled(_) | OutputCommand::CopyImage(_) => {}
            }
        }
        pages.into_iter().for_each(|it| self.jobs.browse(it));
        for text in texts {
            let snippet = crate::engine::embed::Snippet { before: text, body: "".into(), after: String::new() };
            self.jobs.errand(Ticket::UNHEEDED, Errand::CopyText(snippet));
        }
    }

    /// The colours and the scale that the user chose, or the system.
    fn restyle(&self, ctx: &Context) {
        let Preferences { theme, scale_percent, .. } = self.session.preferences;
        ctx.options_mut(|it| it.theme_preference = self.surroundings.theme(theme));
        let scale = f32::from(scale_percent) / 100.0;
        if scale != ctx.zoom_factor() {
            ctx.set_zoom_factor(scale);
            // It is counted in points, which have just become larger or smaller.
            ctx.send_viewport_cmd(ViewportCommand::MinInnerSize(theme::LEAST_WINDOW.into()));
        }
    }

    fn retitle(&mut self, ctx: &Context) {
        let title = self.session.title();
        if self.link.title != title {
            ctx.send_viewport_cmd(ViewportCommand::Title(title.clone()));
            self.link.title = title;
        }
    }
}

impl eframe::App for Shell {
    fn logic(&mut self, ctx: &Context, frame: &mut eframe::Frame) {
        if self.frames.begin(ctx, frame.info().cpu_usage) {
            // Not before: the first frame needs the cores itself.
            self.jobs.start_ahead();
        }
        for event in self.jobs.poll() {
            if let Event::News(news) = &event {
                self.surroundings.heed(ctx, news);
            }
            self.absorb(event);
        }
        self.settle();
        self.restyle(ctx);
        self.retitle(ctx);
    }

    fn ui(&mut self, ui: &mut Ui, _frame: &mut eframe::Frame) {
        let ctx = ui.ctx().clone();
        let mut actions = vec![];
        intake::dropped(&ctx, &mut actions);
        let drag = self.surroundings.hovering(&ctx).map(|it| (it, self.surroundings.pointer(&ctx)));
        self.view.window_ui(ui, &mut self.session, drag, &mut actions);
        if !self.view.is_covered() {
            intake::pressed(&ctx, &mut actions);
        }
        if ctx.input_mut(|it| it.consume_key(Modifiers::COMMAND, Key::Q)) {
            ctx.send_viewport_cmd(ViewportCommand::Close);
        }
        for action in actions {
            match action {
                Action::Do(Verb::Settings) => self.view.toggle_settings(&ctx),
                action => self.act(action),
            }
        }
        self.settle();
        self.session.note_edits(is_gesture_underway(&ctx));
        self.serve_toolkit(&ctx);
        self.remember(&ctx);
        self.retitle(&ctx);
        ctx.accesskit_node_builder(egui::accesskit_root_id(), |node| node.set_label(self.link.title.as_str()));
    }

    /// With the toolkit's clipboard shortcuts off, text fields get theirs from here.
    fn raw_input_hook(&mut self, ctx: &Context, raw_input: &mut egui::RawInput) {
        if let Some(text) = self.link.for_field.take() {
            raw_input.events.push(egui::Event::Paste(text));
        }
        if !ctx.text_edit_focused() {
            return;
        }
        let mut wants_paste = false;
        for event in &mut raw_input.events {
            if let egui::Event::Key { key, pressed: true, modifiers, .. } = event
                && modifiers.command_only()
            {
                match key {
                    Key::C => *event = egui::Event::Copy,
                    Key::X => *event = egui::Event::Cut,
                    Key::V => wants_paste = true,
                    _ => {}
                }
            }
        }
        if wants_paste {
            self.jobs.errand(Ticket::UNHEEDED, Errand::PasteText);
        }
    }

    fn on_exit(&mut self, _gl: Option<&eframe::glow::Context>) {
        self.write_settings();
    }
}

fn no_thread(error: &io::Error) -> DialogError {
    DialogError::Unavailable(system_words(error))
}

/// Is the user in the middle of a drag, a turn of the wheel or a press of a key?
fn is_gesture_underway(ctx: &Context) -> bool {
    ctx.input(|it| it.pointer.any_down() || !it.keys_down.is_empty() || it.smooth_scroll_delta() != egui::Vec2::ZERO)
}

/// Where the window is now; `None` while it is minimised or not known. Counted in points of an
/// unscaled window, which it is when it is opened.
fn window_place(ctx: &Context) -> Option<WindowPlace> {
    let scale = ctx.zoom_factor();
    ctx.input(|it| {
        let viewport = it.viewport();
        if viewport.minimized.unwrap_or_default() {
            return None;
        }
        let inner = viewport.inner_rect?;
        let maximized = viewport.maximized.unwrap_or_default();
        let position = viewport.outer_rect.map(|it| [it.left() * scale, it.top() * scale]);
        Some(WindowPlace { size: [inner.width() * scale, inner.height() * scale], position, maximized })
    })
}
