//! Reversible transforms of whole pictures (ISO/IEC 18181-1 H.6).

use super::{bits::Bits, plane::Plane};
use rayon::prelude::*;

/// What the decoder has to undo.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Transform {
    /// Colours decorrelated: which way, and of the three channels from there on.
    Colour { begin: usize, kind: u32 },
    /// So many channels from there on replaced by indices to so many colours.
    Palette { begin: usize, channels: usize, colours: usize },
}

impl Transform {
    /// Tells the decoder.
    pub(super) fn write(self, out: &mut Bits) {
        let begins = [(3, 0), (6, 8), (10, 72), (13, 1096)];
        match self {
            Self::Colour { begin, kind } => {
                out.put(2, 0);
                out.select(begin as u32, begins);
                out.select(kind, [(0, 6), (2, 0), (4, 2), (6, 10)]);
            }
            Self::Palette { begin, channels, colours } => {
                out.put(2, 1);
                out.select(begin as u32, begins);
                out.select(channels as u32, [(0, 1), (0, 3), (0, 4), (13, 1)]);
                out.select(colours as u32, [(8, 0), (10, 256), (12, 1280), (16, 5376)]);
                // No differences, no predictor.
                out.put(2, 0);
                out.put(4, 0);
            }
        }
    }
}

/// The orders of the channels; each has seven ways of decorrelating them.
const ORDERS: [[usize; 3]; 6] = [[0, 1, 2], [1, 2, 0], [2, 0, 1], [0, 2, 1], [1, 0, 2], [2, 1, 0]];

/// Three samples decorrelated.
#[inline]
pub(super) fn decorrelate(kind: u32, samples: [i32; 3]) -> [i32; 3] {
    let [a, b, c] = ORDERS[(kind / 7) as usize % 6].map(|at| samples[at]);
    match kind % 7 {
        0 => [a, b, c],
        1 => [a, b, c - a],
        2 => [a, b - a, c],
        3 => [a, b - a, c - a],
        4 => [a, b - ((a + c) >> 1), c],
        5 => [a, b - ((a + c) >> 1), c - a],
        _ => {
            let orange = a - c;
            let middle = c + (orange >> 1);
            let green = b - middle;
            [middle + (green >> 1), orange, green]
        }
    }
}

/// Three planes decorrelated.
pub(super) fn decorrelate_planes(kind: u32, planes: &mut [Plane]) {
    if let [one, two, three] = planes {
        let colours = one.samples.par_iter_mut().zip(&mut two.samples).zip(&mut three.samples);
        colours.with_min_len(1 << 16).for_each(|((a, b), c)| [*a, *b, *c] = decorrelate(kind, [*a, *b, *c]));
    }
}

#[cfg(test)]
mod tests {
    use super::{ORDERS, decorrelate};

    /// As the standard undoes it (H.6.3).
    fn undone(kind: u32, [a, b, c]: [i32; 3]) -> [i32; 3] {
        let samples = match kind % 7 {
            6 => {
                let y = a - (c >> 1);
                let green = c + y;
                let blue = y - (b >> 1);
                [blue + b, green, blue]
            }
            way => {
                let c = if way & 1 == 1 { c + a } else { c };
                let b = match way >> 1 {
                    1 => b + a,
                    2 => b + ((a + c) >> 1),
                    _ => b,
                };
                [a, b, c]
            }
        };
        let mut out = [0; 3];
        for (sample, at) in samples.into_iter().zip(ORDERS[(kind / 7) as usize]) {
            out[at] = sample;
        }
        out
    }

    #[test]
    fn every_way_of_decorrelating_can_be_undone() {
        for kind in 0..42 {
            for samples in [[0, 0, 0], [255, 0, 128], [7, 200, 31], [65_535, 0, 65_535], [1, 2, 3]] {
                assert_eq!(undone(kind, decorrelate(kind, samples)), samples, "{kind}");
            }
        }
    }
}
