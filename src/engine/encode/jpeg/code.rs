//! From quantised coefficients to Huffman codes (ITU-T T.81 F.1.2).

use crate::engine::{
    decode::jpeg::{Block, ZIGZAG},
    error::Cause,
};
use mozjpeg_rs::{
    fast_entropy::FastBitWriter,
    huffman::{DerivedTable, HuffTable, generate_optimal_table},
};

/// Sixteen zeros in a row.
const ZEROS: u8 = 0xf0;
/// Nothing but zeros up to the end of the block.
const END: u8 = 0;

/// One symbol and the bits after it.
#[derive(Clone, Copy)]
struct Symbol {
    /// Is it the mean of a block, or a detail?
    is_mean: bool,
    code: u8,
    /// The low `count` bits.
    bits: u16,
    count: u8,
}

impl Symbol {
    /// A value with zeros before it.
    fn new(is_mean: bool, zeros: u32, value: i16) -> Self {
        let magnitude = value.unsigned_abs();
        // At most 16, and at most 15.
        let count = (u16::BITS - magnitude.leading_zeros()) as u8;
        let bits = if value < 0 { !magnitude } else { magnitude };
        Self { is_mean, code: (zeros as u8) << 4 | count, bits: bits & ((1_u32 << count) - 1) as u16, count }
    }

    fn alone(code: u8) -> Self {
        Self { is_mean: false, code, bits: 0, count: 0 }
    }
}

/// Names the symbols of a block; `mask` has a bit for each coefficient that is not zero, in the order
/// in which they are stored.
#[inline]
fn symbols(block: &Block, mask: u64, last_mean: &mut i16, mut put: impl FnMut(Symbol)) {
    put(Symbol::new(true, 0, block[0].wrapping_sub(*last_mean)));
    *last_mean = block[0];
    let mut rest = mask & !1;
    let mut before = 0;
    while rest != 0 {
        let at = rest.trailing_zeros();
        let mut zeros = at - before - 1;
        while 15 < zeros {
            put(Symbol::alone(ZEROS));
            zeros -= 16;
        }
        let place = usize::from(ZIGZAG[at as usize & 63]) & 63;
        put(Symbol::new(false, zeros, block[place]));
        before = at;
        rest &= rest - 1;
    }
    if before != 63 {
        put(Symbol::alone(END));
    }
}

/// Luma has codes of its own; both kinds of chroma share theirs.
fn class(component: usize) -> usize {
    component.min(1)
}

/// How often each symbol comes, for means and details of luma and of chroma; the last place of each
/// is for a code that must not be used.
pub(super) struct Counts {
    means: [[i64; 257]; 2],
    details: [[i64; 257]; 2],
    last_means: [i16; 3],
}

impl Default for Counts {
    fn default() -> Self {
        Self { means: [[0; 257]; 2], details: [[0; 257]; 2], last_means: [0; 3] }
    }
}

impl Counts {
    #[inline]
    pub(super) fn add(&mut self, component: usize, block: &Block, mask: u64) {
        let class = class(component);
        let (means, details) = (&mut self.means[class], &mut self.details[class]);
        let Some(last) = self.last_means.get_mut(component) else { return };
        symbols(block, mask, last, |it| {
            let counts = if it.is_mean { &mut *means } else { &mut *details };
            counts[usize::from(it.code)] += 1;
        });
    }

    pub(super) fn joined(mut self, other: &Self) -> Self {
        let mine = self.means.iter_mut().chain(&mut self.details).flatten();
        mine.zip(other.means.iter().chain(&other.details).flatten()).for_each(|(mine, theirs)| *mine += theirs);
        self
    }
}

/// The best codes for these symbols.
pub(super) struct Codes {
    /// By class: means and details.
    tables: Vec<[(HuffTable, DerivedTable); 2]>,
}

impl Codes {
    /// Of a picture with so many components.
    pub(super) fn of(counts: &Counts, components: usize) -> Result<Self, Cause> {
        let table = |mut counts: [i64; 257], is_mean| {
            let table = generate_optimal_table(&mut counts)?;
            let derived = DerivedTable::from_huff_table(&table, is_mean)?;
            Ok::<_, mozjpeg_rs::Error>((table, derived))
        };
        let classes = counts.means.iter().zip(&counts.details).take(components);
        let tables = classes.map(|(means, details)| Ok([table(*means, true)?, table(*details, false)?]));
        Ok(Self { tables: tables.collect::<Result<_, Cause>>()? })
    }

    /// The body of the segment that says them (T.81 B.2.4.2).
    pub(super) fn described(&self) -> Vec<u8> {
        let mut body = vec![];
        for (class, tables) in (0_u8..).zip(&self.tables) {
            for (kind, (table, _)) in (0_u8..).zip(tables) {
                let counts = &table.bits[1..];
                let n_symbols: usize = counts.iter().map(|it| usize::from(*it)).sum();
                body.push(kind << 4 | class);
                body.extend(counts);
                body.extend(table.huffval.iter().take(n_symbols));
            }
        }
        body
    }
}

/// Writes one strip.
pub(super) struct Writer<'a> {
    codes: &'a Codes,
    bits: FastBitWriter,
    last_means: [i16; 3],
}

impl<'a> Writer<'a> {
    pub(super) fn new(codes: &'a Codes) -> Self {
        Self { codes, bits: FastBitWriter::new(), last_means: [0; 3] }
    }

    #[inline]
    pub(super) fn add(&mut self, component: usize, block: &Block, mask: u64) {
        let Some([(_, means), (_, details)]) = self.codes.tables.get(class(component)) else { return };
        let Some(last) = self.last_means.get_mut(component) else { return };
        let bits = &mut self.bits;
        symbols(block, mask, last, |it| {
            let (code, length) = if it.is_mean { means } else { details }.get_code(it.code);
            bits.write_code_and_extra(code, length, it.bits, it.count);
        });
    }

    /// The last byte is filled up with ones.
    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.bits.into_bytes()
    }
}
