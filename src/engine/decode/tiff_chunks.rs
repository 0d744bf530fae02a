//! Strips and tiles of a TIFF, uncompressed (TIFF 6.0 §7 to §14, and Adobe's technical notes).

use super::{
    fax::{self, Coding},
    psd_planes::unpack_bits,
    tiff_tags::Directory,
};
use crate::engine::{EngineError, Format, Limits};
use flate2::read::ZlibDecoder;
use image::{ImageDecoder as _, codecs::webp::WebPDecoder};
use std::io::{Cursor, Read as _};
use weezl::{BitOrder, decode::Decoder as Lzw};

/// How strips and tiles are coded.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Compression {
    None,
    Fax(Coding),
    Lzw,
    Jpeg,
    Deflate,
    PackBits,
    WebP,
}

/// The shape of one strip or tile of one plane.
#[derive(Clone, Copy)]
pub(super) struct Shape {
    /// In pixels.
    pub(super) width: usize,
    pub(super) rows: usize,
    /// Samples that lie side by side.
    pub(super) samples: usize,
    /// Bytes of a row, and of all of them.
    pub(super) row_bytes: usize,
    pub(super) bytes: usize,
}

/// What holds for all strips and tiles.
pub(super) struct Coder<'a> {
    pub(super) compression: Compression,
    /// FillOrder 2: the lowest bit of a byte comes first.
    pub(super) is_reversed: bool,
    /// JPEGTables, which each of them shares.
    pub(super) jpeg_tables: Option<&'a [u8]>,
    /// The JPEG streams hold YCbCr.
    pub(super) is_ycbcr: bool,
}

impl<'a> Coder<'a> {
    /// By the tags Compression, FillOrder and T4Options.
    pub(super) fn read(directory: &Directory<'a>, photometric: u64) -> Result<Self, EngineError> {
        let compression = match directory.one(259).unwrap_or(1) {
            1 | 32_771 => Compression::None,
            2 => Compression::Fax(Coding::Huffman),
            3 if directory.one(292).unwrap_or_default() & 1 == 0 => Compression::Fax(Coding::Group3),
            3 => Compression::Fax(Coding::Group3Mixed),
            4 => Compression::Fax(Coding::Group4),
            5 => Compression::Lzw,
            7 => Compression::Jpeg,
            8 | 32_946 => Compression::Deflate,
            32_773 => Compression::PackBits,
            50_001 => Compression::WebP,
            other => return Err(unsupported(&format!("its compression is {}", compression_name(other)))),
        };
        Ok(Self {
            compression,
            is_reversed: directory.one(266) == Some(2),
            jpeg_tables: directory.raw(347),
            is_ycbcr: photometric == 6,
        })
    }

    /// The bytes of a strip or tile, fewer than it should have when some are missing.
    ///
    /// # Errors
    /// Any of [`EngineError`]'s reading errors.
    pub(super) fn unpack(&self, data: &[u8], shape: Shape, limits: &Limits) -> Result<Vec<u8>, EngineError> {
        // No coding makes so much of so little; strips without a length go on to the end of the file.
        let data = data.get(..shape.bytes.saturating_mul(8).saturating_add(65_536)).unwrap_or(data);
        let reversed: Vec<u8>;
        let data = if self.is_reversed && self.compression != Compression::Jpeg {
            reversed = data.iter().map(|byte| byte.reverse_bits()).collect();
            &reversed
        } else {
            data
        };
        let mut unpacked = vec![];
        match self.compression {
            Compression::None => unpacked.extend(data.iter().take(shape.bytes)),
            Compression::PackBits => unpack_bits(data, shape.bytes, &mut unpacked),
            Compression::Fax(coding) => unpacked = fax::unpack(data, coding, shape.width * shape.samples, shape.rows),
            Compression::Deflate => {
                // What precedes an error is kept.
                let _ended = ZlibDecoder::new(data).take(shape.bytes as u64).read_to_end(&mut unpacked);
            }
            Compression::Lzw => unpacked = lzw(data, shape.bytes),
            Compression::Jpeg => unpacked = self.jpeg(data, shape, limits)?,
            Compression::WebP => unpacked = webp(data, shape, limits)?,
        }
        Ok(unpacked)
    }

