//! All images in a text: what people copy out of pages, stylesheets, documents and code.
//!
//! No grammar is parsed: an image is a data URL after a quote, a bracket, an equals sign or
//! whitespace, a link where those languages have images, or an SVG element, each up to what closes it.

use super::{
    escapes::{css_unescaped, html_unescaped, unescaped},
    text::{TextError, bare_base64, decode_data_url, has_data_scheme, trimmed, unquoted},
};
use crate::engine::Format;
use std::{borrow::Cow, collections::HashSet, fmt, ops::Range};

/// So many are taken out of one text at most.
const MOST_IMAGES: usize = 500;
/// No tag, label, link or head of a data URL is looked through any farther, so that no text takes long.
const FAR: usize = 2_048;

/// What a text is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextKind {
    /// The source of an SVG.
    Svg,
    /// A data URL, or several on lines of their own.
    DataUrl,
    /// Bare base64.
    Base64,
    /// HTML, of a whole page or a part of it.
    Html,
    /// A stylesheet or a part of it.
    Css,
    /// Markdown with images.
    Markdown,
    /// JSON.
    Json,
    /// Nothing but links on lines of their own.
    Links,
    /// Something else with data URLs in it.
    Other,
}

/// An image in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Find {
    /// Its bytes are written there.
    Bytes(Vec<u8>),
    /// It is said where it is: an `http:` or `https:` URL.
    Link(String),
}

/// The images in a text, in their order, each once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finds {
    /// What they stand in.
    pub kind: TextKind,
    /// At least one.
    pub images: Vec<Find>,
    /// How many data URLs beside them spell no bytes.
    pub n_damaged: usize,
}

impl fmt::Display for Finds {
    /// In a few words: `CSS rule with 3 images`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let n_images = self.images.len();
        let images = if n_images == 1 { "an image".to_owned() } else { format!("{n_images} images") };
        match self.kind {
            TextKind::Svg => f.write_str("SVG source"),
            TextKind::Base64 => f.write_str("base64"),
            TextKind::DataUrl if n_images == 1 => f.write_str("data URL"),
            TextKind::DataUrl => write!(f, "{n_images} data URLs"),
            TextKind::Links if n_images == 1 => f.write_str("link"),
            TextKind::Links => write!(f, "{n_images} links"),
            TextKind::Html => write!(f, "HTML with {images}"),
            TextKind::Css => write!(f, "CSS rule with {images}"),
            TextKind::Markdown => write!(f, "Markdown with {images}"),
            TextKind::Json => write!(f, "JSON with {images}"),
            TextKind::Other => write!(f, "text with {images}"),
        }?;
        match self.n_damaged {
            0 => Ok(()),
            1 => f.write_str("; one more is damaged"),
            more => write!(f, "; {more} more are damaged"),
        }
    }
}

/// The images in a text.
///
/// Whether bytes are an image is for their content to say; those that are none are left out where
/// there are others that are.
///
/// # Errors
/// [`TextError`] when there is none, or only one and that is spelt wrongly.
pub fn images_in_text(text: &str) -> Result<Finds, TextError> {
    let text = trimmed(text);
    if text.is_empty() {
        return Err(TextError::Empty);
    }
    if Format::sniff(text.as_bytes()) == Some(Format::Svg) {
        return Ok(one(TextKind::Svg, text.as_bytes().to_vec()));
    }
    let bare = unquoted(text);
    if has_data_scheme(bare) && !bare.contains(',') {
        return Err(TextError::NoComma);
    }
    let spans = spans(text);
    if spans.is_empty() {
        return bare_base64(bare).map(|bytes| one(TextKind::Base64, bytes));
    }
    taken(text, &spans)
}

fn one(kind: TextKind, bytes: Vec<u8>) -> Finds {
    Finds { kind, images: vec![Find::Bytes(bytes)], n_damaged: 0 }
}

