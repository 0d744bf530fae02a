//! Metadata in the chunks of a WebP (RFC 9649 §2.7.1.4, §2.7.1.5).

use super::{Carried, Found, Part, leave_out};
use crate::engine::{
    Encoded, Warning,
    decode::{details::EXIF_HEAD, frames::Chunks},
    encode::webp::container::{Extras, extended, simple},
};
use std::borrow::Cow;

pub(super) fn find(bytes: &[u8]) -> Found<'_> {
    let mut found = Found::default();
    for (kind, body) in Chunks::of_webp(bytes) {
        match &kind {
            b"EXIF" if found.exif.is_none() => {
                found.exif = Some(Cow::Borrowed(body.strip_prefix(EXIF_HEAD).unwrap_or(body)));
            }
            b"XMP " => {
                found.xmp.get_or_insert(Cow::Borrowed(body));
            }
            _ => {}
        }
    }
    found
}

/// As [`super::rewritten`]; a still picture only.
pub(super) fn rewrite(
    encoded: &Encoded,
    carried: &Carried,
    keeps_profile: bool,
    warnings: &mut Vec<Warning>,
) -> Option<Vec<u8>> {
    let (mut profile, mut has_alpha, mut coded) = (None, false, vec![]);
    for (kind, body) in Chunks::of_webp(&encoded.bytes) {
        match &kind {
            b"ICCP" if keeps_profile => profile = profile.or(Some(body)),
            b"ALPH" | b"VP8 " => {
                has_alpha |= &kind == b"ALPH";
                coded.push((kind, body));
            }
            b"VP8L" => {
                // Behind a byte that is always the same and two sides of 14 bits each.
                has_alpha |= body.get(4)? & 0x10 != 0;
                coded.push((kind, body));
            }
            b"ANMF" => return None,
            _ => {}
        }
    }
    if carried.density.is_some() {
        leave_out(warnings, Part::Density, "WebP has no place for it");
    }
    if !carried.notes.is_empty() {
        leave_out(warnings, Part::Comments, "WebP has no place for it");
    }
    let extras = Extras { profile, exif: carried.exif.as_deref(), xmp: carried.xmp.as_deref() };
    match coded.as_slice() {
        [] => None,
        [only] if extras.is_empty() => simple(only),
        coded => extended(coded, &extras, encoded.size, has_alpha),
    }
}
