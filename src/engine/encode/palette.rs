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
    let image = ImageRef::new(raster.width(), raster.height(), colours).map_err(|_| "too many pixels")?;
    let method = if effort == Effort::Fast { QuantizeMethod::Wu } else { QuantizeMethod::kmeans() };
    let indexed =
        Pipeline::new().quantize_method(method).parallel(true).input_image(image).output_srgb8_indexed_image();
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
    options.set_max_colors(most as i32).map_err(refused)?;
    let choice = quantizr::Image::new(&chosen, chosen.len() / 4, 1).map_err(refused)?;
    let result = quantizr::QuantizeResult::quantize(&choice, &options);

    let mut neighbour = [0, 0, 0, u8::MAX];
    for pixel in pixels.as_chunks_mut::<4>().0 {
        if pixel[3] == 0 {
            *pixel = neighbour;
        }
        neighbour = *pixel;
    }
    let image = quantizr::Image::new(&pixels, size[0], size[1]).map_err(refused)?;
    let mut indices = vec![0; seen.len()];
    result.remap_image(&image, &mut indices).map_err(refused)?;
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

fn refused(error: quantizr::Error) -> Cause {
    format!("quantizr: {error:?}").into()
}
