//! The parts of a picture that are coded each by itself.

use super::{entropy::Token, learn::Raw, plan::Sampling, plane::Plane, predict, tree::Tree, uint, visit::visit};
use crate::engine::Cancel;
use rayon::prelude::*;

/// What is common to the picture first, then its groups.
pub(super) struct Streams {
    of: Vec<Stream>,
    /// Each channel of each stream.
    jobs: Vec<(usize, usize)>,
}

struct Stream {
    id: usize,
    channels: Vec<Plane>,
}

/// Streams of quantisation tables, which lie between those of the large groups and those of groups.
const TABLES: usize = 17;

impl Streams {
    /// Palettes and planes that fit into a group of that side are common to all; a group of each other plane is a
    /// channel of that group.
    pub(super) fn new(planes: Vec<Plane>, side: usize) -> Self {
        let fits = |it: &Plane| it.is_meta || it.width <= side && it.height <= side;
        let mut common = planes;
        let large = common.split_off(common.iter().take_while(|it| fits(it)).count());
        let mut of = vec![Stream { id: 0, channels: common }];
        if let Some(first) = large.first() {
            let across = first.width.div_ceil(side);
            let large_groups = first.width.div_ceil(side * 8) * first.height.div_ceil(side * 8);
            let group = |at: usize| {
                let from = [at % across * side, at / across * side];
                let channels = large.iter().map(|it| it.part(from, side)).collect();
                Stream { id: 1 + 3 * large_groups + TABLES + at, channels }
            };
            of.extend((0..across * first.height.div_ceil(side)).map(group));
        }
        let jobs = of.iter().enumerate().flat_map(|(at, it)| (0..it.channels.len()).map(move |channel| (at, channel)));
        let jobs = jobs.collect();
        Self { of, jobs }
    }

    /// How many samples there are.
    pub(super) fn samples(&self) -> usize {
        self.of.iter().flat_map(|it| &it.channels).map(|it| it.samples.len()).sum()
    }

    /// The width of each stream's widest channel.
    pub(super) fn widths(&self) -> Vec<usize> {
        self.of.iter().map(|it| it.channels.iter().map(|it| it.width).max().unwrap_or(0)).collect()
    }

    /// Some samples of each channel, to learn from.
    pub(super) fn sample(&self, sampling: &Sampling, cancel: &Cancel) -> Vec<Raw> {
        let channel = |&(at, channel): &(usize, usize)| {
            let stream = &self.of[at];
            let mut raw = Raw::new(sampling);
            let mut steps = Steps::new((stream.id as u64) << 8 | channel as u64, sampling.one_of);
            visit(&stream.channels, channel, stream.id, cancel, |known| {
                if steps.is_there() {
                    raw.add(sampling, known);
                }
            });
            raw
        };
        self.jobs.par_iter().map(channel).collect()
    }

    /// The tokens of each stream.
    pub(super) fn tokens(&self, tree: &Tree, cancel: &Cancel) -> Vec<Vec<Token>> {
        let channel = |&(at, channel): &(usize, usize)| {
            let stream = &self.of[at];
            let mut tokens = Vec::with_capacity(stream.channels[channel].samples.len());
            visit(&stream.channels, channel, stream.id, cancel, |known| {
                let (context, predictor) = tree.find(known.properties);
                let guess = predict::predict(predictor, &known.near, known.weighted);
                tokens.push(Token::literal(context, uint::pack_signed(known.sample - guess)));
            });
            tokens
        };
        let parts: Vec<Vec<Token>> = self.jobs.par_iter().map(channel).collect();
        let mut out = vec![vec![]; self.of.len()];
        for (&(at, _), part) in self.jobs.iter().zip(parts) {
            if out[at].is_empty() {
                out[at] = part;
            } else {
                out[at].extend(part);
            }
        }
        out
    }
}

/// Steps of a random length, so that no pattern of the picture falls in with them.
struct Steps {
    noise: u64,
    longest: f64,
    left: u32,
}

impl Steps {
    fn new(seed: u64, one_of: f64) -> Self {
        Self { noise: seed, longest: 2.0 * one_of - 1.0, left: 0 }
    }

    fn is_there(&mut self) -> bool {
        if self.left != 0 {
            self.left -= 1;
            return false;
        }
        // Knuth's MMIX generator.
        self.noise = self.noise.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let share = (self.noise >> 33) as f64 / f64::from(1_u32 << 31);
        self.left = (share * self.longest) as u32;
        true
    }
}
