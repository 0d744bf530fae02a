//! Threads: who starts work, who cancels it and where it runs is decided here.
//!
//! * The **load lane** (two threads) reads and decodes what the user brought; the selected
//!   picture comes first, nothing is dropped.
//! * The **fetch lane** (three threads) waits for what is behind links, so that a slow server holds no file
//!   up, and hands it on to the load lane.
//! * The **render lane** (two threads) edits and encodes the picture that the user looks at, sends
//!   the bytes, and then decodes them back to be seen; the newest request replaces the waiting one
//!   and cancels what runs, beside which it runs when that does not stop at once. Only the oldest
//!   quick one may come to its end. What is too slow to follow a slider waits until that rests.
//! * The **race lane** (one thread) measures the look of what was made, and finds what other formats make of the
//!   same picture, when nothing newer is expected. In its pool waits, too, who measures how long a text is compressed.
//! * The **errand lane** (one thread) talks to the clipboard and writes files, in order.
//! * A **dialog** waits on a thread of its own, so that an open one holds nobody up.
//! * What the system tells by itself ([`ports::Outside`]) comes in as events among the others.
//!
//! Each lane runs the engine inside a rayon pool of its own, so that a hundred pictures being
//! loaded do not starve the one being looked at. Jobs know the engine and the [`ports`]; they
//! have never heard of the window.

mod around;
mod backlog;
mod compress;
mod errands;
pub mod error;
pub mod fetch;
pub mod guard;
mod latest;
mod load;
pub mod ports;
mod race;
pub mod read;
mod render;
pub mod request;
pub mod save;
pub mod stopwatch;
mod threads;
pub mod trace;

pub use self::{
    error::JobError,
    fetch::{Page, Received},
    guard::{guard, hush_this_thread},
    request::{
        Errand, Event, Glimpsed, Intake, LoadRequest, Loaded, Packed, RaceRequest, Raced, RenderRequest, Rendered,
        Ticket,
    },
    stopwatch::{Millis, Stopwatch},
    threads::STACK_BYTES,
    trace::Trace,
};

use self::{
    backlog::Backlog,
    fetch::Web,
    latest::Latest,
    load::LoadJob,
    ports::{Clipboard, Drops, FilesChosen, Outside, Painter, Pending, SaveChosen, Tidy, Waker},
    race::RaceJob,
    render::RenderJob,
    threads::{BEHIND_RENDERS, BEHIND_WINDOW, lane, pool, teller},
};
use crate::{
    engine::{Cache, Cancel, Limits, Source, decode::Fonts},
    helper::Decoders,
};
use rayon::ThreadPool;
use std::{
    collections::HashMap,
    io,
    sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc},
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

const LOAD_THREADS: usize = 2;
const FETCH_THREADS: usize = 3;
const RENDER_THREADS: usize = 2;

/// How long the end of the program waits for the clipboard to be handed over and for files
/// to be written.
const FAREWELL: Duration = Duration::from_secs(3);

/// What the threads are given.
pub struct Setup {
    /// Budgets of one picture.
    pub limits: Limits,
    /// Makes pixels of untrusted bytes.
    pub decoders: Decoders,
    /// Fonts for text in SVG, where no helper draws it.
    pub fonts: Fonts,
    /// The network, for links.
    pub web: Arc<dyn Web>,
    /// Makes pixels ready for the screen.
    pub painter: Painter,
    /// Wakes the window after an event.
    pub waker: Waker,
    /// The system's clipboard, used from the errand lane only.
    pub clipboard: Box<dyn Clipboard>,
    /// The system around the window.
    pub outside: Box<dyn Outside>,
    /// Gives freed memory back.
    pub tidy: Tidy,
    /// Where it is written down what took how long.
    pub trace: Trace,
}

/// What all lanes share.
struct Shared {
    limits: Limits,
    decoders: Decoders,
    fonts: Fonts,
    web: Arc<dyn Web>,
    painter: Painter,
    waker: Waker,
    tidy: Tidy,
    trace: Trace,
    loads: Backlog<LoadJob>,
    fetches: Backlog<LoadJob>,
    renders: Latest<RenderJob>,
    /// Whose it is to make a large picture quickly.
    turn: Mutex<()>,
    races: Latest<RaceJob>,
    cache: Mutex<Cache>,
    events: mpsc::Sender<Event>,
    load_pool: ThreadPool,
    render_pool: ThreadPool,
    /// Its own, so that a search for a slow format holds no render up.
    race_pool: ThreadPool,
}

