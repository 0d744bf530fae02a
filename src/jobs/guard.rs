//! A panic inside a codec is an error on one picture, not the end of the program.
//!
//! Decoders may panic on hostile bytes. [`guard`] turns that into [`Crashed`], and a panic
//! hook keeps such a panic off standard error: the user gets one sentence, not a backtrace.

use std::{
    cell::Cell,
    panic::{self, AssertUnwindSafe},
    sync::Once,
};

/// The work panicked and was stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("reading it crashed and was stopped; the file is probably damaged")]
pub struct Crashed;

thread_local! {
    /// How many guards stand around what runs on this thread.
    static HUSHED: Cell<u32> = const { Cell::new(0) };
}

/// Runs work that may panic. A panic becomes [`Crashed`] and is logged, not printed.
///
/// # Errors
/// Those of the work, and [`Crashed`].
pub fn guard<T, E: From<Crashed>>(work: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
    install_hook();
    HUSHED.set(HUSHED.get() + 1);
    // The work owns or shares only what is dropped or rebuilt after a failure.
    let result = panic::catch_unwind(AssertUnwindSafe(work));
    HUSHED.set(HUSHED.get() - 1);
    result.unwrap_or_else(|_payload| Err(Crashed.into()))
}

/// Keeps every panic of this thread off standard error.
///
/// For the workers of a pool: a codec's parallel pieces panic there, on their way to the
/// [`guard`] of the thread that waits for them.
pub fn hush_this_thread() {
    install_hook();
    HUSHED.set(HUSHED.get() + 1);
}

/// Puts our hook before the one that is there, once a process.
fn install_hook() {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| {
        let previous = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            // While a thread dies its locals may be gone already; then nobody guards it.
            if HUSHED.try_with(|it| 0 < it.get()).unwrap_or(false) {
                log::warn!("caught: {info}");
            } else {
                previous(info);
            }
        }));
    });
}

#[cfg(test)]
mod tests {
    use super::{Crashed, HUSHED, guard};

    #[test]
    fn a_panic_becomes_an_error_and_nothing_else_does() {
        assert_eq!(guard(|| -> Result<u8, Crashed> { panic!("a codec's bug") }), Err(Crashed));
        assert_eq!(guard(|| Ok::<_, Crashed>(7)), Ok(7));
        assert_eq!(HUSHED.get(), 0, "the thread must not stay hushed");
    }
}
