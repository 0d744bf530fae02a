//! A tree for a picture, by splitting greedily where that saves the most.

use super::{
    cluster::weight,
    plan::Sampling,
    predict,
    tree::Node,
    uint::{Uint, pack_signed},
    visit::Known,
};
use crate::engine::Cancel;
use rayon::prelude::*;

/// Samples as they are.
#[derive(Clone, Debug, Default)]
pub(super) struct Raw {
    /// Each of the properties.
    properties: Vec<Vec<i32>>,
    /// What each of the predictors leaves to be coded, as a token.
    tokens: Vec<Vec<u8>>,
}

impl Raw {
    pub(super) fn new(sampling: &Sampling) -> Self {
        Self { properties: vec![vec![]; sampling.properties.len()], tokens: vec![vec![]; sampling.predictors.len()] }
    }

    pub(super) fn add(&mut self, sampling: &Sampling, known: &Known<'_>) {
        for (column, &property) in self.properties.iter_mut().zip(sampling.properties) {
            column.push(known.properties[property]);
        }
        for (column, &predictor) in self.tokens.iter_mut().zip(sampling.predictors) {
            let guess = predict::predict(predictor, &known.near, known.weighted);
            column.push(Uint::USUAL.split(pack_signed(known.sample.wrapping_sub(guess))).token as u8);
        }
    }
}

/// Samples with their properties in classes.
struct Samples {
    /// Of each property the largest value of each class but the last.
    bounds: Vec<Vec<i32>>,
    classes: Vec<Vec<u8>>,
    tokens: Vec<Vec<u8>>,
    /// No token is as large.
    alphabet: usize,
    n: usize,
}

impl Samples {
    fn new(parts: &[Raw], sampling: &Sampling, cancel: &Cancel) -> Self {
        let column = |at: usize| {
            if cancel.is_cancelled() {
                return (vec![], vec![]);
            }
            let values: Vec<&[i32]> = parts.iter().map(|it| &*it.properties[at]).collect();
            let bounds = bounds(&values, sampling.classes);
            let classes = values.iter().copied().flatten().map(|&it| bounds.partition_point(|&bound| bound < it) as u8);
            let classes = classes.collect();
            (bounds, classes)
        };
        let (bounds, classes) = (0..sampling.properties.len()).into_par_iter().map(column).unzip();
        let token_column = |at: usize| parts.iter().flat_map(|it| it.tokens[at].iter().copied()).collect();
        let tokens: Vec<Vec<u8>> = (0..sampling.predictors.len()).into_par_iter().map(token_column).collect();
        let largest = tokens.iter().flatten().max().copied().unwrap_or(0);
        let n = tokens.first().map_or(0, Vec::len);
        Self { bounds, classes, tokens, alphabet: usize::from(largest) + 1, n }
    }
}

/// What divides the values into classes of about the same size.
fn bounds(values: &[&[i32]], classes: usize) -> Vec<i32> {
    const LOOKED_AT: usize = 1 << 16;
    let n: usize = values.iter().map(|it| it.len()).sum();
    let step = (n / LOOKED_AT).max(1);
    let mut some: Vec<i32> = values.iter().copied().flatten().copied().step_by(step).collect();
    some.sort_unstable();
    let (mut out, mut at) = (vec![], 0);
    // Each class ends behind the last of a value, and takes its share of what is left.
    while at < some.len() && out.len() + 1 < classes {
        let share = (some.len() - at).div_ceil(classes - out.len());
        let last = some[(at + share - 1).min(some.len() - 1)];
        at = some.partition_point(|&it| it <= last);
        if at < some.len() {
            out.push(last);
        }
    }
    out
}

/// The tree.
pub(super) fn learn(parts: &[Raw], sampling: &Sampling, cancel: &Cancel) -> Node {
    let samples = Samples::new(parts, sampling, cancel);
    let learner = Learner { samples: &samples, sampling, cancel };
    let mut indices: Vec<u32> = (0..samples.n as u32).collect();
    let mut spare = indices.clone();
    let all: Vec<usize> = (0..sampling.predictors.len()).collect();
    learner.grow(&mut indices, &mut spare, &all, 0)
}

struct Learner<'a> {
    samples: &'a Samples,
    sampling: &'a Sampling,
    cancel: &'a Cancel,
}

/// A way to divide samples.
#[derive(Clone, Copy, Debug)]
struct Division {
    cost: f64,
    /// Of the sampling.
    property: usize,
    /// The last class that is not above.
    class: usize,
}

