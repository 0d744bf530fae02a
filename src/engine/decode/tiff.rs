//! TIFF 6.0, BigTIFF and the extensions in use: strips, tiles, planes, and samples of any width.
//!
//! The `tiff` crate refuses about half of what other programs write, so files are read here; only
//! the coded bits go through crates.

use super::{
    jpeg,
    still::Stored,
    tiff_chunks::{Coder, Compression, Shape, damaged, unpredict, unpredict_float, unsupported},
    tiff_color::{Alpha, Meaning, Picture, Values, float_of_24_bits},
    tiff_tags::Directory,
};
use crate::engine::{EngineError, Tools, Warning};
use image::metadata::Orientation;

/// SampleFormat (TIFF 6.0 §19).
#[derive(Clone, Copy, Debug, PartialEq)]
enum Number {
    Unsigned,
    Signed,
    Float,
}

/// Sizes, depths, compression, meaning, planes and places: without one of them nothing can be read.
const NEEDED: [u16; 12] = [256, 257, 258, 259, 262, 273, 277, 278, 284, 322, 323, 324];

/// How the samples lie in the file.
struct Layout {
    width: usize,
    height: usize,
    /// Bits a sample.
    bits: usize,
    number: Number,
    /// Samples a pixel as stored, and those of them that are shown.
    samples: usize,
    kept: usize,
    /// PlanarConfiguration 2: each sample has strips or tiles of its own.
    is_planar: bool,
    /// Of a strip or tile, in pixels.
    chunk: [usize; 2],
    /// 1: none, 2: differences, 3: differences of floating point.
    predictor: u64,
    /// Width and height of what shares one Cb and one Cr, where these are not JPEG's business.
    subsampling: [usize; 2],
    big_endian: bool,
}

/// Decodes the first page.
///
/// # Errors
/// Any of [`EngineError`]'s reading errors.
pub(super) fn decode(bytes: &[u8], tools: Tools<'_>) -> Result<Stored, EngineError> {
    let (directory, pages) = Directory::read(bytes).ok_or_else(|| damaged("it has no directory"))?;
    let mut stored =
        if directory.one(259) == Some(6) { old_jpeg(&directory, tools)? } else { page(&directory, tools)? };
    let orientation = directory.one(274).and_then(|it| Orientation::from_exif(u8::try_from(it).ok()?));
    stored.orientation = orientation.unwrap_or(Orientation::NoTransforms);
    stored.frames = Some(pages);
    stored.warnings.extend((pages != 1).then_some(Warning::FramesDropped { frames: Some(pages) }));
    Ok(stored)
}

fn page(directory: &Directory<'_>, tools: Tools<'_>) -> Result<Stored, EngineError> {
    if NEEDED.iter().any(|tag| directory.is_broken(*tag)) {
        return Err(damaged("one of its tags points outside of the file"));
    }
    let side = |tag| u32::try_from(directory.one(tag).unwrap_or_default()).unwrap_or(u32::MAX);
    let (width, height) = (side(256), side(257));
    tools.limits.check(width, height, 1)?;
    let photometric = directory.one(262).ok_or_else(|| damaged("it does not say what its samples mean"))?;
    let meaning = Meaning::read(directory, photometric)?;
    let coder = Coder::read(directory, photometric)?;
    let (layout, alpha) = Layout::read(directory, [width as usize, height as usize], meaning, coder.compression)?;
    // What is read, and what becomes of it: up to 16 bits a channel.
    let value = layout.value_bytes() as u64 * layout.kept as u64;
    tools.limits.check(
        width,
        height,
        value + 2 * (layout.kept.max(4) as u64) + u64::from(meaning == Meaning::Cmyk) * 3,
    )?;
    tools.cancel.check()?;
    let (values, is_cut) = layout.read_values(directory, &coder, tools)?;
    tools.cancel.check()?;
    let is_rgb = meaning == Meaning::YCbCr && coder.compression == Compression::Jpeg;
    let meaning = if is_rgb { Meaning::Rgb } else { meaning };
    let mut stored = Picture { directory, width, height, bits: layout.bits, meaning, alpha, values }.shown()?;
    stored.warnings.extend(is_cut.then_some(Warning::Truncated));
    Ok(stored)
}

