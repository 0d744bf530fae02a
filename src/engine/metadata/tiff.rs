//! Metadata in the directories of a TIFF, where Exif is no block but entries among others (TIFF 6.0
//! §2, CIPA DC-008 §4.6): put together to a block, and taken apart again.

use super::{COMMENT, Carried, Found, MOST_BYTES, decoded};
use crate::engine::{Encoded, Warning};
use std::borrow::Cow;

const DESCRIPTION: u16 = 270;
const XMP: u16 = 700;
const EXIF_DIRECTORY: u16 = 34665;
const GPS_DIRECTORY: u16 = 34853;
/// A directory of its own, about nothing that a camera notes.
const INTEROPERABILITY: u16 = 40965;
const X_RESOLUTION: u16 = 282;
const Y_RESOLUTION: u16 = 283;
const RESOLUTION_UNIT: u16 = 296;
/// What the first directory says of the picture besides how it is stored: maker, model, software,
/// time, artist, computer, copyright.
const NOTED: [u16; 7] = [271, 272, 305, 306, 315, 316, 33432];

const ASCII: u16 = 2;
const SHORT: u16 = 3;
const LONG: u16 = 4;
const RATIONAL: u16 = 5;
const BYTE: u16 = 1;

/// An entry with its values, each number with its highest byte first.
#[derive(Clone, Debug, PartialEq)]
struct Entry {
    tag: u16,
    kind: u16,
    data: Vec<u8>,
}

impl Entry {
    /// Numbers that take two bytes.
    fn short(tag: u16, value: u16) -> Self {
        Self { tag, kind: SHORT, data: value.to_be_bytes().to_vec() }
    }

    fn long(tag: u16, value: u32) -> Self {
        Self { tag, kind: LONG, data: value.to_be_bytes().to_vec() }
    }
}

/// The bytes of one number, by the type of the value; 1 for what has no order of bytes.
fn unit(kind: u16) -> usize {
    match kind {
        3 | 8 => 2,
        // Fractions are two numbers.
        4 | 5 | 9 | 10 | 11 | 13 => 4,
        12 => 8,
        _ => 1,
    }
}

/// The bytes of one value.
fn size(kind: u16) -> usize {
    if matches!(kind, 5 | 10) { 8 } else { unit(kind) }
}

/// The numbers of a value with their bytes in the other order, if the file has them so.
fn turned(data: &[u8], kind: u16, is_big_endian: bool) -> Vec<u8> {
    let turn = |number: &[u8]| number.iter().rev().copied().collect::<Vec<_>>();
    if is_big_endian { data.to_vec() } else { data.chunks(unit(kind)).flat_map(turn).collect() }
}

/// A file or a block.
struct Tiff<'a> {
    bytes: &'a [u8],
    is_big_endian: bool,
}

impl<'a> Tiff<'a> {
    /// Not BigTIFF, which is for pictures larger than any that are read.
    fn new(bytes: &'a [u8]) -> Option<Self> {
        match bytes.first_chunk::<4>()? {
            b"MM\0*" => Some(Self { bytes, is_big_endian: true }),
            b"II*\0" => Some(Self { bytes, is_big_endian: false }),
            _ => None,
        }
    }

    fn number(&self, at: usize, length: usize) -> Option<usize> {
        let digits = self.bytes.get(at..at.checked_add(length)?)?.iter();
        let add = |all: usize, byte: &u8| (all << 8) | usize::from(*byte);
        Some(if self.is_big_endian { digits.fold(0, add) } else { digits.rev().fold(0, add) })
    }

    /// Those entries of the directory here whose values are within the file and not too many.
    fn directory(&self, at: usize) -> Option<Vec<Entry>> {
        let count = self.number(at, 2)?;
        let mut left = MOST_BYTES;
        let entry = |index: usize| {
            let at = at + 2 + index * 12;
            let [tag, kind] = [at, at + 2].map(|it| self.number(it, 2).and_then(|it| u16::try_from(it).ok()));
            let kind = kind?;
            let length = self.number(at + 4, 4)?.checked_mul(size(kind))?;
            let place = if length <= 4 { at + 8 } else { self.number(at + 8, 4)? };
            let data = self.bytes.get(place..place.checked_add(length)?)?;
            left = left.checked_sub(length)?;
            Some(Entry { tag: tag?, kind, data: turned(data, kind, self.is_big_endian) })
        };
        Some((0..count).filter_map(entry).collect())
    }

