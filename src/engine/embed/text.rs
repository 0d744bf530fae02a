//! Text back to bytes: data URLs in every form that a browser takes, alone or in a line of
//! HTML or CSS, and bare base64.
//!
//! Follows the Fetch standard ("data: URL processor") and the Infra standard
//! ("forgiving-base64 decode"), plus the URL-safe alphabet of RFC 4648 §5. What is more
//! lenient than a browser never yields other bytes than the text spells.

use super::found::{Find, images_in_text};
use base64::{
    Engine as _, alphabet,
    engine::{GeneralPurpose, GeneralPurposeConfig},
};
use std::{borrow::Cow, fmt};

/// Fewer characters of bare base64 hold fewer than 8 bytes, which is no image in any format.
const SHORTEST_BARE: usize = 11;

/// Why a text could not be taken as an image. Positions count from 1 within the base64.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TextError {
    /// Nothing but whitespace.
    #[error("the text is empty; copy a data URL or base64 first")]
    Empty,
    /// Neither a data URL nor base64.
    #[error("the text is neither a data URL nor base64")]
    NoImage,
    /// `data:` without the comma that ends its head.
    #[error("the data URL has no comma, so it holds no data; copy it again as a whole")]
    NoComma,
    /// Nothing after the comma.
    #[error("the data URL ends after its comma; copy it again as a whole")]
    NoData,
    /// A character that is in no base64 alphabet.
    #[error("the base64 has {character:?} at character {}, which does not belong there; copy it again", Grouped(*at))]
    IllegalCharacter {
        /// The first such character.
        character: char,
        /// Where it stands.
        at: usize,
    },
    /// An equals sign elsewhere than at the end, or too many or too few of them.
    #[error("the base64 has a misplaced \"=\" at character {}; copy it again as a whole", Grouped(*at))]
    Padding {
        /// Where the first one stands.
        at: usize,
    },
    /// The last group is a single character, which spells no byte.
    #[error("the base64 breaks off at character {}; copy it again as a whole", Grouped(*at))]
    BreaksOff {
        /// Where the last character stands.
        at: usize,
    },
}

/// A count, shown with thousands separators: `1,234`.
pub struct Grouped(pub usize);

impl fmt::Display for Grouped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.0.to_string();
        for (index, digit) in digits.chars().enumerate() {
            if index != 0 && (digits.len() - index).is_multiple_of(3) {
                f.write_str(",")?;
            }
            write!(f, "{digit}")?;
        }
        Ok(())
    }
}

/// The bytes of the image that a text holds: a data URL, also one in quotes or in a line of
/// HTML, CSS, Markdown or JSON; bare base64; or the source of an SVG. Of several the first.
///
/// Whether the bytes are an image is for their content to say, not for the URL's MIME type.
///
/// # Errors
/// [`TextError`] says what is wrong with the text.
pub fn bytes_in_text(text: &str) -> Result<Vec<u8>, TextError> {
    let bytes = |find| if let Find::Bytes(bytes) = find { Some(bytes) } else { None };
    images_in_text(text)?.images.into_iter().find_map(bytes).ok_or(TextError::NoImage)
}

/// The bytes of a text that is nothing else.
///
/// # Errors
/// [`TextError`] says what is wrong with the text, and whether it was meant as base64 at all.
pub(super) fn bare_base64(text: &str) -> Result<Vec<u8>, TextError> {
    let signs = text.chars().filter(|it| !is_whitespace(*it)).count();
    match decode_base64(text) {
        _ if signs == 0 => Err(TextError::Empty),
        _ if signs < SHORTEST_BARE => Err(TextError::NoImage),
        Err(error) if !meant_as_base64(text, error) => Err(TextError::NoImage),
        other => other,
    }
}

/// The body of a data URL.
///
/// # Errors
/// [`TextError::NoImage`] when it does not begin with `data:`, [`TextError::NoComma`], and
/// those of [`decode_base64`].
pub fn decode_data_url(url: &str) -> Result<Vec<u8>, TextError> {
    // URL parser: control characters and spaces around are dropped, tabs and line ends
    // everywhere; a fragment is no part of the data.
    let url = url.trim_matches(|it: char| it <= ' ');
    if !has_data_scheme(url) {
        return Err(TextError::NoImage);
    }
    let url = url.get("data:".len()..).unwrap_or_default();
    let url = url.split_once('#').map_or(url, |(before, _)| before);
    let (head, body) = url.split_once(',').ok_or(TextError::NoComma)?;
    if is_base64_head(head) {
        return match percent_decoded(body) {
            Cow::Borrowed(_) => decode_base64(body),
            Cow::Owned(bytes) => decode_base64(&latin1(&bytes)),
        };
    }
    let lines: Cow<'_, str> =
        if body.contains(LINE_SIGNS) { Cow::Owned(body.replace(LINE_SIGNS, "")) } else { Cow::Borrowed(body) };
    Ok(percent_decoded(&lines).into_owned())
}

