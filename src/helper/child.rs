//! One helper process, seen from the program: started, given orders, killed.

use super::{
    Program, Transport,
    budget::Allowance,
    check::{self, Believed, Lie},
    protocol::{self, Answer, EncodeOrder, Order, Outcome, Request, Task, VERSION},
    streams, system,
    wire::{Connection, Heard, Loan, Process, Speaker, listen},
};
use crate::engine::{Bytes, Cancel, EngineError, Format, Limits, Source, raster::Storage};
use std::{
    io::{self, Read as _},
    process::ExitStatus,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc::{self, RecvTimeoutError},
    },
    thread,
    time::{Duration, Instant},
};

/// A cancel is heard of within this time.
const GLANCE: Duration = Duration::from_millis(10);
/// A helper that has not said by then that it is there will not.
const START: Duration = Duration::from_secs(5);
/// What is there to be seen until the picture is there is not waited for longer than people wait.
const GLIMPSE: Duration = Duration::from_secs(2);
/// A process whose connection has closed has ended by then.
const LAST_BREATH: Duration = Duration::from_secs(1);
/// The signal that no process can refuse.
const KILL: i32 = 9;
/// Of a helper's last words.
const LAST_WORDS_BYTES: u64 = 1 << 16;

/// Called once the helper's connection has ended, from a thread of its own.
pub(super) type WhenGone = Box<dyn FnOnce() + Send>;

/// Why an order was not carried out.
pub(super) enum Failure {
    /// The helper said why; it is ready for the next order.
    Refused(EngineError),
    /// The helper is gone or has to go; this is what to say of the picture.
    Over(EngineError),
    /// Somebody else ended the helper: the picture may be in order.
    Killed,
}

/// A running helper. Dropping it ends the process.
pub(super) struct Child {
    process: Box<dyn Process>,
    speaker: Box<dyn Speaker>,
    heard: mpsc::Receiver<Heard>,
    last_words: Option<Box<dyn io::Read + Send>>,
    /// Its connection has ended.
    is_gone: Arc<AtomicBool>,
}

impl Child {
    /// Starts the process; it goes when the calling thread does, so that should live long.
    ///
    /// # Errors
    /// When it cannot be started.
    pub(super) fn start(program: &Program, limits: &Limits, when_gone: WhenGone) -> io::Result<Self> {
        let connection = match program.transport {
            Transport::Native => system::start(program)?,
            Transport::Streams => streams::start(program)?,
        };
        Self::adopt(connection, limits, when_gone)
    }

    /// Takes over a process that was started.
    ///
    /// # Errors
    /// When the system gives no thread; then the process is ended.
    pub(super) fn adopt(connection: Connection, limits: &Limits, when_gone: WhenGone) -> io::Result<Self> {
        let Connection { process, speaker, answers, last_words } = connection;
        let (sender, heard) = mpsc::channel();
        let (is_gone, most) = (Arc::new(AtomicBool::new(false)), limits.max_bytes);
        let child = Self { process, speaker, heard, last_words: Some(last_words), is_gone: is_gone.clone() };
        thread::Builder::new().name("helper's answers".to_owned()).spawn(move || {
            listen(answers, most, &sender);
            drop(sender);
            is_gone.store(true, Ordering::Relaxed);
            when_gone();
        })?;
        Ok(child)
    }

    /// Has the process ended, or its connection?
    pub(super) fn is_gone(&mut self) -> bool {
        self.is_gone.load(Ordering::Relaxed) || self.process.try_wait().is_some()
    }

    /// Waits until the helper is contained; returns which walls are missing.
    ///
    /// # Errors
    /// A few words on why it never will be.
    pub(super) fn await_ready(&mut self) -> Result<Vec<String>, String> {
        match self.heard.recv_timeout(START) {
            Ok(Heard::Answer(Answer::Ready { version: VERSION, missing })) => Ok(missing),
            Ok(Heard::Answer(Answer::Ready { .. })) => Err("it is of another version; start Inlaid anew".to_owned()),
            Err(RecvTimeoutError::Timeout) => Err("it did not answer".to_owned()),
            Ok(_) | Err(RecvTimeoutError::Disconnected) => {
                let (status, words) = self.end();
                let status = status.map_or_else(|| "it ended".to_owned(), |it| it.to_string());
                Err(words.lines().last().map_or(status.clone(), |words| format!("{status}: {words}")))
            }
        }
    }

