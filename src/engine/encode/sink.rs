//! Where encoders write to: memory, until somebody asks to stop.

use crate::engine::Cancel;
use std::io::{Error, Result, Seek, SeekFrom, Write};

/// Collects bytes; every write fails once the flag is raised, which ends an encoder that has
/// no notion of being cancelled.
pub(super) struct Sink<'a> {
    bytes: std::io::Cursor<Vec<u8>>,
    cancel: &'a Cancel,
}

impl<'a> Sink<'a> {
    pub(super) fn new(cancel: &'a Cancel) -> Self {
        Self { bytes: Default::default(), cancel }
    }

    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.bytes.into_inner()
    }
}

impl Write for Sink<'_> {
    fn write(&mut self, bytes: &[u8]) -> Result<usize> {
        if self.cancel.is_cancelled() { Err(Error::other("cancelled")) } else { self.bytes.write(bytes) }
    }

    fn flush(&mut self) -> Result<()> {
        Ok(())
    }
}

impl Seek for Sink<'_> {
    fn seek(&mut self, to: SeekFrom) -> Result<u64> {
        self.bytes.seek(to)
    }
}
