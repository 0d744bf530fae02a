//! JPEG XL without loss, 8 or 16 bits a channel: the modular mode of ISO/IEC 18181-1, written by ourselves.
//!
//! There is no encoder under a licence that this program could carry (late 2026: those in Rust that compress well are
//! AGPL, the bindings to libjxl GPL), so this one is our own. It has no loss, so quality is not asked for; effort is.
//!
//! A picture goes through these: its colours are replaced by a palette or decorrelated; what comes of that is divided
//! into groups; from some of its samples a tree is learned, which tells the predictor and the context of every other;
//! what the predictors leave is entropy-coded.

mod ans;
mod bits;
mod cluster;
mod colour;
mod copies;
mod entropy;
mod header;
mod icc;
mod learn;
mod palette;
mod picture;
mod plan;
mod plane;
mod predict;
mod prefix;
mod stream;
mod transform;
mod tree;
mod uint;
mod visit;

use super::Written;
use crate::engine::{Cancel, Raster, recipe::OutputSpec};
use bits::Bits;
use entropy::{Code, Counts, Token};
use header::Header;
use picture::Picture;
use plan::{Plan, Sampling};
use rayon::prelude::*;
use std::borrow::Cow;
use stream::Streams;
use transform::Transform;
use tree::Tree;

pub(super) fn encode(raster: &Raster, spec: &OutputSpec, cancel: &Cancel) -> Written {
    let plan = Plan::new(spec.effort);
    let picture = Picture::new(raster);
    cancel.check()?;
    let header = Header { group_shift: plan.group_shift, ..picture.header };
    let before = before(header, raster.profile().map(|it| &**it));
    let mut best: Option<Vec<u8>> = None;
    for (transforms, planes) in picture.ways(&plan, cancel) {
        cancel.check()?;
        let frame = Frame { header, before: &before, transforms: &transforms, cancel };
        let streams = Streams::new(planes, header.group_side(), cancel);
        for sampling in plan.samplings(streams.samples()) {
            let bytes = frame.coded(&streams, &sampling, plan.has_copies);
            cancel.check()?;
            best = best.filter(|it| it.len() <= bytes.len()).or(Some(bytes));
        }
    }
    Ok(best.ok_or("there was no way to code it")?)
}

/// All before the frame.
fn before(header: Header, profile: Option<&[u8]>) -> Vec<u8> {
    let mut out = Bits::default();
    header.write(&mut out);
    if let Some(profile) = profile {
        icc::write(profile, &mut out);
    }
    out.into_bytes()
}

/// What all ways to code a picture have in common.
struct Frame<'a> {
    header: Header,
    /// What comes before it in the file.
    before: &'a [u8],
    transforms: &'a [Transform],
    cancel: &'a Cancel,
}

/// Tokens of more samples are not kept in memory, but found twice.
const MOST_KEPT: usize = 48_000_000;

impl Frame<'_> {
    /// A file by a tree that is learned so. Worth nothing once it is cancelled.
    fn coded(&self, streams: &Streams, sampling: &Sampling, has_copies: bool) -> Vec<u8> {
        let cancel = self.cancel;
        let tree = &learned(streams, sampling, cancel);
        if MOST_KEPT < streams.samples() {
            let code = Code::new(&streams.counts(tree, cancel), streams.len());
            return self.file(tree, &code, streams.len(), |at| Cow::Owned(streams.tokens(at, tree, cancel)));
        }
        let tokens = streams.all_tokens(tree, cancel);
        let copied =
            if has_copies { copies::copied(&tokens, &streams.widths(), tree.contexts(), cancel) } else { None };
        let file = |tokens: &[Vec<Token>]| {
            let code = Code::new(&Counts::of_all(tokens, tree.contexts(), cancel), tokens.len());
            self.file(tree, &code, tokens.len(), |at| Cow::Borrowed(tokens.get(at).map_or(&[], |it| &**it)))
        };
        let plain = file(&tokens);
        let copied = copied.map(|tokens| file(&tokens));
        copied.filter(|it| it.len() < plain.len()).unwrap_or(plain)
    }

    /// All of it put together: what comes before the frame, its header, the table of contents and the sections.
    fn file<'a>(
        &self,
        tree: &Tree,
        code: &Code,
        streams: usize,
        tokens: impl Fn(usize) -> Cow<'a, [Token]> + Sync,
    ) -> Vec<u8> {
        let section = |at: usize| {
            let mut bits = Bits::default();
            if at == 0 {
                start(self.transforms, tree, code, &mut bits);
            } else {
                // The tree of all, the usual weights, no transforms of its own.
                bits.put(4, 0b11);
            }
            let tokens = tokens(at);
            if !tokens.is_empty() && !self.cancel.is_cancelled() {
                code.write_stream(&tokens, &mut bits);
            }
            bits.into_bytes()
        };
        let mut sections: Vec<Vec<u8>> = (0..streams).into_par_iter().map(section).collect();
        if 1 < self.header.groups() {
            // Nothing lies in the groups of low frequencies nor in what is common to those of high ones.
            sections.splice(1..1, std::iter::repeat_n(vec![], self.header.large_groups() + 1));
        }
        let mut out = Bits::default();
        self.header.write_frame(&mut out);
        // The sections come in order.
        out.flag(false);
        out.pad();
        for section in &sections {
            out.select(section.len() as u32, [(10, 0), (14, 1_024), (22, 17_408), (30, 4_211_712)]);
        }
        let mut bytes = self.before.to_vec();
        bytes.extend(out.into_bytes());
        bytes.extend(sections.into_iter().flatten());
        bytes
    }
}

/// A tree that is no larger than decoders allow.
fn learned(streams: &Streams, sampling: &Sampling, cancel: &Cancel) -> Tree {
    let raws = streams.sample(sampling, cancel);
    // Half of the nodes at the level that every decoder reads, and a context is a number of 16 bits.
    let most = (512 + streams.samples() / 32).min(60_000);
    let mut sampling = sampling.clone();
    loop {
        let tree = Tree::new(&learn::learn(&raws, &sampling, cancel));
        if tree.contexts() <= most {
            return tree;
        }
        sampling.least_gain *= 4.0;
    }
}

/// What is common to all groups.
fn start(transforms: &[Transform], tree: &Tree, code: &Code, out: &mut Bits) {
    // Quantisation as usual; there is a tree.
    out.put(2, 0b11);
    tree.write(out);
    code.write(out);
    // That tree, the usual weights.
    out.put(2, 0b11);
    out.select(transforms.len() as u32, [(0, 0), (0, 1), (4, 2), (8, 18)]);
    for transform in transforms {
        transform.write(out);
    }
}
