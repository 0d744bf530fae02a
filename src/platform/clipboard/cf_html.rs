//! `HTML Format`, in which Windows hands over pieces of pages: HTML in UTF-8 behind lines that say at which
//! bytes the page and the piece begin and end.
//! <https://learn.microsoft.com/windows/win32/dataxchg/html-clipboard-format>

const BEFORE: &str = "<html>\r\n<body>\r\n<!--StartFragment-->";
const AFTER: &str = "<!--EndFragment-->\r\n</body>\r\n</html>";

/// The piece that was copied; the whole page where it does not stand where the lines say.
pub(super) fn fragment(content: &[u8]) -> &[u8] {
    let start = content.iter().position(|it| *it == b'<').unwrap_or(content.len());
    let (header, page) = content.split_at(start);
    let place = |key| number(header, key).filter(|at| start <= *at);
    let piece = place("StartFragment:").zip(place("EndFragment:")).and_then(|(from, to)| content.get(from..to));
    // Some count characters instead of bytes, and end within one.
    piece.filter(|it| !it.is_empty() && str::from_utf8(it).is_ok()).unwrap_or(page)
}

/// The number behind this key. Lines end with a line feed, a carriage return, or both.
fn number(header: &[u8], key: &str) -> Option<usize> {
    let mut lines = header.split(|it| matches!(it, b'\r' | b'\n'));
    let value = lines.find_map(|it| it.strip_prefix(key.as_bytes()))?;
    str::from_utf8(value).ok()?.trim().parse().ok()
}

/// A page around this piece, with the lines before it.
pub(super) fn of_fragment(piece: &str) -> String {
    // Ten digits each, so that the numbers do not move what they count.
    let header = |[start, end, from, to]: [usize; 4]| {
        format!(
            "Version:0.9\r\nStartHTML:{start:010}\r\nEndHTML:{end:010}\r\n\
             StartFragment:{from:010}\r\nEndFragment:{to:010}\r\n"
        )
    };
    let start = header([0; 4]).len();
    let from = start + BEFORE.len();
    let to = from + piece.len();
    format!("{}{BEFORE}{piece}{AFTER}", header([start, to + AFTER.len(), from, to]))
}

#[cfg(test)]
mod tests {
    use super::{fragment, of_fragment};

    #[test]
    fn numbers_count_bytes_from_the_very_beginning() {
        // Counted by hand: the five lines have 13, 22, 20, 26 and 24 bytes, the page begins at 105.
        let expected = "Version:0.9\r\nStartHTML:0000000105\r\nEndHTML:0000000196\r\n\
                        StartFragment:0000000141\r\nEndFragment:0000000160\r\n\
                        <html>\r\n<body>\r\n<!--StartFragment--><img alt=\"山\" a=b><!--EndFragment-->\r\n</body>\r\n</html>";
        assert_eq!(of_fragment("<img alt=\"山\" a=b>"), expected);
    }

    #[test]
    fn the_piece_is_taken_out_of_the_page() {
        // Counted by hand: the lines have 72 bytes with one sign at their ends, and the piece begins 68 bytes later.
        let page = "<!DOCTYPE><HTML><HEAD><TITLE>The HTML Clipboard</TITLE></HEAD><BODY><P>The 山</P></BODY></HTML>";
        for (end, from, to) in [("\n", 140, 154), ("\r", 140, 154), ("\r\n", 145, 159)] {
            let (from, to) = (format!("StartFragment:{from:04}"), format!("EndFragment:{to:04}"));
            let lines = ["Version:0.9", "StartHTML:71", "EndHTML:-1", &from, &to, ""];
            let content = format!("{}{page}", lines.join(end));
            assert_eq!(fragment(content.as_bytes()), "<P>The 山</P>".as_bytes(), "{end:?}");
        }
    }

    #[test]
    fn wrong_numbers_leave_the_whole_page() {
        for (from, to) in [("0", "9"), ("70", "9999"), ("90", "80"), ("x", "80"), ("85", "85"), ("-1", "-1")] {
            let content =
                format!("StartFragment:{from}\r\nEndFragment:{to}\r\nSourceURL:https://example.org/\r\n<p>山山山</p>");
            assert_eq!(fragment(content.as_bytes()), "<p>山山山</p>".as_bytes(), "{from} {to}");
        }
        assert_eq!(fragment(b"<p>"), b"<p>", "there are no numbers");
        assert_eq!(fragment(b"Words"), b"");
        // A number that ends within a character.
        let content = "StartFragment:34\nEndFragment:39\n<p>山山</p>";
        assert_eq!(fragment(content.as_bytes()), "<p>山山</p>".as_bytes());
    }
}
