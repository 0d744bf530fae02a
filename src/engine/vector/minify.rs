//! What no drawing needs is left out: comments, metadata, what editors note for themselves, blank
//! space between elements, names that nobody calls, digits behind the point.
//!
//! What stays is written as it was. Styles, scripts and texts are not looked into.

use super::{
    markup::{Attribute, Piece, Tag, Token, is_declaration, push_tag, split},
    numbers,
};
use std::collections::{HashMap, HashSet};

/// Namespaces that are about the making of a drawing, by how they begin.
const EDITORS: [&str; 16] = [
    "http://www.inkscape.org/namespaces/",
    "http://inkscape.sourceforge.net/",
    "http://sodipodi.sourceforge.net/",
    "http://www.bohemiancoding.com/sketch/",
    "http://www.figma.com/",
    "http://ns.adobe.com/",
    "http://creativecommons.org/ns",
    "http://web.resource.org/cc/",
    "http://purl.org/dc/",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns",
    "http://schemas.microsoft.com/visio/",
    "http://taptrix.com/vectorillustrator/",
    "http://www.serif.com/",
    "http://www.vector.evaxdesign.sk",
    "http://krita.org/namespaces/",
    "https://boxy-svg.com",
];
/// Elements in which blank space may be seen, or means something.
const SPACED: [&str; 9] = ["text", "tspan", "textPath", "tref", "title", "desc", "style", "script", "foreignObject"];
/// Elements whose numbers may be fractions of what they are used on.
const FRACTIONAL: [&str; 6] = ["linearGradient", "radialGradient", "pattern", "mask", "clipPath", "symbol"];
/// Attributes that are one length.
const LENGTHS: [&str; 18] = [
    "x",
    "y",
    "width",
    "height",
    "cx",
    "cy",
    "r",
    "rx",
    "ry",
    "x1",
    "y1",
    "x2",
    "y2",
    "fx",
    "fy",
    "dx",
    "dy",
    "stroke-width",
];
/// Attributes that are one number, in which hundredths may show.
const SHARES: [&str; 6] = ["font-size", "offset", "opacity", "fill-opacity", "stroke-opacity", "stop-opacity"];
/// Attributes that are a colour.
const COLOURS: [&str; 4] = ["fill", "stroke", "stop-color", "color"];
/// As many digits as anybody writes.
const MOST_DIGITS: u8 = 12;
const TRANSFORMS: [&str; 3] = ["transform", "gradientTransform", "patternTransform"];

/// What the whole document says of how far one may go.
struct Plan<'a> {
    /// Prefixes of editors' namespaces.
    editors: HashSet<&'a str>,
    /// Prefixes by which no name begins.
    unused: HashSet<&'a str>,
    /// How often the value of each `id` occurs as a word.
    calls: HashMap<&'a str, u32>,
    precision: Option<u8>,
    /// Somebody may look for what nobody calls.
    is_live: bool,
    has_text: bool,
}

/// The document without what it does not need, and with at most so many digits behind the point;
/// `None` for `precision` leaves numbers as they are.
pub(super) fn minified(text: &str, pieces: &[Piece<'_>], precision: Option<u8>) -> String {
    let plan = Plan::of(text, pieces, precision);
    let mut result = String::with_capacity(text.len());
    // The elements that are open; of those from `dropped` on nothing stays.
    let mut open: Vec<Opened<'_>> = vec![];
    let mut dropped: Option<usize> = None;
    for Piece { text, token } in pieces {
        match token {
            Token::Open(tag) => {
                if dropped.is_none() && plan.drops(tag) {
                    dropped = Some(open.len());
                }
                let start = result.len();
                if dropped.is_none() {
                    plan.tag(&mut result, tag, open.is_empty());
                }
                open.push(Opened { name: tag.name, start, end: result.len(), is_idle: plan.is_idle(tag) });
                if tag.is_empty {
                    close(&mut result, &mut open, &mut dropped, true);
                }
            }
            Token::Close(_) => close(&mut result, &mut open, &mut dropped, false),
            Token::Text | Token::Data if dropped.is_none() => {
                let is_spaced = open.iter().any(|it| SPACED.contains(&split(it.name).1));
                let is_blank = text.trim_ascii().is_empty();
                if is_spaced
                    && !(is_blank && open.last().is_some_and(|it| matches!(split(it.name).1, "style" | "script")))
                {
                    result.push_str(text);
                } else {
                    result.push_str(text.trim_ascii());
                }
            }
            // Such as a style sheet; what the document is written in is said elsewhere by now.
            Token::Instruction if !is_declaration(text) => result.push_str(text),
            _ => {}
        }
    }
    result
}

/// An element that is open.
struct Opened<'a> {
    /// With its prefix.
    name: &'a str,
    /// Where its start tag begins in the result, and where it ends.
    start: usize,
    end: usize,
    /// Without anything in it, it is nothing.
    is_idle: bool,
}

