//! Over a socket, which carries memory that both processes share: nothing is copied.

use super::memory::{self, Canvas};
use crate::{
    engine::{Bytes, decode::Lent, raster::Storage},
    helper::{
        protocol::{self, Answer, Request},
        wire::{Asked, Ear, Loan, Mouth, Room, Speaker},
    },
};
use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer, SendAncillaryMessage, SendFlags,
};
use std::{
    io::{self, IoSlice, IoSliceMut, Read as _, Write as _},
    mem::MaybeUninit,
    os::{
        fd::{AsFd as _, BorrowedFd, OwnedFd},
        unix::net::UnixStream,
    },
    sync::Arc,
};

/// The program's end.
pub(super) struct Near(pub(super) UnixStream);

impl Speaker for Near {
    fn order(&self, order: &Request, bytes: &Bytes) -> io::Result<()> {
        send(&self.0, order, memory::handle(bytes)?.as_fd())
    }

    fn lend(&self, bytes: u64) -> io::Result<Box<dyn Loan>> {
        let loan = memory::Loan::new(bytes)?;
        send(&self.0, &Request::Memory, loan.as_fd())?;
        Ok(Box::new(loan))
    }
}

impl Loan for memory::Loan {
    fn taken_back(self: Box<Self>, used: u64) -> io::Result<Storage> {
        Ok(Arc::new(self.sealed(used)?))
    }
}

/// The helper's ends, of which its standard input is one.
///
/// # Errors
/// Those of the system.
pub(in crate::helper) fn ends() -> io::Result<(Box<dyn Ear>, Box<dyn Mouth>)> {
    let socket = UnixStream::from(io::stdin().as_fd().try_clone_to_owned()?);
    Ok((Box::new(Far(socket.try_clone()?)), Box::new(Far(socket))))
}

/// The helper's end.
struct Far(UnixStream);

impl Ear for Far {
    fn hear(&mut self) -> io::Result<Asked> {
        let (request, memory) = receive(&mut self.0)?;
        let memory = memory.ok_or(io::ErrorKind::InvalidData)?;
        Ok(match request {
            Request::Work(order) => {
                let source = memory::received(memory, order.source_bytes)?;
                Asked::Work(order, source)
            }
            Request::Encode(order) => {
                let pixels = memory::received(memory, order.pixel_bytes)?;
                Asked::Encode(order, pixels)
            }
            Request::Memory => Asked::Memory(Box::new(memory)),
        })
    }
}

impl Room for OwnedFd {
    fn open(self: Box<Self>, bytes: usize) -> io::Result<Box<dyn Lent>> {
        Ok(Box::new(Canvas::new(&self, bytes)?))
    }
}

impl Mouth for Far {
    fn say(&mut self, answer: &Answer) -> io::Result<()> {
        self.0.write_all(&protocol::frame(answer)?)
    }

    fn carries_memory(&self) -> bool {
        true
    }

    fn send_pixels(&mut self, _: &[u8]) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }
}

/// Writes a message, and hands over memory with its first byte.
fn send(socket: &UnixStream, request: &Request, memory: BorrowedFd<'_>) -> io::Result<()> {
    let frame = protocol::frame(request)?;
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut extra = SendAncillaryBuffer::new(&mut space);
    let handles = [memory];
    if !extra.push(SendAncillaryMessage::ScmRights(&handles)) {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    // A helper that is gone is an error here, not a signal that ends the program.
    let sent = rustix::net::sendmsg(socket, &[IoSlice::new(&frame)], &mut extra, SendFlags::NOSIGNAL)?;
    let mut socket = socket;
    socket.write_all(frame.get(sent..).unwrap_or_default())
}

/// Reads a message and the memory that was handed over with its first byte.
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
