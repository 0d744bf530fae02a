//! Which way of decorrelating colours suits a picture.

use super::{
    cluster::weight,
    plane::Plane,
    predict::gradient,
    transform::decorrelate,
    uint::{Uint, pack_signed},
};
use rayon::prelude::*;

/// About so many samples are looked at.
const LOOKED_AT: usize = 1 << 16;

/// That of some kinds after which gradients leave the least, by an estimate.
pub(super) fn best_kind(planes: &[Plane], kinds: &[u32]) -> u32 {
    let [red, green, blue] = planes else { return 0 };
    // Pairs of rows, spread evenly.
    let pairs = (LOOKED_AT / red.width.max(1)).max(1);
    let step = (red.height / pairs.max(1)).max(1);
    let rows: Vec<usize> = (1..red.height).step_by(step).collect();
    let triple = |x: usize, y: usize| [red, green, blue].map(|it| it.samples[y * it.width + x]);
    // What each plane of each kind costs; many are the same.
    let costs: Vec<[f64; 3]> = kinds
        .par_iter()
        .map(|&kind| {
            let mut estimates: [Estimate; 3] = Default::default();
            for &y in &rows {
                let mut west = decorrelate(kind, triple(0, y));
                let mut northwest = decorrelate(kind, triple(0, y - 1));
                for x in 1..red.width {
                    let here = decorrelate(kind, triple(x, y));
                    let north = decorrelate(kind, triple(x, y - 1));
                    for (at, estimate) in estimates.iter_mut().enumerate() {
                        estimate.add(here[at], west[at], north[at], northwest[at]);
                    }
                    (west, northwest) = (here, north);
                }
            }
            estimates.map(|it| it.bits())
        })
        .collect();
    let sums = costs.iter().map(|it| it.iter().sum::<f64>());
    sums.zip(kinds).min_by(|one, two| one.0.total_cmp(&two.0)).map_or(0, |it| *it.1)
}

/// Contexts by how much is going on, and the tokens of each.
const CONTEXTS: usize = 8;
const TOKENS: usize = 96;

/// What is left of a plane by the gradient.
struct Estimate {
    counts: Vec<u32>,
}

impl Default for Estimate {
    fn default() -> Self {
        Self { counts: vec![0; CONTEXTS * TOKENS] }
    }
}

impl Estimate {
    fn add(&mut self, here: i32, w: i32, n: i32, nw: i32) {
        let activity = (w - nw).abs().max((n - nw).abs()) as u32;
        let context = (activity + 1).ilog2().min(CONTEXTS as u32 - 1) as usize;
        let token = Uint::USUAL.split(pack_signed(here - gradient(w, n, nw))).token as usize;
        if let Some(count) = self.counts.get_mut(context * TOKENS + token) {
            *count += 1;
        }
    }

    fn bits(&self) -> f64 {
        let of_context = |counts: &[u32]| {
            let bits = counts
                .iter()
                .zip(0..)
                .map(|(&count, token)| f64::from(Uint::USUAL.extra(token) * count) - weight(count));
            bits.sum::<f64>() + weight(counts.iter().sum())
        };
        self.counts.chunks_exact(TOKENS).map(of_context).sum()
    }
}
