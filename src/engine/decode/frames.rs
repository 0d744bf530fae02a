//! How many frames a file has, counted by walking its blocks without decoding them.

use crate::engine::Format;

/// The number of frames: 1 for a still picture, `None` when animated and not countable.
pub(super) fn count(format: Format, bytes: &[u8]) -> Option<u32> {
    let frames = match format {
        Format::Gif => gif(bytes),
        Format::Png => apng(bytes),
        Format::WebP => webp(bytes),
        _ => 1,
    };
    Some(frames.max(1))
}

/// Walks the blocks of a GIF (GIF89a §12) and counts image descriptors.
fn gif(bytes: &[u8]) -> u32 {
    let mut frames = 0;
    let mut at = 13 + bytes.get(10).map_or(0, |flags| color_table_bytes(*flags));
    loop {
        at = match bytes.get(at) {
            Some(0x2c) => {
                frames += 1;
                let table = bytes.get(at + 9).map_or(0, |flags| color_table_bytes(*flags));
                after_sub_blocks(bytes, at + 10 + table + 1)
            }
            Some(0x21) => after_sub_blocks(bytes, at + 2),
            _ => return frames,
        }
    }
}

/// The size of a colour table in bytes, by the flags of its descriptor.
fn color_table_bytes(flags: u8) -> usize {
    if flags & 0x80 == 0 { 0 } else { 3 << ((flags & 7) + 1) }
}

fn after_sub_blocks(bytes: &[u8], mut at: usize) -> usize {
    while let Some(length) = bytes.get(at).filter(|length| **length != 0) {
        at += 1 + usize::from(*length);
    }
    at + 1
}

/// Counts the frame controls of an APNG (PNG third edition §11.3.6). A default image that is
/// not part of the animation counts as a picture of its own.
fn apng(bytes: &[u8]) -> u32 {
    let (mut controls, mut animated, mut hidden_default) = (0, false, false);
    for (kind, _) in Chunks::new(bytes, 8, u32::from_be_bytes, Order::LengthFirst) {
        match &kind {
            b"acTL" => animated = true,
            b"IDAT" if !animated => return 1,
            b"IDAT" => hidden_default |= controls == 0,
            b"fcTL" => controls += 1,
            b"IEND" => break,
            _ => {}
        }
    }
    controls + u32::from(hidden_default)
}

/// Counts the frames of an animated WebP (RFC 9649 §2.7.1.1).
fn webp(bytes: &[u8]) -> u32 {
    let chunks = Chunks::new(bytes, 12, u32::from_le_bytes, Order::KindFirst);
    chunks.filter(|(kind, _)| kind == b"ANMF").fold(0, |frames, _| frames + 1)
}

/// Chunks of a PNG or a RIFF file: a kind, a length, a body.
struct Chunks<'a> {
    bytes: &'a [u8],
    at: usize,
    number: fn([u8; 4]) -> u32,
    order: Order,
}

#[derive(Clone, Copy, PartialEq)]
enum Order {
    /// As in PNG, with a checksum behind.
    LengthFirst,
    /// As in RIFF, padded to an even length.
    KindFirst,
}

impl<'a> Chunks<'a> {
    fn new(bytes: &'a [u8], at: usize, number: fn([u8; 4]) -> u32, order: Order) -> Self {
        Self { bytes, at, number, order }
    }
}

impl<'a> Iterator for Chunks<'a> {
    type Item = ([u8; 4], &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let rest = self.bytes.get(self.at..)?;
        let (first, second) = (*rest.first_chunk::<4>()?, *rest.get(4..)?.first_chunk::<4>()?);
        let (kind, length) = match self.order {
            Order::LengthFirst => (second, first),
            Order::KindFirst => (first, second),
        };
        let length = (self.number)(length) as usize;
        let body = rest.get(8..)?;
        self.at += match self.order {
            Order::LengthFirst => 12 + length,
            Order::KindFirst => 8 + length + length % 2,
        };
        Some((kind, body.get(..length).unwrap_or(body)))
    }
}
