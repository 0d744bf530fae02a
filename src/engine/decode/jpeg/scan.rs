//! From coded bits to the coefficients of blocks (ITU-T T.81 annexes F and G).

use super::{
    huffman::{Bits, END_OF_BLOCK, Table},
    markers::{Component, Frame, Scan},
};
use crate::engine::Cancel;

/// Coefficients of a block as stored, not yet multiplied: eight of rising frequency down for each
/// of the rising frequencies across, so that eight of a kind lie side by side where the
/// transform takes them.
pub(in crate::engine) type Block = [i16; 64];

/// Where the coefficients lie that are stored one behind the other (T.81 figure A.6), transposed.
pub(in crate::engine) const ZIGZAG: [u8; 64] = [
    0, 8, 1, 2, 9, 16, 24, 17, 10, 3, 4, 11, 18, 25, 32, 40, 33, 26, 19, 12, 5, 6, 13, 20, 27, 34, 41, 48, 56, 49, 42,
    35, 28, 21, 14, 7, 15, 22, 29, 36, 43, 50, 57, 58, 51, 44, 37, 30, 23, 31, 38, 45, 52, 59, 60, 53, 46, 39, 47, 54,
    61, 62, 55, 63,
];

/// Blocks of one component: rows of whole coded units.
pub(in crate::engine) struct Grid {
    pub(in crate::engine) blocks: Vec<Block>,
    /// Blocks in a row.
    pub(in crate::engine) across: usize,
    /// Nothing but the means of its blocks is wanted.
    pub(super) means_only: bool,
}

impl Grid {
    pub(in crate::engine) fn new(component: &Component, frame: &Frame, rows_of_units: u32, means_only: bool) -> Self {
        let across = (frame.units_across * component.across) as usize;
        let down = (rows_of_units * component.down) as usize;
        Self { blocks: vec![[0; 64]; across * down], across, means_only }
    }
}

/// Walks through a scan that holds everything of its components, a few rows of coded units at a time.
pub(super) struct Whole<'a> {
    bits: Bits<'a>,
    last_means: [i32; 3],
    until_restart: u32,
}

impl<'a> Whole<'a> {
    pub(super) fn new(bytes: &'a [u8], scan: &Scan) -> Self {
        Self { bits: Bits::new(bytes, scan.bits_at), last_means: [0; 3], until_restart: scan.restart_interval }
    }

    /// Reads the next rows of coded units into the grids, one for each component; `None` for bits
    /// that make no sense, or when somebody asked to stop.
    pub(super) fn read(
        &mut self,
        rows: u32,
        frame: &Frame,
        scan: &Scan,
        grids: &mut [Grid],
        cancel: &Cancel,
    ) -> Option<()> {
        for grid in grids.iter_mut().filter(|it| !it.means_only) {
            grid.blocks.fill([0; 64]);
        }
        for row in 0..rows as usize {
            cancel.check().ok()?;
            for unit in 0..frame.units_across as usize {
                if self.until_restart == 0 && scan.restart_interval != 0 {
                    self.bits.restart()?;
                    (self.last_means, self.until_restart) = ([0; 3], scan.restart_interval);
                }
                self.until_restart = self.until_restart.wrapping_sub(1);
                for (part, last) in scan.parts.iter().zip(&mut self.last_means) {
                    let (grid, component) = (grids.get_mut(part.component)?, frame.components.get(part.component)?);
                    let (across, down) = (component.across as usize, component.down as usize);
                    let (means, details) = (part.means.as_ref()?, part.details.as_ref()?);
                    let means_only = grid.means_only;
                    for line in row * down..(row + 1) * down {
                        let start = line * grid.across + unit * across;
                        for block in grid.blocks.get_mut(start..start + across)? {
                            block[0] = next_mean(&mut self.bits, means, last)?;
                            if means_only {
                                read_over(details, &mut self.bits)?;
                            } else {
                                read_details(block, details, &mut self.bits)?;
                            }
                        }
                    }
                }
            }
            if self.bits.is_over() {
                return None;
            }
        }
        Some(())
    }
}

#[inline]
fn next_mean(bits: &mut Bits<'_>, means: &Table, last: &mut i32) -> Option<i16> {
    let (_, difference) = bits.coefficient(means)?;
    // The sum of so many 16-bit differences may leave their range in a broken file.
    *last = (*last + i32::from(difference)).clamp(i16::MIN.into(), i16::MAX.into());
    // Clamped.
    Some(*last as i16)
}

#[inline]
fn read_details(block: &mut Block, details: &Table, bits: &mut Bits<'_>) -> Option<()> {
    let mut own = *bits;
    let mut at = 1;
    while at < 64 {
        let (run, value) = own.coefficient(details)?;
        at += run as usize;
        if value != 0 && at < 64 {
            block[usize::from(ZIGZAG[at]) & 63] = value;
        }
        at += 1;
    }
    *bits = own;
    Some(())
}

/// The same where a block has one pixel, which the first coefficient makes alone.
#[inline]
fn read_over(details: &Table, bits: &mut Bits<'_>) -> Option<()> {
    let mut own = *bits;
    let mut at = 1;
    while at < 64 {
        at += 1 + own.coefficient(details)?.0;
    }
    *bits = own;
    Some(())
}

