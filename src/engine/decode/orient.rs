//! EXIF orientation (CIPA DC-008 §4.6.4), applied exactly once.

use super::{
    buffer::{Buffer, Memory},
    pixels::{Pixels, Samples},
};
use image::metadata::Orientation;

impl Pixels {
    /// The picture as it is meant to be seen.
    pub(super) fn upright(self, orientation: Orientation, memory: &dyn Memory) -> Self {
        if orientation == Orientation::NoTransforms {
            return self;
        }
        let turn = Turn::new(orientation, self.width, self.height);
        let [width, height] = turn.size;
        let samples = match (self.samples, self.channels) {
            (Samples::Narrow(samples), 1) => Samples::Narrow(turned_narrow::<1>(&samples, &turn, memory)),
            (Samples::Narrow(samples), 2) => Samples::Narrow(turned_narrow::<2>(&samples, &turn, memory)),
            (Samples::Narrow(samples), 3) => Samples::Narrow(turned_narrow::<3>(&samples, &turn, memory)),
            (Samples::Narrow(samples), _) => Samples::Narrow(turned_narrow::<4>(&samples, &turn, memory)),
            (Samples::Wide(samples), 1) => Samples::Wide(turned_wide::<1>(&samples, &turn)),
            (Samples::Wide(samples), 2) => Samples::Wide(turned_wide::<2>(&samples, &turn)),
            (Samples::Wide(samples), 3) => Samples::Wide(turned_wide::<3>(&samples, &turn)),
            (Samples::Wide(samples), _) => Samples::Wide(turned_wide::<4>(&samples, &turn)),
        };
        Self { width, height, channels: self.channels, samples }
    }
}

/// Where the pixels of the upright picture are found in the stored one.
struct Turn {
    /// Width and height of the upright picture.
    size: [u32; 2],
    /// The stored pixel that becomes the upper left one.
    first: isize,
    /// Steps in the stored picture for one step right and one step down.
    right: isize,
    down: isize,
}

impl Turn {
    fn new(orientation: Orientation, width: u32, height: u32) -> Self {
        // Rows and columns of a picture that is in memory fit.
        let (w, h) = (width as isize, height as isize);
        let (end_of_row, last_row) = (w - 1, (h - 1) * w);
        let (size, first, right, down) = match orientation {
            Orientation::NoTransforms => ([width, height], 0, 1, w),
            Orientation::FlipHorizontal => ([width, height], end_of_row, -1, w),
            Orientation::Rotate180 => ([width, height], last_row + end_of_row, -1, -w),
            Orientation::FlipVertical => ([width, height], last_row, 1, -w),
            Orientation::Rotate90FlipH => ([height, width], 0, w, 1),
            Orientation::Rotate90 => ([height, width], last_row, -w, 1),
            Orientation::Rotate270FlipH => ([height, width], last_row + end_of_row, -w, -1),
            Orientation::Rotate270 => ([height, width], end_of_row, w, -1),
        };
        Self { size, first, right, down }
    }
}

fn turned_wide<const N: usize>(samples: &[u16], turn: &Turn) -> Vec<u16> {
    let mut upright = vec![0; samples.len()];
    turned::<u16, N>(samples, turn, &mut upright);
    upright
}

/// Coloured pixels are turned to where the finished samples belong; grey ones are spread later.
fn turned_narrow<const N: usize>(samples: &[u8], turn: &Turn, memory: &dyn Memory) -> Buffer {
    let mut upright = if N < 3 { Buffer::from(vec![0; samples.len()]) } else { Buffer::last(samples.len(), memory) };
    turned::<u8, N>(samples, turn, &mut upright);
    upright
}

fn turned<T: Copy + Default, const N: usize>(samples: &[T], turn: &Turn, upright: &mut [T]) {
    let pixels = samples.as_chunks::<N>().0;
    let width = turn.size[0] as usize;
    for (row, to) in upright.as_chunks_mut::<N>().0.chunks_exact_mut(width).enumerate() {
        // Rows and columns of a picture that is in memory fit.
        let start = turn.first + row as isize * turn.down;
        for (column, pixel) in to.iter_mut().enumerate() {
            let at = usize::try_from(start + column as isize * turn.right).unwrap_or_default();
            *pixel = *pixels.get(at).unwrap_or(&[T::default(); N]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Pixels, Samples};
    use image::metadata::Orientation;

    #[test]
    fn every_orientation_by_hand() {
        // CIPA DC-008: the picture is upright when the 0th row and column are where the tag says.
        let stored = [1, 2, 3, 4, 5, 6];
        let upright: [(u8, [u32; 2], [u8; 6]); 8] = [
            (1, [3, 2], [1, 2, 3, 4, 5, 6]),
            (2, [3, 2], [3, 2, 1, 6, 5, 4]),
            (3, [3, 2], [6, 5, 4, 3, 2, 1]),
            (4, [3, 2], [4, 5, 6, 1, 2, 3]),
            (5, [2, 3], [1, 4, 2, 5, 3, 6]),
            (6, [2, 3], [4, 1, 5, 2, 6, 3]),
            (7, [2, 3], [6, 3, 5, 2, 4, 1]),
            (8, [2, 3], [3, 6, 2, 5, 1, 4]),
        ];
        for (tag, size, wanted) in upright {
            let samples = Samples::Narrow(stored.to_vec().into());
            let pixels = Pixels { width: 3, height: 2, channels: 1, samples };
            let turned = pixels.upright(Orientation::from_exif(tag).unwrap(), &());
            assert_eq!([turned.width, turned.height], size, "{tag}");
            assert!(matches!(turned.samples, Samples::Narrow(it) if *it == wanted), "{tag}");
        }
    }
}
