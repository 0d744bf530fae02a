//! The directories of a TIFF (TIFF 6.0 §2) and of its large form, BigTIFF.

/// The first directory, whose picture is the one that is shown.
pub(super) struct Directory<'a> {
    bytes: &'a [u8],
    pub(super) big_endian: bool,
    entries: Vec<Entry>,
}

/// A tag with its values somewhere in the file.
#[derive(Clone, Copy)]
struct Entry {
    tag: u16,
    kind: u16,
    count: usize,
    at: usize,
}

/// Of so many pages are counted at most.
const MOST_PAGES: u32 = 65_535;

impl<'a> Directory<'a> {
    /// The first directory and the number of pages; `None` when there is none.
    pub(super) fn read(bytes: &'a [u8]) -> Option<(Self, u32)> {
        let mut directory = Self { bytes, big_endian: bytes.starts_with(b"MM"), entries: vec![] };
        let is_large = directory.number(2, 2)? == 43;
        let first = if is_large { directory.number(8, 8)? } else { directory.number(4, 4)? };
        let mut next;
        (directory.entries, next) = directory.entries_at(first, is_large)?;
        let (mut pages, mut last) = (1, first);
        // Directories may stand in any order, but a loop would have no end.
        for _ in 0..MOST_PAGES {
            let Some((entries, after)) = directory.entries_at(next, is_large).filter(|_| next != last) else { break };
            let page = Self { bytes, big_endian: directory.big_endian, entries };
            // NewSubfileType: bit 0 is a reduced copy, bit 2 a mask.
            pages += u32::from(page.one(254).unwrap_or_default() & 5 == 0);
            (last, next) = (next, after);
        }
        Some((directory, pages))
    }

    fn number(&self, at: usize, length: usize) -> Option<u64> {
        let digits = self.bytes.get(at..at.checked_add(length)?)?.iter();
        let add = |all: u64, byte: &u8| (all << 8) | u64::from(*byte);
        Some(if self.big_endian { digits.fold(0, add) } else { digits.rev().fold(0, add) })
    }

    /// The entries of a directory and where the next one is. Entries whose values lie outside of
    /// the file have none.
    fn entries_at(&self, offset: u64, is_large: bool) -> Option<(Vec<Entry>, u64)> {
        let at = usize::try_from(offset).ok().filter(|it| 8 <= *it)?;
        let (head, word, size) = if is_large { (8, 8, 20) } else { (2, 4, 12) };
        let count = usize::try_from(self.number(at, head)?).ok()?.min(u16::MAX.into());
        let first = at.checked_add(head)?;
        let entry = |index: usize| {
            let at = first.checked_add(index * size)?;
            let [tag, kind] = [at, at + 2].map(|at| self.number(at, 2).map(|it| it as u16));
            let (tag, kind) = (tag?, kind?);
            let count = usize::try_from(self.number(at + 4, word)?).ok()?;
            let length = count.saturating_mul(size_of(kind));
            let value = at + 4 + word;
            let at = if length <= word { value } else { usize::try_from(self.number(value, word)?).ok()? };
            let is_there = at.checked_add(length).is_some_and(|end| end <= self.bytes.len());
            Some(if is_there { Entry { tag, kind, count, at } } else { Entry { tag, kind, count: 0, at: 0 } })
        };
        let entries: Vec<Entry> = (0..count).filter_map(entry).collect();
        let next = self.number(first.checked_add(count * size)?, word).unwrap_or_default();
        (!entries.is_empty()).then_some((entries, next))
    }

    /// Is there such a tag, but without a value within the file?
    pub(super) fn is_broken(&self, tag: u16) -> bool {
        self.entry(tag).is_some_and(|it| it.count == 0)
    }

    fn entry(&self, tag: u16) -> Option<&Entry> {
        self.entries.iter().find(|it| it.tag == tag)
    }

    /// Whole numbers; empty when the tag is missing.
    pub(super) fn numbers(&self, tag: u16) -> Vec<u64> {
        let Some(Entry { kind, count, at, .. }) = self.entry(tag) else { return vec![] };
        let size = size_of(*kind);
        (0..*count).filter_map(|index| self.number(at + index * size, size)).collect()
    }

    /// The first whole number.
    pub(super) fn one(&self, tag: u16) -> Option<u64> {
        let Entry { kind, count, at, .. } = self.entry(tag)?;
        if *count == 0 { None } else { self.number(*at, size_of(*kind)) }
    }

    /// Fractions (type RATIONAL).
    pub(super) fn fractions(&self, tag: u16) -> Vec<f32> {
        let Some(Entry { kind: 5, count, at, .. }) = self.entry(tag) else { return vec![] };
        let part = |at: usize| self.number(at, 4).map(|it| it as f32);
        (0..*count).filter_map(|index| Some(part(at + index * 8)? / part(at + index * 8 + 4)?)).collect()
    }

    /// The bytes as they are.
    pub(super) fn raw(&self, tag: u16) -> Option<&'a [u8]> {
        let Entry { kind, count, at, .. } = self.entry(tag)?;
        self.bytes.get(*at..at + count * size_of(*kind))
    }

    /// A part of the file; what lies behind its end is missing.
    pub(super) fn part(&self, at: u64, length: Option<u64>) -> &'a [u8] {
        let at = usize::try_from(at).unwrap_or(usize::MAX);
        let rest = self.bytes.get(at..).unwrap_or_default();
        let length = length.and_then(|it| usize::try_from(it).ok()).unwrap_or(usize::MAX);
        rest.get(..length).unwrap_or(rest)
    }
}

/// Bytes of a value by its type; those of unknown types are taken as bytes.
fn size_of(kind: u16) -> usize {
    match kind {
        3 | 8 => 2,
        4 | 9 | 11 | 13 => 4,
        5 | 10 | 12 | 16..=18 => 8,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::Directory;

    #[test]
    fn both_orders_and_both_sizes_are_read() {
        let little = b"II*\0\x08\0\0\0\x01\0\x00\x01\x03\0\x01\0\0\0\x07\0\0\0\0\0\0\0";
        let big = b"MM\0*\0\0\0\x08\0\x01\x01\x00\0\x03\0\0\0\x01\0\x07\0\0\0\0\0\0";
        let large = b"II+\0\x08\0\0\0\x10\0\0\0\0\0\0\0\x01\0\0\0\0\0\0\0\
            \x00\x01\x03\0\x01\0\0\0\0\0\0\0\x07\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";
        for bytes in [&little[..], big, large] {
            let (directory, pages) = Directory::read(bytes).unwrap();
            assert_eq!((directory.one(256), directory.one(257), pages), (Some(7), None, 1));
        }
        // A directory that names itself as the next is one page.
        let mut looped = little.to_vec();
        looped[22] = 8;
        assert_eq!(Directory::read(&looped).unwrap().1, 1);
    }
}
