//! Hybrid unsigned integers (ISO/IEC 18181-1 C.3.3): a token that is entropy-coded, and bits that are not.

use super::bits::Bits;

/// Which values are tokens of their own, and how many of the highest and lowest bits of the others belong to theirs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Uint {
    split_exponent: u32,
    msb: u32,
    lsb: u32,
}

/// A token and the bits after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Split {
    pub(super) token: u32,
    pub(super) n: u32,
    pub(super) bits: u32,
}

impl Uint {
    /// Fine enough to learn from and coarse enough for an alphabet of ANS at any value.
    pub(super) const USUAL: Self = Self::new(4, 2, 0);

    /// Those that are tried for each histogram.
    pub(super) const ALL: [Self; 20] = [
        Self::USUAL,
        Self::new(4, 1, 0),
        Self::new(4, 1, 1),
        Self::new(4, 1, 2),
        Self::new(4, 2, 1),
        Self::new(4, 3, 0),
        Self::new(0, 0, 0),
        Self::new(2, 0, 1),
        Self::new(2, 1, 0),
        Self::new(3, 0, 1),
        Self::new(3, 1, 0),
        Self::new(3, 1, 1),
        Self::new(3, 2, 0),
        Self::new(5, 1, 0),
        Self::new(5, 2, 0),
        Self::new(5, 3, 0),
        Self::new(5, 1, 2),
        Self::new(6, 2, 0),
        Self::new(6, 3, 0),
        Self::new(7, 2, 0),
    ];

    pub(super) const fn new(split_exponent: u32, msb: u32, lsb: u32) -> Self {
        Self { split_exponent, msb, lsb }
    }

    /// Values below 2 to this power are tokens of their own.
    pub(super) fn split_exponent(self) -> u32 {
        self.split_exponent
    }

    /// The token of a value and its other bits.
    #[inline]
    pub(super) fn split(self, value: u32) -> Split {
        if value < 1 << self.split_exponent {
            return Split { token: value, n: 0, bits: 0 };
        }
        let exponent = value.ilog2();
        let in_token = self.msb + self.lsb;
        let n = exponent - in_token;
        let high = (value >> (exponent - self.msb)) & ((1 << self.msb) - 1);
        let low = value & ((1 << self.lsb) - 1);
        let token =
            (1 << self.split_exponent) + ((exponent - self.split_exponent) << in_token) + (high << self.lsb) + low;
        Split { token, n, bits: (value >> self.lsb) & ((1_u64 << n) - 1) as u32 }
    }

    /// How many bits follow a token.
    pub(super) fn extra(self, token: u32) -> u32 {
        match token.checked_sub(1 << self.split_exponent) {
            Some(beyond) => self.split_exponent - self.msb - self.lsb + (beyond >> (self.msb + self.lsb)),
            None => 0,
        }
    }

    /// Tells it to the decoder, for an alphabet of so many bits.
    pub(super) fn write(self, log_alphabet: u32, out: &mut Bits) {
        out.put(ceil_log2(log_alphabet + 1), self.split_exponent);
        if self.split_exponent != log_alphabet {
            out.put(ceil_log2(self.split_exponent + 1), self.msb);
            out.put(ceil_log2(self.split_exponent - self.msb + 1), self.lsb);
        }
    }
}

/// The bits that tell `n` things apart.
pub(super) fn ceil_log2(n: u32) -> u32 {
    n.next_power_of_two().trailing_zeros()
}

/// Signed values in the order 0, −1, 1, −2, 2 …
#[inline]
pub(super) fn pack_signed(value: i32) -> u32 {
    ((value << 1) ^ (value >> 31)) as u32
}

#[cfg(test)]
mod tests {
    use super::{Split, Uint, pack_signed};

    #[test]
    fn tokens_as_the_standard_reads_them() {
        // 16 + (exponent 5 − 4) · 4 + the two bits after the highest one of 0b10_1101.
        assert_eq!(Uint::USUAL.split(0b10_1101), Split { token: 16 + 4 + 1, n: 3, bits: 0b101 });
        assert_eq!(Uint::USUAL.split(15), Split { token: 15, n: 0, bits: 0 });
        assert_eq!(Uint::new(4, 1, 2).split(0b1_0110), Split { token: 16 + 2, n: 1, bits: 1 });
        assert_eq!([0, -1, 1, -2, 2].map(pack_signed), [0, 1, 2, 3, 4]);
        for config in Uint::ALL {
            for value in (0..5000).chain([1 << 20, u32::MAX >> 1]) {
                let Split { token, n, .. } = config.split(value);
                assert_eq!(config.extra(token), n, "{config:?} {value}");
            }
        }
    }
}