    /// Has an order carried out, within what is allowed.
    pub(super) fn work(
        &mut self,
        task: Task,
        source: &Source,
        limits: &Limits,
        allowance: Allowance,
        cancel: &Cancel,
    ) -> Result<Believed, Failure> {
        let bytes = source.bytes();
        let (time, memory) = match task {
            Task::Glimpse => (Some(GLIMPSE), allowance.memory(system::machine_memory())),
            Task::Decode { .. } | Task::Measure => {
                (Some(allowance.time(bytes.len())), allowance.memory(system::machine_memory()))
            }
            // It takes what it takes: the text is our own.
            Task::Compress => (None, u64::MAX),
        };
        let order = Order {
            task,
            max_pixels: limits.max_pixels,
            max_bytes: limits.max_bytes,
            max_source_bytes: limits.max_source_bytes,
            source_bytes: bytes.len() as u64,
        };
        system::bound_memory(self.process.id(), memory.saturating_add(order.source_bytes));
        let (result, lent) = self.ask(&Request::Work(order), bytes, memory, time, limits, cancel)?;
        self.done(result, lent, task, source, limits)
    }

    /// Has a picture encoded, which takes what it takes: the pixels are not a stranger's any more.
    pub(super) fn encode(
        &mut self,
        order: EncodeOrder,
        pixels: &Bytes,
        format: Format,
        limits: &Limits,
        cancel: &Cancel,
    ) -> Result<Bytes, Failure> {
        system::bound_memory(self.process.id(), u64::MAX);
        let (result, lent) = self.ask(&Request::Encode(order), pixels, u64::MAX, None, limits, cancel)?;
        let encoded = match result {
            Ok(outcome) => check::pixel_bytes(&outcome, limits)
                .and_then(|bytes| bytes.map(|bytes| lent.taken_back(bytes)).transpose())
                .and_then(|bytes| check::encoded(&outcome, bytes, format)),
            Err(fault) => match check::encode_fault(&fault, format) {
                Ok(error) => return Err(Failure::Refused(error)),
                Err(lie) => Err(lie),
            },
        };
        encoded.map_err(|Lie| self.put_down(EngineError::DecoderCrashed))
    }

    /// Gives an order and waits for what comes of it, no longer than it may take.
    fn ask(
        &mut self,
        order: &Request,
        bytes: &Bytes,
        memory: u64,
        time: Option<Duration>,
        limits: &Limits,
        cancel: &Cancel,
    ) -> Result<(Result<Outcome, protocol::Fault>, Lent), Failure> {
        if self.speaker.order(order, bytes).is_err() {
            return Err(self.gone(memory));
        }
        let begun = Instant::now();
        let mut lent = Lent::default();
        loop {
            let heard = self.heard.recv_timeout(GLANCE);
            if cancel.is_cancelled() {
                return Err(self.put_down(EngineError::Cancelled));
            }
            match heard {
                Ok(Heard::Answer(Answer::Done(result))) => return Ok((result, lent)),
                Ok(heard) => match self.provide(heard, lent, limits) {
                    Ok(now_lent) => lent = now_lent,
                    Err(Lie) => return Err(self.put_down(EngineError::DecoderCrashed)),
                },
                Err(RecvTimeoutError::Disconnected) => return Err(self.gone(memory)),
                Err(RecvTimeoutError::Timeout) => {
                    if let Some(time) = time.filter(|time| *time < begun.elapsed()) {
                        return Err(self.put_down(EngineError::OutOfTime { seconds: time.as_secs() }));
                    }
                }
            }
        }
    }

