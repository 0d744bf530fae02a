//! What rendering a parsed SVG will cost, found before it is done.
//!
//! Groups with an opacity, a mask, a clip path or a filter are drawn on layers of their own,
//! up to five times as wide and high as the picture, and layers nest.

use crate::engine::{EngineError, Format, Limits};
use resvg::usvg::{Group, Node, Tree};

/// Pixels that all layers and filters may touch together: half a minute on a slow machine.
const MAX_WORK_PIXELS: f64 = 4e9;

/// Refuses a drawing whose layers would take too much memory or time at this size.
///
/// # Errors
/// [`EngineError::TooMuchMemory`], [`EngineError::TooComplex`].
pub(super) fn check(tree: &Tree, size: [u32; 2], limits: &Limits) -> Result<(), EngineError> {
    let [width, height] = size.map(f64::from);
    let own = tree.size();
    let canvas =
        Canvas { scale: [width / f64::from(own.width()), height / f64::from(own.height())], size: [width, height] };
    let mut work = 0.0;
    let layers = canvas.group(tree.root(), width * height, &mut work);
    // The picture itself, and its copy with straight alpha; four bytes a pixel. Casting cuts
    // off at the largest number.
    limits.check_bytes(((width * height + layers) * 4.0) as u64)?;
    if MAX_WORK_PIXELS < work {
        return Err(EngineError::TooComplex { format: Format::Svg, what: "its layers and filters cover too much" });
    }
    Ok(())
}

struct Canvas {
    scale: [f64; 2],
    size: [f64; 2],
}

impl Canvas {
    /// The pixels of all layers that exist at the same time at worst. `bound` is the layer
    /// that things drawn through masks and patterns, whose place is not known, are bound by.
    fn group(&self, group: &Group, bound: f64, work: &mut f64) -> f64 {
        let mut own = 0.0;
        let mut within = bound;
        if group.should_isolate() {
            let primitives: usize = group.filters().iter().map(|filter| filter.primitives().len()).sum();
            let layer = self.layer_pixels(group);
            // Each primitive keeps its result until the filter ends.
            own = layer * (1 + primitives) as f64;
            within = layer;
            *work += own;
        }
        let mut deepest = 0.0_f64;
        for node in group.children() {
            if let Node::Group(group) = node {
                deepest = deepest.max(self.group(group, within, work));
            }
            let mut beside = 0.0_f64;
            node.subroots(|root| beside = beside.max(self.unplaced(root, within, work)));
            deepest = deepest.max(beside);
        }
        own + deepest
    }

    /// Masks, clip paths, patterns and embedded drawings: one layer for themselves, and one
    /// for each group in them that needs it.
    fn unplaced(&self, root: &Group, bound: f64, work: &mut f64) -> f64 {
        *work += bound;
        bound + self.group_unplaced(root, bound, work)
    }

    fn group_unplaced(&self, group: &Group, bound: f64, work: &mut f64) -> f64 {
        let mut own = 0.0;
        if group.should_isolate() {
            let primitives: usize = group.filters().iter().map(|filter| filter.primitives().len()).sum();
            own = bound * (1 + primitives) as f64;
            *work += own;
        }
        let mut deepest = 0.0_f64;
        for node in group.children() {
            if let Node::Group(group) = node {
                deepest = deepest.max(self.group_unplaced(group, bound, work));
            }
        }
        own + deepest
    }

    /// The part of the group's layer that the renderer keeps: at most two pictures' width
    /// beyond each edge.
    fn layer_pixels(&self, group: &Group) -> f64 {
        let bounds = group.abs_layer_bounding_box();
        let side = |from: f32, to: f32, at: usize| {
            let (scale, size) = (self.scale.get(at).copied().unwrap_or(1.0), self.size.get(at).copied().unwrap_or(1.0));
            let from = (f64::from(from) * scale).max(-2.0 * size);
            let to = (f64::from(to) * scale).min(3.0 * size);
            (to - from).max(0.0) + 4.0
        };
        side(bounds.left(), bounds.right(), 0) * side(bounds.top(), bounds.bottom(), 1)
    }
}
