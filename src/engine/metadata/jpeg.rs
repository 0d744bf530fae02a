//! Metadata in the marker segments of a JPEG (ITU-T T.81 annex B, JFIF 1.02, CIPA DC-008 §4.7.2).

use super::{COMMENT, Carried, Found, Part, decoded, leave_out, xmp};
use crate::engine::{
    Encoded, Warning,
    decode::details::EXIF_HEAD,
    decode::details::jpeg::{ICC, JFIF, Segments, XMP},
};
use std::borrow::Cow;

const SOI: [u8; 2] = [0xff, 0xd8];
const EOI: [u8; 2] = [0xff, 0xd9];
/// What tells how the components make colours.
const ADOBE: &[u8] = b"Adobe";
/// A segment states its length, which counts itself, in two bytes.
const MOST_BODY: usize = u16::MAX as usize - 2;

/// The parts up to the first scan.
pub(super) fn find(bytes: &[u8]) -> Found<'_> {
    let mut found = Found::default();
    for (marker, body) in Segments::of(bytes) {
        match marker {
            0xe1 => {
                found.exif = found.exif.or_else(|| body.strip_prefix(EXIF_HEAD).map(Cow::Borrowed));
                if let (None, Some(packet)) = (&found.xmp, body.strip_prefix(XMP)) {
                    if xmp::has_more(packet) {
                        found.lost.push((Part::Xmp, "of several pieces only the first was kept"));
                    }
                    found.xmp = Some(Cow::Borrowed(packet));
                }
            }
            // Some writers end the text with a zero.
            0xfe => found.note(COMMENT, decoded(body.strip_suffix(b"\0").unwrap_or(body))),
            _ => {}
        }
    }
    found
}

/// As [`super::rewritten`].
pub(super) fn rewrite(
    encoded: &Encoded,
    carried: &Carried,
    keeps_profile: bool,
    warnings: &mut Vec<Warning>,
) -> Option<Vec<u8>> {
    let bytes = &encoded.bytes;
    let mut segments = Segments::of(bytes);
    let all: Vec<_> = segments.by_ref().collect();
    let mut file = SOI.to_vec();
    let first_jfif = all.iter().find(|(marker, body)| *marker == 0xe0 && body.starts_with(JFIF));
    if first_jfif.is_some() || carried.density.is_some() {
        push(&mut file, 0xe0, &jfif(carried.density));
    }
    carry(&mut file, carried, warnings);
    for (marker, body) in all {
        let stays = match marker {
            0xe2 => keeps_profile && body.starts_with(ICC),
            0xee => body.starts_with(ADOBE),
            0xe0..=0xef | 0xfe => false,
            _ => true,
        };
        if stays {
            push(&mut file, marker, body);
        }
    }
    scans(&mut file, bytes, segments.place())?;
    Some(file)
}

/// JFIF 1.02 with a density and no thumbnail.
fn jfif(density: Option<[u32; 2]>) -> Vec<u8> {
    // Without a unit the two sides only tell that pixels are square.
    let (unit, sides) = match density {
        Some(hundredths) => (1, hundredths.map(|it| u16::try_from((it + 50) / 100).unwrap_or(u16::MAX).max(1))),
        None => (0, [1; 2]),
    };
    let [x, y] = sides.map(u16::to_be_bytes);
    [JFIF, &[1, 2, unit], &x, &y, &[0, 0]].concat()
}

fn carry(file: &mut Vec<u8>, carried: &Carried, warnings: &mut Vec<Warning>) {
    let mut segment = |part, marker, head: &[u8], rest: &[u8]| {
        if head.len() + rest.len() <= MOST_BODY {
            push(file, marker, &[head, rest].concat());
        } else {
            leave_out(warnings, part, "JPEG has no place for more than 64 KB of it");
        }
    };
    if let Some(block) = &carried.exif {
        segment(Part::Exif, 0xe1, EXIF_HEAD, block);
    }
    if let Some(packet) = &carried.xmp {
        segment(Part::Xmp, 0xe1, XMP, packet);
    }
    for note in &carried.notes {
        segment(Part::Comments, 0xfe, &[], note.unnamed().as_bytes());
    }
}

/// Appends a segment: marker, length, body, which is short enough.
fn push(file: &mut Vec<u8>, marker: u8, body: &[u8]) {
    let length = (body.len() + 2).min(u16::MAX.into()) as u16;
    file.extend([0xff, marker]);
    file.extend(length.to_be_bytes());
    file.extend(body);
}

/// Appends everything from the first scan to the end of the picture, but for metadata between
/// scans. What lies behind is not of it: previews, gain maps, films.
fn scans(file: &mut Vec<u8>, bytes: &[u8], mut at: usize) -> Option<()> {
    loop {
        let &[0xff, marker] = bytes.get(at..)?.first_chunk::<2>()? else { return None };
        match marker {
            0xff => at += 1,
            0xd9 => {
                file.extend(EOI);
                return Some(());
            }
            0x01 | 0xd0..=0xd8 => at += 2,
            _ => {
                let length = u16::from_be_bytes(*bytes.get(at + 2..)?.first_chunk()?);
                let mut end = at + 2 + usize::from(length);
                if marker == 0xda {
                    end = end_of_coded(bytes, end)?;
                }
                let segment = bytes.get(at..end)?;
                if !matches!(marker, 0xe0..=0xef | 0xfe) {
                    file.extend(segment);
                }
                at = end;
            }
        }
    }
}

/// Where the coded bits that begin here end: at a marker that is neither a zero behind a byte of
/// ones nor a restart.
fn end_of_coded(bytes: &[u8], mut at: usize) -> Option<usize> {
    loop {
        at += bytes.get(at..)?.iter().position(|it| *it == 0xff)?;
        match bytes.get(at + 1)? {
            0 | 0xd0..=0xd7 => at += 2,
            0xff => at += 1,
            _ => return Some(at),
        }
    }
}