    /// A JPEG stream without its tables.
    fn jpeg(&self, data: &[u8], shape: Shape, limits: &Limits) -> Result<Vec<u8>, EngineError> {
        let tables = self.jpeg_tables.unwrap_or_default();
        // Tables end with an end of image, the stream begins with a start of one.
        let joined = match (tables.strip_suffix(b"\xff\xd9"), data.get(2..)) {
            (Some(tables), Some(data)) => [tables, data].concat(),
            _ => data.to_vec(),
        };
        let mut decoder = jpeg_decoder::Decoder::new(joined.as_slice());
        decoder.read_info().map_err(fault)?;
        let Some(info) = decoder.info() else { return Err(damaged("a strip has no header")) };
        let components = info.pixel_format.pixel_bytes();
        let [width, height] = [info.width, info.height].map(usize::from);
        if components != shape.samples || width < shape.width || shape.width + 64 < width || shape.rows + 64 < height {
            return Err(damaged("a strip is a JPEG of another size"));
        }
        limits.check(info.width.into(), info.height.into(), 4 * components as u64 + 3)?;
        let transform = match (components, self.is_ycbcr) {
            (3, true) => Some(jpeg_decoder::ColorTransform::YCbCr),
            (3, false) => Some(jpeg_decoder::ColorTransform::RGB),
            _ => None,
        };
        transform.into_iter().for_each(|it| decoder.set_color_transform(it));
        let mut samples = decoder.decode().map_err(fault)?;
        if components == 4 {
            // The decoder takes inks for the inverted ones of Adobe's JPEG files.
            samples.iter_mut().for_each(|ink| *ink = u8::MAX - *ink);
        }
        if width == shape.width {
            return Ok(samples);
        }
        let rows = samples.chunks_exact(width * components);
        Ok(rows.flat_map(|row| row.iter().take(shape.width * components).copied()).collect())
    }
}

/// A WebP stream, which has an alpha or not, whatever the tags say.
fn webp(data: &[u8], shape: Shape, limits: &Limits) -> Result<Vec<u8>, EngineError> {
    let decoder = WebPDecoder::new(Cursor::new(data)).map_err(fault)?;
    let (width, height) = decoder.dimensions();
    if width as usize != shape.width || shape.rows < height as usize {
        return Err(damaged("a strip is a WebP of another size"));
    }
    limits.check(width, height, 8)?;
    let channels = usize::from(decoder.color_type().channel_count());
    let mut samples = vec![0; width as usize * height as usize * channels];
    decoder.read_image(&mut samples).map_err(fault)?;
    Ok(match (channels, shape.samples) {
        (3, 4) => samples.as_chunks::<3>().0.iter().flat_map(|[r, g, b]| [*r, *g, *b, u8::MAX]).collect(),
        (4, 3) => samples.as_chunks::<4>().0.iter().flat_map(|[r, g, b, _]| [*r, *g, *b]).collect(),
        (found, wanted) if found == wanted => samples,
        _ => return Err(damaged("a strip is a WebP of other channels")),
    })
}

/// LZW, also in the old order of bits, which a clear code at the start gives away.
fn lzw(data: &[u8], length: usize) -> Vec<u8> {
    let is_old = matches!(data, [0, second, ..] if second & 1 == 1);
    let mut decoder = if is_old { Lzw::new(BitOrder::Lsb, 8) } else { Lzw::with_tiff_size_switch(BitOrder::Msb, 8) };
    let mut unpacked = vec![0; length];
    let (mut read, mut written) = (0, 0);
    while let (Some(from), Some(to)) = (data.get(read..), unpacked.get_mut(written..)) {
        let step = decoder.decode_bytes(from, to);
        (read, written) = (read + step.consumed_in, written + step.consumed_out);
        if !matches!(step.status, Ok(weezl::LzwStatus::Ok)) || written == length {
            break;
        }
    }
    unpacked.truncate(written);
    unpacked
}