/// Reads one of several scans into the grids of its components, in the order of its parts.
pub(super) fn read(bytes: &[u8], frame: &Frame, scan: &Scan, grids: &mut [&mut Grid], cancel: &Cancel) -> Option<()> {
    let alone = if let [part] = scan.parts.as_slice() { frame.components.get(part.component) } else { None };
    // A component on its own comes block by block, without those beyond the edges.
    let [across, down] = match alone {
        Some(component) => [component.width.div_ceil(8), component.height.div_ceil(8)],
        None => [frame.units_across, frame.units_down],
    };
    let mut reader = Reader { bits: Bits::new(bytes, scan.bits_at), last_means: [0; 3], empty_blocks: 0 };
    let mut until_restart = scan.restart_interval;
    for row in 0..down as usize {
        cancel.check().ok()?;
        for unit in 0..across as usize {
            if until_restart == 0 && scan.restart_interval != 0 {
                reader.bits.restart()?;
                (reader.last_means, reader.empty_blocks) = ([0; 3], 0);
                until_restart = scan.restart_interval;
            }
            until_restart = until_restart.wrapping_sub(1);
            if alone.is_some() {
                let grid = grids.first_mut()?;
                let block = grid.blocks.get_mut(row * grid.across + unit)?;
                reader.block(block, frame, scan, 0)?;
                continue;
            }
            for (at, (grid, part)) in grids.iter_mut().zip(&scan.parts).enumerate() {
                let component = frame.components.get(part.component)?;
                let (across, down) = (component.across as usize, component.down as usize);
                for line in row * down..(row + 1) * down {
                    let start = line * grid.across + unit * across;
                    for block in grid.blocks.get_mut(start..start + across)? {
                        reader.block(block, frame, scan, at)?;
                    }
                }
            }
        }
        if reader.bits.is_over() {
            return None;
        }
    }
    Some(())
}

struct Reader<'a> {
    bits: Bits<'a>,
    last_means: [i32; 3],
    /// So many blocks follow of which this scan has nothing new.
    empty_blocks: u32,
}

impl Reader<'_> {
    /// Reads what the scan has of the next block of its part `at`.
    #[inline]
    fn block(&mut self, block: &mut Block, frame: &Frame, scan: &Scan, at: usize) -> Option<()> {
        let part = scan.parts.get(at)?;
        match (frame.is_progressive, scan.band[0], scan.refines) {
            (false, ..) => {
                block[0] = next_mean(&mut self.bits, part.means.as_ref()?, self.last_means.get_mut(at)?)?;
                read_details(block, part.details.as_ref()?, &mut self.bits)
            }
            (true, 0, false) => {
                let mean = next_mean(&mut self.bits, part.means.as_ref()?, self.last_means.get_mut(at)?)?;
                block[0] = mean.wrapping_shl(scan.low);
                Some(())
            }
            (true, 0, true) => {
                // At most 13 bits up, as was checked.
                block[0] |= (self.bits.take(1) as i16) << scan.low;
                Some(())
            }
            (true, _, false) => self.first_details(block, scan, part.details.as_ref()?),
            (true, _, true) => self.finer_details(block, scan, part.details.as_ref()?),
        }
    }

    /// T.81 G.1.2.2.
    #[inline]
    fn first_details(&mut self, block: &mut Block, scan: &Scan, details: &Table) -> Option<()> {
        if self.empty_blocks != 0 {
            self.empty_blocks -= 1;
            return Some(());
        }
        let [mut at, end] = scan.band;
        let mut bits = self.bits;
        while at <= end {
            let (run, value) = bits.coefficient(details)?;
            if value != 0 {
                at += run as usize;
                block[usize::from(*ZIGZAG.get(at)?) & 63] = value.wrapping_shl(scan.low);
                at += 1;
            } else if run == LONGEST_RUN {
                at += 16;
            } else {
                self.empty_blocks = empty_blocks(&mut bits, run) - 1;
                break;
            }
        }
        self.bits = bits;
        Some(())
    }

    /// T.81 G.1.2.3: a bit for each coefficient that is there already, and new ones of one bit.
    #[inline]
    fn finer_details(&mut self, block: &mut Block, scan: &Scan, details: &Table) -> Option<()> {
        let [mut at, end] = scan.band;
        let one = 1_i16 << scan.low;
        let mut bits = self.bits;
        if self.empty_blocks == 0 {
            while at <= end {
                let (mut run, value) = bits.coefficient(details)?;
                if value == 0 && run != LONGEST_RUN {
                    self.empty_blocks = empty_blocks(&mut bits, run);
                    break;
                }
                while let Some(place) = ZIGZAG.get(at).filter(|_| at <= end) {
                    let coefficient = &mut block[usize::from(*place) & 63];
                    if *coefficient != 0 {
                        refine(coefficient, one, &mut bits);
                    } else if run == 0 {
                        *coefficient = value.signum() * one;
                        at += 1;
                        break;
                    } else {
                        run -= 1;
                    }
                    at += 1;
                }
            }
        }
        if self.empty_blocks != 0 {
            self.empty_blocks -= 1;
            for place in ZIGZAG.get(at..=end).unwrap_or_default() {
                let coefficient = &mut block[usize::from(*place) & 63];
                if *coefficient != 0 {
                    refine(coefficient, one, &mut bits);
                }
            }
        }
        self.bits = bits;
        Some(())
    }
}

/// Sixteen zeros and no coefficient.
const LONGEST_RUN: u32 = 15;

/// This block and those that follow have nothing more: how many (T.81 G.1.2.2, EOBn).
#[inline]
fn empty_blocks(bits: &mut Bits<'_>, run: u32) -> u32 {
    // At most 14 bits.
    if run == END_OF_BLOCK { 1 } else { (1 << run) + bits.take(run) }
}

#[inline]
fn refine(coefficient: &mut i16, one: i16, bits: &mut Bits<'_>) {
    if bits.take(1) != 0 && *coefficient & one == 0 {
        // In a broken file it may be as far from zero as it can be.
        *coefficient = coefficient.wrapping_add(if *coefficient < 0 { -one } else { one });
    }
}
