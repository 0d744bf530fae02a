//! Transparency and what lies under or around a picture.

use crate::engine::{Layout, Raster};
use rayon::prelude::*;

/// Rows of pixels handed to a thread at once, in pixels.
const CHUNK: usize = 1 << 16;

/// 16-bit value of an 8-bit one: 255 becomes 65,535.
fn widen(sample: u8) -> u16 {
    u16::from(sample) * 257
}

/// Lays the picture on a colour, given as stored values; shares it when it is opaque already.
///
/// Blends stored values, not light: a page blends its pictures so (W3C Compositing and
/// Blending 1), and the result has to look like the original does there.
pub(in crate::engine) fn flatten(raster: &Raster, colour: [u8; 3]) -> Raster {
    let blended = match raster.layout() {
        Layout::Rgb8 | Layout::Rgb16 => None,
        Layout::Rgba8 => {
            let blend = |top: u8, ground: u8, alpha: u8| {
                let sum = u32::from(top) * u32::from(alpha) + u32::from(ground) * u32::from(u8::MAX - alpha);
                ((sum + 127) / 255) as u8
            };
            let samples = without_alpha(raster.bytes(), |[r, g, b, a]| {
                [blend(r, colour[0], a), blend(g, colour[1], a), blend(b, colour[2], a)]
            });
            Raster::from_samples8(raster.width(), raster.height(), Layout::Rgb8, samples)
        }
        Layout::Rgba16 => {
            let colour = colour.map(widen);
            let blend = |top: u16, ground: u16, alpha: u16| {
                // At most 65,535² + 32,767, which fits 32 bits.
                let sum = u32::from(top) * u32::from(alpha) + u32::from(ground) * u32::from(u16::MAX - alpha);
                ((sum + 32_767) / 65_535) as u16
            };
            let samples = without_alpha(raster.samples16(), |[r, g, b, a]| {
                [blend(r, colour[0], a), blend(g, colour[1], a), blend(b, colour[2], a)]
            });
            Raster::from_samples16(raster.width(), raster.height(), Layout::Rgb16, samples)
        }
    };
    keeping_profile(blended, raster)
}

/// The same picture without its alpha channel if that lets nothing through; shares it otherwise.
pub(in crate::engine) fn drop_useless_alpha(raster: &Raster) -> Raster {
    if has_transparency(raster) {
        return raster.clone();
    }
    let (width, height) = (raster.width(), raster.height());
    let opaque = match raster.layout() {
        Layout::Rgb8 | Layout::Rgb16 => None,
        Layout::Rgba8 => {
            let samples = without_alpha(raster.bytes(), |[r, g, b, _]| [r, g, b]);
            Raster::from_samples8(width, height, Layout::Rgb8, samples)
        }
        Layout::Rgba16 => {
            let samples = without_alpha(raster.samples16(), |[r, g, b, _]| [r, g, b]);
            Raster::from_samples16(width, height, Layout::Rgb16, samples)
        }
    };
    keeping_profile(opaque, raster)
}

/// Does any pixel let the ground through?
pub(in crate::engine) fn has_transparency(raster: &Raster) -> bool {
    match raster.layout() {
        Layout::Rgb8 | Layout::Rgb16 => false,
        Layout::Rgba8 => raster.bytes().as_chunks::<4>().0.par_iter().any(|&[.., alpha]| alpha != u8::MAX),
        Layout::Rgba16 => raster.samples16().as_chunks::<4>().0.par_iter().any(|&[.., alpha]| alpha != u16::MAX),
    }
}

/// Cuts out the middle, or lays the picture in the middle of a larger canvas; each side by
/// itself. Without a colour (stored values) the rest is transparent.
pub(in crate::engine) fn recanvas(raster: &Raster, canvas: [u32; 2], colour: Option<[u8; 3]>) -> Raster {
    if raster.size() == canvas {
        return raster.clone();
    }
    let grows = raster.width() < canvas[0] || raster.height() < canvas[1];
    let raster = match colour {
        Some(colour) if grows => flatten(raster, colour),
        None if grows => with_alpha(raster),
        _ => raster.clone(),
    };
    let layout = raster.layout();
    let [r, g, b] = colour.unwrap_or_default();
    let alpha = if colour.is_some() { u8::MAX } else { 0 };
    let [width, height] = canvas;
    let placed = if layout.is_wide() {
        let ground = [widen(r), widen(g), widen(b), widen(alpha)];
        let samples = place(&raster, raster.samples16(), canvas, &ground[..layout.channels()]);
        Raster::from_samples16(width, height, layout, samples)
    } else {
        let samples = place(&raster, raster.bytes(), canvas, &[r, g, b, alpha][..layout.channels()]);
        Raster::from_samples8(width, height, layout, samples)
    };
    keeping_profile(placed, &raster)
}