/// What base64 spells: whitespace is skipped, padding may be left out but not be wrong, and
/// the URL-safe alphabet is understood too.
///
/// # Errors
/// [`TextError::IllegalCharacter`], [`TextError::Padding`] or [`TextError::BreaksOff`].
pub fn decode_base64(text: &str) -> Result<Vec<u8>, TextError> {
    let mut signs: Vec<u8> = Vec::with_capacity(text.len());
    signs.extend(text.bytes().filter(|it| !is_whitespace(char::from(*it))).map(|it| match it {
        b'-' => b'+',
        b'_' => b'/',
        other => other,
    }));
    if signs.len().is_multiple_of(4) {
        let padding = signs.iter().rev().take(2).take_while(|it| **it == b'=').count();
        signs.truncate(signs.len() - padding);
    }
    LENIENT.decode(&signs).map_err(|_decoder_counts_without_whitespace| first_fault(text))
}

/// Without padding (it is gone by then); bits beyond the last byte are ignored, as in browsers.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(base64::engine::DecodePaddingMode::RequireNone),
);

/// Names what made decoding fail.
fn first_fault(text: &str) -> TextError {
    let is_sign = |it: char| it.is_ascii_alphanumeric() || "+/-_".contains(it);
    let fault = text.chars().enumerate().find(|(_, it)| !is_sign(*it) && *it != '=' && !is_whitespace(*it));
    if let Some((index, character)) = fault {
        return TextError::IllegalCharacter { character, at: index + 1 };
    }
    let last = text.chars().enumerate().filter(|(_, it)| !is_whitespace(*it)).last().map_or(0, |(index, _)| index + 1);
    match text.chars().position(|it| it == '=') {
        Some(index) => TextError::Padding { at: index + 1 },
        None => TextError::BreaksOff { at: last },
    }
}

/// ASCII whitespace as the Infra standard has it.
fn is_whitespace(character: char) -> bool {
    matches!(character, '\t' | '\n' | '\x0c' | '\r' | ' ')
}

/// What the URL parser removes wherever it stands.
const LINE_SIGNS: [char; 3] = ['\t', '\n', '\r'];

pub(super) fn has_data_scheme(text: &str) -> bool {
    text.get(.."data:".len()).is_some_and(|it| it.eq_ignore_ascii_case("data:"))
}

/// Does the head (all before the comma) end in `;`, spaces, `base64`, in any case?
fn is_base64_head(head: &str) -> bool {
    let head = head.replace(LINE_SIGNS, "");
    let head = head.trim_end_matches(' ');
    let Some(split) = head.len().checked_sub("base64".len()) else { return false };
    let (Some(rest), Some(word)) = (head.get(..split), head.get(split..)) else { return false };
    word.eq_ignore_ascii_case("base64") && rest.trim_end_matches(' ').ends_with(';')
}

/// `%41` to `A`; anything that is no such triple stays as it is (URL standard, "percent-decode").
pub fn percent_decoded(text: &str) -> Cow<'_, [u8]> {
    if !text.contains('%') {
        return Cow::Borrowed(text.as_bytes());
    }
    let mut decoded = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, others @ ..] = rest {
        let value = match rest {
            [b'%', high, low, ..] => hex(*high).zip(hex(*low)).map(|(high, low)| high * 16 + low),
            _ => None,
        };
        decoded.push(value.unwrap_or(*first));
        rest = if value.is_some() { rest.get(3..).unwrap_or_default() } else { others };
    }
    Cow::Owned(decoded)
}

/// The value of a hexadecimal digit, below 16.
fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|it| u8::try_from(it).ok())
}

/// A character a byte, so that no byte is lost or joined before the base64 is judged.
fn latin1(bytes: &[u8]) -> String {
    bytes.iter().map(|it| char::from(*it)).collect()
}

/// The text without whitespace around it and without the mark that some files begin with.
pub(super) fn trimmed(text: &str) -> &str {
    text.trim_matches(|it: char| it.is_whitespace() || it == '\u{feff}')
}

/// Quotes and brackets that stand around what people copy.
const PAIRS: [(char, char); 5] = [('"', '"'), ('\'', '\''), ('`', '`'), ('\u{201c}', '\u{201d}'), ('(', ')')];

/// The text within a pair of quotes, if it has one.
pub(super) fn unquoted(text: &str) -> &str {
    let inner = |(open, close)| text.strip_prefix(open)?.strip_suffix(close);
    PAIRS.into_iter().find_map(inner).map_or(text, trimmed)
}

