//! Pictures that are drawn over each other (ISO/IEC 23008-12 §6.6.2).

use super::{
    color::narrow,
    heif_boxes::Reader,
    pixels::{Pixels, Samples},
};
use crate::engine::error::Cause;
use heifer_isobmff::boxes::Grid;

/// Do tiles of this size cover the grid, all of them (ISO/IEC 23000-22 §7.3.11.4.2)?
///
/// # Errors
/// Says that they do not.
pub(super) fn check_grid(grid: &Grid, tile: [u32; 2]) -> Result<(), Cause> {
    let sides = [(grid.columns, tile[0], grid.output_width), (grid.rows, tile[1], grid.output_height)];
    let covers = |(count, tile, side): (u16, u32, u32)| {
        let (count, tile, side) = (u64::from(count), u64::from(tile), u64::from(side));
        (count - 1) * tile < side && side <= count * tile
    };
    if sides.into_iter().all(covers) { Ok(()) } else { Err("the tiles of its grid do not cover it".into()) }
}

/// What an item of type `iovl` says (§6.6.2.2).
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Overlay {
    /// Width and height in pixels.
    pub(super) size: [u32; 2],
    /// Red, green, blue and alpha of what is not covered.
    pub(super) fill: [u16; 4],
    /// How far each picture lies right and below.
    pub(super) places: Vec<[i64; 2]>,
}

impl Overlay {
    /// Of so many pictures.
    pub(super) fn parse(data: &[u8], pictures: usize) -> Option<Self> {
        let mut reader = Reader(data);
        let version_and_flags = reader.number(2)?;
        let bytes = if version_and_flags & 1 == 0 { 2 } else { 4 };
        let mut fill = [0; 4];
        for channel in &mut fill {
            *channel = reader.number(2)? as u16;
        }
        let size = [reader.number(bytes)? as u32, reader.number(bytes)? as u32];
        let mut place = || {
            let number = reader.number(bytes)?;
            Some(if bytes == 2 { i64::from(number as u16 as i16) } else { i64::from(number as u32 as i32) })
        };
        let places = (0..pictures).map(|_| Some([place()?, place()?])).collect::<Option<_>>()?;
        (version_and_flags >> 8 == 0).then_some(Self { size, fill, places })
    }
}

/// RGBA of 16 bits, on which pictures are drawn.
pub(super) struct Canvas {
    size: [u32; 2],
    pixels: Vec<[u16; 4]>,
}

impl Canvas {
    /// Filled with one colour. The size was checked before.
    pub(super) fn new(size: [u32; 2], fill: [u16; 4]) -> Self {
        Self { size, pixels: vec![fill; size[0] as usize * size[1] as usize] }
    }

    /// Draws a picture so far right and below; what lies outside is left out.
    pub(super) fn draw(&mut self, picture: &Pixels, [left, top]: [i64; 2]) {
        let skipped = |offset: i64| usize::try_from(-offset).unwrap_or_default();
        let placed = |offset: i64| usize::try_from(offset).unwrap_or_default();
        let rows = self.pixels.chunks_exact_mut((self.size[0] as usize).max(1)).skip(placed(top));
        for (row, y) in rows.zip(skipped(top)..picture.height as usize) {
            for (under, x) in row.iter_mut().skip(placed(left)).zip(skipped(left)..picture.width as usize) {
                *under = over(*under, picture.rgba16(y * picture.width as usize + x));
            }
        }
    }

    /// RGBA of 8 bits, or as it is.
    pub(super) fn into_pixels(self, is_narrow: bool) -> Pixels {
        let [width, height] = self.size;
        let samples = if is_narrow {
            Samples::Narrow(self.pixels.iter().flatten().map(|it| narrow(*it)).collect::<Vec<u8>>().into())
        } else {
            Samples::Wide(self.pixels.into_flattened())
        };
        Pixels { width, height, channels: 4, samples }
    }
}

