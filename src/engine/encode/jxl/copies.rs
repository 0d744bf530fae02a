//! Copies of what came before, LZ77 (ISO/IEC 18181-1 C.2.1).

use super::{
    cluster::{Histogram, weight},
    entropy::{Kind, LEAST_COPY, Token},
    uint::Uint,
};
use crate::engine::Cancel;
use rayon::prelude::*;
use std::collections::HashMap;

/// Distances that have numbers of their own: to the right and up, in pixels of the widest channel.
#[rustfmt::skip]
const SPECIAL: [(i32, i32); 120] = [
    (0, 1), (1, 0), (1, 1), (-1, 1), (0, 2), (2, 0), (1, 2), (-1, 2), (2, 1), (-2, 1),
    (2, 2), (-2, 2), (0, 3), (3, 0), (1, 3), (-1, 3), (3, 1), (-3, 1), (2, 3), (-2, 3),
    (3, 2), (-3, 2), (0, 4), (4, 0), (1, 4), (-1, 4), (4, 1), (-4, 1), (3, 3), (-3, 3),
    (2, 4), (-2, 4), (4, 2), (-4, 2), (0, 5), (3, 4), (-3, 4), (4, 3), (-4, 3), (5, 0),
    (1, 5), (-1, 5), (5, 1), (-5, 1), (2, 5), (-2, 5), (5, 2), (-5, 2), (4, 4), (-4, 4),
    (3, 5), (-3, 5), (5, 3), (-5, 3), (0, 6), (6, 0), (1, 6), (-1, 6), (6, 1), (-6, 1),
    (2, 6), (-2, 6), (6, 2), (-6, 2), (4, 5), (-4, 5), (5, 4), (-5, 4), (3, 6), (-3, 6),
    (6, 3), (-6, 3), (0, 7), (7, 0), (1, 7), (-1, 7), (5, 5), (-5, 5), (7, 1), (-7, 1),
    (4, 6), (-4, 6), (6, 4), (-6, 4), (2, 7), (-2, 7), (7, 2), (-7, 2), (3, 7), (-3, 7),
    (7, 3), (-7, 3), (5, 6), (-5, 6), (6, 5), (-6, 5), (8, 0), (4, 7), (-4, 7), (7, 4),
    (-7, 4), (8, 1), (8, 2), (6, 6), (-6, 6), (8, 3), (5, 7), (-5, 7), (7, 5), (-7, 5),
    (8, 4), (6, 7), (-6, 7), (7, 6), (-7, 6), (8, 5), (7, 7), (-7, 7), (8, 6), (8, 7),
];

/// No farther back.
const WINDOW: usize = 1 << 20;
/// Values that are looked up together, at least and at most.
const FEWEST: usize = 4;
const MOST: usize = 24;
/// Where hardly anything was predicted, there are so few contexts. Then what comes again does so over longer ways, and
/// the values that are looked up together take about so many bits.
const FEW_CONTEXTS: usize = 4;
const LOOKED_UP: f64 = 12.0;
/// So many earlier places are compared.
const COMPARED: usize = 16;
/// About what the length and the distance of a copy take, in bits, and for each bit of a distance more.
const COPY: f32 = 18.0;
const FAR: f32 = 0.9;
/// Where values take more bits than this on average, nothing comes again.
const BUSY: f64 = 1.5;

/// There is an alphabet more.
const LEAST_SAVED: f64 = 400.0;

/// Streams with copies, if those seem to save anything; the width of each one's widest channel is known.
pub(super) fn copied(
    streams: &[Vec<Token>],
    widths: &[usize],
    contexts: usize,
    cancel: &Cancel,
) -> Option<Vec<Vec<Token>>> {
    let costs = Costs::new(streams, contexts);
    if BUSY < costs.mean {
        return None;
    }
    let one = |(tokens, &width): (&Vec<Token>, &usize)| Finder::new(tokens, width, contexts, &costs).run(cancel);
    let found: Vec<(Vec<Token>, f64)> = streams.par_iter().zip(widths).map(one).collect();
    let saved: f64 = found.iter().map(|it| it.1).sum();
    (LEAST_SAVED < saved).then(|| found.into_iter().map(|it| it.0).collect())
}

