//! Which colours a palette holds: boxes of colours are cut until there are enough, and their
//! means then moved to where they are nearest to what they stand for (Lloyd's k-means).
//!
//! The work is shared among threads in pieces whose borders do not depend on their number.

use super::{
    nearest::Nearest,
    space::{Point, Space},
};
use crate::engine::Cancel;
use rayon::prelude::*;

/// More different colours than this are counted six bits a channel.
const MANY: usize = 1 << 15;
/// Colours of a piece of work.
const PIECE: usize = 1 << 12;

/// Colours that look the same for our purpose, and how often they are there.
#[derive(Clone, Copy)]
pub(super) struct Entry {
    point: Point,
    weight: f32,
}

/// The different colours of the pixels, neighbours taken together where there are very many.
pub(super) fn histogram(pixels: impl Iterator<Item = [u8; 4]>, space: &Space) -> Vec<Entry> {
    let mut keys: Vec<u32> = pixels.map(u32::from_be_bytes).collect();
    keys.par_sort_unstable();
    let mut counted: Vec<(u32, u32)> = keys.chunk_by(|a, b| a == b).map(|it| (it[0], it.len() as u32)).collect();
    let mask = if MANY < counted.len() { 0xFCFC_FCFC } else { u32::MAX };
    if mask != u32::MAX {
        counted.par_sort_by_key(|(key, _)| key & mask);
    }
    let groups: Vec<&[(u32, u32)]> = counted.chunk_by(|a, b| a.0 & mask == b.0 & mask).collect();
    let entry = |group: &&[(u32, u32)]| {
        let mut sum = Sum::default();
        for &(key, count) in *group {
            sum.add(Entry { point: space.point(key.to_be_bytes()), weight: count as f32 });
        }
        sum.entry()
    };
    groups.par_iter().map(entry).collect()
}

/// At most `most` points that stand for the entries, each for entries of one group only; fewer if
/// there are not so many. `most` is at least the number of groups that are not empty.
pub(super) fn choose(groups: &mut [Vec<Entry>; 2], most: usize, rounds: usize, cancel: &Cancel) -> [Vec<Point>; 2] {
    let mut points = cut(groups, most);
    for (entries, points) in groups.iter().zip(&mut points) {
        let mut last = f64::INFINITY;
        for _ in 0..rounds {
            if cancel.is_cancelled() {
                break;
            }
            let error = improve(entries, points);
            // A thousandth less is nothing that anybody sees.
            if last * 0.999 <= error {
                break;
            }
            last = error;
        }
    }
    points
}

/// Weighted sums of points.
#[derive(Clone, Copy, Default)]
struct Sum {
    point: [f64; 4],
    weight: f64,
    squares: [f64; 4],
}

impl Sum {
    fn add(&mut self, Entry { point, weight }: Entry) {
        let weight = f64::from(weight);
        for (at, value) in point.into_iter().enumerate() {
            let value = f64::from(value);
            self.point[at] += value * weight;
            self.squares[at] += value * value * weight;
        }
        self.weight += weight;
    }

    fn join(&mut self, other: &Self) {
        for at in 0..4 {
            self.point[at] += other.point[at];
            self.squares[at] += other.squares[at];
        }
        self.weight += other.weight;
    }

    fn entry(&self) -> Entry {
        Entry { point: self.point.map(|it| (it / self.weight) as f32), weight: self.weight as f32 }
    }

    /// The squared distances from the mean, axis by axis.
    fn spread(&self) -> [f64; 4] {
        std::array::from_fn(|at| (self.squares[at] - self.point[at] * self.point[at] / self.weight).max(0.0))
    }

    /// What the mean explains: the part of the squares that cutting makes larger.
    fn explained(&self) -> f64 {
        self.point.iter().map(|it| it * it).sum::<f64>() / self.weight
    }
}

/// A stretch of the entries of one group.
struct Part {
    group: usize,
    start: usize,
    end: usize,
    sum: Sum,
}

