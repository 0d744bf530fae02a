//! JPEG: everyday files by [`everyday`], which is quicker than the crates on two cores and can make
//! fewer pixels; all others by crates.
//!
//! zune-jpeg, on which `image` builds, turns files whose components come in scans of their
//! own into garbage without an error, and it converts CMYK without looking at the profile.
//! Both kinds go through jpeg-decoder.

mod everyday;
mod huffman;
mod markers;
mod planes;
mod scan;
mod transform;

use super::{
    buffer::{Buffer, Memory},
    inks,
    pixels::{Pixels, Samples},
    space::Space,
    still::Stored,
};
use crate::engine::{Cancel, EngineError, Format, Gamut, Tools};
pub(in crate::engine) use everyday::redraw;
use everyday::{Everyday, Reach};
use image::metadata::Orientation;
use jpeg_decoder::{Decoder, PixelFormat};
pub(in crate::engine) use markers::{Component, Frame};
pub(in crate::engine) use scan::{Block, Grid, ZIGZAG};

/// What the markers say before the first coded bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Header {
    /// Components of the frame.
    components: u8,
    /// Is the picture refined scan by scan, so that all of its coefficients are kept?
    is_progressive: bool,
    /// Components of the first scan.
    first_scan: u8,
    /// Where the first scan begins.
    scan_at: usize,
}

/// Is this a file that zune-jpeg would read wrongly or roughly?
pub(super) fn needs_own_road(bytes: &[u8]) -> bool {
    header(bytes).is_some_and(|header| header.components == 4 || header.first_scan < header.components)
}

/// Bytes a pixel that decoding takes besides the result: planes of samples and, unless the file can
/// be decoded row by row, coefficients of two bytes.
pub(super) fn coefficient_bytes(bytes: &[u8]) -> u64 {
    match header(bytes) {
        Some(header) if !header.is_progressive => 1 + u64::from(header.components),
        Some(header) => 3 * u64::from(header.components),
        None => 9,
    }
}

/// Does the file end before the end-of-image marker? The decoders fill up what is missing.
pub(super) fn is_truncated(bytes: &[u8]) -> bool {
    let coded = header(bytes).and_then(|header| bytes.get(header.scan_at..));
    coded.is_some_and(|coded| !coded.windows(2).rev().any(|pair| pair == [0xff, 0xd9]))
}

/// Walks the marker segments (ITU-T T.81 annex B) up to the first scan.
fn header(bytes: &[u8]) -> Option<Header> {
    let mut at = 2;
    let (mut components, mut is_progressive) = (None, false);
    loop {
        // Any number of fill bytes may stand before a marker.
        while bytes.get(at)? != &0xff || matches!(bytes.get(at + 1)?, 0 | 0xff) {
            at += 1;
        }
        let marker = *bytes.get(at + 1)?;
        let body = at + 4;
        match marker {
            0xc0..=0xcf if !matches!(marker, 0xc4 | 0xc8 | 0xcc) => {
                components = Some(*bytes.get(body + 5)?);
                is_progressive = matches!(marker, 0xc2 | 0xc6 | 0xca | 0xce);
            }
            0xda => {
                let first_scan = *bytes.get(body)?;
                return Some(Header { components: components?, is_progressive, first_scan, scan_at: body });
            }
            0x01 | 0xd0..=0xd8 => {
                at += 2;
                continue;
            }
            0xd9 => return None,
            _ => {}
        }
        let length = bytes.get(at + 2..)?.first_chunk::<2>()?;
        at += 2 + usize::from(u16::from_be_bytes(*length)).max(2);
    }
}

/// Decodes an everyday file; `None` for others, and for damaged ones.
///
/// # Errors
/// Any of [`EngineError`]'s reading errors.
pub(super) fn decode_everyday(bytes: &[u8], tools: Tools<'_>) -> Result<Option<Stored>, EngineError> {
    // Another decoder may know better what is wrong.
    let Ok(Some(outline)) = outline(&mut Decoder::new(bytes)) else { return Ok(None) };
    let Some(everyday) = Everyday::new(bytes, 1, Reach::All).filter(|it| it.size() == outline.size) else {
        return Ok(None);
    };
    let [width, height] = outline.size;
    tools.limits.check(width, height, coefficient_bytes(bytes) + 3)?;
    // Pixels that are still to be turned are written once more.
    let memory = if outline.orientation == Orientation::NoTransforms { tools.memory } else { &() };
    let pixels = pixels_of(&everyday, memory, tools.cancel);
    tools.cancel.check()?;
    Ok(pixels.map(|it| outline.stored(it)))
}

