//! A JPEG at half, a quarter or an eighth of its size, straight from its coefficients.
//!
//! A block of 8 × 8 pixels becomes one of 4 × 4, 2 × 2 or 1 × 1 by an inverse transform of that
//! size of its lowest frequencies, which is the mean of the stored values as far as these
//! frequencies go. What such a block does not need is read over, not calculated; chroma that is
//! stored at half the resolution is transformed at twice the size instead of being enlarged.
//! Of a progressive file only the first scan is read, whose coefficients are the means of blocks.
//!
//! Everyday files only: one scan of all components, 8 bits, Huffman codes. Others, and damaged
//! ones, are left to decoders that know more.

use super::{
    huffman::Bits,
    markers::{Component, Frame},
    transform,
};
use crate::engine::Cancel;

/// Samples of a small picture, interleaved: one channel or three.
pub(super) struct Small {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) channels: usize,
    pub(super) samples: Vec<u8>,
}

/// The picture at 1/`divisor` (8, 4 or 2) of its size, sides rounded up; `None` for a file that is
/// not of the everyday kind, or not whole, or when somebody asked to stop.
pub(super) fn decode(bytes: &[u8], divisor: u32, cancel: &Cancel) -> Option<Small> {
    let frame = Frame::read(bytes)?;
    let side = match divisor {
        2 if !frame.is_progressive => 4,
        4 if !frame.is_progressive => 2,
        8 => 1,
        _ => return None,
    };
    let mut planes: Vec<Plane> = frame.components.iter().map(|it| Plane::new(it, &frame, side)).collect();
    let (width, height) = (frame.width.div_ceil(divisor), frame.height.div_ceil(divisor));
    let channels = planes.len();
    let mut samples = Vec::with_capacity(width as usize * height as usize * channels);
    let mut bits = Bits::new(bytes, frame.scan_at);
    let mut until_restart = frame.restart_interval;
    let rows = side * frame.tallest;
    let colours = Colours::new(frame.is_rgb);
    for strip in 0..frame.units_down {
        cancel.check().ok()?;
        for unit in 0..frame.units_across {
            if frame.restart_interval != 0 {
                if until_restart == 0 {
                    bits.restart()?;
                    planes.iter_mut().for_each(|plane| plane.last_mean = 0);
                    until_restart = frame.restart_interval;
                }
                until_restart -= 1;
            }
            for (plane, component) in planes.iter_mut().zip(&frame.components) {
                plane.read_unit(unit, component, &frame, &mut bits)?;
            }
        }
        if bits.is_over() {
            return None;
        }
        let wanted = rows.min(height.saturating_sub(strip * rows));
        (0..wanted).for_each(|row| append_row(&planes, &colours, row as usize, width as usize, &mut samples));
    }
    Some(Small { width, height, channels, samples })
}

/// The samples of one component in one row of coded units.
struct Plane {
    samples: Vec<u8>,
    stride: usize,
    /// The side lengths of a transformed block.
    across: usize,
    down: usize,
    /// How often each sample is repeated, where the component is coarser still.
    repeated: [usize; 2],
    last_mean: i32,
}

impl Plane {
    fn new(component: &Component, frame: &Frame, side: u32) -> Self {
        let finer = |most: u32, own: u32| (side * most / own).min(8);
        let (across, down) = (finer(frame.widest, component.across), finer(frame.tallest, component.down));
        let repeated =
            [side * frame.widest / (across * component.across), side * frame.tallest / (down * component.down)];
        let stride = (frame.units_across * component.across * across) as usize;
        Self {
            samples: vec![0; stride * (component.down * down) as usize],
            stride,
            across: across as usize,
            down: down as usize,
            repeated: repeated.map(|it| it as usize),
            last_mean: 0,
        }
    }

    /// Reads the blocks of one coded unit.
    fn read_unit(&mut self, unit: u32, component: &Component, frame: &Frame, bits: &mut Bits<'_>) -> Option<()> {
        let (across, down) = (component.across as usize, component.down as usize);
        for (row, column) in (0..down).flat_map(|row| (0..across).map(move |column| (row, column))) {
            let (_, difference) = bits.coefficient(&component.means)?;
            // The sum of so many 16-bit differences may leave their range in a broken file.
            self.last_mean = (self.last_mean + i32::from(difference)).clamp(-(1 << 20), 1 << 20);
            let mut block = transform::Block::new(self.last_mean << frame.approximation, &component.quantisation);
            match [self.across, self.down] {
                _ if frame.is_progressive => {}
                [1, 1] => read_over(component, bits)?,
                size => read_details(&mut block, component, size, bits)?,
            }
            let left = (unit as usize * across + column) * self.across;
            let start = row * self.down * self.stride + left;
            block.draw([self.across, self.down], self.samples.get_mut(start..)?, self.stride);
        }
        Some(())
    }