/// What values take without copies, in bits.
struct Costs {
    /// By context and token.
    of: Vec<Vec<f32>>,
    mean: f64,
}

impl Costs {
    fn new(streams: &[Vec<Token>], contexts: usize) -> Self {
        let mut histograms = vec![Histogram::default(); contexts];
        for token in streams.iter().flatten() {
            histograms[usize::from(token.context)].add(Uint::USUAL.split(token.value).token);
        }
        let (mut sum, mut n) = (0.0, 0);
        let of_context = |it: &Histogram| {
            let total = f64::from(it.total).log2();
            let cost = |(&count, token): (&u32, u32)| {
                let bits = f64::from(Uint::USUAL.extra(token));
                sum += f64::from(count) * (bits + total) - weight(count);
                (bits + total - f64::from(count.max(1)).log2()) as f32
            };
            n += it.total as usize;
            it.counts.iter().zip(0..).map(cost).collect()
        };
        let of = histograms.iter().map(of_context).collect();
        Self { of, mean: sum / (n.max(1) as f64) }
    }
}

struct Finder<'a> {
    tokens: &'a [Token],
    /// What all values before each take.
    sums: Vec<f64>,
    special: HashMap<usize, u32>,
    /// So many values are looked up together.
    looked_up: usize,
    /// The last place of each hash, plus one, and of each place the one before.
    heads: Vec<u32>,
    before: Vec<u32>,
    /// The context of distances.
    distances: u16,
}

/// Something to copy.
#[derive(Clone, Copy)]
struct Copy {
    length: usize,
    back: usize,
    distance: u32,
    saved: f32,
}

impl<'a> Finder<'a> {
    fn new(tokens: &'a [Token], width: usize, contexts: usize, costs: &Costs) -> Self {
        let mut sum = 0.0;
        let mut sums = Vec::with_capacity(tokens.len() + 1);
        sums.push(0.0);
        for token in tokens {
            let of_context = &costs.of[usize::from(token.context)];
            sum += f64::from(of_context[Uint::USUAL.split(token.value).token as usize]);
            sums.push(sum);
        }
        let mut special = HashMap::new();
        for (&(right, up), number) in SPECIAL.iter().zip(0..) {
            let distance = i64::from(up) * width as i64 + i64::from(right);
            if 0 < distance {
                special.entry(distance as usize).or_insert(number);
            }
        }
        let (heads, before) = (vec![0; 1 << 16], vec![0; tokens.len()]);
        let looked_up = if contexts <= FEW_CONTEXTS { (LOOKED_UP / costs.mean) as usize } else { 0 };
        let looked_up = looked_up.clamp(FEWEST, MOST);
        Self { tokens, sums, special, looked_up, heads, before, distances: contexts as u16 }
    }

    /// The tokens with copies, and what those save.
    fn run(mut self, cancel: &Cancel) -> (Vec<Token>, f64) {
        let (mut out, mut saved, mut at) = (vec![], 0.0, 0);
        while at < self.tokens.len() {
            if at % 4_096 == 0 && cancel.is_cancelled() {
                break;
            }
            let found = self.find(at);
            self.enter(at);
            let later = found.and_then(|_| self.find(at + 1));
            match found {
                Some(copy) if later.is_none_or(|it| it.saved <= copy.saved) => {
                    let Token { context, .. } = self.tokens[at];
                    let copy = self.extended(at, copy);
                    let value = copy.length as u32 - LEAST_COPY;
                    out.push(Token { value, context, kind: Kind::Length });
                    out.push(Token { value: copy.distance, context: self.distances, kind: Kind::Distance });
                    saved += f64::from(copy.saved);
                    (at + 1..at + copy.length).for_each(|it| self.enter(it));
                    at += copy.length;
                }
                _ => {
                    out.push(self.tokens[at]);
                    at += 1;
                }
            }
        }
        (out, saved)
    }