/// Ends an element, which may be of its start tag only. One in which nothing was left ends there, or
/// goes.
fn close(result: &mut String, open: &mut Vec<Opened<'_>>, dropped: &mut Option<usize>, is_only: bool) {
    let Some(Opened { name, start, end, is_idle }) = open.pop() else { return };
    if dropped.is_some() {
        dropped.take_if(|depth| *depth == open.len());
        return;
    }
    let is_empty = result.len() == end;
    if is_empty && is_idle {
        result.truncate(start);
    } else if is_empty && !is_only {
        result.pop();
        result.push_str("/>");
    } else if !is_only {
        result.push_str("</");
        result.push_str(name);
        result.push('>');
    }
}

impl<'a> Plan<'a> {
    fn of(text: &'a str, pieces: &[Piece<'a>], precision: Option<u8>) -> Self {
        let tags = || pieces.iter().filter_map(|it| if let Token::Open(tag) = &it.token { Some(tag) } else { None });
        let mut uris: HashMap<&str, &str> = HashMap::new();
        let (mut used, mut torn): (HashSet<&str>, HashSet<&str>) = (HashSet::new(), HashSet::new());
        for tag in tags() {
            used.insert(split(tag.name).0);
            for Attribute { name, value, .. } in tag.all() {
                match name.strip_prefix("xmlns:") {
                    Some(prefix) if uris.insert(prefix, value).is_some_and(|before| before != value) => {
                        torn.insert(prefix);
                    }
                    Some(_) => {}
                    None => {
                        used.insert(split(name).0);
                    }
                }
            }
        }
        let is_editor = |(prefix, uri): (&&'a str, &&'a str)| {
            (!torn.contains(prefix) && EDITORS.iter().any(|it| uri.starts_with(it))).then_some(*prefix)
        };
        let editors: HashSet<_> = uris.iter().filter_map(is_editor).collect();
        let has = |name: &str| tags().any(|it| split(it.name).1 == name);
        let moves = ["animate", "animateMotion", "animateTransform", "set"];
        let is_live = moves.into_iter().any(has) || tags().any(Tag::has_script);
        let unused = uris.keys().copied().filter(|it| !is_live && !used.contains(it)).collect();
        Self {
            editors,
            unused,
            calls: calls(text, &tags().filter_map(|it| it.value("id")).collect()),
            precision: precision.filter(|_| !is_live),
            is_live: is_live || has("style"),
            has_text: has("text"),
        }
    }

    fn drops(&self, tag: &Tag<'_>) -> bool {
        let (prefix, name) = split(tag.name);
        self.editors.contains(prefix) || name == "metadata"
    }

    /// Is it a group that only counts by what is in it?
    fn is_idle(&self, tag: &Tag<'_>) -> bool {
        let says = |it: Attribute<'_>| match it.name {
            "id" => self.keeps(it.name, it.value, false),
            // It fills an area by itself.
            name => name == "filter" || name == "style" && it.value.contains("filter"),
        };
        !self.is_live && matches!(split(tag.name).1, "g" | "defs") && !tag.all().any(says)
    }

    fn tag(&self, result: &mut String, tag: &Tag<'_>, is_root: bool) {
        let mut values = vec![];
        for Attribute { name, value, quote } in tag.all() {
            if !self.keeps(name, value, is_root) {
                continue;
            }
            let new = if name == "style" { style(value) } else { self.shorter(tag, name, value, is_root) };
            let new = new.filter(|it| it.len() < value.len()).unwrap_or_else(|| value.to_owned());
            values.push((name, new, quote));
        }
        push_tag(result, tag, values.iter().map(|(name, value, quote)| (*name, value.as_str(), *quote)));
    }

    fn keeps(&self, name: &str, value: &str, is_root: bool) -> bool {
        if let Some(prefix) = name.strip_prefix("xmlns:") {
            return !self.editors.contains(prefix) && !self.unused.contains(prefix);
        }
        let (prefix, _) = split(name);
        match name {
            _ if self.editors.contains(prefix) => false,
            "id" => self.is_live || !looks_made_up(value) || self.calls.get(value).is_some_and(|it| 1 < *it),
            "version" | "enable-background" if is_root => false,
            "xml:space" => self.has_text,
            _ => true,
        }
    }

    /// The value with fewer digits, if it is made of numbers.
    fn shorter(&self, tag: &Tag<'_>, name: &str, value: &str, is_root: bool) -> Option<String> {
        let precision = self.precision?;
        let element = split(tag.name).1;
        let finer = if FRACTIONAL.contains(&element) { precision + 2 } else { precision };
        match name {
            "viewBox" => numbers::list(value, MOST_DIGITS),
            _ if COLOURS.contains(&name) => colour(value),
            // The size is no matter of precision, and lighting and blurring no matter of places.
            _ if is_root || element.starts_with("fe") || element == "filter" => None,
            "d" if element == "path" => numbers::path(value, precision),
            "points" => numbers::list(value, precision),
            _ if TRANSFORMS.contains(&name) => numbers::transforms(value, precision),
            _ if LENGTHS.contains(&name) => numbers::length(value, finer),
            _ if SHARES.contains(&name) => numbers::length(value, precision + 2),
            _ => None,
        }
    }
}

