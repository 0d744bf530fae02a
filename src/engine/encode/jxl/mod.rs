//! JPEG XL without loss, 8 or 16 bits a channel: the modular mode of ISO/IEC 18181-1, written by ourselves.
//!
//! There is no encoder under a licence that this program could carry (late 2026: those in Rust that compress well are
//! AGPL, the bindings to libjxl GPL), so this one is our own. It has no loss, so quality is not asked for; effort is.
//! No profile is embedded.
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
mod learn;
mod palette;
mod picture;
mod plan;
mod plane;
mod predict;
mod stream;
mod transform;
mod tree;
mod uint;
mod visit;

use super::Written;
use crate::engine::{Cancel, Raster, recipe::OutputSpec};
use bits::Bits;
use entropy::{Code, Token};
use header::Header;
use picture::Picture;
use plan::Plan;
use rayon::prelude::*;
use stream::Streams;
use transform::Transform;
use tree::Tree;

pub(super) fn encode(raster: &Raster, spec: &OutputSpec, cancel: &Cancel) -> Written {
    let plan = Plan::new(spec.effort);
    let mut picture = Picture::new(raster);
    let header = Header { group_shift: plan.group_shift, ..picture.header };
    cancel.check()?;
    let transforms = picture.transform(&plan, cancel);
    cancel.check()?;
    let streams = Streams::new(picture.planes, header.group_side());
    let sampling = plan.sampling(streams.samples());
    let raws = streams.sample(&sampling, cancel);
    cancel.check()?;
    let tree = Tree::new(&learn::learn(&raws, &sampling, cancel));
    drop(raws);
    cancel.check()?;
    let tokens = streams.tokens(&tree, cancel);
    let widths = streams.widths();
    drop(streams);
    cancel.check()?;
    let copied = if plan.has_copies { copies::copied(&tokens, &widths, tree.contexts(), cancel) } else { None };
    let plain = file(header, &transforms, &tree, &tokens, cancel);
    let copied = copied.map(|tokens| file(header, &transforms, &tree, &tokens, cancel));
    cancel.check()?;
    Ok(copied.filter(|it| it.len() < plain.len()).unwrap_or(plain))
}

/// All of it put together: headers, the table of contents and the sections.
fn file(header: Header, transforms: &[Transform], tree: &Tree, tokens: &[Vec<Token>], cancel: &Cancel) -> Vec<u8> {
    let code = &Code::new(&tokens.iter().map(|it| &**it).collect::<Vec<_>>(), tree.contexts());
    let mut sections: Vec<Vec<u8>> = tokens
        .par_iter()
        .enumerate()
        .map(|(at, tokens)| {
            let mut bits = Bits::default();
            if at == 0 {
                start(transforms, tree, code, &mut bits);
            } else {
                // The tree of all, the usual weights, no transforms of its own.
                bits.put(4, 0b11);
            }
            if !tokens.is_empty() && !cancel.is_cancelled() {
                code.write_stream(tokens, &mut bits);
            }
            bits.into_bytes()
        })
        .collect();
    if 1 < header.groups() {
        // Nothing lies in the groups of low frequencies nor in what is common to those of high ones.
        sections.splice(1..1, std::iter::repeat_n(vec![], header.large_groups() + 1));
    }
    let mut out = Bits::default();
    header.write(&mut out);
    // The sections come in order.
    out.flag(false);
    out.pad();
    for section in &sections {
        out.select(section.len() as u32, [(10, 0), (14, 1_024), (22, 17_408), (30, 4_211_712)]);
    }
    let mut bytes = out.into_bytes();
    bytes.extend(sections.into_iter().flatten());
    bytes
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
