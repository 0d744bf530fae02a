//! A packet of XMP as text: RDF in XML (XMP specification part 1 §7).
//!
//! Read by what stands in it and not as XML, since it goes on as it came; the prefixes looked for
//! are those that the specification names and that every writer uses.

const ORIENTATION: &str = "tiff:Orientation";
/// Small pictures of the whole, also under the prefix of older writers.
const THUMBNAILS: [&str; 2] = ["xmp:Thumbnails", "xap:Thumbnails"];
const POSITION: [&str; 3] = ["exif:GPSLatitude", "exif:GPSLongitude", "exif:GPSPosition"];
/// Names the pieces that follow in a JPEG (part 3 §1.1.3.1).
const HAS_MORE: &str = "xmpNote:HasExtendedXMP";

/// The packet of an upright picture without thumbnails; `None` when it is no text in UTF-8.
pub(super) fn upright(packet: &[u8]) -> Option<Vec<u8>> {
    let mut text = str::from_utf8(packet).ok()?.to_owned();
    for name in THUMBNAILS {
        remove_elements(&mut text, name);
    }
    let names: Vec<usize> = text.match_indices(ORIENTATION).map(|(at, _)| at + ORIENTATION.len()).collect();
    let digits: Vec<usize> = names.into_iter().filter_map(|at| digit(&text, at)).collect();
    for at in digits {
        text.replace_range(at..at + 1, "1");
    }
    Some(text.into_bytes())
}

/// Does it tell where the picture was taken?
pub(super) fn has_position(packet: &[u8]) -> bool {
    str::from_utf8(packet).is_ok_and(|text| POSITION.iter().any(|it| text.contains(it)))
}

/// Does it say that there is more of it?
pub(super) fn has_more(packet: &[u8]) -> bool {
    str::from_utf8(packet).is_ok_and(|text| text.contains(HAS_MORE))
}

/// Where the one digit is that is the value of an attribute or of an element named before `at`.
fn digit(text: &str, at: usize) -> Option<usize> {
    let rest = text.get(at..)?;
    let value = rest.trim_start().strip_prefix('=').map(|it| it.trim_start().trim_start_matches(['"', '\'']));
    let value = value.or_else(|| rest.strip_prefix('>'))?.trim_start();
    value.starts_with(|it: char| it.is_ascii_digit()).then_some(text.len() - value.len())
}

/// Takes out all elements of this name, which are not nested in each other.
fn remove_elements(text: &mut String, name: &str) {
    let (start, end) = (format!("<{name}"), format!("</{name}>"));
    let mut kept = String::new();
    let mut rest = text.as_str();
    while let Some(at) = rest.find(&start) {
        let Some(length) = rest.get(at..).and_then(|it| it.find(&end)) else { break };
        kept.push_str(rest.get(..at).unwrap_or_default());
        rest = rest.get(at + length + end.len()..).unwrap_or_default();
    }
    kept.push_str(rest);
    *text = kept;
}

#[cfg(test)]
mod tests {
    use super::{has_position, upright};

    #[test]
    fn its_orientation_is_reset_however_it_is_written() {
        for (before, after) in [
            (r#"<a tiff:Orientation="6" b="6"/>"#, r#"<a tiff:Orientation="1" b="6"/>"#),
            ("<a tiff:Orientation = '8'/>", "<a tiff:Orientation = '1'/>"),
            ("<tiff:Orientation>3</tiff:Orientation>", "<tiff:Orientation>1</tiff:Orientation>"),
            ("<tiff:Orientation> 3 </tiff:Orientation>", "<tiff:Orientation> 1 </tiff:Orientation>"),
            ("<tiff:Orientation/>ä6", "<tiff:Orientation/>ä6"),
            ("tiff:Orientation", "tiff:Orientation"),
        ] {
            assert_eq!(upright(before.as_bytes()).as_deref(), Some(after.as_bytes()));
        }
        assert_eq!(upright(b"\xff\xfe<"), None);
    }

    #[test]
    fn thumbnails_go() {
        let packet = "<a><xmp:Thumbnails><b>/9j/</b></xmp:Thumbnails><c/><xmp:Thumbnails>";
        assert_eq!(upright(packet.as_bytes()).as_deref(), Some(&b"<a><c/><xmp:Thumbnails>"[..]));
    }

    #[test]
    fn a_position_is_found() {
        assert!(has_position(br#"exif:GPSLatitude="48,8.5N""#) && !has_position(b"exif:Flash"));
    }
}