/// How often each of these names occurs as a word, where it is given included.
fn calls<'a>(text: &'a str, names: &HashSet<&'a str>) -> HashMap<&'a str, u32> {
    let mut calls = HashMap::new();
    let is_part = |it: char| it.is_alphanumeric() || matches!(it, '_' | '-' | '.');
    for word in text.split(|it| !is_part(it)).filter(|it| names.contains(it)) {
        *calls.entry(word).or_insert(0) += 1;
    }
    calls
}

/// A name that a program gave, such as `path1234`, `SVGID_1_` or `Layer_1`. What people name may be
/// called from outside.
fn looks_made_up(id: &str) -> bool {
    let name = id.trim_end_matches(|it: char| it.is_ascii_digit() || matches!(it, '_' | '-'));
    name.len() < id.len() && name.bytes().all(|it| it.is_ascii_alphabetic() || it == b'_')
}

/// Three digits for six that are three pairs (CSS Color 3 §4.2.1).
fn colour(value: &str) -> Option<String> {
    let &[b'#', a, b, c, d, e, f] = value.as_bytes() else { return None };
    let is_pairs = a == b && c == d && e == f;
    is_pairs.then(|| ['#', a.into(), c.into(), e.into()].into_iter().collect())
}

/// Declarations without blank space and without those of editors; `None` where signs might stand in
/// a text.
fn style(value: &str) -> Option<String> {
    if value.contains(['"', '\'', '&', '\\', '{']) || value.contains("/*") || value.contains("data:") {
        return None;
    }
    let declarations = value.split(';').filter_map(|it| it.split_once(':'));
    let kept = declarations.filter(|(name, _)| !name.trim().starts_with("-inkscape"));
    let kept: Vec<String> = kept.map(|(name, value)| format!("{}:{}", name.trim(), value.trim())).collect();
    Some(kept.join(";"))
}

#[cfg(test)]
mod tests {
    use super::{looks_made_up, minified};
    use crate::engine::vector::markup::pieces;

    fn short(text: &str) -> String {
        minified(text, &pieces(text).unwrap(), Some(2))
    }

    #[test]
    fn what_editors_note_goes() {
        let text = r##"<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE svg PUBLIC "a" "b">
<!-- made by hand -->
<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"
   xmlns:i="http://www.inkscape.org/namespaces/inkscape" xmlns:d="http://purl.org/dc/elements/1.1/" version="1.1" id="svg2">
  <i:view><g/></i:view>
  <metadata><d:title>secret</d:title></metadata>
  <title> A  title </title>
  <g id="layer1" i:label="x" style="fill: red; -inkscape-font: x; ">
    <path id="path12" d="M 1.0000 2.0000 L 3.00001 4" xml:space="preserve"/>
    <path id="target3" d="M0,0"></path>
  </g>
  <use href="#target3"/>
</svg>
"##;
        let wanted = r##"<svg xmlns="http://www.w3.org/2000/svg"><title> A  title </title><g style="fill:red"><path d="M1 2L3 4"/><path id="target3" d="M0,0"/></g><use href="#target3"/></svg>"##;
        assert_eq!(short(text), wanted);
    }

    #[test]
    fn groups_of_nothing_go_and_numbers_are_shorter() {
        for (text, wanted) in [
            (
                "<svg><defs id='defs2'> </defs><g fill='red'><g/><!-- --></g><g id='logo'/></svg>",
                "<svg><g id='logo'/></svg>",
            ),
            ("<svg><g filter='url(#a)'></g><g/></svg>", "<svg><g filter='url(#a)'/></svg>"),
            ("<svg viewBox='0.00 0.00 100.0 50'><g/></svg>", "<svg viewBox='0 0 100 50'/>"),
            ("<svg><a fill='#ffffff' stroke='#Aabbcc'/></svg>", "<svg><a fill='#fff' stroke='#Aabbcc'/></svg>"),
            (
                "<svg><stop offset='0.50000' stop-color='#112234'/></svg>",
                "<svg><stop offset='.5' stop-color='#112234'/></svg>",
            ),
        ] {
            assert_eq!(short(text), wanted);
        }
    }

    #[test]
    fn what_is_seen_or_called_stays() {
        for text in [
            r#"<svg><text xml:space="preserve"> a <tspan> b </tspan> </text></svg>"#,
            r##"<svg><style> #path1 { fill: red } </style><path id="path1"/></svg>"##,
            r#"<svg><script>x</script><path id="path1" d="M 0.00001 0"/></svg>"#,
            r#"<svg><path id="logo"/><path style="background:url(&quot;a;b&quot;)"/></svg>"#,
            r#"<svg xmlns:xlink="http://www.w3.org/1999/xlink"><use xlink:href="a"/></svg>"#,
            r#"<?xml-stylesheet href="a.css"?><svg width="1.23456"><style><![CDATA[ a > b ]]></style></svg>"#,
        ] {
            assert_eq!(short(text), text);
        }
    }

    #[test]
    fn names_that_programs_give() {
        for id in ["path1234", "SVGID_1_", "Layer_1", "g-2"] {
            assert!(looks_made_up(id), "{id}");
        }
        for id in ["logo", "arrow-left", "h1title", ""] {
            assert!(!looks_made_up(id), "{id}");
        }
    }
}
