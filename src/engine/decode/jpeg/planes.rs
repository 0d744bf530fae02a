//! Samples of each component, and the pixels that they make together.

use super::{
    markers::{Component, Frame},
    scan::Block,
    transform::Transform,
};
use rayon::prelude::*;
use wide::{f32x4, u32x4};

/// So many rows above those that are drawn may still be wanted: the last of the rows before, which
/// were not complete without those below them.
const KEPT: usize = 8;

/// The samples of one component: a window of rows that moves downwards.
pub(super) struct Plane {
    samples: Vec<u8>,
    stride: usize,
    /// The row that the window begins with.
    top: usize,
    transform: Transform,
    /// Blocks from top to bottom in a coded unit.
    blocks_down: usize,
    /// Samples that belong to the picture.
    width: usize,
    height: usize,
    /// How many pixels share a sample, across and down.
    shared: [usize; 2],
}

impl Plane {
    /// Room for the samples of `units` rows of coded units, where a block of the finest component
    /// becomes `side` × `side` of them; `None` where others would become blocks that [`Transform`] does
    /// not know.
    pub(super) fn new(component: &Component, frame: &Frame, side: u32, units: u32) -> Option<Self> {
        let is_even = |most: u32, own: u32| side == 8 || (most / own).is_power_of_two();
        if !is_even(frame.widest, component.across) || !is_even(frame.tallest, component.down) {
            return None;
        }
        let finer = |most: u32, own: u32| if side == 8 { 8 } else { (side * most / own).min(8) };
        let (across, down) = (finer(frame.widest, component.across), finer(frame.tallest, component.down));
        let shared =
            [side * frame.widest / (across * component.across), side * frame.tallest / (down * component.down)];
        let stride = (frame.units_across * component.across * across) as usize;
        let rows = (units * component.down * down) as usize + KEPT;
        // Of smaller blocks, the last may be partly beyond the edge.
        let kept = |samples: u32, size: u32| (samples * size).div_ceil(8) as usize;
        Some(Self {
            samples: vec![0; stride * rows],
            stride,
            top: 0,
            transform: Transform::new(component.quantisation.as_ref()?, [across, down].map(|it| it as usize)),
            blocks_down: component.down as usize,
            width: kept(component.width, across),
            height: kept(component.height, down),
            shared: shared.map(|it| it as usize),
        })
    }

    /// Does it take nothing but the means of its blocks?
    pub(super) fn takes_means_only(&self) -> bool {
        self.transform.size == [1, 1]
    }

    /// Makes samples of the rows of coded units from `first` on, as many as there are blocks; the window
    /// moves there and keeps a few rows above.
    pub(super) fn draw(&mut self, blocks: &[Block], across: usize, first: u32) {
        let [wide, high] = self.transform.size;
        let (stride, transform) = (self.stride, &self.transform);
        let row = first as usize * self.blocks_down * high;
        let kept = row.min(KEPT);
        let from = (row - kept - self.top) * stride;
        if from != 0 {
            self.samples.copy_within(from..from + kept * stride, 0);
        }
        self.top = row - kept;
        let Some(samples) = self.samples.get_mut(kept * stride..) else { return };
        samples.par_chunks_mut(stride * high).zip(blocks.par_chunks(across)).for_each(|(samples, blocks)| {
            for (at, block) in blocks.iter().enumerate() {
                if let Some(samples) = samples.get_mut(at * wide..) {
                    transform.draw(block, samples, stride);
                }
            }
        });
    }

    fn line(&self, row: usize) -> &[u8] {
        let start = (row.min(self.height.saturating_sub(1)) - self.top) * self.stride;
        self.samples.get(start..start + self.width).unwrap_or_default()
    }

