//! Planes of light and colour to RGB, by the code points of ITU-T H.273 §8.3.
//!
//! Chroma that is stored for several pixels is taken to lie in their middle and interpolated
//! linearly, as browsers do, wherever the file says that it lies.

use super::{
    buffer::Buffer,
    pixels::{Pixels, Samples},
};
use crate::engine::{Cancel, EngineError};
use rayon::prelude::*;

/// Samples of one kind, row by row without gaps.
pub(super) struct Plane {
    /// Samples a row, and rows.
    pub(super) size: [usize; 2],
    pub(super) samples: Samples,
}

/// A coded picture.
pub(super) struct Planes {
    /// Bits a sample: 8 to 16.
    pub(super) depth: u8,
    /// By how many bits the two sides of the planes of colour are shorter; `None`: there are none.
    pub(super) chroma: Option<[u8; 2]>,
    /// Light, then both colours where there are any.
    pub(super) planes: Vec<Plane>,
    /// What the coded bits say of their colours.
    pub(super) coding: Coding,
}

/// What the values of planes mean: code points of ITU-T H.273 (2: unspecified).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Coding {
    pub(super) primaries: u16,
    pub(super) transfer: u16,
    pub(super) matrix: u16,
    /// Does light reach from 0 to the highest value?
    pub(super) is_full: bool,
}

impl Planes {
    /// Width and height in pixels.
    pub(super) fn size(&self) -> [u32; 2] {
        let [width, height] = self.planes.first().map(|it| it.size).unwrap_or_default();
        // Sides come from 32 bits.
        [width as u32, height as u32]
    }

    /// Samples a row and rows of the planes of colour.
    pub(super) fn chroma_size([width, height]: [usize; 2], shifts: [u8; 2]) -> [usize; 2] {
        [(width + usize::from(shifts[0])) >> shifts[0], (height + usize::from(shifts[1])) >> shifts[1]]
    }

    /// What a pixel takes, rounded up.
    pub(super) fn bytes_per_pixel(&self) -> u64 {
        let samples = match self.chroma {
            None => 1,
            Some([1, 1]) => 2,
            Some(_) => 3,
        };
        if self.depth == 8 { samples } else { 2 * samples }
    }

    /// A canvas for `tile` and its like, black.
    pub(super) fn like(tile: &Self, [width, height]: [u32; 2]) -> Self {
        let size = [width as usize, height as usize];
        let plane = |at: usize, _: &Plane| {
            let size = match tile.chroma {
                Some(shifts) if at != 0 => Self::chroma_size(size, shifts),
                _ => size,
            };
            let count = size[0] * size[1];
            let samples = match tile.depth {
                8 => Samples::Narrow(vec![0; count].into()),
                _ => Samples::Wide(vec![0; count]),
            };
            Plane { size, samples }
        };
        let planes = tile.planes.iter().enumerate().map(|(at, it)| plane(at, it)).collect();
        Self { depth: tile.depth, chroma: tile.chroma, planes, coding: tile.coding }
    }

    /// Copies a tile to where its upper left corner belongs; what lies outside is left out.
    /// Returns whether the tile is of the same kind.
    pub(super) fn place(&mut self, tile: &Self, [left, top]: [usize; 2]) -> bool {
        if (tile.depth, tile.chroma) != (self.depth, self.chroma) {
            return false;
        }
        for (at, (to, from)) in self.planes.iter_mut().zip(&tile.planes).enumerate() {
            let [right, down] = match self.chroma {
                Some(shifts) if at != 0 => [left >> shifts[0], top >> shifts[1]],
                _ => [left, top],
            };
            match (&mut to.samples, &from.samples) {
                (Samples::Narrow(samples), Samples::Narrow(tile)) => {
                    copy(samples, to.size, tile, from.size, [right, down]);
                }
                (Samples::Wide(samples), Samples::Wide(tile)) => copy(samples, to.size, tile, from.size, [right, down]),
                _ => return false,
            }
        }
        true
    }
}

fn copy<T: Copy>(to: &mut [T], size: [usize; 2], from: &[T], tile: [usize; 2], [left, top]: [usize; 2]) {
    let rows = to.chunks_exact_mut(size[0].max(1)).skip(top);
    for (row, tile) in rows.zip(from.chunks_exact(tile[0].max(1))) {
        row.iter_mut().skip(left).zip(tile).for_each(|(to, from)| *to = *from);
    }
}

