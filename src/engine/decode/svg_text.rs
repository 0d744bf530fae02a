//! From the bytes of an SVG to its text: compression, byte order marks, encodings.

use crate::engine::{EngineError, Format, Limits};
use flate2::read::MultiGzDecoder;
use std::{borrow::Cow, io::Read as _};

/// How far into a file the first element is looked for.
const HEAD_BYTES: usize = 256 * 1024;

/// Is the first element of this document an `<svg>`?
pub(super) fn is_svg(bytes: &[u8]) -> bool {
    let mut inflated = Vec::new();
    let head = if is_gzip(bytes) {
        // A stream that breaks off may still begin with an SVG.
        let _ended = MultiGzDecoder::new(bytes).take(HEAD_BYTES as u64).read_to_end(&mut inflated);
        &inflated
    } else {
        bytes
    };
    let head = head.get(..HEAD_BYTES).unwrap_or(head);
    root_is_svg(&characters(head))
}

/// The whole document as text.
///
/// # Errors
/// [`EngineError::Damaged`] for a broken compression, [`EngineError::TooMuchMemory`].
pub(in crate::engine) fn text<'a>(bytes: &'a [u8], limits: &Limits) -> Result<Cow<'a, str>, EngineError> {
    if !is_gzip(bytes) {
        return Ok(characters(bytes));
    }
    let most = limits.max_source_bytes.min(MAX_INFLATED_BYTES);
    let mut inflated = Vec::new();
    MultiGzDecoder::new(bytes)
        .take(most + 1)
        .read_to_end(&mut inflated)
        .map_err(|cause| EngineError::Damaged { format: Format::Svg, cause: cause.into() })?;
    if most < inflated.len() as u64 {
        return Err(EngineError::TooComplex { format: Format::Svg, what: "it inflates to more than 64 MB".into() });
    }
    Ok(Cow::Owned(characters(&inflated).into_owned()))
}

/// More than any drawing takes, and little enough to parse.
const MAX_INFLATED_BYTES: u64 = 64_000_000;

fn is_gzip(bytes: &[u8]) -> bool {
    bytes.starts_with(b"\x1f\x8b\x08")
}

/// UTF-16 by its byte order mark or by how `<` looks in it (XML 1.0 appendix F), otherwise
/// UTF-8, and Latin-1 for what is not even that.
fn characters(bytes: &[u8]) -> Cow<'_, str> {
    match bytes {
        [0xff, 0xfe, rest @ ..] => Cow::Owned(utf16(rest, u16::from_le_bytes)),
        [0xfe, 0xff, rest @ ..] => Cow::Owned(utf16(rest, u16::from_be_bytes)),
        [b'<', 0, ..] => Cow::Owned(utf16(bytes, u16::from_le_bytes)),
        [0, b'<', ..] => Cow::Owned(utf16(bytes, u16::from_be_bytes)),
        _ => {
            let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
            match std::str::from_utf8(bytes) {
                Ok(text) => Cow::Borrowed(text),
                Err(_) if says_latin(bytes) => Cow::Owned(bytes.iter().map(|byte| char::from(*byte)).collect()),
                Err(_) => String::from_utf8_lossy(bytes),
            }
        }
    }
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> String {
    let units = bytes.as_chunks::<2>().0.iter().map(|pair| unit(*pair));
    char::decode_utf16(units).map(|it| it.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}

/// Does the XML declaration name an encoding that Latin-1 reads (nearly) as it is meant?
fn says_latin(bytes: &[u8]) -> bool {
    let declaration = bytes.get(..200).unwrap_or(bytes);
    let declaration = String::from_utf8_lossy(declaration).to_ascii_lowercase();
    ["iso-8859-1", "windows-1252", "latin1", "us-ascii"].into_iter().any(|name| declaration.contains(name))
}

/// Steps over everything that may stand before the first element (XML 1.0 §2.8).
fn root_is_svg(text: &str) -> bool {
    let mut rest = text;
    loop {
        rest = rest.trim_start();
        let after = if rest.starts_with("<?") {
            rest.split_once("?>")
        } else if rest.starts_with("<!--") {
            rest.split_once("-->")
        } else if rest.starts_with("<!DOCTYPE") || rest.starts_with("<!doctype") {
            after_doctype(rest)
        } else {
            return rest.strip_prefix('<').is_some_and(names_svg);
        };
        match after {
            Some((_, after)) => rest = after,
            None => return false,
        }
    }
}

/// Splits behind the document type declaration, which may hold an internal subset in brackets.
fn after_doctype(text: &str) -> Option<(&str, &str)> {
    let plain = text.find('>')?;
    match text.find('[') {
        Some(bracket) if bracket < plain => {
            let close = text.get(bracket..)?.find(']')? + bracket;
            let end = text.get(close..)?.find('>')? + close;
            text.split_at_checked(end + 1)
        }
        _ => text.split_at_checked(plain + 1),
    }
}

/// Does a tag, given without its `<`, name `svg` with or without a namespace prefix?
fn names_svg(tag: &str) -> bool {
    let end = tag.find(|it: char| it.is_whitespace() || it == '>' || it == '/').unwrap_or(tag.len());
    let name = tag.get(..end).unwrap_or_default();
    name == "svg" || name.strip_suffix(":svg").is_some_and(|prefix| !prefix.is_empty() && !prefix.contains(['<', ':']))
}
