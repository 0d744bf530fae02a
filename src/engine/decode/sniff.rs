//! What the bytes are, by their content alone.
//!
//! Formats with a magic number come first, then SVG, which may stand behind a prologue,
//! another encoding or a compression, and last TGA, which has no magic number at all.

use super::{pfm, svg_text};
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
    matches!(bytes, [b'P', b'1'..=b'7', b' ' | b'\t' | b'\r' | b'\n' | b'#', ..]) || pfm::is_pfm(bytes)
}

/// Within so many bytes the codec of a file without a codec's brand is looked for.
const GENERAL_BYTES: usize = 1 << 16;

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
    } else if has(&[b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis"]) {
        Some(Format::Heic)
    } else if has(&[b"mif1", b"mif2", b"miaf", b"msf1", b"avci", b"avcs", b"jpeg", b"jpgs", b"j2ki", b"unif"]) {
        // A general brand says nothing of the codec, its configuration does.
        let start = bytes.get(..bytes.len().min(GENERAL_BYTES)).unwrap_or_default();
        let is_av1 = start.windows(4).any(|it| it == b"av1C") && !start.windows(4).any(|it| it == b"hvcC");
        Some(if is_av1 { Format::Avif } else { Format::Heic })
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

#[cfg(test)]
mod tests {
    use super::sniff;
    use crate::engine::Format;

    #[track_caller]
    fn is(bytes: &[u8], format: impl Into<Option<Format>>) {
        assert_eq!(sniff(bytes), format.into(), "{:?}", String::from_utf8_lossy(bytes));
    }

    #[test]
    fn magic_numbers() {
        is(b"\x89PNG\r\n\x1a\n", Format::Png);
        is(b"\xff\xd8\xff\xe0", Format::Jpeg);
        is(b"GIF87a", Format::Gif);
        is(b"RIFF\x10\0\0\0WEBPVP8 ", Format::WebP);
        is(b"RIFF\x10\0\0\0WAVEfmt ", None);
        is(b"MM\0*\0\0\0\x08", Format::Tiff);
        is(b"II+\0\x08\0\0\0", Format::Tiff);
        is(b"BM\x46\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0", Format::Bmp);
        is(b"BMW makes cars, not pictures", None);
        is(b"\0\0\x01\0\x01\0\x10\x10\0\0\x01\0\x20\0\x68\x04\0\0\x16\0\0\0", Format::Ico);
        is(b"qoif", Format::Qoi);
        is(b"P6\n1 1\n", Format::Pnm);
        is(b"P6666", None);
        is(b"PF\n2 2\n-1.0\n", Format::Pnm);
        is(b"Pf is a plosive and a fricative", None);
        is(b"#?RADIANCE\n", Format::Hdr);
        is(b"\x76\x2f\x31\x01\x02", Format::OpenExr);
        is(b"farbfeld", Format::Farbfeld);
        is(b"DDS |", Format::Dds);
    }

    #[test]
    fn formats_that_are_only_known_by_name() {
        is(b"\0\0\0\x1cftypavif\0\0\0\0avifmif1miaf", Format::Avif);
        // The major brand may be the general one.
        is(b"\0\0\0\x1cftypmif1\0\0\0\0avifmif1miaf", Format::Avif);
        is(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", Format::Heic);
        is(b"\0\0\0\x14ftypmif1\0\0\0\0mif1", Format::Heic);
        is(b"\0\0\0\x14ftypmif1\0\0\0\0mif1\0\0\0\x0cav1C\x81\0\0\0", Format::Avif);
        is(b"\0\0\0\x18ftypisom\0\0\0\0isommp42", None);
        is(b"\xff\x0a\xfa\x1f", Format::JpegXl);
        is(b"\0\0\0\x0cJXL \r\n\x87\n", Format::JpegXl);
        is(b"8BPS\0\x01", Format::Psd);
    }

    #[test]
    fn drawings_behind_prologues() {
        for text in [
            "<svg/>",
            "\u{feff}\n <?xml version='1.0'?>\n<!-- <html> --><svg width='1'>",
            "<!DOCTYPE svg PUBLIC '-//W3C//DTD SVG 1.1//EN' 'svg11.dtd'><svg\n>",
            "<!DOCTYPE svg [ <!ENTITY a 'b>'> ]><s:svg xmlns:s='http://www.w3.org/2000/svg'/>",
        ] {
            is(text.as_bytes(), Format::Svg);
            let utf16: Vec<u8> = "\u{feff}"
                .encode_utf16()
                .chain(text.trim_start_matches('\u{feff}').encode_utf16())
                .flat_map(u16::to_be_bytes)
                .collect();
            is(&utf16, Format::Svg);
        }
        is(b"<!doctype html><svg/>", Format::Svg);
        is(b"<html><svg/></html>", None);
        is(b"<svgfoo/>", None);
        is(b"<!-- <svg/> -->", None);
        is(b"<?xml version='1.0'?><rss/>", None);
    }

    #[test]
    fn tga_only_by_a_plausible_header() {
        let header = |kind, depth| [0, 0, kind, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 4, 0, depth, 0x20];
        is(&header(2, 24), Format::Tga);
        is(&header(11, 8), Format::Tga);
        is(&header(2, 23), None);
        is(&header(7, 24), None);
        is(&[0; 64], None);
        is(b"once upon a time there was a text", None);
    }
}
