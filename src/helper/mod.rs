//! The other processes of this executable: untrusted bytes are decoded where they can do no harm.
//!
//! A **helper** is this executable, started with [`ARGUMENT`]. It builds walls around itself, says
//! that it is ready, and then decodes what it is handed, one picture after the other. Encoded
//! bytes go in and pixels come out through memory that both processes share; the pixels are
//! sealed before the program reads them, and nothing else a helper says is believed before it was
//! looked at. A helper that takes too long, takes too much, lies or dies is ended and replaced; that costs
//! one picture.
//!
//! ```text
//! program                                   helper
//!   pool: so many are ready ahead ──start──▶ sandbox: walls ──▶ ready
//!   child: order + encoded bytes  ─────────▶ serve: sniff, limits, decode
//!         lends memory            ◀────────▶ … writes the pixels there
//!   check: is that possible?      ◀───────── what it is
//! ```
//!
//! Linux has all of the walls; elsewhere a helper is a process of its own, and bytes and pixels
//! travel over its standard streams.

mod budget;
mod check;
mod child;
mod decoders;
#[cfg(target_os = "linux")]
mod memory;
mod pool;
mod protocol;
#[cfg(target_os = "linux")]
mod sandbox;
mod serve;
mod wire;

#[cfg(target_os = "linux")]
pub use self::memory::read_shared;
pub use self::{
    budget::Allowance,
    child::{Program, Transport},
    decoders::{Contained, Decoders},
    serve::{Service, serve},
};

/// All that comes, up to `most` bytes.
///
/// # Errors
/// Those of reading.
#[cfg(not(target_os = "linux"))]
pub fn read_shared(from: &mut impl std::io::Read, most: u64) -> std::io::Result<crate::engine::Bytes> {
    use std::io::Read as _;
    let mut bytes = vec![];
    from.take(most).read_to_end(&mut bytes)?;
    Ok(bytes.into())
}

/// The first argument of a helper; not one that people would use.
pub const ARGUMENT: &str = "--contained-decoder";

impl Transport {
    /// The best that there is here.
    pub const NATIVE: Self = {
        #[cfg(target_os = "linux")]
        {
            Self::Socket
        }
        #[cfg(not(target_os = "linux"))]
        {
            Self::Streams
        }
    };

    /// As an argument.
    pub fn id(self) -> &'static str {
        match self {
            #[cfg(target_os = "linux")]
            Self::Socket => "socket",
            Self::Streams => "streams",
        }
    }

    /// Of an argument.
    pub fn from_id(id: &str) -> Option<Self> {
        [Self::NATIVE, Self::Streams].into_iter().find(|it| it.id() == id)
    }
}
