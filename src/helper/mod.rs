//! The other processes of this executable: untrusted bytes are decoded where they can do no harm,
//! and what cannot be stopped is encoded where it can be killed.
//!
//! A **helper** is this executable, started with [`ARGUMENT`]. It builds walls around itself, says
//! that it is ready, and then decodes what it is handed, one picture after the other. Encoded
//! bytes go in and pixels come out through memory that both processes share; the pixels are
//! sealed before the program reads them, and nothing else that a helper says is believed before
//! it was looked at. A helper that takes too long, takes too much, lies or dies is ended and
//! replaced; that costs one picture.
//!
//! An encoder that does not hear of a cancel runs in a helper too: the pixels go in and the bytes
//! come out the same ways, and a cancel ends the process.
//!
//! ```text
//! program                                   helper
//!   pool: so many are ready ahead ──start──▶ walls ──▶ ready
//!   child: order + encoded bytes  ─────────▶ serve: sniff, limits, decode
//!         lends memory            ◀────────▶ … writes the pixels there
//!   check: can that be?           ◀───────── what it is
//!
//!   child: wish + pixels          ─────────▶ serve: encode
//!   check: is it of that format?  ◀────────  … how many bytes
//! ```
//!
//! `linux` has all of the walls and shares memory; elsewhere (`portable`) a helper is a process
//! of its own, and bytes and pixels travel over its standard `streams`.

mod budget;
mod check;
mod child;
mod decoders;
mod details;
mod pool;
mod protocol;
mod serve;
mod streams;
#[cfg_attr(not(target_os = "linux"), expect(dead_code, reason = "nothing else has memory to lend"))]
mod wire;
mod wishes;

#[cfg(target_os = "linux")]
mod linux;
#[cfg(any(not(target_os = "linux"), test))]
#[cfg_attr(target_os = "linux", expect(dead_code, unreachable_pub, reason = "compiled here so that it stays in order"))]
mod portable;

#[cfg(target_os = "linux")]
use linux as system;
#[cfg(not(target_os = "linux"))]
use portable as system;

#[cfg(all(unix, not(target_os = "macos")))]
pub(crate) use self::system::own_executable;
pub use self::{
    budget::Allowance,
    decoders::{Contained, Decoders},
    serve::{Service, serve},
    system::read_shared,
};

use std::{
    ffi::OsString,
    io::{self, Write as _},
    path::PathBuf,
    process::ExitCode,
};

/// The first argument of a helper; not one that people would use.
pub const ARGUMENT: &str = "--contained-decoder";

/// Its third argument, behind the transport, where somebody looks at a window meanwhile.
pub const GENTLY: &str = "gently";

/// How to start a helper.
#[derive(Clone, Debug)]
pub struct Program {
    /// The executable.
    pub path: PathBuf,
    /// What makes it a helper.
    pub arguments: Vec<OsString>,
    /// Through what it talks to us.
    pub transport: Transport,
}

/// Through what a helper talks to the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    /// The best that this system has: on Linux a socket that is the helper's standard input,
    /// and shared memory.
    Native,
    /// The standard streams, pixels and all.
    Streams,
}

impl Transport {
    /// As an argument.
    pub fn id(self) -> &'static str {
        match self {
            Self::Native => "native",
            Self::Streams => "streams",
        }
    }

    /// Of an argument.
    pub fn from_id(id: &str) -> Option<Self> {
        [Self::Native, Self::Streams].into_iter().find(|it| it.id() == id)
    }
}

/// A helper that was started before anybody knew what for.
pub struct Early(wire::Connection);

/// Which process this is.
pub enum Split {
    /// The helper: what is left to do is to [serve](serve_to_the_end), over the native transport.
    Helper,
    /// The program, with its helper; without one where nothing can be split, and then helpers are
    /// started when they are needed.
    Program(Option<Early>),
}

/// Splits a helper off, for a program that is over before another one were ready. Called where
/// the program begins, before it has threads.
pub fn split() -> Split {
    system::split().unwrap_or_else(|error| {
        log::info!("no decoder was split off: {error}");
        Split::Program(None)
    })
}

/// Serves, and says how the process should end.
pub fn serve_to_the_end(service: &Service) -> ExitCode {
    match serve(service) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            // The program hears these last words, if it is still there.
            writeln!(io::stderr(), "{why}").ok();
            ExitCode::FAILURE
        }
    }
}

/// How far a thread or process steps back behind all others that want the processors, in steps of `nice`: with
/// each it gets a fifth less than they do.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Priority(pub i32);

/// From now on this thread steps back, where the system can do that for a thread.
pub(crate) fn step_back(priority: Priority) {
    system::be_gentle(priority);
}
