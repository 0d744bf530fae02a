//! Samples on their way from a decoder to a [`Raster`]: one to four channels, 8 or 16 bits.

use super::{
    buffer::{Buffer, Memory},
    hdr,
};
use crate::engine::{EngineError, Gamut, Layout, Raster, Tools};
use image::DynamicImage;
use std::sync::Arc;

/// Interleaved samples of one to four channels: grey, grey and alpha, RGB, RGBA.
pub(super) struct Pixels {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) channels: usize,
    pub(super) samples: Samples,
}

/// The samples in their width.
pub(super) enum Samples {
    Narrow(Buffer),
    Wide(Vec<u16>),
}

impl Pixels {
    /// Takes over what a decoder delivered; floating-point pictures become 16 bits wide. Says also
    /// whether anything of it was brighter than white.
    pub(super) fn from_dynamic(image: DynamicImage) -> (Self, Gamut) {
        let gamut = match &image {
            DynamicImage::ImageRgb32F(it) if hdr::exceeds_white(it, 3) => Gamut::Hdr,
            DynamicImage::ImageRgba32F(it) if hdr::exceeds_white(it, 4) => Gamut::Hdr,
            _ => Gamut::Srgb,
        };
        let (width, height) = (image.width(), image.height());
        let channels = usize::from(image.color().channel_count());
        let samples = match image {
            DynamicImage::ImageLuma8(it) => Samples::Narrow(it.into_raw().into()),
            DynamicImage::ImageLumaA8(it) => Samples::Narrow(it.into_raw().into()),
            DynamicImage::ImageRgb8(it) => Samples::Narrow(it.into_raw().into()),
            DynamicImage::ImageRgba8(it) => Samples::Narrow(it.into_raw().into()),
            DynamicImage::ImageLuma16(it) => Samples::Wide(it.into_raw()),
            DynamicImage::ImageLumaA16(it) => Samples::Wide(it.into_raw()),
            DynamicImage::ImageRgb16(it) => Samples::Wide(it.into_raw()),
            DynamicImage::ImageRgba16(it) => Samples::Wide(it.into_raw()),
            DynamicImage::ImageRgb32F(it) => Samples::Wide(hdr::shown_scene(&it, 3)),
            DynamicImage::ImageRgba32F(it) => Samples::Wide(hdr::shown_scene(&it, 4)),
            other => Samples::Narrow(other.into_rgba8().into_raw().into()),
        };
        (Self { width, height, channels, samples }, gamut)
    }

    /// Is the last channel an alpha?
    pub(super) fn has_alpha(&self) -> bool {
        matches!(self.channels, 2 | 4)
    }

    /// Drops an alpha that is opaque everywhere.
    pub(super) fn without_idle_alpha(mut self) -> Self {
        if !self.has_alpha() {
            return self;
        }
        let channels = self.channels;
        let dropped = match &mut self.samples {
            Samples::Narrow(samples) => {
                let left = drop_opaque(samples, channels, u8::MAX);
                left.is_some_and(|left| {
                    samples.truncate(left);
                    true
                })
            }
            Samples::Wide(samples) => {
                let left = drop_opaque(samples, channels, u16::MAX);
                left.is_some_and(|left| {
                    samples.truncate(left);
                    samples.shrink_to_fit();
                    true
                })
            }
        };
        self.channels -= usize::from(dropped);
        self
    }

    /// Divides the colours by the alpha that was multiplied into them.
    pub(super) fn with_straight_alpha(mut self) -> Self {
        let channels = self.channels;
        if self.has_alpha() {
            match &mut self.samples {
                Samples::Narrow(samples) => samples.chunks_exact_mut(channels).for_each(|it| straighten(it, 255)),
                Samples::Wide(samples) => samples.chunks_exact_mut(channels).for_each(|it| straighten(it, 65_535)),
            }
        }
        self
    }

    /// Spreads grey over three channels.
    pub(super) fn into_color(self, memory: &dyn Memory) -> Self {
        if 3 <= self.channels {
            return self;
        }
        let samples = match self.samples {
            Samples::Narrow(samples) => Samples::Narrow(spread_narrow(&samples, self.channels, memory)),
            Samples::Wide(samples) => Samples::Wide(spread(&samples, self.channels)),
        };
        Self { channels: self.channels + 2, samples, ..self }
    }