fn compression_name(number: u64) -> String {
    let name = match number {
        6 => "JPEG of the old style",
        32_766 => "NeXT RLE",
        32_809 => "ThunderScan RLE",
        32_909 => "PixarFilm",
        34_661 | 34_663 => "JBIG",
        34_676 | 34_677 => "SGI LogLuv",
        34_712 | 33_003 | 33_004 | 33_005 => "JPEG 2000",
        34_887 => "LERC",
        34_925 => "LZMA",
        34_933 => "PNG",
        50_000 => "Zstandard",
        50_002 | 52_546 => "JPEG XL",
        _ => return format!("number {number}"),
    };
    name.to_owned()
}

fn fault(cause: impl std::error::Error + Send + Sync + 'static) -> EngineError {
    EngineError::Damaged { format: Format::Tiff, cause: cause.into() }
}

pub(super) fn damaged(what: &str) -> EngineError {
    EngineError::Damaged { format: Format::Tiff, cause: what.into() }
}

pub(super) fn unsupported(what: &str) -> EngineError {
    EngineError::UnsupportedFeature { format: Format::Tiff, cause: what.into() }
}

/// Differences to the pixel on the left become samples (TIFF 6.0 §14), in the order of the file.
pub(super) fn unpredict(row: &mut [u8], sample_bytes: usize, samples: usize, big_endian: bool) {
    let stride = sample_bytes * samples;
    for at in stride..row.len() {
        // The carry of wider samples runs through their bytes, lowest first.
        if !at.is_multiple_of(sample_bytes) {
            continue;
        }
        let mut carry = 0_u16;
        for nth in 0..sample_bytes {
            let place = at + if big_endian { sample_bytes - 1 - nth } else { nth };
            let left = row.get(place - stride).copied().unwrap_or_default();
            let Some(byte) = row.get_mut(place) else { return };
            let sum = u16::from(*byte) + u16::from(left) + carry;
            (*byte, carry) = (sum as u8, sum >> 8);
        }
    }
}

/// The same for floating point (Adobe's Photoshop TIFF Technical Note 3): bytes by significance,
/// highest first. The numbers are in big-endian order then.
pub(super) fn unpredict_float(row: &mut [u8], sample_bytes: usize, samples: usize) {
    unpredict(row, 1, samples, true);
    let apart = row.to_vec();
    let length = apart.len() / sample_bytes.max(1);
    for (at, number) in row.chunks_exact_mut(sample_bytes).enumerate() {
        for (nth, byte) in number.iter_mut().enumerate() {
            *byte = apart.get(nth * length + at).copied().unwrap_or_default();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{lzw, unpredict, unpredict_float};

    #[test]
    fn differences_add_up_by_channel() {
        let mut narrow = [1, 2, 3, 1, 255, 0];
        unpredict(&mut narrow, 1, 3, false);
        assert_eq!(narrow, [1, 2, 3, 2, 1, 3]);
        // 0x12ff + 2 = 0x1301, in both orders.
        let mut big = [0x12, 0xff, 0, 2];
        unpredict(&mut big, 2, 1, true);
        assert_eq!(big, [0x12, 0xff, 0x13, 0x01]);
        let mut little = [0xff, 0x12, 2, 0];
        unpredict(&mut little, 2, 1, false);
        assert_eq!(little, [0xff, 0x12, 0x01, 0x13]);
        // 1.0 is 3f800000 and 2.0 is 40000000.
        let mut float = [0x3f, 0x01, 0x40, 0x80, 0, 0, 0, 0];
        unpredict_float(&mut float, 4, 1);
        assert_eq!(float, [0x3f, 0x80, 0, 0, 0x40, 0, 0, 0]);
    }

    #[test]
    fn both_orders_of_lzw() {
        // Clear, 7, 7, end, nine bits each: highest first, and lowest first as early writers did.
        let new = [0b1000_0000, 0b0000_0001, 0b1100_0000, 0b1111_0000, 0b0001_0000];
        assert_eq!(lzw(&new, 2), [7, 7]);
        let old = [0b0000_0000, 0b0000_1111, 0b0001_1100, 0b0000_1000, 0b0000_1000];
        assert_eq!(lzw(&old, 2), [7, 7]);
    }
}
