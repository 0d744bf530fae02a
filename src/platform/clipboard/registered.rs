//! Under which names Windows programs register formats of the clipboard, and what is offered under them.

use super::offers::{HTML, MOZILLA_LINK, OWN};
use crate::engine::Format;

pub(super) const PNG: &str = "PNG";
pub(super) const HTML_FORMAT: &str = "HTML Format";
/// The customary names of encoded pictures, of Office and browsers; some programs register MIME types instead.
const PICTURES: [(&str, Format); 5] =
    [(PNG, Format::Png), ("JFIF", Format::Jpeg), ("JPEG", Format::Jpeg), ("JPG", Format::Jpeg), ("GIF", Format::Gif)];
/// Documented for whoever keeps a history: nothing of what lies beside it may be looked at.
/// <https://learn.microsoft.com/windows/win32/dataxchg/clipboard-formats#cloud-clipboard-and-clipboard-history-formats>
/// The second is older, and set by password managers.
const SECRETS: [&str; 2] = ["ExcludeClipboardContentFromMonitorProcessing", "Clipboard Viewer Ignore"];
/// Documented there too; says the same where it holds a zero.
const HISTORY: &str = "CanIncludeInClipboardHistory";

/// The kind of other systems that the name stands for; names differ in case alone where Windows takes them for
/// the same.
pub(super) fn kind(name: &str) -> Option<String> {
    let customary = PICTURES.iter().find(|(it, _)| it.eq_ignore_ascii_case(name));
    let lower = name.to_ascii_lowercase();
    match customary {
        Some((_, format)) => Some(format.mime().to_owned()),
        None if name.eq_ignore_ascii_case(HTML_FORMAT) => Some(HTML.to_owned()),
        None => (lower.starts_with("image/") || lower == MOZILLA_LINK || lower == OWN).then_some(lower),
    }
}

/// The names under which bytes of this format are offered, the most telling first.
pub(super) fn names(format: Format) -> Vec<&'static str> {
    let customary = PICTURES.iter().find(|(_, it)| *it == format);
    [format.mime()].into_iter().chain(customary.map(|(name, _)| *name)).collect()
}

/// Does this say that what lies beside it is nobody's business?
pub(super) fn is_secret(name: &str, content: impl FnOnce() -> Option<Vec<u8>>) -> bool {
    SECRETS.iter().any(|it| it.eq_ignore_ascii_case(name))
        || HISTORY.eq_ignore_ascii_case(name) && content().is_some_and(|it| it.starts_with(&[0; 4]))
}

#[cfg(test)]
mod tests {
    use super::{is_secret, kind, names};
    use crate::engine::Format;

    #[test]
    fn names_stand_for_kinds() {
        for (name, expected) in [
            ("PNG", "image/png"),
            ("JFIF", "image/jpeg"),
            ("gif", "image/gif"),
            ("Html Format", "text/html"),
            ("image/WebP", "image/webp"),
            ("image/svg+xml", "image/svg+xml"),
            ("text/x-moz-url", "text/x-moz-url"),
            ("application/x-inlaid", "application/x-inlaid"),
        ] {
            assert_eq!(kind(name).as_deref(), Some(expected));
        }
        for name in ["Rich Text Format", "CF_TEXT", "DataObject", "text/plain", "PNGs", ""] {
            assert_eq!(kind(name), None, "{name}");
        }
    }

    #[test]
    fn bytes_are_offered_under_every_name() {
        assert_eq!(names(Format::Png), ["image/png", "PNG"]);
        assert_eq!(names(Format::Jpeg), ["image/jpeg", "JFIF"]);
        assert_eq!(names(Format::Gif), ["image/gif", "GIF"]);
        assert_eq!(names(Format::WebP), ["image/webp"]);
    }

    #[test]
    fn secrets_are_known_by_their_signs() {
        let unread = || panic!("it need not be read");
        assert!(is_secret("ExcludeClipboardContentFromMonitorProcessing", unread));
        assert!(is_secret("clipboard viewer ignore", unread));
        assert!(!is_secret("CanUploadToCloudClipboard", unread));
        let history = |content: &[u8]| is_secret("CanIncludeInClipboardHistory", || Some(content.to_vec()));
        assert!(history(&[0, 0, 0, 0]) && history(&[0; 8]));
        assert!(!history(&[1, 0, 0, 0]) && !history(&[0]));
        assert!(!is_secret("CanIncludeInClipboardHistory", || None));
    }
}
