//! Resizing in linear light with premultiplied alpha.
//!
//! Stored values become light, rows are made shorter, columns are made shorter, light becomes
//! stored values. The first two and the last two steps run strip by strip, so that no second
//! copy of the source lies in memory and a cancelled request stops within one strip.
//!
//! Light has 16 bits where samples have 8 and their curve is that of sRGB (all 256 values
//! survive the trip), and is a 32-bit float otherwise.

use super::curve::{self, Curve, Curves, Tables8};
use crate::engine::{Cancel, EngineError, Layout, Raster, recipe::Resample};
use bytemuck::{Pod, Zeroable as _};
use fast_image_resize::{
    FilterType, PixelTrait, ResizeAlg, ResizeOptions, Resizer,
    images::{TypedImage, TypedImageRef},
    pixels::{F32x3, F32x4, U8x3, U16x3, U16x4},
};
use rayon::prelude::*;
use std::ops::Range;

/// A part of the source, in pixels, that becomes a picture of another size.
#[derive(Clone, Copy)]
pub(super) struct Part {
    /// Left and top edge.
    pub(super) start: [f64; 2],
    /// Width and height.
    pub(super) length: [f64; 2],
    /// Width and height of the result.
    pub(super) to: [u32; 2],
}

/// Filter taps reach three source pixels, or three result pixels where those are larger.
const REACH: f64 = 3.0;

/// Strips a pass is cut into: enough to keep threads busy, few because each works out the
/// filter's taps anew.
const STRIPS: usize = 16;

/// Resizes a part of the picture with Lanczos3.
pub(super) fn resize(raster: &Raster, part: Part, light: Resample, cancel: &Cancel) -> Result<Raster, EngineError> {
    let max = if raster.layout().is_wide() { u16::MAX } else { u8::MAX.into() };
    let profile = raster.profile().filter(|_| light == Resample::Linear);
    let curves = profile.and_then(|profile| curve::of_profile(profile, max));
    let job = Job { raster, part, cancel };
    let resized = match (raster.layout(), light, curves) {
        (Layout::Rgb8, Resample::Srgb, _) => job.plain(),
        (Layout::Rgb8 | Layout::Rgba8, _, Some(curves)) => job.deep8(&curves),
        (Layout::Rgba8, Resample::Srgb, None) => job.shallow(&curve::stored_values(max)[0]),
        (Layout::Rgb8 | Layout::Rgba8, Resample::Linear, None) => job.shallow(&curve::srgb(max)[0]),
        (_, _, Some(curves)) => job.deep16(&curves),
        (_, Resample::Srgb, None) => job.deep16(&curve::stored_values(max)),
        (_, Resample::Linear, None) => job.deep16(&curve::srgb(max)),
    }?;
    Ok(resized.with_profile(raster.profile().cloned()))
}

/// A pixel of light while pixels are averaged.
///
/// Only the pixel types named here are compiled, and without the crate's own threads, since the
/// strips are ours: every further type costs seconds of each build.
trait Light: PixelTrait {
    /// The number that light is counted in.
    type Sample: Pod + Send + Sync;
}

impl Light for U8x3 {
    type Sample = u8;
}

impl Light for U16x3 {
    type Sample = u16;
}

impl Light for U16x4 {
    type Sample = u16;
}

impl Light for F32x3 {
    type Sample = f32;
}

impl Light for F32x4 {
    type Sample = f32;
}

#[derive(Clone, Copy)]
struct Job<'a> {
    raster: &'a Raster,
    part: Part,
    cancel: &'a Cancel,
}

