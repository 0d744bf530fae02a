//! The sequence header of AV1 (the AV1 bitstream specification, section 5.5): how large pictures
//! may become, and what their values mean, before anything is decoded.

use super::yuv::Coding;

/// What the sequence header says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Sequence {
    /// Width and height in pixels that no picture exceeds.
    pub(super) size: [u32; 2],
    /// Bits a sample: 8, 10 or 12.
    pub(super) depth: u8,
    /// By how many bits the two sides of the planes of colour are shorter; `None`: there are none.
    pub(super) chroma: Option<[u8; 2]>,
    pub(super) coding: Coding,
}

/// The first sequence header among the units of a bitstream (§5.3).
pub(super) fn sequence(mut units: &[u8]) -> Option<Sequence> {
    const SEQUENCE_HEADER: u8 = 1;
    loop {
        let (header, mut rest) = units.split_first()?;
        if header & 4 != 0 {
            rest = rest.get(1..)?;
        }
        let mut length = rest.len();
        if header & 2 != 0 {
            (length, rest) = leb128(rest)?;
        }
        let (unit, next) = rest.split_at_checked(length)?;
        if header >> 3 & 15 == SEQUENCE_HEADER {
            return read(&mut Bits { bytes: unit, at: 0 });
        }
        units = next;
    }
}

/// A number of seven bits a byte, the lowest first (§4.10.5), and what follows.
fn leb128(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let mut value = 0_u64;
    for (at, byte) in bytes.iter().enumerate().take(8) {
        value |= u64::from(byte & 0x7f) << (7 * at);
        if byte & 0x80 == 0 {
            return Some((usize::try_from(value).ok()?, bytes.get(at + 1..)?));
        }
    }
    None
}

/// Bits, the highest of a byte first.
struct Bits<'a> {
    bytes: &'a [u8],
    /// In bits.
    at: usize,
}

impl Bits<'_> {
    fn number(&mut self, bits: u32) -> Option<u32> {
        (0..bits).try_fold(0_u32, |all, _| Some((all << 1) | u32::from(self.flag()?)))
    }

    fn flag(&mut self) -> Option<bool> {
        let byte = self.bytes.get(self.at / 8)?;
        let bit = byte >> (7 - self.at % 8) & 1;
        self.at += 1;
        Some(bit == 1)
    }

    fn skip(&mut self, bits: u32) -> Option<()> {
        self.number(bits).map(drop)
    }
}

fn read(bits: &mut Bits<'_>) -> Option<Sequence> {
    let profile = bits.number(3)?;
    bits.skip(1)?;
    let is_reduced = bits.flag()?;
    if is_reduced {
        bits.skip(5)?;
    } else {
        skip_timing(bits)?;
    }
    let (width_bits, height_bits) = (bits.number(4)? + 1, bits.number(4)? + 1);
    let size = [bits.number(width_bits)? + 1, bits.number(height_bits)? + 1];
    if !is_reduced && bits.flag()? {
        bits.skip(7)?;
    }
    // Superblocks, filter intra, intra edge filter.
    bits.skip(3)?;
    if !is_reduced {
        skip_inter_tools(bits)?;
    }
    // Super-resolution, CDEF, restoration.
    bits.skip(3)?;
    colors(bits, profile, size)
}

/// Timing, decoder model and operating points.
fn skip_timing(bits: &mut Bits<'_>) -> Option<()> {
    let mut model = None;
    if bits.flag()? {
        bits.skip(32)?;
        bits.skip(32)?;
        if bits.flag()? {
            // A number of as many bits as there are zeros before it.
            let mut zeros = 0;
            while !bits.flag()? {
                zeros += 1;
            }
            bits.skip(if zeros < 32 { zeros } else { 0 })?;
        }
        if bits.flag()? {
            model = Some(bits.number(5)? + 1);
            bits.skip(32)?;
            bits.skip(10)?;
        }
    }
    let has_delay = bits.flag()?;
    for _ in 0..=bits.number(5)? {
        bits.skip(12)?;
        if 7 < bits.number(5)? {
            bits.skip(1)?;
        }
        if let Some(length) = model
            && bits.flag()?
        {
            bits.skip(length)?;
            bits.skip(length)?;
            bits.skip(1)?;
        }
        if has_delay && bits.flag()? {
            bits.skip(4)?;
        }
    }
    Some(())
}

