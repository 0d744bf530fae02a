//! A picture at full, half, quarter … of its size, so that whatever part of it is looked at
//! costs the screen no more than a few small textures.
//!
//! Built on a worker. The full size is the raster itself, shared and not copied; the smaller
//! ones take a third of that once more, or a twelfth where the half is made of the raster when it
//! is looked at.

use crate::engine::{Layout, Raster};
use egui::ColorImage;
use rayon::prelude::*;
use std::ops::Range;

/// A picture and its smaller versions. Level 0 is the picture; each level has half the width and
/// height of the one before, rounded up.
pub struct Pyramid {
    full: Raster,
    smaller: Vec<Level>,
}

/// One of the smaller versions: rows without padding, alpha premultiplied.
struct Level {
    size: [usize; 2],
    /// `None` for the half of a large picture.
    bytes: Option<Vec<u8>>,
}

/// The half of a picture with more pixels is not kept: a window shows less than a quarter of such a picture's pixels
/// in most cases, and what it looks at of the half otherwise is soon made.
const MOST_HALVED: usize = 8_000_000;

/// The next level comes at 1.6 pixels a pixel of the screen: the binary logarithm of 2 / 1.6.
const SOONER: f32 = 0.32;

/// No level is made of one whose sides are no longer than this.
const SMALLEST: usize = 64;

impl Pyramid {
    /// Halves the picture until little is left of it.
    pub fn new(raster: &Raster) -> Self {
        let mut pyramid = Self { full: raster.clone(), smaller: vec![] };
        let channels = raster.layout().channels();
        let mut level = 0;
        while SMALLEST < pyramid.size(level).into_iter().max().unwrap_or_default() {
            let size = pyramid.size(level);
            let half = size.map(|it| it.div_ceil(2));
            let is_kept = 0 < level || size[0] * size[1] <= MOST_HALVED;
            let bytes = is_kept.then(|| {
                let mut bytes = vec![0; half[0] * half[1] * channels];
                let rows = bytes.par_chunks_mut(half[0] * channels).enumerate();
                if pyramid.is_made_on_demand(level) {
                    rows.for_each_init(Quartering::default, |buffers, (row, into)| {
                        pyramid.quarter_row(row, buffers, into);
                    });
                } else {
                    rows.for_each_init(Pair::default, |pair, (row, into)| {
                        pyramid.half_row(level, row, 0..half[0], pair, into);
                    });
                }
                bytes
            });
            pyramid.smaller.push(Level { size: half, bytes });
            level += 1;
        }
        pyramid
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
        for row in top..bottom {
            self.row(level, row, left..right, &mut bytes);
        }
        let size = [right - left, bottom - top];
        if channels == 3 {
            ColorImage::from_rgb(size, &bytes)
        } else {
            ColorImage::from_rgba_premultiplied(size, &bytes)
        }
    }

    /// Is a level made only when it is looked at, of four times as many pixels?
    pub fn is_made_on_demand(&self, level: usize) -> bool {
        level.checked_sub(1).and_then(|it| self.smaller.get(it)).is_some_and(|it| it.bytes.is_none())
    }

    /// Adds pixels of a row of a level.
    fn row(&self, level: usize, row: usize, columns: Range<usize>, into: &mut Vec<u8>) {
        let channels = self.full.layout().channels();
        match level.checked_sub(1).and_then(|it| self.smaller.get(it)) {
            None => row_of(&self.full, row, columns, into),
            Some(Level { size: [width, _], bytes: Some(bytes) }) => {
                let start = row * width;
                let range = (start + columns.start) * channels..(start + columns.end) * channels;
                into.extend_from_slice(bytes.get(range).unwrap_or_default());
            }
            Some(Level { bytes: None, .. }) => {
                let from = into.len();
                into.resize(from + columns.len() * channels, 0);
                let into = into.get_mut(from..).unwrap_or_default();
                self.half_row(level - 1, row, columns, &mut Pair::default(), into);
            }
        }
    }

    /// Averages squares of four by four of the picture into a row of a quarter of the width: what halving it twice
    /// comes to, in less time.
    fn quarter_row(&self, row: usize, Quartering { row: buffer, sums }: &mut Quartering, into: &mut [u8]) {
        let channels = self.full.layout().channels();
        let [width, height] = self.size(0);
        sums.clear();
        sums.resize(into.len() * 4, 0);
        for y in 4 * row..4 * row + 4 {
            buffer.clear();
            row_of(&self.full, within(y, height), 0..width, buffer);
            for x in width..width.next_multiple_of(4) {
                let from = within(x, width) * channels;
                buffer.extend_from_within(from..from + channels);
            }
            // Sixteen bytes are less than two of them can hold.
            for (sum, byte) in sums.iter_mut().zip(buffer.iter()) {
                *sum += u16::from(*byte);
            }
        }
        if channels == 3 { fourths::<3>(sums, into) } else { fourths::<4>(sums, into) }
    }

