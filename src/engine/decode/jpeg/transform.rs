//! The inverse discrete cosine transform of a block, or of its lowest frequencies.

use super::scan::{Block, ZIGZAG};
use wide::{f32x4, i16x8, i32x4, i32x8, u8x16};

/// Turns the coefficients of one component into samples.
pub(super) struct Transform {
    /// What the coefficients are multiplied by, as they lie in a [`Block`].
    factors: [[f32; 8]; 8],
    /// Samples across and down that a block becomes: 1, 2, 4 or 8.
    pub(super) size: [usize; 2],
}

impl Transform {
    /// From a quantisation table in the order in which coefficients are stored.
    pub(super) fn new(quantisation: &[u16; 64], size: [usize; 2]) -> Self {
        let mut factors = [[0.0; 8]; 8];
        for (place, step) in ZIGZAG.iter().zip(quantisation) {
            let (across, down) = (usize::from(place / 8 % 8), usize::from(place % 8));
            let scale = if size == [8, 8] { SCALES[across] * SCALES[down] / 8.0 } else { 1.0 };
            factors[across][down] = f32::from(*step) * scale;
        }
        Self { factors, size }
    }

    /// Writes the samples to rows that are `stride` apart.
    #[inline]
    pub(super) fn draw(&self, block: &Block, to: &mut [u8], stride: usize) {
        let [across, down] = self.size;
        if self.size == [1, 1] || has_mean_only(block) {
            // The first factor has the division by 8 in it where it was multiplied by SCALES.
            let share = if self.size == [8, 8] { 1.0 } else { MEAN * MEAN };
            let mean = sample(f32::from(block[0]) * self.factors[0][0] * share);
            to.chunks_mut(stride).take(down).for_each(|row| row.iter_mut().take(across).for_each(|it| *it = mean));
            return;
        }
        match (across, down) {
            (8, 8) => self.eight(block, to, stride),
            (4, 4) => self.four(block, to, stride),
            (1, 2) => self.any::<1, 2>(block, to, stride),
            (1, 4) => self.any::<1, 4>(block, to, stride),
            (1, 8) => self.any::<1, 8>(block, to, stride),
            (2, 1) => self.any::<2, 1>(block, to, stride),
            (2, 2) => self.any::<2, 2>(block, to, stride),
            (2, 4) => self.any::<2, 4>(block, to, stride),
            (2, 8) => self.any::<2, 8>(block, to, stride),
            (4, 1) => self.any::<4, 1>(block, to, stride),
            (4, 2) => self.any::<4, 2>(block, to, stride),
            (4, 8) => self.any::<4, 8>(block, to, stride),
            (8, 1) => self.any::<8, 1>(block, to, stride),
            (8, 2) => self.any::<8, 2>(block, to, stride),
            _ => self.any::<8, 4>(block, to, stride),
        }
    }

    /// The coefficients of one frequency across, the low four and the high four frequencies down,
    /// multiplied.
    #[inline]
    fn column(&self, columns: &[[i16; 8]; 8], across: usize) -> [f32x4; 2] {
        let across = across & 7;
        let [low, high]: [i32x4; 2] = bytemuck::cast(i32x8::from_i16x8(i16x8::new(columns[across])));
        let [a, b, c, d, e, f, g, h] = self.factors[across];
        [f32x4::from_i32x4(low) * f32x4::new([a, b, c, d]), f32x4::from_i32x4(high) * f32x4::new([e, f, g, h])]
    }