    /// The samples of one row of the result.
    fn row(&self, row: usize) -> &[u8] {
        let start = row / self.repeated[1] * self.stride;
        self.samples.get(start..start + self.stride).unwrap_or_default()
    }
}

/// Reads the coefficients behind the first; those of higher frequencies than the block has pixels
/// are only read over.
#[inline]
fn read_details(
    block: &mut transform::Block,
    component: &Component,
    size: [usize; 2],
    bits: &mut Bits<'_>,
) -> Option<()> {
    let mut own = *bits;
    let mut at = 1;
    while at < 64 {
        let (run, value) = own.coefficient(&component.details)?;
        at += run as usize;
        if value != 0 && at < 64 {
            block.set(at, value, size, &component.quantisation);
        }
        at += 1;
    }
    *bits = own;
    Some(())
}

/// The same where a block has one pixel, which the first coefficient makes alone.
#[inline]
fn read_over(component: &Component, bits: &mut Bits<'_>) -> Option<()> {
    let mut own = *bits;
    let mut at = 1;
    while at < 64 {
        at += 1 + own.coefficient(&component.details)?.0;
    }
    *bits = own;
    Some(())
}

/// Appends one row of pixels.
fn append_row(planes: &[Plane], colours: &Colours, row: usize, width: usize, to: &mut Vec<u8>) {
    match planes {
        [grey] => to.extend(spread(grey, row).take(width)),
        [first, second, third] => {
            let all_alike = planes.iter().all(|it| it.repeated[0] == 1);
            let start = to.len();
            to.resize(start + width * 3, 0);
            let pixels = to.get_mut(start..).unwrap_or_default().as_chunks_mut::<3>().0.iter_mut();
            if all_alike {
                let samples = first.row(row).iter().zip(second.row(row)).zip(third.row(row));
                pixels.zip(samples).for_each(|(pixel, ((a, b), c))| *pixel = colours.rgb([*a, *b, *c]));
            } else {
                let samples = spread(first, row).zip(spread(second, row)).zip(spread(third, row));
                pixels.zip(samples).for_each(|(pixel, ((a, b), c))| *pixel = colours.rgb([a, b, c]));
            }
        }
        _ => {}
    }
}

fn spread(plane: &Plane, row: usize) -> impl Iterator<Item = u8> {
    let times = plane.repeated[0];
    plane.row(row).iter().flat_map(move |it| std::iter::repeat_n(*it, times))
}

/// What chroma adds to luma: JFIF 1.02, BT.601 in full range.
struct Colours {
    is_rgb: bool,
    /// Of each stored value of the blue difference what it adds to green and blue.
    blue: [[i16; 2]; 256],
    /// Of each stored value of the red difference what it adds to red and green.
    red: [[i16; 2]; 256],
}

impl Colours {
    /// Parts of a step that the sums are taken in.
    const FINE: f32 = 64.0;

    fn new(is_rgb: bool) -> Self {
        let table = |factors: [f32; 2]| {
            // At most 1.772 × 128 × 64, which fits.
            std::array::from_fn(|value| factors.map(|it| (it * Self::FINE * (value as f32 - 128.0)).round() as i16))
        };
        Self { is_rgb, blue: table([-0.344_136_3, 1.772]), red: table([1.402, -0.714_136_3]) }
    }

    #[inline]
    fn rgb(&self, [luma, blue, red]: [u8; 3]) -> [u8; 3] {
        if self.is_rgb {
            return [luma, blue, red];
        }
        const HALF: i16 = Colours::FINE as i16 / 2;
        let ([to_green, to_blue], [to_red, also_to_green]) = (self.blue[usize::from(blue)], self.red[usize::from(red)]);
        let luma = i16::from(luma) * Self::FINE as i16 + HALF;
        // At most 255 × 64 + 227 × 64, which fits; clamped, so the cast cannot cut anything off.
        [to_red, to_green + also_to_green, to_blue].map(|it| ((luma + it) / Self::FINE as i16).clamp(0, 255) as u8)
    }
}
