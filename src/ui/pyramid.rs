//! A picture at full, half, quarter … of its size, so that whatever part of it is looked at
//! costs the screen no more than a few small textures.
//!
//! Built on a worker. The full size is the raster itself, shared and not copied; the smaller
//! ones take a third of that once more.

use crate::engine::{Layout, Raster};
use egui::ColorImage;
use rayon::prelude::*;

/// A picture and its smaller versions. Level 0 is the picture; each level has half the width and
/// height of the one before, rounded up.
pub struct Pyramid {
    full: Raster,
    smaller: Vec<Level>,
}

/// One of the smaller versions: rows without padding, alpha premultiplied.
struct Level {
    size: [usize; 2],
    bytes: Vec<u8>,
}

/// The next level comes at 1.6 pixels a pixel of the screen: the binary logarithm of 2 / 1.6.
const SOONER: f32 = 0.32;

/// No level is made of one whose sides are no longer than this.
const SMALLEST: usize = 64;

impl Pyramid {
    /// Halves the picture until little is left of it.
    pub fn new(raster: &Raster) -> Self {
        let mut smaller: Vec<Level> = vec![];
        let channels = raster.layout().channels();
        let mut size = raster.size().map(|it| it as usize);
        while SMALLEST < size[0].max(size[1]) {
            let level = match smaller.last() {
                None => halved(size, channels, |row, into| row_of(raster, row, 0..size[0], into)),
                Some(Level { bytes, .. }) => {
                    let stride = size[0] * channels;
                    halved(size, channels, |row, into| {
                        into.extend_from_slice(bytes.get(row * stride..(row + 1) * stride).unwrap_or_default());
                    })
                }
            };
            size = level.size;
            smaller.push(level);
        }
        Self { full: raster.clone(), smaller }
    }

    /// How many levels there are, at least one.
    pub fn n_levels(&self) -> usize {
        1 + self.smaller.len()
    }

    /// Width and height of a level in pixels.
    pub fn size(&self, level: usize) -> [usize; 2] {
        match level.checked_sub(1).and_then(|it| self.smaller.get(it)) {
            Some(level) => level.size,
            None => self.full.size().map(|it| it as usize),
        }
    }

    /// The level to show at this scale, in pixels of the screen a pixel of the picture: shrunk to
    /// no less than five eighths, where filtering still sees every pixel, or enlarged by no more
    /// than a quarter.
    pub fn level_for(&self, scale: f32) -> usize {
        let halvings = ((1.0 / scale.max(f32::MIN_POSITIVE)).log2() + SOONER).floor().max(0.0);
        // A positive number that is cut off at the last level.
        (halvings as usize).min(self.smaller.len())
    }

    /// The part of a level between two corners (left, top and right, bottom), for upload.
    pub fn part(&self, level: usize, [left, top]: [usize; 2], [right, bottom]: [usize; 2]) -> ColorImage {
        let channels = self.full.layout().channels();
        let mut bytes = Vec::with_capacity((right - left) * (bottom - top) * channels);
        let smaller = level.checked_sub(1).and_then(|it| self.smaller.get(it));
        for row in top..bottom {
            match smaller {
                Some(Level { size: [width, _], bytes: from }) => {
                    let start = (row * width + left) * channels;
                    bytes.extend_from_slice(from.get(start..start + (right - left) * channels).unwrap_or_default());
                }
                None => row_of(&self.full, row, left..right, &mut bytes),
            }
        }
        let size = [right - left, bottom - top];
        if channels == 3 {
            ColorImage::from_rgb(size, &bytes)
        } else {
            ColorImage::from_rgba_premultiplied(size, &bytes)
        }
    }
}

/// Adds pixels of a row as 8 bits a channel, alpha premultiplied.
fn row_of(raster: &Raster, row: usize, columns: std::ops::Range<usize>, into: &mut Vec<u8>) {
    let channels = raster.layout().channels();
    let start = row * raster.width() as usize;
    let samples = (start + columns.start) * channels..(start + columns.end) * channels;
    let from = into.len();
    if raster.layout().is_wide() {
        // The upper eight bits are near enough for looking at.
        into.extend(raster.samples16().get(samples).unwrap_or_default().iter().map(|it| (it >> 8) as u8));
    } else {
        into.extend_from_slice(raster.bytes().get(samples).unwrap_or_default());
    }
    if matches!(raster.layout(), Layout::Rgba8 | Layout::Rgba16) {
        for [red, green, blue, alpha] in into.get_mut(from..).unwrap_or_default().as_chunks_mut::<4>().0 {
            for color in [red, green, blue] {
                *color = times(*color, *alpha);
            }
        }
    }
}