    /// The finished raster.
    ///
    /// # Errors
    /// [`EngineError::NoPixels`], [`EngineError::Cancelled`].
    pub(super) fn into_raster(self, tools: Tools<'_>) -> Result<Raster, EngineError> {
        tools.cancel.check()?;
        let Self { width, height, channels, samples } = self.into_color(tools.memory);
        let raster = match (samples, channels) {
            (Samples::Narrow(samples), 3) => Raster::from_storage(width, height, Layout::Rgb8, Arc::new(samples)),
            (Samples::Narrow(samples), _) => Raster::from_storage(width, height, Layout::Rgba8, Arc::new(samples)),
            (Samples::Wide(samples), 3) => Raster::from_samples16(width, height, Layout::Rgb16, samples),
            (Samples::Wide(samples), _) => Raster::from_samples16(width, height, Layout::Rgba16, samples),
        };
        raster.ok_or(EngineError::NoPixels { width, height })
    }
}

/// Moves the pixels together if every alpha is `opaque`, in place, since pictures are large.
/// Returns how many samples are left; `None` when an alpha means something.
fn drop_opaque<T: Copy + PartialEq>(samples: &mut [T], channels: usize, opaque: T) -> Option<usize> {
    let colors = channels - 1;
    if samples.chunks_exact(channels).any(|pixel| pixel.last() != Some(&opaque)) {
        return None;
    }
    let pixels = samples.len() / channels;
    for pixel in 0..pixels {
        let from = pixel * channels;
        samples.copy_within(from..from + colors, pixel * colors);
    }
    Some(pixels * colors)
}

/// One pixel, its alpha last.
fn straighten<T: Copy + Into<u32> + TryFrom<u32>>(pixel: &mut [T], opaque: u32) {
    let Some((alpha, colors)) = pixel.split_last_mut() else { return };
    let alpha: u32 = (*alpha).into();
    for color in colors {
        let value: u32 = (*color).into();
        // Rounded to the nearest; a colour brighter than its alpha is cut off. 65,535 squared fits.
        let straight = (value * opaque + alpha / 2).checked_div(alpha).unwrap_or(0).min(opaque);
        *color = T::try_from(straight).unwrap_or(*color);
    }
}

/// Grey to three equal channels; an alpha is kept.
fn spread<T: Copy>(samples: &[T], channels: usize) -> Vec<T> {
    if channels == 1 {
        samples.iter().flat_map(|grey| [*grey; 3]).collect()
    } else {
        samples.as_chunks::<2>().0.iter().flat_map(|[grey, alpha]| [*grey, *grey, *grey, *alpha]).collect()
    }
}

/// The same in 8 bits, to where the finished samples belong.
fn spread_narrow(samples: &[u8], channels: usize, memory: &dyn Memory) -> Buffer {
    if channels == 1 {
        let mut spread = Buffer::last(samples.len() * 3, memory);
        spread.as_chunks_mut::<3>().0.iter_mut().zip(samples).for_each(|(to, grey)| *to = [*grey; 3]);
        spread
    } else {
        let pixels = samples.as_chunks::<2>().0;
        let mut spread = Buffer::last(pixels.len() * 4, memory);
        let pairs = spread.as_chunks_mut::<4>().0.iter_mut().zip(pixels);
        pairs.for_each(|(to, [grey, alpha])| *to = [*grey, *grey, *grey, *alpha]);
        spread
    }
}

/// One value of linear light as a 16-bit sRGB value.
pub(super) fn linear_to_display(value: f32) -> u16 {
    whole(srgb_from_linear(value.clamp(0.0, 1.0)))
}

/// 0 to 1 as 0 to 65,535; what lies outside is cut off, and not-a-number is 0.
pub(super) fn whole(value: f32) -> u16 {
    // Clamped to 0..=1, so the rounded value fits; casting makes 0 of what is no number.
    (value.clamp(0.0, 1.0) * 65_535.0).round() as u16
}

/// The transfer function of sRGB (IEC 61966-2-1), for values from 0 to 1.
fn srgb_from_linear(linear: f32) -> f32 {
    if linear <= 0.003_130_8 { linear * 12.92 } else { 1.055 * linear.powf(1.0 / 2.4) - 0.055 }
}
