//! A block of Exif, built like a TIFF (CIPA DC-008 §4.5, TIFF 6.0 §2): changed in place, so that
//! whatever else it holds stays byte for byte where it was. Notes of the camera's maker name places
//! within the block that nobody else knows.

use std::ops::Range;

const ORIENTATION: u16 = 0x112;
const JPEG_OFFSET: u16 = 0x201;
const JPEG_BYTES: u16 = 0x202;
const GPS_DIRECTORY: u16 = 0x8825;
/// Says in which version a position is told, if one is.
const GPS_VERSION: u16 = 0;

/// The block of an upright picture without a thumbnail; `None` when it is none.
pub(super) fn upright(block: &[u8]) -> Option<Vec<u8>> {
    let mut block = Block::new(block.to_vec())?;
    let main = block.directory(block.number(4, 4)?)?;
    for at in main.clone() {
        if block.tag(at) != Some(ORIENTATION) {
            continue;
        }
        // A short number; some write another type.
        let wide = match block.number(at + 2, 2)? {
            1 => 1,
            3 => 2,
            4 => 4,
            _ => return None,
        };
        block.set(at + 8, wide, 1)?;
    }
    block.remove_thumbnail(main.end)?;
    Some(block.bytes)
}

/// Does it tell where the picture was taken?
pub(super) fn has_position(block: &[u8]) -> bool {
    let position = || {
        let block = Block::new(block)?;
        let mut main = block.directory(block.number(4, 4)?)?;
        let entry = main.find(|at| block.tag(*at) == Some(GPS_DIRECTORY))?;
        let mut within = block.directory(block.number(entry + 8, 4)?)?;
        within.find(|at| block.tag(*at).is_some_and(|tag| tag != GPS_VERSION))
    };
    position().is_some()
}

struct Block<B> {
    bytes: B,
    is_big_endian: bool,
}

/// Where the entries of a directory begin, and where the last ends.
#[derive(Clone)]
struct Entries {
    next: usize,
    end: usize,
}

impl Iterator for Entries {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        let at = self.next;
        self.next += ENTRY_BYTES;
        (at < self.end).then_some(at)
    }
}

/// A tag, a type, a count and a value or its place.
const ENTRY_BYTES: usize = 12;

impl<B: AsRef<[u8]>> Block<B> {
    fn new(bytes: B) -> Option<Self> {
        let is_big_endian = match bytes.as_ref().first_chunk::<4>()? {
            b"MM\0*" => true,
            b"II*\0" => false,
            _ => return None,
        };
        Some(Self { bytes, is_big_endian })
    }

    fn number(&self, at: usize, length: usize) -> Option<usize> {
        let digits = self.bytes.as_ref().get(at..at.checked_add(length)?)?.iter();
        let add = |all: usize, byte: &u8| (all << 8) | usize::from(*byte);
        Some(if self.is_big_endian { digits.fold(0, add) } else { digits.rev().fold(0, add) })
    }

    fn tag(&self, at: usize) -> Option<u16> {
        self.number(at, 2).and_then(|it| u16::try_from(it).ok())
    }

    /// The entries of the directory here, all of which must be there.
    fn directory(&self, at: usize) -> Option<Entries> {
        let next = at.checked_add(2)?;
        let end = next + self.number(at, 2)? * ENTRY_BYTES;
        (end <= self.bytes.as_ref().len()).then_some(Entries { next, end })
    }
}

impl Block<Vec<u8>> {
    /// Sets a number of so many bytes; the small ones that are set fit into any.
    fn set(&mut self, at: usize, length: usize, value: u8) -> Option<()> {
        let place = self.bytes.get_mut(at..at.checked_add(length)?)?;
        place.fill(0);
        *(if self.is_big_endian { place.last_mut() } else { place.first_mut() })? = value;
        Some(())
    }

