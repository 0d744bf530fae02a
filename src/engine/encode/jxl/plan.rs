//! What an effort means.

use crate::engine::recipe::Effort;

/// How to encode.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    /// Groups are 128 pixels times two to this power wide and high.
    pub(super) group_shift: u32,
    /// Pictures of up to so many colours become indices to them.
    pub(super) most_colours: usize,
    /// Likewise channels of up to so many values.
    pub(super) most_values: usize,
    /// Which ways of decorrelating colours are tried.
    pub(super) kinds: &'static [u32],
    /// Pictures of up to so many samples are transformed in several ways, and the shortest file is kept.
    pub(super) most_ways: usize,
    /// Likewise with several trees.
    most_trees: usize,
    /// Are copies looked for?
    pub(super) has_copies: bool,
    /// All samples up to so many are learned from, then one of so many, and at most so many.
    samples: (f64, f64, f64),
    sampling: Sampling,
}

/// How to learn a tree.
#[derive(Clone, Debug)]
pub(super) struct Sampling {
    /// Which predictors leaves may have.
    pub(super) predictors: &'static [u8],
    /// Which properties may be asked for.
    pub(super) properties: &'static [usize],
    /// Into so many classes the values of a property fall, at most 256.
    pub(super) classes: usize,
    /// A split has to save so many bits of the picture.
    pub(super) least_gain: f64,
    /// What each token of a leaf costs, in bits of the samples that are looked at: with few samples for each, a
    /// division looks better than it is.
    pub(super) token_cost: f64,
    /// What the best of many divisions saves by chance, likewise.
    pub(super) chance: f64,
    /// Predictors that cost more than the best times this are not tried further down.
    pub(super) near: f64,
    /// Out of so many samples one is looked at.
    pub(super) one_of: f64,
}

/// All but the one that tells streams apart.
const PROPERTIES: [usize; 23] = [0, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23];
/// Those that tell the most.
const FEW_PROPERTIES: [usize; 6] = [0, 9, 10, 11, 15, 18];
/// The ways of the colours that most pictures are best in.
const FEW_KINDS: [u32; 6] = [0, 6, 10, 13, 20, 32];
const KINDS: [u32; 42] = {
    let mut out = [0; 42];
    let mut at = 0;
    while at < out.len() {
        out[at] = at as u32;
        at += 1;
    }
    out
};

impl Plan {
    pub(super) fn new(effort: Effort) -> Self {
        let normal = Sampling {
            predictors: &[0, 1, 2, 5, 6],
            properties: &PROPERTIES,
            classes: 64,
            least_gain: 30.0,
            token_cost: 1.44,
            chance: 10.0,
            near: 1.5,
            one_of: 1.0,
        };
        let plan = Self {
            group_shift: 3,
            most_colours: 1 << 10,
            most_values: 1 << 12,
            kinds: &KINDS,
            most_ways: 400_000,
            most_trees: 60_000,
            has_copies: true,
            samples: (500_000.0, 6.0, 2_000_000.0),
            sampling: normal.clone(),
        };
        match effort {
            Effort::Fast => {
                let sampling = Sampling { predictors: &[5, 6], properties: &FEW_PROPERTIES, classes: 24, ..normal };
                Self {
                    most_ways: 40_000,
                    most_trees: 10_000,
                    has_copies: false,
                    kinds: &FEW_KINDS,
                    samples: (40_000.0, 80.0, 100_000.0),
                    sampling,
                    ..plan
                }
            }
            Effort::Normal => plan,
            Effort::Best => {
                let predictors = &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13];
                let sampling = Sampling { predictors, classes: 96, ..normal };
                Self {
                    most_ways: usize::MAX,
                    most_trees: 400_000,
                    samples: (1_000_000.0, 3.0, 3_000_000.0),
                    sampling,
                    ..plan
                }
            }
        }
    }

    /// How to learn from so many samples: the ways that are tried.
    pub(super) fn samplings(&self, samples: usize) -> Vec<Sampling> {
        let (all, share, most) = self.samples;
        let n = samples as f64;
        let usual = Sampling { one_of: (n / all).clamp(1.0, share).max(n / most), ..self.sampling.clone() };
        let mut all = vec![usual.clone()];
        if samples <= self.most_trees {
            // What is told of a histogram is a larger part of small files.
            all.push(Sampling { token_cost: 5.0, least_gain: 50.0, ..usual.clone() });
        }
        if self.has_copies && samples <= self.most_ways {
            // Values as they are come again as they were.
            all.push(Sampling { predictors: &[0], properties: &[0], ..usual });
        }
        all
    }
}
