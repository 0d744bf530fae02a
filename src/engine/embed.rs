//! Encoded bytes to text and back: data URLs, base64, snippets.

use super::Format;
use std::sync::Arc;

/// The form in which the result is pasted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Embed {
    /// `data:image/webp;base64,…` (RFC 2397).
    #[default]
    DataUrl,
    /// The base64 alone (RFC 4648 §4, padded).
    Base64,
    /// An HTML `<img>` with width, height and alt.
    Html,
    /// A CSS `url("…")`.
    Css,
}

/// A text made of encoded bytes, kept in parts so that the long one is shared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snippet {
    /// What stands before the base64.
    pub before: String,
    /// The base64 of the bytes.
    pub base64: Arc<str>,
    /// What stands after it.
    pub after: String,
}

/// What a snippet states beside the bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SnippetFacts {
    /// Width and height of the picture in pixels.
    pub size: [u32; 2],
    /// Pixels a CSS pixel, at least 1: stated sizes are divided by it.
    pub density: u32,
    /// The text for those who do not see the picture; not yet escaped.
    pub alt: String,
}

/// Why a text could not be taken as an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TextError {
    /// Neither a data URL nor base64.
    #[error("the text is neither a data URL nor base64")]
    NoImage,
}

/// The base64 of the bytes (RFC 4648 §4, padded).
pub fn base64(_bytes: &[u8]) -> Arc<str> {
    Arc::from("")
}

/// The text in the wanted form.
pub fn snippet(_embed: Embed, _format: Format, _base64: &Arc<str>, _facts: &SnippetFacts) -> Snippet {
    Snippet { before: String::new(), base64: Arc::from(""), after: String::new() }
}

/// The bytes in a data URL or in bare base64.
///
/// # Errors
/// [`TextError`] says what is wrong with the text.
pub fn bytes_in_text(_text: &str) -> Result<Vec<u8>, TextError> {
    Err(TextError::NoImage)
}
