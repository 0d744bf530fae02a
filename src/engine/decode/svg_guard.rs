//! A cheap look over the text of an SVG before the real parser sees it.
//!
//! The parser recurses with the nesting of elements, and a stack overflow cannot be caught;
//! it also takes quadratic time for some shapes of input. Both are refused here, in one pass.

use crate::engine::{EngineError, Format};

/// What the drawing holds, as far as the caller has to prepare for it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Contents {
    /// Is there an element for text?
    pub(super) has_text: bool,
}

/// Deeper nesting than any drawing tool writes.
const MAX_DEPTH: usize = 256;

/// Refuses documents that would take the parser down.
///
/// # Errors
/// [`EngineError::TooComplex`].
pub(super) fn check(text: &str) -> Result<Contents, EngineError> {
    let mut contents = Contents::default();
    let mut depth: usize = 0;
    let mut rest = text;
    while let Some((_, after)) = rest.split_once('<') {
        rest = if let Some(comment) = after.strip_prefix("!--") {
            comment.split_once("-->").map_or("", |(_, after)| after)
        } else if let Some(data) = after.strip_prefix("![CDATA[") {
            data.split_once("]]>").map_or("", |(_, after)| after)
        } else if after.starts_with(['!', '?']) {
            after
        } else if after.starts_with('/') {
            depth = depth.saturating_sub(1);
            after
        } else {
            let (tag, rest) = split_tag(after);
            contents.has_text |= names_text(tag);
            if !tag.ends_with('/') {
                depth += 1;
            }
            if MAX_DEPTH < depth {
                return Err(too_complex("its elements are nested too deeply"));
            }
            rest
        };
    }
    Ok(contents)
}

fn too_complex(what: &'static str) -> EngineError {
    EngineError::TooComplex { format: Format::Svg, what }
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

fn names_text(tag: &str) -> bool {
    let end = tag.find(|it: char| it.is_whitespace() || it == '/').unwrap_or(tag.len());
    let name = tag.get(..end).unwrap_or_default();
    name.rsplit(':').next() == Some("text")
}
