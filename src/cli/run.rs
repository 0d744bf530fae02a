//! Carries a conversion out: several inputs at a time, results in the order of the inputs.
//!
//! The work runs on threads of its own while the main thread waits for its end or for Ctrl+C,
//! whichever comes first: a codec that cannot be interrupted does not keep anybody waiting.

use super::{
    aims,
    input::{Input, Unread},
    output::{Outlet, Parcel, Payload, SaveGate, Undelivered},
    plan::{Config, Report},
    progress::{Voice, bar, tell},
    report,
    values::Form,
};
use crate::{
    engine::{
        Cache, Cancel, EngineError, Facts, Limits, Tools, Warning,
        decode::Fonts,
        embed,
        embed::{SnippetFacts, Texts},
        pipeline::render,
        race,
        target::Found,
    },
    helper::{Allowance, Decoders, Early},
    jobs::{
        Millis, STACK_BYTES, Stopwatch,
        error::system_words,
        fetch::{FetchOrder, Web},
        guard::{Crashed, guard},
        hush_this_thread,
    },
};
use indicatif::ProgressBar;
use std::{
    collections::BTreeMap,
    io::{self, Write as _},
    process::ExitCode,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    thread,
    time::Instant,
};

/// So many inputs an input thread may be finished or under work before the oldest is delivered.
const AHEAD: usize = 4;

/// The status of a process that Ctrl+C ended: 128 and the number of the signal.
const INTERRUPTED: u8 = 130;

/// A result and what is reported of it.
pub(super) struct Made {
    pub(super) parcel: Parcel,
    /// Encoded bytes of the result.
    pub(super) bytes: usize,
    /// Bytes of the text as brotli, where that was asked for.
    pub(super) brotli: Option<usize>,
    pub(super) facts: Facts,
    pub(super) source_bytes: usize,
    pub(super) millis: Millis,
    /// From the beginning of reading to the finished text or bytes, in milliseconds.
    pub(super) total: f64,
    /// How it was found, where something was aimed for.
    pub(super) found: Option<Found>,
    /// How it misses what was aimed for.
    missed: Option<String>,
    warnings: Vec<String>,
    /// Advice that nobody asked for: it stands in the report only.
    hints: Vec<String>,
}