/// What the spans spell.
fn taken(text: &str, spans: &[Span]) -> Result<Finds, TextError> {
    let kind = kind(text, spans);
    let mut known = HashSet::new();
    let (mut images, mut others, mut faults) = (vec![], vec![], vec![]);
    for span in spans {
        let spelt = text.get(span.at.clone()).unwrap_or_default();
        if images.len() == MOST_IMAGES || !known.insert(spelt) {
            continue;
        }
        let spelt = match kind {
            _ if span.what == What::Svg => Cow::Borrowed(spelt),
            TextKind::Html => html_unescaped(spelt),
            TextKind::Css => css_unescaped(spelt),
            _ => unescaped(spelt),
        };
        match span.what {
            What::Link => images.push(Find::Link(spelt.into_owned())),
            What::Svg => images.push(Find::Bytes(standing_alone(&spelt))),
            What::Data => match decode_data_url(&spelt) {
                Ok(bytes) if bytes.is_empty() => faults.push(TextError::NoData),
                Ok(bytes) if Format::sniff(&bytes).is_some() => images.push(Find::Bytes(bytes)),
                Ok(bytes) => others.push(Find::Bytes(bytes)),
                Err(fault) => faults.push(fault),
            },
        }
    }
    let n_damaged = faults.len();
    if images.is_empty() {
        // Then whoever decodes it says what is wrong.
        images.extend(others.into_iter().next());
    }
    match (images.is_empty(), faults.into_iter().next()) {
        (false, _) => Ok(Finds { kind, images, n_damaged }),
        (true, fault) => Err(fault.unwrap_or(TextError::NoImage)),
    }
}

/// The source of an SVG that stood within HTML, where its namespaces go without saying.
fn standing_alone(svg: &str) -> Vec<u8> {
    let end = svg.find('>').unwrap_or(svg.len());
    let (tag, rest) = svg.split_at(end);
    let mut tag = tag.to_owned();
    for (attribute, namespace, is_needed) in [
        ("xmlns=", "xmlns=\"http://www.w3.org/2000/svg\"", true),
        ("xmlns:xlink=", "xmlns:xlink=\"http://www.w3.org/1999/xlink\"", svg.contains("xlink:")),
    ] {
        if is_needed && !tag.contains(attribute) {
            tag.insert_str("<svg".len(), &format!(" {namespace}"));
        }
    }
    (tag + rest).into_bytes()
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum What {
    Data,
    Link,
    Svg,
}

/// Where an image stands.
#[derive(Debug)]
struct Span {
    at: Range<usize>,
    what: What,
    place: Place,
}

/// What stands before an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// Nothing on this line.
    LineStart,
    /// `url(` of CSS.
    Url,
    /// An attribute of a tag.
    Attribute,
    /// `![…](` of Markdown.
    Markdown,
    Elsewhere,
}

fn kind(text: &str, spans: &[Span]) -> TextKind {
    let all = |what, place| spans.iter().all(|it| it.what == what && it.place == place);
    let any = |place| spans.iter().any(|it| it.place == place);
    let first = text.chars().next();
    if all(What::Data, Place::LineStart) || spans.len() == 1 && has_data_scheme(unquoted(text)) {
        TextKind::DataUrl
    } else if all(What::Link, Place::LineStart) {
        TextKind::Links
    } else if first == Some('<') || any(Place::Attribute) || spans.iter().any(|it| it.what == What::Svg) {
        TextKind::Html
    } else if matches!(first, Some('{' | '[')) {
        TextKind::Json
    } else if any(Place::Url) {
        TextKind::Css
    } else if any(Place::Markdown) {
        TextKind::Markdown
    } else {
        TextKind::Other
    }
}

fn spans(text: &str) -> Vec<Span> {
    let bytes = text.as_bytes();
    let (mut spans, mut at) = (vec![], 0);
    while let Some(offset) = bytes.get(at..).and_then(|it| it.iter().position(|it| b"dDhH<".contains(it))) {
        at += offset;
        match span_at(text, at) {
            Some(span) => {
                at = span.at.end.max(at + 1);
                spans.push(span);
            }
            None => at += 1,
        }
    }
    spans
}