/// Deeper trees are not allowed at the level that every decoder reads.
const DEEPEST: usize = 60;
/// Nodes with more samples are divided by a part of them.
const MOST_LOOKED_AT: usize = 1 << 16;
/// Below it is not worth the threads.
const LEAST_SHARED: usize = 1 << 12;

impl Learner<'_> {
    fn grow(&self, indices: &mut [u32], spare: &mut [u32], predictors: &[usize], depth: usize) -> Node {
        let step = indices.len().div_ceil(MOST_LOOKED_AT).max(1);
        let some: Vec<u32> = indices.iter().copied().step_by(step).collect();
        let costs: Vec<(f64, usize)> = predictors.iter().map(|&it| (self.leaf(&some, it), it)).collect();
        let cheapest = costs.iter().min_by(|one, two| one.0.total_cmp(&two.0));
        let (whole, predictor) = cheapest.copied().unwrap_or_default();
        let leaf = Node::Leaf(self.sampling.predictors.get(predictor).copied().unwrap_or(0));
        let near = costs.iter().filter(|it| it.0 <= whole * self.sampling.near);
        let predictors: Vec<usize> = near.map(|it| it.1).collect();
        let scale = step as f64 * self.sampling.one_of;
        if DEEPEST <= depth || self.cancel.is_cancelled() || whole * scale < self.sampling.least_gain {
            return leaf;
        }
        let tokens: Vec<Vec<u8>> = predictors.iter().map(|&it| gathered(&self.samples.tokens[it], &some)).collect();
        let sides: Vec<[Side; 2]> = tokens.iter().map(|it| self.sides(it)).collect();
        let divide = |property: usize| self.divide(&some, &tokens, &sides, property);
        let ways: Vec<Option<Division>> = if LEAST_SHARED < some.len() {
            (0..self.sampling.properties.len()).into_par_iter().map(divide).collect()
        } else {
            (0..self.sampling.properties.len()).map(divide).collect()
        };
        let best = ways.into_iter().flatten().min_by(|one, two| one.cost.total_cmp(&two.cost));
        let Some(best) = best.filter(|it| self.sampling.least_gain < (whole - it.cost - self.sampling.chance) * scale)
        else {
            return leaf;
        };
        let classes = &self.samples.classes[best.property];
        let n_above = partition(indices, spare, |at| best.class < usize::from(classes[at as usize]));
        let (above, others) = indices.split_at_mut(n_above);
        let (spare_above, spare_others) = spare.split_at_mut(n_above);
        let mut grow_above = || Box::new(self.grow(above, spare_above, &predictors, depth + 1));
        let mut grow_others = || Box::new(self.grow(others, spare_others, &predictors, depth + 1));
        let (above, others) =
            if LEAST_SHARED < n_above { rayon::join(grow_above, grow_others) } else { (grow_above(), grow_others()) };
        Node::Split {
            property: self.sampling.properties[best.property],
            value: self.samples.bounds[best.property][best.class],
            above,
            others,
        }
    }

    /// What samples cost without a division, by a predictor.
    fn leaf(&self, indices: &[u32], predictor: usize) -> f64 {
        let tokens = &self.samples.tokens[predictor];
        let mut counts = vec![0_u32; self.samples.alphabet];
        for &at in indices {
            counts[usize::from(tokens[at as usize])] += 1;
        }
        let costs = counts.iter().zip(0..).map(|(&count, token)| self.cost_of(token, count));
        weight(indices.len() as u32) + costs.sum::<f64>()
    }

    /// The best division by a property.
    fn divide(&self, indices: &[u32], tokens: &[Vec<u8>], sides: &[[Side; 2]], property: usize) -> Option<Division> {
        let n_classes = self.samples.bounds[property].len() + 1;
        if n_classes < 2 {
            return None;
        }
        let classes = gathered(&self.samples.classes[property], indices);
        let mut costs = vec![[f64::INFINITY; 2]; n_classes];
        let alphabet = self.samples.alphabet;
        if indices.len() < n_classes * alphabet {
            let (order, ends) = by_class(&classes, n_classes);
            for (tokens, sides) in tokens.iter().zip(sides) {
                let sorted = order.iter().map(|&at| (tokens[at as usize], 1));
                self.sweep(sides.clone(), sorted, &ends, &mut costs);
            }
        } else {
            let mut cells = vec![0_u32; n_classes * alphabet];
            let ends: Vec<usize> = (1..=n_classes).map(|it| it * alphabet).collect();
            for (tokens, sides) in tokens.iter().zip(sides) {
                cells.fill(0);
                for (&class, &token) in classes.iter().zip(tokens) {
                    cells[usize::from(class) * alphabet + usize::from(token)] += 1;
                }
                let sorted = cells.iter().enumerate().map(|(at, &count)| ((at % alphabet) as u8, count));
                self.sweep(sides.clone(), sorted, &ends, &mut costs);
            }
        }
        let sums = costs.iter().map(|[below, above]| below + above).take(n_classes - 1).zip(0..);
        let (cost, class) = sums.min_by(|one, two| one.0.total_cmp(&two.0))?;
        cost.is_finite().then_some(Division { cost, property, class })
    }

    /// Nothing below, all above.
    fn sides(&self, tokens: &[u8]) -> [Side; 2] {
        let empty = Side { counts: vec![0; self.samples.alphabet], n: 0, sum: 0.0 };
        let mut all = empty.clone();
        for &token in tokens {
            all.counts[usize::from(token)] += 1;
        }
        all.n = tokens.len() as u32;
        all.sum = all.counts.iter().zip(0..).map(|(&count, token)| self.cost_of(token, count)).sum();
        [empty, all]
    }

    /// What so many of a token add to the cost of a side, all samples of which are counted apart.
    #[inline]
    fn cost_of(&self, token: u8, count: u32) -> f64 {
        if count == 0 {
            return 0.0;
        }
        extra(token) * f64::from(count) - weight(count) + self.sampling.token_cost
    }

    /// Moves tokens, sorted by class, from above to below, and lowers what it costs to have all classes up to each by
    /// themselves, and all above it.
    fn sweep(
        &self,
        [mut below, mut above]: [Side; 2],
        mut sorted: impl Iterator<Item = (u8, u32)>,
        ends: &[usize],
        costs: &mut [[f64; 2]],
    ) {
        let mut start = 0;
        for (&end, cost) in ends.iter().zip(costs) {
            for (token, count) in sorted.by_ref().take(end - start).filter(|it| it.1 != 0) {
                let (low, high) = (below.counts[usize::from(token)], above.counts[usize::from(token)]);
                below.sum += self.cost_of(token, low + count) - self.cost_of(token, low);
                above.sum += self.cost_of(token, high - count) - self.cost_of(token, high);
                below.counts[usize::from(token)] = low + count;
                above.counts[usize::from(token)] = high - count;
                below.n += count;
                above.n -= count;
            }
            start = end;
            if below.n != 0 && above.n != 0 {
                cost[0] = cost[0].min(weight(below.n) + below.sum);
                cost[1] = cost[1].min(weight(above.n) + above.sum);
            }
        }
    }
}

