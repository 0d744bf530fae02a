//! Pictures with a palette of at most 256 colours, of which one may be transparent.

use crate::engine::{Layout, Raster, error::Cause, recipe::Effort};
use quantette::{
    ImageRef, Pipeline, QuantizeMethod,
    deps::palette::{Srgb, cast},
};
use std::collections::HashMap;

/// One index a pixel into a list of colours.
pub(super) struct Indexed {
    pub(super) colours: Vec<[u8; 3]>,
    pub(super) indices: Vec<u8>,
    /// The index that stands for "nothing here".
    pub(super) transparent: Option<u8>,
}

/// Most colours, the transparent one included.
const MOST: usize = 256;
/// Alpha from which a pixel is seen.
const SEEN: u8 = 128;
/// More colours than this and the slower quantizer is given a coarser picture to choose from:
/// its time grows with the number of colours, not of pixels.
const COARSE_FROM: usize = 1 << 15;

/// Finds a palette: exact when the colours fit, k-means for opaque pictures, quantizr where
/// transparency takes one of the colours.
pub(super) fn reduce(raster: &Raster, effort: Effort) -> Result<Indexed, Cause> {
    let mut pixels = raster.to_rgba8();
    for [r, g, b, a] in pixels.as_chunks_mut::<4>().0 {
        if *a < SEEN {
            [*r, *g, *b, *a] = [0; 4];
        } else {
            *a = u8::MAX;
        }
    }
    if let Some(exact) = exact(&pixels) {
        return Ok(exact);
    }
    if raster.layout() == Layout::Rgb8 {
        opaque(raster, effort)
    } else {
        with_hole(pixels, raster.size().map(|side| side as usize))
    }
}

/// The picture's own colours in order of appearance, if they are few enough.
fn exact(pixels: &[u8]) -> Option<Indexed> {
    let mut known = HashMap::new();
    let mut colours = vec![];
    let mut indices = Vec::with_capacity(pixels.len() / 4);
    let mut transparent = None;
    let mut last = ([0; 4], None);
    for &pixel in pixels.as_chunks::<4>().0 {
        let index = match last {
            (same, Some(index)) if same == pixel => index,
            _ => match known.get(&pixel) {
                Some(&index) => index,
                None if colours.len() == MOST => return None,
                None => {
                    let [r, g, b, a] = pixel;
                    let index = colours.len() as u8;
                    colours.push([r, g, b]);
                    known.insert(pixel, index);
                    if a == 0 {
                        transparent = Some(index);
                    }
                    index
                }
            },
        };
        last = (pixel, Some(index));
        indices.push(index);
    }
    Some(Indexed { colours, indices, transparent })
}

fn opaque(raster: &Raster, effort: Effort) -> Result<Indexed, Cause> {
    let colours: &[Srgb<u8>] = cast::from_component_slice(raster.bytes());
    let image = ImageRef::new(raster.width(), raster.height(), colours).map_err(|refused| refused.error)?;
    let method = if effort == Effort::Fast { QuantizeMethod::Wu } else { QuantizeMethod::kmeans() };
    // Not in parallel: the bytes would depend on the number of threads.
    let indexed = Pipeline::new().quantize_method(method).input_image(image).output_srgb8_indexed_image();
    let (colours, indices) = indexed.into_parts();
    let colours = colours.into_iter().map(|colour| [colour.red, colour.green, colour.blue]).collect();
    Ok(Indexed { colours, indices, transparent: None })
}

/// `pixels` are fully transparent or fully opaque, and have more than 256 colours.
///
/// Only seen pixels choose the colours; the others take over their neighbour's while errors
/// are diffused, so that nothing bleeds out of the hole.
fn with_hole(mut pixels: Vec<u8>, size: [usize; 2]) -> Result<Indexed, Cause> {
    let seen: Vec<bool> = pixels.as_chunks::<4>().0.iter().map(|&[.., alpha]| alpha == u8::MAX).collect();
    let mut chosen: Vec<u8> =
        pixels.as_chunks::<4>().0.iter().filter(|&&[.., alpha]| alpha == u8::MAX).flatten().copied().collect();
    coarsen(&mut chosen);
    let most = if chosen.len() == pixels.len() { MOST } else { MOST - 1 };
    let mut options = quantizr::Options::default();
    options.set_max_colors(most as i32).map_err(|it| refused(&it))?;
    let choice = quantizr::Image::new(&chosen, chosen.len() / 4, 1).map_err(|it| refused(&it))?;
    let result = quantizr::QuantizeResult::quantize(&choice, &options);

    let mut neighbour = [0, 0, 0, u8::MAX];
    for pixel in pixels.as_chunks_mut::<4>().0 {
        if pixel[3] == 0 {
            *pixel = neighbour;
        }
        neighbour = *pixel;
    }
    let image = quantizr::Image::new(&pixels, size[0], size[1]).map_err(|it| refused(&it))?;
    let mut indices = vec![0; seen.len()];
    result.remap_image(&image, &mut indices).map_err(|it| refused(&it))?;
    let palette = result.get_palette();
    let mut colours: Vec<[u8; 3]> =
        palette.entries.iter().take(palette.count as usize).map(|it| [it.r, it.g, it.b]).collect();
    let hole = if most < MOST {
        // At most 255 colours were asked for.
        let hole = colours.len() as u8;
        colours.push([0; 3]);
        indices.iter_mut().zip(&seen).filter(|(_, seen)| !**seen).for_each(|(index, _)| *index = hole);
        Some(hole)
    } else {
        None
    };
    Ok(Indexed { colours, indices, transparent: hole })
}