    fn eight(&self, block: &Block, to: &mut [u8], stride: usize) {
        // Frequencies across become places, for the low four and the high four frequencies down.
        let columns = bytemuck::cast(*block);
        let column = |across| self.column(&columns, across);
        let [a, b, c, d, e, f, g, h] =
            [column(0), column(1), column(2), column(3), column(4), column(5), column(6), column(7)];
        let low = waves([a[0], b[0], c[0], d[0], e[0], f[0], g[0], h[0]]);
        let high = waves([a[1], b[1], c[1], d[1], e[1], f[1], g[1], h[1]]);
        let [low_left, low_right] = transposed(low);
        let [high_left, high_right] = transposed(high);
        let left = waves(beside(low_left, high_left));
        let right = waves(beside(low_right, high_right));
        for ((left, right), row) in left.into_iter().zip(right).zip(to.chunks_mut(stride)) {
            if let Some(places) = row.first_chunk_mut::<8>() {
                *places = samples(left, right);
            }
        }
    }

    fn four(&self, block: &Block, to: &mut [u8], stride: usize) {
        let columns = bytemuck::cast(*block);
        let column = |across| self.column(&columns, across)[0];
        let across = four_waves([column(0), column(1), column(2), column(3)]);
        for (line, row) in four_waves(f32x4::transpose(across)).into_iter().zip(to.chunks_mut(stride)) {
            if let Some(places) = row.first_chunk_mut::<4>() {
                let [a, b, c, d, ..] = samples(line, line);
                *places = [a, b, c, d];
            }
        }
    }

    fn any<const ACROSS: usize, const DOWN: usize>(&self, block: &Block, to: &mut [u8], stride: usize) {
        let (across, down) = (const { basis::<ACROSS>() }, const { basis::<DOWN>() });
        // Frequencies down stay, frequencies across become places.
        let mut places = [[0.0_f32; DOWN]; ACROSS];
        for (frequency, wave) in across.iter().enumerate() {
            let own: [f32; DOWN] = std::array::from_fn(|it| {
                let at = (8 * frequency + it) & 63;
                f32::from(block[at]) * self.factors[at / 8][at % 8]
            });
            for (place, share) in places.iter_mut().zip(wave) {
                place.iter_mut().zip(own).for_each(|(sum, value)| *sum += value * share);
            }
        }
        for (at, line) in to.chunks_mut(stride).take(DOWN).enumerate() {
            for (to, place) in line.iter_mut().zip(&places) {
                *to = sample(place.iter().zip(&down).map(|(value, wave)| value * wave[at]).sum());
            }
        }
    }
}

/// Are all coefficients but the first zero?
#[inline]
fn has_mean_only(block: &Block) -> bool {
    let columns: [[i16; 8]; 8] = bytemuck::cast(*block);
    let mut any = columns[0];
    any[0] = 0;
    for column in columns.iter().skip(1) {
        any.iter_mut().zip(column).for_each(|(any, it)| *any |= it);
    }
    any == [0; 8]
}

/// T.81 A.3.1: the level is shifted by half of the range.
#[inline]
fn sample(value: f32) -> u8 {
    // Clamped, so the cast cannot cut anything off.
    (value + 128.5).clamp(0.0, 255.0) as u8
}

/// The same of eight side by side, saturated on the way to bytes.
#[inline]
fn samples(left: f32x4, right: f32x4) -> [u8; 8] {
    let whole = |values: f32x4| (values + f32x4::splat(128.5)).fast_trunc_int();
    let narrow = i16x8::from_i32x8_saturate(bytemuck::cast([whole(left), whole(right)]));
    let [first, _]: [[u8; 8]; 2] = bytemuck::cast(u8x16::narrow_i16x8(narrow, narrow));
    first
}

/// Eight columns of four lines as four lines of the left four and of the right four columns.
#[inline]
fn transposed([a, b, c, d, e, f, g, h]: [f32x4; 8]) -> [[f32x4; 4]; 2] {
    [f32x4::transpose([a, b, c, d]), f32x4::transpose([e, f, g, h])]
}

#[inline]
fn beside([a, b, c, d]: [f32x4; 4], [e, f, g, h]: [f32x4; 4]) -> [f32x4; 8] {
    [a, b, c, d, e, f, g, h]
}

