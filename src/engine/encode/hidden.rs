//! What nobody sees: colours below full transparency, which would cost bytes.

use crate::engine::{Layout, Raster};
use bytemuck::Pod;
use rayon::prelude::*;

/// A transform reaches no farther than such a block, mostly.
const SIDE: usize = 8;

/// The same picture; where it is fully transparent, the mean of the colours that are seen near by.
pub(super) fn quietened(raster: &Raster) -> Raster {
    let [width, height] = raster.size();
    let calm = match raster.layout() {
        Layout::Rgb8 | Layout::Rgb16 => None,
        Layout::Rgba8 => filled(raster.bytes(), width as usize)
            .and_then(|it| Raster::from_samples8(width, height, Layout::Rgba8, it)),
        Layout::Rgba16 => filled(raster.samples16(), width as usize)
            .and_then(|it| Raster::from_samples16(width, height, Layout::Rgba16, it)),
    };
    calm.map_or_else(|| raster.clone(), |it| it.with_profile(raster.profile().cloned()))
}

/// RGBA pixels with nothing to see where nothing is seen; `None` when everything is.
fn filled<T>(samples: &[T], width: usize) -> Option<Vec<T>>
where
    T: Pod + Into<u64> + TryFrom<u64> + Send + Sync,
{
    let pixels: &[[T; 4]] = samples.as_chunks::<4>().0;
    let is_hidden = |[.., alpha]: &[T; 4]| (*alpha).into() == 0;
    if !pixels.par_iter().any(is_hidden) {
        return None;
    }
    let mut filled = pixels.to_vec();
    filled.par_chunks_mut(width * SIDE).for_each(|band| {
        let mut last = None;
        for left in (0..width).step_by(SIDE) {
            let block = |line: &[[T; 4]]| left..(left + SIDE).min(line.len());
            let seen =
                band.chunks(width).filter_map(|line| line.get(block(line))).flatten().filter(|it| !is_hidden(it));
            last = mean(seen).or(last);
            let colour = last.unwrap_or([T::zeroed(); 3]);
            for line in band.chunks_mut(width) {
                let block = block(line);
                let pixels = line.get_mut(block).unwrap_or_default();
                for pixel in pixels.iter_mut().filter(|it| is_hidden(it)) {
                    let [red, green, blue] = colour;
                    *pixel = [red, green, blue, T::zeroed()];
                }
            }
        }
    });
    Some(filled.concat())
}

fn mean<'a, T>(pixels: impl Iterator<Item = &'a [T; 4]>) -> Option<[T; 3]>
where
    T: Copy + Into<u64> + TryFrom<u64> + 'a,
{
    let (mut sums, mut n) = ([0_u64; 3], 0_u64);
    for pixel in pixels {
        n += 1;
        for (sum, sample) in sums.iter_mut().zip(pixel) {
            *sum += (*sample).into();
        }
    }
    let [red, green, blue] = sums.map(|sum| T::try_from(sum.checked_div(n)?).ok());
    Some([red?, green?, blue?])
}

#[cfg(test)]
mod tests {
    use super::quietened;
    use crate::engine::{Layout, Raster};

    #[test]
    fn what_is_seen_stays_and_what_is_hidden_takes_its_mean() {
        let seen = [[10, 20, 30, 255], [30, 40, 50, 1]];
        let hidden = [[255, 0, 255, 0], [0, 9, 0, 0]];
        let raster = Raster::from_samples8(4, 1, Layout::Rgba8, [seen, hidden].as_flattened().concat()).unwrap();
        let mean = [20, 30, 40, 0];
        assert_eq!(quietened(&raster).bytes(), [seen, [mean; 2]].as_flattened().concat());
        let all_seen = Raster::from_samples8(2, 1, Layout::Rgba8, seen.concat()).unwrap();
        assert!(quietened(&all_seen).same_pixels(&all_seen));
        let nothing = Raster::from_samples16(1, 1, Layout::Rgba16, vec![7, 8, 9, 0]).unwrap();
        assert_eq!(quietened(&nothing).samples16(), [0; 4]);
    }
}
