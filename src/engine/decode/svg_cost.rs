//! What rendering a parsed SVG will cost, found before it is done.
//!
//! Groups with an opacity, a mask, a clip path or a filter are drawn on layers of their own,
//! up to five times as wide and high as the picture, and layers nest. Patterns and masks are
//! drawn again wherever they are used, and may use others.

use crate::engine::{EngineError, Format, Limits};
use resvg::usvg::{
    Group, Node, Paint, Path, Tree,
    filter::{Filter, Kind},
};

/// What a drawing may cost, in nanoseconds of one slow core. The weights below are rough.
const MAX_WORK: f64 = 1e10;
/// One visit of a node, so that an endless fan of references ends too.
const NODE: f64 = 2000.0;
/// A pixel of a layer: cleared, and drawn onto what lies below.
const LAYER: f64 = 10.0;
/// A pixel under a clip path or a mask: drawn, and multiplied with the layer.
const STENCIL: f64 = 15.0;
/// A pixel of a plain fill, a gradient, a pattern.
const FILL: f64 = 1.0;
const GRADIENT: f64 = 5.0;
const PATTERN: f64 = 15.0;
/// Outlines with more segments than this seldom fill their bounds.
const PLAIN_SEGMENTS: usize = 8;

/// Refuses a drawing whose layers would take too much memory or time at this size.
///
/// # Errors
/// [`EngineError::TooMuchMemory`], [`EngineError::TooComplex`].
pub(super) fn check(tree: &Tree, size: [u32; 2], limits: &Limits) -> Result<(), EngineError> {
    let [width, height] = size.map(f64::from);
    let own = tree.size();
    let mut bill = Bill {
        scale: [width / f64::from(own.width()), height / f64::from(own.height())],
        size: [width, height],
        work: 0.0,
    };
    let layers = bill.group(tree.root(), Place::Known, width * height);
    // The picture itself, and its layers; four bytes a pixel. Casting cuts off at the largest
    // number.
    limits.check_bytes(((width * height + layers) * 4.0) as u64)?;
    if bill.is_exceeded() {
        return Err(EngineError::TooComplex { format: Format::Svg, what: "drawing it would take too long".into() });
    }
    Ok(())
}

/// Is it known where in the picture a group will be drawn?
#[derive(Clone, Copy, PartialEq)]
enum Place {
    Known,
    /// Things drawn through masks, patterns and the like; assumed as large as the layer.
    Unknown,
}

struct Bill {
    scale: [f64; 2],
    size: [f64; 2],
    work: f64,
}

impl Bill {
    fn is_exceeded(&self) -> bool {
        MAX_WORK < self.work
    }

    /// Adds up the work, and returns the pixels of all layers that exist at the same time at
    /// worst. `bound` is the number of pixels of the layer that the group is drawn on.
    fn group(&mut self, group: &Group, place: Place, bound: f64) -> f64 {
        self.work += NODE;
        let (mut own, mut within) = (0.0, bound);
        if group.should_isolate() {
            let layer = if place == Place::Known { self.pixels(group.abs_layer_bounding_box()) } else { bound };
            let primitives: usize = group.filters().iter().map(|filter| filter.primitives().len()).sum();
            let stencils = usize::from(group.clip_path().is_some()) + usize::from(group.mask().is_some());
            // Each primitive keeps its result until the filter ends.
            own = layer * (1 + primitives + stencils) as f64;
            within = layer;
            self.work += layer * (LAYER + STENCIL * stencils as f64);
            self.work += layer * group.filters().iter().map(|filter| weight(filter)).sum::<f64>();
        }
        let mut deepest = 0.0_f64;
        for node in group.children() {
            if self.is_exceeded() {
                break;
            }
            deepest = deepest.max(self.node(node, place, within));
        }
        own + deepest
    }

    fn node(&mut self, node: &Node, place: Place, bound: f64) -> f64 {
        self.work += NODE;
        let mut deepest = match node {
            Node::Group(group) => self.group(group, place, bound),
            Node::Text(text) => self.group(text.flattened(), place, bound),
            Node::Path(path) => {
                self.path(path, place, bound);
                0.0
            }
            Node::Image(_) => {
                self.work += bound * PATTERN;
                0.0
            }
        };
        node.subroots(|root| {
            if !self.is_exceeded() {
                deepest = deepest.max(bound + self.group(root, Place::Unknown, bound));
            }
        });
        deepest
    }

    fn path(&mut self, path: &Path, place: Place, bound: f64) {
        let bounds = path.abs_stroke_bounding_box().to_non_zero_rect();
        let pixels = match bounds {
            Some(bounds) if place == Place::Known => self.pixels(bounds).min(bound),
            Some(_) => bound,
            None => 0.0,
        };
        let share = if path.data().len() <= PLAIN_SEGMENTS { 1.0 } else { 0.05 };
        let paint = path.fill().map_or(FILL, |fill| match fill.paint() {
            Paint::Color(_) => FILL,
            Paint::LinearGradient(_) | Paint::RadialGradient(_) => GRADIENT,
            Paint::Pattern(_) => PATTERN,
        });
        self.work += pixels * share * paint;
    }

    /// The part of an area that the renderer keeps: at most two pictures' width beyond each edge.
    fn pixels(&self, bounds: resvg::tiny_skia::NonZeroRect) -> f64 {
        let side = |from: f32, to: f32, [scale, size]: [f64; 2]| {
            let from = (f64::from(from) * scale).max(-2.0 * size);
            let to = (f64::from(to) * scale).min(3.0 * size);
            (to - from).max(0.0) + 4.0
        };
        let ([scale_x, scale_y], [width, height]) = (self.scale, self.size);
        side(bounds.left(), bounds.right(), [scale_x, width]) * side(bounds.top(), bounds.bottom(), [scale_y, height])
    }
}

/// What a filter costs a pixel.
fn weight(filter: &Filter) -> f64 {
    let primitive = |kind: &Kind| match kind {
        Kind::GaussianBlur(_) | Kind::DropShadow(_) | Kind::DiffuseLighting(_) | Kind::SpecularLighting(_) => 50.0,
        Kind::ConvolveMatrix(it) => 5.0 * f64::from(it.matrix().columns()) * f64::from(it.matrix().rows()),
        Kind::Morphology(it) => 20.0 + f64::from(it.radius_x().get()) + f64::from(it.radius_y().get()),
        // An octave adds nothing once its wave is shorter than numbers can tell.
        Kind::Turbulence(it) => 60.0 * f64::from(it.num_octaves()),
        _ => 10.0,
    };
    filter.primitives().iter().map(|it| primitive(it.kind())).sum()
}
