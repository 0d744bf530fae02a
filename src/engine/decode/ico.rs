//! Icons and cursors: the largest picture of the directory.
//!
//! `image` takes PNGs only with alpha in them and insists on directories that agree with the
//! pictures; what is found in the wild is looser. The pictures inside are ordinary PNGs, or
//! bitmaps without a file header whose stated height counts a transparency mask too.

use super::{
    pixels::{Pixels, Samples},
    still::{self, Stored},
};
use crate::engine::{EngineError, Format, Tools};
use image::{DynamicImage, ImageDecoder as _, codecs::bmp::BmpDecoder};
use std::io::Cursor;

/// Decodes the largest picture; the first of several alike.
///
/// # Errors
/// Any of [`EngineError`]'s reading errors.
pub(super) fn decode(bytes: &[u8], tools: Tools<'_>) -> Result<Stored, EngineError> {
    let picture = largest(bytes).ok_or_else(|| damaged("there is no picture in it"))?;
    if picture.starts_with(b"\x89PNG") {
        return still::through_image(Format::Png, picture, tools).map_err(of_icon);
    }
    let dib = Dib::read(picture).ok_or_else(|| damaged("the header of the picture is broken"))?;
    tools.limits.check(dib.width, dib.height, 10)?;
    let pixels = if dib.bits == 32 && dib.compression == 0 { dib.with_alpha() } else { dib.with_mask()? };
    Ok(Stored::plain(pixels, dib.bits.clamp(1, 8) as u8))
}

fn damaged(what: &str) -> EngineError {
    EngineError::Damaged { format: Format::Ico, cause: what.into() }
}

/// What is wrong with the picture inside is wrong with the icon.
fn of_icon(error: EngineError) -> EngineError {
    match error {
        EngineError::Damaged { cause, .. } => EngineError::Damaged { format: Format::Ico, cause },
        EngineError::UnsupportedFeature { cause, .. } => EngineError::UnsupportedFeature { format: Format::Ico, cause },
        EngineError::TooComplex { what, .. } => EngineError::TooComplex { format: Format::Ico, what },
        other => other,
    }
}

/// The bytes of the largest picture; among equals that of most colours, then the first.
fn largest(bytes: &[u8]) -> Option<&[u8]> {
    let is_cursor = bytes.get(2) == Some(&2);
    let entries = usize::from(u16::from_le_bytes(*bytes.get(4..)?.first_chunk()?));
    let directory = bytes.get(6..)?.as_chunks::<16>().0.iter().take(entries);
    let pictures = directory.filter_map(|entry| {
        let [w, h, _, _, _, _, b0, b1, s0, s1, s2, s3, o0, o1, o2, o3] = *entry;
        // A zero stands for 256, which does not fit.
        let side = |stored: u8| if stored == 0 { 256 } else { u32::from(stored) };
        let bits = if is_cursor { 0 } else { u16::from_le_bytes([b0, b1]) };
        let start = u32::from_le_bytes([o0, o1, o2, o3]) as usize;
        let length = u32::from_le_bytes([s0, s1, s2, s3]) as usize;
        let rest = bytes.get(start..).filter(|it| !it.is_empty())?;
        Some(((side(w) * side(h), bits), rest.get(..length).unwrap_or(rest)))
    });
    // The last of equal maxima would win, hence the reversal.
    pictures.collect::<Vec<_>>().into_iter().rev().max_by_key(|(rank, _)| *rank).map(|(_, picture)| picture)
}

/// A bitmap without its file header.
struct Dib<'a> {
    bytes: &'a [u8],
    width: u32,
    /// Of the picture alone.
    height: u32,
    bits: u16,
    compression: u32,
    /// Where the rows begin.
    rows: usize,
}