    /// As long as it can be.
    fn extended(&self, at: usize, copy: Copy) -> Copy {
        let end = at + copy.length;
        let pairs = self.tokens[end..].iter().zip(&self.tokens[end - copy.back..]);
        let more = pairs.take_while(|(one, two)| one.value == two.value).count();
        Copy { length: copy.length + more, ..copy }
    }

    fn hash(&self, at: usize) -> Option<usize> {
        let some = self.tokens.get(at..at + self.looked_up)?;
        // Fibonacci hashing (Knuth, TAOCP 6.4).
        let mix = |sum: u32, it: &Token| (sum.rotate_left(9) ^ it.value).wrapping_mul(0x9E37_79B9);
        Some((some.iter().fold(0, mix) >> 16) as usize)
    }

    fn enter(&mut self, at: usize) {
        if let Some(hash) = self.hash(at) {
            self.before[at] = self.heads[hash];
            self.heads[hash] = at as u32 + 1;
        }
    }

    /// What saves the most there, if anything.
    fn find(&self, at: usize) -> Option<Copy> {
        const LONGEST: usize = 256;
        const LONG: usize = 128;
        let end = (at + LONGEST).min(self.tokens.len());
        // Flat parts take next to nothing as they are.
        if self.saving(at, end) < f64::from(COPY) {
            return None;
        }
        let mut best: Option<Copy> = None;
        let mut next = self.heads[self.hash(at)?];
        for _ in 0..COMPARED {
            let Some(from) = (next as usize).checked_sub(1).filter(|from| at - from < WINDOW) else { break };
            next = self.before[from];
            let longest = best.map_or(self.looked_up, |it| it.length);
            if self.tokens.get(at + longest - 1).map(|it| it.value) != Some(self.tokens[from + longest - 1].value) {
                continue;
            }
            let pairs = self.tokens[at..end].iter().zip(&self.tokens[from..]);
            let length = pairs.take_while(|(one, two)| one.value == two.value).count();
            let least = best.map_or(0.0, |it| it.saved);
            let saved = self.saving(at, at + length) as f32 - COPY;
            if length < self.looked_up || saved <= least {
                continue;
            }
            let back = at - from;
            let distance = self.special.get(&back).copied().unwrap_or(back as u32 + 119);
            let saved = saved - FAR * (distance + 1).ilog2() as f32;
            if least < saved {
                best = Some(Copy { length, back, distance, saved });
                if LONG <= length {
                    break;
                }
            }
        }
        best
    }

    /// What the values of a part take.
    fn saving(&self, from: usize, to: usize) -> f64 {
        self.sums[to] - self.sums[from]
    }
}

#[cfg(test)]
mod tests {
    use super::copied;
    use crate::engine::{
        Cancel,
        encode::jxl::entropy::{Kind, LEAST_COPY, Token},
    };

    #[test]
    fn a_row_that_comes_again_is_copied_from_the_pixel_above() {
        let row = |length: u32| (0..length).map(|at| at * at % 251 % 7);
        let values = row(64).chain(row(64)).chain(std::iter::repeat_n(0, 400));
        let tokens: Vec<Token> = values.map(|it| Token::literal(0, it)).collect();
        let out = copied(std::slice::from_ref(&tokens), &[64], 1, &Cancel::default());
        // So few bits are not worth an alphabet.
        assert!(out.is_none());
        let values = (0..40).flat_map(|_| row(64)).chain(std::iter::repeat_n(0, 40_000));
        let tokens: Vec<Token> = values.map(|it| Token::literal(0, it)).collect();
        let out = copied(&[tokens], &[64], 1, &Cancel::default()).expect("copies");
        let is_from_above =
            |pair: &&[Token]| pair[1].kind == Kind::Distance && pair[1].context == 1 && pair[1].value == 0;
        let lengths = out[0].windows(2).filter(is_from_above).map(|pair| pair[0].value + LEAST_COPY);
        assert!(lengths.max().is_some_and(|it| 64 * 38 < it));
    }
}
