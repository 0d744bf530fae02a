//! Entropy-coded segments of a JPEG: bits behind byte stuffing, and Huffman codes (ITU-T T.81
//! annexes C and F).

/// Codes of up to so many bits are found in one look.
const LOOK: u32 = 10;
/// The longest code, in bits.
const LONGEST: u32 = 16;

/// The longest code and the most bits of a coefficient.
const ENOUGH: u32 = 31;

/// What a look finds, packed: bits used up in the lowest byte, then the run of zeros before the
/// coefficient, then the coefficient itself or how many bits it has.
#[derive(Clone, Copy, Default)]
struct Found(u32);

/// The coefficient's bits did not fit into the look.
const BITS_FOLLOW: u32 = 0x80;
/// A run that leads past the block.
pub(super) const END_OF_BLOCK: u32 = 64;

impl Found {
    fn new(used: u32, run: u32, value: i16) -> Self {
        Self(used | (run << 8) | (u32::from(value.cast_unsigned()) << 16))
    }

    fn used(self) -> u32 {
        self.0 & 0x7f
    }

    fn run(self) -> u32 {
        (self.0 >> 8) & 0xff
    }

    fn value(self) -> i16 {
        // The upper half.
        ((self.0 >> 16) as u16).cast_signed()
    }
}

/// One Huffman table.
pub(super) struct Table {
    looks: Box<[Found; 1 << LOOK]>,
    /// For each length: the first code of the next length, moved up to 16 bits.
    limits: [u32; LONGEST as usize + 1],
    /// For each length: what to add to a code to find its symbol.
    offsets: [i32; LONGEST as usize + 1],
    symbols: Vec<u8>,
}

impl Table {
    /// From the number of codes of each length and their symbols; `None` when the codes do not fit.
    pub(super) fn new(counts: &[u8; 16], symbols: &[u8]) -> Option<Self> {
        let mut table = Self {
            looks: Box::new([Found::default(); 1 << LOOK]),
            limits: [0; LONGEST as usize + 1],
            offsets: [0; LONGEST as usize + 1],
            symbols: symbols.to_vec(),
        };
        let (mut code, mut index) = (0_u32, 0_usize);
        for (length, count) in (1..=LONGEST).zip(counts) {
            let first = code;
            for _ in 0..*count {
                table.look_at(code, length, *symbols.get(index)?);
                code += 1;
                index += 1;
            }
            if 1 << length < code {
                return None;
            }
            let at = length as usize;
            // Codes have at most 16 bits and there are at most 256 symbols.
            *table.offsets.get_mut(at)? = index as i32 - i32::from(*count) - first as i32;
            *table.limits.get_mut(at)? = code << (LONGEST - length);
            code <<= 1;
        }
        Some(table)
    }

    /// Enters a code of this length, and whatever may follow it, into the looks.
    fn look_at(&mut self, code: u32, length: u32, symbol: u8) {
        if LOOK < length {
            return;
        }
        let (run, size) = (u32::from(symbol >> 4), u32::from(symbol & 15));
        let run = if symbol == 0 { END_OF_BLOCK } else { run };
        let rest = LOOK - length;
        for follow in 0..1_u32 << rest {
            let found = if size <= rest {
                Found::new(length + size, run, extended(follow >> (rest - size), size))
            } else {
                Found::new(length | BITS_FOLLOW, run, size as i16)
            };
            if let Some(look) = self.looks.get_mut(((code << rest) | follow) as usize) {
                *look = found;
            }
        }
    }

    /// The symbol of a long code, with its length; `None` where there is none.
    fn long(&self, bits: u32) -> Option<(u8, u32)> {
        let length = (1..=LONGEST).find(|it| self.limits.get(*it as usize).is_some_and(|limit| bits < *limit))?;
        let code = bits >> (LONGEST - length);
        // At most 16 bits.
        let index = self.offsets.get(length as usize)? + code as i32;
        Some((*self.symbols.get(usize::try_from(index).ok()?)?, length))
    }
}

/// A coefficient from its magnitude bits (T.81 F.2.2.1, EXTEND).
fn extended(bits: u32, size: u32) -> i16 {
    if size == 0 {
        return 0;
    }
    // At most 15 bits.
    let value = bits as i32;
    (if value < 1 << (size - 1) { value - (1 << size) + 1 } else { value }) as i16
}

/// Reads bits, the highest first. What is rarely needed takes and gives it by value, so that it
/// stays in registers meanwhile.
#[derive(Clone, Copy)]
pub(super) struct Bits<'a> {
    bytes: &'a [u8],
    /// The next byte that is not in the buffer.
    at: usize,
    /// Bits to come, from the highest down; the others may be set already.
    buffer: u64,
    /// How many of them.
    left: u32,
    /// Zeros that were put in because there was nothing more.
    padding: u32,
}

