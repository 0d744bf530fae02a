//! One window: the first start listens, a later one hands its inputs over and ends.
//!
//! A lock decides who is first, so that two starts at the same moment end with one window and a
//! socket left behind by a crash can be replaced. Where the system lets a socket have only one
//! owner, that decides.

use super::{address::Address, handover};
use crate::jobs::{
    Intake,
    ports::{News, Tell},
};
use interprocess::local_socket::{Listener, ListenerOptions, Stream, prelude::*};
use std::{
    fs::{File, TryLockError},
    io::{self, ErrorKind, Read, Write as _},
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc},
    thread,
    time::{Duration, Instant},
};

/// How long a start waits for the first window to take its inputs.
const PATIENCE: Duration = Duration::from_secs(1);
/// Between two looks at something that is about to be there.
const PAUSE: Duration = Duration::from_millis(10);

/// What becomes of a start of the program.
#[derive(Debug)]
pub enum Start {
    /// An open window has taken the inputs; there is nothing left to do.
    HandedOver,
    /// It opens a window; later starts ring here, if this one is the first.
    Window(Doorbell),
}

/// Where later starts ring. The default one nobody finds.
#[derive(Clone, Debug, Default)]
pub struct Doorbell(Arc<Mutex<Answering>>);

/// Who comes to the door.
enum Answering {
    /// The window is being opened; what came in until then waits.
    Soon(Vec<Vec<Intake>>),
    /// The window.
    Now(Tell),
    /// It was closed.
    Never,
}

impl Default for Answering {
    fn default() -> Self {
        Self::Soon(vec![])
    }
}

impl std::fmt::Debug for Answering {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            Self::Soon(_) => "Soon",
            Self::Now(_) => "Now",
            Self::Never => "Never",
        })
    }
}

impl Doorbell {
    /// From now on this is told who rang.
    pub(super) fn answer(&self, tell: &Tell) {
        let before = std::mem::replace(&mut *self.lock(), Answering::Now(tell.clone()));
        if let Answering::Soon(waiting) = before {
            waiting.into_iter().for_each(|it| tell(News::HandedOver(it)));
        }
    }

    /// Nobody is at home any more; whoever rings is told to help himself.
    pub(super) fn leave(&self) {
        *self.lock() = Answering::Never;
    }

    /// Is there somebody who takes these?
    fn ring(&self, intakes: Vec<Intake>) -> bool {
        match &mut *self.lock() {
            Answering::Soon(waiting) => waiting.push(intakes),
            Answering::Now(tell) => tell(News::HandedOver(intakes)),
            Answering::Never => return false,
        }
        true
    }