impl Job<'_> {
    /// Opaque 8-bit samples on their stored values: nothing to convert.
    fn plain(&self) -> Result<Raster, EngineError> {
        let [width, height] = self.part.to;
        let copy = |from: &[u8], to: &mut [u8]| to.copy_from_slice(from);
        let samples = self.passes::<u8, U8x3>(self.raster.bytes(), copy, copy)?;
        Raster::from_samples8(width, height, Layout::Rgb8, samples).ok_or_else(lengths)
    }

    /// 8-bit samples through 16-bit light.
    fn shallow(&self, curve: &Curve) -> Result<Raster, EngineError> {
        let tables = Tables8::new(curve);
        let samples = if self.raster.layout().has_alpha() {
            self.passes::<u8, U16x4>(
                self.raster.bytes(),
                |stored, light| premultiply8(&tables, stored, light),
                |light, stored| unpremultiply8(&tables, light, stored),
            )?
        } else {
            self.passes::<u8, U16x3>(
                self.raster.bytes(),
                |stored, light| {
                    light
                        .iter_mut()
                        .zip(stored)
                        .for_each(|(light, &stored)| *light = tables.light[usize::from(stored)]);
                },
                |light, stored| {
                    stored
                        .iter_mut()
                        .zip(light)
                        .for_each(|(stored, &light)| *stored = tables.stored[usize::from(light)]);
                },
            )?
        };
        let [width, height] = self.part.to;
        Raster::from_samples8(width, height, self.raster.layout(), samples).ok_or_else(lengths)
    }

    /// 8-bit samples through floating-point light.
    fn deep8(&self, curves: &Curves) -> Result<Raster, EngineError> {
        let samples = self.deep(curves, self.raster.bytes(), u8::MAX.into(), |value| value as u8)?;
        let [width, height] = self.part.to;
        Raster::from_samples8(width, height, self.raster.layout(), samples).ok_or_else(lengths)
    }

    /// 16-bit samples through floating-point light.
    fn deep16(&self, curves: &Curves) -> Result<Raster, EngineError> {
        let samples = self.deep(curves, self.raster.samples16(), u16::MAX, |value| value)?;
        let [width, height] = self.part.to;
        Raster::from_samples16(width, height, self.raster.layout(), samples).ok_or_else(lengths)
    }

    fn deep<T>(
        &self,
        curves: &Curves,
        stored: &[T],
        max: u16,
        narrow: impl Fn(u16) -> T + Sync,
    ) -> Result<Vec<T>, EngineError>
    where
        T: Pod + Into<u16> + Send + Sync,
    {
        let [red, green, blue] = curves;
        let top = f32::from(max);
        if self.raster.layout().has_alpha() {
            let load = |stored: &[T], light: &mut [f32]| {
                for (to, &[r, g, b, a]) in light.as_chunks_mut::<4>().0.iter_mut().zip(stored.as_chunks::<4>().0) {
                    let alpha = f32::from(a.into()) / top;
                    let colour = [red.light(r.into()), green.light(g.into()), blue.light(b.into())];
                    *to = [colour[0] * alpha, colour[1] * alpha, colour[2] * alpha, alpha];
                }
            };
            let store = |light: &[f32], stored: &mut [T]| {
                for (to, &[r, g, b, a]) in stored.as_chunks_mut::<4>().0.iter_mut().zip(light.as_chunks::<4>().0) {
                    // The cast cuts what overshoots.
                    let alpha = (a * top).round() as u16;
                    let scale = if alpha == 0 { 0.0 } else { 1.0 / a };
                    let colour = [red.stored(r * scale), green.stored(g * scale), blue.stored(b * scale)];
                    *to = [narrow(colour[0]), narrow(colour[1]), narrow(colour[2]), narrow(alpha.min(max))];
                }
            };
            self.passes::<T, F32x4>(stored, load, store)
        } else {
            let load = |stored: &[T], light: &mut [f32]| {
                for (to, &[r, g, b]) in light.as_chunks_mut::<3>().0.iter_mut().zip(stored.as_chunks::<3>().0) {
                    *to = [red.light(r.into()), green.light(g.into()), blue.light(b.into())];
                }
            };
            let store = |light: &[f32], stored: &mut [T]| {
                for (to, &[r, g, b]) in stored.as_chunks_mut::<3>().0.iter_mut().zip(light.as_chunks::<3>().0) {
                    *to = [narrow(red.stored(r)), narrow(green.stored(g)), narrow(blue.stored(b))];
                }
            };
            self.passes::<T, F32x3>(stored, load, store)
        }
    }

    /// Rows first, then columns; both strip by strip.
    fn passes<T, P>(
        &self,
        stored: &[T],
        load: impl Fn(&[T], &mut [P::Sample]) + Sync,
        store: impl Fn(&[P::Sample], &mut [T]) + Sync,
    ) -> Result<Vec<T>, EngineError>
    where
        T: Pod + Send + Sync,
        P: Light,
    {
        let channels = self.raster.layout().channels();
        let Part { start, length, to: [width, height] } = self.part;
        let needed = self.needed_rows();
        let (from_row, to_row) = (self.raster.width() as usize * channels, width as usize * channels);

        let stored = stored.get(needed.start * from_row..needed.end * from_row).ok_or_else(lengths)?;
        let mut narrow = vec![P::Sample::zeroed(); needed.len() * to_row];
        let strip = needed.len().div_ceil(STRIPS);
        let strips = narrow.par_chunks_mut(strip * to_row).zip(stored.par_chunks(strip * from_row));
        strips.try_for_each(|(narrow, stored)| {
            self.cancel.check()?;
            let rows = (stored.len() / from_row) as u32;
            let mut light = vec![P::Sample::zeroed(); stored.len()];
            load(stored, &mut light);
            let part = Part { start: [start[0], 0.0], length: [length[0], rows.into()], to: [width, rows] };
            convolve::<P>(&light, [self.raster.width(), rows], narrow, part)
        })?;

        let mut result = vec![T::zeroed(); height as usize * to_row];
        let strip = (height as usize).div_ceil(STRIPS);
        let scale = length[1] / f64::from(height);
        let strips = result.par_chunks_mut(strip * to_row).enumerate();
        strips.try_for_each(|(index, result)| {
            self.cancel.check()?;
            let rows = (result.len() / to_row) as u32;
            let mut light = vec![P::Sample::zeroed(); result.len()];
            let top = start[1] - needed.start as f64 + (index * strip) as f64 * scale;
            let part = Part { start: [0.0, top], length: [width.into(), f64::from(rows) * scale], to: [width, rows] };
            convolve::<P>(&narrow, [width, needed.len() as u32], &mut light, part)?;
            store(&light, result);
            Ok::<(), EngineError>(())
        })?;
        Ok(result)
    }

    /// Source rows that the result depends on.
    fn needed_rows(&self) -> Range<usize> {
        let Part { start, length, to } = self.part;
        // One row more than the filter reaches, for rounding.
        let reach = REACH * (length[1] / f64::from(to[1])).max(1.0) + 1.0;
        let height = self.raster.height() as usize;
        // Casts from floats stop at 0.
        let first = (start[1] - reach).floor() as usize;
        let last = (start[1] + length[1] + reach).ceil() as usize;
        first.min(height - 1)..last.clamp(1, height)
    }
}