fn span_at(text: &str, at: usize) -> Option<Span> {
    let (before, rest) = text.split_at_checked(at)?;
    let before = before.get(before.ceil_char_boundary(before.len().saturating_sub(FAR))..)?;
    if starts_with(rest, "<svg") && rest.get(4..)?.starts_with(|it: char| "/>".contains(it) || it.is_whitespace()) {
        return Some(Span { at: at..at + svg_length(rest), what: What::Svg, place: Place::Elsewhere });
    }
    let what = if has_data_scheme(rest) {
        What::Data
    } else if starts_with(rest, "http://") || starts_with(rest, "https://") {
        What::Link
    } else {
        return None;
    };
    if what == What::Data && !near(rest).contains(',') {
        return None;
    }
    let (place, length) = bounds(before, if what == What::Link { near(rest) } else { rest }, what)?;
    let url = rest.get(..length)?.trim_end();
    let is_image = what == What::Data || place != Place::Elsewhere;
    (is_image && (what == What::Link || url.contains(','))).then(|| Span { at: at..at + url.len(), what, place })
}

/// Quotes and brackets, and what closes them.
const PAIRS: [(char, char); 5] = [('"', '"'), ('\'', '\''), ('`', '`'), ('\u{201c}', '\u{201d}'), ('(', ')')];

/// What stands before a URL, and how long it is.
fn bounds(before: &str, rest: &str, what: What) -> Option<(Place, usize)> {
    let lead = before.trim_end_matches(|it: char| it.is_ascii_whitespace());
    let opening = lead.chars().next_back().filter(|it| lead.len() == before.len() || "(\"'".contains(*it));
    if let Some((open, close)) = opening.and_then(|it| PAIRS.into_iter().find(|(open, _)| *open == it)) {
        let outside = lead.strip_suffix(open).unwrap_or(lead);
        let place = if open == '(' { place_of_bracket(outside) } else { place_of_quote(outside) };
        let length = closing(rest, close).unwrap_or(rest.len());
        // A title may follow.
        let title = if place == Place::Markdown { rest.find(char::is_whitespace) } else { None };
        return Some((place, title.map_or(length, |it| it.min(length))));
    }
    let line = before.rsplit('\n').next().unwrap_or_default();
    if line.trim().is_empty() {
        return Some((Place::LineStart, line_length(rest, what)));
    }
    let is_open = opening == Some('=') || before.ends_with(|it: char| it.is_ascii_whitespace());
    let place = if opening == Some('=') { place_of_attribute(lead) } else { Place::Elsewhere };
    let end = rest.find(|it: char| it.is_whitespace() || "<>".contains(it)).unwrap_or(rest.len());
    is_open.then_some((place, end))
}

/// A link ends with its line. A data URL may have lines, and ends where the next image begins.
fn line_length(rest: &str, what: What) -> usize {
    if what == What::Link {
        return rest.find(char::is_whitespace).unwrap_or(rest.len());
    }
    let begins = |line: &str| ["data:", "http://", "https://", "<"].iter().any(|it| starts_with(line.trim_start(), it));
    let mut ends = rest.match_indices('\n').map(|(at, _)| at);
    ends.find(|at| rest.get(at + 1..).is_some_and(begins)).unwrap_or(rest.len())
}

/// The length up to a sign that no backslash takes its meaning.
fn closing(rest: &str, close: char) -> Option<usize> {
    let mut is_escaped = false;
    rest.char_indices().find_map(|(at, sign)| {
        let closes = sign == close && !is_escaped;
        is_escaped = sign == '\\' && !is_escaped;
        closes.then_some(at)
    })
}

fn place_of_bracket(outside: &str) -> Place {
    let label = outside.strip_suffix(']').and_then(|it| it.rsplit_once('[')).map(|(before, _)| before);
    match label {
        Some(before) if before.ends_with('!') => Place::Markdown,
        _ if ends_with(outside, "url") => Place::Url,
        _ => Place::Elsewhere,
    }
}

fn place_of_quote(outside: &str) -> Place {
    let outside = outside.trim_end();
    match outside.strip_suffix('(') {
        Some(before) => place_of_bracket(before),
        None => place_of_attribute(outside),
    }
}

/// Attributes that name an image, by the tags that have them.
const ATTRIBUTES: [(&str, &[&str]); 4] = [
    ("src", &["img", "input", "source"]),
    ("poster", &["video"]),
    ("href", &["image", "feimage"]),
    ("xlink:href", &["image", "feimage"]),
];

