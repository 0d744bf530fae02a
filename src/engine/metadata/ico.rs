//! The pictures of an icon: PNGs, which may carry anything that a PNG carries, and bitmaps without a
//! file header.

use super::{Carried, leave_out, png};
use crate::engine::{Bytes, Encoded, Format, Warning, decode::frames::Chunks};

/// Bytes before the directory, and of each of its entries.
const HEAD: usize = 6;
const ENTRY: usize = 16;
/// Before every PNG.
const PNG: &[u8] = b"\x89PNG";
/// The light of stored values by sRGB, as a PNG states it.
const SRGB_GAMMA: [u8; 4] = 45_455_u32.to_be_bytes();

/// One picture of an icon.
struct Picture<'a> {
    /// What the directory says besides where it is.
    told: &'a [u8; 8],
    bytes: &'a [u8],
}

impl Picture<'_> {
    /// Width and height by its own header.
    fn size(&self) -> Option<[u32; 2]> {
        let four = |at: usize| self.bytes.get(at..)?.first_chunk::<4>().copied();
        if self.bytes.starts_with(PNG) {
            return Some([u32::from_be_bytes(four(16)?), u32::from_be_bytes(four(20)?)]);
        }
        // The height counts the mask as well.
        Some([u32::from_le_bytes(four(4)?), u32::from_le_bytes(four(8)?) / 2])
    }

    /// Do its values mean other colours than those of sRGB?
    fn has_other_colours(&self) -> bool {
        let chunks = || if self.bytes.starts_with(PNG) { Some(Chunks::of_png(self.bytes)) } else { None };
        let is_srgb = chunks().into_iter().flatten().any(|(kind, _)| &kind == b"sRGB");
        chunks().into_iter().flatten().any(|(kind, body)| match &kind {
            b"iCCP" | b"cICP" => true,
            b"gAMA" => !is_srgb && body != SRGB_GAMMA,
            _ => false,
        })
    }
}

/// The pictures in the order of the directory; `None` for a cursor, which says more than pictures do, and
/// where one is not there as a whole.
fn pictures(bytes: &[u8]) -> Option<Vec<Picture<'_>>> {
    let [0, 0, 1, 0, low, high] = *bytes.first_chunk::<HEAD>()? else { return None };
    let count = usize::from(u16::from_le_bytes([low, high]));
    let directory = bytes.get(HEAD..HEAD + count * ENTRY)?.as_chunks::<ENTRY>().0;
    let picture = |entry: &'_ [u8; ENTRY]| {
        let [.., s0, s1, s2, s3, o0, o1, o2, o3] = *entry;
        let (length, start) = (u32::from_le_bytes([s0, s1, s2, s3]), u32::from_le_bytes([o0, o1, o2, o3]));
        (start as usize, length as usize)
    };
    let each = directory.iter().map(|entry| {
        let (start, length) = picture(entry);
        Some(Picture { told: entry.first_chunk()?, bytes: bytes.get(start..)?.get(..length)? })
    });
    each.collect()
}

/// Width and height of each picture, by their own headers; `None` for what is no whole icon.
pub(in crate::engine) fn sizes(bytes: &[u8]) -> Option<Vec<[u32; 2]>> {
    pictures(bytes)?.iter().map(Picture::size).collect()
}

/// As [`super::rewritten`]; nothing can be carried.
pub(super) fn rewrite(
    encoded: &Encoded,
    carried: &Carried,
    keeps_profile: bool,
    warnings: &mut Vec<Warning>,
) -> Option<Vec<u8>> {
    carried.parts().for_each(|part| leave_out(warnings, part, "ICO has no place for it"));
    let found = pictures(&encoded.bytes)?;
    if !keeps_profile && found.iter().any(Picture::has_other_colours) {
        return None;
    }
    let mut directory = encoded.bytes.get(..HEAD)?.to_vec();
    let (mut bodies, first) = (vec![], HEAD + ENTRY * found.len());
    for picture in &found {
        let start = u32::try_from(first + bodies.len()).ok()?;
        let body = if picture.bytes.starts_with(PNG) {
            let bytes = Bytes::from(picture.bytes.to_vec());
            let inner = Encoded { format: Format::Png, bytes, size: encoded.size, warnings: vec![] };
            png::rewrite(&inner, &Carried::default(), keeps_profile, warnings)?
        } else {
            picture.bytes.to_vec()
        };
        directory.extend(picture.told);
        directory.extend(u32::try_from(body.len()).ok()?.to_le_bytes());
        directory.extend(start.to_le_bytes());
        bodies.extend(body);
    }
    directory.extend(bodies);
    Some(directory)
}
