//! A cheap look over the text of an SVG before the real parser sees it.
//!
//! The parser and the renderer recurse with the nesting of elements and with chains of
//! references, and a stack overflow cannot be caught; other shapes of input cost them
//! quadratic time or memory without bound. All of that is refused here, in one pass that
//! takes linear time itself and allocates nothing that the text does not pay for.

use super::svg_links::Links;
use crate::engine::{EngineError, Format};
use std::collections::HashMap;

/// What the drawing holds, as far as the caller has to prepare for it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Contents {
    /// Is there an element for text?
    pub(super) has_text: bool,
}

/// Longer than any drawing; elements and attributes multiply it in memory.
const MAX_TEXT_BYTES: usize = 64_000_000;
/// Deeper nesting than any drawing tool writes.
const MAX_DEPTH: usize = 256;
/// The parser's own limit, applied before it allocates anything.
const MAX_ELEMENTS: usize = 1_000_000;
const MAX_ATTRIBUTES: usize = 2_500_000;
/// The parser looks for duplicates by comparing each with each.
const MAX_ATTRIBUTES_AN_ELEMENT: usize = 128;
/// Every rule is matched against every element.
const MAX_RULES_TIMES_ELEMENTS: usize = 50_000_000;
/// A marker is drawn at every vertex.
const MAX_MARKERS_TIMES_VERTICES: usize = 4_000_000;
/// What entities may add to the text.
const MAX_ENTITY_BYTES: u64 = 8_000_000;
const MAX_ENTITY_ELEMENTS: usize = 200;

/// Refuses documents that would take the parser down.
///
/// # Errors
/// [`EngineError::TooComplex`].
pub(super) fn check(text: &str) -> Result<Contents, EngineError> {
    if MAX_TEXT_BYTES < text.len() {
        return Err(too_complex("it is longer than 64 MB"));
    }
    let mut scan = Scan::default();
    let mut rest = text;
    while let Some((between, after)) = rest.split_once('<') {
        scan.text(between)?;
        rest = scan.markup(after)?;
    }
    scan.finish()
}

fn too_complex(what: &'static str) -> EngineError {
    EngineError::TooComplex { format: Format::Svg, what: what.into() }
}

/// What was counted so far.
#[derive(Default)]
struct Scan<'a> {
    contents: Contents,
    depth: usize,
    elements: usize,
    attributes: usize,
    rules: usize,
    /// Bytes of path data and point lists.
    outline_bytes: usize,
    /// The depth at which the open marker began and its elements so far.
    marker: Option<(usize, usize)>,
    largest_marker: usize,
    links: Links<'a>,
    entities: HashMap<&'a str, u64>,
    entity_bytes: u64,
    entity_elements: usize,
}