/// One convolution of premultiplied samples.
fn convolve<P: Light>(from: &[P::Sample], size: [u32; 2], to: &mut [P::Sample], part: Part) -> Result<(), EngineError> {
    let from = TypedImageRef::<P>::from_buffer(size[0], size[1], bytemuck::cast_slice(from)).map_err(failed)?;
    let to = bytemuck::cast_slice_mut(to);
    let mut to = TypedImage::<P>::from_buffer(part.to[0], part.to[1], to).map_err(failed)?;
    let (left, width) = within(part.start[0], part.length[0], size[0]);
    let (top, height) = within(part.start[1], part.length[1], size[1]);
    let options = ResizeOptions::new()
        .resize_alg(ResizeAlg::Convolution(FilterType::Lanczos3))
        .crop(left, top, width, height)
        .use_alpha(false);
    Resizer::new().resize_typed(&from, &mut to, &options).map_err(failed)
}

/// The same stretch of a side, without what rounding pushed over its ends.
fn within(start: f64, length: f64, side: u32) -> (f64, f64) {
    let side = f64::from(side);
    let start = start.clamp(0.0, side);
    let mut length = length.min(side - start);
    while side < start + length {
        length = length.next_down();
    }
    (start, length)
}

fn premultiply8(tables: &Tables8, stored: &[u8], light: &mut [u16]) {
    for (to, &[r, g, b, a]) in light.as_chunks_mut::<4>().0.iter_mut().zip(stored.as_chunks::<4>().0) {
        let weigh = |sample: u8| ((u32::from(tables.light[usize::from(sample)]) * u32::from(a) + 127) / 255) as u16;
        *to = [weigh(r), weigh(g), weigh(b), u16::from(a) * 257];
    }
}

fn unpremultiply8(tables: &Tables8, light: &[u16], stored: &mut [u8]) {
    for (to, &[r, g, b, a]) in stored.as_chunks_mut::<4>().0.iter_mut().zip(light.as_chunks::<4>().0) {
        let alpha = ((u32::from(a) + 128) / 257) as u8;
        *to = if alpha == 0 {
            [0; 4]
        } else {
            let half = u32::from(a) / 2;
            let weigh = |sample: u16| {
                // 65,535² + 32,767 fits 32 bits.
                let straight = (u32::from(sample) * 65_535 + half) / u32::from(a);
                tables.stored[straight.min(65_535) as usize]
            };
            [weigh(r), weigh(g), weigh(b), alpha]
        };
    }
}

fn failed(cause: impl std::error::Error + Send + Sync + 'static) -> EngineError {
    EngineError::Resize { cause: Box::new(cause) }
}

/// Cannot happen while the arithmetic above is right; an error all the same, not a panic.
fn lengths() -> EngineError {
    EngineError::Resize { cause: "the lengths of the samples do not fit".into() }
}