    fn lock(&self) -> MutexGuard<'_, Answering> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Decides whether this start opens a window. `anew`: it does, whoever is there already. Returns
/// at once when there is no window yet, and within a second when there is one.
pub fn start(intakes: &[Intake], anew: bool) -> Start {
    let message = if anew { None } else { handover::message(intakes) };
    match Address::of_this_user() {
        Ok(address) => start_at(&address, message),
        Err(error) => {
            log::debug!("later starts cannot find this window: {error}");
            Start::Window(Doorbell::default())
        }
    }
}

fn start_at(address: &Address, message: Option<Vec<u8>>) -> Start {
    let doorbell = Doorbell::default();
    match claim(address) {
        Ok(Some(first)) => listen(first, &doorbell),
        Ok(None) => {
            if message.is_some_and(|it| hand_over(address, it)) {
                return Start::HandedOver;
            }
        }
        Err(error) => log::debug!("later starts cannot find this window: {error}"),
    }
    Start::Window(doorbell)
}

/// What only the first window has, as long as its process lives.
struct First {
    listener: Listener,
    _lock: Option<File>,
}

impl First {
    fn serve(&self, doorbell: &Doorbell) {
        for caller in self.listener.incoming() {
            if let Err(error) = caller.and_then(|it| receive(&it, doorbell)) {
                log::debug!("a start that was not understood: {error}");
                // Some failures come again at once.
                thread::sleep(PAUSE);
            }
        }
    }
}

/// Becomes the first, if nobody is.
fn claim(address: &Address) -> io::Result<Option<First>> {
    let lock = match address.lock.as_deref().map(lock).transpose()? {
        Some(None) => return Ok(None),
        Some(lock) => lock,
        None => None,
    };
    // Whoever has the lock may put its socket in the place of one that was left behind.
    let options = ListenerOptions::new().name(address.name()?).try_overwrite(lock.is_some());
    match options.create_sync() {
        Ok(listener) => Ok(Some(First { listener, _lock: lock })),
        Err(error) if matches!(error.kind(), ErrorKind::AddrInUse | ErrorKind::PermissionDenied) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The lock, unless another process has it.
fn lock(path: &Path) -> io::Result<Option<File>> {
    let file = File::options().create(true).truncate(false).write(true).open(path)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

fn listen(first: First, doorbell: &Doorbell) {
    let doorbell = doorbell.clone();
    let listening = move || first.serve(&doorbell);
    if let Err(error) = thread::Builder::new().name("doorbell".to_owned()).spawn(listening) {
        log::debug!("later starts cannot find this window: {error}");
    }
}

fn receive(caller: &Stream, doorbell: &Doorbell) -> io::Result<()> {
    // Where the system has no such limits, others of the same user could keep us, but nobody else.
    caller.set_recv_timeout(Some(PATIENCE)).ok();
    caller.set_send_timeout(Some(PATIENCE)).ok();
    let intakes = handover::read(Until { stream: caller, end: Instant::now() + PATIENCE })?;
    if doorbell.ring(intakes) {
        let mut caller = caller;
        caller.write_all(&handover::GREETING)?;
    }
    Ok(())
}

/// Reads until some moment, so that nobody keeps us by saying one byte at a time.
struct Until<'a> {
    stream: &'a Stream,
    end: Instant,
}

impl Read for Until<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.end < Instant::now() {
            return Err(ErrorKind::TimedOut.into());
        }
        self.stream.read(buffer)
    }
}

/// Says the message to the first window; `false` if that does not take it in time.
fn hand_over(address: &Address, message: Vec<u8>) -> bool {
    let (done, answer) = mpsc::channel();
    let address = address.clone();
    // On a thread, because not every system lets a connection have an end.
    let talking = move || {
        let end = Instant::now() + PATIENCE;
        loop {
            match say(&address, &message) {
                Ok(()) => {
                    // Who has stopped waiting does not need the answer.
                    done.send(()).ok();
                    return;
                }
                // The first one has its lock already and its socket not yet.
                Err(error)
                    if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::ConnectionRefused)
                        && Instant::now() < end =>
                {
                    thread::sleep(PAUSE);
                }
                Err(error) => {
                    log::debug!("the first window does not answer: {error}");
                    return;
                }
            }
        }
    };
    thread::Builder::new().name("handing over".to_owned()).spawn(talking).is_ok()
        && answer.recv_timeout(PATIENCE).is_ok()
}

