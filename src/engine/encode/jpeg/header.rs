//! The marker segments before the coded bits (ITU-T T.81 annex B, JFIF 1.02).

use super::code::Codes;
use crate::engine::decode::{details::jpeg::ICC, jpeg::Frame};

/// Bytes of a segment after its marker at most, less the two of its length.
const MOST: usize = 0xffff - 2;
/// Bytes of a profile in one segment at most, after its name, the number of the piece and their count.
const PIECE: usize = MOST - ICC.len() - 2;
/// Bytes of the longest profile that a JPEG can hold: 255 pieces (ICC.1:2022 annex B.4).
pub(super) const LONGEST_PROFILE: usize = 255 * PIECE;

/// Everything up to the first coded bit of a picture in one scan. `interval` counts the coded units
/// from one restart marker to the next; a profile has at most [`LONGEST_PROFILE`] bytes.
pub(super) fn bytes(frame: &Frame, codes: &Codes, interval: u32, profile: Option<&[u8]>) -> Vec<u8> {
    let mut to = vec![0xff, 0xd8];
    // Version 1.01, 72 dots an inch, no thumbnail.
    segment(&mut to, 0xe0, b"JFIF\0\x01\x01\x01\x00\x48\x00\x48\0\0");
    let pieces = profile.unwrap_or_default().chunks(PIECE);
    // The profile is no longer than LONGEST_PROFILE.
    let count = pieces.len() as u8;
    for (number, piece) in (1..=u8::MAX).zip(pieces) {
        segment(&mut to, 0xe2, &[ICC, &[number, count], piece].concat());
    }
    let tables = frame.components.iter().take(2).filter_map(|it| it.quantisation);
    let is_wide = tables.clone().flatten().any(|it| 0xff < it);
    let quantisation = (0_u8..).zip(tables).flat_map(|(at, table)| {
        let values = table.into_iter().flat_map(move |it| it.to_be_bytes().into_iter().skip(usize::from(!is_wide)));
        std::iter::once(u8::from(is_wide) << 4 | at).chain(values)
    });
    segment(&mut to, 0xdb, &quantisation.collect::<Vec<_>>());
    let sides = [frame.height, frame.width].map(u32::to_be_bytes);
    let sides = sides.iter().flat_map(|it| it.iter().copied().skip(2));
    // One, or three.
    let count = frame.components.len() as u8;
    let components = (0_u8..).zip(&frame.components).flat_map(|(at, it)| {
        // At most two each.
        [at + 1, (it.across << 4 | it.down) as u8, at.min(1)]
    });
    // Steps of 16 bits do not belong to the baseline.
    let kind = if is_wide { 0xc1 } else { 0xc0 };
    segment(&mut to, kind, &[8].into_iter().chain(sides).chain([count]).chain(components).collect::<Vec<_>>());
    // Otherwise there is one strip.
    if interval < frame.units_across * frame.units_down {
        segment(&mut to, 0xdd, &interval.to_be_bytes()[2..]);
    }
    segment(&mut to, 0xc4, &codes.described());
    let selectors = (0..count).flat_map(|at| [at + 1, at.min(1) * 0x11]);
    segment(&mut to, 0xda, &[count].into_iter().chain(selectors).chain([0, 63, 0]).collect::<Vec<_>>());
    to
}

fn segment(to: &mut Vec<u8>, marker: u8, body: &[u8]) {
    // No longer than MOST.
    let length = (body.len() + 2) as u16;
    to.extend([0xff, marker]);
    to.extend(length.to_be_bytes());
    to.extend(body);
}
