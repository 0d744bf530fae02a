//! Which contexts share a histogram (ISO/IEC 18181-1 C.2.2).

use rayon::prelude::*;
use std::sync::LazyLock;

/// How often each token comes.
#[derive(Clone, Debug, Default)]
pub(super) struct Histogram {
    pub(super) counts: Vec<u32>,
    pub(super) total: u32,
}

/// What telling a histogram takes at least, and for each of its tokens more, in bits.
const TELLING: f64 = 20.0;
const TELLING_A_TOKEN: f64 = 5.5;

impl Histogram {
    pub(super) fn add(&mut self, token: u32) {
        let token = token as usize;
        if self.counts.len() <= token {
            self.counts.resize(token + 1, 0);
        }
        self.counts[token] += 1;
        self.total += 1;
    }

    pub(super) fn merge(&mut self, other: &Self) {
        if self.counts.len() < other.counts.len() {
            self.counts.resize(other.counts.len(), 0);
        }
        for (count, more) in self.counts.iter_mut().zip(&other.counts) {
            *count += more;
        }
        self.total += other.total;
    }

    /// Its entropy, in bits.
    fn entropy(&self) -> f64 {
        let sum: f64 = self.counts.iter().map(|&it| weight(it)).sum();
        weight(self.total) - sum
    }

    fn cost(&self) -> f64 {
        let used = self.counts.iter().filter(|&&it| 0 < it).count();
        self.entropy() + telling(used)
    }

    /// What a histogram that holds both costs.
    fn cost_with(&self, other: &Self) -> f64 {
        let (longer, shorter) = if self.counts.len() < other.counts.len() { (other, self) } else { (self, other) };
        let (mut sum, mut used) = (0.0, 0);
        let mut add = |count: u32| {
            sum += weight(count);
            used += usize::from(0 < count);
        };
        for (at, &count) in longer.counts.iter().enumerate() {
            add(count + shorter.counts.get(at).copied().unwrap_or(0));
        }
        weight(self.total + other.total) - sum + telling(used)
    }

    /// How many more bits the tokens of another take in a histogram of both, and its own.
    fn distance(&self, other: &Self) -> f64 {
        let mut sum = 0.0;
        for at in 0..self.counts.len().max(other.counts.len()) {
            let one = self.counts.get(at).copied().unwrap_or(0);
            let two = other.counts.get(at).copied().unwrap_or(0);
            if one != 0 && two != 0 {
                sum += weight(one) + weight(two) - weight(one + two);
            }
        }
        weight(self.total + other.total) - weight(self.total) - weight(other.total) + sum
    }
}

fn telling(used: usize) -> f64 {
    if used <= 1 { 12.0 } else { TELLING + TELLING_A_TOKEN * used as f64 }
}

/// n · log₂ n.
#[inline]
pub(super) fn weight(n: u32) -> f64 {
    static SMALL: LazyLock<Vec<f64>> = LazyLock::new(|| (0..1 << 16).map(exact_weight).collect());
    SMALL.get(n as usize).copied().unwrap_or_else(|| exact_weight(n))
}

fn exact_weight(n: u32) -> f64 {
    if n == 0 { 0.0 } else { f64::from(n) * f64::from(n).log2() }
}

/// The cluster of each histogram, numbered by first use, and what they hold; at most so many.
pub(super) fn clusters(histograms: &[Histogram], most: usize) -> (Vec<u8>, Vec<Histogram>) {
    let used: Vec<usize> = (0..histograms.len()).filter(|&at| 0 < histograms[at].total).collect();
    let (mut of, mut found) = seeded(histograms, &used, most);
    merge_pairs(&mut found, &mut of);
    // What is never used goes with whatever comes first.
    let mut map = vec![0_usize; histograms.len()];
    for (&at, &cluster) in used.iter().zip(&of) {
        map[at] = cluster;
    }
    numbered(&map, found)
}

/// Starts from the largest and adds what is farthest from all, until that is near; each then goes to the nearest.
fn seeded(histograms: &[Histogram], used: &[usize], most: usize) -> (Vec<usize>, Vec<Histogram>) {
    const NEAR: f64 = 48.0;
    let Some(largest) = (0..used.len()).max_by_key(|&at| (histograms[used[at]].total, usize::MAX - at)) else {
        return (vec![], vec![Histogram::default()]);
    };
    let mut seeds = vec![largest];
    let mut of = vec![0; used.len()];
    let mut distances = vec![f64::INFINITY; used.len()];
    loop {
        let newest = seeds.len() - 1;
        let seed = &histograms[used[seeds[newest]]];
        let newly: Vec<f64> = used.par_iter().with_min_len(64).map(|&it| histograms[it].distance(seed)).collect();
        for (at, &it) in newly.iter().enumerate() {
            if at == seeds[newest] || it < distances[at] {
                distances[at] = if at == seeds[newest] { 0.0 } else { it };
                of[at] = newest;
            }
        }
        let farthest = (0..used.len()).max_by(|&one, &two| distances[one].total_cmp(&distances[two]));
        match farthest {
            Some(at) if seeds.len() < most && NEAR < distances[at] => seeds.push(at),
            _ => break,
        }
    }
    let mut found = vec![Histogram::default(); seeds.len()];
    for (at, &cluster) in of.iter().enumerate() {
        found[cluster].merge(&histograms[used[at]]);
    }
    (of, found)
}

/// Joins the two whose joining saves the most, as long as that saves anything.
fn merge_pairs(found: &mut [Histogram], of: &mut [usize]) {
    let n = found.len();
    let mut into: Vec<usize> = (0..n).collect();
    let mut costs: Vec<f64> = found.iter().map(Histogram::cost).collect();
    let mut is_alive = vec![true; n];
    // The saving of each pair, the larger index first.
    let mut savings: Vec<Vec<f64>> = (0..n)
        .map(|one| (0..one).map(|two| costs[one] + costs[two] - found[one].cost_with(&found[two])).collect())
        .collect();
    loop {
        let mut best = (0.0, 0, 0);
        for one in (0..n).filter(|&it| is_alive[it]) {
            for two in (0..one).filter(|&it| is_alive[it]) {
                if best.0 < savings[one][two] {
                    best = (savings[one][two], one, two);
                }
            }
        }
        let (saving, one, two) = best;
        if saving <= 0.0 {
            break;
        }
        let gone = std::mem::take(&mut found[one]);
        found[two].merge(&gone);
        costs[two] = found[two].cost();
        is_alive[one] = false;
        into[one] = two;
        for other in (0..n).filter(|&it| is_alive[it] && it != two) {
            let saving = costs[two] + costs[other] - found[two].cost_with(&found[other]);
            savings[two.max(other)][two.min(other)] = saving;
        }
    }
    for cluster in of {
        while into[*cluster] != *cluster {
            *cluster = into[*cluster];
        }
    }
}

/// Clusters by first use, without holes.
fn numbered(map: &[usize], mut found: Vec<Histogram>) -> (Vec<u8>, Vec<Histogram>) {
    let mut numbers: Vec<Option<u8>> = vec![None; found.len()];
    let mut ordered = vec![];
    let mut out = Vec::with_capacity(map.len());
    for &cluster in map {
        let number = numbers[cluster].unwrap_or_else(|| {
            let number = ordered.len() as u8;
            ordered.push(std::mem::take(&mut found[cluster]));
            numbers[cluster] = Some(number);
            number
        });
        out.push(number);
    }
    (out, ordered)
}