/// JPEG as TIFF 6.0 §22 had it, by the one part of it that was ever dependable: a whole stream at
/// JPEGInterchangeFormat.
fn old_jpeg(directory: &Directory<'_>, tools: Tools<'_>) -> Result<Stored, EngineError> {
    let scattered = || unsupported("it is a JPEG of the old style, in pieces");
    let at = directory.one(513).or_else(|| directory.one(273)).ok_or_else(scattered)?;
    let stream = directory.part(at, None);
    if !stream.starts_with(b"\xff\xd8") {
        return Err(scattered());
    }
    jpeg::decode(stream, tools).map_err(|cause| match cause {
        EngineError::Damaged { .. } => scattered(),
        cause => cause,
    })
}

impl Layout {
    fn read(
        directory: &Directory<'_>,
        [width, height]: [usize; 2],
        meaning: Meaning,
        compression: Compression,
    ) -> Result<(Self, Alpha), EngineError> {
        let count = |tag, or: u64| usize::try_from(directory.one(tag).unwrap_or(or)).unwrap_or(usize::MAX);
        let samples = count(277, meaning.colors() as u64);
        if !(meaning.colors()..=64).contains(&samples) {
            return Err(damaged("its number of samples does not fit its colours"));
        }
        let all_bits = directory.numbers(258);
        let bits = usize::try_from(all_bits.first().copied().unwrap_or(1)).unwrap_or_default();
        if all_bits.iter().take(samples).any(|it| *it != bits as u64) {
            return Err(unsupported("its samples have different depths"));
        }
        let number = number(directory, meaning, bits)?;
        let (alpha, kept) = (alpha(directory, meaning, samples), meaning.colors());
        let chunk = if directory.one(322).is_some() {
            [count(322, 0), count(323, 0)]
        } else {
            let rows = count(278, u64::MAX);
            [width, if rows == 0 { height } else { rows.min(height) }]
        };
        if chunk.contains(&0) {
            return Err(damaged("its tiles have no pixels"));
        }
        let subsampling = subsampling(directory, meaning, compression);
        let layout = Self {
            width,
            height,
            bits,
            number,
            samples,
            kept: kept + usize::from(alpha != Alpha::None),
            is_planar: directory.one(284) == Some(2) && 1 < samples,
            chunk,
            predictor: directory.one(317).unwrap_or(1),
            subsampling,
            big_endian: directory.big_endian,
        };
        if layout.subsampling != [1, 1] && (layout.is_planar || bits != 8 || samples != 3) {
            return Err(unsupported("its subsampled colours are not 8 bits of three samples side by side"));
        }
        Ok((layout, alpha))
    }

    /// Bytes of a value in memory.
    fn value_bytes(&self) -> usize {
        match (self.number, self.bits) {
            (Number::Float, _) => 4,
            (_, 0..=8) => 1,
            _ => 2,
        }
    }

    /// The shape of a strip or tile; the last strip is shorter.
    fn shape(&self, row: usize, is_tiled: bool) -> Result<Shape, EngineError> {
        let [width, rows] = self.chunk;
        let rows = if is_tiled { rows } else { rows.min(self.height - row) };
        let samples = if self.is_planar { 1 } else { self.samples };
        let too_large = || damaged("its tiles are too large");
        let (row_bytes, bytes) = if self.subsampling == [1, 1] {
            let bits = width.checked_mul(samples * self.bits).ok_or_else(too_large)?;
            let row_bytes = bits.div_ceil(8);
            (row_bytes, row_bytes.checked_mul(rows).ok_or_else(too_large)?)
        } else {
            let [across, down] = self.subsampling;
            let row_bytes = width.div_ceil(across).checked_mul(across * down + 2).ok_or_else(too_large)?;
            (row_bytes, row_bytes.checked_mul(rows.div_ceil(down)).ok_or_else(too_large)?)
        };
        Ok(Shape { width, rows, samples, row_bytes, bytes })
    }