impl<'a> Scan<'a> {
    /// Takes what stands behind a `<`; returns what stands behind that markup.
    fn markup(&mut self, after: &'a str) -> Result<&'a str, EngineError> {
        if let Some(comment) = after.strip_prefix("!--") {
            return Ok(comment.split_once("-->").map_or("", |(_, after)| after));
        }
        if let Some(data) = after.strip_prefix("![CDATA[") {
            let (data, after) = data.split_once("]]>").unwrap_or((data, ""));
            self.text(data)?;
            return Ok(after);
        }
        if let Some(instruction) = after.strip_prefix('?') {
            return Ok(instruction.split_once("?>").map_or("", |(_, after)| after));
        }
        if after.starts_with('!') {
            return self.doctype(after);
        }
        if after.starts_with('/') {
            self.close();
            return Ok(after.split_once('>').map_or("", |(_, after)| after));
        }
        let (tag, after) = split_tag(after);
        self.element(tag)?;
        Ok(after)
    }

    /// Character data: rules of a style sheet, and references to entities.
    fn text(&mut self, text: &'a str) -> Result<(), EngineError> {
        self.rules += text.bytes().filter(|byte| *byte == b'{').count();
        self.links.note_style(text);
        self.expand(text)
    }

    fn close(&mut self) {
        self.links.close(self.depth);
        self.depth = self.depth.saturating_sub(1);
        if let Some((began, elements)) = self.marker
            && self.depth < began
        {
            self.largest_marker = self.largest_marker.max(elements);
            self.marker = None;
        }
    }

    fn element(&mut self, tag: &'a str) -> Result<(), EngineError> {
        let (tag, is_empty) = tag.strip_suffix('/').map_or((tag, false), |tag| (tag, true));
        let end = tag.find(|it: char| it.is_ascii_whitespace()).unwrap_or(tag.len());
        let (name, attributes) = tag.split_at_checked(end).unwrap_or((tag, ""));
        let name = name.rsplit(':').next().unwrap_or(name);
        self.depth += 1;
        self.elements += 1;
        self.contents.has_text |= name == "text";
        if name == "marker" && self.marker.is_none() {
            self.marker = Some((self.depth, 0));
        }
        if let Some((_, elements)) = &mut self.marker {
            *elements += 1;
        }
        self.links.open(self.depth);
        self.attributes(attributes)?;
        if MAX_DEPTH < self.depth {
            return Err(too_complex("its elements are nested too deeply"));
        }
        if MAX_ELEMENTS < self.elements {
            return Err(too_complex("it has more than a million elements"));
        }
        if is_empty {
            self.close();
        }
        Ok(())
    }

    fn attributes(&mut self, mut rest: &'a str) -> Result<(), EngineError> {
        let mut count = 0;
        while let Some((name, after)) = rest.split_once('=') {
            let after = after.trim_start();
            let Some(quote) = after.chars().next().filter(|it| matches!(it, '"' | '\'')) else { break };
            let Some((value, after)) = after.get(1..).and_then(|it| it.split_once(quote)) else { break };
            count += 1;
            self.attribute(name.trim(), value)?;
            rest = after;
        }
        self.attributes += count;
        if MAX_ATTRIBUTES_AN_ELEMENT < count || MAX_ATTRIBUTES < self.attributes {
            return Err(too_complex("it has too many attributes"));
        }
        Ok(())
    }

    fn attribute(&mut self, name: &str, value: &'a str) -> Result<(), EngineError> {
        match name {
            "id" => self.links.name(value, self.depth),
            "d" | "points" => self.outline_bytes += value.len(),
            "href" | "xlink:href" => self.links.link_fragment(value, self.depth),
            _ => self.links.link_urls(value, self.depth),
        }
        self.expand(value)
    }

    /// The document type, which may declare entities.
    fn doctype(&mut self, text: &'a str) -> Result<&'a str, EngineError> {
        let plain = text.find('>').unwrap_or(text.len());
        let Some(bracket) = text.find('[').filter(|at| *at < plain) else {
            return Ok(text.get(plain..).unwrap_or_default());
        };
        let mut rest = text.get(bracket + 1..).unwrap_or_default();
        loop {
            rest = rest.trim_start();
            if rest.is_empty() || rest.starts_with(']') {
                return Ok(rest.split_once('>').map_or("", |(_, after)| after));
            }
            let (declaration, after) = if let Some(comment) = rest.strip_prefix("<!--") {
                ("", comment.split_once("-->").map_or("", |(_, after)| after))
            } else {
                split_tag(rest)
            };
            if let Some(entity) = declaration.strip_prefix("<!ENTITY") {
                self.entity(entity)?;
            }
            rest = after;
        }
    }

    /// Notes how long an entity becomes; those it names were declared before it.
    fn entity(&mut self, declaration: &'a str) -> Result<(), EngineError> {
        let declaration = declaration.trim_start();
        let Some((name, after)) = declaration.split_once(|it: char| it.is_ascii_whitespace()) else { return Ok(()) };
        let Some((_, quoted)) = after.split_once(['"', '\'']) else { return Ok(()) };
        // What these nest and refer to is not looked into, so there may be few of them.
        self.entity_elements += quoted.bytes().filter(|byte| *byte == b'<').count();
        if MAX_ENTITY_ELEMENTS < self.entity_elements {
            return Err(too_complex("its entities hold too many elements"));
        }
        let bytes = self.expanded(quoted).saturating_add(quoted.len() as u64);
        self.entities.insert(name, bytes);
        Ok(())
    }

    fn expand(&mut self, text: &str) -> Result<(), EngineError> {
        if !self.entities.is_empty() {
            self.entity_bytes = self.entity_bytes.saturating_add(self.expanded(text));
        }
        if MAX_ENTITY_BYTES < self.entity_bytes {
            return Err(too_complex("its entities expand too far"));
        }
        Ok(())
    }

    /// How many bytes the references in a text turn into.
    fn expanded(&self, text: &str) -> u64 {
        let names = text.split('&').skip(1).filter_map(|it| it.split_once(';'));
        let bytes = names.map(|(name, _)| self.entities.get(name).copied().unwrap_or_default());
        bytes.fold(0, u64::saturating_add)
    }

    fn finish(self) -> Result<Contents, EngineError> {
        let largest_marker = self.largest_marker.max(self.marker.map_or(0, |(_, elements)| elements));
        // A vertex takes four characters and more.
        let vertices = self.outline_bytes / 4;
        if MAX_MARKERS_TIMES_VERTICES < largest_marker.saturating_mul(vertices) {
            return Err(too_complex("it has too many markers"));
        }
        if MAX_RULES_TIMES_ELEMENTS < self.rules.saturating_mul(self.elements) {
            return Err(too_complex("its style sheet has too many rules"));
        }
        if self.links.are_too_many() {
            return Err(too_complex("its references go too far"));
        }
        Ok(self.contents)
    }
}

/// Splits at the `>` that ends a start tag; quoted values may hold one too.
fn split_tag(text: &str) -> (&str, &str) {
    let mut quote = None;
    for (at, byte) in text.bytes().enumerate() {
        match (quote, byte) {
            (None, b'>') => return (text.get(..at).unwrap_or_default(), text.get(at + 1..).unwrap_or_default()),
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), _) if open == byte => quote = None,
            _ => {}
        }
    }
    (text, "")
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::engine::EngineError;