    fn first_directory(&self) -> Option<Vec<Entry>> {
        self.directory(self.number(4, 4)?)
    }

    /// The directory to which an entry points.
    fn within(&self, entries: &[Entry], tag: u16) -> Vec<Entry> {
        let at = entries.iter().find(|it| it.tag == tag).and_then(|it| it.data.first_chunk::<4>());
        let entries = at.and_then(|it| self.directory(usize::try_from(u32::from_be_bytes(*it)).ok()?));
        entries.unwrap_or_default().into_iter().filter(|it| it.tag != INTEROPERABILITY).collect()
    }
}

pub(super) fn find(bytes: &[u8]) -> Found<'_> {
    let mut found = Found::default();
    let Some(tiff) = Tiff::new(bytes) else { return found };
    let entries = tiff.first_directory().unwrap_or_default();
    let value = |tag| entries.iter().find(|it| it.tag == tag).map(|it| it.data.as_slice());
    found.xmp = value(XMP).map(|it| Cow::Owned(it.to_vec()));
    if let Some(text) = value(DESCRIPTION) {
        found.note(COMMENT, decoded(text.split(|it| *it == 0).next().unwrap_or_default()));
    }
    let mut block = b"MM\0*\0\0\0\0".to_vec();
    let noted = Noted::of(&tiff, &entries);
    if !noted.is_empty() && noted.append(&mut block, vec![], true).is_some() {
        found.exif = Some(Cow::Owned(block));
    }
    found
}

/// What a camera noted.
struct Noted {
    main: Vec<Entry>,
    exif: Vec<Entry>,
    position: Vec<Entry>,
}

impl Noted {
    fn of(tiff: &Tiff<'_>, entries: &[Entry]) -> Self {
        Self {
            main: entries.iter().filter(|it| NOTED.contains(&it.tag)).cloned().collect(),
            exif: tiff.within(entries, EXIF_DIRECTORY),
            position: tiff.within(entries, GPS_DIRECTORY),
        }
    }

    fn is_empty(&self) -> bool {
        self.main.is_empty() && self.exif.is_empty() && self.position.is_empty()
    }

    /// Appends the directories, the first with other entries besides, and names that at the head.
    fn append(self, to: &mut Vec<u8>, others: Vec<Entry>, is_big_endian: bool) -> Option<()> {
        let mut main = self.main;
        for (tag, entries) in [(EXIF_DIRECTORY, self.exif), (GPS_DIRECTORY, self.position)] {
            if !entries.is_empty() {
                main.push(Entry::long(tag, append(to, entries, is_big_endian)?));
            }
        }
        main.extend(others);
        let at = append(to, main, is_big_endian)?;
        let place = to.get_mut(4..8)?;
        place.copy_from_slice(&if is_big_endian { at.to_be_bytes() } else { at.to_le_bytes() });
        Some(())
    }
}

/// Appends a directory and the values that do not fit into it; tells where it is. The first entry
/// of a tag counts.
fn append(to: &mut Vec<u8>, mut entries: Vec<Entry>, is_big_endian: bool) -> Option<u32> {
    entries.sort_by_key(|it| it.tag);
    entries.dedup_by_key(|it| it.tag);
    to.extend(vec![0; to.len() % 2]);
    let start = to.len();
    let mut directory = Entry::short(0, u16::try_from(entries.len()).ok()?).written(is_big_endian);
    // The entries, then a link to no other directory.
    let mut values: Vec<u8> = vec![];
    let values_at = start + 2 + entries.len() * 12 + 4;
    for entry in &entries {
        let count = u32::try_from(entry.data.len() / size(entry.kind)).ok()?;
        directory.extend(Entry::short(0, entry.tag).written(is_big_endian));
        directory.extend(Entry::short(0, entry.kind).written(is_big_endian));
        directory.extend(Entry::long(0, count).written(is_big_endian));
        let mut data = entry.written(is_big_endian);
        if data.len() <= 4 {
            data.resize(4, 0);
            directory.extend(data);
        } else {
            let at = u32::try_from(values_at + values.len()).ok()?;
            directory.extend(Entry::long(0, at).written(is_big_endian));
            data.extend(vec![0; data.len() % 2]);
            values.extend(data);
        }
    }
    to.extend(directory);
    to.extend([0; 4]);
    to.extend(values);
    u32::try_from(start).ok()
}