impl<'a> Dib<'a> {
    fn read(bytes: &'a [u8]) -> Option<Self> {
        let le32 = |at: usize| bytes.get(at..)?.first_chunk().map(|four| u32::from_le_bytes(*four));
        let header = le32(0)?;
        let (width, both) = (le32(4)?, le32(8)?);
        let bits = u16::from_le_bytes(*bytes.get(14..)?.first_chunk()?);
        let compression = le32(16)?;
        let colors = match (le32(32)?, bits) {
            (_, 9..) => 0,
            (0, bits) => 1 << bits,
            (colors, _) => colors.min(256),
        };
        let masks = if compression == 3 && header == 40 { 12 } else { 0 };
        let rows = usize::try_from(header).ok()?.checked_add(masks + 4 * colors as usize)?;
        let fits = header >= 40 && width <= i32::MAX as u32 && both <= i32::MAX as u32;
        fits.then_some(Self { bytes, width, height: both / 2, bits, compression, rows })
    }

    /// Bytes of a row, which is padded to four.
    fn row_bytes(&self, bits: usize) -> usize {
        (self.width as usize * bits).div_ceil(32) * 4
    }

    /// Rows are stored from the bottom up.
    fn row(&self, start: usize, bits: usize, row: u32) -> &'a [u8] {
        let at = start + self.row_bytes(bits) * (self.height - 1 - row) as usize;
        self.bytes.get(at..).unwrap_or_default()
    }

    /// Four bytes a pixel; the mask counts only when no alpha was ever set.
    fn with_alpha(&self) -> Pixels {
        let width = self.width as usize;
        let mut samples = Vec::with_capacity(width * self.height as usize * 4);
        for row in 0..self.height {
            let pixels = self.row(self.rows, 32, row).as_chunks::<4>().0.iter();
            let padded = pixels.copied().chain(std::iter::repeat([0; 4]));
            samples.extend(padded.take(width).flat_map(|[blue, green, red, alpha]| [red, green, blue, alpha]));
        }
        if samples.as_chunks::<4>().0.iter().all(|[.., alpha]| *alpha == 0) {
            self.apply_mask(&mut samples, self.rows + self.row_bytes(32) * self.height as usize);
        }
        self.pixels(samples)
    }

    /// Colours by the decoder for bitmaps, transparency by the mask behind them.
    fn with_mask(&self) -> Result<Pixels, EngineError> {
        let mut bytes = self.bytes.to_vec();
        if let Some(height) = bytes.get_mut(8..12) {
            height.copy_from_slice(&self.height.to_le_bytes());
        }
        let fault = |cause| still::fault(Format::Ico, cause);
        let decoder = BmpDecoder::new_without_file_header(Cursor::new(bytes)).map_err(fault)?;
        if decoder.dimensions() != (self.width, self.height) {
            return Err(damaged("its sizes disagree"));
        }
        let mut samples = DynamicImage::from_decoder(decoder).map_err(fault)?.into_rgba8().into_raw();
        let start = self.rows + self.row_bytes(usize::from(self.bits)) * self.height as usize;
        if !self.has_profile_at(start) {
            self.apply_mask(&mut samples, start);
        }
        Ok(self.pixels(samples))
    }

    /// Does the colour profile of a version 5 header lie where the mask should be?
    fn has_profile_at(&self, mask: usize) -> bool {
        let le32 = |at: usize| self.bytes.get(at..)?.first_chunk().map(|four| u32::from_le_bytes(*four) as usize);
        let behind = mask + self.row_bytes(1) * self.height as usize;
        le32(0) == Some(124) && le32(112).is_some_and(|profile| (mask..behind).contains(&profile))
    }

    /// A set bit lets the ground through; bits that are missing do not.
    fn apply_mask(&self, samples: &mut [u8], start: usize) {
        let rows = samples.chunks_exact_mut(self.width as usize * 4);
        for (row, pixels) in (0..self.height).zip(rows) {
            let mask = self.row(start, 1, row);
            for (at, [.., alpha]) in pixels.as_chunks_mut::<4>().0.iter_mut().enumerate() {
                let bit = mask.get(at / 8).map_or(0, |byte| (byte >> (7 - at % 8)) & 1);
                *alpha = if bit == 0 { u8::MAX } else { 0 };
            }
        }
    }

    fn pixels(&self, samples: Vec<u8>) -> Pixels {
        Pixels { width: self.width, height: self.height, channels: 4, samples: Samples::Narrow(samples.into()) }
    }
}