    fn read_values(
        &self,
        directory: &Directory<'_>,
        coder: &Coder<'_>,
        tools: Tools<'_>,
    ) -> Result<(Values, bool), EngineError> {
        let is_tiled = directory.one(322).is_some();
        let (offsets, lengths) =
            if is_tiled { (directory.numbers(324), directory.numbers(325)) } else { (vec![], vec![]) };
        // Some writers of tiles use the tags of strips.
        let offsets = if offsets.is_empty() { directory.numbers(273) } else { offsets };
        let lengths = if lengths.is_empty() { directory.numbers(279) } else { lengths };
        let shape = self.shape(0, is_tiled)?;
        tools
            .limits
            .check_bytes((self.width * self.height * self.kept * self.value_bytes()) as u64 + 2 * shape.bytes as u64)?;
        let size = self.width * self.height * self.kept;
        let mut values = match (self.number, self.bits) {
            (Number::Float, _) => Values::Float(vec![0.0; size]),
            (_, 0..=8) => Values::Narrow(vec![0; size]),
            _ => Values::Wide(vec![0; size]),
        };
        let across = self.width.div_ceil(self.chunk[0]);
        let planes = if self.is_planar { self.kept } else { 1 };
        let down = self.height.div_ceil(self.chunk[1]);
        let (mut is_cut, mut is_any) = (false, false);
        for index in 0..across * down * planes {
            tools.cancel.check()?;
            let (plane, place) = (index / (across * down), index % (across * down));
            let (column, row) = (place % across * self.chunk[0], place / across * self.chunk[1]);
            let shape = self.shape(row, is_tiled)?;
            // Without its length a single strip goes on to the end of the file.
            let length = lengths.get(index).copied().filter(|it| *it != 0);
            let Some(offset) = offsets.get(index) else {
                is_cut = true;
                break;
            };
            let data = directory.part(*offset, length);
            let mut chunk = if data.is_empty() { vec![] } else { coder.unpack(data, shape, tools.limits)? };
            (is_cut, is_any) = (is_cut || chunk.len() < shape.bytes, is_any || !chunk.is_empty());
            chunk.resize(shape.bytes, 0);
            let chunk = self.prepared(chunk, shape);
            self.place(&chunk, [column, row], plane, shape, &mut values);
        }
        if is_any { Ok((values, is_cut)) } else { Err(damaged("there are no pixels in it")) }
    }

    /// Undoes prediction and subsampling.
    fn prepared(&self, mut chunk: Vec<u8>, shape: Shape) -> Vec<u8> {
        let bytes = self.bits / 8;
        if self.subsampling != [1, 1] {
            return self.spread(&chunk, shape);
        }
        if self.bits.is_multiple_of(8) {
            for row in chunk.chunks_exact_mut(shape.row_bytes.max(1)) {
                match self.predictor {
                    2 => unpredict(row, bytes, shape.samples, self.big_endian),
                    3 => unpredict_float(row, bytes, shape.samples),
                    _ => {}
                }
            }
        }
        chunk
    }

    /// Blocks of luma behind which their Cb and Cr lie become pixels (TIFF 6.0 §21).
    fn spread(&self, chunk: &[u8], shape: Shape) -> Vec<u8> {
        let [across, down] = self.subsampling;
        let block_bytes = across * down + 2;
        let mut pixels = vec![0; shape.width * shape.rows * 3];
        for (y, row) in pixels.chunks_exact_mut(shape.width * 3).enumerate() {
            let blocks = chunk.get(y / down * shape.row_bytes..).unwrap_or_default();
            for (x, pixel) in row.as_chunks_mut::<3>().0.iter_mut().enumerate() {
                let block = blocks.get(x / across * block_bytes..).unwrap_or_default();
                let at = |at: usize| block.get(at).copied().unwrap_or_default();
                *pixel = [at(y % down * across + x % across), at(across * down), at(across * down + 1)];
            }
        }
        pixels
    }

    /// Puts what lies within the picture where it belongs.
    fn place(&self, chunk: &[u8], [column, row]: [usize; 2], plane: usize, shape: Shape, values: &mut Values) {
        let row_bytes = if self.subsampling == [1, 1] { shape.row_bytes } else { shape.width * 3 };
        let columns = shape.width.min(self.width - column);
        for (y, bytes) in chunk.chunks_exact(row_bytes.max(1)).take(shape.rows).enumerate() {
            if self.height <= row + y {
                break;
            }
            let start = ((row + y) * self.width + column) * self.kept;
            let range = start..start + columns * self.kept;
            match values {
                Values::Narrow(values) => self.place_row(values.get_mut(range), plane, |at| self.narrow(bytes, at)),
                Values::Wide(values) => self.place_row(values.get_mut(range), plane, |at| self.wide(bytes, at)),
                Values::Float(values) => self.place_row(values.get_mut(range), plane, |at| self.float(bytes, at)),
            }
        }
    }

    fn place_row<T>(&self, row: Option<&mut [T]>, plane: usize, value: impl Fn(usize) -> T) {
        let pixels = row.unwrap_or_default().chunks_exact_mut(self.kept).enumerate();
        if self.is_planar {
            pixels.for_each(|(x, pixel)| {
                if let Some(sample) = pixel.get_mut(plane) {
                    *sample = value(x);
                }
            });
        } else {
            pixels.for_each(|(x, pixel)| {
                pixel.iter_mut().enumerate().for_each(|(nth, sample)| *sample = value(x * self.samples + nth));
            });
        }
    }

