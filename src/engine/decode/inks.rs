//! Cyan, magenta, yellow and black to red, green and blue.
//!
//! A raster holds red, green and blue, so inks never stay as they are: they go through the
//! embedded profile, or, where there is none, each takes away its own light.

use super::{color, pixels::Samples};
use crate::engine::Warning;
use moxcms::{ColorProfile, DataColorSpace, Layout, TransformExecutor};
use rayon::prelude::*;

/// The outcome: three channels.
pub(super) struct Developed {
    pub(super) samples: Samples,
    /// What the profile that was used calls itself.
    pub(super) profile_name: Option<String>,
    pub(super) warnings: Vec<Warning>,
}

/// Interleaved inks, four samples a pixel, the highest value being full ink.
pub(super) fn develop(inks: &Samples, icc: Option<&[u8]>) -> Developed {
    let (profile, warnings) = match icc.filter(|it| !it.is_empty()).map(ink_profile) {
        None => (None, vec![]),
        Some(Ok(profile)) => (Some(profile), vec![]),
        Some(Err(why)) => (None, vec![Warning::ProfileIgnored { why }]),
    };
    let Some(profile) = profile else { return Developed { samples: unprofiled(inks), profile_name: None, warnings } };
    let srgb = ColorProfile::new_srgb();
    // Of the layouts, RGBA stands for four channels of any meaning.
    let samples = match inks {
        Samples::Narrow(inks) => {
            let transform = profile.create_transform_8bit(Layout::Rgba, &srgb, Layout::Rgb, color::options());
            transform.map(|it| Samples::Narrow(convert(inks, &*it).into()))
        }
        Samples::Wide(inks) => {
            let transform = profile.create_transform_16bit(Layout::Rgba, &srgb, Layout::Rgb, color::options());
            transform.map(|it| Samples::Wide(convert(inks, &*it)))
        }
    };
    match samples {
        Ok(samples) => Developed { samples, profile_name: Some(color::name(&profile)), warnings },
        Err(cause) => {
            let warnings = vec![Warning::ProfileIgnored { why: format!("it cannot be applied ({cause:?})") }];
            Developed { samples: unprofiled(inks), profile_name: None, warnings }
        }
    }
}

fn ink_profile(icc: &[u8]) -> Result<ColorProfile, String> {
    let profile = ColorProfile::new_from_slice(icc).map_err(|cause| format!("it cannot be read ({cause:?})"))?;
    if profile.color_space == DataColorSpace::Cmyk {
        Ok(profile)
    } else {
        Err("it describes other channels than the picture has".to_owned())
    }
}

/// Pixels per block of the conversion: four planes of it stay in the cache.
const BLOCK_PIXELS: usize = 8192;

fn convert<T: Copy + Default + Send + Sync>(
    inks: &[T],
    transform: &(dyn TransformExecutor<T> + Send + Sync),
) -> Vec<T> {
    let mut samples = vec![T::default(); inks.len() / 4 * 3];
    let blocks = samples.par_chunks_mut(BLOCK_PIXELS * 3).zip(inks.par_chunks(BLOCK_PIXELS * 4));
    blocks.for_each(|(to, from)| {
        // Whole pixels on both sides, so there is nothing to fail; black shows if there were.
        let _whole_pixels = transform.transform(from, to);
    });
    samples
}

fn unprofiled(inks: &Samples) -> Samples {
    match inks {
        Samples::Narrow(inks) => Samples::Narrow(light(inks, 255).into()),
        Samples::Wide(inks) => Samples::Wide(light(inks, 65_535)),
    }
}

/// What two filters, one of them black, let through.
fn light<T: Copy + Into<u32> + TryFrom<u32> + Default>(inks: &[T], full: u32) -> Vec<T> {
    let through = |ink: T, black: T| {
        // At most 65,535 × 65,535, which fits, and the quotient fits its own type.
        let product = (full - ink.into()) * (full - black.into());
        let half = full / 2;
        T::try_from(product / full + u32::from(half < product % full)).unwrap_or_default()
    };
    let pixels = inks.as_chunks::<4>().0.iter();
    pixels.flat_map(|[c, m, y, k]| [through(*c, *k), through(*m, *k), through(*y, *k)]).collect()
}

