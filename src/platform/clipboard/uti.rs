//! What macOS calls the kinds of a pasteboard: uniform type identifiers, as Apple lists them.
//! <https://developer.apple.com/documentation/uniformtypeidentifiers/system-declared-uniform-type-identifiers>

use super::offers::{HINT, HTML, TEXTS};
use crate::engine::Format;

pub(super) const PAGE: &str = "public.html";
pub(super) const TEXT: &str = "public.utf8-plain-text";
/// Set by password managers, by an agreement of theirs: <http://nspasteboard.org>. What is transient or made by
/// a program is none of a history's business, but no secret.
const CONCEALED: &str = "org.nspasteboard.ConcealedType";
const PICTURES: [(&str, Format); 14] = [
    ("public.png", Format::Png),
    ("public.jpeg", Format::Jpeg),
    ("com.compuserve.gif", Format::Gif),
    ("org.webmproject.webp", Format::WebP),
    ("public.avif", Format::Avif),
    ("public.heic", Format::Heic),
    ("public.jpeg-xl", Format::JpegXl),
    ("public.svg-image", Format::Svg),
    ("public.tiff", Format::Tiff),
    ("com.microsoft.bmp", Format::Bmp),
    ("com.microsoft.ico", Format::Ico),
    ("com.adobe.photoshop-image", Format::Psd),
    ("com.ilm.openexr-image", Format::OpenExr),
    ("com.truevision.tga-image", Format::Tga),
];

/// The kind of other systems that the type stands for.
pub(super) fn kind(uti: &str) -> Option<&'static str> {
    match uti {
        CONCEALED => Some(HINT),
        PAGE => Some(HTML),
        TEXT => Some(TEXTS[0]),
        _ => PICTURES.iter().find(|(it, _)| *it == uti).map(|(_, format)| format.mime()),
    }
}

/// The type of bytes of this format; a pasteboard takes no name that the system does not know.
pub(super) fn of_format(format: Format) -> Option<&'static str> {
    PICTURES.iter().find(|(_, it)| *it == format).map(|(uti, _)| *uti)
}

#[cfg(test)]
mod tests {
    use super::{kind, of_format};
    use crate::engine::Format;

    #[test]
    fn types_stand_for_kinds() {
        for (uti, expected) in [
            ("public.png", "image/png"),
            ("public.jpeg", "image/jpeg"),
            ("org.webmproject.webp", "image/webp"),
            ("com.compuserve.gif", "image/gif"),
            ("public.svg-image", "image/svg+xml"),
            ("public.tiff", "image/tiff"),
            ("public.html", "text/html"),
            ("public.utf8-plain-text", "text/plain;charset=utf-8"),
            ("org.nspasteboard.ConcealedType", "x-kde-passwordManagerHint"),
        ] {
            assert_eq!(kind(uti), Some(expected));
        }
        // Files are asked for in another way.
        for uti in ["org.nspasteboard.TransientType", "public.file-url", "NeXT TIFF v4.0 pasteboard type", "image/png"]
        {
            assert_eq!(kind(uti), None, "{uti}");
        }
    }

    #[test]
    fn what_is_written_can_be_named_where_the_system_knows_it() {
        assert_eq!(of_format(Format::WebP), Some("org.webmproject.webp"));
        assert_eq!(of_format(Format::Avif), Some("public.avif"));
        assert_eq!(of_format(Format::Qoi), None);
    }
}
