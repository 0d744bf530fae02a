//! Streams of values in contexts, entropy-coded (ISO/IEC 18181-1 annex C).

use super::{
    ans::{self, Frequencies, Table},
    bits::Bits,
    cluster::{self, Histogram},
    prefix::Prefix,
    uint::{self, Split, Uint},
};
use crate::engine::Cancel;
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
    clusters: Vec<Uint>,
    coder: Coder,
}

/// What codes the tokens of each cluster.
enum Coder {
    Ans(Vec<(Frequencies, Table)>),
    Prefix(Vec<Prefix>),
}

/// Alphabets of prefix codes have so many bits.
const PREFIX_ALPHABET: u32 = 15;
/// Streams of more tokens are not tried with prefix codes.
const FEW: u32 = 5_000;

impl Code {
    /// The best for so many streams in which values come so often.
    pub(super) fn new(counts: &Counts, streams: usize) -> Self {
        let histograms: Vec<Histogram> = counts.of.par_iter().map(Values::histogram).collect();
        let (map, _) = cluster::clusters(&histograms, MOST_CLUSTERS);
        let mut values = vec![Values::default(); map.iter().max().map_or(0, |&it| usize::from(it) + 1)];
        for (of_context, &cluster) in counts.of.iter().zip(&map) {
            values[usize::from(cluster)].merge(of_context);
        }
        let chosen: Vec<(Uint, Vec<u32>)> = values.par_iter().map(Values::best).collect();
        let (clusters, counted): (Vec<Uint>, Vec<Vec<u32>>) = chosen.into_iter().unzip();
        let longest = counted.iter().map(Vec::len).max().unwrap_or(1);
        let splits = clusters.iter().map(|it| it.split_exponent());
        let log_alphabet = splits.fold(uint::ceil_log2(longest as u32).max(5), u32::max);
        let table = |counts: &Vec<u32>| {
            let frequencies = Frequencies::best(counts);
            let table = Table::new(&frequencies, log_alphabet);
            (frequencies, table)
        };
        let coder = Coder::Ans(counted.par_iter().map(table).collect());
        let ans = Self { has_copies: counts.has_copies, map, log_alphabet, clusters, coder };
        if FEW < counted.iter().flatten().sum() {
            return ans;
        }
        let coder = Coder::Prefix(counted.iter().map(|it| Prefix::new(it)).collect());
        let prefix =
            Self { map: ans.map.clone(), log_alphabet: PREFIX_ALPHABET, clusters: ans.clusters.clone(), coder, ..ans };
        if prefix.bits(&counted, streams) < ans.bits(&counted, streams) { prefix } else { ans }
    }

    /// What telling it and so many of each token take, without what follows tokens.
    fn bits(&self, counted: &[Vec<u32>], streams: usize) -> f64 {
        let mut told = Bits::default();
        self.write_codes(&mut told);
        let tokens: f64 = match &self.coder {
            Coder::Ans(of) => of.iter().zip(counted).map(|(it, counts)| it.0.cost_of(counts)).sum(),
            Coder::Prefix(of) => of.iter().map(Prefix::cost).sum(),
        };
        let states = if matches!(self.coder, Coder::Ans(_)) { 32 * streams } else { 0 };
        told.len() as f64 + tokens + states as f64
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
        self.write_codes(out);
    }