/// Parts the inks from an alpha behind them, which five channels have.
pub(super) fn without_alpha(samples: Samples, channels: usize) -> (Samples, Option<Samples>) {
    match samples {
        samples if channels < 5 => (samples, None),
        Samples::Narrow(samples) => {
            let (inks, alpha) = parted(&samples);
            (Samples::Narrow(inks.into()), Some(Samples::Narrow(alpha.into())))
        }
        Samples::Wide(samples) => {
            let (inks, alpha) = parted(&samples);
            (Samples::Wide(inks), Some(Samples::Wide(alpha)))
        }
    }
}

/// Joins what was developed with the alpha, and says how many channels that makes.
pub(super) fn with_alpha(colors: Samples, alpha: Option<Samples>) -> (usize, Samples) {
    match (colors, alpha) {
        (Samples::Narrow(colors), Some(Samples::Narrow(alpha))) => (4, Samples::Narrow(joined(&colors, &alpha).into())),
        (Samples::Wide(colors), Some(Samples::Wide(alpha))) => (4, Samples::Wide(joined(&colors, &alpha))),
        (colors, _) => (3, colors),
    }
}

fn parted<T: Copy>(samples: &[T]) -> (Vec<T>, Vec<T>) {
    let pixels = samples.as_chunks::<5>().0;
    (pixels.iter().flat_map(|[c, m, y, k, _]| [*c, *m, *y, *k]).collect(), pixels.iter().map(|it| it[4]).collect())
}

fn joined<T: Copy>(colors: &[T], alpha: &[T]) -> Vec<T> {
    let pixels = colors.as_chunks::<3>().0.iter().zip(alpha);
    pixels.flat_map(|([red, green, blue], alpha)| [*red, *green, *blue, *alpha]).collect()
}

#[cfg(test)]
mod tests {
    use super::{Samples, develop, with_alpha, without_alpha};

    #[test]
    fn alpha_waits_until_the_inks_are_developed() {
        let (inks, alpha) = without_alpha(Samples::Wide(vec![1, 2, 3, 4, 5, 6, 7, 8, 9, 10]), 5);
        assert!(matches!(&inks, Samples::Wide(it) if *it == [1, 2, 3, 4, 6, 7, 8, 9]));
        let (channels, joined) = with_alpha(Samples::Wide(vec![20, 21, 22, 23, 24, 25]), alpha);
        assert!(channels == 4 && matches!(joined, Samples::Wide(it) if it == [20, 21, 22, 5, 23, 24, 25, 10]));
    }

    #[test]
    fn without_a_profile_inks_are_filters() {
        // By hand: (255 − 55) × (255 − 128) ÷ 255 = 99.6, and no ink lets everything through.
        let narrow = develop(&Samples::Narrow(vec![55, 0, 255, 128, 0, 0, 0, 0].into()), None);
        assert!(matches!(narrow.samples, Samples::Narrow(it) if *it == [100, 127, 0, 255, 255, 255]));
        // (65,535 − 0) × (65,535 − 65,534) ÷ 65,535 = 1.
        let wide = develop(&Samples::Wide(vec![0, 65_535, 32_768, 65_534]), None);
        assert!(matches!(wide.samples, Samples::Wide(it) if it == [1, 0, 0]));
    }

    #[test]
    fn what_is_no_profile_of_inks_is_ignored_aloud() {
        let rgb = moxcms::ColorProfile::new_srgb().encode().unwrap();
        for icc in [&rgb[..], b"junk"] {
            let developed = develop(&Samples::Wide(vec![0; 4]), Some(icc));
            assert_eq!(developed.warnings.len(), 1);
            assert!(matches!(developed.samples, Samples::Wide(it) if it == [65_535; 3]));
        }
    }
}
