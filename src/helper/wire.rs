//! How requests, answers and pixels travel: over a socket that carries shared memory (Linux), or
//! over the standard streams, where bytes and pixels follow their message (everywhere).
//!
//! | | socket | streams |
//! |---|---|---|
//! | the encoded bytes | sealed memory beside [`Request::Work`] | follow it |
//! | the pixels | written into memory that was lent ([`Answer::Lend`], [`Request::Memory`]) | follow [`Answer::Pixels`] |

use super::protocol::{self, Answer, Request};
use crate::engine::{Bytes, decode::Lent};
use std::{
    io::{self, Read, Write},
    process::ChildStdin,
    sync::mpsc,
    thread,
};

#[cfg(target_os = "linux")]
use super::memory::{self, Canvas, Loan};
#[cfg(target_os = "linux")]
use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer, SendAncillaryMessage, SendFlags,
};
#[cfg(target_os = "linux")]
use std::{
    io::{IoSlice, IoSliceMut},
    mem::MaybeUninit,
    os::{
        fd::{AsFd as _, BorrowedFd, OwnedFd},
        unix::net::UnixStream,
    },
};

/// The program's end, for what it says.
pub(super) enum Speaker {
    #[cfg(target_os = "linux")]
    Socket(UnixStream),
    /// To the thread that writes: that takes as long as the helper takes to read.
    Stream(mpsc::Sender<(Vec<u8>, Bytes)>),
}

impl Speaker {
    /// One that writes to a helper's standard input.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub(super) fn to_stream(mut stream: ChildStdin) -> io::Result<Self> {
        let (sender, letters) = mpsc::channel::<(Vec<u8>, Bytes)>();
        thread::Builder::new().name("helper's orders".to_owned()).spawn(move || {
            for (frame, source) in letters {
                let written = stream.write_all(&frame).and_then(|()| stream.write_all(&source));
                // Whoever waits for the answer hears that the helper is gone.
                if written.and_then(|()| stream.flush()).is_err() {
                    return;
                }
            }
        })?;
        Ok(Self::Stream(sender))
    }

    /// Sends an order with the bytes that it is about.
    ///
    /// # Errors
    /// Mostly that the helper is gone.
    pub(super) fn order(&self, request: &Request, source: &Bytes) -> io::Result<()> {
        let frame = protocol::frame(request)?;
        match self {
            #[cfg(target_os = "linux")]
            Self::Socket(socket) => send(socket, &frame, memory::handle(source)?.as_fd()),
            Self::Stream(letters) => {
                letters.send((frame, source.clone())).map_err(|_gone| io::ErrorKind::BrokenPipe.into())
            }
        }
    }

    /// Hands over the memory that was asked for.
    ///
    /// # Errors
    /// Mostly that the helper is gone.
    #[cfg(target_os = "linux")]
    pub(super) fn lend(&self, loan: &Loan) -> io::Result<()> {
        match self {
            Self::Socket(socket) => send(socket, &protocol::frame(&Request::Memory)?, loan.as_fd()),
            Self::Stream(_) => Err(io::ErrorKind::Unsupported.into()),
        }
    }
}

/// What the program hears.
pub(super) enum Heard {
    Answer(Answer),
    /// Pixels that came over the stream.
    Pixels(Vec<u8>),
    /// What no helper says.
    Nonsense,
}

/// Listens until the helper is gone or talks nonsense; then the channel closes. No more than
/// `most` bytes of pixels are taken at a time.
pub(super) fn listen(mut from: impl Read, most: u64, heard: &mpsc::Sender<Heard>) {
    let mut hear = || -> io::Result<Heard> {
        Ok(match protocol::read(&mut from)? {
            Answer::Pixels { bytes } if most < bytes => Heard::Nonsense,
            Answer::Pixels { bytes } => Heard::Pixels(exactly(&mut from, bytes)?),
            answer => Heard::Answer(answer),
        })
    };
    loop {
        let item = match hear() {
            Ok(item) => item,
            // So ends the connection, in the middle of a message or not.
            Err(error) if matches!(error.kind(), io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset) => {
                return;
            }
            Err(_nonsense) => Heard::Nonsense,
        };
        let is_over = matches!(item, Heard::Nonsense);
        if heard.send(item).is_err() || is_over {
            return;
        }
    }
}

/// Reads so many bytes; memory is taken as they come.
fn exactly(from: &mut impl Read, bytes: u64) -> io::Result<Vec<u8>> {
    let mut taken = Vec::new();
    from.take(bytes).read_to_end(&mut taken)?;
    if (taken.len() as u64) < bytes { Err(io::ErrorKind::UnexpectedEof.into()) } else { Ok(taken) }
}

