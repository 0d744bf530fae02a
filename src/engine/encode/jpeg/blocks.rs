//! From pixels to quantised coefficients.

use crate::engine::{
    Cancel,
    decode::jpeg::{Block, Component, Frame, Grid, ZIGZAG},
    encode::averaged,
    error::Cause,
};
use mozjpeg_rs::{
    QuantTableIdx,
    color::convert_rgb_to_ycbcr_c_compat,
    deringing::preprocess_deringing,
    quant::create_quant_tables,
    sample::{downsample_h2v1_row, downsample_h2v2_rows},
    simd::SimdOps,
};
use rayon::prelude::*;
use std::ops::Range;
use wide::f32x8;

/// Eight-bit samples, rows without padding, interleaved: one of grey, or red, green and blue.
#[derive(Clone, Copy)]
pub(super) struct Picture<'a> {
    pub(super) samples: &'a [u8],
    /// Width and height in pixels.
    pub(super) size: [u32; 2],
    pub(super) channels: usize,
    /// The picture as it is coded, a colour for four pixels, if it is not to be made here.
    pub(super) averaged: Option<&'a averaged::Planes>,
}

/// How far from the next step up, in steps, a detail may be to become it: what lies nearer to half of
/// one costs more bits than it is worth.
///
/// Measured on photos, artwork and a screenshot at qualities 30 to 94: bytes within 4 % of those of
/// trellis quantisation with mozjpeg's weights, at most 1.5 and on average 0.2 less of SSIMULACRA2, in a quarter of the
/// time. To the nearest step it is 5 to 29 % more bytes.
const RELUCTANT: f32 = 0.36;
/// To the nearest step.
const EVEN: f32 = 0.5;

/// Makes steps of coefficients.
pub(super) struct Quantiser {
    /// The steps, in rows of rising frequency across.
    table: [u16; 64],
    /// The same for coefficients that are eight times too large, as the transform makes them.
    steps: [f32; 64],
    /// What is added to a coefficient before it is cut to whole steps.
    offsets: [f32; 64],
}

impl Quantiser {
    /// For grey, or for luma and both kinds of chroma, with mozjpeg's tables for a quality of 1 to 100.
    /// A quantiser that spares bits turns details to nothing sooner than rounding does.
    pub(super) fn for_channels(channels: usize, quality: u8, spares: bool) -> Vec<Self> {
        let (luma, chroma) = create_quant_tables(quality, QuantTableIdx::ImageMagick, false);
        let table = |at| if at == 0 { luma.values } else { chroma.values };
        (0..channels).map(|at| Self::new(table(at), if spares { RELUCTANT } else { EVEN })).collect()
    }

    fn new(table: [u16; 64], share: f32) -> Self {
        let steps = table.map(|it| 8.0 * f32::from(it));
        let mut offsets = steps.map(|it| share * it);
        // A mean is seen at once.
        offsets[0] = EVEN * steps[0];
        Self { table, steps, offsets }
    }

    /// The steps in the order in which they are stored.
    pub(super) fn stored(&self) -> [u16; 64] {
        ZIGZAG.map(|place| self.table[turned(place.into())])
    }

    /// Transforms 8 × 8 samples less 128 and quantises them.
    fn block(&self, samples: &mut [i16; 64], ops: &SimdOps) -> Block {
        preprocess_deringing(samples, self.table[0]);
        let mut coefficients = [0; 64];
        ops.do_forward_dct(samples, &mut coefficients);
        let quantised = self.quantised(&coefficients);
        std::array::from_fn(|at| quantised[turned(at)])
    }

    fn quantised(&self, coefficients: &[i16; 64]) -> [i16; 64] {
        let mut quantised = [0; 64];
        let scales = self.steps.as_chunks::<8>().0.iter().zip(self.offsets.as_chunks::<8>().0);
        let eights = coefficients.as_chunks::<8>().0.iter().zip(scales);
        for (to, (from, (steps, offsets))) in quantised.as_chunks_mut::<8>().0.iter_mut().zip(eights) {
            let size = f32x8::from(from.map(f32::from)).abs();
            let whole = ((size + f32x8::from(*offsets)) / f32x8::from(*steps)).fast_min(f32x8::splat(LARGEST));
            for ((to, whole), from) in to.iter_mut().zip(whole.trunc_int().to_array()).zip(from) {
                // No larger than LARGEST.
                *to = if *from < 0 { -(whole as i16) } else { whole as i16 };
            }
        }
        quantised
    }
}

