//! TIFFs of one channel that `image` refuses though they are everyday: palettes, grey of 2 or
//! 4 bits, grey in floating point. And the kind of alpha, which it does not tell.

use super::{
    pixels::{Pixels, Samples, linear_to_display},
    space::Space,
    still::Stored,
};
use crate::engine::{EngineError, Format, Tools};
use image::metadata::Orientation;
use std::io::Cursor;
use tiff::{
    TiffError,
    decoder::{Decoder, DecodingResult, Limits},
    tags::Tag,
};

/// PhotometricInterpretation (TIFF 6.0 §8).
const PALETTE: u16 = 3;
const BLACK_IS_ZERO: u16 = 1;

/// What the tags say about a picture of one channel.
struct Header {
    palette: Option<Vec<u16>>,
    bits: u16,
    width: u32,
    height: u32,
    orientation: Orientation,
    icc: Option<Vec<u8>>,
}

/// Decodes the files that need this road; `None` for all others.
///
/// # Errors
/// Any of [`EngineError`]'s reading errors.
pub(super) fn decode(bytes: &[u8], tools: Tools<'_>) -> Result<Option<Stored>, EngineError> {
    let Some(header) = header(bytes) else { return Ok(None) };
    // The packed samples, the spread ones, and three channels at the end.
    tools.limits.check(header.width, header.height, 10)?;
    let samples = if header.palette.is_some() {
        let grey = as_grey(bytes).ok_or(EngineError::NoPixels { width: header.width, height: header.height })?;
        read(&grey, tools)?
    } else {
        read(bytes, tools)?
    };
    let (width, height) = (header.width, header.height);
    let (channels, samples) = match (samples, &header.palette) {
        (DecodingResult::U8(packed), Some(palette)) => {
            let indices = unpacked(&packed, width, header.bits);
            (3, Samples::Narrow(colored(&indices, palette).into()))
        }
        (DecodingResult::U8(packed), None) => {
            let scale = 255 / ((1 << header.bits) - 1);
            let grey = unpacked(&packed, width, header.bits).into_iter().map(|value| value.saturating_mul(scale));
            (1, Samples::Narrow(grey.collect::<Vec<u8>>().into()))
        }
        (DecodingResult::F32(light), None) => (1, Samples::Wide(light.into_iter().map(linear_to_display).collect())),
        _ => return Ok(None),
    };
    let pixels = Pixels { width, height, channels, samples };
    let Header { orientation, icc, .. } = header;
    // At most 32.
    Ok(Some(Stored { orientation, space: Space::of_icc(icc), ..Stored::plain(pixels, header.bits as u8) }))
}

/// Is the alpha already multiplied into the colours (ExtraSamples 1, TIFF 6.0 §18)?
pub(super) fn has_associated_alpha(bytes: &[u8]) -> bool {
    let tag = Decoder::new(Cursor::new(bytes)).and_then(|mut it| it.find_tag_unsigned_vec::<u16>(Tag::ExtraSamples));
    matches!(tag, Ok(Some(kinds)) if kinds.first() == Some(&1))
}

/// The header of a file that needs this road.
fn header(bytes: &[u8]) -> Option<Header> {
    let mut decoder = Decoder::new(Cursor::new(bytes)).ok()?;
    let mut number = |tag| decoder.find_tag_unsigned::<u16>(tag).ok().flatten();
    let photometric = number(Tag::PhotometricInterpretation)?;
    let (samples, bits) = (number(Tag::SamplesPerPixel).unwrap_or(1), number(Tag::BitsPerSample).unwrap_or(1));
    let is_float = number(Tag::SampleFormat) == Some(3);
    let wanted = match photometric {
        PALETTE => matches!(bits, 1 | 2 | 4 | 8) && !is_float,
        0 | BLACK_IS_ZERO => (matches!(bits, 2 | 4) && !is_float) || (bits == 32 && is_float),
        _ => false,
    };
    if samples != 1 || !wanted {
        return None;
    }
    let orientation = number(Tag::Orientation).and_then(|it| Orientation::from_exif(u8::try_from(it).ok()?));
    let palette = (photometric == PALETTE).then(|| decoder.get_tag_u16_vec(Tag::ColorMap).unwrap_or_default());
    let (width, height) = decoder.dimensions().ok()?;
    let icc = decoder.get_tag_u8_vec(Tag::IccProfile).ok();
    let orientation = orientation.unwrap_or(Orientation::NoTransforms);
    Some(Header { palette, bits, width, height, orientation, icc })
}

