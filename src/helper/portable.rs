//! What systems have for helpers of which nothing more is known: processes.

use super::{
    Priority, Program, Split, streams,
    wire::{Connection, Ear, Mouth},
};
use crate::engine::Bytes;
use std::{
    io::{self, Read},
    path::{Path, PathBuf},
};

pub(super) fn start(program: &Program) -> io::Result<Connection> {
    streams::start(program)
}

pub(super) fn ends() -> io::Result<(Box<dyn Ear>, Box<dyn Mouth>)> {
    Ok(streams::ends())
}

/// Processes are not split.
pub(super) fn split() -> io::Result<Split> {
    Ok(Split::Program(None))
}

/// Not known how.
pub(super) fn be_gentle(Priority(steps): Priority) {
    log::debug!("no thread can step back by {steps} here");
}

/// Without a path no helper can be started, which is said then.
pub(crate) fn own_executable() -> PathBuf {
    std::env::current_exe().unwrap_or_default()
}

/// The limits of the engine bound what a process takes; nothing outside of it does.
pub(super) fn machine_memory() -> u64 {
    u64::MAX
}

pub(super) fn bound_memory(_: u32, _: u64) {}

pub(super) fn before_threads(_: &[impl AsRef<Path>]) -> Vec<String> {
    vec!["walls beyond a process of its own".to_owned()]
}

pub(super) fn after_threads() -> Vec<String> {
    vec![]
}

pub(super) fn let_handle_go(_: &Bytes) {}

/// All that comes, up to `most` bytes, for this process alone.
///
/// # Errors
/// Those of reading.
pub fn read_shared(from: &mut impl Read, most: u64) -> io::Result<Bytes> {
    let mut bytes = vec![];
    from.take(most).read_to_end(&mut bytes)?;
    Ok(bytes.into())
}

#[cfg(test)]
mod tests {
    use super::{before_threads, own_executable, read_shared};

    #[test]
    fn it_reads_no_more_than_it_may_and_says_what_is_missing() {
        assert_eq!(*read_shared(&mut &b"abc"[..], 2).unwrap(), *b"ab");
        assert_eq!(own_executable(), std::env::current_exe().unwrap());
        assert_eq!(before_threads(&["/"]), ["walls beyond a process of its own"]);
    }
}
