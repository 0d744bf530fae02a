//! The window's own data device on Wayland: by it drags are heard of, and the clipboard is reached where
//! the compositor lets nobody else near it.
//!
//! Some compositors serve one data device of a program alone, and only on the connection of its window. So
//! there is one, on a thread of its own, which others ask for things:
//!
//! ```text
//!                                     ┌──▶ drags: the thread of `platform::drops`
//! compositor ─▶ the device's thread ──┴──▶ wanted: the thread that hands out what was copied
//!                       ▲
//!                       └── requests: of both and of the errand lane
//! ```
//!
//! What is made of the window's connection never leaves the device's thread, which ends before the
//! window does. It waits for nothing but the compositor and requests.

mod device;
mod pipe;
mod selection;
mod state;

pub(super) use self::{
    device::{Device, Line, Outlet, Wanted},
    pipe::read_patiently,
};

use std::sync::{Arc, Mutex, PoisonError};

/// What became of a drag; each has a number.
#[derive(Debug)]
pub(super) enum Drag {
    /// It is over the window and can be had as these kinds.
    Entered(u64, Vec<String>),
    /// The pointer is here, in pixels of the surface.
    At([f32; 2]),
    /// It has left, or was not to be had.
    Left(u64),
    /// It was let go over the window.
    Dropped(u64),
}

/// Leads from the clipboard to the window that is open, if it is on Wayland.
#[derive(Clone, Debug, Default)]
pub struct WindowLink(Arc<Mutex<Option<Line>>>);

impl WindowLink {
    /// To this window from now on, or to none.
    pub(super) fn lead_to(&self, line: Option<Line>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = line;
    }

    pub(super) fn line(&self) -> Option<Line> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