fn place_of_attribute(before_value: &str) -> Place {
    let Some(name) = before_value.strip_suffix('=').map(str::trim_end) else { return Place::Elsewhere };
    let Some((_, tag)) = name.rsplit_once('<').filter(|(_, it)| !it.contains('>')) else { return Place::Elsewhere };
    let words = || tag.split(|it: char| it.is_whitespace() || "\"'/".contains(it));
    let (first, last) = (words().next().unwrap_or_default(), words().next_back().unwrap_or_default());
    let is_image = ATTRIBUTES.iter().any(|(attribute, tags)| {
        attribute.eq_ignore_ascii_case(last) && tags.iter().any(|it| it.eq_ignore_ascii_case(first))
    });
    if is_image { Place::Attribute } else { Place::Elsewhere }
}

/// An SVG element with what is in it, up to the end of the text if it has none of its own.
fn svg_length(rest: &str) -> usize {
    let (mut depth, mut at) = (0_usize, 0);
    while let Some(offset) = rest.get(at..).and_then(|it| it.find('<')) {
        at += offset;
        let tag = rest.get(at..).unwrap_or_default();
        if starts_with(tag, "</svg") {
            depth = depth.saturating_sub(1);
            if depth == 0 {
                return at + tag.find('>').map_or(tag.len(), |it| it + 1);
            }
        } else if starts_with(tag, "<svg") {
            match near(tag).find('>') {
                Some(end) if near(tag).get(..end).is_some_and(|it| it.ends_with('/')) => {
                    if depth == 0 {
                        return end + 1;
                    }
                }
                _ => depth += 1,
            }
        }
        at += 1;
    }
    rest.len()
}

fn near(text: &str) -> &str {
    text.get(..text.floor_char_boundary(FAR)).unwrap_or(text)
}

fn starts_with(text: &str, start: &str) -> bool {
    text.get(..start.len()).is_some_and(|it| it.eq_ignore_ascii_case(start))
}

fn ends_with(text: &str, end: &str) -> bool {
    let at = text.len().checked_sub(end.len());
    at.and_then(|at| text.get(at..)).is_some_and(|it| it.eq_ignore_ascii_case(end))
}

#[cfg(test)]
mod tests {
    use super::{Find, TextKind, images_in_text};
    use crate::engine::embed::TextError;

    /// The first eight bytes of a PNG (PNG third edition §5.2) and of a GIF (GIF89a §17) in base64.
    const PNG: &str = "data:image/png;base64,iVBORw0KGgo=";
    const GIF: &str = "data:image/gif;base64,R0lGODlhAQABAA==";

    fn found(text: &str) -> (String, usize) {
        let finds = images_in_text(text).unwrap_or_else(|why| panic!("{why}: {text}"));
        (finds.to_string(), finds.images.len())
    }

    fn links(text: &str) -> Vec<String> {
        let images = images_in_text(text).unwrap_or_else(|why| panic!("{why}: {text}")).images;
        images.into_iter().map(|it| if let Find::Link(link) = it { link } else { panic!("bytes in {text}") }).collect()
    }

    #[test]
    fn what_a_text_is_is_said_in_a_few_words() {
        for (text, words) in [
            (PNG.to_owned(), "data URL"),
            (format!("\"{PNG}\""), "data URL"),
            (format!("{PNG}\n{GIF}\r\n"), "2 data URLs"),
            ("iVBORw0KGgo=".to_owned(), "base64"),
            ("<svg xmlns='http://www.w3.org/2000/svg'/>".to_owned(), "SVG source"),
            (format!("a {{ background: url({PNG}) }}"), "CSS rule with an image"),
            (format!("a{{background:url( '{PNG}' ),url(\"{GIF}\"),url({PNG})}}"), "CSS rule with 2 images"),
            (format!("<img src={PNG}><img alt='' src='{GIF}'>"), "HTML with 2 images"),
            (format!("![a]({PNG}) and ![b]({GIF} \"title\")"), "Markdown with 2 images"),
            (format!("{{\"a\": \"{PNG}\", \"b\": [\"{GIF}\"]}}"), "JSON with 2 images"),
            (format!("const logo = `{PNG}`;"), "text with an image"),
            ("https://example.org/a.png".to_owned(), "link"),
            ("https://example.org/a.png\nhttp://example.org/b\n".to_owned(), "2 links"),
            (
                format!("url({PNG}) url(data:image/png;base64,!!!) url(data:image/png;base64,A)"),
                "CSS rule with an image; 2 more are damaged",
            ),
        ] {
            assert_eq!(found(&text).0, words, "{text}");
        }
    }