fn read(bytes: &[u8], tools: Tools<'_>) -> Result<DecodingResult, EngineError> {
    let mut limits = Limits::default();
    limits.decoding_buffer_size = usize::try_from(tools.limits.max_bytes).unwrap_or(usize::MAX);
    limits.intermediate_buffer_size = limits.decoding_buffer_size;
    tools.cancel.check()?;
    Decoder::new(Cursor::new(bytes)).and_then(|decoder| decoder.with_limits(limits).read_image()).map_err(fault)
}

fn fault(cause: TiffError) -> EngineError {
    let format = Format::Tiff;
    match cause {
        TiffError::UnsupportedError(_) => EngineError::UnsupportedFeature { format, cause: cause.into() },
        TiffError::LimitsExceeded => {
            EngineError::TooComplex { format, what: "one of its strips takes too much memory".into() }
        }
        _ => EngineError::Damaged { format, cause: cause.into() },
    }
}

/// The file with its palette indices declared to be grey, which the decoder does read.
fn as_grey(bytes: &[u8]) -> Option<Vec<u8>> {
    let big_endian = bytes.starts_with(b"MM");
    let number = |at: usize, length: usize| {
        let digits = bytes.get(at..at.checked_add(length)?)?.iter();
        let add = |all: u64, byte: &u8| (all << 8) | u64::from(*byte);
        Some(if big_endian { digits.fold(0, add) } else { digits.rev().fold(0, add) })
    };
    // BigTIFF has wider numbers: the offset of the directory, its count, its entries.
    let is_big = number(2, 2)? == 43;
    let (directory, wide, entry) = if is_big { (number(8, 8)?, 8, 20) } else { (number(4, 4)?, 2, 12) };
    let directory = usize::try_from(directory).ok()?;
    let count = usize::try_from(number(directory, wide)?).ok()?;
    let first = directory.checked_add(wide)?;
    let photometric = u64::from(Tag::PhotometricInterpretation.to_u16());
    let at = (0..count).map_while(|index| index.checked_mul(entry)?.checked_add(first));
    let at = at.take_while(|at| *at < bytes.len()).find(|at| number(*at, 2) == Some(photometric))?;
    let value = at + if is_big { 12 } else { 8 };
    let mut patched = bytes.to_vec();
    let digits = if big_endian { BLACK_IS_ZERO.to_be_bytes() } else { BLACK_IS_ZERO.to_le_bytes() };
    patched.get_mut(value..value + 2)?.copy_from_slice(&digits);
    Some(patched)
}

/// One byte a sample, from rows of packed bits that begin on whole bytes.
fn unpacked(packed: &[u8], width: u32, bits: u16) -> Vec<u8> {
    let (width, bits) = (width as usize, usize::from(bits));
    let sample = |row: &[u8], at: usize| {
        let bit = at * bits;
        let byte = row.get(bit / 8).copied().unwrap_or_default();
        // The highest bits come first (FillOrder 1); at most eight remain.
        (usize::from(byte) >> (8 - bits - bit % 8) & ((1 << bits) - 1)) as u8
    };
    packed.chunks((width * bits).div_ceil(8).max(1)).flat_map(|row| (0..width).map(move |at| sample(row, at))).collect()
}

/// Three channels for each index: the map holds all reds, all greens, all blues.
fn colored(indices: &[u8], palette: &[u16]) -> Vec<u8> {
    let colors = palette.len() / 3;
    // Some writers put 8-bit values where 16-bit ones belong.
    let shift = if palette.iter().all(|value| *value < 256) { 0 } else { 8 };
    let channel =
        |index: usize, nth: usize| palette.get(nth * colors + index).map_or(0, |value| (value >> shift) as u8);
    let color = |index: &u8| {
        let index = usize::from(*index);
        if index < colors { [0, 1, 2].map(|nth| channel(index, nth)) } else { [0; 3] }
    };
    indices.iter().flat_map(color).collect()
}

#[cfg(test)]
mod tests {
    use super::{colored, unpacked};

    #[test]
    fn packed_rows_begin_on_whole_bytes() {
        assert_eq!(unpacked(&[0b0001_1011, 0b1100_0000], 4, 2), [0, 1, 2, 3, 3, 0, 0, 0]);
        assert_eq!(unpacked(&[0x12, 0x30, 0x45, 0x60], 3, 4), [1, 2, 3, 4, 5, 6]);
        assert_eq!(unpacked(&[7, 255], 1, 8), [7, 255]);
    }

    #[test]
    fn palettes_hold_planes() {
        assert_eq!(
            colored(&[1, 0, 9], &[0xff00, 0x1234, 0, 0xffff, 0, 0x8080]),
            [0x12, 0xff, 0x80, 0xff, 0, 0, 0, 0, 0]
        );
        assert_eq!(colored(&[1], &[0, 200, 0, 100, 0, 50]), [200, 100, 50]);
    }
}
