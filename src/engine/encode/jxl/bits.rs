//! Bits from the lowest of each byte on (ISO/IEC 18181-1 annex B).

/// Bytes that grow bit by bit.
#[derive(Clone, Debug, Default)]
pub(super) struct Bits {
    bytes: Vec<u8>,
    /// What does not fill a byte yet, from the lowest bit on.
    held: u64,
    /// How many bits that is.
    n: u32,
}

impl Bits {
    /// The lowest `n` bits, at most 32, of a value that has no others.
    pub(super) fn put(&mut self, n: u32, value: u32) {
        self.held |= u64::from(value) << self.n;
        self.n += n;
        while 8 <= self.n {
            self.bytes.push(self.held as u8);
            self.held >>= 8;
            self.n -= 8;
        }
    }

    /// One bit.
    pub(super) fn flag(&mut self, is_set: bool) {
        self.put(1, is_set.into());
    }

    /// What is left of the byte is zero.
    pub(super) fn pad(&mut self) {
        if self.n != 0 {
            self.put(8 - self.n, 0);
        }
    }

    /// A value by the first of four ways that can hold it, each a number of bits and what is added to them (the
    /// standard's `U32`). The last holds whatever comes.
    pub(super) fn select(&mut self, value: u32, ways: [(u32, u32); 4]) {
        let holds = |&(n, from): &(u32, u32)| from <= value && u64::from(value - from) < 1 << n;
        let way = ways.iter().position(holds).unwrap_or(3);
        self.put(2, way as u32);
        if let Some(&(n, from)) = ways.get(way) {
            self.put(n, value.wrapping_sub(from));
        }
    }

    /// How many bits there are.
    pub(super) fn len(&self) -> usize {
        self.bytes.len() * 8 + self.n as usize
    }

    /// All bits of another after these.
    pub(super) fn append(&mut self, other: &Self) {
        for &byte in &other.bytes {
            self.put(8, byte.into());
        }
        self.put(other.n, other.held as u32);
    }

    /// All bytes, the last one filled with zeros.
    pub(super) fn into_bytes(mut self) -> Vec<u8> {
        self.pad();
        self.bytes
    }
}
