//! What the directories of a TIFF say, and of Exif, which is built like one (TIFF 6.0, CIPA
//! DC-008 §4.6).

use super::{INCH_CM, add, jpeg::chroma, numbers::Numbers, photoshop, set_density};
use crate::engine::{
    Details,
    details::{
        Chroma,
        MetadataKind::{self, Exif, Gps, Icc, Iptc, Text, Thumbnail, Xmp},
    },
};

const COMPRESSION: u16 = 259;
const PHOTOMETRIC: u16 = 262;
const IMAGE_DESCRIPTION: u16 = 270;
const X_RESOLUTION: u16 = 282;
const Y_RESOLUTION: u16 = 283;
const RESOLUTION_UNIT: u16 = 296;
const ARTIST: u16 = 315;
const JPEG_OFFSET: u16 = 513;
const JPEG_BYTES: u16 = 514;
const YCBCR_SUBSAMPLING: u16 = 530;
const XMP: u16 = 700;
const COPYRIGHT: u16 = 33432;
const IPTC: u16 = 33723;
const PHOTOSHOP: u16 = 34377;
const EXIF_DIRECTORY: u16 = 34665;
const ICC: u16 = 34675;
const GPS_DIRECTORY: u16 = 34853;

/// Of the photometric interpretations the one that stores colour apart from light.
const YCBCR: u64 = 6;

/// Of the first picture of a TIFF.
pub(super) fn read(bytes: &[u8], details: &mut Details) {
    let Some(file) = Tiff::new(bytes) else { return };
    let Some(page) = file.first_directory().map(|at| file.directory(at)) else { return };
    let value = |tag| page.find(tag).and_then(|it| file.value(it, 0));
    details.codec = Some(compression(value(COMPRESSION).unwrap_or(1)));
    if value(PHOTOMETRIC) == Some(YCBCR) {
        details.chroma = subsampling(&file, &page);
    }
    for entry in &page.entries {
        let kind = match entry.tag {
            XMP => Xmp,
            IPTC => Iptc,
            ICC => Icc,
            IMAGE_DESCRIPTION | ARTIST | COPYRIGHT => Text,
            PHOTOSHOP => {
                photoshop::resources(file.data(entry).unwrap_or_default(), details);
                continue;
            }
            _ => continue,
        };
        add(details, kind, file.weight(entry));
    }
    file.add_directory(&page, EXIF_DIRECTORY, Exif, details);
    file.add_directory(&page, GPS_DIRECTORY, Gps, details);
    density(&file, &page, details);
}

/// Of a block of Exif, beginning with its byte order: the position, the thumbnail, and the
/// density if none is known.
pub(super) fn read_exif(block: &[u8], details: &mut Details) {
    let Some(file) = Tiff::new(block) else { return };
    let Some(main) = file.first_directory().map(|at| file.directory(at)) else { return };
    file.add_directory(&main, GPS_DIRECTORY, Gps, details);
    density(&file, &main, details);
    // The second directory is about the thumbnail.
    let Some(small) = main.next.map(|at| file.directory(at)) else { return };
    let value = |tag| small.find(tag).and_then(|it| file.value(it, 0));
    if let (Some(at), Some(length)) = (value(JPEG_OFFSET), value(JPEG_BYTES)) {
        add(details, Thumbnail, length.min((block.len() as u64).saturating_sub(at)));
    }
}

/// Does the first picture of a TIFF say nothing but how its pixels are stored?
pub(in crate::engine) fn is_bare(bytes: &[u8]) -> bool {
    // How pixels are laid out, coded and coloured (TIFF 6.0, its supplement 2, the registry of libtiff).
    let is_of_pixels = |it: &Entry| {
        matches!(it.tag, 254..=259 | PHOTOMETRIC | 263..=266 | 273 | 274 | 277..=284 | 290..=293)
            || matches!(it.tag, RESOLUTION_UNIT | 301 | 317..=325 | 332 | 334 | 336 | 338..=342 | 347 | 512..=521)
            || matches!(it.tag, 529..=532 | ICC)
    };
    let page = Tiff::new(bytes).and_then(|it| Some(it.directory(it.first_directory()?)));
    page.is_some_and(|it| it.entries.iter().all(is_of_pixels))
}

fn density(file: &Tiff<'_>, directory: &Directory, details: &mut Details) {
    let side = |tag| directory.find(tag).and_then(|it| file.ratio(it));
    let unit = directory.find(RESOLUTION_UNIT).and_then(|it| file.value(it, 0));
    let inch = match unit {
        None | Some(2) => 1.0,
        Some(3) => INCH_CM,
        _ => return,
    };
    if let Some(across) = side(X_RESOLUTION) {
        let down = side(Y_RESOLUTION).unwrap_or(across);
        set_density(details, [across * inch, down * inch]);
    }
}

fn subsampling(file: &Tiff<'_>, page: &Directory) -> Option<Chroma> {
    let Some(entry) = page.find(YCBCR_SUBSAMPLING) else { return chroma(2, 2) };
    let side = |nth| file.value(entry, nth).and_then(|it| u8::try_from(it).ok());
    chroma(side(0)?, side(1)?)
}

/// The name of a compression scheme (TIFF 6.0 and the registry of libtiff).
fn compression(scheme: u64) -> String {
    let name = match scheme {
        1 => "uncompressed",
        2 => "CCITT RLE",
        3 => "CCITT Group 3",
        4 => "CCITT Group 4",
        5 => "LZW",
        6 => "old-style JPEG",
        7 => "JPEG",
        8 | 32946 => "Deflate",
        9 | 10 | 34661 => "JBIG",
        32766 => "NeXT",
        32773 => "PackBits",
        32809 => "ThunderScan",
        34676 => "SGILog",
        34677 => "SGILog24",
        34712 => "JPEG 2000",
        34887 => "LERC",
        34925 => "LZMA",
        50000 => "Zstandard",
        50001 => "WebP",
        50002 | 52546 => "JPEG XL",
        _ => return format!("compression {scheme}"),
    };
    name.to_owned()
}

