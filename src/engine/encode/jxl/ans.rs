//! Asymmetric numeral systems with alias tables (ISO/IEC 18181-1 C.2).

use super::{bits::Bits, uint::Split};

/// Frequencies add up to 2 to this power.
const LOG_TOTAL: u32 = 12;
const TOTAL: u32 = 1 << LOG_TOTAL;
/// What the state is at the end.
const LAST_STATE: u32 = 0x0013_0000;
/// Says that the frequency before comes again several times.
const REPEAT: u32 = LOG_TOTAL + 1;

/// The code of each logarithm of a frequency, plus one; the last is [`REPEAT`]. Length and bits.
const LOG_CODES: [(u32, u32); 14] = [
    (5, 17),
    (4, 11),
    (4, 15),
    (4, 3),
    (4, 9),
    (4, 7),
    (3, 4),
    (3, 2),
    (3, 5),
    (3, 6),
    (3, 0),
    (6, 33),
    (7, 1),
    (7, 65),
];

/// The frequencies of a histogram's tokens, as they are told to the decoder.
#[derive(Clone, Debug)]
pub(super) struct Frequencies {
    /// They add up to [`TOTAL`], of as many tokens as there are.
    of: Vec<u16>,
    /// How exactly they are told.
    shift: u32,
    /// Which one is not told, since it is the rest.
    omitted: usize,
}

impl Frequencies {
    /// Those that cost the least, what telling them takes included.
    pub(super) fn best(counts: &[u32]) -> Self {
        let used = counts.iter().filter(|&&it| 0 < it).count();
        if used <= 1 {
            let at = counts.iter().position(|&it| 0 < it).unwrap_or(0);
            let mut of = vec![0; at + 1];
            of[at] = TOTAL as u16;
            return Self { of, shift: 0, omitted: at };
        }
        let mut best: Option<(f64, Self)> = None;
        for shift in [13, 11, 9, 7, 5, 3, 1, 0] {
            let it = Self::near(counts, shift);
            let cost = it.cost(counts);
            if best.as_ref().is_none_or(|(least, _)| cost < *least) {
                best = Some((cost, it));
            }
        }
        best.map_or_else(|| Self::near(counts, REPEAT), |it| it.1)
    }

    /// Near to the counts, of at least two tokens, with so many of each one's bits.
    fn near(counts: &[u32], shift: u32) -> Self {
        let len = counts.iter().rposition(|&it| 0 < it).map_or(0, |last| last + 1);
        let total: u64 = counts.iter().copied().map(u64::from).sum();
        let mut of: Vec<u32> = counts[..len]
            .iter()
            .map(|&count| if count == 0 { 0 } else { rounded(u64::from(count), total, shift) })
            .collect();
        let code = |it: u32| if it == 0 { 0 } else { it.ilog2() + 1 };
        loop {
            let most = of.iter().map(|&it| code(it)).max().unwrap_or(0);
            let omitted = of.iter().position(|&it| code(it) == most).unwrap_or(0);
            let rest = of.iter().sum::<u32>() - of[omitted];
            if rest < TOTAL {
                of[omitted] = TOTAL - rest;
                return Self { of: of.into_iter().map(|it| it as u16).collect(), shift, omitted };
            }
            // Too many: the largest of the others becomes a step smaller.
            let others = of.iter().enumerate().filter(|&(at, _)| at != omitted);
            if let Some((at, &it)) = others.max_by_key(|&(at, &it)| (it, usize::MAX - at)) {
                of[at] = floored(it.saturating_sub(1).max(1), shift);
            }
        }
    }

    /// Of telling them and then of all tokens, in bits.
    fn cost(&self, counts: &[u32]) -> f64 {
        let mut told = Bits::default();
        self.write(&mut told);
        told.len() as f64 + self.cost_of(counts)
    }

    /// Of so many of each token, in bits.
    pub(super) fn cost_of(&self, counts: &[u32]) -> f64 {
        let bits = |(&count, &of): (&u32, &u16)| match count {
            0 => 0.0,
            _ => f64::from(count) * (f64::from(LOG_TOTAL) - f64::from(of.max(1)).log2()),
        };
        counts.iter().zip(&self.of).map(bits).sum()
    }

    /// Tells the decoder.
    pub(super) fn write(&self, out: &mut Bits) {
        let used: Vec<usize> = (0..self.of.len()).filter(|&at| 0 < self.of[at]).collect();
        match *used {
            [at] => {
                out.put(2, 0b01);
                write_small(at as u32, out);
            }
            [first, second] => {
                out.put(2, 0b11);
                write_small(first as u32, out);
                write_small(second as u32, out);
                out.put(LOG_TOTAL, self.of[first].into());
            }
            _ => self.write_many(out),
        }
    }

