//! Pixels to the planes of a video frame: brightness, two differences of colour, transparency.

use crate::engine::Raster;
use inlaid_av1::{Chroma, Planes};
use rayon::prelude::*;

/// How much red and blue there is in brightness (ITU-R BT.601, matrix 5 and 6 of ITU-T H.273);
/// the rest is green.
const RED: f32 = 0.299;
const BLUE: f32 = 0.114;

/// Red, green, blue and alpha of every pixel of a row, from 0 to 1.
fn row(raster: &Raster, index: usize) -> Vec<[f32; 4]> {
    let (channels, width) = (raster.layout().channels(), raster.width() as usize);
    let (from, to) = (index * width * channels, (index + 1) * width * channels);
    let pixel = |at: &dyn Fn(usize) -> f32| [at(0), at(1), at(2), if channels == 4 { at(3) } else { 1.0 }];
    if raster.layout().is_wide() {
        let samples = raster.samples16().get(from..to).unwrap_or_default();
        let part = |it: &[u16], at: usize| it.get(at).map_or(0.0, |it| f32::from(*it) / f32::from(u16::MAX));
        samples.chunks_exact(channels).map(|it| pixel(&|at| part(it, at))).collect()
    } else {
        let samples = raster.bytes().get(from..to).unwrap_or_default();
        let part = |it: &[u8], at: usize| it.get(at).map_or(0.0, |it| f32::from(*it) / f32::from(u8::MAX));
        samples.chunks_exact(channels).map(|it| pixel(&|at| part(it, at))).collect()
    }
}

/// A sample of this depth; `value` is 0 to 1, of a difference −0.5 to 0.5 around `middle`.
fn coded(value: f32, middle: f32, depth: u8) -> u16 {
    let largest = f32::from((1_u16 << depth) - 1);
    // In range, as the clamp sees to, and so is what stands for no number.
    value.mul_add(largest, middle).round().clamp(0.0, largest) as u16
}

/// The value of a difference that is none (ITU-T H.273, 8.3).
fn middle(depth: u8) -> f32 {
    f32::from(1_u16 << (depth - 1))
}

/// Brightness and the differences of blue and red to it.
fn differences([red, green, blue, _]: [f32; 4]) -> [f32; 3] {
    let luma = RED * red + (1.0 - RED - BLUE) * green + BLUE * blue;
    [luma, (blue - luma) / (2.0 * (1.0 - BLUE)), (red - luma) / (2.0 * (1.0 - RED))]
}

/// The colours, at 8 or 10 bits; transparency is left out.
pub(super) fn colours(raster: &Raster, depth: u8, chroma: Chroma) -> Planes {
    let size = raster.size().map(|side| side as usize);
    let ([width, height], step) = (size, chroma.step());
    let (across, down) = (width.div_ceil(step), height.div_ceil(step));
    let mut luma = vec![0; width * height];
    if chroma == Chroma::None {
        luma.par_chunks_mut(width).enumerate().for_each(|(index, line)| {
            for (sample, pixel) in line.iter_mut().zip(row(raster, index)) {
                *sample = coded(differences(pixel)[0], 0.0, depth);
            }
        });
        return Planes { size, depth, chroma, planes: vec![luma] };
    }
    let (mut blue, mut red) = (vec![0; across * down], vec![0; across * down]);
    let bands = luma.par_chunks_mut(width * step).zip(blue.par_chunks_mut(across)).zip(red.par_chunks_mut(across));
    bands.enumerate().for_each(|(band, ((luma, blue), red))| {
        let mut sums = vec![[0.0, 0.0, 0.0]; across];
        for (offset, line) in luma.chunks_mut(width).enumerate() {
            for (at, (sample, pixel)) in line.iter_mut().zip(row(raster, band * step + offset)).enumerate() {
                let [brightness, to_blue, to_red] = differences(pixel);
                *sample = coded(brightness, 0.0, depth);
                if let Some([blue, red, n]) = sums.get_mut(at / step) {
                    (*blue, *red, *n) = (*blue + to_blue, *red + to_red, *n + 1.0);
                }
            }
        }
        for ((blue, red), [blues, reds, n]) in blue.iter_mut().zip(red).zip(sums) {
            (*blue, *red) = (coded(blues / n, middle(depth), depth), coded(reds / n, middle(depth), depth));
        }
    });
    Planes { size, depth, chroma, planes: vec![luma, blue, red] }
}

