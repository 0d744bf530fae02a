//! The samples of a Photoshop document: planes, one channel behind the other, in one of four
//! compressions (Image Data Section).

use flate2::read::ZlibDecoder;
use std::io::Read as _;

/// Where the samples are and how many there are.
pub(super) struct Planes<'a> {
    /// From the number of the compression on.
    pub(super) data: &'a [u8],
    /// Is it a PSB, whose tables have wider numbers?
    pub(super) is_large: bool,
    pub(super) channels: usize,
    /// Of one channel.
    pub(super) rows: usize,
    /// Bytes of a row of one channel.
    pub(super) row_bytes: usize,
    /// Bytes of a sample; 0 for single bits.
    pub(super) sample: usize,
}

impl Planes<'_> {
    /// The first `channels`, uncompressed, and whether some of them is missing, which is zero then.
    /// Their size must have been checked.
    ///
    /// # Errors
    /// Says what is wrong.
    pub(super) fn unpacked(&self, channels: usize) -> Result<(Vec<u8>, bool), &'static str> {
        let Some((compression, data)) = self.data.split_first_chunk() else { return Err("there are no pixels in it") };
        let size = channels * self.rows * self.row_bytes;
        let mut planes = Vec::with_capacity(size);
        match u16::from_be_bytes(*compression) {
            0 => planes.extend(data.iter().take(size)),
            1 => self.unpack_rows(data, channels, &mut planes),
            2 | 3 => {
                // An error ends the picture where it is.
                let _ended = ZlibDecoder::new(data).take(size as u64).read_to_end(&mut planes);
            }
            _ => return Err("its compression is unknown"),
        }
        if planes.is_empty() {
            return Err("there are no pixels in it");
        }
        let is_cut = planes.len() < size;
        planes.resize(size, 0);
        if *compression == [0, 3] {
            planes.chunks_exact_mut(self.row_bytes.max(1)).for_each(|row| unpredict(row, self.sample));
        }
        Ok((planes, is_cut))
    }

    /// PackBits, row by row, behind a table of their lengths.
    fn unpack_rows(&self, data: &[u8], channels: usize, planes: &mut Vec<u8>) {
        let width = if self.is_large { 4 } else { 2 };
        let table = self.channels.saturating_mul(self.rows).saturating_mul(width);
        let Some((table, mut packed)) = data.split_at_checked(table) else { return };
        for length in table.chunks_exact(width).take(channels * self.rows) {
            let length = length.iter().fold(0, |all, byte| (all << 8) | usize::from(*byte));
            let Some((row, rest)) = packed.split_at_checked(length) else { return };
            packed = rest;
            let end = planes.len() + self.row_bytes;
            unpack_bits(row, end, planes);
            planes.resize(end, 0);
        }
    }
}

/// PackBits (Apple Technical Note TN1023), up to a length.
pub(super) fn unpack_bits(mut packed: &[u8], end: usize, unpacked: &mut Vec<u8>) {
    while let Some((head, rest)) = packed.split_first() {
        let room = end.saturating_sub(unpacked.len());
        if room == 0 {
            return;
        }
        packed = match *head {
            0..=127 => {
                let length = usize::from(*head) + 1;
                let literal = rest.get(..length).unwrap_or(rest);
                unpacked.extend(literal.iter().take(room));
                rest.get(length..).unwrap_or_default()
            }
            128 => rest,
            129.. => {
                let Some((value, rest)) = rest.split_first() else { return };
                let length = 257 - usize::from(*head);
                unpacked.extend(std::iter::repeat_n(*value, length.min(room)));
                rest
            }
        };
    }
}

/// Differences to the sample on the left become samples. Those in floating point are stored byte
/// by byte: all highest bytes of a row, then all second ones, and so on.
fn unpredict(row: &mut [u8], sample: usize) {
    match sample {
        2 => {
            let mut left = 0_u16;
            for pair in row.as_chunks_mut::<2>().0 {
                left = left.wrapping_add(u16::from_be_bytes(*pair));
                *pair = left.to_be_bytes();
            }
        }
        _ => {
            let mut left = 0_u8;
            for byte in row.iter_mut() {
                left = left.wrapping_add(*byte);
                *byte = left;
            }
        }
    }
    if sample == 4 {
        let apart = row.to_vec();
        let length = apart.len() / 4;
        for (at, number) in row.as_chunks_mut::<4>().0.iter_mut().enumerate() {
            *number = [0, 1, 2, 3].map(|nth| apart.get(nth * length + at).copied().unwrap_or_default());
        }
    }
}

/// Puts the planes of `channels` samples side by side.
pub(super) fn interleave<T, const N: usize>(
    planes: &[u8],
    channels: usize,
    samples: &mut [T],
    sample: fn([u8; N]) -> T,
) {
    let plane_bytes = planes.len() / channels.max(1);
    for (nth, plane) in planes.chunks_exact(plane_bytes.max(1)).take(channels).enumerate() {
        let to = samples.iter_mut().skip(nth).step_by(channels);
        to.zip(plane.as_chunks::<N>().0).for_each(|(to, bytes)| *to = sample(*bytes));
    }
}

#[cfg(test)]
mod tests {
    use super::{interleave, unpack_bits, unpredict};

    #[test]
    fn packed_bits_by_the_note_that_defines_them() {
        // The example of TN1023.
        let packed = [0xfe, 0xaa, 0x02, 0x80, 0x00, 0x2a, 0xfd, 0xaa, 0x03, 0x80, 0x00, 0x2a, 0x22, 0xf7, 0xaa];
        let wanted = [
            0xaa, 0xaa, 0xaa, 0x80, 0x00, 0x2a, 0xaa, 0xaa, 0xaa, 0xaa, 0x80, 0x00, 0x2a, 0x22, 0xaa, 0xaa, 0xaa, 0xaa,
            0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa,
        ];
        let mut unpacked = vec![];
        unpack_bits(&packed, 24, &mut unpacked);
        assert_eq!(unpacked, wanted);
        let mut cut = vec![];
        unpack_bits(&packed, 4, &mut cut);
        assert_eq!(cut, wanted[..4]);
    }

    #[test]
    fn differences_add_up() {
        let mut narrow = [250, 10, 255];
        unpredict(&mut narrow, 1);
        assert_eq!(narrow, [250, 4, 3]);
        let mut wide = [0x12, 0xff, 0x00, 0x02];
        unpredict(&mut wide, 2);
        assert_eq!(wide, [0x12, 0xff, 0x13, 0x01]);
        // 1.0 is 3f800000 and 2.0 is 40000000: highest bytes 3f 40, then 80 00, then zeros.
        let mut float = [0x3f, 0x01, 0x40, 0x80, 0, 0, 0, 0];
        unpredict(&mut float, 4);
        assert_eq!(float, [0x3f, 0x80, 0, 0, 0x40, 0, 0, 0]);
    }

    #[test]
    fn planes_lie_side_by_side() {
        let mut samples = [0; 4];
        interleave(&[0, 1, 0, 2, 1, 0, 2, 0], 2, &mut samples, u16::from_be_bytes);
        assert_eq!(samples, [1, 256, 2, 512]);
    }
}
