//! What the blocks of a GIF say (GIF89a §§23–26).

use super::{add, add_delay, forget_stillness};
use crate::engine::{
    Details,
    decode::frames::{after_sub_blocks, color_table_bytes},
    details::MetadataKind::{Comment, Icc, Other, Text, Xmp},
};

/// What follows an XMP packet, so that it can be skipped like sub-blocks (XMP specification part
/// 3 §1.1.2); its last byte ends the block.
const XMP_TRAILER: usize = 258;

pub(super) fn read(bytes: &[u8], details: &mut Details) {
    details.palette = true;
    let mut at = 13 + bytes.get(10).map_or(0, |flags| color_table_bytes(*flags));
    let (mut delay, mut loops) = (0, None);
    loop {
        at = match bytes.get(at..) {
            Some([0x2c, ..]) => {
                add_delay(details, delay);
                delay = 0;
                let table = bytes.get(at + 9).map_or(0, |flags| color_table_bytes(*flags));
                after_sub_blocks(bytes, at + 10 + table + 1)
            }
            Some([0x21, label, rest @ ..]) => {
                let end = after_sub_blocks(bytes, at + 2);
                match (label, rest) {
                    // In hundredths of a second.
                    (0xf9, [4, _, low, high, ..]) => delay = 10 * u64::from(u16::from_le_bytes([*low, *high])),
                    (0xfe, _) => add(details, Comment, weight(bytes, at + 2)),
                    (0x01, _) => add(details, Text, weight(bytes, at + 15)),
                    (0xff, _) => loops = application(bytes, at + 2, end, details).or(loops),
                    _ => {}
                }
                end
            }
            _ => break,
        };
    }
    // Without a word about it the frames are shown once.
    details.loops = Some(loops.unwrap_or(1));
    forget_stillness(details);
}

/// An application extension, from its first sub-block, a name of eleven letters; says how often
/// the animation is shown when that is what it is about.
fn application(bytes: &[u8], at: usize, end: usize, details: &mut Details) -> Option<u32> {
    let name = bytes.get(at + 1..at + 12)?;
    let data = at + 12;
    match name {
        b"NETSCAPE2.0" | b"ANIMEXTS1.0" => {
            let [3, 1, low, high, ..] = bytes.get(data..)? else { return None };
            // How often it is repeated, after it was shown; 0: for ever.
            let repeated = u32::from(u16::from_le_bytes([*low, *high]));
            return Some(if repeated == 0 { 0 } else { repeated + 1 });
        }
        b"XMP DataXMP" => {
            let length = end.min(bytes.len()).saturating_sub(data);
            add(details, Xmp, length.saturating_sub(XMP_TRAILER) as u64);
        }
        b"ICCRGBG1012" => add(details, Icc, weight(bytes, data)),
        _ => add(details, Other, weight(bytes, data)),
    }
    None
}

/// The bytes in sub-blocks, without those of their lengths.
fn weight(bytes: &[u8], mut at: usize) -> u64 {
    let mut sum = 0;
    while let Some(length) = bytes.get(at).filter(|length| **length != 0) {
        at += 1 + usize::from(*length);
        sum += u64::from(*length);
    }
    sum
}
