//! Over the standard streams: bytes and pixels follow their message. Slower by a copy each way,
//! and there on every system.

use super::{
    Program,
    protocol::{self, Answer, Request},
    wire::{Asked, Connection, Ear, Loan, Mouth, Speaker, exactly},
};
use crate::engine::Bytes;
use std::{
    io::{self, Write as _},
    process::{ChildStdin, Command, Stdio},
    sync::mpsc,
    thread,
};

/// Starts a helper.
///
/// # Errors
/// When it cannot be started.
pub(super) fn start(program: &Program) -> io::Result<Connection> {
    let mut command = Command::new(&program.path);
    command.args(&program.arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut process = command.spawn()?;
    let (Some(stdin), Some(stdout), Some(stderr)) =
        (process.stdin.take(), process.stdout.take(), process.stderr.take())
    else {
        return Err(io::ErrorKind::BrokenPipe.into());
    };
    Ok(Connection {
        process: Box::new(process),
        speaker: Box::new(Letters::to(stdin)?),
        answers: Box::new(stdout),
        last_words: Box::new(stderr),
    })
}

/// What the thread that writes shall write: that takes as long as the helper takes to read.
struct Letters(mpsc::Sender<(Vec<u8>, Bytes)>);

impl Letters {
    fn to(mut stream: ChildStdin) -> io::Result<Self> {
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
        Ok(Self(sender))
    }
}

impl Speaker for Letters {
    fn order(&self, order: &Request, bytes: &Bytes) -> io::Result<()> {
        let frame = protocol::frame(order)?;
        self.0.send((frame, bytes.clone())).map_err(|_gone| io::ErrorKind::BrokenPipe.into())
    }

    fn lend(&self, _: u64) -> io::Result<Box<dyn Loan>> {
        Err(io::ErrorKind::Unsupported.into())
    }
}

/// The helper's ends.
pub(super) fn ends() -> (Box<dyn Ear>, Box<dyn Mouth>) {
    (Box::new(Input(io::stdin())), Box::new(Output(io::stdout())))
}

struct Input(io::Stdin);

impl Ear for Input {
    fn hear(&mut self) -> io::Result<Asked> {
        match protocol::read(&mut self.0)? {
            Request::Work(order) => {
                let source = exactly(&mut self.0, order.source_bytes)?.into();
                Ok(Asked::Work(order, source))
            }
            Request::Encode(order) => {
                let pixels = exactly(&mut self.0, order.pixel_bytes)?.into();
                Ok(Asked::Encode(order, pixels))
            }
            Request::Memory => Err(io::ErrorKind::InvalidData.into()),
        }
    }
}

struct Output(io::Stdout);

impl Mouth for Output {
    fn say(&mut self, answer: &Answer) -> io::Result<()> {
        self.0.write_all(&protocol::frame(answer)?)?;
        self.0.flush()
    }

    fn carries_memory(&self) -> bool {
        false
    }

    fn send_pixels(&mut self, pixels: &[u8]) -> io::Result<()> {
        self.say(&Answer::Pixels { bytes: pixels.len() as u64 })?;
        self.0.write_all(pixels)?;
        self.0.flush()
    }
}
