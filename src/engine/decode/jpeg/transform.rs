//! The inverse discrete cosine transform of the lowest frequencies of a block.

/// Where the coefficients lie that are stored one behind the other (ITU-T T.81 figure A.6).
const ZIGZAG: [u8; 64] = [
    0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21,
    28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54,
    47, 55, 62, 63,
];

/// Dequantised coefficients: rows of rising frequency down, columns of rising frequency across.
pub(super) struct Block {
    coefficients: [f32; 64],
    /// So many frequencies across, and down, may differ from zero.
    used: [usize; 2],
}

impl Block {
    /// A block that has nothing but a mean.
    #[inline]
    pub(super) fn new(mean: i32, quantisation: &[u16; 64]) -> Self {
        let mut coefficients = [0.0; 64];
        coefficients[0] = mean as f32 * f32::from(quantisation[0]);
        Self { coefficients, used: [1; 2] }
    }

    /// Puts in the coefficient stored at `at`, unless a block of this size has no use for it.
    #[inline]
    pub(super) fn set(&mut self, at: usize, value: i16, [across, down]: [usize; 2], quantisation: &[u16; 64]) {
        let at = at & 63;
        let place = usize::from(ZIGZAG[at]) & 63;
        let (column, row) = (place % 8, place / 8);
        if column < across && row < down {
            self.coefficients[place] = f32::from(value) * f32::from(quantisation[at]);
            self.used = [self.used[0].max(column + 1), self.used[1].max(row + 1)];
        }
    }

    /// Writes `across` × `down` samples (each 1, 2, 4 or 8) to rows that are `stride` apart.
    #[inline]
    pub(super) fn draw(&self, [across, down]: [usize; 2], to: &mut [u8], stride: usize) {
        if self.used == [1; 2] {
            let mean = sample(self.coefficients[0] * (MEAN * MEAN));
            to.chunks_mut(stride).take(down).for_each(|row| row.iter_mut().take(across).for_each(|it| *it = mean));
            return;
        }
        match (across, down) {
            (1, 2) => self.drawn::<1, 2>(to, stride),
            (1, 4) => self.drawn::<1, 4>(to, stride),
            (1, 8) => self.drawn::<1, 8>(to, stride),
            (2, 1) => self.drawn::<2, 1>(to, stride),
            (2, 2) => self.drawn::<2, 2>(to, stride),
            (2, 4) => self.drawn::<2, 4>(to, stride),
            (2, 8) => self.drawn::<2, 8>(to, stride),
            (4, 1) => self.drawn::<4, 1>(to, stride),
            (4, 2) => self.drawn::<4, 2>(to, stride),
            (4, 4) => self.drawn::<4, 4>(to, stride),
            (4, 8) => self.drawn::<4, 8>(to, stride),
            (8, 1) => self.drawn::<8, 1>(to, stride),
            (8, 2) => self.drawn::<8, 2>(to, stride),
            (8, 4) => self.drawn::<8, 4>(to, stride),
            _ => self.drawn::<8, 8>(to, stride),
        }
    }

    fn drawn<const ACROSS: usize, const DOWN: usize>(&self, to: &mut [u8], stride: usize) {
        let (across, down) = (const { basis::<ACROSS>() }, const { basis::<DOWN>() });
        // Frequencies down stay, frequencies across become places.
        let mut rows = [[0.0_f32; ACROSS]; DOWN];
        // Most blocks are smooth, and what is zero need not be added.
        let [columns_used, rows_used] = self.used;
        for (row, coefficients) in rows.iter_mut().zip(self.coefficients.as_chunks::<8>().0).take(rows_used) {
            for (coefficient, wave) in coefficients.iter().zip(&across).take(columns_used) {
                row.iter_mut().zip(wave).for_each(|(sum, share)| *sum += coefficient * share);
            }
        }
        for (place, line) in to.chunks_mut(stride).take(DOWN).enumerate() {
            let mut sums = [0.0_f32; ACROSS];
            for (row, wave) in rows.iter().zip(&down).take(rows_used) {
                sums.iter_mut().zip(row).for_each(|(sum, value)| *sum += value * wave[place]);
            }
            line.iter_mut().zip(sums).for_each(|(to, value)| *to = sample(value));
        }
    }
}

/// T.81 A.3.1: the level is shifted by half of the range.
#[inline]
fn sample(value: f32) -> u8 {
    // Clamped, so the cast cannot cut anything off.
    (value + 128.5).clamp(0.0, 255.0) as u8
}

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
    use super::{Block, ZIGZAG, cosine};

    const ONES: [u16; 64] = [1; 64];

    fn drawn(block: &Block, size: [usize; 2]) -> Vec<u8> {
        let mut samples = vec![0; 64];
        block.draw(size, &mut samples, 8);
        samples
    }

    #[test]
    fn cosines_are_cosines() {
        for n in 0..200 {
            let exact = (n as f64 * std::f64::consts::PI / 32.0).cos();
            assert!((f64::from(cosine(n)) - exact).abs() < 1e-6, "{n}");
        }
    }

    #[test]
    fn eight_places_meet_the_formula_of_the_standard() {
        // T.81 A.3.3, term by term in double precision.
        let mut block = Block::new(40, &ONES);
        let stored = [(1, 60_i16), (2, -31), (7, 90), (35, -44), (63, 17)];
        stored.iter().for_each(|(at, value)| block.set(*at, *value, [8, 8], &ONES));
        let mut coefficients = [0.0; 64];
        coefficients[0] = 40.0;
        stored.iter().for_each(|(at, value)| coefficients[usize::from(ZIGZAG[*at])] = f64::from(*value));
        let c = |frequency: usize| if frequency == 0 { 0.5_f64.sqrt() } else { 1.0 };
        let wave = |place: usize, frequency: usize| {
            c(frequency) / 2.0 * ((2 * place + 1) as f64 * frequency as f64 * std::f64::consts::PI / 16.0).cos()
        };
        let found = drawn(&block, [8, 8]);
        for (y, x) in (0..8).flat_map(|y| (0..8).map(move |x| (y, x))) {
            let sum: f64 = (0..64).map(|it| coefficients[it] * wave(x, it % 8) * wave(y, it / 8)).sum();
            assert!((f64::from(found[y * 8 + x]) - (sum + 128.0)).abs() <= 0.51, "{x} {y}");
        }
    }

    #[test]
    fn fewer_places_keep_the_mean_and_leave_high_frequencies_out() {
        // Mean −256 ÷ 8 = −32 below 128. By hand: the wave of one frequency over two places is
        // ± 113 × ½ × cos(π ÷ 4) × ½ × √½ = ± 14.1.
        let mut block = Block::new(-256, &ONES);
        block.set(1, 113, [2, 2], &ONES);
        block.set(3, 1000, [2, 2], &ONES);
        let small = drawn(&block, [2, 2]);
        assert_eq!([small[0], small[1], small[8], small[9]], [110, 82, 110, 82]);
        assert_eq!(drawn(&Block::new(-256, &ONES), [1, 1])[0], 96);
        assert_eq!(drawn(&Block::new(9000, &ONES), [4, 4])[27], 255);
    }
}
