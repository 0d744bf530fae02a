//! Metadata in boxes around a JPEG XL codestream (ISO/IEC 18181-2 §9).

use super::{Carried, Part, boxes::exif_data, leave_out};
use crate::engine::{Encoded, Warning, decode::details::boxes::Boxes, encode::avif::container::boxed};

/// As [`super::rewritten`]; a codestream that stands alone stays so where there is nothing to say.
pub(super) fn rewrite(encoded: &Encoded, carried: &Carried, _: bool, warnings: &mut Vec<Warning>) -> Option<Vec<u8>> {
    if carried.density.is_some() {
        leave_out(warnings, Part::Density, "JPEG XL has no place for it");
    }
    if !carried.notes.is_empty() {
        leave_out(warnings, Part::Comments, "JPEG XL has no place for it");
    }
    let exif = carried.exif.as_ref().map(|it| boxed(b"Exif", &exif_data(it)));
    let xmp = carried.xmp.as_ref().map(|it| boxed(b"xml ", it));
    let said: Vec<u8> = exif.into_iter().chain(xmp).flatten().collect();
    if encoded.bytes.starts_with(b"\xff\x0a") {
        if said.is_empty() {
            return Some(encoded.bytes.to_vec());
        }
        let signature = boxed(b"JXL ", b"\r\n\x87\n");
        let brand = boxed(b"ftyp", b"jxl \0\0\0\0jxl ");
        return Some([signature, brand, said, boxed(b"jxlc", &encoded.bytes)].concat());
    }
    let mut file = vec![];
    let mut said = Some(said);
    for (kind, body) in Boxes::of(&encoded.bytes) {
        match &kind {
            b"JXL " | b"ftyp" | b"jxll" => file.extend(boxed(&kind, body)),
            b"jxlc" | b"jxlp" => {
                file.extend(said.take().into_iter().flatten());
                file.extend(boxed(&kind, body));
            }
            // Of no use without decoding, or what is told about the picture.
            _ => {}
        }
    }
    // Without a codestream it was none.
    said.is_none().then_some(file)
}