/// Compound and warped prediction, order hints, screen content.
fn skip_inter_tools(bits: &mut Bits<'_>) -> Option<()> {
    bits.skip(4)?;
    let has_order = bits.flag()?;
    if has_order {
        bits.skip(2)?;
    }
    // Chosen by each frame, or forced here.
    let is_screen = bits.flag()? || bits.flag()?;
    if is_screen && !bits.flag()? {
        bits.skip(1)?;
    }
    if has_order {
        bits.skip(3)?;
    }
    Some(())
}

/// Depth, subsampling and code points (§5.5.2).
fn colors(bits: &mut Bits<'_>, profile: u32, size: [u32; 2]) -> Option<Sequence> {
    let is_high = bits.flag()?;
    let depth = match (is_high, profile == 2 && is_high && bits.flag()?) {
        (_, true) => 12,
        (true, _) => 10,
        _ => 8,
    };
    let is_grey = profile != 1 && bits.flag()?;
    let mut coding = Coding { primaries: 2, transfer: 2, matrix: 2, is_full: true };
    if bits.flag()? {
        let mut code = || bits.number(8).map(|it| it as u16);
        (coding.primaries, coding.transfer, coding.matrix) = (code()?, code()?, code()?);
    }
    let is_srgb = (coding.primaries, coding.transfer, coding.matrix) == (1, 13, 0);
    if is_grey || !is_srgb {
        coding.is_full = bits.flag()?;
    }
    let chroma = match profile {
        _ if is_grey => None,
        _ if is_srgb => Some([0, 0]),
        0 => Some([1, 1]),
        1 => Some([0, 0]),
        _ if depth != 12 => Some([1, 0]),
        _ => {
            let across = bits.flag()?;
            Some([u8::from(across), u8::from(across && bits.flag()?)])
        }
    };
    Some(Sequence { size, depth, chroma, coding })
}

#[cfg(test)]
mod tests {
    use super::{Coding, Sequence, sequence};

    /// Bits as text.
    fn unit(bits: &str) -> Vec<u8> {
        let bits: Vec<u8> = bits.bytes().filter(|it| *it != b' ').map(|it| it - b'0').collect();
        let bytes: Vec<u8> =
            bits.chunks(8).map(|it| it.iter().enumerate().map(|(at, bit)| bit << (7 - at)).sum::<u8>()).collect();
        // A temporal delimiter comes first.
        [&[0x12, 0, 0x0a, bytes.len() as u8][..], &bytes].concat()
    }

    #[test]
    fn a_reduced_header_by_hand() {
        // Profile 1, still, reduced, level 0; 8 and 8 bits for the sides 100 and 60; six flags; 10 bits,
        // code points 9, 16, 9, full range.
        let bits = "001 1 1 00000 0111 0111 01100011 00111011 000 000 1 1 00001001 00010000 00001001 1";
        let coding = Coding { primaries: 9, transfer: 16, matrix: 9, is_full: true };
        let wanted = Sequence { size: [100, 60], depth: 10, chroma: Some([0, 0]), coding };
        assert_eq!(sequence(&unit(bits)), Some(wanted));
        assert_eq!(sequence(&unit("001 1 1 00000 0111")), None);
    }

    #[test]
    fn a_whole_header_by_hand() {
        // Profile 2; no timing, no delays, one operating point of level 8 with its tier; 12 bits, 4:2:2.
        let point = "0 0 00000 000000000000 01000 0";
        let tools = "0 000 0000 1 00 1 1 000";
        let bits = format!("010 0 0 {point} 0000 0000 1 1 {tools} 000 1 1 0 0 0 1 0");
        let coding = Coding { primaries: 2, transfer: 2, matrix: 2, is_full: false };
        let wanted = Sequence { size: [2, 2], depth: 12, chroma: Some([1, 0]), coding };
        assert_eq!(sequence(&unit(&bits)), Some(wanted));
    }
}