    fn narrow(&self, row: &[u8], at: usize) -> u8 {
        let value = if self.bits == 8 { row.get(at).copied().unwrap_or_default() } else { self.packed(row, at) as u8 };
        if self.is_negative(u64::from(value), self.bits) { 0 } else { value }
    }

    fn wide(&self, row: &[u8], at: usize) -> u16 {
        let value = match self.bits {
            16 => self.whole::<2>(row, at) as u16,
            24 => (self.whole::<3>(row, at) >> 8) as u16,
            32 => (self.whole::<4>(row, at) >> 16) as u16,
            64 => (self.whole::<8>(row, at) >> 48) as u16,
            17.. => (self.packed(row, at) >> (self.bits - 16)) as u16,
            _ => self.packed(row, at) as u16,
        };
        if self.is_negative(u64::from(value), self.bits.min(16)) { 0 } else { value }
    }

    /// Zero is black, so what is less than that is black too; a* and b* have a sign of their own.
    fn is_negative(&self, value: u64, bits: usize) -> bool {
        self.number == Number::Signed && value >> (bits - 1) == 1
    }

    fn float(&self, row: &[u8], at: usize) -> f32 {
        match self.bits {
            16 => half::f16::from_bits(self.whole::<2>(row, at) as u16).to_f32(),
            24 => float_of_24_bits(self.whole::<3>(row, at) as u32),
            32 => f32::from_bits(self.whole::<4>(row, at) as u32),
            _ => f64::from_bits(self.whole::<8>(row, at)) as f32,
        }
    }

    /// A sample of whole bytes, in the order of the file.
    fn whole<const N: usize>(&self, row: &[u8], at: usize) -> u64 {
        let Some(bytes) = row.get(at * N..).and_then(|it| it.first_chunk::<N>()) else { return 0 };
        let add = |all: u64, byte: &u8| (all << 8) | u64::from(*byte);
        // Undoing the prediction of floating point puts the highest byte first.
        if self.big_endian || self.predictor == 3 { bytes.iter().fold(0, add) } else { bytes.iter().rev().fold(0, add) }
    }

    /// A sample of any number of bits, the highest first.
    fn packed(&self, row: &[u8], at: usize) -> u64 {
        let first = at * self.bits;
        let (from, to) = (first / 8, (first + self.bits).div_ceil(8));
        let bytes = row.get(from..to).unwrap_or_default();
        let all = bytes.iter().fold(0_u128, |all, byte| (all << 8) | u128::from(*byte));
        let behind = to * 8 - first - self.bits;
        (all >> behind) as u64 & (u64::MAX >> (64 - self.bits))
    }
}

/// What the bits of a sample mean.
fn number(directory: &Directory<'_>, meaning: Meaning, bits: usize) -> Result<Number, EngineError> {
    let number = match directory.one(339).unwrap_or(1) {
        2 if meaning != Meaning::CieLab => Number::Signed,
        1 | 2 | 4 => Number::Unsigned,
        3 => Number::Float,
        _ => return Err(unsupported("its samples are complex numbers")),
    };
    let fits = if number == Number::Float { matches!(bits, 16 | 24 | 32 | 64) } else { (1..=64).contains(&bits) };
    if !fits {
        return Err(unsupported(&format!("its samples have {bits} bits")));
    }
    Ok(number)
}

/// Of YCbCr that is not JPEG's business (TIFF 6.0 §21).
fn subsampling(directory: &Directory<'_>, meaning: Meaning, compression: Compression) -> [usize; 2] {
    match (meaning, compression) {
        (Meaning::YCbCr, Compression::Jpeg) => [1, 1],
        (Meaning::YCbCr, _) => match *directory.numbers(530) {
            [across @ (1 | 2 | 4), down @ (1 | 2 | 4), ..] => [across as usize, down as usize],
            _ => [2, 2],
        },
        _ => [1, 1],
    }
}

/// The kind of the first extra sample. Where nothing is said, a fourth sample of RGB is an alpha.
fn alpha(directory: &Directory<'_>, meaning: Meaning, samples: usize) -> Alpha {
    if samples <= meaning.colors() {
        return Alpha::None;
    }
    match directory.one(338) {
        Some(1) => Alpha::Associated,
        Some(2) => Alpha::Straight,
        None if meaning == Meaning::Rgb && samples == 4 => Alpha::Straight,
        _ => Alpha::None,
    }
}
