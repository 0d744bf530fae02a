//! The window's own data device on Wayland, by which drags are heard of.
//!
//! Some compositors serve one data device of a program alone, and only on the connection of its window. So
//! there is one, on a thread of its own, which others ask for things:
//!
//! ```text
//! compositor ─▶ the device's thread ─▶ drags: the thread of `platform::drops`
//!                       ▲                      │
//!                       └── requests ──────────┘ this kind into this pipe, taken or not
//! ```
//!
//! What is made of the window's connection never leaves the device's thread, which ends before the
//! window does. It waits for nothing but the compositor and requests.

mod device;
mod pipe;
mod state;

pub(super) use self::{
    device::{Device, Line},
    pipe::read_patiently,
};

/// What became of a drag; each has a number.
#[derive(Debug)]
pub(super) enum Drag {
    /// It is over the window and can be had as these kinds.
    Entered(u64, Vec<String>),
    /// It has left, or was not to be had.
    Left(u64),
    /// It was let go over the window.
    Dropped(u64),
}