impl Plane {
    /// One row as numbers; beyond the last one the last.
    fn load(&self, row: usize, into: &mut Vec<f32>) {
        let [width, height] = self.size;
        let start = row.min(height.saturating_sub(1)) * width;
        into.clear();
        match &self.samples {
            Samples::Narrow(samples) => {
                into.extend(samples.get(start..start + width).unwrap_or_default().iter().map(|it| f32::from(*it)));
            }
            Samples::Wide(samples) => {
                into.extend(samples.get(start..start + width).unwrap_or_default().iter().map(|it| f32::from(*it)));
            }
        }
    }
}

/// How stored values become values from 0 to the highest of the result.
struct Equations {
    /// What is taken off light and both colours.
    offsets: [f32; 3],
    /// What each of the three adds to red, green and blue.
    shares: [[f32; 3]; 3],
}

impl Equations {
    /// ITU-T H.273 §8.3, equations 20 to 75; `None` for a matrix that is not known here.
    fn new(coding: Coding, depth: u8, highest: f32) -> Option<Self> {
        let unit = f32::from(1_u16 << (depth - 8));
        let full = f32::from(u16::MAX >> (16 - depth));
        let (black, light, color) =
            if coding.is_full { (0.0, full, full) } else { (16.0 * unit, 219.0 * unit, 224.0 * unit) };
        let (light, color, middle) = (highest / light, highest / color, 128.0 * unit);
        let offsets = [black, middle, middle];
        let (red, blue) = match coding.matrix {
            // The planes are green, blue and red themselves.
            0 => {
                let shares = [[0.0, 0.0, light], [light, 0.0, 0.0], [0.0, light, 0.0]];
                return Some(Self { offsets: [black; 3], shares });
            }
            // YCgCo.
            8 => {
                let shares = [[light, -color, color], [light, color, 0.0], [light, -color, -color]];
                return Some(Self { offsets, shares });
            }
            // YCgCo that can be undone without loss, in two bits more than RGB has or in one. Halves of odd
            // values are rounded here, by which the result is off by one at most.
            it @ (16 | 17) => {
                let full = f32::from(u16::MAX >> (16 - depth) >> (18 - it));
                let light = highest / full;
                let half = light / 2.0;
                let shares = [[light, -half, half], [light, half, 0.0], [light, -half, -half]];
                return (8 <= u16::from(depth) - (18 - it)).then_some(Self { offsets: [0.0, middle, middle], shares });
            }
            12 => luminance(coding.primaries)?,
            it => luminance_of_matrix(it)?,
        };
        let green = 1.0 - red - blue;
        let (of_red, of_blue) = (2.0 * (1.0 - red) * color, 2.0 * (1.0 - blue) * color);
        let shares =
            [[light, 0.0, of_red], [light, -of_blue * blue / green, -of_red * red / green], [light, of_blue, 0.0]];
        Some(Self { offsets, shares })
    }
}

/// How much red and blue give to light (ITU-T H.273 table 4). What is unspecified is BT.601, as
/// everybody has agreed to guess.
fn luminance_of_matrix(matrix: u16) -> Option<(f32, f32)> {
    Some(match matrix {
        1 => (0.2126, 0.0722),
        2 | 3 | 5 | 6 => (0.299, 0.114),
        4 => (0.30, 0.11),
        7 => (0.212, 0.087),
        9 => (0.2627, 0.0593),
        _ => return None,
    })
}

/// The same for light that is made of the primaries themselves (ITU-T H.273 §8.3, equations 39 to
/// 44), which are those of tables that name them.
fn luminance(primaries: u16) -> Option<(f32, f32)> {
    Some(match primaries {
        1 | 2 => (0.2126, 0.0722),
        5 => (0.222, 0.0713),
        4 => (0.299, 0.1144),
        6 | 7 => (0.2124, 0.0866),
        9 => (0.2627, 0.0593),
        12 => (0.229, 0.0793),
        _ => return None,
    })
}

/// A sample of the result.
trait Whole: Copy + Send {
    /// The nearest one.
    fn nearest(value: f32) -> Self;
}

impl Whole for u8 {
    fn nearest(value: f32) -> Self {
        // Casting cuts off what is too small or too large.
        (value + 0.5) as Self
    }
}

impl Whole for u16 {
    fn nearest(value: f32) -> Self {
        (value + 0.5) as Self
    }
}

/// One row of the result on its way.
#[derive(Default)]
struct Row {
    light: Vec<f32>,
    colors: [Vec<f32>; 2],
    alpha: Vec<f32>,
    near: Vec<f32>,
    far: Vec<f32>,
}