/// `None` for a damaged file, or when somebody asked to stop.
fn pixels_of(everyday: &Everyday<'_>, memory: &dyn Memory, cancel: &Cancel) -> Option<Pixels> {
    let ([width, height], channels) = (everyday.size(), everyday.channels());
    let mut samples = Buffer::last(width as usize * height as usize * channels, memory);
    everyday.decode(&mut samples, cancel)?;
    Some(Pixels { width, height, channels, samples: Samples::Narrow(samples) })
}

/// Decodes with jpeg-decoder.
///
/// # Errors
/// Any of [`EngineError`]'s reading errors.
pub(super) fn decode(bytes: &[u8], tools: Tools<'_>) -> Result<Stored, EngineError> {
    let mut decoder = Decoder::new(bytes);
    decoder.read_info().map_err(fault)?;
    let info = decoder.info().ok_or(EngineError::NoPixels { width: 0, height: 0 })?;
    let (width, height) = (u32::from(info.width), u32::from(info.height));
    // Coefficients of two bytes a sample, planes, and the interleaved result.
    let working = 4 * info.pixel_format.pixel_bytes() as u64 + 3;
    tools.limits.check(width, height, working)?;
    tools.cancel.check()?;
    let samples = decoder.decode().map_err(fault)?;
    tools.cancel.check()?;
    let orientation = decoder.exif_data().and_then(Orientation::from_exif_chunk).unwrap_or(Orientation::NoTransforms);
    let icc = decoder.icc_profile();
    let still = |pixels, icc, depth| Stored { space: Space::of_icc(icc), orientation, ..Stored::plain(pixels, depth) };
    let pixels = |channels, samples| Pixels { width, height, channels, samples };
    Ok(match info.pixel_format {
        PixelFormat::L8 => still(pixels(1, Samples::Narrow(samples.into())), icc, 8),
        PixelFormat::L16 => {
            let wide = samples.as_chunks::<2>().0.iter().map(|pair| u16::from_ne_bytes(*pair)).collect();
            still(pixels(1, Samples::Wide(wide)), icc, 16)
        }
        PixelFormat::RGB24 => still(pixels(3, Samples::Narrow(samples.into())), icc, 8),
        PixelFormat::CMYK32 => {
            let developed = inks::develop(&Samples::Narrow(samples.into()), icc.as_deref());
            let inks::Developed { samples, profile_name, warnings } = developed;
            Stored { profile_name, warnings, gamut: Gamut::Cmyk, ..still(pixels(3, samples), None, 8) }
        }
    })
}

/// So many pixels are decoded before anybody would see a picture come.
const QUICK_PIXELS: u64 = 4_000_000;
/// The longest side of what is seen first need not be longer than this.
const GLIMPSE_SIDE: u32 = 640;

/// What is known before the first coefficient.
struct Outline {
    /// Width and height as stored, in pixels.
    size: [u32; 2],
    is_coloured: bool,
    orientation: Orientation,
    icc: Option<Vec<u8>>,
}

/// # Errors
/// Any of [`EngineError`]'s reading errors.
fn outline(decoder: &mut Decoder<&[u8]>) -> Result<Option<Outline>, EngineError> {
    decoder.read_info().map_err(fault)?;
    let Some(info) = decoder.info() else { return Ok(None) };
    let orientation = decoder.exif_data().and_then(Orientation::from_exif_chunk).unwrap_or(Orientation::NoTransforms);
    Ok(Some(Outline {
        size: [info.width.into(), info.height.into()],
        is_coloured: info.pixel_format == PixelFormat::RGB24,
        orientation,
        icc: decoder.icc_profile(),
    }))
}

/// Width and height of the upright picture in pixels.
///
/// # Errors
/// Any of [`EngineError`]'s reading errors.
pub(super) fn measure(bytes: &[u8]) -> Result<[u32; 2], EngineError> {
    let outline = outline(&mut Decoder::new(bytes))?;
    let Outline { size, orientation, .. } = outline.ok_or(EngineError::NoPixels { width: 0, height: 0 })?;
    Ok(upright(size, orientation))
}

