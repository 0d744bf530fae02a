//! What the chunks of a PNG say (PNG third edition §11).

use super::{INCH_M, add, add_delay, add_exif, numbers::Numbers, set_density};
use crate::engine::{
    Details,
    decode::frames::Chunks,
    details::MetadataKind::{Exif, Icc, Iptc, Other, Photoshop, Text, Xmp},
};

/// Ancillary chunks of the standard and of its extensions that are not told as metadata: they
/// are about the pixels, or tell of the time.
const TECHNICAL: [&[u8; 4]; 24] = [
    b"acTL", b"bKGD", b"cHRM", b"cICP", b"cLLI", b"cLLi", b"fcTL", b"fdAT", b"gAMA", b"gIFg", b"gIFx", b"hIST",
    b"mDCV", b"mDCv", b"oFFs", b"pCAL", b"pHYs", b"sBIT", b"sCAL", b"sPLT", b"sRGB", b"sTER", b"tIME", b"tRNS",
];
/// The colour type of indices into a palette (§11.2.1).
const PALETTE: u8 = 3;
/// The keyword of an XMP packet (XMP specification part 3 §1.1.5).
pub(in crate::engine) const XMP_KEYWORD: &[u8] = b"XML:com.adobe.xmp";
/// How ImageMagick stores what had no chunk of its own.
const RAW_PROFILE: &[u8] = b"Raw profile type ";

pub(super) fn read(bytes: &[u8], details: &mut Details) {
    let (mut is_animated, mut had_pixels, mut had_control) = (false, false, false);
    let mut has_own_still = false;
    for (kind, body) in Chunks::of_png(bytes) {
        let numbers = Numbers::big_endian(body);
        match &kind {
            b"IEND" => break,
            b"IDAT" if !had_pixels => {
                had_pixels = true;
                has_own_still = !had_control;
            }
            b"IHDR" => details.palette = body.get(9) == Some(&PALETTE),
            b"pHYs" if body.get(8) == Some(&1) => {
                let side = |at| numbers.get(at, 4).map_or(0.0, |it| it as f64 * INCH_M);
                set_density(details, [side(0), side(4)]);
            }
            b"acTL" if !had_pixels => {
                is_animated = true;
                details.loops = numbers.short(4, 4);
            }
            b"fcTL" => {
                had_control = true;
                add_delay(details, delay(&numbers));
            }
            b"iCCP" => add(details, Icc, after_zero(body).map_or(0, |it| it.len().saturating_sub(1) as u64)),
            b"eXIf" => add_exif(details, body),
            b"tEXt" | b"zTXt" | b"iTXt" => text(body, details),
            // A lower-case first letter: not needed to show the picture.
            [b'a'..=b'z', ..] if !TECHNICAL.contains(&&kind) => add(details, Other, body.len() as u64),
            _ => {}
        }
    }
    // A still of its own is a picture besides the animation, which may then have a single frame.
    if !is_animated || details.delays.len() + usize::from(has_own_still) < 2 {
        details.delays.clear();
        details.loops = None;
    }
}

/// Of a frame control (§11.3.6.2): a fraction of a second, in milliseconds.
fn delay(control: &Numbers<'_>) -> u64 {
    let part = control.get(20, 2).unwrap_or(0);
    let of = control.get(22, 2).filter(|it| *it != 0).unwrap_or(100);
    (part * 1_000 + of / 2) / of
}

fn text(body: &[u8], details: &mut Details) {
    let keyword = body.split(|it| *it == 0).next().unwrap_or_default();
    if keyword == XMP_KEYWORD {
        // Behind the flags and two texts about the text.
        let packet = body.get(keyword.len() + 3..).and_then(after_zero).and_then(after_zero);
        add(details, Xmp, packet.map_or(0, <[u8]>::len) as u64);
        return;
    }
    let kind = match keyword.strip_prefix(RAW_PROFILE) {
        Some(b"exif" | b"APP1" | b"app1") => Exif,
        Some(b"icc" | b"icm") => Icc,
        Some(b"iptc") => Iptc,
        Some(b"xmp") => Xmp,
        Some(b"8bim") => Photoshop,
        _ => Text,
    };
    add(details, kind, body.len() as u64);
}

/// What stands behind the first zero.
fn after_zero(bytes: &[u8]) -> Option<&[u8]> {
    let end = bytes.iter().position(|it| *it == 0)?;
    bytes.get(end + 1..)
}