/// What rows are made of.
struct Road<'a> {
    planes: &'a Planes,
    equations: Equations,
    /// An alpha with what is taken off its values, and by what they are then multiplied.
    alpha: Option<(&'a Plane, f32, f32)>,
}

/// The picture in RGB or grey, with an alpha where there is one: 8 bits for planes of 8 bits,
/// else 16. `coding` says what the values mean, and `alpha` has a coding of its own; `memory`
/// makes room for so many finished bytes.
///
/// `None` where there is no equation for the code points.
///
/// # Errors
/// [`EngineError::Cancelled`].
pub(super) fn develop(
    planes: &Planes,
    coding: Coding,
    alpha: Option<&Planes>,
    memory: impl FnOnce(usize) -> Buffer,
    cancel: &Cancel,
) -> Result<Option<Pixels>, EngineError> {
    let highest = if planes.depth == 8 { 255.0 } else { 65_535.0 };
    let Some(equations) = Equations::new(coding, planes.depth, highest) else { return Ok(None) };
    let alpha = alpha.and_then(|it| {
        // Light alone, by an equation that is always known.
        let own = Equations::new(Coding { matrix: 1, ..it.coding }, it.depth, highest)?;
        Some((it.planes.first()?, own.offsets[0], own.shares[0][0]))
    });
    let channels = if planes.chroma.is_some() { 3 } else { 1 } + usize::from(alpha.is_some());
    let [width, height] = planes.size();
    let count = width as usize * height as usize * channels;
    let road = Road { planes, equations, alpha };
    let samples = if planes.depth == 8 {
        let mut samples = if channels < 3 { Buffer::from(vec![0; count]) } else { memory(count) };
        road.rows::<u8>(&mut samples, channels, cancel)?;
        Samples::Narrow(samples)
    } else {
        let mut samples = vec![0; count];
        road.rows::<u16>(&mut samples, channels, cancel)?;
        Samples::Wide(samples)
    };
    Ok(Some(Pixels { width, height, channels, samples }))
}

impl Road<'_> {
    fn rows<T: Whole>(&self, samples: &mut [T], channels: usize, cancel: &Cancel) -> Result<(), EngineError> {
        let width = self.planes.size()[0] as usize;
        let rows = samples.par_chunks_exact_mut((width * channels).max(1)).enumerate();
        rows.try_for_each_init(Row::default, |row, (y, out)| {
            cancel.check()?;
            self.load(y, width, row);
            match channels {
                1 => self.fill::<T, 1>(row, out),
                2 => self.fill::<T, 2>(row, out),
                3 => self.fill::<T, 3>(row, out),
                _ => self.fill::<T, 4>(row, out),
            }
            Ok(())
        })
    }

    /// The values of one row, colours for every pixel.
    fn load(&self, y: usize, width: usize, row: &mut Row) {
        if let Some(light) = self.planes.planes.first() {
            light.load(y, &mut row.light);
        }
        let shifts = self.planes.chroma.unwrap_or_default();
        for (plane, color) in self.planes.planes.iter().skip(1).zip(&mut row.colors) {
            if shifts[1] == 0 {
                plane.load(y, &mut row.near);
            } else {
                let near = y / 2;
                let far = if y.is_multiple_of(2) { near.saturating_sub(1) } else { near + 1 };
                plane.load(near, &mut row.near);
                plane.load(far, &mut row.far);
                row.near.iter_mut().zip(&row.far).for_each(|(near, far)| *near = between(*near, *far));
            }
            spread(&row.near, shifts[0], width, color);
        }
        if let Some((plane, ..)) = self.alpha {
            let [own_width, own_height] = plane.size;
            let height = self.planes.size()[1] as usize;
            // One of another size is stretched.
            plane.load(y * own_height / height.max(1), &mut row.near);
            let at = |x: usize| row.near.get(x * own_width / width.max(1)).copied().unwrap_or_default();
            row.alpha.clear();
            row.alpha.extend((0..width).map(at));
        }
    }

    fn fill<T: Whole, const N: usize>(&self, row: &Row, out: &mut [T]) {
        let Equations { offsets, shares } = &self.equations;
        let pixels = out.as_chunks_mut::<N>().0;
        let light = row.light.iter().map(|it| it - offsets[0]);
        if N < 3 {
            for (pixel, light) in pixels.iter_mut().zip(light) {
                pixel.iter_mut().take(1).for_each(|grey| *grey = T::nearest(light * shares[0][0].max(shares[1][0])));
            }
        } else {
            let colors = row.colors[0].iter().zip(&row.colors[1]);
            for ((pixel, light), (first, second)) in pixels.iter_mut().zip(light).zip(colors) {
                let stored = [light, first - offsets[1], second - offsets[2]];
                pixel.iter_mut().zip(shares).for_each(|(to, shares)| {
                    *to = T::nearest(shares[0] * stored[0] + shares[1] * stored[1] + shares[2] * stored[2]);
                });
            }
        }
        if let Some((_, black, share)) = self.alpha {
            let alphas = out.iter_mut().skip(N - 1).step_by(N);
            alphas.zip(&row.alpha).for_each(|(to, alpha)| *to = T::nearest((alpha - black) * share));
        }
    }
}

