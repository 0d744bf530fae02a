//! Bilevel pictures as fax machines code them (ITU-T T.4 and T.6), inside of TIFF.
//!
//! The tables of code words are those of the `fax` crate; its own loops know neither coding
//! without ends of lines nor two-dimensional coding of group 3.

use fax::{
    BitReader, ByteReader, Color,
    maps::{Mode, black, mode, white},
};
use std::convert::Infallible;

/// The variants of TIFF 6.0 §10 and §11.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Coding {
    /// Compression 2: rows of runs that begin on whole bytes.
    Huffman,
    /// Compression 3: rows behind ends of lines, of runs only.
    Group3,
    /// Compression 3 with bit 0 of T4Options: after an end of line a bit tells which kind of row follows.
    Group3Mixed,
    /// Compression 4: all rows by their differences to the row before.
    Group4,
}

/// Rows of packed bits, black being set, until the data or the rows end.
pub(super) fn unpack(data: &[u8], coding: Coding, width: usize, rows: usize) -> Vec<u8> {
    // The tables look ahead, so something has to follow the last code word.
    let padded = data.iter().copied().chain([0; 4]).map(Ok::<u8, Infallible>);
    let Ok(mut reader) = ByteReader::new(padded);
    let mut unpacked = vec![];
    let mut before: Vec<usize> = vec![];
    for _ in 0..rows {
        let is_plain = match coding {
            Coding::Huffman => true,
            Coding::Group4 => false,
            Coding::Group3 | Coding::Group3Mixed => {
                if !skip_end_of_line(&mut reader) {
                    break;
                }
                coding == Coding::Group3 || bit(&mut reader) == Some(true)
            }
        };
        let row = if is_plain { runs(&mut reader, width) } else { differences(&mut reader, &before, width) };
        let Some(row) = row else { break };
        draw(&row, width, &mut unpacked);
        before = row;
        if coding == Coding::Huffman {
            let rest = reader.bits_to_byte_boundary();
            let Ok(()) = reader.consume(rest);
        }
    }
    unpacked
}

fn bit(reader: &mut impl BitReader<Error = Infallible>) -> Option<bool> {
    let bit = reader.peek(1)? == 1;
    let Ok(()) = reader.consume(1);
    Some(bit)
}

/// At least eleven zeros and a one. A file may leave out the first one.
fn skip_end_of_line(reader: &mut impl BitReader<Error = Infallible>) -> bool {
    if reader.peek(11) != Some(0) {
        return reader.peek(1).is_some();
    }
    while let Some(is_set) = bit(reader) {
        if is_set {
            return true;
        }
    }
    false
}

/// A run of one colour: any number of long codes, and a short one.
fn run(reader: &mut impl BitReader<Error = Infallible>, color: Color) -> Option<usize> {
    let mut sum = 0;
    loop {
        let length = match color {
            Color::Black => black::decode(reader)?,
            Color::White => white::decode(reader)?,
        };
        sum += usize::from(length);
        if length < 64 {
            return Some(sum);
        }
    }
}

/// Where the colour changes, white coming first.
fn runs(reader: &mut impl BitReader<Error = Infallible>, width: usize) -> Option<Vec<usize>> {
    let (mut changes, mut at, mut color) = (vec![], 0, Color::White);
    while at < width {
        at += run(reader, color)?;
        changes.push(at.min(width));
        color = !color;
    }
    Some(changes)
}

/// The same by the changes of the row before (T.4 §4.2).
fn differences(reader: &mut impl BitReader<Error = Infallible>, before: &[usize], width: usize) -> Option<Vec<usize>> {
    let mut changes: Vec<usize> = vec![];
    let (mut at, mut is_start) = (0, true);
    // Changes are found left to right, so the search begins where the last one ended, two back.
    let mut found = 0_usize;
    while at < width {
        let is_white = changes.len().is_multiple_of(2);
        // b1: the next change to the other colour right of here; changes to black have even places.
        found = found.saturating_sub(2);
        let fits = |(place, change): &(usize, &usize)| {
            (at < **change || (is_start && **change == 0)) && place.is_multiple_of(2) == is_white
        };
        let next = before.iter().enumerate().skip(found).find(fits);
        found = next.map_or(before.len(), |(place, _)| place);
        let b1 = next.map_or(width, |(_, change)| *change);
        match mode::decode(reader)? {
            Mode::Pass => at = before.get(found + 1).copied().unwrap_or(width),
            Mode::Vertical(shift) => {
                let change = b1.checked_add_signed(isize::from(shift))?.min(width);
                if change < at {
                    return None;
                }
                changes.push(change);
                at = change;
            }
            Mode::Horizontal => {
                let (first, second) =
                    if is_white { (Color::White, Color::Black) } else { (Color::Black, Color::White) };
                let change = at + run(reader, first)?;
                at = change + run(reader, second)?;
                changes.extend([change.min(width), at.min(width)]);
            }
            Mode::Extension | Mode::EOF => return None,
        }
        is_start = false;
    }
    Some(changes)
}

/// Packs a row into bits.
fn draw(changes: &[usize], width: usize, unpacked: &mut Vec<u8>) {
    let start = unpacked.len();
    unpacked.resize(start + width.div_ceil(8), 0);
    let Some(row) = unpacked.get_mut(start..) else { return };
    for pair in changes.chunks(2) {
        let [from, to] = *pair else {
            if let [from] = *pair {
                fill(row, from, width);
            }
            continue;
        };
        fill(row, from, to.min(width));
    }
}

fn fill(row: &mut [u8], from: usize, to: usize) {
    for at in from..to {
        if let Some(byte) = row.get_mut(at / 8) {
            *byte |= 0x80 >> (at % 8);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Coding, unpack};

    #[test]
    fn code_words_of_the_standard() {
        // T.4 tables 2 and 3: white 4 is 1011, black 3 is 10, white 1 is 000111.
        let row = [0b1011_1000, 0b0111_0000];
        assert_eq!(unpack(&row, Coding::Huffman, 8, 1), [0b0000_1110]);
        // An end of line, then the same.
        let row = [0, 0b0001_1011, 0b1000_0111];
        assert_eq!(unpack(&row, Coding::Group3, 8, 1), [0b0000_1110]);
        // T.6: horizontal 001 with the runs 4 and 3, vertical 0 (1) to the end; then 1 1 1.
        let rows = [0b0011_0111, 0b0111_1100];
        assert_eq!(unpack(&rows, Coding::Group4, 8, 2), [0b0000_1110, 0b0000_1110]);
        // With ends of lines: a tag bit 1 for runs, 0 for differences.
        let rows = [0, 0b0001_1101, 0b1100_0011, 0b1000_0000, 0b0000_1011, 0b1000_0000];
        assert_eq!(unpack(&rows, Coding::Group3Mixed, 8, 2), [0b0000_1110, 0b0000_1110]);
    }
}