fn say(address: &Address, message: &[u8]) -> io::Result<()> {
    let mut stream = Stream::connect(address.name()?)?;
    stream.set_recv_timeout(Some(PATIENCE)).ok();
    stream.set_send_timeout(Some(PATIENCE)).ok();
    stream.write_all(message)?;
    let mut answer = [0; handover::GREETING.len()];
    stream.read_exact(&mut answer)?;
    if answer == handover::GREETING { Ok(()) } else { Err(ErrorKind::InvalidData.into()) }
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::{
        Address, Doorbell, Intake, Listener, ListenerOptions, News, PATIENCE, Start, claim, handover, start_at,
    };
    use interprocess::local_socket::prelude::*;
    use std::{
        io::{Read as _, Write as _},
        sync::{Arc, Barrier, mpsc},
        thread,
        time::{Duration, Instant},
    };

    const LONG: Duration = Duration::from_secs(20);

    fn spawn<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> thread::JoinHandle<T> {
        thread::Builder::new().name("another start".to_owned()).spawn(work).unwrap()
    }

    fn message(text: &str) -> Option<Vec<u8>> {
        handover::message(&[Intake::Text(text.to_owned())])
    }

    fn window(address: &Address) -> Doorbell {
        match start_at(address, message("nobody is there to take this")) {
            Start::Window(doorbell) => doorbell,
            Start::HandedOver => panic!("to whom?"),
        }
    }

    fn opened_window(address: &Address) -> (Doorbell, mpsc::Receiver<Vec<String>>) {
        let doorbell = window(address);
        let ears = answered(&doorbell);
        (doorbell, ears)
    }

    fn answered(doorbell: &Doorbell) -> mpsc::Receiver<Vec<String>> {
        let (said, heard) = mpsc::channel();
        let tell: super::Tell = Arc::new(move |news| match news {
            News::HandedOver(intakes) => {
                let words = intakes.into_iter().map(|it| match it {
                    Intake::Text(text) => text,
                    other => panic!("{other:?}"),
                });
                said.send(words.collect()).unwrap();
            }
            other => panic!("{other:?}"),
        });
        doorbell.answer(&tell);
        heard
    }

    fn is_handed_over(address: &Address, text: &str) -> bool {
        matches!(start_at(address, message(text)), Start::HandedOver)
    }

    #[test]
    fn the_second_start_hands_over_and_ends() {
        let folder = tempfile::tempdir().unwrap();
        let address = Address::in_folder(folder.path());
        let doorbell = window(&address);
        assert!(is_handed_over(&address, "while the window is being opened"));
        let heard = answered(&doorbell);
        assert!(is_handed_over(&address, "while it is open"));
        assert_eq!(heard.recv_timeout(LONG).unwrap(), ["while the window is being opened"]);
        assert_eq!(heard.recv_timeout(LONG).unwrap(), ["while it is open"]);
        // A start with nothing to open only wants the window to be seen.
        assert!(matches!(start_at(&address, handover::message(&[])), Start::HandedOver));
        assert_eq!(heard.recv_timeout(LONG).unwrap(), <[&str; 0]>::default());
        // What cannot be handed over opens a window.
        assert!(matches!(start_at(&address, None), Start::Window(_)));
        doorbell.leave();
        assert!(!is_handed_over(&address, "after it was closed"));
        assert!(heard.try_recv().is_err());
    }

    #[test]
    fn a_socket_left_behind_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let address = Address::in_folder(folder.path());
        // A socket file that nobody listens to, as a crash leaves it.
        std::os::unix::net::UnixListener::bind(folder.path().join("socket")).map(drop).unwrap();
        assert!(folder.path().join("socket").exists());
        let begin = Instant::now();
        let (_doorbell, heard) = opened_window(&address);
        assert!(begin.elapsed() < PATIENCE, "who finds nobody does not wait");
        assert!(is_handed_over(&address, "to the living"));
        assert_eq!(heard.recv_timeout(LONG).unwrap(), ["to the living"]);
    }

    #[test]
    fn who_does_not_answer_is_not_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let address = Address::in_folder(folder.path());
        let hung = claim(&address).unwrap().unwrap();
        let begin = Instant::now();
        assert!(!is_handed_over(&address, "to the deaf"));
        assert!(begin.elapsed() < LONG);
        drop(hung);
        assert!(claim(&address).unwrap().is_some(), "the lock goes with the process");
    }

    /// Another version answers with its own greeting, or not at all.
    #[test]
    fn another_version_is_not_believed() {
        let folder = tempfile::tempdir().unwrap();
        let address = Address::in_folder(folder.path());
        let _lock = super::lock(address.lock.as_deref().unwrap()).unwrap().unwrap();
        let listener: Listener = ListenerOptions::new().name(address.name().unwrap()).create_sync().unwrap();
        let other = spawn(move || {
            let mut caller = listener.accept().unwrap();
            caller.read_exact(&mut [0; 8]).unwrap();
            caller.write_all(b"INLAID\x00\x02").unwrap();
        });
        assert!(!is_handed_over(&address, "x"));
        other.join().unwrap();
    }

    #[test]
    fn nonsense_harms_nobody() {
        let folder = tempfile::tempdir().unwrap();
        let address = Address::in_folder(folder.path());
        let (_doorbell, heard) = opened_window(&address);
        let mut caller = super::Stream::connect(address.name().unwrap()).unwrap();
        caller.write_all(b"GET / HTTP/1.1\r\n\r\n").unwrap();
        let mut answer = vec![];
        // Whether it ends quietly or not, nothing is answered.
        caller.read_to_end(&mut answer).ok();
        assert!(answer.is_empty());
        assert!(is_handed_over(&address, "still here"));
        assert_eq!(heard.recv_timeout(LONG).unwrap(), ["still here"]);
    }

    #[test]
    fn of_many_starts_at_once_one_opens_a_window() {
        const STARTS: usize = 8;
        let folder = tempfile::tempdir().unwrap();
        let (address, gate) = (Address::in_folder(folder.path()), Arc::new(Barrier::new(STARTS)));
        let starts: Vec<_> = (0..STARTS)
            .map(|index| {
                let (address, gate) = (address.clone(), gate.clone());
                spawn(move || {
                    gate.wait();
                    match start_at(&address, message(&index.to_string())) {
                        Start::Window(doorbell) => Some(answered(&doorbell)),
                        Start::HandedOver => None,
                    }
                })
            })
            .collect();
        let windows: Vec<_> = starts.into_iter().filter_map(|it| it.join().unwrap()).collect();
        let [heard] = &windows[..] else { panic!("{} windows", windows.len()) };
        let n_heard = (1..STARTS).filter(|_| heard.recv_timeout(LONG).is_ok()).count();
        assert_eq!(n_heard, STARTS - 1);
    }
}