    /// The samples of one row of pixels, spread over all of them: in `room`, unless each pixel has
    /// one of its own.
    fn row<'a>(&'a self, row: usize, room: &'a mut Room) -> &'a [u8] {
        let [across, down] = self.shared;
        let line = self.line(row / down);
        // Two samples are too few for a line between them; libjpeg draws the same limit.
        let is_smooth = 2 < self.width;
        match self.shared {
            [1, 1] => return line,
            [2, 1] if is_smooth => room.spread_across(line.iter().map(|it| i16::from(*it)), [1, 2], 2),
            [1, 2] if is_smooth => {
                let (near, far, bias) = (line, self.line_beside(row), if row.is_multiple_of(2) { 1 } else { 2 });
                let mixed =
                    near.iter().zip(far).map(|(near, far)| (3 * i16::from(*near) + i16::from(*far) + bias) >> 2);
                room.spread.clear();
                // A mean of bytes.
                room.spread.extend(mixed.map(|it| it as u8));
            }
            [2, 2] if is_smooth => {
                let mixed = line.iter().zip(self.line_beside(row));
                room.spread_across(mixed.map(|(near, far)| 3 * i16::from(*near) + i16::from(*far)), [8, 7], 4);
            }
            _ => {
                room.spread.clear();
                room.spread.extend(line.iter().flat_map(|it| std::iter::repeat_n(*it, across)));
            }
        }
        &room.spread
    }

    /// Of the lines beside that of this row of pixels the one that is nearer to it.
    fn line_beside(&self, row: usize) -> &[u8] {
        let own = row / 2;
        self.line(if row.is_multiple_of(2) { own.saturating_sub(1) } else { own + 1 })
    }
}

/// Memory for one row.
#[derive(Default)]
struct Room {
    line: Vec<i16>,
    spread: Vec<u8>,
}

impl Room {
    /// Two pixels a sample, each a mean of three parts of its own and one of the next one beside it;
    /// what is halfway is rounded up and down in turns. libjpeg's "fancy upsampling".
    fn spread_across(&mut self, line: impl ExactSizeIterator<Item = i16>, biases: [i16; 2], shift: u32) {
        let width = line.len();
        self.line.clear();
        self.line.push(0);
        self.line.extend(line);
        let (first, last) = (self.line.get(1).copied(), self.line.last().copied());
        self.line.extend(last);
        if let (Some(start), Some(first)) = (self.line.first_mut(), first) {
            *start = first;
        }
        self.spread.resize(2 * width, 0);
        let left = self.line.iter();
        let own = self.line.get(1..).unwrap_or_default().iter();
        let right = self.line.get(2..).unwrap_or_default();
        let pairs = self.spread.as_chunks_mut::<2>().0.iter_mut();
        for (((pair, left), own), right) in pairs.zip(left).zip(own).zip(right) {
            // Means of bytes.
            *pair = [(3 * own + left + biases[0]) >> shift, (3 * own + right + biases[1]) >> shift].map(|it| it as u8);
        }
    }
}

/// Rows of pixels that are made by one thread at a time.
const ROWS: usize = 16;

/// Makes the pixels of the rows from `first` on, as many as `to` has room for: interleaved samples,
/// `width` pixels a row.
pub(super) fn join(planes: &[Plane], is_rgb: bool, first: usize, width: usize, to: &mut [u8]) {
    let bytes = width * planes.len();
    to.par_chunks_mut(bytes * ROWS).enumerate().for_each(|(at, rows)| {
        let mut rooms = [const { Room { line: vec![], spread: vec![] } }; 3];
        for (row, pixels) in rows.chunks_exact_mut(bytes).enumerate() {
            let row = first + at * ROWS + row;
            match (planes, &mut rooms) {
                ([grey], [room, ..]) => {
                    let samples = grey.row(row, room);
                    pixels.iter_mut().zip(samples).for_each(|(to, sample)| *to = *sample);
                }
                ([one, two, three], [first, second, third]) => {
                    let lines = [one.row(row, first), two.row(row, second), three.row(row, third)];
                    if is_rgb {
                        interleave(lines, pixels);
                    } else {
                        to_rgb(lines, pixels);
                    }
                }
                _ => {}
            }
        }
    });
}

fn interleave([red, green, blue]: [&[u8]; 3], to: &mut [u8]) {
    let samples = red.iter().zip(green).zip(blue);
    to.as_chunks_mut::<3>().0.iter_mut().zip(samples).for_each(|(to, ((r, g), b))| *to = [*r, *g, *b]);
}

/// So many pixels are calculated side by side.
const LANES: usize = 16;