/// The eight places of eight frequencies, which were multiplied by [`SCALES`] before: the fast
/// transform of Arai, Agui and Nakajima (1988), with five multiplications.
#[inline]
fn waves(c: [f32x4; 8]) -> [f32x4; 8] {
    const TWO_C4: f32 = std::f32::consts::SQRT_2;
    const TWO_C2: f32 = 1.847_759_1;
    const C2_LESS_C6: f32 = 1.082_392_2;
    const C2_AND_C6: f32 = 2.613_126;
    let (sum, difference) = (c[0] + c[4], c[0] - c[4]);
    let pair = c[2] + c[6];
    let other = (c[2] - c[6]) * f32x4::splat(TWO_C4) - pair;
    let even = [sum + pair, difference + other, difference - other, sum - pair];
    let (z13, z10) = (c[5] + c[3], c[5] - c[3]);
    let (z11, z12) = (c[1] + c[7], c[1] - c[7]);
    let odd7 = z11 + z13;
    let z5 = (z10 + z12) * f32x4::splat(TWO_C2);
    let odd6 = z5 - z10 * f32x4::splat(C2_AND_C6) - odd7;
    let odd5 = (z11 - z13) * f32x4::splat(TWO_C4) - odd6;
    let odd4 = z5 - z12 * f32x4::splat(C2_LESS_C6) - odd5;
    [
        even[0] + odd7,
        even[1] + odd6,
        even[2] + odd5,
        even[3] + odd4,
        even[3] - odd4,
        even[2] - odd5,
        even[1] - odd6,
        even[0] - odd7,
    ]
}

/// The four places of four frequencies, by the symmetry of their waves.
#[inline]
fn four_waves(c: [f32x4; 4]) -> [f32x4; 4] {
    // ½ · cos(π ÷ 8) and ½ · sin(π ÷ 8).
    let (long, short) = (f32x4::splat(0.461_939_77), f32x4::splat(0.191_341_72));
    let (sum, difference) = ((c[0] + c[2]) * f32x4::splat(MEAN), (c[0] - c[2]) * f32x4::splat(MEAN));
    let (outer, inner) = (c[1] * long + c[3] * short, c[1] * short - c[3] * long);
    [sum + outer, difference + inner, difference - inner, sum - outer]
}

/// What [`waves`] wants its frequencies multiplied by: 1, then √2 · cos(u · π ÷ 16).
const SCALES: [f32; 8] = [1.0, 1.387_039_8, 1.306_563, 1.175_875_6, 1.0, 0.785_694_96, 0.541_196_1, 0.275_899_38];

/// What the mean contributes to a place, in one dimension: ½ · √½.
const MEAN: f32 = 0.353_553_4;

/// Of each frequency its share in each of `N` places: ½ · C(u) · cos((2x + 1) · u · π ÷ 2N), where
/// C(0) is √½ (T.81 A.3.3 with N instead of 8 places, the mean unchanged).
const fn basis<const N: usize>() -> [[f32; N]; N] {
    let mut basis = [[0.0; N]; N];
    let mut frequency = 0;
    while frequency < N {
        let mut place = 0;
        while place < N {
            basis[frequency][place] =
                if frequency == 0 { MEAN } else { 0.5 * cosine((2 * place + 1) * frequency * (16 / N)) };
            place += 1;
        }
        frequency += 1;
    }
    basis
}

/// cos(n · π ÷ 32), by symmetry from a quarter of a turn.
const fn cosine(n: usize) -> f32 {
    let n = n % 64;
    let n = if 32 < n { 64 - n } else { n };
    if 16 < n { -QUARTER[32 - n] } else { QUARTER[n] }
}

/// cos(n · π ÷ 32) for n from 0 to 16.
const QUARTER: [f32; 17] = [
    1.0,
    0.995_184_7,
    0.980_785_3,
    0.956_940_35,
    0.923_879_5,
    0.881_921_3,
    0.831_469_6,
    0.773_010_43,
    0.707_106_77,
    0.634_393_3,
    0.555_570_24,
    0.471_396_74,
    0.382_683_43,
    0.290_284_67,
    0.195_090_32,
    0.098_017_14,
    0.0,
];