    #[track_caller]
    fn refused(text: &str) {
        let result = check(text);
        assert!(matches!(result, Err(EngineError::TooComplex { .. })), "{result:?}");
    }

    #[test]
    fn nesting_is_bounded_and_siblings_are_not_nesting() {
        assert!(check(&"<g>".repeat(256)).is_ok());
        refused(&"<g>".repeat(257));
        assert!(check(&"<g></g><g/>".repeat(1000)).is_ok());
        assert!(check(&"<g a='>'/>".repeat(1000)).is_ok());
        // What looks like elements inside comments and data is none.
        assert!(check(&format!("<!--{}--><![CDATA[{}]]>", "<g>".repeat(300), "<g>".repeat(300))).is_ok());
    }

    #[test]
    fn entities_are_counted_as_often_as_they_are_named() {
        let entity = format!("<!DOCTYPE svg [<!ENTITY a \"{}\">]>", "x".repeat(1_000_000));
        assert!(check(&format!("{entity}<svg>{}</svg>", "&a;".repeat(7))).is_ok());
        refused(&format!("{entity}<svg>{}</svg>", "&a;".repeat(9)));
        refused(&format!("{entity}<svg a='{}'/>", "&a;".repeat(9)));
        let laughs = "<!DOCTYPE svg [<!ENTITY a \"0123456789\"><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;'>
            <!ENTITY c '&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;'>]><svg>";
        assert!(check(&format!("{laughs}&c;</svg>")).is_ok());
        refused(&format!("{laughs}{}</svg>", "&c;".repeat(10_000)));
        assert!(check("<!DOCTYPE svg [<!ENTITY a \"<g/>\">]><svg>&a;</svg>").is_ok());
        refused(&format!("<!DOCTYPE svg [<!ENTITY a \"{}\">]><svg/>", "<g>".repeat(201)));
    }

    #[test]
    fn attributes_are_counted_an_element() {
        assert!(check(&format!("<svg {}/>", "a='' ".repeat(128))).is_ok());
        refused(&format!("<svg {}/>", "a='' ".repeat(129)));
    }

    #[test]
    fn a_marker_counts_once_a_vertex() {
        let drawing = |vertices| format!("<svg><marker><g/><g/></marker><path d='{}'/></svg>", "L1 1".repeat(vertices));
        assert!(check(&drawing(1_000_000)).is_ok());
        refused(&drawing(1_500_000));
    }

    #[test]
    fn text_is_noticed_with_and_without_a_prefix() {
        for (text, has_text) in [("<svg><text>", true), ("<s:svg><s:text x='1'/>", true), ("<svg><textPath/>", false)] {
            assert_eq!(check(text).map(|it| it.has_text).ok(), Some(has_text), "{text}");
        }
    }
}
