//! Was a picture drawn, or taken with a camera?
//!
//! libaom has means for what was drawn: palettes, and copies of what was coded before. It takes a picture for drawn
//! when a tenth of its blocks have few shades, which those of a night sky have, too: then it searches every block
//! of a photo, in three to eight times the time and for nothing.

use crate::Planes;

/// Pixels to a side of a block, as libaom counts.
const SIDE: usize = 16;
/// So many shades of 8 bits are few, and one is none of a drawing's.
const FEW: usize = 4;
/// In a block that was drawn so many of its pixels at least equal their left neighbour. Grain leaves fewer.
const EQUAL: usize = SIDE * SIDE / 2;
/// A drawing has one such block in so many at least. Those of eight photos were one in 200 or fewer, of
/// nine drawings and screenshots one in 23 or more.
const ONE_IN: usize = 50;

/// Is it worth the search for what only drawings gain from? So it is with what is too small to tell.
pub(crate) fn may_be_drawn(planes: &Planes) -> bool {
    let [width, height] = planes.size;
    let n_blocks = (width / SIDE) * (height / SIDE);
    let Some(luma) = planes.planes.first().filter(|_| n_blocks != 0) else { return true };
    let enough = n_blocks.div_ceil(ONE_IN);
    let mut found = 0;
    for band in luma.chunks_exact(width * SIDE) {
        let blocks = (0..width / SIDE).filter(|at| {
            let block = band.chunks_exact(width).filter_map(|row| row.get(at * SIDE..(at + 1) * SIDE));
            is_drawn(block, planes.depth)
        });
        found += blocks.count();
        if enough <= found {
            return true;
        }
    }
    false
}

/// Has it few shades, which lie side by side?
fn is_drawn<'a>(rows: impl Iterator<Item = &'a [u16]>, depth: u8) -> bool {
    let (mut shades, mut equal) = (vec![], 0);
    for row in rows {
        equal += row.windows(2).filter(|it| matches!(it, [left, right] if left == right)).count();
        for sample in row {
            let shade = sample >> depth.saturating_sub(8);
            if !shades.contains(&shade) {
                shades.push(shade);
            }
        }
        if FEW < shades.len() {
            return false;
        }
    }
    1 < shades.len() && EQUAL <= equal
}

#[cfg(test)]
mod tests {
    use super::may_be_drawn;
    use crate::{Chroma, Planes};

    fn grey(size: [usize; 2], sample: impl Fn(usize, usize) -> u16) -> Planes {
        let [width, height] = size;
        let luma = (0..height).flat_map(|y| (0..width).map(move |x| [x, y])).map(|[x, y]| sample(x, y)).collect();
        Planes { size, depth: 8, chroma: Chroma::None, planes: vec![luma] }
    }

    #[test]
    fn areas_are_drawn_and_grain_is_not() {
        // Three shades that change with each pixel, as in a dark sky; and the same three in stripes.
        assert!(!may_be_drawn(&grey([256, 256], |x, y| (20 + (x * 7 + y * 5) % 3) as u16)));
        assert!(may_be_drawn(&grey([256, 256], |_, y| (20 + y % 3) as u16)));
    }

    #[test]
    fn a_smooth_run_of_many_shades_and_one_shade_alone_say_nothing_of_a_drawing() {
        assert!(!may_be_drawn(&grey([256, 256], |x, y| ((x + y) / 2) as u16)));
        assert!(!may_be_drawn(&grey([256, 256], |_, _| 255)));
    }

    #[test]
    fn one_drawn_block_in_fifty_is_enough_and_the_depth_is_no_matter() {
        // Of 256 blocks; 5.12 are a fiftieth.
        let drawn = |n: usize| {
            move |x: usize, y: usize| {
                if y < 16 && x < 16 * n { (x / 8 % 2 * 200) as u16 } else { (x * 31 % 251) as u16 }
            }
        };
        assert!(!may_be_drawn(&grey([256, 256], drawn(5))));
        assert!(may_be_drawn(&grey([256, 256], drawn(6))));
        let mut deep = grey([256, 256], drawn(6));
        deep.depth = 10;
        deep.planes.iter_mut().flatten().for_each(|it| *it *= 4);
        assert!(may_be_drawn(&deep));
    }

    #[test]
    fn what_is_too_small_to_tell_may_be() {
        assert!(may_be_drawn(&grey([15, 400], |x, y| (x * y % 256) as u16)));
    }
}