impl Part {
    fn of(groups: &[Vec<Entry>; 2], group: usize, start: usize, end: usize) -> Self {
        let mut sum = Sum::default();
        let entries = groups.get(group).and_then(|it| it.get(start..end)).unwrap_or_default();
        entries.iter().for_each(|it| sum.add(*it));
        Self { group, start, end, sum }
    }

    fn error(&self) -> f64 {
        if self.end - self.start < 2 { 0.0 } else { self.sum.spread().iter().sum() }
    }
}

/// Cuts the box with the largest error across its longest axis, where that lessens the error
/// most, until there are enough; returns the means. (Wu, "Efficient statistical computations for
/// optimal color quantization", 1991, on the colours themselves instead of on a grid.)
fn cut(groups: &mut [Vec<Entry>; 2], most: usize) -> [Vec<Point>; 2] {
    let filled = [0, 1].into_iter().filter(|group| !groups[*group].is_empty());
    let mut parts: Vec<Part> = filled.map(|group| Part::of(groups, group, 0, groups[group].len())).collect();
    while parts.len() < most {
        let worst = parts.iter().enumerate().max_by(|a, b| a.1.error().total_cmp(&b.1.error()));
        let Some((at, _)) = worst.filter(|(_, it)| 0.0 < it.error()) else { break };
        let Part { group, start, end, sum } = parts.swap_remove(at);
        let spread = sum.spread();
        let axis = (0..4).max_by(|a, b| spread[*a].total_cmp(&spread[*b])).unwrap_or_default();
        let Some(entries) = groups.get_mut(group).and_then(|it| it.get_mut(start..end)) else { break };
        entries.sort_unstable_by(|a, b| a.point[axis].total_cmp(&b.point[axis]));
        let middle = start + best_cut(entries, &sum);
        parts.push(Part::of(groups, group, start, middle));
        parts.push(Part::of(groups, group, middle, end));
    }
    let mut points = [vec![], vec![]];
    for part in &parts {
        points[part.group].push(part.sum.entry().point);
    }
    points
}

/// How many of the sorted entries go to one side: at least one, and not all of them.
fn best_cut(part: &[Entry], whole: &Sum) -> usize {
    let mut left = Sum::default();
    let (mut best, mut at_best) = (f64::NEG_INFINITY, 1);
    for (at, entry) in part.iter().enumerate().take(part.len() - 1) {
        left.add(*entry);
        let right = Sum {
            point: std::array::from_fn(|at| whole.point[at] - left.point[at]),
            weight: whole.weight - left.weight,
            ..left
        };
        let explained = left.explained() + right.explained();
        if best < explained {
            (best, at_best) = (explained, at + 1);
        }
    }
    at_best
}

/// Moves each point to the mean of the entries that it is the nearest to; returns how far all
/// were from it before.
fn improve(entries: &[Entry], points: &mut [Point]) -> f64 {
    let nearest = Nearest::new(points.iter().copied());
    let pieces: Vec<(Vec<Sum>, f64)> = entries
        .par_chunks(PIECE)
        .map(|piece| {
            let mut sums = vec![Sum::default(); points.len()];
            let mut error = 0.0;
            for entry in piece {
                let (index, distance) = nearest.find(entry.point);
                error += f64::from(distance) * f64::from(entry.weight);
                if let Some(sum) = sums.get_mut(index) {
                    sum.add(*entry);
                }
            }
            (sums, error)
        })
        .collect();
    let mut sums = vec![Sum::default(); points.len()];
    for (piece, _) in &pieces {
        sums.iter_mut().zip(piece).for_each(|(sum, piece)| sum.join(piece));
    }
    for (point, sum) in points.iter_mut().zip(&sums).filter(|(_, sum)| 0.0 < sum.weight) {
        *point = sum.entry().point;
    }
    pieces.iter().map(|(_, error)| error).sum()
}