/// Rounds the colours when there are very many of them.
fn coarsen(pixels: &mut [u8]) {
    let mut known = vec![false; 1 << 24];
    let mut count = 0;
    for &[r, g, b, _] in pixels.as_chunks::<4>().0 {
        let slot = u32::from_be_bytes([0, r, g, b]) as usize;
        if let Some(known) = known.get_mut(slot)
            && !std::mem::replace(known, true)
        {
            count += 1;
        }
    }
    if COARSE_FROM < count {
        for [r, g, b, _] in pixels.as_chunks_mut::<4>().0 {
            for sample in [r, g, b] {
                // Five bits, spread over the whole range again.
                *sample = (*sample & 0xF8) | (*sample >> 5);
            }
        }
    }
}

fn refused(error: &quantizr::Error) -> Cause {
    format!("quantizr: {error:?}").into()
}

#[cfg(test)]
mod tests {
    use super::{coarsen, reduce};
    use crate::engine::{Layout, Raster, recipe::Effort};

    fn rgba(width: u32, height: u32, samples: Vec<u8>) -> Raster {
        Raster::from_samples8(width, height, Layout::Rgba8, samples).expect("lengths fit")
    }

    #[test]
    fn few_colours_are_kept_in_order_of_appearance() {
        let samples = vec![9, 9, 9, 255, 1, 2, 3, 100, 9, 9, 9, 200, 7, 7, 7, 128];
        let indexed = reduce(&rgba(4, 1, samples), Effort::Normal).expect("few colours");
        assert_eq!(indexed.colours, [[9, 9, 9], [0, 0, 0], [7, 7, 7]]);
        assert_eq!((indexed.indices.as_slice(), indexed.transparent), (&[0, 1, 0, 2][..], Some(1)));
    }

    #[test]
    fn a_hole_takes_one_colour_of_many() {
        let samples = (0..64 * 64_u32)
            .flat_map(|at| [at as u8, (at >> 4) as u8, (at >> 8) as u8, if at % 3 == 0 { 0 } else { 255 }]);
        let indexed = reduce(&rgba(64, 64, samples.collect()), Effort::Normal).expect("it can be reduced");
        assert!(indexed.colours.len() <= 256);
        let hole = indexed.transparent.expect("there is a hole");
        assert!(indexed.indices.iter().enumerate().all(|(at, &index)| (index == hole) == (at % 3 == 0)));
        assert!(indexed.indices.iter().all(|&index| usize::from(index) < indexed.colours.len()));
    }

    #[test]
    fn partly_clear_pictures_without_a_hole_use_every_colour_for_themselves() {
        let samples = (0..64 * 64_u32).flat_map(|at| [at as u8, (at >> 4) as u8, (at >> 8) as u8, 200]);
        let indexed = reduce(&rgba(64, 64, samples.collect()), Effort::Normal).expect("it can be reduced");
        assert_eq!((indexed.transparent, indexed.colours.len()), (None, 256));
    }

    #[test]
    fn very_many_colours_are_rounded_to_five_bits() {
        let few = vec![0x87, 0x08, 0xFF, 255];
        let mut same = few.clone();
        coarsen(&mut same);
        assert_eq!(same, few);
        let mut many: Vec<u8> = (0..40_000_u32).flat_map(|at| [at as u8, (at >> 8) as u8, 0xFF, 255]).collect();
        coarsen(&mut many);
        // 0x87 = 0b10000_111 → 0b10000_100; 0x01 → 0; 0xFF stays.
        assert_eq!(many[0x187 * 4..0x188 * 4], [0x84, 0x00, 0xFF, 255]);
    }
}
