//! JPEG XL without loss, 8 or 16 bits a channel, by `zune-jpegxl`.
//!
//! There is no encoder with loss under a licence that this program could carry (late 2026: those
//! in Rust are AGPL, the bindings to libjxl GPL), so quality is not asked for. This one embeds no
//! profile and does not hear of a cancel; its search has no settings worth asking for. Two things
//! it cannot say, so that its headers are written here: that alpha has 16 bits, and that a picture
//! is a single row or column, which is coded as two of which one is shown.

use super::Written;
use crate::engine::{Cancel, Layout, Raster, recipe::OutputSpec};
use zune_core::{bit_depth::BitDepth, colorspace::ColorSpace, options::EncoderOptions};
use zune_jpegxl::JxlSimpleEncoder;

/// The encoder knows no shorter side.
const LEAST_SIDE: u32 = 2;

pub(super) fn encode(raster: &Raster, _: &OutputSpec, _: &Cancel) -> Written {
    let (size, layout) = (raster.size(), raster.layout());
    let coded_size @ [width, height] = size.map(|side| side.max(LEAST_SIDE));
    let colours = if layout.has_alpha() { ColorSpace::RGBA } else { ColorSpace::RGB };
    let depth = if layout.is_wide() { BitDepth::Sixteen } else { BitDepth::Eight };
    let options = EncoderOptions::new(width as usize, height as usize, colours, depth);
    let doubled = (size != coded_size).then(|| doubled(raster));
    let samples = doubled.as_deref().unwrap_or(raster.bytes());
    let mut bytes = vec![];
    JxlSimpleEncoder::new(samples, options).encode(&mut bytes).map_err(|why| format!("{why:?}"))?;
    let theirs = headers(coded_size, coded_size, layout, BitDepth::Eight);
    let data = bytes.strip_prefix(&*theirs).ok_or("its encoder wrote unknown headers")?;
    Ok([&headers(size, coded_size, layout, depth), data].concat())
}

/// The samples of a single row or column twice, beside or below each other.
fn doubled(raster: &Raster) -> Vec<u8> {
    let [width, height] = raster.size();
    let across = if width < LEAST_SIDE { 2 } else { 1 };
    let down = if height < LEAST_SIDE { 2 } else { 1 };
    let pixels = raster.bytes().chunks(raster.layout().bytes_per_pixel());
    pixels.flat_map(|pixel| pixel.repeat(across)).collect::<Vec<u8>>().repeat(down)
}

/// All before the table of contents (ISO/IEC 18181-1): signature, size, metadata, and the header of
/// the one frame, which is larger than the picture where its size is.
fn headers(size: [u32; 2], frame: [u32; 2], layout: Layout, alpha_depth: BitDepth) -> Vec<u8> {
    let mut bits = Bits::default();
    bits.put(16, 0x0aff);
    // Not a small size; the height, no ratio of the sides, the width.
    bits.put(1, 0);
    bits.put_side(size[1]);
    bits.put(3, 0);
    bits.put_side(size[0]);
    // Not all as usual; orientation and the like are.
    bits.put(2, 0);
    bits.put_depth(layout.is_wide());
    // Do values fit into 16 bits on the way?
    bits.put(1, u32::from(!layout.is_wide()));
    bits.put(2, u32::from(layout.has_alpha()));
    if layout.has_alpha() {
        bits.put_alpha(alpha_depth == BitDepth::Sixteen);
    }
    // Not XYB, sRGB, no extensions, transforms as usual.
    bits.put(5, 0b1_0010);
    bits.pad();
    // A frame not as usual: shown, modular, no flags, no YCbCr, not enlarged, nor is its alpha.
    bits.put(9, 0b1000);
    bits.put(if layout.has_alpha() { 2 } else { 0 }, 0);
    // Groups of 256 pixels, one pass.
    bits.put(4, 1);
    bits.put(1, u32::from(size != frame));
    if size != frame {
        [0, 0, frame[0], frame[1]].into_iter().for_each(|it| bits.put_extent(it));
    }
    // It replaces what is there, alpha too, and is the last.
    bits.put(if layout.has_alpha() { 4 } else { 2 }, 0);
    bits.put(1, 1);
    // No name, no filters, no extensions, the table of contents in order.
    bits.put(11, 0);
    bits.pad();
    bits.bytes
}

/// Bits from the lowest of each byte on.
#[derive(Default)]
struct Bits {
    bytes: Vec<u8>,
    n: usize,
}

impl Bits {
    fn put(&mut self, n: usize, value: u32) {
        for at in 0..n {
            if self.n.is_multiple_of(8) {
                self.bytes.push(0);
            }
            if let Some(last) = self.bytes.last_mut() {
                *last |= u8::from(value >> at & 1 == 1) << (self.n % 8);
            }
            self.n += 1;
        }
    }

    /// What is left of the byte is zero.
    fn pad(&mut self) {
        self.n = self.n.next_multiple_of(8);
    }

    /// A side of up to 2³⁰ pixels, by the shortest of four ways.
    fn put_side(&mut self, side: u32) {
        let less = side - 1;
        let (way, n) = match less {
            ..0x200 => (0, 9),
            0x200..0x2000 => (1, 13),
            0x2000..0x4_0000 => (2, 18),
            _ => (3, 30),
        };
        self.put(2, way);
        self.put(n, less);
    }

    /// Where a frame lies and how large it is, by the shortest of four ways.
    fn put_extent(&mut self, extent: u32) {
        let (way, from, n) = match extent {
            ..256 => (0, 0, 8),
            256..2_304 => (1, 256, 11),
            2_304..18_688 => (2, 2_304, 14),
            _ => (3, 18_688, 30),
        };
        self.put(2, way);
        self.put(n, extent - from);
    }

    /// Whole samples of 16 bits, or of 8.
    fn put_depth(&mut self, is_wide: bool) {
        if is_wide { self.put(9, 15 << 3 | 3 << 1) } else { self.put(3, 0) }
    }

    /// As usual, which means 8 bits; or not, and then as large as the colours, nameless, straight.
    fn put_alpha(&mut self, is_wide: bool) {
        if is_wide {
            self.put(3, 0);
            self.put_depth(true);
            self.put(5, 0);
        } else {
            self.put(1, 1);
        }
    }
}