    fn write_codes(&self, out: &mut Bits) {
        out.flag(matches!(self.coder, Coder::Prefix(_)));
        if let Coder::Ans(_) = self.coder {
            out.put(2, self.log_alphabet - 5);
        }
        for config in &self.clusters {
            config.write(self.log_alphabet, out);
        }
        match &self.coder {
            Coder::Ans(of) => of.iter().for_each(|it| it.0.write(out)),
            Coder::Prefix(of) => {
                of.iter().for_each(|it| it.write_size(out));
                of.iter().for_each(|it| it.write(out));
            }
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
            write(&tokens, 1, &mut bits);
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
        let cluster = |token: &Token| usize::from(self.map[usize::from(token.context)]);
        match &self.coder {
            Coder::Ans(of) => {
                let item = |token: &Token| {
                    let cluster = cluster(token);
                    (&of[cluster].1, whole(self.clusters[cluster], *token))
                };
                ans::write_reversed(tokens.iter().map(item), out);
            }
            Coder::Prefix(of) => {
                for token in tokens {
                    let cluster = cluster(token);
                    let split = whole(self.clusters[cluster], *token);
                    let (n, bits) = of[cluster].code(split.token);
                    out.put(n, bits);
                    out.put(split.n, split.bits);
                }
            }
        }
    }
}

/// One stream, and before it its code.
pub(super) fn write(tokens: &[Token], contexts: usize, out: &mut Bits) {
    let code = Code::new(&Counts::of(tokens, contexts, false), 1);
    code.write(out);
    code.write_stream(tokens, out);
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

/// How often each value comes in each context.
#[derive(Clone)]
pub(super) struct Counts {
    of: Vec<Values>,
    has_copies: bool,
}

impl Counts {
    /// None yet, in so many contexts; that of distances is one of them if there are copies.
    pub(super) fn new(contexts: usize, has_copies: bool) -> Self {
        Self { of: vec![Values::default(); contexts + usize::from(has_copies)], has_copies }
    }

    /// Those of a stream.
    fn of(tokens: &[Token], contexts: usize, has_copies: bool) -> Self {
        let mut counts = Self::new(contexts, has_copies);
        tokens.iter().for_each(|&it| counts.add(it));
        counts
    }

    /// Those of some streams.
    pub(super) fn of_all(streams: &[Vec<Token>], contexts: usize, cancel: &Cancel) -> Self {
        let has_copies = streams.iter().any(|it| it.iter().any(|token| token.kind != Kind::Literal));
        let going = streams.par_iter().filter(|_| !cancel.is_cancelled());
        going
            .map(|it| Self::of(it, contexts, has_copies))
            .reduce(|| Self::new(contexts, has_copies), |one, two| one.with(&two))
    }

    #[inline]
    pub(super) fn add(&mut self, token: Token) {
        self.of[usize::from(token.context)].add(token);
    }

    /// Both together.
    pub(super) fn with(mut self, other: &Self) -> Self {
        for (values, more) in self.of.iter_mut().zip(&other.of) {
            values.merge(more);
        }
        self
    }
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
            add(&mut self.lengths, whole(Uint::USUAL, token).token, 1);
        } else if token.value < Self::SMALL {
            add(&mut self.small, token.value, 1);
        } else {
            *self.large.entry(token.value).or_default() += 1;
        }
    }

    fn merge(&mut self, other: &Self) {
        for (counts, more) in [(&mut self.small, &other.small), (&mut self.lengths, &other.lengths)] {
            if counts.len() < more.len() {
                counts.resize(more.len(), 0);
            }
            counts.iter_mut().zip(more).for_each(|(count, more)| *count += more);
        }
        for (&value, count) in &other.large {
            *self.large.entry(value).or_default() += count;
        }
    }

    /// Each value that there is, and how often it comes.
    fn iter(&self) -> impl Iterator<Item = (u32, u32)> {
        let small = self.small.iter().enumerate().map(|(value, &count)| (value as u32, count));
        small.chain(self.large.iter().map(|(&value, &count)| (value, count))).filter(|it| it.1 != 0)
    }

    /// As the usual tokens.
    fn histogram(&self) -> Histogram {
        let mut counts = vec![];
        for (value, count) in self.iter() {
            add(&mut counts, Uint::USUAL.split(value).token, count);
        }
        for (token, &count) in self.lengths.iter().enumerate().filter(|it| *it.1 != 0) {
            add(&mut counts, token as u32, count);
        }
        let total = counts.iter().sum();
        Histogram { counts, total }
    }

    /// What makes tokens of them in the fewest bits, and how often each of those comes.
    fn best(&self) -> (Uint, Vec<u32>) {
        let mut best: Option<(f64, Uint, Vec<u32>)> = None;
        for config in Uint::ALL {
            let (mut counts, mut extra) = (vec![], 0.0);
            for (value, count) in self.iter() {
                let split = config.split(value);
                add(&mut counts, split.token, count);
                extra += f64::from(split.n) * f64::from(count);
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

fn add(counts: &mut Vec<u32>, at: u32, n: u32) {
    let at = at as usize;
    if counts.len() <= at {
        counts.resize(at + 1, 0);
    }
    counts[at] += n;
}
