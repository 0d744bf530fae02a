//! Metadata as items of an AVIF that [`crate::engine::encode::avif`] has written (ISO/IEC 23008-12
//! annex A): behind the coded pictures, each pointing at the one that is shown.

use super::{Carried, Part, boxes::exif_data, leave_out};
use crate::engine::{Encoded, Warning, decode::details::boxes::Boxes, encode::avif::container::boxed};

/// Numbers of items and of bytes take two and four bytes (our `iloc` of version 0).
const PLACE_BYTES: usize = 14;
const SHOWN_ITEM: u16 = 1;

struct Item {
    /// Type and empty name; of a MIME type what it is.
    kind: &'static [u8],
    data: Vec<u8>,
}

/// As [`super::rewritten`], with what is there already; `None` where there is nothing to add.
pub(super) fn rewrite(encoded: &Encoded, carried: &Carried, _: bool, warnings: &mut Vec<Warning>) -> Option<Vec<u8>> {
    if carried.density.is_some() {
        leave_out(warnings, Part::Density, "AVIF has no place for it");
    }
    if !carried.notes.is_empty() {
        leave_out(warnings, Part::Comments, "AVIF has no place for it");
    }
    let exif = carried.exif.as_ref().map(|it| Item { kind: b"Exif\0", data: exif_data(it) });
    let xmp = carried.xmp.as_ref().map(|it| Item { kind: b"mime\0application/rdf+xml\0", data: it.clone() });
    let items: Vec<Item> = exif.into_iter().chain(xmp).collect();
    if items.is_empty() {
        return None;
    }
    let mut file = vec![];
    for (kind, body) in Boxes::of(&encoded.bytes) {
        match &kind {
            b"meta" => {
                // First to learn how far everything moves: the length is the same.
                let growth = grown(body, &items, 0, 0)?.len().checked_sub(body.len())?;
                let end = encoded.bytes.len().checked_add(growth)?;
                file.extend(boxed(&kind, &grown(body, &items, growth, end)?));
            }
            // The last one.
            b"mdat" => {
                let data: Vec<&[u8]> = [body].into_iter().chain(items.iter().map(|it| &*it.data)).collect();
                file.extend(boxed(&kind, &data.concat()));
            }
            _ => file.extend(boxed(&kind, body)),
        }
    }
    u32::try_from(file.len()).is_ok().then_some(file)
}

/// The content of `meta` with these items, which lie from `at` on, while all others move by `growth`.
fn grown(meta: &[u8], items: &[Item], growth: usize, at: usize) -> Option<Vec<u8>> {
    let (version, boxes) = meta.split_first_chunk::<4>()?;
    let known = Boxes::of(boxes).find(|(kind, _)| kind == b"iloc")?.1;
    let n_known = u16::from_be_bytes(*known.get(6..)?.first_chunk()?);
    let numbered = || (n_known + 1..).zip(items);
    let descriptions = numbered().map(|(id, it)| {
        // Version 2: a number, no protection.
        boxed(b"infe", &[&[2, 0, 0, 0][..], &id.to_be_bytes(), &[0; 2], it.kind].concat())
    });
    let references = numbered().map(|(id, _)| boxed(b"cdsc", &[id, 1, SHOWN_ITEM].map(u16::to_be_bytes).concat()));
    let references: Vec<u8> = references.flatten().collect();
    let mut grown = version.to_vec();
    let mut has_references = false;
    for (kind, body) in Boxes::of(boxes) {
        let mut body = body.to_vec();
        match &kind {
            b"iloc" => body = places(&body, items, growth, at)?,
            b"iinf" => {
                set_count(&mut body, 4, n_known + items.len() as u16)?;
                body.extend(descriptions.clone().flatten());
            }
            b"iref" => {
                body.extend(&references);
                has_references = true;
            }
            b"iprp" if !has_references => grown.extend(boxed(b"iref", &[&[0; 4], &*references].concat())),
            _ => {}
        }
        grown.extend(boxed(&kind, &body));
    }
    Some(grown)
}

fn places(known: &[u8], items: &[Item], growth: usize, mut at: usize) -> Option<Vec<u8>> {
    const HEAD: usize = 8;
    let mut places = known.to_vec();
    let (head, rest) = places.split_at_mut_checked(HEAD)?;
    let entries = rest.chunks_exact_mut(PLACE_BYTES);
    let n_items = u16::try_from(entries.len() + items.len()).ok()?;
    for entry in entries {
        let offset = entry.get_mut(6..)?.first_chunk_mut()?;
        let moved = u32::from_be_bytes(*offset).checked_add(u32::try_from(growth).ok()?)?;
        *offset = moved.to_be_bytes();
    }
    set_count(head, 6, n_items)?;
    for (id, item) in (1..=n_items).skip(usize::from(n_items) - items.len()).zip(items) {
        places.extend(id.to_be_bytes());
        // In this file, in one piece.
        places.extend([0, 0, 0, 1]);
        places.extend(u32::try_from(at).ok()?.to_be_bytes());
        places.extend(u32::try_from(item.data.len()).ok()?.to_be_bytes());
        at += item.data.len();
    }
    Some(places)
}

fn set_count(bytes: &mut [u8], at: usize, count: u16) -> Option<()> {
    *bytes.get_mut(at..)?.first_chunk_mut()? = count.to_be_bytes();
    Some(())
}
