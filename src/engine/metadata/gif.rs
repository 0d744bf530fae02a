//! Comments in a GIF (GIF89a §24).

use super::{COMMENT, Carried, Found, Part, decoded, leave_out};
use crate::engine::{
    Encoded, Warning,
    decode::frames::{after_sub_blocks, color_table_bytes},
};

/// The bytes before the first block: header, screen and colours.
fn head(bytes: &[u8]) -> Option<usize> {
    Some(13 + color_table_bytes(*bytes.get(10)?))
}

/// The blocks: what each begins with, and all of it. The last is the end of the picture.
fn blocks(bytes: &[u8]) -> impl Iterator<Item = ([u8; 2], &[u8])> {
    let mut at = head(bytes);
    std::iter::from_fn(move || {
        let start = at?;
        let first = *bytes.get(start)?;
        let second = bytes.get(start + 1).copied().unwrap_or_default();
        let end = match first {
            0x21 => after_sub_blocks(bytes, start + 2),
            0x2c => after_sub_blocks(bytes, start + 11 + color_table_bytes(*bytes.get(start + 9)?)),
            0x3b => start + 1,
            _ => return None,
        };
        at = (first != 0x3b).then_some(end);
        Some(([first, second], bytes.get(start..end)?))
    })
}

pub(super) fn find(bytes: &[u8]) -> Found<'_> {
    let mut found = Found::default();
    for (_, block) in blocks(bytes).filter(|(kind, _)| *kind == [0x21, 0xfe]) {
        let mut text = vec![];
        let mut rest = block.get(2..).unwrap_or_default();
        while let Some((&length, after)) = rest.split_first().filter(|(length, _)| **length != 0) {
            let (piece, after) = after.split_at(after.len().min(length.into()));
            text.extend(piece);
            rest = after;
        }
        found.note(COMMENT, decoded(&text));
    }
    found
}

/// As [`super::rewritten`]; a still picture only.
pub(super) fn rewrite(
    encoded: &Encoded,
    carried: &Carried,
    _keeps_profile: bool,
    warnings: &mut Vec<Warning>,
) -> Option<Vec<u8>> {
    let bytes = &encoded.bytes;
    let mut file = bytes.get(..head(bytes)?)?.to_vec();
    for part in carried.parts().filter(|it| *it != Part::Comments) {
        leave_out(warnings, part, "GIF has no place for it");
    }
    for note in &carried.notes {
        file.extend([0x21, 0xfe]);
        for piece in note.unnamed().as_bytes().chunks(u8::MAX.into()) {
            // No piece is longer.
            file.push(piece.len() as u8);
            file.extend(piece);
        }
        file.push(0);
    }
    for (kind, block) in blocks(bytes) {
        match kind {
            // Comments, texts and what programs note.
            [0x21, 0xfe | 0x01 | 0xff] => {}
            [0x3b, _] => {
                file.push(0x3b);
                return Some(file);
            }
            _ => file.extend(block),
        }
    }
    // It ends early.
    None
}
