//! SVG as the text that it is: for a data URL it takes fewer escapes than base64 takes bytes.

use crate::engine::vector::markup::{Piece, Token, pieces};

/// Where a data URL of markup is going to stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// Between double quotes that we write: of an HTML attribute, or of a CSS `url("…")`.
    Quoted,
    /// Wherever somebody pastes it: in quotes of either kind, in brackets, in running text.
    Anywhere,
}

impl Place {
    /// Does this byte stand for itself in a `data:` URL (WHATWG URL: opaque path) in this place?
    fn keeps(self, byte: u8) -> bool {
        match byte {
            // What a URL, an attribute, a CSS string or a line editor takes for something else.
            b'%' | b'#' | b'"' | b'&' | b'\\' | ..b' ' | 0x7f.. => false,
            b' ' | b'\'' | b'(' | b')' | b'<' | b'>' | b'[' | b']' | b'`' | b'{' | b'}' | b'|' | b'^' => {
                self == Self::Quoted
            }
            _ => true,
        }
    }
}

/// The markup, percent-encoded as far as it has to be. Between double quotes of ours its attributes
/// get single ones, as far as that changes nothing. `None` for bytes that are not UTF-8.
pub(super) fn escaped(markup: &[u8], place: Place) -> Option<String> {
    // At the end of a URL spaces are cut off, and after the last tag they do not count.
    let markup = std::str::from_utf8(markup).ok()?.trim_end();
    let mut text = String::with_capacity(markup.len() + markup.len() / 4);
    let pieces = if place == Place::Quoted { pieces(markup) } else { None };
    for Piece { text: piece, token } in pieces.iter().flatten() {
        match token {
            Token::Open(_) => escape(&single_quoted(piece), place, &mut text),
            _ => escape(piece, place, &mut text),
        }
    }
    if pieces.is_none() {
        escape(markup, place, &mut text);
    }
    Some(text)
}

fn escape(piece: &str, place: Place, text: &mut String) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    for (at, byte) in piece.bytes().enumerate() {
        if place.keeps(byte) && !(byte == b'<' && piece.as_bytes().get(at + 1..).is_some_and(ends_elements)) {
            text.push(char::from(byte));
        } else {
            text.push('%');
            text.extend([byte >> 4, byte & 15].map(|it| char::from(DIGITS[usize::from(it)])));
        }
    }
}

/// Would this, after `<`, end the `style` or `script` of a page in which the text stands, or change how
/// its end is found (HTML Living Standard §13.2.5)?
fn ends_elements(rest: &[u8]) -> bool {
    matches!(rest, [b'!', ..] | [b'/', b's' | b'S', ..])
}

/// A tag whose attributes stand in single quotes, but those in which there is one.
fn single_quoted(tag: &str) -> String {
    let mut turned = String::with_capacity(tag.len());
    let mut rest = tag;
    while let Some(at) = rest.find(['"', '\'']) {
        let (before, quoted) = rest.split_at(at);
        // Of one byte.
        let (quote, inside) = quoted.split_at(1);
        let end = inside.find(quote).unwrap_or(inside.len());
        let (value, after) = inside.split_at(end);
        let mark = if value.contains('\'') { quote } else { "'" };
        turned.extend([before, mark, value]);
        rest = match after.split_at_checked(1) {
            Some((_, rest)) => {
                turned.push_str(mark);
                rest
            }
            None => "",
        };
    }
    turned.push_str(rest);
    turned
}

#[cfg(test)]
mod tests {
    use super::{Place, escaped};
    use crate::engine::embed::decode_data_url;

    const MARKUP: &str = concat!(
        "<?xml version=\"1.0\"?>\n<!-- a \"b\" <c d=\"e\"> -->",
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox='0 0 4 4'><path fill=\"#f00\" d=\"M0 0h4v4z\"/>",
        "<text font-family=\"'A B', serif\" title='\"'>50% &amp; é \\ \"x\" > y</text></svg>\n ",
    );

    #[test]
    fn between_double_quotes_only_what_must_is_escaped() {
        // By hand, from the opaque path state of the WHATWG URL standard, HTML's attribute values and
        // CSS strings.
        let expected = concat!(
            "<?xml version=%221.0%22?>%0A%3C!-- a %22b%22 <c d=%22e%22> -->",
            "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 4 4'><path fill='%23f00' d='M0 0h4v4z'/>",
            "<text font-family=%22'A B', serif%22 title='%22'>50%25 %26amp; %C3%A9 %5C %22x%22 > y</text>%3C/svg>",
        );
        assert_eq!(escaped(MARKUP.as_bytes(), Place::Quoted).unwrap(), expected);
    }

    #[test]
    fn for_any_place_nothing_is_left_that_ends_a_url_and_nothing_is_changed() {
        let text = escaped(MARKUP.as_bytes(), Place::Anywhere).unwrap();
        assert!(!text.contains(['"', '\'', ' ', '\n', '(', ')', '<', '>', '\\', '#', '&']), "{text}");
        let bytes = decode_data_url(&format!("data:image/svg+xml,{text}")).unwrap();
        assert_eq!(String::from_utf8(bytes).unwrap(), MARKUP.trim_end());
    }

    #[test]
    fn what_has_no_end_and_what_is_no_text_does_no_harm() {
        for (markup, expected) in [
            ("<a b=\"c", Some("<a b=%22c")),
            ("<!-- x", Some("%3C!-- x")),
            ("<a></STYLE>", Some("<a>%3C/STYLE>")),
            ("<", Some("<")),
            ("<a b='\"", Some("<a b='%22")),
        ] {
            assert_eq!(escaped(markup.as_bytes(), Place::Quoted).as_deref(), expected);
        }
        assert_eq!(escaped(b"<svg>\xff</svg>", Place::Quoted), None);
    }
}