/// What lies on one side of a division.
#[derive(Clone)]
struct Side {
    /// Of each token.
    counts: Vec<u32>,
    n: u32,
    /// What they cost by themselves.
    sum: f64,
}

/// The places of samples in the order of their classes, and where each class ends.
fn by_class(classes: &[u8], n_classes: usize) -> (Vec<u32>, Vec<usize>) {
    let mut ends = vec![0; n_classes];
    for &class in classes {
        ends[usize::from(class)] += 1;
    }
    let mut sum = 0;
    let mut next: Vec<usize> = ends
        .iter_mut()
        .map(|end| {
            let start = sum;
            sum += *end;
            *end = sum;
            start
        })
        .collect();
    let mut order = vec![0; classes.len()];
    for (&class, at) in classes.iter().zip(0..) {
        let next = &mut next[usize::from(class)];
        order[*next] = at;
        *next += 1;
    }
    (order, ends)
}

/// The parts of a column.
fn gathered(column: &[u8], indices: &[u32]) -> Vec<u8> {
    indices.iter().map(|&at| column[at as usize]).collect()
}

/// The bits after a token.
#[inline]
fn extra(token: u8) -> f64 {
    f64::from(if token < 16 { 0 } else { 2 + ((token - 16) >> 2) })
}

/// Brings those for which something holds to the front, in order; how many they are.
fn partition(indices: &mut [u32], spare: &mut [u32], holds: impl Fn(u32) -> bool) -> usize {
    let (mut n, mut others) = (0, 0);
    for at in 0..indices.len() {
        let index = indices[at];
        if holds(index) {
            indices[n] = index;
            n += 1;
        } else {
            spare[others] = index;
            others += 1;
        }
    }
    indices[n..].copy_from_slice(&spare[..others]);
    n
}
