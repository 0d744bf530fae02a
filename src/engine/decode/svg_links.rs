//! Which parts of an SVG refer to which, to find chains too long for a recursive renderer.

use std::collections::HashMap;

/// Levels of nesting along a chain of references, nesting inside the parts included. Each
/// takes a few hundred bytes to a few kilobytes of stack.
const MAX_CHAIN: usize = 2000;
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

    /// Is there a chain longer than the stack is deep?
    pub(super) fn are_too_long(&self) -> bool {
        MAX_STYLE_TARGETS < self.style_targets || MAX_CHAIN < self.longest_chain()
    }

    /// The longest way through the graph. A way that comes back to where it was is cut there,
    /// as the parser does. Not recursive, for the reason that this module exists.
    fn longest_chain(&self) -> usize {
        let mut lengths: Vec<Option<usize>> = vec![None; self.nodes.len()];
        let mut visited = vec![false; self.nodes.len()];
        let mut stack: Vec<usize> = (0..self.nodes.len()).rev().collect();
        while let Some(node) = stack.pop() {
            if lengths.get(node).is_none_or(Option::is_some) {
                continue;
            }
            let targets: Vec<(usize, usize)> = self.targets(node).collect();
            if visited.get(node) == Some(&true) {
                let length =
                    |(target, weight): &(usize, usize)| weight + lengths.get(*target).copied().flatten().unwrap_or(0);
                let longest = targets.iter().map(length).max().unwrap_or(0);
                if let Some(slot) = lengths.get_mut(node) {
                    *slot = Some(longest);
                }
                continue;
            }
            if let Some(slot) = visited.get_mut(node) {
                *slot = true;
            }
            stack.push(node);
            stack.extend(targets.iter().map(|(target, _)| *target).filter(|it| visited.get(*it) == Some(&false)));
        }
        lengths.into_iter().flatten().max().unwrap_or(0)
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
        assert_eq!(links.longest_chain(), 9);
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
        assert!(links.longest_chain() < 5);
    }

    #[test]
    fn properties_and_style_attributes_refer_too() {
        let mut links = Links::default();
        links.name("a", 1);
        links.close(1);
        links.name("b", 1);
        links.link_urls("fill: url( '#a' ); mask:url(#a)", 3);
        // From the document to b: 1; from b, two levels down, to a: 3.
        assert_eq!(links.longest_chain(), 4);
    }
}