/// Samples of the canvas: the overlap of the two centred rectangles on `ground`.
fn place<T: Copy>(raster: &Raster, samples: &[T], [width, height]: [u32; 2], ground: &[T]) -> Vec<T> {
    let channels = ground.len();
    let (from_x, to_x, columns) = overlap(raster.width(), width);
    let (from_y, to_y, rows) = overlap(raster.height(), height);
    let mut placed = ground.repeat(width as usize * height as usize);
    let sources = samples.chunks_exact(raster.width() as usize * channels).skip(from_y);
    let targets = placed.chunks_exact_mut(width as usize * channels).skip(to_y);
    for (source, target) in sources.zip(targets).take(rows) {
        let source = source.iter().skip(from_x * channels).take(columns * channels);
        target.iter_mut().skip(to_x * channels).zip(source).for_each(|(target, &source)| *target = source);
    }
    placed
}

/// Where two centred lengths overlap: start in the first, start in the second, length.
fn overlap(first: u32, second: u32) -> (usize, usize, usize) {
    let (first, second) = (first as usize, second as usize);
    (first.saturating_sub(second) / 2, second.saturating_sub(first) / 2, first.min(second))
}

/// The same picture with an alpha channel that lets nothing through.
fn with_alpha(raster: &Raster) -> Raster {
    let (width, height) = (raster.width(), raster.height());
    let widened = match raster.layout() {
        Layout::Rgba8 | Layout::Rgba16 => None,
        Layout::Rgb8 => Raster::from_samples8(width, height, Layout::Rgba8, raster.to_rgba8()),
        Layout::Rgb16 => {
            let pixels = raster.samples16().as_chunks::<3>().0;
            let samples = pixels.iter().flat_map(|&[r, g, b]| [r, g, b, u16::MAX]).collect();
            Raster::from_samples16(width, height, Layout::Rgba16, samples)
        }
    };
    keeping_profile(widened, raster)
}

/// Turns four channels into three, on all threads.
fn without_alpha<T: Copy + Default + Send + Sync>(samples: &[T], pixel: impl Fn([T; 4]) -> [T; 3] + Sync) -> Vec<T> {
    let mut opaque = vec![T::default(); samples.len() / 4 * 3];
    opaque.par_chunks_mut(CHUNK * 3).zip(samples.par_chunks(CHUNK * 4)).for_each(|(to, from)| {
        for (to, &from) in to.as_chunks_mut::<3>().0.iter_mut().zip(from.as_chunks::<4>().0) {
            *to = pixel(from);
        }
    });
    opaque
}

/// `made` said to be in the space of `from`; `from` itself when nothing had to be made.
fn keeping_profile(made: Option<Raster>, from: &Raster) -> Raster {
    made.map_or_else(|| from.clone(), |made| made.with_profile(from.profile().cloned()))
}

#[cfg(test)]
mod tests {
    use super::{drop_useless_alpha, flatten, recanvas};
    use crate::engine::{Layout, Raster};

    fn rgba(width: u32, height: u32, samples: &[u8]) -> Raster {
        Raster::from_samples8(width, height, Layout::Rgba8, samples.to_vec()).expect("lengths fit")
    }

    #[test]
    fn flattening_blends_stored_values() {
        // By hand: 200 × 128/255 + 255 × 127/255 = 227.39.
        let flat = flatten(&rgba(3, 1, &[200, 0, 0, 128, 9, 8, 7, 0, 1, 2, 3, 255]), [255, 255, 0]);
        assert_eq!(flat.layout(), Layout::Rgb8);
        assert_eq!(flat.bytes(), [227, 127, 0, 255, 255, 0, 1, 2, 3]);
        let wide = Raster::from_samples16(1, 1, Layout::Rgba16, vec![65_535, 0, 0, 32_768]).expect("lengths fit");
        // 32,768 + 0; 0 + 65,535 × 32,767/65,535; both exact.
        assert_eq!(flatten(&wide, [0, 255, 0]).samples16(), [32_768, 32_767, 0]);
    }

    #[test]
    fn alpha_goes_only_when_it_is_useless() {
        let clear = rgba(2, 1, &[1, 2, 3, 255, 4, 5, 6, 254]);
        assert!(drop_useless_alpha(&clear).same_pixels(&clear));
        let opaque = drop_useless_alpha(&rgba(2, 1, &[1, 2, 3, 255, 4, 5, 6, 255]));
        assert_eq!((opaque.layout(), opaque.bytes()), (Layout::Rgb8, &[1, 2, 3, 4, 5, 6][..]));
    }

    #[test]
    fn canvases_are_centred() {
        let picture = Raster::from_samples8(1, 1, Layout::Rgb8, vec![9, 8, 7]).expect("lengths fit");
        // Four wide: the spare pixel goes to the right.
        let padded = recanvas(&picture, [4, 1], None);
        assert_eq!(padded.bytes(), [0, 0, 0, 0, 9, 8, 7, 255, 0, 0, 0, 0, 0, 0, 0, 0]);
        let coloured = recanvas(&picture, [3, 1], Some([1, 2, 3]));
        assert_eq!((coloured.layout(), coloured.bytes()), (Layout::Rgb8, &[1, 2, 3, 9, 8, 7, 1, 2, 3][..]));
        let row = Raster::from_samples8(5, 1, Layout::Rgb8, (0..15).collect()).expect("lengths fit");
        assert_eq!(recanvas(&row, [3, 1], None).bytes(), [3, 4, 5, 6, 7, 8, 9, 10, 11]);
    }
}
