//! Prefix codes (ISO/IEC 18181-1 C.2.4, in the words of RFC 7932): a stream of few tokens takes less by them, since
//! there is no state to write.

use super::{bits::Bits, uint::ceil_log2};

/// Longest code of a token, and of a length.
const LONGEST: u32 = 15;
const LONGEST_OF_LENGTHS: u32 = 5;
/// The order in which the lengths of the codes of lengths are told.
const ORDER: [usize; 18] = [1, 2, 3, 4, 0, 5, 17, 6, 16, 7, 8, 9, 10, 11, 12, 13, 14, 15];
/// What tells them: number of bits and bits.
const LENGTH_CODES: [(u32, u32); 6] = [(2, 0), (4, 7), (3, 3), (2, 2), (2, 1), (4, 15)];
/// Says that some lengths are zero.
const ZEROS: usize = 17;

/// A code for each token.
#[derive(Clone, Debug)]
pub(super) struct Prefix {
    counts: Vec<u32>,
    lengths: Vec<u32>,
    /// From the lowest bit on.
    codes: Vec<u32>,
}

impl Prefix {
    pub(super) fn new(counts: &[u32]) -> Self {
        let len = counts.iter().rposition(|&it| 0 < it).map_or(1, |last| last + 1);
        let counts: Vec<u32> = counts.iter().copied().chain([0]).take(len).collect();
        let lengths = lengths(&counts, LONGEST);
        let codes = codes(&lengths);
        Self { counts, lengths, codes }
    }

    /// The code of a token: how many bits and which.
    #[inline]
    pub(super) fn code(&self, token: u32) -> (u32, u32) {
        (self.lengths[token as usize], self.codes[token as usize])
    }

    /// What all its tokens take, in bits.
    pub(super) fn cost(&self) -> f64 {
        let bits = |(&count, &length): (&u32, &u32)| f64::from(count) * f64::from(length);
        self.counts.iter().zip(&self.lengths).map(bits).sum()
    }

    /// Tells the decoder how many tokens there may be.
    pub(super) fn write_size(&self, out: &mut Bits) {
        let last = self.counts.len() as u32 - 1;
        out.flag(last != 0);
        if last != 0 {
            let n = last.ilog2();
            out.put(4, n);
            out.put(n, last - (1 << n));
        }
    }

    /// Tells the decoder the codes.
    pub(super) fn write(&self, out: &mut Bits) {
        if self.counts.len() == 1 {
            return;
        }
        let mut used: Vec<usize> = (0..self.counts.len()).filter(|&at| 0 < self.counts[at]).collect();
        if 4 < used.len() {
            self.write_lengths(out);
            return;
        }
        used.sort_by_key(|&at| (self.lengths[at], at));
        out.put(2, 1);
        out.put(2, used.len().max(1) as u32 - 1);
        let n = ceil_log2(self.counts.len() as u32);
        for &token in &used {
            out.put(n, token as u32);
        }
        if let [first, .., last] = *used
            && used.len() == 4
        {
            // Are all as long as each other?
            out.flag(self.lengths[first] != self.lengths[last]);
        }
    }

    fn write_lengths(&self, out: &mut Bits) {
        let told = told_lengths(&self.lengths);
        let mut counts = [0; ORDER.len()];
        for &(length, _) in &told {
            counts[length] += 1;
        }
        let of_lengths = lengths(&counts, LONGEST_OF_LENGTHS);
        let codes = codes(&of_lengths);
        // No lengths are passed over.
        out.put(2, 0);
        let is_single = of_lengths.iter().filter(|&&it| it != 0).count() == 1;
        let mut space = 32;
        for at in ORDER {
            if space == 0 {
                break;
            }
            // One that stands alone takes no bits, but has to be told with some length.
            let length = if is_single && of_lengths[at] != 0 { 1 } else { of_lengths[at] };
            let (n, bits) = LENGTH_CODES[length as usize];
            out.put(n, bits);
            if length != 0 && !is_single {
                space -= 32 >> length;
            }
        }
        for (length, repeats) in told {
            if !is_single {
                out.put(of_lengths[length], codes[length]);
            }
            if length == ZEROS {
                out.put(3, repeats - 3);
            }
        }
    }
}

