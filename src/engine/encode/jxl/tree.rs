//! Meta-adaptive trees (ISO/IEC 18181-1 H.4): from properties of what is around a sample to its context and predictor.

use super::{
    bits::Bits,
    entropy::{self, Token},
    uint,
    visit::Properties,
};
use std::collections::VecDeque;

/// A tree as it is found.
#[derive(Clone, Debug)]
pub(super) enum Node {
    /// Which predictor to use.
    Leaf(u8),
    /// Where to go on, by whether a property is above a value.
    Split { property: usize, value: i32, above: Box<Node>, others: Box<Node> },
}

/// A tree as the decoder knows it: by breadth, the children of a node beside each other.
#[derive(Clone, Debug)]
pub(super) struct Tree {
    nodes: Vec<Flat>,
    leaves: usize,
}

#[derive(Clone, Copy, Debug)]
enum Flat {
    Leaf { context: u16, predictor: u8 },
    Split { property: u8, value: i32, above: u32 },
}

/// A tree for one channel.
pub(super) struct Part {
    nodes: Vec<Choice>,
}

/// A node: where to go if a property is above a value, or at the next place if it is not; or a context and, in the
/// lowest eight bits, a predictor.
struct Choice {
    value: i32,
    next: u32,
    property: u32,
}

/// Stands for no property.
const LEAF: u32 = u32::MAX;

impl Part {
    /// The context and the predictor of a sample.
    #[inline]
    pub(super) fn find(&self, properties: &Properties) -> (u16, u8) {
        let mut at = 0;
        loop {
            let Choice { value, next, property } = self.nodes[at];
            match properties.get(property as usize) {
                None => return ((next >> 8) as u16, next as u8),
                Some(&property) => at = next as usize + usize::from(property <= value),
            }
        }
    }
}

/// Contexts of the tree's own stream.
const VALUE: u16 = 0;
const PROPERTY: u16 = 1;
const PREDICTOR: u16 = 2;
const OFFSET: u16 = 3;
const MULTIPLIER_LOG: u16 = 4;
const MULTIPLIER_BITS: u16 = 5;
const CONTEXTS: usize = 6;

impl Tree {
    pub(super) fn new(root: &Node) -> Self {
        let mut queue = VecDeque::from([root]);
        let (mut nodes, mut leaves) = (vec![], 0);
        while let Some(node) = queue.pop_front() {
            nodes.push(match node {
                Node::Leaf(predictor) => {
                    leaves += 1;
                    Flat::Leaf { context: (leaves - 1) as u16, predictor: *predictor }
                }
                Node::Split { property, value, above, others } => {
                    let first = nodes.len() + queue.len() + 1;
                    queue.extend([&**above, &**others]);
                    Flat::Split { property: *property as u8, value: *value, above: first as u32 }
                }
            });
        }
        Self { nodes, leaves }
    }

    /// How many contexts there are.
    pub(super) fn contexts(&self) -> usize {
        self.leaves
    }

    /// The tree of one channel of one stream, without what is the same for all its samples.
    pub(super) fn part(&self, channel: usize, stream: usize) -> Part {
        let same = [channel as i32, stream as i32];
        // The node at which the choice is not the same for all.
        let skip = |mut at: u32| loop {
            match self.nodes[at as usize] {
                Flat::Split { property, value, above } if usize::from(property) < same.len() => {
                    at = above + u32::from(same[usize::from(property)] <= value);
                }
                _ => return at,
            }
        };
        let mut queue = VecDeque::from([skip(0)]);
        let mut nodes = vec![];
        while let Some(at) = queue.pop_front() {
            nodes.push(match self.nodes[at as usize] {
                Flat::Leaf { context, predictor } => {
                    Choice { value: 0, next: u32::from(context) << 8 | u32::from(predictor), property: LEAF }
                }
                Flat::Split { property, value, above } => {
                    let next = (nodes.len() + queue.len() + 1) as u32;
                    queue.extend([skip(above), skip(above + 1)]);
                    Choice { value, next, property: property.into() }
                }
            });
        }
        Part { nodes }
    }

    /// Tells the decoder.
    pub(super) fn write(&self, out: &mut Bits) {
        let mut tokens = vec![];
        for node in &self.nodes {
            match *node {
                Flat::Leaf { predictor, .. } => tokens.extend([
                    Token::literal(PROPERTY, 0),
                    Token::literal(PREDICTOR, predictor.into()),
                    Token::literal(OFFSET, 0),
                    Token::literal(MULTIPLIER_LOG, 0),
                    Token::literal(MULTIPLIER_BITS, 0),
                ]),
                Flat::Split { property, value, .. } => tokens.extend([
                    Token::literal(PROPERTY, u32::from(property) + 1),
                    Token::literal(VALUE, uint::pack_signed(value)),
                ]),
            }
        }
        entropy::write(&tokens, CONTEXTS, out);
    }
}