/// Luma and the two differences from it (JFIF 1.02: BT.601 in full range) to red, green and blue.
fn to_rgb([luma, blue, red]: [&[u8]; 3], to: &mut [u8]) {
    let (lumas, blues, reds) = (luma.as_chunks::<LANES>().0, blue.as_chunks::<LANES>().0, red.as_chunks::<LANES>().0);
    let mut done = 0;
    for ((luma, blue), red) in lumas.iter().zip(blues).zip(reds) {
        // With room for the bytes beyond the last pixel, which the next ones overwrite.
        let Some(pixels) = to.get_mut(3 * done..3 * (done + LANES) + 4) else { break };
        for (at, four) in lanes(luma, blue, red).into_iter().enumerate() {
            if let Some(place) = pixels.get_mut(12 * at..12 * at + 16) {
                place.copy_from_slice(&four);
            }
        }
        done += LANES;
    }
    for start in (done..to.len() / 3).step_by(LANES) {
        let mut ends = [[0; LANES]; 3];
        for (end, line) in ends.iter_mut().zip([luma, blue, red]) {
            end.iter_mut().zip(line.get(start..).unwrap_or_default()).for_each(|(to, from)| *to = *from);
        }
        let fours = lanes(&ends[0], &ends[1], &ends[2]);
        let pixels = fours.iter().flat_map(|it| it.iter().take(12));
        to.iter_mut().skip(3 * start).zip(pixels).for_each(|(to, from)| *to = *from);
    }
}

/// Four pixels of three bytes, and four bytes of nothing, four times.
#[inline]
fn lanes(luma: &[u8; LANES], blue: &[u8; LANES], red: &[u8; LANES]) -> [[u8; 16]; LANES / 4] {
    let mut colours = [[0_u8; LANES]; 3];
    let [reds, greens, blues] = &mut colours;
    let pixels = reds.iter_mut().zip(greens).zip(blues);
    for (((((r, g), b), luma), blue), red) in pixels.zip(luma).zip(blue).zip(red) {
        let luma = i16::from(*luma);
        let (blue, red) = (i16::from(*blue) - 128, i16::from(*red) - 128);
        // In parts of 65,536: 1.402 is 1 and 26,345, 1.772 is 2 less 14,942, −0.714 is −1 and 18,734,
        // 0.344 is 22,554. What is doubled before is rounded after its half.
        *r = byte(luma + red + ((high(2 * red, 26_345) + 1) >> 1));
        *b = byte(luma + 2 * blue + ((high(2 * blue, -14_942) + 1) >> 1));
        let difference = (i32::from(red) * 18_734 - i32::from(blue) * 22_554 + 32_768) >> 16;
        // At most 128 × 41,288 ÷ 65,536.
        *g = byte(luma - red + difference as i16);
    }
    let mut packed = [0_u32; LANES];
    let [reds, greens, blues] = &colours;
    for (((to, r), g), b) in packed.iter_mut().zip(reds).zip(greens).zip(blues) {
        *to = u32::from(*r) | u32::from(*g) << 8 | u32::from(*b) << 16;
    }
    without_gaps(packed)
}

/// Four pixels of four bytes become three words, for four fours side by side.
#[inline]
fn without_gaps(pixels: [u32; LANES]) -> [[u8; 16]; LANES / 4] {
    // Only moved, whatever the bits would mean as floats.
    let turned = |it: [u32x4; 4]| bytemuck::cast::<_, [u32x4; 4]>(f32x4::transpose(bytemuck::cast(it)));
    let [a, b, c, d] = turned(bytemuck::cast(pixels));
    let words = [a | b << 24_u32, b >> 8_u32 | c << 16_u32, c >> 16_u32 | d << 8_u32, u32x4::ZERO];
    bytemuck::cast(turned(words))
}

/// The upper half of a product.
#[inline]
fn high(a: i16, b: i16) -> i16 {
    // Of 32 bits.
    ((i32::from(a) * i32::from(b)) >> 16) as i16
}

#[inline]
fn byte(value: i16) -> u8 {
    // Clamped.
    value.clamp(0, 255) as u8
}