/// The largest coefficient of the baseline (T.81 F.1.2.2).
const LARGEST: f32 = 1023.0;

/// Rows become columns.
const fn turned(at: usize) -> usize {
    at % 8 * 8 + at / 8 % 8
}

/// The coefficients of a picture.
pub(super) struct Planes {
    /// One for each component.
    pub(super) grids: Vec<Grid>,
    /// Which coefficients of each block are not zero: a bit each, in the order in which they are stored.
    masks: Vec<Vec<u64>>,
}

impl Planes {
    /// Transforms a picture, on all cores.
    ///
    /// # Errors
    /// When somebody asked to stop.
    pub(super) fn of(
        picture: Picture<'_>,
        frame: &Frame,
        quantisers: &[Quantiser],
        cancel: &Cancel,
    ) -> Result<Self, Cause> {
        let grid = |it| Grid::new(it, frame, frame.units_down, false);
        let mut grids: Vec<Grid> = frame.components.iter().map(grid).collect();
        let mut masks: Vec<Vec<u64>> = grids.iter().map(|it| vec![0; it.blocks.len()]).collect();
        let mut rows: Vec<Vec<(&mut [Block], &mut [u64])>> = (0..frame.units_down).map(|_| vec![]).collect();
        for ((grid, masks), component) in grids.iter_mut().zip(&mut masks).zip(&frame.components) {
            let blocks = grid.across * component.down as usize;
            let pieces = grid.blocks.chunks_mut(blocks).zip(masks.chunks_mut(blocks));
            rows.iter_mut().zip(pieces).for_each(|(row, piece)| row.push(piece));
        }
        let ops = SimdOps::detect();
        rows.into_par_iter().enumerate().try_for_each_init(
            || Samples::new(frame),
            |samples, (at, pieces)| {
                cancel.check()?;
                samples.fill(picture, at);
                for (component, (blocks, masks)) in pieces.into_iter().enumerate() {
                    let Some(quantiser) = quantisers.get(component) else { continue };
                    samples.blocks(component, blocks, |block| quantiser.block(block, &ops));
                    masks.iter_mut().zip(&*blocks).for_each(|(mask, block)| *mask = mask_of(block));
                }
                Ok::<_, Cause>(())
            },
        )?;
        Ok(Self { grids, masks })
    }

    /// Names the blocks of these rows of coded units with their components and masks, in the order
    /// in which they are coded.
    #[inline]
    pub(super) fn walk(&self, frame: &Frame, rows: Range<u32>, mut each: impl FnMut(usize, &Block, u64)) {
        for row in rows.start as usize..rows.end as usize {
            for unit in 0..frame.units_across as usize {
                let components = frame.components.iter().zip(&self.grids).zip(&self.masks);
                for (at, ((component, grid), masks)) in components.enumerate() {
                    let (across, down) = (component.across as usize, component.down as usize);
                    for line in row * down..(row + 1) * down {
                        let start = line * grid.across + unit * across;
                        let range = start..start + across;
                        let (Some(blocks), Some(masks)) = (grid.blocks.get(range.clone()), masks.get(range)) else {
                            return;
                        };
                        blocks.iter().zip(masks).for_each(|(block, mask)| each(at, block, *mask));
                    }
                }
            }
        }
    }
}

fn mask_of(block: &Block) -> u64 {
    let bit = |(at, place): (usize, &u8)| u64::from(block[usize::from(*place) & 63] != 0) << at;
    ZIGZAG.iter().enumerate().map(bit).fold(0, |all, bit| all | bit)
}

/// The samples of one row of coded units.
struct Samples<'a> {
    frame: &'a Frame,
    /// Of each component at the full resolution, [`Self::stride`] in a row.
    full: Vec<Vec<u8>>,
    /// Of chroma at its own resolution, where that is lower.
    shared: Vec<Vec<u8>>,
    stride: usize,
}

impl<'a> Samples<'a> {
    fn new(frame: &'a Frame) -> Self {
        let stride = (8 * frame.units_across * frame.widest) as usize;
        let full = vec![0; stride * 8 * frame.tallest as usize];
        let chroma = |it: &Component| vec![0; 64 * (frame.units_across * it.across * it.down) as usize];
        let is_shared = 1 < frame.widest * frame.tallest;
        let shared = frame.components.iter().skip(1).filter(|_| is_shared).map(chroma).collect();
        Self { frame, full: vec![full; frame.components.len()], shared, stride }
    }

