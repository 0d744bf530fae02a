//! The pipes through which copies are handed out on Wayland: each gets what it has room for, so that a
//! receiver that does not read holds up nobody else.

use crate::platform::clipboard::offers::Fault;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use std::{
    fs::File,
    io::{self, ErrorKind, Write as _},
    os::fd::{AsFd as _, BorrowedFd, OwnedFd},
    rc::Rc,
    time::{Duration, Instant},
};

/// A receiver that takes nothing for so long has stalled.
pub(in crate::platform::clipboard) const PATIENCE: Duration = Duration::from_secs(30);
/// Whoever is still taking when something else is copied may go on as long as it takes something.
pub(in crate::platform::clipboard) const LAST_PATIENCE: Duration = Duration::from_secs(10);
/// More receivers at once are not ours.
const MOST_PIPES: usize = 200;
/// At once, so that everybody gets something.
const PIECE_BYTES: usize = 1 << 20;

/// What is being handed out.
#[derive(Default)]
pub(in crate::platform::clipboard) struct Pipes(Vec<Pipe>);

struct Pipe {
    file: File,
    bytes: Rc<[u8]>,
    n_sent: usize,
    /// When something was taken, or the pipe came.
    taken: Instant,
}

impl Pipes {
    /// Sends this from now on; closes the pipe when it is all.
    ///
    /// # Errors
    /// When there are too many, or it is no pipe to wait for.
    pub(in crate::platform::clipboard) fn add(&mut self, pipe: OwnedFd, bytes: Rc<[u8]>) -> Result<(), Fault> {
        if MOST_PIPES <= self.0.len() {
            return Err("too many are taking at once".into());
        }
        rustix::io::ioctl_fionbio(&pipe, true)?;
        self.0.push(Pipe { file: pipe.into(), bytes, n_sent: 0, taken: Instant::now() });
        Ok(())
    }

    pub(in crate::platform::clipboard) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Waits until somebody takes something or there is something to hear, and sends; `true` when there
    /// is something to hear. Whoever has taken nothing for longer than `patience` is given up.
    ///
    /// # Errors
    /// Those of waiting.
    pub(in crate::platform::clipboard) fn send(
        &mut self,
        ear: BorrowedFd<'_>,
        patience: Duration,
    ) -> Result<bool, Fault> {
        let since = self.0.iter().map(|it| it.taken).min();
        let limit = since.map(|it| Timespec::try_from(patience.saturating_sub(it.elapsed()))).transpose()?;
        let pipes = self.0.iter().map(|it| PollFd::from_borrowed_fd(it.file.as_fd(), PollFlags::OUT));
        let mut all: Vec<PollFd<'_>> =
            [PollFd::from_borrowed_fd(ear, PollFlags::IN)].into_iter().chain(pipes).collect();
        match poll(&mut all, limit.as_ref()) {
            Ok(_) => {}
            Err(rustix::io::Errno::INTR) => return Ok(false),
            Err(why) => return Err(why.into()),
        }
        let mut is_ready = all.iter().map(|it| !it.revents().is_empty()).collect::<Vec<_>>().into_iter();
        let can_hear = is_ready.next().unwrap_or_default();
        self.0.retain_mut(|pipe| {
            let is_open = if is_ready.next().unwrap_or_default() { pipe.send_piece() } else { true };
            is_open && pipe.taken.elapsed() < patience
        });
        Ok(can_hear)
    }
}

impl Pipe {
    /// Sends what there is room for; `false` when that was all, or nobody reads any more.
    fn send_piece(&mut self) -> bool {
        let rest = self.bytes.get(self.n_sent..).unwrap_or_default();
        match self.file.write(rest.get(..PIECE_BYTES).unwrap_or(rest)) {
            Ok(length) => {
                self.n_sent += length;
                self.taken = Instant::now();
                self.n_sent < self.bytes.len()
            }
            Err(why) => is_passing(&why),
        }
    }
}

fn is_passing(why: &io::Error) -> bool {
    matches!(why.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted)
}

#[cfg(test)]
mod tests {
    use super::{MOST_PIPES, Pipes};
    use std::{
        io::{self, Read as _},
        os::fd::AsFd as _,
        rc::Rc,
        thread,
        time::{Duration, Instant},
    };

    const PATIENCE: Duration = Duration::from_secs(60);

    #[test]
    fn one_that_does_not_read_holds_up_nobody() {
        let mut pipes = Pipes::default();
        // Never written to: nothing is heard.
        let (ear, _mouth) = io::pipe().unwrap();
        let content: Rc<[u8]> = (0..3_000_000_u32).map(|it| (it % 251) as u8).collect();
        let (stalled, end) = io::pipe().unwrap();
        pipes.add(end.into(), content.clone()).unwrap();
        let (mut reader, end) = io::pipe().unwrap();
        pipes.add(end.into(), content.clone()).unwrap();
        let (closed, end) = io::pipe().unwrap();
        pipes.add(end.into(), content.clone()).unwrap();
        drop(closed);
        let read = move || {
            let mut bytes = vec![];
            reader.read_to_end(&mut bytes).unwrap();
            bytes
        };
        let read = thread::Builder::new().spawn(read).unwrap();
        while 1 < pipes.0.len() {
            assert!(!pipes.send(ear.as_fd(), PATIENCE).unwrap());
        }
        assert!(read.join().unwrap() == *content);
        let begin = Instant::now();
        while !pipes.is_empty() {
            pipes.send(ear.as_fd(), Duration::from_millis(200)).unwrap();
            assert!(begin.elapsed() < PATIENCE, "it is never given up");
        }
        drop(stalled);
    }

    #[test]
    fn what_is_said_is_heard_while_somebody_stalls() {
        let mut pipes = Pipes::default();
        let (_stalled, end) = io::pipe().unwrap();
        pipes.add(end.into(), vec![0; 1_000_000].into()).unwrap();
        let (ear, mouth) = io::pipe().unwrap();
        drop(mouth);
        assert!(pipes.send(ear.as_fd(), PATIENCE).unwrap());
    }

    #[test]
    fn there_is_an_end_to_how_many_take_at_once() {
        let mut pipes = Pipes::default();
        let (_reader, end) = io::pipe().unwrap();
        for _ in 0..MOST_PIPES {
            pipes.add(end.try_clone().unwrap().into(), vec![0].into()).unwrap();
        }
        assert!(pipes.add(end.into(), vec![0].into()).is_err());
    }
}
