//! Tiles that stand for a whole picture, so that a search need not code all of it.

use crate::engine::{Layout, Raster, edit::ground};

/// Their longest side in pixels: no block of any codec is cut, which all are of 64 pixels at most.
const SIDE: u32 = 128;
/// Of large pictures, where more of them would only be more edges.
const LARGE_SIDE: u32 = 256;
/// From so many pixels on.
const LARGE_PIXELS: u64 = 4_000_000;

/// Which tiles were chosen, and how they lie side by side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sample {
    /// Their upper left corners.
    corners: Vec<[u32; 2]>,
    /// Width and height of each.
    tile: [u32; 2],
    /// How many stand in a row.
    columns: u32,
}

impl Sample {
    /// Of at most about so many pixels; `None` if the picture has no more.
    ///
    /// Tiles are ranked by how much happens in them, and taken from the ranks at equal distances: smooth
    /// and rich ones are there as often as they are in the picture.
    pub(super) fn of(raster: &Raster, most_pixels: u64) -> Option<Self> {
        let Grid { tile, columns, rows, wanted } = Grid::of(raster.size(), most_pixels)?;
        let all = (0..rows).flat_map(|y| (0..columns).map(move |x| [x * tile[0], y * tile[1]]));
        let mut ranked: Vec<(u64, [u32; 2])> = all.map(|it| (activity(raster, it, tile), it)).collect();
        ranked.sort_unstable();
        let mut columns = wanted.isqrt();
        // Without a gap in the last row.
        let corners = wanted / columns * columns;
        let step = |at: usize| (2 * at + 1) * ranked.len() / (2 * corners);
        let mut corners: Vec<[u32; 2]> = (0..corners).filter_map(|at| Some(ranked.get(step(at))?.1)).collect();
        corners.sort_unstable_by_key(|&[x, y]| [y, x]);
        columns = columns.max(1);
        Some(Self { corners, tile, columns: columns as u32 })
    }

    /// Would one of a picture of this size be a part of it?
    pub(super) fn is_part(size: [u32; 2], most_pixels: u64) -> bool {
        Grid::of(size, most_pixels).is_some()
    }

    /// The tiles of a picture of the same size, side by side.
    pub(super) fn cut(&self, raster: &Raster) -> Option<Raster> {
        let bytes_per_pixel = raster.layout().bytes_per_pixel();
        let [width, height] = self.size();
        let (stride, row) = (raster.width() as usize * bytes_per_pixel, self.tile[0] as usize * bytes_per_pixel);
        let mut samples = Vec::with_capacity(width as usize * height as usize * bytes_per_pixel);
        for corners in self.corners.chunks(self.columns as usize) {
            for y in 0..self.tile[1] {
                for &[left, top] in corners {
                    let start = (top + y) as usize * stride + left as usize * bytes_per_pixel;
                    samples.extend_from_slice(raster.bytes().get(start..start + row)?);
                }
            }
        }
        let cut = match raster.layout() {
            layout @ (Layout::Rgb8 | Layout::Rgba8) => Raster::from_samples8(width, height, layout, samples)?,
            layout => {
                let samples = samples.as_chunks::<2>().0.iter().map(|it| u16::from_ne_bytes(*it)).collect();
                Raster::from_samples16(width, height, layout, samples)?
            }
        };
        Some(ground::drop_useless_alpha(&cut).with_profile(raster.profile().cloned()))
    }

    /// Width and height of the tiles side by side.
    fn size(&self) -> [u32; 2] {
        let rows = self.corners.len() as u32 / self.columns;
        [self.tile[0] * self.columns, self.tile[1] * rows]
    }
}

/// How a picture is divided into tiles, of which some are taken.
struct Grid {
    /// Width and height of each.
    tile: [u32; 2],
    columns: u32,
    rows: u32,
    /// So many are taken.
    wanted: usize,
}

impl Grid {
    /// `None` if all of them are.
    fn of([width, height]: [u32; 2], most_pixels: u64) -> Option<Self> {
        let pixels = u64::from(width) * u64::from(height);
        if pixels <= most_pixels {
            return None;
        }
        let side = if pixels < LARGE_PIXELS { SIDE } else { LARGE_SIDE };
        let tile = [width.min(side), height.min(side)];
        let (columns, rows) = (width / tile[0], height / tile[1]);
        let wanted = (most_pixels / (u64::from(tile[0]) * u64::from(tile[1]))).max(1) as usize;
        (wanted < columns as usize * rows as usize).then_some(Self { tile, columns, rows, wanted })
    }
}

/// How much happens in a tile: the sum of the steps from pixel to pixel, in every fourth row.
fn activity(raster: &Raster, [left, top]: [u32; 2], [width, height]: [u32; 2]) -> u64 {
    let bytes_per_pixel = raster.layout().bytes_per_pixel();
    let stride = raster.width() as usize * bytes_per_pixel;
    // The high byte of a green sample, so that depth does not matter.
    let green = if raster.layout().is_wide() { 2 + usize::from(cfg!(target_endian = "little")) } else { 1 };
    let rows = (0..height).step_by(4).filter_map(|y| {
        let start = (top + y) as usize * stride + left as usize * bytes_per_pixel;
        raster.bytes().get(start..start + width as usize * bytes_per_pixel)
    });
    rows.map(|row| {
        let greens = || row.iter().skip(green).step_by(bytes_per_pixel);
        greens().zip(greens().skip(1)).map(|(a, b)| u64::from(a.abs_diff(*b))).sum::<u64>()
    })
    .sum()
}

#[cfg(test)]
mod tests {
    use super::Sample;
    use crate::engine::{Layout, Raster};

    fn picture(width: u32, height: u32) -> Raster {
        let pixels = (0..height).flat_map(|y| (0..width).map(move |x| [x as u8, y as u8, (x / 256 + y / 256) as u8]));
        Raster::from_samples8(width, height, Layout::Rgb8, pixels.flatten().collect()).unwrap()
    }

    #[test]
    fn a_small_picture_is_its_own_sample() {
        assert_eq!(Sample::of(&picture(500, 400), 200_000), None);
    }

    #[test]
    fn tiles_are_cut_out_at_whole_tiles() {
        let picture = picture(1000, 700);
        let sample = Sample::of(&picture, 175_000).unwrap();
        let cut = sample.cut(&picture).unwrap();
        // 175,000 / 128² is 10 tiles: three in a row, three rows.
        assert_eq!(cut.size(), [384, 384]);
        for (at, [r, g, _]) in cut.bytes().as_chunks::<3>().0.iter().enumerate() {
            // In the picture the red of a pixel is its column and the green its row, both modulo 256.
            assert_eq!([usize::from(*r) % 128, usize::from(*g) % 128], [at % 384 % 128, at / 384 % 128]);
        }
    }

    #[test]
    fn a_strip_is_cut_into_pieces_of_its_height() {
        let sample = Sample::of(&picture(20_000, 20), 100_000).unwrap();
        // 100,000 / (128 × 20) is 39: six in a row, six rows.
        assert_eq!(sample.cut(&picture(20_000, 20)).unwrap().size(), [768, 120]);
    }
}
