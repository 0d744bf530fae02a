//! What the text of an SVG carries besides the drawing: metadata elements (SVG 2 §5.10) and
//! comments, in bytes of the inflated text.

use super::{Pieces, add};
use crate::engine::{
    Details,
    details::MetadataKind::{Comment, Other, Xmp},
};

/// The namespace of an XMP packet (XMP specification part 1 §7.3).
const XMP_NAMESPACE: &str = "adobe:ns:meta/";
/// No name that is looked for is longer, its prefix included.
const MOST_CHARS: usize = 64;

pub(super) fn read(text: &str, details: &mut Details) {
    let mut comments = Pieces::of(Comment);
    let mut rest = text;
    while let Some(at) = rest.find('<') {
        let tag = rest.get(at + 1..).unwrap_or_default();
        // What does not end is not well-formed.
        let Some(end) = pass(tag, &mut comments, details) else { return };
        rest = tag.get(end..).unwrap_or_default();
    }
}

/// Tells what begins with this tag, its first sign left out; says where to look on.
fn pass(tag: &str, comments: &mut Pieces, details: &mut Details) -> Option<usize> {
    if let Some(comment) = tag.strip_prefix("!--") {
        let length = comment.find("-->")?;
        comments.grow(details, length as u64);
        return Some(length + 6);
    }
    if tag.starts_with("![CDATA[") {
        return Some(tag.find("]]>")? + 3);
    }
    if local_name(tag) != "metadata" {
        return Some(0);
    }
    let head = tag.find('>')? + 1;
    if tag.get(..head)?.ends_with("/>") {
        return Some(head);
    }
    let length = metadata_length(tag.get(head..)?)?;
    let is_xmp = tag.get(..head + length)?.contains(XMP_NAMESPACE);
    add(details, if is_xmp { Xmp } else { Other }, length as u64);
    Some(head + length)
}

/// The name of a start tag, without its prefix.
fn local_name(tag: &str) -> &str {
    let ends = |it: char| it.is_whitespace() || it == '>' || it == '/';
    let end = tag.char_indices().take(MOST_CHARS).find(|(_, it)| ends(*it)).map_or(0, |(at, _)| at);
    tag.get(..end).and_then(|name| name.rsplit(':').next()).unwrap_or_default()
}

/// How far it is to the end tag.
fn metadata_length(text: &str) -> Option<usize> {
    let ends = text.match_indices("</");
    ends.map(|(at, _)| at).find(|at| text.get(at + 2..).is_some_and(|it| local_name(it) == "metadata"))
}