/// Is a broken text base64 with a fault in it, or was it never meant as such?
///
/// Prose has spaces, and its first full stop or apostrophe comes soon.
fn meant_as_base64(text: &str, error: TextError) -> bool {
    let late = match error {
        TextError::IllegalCharacter { at, .. } | TextError::Padding { at } => SHORTEST_BARE < at,
        _ => true,
    };
    late && !text.contains(' ')
}

#[cfg(test)]
mod tests {
    use super::{TextError, bytes_in_text, decode_base64, decode_data_url};

    #[test]
    fn base64_of_the_standard_vectors() {
        // RFC 4648 §10; without padding as the Infra standard allows.
        for (text, bytes) in
            [("", ""), ("Zg==", "f"), ("Zm8=", "fo"), ("Zm9v", "foo"), ("Zm9vYg", "foob"), ("Zm9v\r\nYm\tE=", "fooba")]
        {
            assert_eq!(decode_base64(text), Ok(bytes.as_bytes().to_vec()), "{text:?}");
        }
        // Both alphabets spell the same bits: 62 and 63 are + and /, or - and _.
        assert_eq!(decode_base64("x-_y"), decode_base64("x+/y"));
        assert_eq!(decode_base64("x+/y"), Ok(vec![0xc7, 0xef, 0xf2]));
    }

    #[test]
    fn each_fault_has_its_name_and_place() {
        let fault = |text| decode_base64(text).expect_err(text);
        assert_eq!(fault("Zm9vY"), TextError::BreaksOff { at: 5 });
        assert_eq!(fault("Zm9v Y\n"), TextError::BreaksOff { at: 6 });
        assert_eq!(fault("Zm9vYg="), TextError::Padding { at: 7 });
        assert_eq!(fault("Zg==Zm9v"), TextError::Padding { at: 3 });
        assert_eq!(fault("Zm9v===="), TextError::Padding { at: 5 });
        assert_eq!(fault("Zm\u{2212}v"), TextError::IllegalCharacter { character: '\u{2212}', at: 3 });
        let far = format!("{}.", "A".repeat(1233));
        let text = fault(&far).to_string();
        assert!(text.contains("1,234") && text.contains("'.'"), "{text}");
    }

    #[test]
    fn data_urls_in_their_legal_forms() {
        let body = |url| decode_data_url(url).expect(url);
        assert_eq!(body("data:image/png;base64,Zm9v"), b"foo");
        assert_eq!(body("DATA:image/svg+xml;charset=utf-8;  BASE64 ,Zm9v"), b"foo");
        assert_eq!(body("data:;base64,Zm%39v"), b"foo");
        assert_eq!(body("data:;base64,Zm9v%0AYmFy#fragment"), b"foobar");
        assert_eq!(body("data:image/svg+xml,%3Csvg/%3e%zz"), b"<svg/>%zz");
        assert_eq!(body("data:,a\r\nb c"), b"ab c");
    }

    #[test]
    fn what_people_copy_along_is_set_aside() {
        for text in [
            "data:;base64,Zm9v",
            "  \"data:;base64,Zm9v\"\n",
            "'data:;base64,Zm9v'",
            "url(data:;base64,Zm9v)",
            "URL(\"data:;base64,Zm9v\");",
            "a { background: url(data:;base64,Zm9v) no-repeat; }",
            "<img alt='data: none' src=\"data:;base64,Zm9v\">",
            "<img src=data:;base64,Zm9v>",
            "![alt](data:;base64,Zm9v)",
            "{\"image\": \"data:image\\/png;base64,Zm9v\"}",
            "\u{feff}`data:;base64,Zm9v`",
        ] {
            assert_eq!(bytes_in_text(text), Ok(b"foo".to_vec()), "{text:?}");
        }
    }

    #[test]
    fn bare_base64_must_look_like_it() {
        assert_eq!(bytes_in_text("Zm9vYmFy\nZm9vYmFy\n"), Ok(b"foobarfoobar".to_vec()));
        for prose in ["hello", "Hello, world: this is prose.", "https://example.org/a.png", "it's 5 o'clock"] {
            assert_eq!(bytes_in_text(prose), Err(TextError::NoImage), "{prose:?}");
        }
        assert_eq!(bytes_in_text("Zm9vYmFyZm9vY"), Err(TextError::BreaksOff { at: 13 }));
        assert_eq!(bytes_in_text(" \n"), Err(TextError::Empty));
        assert_eq!(bytes_in_text("\"\""), Err(TextError::Empty));
        assert_eq!(bytes_in_text("data:image/png;base64"), Err(TextError::NoComma));
        assert_eq!(bytes_in_text("data:image/png;base64,"), Err(TextError::NoData));
    }
}