    /// The second directory is about the thumbnail. It is no longer named, and of the thumbnail
    /// nothing is left; at the end of the block it is cut off.
    fn remove_thumbnail(&mut self, link: usize) -> Option<()> {
        // Some writers end the block with the first directory.
        let Some(second) = self.number(link, 4).filter(|it| *it != 0) else { return Some(()) };
        if let Some(range) = self.directory(second).and_then(|it| self.thumbnail(&it)) {
            if range.end == self.bytes.len() {
                self.bytes.truncate(range.start.max(link + 4));
            } else {
                self.bytes.get_mut(range)?.fill(0);
            }
        }
        self.set(link, 4, 0)
    }

    fn thumbnail(&self, entries: &Entries) -> Option<Range<usize>> {
        let value = |tag| entries.clone().find(|at| self.tag(*at) == Some(tag)).and_then(|at| self.number(at + 8, 4));
        let (start, length) = (value(JPEG_OFFSET)?, value(JPEG_BYTES)?);
        // Not over the head and the first directory, whatever it says.
        (8 <= start && start < self.bytes.len()).then(|| start..start.saturating_add(length).min(self.bytes.len()))
    }
}

#[cfg(test)]
mod tests {
    use super::{has_position, upright};

    /// In either order of bytes: an orientation of 6, a position if asked for, and a thumbnail of
    /// three bytes. Laid out by hand after TIFF 6.0 §2.
    fn block(is_big_endian: bool, with_position: bool) -> Vec<u8> {
        let short = |it: u16| if is_big_endian { it.to_be_bytes() } else { it.to_le_bytes() };
        let long = |it: u32| if is_big_endian { it.to_be_bytes() } else { it.to_le_bytes() };
        let entry = |tag: u16, kind: u16, count: u32, value: [u8; 4]| {
            [&short(tag)[..], &short(kind), &long(count), &value].concat()
        };
        let padded = |[a, b]: [u8; 2]| [a, b, 0, 0];
        let gps_tag = if with_position { 0x8825 } else { 0x8826 };
        [
            if is_big_endian { b"MM\0*" } else { b"II*\0" }.to_vec(),
            long(8).to_vec(),
            // 8: two entries, then the link to the second directory at 56.
            short(2).to_vec(),
            entry(0x112, 3, 1, padded(short(6))),
            entry(gps_tag, 4, 1, long(38)),
            long(56).to_vec(),
            // 38: the position, one entry: north or south.
            short(1).to_vec(),
            entry(1, 2, 2, *b"N\0\0\0"),
            long(0).to_vec(),
            // 56: two entries: where the thumbnail is and how long.
            short(2).to_vec(),
            entry(0x201, 4, 1, long(86)),
            entry(0x202, 4, 1, long(3)),
            long(0).to_vec(),
            b"jpg".to_vec(),
        ]
        .concat()
    }

    #[test]
    fn it_is_set_upright_in_place_and_loses_its_thumbnail() {
        for is_big_endian in [false, true] {
            let before = block(is_big_endian, true);
            assert_eq!(before.len(), 89);
            let mut wanted = before.clone();
            // The last byte of the short number, or its first.
            wanted[18 + usize::from(is_big_endian)] = 1;
            wanted[34..38].fill(0);
            wanted.truncate(86);
            assert_eq!(upright(&before), Some(wanted));
            // Before something else it is blanked.
            let followed = [&before[..], b"more"].concat();
            let after = upright(&followed).unwrap();
            assert_eq!(&after[86..], b"\0\0\0more");
        }
    }

    #[test]
    fn a_position_is_found() {
        for is_big_endian in [false, true] {
            assert!(has_position(&block(is_big_endian, true)) && !has_position(&block(is_big_endian, false)));
        }
    }

    #[test]
    fn wherever_it_breaks_off_nothing_breaks() {
        let whole = block(false, true);
        for length in 0..whole.len() {
            let cut = &whole[..length];
            has_position(cut);
            // The first directory ends at 34.
            assert_eq!(upright(cut).is_some(), 34 <= length, "{length}");
        }
        // A directory that names itself as the next one.
        let mut looped = whole.clone();
        looped[34] = 8;
        assert!(upright(&looped).is_some());
    }
}