impl Pixels {
    /// One pixel by its number, in 16 bits.
    fn rgba16(&self, at: usize) -> [u16; 4] {
        let value = |channel: usize| match &self.samples {
            Samples::Narrow(samples) => samples.get(at * self.channels + channel).map_or(0, |it| u16::from(*it) * 257),
            Samples::Wide(samples) => samples.get(at * self.channels + channel).copied().unwrap_or_default(),
        };
        match self.channels {
            1 => [value(0), value(0), value(0), u16::MAX],
            2 => [value(0), value(0), value(0), value(1)],
            3 => [value(0), value(1), value(2), u16::MAX],
            _ => [value(0), value(1), value(2), value(3)],
        }
    }
}

/// `above` drawn over `under`, neither multiplied by its alpha.
fn over(under: [u16; 4], above: [u16; 4]) -> [u16; 4] {
    const OPAQUE: u64 = 65_535;
    let alphas = [under[3], above[3]].map(u64::from);
    if alphas[1] == OPAQUE {
        return above;
    }
    // Shares of the result, times 65,535.
    let shares = [alphas[0] * (OPAQUE - alphas[1]), alphas[1] * OPAQUE];
    let whole = shares[0] + shares[1];
    let mix = |under: u16, above: u16| {
        let sum = u64::from(under) * shares[0] + u64::from(above) * shares[1] + whole / 2;
        // Between both values.
        sum.checked_div(whole).unwrap_or_default() as u16
    };
    let alpha = (whole + OPAQUE / 2) / OPAQUE;
    [mix(under[0], above[0]), mix(under[1], above[1]), mix(under[2], above[2]), alpha as u16]
}

#[cfg(test)]
mod tests {
    use super::{Canvas, Overlay, Pixels, Samples, check_grid, over};
    use heifer_isobmff::boxes::Grid;

    #[test]
    fn overlays_are_read_and_drawn() {
        // Opaque white, 3 × 1, two pictures: one to the left of the edge, one to the right.
        let data = b"\0\0\xff\xff\xff\xff\xff\xff\xff\xff\0\x03\0\x01\xff\xff\0\0\0\x02\0\0";
        let overlay = Overlay::parse(data, 2).unwrap();
        assert_eq!(overlay, Overlay { size: [3, 1], fill: [u16::MAX; 4], places: vec![[-1, 0], [2, 0]] });
        assert!(Overlay::parse(&data[..data.len() - 1], 2).is_none());
        let mut canvas = Canvas::new(overlay.size, overlay.fill);
        let picture = Pixels { width: 2, height: 1, channels: 1, samples: Samples::Narrow(vec![10, 20].into()) };
        overlay.places.iter().for_each(|place| canvas.draw(&picture, *place));
        let Samples::Narrow(samples) = canvas.into_pixels(true).samples else { panic!("samples became wider") };
        assert_eq!(*samples, [20, 20, 20, 255, 255, 255, 255, 255, 10, 10, 10, 255]);
    }

    #[test]
    fn half_transparent_by_hand() {
        // Half of white over opaque black is grey; over nothing it stays what it is.
        assert_eq!(over([0, 0, 0, 65_535], [65_535, 65_535, 65_535, 32_768]), [32_768, 32_768, 32_768, 65_535]);
        assert_eq!(over([7, 7, 7, 0], [9, 9, 9, 32_768]), [9, 9, 9, 32_768]);
        assert_eq!(over([7, 7, 7, 0], [9, 9, 9, 0]), [0, 0, 0, 0]);
    }

    #[test]
    fn grids_are_covered_and_every_tile_is_needed() {
        let grid = |columns, output_width| Grid { rows: 1, columns, output_width, output_height: 10 };
        assert!(check_grid(&grid(3, 30), [10, 10]).is_ok() && check_grid(&grid(3, 21), [10, 16]).is_ok());
        assert!(check_grid(&grid(3, 31), [10, 10]).is_err());
        assert!(check_grid(&grid(3, 20), [10, 10]).is_err());
        assert!(check_grid(&grid(1, 5), [0, 10]).is_err());
    }
}