/// Three quarters of the way from `far` to `near`.
fn between(near: f32, far: f32) -> f32 {
    (3.0 * near + far) / 4.0
}

/// A row of colour at the width of the picture.
fn spread(stored: &[f32], shift: u8, width: usize, into: &mut Vec<f32>) {
    into.clear();
    if shift == 0 {
        into.extend_from_slice(stored);
        return;
    }
    let before = stored.first().into_iter().chain(stored);
    let after = stored.iter().skip(1).chain(stored.last());
    for ((near, before), after) in stored.iter().zip(before).zip(after) {
        into.extend([between(*near, *before), between(*near, *after)]);
    }
    into.truncate(width);
}

#[cfg(test)]
mod tests {
    use super::{Coding, Plane, Planes, develop};
    use crate::engine::{
        Cancel,
        decode::{buffer::Buffer, pixels::Samples},
    };

    const FULL_601: Coding = Coding { primaries: 2, transfer: 2, matrix: 6, is_full: true };

    fn narrow(size: [usize; 2], samples: &[u8]) -> Plane {
        Plane { size, samples: Samples::Narrow(samples.to_vec().into()) }
    }

    fn pixel(stored: [u8; 3], coding: Coding) -> Vec<u8> {
        let planes = stored.iter().map(|it| narrow([1, 1], &[*it])).collect();
        developed(&Planes { depth: 8, chroma: Some([0, 0]), planes, coding }, None)
    }

    fn developed(planes: &Planes, alpha: Option<&Planes>) -> Vec<u8> {
        let memory = |bytes| Buffer::from(vec![0; bytes]);
        let pixels = develop(planes, planes.coding, alpha, memory, &Cancel::default()).unwrap().unwrap();
        let Samples::Narrow(samples) = pixels.samples else { panic!("samples became wider") };
        samples.to_vec()
    }

    #[test]
    fn equations_by_hand() {
        let coded = |matrix, is_full| Coding { matrix, is_full, ..FULL_601 };
        // BT.601, full: red is 76, 85, 255 (rounded): 76 + 1.402 · 127 = 254.05, 76 + 0.344136 · 43
        // − 0.714136 · 127 = 0.1, 76 − 1.772 · 43 = −0.2.
        assert_eq!(pixel([76, 85, 255], FULL_601), [254, 0, 0]);
        // Limited: 16 is black and 235 white, whatever the matrix.
        assert_eq!(pixel([16, 128, 128], coded(1, false)), [0, 0, 0]);
        assert_eq!(pixel([235, 128, 128], coded(9, false)), [255, 255, 255]);
        // BT.709, limited, by ITU-R BT.709: green is 173, 42, 26. Light 182.806, colours −97.902 and
        // −116.116: red 182.806 − 1.5748 · 116.116 = −0.05; green 182.806 + 0.18732 · 97.902 + 0.46812 ·
        // 116.116 = 255.5; blue 182.806 − 1.8556 · 97.902 = 1.1.
        assert_eq!(pixel([173, 42, 26], coded(1, false)), [0, 255, 1]);
        // Identity: green, blue, red.
        assert_eq!(pixel([1, 2, 3], coded(0, true)), [3, 1, 2]);
        // YCgCo: Cg = 10, Co = 20 on light 100: 100 − 10 + 20, 100 + 10, 100 − 10 − 20.
        assert_eq!(pixel([100, 138, 148], coded(8, true)), [110, 110, 70]);
    }

