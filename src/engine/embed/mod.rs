//! Encoded bytes to text and back: data URLs, base64, snippets.
//!
//! The long part of the text is made once and shared by every form; what stands around it is
//! short. Bytes become base64, unless they are markup that takes fewer characters as it is. Reading
//! text back lives in `text`, finding all that is in one in `found`, links and the pages behind some
//! of them in `link` and `page`.

mod advice;
mod compressed;
mod escapes;
mod found;
mod link;
mod markup;
mod page;
mod text;

pub(super) use self::advice::{MAIL, README};
pub use self::{
    advice::{Advice, advice},
    compressed::brotli,
    found::{Find, Finds, TextKind, images_in_text},
    link::{Link, LinkError, Listed, name_in_disposition, name_of_link},
    page::{images_of_page, is_page},
    text::{Grouped, TextError, bytes_in_text, decode_base64, decode_data_url, percent_decoded},
};

use super::{Encoded, Format};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use markup::Place;
use std::{fmt, sync::Arc};

/// The form in which the result is pasted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Embed {
    /// `data:image/webp;base64,…` or, of an SVG, `data:image/svg+xml,…` if that is shorter (RFC 2397).
    #[default]
    DataUrl,
    /// The base64 alone (RFC 4648 §4, padded).
    Base64,
    /// An HTML `<img>` with width, height and alt.
    Html,
    /// A CSS `url("…")`.
    Css,
}

impl Embed {
    /// Every form, in the order shown.
    pub const ALL: &[Self] = &[Self::DataUrl, Self::Base64, Self::Html, Self::Css];

    /// Stable id for arguments and the settings file; never renamed.
    pub fn id(self) -> &'static str {
        match self {
            Self::DataUrl => "data-url",
            Self::Base64 => "base64",
            Self::Html => "html",
            Self::Css => "css",
        }
    }

    /// The form with this id.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|it| it.id() == id)
    }

    /// The name shown to people.
    pub fn label(self) -> &'static str {
        match self {
            Self::DataUrl => "Data URL",
            Self::Base64 => "Base64",
            Self::Html => "HTML",
            Self::Css => "CSS",
        }
    }

    /// The extension of a file that holds this text, without a dot.
    pub fn extension(self) -> &'static str {
        match self {
            Self::DataUrl | Self::Base64 => "txt",
            Self::Html => "html",
            Self::Css => "css",
        }
    }
}

/// A text made of encoded bytes, kept in parts so that the long one is shared.
///
/// [`fmt::Display`] writes the parts one after the other; that is the text to paste.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snippet {
    /// What stands before the bytes.
    pub before: String,
    /// The bytes: base64, or markup with escapes.
    pub body: Arc<str>,
    /// What stands after it.
    pub after: String,
}

impl Snippet {
    /// The exact number of characters of the whole text.
    pub fn chars(&self) -> usize {
        // The body is ASCII: a byte a character.
        self.before.chars().count() + self.body.len() + self.after.chars().count()
    }

    /// The first `head` and the last `tail` characters, for showing; the whole is never built.
    ///
    /// A text of at most `head + tail` characters comes whole as the head, with an empty tail.
    pub fn preview(&self, head: usize, tail: usize) -> (String, String) {
        let all = || self.before.chars().chain(self.body.chars()).chain(self.after.chars());
        if self.chars() <= head.saturating_add(tail) {
            return (all().collect(), String::new());
        }
        let mut end: Vec<char> = all().rev().take(tail).collect();
        end.reverse();
        (all().take(head).collect(), end.into_iter().collect())
    }
}

impl fmt::Display for Snippet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.before)?;
        f.write_str(&self.body)?;
        f.write_str(&self.after)
    }
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

/// The base64 of the bytes (RFC 4648 §4, padded).
pub fn base64(bytes: &[u8]) -> Arc<str> {
    // `encode` sizes its buffer exactly before it fills it.
    STANDARD.encode(bytes).into()
}

/// The bytes of a result as text: base64 and, of markup, what is shorter in a data URL.
#[derive(Clone, Debug)]
pub struct Texts {
    base64: Arc<str>,
    /// Markup with what must be escaped between double quotes.
    quoted: Option<Arc<str>>,
    /// Markup that can stand anywhere.
    anywhere: Option<Arc<str>>,
}

impl Texts {
    /// Of encoded bytes in this format.
    pub fn of(format: Format, bytes: &[u8]) -> Self {
        let base64 = base64(bytes);
        let markup = |place| {
            let text = if format == Format::Svg { markup::escaped(bytes, place)? } else { return None };
            // Nor is the word written then.
            (text.len() < base64.len() + BASE64.len()).then(|| text.into())
        };
        let (quoted, anywhere) = (markup(Place::Quoted), markup(Place::Anywhere));
        Self { base64, quoted, anywhere }
    }

    /// The bytes as base64.
    pub fn base64(&self) -> &Arc<str> {
        &self.base64
    }
}

/// What a data URL says of a body in base64.
const BASE64: &str = ";base64";