    /// Gives what the helper needs on the way: memory at most twice, since what one decoder gives up
    /// another one begins anew.
    fn provide(&self, heard: Heard, lent: Lent, limits: &Limits) -> Result<Lent, Lie> {
        let loan = |bytes| match bytes {
            1.. if bytes <= limits.max_bytes => self.speaker.lend(bytes).map_err(|_gone| Lie),
            _ => Err(Lie),
        };
        match (heard, lent) {
            (Heard::Answer(Answer::Lend { bytes }), Lent::Nothing) => loan(bytes).map(Lent::Loan),
            (Heard::Answer(Answer::Lend { bytes }), Lent::Loan(_)) => loan(bytes).map(Lent::LastLoan),
            (Heard::Pixels(pixels), Lent::Nothing) => Ok(Lent::Sent(pixels)),
            _ => Err(Lie),
        }
    }

    /// Looks at the result.
    fn done(
        &mut self,
        result: Result<Outcome, protocol::Fault>,
        lent: Lent,
        task: Task,
        source: &Source,
        limits: &Limits,
    ) -> Result<Believed, Failure> {
        let believed = match result {
            Ok(outcome) => check::pixel_bytes(&outcome, limits)
                .and_then(|bytes| bytes.map(|bytes| lent.taken_back(bytes)).transpose())
                .and_then(|pixels| check::believe(outcome, pixels, task, source, limits)),
            Err(fault) => match check::fault(fault, source) {
                // What a panic left behind is nobody's to trust.
                Ok(EngineError::DecoderCrashed) => Err(Lie),
                Ok(error) => return Err(Failure::Refused(error)),
                Err(lie) => Err(lie),
            },
        };
        believed.map_err(|Lie| self.put_down(EngineError::DecoderCrashed))
    }

    /// Ends the helper, for this reason. What is left of it goes with this handle, which takes as
    /// long as the system takes to free its memory.
    fn put_down(&mut self, why: EngineError) -> Failure {
        self.process.kill();
        log::info!("a decoder was ended: {why}");
        Failure::Over(why)
    }

    /// The helper has ended, or at least closed its connection: what of?
    fn gone(&mut self, memory: u64) -> Failure {
        let until = Instant::now() + LAST_BREATH;
        let mut status = None;
        while status.is_none() && Instant::now() < until {
            status = self.process.try_wait();
            thread::park_timeout(Duration::from_millis(1));
        }
        let (_, words) = self.end();
        log::info!("a decoder has ended: {status:?} {words}");
        // So says the runtime of Rust before it aborts.
        if words.contains("memory allocation of") {
            return Failure::Over(EngineError::OutOfMemory { limit_megabytes: memory / 1_000_000 });
        }
        // Nobody but us and the system kills: its own faults end a process by other signals.
        if status.and_then(signal) == Some(KILL) { Failure::Killed } else { Failure::Over(EngineError::DecoderCrashed) }
    }

    /// Ends the process; how it ended and what it said last.
    fn end(&mut self) -> (Option<ExitStatus>, String) {
        self.process.kill();
        let status = self.process.wait();
        let mut words = vec![];
        if let Some(stream) = self.last_words.take() {
            // What cannot be read was not said.
            stream.take(LAST_WORDS_BYTES).read_to_end(&mut words).ok();
        }
        (status, String::from_utf8_lossy(&words).into_owned())
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        self.end();
    }
}

/// The memory for the pixels of one order.
#[derive(Default)]
enum Lent {
    #[default]
    Nothing,
    Loan(Box<dyn Loan>),
    LastLoan(Box<dyn Loan>),
    Sent(Vec<u8>),
}

impl Lent {
    /// The pixels, which nobody can change any more.
    fn taken_back(self, bytes: u64) -> Result<Storage, Lie> {
        match self {
            Self::Nothing => Err(Lie),
            Self::Loan(loan) | Self::LastLoan(loan) => loan.taken_back(bytes).map_err(|_writable| Lie),
            Self::Sent(pixels) => Ok(Arc::new(pixels)),
        }
    }
}

/// The number of the signal that ended a process.
fn signal(status: ExitStatus) -> Option<i32> {
    #[cfg(unix)]
    {
        std::os::unix::process::ExitStatusExt::signal(&status)
    }
    #[cfg(not(unix))]
    {
        let _exit_codes_only = status;
        None
    }
}