/// Why an input has no result.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error(transparent)]
    Unread(#[from] Unread),
    #[error(transparent)]
    Engine(#[from] EngineError),
    #[error(transparent)]
    Crashed(#[from] Crashed),
    #[error(transparent)]
    Undelivered(#[from] Undelivered),
    /// What came closest is in the report.
    #[error("{0}; --nearest writes what came closest")]
    Missed(String),
}

impl Failure {
    /// Did somebody ask to stop? That needs no words.
    fn is_cancelled(&self) -> bool {
        match self {
            Self::Engine(error) => matches!(error, EngineError::Cancelled),
            Self::Unread(Unread::Job(error)) | Self::Undelivered(Undelivered::Job(error)) => error.is_cancelled(),
            _ => false,
        }
    }
}

/// What the work and those who watch it share.
struct Shared {
    config: Config,
    decoders: Decoders,
    fonts: Fonts,
    limits: Limits,
    cancel: Cancel,
    gate: SaveGate,
    web: Box<dyn Web>,
    bar: ProgressBar,
}

/// What the main thread waits for.
enum End {
    Done(ExitCode),
    Interrupted,
}

/// Converts everything and says how the process should end. A helper may be there already.
pub fn convert(config: Config, fonts: Fonts, web: Box<dyn Web>, early: Option<Early>) -> ExitCode {
    let limits = Limits::default();
    let decoders = Decoders::contained(&limits, early, false).unwrap_or_else(|error| {
        log::warn!("no thread for the helpers: {error}");
        Decoders::direct()
    });
    // They come up while the pictures are read.
    decoders.want(config.jobs.min(config.inputs.len()));
    let (cancel, gate, bar) = (Cancel::default(), SaveGate::default(), bar(&config));
    let shared = Arc::new(Shared { config, decoders, fonts, limits, cancel, gate, web, bar });
    let interrupted = Arc::new(AtomicBool::new(false));
    let (ends, end) = mpsc::channel();
    let (flag, cancel, signal) = (interrupted.clone(), shared.cancel.clone(), ends.clone());
    let handler = ctrlc::set_handler(move || {
        flag.store(true, Ordering::Relaxed);
        cancel.cancel();
        signal.send(End::Interrupted).ok();
    });
    if let Err(error) = handler {
        log::warn!("Ctrl+C will end the process at once: {error}");
    }
    let work = shared.clone();
    let started = thread::Builder::new().name("convert".to_owned()).spawn(move || {
        let code = work_through(&work);
        ends.send(End::Done(code)).ok();
    });
    if started.is_err() {
        return ExitCode::FAILURE;
    }
    match end.recv() {
        Ok(End::Done(code)) if !interrupted.load(Ordering::Relaxed) => code,
        // The sender is gone only if the work died.
        Err(_) => ExitCode::FAILURE,
        Ok(_) => {
            // A file that is being written now is finished; none is begun, the flag is up.
            let _no_one_saves = shared.gate.write().unwrap_or_else(PoisonError::into_inner);
            ExitCode::from(INTERRUPTED)
        }
    }
}

/// Converts all inputs: threads make the results, this one delivers them in order.
fn work_through(shared: &Shared) -> ExitCode {
    let inputs = &shared.config.inputs;
    // Codecs split their work among these; a panic there is on its way to a guard.
    let pool = rayon::ThreadPoolBuilder::new().start_handler(|_| hush_this_thread());
    if let Err(error) = pool.build_global() {
        log::debug!("the pool was there already: {error}");
    }
    let threads = shared.config.jobs.min(inputs.len()).max(1);
    let (orders, queue) = mpsc::channel::<usize>();
    let queue = Mutex::new(queue);
    let (results, made) = mpsc::channel();
    thread::scope(|scope| {
        let queue = &queue;
        for index in 0..threads {
            let results = results.clone();
            let thread = thread::Builder::new().name(format!("convert-{index}")).stack_size(STACK_BYTES);
            let started = thread.spawn_scoped(scope, move || {
                while let Some((index, input)) = next(queue, inputs) {
                    let result = guard(|| make(shared, input));
                    if results.send((index, result)).is_err() {
                        break;
                    }
                }
            });
            if let Err(error) = started {
                log::error!("a thread did not start: {error}");
            }
        }
        drop(results);
        let code = Delivery::new(shared).run(threads * AHEAD, &orders, &made);
        // The threads wait for orders until there can be no more.
        drop(orders);
        code
    })
}

/// The next input to work on; `None` once there will be no more.
fn next<'a>(queue: &Mutex<mpsc::Receiver<usize>>, inputs: &'a [Input]) -> Option<(usize, &'a Input)> {
    let index = queue.lock().unwrap_or_else(PoisonError::into_inner).recv().ok()?;
    Some((index, inputs.get(index)?))
}

/// Reads one input and makes its result, ready to be delivered.
fn make(shared: &Shared, input: &Input) -> Result<Made, Failure> {
    shared.cancel.check()?;
    let start = Instant::now();
    let progress = |received| tell(&shared.bar, &input.name, received);
    let order = FetchOrder { max_bytes: shared.limits.max_source_bytes, cancel: &shared.cancel, progress: &progress };
    let source = input.read(&shared.limits, &*shared.web, &order)?;
    let read = Stopwatch::since(start);
    let (mut recipe, odd) = shared.config.recipe(source.format());
    recipe.output.aim = aims::named(&recipe.output.aim, input.alt(&source));
    let watch = Stopwatch::default();
    let decoder = shared.decoders.within(Allowance::default());
    let tools = Tools {
        observer: &watch,
        decoder: &decoder,
        encoder: &decoder,
        ..Tools::new(&shared.limits, &shared.fonts, &shared.cancel)
    };
    let mut cache = Cache::default();
    let product = match shared.config.wish.auto {
        Some(readers) => race::best(&source, &recipe, readers, &mut cache, tools)?,
        None => render(&source, &recipe, &mut cache, false, tools)?,
    };
    let facts = cache.facts().cloned().ok_or(EngineError::NotAnImage)?;
    let missed = product.miss().map(|it| it.to_string());
    let encoded = product.encoded;
    let payload = match shared.config.form {
        Form::File => Payload::Bytes(encoded.bytes.clone()),
        Form::Text(form) => {
            let stated = SnippetFacts { size: encoded.size, density: shared.config.density, alt: input.alt(&source) };
            let texts = Texts::of(encoded.format, &encoded.bytes);
            Payload::Text(embed::snippet(form, encoded.format, &texts, &stated))
        }
    };
    let brotli = match &payload {
        Payload::Text(text) if shared.config.brotli => Some(text.brotli(&shared.cancel)?.len()),
        _ => None,
    };
    let is_hint = |it: &&Warning| matches!(it, Warning::LargerThanSource { .. } | Warning::OriginalKept);
    let (hints, lost): (Vec<_>, Vec<_>) = product.warnings.iter().partition(is_hint);
    let nearest = missed.clone().filter(|_| shared.config.wish.takes_nearest);
    let warnings = shared.config.wish.warning.clone().into_iter().chain(odd).chain(nearest);
    let warnings = warnings.chain(lost.into_iter().map(ToString::to_string)).collect();
    Ok(Made {
        parcel: Parcel { payload, format: encoded.format, size: encoded.size },
        bytes: encoded.bytes.len(),
        brotli,
        facts,
        source_bytes: source.bytes().len(),
        millis: Millis { read: Some(read), ..watch.millis() },
        total: Stopwatch::since(start),
        found: product.found,
        missed,
        warnings,
        hints: hints.into_iter().map(ToString::to_string).collect(),
    })
}

/// Hands out the inputs and delivers the results in their order.
struct Delivery<'a> {
    shared: &'a Shared,
    outlet: Outlet<'a>,
    voice: Voice,
    failed: bool,
    /// Nobody reads standard output any more.
    unheard: bool,
}

impl<'a> Delivery<'a> {
    fn new(shared: &'a Shared) -> Self {
        let outlet = Outlet::new(&shared.config, &shared.cancel, &shared.gate);
        Self { shared, outlet, voice: Voice::new(&shared.config, shared.bar.clone()), failed: false, unheard: false }
    }

    /// Keeps at most `ahead` inputs in work or waiting, so that memory stays bounded.
    fn run(
        mut self,
        ahead: usize,
        orders: &mpsc::Sender<usize>,
        results: &mpsc::Receiver<(usize, Result<Made, Failure>)>,
    ) -> ExitCode {
        let inputs = &self.shared.config.inputs;
        let mut waiting = BTreeMap::new();
        let mut ordered = 0;
        let mut todo = inputs.iter().enumerate().peekable();
        while let Some(&(turn, input)) = todo.peek() {
            while ordered < inputs.len().min(turn + ahead) && orders.send(ordered).is_ok() {
                ordered += 1;
            }
            if let Some(result) = waiting.remove(&turn) {
                self.finish(input, result);
                todo.next();
            } else if let Ok((index, result)) = results.recv() {
                waiting.insert(index, result);
            } else {
                // Every thread has died.
                self.failed = true;
                break;
            }
            if self.unheard {
                self.shared.cancel.cancel();
                return ExitCode::SUCCESS;
            }
        }
        if self.failed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
    }

    /// Delivers one result and says what became of it.
    fn finish(&mut self, input: &Input, result: Result<Made, Failure>) {
        let (made, outcome) = match result {
            Ok(made) => {
                let outcome = match made.missed.clone().filter(|_| !self.shared.config.wish.takes_nearest) {
                    Some(miss) => Err(Failure::Missed(miss)),
                    None => self.outlet.deliver(input, &made.parcel).map_err(Failure::from),
                };
                (Some(made), outcome)
            }
            Err(failure) => (None, Err(failure)),
        };
        let warnings = made.as_ref().map(|it| it.warnings.as_slice()).unwrap_or_default();
        for warning in warnings {
            self.voice.say(&input.name, &format!("warning: {warning}"));
        }
        let outcome = match outcome {
            Ok(target) => Ok(target),
            Err(Failure::Undelivered(gone)) if gone.is_broken_pipe() => {
                self.unheard = true;
                return;
            }
            Err(failure) if failure.is_cancelled() => return,
            Err(failure) => {
                self.failed = true;
                let what = failure.to_string();
                self.voice.say(&input.name, &what);
                Err(what)
            }
        };
        self.voice.step();
        let written = outcome.as_deref().map_err(String::as_str);
        let hints = made.as_ref().map(|it| it.hints.as_slice()).unwrap_or_default();
        let all: Vec<&str> = warnings.iter().chain(hints).map(String::as_str).collect();
        self.report(&report::line(input, made.as_ref(), written, &all));
    }

    fn report(&mut self, line: &str) {
        let written = match self.shared.config.report {
            Report::None => Ok(()),
            Report::Stdout => writeln!(io::stdout(), "{line}"),
            Report::Stderr => writeln!(io::stderr(), "{line}"),
        };
        match written {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => self.unheard = true,
            Err(error) => {
                self.failed = true;
                self.voice.say("report", &system_words(&error));
            }
        }
    }
}