    #[test]
    fn colour_between_its_samples_is_interpolated() {
        // 4:2:0, 4 × 1: colours 128 and 192 lie between pixels: 128, 144, 176, 192; blue adds 1.772 times
        // what is above 128, to a light of 0.
        let planes = vec![narrow([4, 1], &[0; 4]), narrow([2, 1], &[128, 192]), narrow([2, 1], &[128, 128])];
        let rgb = developed(&Planes { depth: 8, chroma: Some([1, 1]), planes, coding: FULL_601 }, None);
        let blue: Vec<u8> = rgb.iter().skip(2).step_by(3).copied().collect();
        assert_eq!(blue, [0, 28, 85, 113]);
        // The same downwards.
        let planes = vec![narrow([1, 4], &[0; 4]), narrow([1, 2], &[128, 192]), narrow([1, 2], &[128, 128])];
        let rgb = developed(&Planes { depth: 8, chroma: Some([1, 1]), planes, coding: FULL_601 }, None);
        assert_eq!(rgb.iter().skip(2).step_by(3).copied().collect::<Vec<_>>(), blue);
    }

    #[test]
    fn grey_with_an_alpha_of_another_depth_and_range() {
        let coding = Coding { is_full: false, ..FULL_601 };
        let wide = Plane { size: [1, 1], samples: Samples::Wide(vec![64 + 438]) };
        let alpha = Planes { depth: 10, chroma: None, planes: vec![wide], coding };
        let grey = Planes { depth: 8, chroma: None, planes: vec![narrow([2, 1], &[0, 200])], coding: FULL_601 };
        // 438 of 876 is one half; 127.5 is rounded up.
        assert_eq!(developed(&grey, Some(&alpha)), [0, 128, 200, 128]);
    }

    #[test]
    fn deep_values_fill_sixteen_bits() {
        let planes = vec![Plane { size: [3, 1], samples: Samples::Wide(vec![0, 512, 1023]) }];
        let planes = Planes { depth: 10, chroma: None, planes, coding: FULL_601 };
        let memory = |bytes| Buffer::from(vec![0; bytes]);
        let pixels = develop(&planes, FULL_601, None, memory, &Cancel::default()).unwrap().unwrap();
        // 512 · 65,535 / 1,023 = 32,799.5.
        let Samples::Wide(samples) = pixels.samples else { panic!("samples became narrower") };
        assert!(samples[0] == 0 && (32_799..=32_800).contains(&samples[1]) && samples[2] == 65_535, "{samples:?}");
    }

    #[test]
    fn reversible_ycgco_by_hand() {
        // Light 100, Cg 10, Co 20 in 10 bits: t = 100 − 5, green t + 10, blue t − 10, red blue + 20, of 255.
        let plane = |value| Plane { size: [1, 1], samples: Samples::Wide(vec![value]) };
        let coding = Coding { matrix: 16, ..FULL_601 };
        let planes = [100, 512 + 10, 512 + 20].map(plane).into();
        let planes = Planes { depth: 10, chroma: Some([0, 0]), planes, coding };
        let memory = |bytes| Buffer::from(vec![0; bytes]);
        let pixels = develop(&planes, coding, None, memory, &Cancel::default()).unwrap().unwrap();
        let Samples::Wide(samples) = pixels.samples else { panic!("samples became narrower") };
        assert_eq!(samples, [105, 105, 85].map(|it| it * 257));
        let narrow = Planes { depth: 8, chroma: None, planes: vec![narrow([1, 1], &[0])], coding };
        let memory = |bytes| Buffer::from(vec![0; bytes]);
        assert!(develop(&narrow, coding, None, memory, &Cancel::default()).unwrap().is_none());
    }

    #[test]
    fn tiles_are_put_side_by_side_and_cut() {
        let tile = |value| {
            let planes = vec![narrow([2, 2], &[value; 4]), narrow([1, 1], &[value]), narrow([1, 1], &[value])];
            Planes { depth: 8, chroma: Some([1, 1]), planes, coding: FULL_601 }
        };
        let mut canvas = Planes::like(&tile(0), [3, 2]);
        assert!(canvas.place(&tile(1), [0, 0]) && canvas.place(&tile(2), [2, 0]));
        let Samples::Narrow(light) = &canvas.planes[0].samples else { panic!("samples became wider") };
        assert_eq!(**light, [1, 1, 2, 1, 1, 2]);
        let Samples::Narrow(color) = &canvas.planes[1].samples else { panic!("samples became wider") };
        assert_eq!(**color, [1, 2]);
        let other = Planes { chroma: None, ..tile(3) };
        assert!(!canvas.place(&other, [0, 0]));
    }
}
