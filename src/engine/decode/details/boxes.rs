//! The boxes of ISO base media files (ISO/IEC 14496-12 §4.2), on which HEIF, AVIF and JPEG XL build.

use super::numbers::Numbers;

/// The boxes in a slice, one behind the other: a kind and a body.
pub(in crate::engine) struct Boxes<'a> {
    bytes: &'a [u8],
}

impl<'a> Boxes<'a> {
    pub(in crate::engine) fn of(bytes: &'a [u8]) -> Self {
        Self { bytes }
    }

    /// The body of the first box of this kind.
    pub(super) fn first(mut self, kind: &[u8; 4]) -> Option<&'a [u8]> {
        self.find(|(it, _)| it == kind).map(|(_, body)| body)
    }
}

impl<'a> Iterator for Boxes<'a> {
    type Item = ([u8; 4], &'a [u8]);

    /// A box that ends behind the file ends with it.
    fn next(&mut self) -> Option<Self::Item> {
        let numbers = Numbers::big_endian(self.bytes);
        let kind = *self.bytes.get(4..)?.first_chunk::<4>()?;
        let (head, length) = match numbers.get(0, 4)? {
            // To the end of the file.
            0 => (8, self.bytes.len()),
            1 => (16, usize::try_from(numbers.get(8, 8)?).ok()?),
            length => (8, usize::try_from(length).ok()?),
        };
        let body = self.bytes.get(head..length.min(self.bytes.len()))?;
        self.bytes = self.bytes.get(length..).unwrap_or_default();
        Some((kind, body))
    }
}
