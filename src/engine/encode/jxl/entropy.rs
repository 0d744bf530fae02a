//! Streams of values in contexts, entropy-coded (ISO/IEC 18181-1 annex C).

use super::{
    ans::{self, Frequencies, Table},
    bits::Bits,
    cluster::{self, Histogram},
    uint::{self, Split, Uint},
};
use rayon::prelude::*;
use std::collections::BTreeMap;

/// A value and the context that it is coded in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) value: u32,
    pub(super) context: u16,
    pub(super) kind: Kind,
}

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A value itself.
    Literal,
    /// How many values are copied, less the fewest.
    Length,
    /// From how far back they are, right after their number.
    Distance,
}

impl Token {
    pub(super) fn literal(context: u16, value: u32) -> Self {
        Self { value, context, kind: Kind::Literal }
    }
}

/// Lengths of copies are tokens from here on (C.2.1).
const FIRST_LENGTH: u32 = 224;
/// The fewest values that are copied.
pub(super) const LEAST_COPY: u32 = 3;
/// How lengths become tokens.
pub(super) const LENGTHS: Uint = Uint::new(0, 0, 0);
/// The most histograms.
const MOST_CLUSTERS: usize = 128;

/// How streams are coded.
pub(super) struct Code {
    has_copies: bool,
    map: Vec<u8>,
    log_alphabet: u32,
    clusters: Vec<Cluster>,
}

struct Cluster {
    config: Uint,
    frequencies: Frequencies,
    table: Table,
}

impl Code {
    /// The best for these streams, which have so many contexts, without that of distances.
    pub(super) fn new(streams: &[&[Token]], contexts: usize) -> Self {
        let has_copies = streams.iter().any(|it| it.iter().any(|token| token.kind != Kind::Literal));
        let contexts = contexts + usize::from(has_copies);
        let mut histograms = vec![Histogram::default(); contexts];
        for token in streams.iter().copied().flatten() {
            histograms[usize::from(token.context)].add(whole(Uint::USUAL, *token).token);
        }
        let (map, shared) = cluster::clusters(&histograms, MOST_CLUSTERS);
        let mut values = vec![Values::default(); shared.len()];
        for token in streams.iter().copied().flatten() {
            values[usize::from(map[usize::from(token.context)])].add(*token);
        }
        let chosen: Vec<(Uint, Vec<u32>)> = values.par_iter().map(Values::best).collect();
        let longest = chosen.iter().map(|it| it.1.len()).max().unwrap_or(1);
        let splits = chosen.iter().map(|it| it.0.split_exponent());
        let log_alphabet = splits.fold(uint::ceil_log2(longest as u32).max(5), u32::max);
        let cluster = |(config, counts): (Uint, Vec<u32>)| {
            let frequencies = Frequencies::best(&counts);
            let table = Table::new(&frequencies, log_alphabet);
            Cluster { config, frequencies, table }
        };
        Self { has_copies, map, log_alphabet, clusters: chosen.into_par_iter().map(cluster).collect() }
    }

    /// Tells the decoder.
    pub(super) fn write(&self, out: &mut Bits) {
        out.flag(self.has_copies);
        if self.has_copies {
            // Lengths from the first of four tokens on, and from the first of four lengths.
            out.put(4, 0);
            LENGTHS.write(8, out);
        }
        if 1 < self.map.len() {
            self.write_map(out);
        }
        // No prefix codes.
        out.flag(false);
        out.put(2, self.log_alphabet - 5);
        for cluster in &self.clusters {
            cluster.config.write(self.log_alphabet, out);
        }
        for cluster in &self.clusters {
            cluster.frequencies.write(out);
        }
    }

