//! What the chunks of a WebP say (RFC 9649 §2).

use super::{add, add_delay, add_exif, forget_stillness, numbers::Numbers};
use crate::engine::{
    Details,
    decode::frames::Chunks,
    details::{
        Chroma,
        MetadataKind::{Icc, Other, Xmp},
    },
};

pub(super) fn read(bytes: &[u8], details: &mut Details) {
    for (kind, body) in Chunks::of_webp(bytes) {
        let numbers = Numbers::little_endian(body);
        match &kind {
            b"VP8 " | b"VP8L" => coded(kind, details),
            b"ICCP" => add(details, Icc, body.len() as u64),
            b"EXIF" => add_exif(details, body),
            b"XMP " => add(details, Xmp, body.len() as u64),
            b"ANIM" => details.loops = numbers.short(4, 2),
            b"ANMF" => {
                add_delay(details, numbers.get(12, 3).unwrap_or(0));
                let coding = Chunks::of_webp_frame(body).find(|(kind, _)| matches!(kind, b"VP8 " | b"VP8L"));
                if let Some((kind, _)) = coding {
                    coded(kind, details);
                }
            }
            b"VP8X" | b"ALPH" => {}
            _ => add(details, Other, body.len() as u64),
        }
    }
    forget_stillness(details);
}

/// The coding of the first frame is told; others may have another.
fn coded(kind: [u8; 4], details: &mut Details) {
    if details.codec.is_none() {
        details.codec = Some(String::from_utf8_lossy(&kind).trim_end().to_owned());
        // Lossy WebP has no other subsampling; lossless WebP has red, green and blue.
        details.chroma = (&kind == b"VP8 ").then_some(Chroma::Yuv420);
    }
}
