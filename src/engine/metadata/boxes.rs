//! Metadata in boxes: of HEIF and AVIF (ISO/IEC 23008-12 annex A) and of JPEG XL (ISO/IEC 18181-2 §9).

use super::{Found, MOST_BYTES, Part};
use crate::engine::decode::details::{EXIF_HEAD, boxes::Boxes, heif};
use std::{borrow::Cow, io::Read as _};

/// Of an item or a box with Exif the block itself: so many bytes come before it as the first four say.
fn block(data: &[u8]) -> Option<&[u8]> {
    let (skipped, rest) = data.split_first_chunk::<4>()?;
    let block = rest.get(usize::try_from(u32::from_be_bytes(*skipped)).ok()?..)?;
    Some(block.strip_prefix(EXIF_HEAD).unwrap_or(block))
}

/// A block of Exif as an item or a box holds it: it begins at once.
pub(super) fn exif_data(block: &[u8]) -> Vec<u8> {
    [&[0; 4], block].concat()
}

pub(super) fn find_heif(bytes: &[u8]) -> Found<'_> {
    let mut found = Found::default();
    for (is_exif, data) in heif::metadata_items(bytes) {
        if is_exif {
            found.exif = found.exif.or_else(|| block(data).map(Cow::Borrowed));
        } else {
            found.xmp.get_or_insert(Cow::Borrowed(data));
        }
    }
    found
}

pub(super) fn find_jxl(bytes: &[u8]) -> Found<'_> {
    let mut found = Found::default();
    // A bare codestream has no boxes.
    if bytes.starts_with(b"\xff\x0a") {
        return found;
    }
    for (kind, body) in Boxes::of(bytes) {
        match (&kind, body.first_chunk::<4>()) {
            (b"Exif", _) => found.exif = found.exif.or_else(|| block(body).map(Cow::Borrowed)),
            (b"xml ", _) => {
                found.xmp.get_or_insert(Cow::Borrowed(body));
            }
            // Compressed, behind the kind of what it holds.
            (b"brob", Some(b"Exif")) if found.exif.is_none() => match inflated(body) {
                Some(body) => found.exif = block(&body).map(|it| Cow::Owned(it.to_vec())),
                None => found.lost.push((Part::Exif, "it is damaged")),
            },
            (b"brob", Some(b"xml ")) if found.xmp.is_none() => match inflated(body) {
                Some(body) => found.xmp = Some(Cow::Owned(body)),
                None => found.lost.push((Part::Xmp, "it is damaged")),
            },
            _ => {}
        }
    }
    found
}

/// What a compressed box holds (RFC 7932).
fn inflated(body: &[u8]) -> Option<Vec<u8>> {
    let mut inflated = vec![];
    let stream = brotli_decompressor::Decompressor::new(body.get(4..)?, BUFFER_BYTES);
    stream.take(MOST_BYTES as u64 + 1).read_to_end(&mut inflated).ok()?;
    Some(inflated)
}

const BUFFER_BYTES: usize = 4_096;
