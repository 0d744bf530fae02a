//! The transformations of HEIF (ISO/IEC 23008-12 §6.5.9, §6.5.10, §6.5.12): clean aperture,
//! rotation and mirroring, applied in the order in which an item lists them.

use super::pixels::{Pixels, Samples};
use image::metadata::Orientation;

/// A rotation, then perhaps a flip from left to right: one of eight.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Turn {
    /// Clockwise, in quarters, 0 to 3.
    quarters: u8,
    is_flipped: bool,
}

impl Turn {
    /// Turned further, anti-clockwise by so many quarters, as `irot` states it.
    pub(super) fn rotated(self, anticlockwise: u8) -> Self {
        // A turn behind a flip is the opposite turn before it.
        let clockwise = if self.is_flipped { anticlockwise } else { 4 - anticlockwise % 4 };
        Self { quarters: (self.quarters + clockwise) % 4, ..self }
    }

    /// Mirrored: top and bottom change places, or left and right, as `imir` states it.
    pub(super) fn mirrored(self, top_and_bottom: bool) -> Self {
        // The former is half a turn and the latter.
        let turned = if top_and_bottom { self.rotated(2) } else { self };
        Self { is_flipped: !turned.is_flipped, ..turned }
    }

    /// The same as an orientation of Exif.
    pub(super) fn orientation(self) -> Orientation {
        match (self.quarters, self.is_flipped) {
            (1, false) => Orientation::Rotate90,
            (2, false) => Orientation::Rotate180,
            (3, false) => Orientation::Rotate270,
            (0, true) => Orientation::FlipHorizontal,
            (1, true) => Orientation::Rotate90FlipH,
            (2, true) => Orientation::FlipVertical,
            (3, true) => Orientation::Rotate270FlipH,
            _ => Orientation::NoTransforms,
        }
    }
}

/// A clean aperture: width, height, and how far its centre lies right of and below the
/// picture's, each as numerator and denominator.
#[derive(Clone, Copy, Debug)]
pub(super) struct Aperture {
    pub(super) width: (u32, u32),
    pub(super) height: (u32, u32),
    pub(super) right: (i32, u32),
    pub(super) down: (i32, u32),
}

impl Aperture {
    /// Left, top, width and height in pixels of what is left of a picture (ISO/IEC 14496-12
    /// §12.1.4.1); `None` where it does not lie within.
    pub(super) fn window(&self, [width, height]: [u32; 2]) -> Option<[u32; 4]> {
        let [left, width] = span(width, self.width, self.right)?;
        let [top, height] = span(height, self.height, self.down)?;
        Some([left, top, width, height])
    }
}

/// Where the aperture begins along one side, and its length; both in whole pixels.
fn span(side: u32, length: (u32, u32), offset: (i32, u32)) -> Option<[u32; 2]> {
    if length.1 == 0 || offset.1 == 0 {
        return None;
    }
    let length = f64::from(length.0) / f64::from(length.1);
    let start = f64::from(offset.0) / f64::from(offset.1) + (f64::from(side) - length) / 2.0;
    // What is not whole is rounded; it was coded for another subsampling.
    let (start, length) = (start.round(), length.round());
    let fits = 0.0 <= start && 1.0 <= length && start + length <= f64::from(side);
    fits.then_some([start as u32, length as u32])
}

impl Pixels {
    /// A part of the picture: left, top, width and height, which must lie within it.
    pub(super) fn cropped(self, [left, top, width, height]: [u32; 4]) -> Self {
        if [left, top, width, height] == [0, 0, self.width, self.height] {
            return self;
        }
        let stride = self.width as usize * self.channels;
        let columns = left as usize * self.channels..(left as usize + width as usize) * self.channels;
        let rows = top as usize..top as usize + height as usize;
        let samples = match &self.samples {
            Samples::Narrow(samples) => Samples::Narrow(cut(samples, stride, columns, rows).into()),
            Samples::Wide(samples) => Samples::Wide(cut(samples, stride, columns, rows)),
        };
        Self { width, height, channels: self.channels, samples }
    }
}

fn cut<T: Copy>(samples: &[T], stride: usize, columns: std::ops::Range<usize>, rows: std::ops::Range<usize>) -> Vec<T> {
    let mut part = Vec::with_capacity(columns.len() * rows.len());
    for row in samples.chunks_exact(stride.max(1)).skip(rows.start).take(rows.len()) {
        part.extend_from_slice(row.get(columns.clone()).unwrap_or_default());
    }
    part
}

#[cfg(test)]
mod tests {
    use super::{Aperture, Pixels, Samples, Turn};

    /// 1 2 3 over 4 5 6, turned.
    fn shown(turn: Turn) -> ([u32; 2], Vec<u8>) {
        let samples = Samples::Narrow(vec![1, 2, 3, 4, 5, 6].into());
        let upright = Pixels { width: 3, height: 2, channels: 1, samples }.upright(turn.orientation(), &());
        let Samples::Narrow(samples) = upright.samples else { panic!("samples became wider") };
        ([upright.width, upright.height], samples.to_vec())
    }

    #[test]
    fn rotation_and_mirror_by_hand() {
        let none = Turn::default();
        // irot 1: a quarter to the left, so that the last column comes on top.
        assert_eq!(shown(none.rotated(1)), ([2, 3], vec![3, 6, 2, 5, 1, 4]));
        assert_eq!(shown(none.rotated(3)), ([2, 3], vec![4, 1, 5, 2, 6, 3]));
        // imir 0: top and bottom; 1: left and right.
        assert_eq!(shown(none.mirrored(true)), ([3, 2], vec![4, 5, 6, 1, 2, 3]));
        assert_eq!(shown(none.mirrored(false)), ([3, 2], vec![3, 2, 1, 6, 5, 4]));
        // First to the left, then left and right: 3 6, 2 5, 1 4 becomes 6 3, 5 2, 4 1.
        assert_eq!(shown(none.rotated(1).mirrored(false)), ([2, 3], vec![6, 3, 5, 2, 4, 1]));
        // The other order: 3 2 1, 6 5 4 turned to the left.
        assert_eq!(shown(none.mirrored(false).rotated(1)), ([2, 3], vec![1, 4, 2, 5, 3, 6]));
    }

    #[test]
    fn apertures_by_hand() {
        let aperture = |width, height, right, down| Aperture { width, height, right, down };
        // 1920 × 1008 in the middle of 1920 × 1080: (1080 − 1008) / 2 = 36 rows are left out above.
        let middle = aperture((1920, 1), (1008, 1), (0, 1), (0, 1));
        assert_eq!(middle.window([1920, 1080]), Some([0, 36, 1920, 1008]));
        // The upper left 2 × 1 of 5 × 4: the centre lies 3/2 to the left and 3/2 above.
        let corner = aperture((2, 1), (1, 1), (-3, 2), (-3, 2));
        assert_eq!(corner.window([5, 4]), Some([0, 0, 2, 1]));
        assert!(aperture((6, 1), (1, 1), (0, 1), (0, 1)).window([5, 4]).is_none());
        assert!(aperture((1, 0), (1, 1), (0, 1), (0, 1)).window([5, 4]).is_none());
        let pixels = Pixels { width: 3, height: 2, channels: 1, samples: Samples::Wide(vec![1, 2, 3, 4, 5, 6]) };
        let Samples::Wide(part) = pixels.cropped([1, 1, 2, 1]).samples else { panic!("samples became narrower") };
        assert_eq!(part, [5, 6]);
    }
}