#[cfg(test)]
mod tests {
    use super::{Transform, cosine};
    use crate::engine::decode::jpeg::scan::{Block, ZIGZAG};

    const ONES: [u16; 64] = [1; 64];

    fn drawn(block: &Block, size: [usize; 2]) -> Vec<u8> {
        let mut samples = vec![0; 64];
        Transform::new(&ONES, size).draw(block, &mut samples, 8);
        samples
    }

    /// A block of a mean and of coefficients at their places in the file.
    fn block(mean: i16, coefficients: &[(usize, i16)]) -> Block {
        let mut block = [0; 64];
        block[0] = mean;
        coefficients.iter().for_each(|(at, value)| block[usize::from(ZIGZAG[*at])] = *value);
        block
    }

    #[test]
    fn cosines_are_cosines() {
        for n in 0..200 {
            let exact = (n as f64 * std::f64::consts::PI / 32.0).cos();
            assert!((f64::from(cosine(n)) - exact).abs() < 1e-6, "{n}");
        }
    }

    #[test]
    fn every_size_meets_the_formula_of_the_standard() {
        // T.81 A.3.3, term by term in double precision, with fewer places where a block is smaller.
        let block = block(40, &[(1, 60), (2, -31), (4, 25), (7, 90), (12, -50), (35, -44), (63, 17)]);
        let c = |frequency: usize| if frequency == 0 { 0.5_f64.sqrt() } else { 1.0 };
        let wave = |place: usize, places: usize, frequency: usize| {
            let angle = ((2 * place + 1) * frequency) as f64 * std::f64::consts::PI / (2 * places) as f64;
            c(frequency) / 2.0 * angle.cos()
        };
        let sizes = [1, 2, 4, 8];
        for (across, down) in sizes.into_iter().flat_map(|across| sizes.map(|down| (across, down))) {
            let found = drawn(&block, [across, down]);
            for (y, x) in (0..down).flat_map(|y| (0..across).map(move |x| (y, x))) {
                let terms = (0..down).flat_map(|v| (0..across).map(move |u| (v, u)));
                let sum: f64 =
                    terms.map(|(v, u)| f64::from(block[u * 8 + v]) * wave(x, across, u) * wave(y, down, v)).sum();
                let wanted = (sum + 128.0).clamp(0.0, 255.0);
                assert!((f64::from(found[y * 8 + x]) - wanted).abs() <= 0.51, "{across}x{down}: {x} {y}");
            }
        }
    }

    #[test]
    fn the_zigzag_is_the_figure_of_the_standard() {
        // T.81 figure A.6, walked by its rule: along diagonals, up and down in turns.
        let diagonal = |sum: usize| {
            let places = (0..=sum).map(move |row| (row, sum - row)).filter(|(row, column)| *row < 8 && *column < 8);
            let places: Vec<_> = if sum.is_multiple_of(2) { places.rev().collect() } else { places.collect() };
            places
        };
        let walked: Vec<u8> = (0..15).flat_map(diagonal).map(|(row, column)| (column * 8 + row) as u8).collect();
        assert_eq!(walked, ZIGZAG);
    }

    #[test]
    fn what_is_too_bright_or_too_dark_is_clipped() {
        assert_eq!(drawn(&block(9000, &[]), [4, 4])[27], 255);
        assert_eq!(drawn(&block(-9000, &[(1, 5)]), [8, 8])[63], 0);
        // By hand: −256 ÷ 8 = −32 below 128.
        assert_eq!(drawn(&block(-256, &[]), [8, 8])[0], 96);
        assert_eq!(drawn(&block(-256, &[(3, 50)]), [1, 1])[0], 96);
    }
}
