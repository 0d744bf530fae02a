//! The device's thread, and how others reach it.

use super::{Drag, state::State};
use crate::platform::clipboard::offers::Fault;
use rustix::event::{PollFd, PollFlags, poll};
use std::{
    ffi::c_void,
    io::{self, ErrorKind, PipeReader, PipeWriter, Read as _, Write as _},
    os::fd::OwnedFd,
    ptr::NonNull,
    sync::{Arc, mpsc},
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
    /// The window is being closed.
    End,
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
                request => state.heed(request),
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
            // What woke it stands in the inbox.
            ear.read(&mut [0; 64])?;
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
