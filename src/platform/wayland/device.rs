//! The device's thread, and how others reach it.

use super::{Drag, state::State};
use crate::platform::clipboard::offers::{Fault, PATIENCE};
use rustix::event::{PollFd, PollFlags, poll};
use std::{
    ffi::c_void,
    io::{self, ErrorKind, PipeReader, PipeWriter, Read as _, Write as _},
    os::fd::OwnedFd,
    ptr::NonNull,
    sync::{Arc, Mutex, PoisonError, mpsc},
    thread::{self, JoinHandle},
};
use wayland_client::{
    Connection,
    backend::{Backend, WaylandError},
};

/// What other threads ask of the device.
pub(super) enum Request {
    /// This offer in this kind is to be written there.
    Receive { offer: u64, kind: String, pipe: OwnedFd },
    /// Would the drag be taken, as this kind?
    Answer { drag: u64, kind: Option<String> },
    /// The drag that was dropped has been read, or could not be.
    Finish { drag: u64, is_taken: bool },
    /// Which offer is on the clipboard, in which kinds?
    Selection { answer: mpsc::Sender<Result<Option<Offered>, Fault>> },
    /// The window is to own the clipboard, in these kinds.
    Own { kinds: Vec<String>, outlet: Outlet, answer: mpsc::Sender<Result<(), Fault>> },
    /// The window is being closed.
    End,
}

/// The number of an offer and its kinds.
pub(super) type Offered = (u64, Vec<String>);

/// Somebody wants what was copied.
#[derive(Debug)]
pub(in crate::platform) struct Wanted {
    /// As one of the kinds that are offered, or any other.
    pub(in crate::platform) kind: String,
    /// Into this pipe, which is closed when it is all.
    pub(in crate::platform) pipe: OwnedFd,
}

/// Where it is told what is wanted of a copy. It goes when something else is copied.
pub(in crate::platform) struct Outlet(Mutex<Option<(mpsc::Sender<Wanted>, PipeWriter)>>);

impl Outlet {
    /// Each byte in the pipe, and its end, stand for something to hear.
    pub(in crate::platform) fn new(wants: mpsc::Sender<Wanted>, wake: PipeWriter) -> Self {
        Self(Mutex::new(Some((wants, wake))))
    }

    pub(super) fn tell(&self, wanted: Wanted) {
        let mut outlet = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some((wants, wake)) = &mut *outlet else { return };
        let told = wants.send(wanted).map_err(Fault::from).and_then(|()| Ok(wake.write_all(&[0])?));
        told.unwrap_or_else(|why| log::warn!("what was copied is not handed out: {why}"));
    }

    pub(super) fn close(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
    }
}

/// Reaches the thread of a device from any other.
#[derive(Clone, Debug)]
pub(in crate::platform) struct Line {
    requests: mpsc::Sender<Request>,
    /// Each byte wakes the thread.
    wake: Arc<PipeWriter>,
}

impl Line {
    /// # Errors
    /// When the thread has ended.
    fn ask(&self, request: Request) -> Result<(), Fault> {
        self.requests.send(request).map_err(|_ended| "the window is being closed")?;
        Ok((&*self.wake).write_all(&[0])?)
    }

    /// Where the content of an offer comes in; nothing at all when there is no such offer any more.
    ///
    /// # Errors
    /// When there is no pipe, or the thread has ended.
    pub(in crate::platform) fn receive(&self, offer: u64, kind: &str) -> Result<PipeReader, Fault> {
        let (reader, writer) = io::pipe()?;
        self.ask(Request::Receive { offer, kind: kind.to_owned(), pipe: writer.into() })?;
        Ok(reader)
    }

    /// The offer that is on the clipboard and its kinds; nothing when nothing was copied.
    ///
    /// # Errors
    /// When the window does not have the focus, or the thread has ended.
    pub(in crate::platform) fn selection(&self) -> Result<Option<Offered>, Fault> {
        let (answer, answers) = mpsc::channel();
        self.ask(Request::Selection { answer })?;
        answers.recv_timeout(PATIENCE)?
    }

    /// Owns the clipboard from now on.
    ///
    /// # Errors
    /// When the window does not have the focus, the compositor does not let it, or the thread has ended.
    pub(in crate::platform) fn own(&self, kinds: Vec<String>, outlet: Outlet) -> Result<(), Fault> {
        let (answer, answers) = mpsc::channel();
        self.ask(Request::Own { kinds, outlet, answer })?;
        answers.recv_timeout(PATIENCE).map_err(|_silence| "the compositor does not answer")?
    }

    /// Tells the source whether the drag would be taken, as which kind.
    ///
    /// # Errors
    /// When the thread has ended.
    pub(in crate::platform) fn answer(&self, drag: u64, kind: Option<String>) -> Result<(), Fault> {
        self.ask(Request::Answer { drag, kind })
    }