impl<'a> Bits<'a> {
    pub(super) fn new(bytes: &'a [u8], at: usize) -> Self {
        Self { bytes, at, buffer: 0, left: 0, padding: 0 }
    }

    /// Was more read than there is?
    pub(super) fn is_over(&self) -> bool {
        self.left < self.padding
    }

    /// Goes on behind the next restart marker; `None` where there is none.
    pub(super) fn restart(&mut self) -> Option<()> {
        loop {
            match *self.bytes.get(self.at..)?.first_chunk::<2>()? {
                [0xff, 0xd0..=0xd7] => break,
                [0xff, 0x01..=0xfe] => return None,
                _ => self.at += 1,
            }
        }
        *self = Self::new(self.bytes, self.at + 2);
        Some(())
    }

    /// The next coefficient, with the number of zeros before it, which leads past the block where
    /// the block ends; `None` for a code that is not in the table.
    #[inline]
    pub(super) fn coefficient(&mut self, table: &Table) -> Option<(u32, i16)> {
        self.refill();
        // At most LOOK bits.
        let found = table.looks.get((self.buffer >> (64 - LOOK)) as usize).copied().unwrap_or_default();
        if found.0 & BITS_FOLLOW == 0 && found.used() != 0 {
            self.skip(found.used());
            return Some((found.run(), found.value()));
        }
        let (rest, coefficient) = self.coefficient_slowly(table, found)?;
        *self = rest;
        Some(coefficient)
    }

    fn coefficient_slowly(mut self, table: &Table, found: Found) -> Option<(Self, (u32, i16))> {
        let (run, size) = if found.used() == 0 {
            // The highest 16 bits.
            let (symbol, length) = table.long((self.buffer >> 48) as u32)?;
            self.skip(length);
            (if symbol == 0 { END_OF_BLOCK } else { u32::from(symbol >> 4) }, u32::from(symbol & 15))
        } else {
            self.skip(found.used());
            // At most 15.
            (found.run(), u32::from(found.value().cast_unsigned()))
        };
        let value = self.magnitude(size);
        Some((self, (run, value)))
    }

    /// So many bits, at most 16.
    #[inline]
    pub(super) fn take(&mut self, bits: u32) -> u32 {
        if bits == 0 {
            return 0;
        }
        self.refill();
        // At most 16 bits.
        let taken = (self.buffer >> (64 - bits)) as u32;
        self.skip(bits);
        taken
    }

    fn magnitude(&mut self, size: u32) -> i16 {
        if size == 0 {
            return 0;
        }
        // At most 15 bits.
        let bits = (self.buffer >> (64 - size)) as u32;
        self.skip(size);
        extended(bits, size)
    }

    #[inline]
    fn skip(&mut self, bits: u32) {
        self.buffer <<= bits;
        self.left -= bits;
    }

    /// As many bits are in the buffer afterwards as one coefficient can take.
    #[inline]
    fn refill(&mut self) {
        if ENOUGH <= self.left {
            return;
        }
        if let Some(eight) = self.bytes.get(self.at..).and_then(<[u8]>::first_chunk::<8>) {
            let eight = u64::from_be_bytes(*eight);
            if !has_ones(eight) {
                self.buffer |= eight >> self.left;
                let bytes = (63 - self.left) >> 3;
                self.at += bytes as usize;
                self.left += bytes * 8;
                return;
            }
        }
        *self = self.refilled_slowly();
    }

    /// Byte by byte, since there is stuffing, or a marker, where nothing but zeros comes any more.
    #[cold]
    fn refilled_slowly(mut self) -> Self {
        // What the other way has put below the counted bits.
        self.buffer &= !(u64::MAX.checked_shr(self.left).unwrap_or(0));
        while self.left <= 56 {
            let byte = match (self.bytes.get(self.at), self.bytes.get(self.at + 1)) {
                (Some(0xff), Some(0)) => {
                    self.at += 2;
                    0xff
                }
                (Some(byte), _) if *byte != 0xff => {
                    self.at += 1;
                    *byte
                }
                _ => {
                    self.left += 8;
                    self.padding = self.padding.saturating_add(8);
                    continue;
                }
            };
            self.buffer |= u64::from(byte) << (56 - self.left);
            self.left += 8;
        }
        self
    }
}

/// Is any of the bytes 0xff?
fn has_ones(eight: u64) -> bool {
    const LOW: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x8080_8080_8080_8080;
    // A byte of !eight is zero where one of eight is 0xff.
    (!eight).wrapping_sub(LOW) & eight & HIGH != 0
}