/// The transparency, as brightness.
pub(super) fn alpha(raster: &Raster, depth: u8) -> Planes {
    let size = raster.size().map(|side| side as usize);
    let [width, height] = size;
    let mut plane = vec![0; width * height];
    plane.par_chunks_mut(width).enumerate().for_each(|(index, line)| {
        for (sample, [.., alpha]) in line.iter_mut().zip(row(raster, index)) {
            *sample = coded(alpha, 0.0, depth);
        }
    });
    Planes { size, depth, chroma: Chroma::None, planes: vec![plane] }
}

/// Has no pixel a colour?
pub(super) fn is_grey(raster: &Raster) -> bool {
    fn grey<T: PartialEq + Sync>(samples: &[T], channels: usize) -> bool {
        samples.par_chunks(channels).all(|it| matches!(it, [red, green, blue, ..] if red == green && green == blue))
    }
    let channels = raster.layout().channels();
    if raster.layout().is_wide() { grey(raster.samples16(), channels) } else { grey(raster.bytes(), channels) }
}

#[cfg(test)]
mod tests {
    use super::{Chroma, Planes, alpha, colours, is_grey};
    use crate::engine::{Layout, Raster};

    fn rgb(width: u32, height: u32, samples: &[u8]) -> Raster {
        Raster::from_samples8(width, height, Layout::Rgb8, samples.to_vec()).unwrap()
    }

    #[test]
    fn primary_colours_are_what_the_recommendation_says() {
        // ITU-T H.273, 8.3, equations 32 and 38 to 40 with KR = 0.299 and KB = 0.114, by hand:
        // red 0.299 · 255 = 76.2; (0 − 0.299) / 1.772 · 255 + 128 = 85.0; 0.5 · 255 + 128 → 255.
        let planes = colours(&rgb(3, 1, &[255, 0, 0, 0, 255, 0, 0, 0, 255]), 8, Chroma::Full).planes;
        assert_eq!(planes, [[76, 150, 29], [85, 44, 255], [255, 21, 107]]);
        let planes = colours(&rgb(2, 1, &[255, 255, 255, 128, 128, 128]), 10, Chroma::Full).planes;
        // 128 / 255 · 1023 = 513.5.
        assert_eq!(planes, [[1023, 514], [512, 512], [512, 512]]);
    }

    #[test]
    fn four_pixels_share_the_mean_of_their_colours_and_those_at_the_edge_have_fewer() {
        let red_and_black = [[255, 0, 0], [0; 3], [255, 0, 0]].concat();
        let raster = rgb(3, 3, &[&red_and_black[..], &[0; 9], &red_and_black].concat());
        let Planes { planes, .. } = colours(&raster, 8, Chroma::Half);
        assert_eq!(planes[0], [76, 0, 76, 0, 0, 0, 76, 0, 76]);
        // A quarter, a half, a half and a whole of red: 0.5 · 255 · share + 128.
        assert_eq!(planes[2], [160, 192, 192, 255]);
    }

    #[test]
    fn transparency_keeps_its_steps_at_any_depth() {
        let raster = Raster::from_samples16(2, 1, Layout::Rgba16, vec![1, 2, 3, 0, 4, 5, 6, u16::MAX]).unwrap();
        assert_eq!(alpha(&raster, 10).planes, [[0, 1023]]);
        assert_eq!(alpha(&rgb(1, 1, &[0; 3]), 8).planes, [[255]]);
    }

    #[test]
    fn one_coloured_pixel_is_a_colour() {
        assert!(is_grey(&rgb(2, 1, &[7, 7, 7, 9, 9, 9])));
        assert!(!is_grey(&rgb(2, 1, &[7, 7, 7, 9, 9, 8])));
    }
}
