//! What the short headers of BMP, TGA, DDS and OpenEXR say.

use super::{INCH_M, add, numbers::Numbers, set_density};
use crate::engine::{
    Details,
    details::MetadataKind::{Comment, Icc, Text, Thumbnail},
};

/// The sizes of the headers of Windows that hold a profile, and of those of OS/2.
const BMP_V5: u64 = 124;
const BMP_CORE: u64 = 12;
const BMP_OS2: [u64; 2] = [16, 64];
/// Where the information header begins.
const BMP_INFO: usize = 14;

/// The information header of a BMP (Windows GDI, BITMAPV5HEADER).
pub(super) fn bmp(bytes: &[u8], details: &mut Details) {
    let numbers = Numbers::little_endian(bytes);
    let Some(size) = numbers.get(BMP_INFO, 4) else { return };
    let scheme = if size == BMP_CORE { Some(0) } else { numbers.get(30, 4) };
    let name = match scheme {
        Some(0 | 3 | 6) if !BMP_OS2.contains(&size) => "uncompressed",
        Some(0) => "uncompressed",
        Some(1) => "RLE8",
        Some(2) => "RLE4",
        Some(3) => "Huffman",
        Some(4) if BMP_OS2.contains(&size) => "RLE24",
        Some(4) => "JPEG",
        Some(5) => "PNG",
        _ => return,
    };
    details.codec = Some(name.to_owned());
    if size != BMP_CORE {
        let side = |at| numbers.get(at, 4).map_or(0.0, |it| it as f64 * INCH_M);
        set_density(details, [side(38), side(42)]);
    }
    let is_embedded = numbers.slice(BMP_INFO + 56, 4) == Some(b"DEBM");
    if size == BMP_V5 && is_embedded {
        let place = |at| numbers.get(BMP_INFO + at, 4).and_then(|it| usize::try_from(it).ok());
        let (at, length) = (place(112).unwrap_or(0), place(116).unwrap_or(0));
        let there = bytes.len().saturating_sub(at.saturating_add(BMP_INFO));
        add(details, Icc, length.min(there) as u64);
    }
}

/// The header of a TGA (Truevision TGA 2.0).
pub(super) fn tga(bytes: &[u8], details: &mut Details) {
    let [id_bytes, _, kind, ..] = bytes else { return };
    let is_packed = matches!(kind, 9..=11);
    details.codec = Some(if is_packed { "RLE" } else { "uncompressed" }.to_owned());
    add(details, Comment, u64::from(*id_bytes));
}

/// Behind the pixel format of a DDS, whose code begins here.
const DDS_FOUR_CC: usize = 84;
const DDS_DXGI: usize = 128;

/// The pixel format of a DDS (DDS_PIXELFORMAT, DDS_HEADER_DXT10).
pub(super) fn dds(bytes: &[u8], details: &mut Details) {
    let numbers = Numbers::little_endian(bytes);
    let has_code = numbers.get(80, 4).is_some_and(|flags| flags & 4 != 0);
    let code = numbers.slice(DDS_FOUR_CC, 4).filter(|it| has_code && it.iter().all(u8::is_ascii_alphanumeric));
    details.codec = match code {
        Some(b"DX10") => Some(block_compression(numbers.get(DDS_DXGI, 4).unwrap_or(0)).to_owned()),
        Some(code) => Some(String::from_utf8_lossy(code).into_owned()),
        None => Some("uncompressed".to_owned()),
    };
}

/// By the number of a DXGI_FORMAT.
fn block_compression(dxgi: u64) -> &'static str {
    match dxgi {
        70..=72 => "BC1",
        73..=75 => "BC2",
        76..=78 => "BC3",
        79..=81 => "BC4",
        82..=84 => "BC5",
        94..=96 => "BC6H",
        97..=99 => "BC7",
        _ => "uncompressed",
    }
}

/// The attributes of the first header of an OpenEXR file (OpenEXR File Layout).
pub(super) fn exr(bytes: &[u8], details: &mut Details) {
    let (mut across, mut shape) = (None, 1.0);
    let mut rest = bytes.get(8..).unwrap_or_default();
    while let Some((name, kind, value, next)) = attribute(rest) {
        let float = || value.first_chunk().map(|it| f64::from(f32::from_le_bytes(*it)));
        match (name, kind) {
            (b"compression", _) => details.codec = value.first().and_then(|it| exr_compression(*it)).map(str::to_owned),
            (b"xDensity", _) => across = float(),
            (b"pixelAspectRatio", _) => shape = float().unwrap_or(1.0),
            (b"comments", _) => add(details, Comment, value.len() as u64),
            (_, b"preview") => add(details, Thumbnail, value.len() as u64),
            (_, b"string") => add(details, Text, value.len() as u64),
            _ => {}
        }
        rest = next;
    }
    if let Some(across) = across {
        set_density(details, [across, across * shape]);
    }
}

/// The name of an attribute, of its type, its value, and what follows.
type Attribute<'a> = (&'a [u8], &'a [u8], &'a [u8], &'a [u8]);

fn attribute(bytes: &[u8]) -> Option<Attribute<'_>> {
    let (name, rest) = until_zero(bytes)?;
    // An empty name ends the header.
    if name.is_empty() {
        return None;
    }
    let (kind, rest) = until_zero(rest)?;
    let (length, rest) = rest.split_first_chunk()?;
    let (value, rest) = rest.split_at_checked(u32::from_le_bytes(*length) as usize)?;
    Some((name, kind, value, rest))
}

/// A name of at most 255 letters, and what stands behind the zero that ends it.
fn until_zero(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = bytes.iter().take(256).position(|it| *it == 0)?;
    Some((bytes.get(..end)?, bytes.get(end + 1..)?))
}

fn exr_compression(scheme: u8) -> Option<&'static str> {
    let names = ["uncompressed", "RLE", "ZIPS", "ZIP", "PIZ", "PXR24", "B44", "B44A", "DWAA", "DWAB", "HTJ2K"];
    names.get(usize::from(scheme)).copied()
}