/// A file of directories.
struct Tiff<'a> {
    numbers: Numbers<'a>,
    /// BigTIFF, whose offsets and counts have eight bytes.
    is_big: bool,
}

struct Directory {
    entries: Vec<Entry>,
    /// Where the next one is.
    next: Option<usize>,
}

#[derive(Clone, Copy)]
struct Entry {
    tag: u16,
    /// The type of the values (TIFF 6.0 §2).
    kind: u16,
    count: u64,
    /// Where the values are or, if they do not fit there, their offset.
    at: usize,
}

impl Directory {
    fn find(&self, tag: u16) -> Option<&Entry> {
        self.entries.iter().find(|it| it.tag == tag)
    }
}

impl Entry {
    /// The bytes of one value.
    fn size(&self) -> usize {
        match self.kind {
            3 | 8 => 2,
            4 | 9 | 11 | 13 => 4,
            5 | 10 | 12 | 16..=18 => 8,
            _ => 1,
        }
    }

    /// The bytes of all values, as stated.
    fn length(&self) -> u64 {
        self.count.saturating_mul(self.size() as u64)
    }
}

impl<'a> Tiff<'a> {
    fn new(bytes: &'a [u8]) -> Option<Self> {
        let numbers = match bytes {
            [b'M', b'M', ..] => Numbers::big_endian(bytes),
            [b'I', b'I', ..] => Numbers::little_endian(bytes),
            _ => return None,
        };
        Some(Self { numbers, is_big: numbers.get(2, 2)? == 43 })
    }

    /// The bytes of an offset or a count.
    fn wide(&self) -> usize {
        if self.is_big { 8 } else { 4 }
    }

    /// The bytes of an entry.
    fn entry_bytes(&self) -> usize {
        4 + 2 * self.wide()
    }

    fn offset(&self, at: usize) -> Option<usize> {
        let offset = usize::try_from(self.numbers.get(at, self.wide())?).ok()?;
        (0 < offset && offset < self.numbers.len()).then_some(offset)
    }

    fn first_directory(&self) -> Option<usize> {
        self.offset(self.wide())
    }

    /// The entries of a directory that are there.
    fn directory(&self, at: usize) -> Directory {
        let head = if self.is_big { 8 } else { 2 };
        let count = self.numbers.get(at, head).and_then(|it| usize::try_from(it).ok()).unwrap_or(0);
        let first = at.saturating_add(head);
        let places = (0..count).map_while(|nth| nth.checked_mul(self.entry_bytes())?.checked_add(first));
        let entries = places.map_while(|at| self.entry(at)).collect();
        let end = count.checked_mul(self.entry_bytes()).and_then(|it| it.checked_add(first));
        Directory { entries, next: end.and_then(|it| self.offset(it)) }
    }

    fn entry(&self, at: usize) -> Option<Entry> {
        self.numbers.slice(at, self.entry_bytes())?;
        let short = |at| self.numbers.get(at, 2).map(|it| it as u16);
        let count = self.numbers.get(at + 4, self.wide())?;
        Some(Entry { tag: short(at)?, kind: short(at + 2)?, count, at: at + 4 + self.wide() })
    }

    /// Where the values of an entry are, and how many of their bytes there are.
    fn place(&self, entry: &Entry) -> Option<(usize, usize)> {
        let at = if entry.length() <= self.wide() as u64 { Some(entry.at) } else { self.offset(entry.at) }?;
        let there = self.numbers.len().saturating_sub(at);
        Some((at, usize::try_from(entry.length()).unwrap_or(usize::MAX).min(there)))
    }

    fn data(&self, entry: &Entry) -> Option<&'a [u8]> {
        let (at, length) = self.place(entry)?;
        self.numbers.slice(at, length)
    }

    fn weight(&self, entry: &Entry) -> u64 {
        self.place(entry).map_or(0, |(_, length)| length as u64)
    }

    /// The nth value, a whole number.
    fn value(&self, entry: &Entry, nth: usize) -> Option<u64> {
        let (at, length) = self.place(entry)?;
        let from = nth.checked_mul(entry.size())?;
        (from + entry.size() <= length).then(|| self.numbers.get(at + from, entry.size())).flatten()
    }

    /// The first value, a fraction of two whole numbers or, as some write it, a number.
    fn ratio(&self, entry: &Entry) -> Option<f64> {
        let (at, _) = self.place(entry)?;
        match entry.kind {
            5 => Some(self.numbers.get(at, 4)? as f64 / self.numbers.get(at + 4, 4)? as f64),
            11 => Some(f64::from(f32::from_bits(self.numbers.short(at, 4)?))),
            12 => Some(f64::from_bits(self.numbers.get(at, 8)?)),
            3 | 4 => Some(self.value(entry, 0)? as f64),
            _ => None,
        }
    }

    /// A directory to which an entry points, by the bytes of its entries and their values.
    fn add_directory(&self, from: &Directory, tag: u16, kind: MetadataKind, details: &mut Details) {
        let Some(at) = from.find(tag).and_then(|it| usize::try_from(self.value(it, 0)?).ok()) else { return };
        let directory = self.directory(at);
        let outside = |it: &Entry| if it.length() <= self.wide() as u64 { 0 } else { self.weight(it) };
        let weights = directory.entries.iter().map(|it| self.entry_bytes() as u64 + outside(it));
        add(details, kind, weights.fold(0, u64::saturating_add));
    }
}