/// The product of two shares of 255, rounded.
fn times(one: u8, other: u8) -> u8 {
    // At most 255 × 255, so the quotient fits.
    ((u32::from(one) * u32::from(other) + 127) / 255) as u8
}

/// Averages squares of two by two; at an odd edge what there is of them.
fn halved(size: [usize; 2], channels: usize, row: impl Fn(usize, &mut Vec<u8>) + Sync) -> Level {
    let half = size.map(|it| it.div_ceil(2));
    let mut bytes = vec![0; half[0] * half[1] * channels];
    bytes.par_chunks_mut(half[0] * channels).enumerate().for_each_init(
        || [Vec::with_capacity(size[0] * channels), Vec::with_capacity(size[0] * channels)],
        |rows, (y, into)| {
            for (offset, buffer) in rows.iter_mut().enumerate() {
                buffer.clear();
                row((2 * y + offset).min(size[1] - 1), buffer);
                // An odd edge counts twice, which leaves its average.
                if size[0] % 2 == 1 {
                    buffer.extend_from_within(buffer.len().saturating_sub(channels)..);
                }
            }
            let [upper, lower] = rows;
            if channels == 3 { average::<3>(upper, lower, into) } else { average::<4>(upper, lower, into) }
        },
    );
    Level { size: half, bytes }
}

/// Averages two rows into one of half the width.
fn average<const N: usize>(upper: &[u8], lower: &[u8], into: &mut [u8]) {
    let (upper, lower) = (upper.as_chunks::<N>().0, lower.as_chunks::<N>().0);
    let pairs = upper.as_chunks::<2>().0.iter().zip(lower.as_chunks::<2>().0);
    for ((upper, lower), into) in pairs.zip(into.as_chunks_mut::<N>().0) {
        for channel in 0..N {
            let sum = |pair: &[[u8; N]; 2]| u16::from(pair[0][channel]) + u16::from(pair[1][channel]);
            // The average of four bytes is a byte.
            into[channel] = ((sum(upper) + sum(lower) + 2) / 4) as u8;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Pyramid;
    use crate::engine::{Layout, Raster};

    #[test]
    fn levels_are_averages_of_what_is_there() {
        // Three columns of 10, 20, 60 in each row: halved to (10 + 20) / 2 and the odd edge itself.
        let row = [[10_u8; 3], [20; 3], [60; 3]].concat();
        let wide = row.repeat(65);
        let pyramid = Pyramid::new(&Raster::from_samples8(3, 65, Layout::Rgb8, wide).unwrap());
        assert_eq!((pyramid.n_levels(), pyramid.size(0), pyramid.size(1)), (2, [3, 65], [2, 33]));
        let part = pyramid.part(1, [0, 0], [2, 33]);
        assert_eq!(part.size, [2, 33]);
        for pixels in part.pixels.chunks(2) {
            assert_eq!([pixels[0].to_array(), pixels[1].to_array()], [[15, 15, 15, 255], [60, 60, 60, 255]]);
        }
    }

    #[test]
    fn what_is_transparent_has_no_colour_to_give() {
        // A half transparent white beside a transparent red, all the way down.
        let pixels = [[255_u8, 255, 255, 128], [255, 0, 0, 0]].concat().repeat(65);
        let pyramid = Pyramid::new(&Raster::from_samples8(2, 65, Layout::Rgba8, pixels).unwrap());
        assert_eq!(pyramid.part(0, [0, 0], [2, 1]).pixels[0].to_array(), [128, 128, 128, 128]);
        assert_eq!(pyramid.part(1, [0, 4], [1, 5]).pixels[0].to_array(), [64, 64, 64, 64]);
    }

    #[test]
    fn wide_samples_are_shown_by_their_upper_half() {
        let pixels = [0x1234_u16, 0xABCD, 0xFFFF].repeat(4);
        let pyramid = Pyramid::new(&Raster::from_samples16(2, 2, Layout::Rgb16, pixels).unwrap());
        assert_eq!(pyramid.part(0, [1, 1], [2, 2]).pixels[0].to_array(), [0x12, 0xAB, 0xFF, 255]);
    }

    #[test]
    fn a_level_is_shown_near_its_own_size() {
        let raster = Raster::from_samples8(1024, 1, Layout::Rgb8, vec![0; 3072]).unwrap();
        let pyramid = Pyramid::new(&raster);
        // The second level has a quarter of the size, and is next from 1 / (1.6 × 2) on.
        for (scale, level) in
            [(4.0, 0), (1.0, 0), (0.64, 0), (0.61, 1), (0.5, 1), (0.32, 1), (0.3, 2), (0.25, 2), (0.001, 4), (0.0, 4)]
        {
            assert_eq!(pyramid.level_for(scale), level, "{scale}");
        }
    }
}
