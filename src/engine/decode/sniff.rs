//! What the bytes are, by their content alone.
//!
//! Formats with a magic number come first, then SVG, which may stand behind a prologue,
//! another encoding or a compression, and last TGA, which has no magic number at all.

use super::svg_text;
use crate::engine::Format;

/// What the content looks like; `None` when it is no image anybody knows.
pub(super) fn sniff(bytes: &[u8]) -> Option<Format> {
    by_magic(bytes)
        .or_else(|| svg_text::is_svg(bytes).then_some(Format::Svg))
        .or_else(|| is_tga(bytes).then_some(Format::Tga))
}

fn by_magic(bytes: &[u8]) -> Option<Format> {
    let at_start = |magic: &[u8]| bytes.starts_with(magic);
    if at_start(b"\x89PNG\r\n\x1a\n") {
        Some(Format::Png)
    } else if at_start(b"\xff\xd8\xff") {
        Some(Format::Jpeg)
    } else if at_start(b"GIF87a") || at_start(b"GIF89a") {
        Some(Format::Gif)
    } else if at_start(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
        Some(Format::WebP)
    } else if [b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"].into_iter().any(|magic| at_start(magic)) {
        Some(Format::Tiff)
    } else if is_bmp(bytes) {
        Some(Format::Bmp)
    } else if is_ico(bytes) {
        Some(Format::Ico)
    } else if at_start(b"qoif") {
        Some(Format::Qoi)
    } else if is_pnm(bytes) {
        Some(Format::Pnm)
    } else if at_start(b"DDS ") {
        Some(Format::Dds)
    } else if at_start(b"#?RADIANCE") || at_start(b"#?RGBE") {
        Some(Format::Hdr)
    } else if at_start(b"\x76\x2f\x31\x01") {
        Some(Format::OpenExr)
    } else if at_start(b"farbfeld") {
        Some(Format::Farbfeld)
    } else if at_start(b"\xff\x0a") || at_start(b"\0\0\0\x0cJXL \r\n\x87\n") {
        Some(Format::JpegXl)
    } else if at_start(b"8BPS") {
        Some(Format::Psd)
    } else {
        isobmff(bytes)
    }
}

/// "BM" alone would take in every text that begins with these letters, so the size of the
/// information header, which every version states, has to be possible too.
fn is_bmp(bytes: &[u8]) -> bool {
    bytes.starts_with(b"BM") && le32(bytes, 14).is_some_and(|header| (12..=1024).contains(&header))
}

/// Icons and cursors: a directory whose first picture lies behind the directory.
fn is_ico(bytes: &[u8]) -> bool {
    let [0, 0, 1 | 2, 0, low, high, ..] = *bytes else { return false };
    let count = u32::from(u16::from_le_bytes([low, high]));
    0 < count
        && le32(bytes, 18).is_some_and(|offset| 6 + 16 <= offset)
        && bytes.get(9).is_some_and(|it| *it <= 1 || *it == 255)
}

/// Netpbm: a letter, a digit, and white space or a comment.
fn is_pnm(bytes: &[u8]) -> bool {
    matches!(bytes, [b'P', b'1'..=b'7', b' ' | b'\t' | b'\r' | b'\n' | b'#', ..])
}

/// AVIF and HEIC: the brands of the file-type box (ISO/IEC 14496-12 §4.3).
fn isobmff(bytes: &[u8]) -> Option<Format> {
    if bytes.get(4..8) != Some(b"ftyp") {
        return None;
    }
    let length = bytes.get(..4).map_or(0, |it| it.iter().fold(0, |all, byte| (all << 8) | usize::from(*byte)));
    let brands = bytes.get(8..length.min(bytes.len())).unwrap_or_default();
    let has = |wanted: &[&[u8; 4]]| brands.as_chunks::<4>().0.iter().any(|brand| wanted.contains(&brand));
    if has(&[b"avif", b"avis"]) {
        Some(Format::Avif)
    } else if has(&[b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1"]) {
        Some(Format::Heic)
    } else {
        None
    }
}

/// TGA by the plausibility of its header: every field with few legal values has one of them.
fn is_tga(bytes: &[u8]) -> bool {
    let [_, map_type, kind, _, _, map_low, map_high, map_depth, _, _, _, _, w0, w1, h0, h1, depth, flags, ..] = *bytes
    else {
        return false;
    };
    let has_map = match map_type {
        0 => map_low == 0 && map_high == 0,
        1 => matches!(map_depth, 15 | 16 | 24 | 32),
        _ => false,
    };
    let depth_fits = match kind {
        1 | 9 => map_type == 1 && matches!(depth, 8 | 15 | 16),
        2 | 10 => matches!(depth, 15 | 16 | 24 | 32),
        3 | 11 => matches!(depth, 8 | 16),
        _ => false,
    };
    let has_area = (w0 | w1) != 0 && (h0 | h1) != 0;
    has_map && depth_fits && has_area && flags & 0xc0 == 0
}

fn le32(bytes: &[u8], at: usize) -> Option<u32> {
    let four = bytes.get(at..)?.first_chunk::<4>()?;
    Some(u32::from_le_bytes(*four))
}