/// From 5 on the orientations of Exif exchange width and height.
fn upright([width, height]: [u32; 2], orientation: Orientation) -> [u32; 2] {
    if orientation.to_exif() < 5 { [width, height] } else { [height, width] }
}

impl Outline {
    fn stored(self, pixels: Pixels) -> Stored {
        Stored { space: Space::of_icc(self.icc), orientation: self.orientation, ..Stored::plain(pixels, 8) }
    }
}

/// A large picture at an eighth, a quarter or half of its size, with its full size as stored; to
/// be looked at.
///
/// `None` where that would save nothing: a small picture, or one in inks.
///
/// # Errors
/// Any of [`EngineError`]'s reading errors.
pub(super) fn glimpse(bytes: &[u8], tools: Tools<'_>) -> Result<Option<(Stored, [u32; 2])>, EngineError> {
    let mut decoder = Decoder::new(bytes);
    let Some(outline) = outline(&mut decoder)? else { return Ok(None) };
    let [width, height] = outline.size;
    if !outline.is_coloured || u64::from(width) * u64::from(height) < QUICK_PIXELS {
        return Ok(None);
    }
    tools.limits.check(width, height, coefficient_bytes(bytes))?;
    let divisor = [8, 4, 2].into_iter().find(|it| GLIMPSE_SIDE < width.max(height) / it).unwrap_or(2);
    // Of a progressive file its first scan gives an eighth, long before the others are read.
    let is_progressive = header(bytes).is_some_and(|it| it.is_progressive);
    let everyday = if is_progressive {
        Everyday::new(bytes, 8, Reach::FirstScan)
    } else {
        Everyday::new(bytes, divisor, Reach::All)
    };
    let pixels = match everyday.and_then(|it| pixels_of(&it, &(), tools.cancel)) {
        Some(pixels) => pixels,
        None => {
            tools.cancel.check()?;
            let side = |side: u32| u16::try_from(side.div_ceil(divisor)).unwrap_or(u16::MAX);
            let (width, height) = decoder.scale(side(width), side(height)).map_err(fault)?;
            let samples = Samples::Narrow(decoder.decode().map_err(fault)?.into());
            tools.cancel.check()?;
            Pixels { width: width.into(), height: height.into(), channels: 3, samples }
        }
    };
    Ok(Some((outline.stored(pixels), [width, height])))
}

/// The picture with at least `enough` pixels across and down (upright) but as few as a half, a
/// quarter or an eighth allows, with its full size as stored; `None` where all of them are needed
/// or the file is none that this can be done with.
///
/// # Errors
/// Any of [`EngineError`]'s reading errors.
pub(super) fn sufficient(
    bytes: &[u8],
    enough: [u32; 2],
    tools: Tools<'_>,
) -> Result<Option<(Stored, [u32; 2])>, EngineError> {
    let Some(outline) = outline(&mut Decoder::new(bytes))? else { return Ok(None) };
    let [width, height] = outline.size;
    let suffices = |divisor: &u32| {
        let small = upright([width / divisor, height / divisor], outline.orientation);
        enough[0] <= small[0] && enough[1] <= small[1]
    };
    let Some(divisor) = [8, 4, 2].into_iter().find(suffices) else { return Ok(None) };
    // What is missing is told of a whole decode.
    if is_truncated(bytes) {
        return Ok(None);
    }
    tools.limits.check(width, height, coefficient_bytes(bytes))?;
    let pixels = Everyday::new(bytes, divisor, Reach::All).and_then(|it| pixels_of(&it, &(), tools.cancel));
    tools.cancel.check()?;
    Ok(pixels.map(|pixels| (outline.stored(pixels), [width, height])))
}

fn fault(cause: jpeg_decoder::Error) -> EngineError {
    let format = Format::Jpeg;
    match cause {
        jpeg_decoder::Error::Unsupported(_) => EngineError::UnsupportedFeature { format, cause: cause.into() },
        _ => EngineError::Damaged { format, cause: cause.into() },
    }
}

#[cfg(test)]
mod tests;