    /// The cluster of each context, by the shorter of the ways.
    fn write_map(&self, out: &mut Bits) {
        let n = uint::ceil_log2(self.clusters.len() as u32);
        let plain = (n <= 3).then(|| n as usize * self.map.len());
        let coded = [false, true].map(|is_moved| {
            let mut bits = Bits::default();
            let indices = if is_moved { moved_to_front(&self.map) } else { self.map.clone() };
            let tokens: Vec<Token> = indices.iter().map(|&it| Token::literal(0, it.into())).collect();
            bits.flag(false);
            bits.flag(is_moved);
            let code = Self::new(&[&tokens], 1);
            code.write(&mut bits);
            code.write_stream(&tokens, &mut bits);
            bits
        });
        let shortest = if coded[1].len() < coded[0].len() { &coded[1] } else { &coded[0] };
        match plain {
            Some(plain) if plain + 3 <= shortest.len() => {
                out.flag(true);
                out.put(2, n);
                for &cluster in &self.map {
                    out.put(n, cluster.into());
                }
            }
            _ => out.append(shortest),
        }
    }

    /// All of one stream.
    pub(super) fn write_stream(&self, tokens: &[Token], out: &mut Bits) {
        let item = |token: &Token| {
            let cluster = &self.clusters[usize::from(self.map[usize::from(token.context)])];
            let split = whole(cluster.config, *token);
            (&cluster.table, split.token, split.n, split.bits)
        };
        ans::write_reversed(tokens.iter().map(item), out);
    }
}

/// The token of the alphabet.
#[inline]
fn whole(config: Uint, token: Token) -> Split {
    match token.kind {
        Kind::Literal | Kind::Distance => config.split(token.value),
        Kind::Length => {
            let split = LENGTHS.split(token.value);
            Split { token: FIRST_LENGTH + split.token, ..split }
        }
    }
}

/// The place of each among those used last.
fn moved_to_front(map: &[u8]) -> Vec<u8> {
    let mut order: Vec<u8> = (0..=u8::MAX).collect();
    let place = |&value: &u8| {
        let at = order.iter().position(|&it| it == value).unwrap_or(0);
        order[..=at].rotate_right(1);
        at as u8
    };
    map.iter().map(place).collect()
}

/// How often each value comes.
#[derive(Clone, Default)]
struct Values {
    small: Vec<u32>,
    large: BTreeMap<u32, u32>,
    lengths: Vec<u32>,
}

impl Values {
    /// Below this they are counted by place.
    const SMALL: u32 = 1 << 10;

    #[inline]
    fn add(&mut self, token: Token) {
        if token.kind == Kind::Length {
            bump(&mut self.lengths, whole(Uint::USUAL, token).token);
        } else if token.value < Self::SMALL {
            bump(&mut self.small, token.value);
        } else {
            *self.large.entry(token.value).or_default() += 1;
        }
    }

    /// What makes tokens of them in the fewest bits, and how often each of those comes.
    fn best(&self) -> (Uint, Vec<u32>) {
        let mut best: Option<(f64, Uint, Vec<u32>)> = None;
        for config in Uint::ALL {
            let (mut counts, mut extra) = (vec![], 0.0);
            let small = self.small.iter().enumerate().map(|(value, &count)| (value as u32, count));
            for (value, count) in small.chain(self.large.iter().map(|(&value, &count)| (value, count))) {
                if count != 0 {
                    let split = config.split(value);
                    add(&mut counts, split.token, count);
                    extra += f64::from(split.n) * f64::from(count);
                }
            }
            let most = if self.lengths.is_empty() { 256 } else { FIRST_LENGTH as usize };
            if most < counts.len() {
                continue;
            }
            for (token, &count) in self.lengths.iter().enumerate() {
                if count != 0 {
                    add(&mut counts, token as u32, count);
                }
            }
            let used = counts.iter().filter(|&&it| 0 < it).count();
            let total: u32 = counts.iter().sum();
            let entropy = cluster::weight(total) - counts.iter().map(|&it| cluster::weight(it)).sum::<f64>();
            let cost = entropy + extra + 5.0 * used as f64;
            if best.as_ref().is_none_or(|it| cost < it.0) {
                best = Some((cost, config, counts));
            }
        }
        best.map_or_else(|| (Uint::USUAL, vec![1]), |(_, config, counts)| (config, counts))
    }
}

fn bump(counts: &mut Vec<u32>, at: u32) {
    add(counts, at, 1);
}

fn add(counts: &mut Vec<u32>, at: u32, n: u32) {
    let at = at as usize;
    if counts.len() <= at {
        counts.resize(at + 1, 0);
    }
    counts[at] += n;
}
