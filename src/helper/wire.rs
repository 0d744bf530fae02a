//! What travels between the program and a helper, whatever carries it.
//!
//! | | [socket](super::linux) (Linux) | [streams](super::streams) (everywhere) |
//! |---|---|---|
//! | the encoded bytes, or pixels to encode | sealed memory, handed over beside [`Request::Work`] or [`Request::Encode`] | follow it |
//! | the pixels, or encoded bytes | written into memory that was lent ([`Answer::Lend`], [`Request::Memory`]) | follow [`Answer::Pixels`] |

use super::protocol::{self, Answer, EncodeOrder, Order, Request};
use crate::engine::{Bytes, decode::Lent, raster::Storage};
use std::{
    io::{self, Read},
    process::ExitStatus,
    sync::mpsc,
};

/// A helper that was started, and the program's ends of what leads to it.
pub(super) struct Connection {
    pub(super) process: Box<dyn Process>,
    pub(super) speaker: Box<dyn Speaker>,
    pub(super) answers: Box<dyn Read + Send>,
    /// Its standard error.
    pub(super) last_words: Box<dyn Read + Send>,
}

/// A process that was started by this one.
pub(super) trait Process: Send {
    /// The system's number of it.
    fn id(&self) -> u32;

    /// Ends it, if it has not ended.
    fn kill(&mut self);

    /// How it ended; `None` while it runs, or when the system does not tell.
    fn try_wait(&mut self) -> Option<ExitStatus>;

    /// Waits for its end.
    fn wait(&mut self) -> Option<ExitStatus>;
}

impl Process for std::process::Child {
    fn id(&self) -> u32 {
        self.id()
    }

    fn kill(&mut self) {
        // An error says that it has ended already.
        self.kill().ok();
    }

    fn try_wait(&mut self) -> Option<ExitStatus> {
        self.try_wait().ok().flatten()
    }

    fn wait(&mut self) -> Option<ExitStatus> {
        self.wait().ok()
    }
}

/// The program's end, for what it says.
pub(super) trait Speaker: Send {
    /// Sends an order with the bytes or pixels that it is about. Does not wait for the helper.
    ///
    /// # Errors
    /// Mostly that the helper is gone.
    fn order(&self, order: &Request, bytes: &Bytes) -> io::Result<()>;

    /// Hands over memory for so many bytes of pixels.
    ///
    /// # Errors
    /// When the helper is gone, there is no memory, or none can be handed over.
    fn lend(&self, bytes: u64) -> io::Result<Box<dyn Loan>>;
}

/// Memory that was lent.
pub(super) trait Loan {
    /// Takes back the first `used` bytes, which nobody can change any more.
    ///
    /// # Errors
    /// When it is not so, or fewer were lent.
    fn taken_back(self: Box<Self>, used: u64) -> io::Result<Storage>;
}

/// What the program hears.
pub(super) enum Heard {
    Answer(Answer),
    /// Pixels that came along.
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
///
/// # Errors
/// Those of reading, and when there are fewer.
pub(super) fn exactly(from: &mut impl Read, bytes: u64) -> io::Result<Vec<u8>> {
    let mut taken = Vec::new();
    from.take(bytes).read_to_end(&mut taken)?;
    if (taken.len() as u64) < bytes { Err(io::ErrorKind::UnexpectedEof.into()) } else { Ok(taken) }
}

/// The helper's end, for what it hears.
pub(super) trait Ear: Send {
    /// Waits for the next request.
    ///
    /// # Errors
    /// At the end of the program, or when it talks nonsense.
    fn hear(&mut self) -> io::Result<Asked>;
}

/// What the helper hears.
pub(super) enum Asked {
    Work(Order, Bytes),
    Encode(EncodeOrder, Bytes),
    Memory(Box<dyn Room>),
}

/// Memory that was lent, not yet in use.
pub(super) trait Room: Send {
    /// Maps so many bytes of it.
    ///
    /// # Errors
    /// When this process may not map so much.
    fn open(self: Box<Self>, bytes: usize) -> io::Result<Box<dyn Lent>>;
}

/// The helper's end, for what it says.
pub(super) trait Mouth: Send {
    /// # Errors
    /// Mostly that the program is gone.
    fn say(&mut self, answer: &Answer) -> io::Result<()>;

    /// Can memory be lent? Otherwise pixels are sent.
    fn carries_memory(&self) -> bool;

    /// Sends pixels.
    ///
    /// # Errors
    /// Mostly that the program is gone.
    fn send_pixels(&mut self, pixels: &[u8]) -> io::Result<()>;
}