/// The text in the wanted form.
pub fn snippet(embed: Embed, format: Format, texts: &Texts, facts: &SnippetFacts) -> Snippet {
    let markup = match embed {
        Embed::DataUrl => texts.anywhere.as_ref(),
        Embed::Base64 => None,
        Embed::Html | Embed::Css => texts.quoted.as_ref(),
    };
    let (body, coding) = markup.map_or((&texts.base64, BASE64), |it| (it, ""));
    let data = format!("data:{}{coding},", format.mime());
    let (before, after) = match embed {
        Embed::DataUrl => (data, String::new()),
        Embed::Base64 => (String::new(), String::new()),
        Embed::Html => {
            let [width, height] = facts.size.map(|side| css_pixels(side, facts.density));
            let alt = escape_attribute(&facts.alt);
            (format!("<img src=\"{data}"), format!("\" width=\"{width}\" height=\"{height}\" alt=\"{alt}\">"))
        }
        Embed::Css => (format!("url(\"{data}"), "\")".to_owned()),
    };
    Snippet { before, body: body.clone(), after }
}

/// How many characters the text of this result has; base64 is not made for it.
pub fn characters(embed: Embed, encoded: &Encoded, facts: &SnippetFacts) -> usize {
    let (format, n_bytes) = (encoded.format, encoded.bytes.len());
    if format == Format::Svg {
        return snippet(embed, format, &Texts::of(format, &encoded.bytes), facts).chars();
    }
    let nothing = Texts { base64: Arc::from(""), quoted: None, anywhere: None };
    // RFC 4648 §4: four characters for each three bytes begun.
    snippet(embed, format, &nothing, facts).chars() + n_bytes.div_ceil(3) * 4
}

/// Pixels to CSS pixels, rounded to the nearest, at least 1: a stated 0 would hide the picture.
pub fn css_pixels(side: u32, density: u32) -> u32 {
    let density = density.max(1);
    (side.saturating_add(density / 2) / density).max(1)
}

/// For use between double quotes (HTML Living Standard §13.3, "escaping a string").
fn escape_attribute(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '"' => escaped.push_str("&quot;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '\u{a0}' => escaped.push_str("&nbsp;"),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::{Embed, SnippetFacts, Texts, base64, characters, snippet};
    use crate::engine::{Encoded, Format};

    fn facts(size: [u32; 2], density: u32, alt: &str) -> SnippetFacts {
        SnippetFacts { size, density, alt: alt.to_owned() }
    }

    #[test]
    fn base64_of_the_standard_vectors() {
        // RFC 4648 §10.
        for (bytes, text) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ] {
            assert_eq!(&*base64(bytes.as_bytes()), text);
        }
    }

    #[test]
    fn every_form_as_written_by_hand() {
        let texts = Texts::of(Format::WebP, b"foob");
        let facts = facts([301, 3], 2, "a \"b\" <c> & d");
        let form = |embed| snippet(embed, Format::WebP, &texts, &facts).to_string();
        assert_eq!(form(Embed::DataUrl), "data:image/webp;base64,Zm9vYg==");
        assert_eq!(form(Embed::Base64), "Zm9vYg==");
        assert_eq!(form(Embed::Css), "url(\"data:image/webp;base64,Zm9vYg==\")");
        // 301 / 2 = 150.5 and 3 / 2 = 1.5, both rounded up.
        assert_eq!(
            form(Embed::Html),
            "<img src=\"data:image/webp;base64,Zm9vYg==\" width=\"151\" height=\"2\" \
             alt=\"a &quot;b&quot; &lt;c&gt; &amp; d\">"
        );
    }

    #[test]
    fn a_stated_side_is_never_zero() {
        let html = snippet(Embed::Html, Format::Png, &Texts::of(Format::Png, b""), &facts([1, 10], 0, "")).to_string();
        assert!(html.contains("width=\"1\" height=\"10\""), "{html}");
        let html = snippet(Embed::Html, Format::Png, &Texts::of(Format::Png, b""), &facts([1, 10], 9, "")).to_string();
        assert!(html.contains("width=\"1\" height=\"1\""), "{html}");
    }

    #[test]
    fn characters_are_counted_exactly() {
        let facts = facts([1, 1], 1, "naïve ☃");
        for bytes in [&b"foobar"[..], b"fooba", b"foob"] {
            let text = snippet(Embed::Html, Format::Png, &Texts::of(Format::Png, bytes), &facts);
            let n_characters = text.to_string().chars().count();
            assert_eq!(text.chars(), n_characters);
            let encoded = Encoded { format: Format::Png, bytes: bytes.to_vec().into(), size: [1, 1], warnings: vec![] };
            assert_eq!(characters(Embed::Html, &encoded, &facts), n_characters);
        }
    }

    #[test]
    fn head_and_tail_are_those_of_the_whole() {
        let snippet = snippet(Embed::Css, Format::Png, &Texts::of(Format::Png, b"foobar"), &facts([1, 1], 1, ""));
        assert_eq!(snippet.preview(6, 4), ("url(\"d".to_owned(), "Fy\")".to_owned()));
        let whole = snippet.to_string();
        assert_eq!(snippet.preview(whole.len(), 0), (whole.clone(), String::new()));
        assert_eq!(snippet.preview(whole.len() - 1, 0), (whole[..whole.len() - 1].to_owned(), String::new()));
        assert_eq!(snippet.preview(usize::MAX, 1), (whole, String::new()));
    }

    #[test]
    fn ids_find_their_forms() {
        for embed in Embed::ALL {
            assert_eq!(Embed::from_id(embed.id()), Some(*embed));
        }
        assert_eq!(Embed::from_id("markdown"), None);
    }
}