    /// Tells the source what became of its drop.
    ///
    /// # Errors
    /// When the thread has ended.
    pub(in crate::platform) fn finish(&self, drag: u64, is_taken: bool) -> Result<(), Fault> {
        self.ask(Request::Finish { drag, is_taken })
    }
}

/// The data device of a window. Must be let go before the window.
pub(in crate::platform) struct Device {
    /// Until the thread has it.
    connection: Option<Connection>,
    running: Option<(Line, JoinHandle<()>)>,
}

impl Device {
    /// A device on the connection that a window has to its compositor.
    #[expect(unsafe_code, reason = "a foreign pointer; the proof stands at the call")]
    pub(in crate::platform) fn on(display: NonNull<c_void>) -> Self {
        // SAFETY: the pointer comes from the window's `DisplayHandle`, so it is the `wl_display` that the
        // toolkit has opened through the same libwayland. The toolkit closes it when its event loop goes,
        // and lets the window's app go before that (`ui::run`: the loop returns to whoever started it).
        // This device is let go with the app (`ui::berth`), and its `drop` waits for the thread without a
        // limit. Everything that is made of this backend is owned by the thread and does not leave it
        // (`Line` and `WindowLink` hold channels and pipes alone), so nothing refers to the display any
        // more once it is closed. libwayland lets several threads use one display, each with queues of
        // its own, and this backend makes its own.
        let backend = unsafe { Backend::from_foreign_display(display.as_ptr().cast()) };
        Self { connection: Some(Connection::from_backend(backend)), running: None }
    }

    /// Begins to tell of drags.
    ///
    /// # Errors
    /// When it was called before, or the system gives no thread or pipe.
    pub(in crate::platform) fn begin(&mut self, drags: mpsc::Sender<Drag>) -> Result<Line, Fault> {
        let connection = self.connection.take().ok_or("it has begun already")?;
        let (requests, inbox) = mpsc::channel();
        let (ear, wake) = io::pipe()?;
        let line = Line { requests, wake: Arc::new(wake) };
        let serve = move || {
            if let Err(why) = serve(&connection, &inbox, ear, drags) {
                log::warn!("the data device of the window has ended: {why}");
            }
        };
        let thread = thread::Builder::new().name("data device".to_owned()).spawn(serve)?;
        self.running = Some((line.clone(), thread));
        Ok(line)
    }
}

impl Drop for Device {
    fn drop(&mut self) {
        let Some((line, thread)) = self.running.take() else { return };
        if let Err(why) = line.ask(Request::End) {
            log::info!("the data device has ended before the window: {why}");
        }
        if thread.join().is_err() {
            log::error!("the data device crashed");
        }
    }
}

/// Hears the compositor and others until the end is wanted.
///
/// # Errors
/// When the compositor is gone.
fn serve(
    connection: &Connection,
    inbox: &mpsc::Receiver<Request>,
    mut ear: PipeReader,
    drags: mpsc::Sender<Drag>,
) -> Result<(), Fault> {
    let mut queue = connection.new_event_queue();
    let handle = queue.handle();
    connection.display().get_registry(&handle, ());
    let mut state = State::new(drags);
    loop {
        queue.dispatch_pending(&mut state)?;
        for request in inbox.try_iter() {
            match request {
                Request::End => {
                    state.release();
                    return flushed(connection).map(drop);
                }
                request => state.heed(request, connection, &handle),
            }
        }
        let is_all_sent = flushed(connection)?;
        // There is none while something was read that has not been heeded.
        let Some(reading) = queue.prepare_read() else { continue };
        // Who is about to read keeps the other threads of the display from reading on, so it waits for
        // nothing else.
        let talk = if is_all_sent { PollFlags::IN } else { PollFlags::IN | PollFlags::OUT };
        let mut ears = [PollFd::from_borrowed_fd(reading.connection_fd(), talk), PollFd::new(&ear, PollFlags::IN)];
        match poll(&mut ears, None) {
            Ok(_) => {}
            Err(rustix::io::Errno::INTR) => continue,
            Err(why) => return Err(why.into()),
        }
        let [can_read, is_woken] = ears.each_ref().map(|it| !(it.revents() - PollFlags::OUT).is_empty());
        if can_read {
            match reading.read() {
                // Another thread was there first, or it is half a message.
                Err(WaylandError::Io(why)) if why.kind() == ErrorKind::WouldBlock => {}
                read => drop(read?),
            }
        }
        if is_woken {
            // One for each request, which stands in the inbox before.
            ear.read_exact(&mut [0])?;
        }
    }
}

/// Sends what was said; `false` when the compositor has no room for all of it now.
fn flushed(connection: &Connection) -> Result<bool, Fault> {
    match connection.flush() {
        Ok(()) => Ok(true),
        Err(WaylandError::Io(why)) if why.kind() == ErrorKind::WouldBlock => Ok(false),
        Err(why) => Err(why.into()),
    }
}