/// Lengths as they are told, some zeros together.
fn told_lengths(lengths: &[u32]) -> Vec<(usize, u32)> {
    let (mut told, mut at): (Vec<(usize, u32)>, usize) = (vec![], 0);
    while at < lengths.len() {
        let zeros = lengths[at..].iter().take_while(|&&it| it == 0).count().min(10);
        // Two of these beside each other would mean another number.
        if 3 <= zeros && told.last().is_none_or(|it| it.0 != ZEROS) {
            told.push((ZEROS, zeros as u32));
            at += zeros;
        } else {
            told.push((lengths[at] as usize, 0));
            at += 1;
        }
    }
    told
}

/// The lengths of Huffman's codes, none above the longest.
fn lengths(counts: &[u32], longest: u32) -> Vec<u32> {
    let mut counts = counts.to_vec();
    loop {
        let found = free_lengths(&counts);
        if found.iter().all(|&it| it <= longest) {
            return found;
        }
        // Nearer to each other they have codes nearer to each other in length.
        for count in counts.iter_mut().filter(|it| **it != 0) {
            *count = *count / 2 + 1;
        }
    }
}

fn free_lengths(counts: &[u32]) -> Vec<u32> {
    let mut lengths = vec![0; counts.len()];
    let mut groups: Vec<(u64, Vec<usize>)> =
        (0..counts.len()).filter(|&at| counts[at] != 0).map(|at| (counts[at].into(), vec![at])).collect();
    if let [(_, single)] = &*groups {
        lengths[single[0]] = 0;
        return lengths;
    }
    while 1 < groups.len() {
        // The two rarest at the end, of equals the later ones.
        groups.sort_by(|one, two| two.0.cmp(&one.0).then(one.1.cmp(&two.1)));
        if let (Some(one), Some(mut two)) = (groups.pop(), groups.pop()) {
            two.0 += one.0;
            two.1.extend(one.1);
            for &at in &two.1 {
                lengths[at] += 1;
            }
            groups.push(two);
        }
    }
    lengths
}

/// Codes by length and, within one, by token; their bits reversed.
fn codes(lengths: &[u32]) -> Vec<u32> {
    let mut out = vec![0; lengths.len()];
    let (mut next, mut before) = (0_u32, 0);
    let mut used: Vec<usize> = (0..lengths.len()).filter(|&at| lengths[at] != 0).collect();
    used.sort_by_key(|&at| (lengths[at], at));
    for at in used {
        next <<= lengths[at] - before;
        before = lengths[at];
        out[at] = next.reverse_bits() >> (32 - before);
        next += 1;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{Bits, Prefix};

    #[test]
    fn rarer_tokens_have_longer_codes() {
        let prefix = Prefix::new(&[1, 0, 4, 2, 1]);
        assert_eq!([2, 3, 0, 4].map(|it| prefix.code(it)), [(1, 0), (2, 0b01), (3, 0b011), (3, 0b111)]);
        let mut bits = Bits::default();
        prefix.write(&mut bits);
        // From the lowest bit on: a simple code of four tokens, those by length, of not just one length.
        assert_eq!(bits.into_bytes(), [0b1010_1101, 0b1000_0001, 1]);
    }

    #[test]
    fn no_code_is_too_long() {
        // Fibonacci's numbers make the longest codes.
        let mut counts = vec![1_u32, 1];
        while counts.len() < 30 {
            counts.push(counts[counts.len() - 1] + counts[counts.len() - 2]);
        }
        let prefix = Prefix::new(&counts);
        let space: f64 = prefix.lengths.iter().map(|&it| 0.5_f64.powi(it as i32)).sum();
        assert!(prefix.lengths.iter().all(|&it| 0 < it && it <= 15) && space == 1.0, "{:?}", prefix.lengths);
    }
}