    fn write_many(&self, out: &mut Bits) {
        // Neither one or two tokens, nor all alike.
        out.put(2, 0);
        let n = (self.shift + 1).ilog2();
        // As many ones as bits, and a zero where there could be more ones.
        out.put(n, (1 << n) - 1);
        if n < 3 {
            out.put(1, 0);
        }
        out.put(n, self.shift + 1 - (1 << n));
        write_small(self.of.len().max(3) as u32 - 3, out);
        let codes = self.codes();
        for &(code, repeats) in &codes {
            let (n, bits) = LOG_CODES[code as usize];
            out.put(n, bits);
            if code == REPEAT {
                write_small(repeats - 4, out);
            }
        }
        let mut at = 0;
        for (code, repeats) in codes {
            if code == REPEAT {
                at += repeats as usize;
                continue;
            }
            if 1 < code && at != self.omitted {
                let kept = kept_bits(code - 1, self.shift);
                let below = u32::from(self.of[at]) - (1 << (code - 1));
                out.put(kept, below >> (code - 1 - kept));
            }
            at += 1;
        }
    }

    /// The code of each frequency's logarithm, or of how often the one before comes again.
    fn codes(&self) -> Vec<(u32, u32)> {
        let code = |at: usize| self.of.get(at).map_or(0, |&it| if it == 0 { 0 } else { it.ilog2() + 1 });
        let largest = (0..self.of.len()).filter(|&at| at != self.omitted).map(code).max().unwrap_or(0);
        let len = self.of.len().max(3);
        let of = |at: usize| self.of.get(at).copied().unwrap_or(0);
        let mut codes = vec![];
        let mut at = 0;
        while at < len {
            if at == self.omitted {
                // Its own does not matter, as long as it is the first of the largest.
                let before = (0..at).map(code).max().map_or(0, |it| it + 1);
                codes.push((largest.max(before).max(1), 0));
                at += 1;
                continue;
            }
            codes.push((code(at), 0));
            let repeats = (at + 1..len).take_while(|&next| next != self.omitted && of(next) == of(at)).count();
            at += 1;
            if 4 <= repeats {
                codes.push((REPEAT, repeats as u32));
                at += repeats;
            }
        }
        codes
    }
}

/// A small number, zero being the shortest.
fn write_small(value: u32, out: &mut Bits) {
    out.flag(value != 0);
    if value != 0 {
        let n = value.ilog2();
        out.put(3, n);
        out.put(n, value - (1 << n));
    }
}

/// How many bits below the highest are told.
fn kept_bits(log: u32, shift: u32) -> u32 {
    (shift as i32 - ((LOG_TOTAL - log) >> 1) as i32).clamp(0, log as i32) as u32
}

/// The largest frequency that can be told and is not above.
fn floored(frequency: u32, shift: u32) -> u32 {
    let log = frequency.ilog2();
    let lost = log - kept_bits(log, shift);
    frequency >> lost << lost
}

/// The nearest frequency that can be told.
fn rounded(count: u64, total: u64, shift: u32) -> u32 {
    let exact = count as f64 * f64::from(TOTAL) / total as f64;
    let below = floored((exact as u32).clamp(1, TOTAL - 1), shift);
    let log = below.ilog2();
    let above = below + (1 << (log - kept_bits(log, shift)));
    // The cost is logarithmic: what lies above the geometric mean is nearer to the upper one.
    let is_nearer = f64::from(below) * f64::from(above) < exact * exact;
    if is_nearer && above < TOTAL { above } else { below }
}

/// Where in the alias table each token's share lies.
#[derive(Clone, Debug)]
pub(super) struct Table {
    frequencies: Vec<u16>,
    starts: Vec<u16>,
    places: Vec<u16>,
}

impl Table {
    /// For an alphabet of so many bits.
    pub(super) fn new(frequencies: &Frequencies, log_alphabet: u32) -> Self {
        let of = &frequencies.of;
        let mut starts = Vec::with_capacity(of.len());
        let mut start = 0;
        for &frequency in of {
            starts.push(start);
            start += frequency;
        }
        let mut places: Vec<u16> = (0..TOTAL as u16).collect();
        // A token that is certain has all places, in order.
        if of.iter().all(|&it| u32::from(it) != TOTAL) {
            for (place, (token, offset)) in aliases(of, log_alphabet).into_iter().enumerate() {
                places[usize::from(starts[token] + offset)] = place as u16;
            }
        }
        Self { frequencies: of.clone(), starts, places }
    }

    /// The state before a token was read from it, and what is to be read after.
    #[inline]
    fn step(&self, token: usize, state: u32) -> (u32, Option<u16>) {
        let frequency = u32::from(self.frequencies[token]);
        let is_large = u64::from(frequency) << 20 <= u64::from(state);
        let (state, written) = if is_large { (state >> 16, Some(state as u16)) } else { (state, None) };
        let (whole, rest) = (state / frequency, state % frequency);
        let place = self.places[usize::from(self.starts[token]) + rest as usize];
        ((whole << LOG_TOTAL) + u32::from(place), written)
    }
}