/// The helper's end, for what it hears.
pub(super) enum Ear {
    #[cfg(target_os = "linux")]
    Socket(UnixStream),
    Stream(io::Stdin),
}

/// What the helper hears.
pub(super) enum Asked {
    Work(protocol::Order, Bytes),
    #[cfg(target_os = "linux")]
    Memory(OwnedFd),
}

impl Ear {
    /// Waits for the next request.
    ///
    /// # Errors
    /// At the end of the program, or when it talks nonsense.
    pub(super) fn hear(&mut self) -> io::Result<Asked> {
        match self {
            #[cfg(target_os = "linux")]
            Self::Socket(socket) => {
                let (request, memory) = receive(socket)?;
                let memory = memory.ok_or(io::ErrorKind::InvalidData)?;
                Ok(match request {
                    Request::Work(order) => {
                        let source = memory::received(memory, order.source_bytes)?;
                        Asked::Work(order, source)
                    }
                    Request::Memory => Asked::Memory(memory),
                })
            }
            Self::Stream(stream) => match protocol::read(stream)? {
                Request::Work(order) => {
                    let source = exactly(stream, order.source_bytes)?.into();
                    Ok(Asked::Work(order, source))
                }
                Request::Memory => Err(io::ErrorKind::InvalidData.into()),
            },
        }
    }
}

/// The helper's end, for what it says.
pub(super) enum Mouth {
    #[cfg(target_os = "linux")]
    Socket(UnixStream),
    Stream(io::Stdout),
}

impl Mouth {
    /// # Errors
    /// Mostly that the program is gone.
    pub(super) fn say(&mut self, answer: &Answer) -> io::Result<()> {
        let frame = protocol::frame(answer)?;
        match self {
            #[cfg(target_os = "linux")]
            Self::Socket(socket) => socket.write_all(&frame),
            Self::Stream(stream) => stream.write_all(&frame).and_then(|()| stream.flush()),
        }
    }

    /// Can memory be lent over it?
    pub(super) fn carries_memory(&self) -> bool {
        !matches!(self, Self::Stream(_))
    }

    /// Sends pixels that were not written into memory that was lent.
    ///
    /// # Errors
    /// Mostly that the program is gone.
    pub(super) fn send_pixels(&mut self, pixels: &[u8]) -> io::Result<()> {
        self.say(&Answer::Pixels { bytes: pixels.len() as u64 })?;
        match self {
            #[cfg(target_os = "linux")]
            Self::Socket(socket) => socket.write_all(pixels),
            Self::Stream(stream) => stream.write_all(pixels).and_then(|()| stream.flush()),
        }
    }
}

/// What was handed over, as memory to write pixels into.
///
/// # Errors
/// Those of the system.
#[cfg(target_os = "linux")]
pub(super) fn canvas(memory: &OwnedFd, bytes: usize) -> io::Result<Box<dyn Lent>> {
    Ok(Box::new(Canvas::new(memory, bytes)?))
}

/// Writes a frame, and hands over memory with its first byte.
#[cfg(target_os = "linux")]
fn send(socket: &UnixStream, frame: &[u8], memory: BorrowedFd<'_>) -> io::Result<()> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut extra = SendAncillaryBuffer::new(&mut space);
    let handles = [memory];
    if !extra.push(SendAncillaryMessage::ScmRights(&handles)) {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    // A helper that is gone is an error here, not a signal that ends the program.
    let sent = rustix::net::sendmsg(socket, &[IoSlice::new(frame)], &mut extra, SendFlags::NOSIGNAL)?;
    let mut socket = socket;
    socket.write_all(frame.get(sent..).unwrap_or_default())
}

/// Reads a frame and the memory that was handed over with its first byte.
#[cfg(target_os = "linux")]
fn receive(socket: &mut UnixStream) -> io::Result<(Request, Option<OwnedFd>)> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut extra = RecvAncillaryBuffer::new(&mut space);
    let mut length = [0; 4];
    let flags = RecvFlags::CMSG_CLOEXEC;
    let n_read = rustix::net::recvmsg(&*socket, &mut [IoSliceMut::new(&mut length)], &mut extra, flags)?.bytes;
    if n_read == 0 {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    let memory = extra.drain().find_map(|it| match it {
        RecvAncillaryMessage::ScmRights(mut handles) => handles.next(),
        _ => None,
    });
    socket.read_exact(length.get_mut(n_read..).unwrap_or_default())?;
    Ok((protocol::message(length, socket)?, memory))
}
