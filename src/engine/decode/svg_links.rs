//! Which parts of an SVG refer to which, to find chains too long for a recursive renderer.

use std::collections::HashMap;

/// Levels of nesting along a chain of references, nesting inside the parts included. Each
/// takes a few hundred bytes to a few kilobytes of stack.
const MAX_CHAIN: usize = 2000;
/// Parts that are reached when every reference is followed wherever it stands. The parser
/// does that, and ten references to ten references go far.
const MAX_VISITS: u64 = 4_000_000;
/// Targets named by style sheets, which may be applied to anything.
const MAX_STYLE_TARGETS: usize = 500;

/// A graph of the named elements; the first node is the document.
pub(super) struct Links<'a> {
    nodes: Vec<Node<'a>>,
    by_name: HashMap<&'a str, usize>,
    /// The named elements that are open, with their depths.
    open: Vec<(usize, usize)>,
    style_targets: usize,
}

/// One named element: what lies in it and what it refers to, each with its depth inside.
#[derive(Default)]
struct Node<'a> {
    holds: Vec<(usize, usize)>,
    refers: Vec<(&'a str, usize)>,
}

/// How far the references of a node go.
#[derive(Clone, Copy, Default)]
struct Reach {
    longest: usize,
    visits: u64,
}

impl Default for Links<'_> {
    fn default() -> Self {
        Self { nodes: vec![Node::default()], by_name: HashMap::new(), open: vec![(0, 0)], style_targets: 0 }
    }
}

impl<'a> Links<'a> {
    /// An element begins. Attributes come later, so nothing is known of it but its depth.
    pub(super) fn open(&mut self, depth: usize) {
        // An element that was never closed properly cannot hold one at its own depth.
        self.close(depth);
    }

    /// The element at this depth has a name.
    pub(super) fn name(&mut self, name: &'a str, depth: usize) {
        let node = self.nodes.len();
        let (holder, above) = self.holder();
        if let Some(holder) = self.nodes.get_mut(holder) {
            holder.holds.push((node, depth.saturating_sub(above)));
        }
        self.nodes.push(Node::default());
        self.by_name.insert(name, node);
        self.open.push((node, depth));
    }

    /// The element at this depth ends.
    pub(super) fn close(&mut self, depth: usize) {
        while self.open.last().is_some_and(|(node, own)| *node != 0 && depth <= *own) {
            self.open.pop();
        }
    }

    /// `#name`, as in a link.
    pub(super) fn link_fragment(&mut self, value: &'a str, depth: usize) {
        if let Some(name) = value.trim().strip_prefix('#') {
            self.refer(name, depth);
        }
    }

    /// `url(#name)`, once or more often, as in properties and style attributes.
    pub(super) fn link_urls(&mut self, value: &'a str, depth: usize) {
        for name in urls(value) {
            self.refer(name, depth);
        }
    }

    /// `url(#name)` in the text of a style sheet.
    pub(super) fn note_style(&mut self, text: &str) {
        self.style_targets += urls(text).count();
    }

    fn holder(&self) -> (usize, usize) {
        self.open.last().copied().unwrap_or_default()
    }

    fn refer(&mut self, name: &'a str, depth: usize) {
        let (holder, above) = self.holder();
        if let Some(holder) = self.nodes.get_mut(holder) {
            holder.refers.push((name, 1 + depth.saturating_sub(above)));
        }
    }

    /// Would following all references overflow the stack or never end?
    pub(super) fn are_too_many(&self) -> bool {
        let reach = self.reach();
        MAX_STYLE_TARGETS < self.style_targets || MAX_CHAIN < reach.longest || MAX_VISITS < reach.visits
    }

    /// The longest way through the graph, and the number of all ways. A way that comes back to
    /// where it was is cut there, as the parser does. Not recursive, for the reason that this
    /// module exists.
    fn reach(&self) -> Reach {
        let mut known: Vec<Option<Reach>> = vec![None; self.nodes.len()];
        let mut entered = vec![false; self.nodes.len()];
        let mut stack = vec![0];
        while let Some(node) = stack.pop() {
            let (Some(slot), Some(entered_before)) = (known.get(node), entered.get_mut(node)) else { continue };
            if slot.is_some() {
                continue;
            }
            if !std::mem::replace(entered_before, true) {
                stack.push(node);
                stack
                    .extend(self.targets(node).map(|(target, _)| target).filter(|it| entered.get(*it) == Some(&false)));
                continue;
            }
            let all = self.targets(node).fold(Reach { longest: 0, visits: 1 }, |all, (target, weight)| {
                let next = known.get(target).copied().flatten().unwrap_or_default();
                Reach {
                    longest: all.longest.max(next.longest + weight),
                    visits: all.visits.saturating_add(next.visits),
                }
            });
            if let Some(slot) = known.get_mut(node) {
                *slot = Some(all);
            }
        }
        known.first().copied().flatten().unwrap_or_default()
    }

    fn targets(&self, node: usize) -> impl Iterator<Item = (usize, usize)> {
        let node = self.nodes.get(node);
        let holds = node.into_iter().flat_map(|it| it.holds.iter().copied());
        let refers = node.into_iter().flat_map(|it| it.refers.iter());
        holds.chain(refers.filter_map(|(name, weight)| Some((*self.by_name.get(name)?, *weight))))
    }
}

/// The names in `url(#name)`, with or without quotes.
fn urls(text: &str) -> impl Iterator<Item = &str> {
    text.split("url(").skip(1).filter_map(|it| {
        let (inside, _) = it.split_once(')')?;
        inside.trim().trim_matches(['"', '\'']).trim().strip_prefix('#')
    })
}

#[cfg(test)]
mod tests {
    use super::Links;

    #[test]
    fn a_chain_is_as_long_as_its_links() {
        let names: Vec<String> = (0..10).map(|at| format!("#a{at}")).collect();
        let mut links = Links::default();
        for pair in names.windows(2) {
            links.open(1);
            links.name(&pair[0][1..], 1);
            links.link_fragment(&pair[1], 1);
            links.close(1);
        }
        // The document holds a0, which is eight links away from a8; a9 was never named.
        assert_eq!(links.reach().longest, 9);
    }

    #[test]
    fn a_fan_of_references_multiplies() {
        let mut links = Links::default();
        for (name, target) in [("a", "#b"), ("b", "#c"), ("c", "#d")] {
            links.open(1);
            links.name(name, 1);
            (0..10).for_each(|_| links.link_fragment(target, 2));
            links.close(1);
        }
        // c: 1, b: 1 + 10, a: 1 + 110, and the document, which holds them all.
        assert_eq!(links.reach().visits, 1 + 1 + 11 + 111);
    }

    #[test]
    fn circles_end() {
        let mut links = Links::default();
        for (name, target) in [("a", "#b"), ("b", "#a"), ("c", "#c")] {
            links.open(1);
            links.name(name, 1);
            links.link_fragment(target, 1);
            links.close(1);
        }
        assert!(links.reach().longest < 5);
    }

    #[test]
    fn properties_and_style_attributes_refer_too() {
        let mut links = Links::default();
        links.name("a", 1);
        links.close(1);
        links.name("b", 1);
        links.link_urls("fill: url( '#a' ); mask:url(#a)", 3);
        // From the document to b: 1; from b, two levels down, to a: 3.
        assert_eq!(links.reach().longest, 4);
    }
}