impl Entry {
    /// Its values in the file's order of bytes.
    fn written(&self, is_big_endian: bool) -> Vec<u8> {
        turned(&self.data, self.kind, is_big_endian)
    }
}

/// As [`super::rewritten`], for what our encoder wrote: a directory with more entries is appended,
/// the old one is no longer named.
pub(super) fn rewrite(
    encoded: &Encoded,
    carried: &Carried,
    _keeps_profile: bool,
    _warnings: &mut Vec<Warning>,
) -> Option<Vec<u8>> {
    let tiff = Tiff::new(&encoded.bytes)?;
    let mut others = vec![];
    if let Some(hundredths) = carried.density {
        let ratio = |tag, value: u32| {
            let data = [value.to_be_bytes(), 100_u32.to_be_bytes()].concat();
            Entry { tag, kind: RATIONAL, data }
        };
        // Dots an inch.
        others.extend([
            ratio(X_RESOLUTION, hundredths[0]),
            ratio(Y_RESOLUTION, hundredths[1]),
            Entry::short(RESOLUTION_UNIT, 2),
        ]);
    }
    others.extend(carried.xmp.clone().map(|data| Entry { tag: XMP, kind: BYTE, data }));
    if !carried.notes.is_empty() {
        let lines: Vec<_> = carried.notes.iter().map(super::Note::unnamed).collect();
        let data = [lines.join("\n").as_bytes(), &[0]].concat();
        others.push(Entry { tag: DESCRIPTION, kind: ASCII, data });
    }
    let noted =
        carried.exif.as_deref().and_then(Tiff::new).map(|it| Noted::of(&it, &it.first_directory().unwrap_or_default()));
    let noted = noted.unwrap_or(Noted { main: vec![], exif: vec![], position: vec![] });
    // What the encoder says of the density comes after what the source says.
    others.extend(tiff.first_directory()?);
    let mut file = encoded.bytes.to_vec();
    noted.append(&mut file, others, tiff.is_big_endian)?;
    Some(file)
}

#[cfg(test)]
mod tests {
    use super::{Entry, Noted, Tiff};

    #[test]
    fn directories_are_read_as_they_were_written() {
        for (head, is_big_endian) in [(b"MM\0*\0\0\0\0", true), (b"II*\0\0\0\0\0", false)] {
            let text = Entry { tag: 271, kind: 2, data: b"camera\0".to_vec() };
            let time = Entry { tag: 33434, kind: 5, data: [1_u32.to_be_bytes(), 60_u32.to_be_bytes()].concat() };
            let north = Entry { tag: 1, kind: 2, data: b"N\0".to_vec() };
            let (main, exif, position) = (vec![text.clone()], vec![time.clone()], vec![north.clone()]);
            let mut file = head.to_vec();
            let noted = Noted { main, exif, position };
            noted.append(&mut file, vec![Entry::short(274, 1), Entry::short(271, 9)], is_big_endian).unwrap();
            let tiff = Tiff::new(&file).unwrap();
            let entries = tiff.first_directory().unwrap();
            let tags: Vec<_> = entries.iter().map(|it| it.tag).collect();
            assert_eq!(tags, [271, 274, 34665, 34853], "in order, the first of each");
            assert_eq!(entries[0], text);
            let found = Noted::of(&tiff, &entries);
            assert_eq!((found.main, found.exif, found.position), (vec![text], vec![time], vec![north]));
            // The fraction as it stands in the file.
            let fraction: &[u8] = if is_big_endian { &[0, 0, 0, 1, 0, 0, 0, 60] } else { &[1, 0, 0, 0, 60, 0, 0, 0] };
            assert!(file.windows(8).any(|it| it == fraction));
        }
    }

    #[test]
    fn wherever_a_file_breaks_off_nothing_breaks() {
        let mut file = b"II*\0\0\0\0\0".to_vec();
        let text = Entry { tag: 271, kind: 2, data: b"camera\0".to_vec() };
        Noted { main: vec![text], exif: vec![], position: vec![] }.append(&mut file, vec![], false).unwrap();
        assert!(super::find(&file).exif.is_some());
        for length in 0..file.len() {
            super::find(&file[..length]);
        }
        // An offset beyond everything.
        file[4..8].fill(0xff);
        assert!(super::find(&file).exif.is_none());
    }
}