impl Shared {
    /// The stages known of the picture rendered last.
    fn cache(&self) -> MutexGuard<'_, Cache> {
        self.cache.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn send(&self, event: Event) {
        if self.leave(event) {
            (self.waker)();
        }
    }

    /// Leaves an answer for whoever is awake; says whether anybody listens. When the program ends
    /// nobody does any more; then it has no reader.
    fn leave(&self, event: Event) -> bool {
        self.events.send(event).is_ok()
    }
}

/// A render that waits or runs.
struct Running {
    ticket: Ticket,
    source: Source,
    is_quick: bool,
    cancel: Cancel,
}

/// Handle on the threads. Dropping it cancels what runs, finishes the errands and waits for
/// them a little.
pub struct Jobs {
    shared: Arc<Shared>,
    answers: mpsc::Receiver<Event>,
    errands: Option<mpsc::Sender<(Ticket, Errand)>>,
    errand_thread: Option<JoinHandle<()>>,
    rendering: Vec<Running>,
    racing: Option<Cancel>,
    compressing: Option<Cancel>,
    loading: HashMap<Ticket, Cancel>,
    /// There until the end.
    outside: Option<Box<dyn Outside>>,
    /// Of the window that is open.
    drops: Option<Box<dyn Drops>>,
}

impl Jobs {
    /// Starts the threads.
    ///
    /// # Errors
    /// When the system gives no threads.
    pub fn spawn(setup: Setup) -> io::Result<Self> {
        let (events, answers) = mpsc::channel();
        let Setup { limits, decoders, fonts, web, painter, waker, clipboard, mut outside, tidy, trace } = setup;
        let shared = Arc::new(Shared {
            limits,
            decoders,
            fonts,
            web,
            painter,
            waker,
            tidy,
            trace,
            loads: Backlog::default(),
            fetches: Backlog::default(),
            renders: Latest::default(),
            turn: Mutex::default(),
            races: Latest::default(),
            cache: Mutex::default(),
            events,
            load_pool: pool("load", BEHIND_WINDOW)?,
            render_pool: pool("render", BEHIND_WINDOW)?,
            race_pool: pool("race", BEHIND_RENDERS)?,
        });
        for index in 0..LOAD_THREADS {
            let shared = shared.clone();
            lane(&format!("load {index}"), move || load::run(&shared))?;
        }
        for index in 0..FETCH_THREADS {
            let shared = shared.clone();
            lane(&format!("fetch {index}"), move || fetch::run(&shared))?;
        }
        for index in 0..RENDER_THREADS {
            let shared = shared.clone();
            lane(&format!("render {index}"), move || render::run(&shared))?;
        }
        let for_races = shared.clone();
        lane("race", move || race::run(&for_races))?;
        let (errands, inbox) = mpsc::channel();
        let for_errands = shared.clone();
        let errand_thread = Some(lane("errands", move || errands::run(&for_errands, &inbox, clipboard))?);
        let errands = Some(errands);
        outside.listen(teller(&shared));
        Ok(Self {
            shared,
            answers,
            errands,
            errand_thread,
            rendering: vec![],
            racing: None,
            compressing: None,
            loading: HashMap::new(),
            outside: Some(outside),
            drops: None,
        })
    }

    /// Starts what is needed for loading, so that the first picture need not wait for it.
    pub fn start_ahead(&self) {
        self.shared.decoders.want(thread::available_parallelism().map_or(1, usize::from));
    }

    /// Queues a load.
    pub fn load(&mut self, request: LoadRequest) {
        let cancel = Cancel::default();
        self.loading.insert(request.ticket, cancel.clone());
        let queue = if matches!(request.intake, Intake::Link(_)) { &self.shared.fetches } else { &self.shared.loads };
        queue.put((request, cancel));
    }

    /// Loads this one before the others that wait.
    pub fn prefer_load(&self, ticket: Ticket) {
        for queue in [&self.shared.loads, &self.shared.fetches] {
            queue.prefer(|(request, _)| request.ticket == ticket);
        }
    }