    /// Averages squares of two by two of a level into a row of half the width; at an odd edge what there is of them.
    fn half_row(&self, level: usize, row: usize, columns: Range<usize>, pair: &mut Pair, into: &mut [u8]) {
        let channels = self.full.layout().channels();
        let [width, height] = self.size(level);
        for (offset, buffer) in pair.iter_mut().enumerate() {
            buffer.clear();
            self.row(
                level,
                (2 * row + offset).min(height - 1),
                2 * columns.start..(2 * columns.end).min(width),
                buffer,
            );
            // An odd edge counts twice, which leaves its average.
            if width < 2 * columns.end {
                buffer.extend_from_within(buffer.len().saturating_sub(channels)..);
            }
        }
        let [upper, lower] = pair;
        if channels == 3 { average::<3>(upper, lower, into) } else { average::<4>(upper, lower, into) }
    }
}

/// Two rows of the level above.
type Pair = [Vec<u8>; 2];

/// A row of the picture, and four of them added up.
#[derive(Default)]
struct Quartering {
    row: Vec<u8>,
    sums: Vec<u16>,
}

/// Where the average of an average takes a pixel from that lies beyond an odd edge.
fn within(at: usize, side: usize) -> usize {
    if at < side {
        at
    } else if side % 4 == 2 {
        at - 2
    } else {
        side - 1
    }
}

/// Adds pixels of a row as 8 bits a channel, alpha premultiplied.
fn row_of(raster: &Raster, row: usize, columns: Range<usize>, into: &mut Vec<u8>) {
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

/// Averages four columns each of sums of four rows.
fn fourths<const N: usize>(sums: &[u16], into: &mut [u8]) {
    for (columns, into) in sums.as_chunks::<N>().0.as_chunks::<4>().0.iter().zip(into.as_chunks_mut::<N>().0) {
        for channel in 0..N {
            let sum: u16 = columns.iter().map(|it| it[channel]).sum();
            // The average of sixteen bytes is a byte.
            into[channel] = ((sum + 8) / 16) as u8;
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
    fn the_half_of_a_large_picture_is_made_when_it_is_looked_at() {
        // Columns of 10 and 50 in turn, the last of them without a neighbour.
        let side = 3001;
        let row: Vec<u8> = (0..side).flat_map(|x| [if x % 2 == 0 { 10 } else { 50 }; 3]).collect();
        let samples = row.repeat(side);
        let pyramid = Pyramid::new(&Raster::from_samples8(3001, 3001, Layout::Rgb8, samples).unwrap());
        assert_eq!([0, 1, 2].map(|it| pyramid.is_made_on_demand(it)), [false, true, false]);
        assert_eq!([1, 2].map(|it| pyramid.size(it)), [[1501; 2], [751; 2]]);
        let grey = |it: u8| [it, it, it, 255];
        let corner = pyramid.part(1, [1498, 1499], [1501, 1501]);
        let corner: Vec<_> = corner.pixels.iter().map(egui::Color32::to_array).collect();
        assert_eq!(corner, [grey(30), grey(30), grey(10), grey(30), grey(30), grey(10)]);
        let corner = pyramid.part(2, [749, 750], [751, 751]);
        assert_eq!(corner.pixels.iter().map(egui::Color32::to_array).collect::<Vec<_>>(), [grey(30), grey(10)]);
    }

    #[test]
    fn a_quarter_ends_as_a_half_of_a_half() {
        // Columns of 0, 40, 80, 120 in turn, or rows. By twos: 20 and 100, at an odd edge the column itself; by twos
        // again: 60, at an odd edge the half itself, 20 for two columns, (20 + 80) / 2 for three.
        for (rest, last) in [(0, 60), (1, 0), (2, 20), (3, 50)] {
            let (long, short) = (4000 + rest, 2100);
            let steps = |count: usize, repeat: usize| (0..count).flat_map(move |at| vec![at as u8 % 4 * 40; repeat]);
            let columns: Vec<u8> = steps(long, 3).collect::<Vec<_>>().repeat(short);
            let rows: Vec<u8> = steps(long, 3 * short).collect();
            for (samples, [width, height]) in [(columns, [long, short]), (rows, [short, long])] {
                let raster = Raster::from_samples8(width as u32, height as u32, Layout::Rgb8, samples).unwrap();
                let pyramid = Pyramid::new(&raster);
                let [right, bottom] = pyramid.size(2);
                let end = pyramid.part(2, [right - 1, bottom - 1], [right, bottom]).pixels[0].to_array();
                assert_eq!(
                    (end, pyramid.part(2, [0, 0], [1, 1]).pixels[0].r()),
                    ([last, last, last, 255], 60),
                    "{rest}"
                );
            }
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
