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
    walk_gif(bytes).0
}

/// Width and height of the largest frame of a GIF: nothing keeps them within its canvas.
pub(super) fn largest_gif_frame(bytes: &[u8]) -> [u32; 2] {
    walk_gif(bytes).1
}

/// The number of frames, and the sides of the largest.
fn walk_gif(bytes: &[u8]) -> (u32, [u32; 2]) {
    let (mut frames, mut largest) = (0, [0; 2]);
    let mut at = 13 + bytes.get(10).map_or(0, |flags| color_table_bytes(*flags));
    loop {
        at = match bytes.get(at) {
            Some(0x2c) => {
                frames += 1;
                let side = |at: usize| bytes.get(at..)?.first_chunk::<2>().map(|it| u32::from(u16::from_le_bytes(*it)));
                let size = [side(at + 5).unwrap_or(0), side(at + 7).unwrap_or(0)];
                if area(largest) < area(size) {
                    largest = size;
                }
                let table = bytes.get(at + 9).map_or(0, |flags| color_table_bytes(*flags));
                after_sub_blocks(bytes, at + 10 + table + 1)
            }
            Some(0x21) => after_sub_blocks(bytes, at + 2),
            _ => return (frames, largest),
        }
    }
}

fn area([width, height]: [u32; 2]) -> u64 {
    u64::from(width) * u64::from(height)
}

/// The size of a colour table in bytes, by the flags of its descriptor.
pub(in crate::engine) fn color_table_bytes(flags: u8) -> usize {
    if flags & 0x80 == 0 { 0 } else { 3 << ((flags & 7) + 1) }
}

/// Where the sub-blocks that begin here end.
pub(in crate::engine) fn after_sub_blocks(bytes: &[u8], mut at: usize) -> usize {
    while let Some(length) = bytes.get(at).filter(|length| **length != 0) {
        at += 1 + usize::from(*length);
    }
    at + 1
}

/// Counts the frame controls of an APNG (PNG third edition §11.3.6). A default image that is
/// not part of the animation counts as a picture of its own.
fn apng(bytes: &[u8]) -> u32 {
    let (mut controls, mut animated, mut hidden_default) = (0, false, false);
    for (kind, _) in Chunks::of_png(bytes) {
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
    let chunks = Chunks::of_webp(bytes);
    chunks.filter(|(kind, _)| kind == b"ANMF").fold(0, |frames, _| frames + 1)
}

/// Chunks of a PNG or a RIFF file: a kind, a length, a body.
pub(in crate::engine) struct Chunks<'a> {
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
    /// The chunks of a PNG behind its signature.
    pub(in crate::engine) fn of_png(bytes: &'a [u8]) -> Self {
        Self::new(bytes, 8, u32::from_be_bytes, Order::LengthFirst)
    }

    /// The chunks of a WebP behind its header.
    pub(in crate::engine) fn of_webp(bytes: &'a [u8]) -> Self {
        Self::new(bytes, 12, u32::from_le_bytes, Order::KindFirst)
    }

    /// The chunks of one frame of a WebP, behind what is said of the frame.
    pub(super) fn of_webp_frame(body: &'a [u8]) -> Self {
        Self::new(body, 16, u32::from_le_bytes, Order::KindFirst)
    }

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

#[cfg(test)]
mod tests {
    use super::{count, largest_gif_frame};
    use crate::engine::Format;

    /// A GIF of 2 × 1 pixels with frames of these sizes; the coded bits do not matter here.
    fn gif(frames: &[[u8; 2]]) -> Vec<u8> {
        let mut bytes = b"GIF89a\x02\0\x01\0\x80\0\0\0\0\0\xff\xff\xff".to_vec();
        for [width, height] in frames {
            bytes.extend(b"\x21\xf9\x04\0\0\0\0\0");
            bytes.extend([0x2c, 0, 0, 0, 0, *width, 0, *height, 0, 0, 2, 2, 0x4c, 0x01, 0]);
        }
        bytes.push(0x3b);
        bytes
    }

    #[test]
    fn gif_frames_are_counted_and_measured() {
        assert_eq!(count(Format::Gif, &gif(&[[2, 1]])), Some(1));
        let three = gif(&[[2, 1], [200, 100], [1, 1]]);
        assert_eq!(count(Format::Gif, &three), Some(3));
        assert_eq!(largest_gif_frame(&three), [200, 100]);
        // Wherever it breaks off, counting ends.
        (0..three.len()).for_each(|at| assert!(count(Format::Gif, &three[..at]).is_some_and(|it| it <= 3)));
    }

    fn png(kinds: &[&[u8; 4]]) -> Vec<u8> {
        let chunk = |kind: &&[u8; 4]| [&[0; 4][..], &kind[..], &[0; 4][..]].concat();
        [b"\x89PNG\r\n\x1a\n".to_vec()].into_iter().chain(kinds.iter().map(chunk)).flatten().collect()
    }

    #[test]
    fn apng_frames_are_counted_with_a_default_image_of_its_own() {
        assert_eq!(count(Format::Png, &png(&[b"IHDR", b"IDAT", b"IEND"])), Some(1));
        assert_eq!(count(Format::Png, &png(&[b"IHDR", b"acTL", b"fcTL", b"IDAT", b"fcTL", b"fdAT", b"IEND"])), Some(2));
        assert_eq!(count(Format::Png, &png(&[b"IHDR", b"acTL", b"IDAT", b"fcTL", b"fdAT", b"IEND"])), Some(2));
        // Too late to make it an animation.
        assert_eq!(count(Format::Png, &png(&[b"IHDR", b"IDAT", b"acTL", b"fcTL", b"fdAT"])), Some(1));
    }

    #[test]
    fn webp_frames_are_counted() {
        let riff = |chunks: &[u8]| [b"RIFF\0\0\0\0WEBP", chunks].concat();
        assert_eq!(count(Format::WebP, &riff(b"VP8L\x01\0\0\0\0\0")), Some(1));
        // The odd length of the first frame is padded.
        assert_eq!(count(Format::WebP, &riff(b"ANIM\0\0\0\0ANMF\x01\0\0\0..ANMF\0\0\0\0")), Some(2));
        assert_eq!(count(Format::WebP, &riff(b"ANMF\xff\xff\xff\xff")), Some(1));
    }
}
