//! Predictors (ISO/IEC 18181-1 H.5).

/// Samples around the one that is predicted.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Near {
    pub(super) w: i32,
    pub(super) n: i32,
    pub(super) nw: i32,
    pub(super) ne: i32,
    pub(super) nn: i32,
    pub(super) ww: i32,
    pub(super) nee: i32,
}

impl Near {
    /// Of the first sample in a row below two others; those above the first are empty.
    pub(super) fn first(above: &[i32], two_above: &[i32]) -> Self {
        let n = above.first().copied().unwrap_or(0);
        let ne = above.get(1).copied().unwrap_or(n);
        let nee = above.get(2).copied().unwrap_or(ne);
        Self { w: n, n, nw: n, ne, nn: two_above.first().copied().unwrap_or(n), ww: n, nee }
    }

    /// Of the next one, after this sample; it is at `x`.
    #[inline]
    pub(super) fn go_on(&mut self, x: usize, sample: i32, above: &[i32], two_above: &[i32]) {
        self.ww = if x == 1 { sample } else { self.w };
        self.w = sample;
        if above.is_empty() {
            [self.n, self.nw, self.ne, self.nee, self.nn] = [sample; 5];
        } else {
            [self.nw, self.n, self.ne] = [self.n, self.ne, self.nee];
            self.nee = above.get(x + 2).copied().unwrap_or(self.ne);
            self.nn = two_above.get(x).copied().unwrap_or(self.n);
        }
    }
}

/// Their numbers in the standard.
pub(super) const GRADIENT: u8 = 5;
/// Of those that correct themselves.
pub(super) const WEIGHTED: u8 = 6;

/// W + N − NW, no farther than W and N.
#[inline]
pub(super) fn gradient(w: i32, n: i32, nw: i32) -> i32 {
    (w + n - nw).clamp(w.min(n), w.max(n))
}

/// What a predictor says; the self-correcting one has said it already.
#[inline]
pub(super) fn predict(predictor: u8, near: &Near, weighted: i32) -> i32 {
    let Near { w, n, nw, ne, nn, ww, nee } = *near;
    match predictor {
        0 => 0,
        1 => w,
        2 => n,
        3 => (w + n) / 2,
        4 => {
            if (n - nw).abs() < (w - nw).abs() {
                w
            } else {
                n
            }
        }
        GRADIENT => gradient(w, n, nw),
        WEIGHTED => weighted,
        7 => ne,
        8 => nw,
        9 => ww,
        10 => (w + nw) / 2,
        11 => (n + nw) / 2,
        12 => (n + ne) / 2,
        _ => (6 * n - 2 * nn + 7 * w + ww + nee + 3 * ne + 8) / 16,
    }
}

/// 2²⁴ / (i + 1).
const RECIPROCALS: [u32; 64] = {
    let mut out = [0; 64];
    let mut at = 0;
    while at < 64 {
        out[at] = (1 << 24) / (at as u32 + 1);
        at += 1;
    }
    out
};
/// The predictor works with so many bits below the point.
const FRACTION: u32 = 3;
const HALF: i64 = (1 << FRACTION >> 1) - 1;
/// The usual weights of the four predictors.
const WEIGHTS: [u32; 4] = [13, 12, 12, 12];

/// The self-correcting predictor (H.5.2), with its usual parameters: four others, weighted by how well they did
/// nearby.
pub(super) struct Weighted {
    width: usize,
    /// How far off each of the four was, in this row and the one above; the latter with those of this row to the west
    /// added.
    errors: [Vec<[u32; 4]>; 2],
    /// How far off the whole was, with its sign; a place further to the right.
    off: [Vec<i32>; 2],
    four: [i64; 4],
    said: i64,
}

impl Weighted {
    pub(super) fn new(width: usize) -> Self {
        let errors = vec![[0; 4]; width + 1];
        let off = vec![0; width + 1];
        Self { width, errors: [errors.clone(), errors], off: [off.clone(), off], four: [0; 4], said: 0 }
    }

    /// Goes to the next row.
    pub(super) fn next_row(&mut self) {
        self.errors.swap(0, 1);
        self.off.swap(0, 1);
    }

    /// What it says of the sample at `x`, and how far off it was at worst nearby.
    #[inline]
    pub(super) fn predict(&mut self, x: usize, near: &Near) -> (i32, i32) {
        let (east, west) = ((x + 1).min(self.width - 1), x.saturating_sub(1));
        let [_, errors] = &self.errors;
        let (here, ne, nw) = (&errors[x], &errors[east], &errors[west]);
        let weights: [u32; 4] = std::array::from_fn(|at| {
            let error = here[at].wrapping_add(ne[at]).wrapping_add(nw[at]);
            let shift = (u64::from(error) + 1).ilog2().saturating_sub(5);
            4 + ((WEIGHTS[at] * RECIPROCALS[(error >> shift) as usize & 63]) >> shift)
        });
        let [off, above] = &self.off;
        let (w_off, n_off, nw_off, ne_off) = (off[x], above[x + 1], above[west + 1], above[east + 1]);
        let mut worst = w_off;
        for it in [n_off, nw_off, ne_off] {
            if worst.abs() < it.abs() {
                worst = it;
            }
        }
        let fine = |it: i32| i64::from(it) << FRACTION;
        let [w_off, n_off, nw_off, ne_off] = [w_off, n_off, nw_off, ne_off].map(i64::from);
        let (n, w, ne) = (fine(near.n), fine(near.w), fine(near.ne));
        let sum = n_off + w_off;
        self.four = [
            w + ne - n,
            n - (((sum + ne_off) * 16) >> 5),
            w - (((sum + nw_off) * 10) >> 5),
            n - ((nw_off * 7 + n_off * 7 + ne_off * 7) >> 5),
        ];
        self.said = combined(weights, self.four);
        // Not all errors nearby have the same sign.
        if (n_off ^ w_off) | (n_off ^ nw_off) <= 0 {
            self.said = self.said.clamp(w.min(ne.min(n)), w.max(ne.max(n)));
        }
        (((self.said + HALF) >> FRACTION) as i32, worst)
    }

    /// Learns what the sample was.
    #[inline]
    pub(super) fn learn(&mut self, x: usize, sample: i32) {
        let sample = i64::from(sample) << FRACTION;
        let [off, _] = &mut self.off;
        off[x + 1] = (self.said - sample) as i32;
        let [errors, above] = &mut self.errors;
        let found = self.four.map(|it| (((it - sample).abs() + HALF) >> FRACTION) as u32);
        errors[x] = found;
        for (sum, more) in above[x + 1].iter_mut().zip(found) {
            *sum = sum.wrapping_add(more);
        }
    }
}

/// The mean of the four, weighted with five bits of each weight.
#[inline]
fn combined(weights: [u32; 4], four: [i64; 4]) -> i64 {
    let log = weights.iter().sum::<u32>().ilog2();
    let weights = weights.map(|it| it >> (log - 4));
    let total: u32 = weights.iter().sum();
    let products: i64 = weights.iter().zip(four).map(|(&weight, it)| i64::from(weight) * it).sum();
    let sum = i64::from(total >> 1) - 1 + products;
    (sum * i64::from(RECIPROCALS[(total - 1) as usize & 63])) >> 24
}