    /// Takes the row of coded units `at` of the picture; beyond its edges the last pixels go on.
    fn fill(&mut self, picture: Picture<'_>, at: usize) {
        if let Some(planes) = picture.averaged {
            return self.take(planes, picture.size, at);
        }
        let [width, height] = picture.size.map(|it| it as usize);
        let bytes = width * picture.channels;
        let first = at * 8 * self.frame.tallest as usize;
        let mut lines: Vec<_> = self.full.iter_mut().map(|it| it.chunks_exact_mut(self.stride)).collect();
        for row in first..first + 8 * self.frame.tallest as usize {
            let start = row.min(height - 1) * bytes;
            let Some(pixels) = picture.samples.get(start..start + bytes) else { return };
            let mut lines: Vec<&mut [u8]> = lines.iter_mut().filter_map(Iterator::next).collect();
            match lines.as_mut_slice() {
                [grey] => grey[..width].copy_from_slice(pixels),
                [luma, blue, red] => {
                    let (luma, blue, red) = (&mut luma[..width], &mut blue[..width], &mut red[..width]);
                    convert_rgb_to_ycbcr_c_compat(pixels, luma, blue, red, width);
                }
                _ => {}
            }
            for line in lines {
                let (inside, beyond) = line.split_at_mut(width);
                beyond.fill(inside.last().copied().unwrap_or_default());
            }
        }
        self.share();
    }

    /// Takes a row of coded units, four pixels of which share a colour.
    fn take(&mut self, planes: &averaged::Planes, size: [u32; 2], at: usize) {
        let [width, height] = size.map(|it| it as usize);
        let (half, halves) = (width.div_ceil(2), height.div_ceil(2));
        let [luma, ..] = self.full.as_mut_slice() else { return };
        let [blue, red] = self.shared.as_mut_slice() else { return };
        let all = [(luma, &planes.luma, self.stride, 16, [width, height])];
        let chroma = [(blue, &planes.blue), (red, &planes.red)];
        let chroma = chroma.map(|(to, from)| (to, from, self.stride / 2, 8, [half, halves]));
        for (to, from, stride, rows, [width, height]) in all.into_iter().chain(chroma) {
            for (row, line) in (at * rows..).zip(to.chunks_exact_mut(stride)) {
                let start = row.min(height - 1) * width;
                let (inside, beyond) = line.split_at_mut(width);
                let Some(samples) = from.get(start..start + width) else { return };
                inside.copy_from_slice(samples);
                beyond.fill(samples.last().copied().unwrap_or_default());
            }
        }
    }

    /// Means of the chroma of neighbours.
    fn share(&mut self) {
        let (stride, high) = (self.stride, self.frame.tallest as usize);
        for (full, shared) in self.full.iter().skip(1).zip(&mut self.shared) {
            let lines = full.chunks_exact(stride * high).zip(shared.chunks_exact_mut(stride / 2));
            for (from, to) in lines {
                match from.split_at(stride) {
                    (line, []) => downsample_h2v1_row(line, to),
                    (upper, lower) => downsample_h2v2_rows(upper, lower, to),
                }
            }
        }
    }

    /// Makes the blocks of a component from its samples.
    fn blocks(&self, component: usize, to: &mut [Block], make: impl Fn(&mut [i16; 64]) -> Block) {
        let (plane, stride) =
            match (component.checked_sub(1).and_then(|at| self.shared.get(at)), self.full.get(component)) {
                (Some(shared), _) => (shared, self.stride / self.frame.widest as usize),
                (None, Some(full)) => (full, self.stride),
                (None, None) => return,
            };
        let across = stride / 8;
        for (blocks, lines) in to.chunks_mut(across).zip(plane.chunks_exact(8 * stride)) {
            for (at, block) in blocks.iter_mut().enumerate() {
                let mut samples = [0; 64];
                for (to, line) in samples.as_chunks_mut::<8>().0.iter_mut().zip(lines.chunks_exact(stride)) {
                    let from = line.get(8 * at..).and_then(|it| it.first_chunk::<8>());
                    *to = from.map_or([0; 8], |it| it.map(|sample| i16::from(sample) - 128));
                }
                *block = make(&mut samples);
            }
        }
    }
}