    #[test]
    fn links_are_taken_where_a_picture_is_meant() {
        let html = "<a href=\"https://example.org/page\"><IMG class='a' SRC = \"https://example.org/a.png?x=1&amp;y=2\"></a>\
                    <script src='https://example.org/a.js'></script><video poster=https://example.org/b.jpg></video>\
                    <image xlink:href='http://example.org/c.svg'/> see https://example.org";
        assert_eq!(
            links(html),
            ["https://example.org/a.png?x=1&y=2", "https://example.org/b.jpg", "http://example.org/c.svg"]
        );
        assert_eq!(links("a { b: url( https://example.org/a.png ) }"), ["https://example.org/a.png"]);
        assert_eq!(links("![a](https://example.org/a.png) [b](https://example.org/b)"), ["https://example.org/a.png"]);
        assert_eq!(images_in_text("Look at https://example.org/a.png!"), Err(TextError::NoImage));
    }

    #[test]
    fn what_a_language_escapes_is_read_back() {
        let drawing = |text: &str| match &images_in_text(text).unwrap().images[..] {
            [Find::Bytes(bytes)] => String::from_utf8(bytes.clone()).unwrap(),
            other => panic!("{other:?}"),
        };
        let svg = "<svg xmlns=\"http://www.w3.org/2000/svg\"/>";
        for text in [
            "<img src=\"data:image/svg+xml,<svg xmlns=&quot;http://www.w3.org/2000/svg&quot;/>\">",
            "a { b: url(\"data:image/svg+xml,<svg xmlns=\\\"http://www.w3.org/2000/svg\\\"/>\") }",
            "a { b: url(\"data:image/svg+xml,\\3csvg xmlns=\\22 http://www.w3.org/2000/svg\\22/>\") }",
            "{\"a\": \"data:image/svg+xml,<svg xmlns=\\\"http:\\/\\/www.w3.org/2000/svg\\\"/\\u003e\"}",
            "data:image/svg+xml,%3Csvg xmlns=%22http://www.w3.org/2000/svg%22/%3E",
        ] {
            assert_eq!(drawing(text), svg, "{text}");
        }
    }

    #[test]
    fn drawings_within_a_page_stand_alone() {
        let page = "<p><svg width=1><use xlink:href='#a'/><svg></svg></svg> and <svg/></p>";
        let images = images_in_text(page).unwrap().images;
        let texts: Vec<String> = images
            .into_iter()
            .map(|it| if let Find::Bytes(bytes) = it { String::from_utf8(bytes).unwrap() } else { panic!("a link") })
            .collect();
        assert_eq!(
            texts,
            [
                "<svg xmlns:xlink=\"http://www.w3.org/1999/xlink\" xmlns=\"http://www.w3.org/2000/svg\" width=1>\
                 <use xlink:href='#a'/><svg></svg></svg>",
                "<svg xmlns=\"http://www.w3.org/2000/svg\"/>"
            ]
        );
    }

    #[test]
    fn what_is_no_image_is_left_out_where_there_is_one() {
        let text = format!("<script src='data:text/javascript,alert(1)'></script><img src='{PNG}'>");
        assert_eq!(found(&text), ("HTML with an image".to_owned(), 1));
        let finds = images_in_text("<a href='data:text/plain,hello'>").unwrap();
        assert_eq!((finds.kind, finds.images), (TextKind::Html, vec![Find::Bytes(b"hello".to_vec())]), "to be judged");
    }

    #[test]
    fn texts_made_to_be_looked_through_again_and_again_come_to_an_end() {
        for (piece, n_images) in [
            ("(data:", None),
            ("(data:,", Some(1)),
            ("\"http://", None),
            ("(http://a", None),
            ("<svg ", Some(1)),
            ("='https://", None),
            ("`data:;,", None),
            ("&lt;\\", None),
        ] {
            let text = piece.repeat(2_000_000 / piece.len());
            assert_eq!(images_in_text(&text).ok().map(|it| it.images.len()), n_images, "{piece}");
        }
    }
}
