//! The parts of a picture that are coded each by itself.

use super::{
    entropy::{Counts, Token},
    learn::Raw,
    plan::Sampling,
    plane::Plane,
    predict,
    tree::Tree,
    uint,
    visit::visit,
};
use crate::engine::Cancel;
use rayon::prelude::*;
use std::ops::Range;

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
    pub(super) fn new(planes: Vec<Plane>, side: usize, cancel: &Cancel) -> Self {
        let fits = |it: &Plane| it.is_meta || it.width <= side && it.height <= side;
        let mut common = planes;
        let large = common.split_off(common.iter().take_while(|it| fits(it)).count());
        let mut of = vec![Stream { id: 0, channels: common }];
        if let Some(first) = large.first() {
            let across = first.width.div_ceil(side);
            let large_groups = first.width.div_ceil(side * 8) * first.height.div_ceil(side * 8);
            let group = |at: usize| {
                let from = [at % across * side, at / across * side];
                let going = large.iter().take_while(|_| !cancel.is_cancelled());
                let channels = going.map(|it| it.part(from, side)).collect();
                Stream { id: 1 + 3 * large_groups + TABLES + at, channels }
            };
            let groups = (0..across * first.height.div_ceil(side)).into_par_iter();
            of.par_extend(groups.map(group));
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
            let (strips, one_of) = strips(stream.channels[channel].height, sampling.one_of);
            let mut steps = Steps::new((stream.id as u64) << 8 | channel as u64, one_of);
            for rows in strips {
                let start = rows.start as i32;
                visit(&stream.channels, channel, stream.id, rows, cancel, |known| {
                    // The predictor that corrects itself needs a row to learn from.
                    if (start == 0 || start < known.properties[2]) && steps.is_there() {
                        raw.add(sampling, known);
                    }
                });
            }
            raw
        };
        self.jobs.par_iter().map(channel).collect()
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.of.len()
    }

    /// The tokens of a stream.
    pub(super) fn tokens(&self, stream: usize, tree: &Tree, cancel: &Cancel) -> Vec<Token> {
        let channels = &self.of[stream].channels;
        let mut tokens = Vec::with_capacity(channels.iter().map(|it| it.samples.len()).sum());
        for channel in 0..channels.len() {
            self.each(&(stream, channel), tree, cancel, |token| tokens.push(token));
        }
        tokens
    }

    /// The tokens of each stream.
    pub(super) fn all_tokens(&self, tree: &Tree, cancel: &Cancel) -> Vec<Vec<Token>> {
        let channel = |&(stream, channel): &(usize, usize)| {
            let mut tokens = Vec::with_capacity(self.of[stream].channels[channel].samples.len());
            self.each(&(stream, channel), tree, cancel, |token| tokens.push(token));
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

    /// How often each value comes, without any tokens being kept.
    pub(super) fn counts(&self, tree: &Tree, cancel: &Cancel) -> Counts {
        let none = || Counts::new(tree.contexts(), false);
        let channel = |job: &(usize, usize)| {
            let mut counts = none();
            self.each(job, tree, cancel, |token| counts.add(token));
            counts
        };
        self.jobs.par_iter().map(channel).reduce(none, |one, two| one.with(&two))
    }

    /// Calls for each token of a channel of a stream.
    fn each(&self, &(stream, channel): &(usize, usize), tree: &Tree, cancel: &Cancel, mut see: impl FnMut(Token)) {
        let stream = &self.of[stream];
        let tree = tree.part(channel, stream.id);
        visit(&stream.channels, channel, stream.id, 0..stream.channels[channel].height, cancel, |known| {
            let (context, predictor) = tree.find(known.properties);
            let guess = predict::predict(predictor, &known.near, known.weighted);
            see(Token::literal(context, uint::pack_signed(known.sample.wrapping_sub(guess))));
        });
    }
}

/// Some rows of so many, and out of how many of their samples one is looked at: where few are, most rows can be passed
/// over.
fn strips(height: usize, one_of: f64) -> (Vec<Range<usize>>, f64) {
    const ROWS: usize = 16;
    let step = (one_of / 4.0) as usize;
    let is_whole = step < 4 || height < ROWS * step;
    let (rows, step) = if is_whole { (height, 1) } else { (ROWS, step) };
    let starts = (0..height).step_by((rows * step).max(1));
    (starts.map(|it| it..(it + rows).min(height)).collect(), one_of / step as f64)
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
