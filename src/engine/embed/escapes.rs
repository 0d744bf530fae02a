//! Characters that a language writes otherwise, read back; each text without one stays as it is.

use std::borrow::Cow;

/// References to characters in HTML (HTML standard §13.5): the numbers, and of the names those that
/// attributes need.
pub(super) fn html_unescaped(text: &str) -> Cow<'_, str> {
    if !text.contains('&') {
        return text.into();
    }
    /// Longer than any that is understood.
    const LONGEST: usize = 12;
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        plain.push_str(before);
        let end = after.bytes().take(LONGEST).position(|it| it == b';');
        let name = end.and_then(|end| Some((after.get(..end)?, after.get(end + 1..)?)));
        match name.and_then(|(name, after)| Some((character(name)?, after))) {
            Some((character, after)) => {
                plain.push(character);
                rest = after;
            }
            None => {
                plain.push('&');
                rest = after;
            }
        }
    }
    plain.push_str(rest);
    plain.into()
}

fn character(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        "Tab" => Some('\t'),
        "NewLine" => Some('\n'),
        _ => {
            let number = name.strip_prefix('#')?;
            let hex = number.strip_prefix(['x', 'X']);
            let code = hex.map_or_else(|| number.parse(), |it| u32::from_str_radix(it, 16));
            code.ok().and_then(char::from_u32)
        }
    }
}

/// Escapes of CSS (CSS Syntax §4.3.7): up to six hexadecimal digits and one whitespace, a line end
/// that is none, any other character for itself.
pub(super) fn css_unescaped(text: &str) -> Cow<'_, str> {
    if !text.contains('\\') {
        return text.into();
    }
    let mut plain = String::with_capacity(text.len());
    let mut signs = text.chars().peekable();
    while let Some(sign) = signs.next() {
        if sign != '\\' {
            plain.push(sign);
            continue;
        }
        let mut code = String::new();
        while let Some(digit) = signs.next_if(|it| it.is_ascii_hexdigit() && code.len() < 6) {
            code.push(digit);
        }
        if code.is_empty() {
            plain.extend(signs.next().filter(|it| *it != '\n'));
            continue;
        }
        signs.next_if(char::is_ascii_whitespace);
        let code = u32::from_str_radix(&code, 16).ok().filter(|it| *it != 0);
        plain.push(code.and_then(char::from_u32).unwrap_or(char::REPLACEMENT_CHARACTER));
    }
    plain.into()
}

/// Escapes of strings in JSON (RFC 8259 §7), which those of most programming languages include.
pub(super) fn unescaped(text: &str) -> Cow<'_, str> {
    if !text.contains('\\') {
        return text.into();
    }
    let mut plain = String::with_capacity(text.len());
    let mut signs = text.chars();
    while let Some(sign) = signs.next() {
        match if sign == '\\' { signs.next() } else { Some(sign) } {
            Some(_) if sign != '\\' => plain.push(sign),
            Some('n') => plain.push('\n'),
            Some('r') => plain.push('\r'),
            Some('t') => plain.push('\t'),
            Some('u') => {
                let code: String = signs.by_ref().take(4).collect();
                let character = u32::from_str_radix(&code, 16).ok().and_then(char::from_u32);
                plain.push(character.unwrap_or(char::REPLACEMENT_CHARACTER));
            }
            other => plain.extend(other),
        }
    }
    plain.into()
}

#[cfg(test)]
mod tests {
    use super::{css_unescaped, html_unescaped, unescaped};

    #[test]
    fn html_has_names_and_numbers() {
        assert_eq!(html_unescaped("a&lt;b&quot;&#39;&#x27;&amp;lt;"), "a<b\"''&lt;");
        for text in ["a & b", "&", "&unknown;", "&#xD800;", "a&b=c;"] {
            assert_eq!(html_unescaped(text), text);
        }
    }

    #[test]
    fn css_has_codes_and_lines() {
        // The examples of CSS Syntax §4.3.7 and CSS 2 §4.1.3: "\26 B" and "\000026B" are "&B".
        assert_eq!(css_unescaped("\\26 B"), "&B");
        assert_eq!(css_unescaped("\\000026B"), "&B");
        assert_eq!(css_unescaped("a\\\nb\\\"c\\)"), "ab\"c)");
        assert_eq!(css_unescaped("\\0"), "\u{fffd}");
    }

    #[test]
    fn json_has_slashes_and_codes() {
        assert_eq!(unescaped("a\\/b\\\"\\\\c\\u0026\\n"), "a/b\"\\c&\n");
        assert_eq!(unescaped("a\\ud800\\"), "a\u{fffd}");
    }
}
