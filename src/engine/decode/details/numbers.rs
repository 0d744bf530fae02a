//! Numbers in a slice, in either order of bytes.

/// A slice whose numbers have one order of bytes.
#[derive(Clone, Copy)]
pub(super) struct Numbers<'a> {
    bytes: &'a [u8],
    is_big_endian: bool,
}

impl<'a> Numbers<'a> {
    pub(super) fn big_endian(bytes: &'a [u8]) -> Self {
        Self { bytes, is_big_endian: true }
    }

    pub(super) fn little_endian(bytes: &'a [u8]) -> Self {
        Self { bytes, is_big_endian: false }
    }

    /// The number of so many bytes, at most eight, that stands here.
    pub(super) fn get(&self, at: usize, length: usize) -> Option<u64> {
        let digits = self.slice(at, length)?.iter();
        let add = |all: u64, byte: &u8| (all << 8) | u64::from(*byte);
        Some(if self.is_big_endian { digits.fold(0, add) } else { digits.rev().fold(0, add) })
    }

    /// A number of at most four bytes.
    pub(super) fn short(&self, at: usize, length: usize) -> Option<u32> {
        self.get(at, length).and_then(|it| u32::try_from(it).ok())
    }

    /// So many bytes from here.
    pub(super) fn slice(&self, at: usize, length: usize) -> Option<&'a [u8]> {
        self.bytes.get(at..at.checked_add(length)?)
    }

    pub(super) fn len(&self) -> usize {
        self.bytes.len()
    }
}
