//! What other programs copy, told while they copy it. The clipboard is read and never changed.
//!
//! X11 tells by the XFixes extension, Wayland by data-control; where the compositor has none, the X server
//! beside it may. Elsewhere nothing is told.

#[cfg(all(unix, not(target_os = "macos")))]
mod watching;
#[cfg(all(unix, not(target_os = "macos")))]
mod wayland;
#[cfg(all(unix, not(target_os = "macos")))]
mod x11;

use crate::jobs::ports::Tell;
use std::io;

/// Does this system tell?
pub(super) const IS_POSSIBLE: bool = cfg!(all(unix, not(target_os = "macos")));

/// Tells of copied images as long as it is kept.
#[cfg(all(unix, not(target_os = "macos")))]
pub(super) struct ClipboardWatch {
    /// The thread at its other end sees when it is closed.
    _end: io::PipeWriter,
}

/// There is none.
#[cfg(not(all(unix, not(target_os = "macos"))))]
pub(super) enum ClipboardWatch {}

impl ClipboardWatch {
    /// Begins on a thread of its own; what was copied before is left alone.
    ///
    /// # Errors
    /// When the system gives no thread.
    #[cfg(all(unix, not(target_os = "macos")))]
    pub(super) fn begin(tell: Tell) -> io::Result<Self> {
        let (ending, end) = io::pipe()?;
        let watch = move || watching::watch(&ending, &tell);
        std::thread::Builder::new().name("clipboard watch".to_owned()).spawn(watch)?;
        Ok(Self { _end: end })
    }

    /// Never begins.
    ///
    /// # Errors
    /// Always.
    #[cfg(not(all(unix, not(target_os = "macos"))))]
    pub(super) fn begin(_tell: Tell) -> io::Result<Self> {
        Err(io::ErrorKind::Unsupported.into())
    }
}