    /// Nobody wants this load any more.
    pub fn cancel_load(&mut self, ticket: Ticket) {
        if let Some(cancel) = self.loading.remove(&ticket) {
            cancel.cancel();
        }
        for queue in [&self.shared.loads, &self.shared.fetches] {
            queue.remove(|(request, _)| request.ticket == ticket);
        }
    }

    /// Replaces the render that waits and cancels those that run, all but the oldest quick one of
    /// the same picture: with a slider that never rests there would never be anything to see.
    pub fn render(&mut self, request: RenderRequest) {
        let mut is_kept = false;
        self.rendering.retain(|it| {
            let keep = !is_kept && it.is_quick && it.source.is(&request.source);
            is_kept |= keep;
            if !keep {
                it.cancel.cancel();
            }
            keep
        });
        let is_quick = request.is_live();
        let (cancel, source) = (Cancel::default(), request.source.clone());
        self.rendering.push(Running { ticket: request.ticket, source, is_quick, cancel: cancel.clone() });
        if let Some((replaced, _)) = self.shared.renders.put((request, cancel)) {
            self.rendering.retain(|it| it.ticket != replaced.ticket);
        }
    }

    /// Cancels the renders that run.
    pub fn cancel_render(&mut self) {
        self.rendering.drain(..).for_each(|it| it.cancel.cancel());
    }

    /// Begins a race instead of the one that runs.
    pub fn race(&mut self, request: RaceRequest) {
        self.cancel_race();
        let cancel = Cancel::default();
        self.racing = Some(cancel.clone());
        self.shared.races.put((request, cancel));
    }

    /// Nobody waits for the race any more.
    pub fn cancel_race(&mut self) {
        self.racing.take().into_iter().for_each(|it| it.cancel());
    }

    /// Lets go of what the renders know of this source.
    pub fn let_go(&self, source: &Source) {
        let mut cache = self.shared.cache();
        if cache.knows(source) {
            cache.clear();
        }
    }

    /// Frees memory, without anybody waiting for it.
    pub fn discard(&self, memory: impl Send + 'static) {
        self.shared.load_pool.spawn(move || drop(memory));
    }

    /// Queues an errand.
    pub fn errand(&self, ticket: Ticket, errand: Errand) {
        if let Some(errands) = &self.errands {
            // The lane ends only with this handle; were it gone, there would be nobody to tell.
            if errands.send((ticket, errand)).is_err() {
                log::error!("the errand lane has ended");
            }
        }
    }

    /// Waits for a dialog's answer on a thread of its own and sends it as an event.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn open_files(&self, dialog: Pending<FilesChosen>) -> io::Result<()> {
        let shared = self.shared.clone();
        lane("open dialog", move || shared.send(Event::FilesChosen(guard(dialog))))?;
        Ok(())
    }

    /// Like [`Jobs::open_files`], for the dialog that asks where to save.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn save_file(&self, ticket: Ticket, dialog: Pending<SaveChosen>) -> io::Result<()> {
        let shared = self.shared.clone();
        lane("save dialog", move || shared.send(Event::SaveChosen { ticket, path: guard(dialog) }))?;
        Ok(())
    }

    /// The answers that have come in; does not wait.
    pub fn poll(&mut self) -> Vec<Event> {
        let events: Vec<Event> = self.answers.try_iter().collect();
        for event in &events {
            match event {
                Event::Loaded { ticket, .. } => {
                    self.loading.remove(ticket);
                }
                Event::Rendered { ticket, .. } => self.rendering.retain(|it| it.ticket != *ticket),
                _ => {}
            }
        }
        events
    }
}

impl Drop for Jobs {
    fn drop(&mut self) {
        // First, so that a later start does not hand its files to a window that is closed already.
        self.outside = None;
        self.drops = None;
        self.cancel_render();
        self.cancel_race();
        self.cancel_compress();
        self.loading.values().for_each(Cancel::cancel);
        self.shared.loads.close();
        self.shared.fetches.close();
        self.shared.renders.close();
        self.shared.races.close();
        self.errands = None;
        let Some(thread) = self.errand_thread.take() else { return };
        let deadline = Instant::now() + FAREWELL;
        while !thread.is_finished() && Instant::now() < deadline {
            thread::park_timeout(Duration::from_millis(5));
        }
    }
}
