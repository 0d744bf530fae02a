//! Pipes through which others hand out on Wayland.

use crate::platform::clipboard::offers::{Fault, GivenUp, LONGEST, PATIENCE};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use std::{io::Read, os::fd::AsFd, time::Instant};

/// More is not taken.
const MOST_BYTES: usize = 1_000_000_000;
const PIECE_BYTES: usize = 1 << 18;

/// Reads to the end, which may be at once. A pipe that ends does not tell why.
///
/// # Errors
/// When whoever writes is silent, takes too long or sends too much.
pub(in crate::platform) fn read_patiently(mut pipe: impl Read + AsFd) -> Result<Vec<u8>, Fault> {
    let patience = Timespec::try_from(PATIENCE)?;
    let end = Instant::now() + LONGEST;
    let (mut bytes, mut piece) = (vec![], vec![0; PIECE_BYTES]);
    loop {
        if end < Instant::now() {
            return Err(GivenUp::TooSlow.into());
        }
        match poll(&mut [PollFd::new(&pipe, PollFlags::IN)], Some(&patience)) {
            Ok(0) => return Err(GivenUp::Silent.into()),
            Ok(_) => {}
            Err(rustix::io::Errno::INTR) => continue,
            Err(why) => return Err(why.into()),
        }
        let length = pipe.read(&mut piece)?;
        if length == 0 {
            return Ok(bytes);
        }
        bytes.extend_from_slice(piece.get(..length).unwrap_or_default());
        if MOST_BYTES < bytes.len() {
            return Err("it is larger than 1 GB".into());
        }
    }
}