/// The token and its offset at each place, by the order of the standard's algorithm (C.2.6).
fn aliases(frequencies: &[u16], log_alphabet: u32) -> Vec<(usize, u16)> {
    let size = 1_usize << log_alphabet;
    let bucket = (TOTAL >> log_alphabet) as u16;
    let mut cutoffs: Vec<u16> = frequencies.iter().copied().chain(std::iter::repeat(0)).take(size).collect();
    let mut symbols: Vec<usize> = (0..size).collect();
    let mut offsets = vec![0_u16; size];
    let mut over: Vec<usize> = (0..size).filter(|&at| bucket < cutoffs[at]).collect();
    let mut under: Vec<usize> = (0..size).filter(|&at| cutoffs[at] < bucket).collect();
    while let (Some(high), Some(low)) = (over.pop(), under.pop()) {
        cutoffs[high] -= bucket - cutoffs[low];
        symbols[low] = high;
        offsets[low] = cutoffs[high];
        match cutoffs[high].cmp(&bucket) {
            std::cmp::Ordering::Less => under.push(high),
            std::cmp::Ordering::Equal => {}
            std::cmp::Ordering::Greater => over.push(high),
        }
    }
    let place = |(at, pos): (usize, u16)| {
        if pos < cutoffs[at] { (at, pos) } else { (symbols[at], offsets[at] + (pos - cutoffs[at])) }
    };
    (0..size).flat_map(|at| (0..bucket).map(move |pos| (at, pos))).map(place).collect()
}

/// Codes tokens in reverse, as the decoder needs them: each with its table and the bits that follow it.
pub(super) fn write_reversed<'a>(
    items: impl DoubleEndedIterator<Item = (&'a Table, Split)> + ExactSizeIterator,
    out: &mut Bits,
) {
    let mut state = LAST_STATE;
    let mut pieces: Vec<(u32, u32)> = Vec::with_capacity(items.len());
    for (table, Split { token, n, bits }) in items.rev() {
        if n != 0 {
            pieces.push((n, bits));
        }
        let (next, written) = table.step(token as usize, state);
        state = next;
        if let Some(written) = written {
            pieces.push((16, written.into()));
        }
    }
    out.put(32, state);
    for (n, bits) in pieces.into_iter().rev() {
        out.put(n, bits);
    }
}

#[cfg(test)]
mod tests {
    use super::{Bits, Frequencies, LAST_STATE, Split, TOTAL, Table, aliases, write_reversed};

    fn told(frequencies: &Frequencies) -> Vec<u8> {
        let mut bits = Bits::default();
        frequencies.write(&mut bits);
        bits.into_bytes()
    }

    #[test]
    fn one_token_is_told_by_its_number() {
        // From the lowest bit on: one or two tokens, one; not zero, 1 bit more in 3, which is 1 above 2.
        assert_eq!(told(&Frequencies::best(&[0, 0, 0, 9])), [0b0100_1101]);
    }

    #[test]
    fn frequencies_add_up_and_are_near_to_the_counts() {
        for counts in [vec![1, 1], vec![5, 0, 0, 900, 3], vec![1; 200], vec![4_000, 1, 1, 1], (1..90).collect()] {
            let frequencies = Frequencies::best(&counts);
            assert_eq!(frequencies.of.iter().copied().map(u32::from).sum::<u32>(), TOTAL, "{counts:?}");
            let all: f64 = counts.iter().copied().map(f64::from).sum();
            let entropy: f64 =
                counts.iter().filter(|&&it| 0 < it).map(|&it| -f64::from(it) * (f64::from(it) / all).log2()).sum();
            assert!(frequencies.cost_of(&counts) < entropy * 1.06 + 40.0, "{counts:?}");
        }
    }

    #[test]
    fn every_place_of_the_alias_table_is_one_share_of_a_token() {
        let frequencies = Frequencies::best(&[100, 3, 0, 700, 41, 1]);
        let mut found: Vec<Vec<u16>> = vec![vec![]; 32];
        for (token, offset) in aliases(&frequencies.of, 5) {
            found[token].push(offset);
        }
        for (token, mut offsets) in found.into_iter().enumerate() {
            offsets.sort_unstable();
            let frequency = frequencies.of.get(token).copied().unwrap_or(0);
            assert_eq!(offsets, (0..frequency).collect::<Vec<u16>>(), "{token}");
        }
    }

    #[test]
    fn a_token_that_is_certain_takes_no_bits() {
        let table = Table::new(&Frequencies::best(&[0, 5]), 5);
        let mut bits = Bits::default();
        let splits = [Split { token: 1, n: 0, bits: 0 }, Split { token: 1, n: 3, bits: 0b101 }];
        write_reversed(splits.map(|it| (&table, it)).into_iter(), &mut bits);
        // The state as it ends, and what follows the second.
        assert_eq!(bits.into_bytes(), [&LAST_STATE.to_le_bytes()[..], &[0b101]].concat());
    }
}
