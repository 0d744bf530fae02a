//! What the boxes around a JPEG XL codestream say (ISO/IEC 18181-2 §9).

use super::{add, add_exif, boxes::Boxes, numbers::Numbers};
use crate::engine::{
    Details,
    details::MetadataKind::{Exif, Other, Xmp},
};

pub(super) fn read(bytes: &[u8], details: &mut Details) {
    // A bare codestream has no boxes.
    if bytes.starts_with(b"\xff\x0a") {
        return;
    }
    for (kind, body) in Boxes::of(bytes) {
        match &kind {
            b"Exif" => {
                let skipped = Numbers::big_endian(body).get(0, 4).and_then(|it| usize::try_from(it).ok());
                add_exif(details, skipped.and_then(|it| body.get(it.checked_add(4)?..)).unwrap_or_default());
            }
            b"xml " => add(details, Xmp, body.len() as u64),
            b"jumb" => add(details, Other, body.len() as u64),
            // Compressed, behind the kind of what it holds.
            b"brob" => {
                let bytes = body.len().saturating_sub(4) as u64;
                match body.get(..4) {
                    Some(b"Exif") => add(details, Exif, bytes),
                    Some(b"xml ") => add(details, Xmp, bytes),
                    _ => add(details, Other, bytes),
                }
            }
            _ => {}
        }
    }
}
