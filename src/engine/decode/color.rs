//! Stated colour spaces: converted to sRGB in full precision, or kept.

use super::{
    hdr,
    pixels::{Pixels, Samples, linear_to_display},
    space::{Described, Light, Space, named},
};
use crate::engine::{Cancel, EngineError, Gamut, Tools, Warning, recipe::ProfilePolicy};
use moxcms::{
    ColorProfile, DataColorSpace, Layout, ProfileText, RenderingIntent, ToneReprCurve, Transform16BitExecutor,
    TransformOptions,
};
use rayon::prelude::*;
use std::sync::Arc;

/// The outcome of looking at an embedded profile.
#[derive(Default)]
pub(super) struct Colors {
    /// The RGB profile in which the values are now; `None`: sRGB.
    pub(super) profile: Option<Arc<[u8]>>,
    /// What the embedded profile calls itself, unless it is sRGB.
    pub(super) name: Option<String>,
    /// What colours the stored values could hold.
    pub(super) gamut: Gamut,
    /// Why the profile was not used.
    pub(super) warning: Option<Warning>,
}

/// Brings the pixels into the space that the policy asks for.
///
/// Conversion is relative colorimetric, without black point compensation: white becomes white, and
/// what is darker or more saturated than sRGB can show is cut off. Light brighter than white (PQ
/// and HLG) is brought down to it, see [`hdr`].
///
/// # Errors
/// [`EngineError::Cancelled`].
pub(super) fn apply(
    pixels: Pixels,
    space: &Space,
    policy: ProfilePolicy,
    tools: Tools<'_>,
) -> Result<(Pixels, Colors), EngineError> {
    let described = match space.describe() {
        Ok(Some(described)) => described,
        Ok(None) => return Ok((pixels, Colors::default())),
        Err(why) => return Ok((pixels, ignored(&why))),
    };
    match described.profile.color_space {
        DataColorSpace::Rgb if described.light != Light::Relative => through_hdr(pixels, &described, policy, tools),
        DataColorSpace::Rgb => through_rgb(pixels, &described, policy, tools),
        DataColorSpace::Gray if pixels.channels < 3 => Ok(through_grey(pixels, &described.profile, policy)),
        _ => Ok((pixels, ignored("it describes other channels than the picture has"))),
    }
}

fn through_hdr(
    pixels: Pixels,
    described: &Described,
    policy: ProfilePolicy,
    tools: Tools<'_>,
) -> Result<(Pixels, Colors), EngineError> {
    let name = Some(name(&described.profile));
    if policy == ProfilePolicy::Keep {
        let profile = Some(described.icc.clone());
        return Ok((pixels, Colors { profile, name, gamut: Gamut::Hdr, ..Colors::default() }));
    }
    let mut pixels = pixels.into_color(tools.memory);
    hdr::convert(&mut pixels, described, tools.cancel)?;
    Ok((pixels, Colors { name, gamut: Gamut::Hdr, ..Colors::default() }))
}

fn ignored(why: &str) -> Colors {
    Colors { warning: Some(Warning::ProfileIgnored { why: why.to_owned() }), ..Colors::default() }
}

/// Relative colorimetric. Tables in floating point instead of 13 bits: a tenth of the error for a
/// little more time.
pub(super) fn options() -> TransformOptions {
    let rendering_intent = RenderingIntent::RelativeColorimetric;
    TransformOptions { rendering_intent, prefer_fixed_point: false, ..TransformOptions::default() }
}

/// Does one of the primaries lie outside of sRGB, by more than profiles of sRGB differ?
fn is_wide(profile: &ColorProfile) -> bool {
    const MARGIN: f64 = 0.02;
    let primaries = profile.transform_matrix(&ColorProfile::new_srgb());
    primaries.v.as_flattened().iter().any(|share| *share < -MARGIN || 1.0 + MARGIN < *share)
}

fn through_rgb(
    pixels: Pixels,
    Described { profile, icc, .. }: &Described,
    policy: ProfilePolicy,
    tools: Tools<'_>,
) -> Result<(Pixels, Colors), EngineError> {
    if is_srgb(profile) {
        return Ok((pixels, Colors::default()));
    }
    let srgb = ColorProfile::new_srgb();
    let transform = |layout| profile.create_transform_16bit(layout, &srgb, layout, options());
    let probe = match transform(Layout::Rgb) {
        Ok(probe) if changes_nothing(&*probe) => return Ok((pixels, Colors::default())),
        Ok(probe) => probe,
        Err(cause) => return Ok((pixels, ignored(&format!("it cannot be applied ({cause:?})")))),
    };
    let transform = if pixels.has_alpha() { transform(Layout::Rgba) } else { Ok(probe) };
    let transform = match transform {
        Ok(transform) => transform,
        Err(cause) => return Ok((pixels, ignored(&format!("it cannot be applied ({cause:?})")))),
    };
    let name = Some(name(profile));
    let gamut = if is_wide(profile) { Gamut::Wide } else { Gamut::Srgb };
    if policy == ProfilePolicy::Keep {
        return Ok((pixels, Colors { profile: Some(icc.clone()), name, gamut, warning: None }));
    }
    let mut pixels = pixels.into_color(tools.memory);
    convert(&mut pixels, &*transform, tools.cancel)?;
    Ok((pixels, Colors { name, gamut, ..Colors::default() }))
}

/// Values per block: small enough to stay in the cache, and often enough to hear of a cancel.
const BLOCK_VALUES: usize = 3 * 4 * 4096;

fn convert(pixels: &mut Pixels, transform: &Transform16BitExecutor, cancel: &Cancel) -> Result<(), EngineError> {
    match &mut pixels.samples {
        Samples::Wide(samples) => samples.par_chunks_mut(BLOCK_VALUES).try_for_each_init(Vec::new, |before, block| {
            cancel.check()?;
            before.clear();
            before.extend_from_slice(block);
            // The lengths are equal and whole pixels, so there is nothing to fail.
            transform.transform(before, block).map_err(|_wrong_length| EngineError::NotAnImage)
        }),
        Samples::Narrow(samples) => {
            let start = || (Vec::new(), Vec::new());
            samples.par_chunks_mut(BLOCK_VALUES).try_for_each_init(start, |(before, after), block| {
                cancel.check()?;
                before.clear();
                before.extend(block.iter().map(|value| u16::from(*value) * 257));
                after.resize(before.len(), 0);
                transform.transform(before, after).map_err(|_wrong_length| EngineError::NotAnImage)?;
                block.iter_mut().zip(after.iter()).for_each(|(to, from)| *to = narrow(*from));
                Ok(())
            })
        }
    }
}

/// Grey under a grey profile: one curve, so a table does it, and the result is still grey.
fn through_grey(mut pixels: Pixels, profile: &ColorProfile, policy: ProfilePolicy) -> (Pixels, Colors) {
    let Some(curve) = grey_curve(profile) else { return (pixels, ignored("its curve cannot be applied")) };
    let unchanged = |(at, value): (usize, &u16)| at.abs_diff(usize::from(*value)) <= TOLERANCE;
    if curve.iter().enumerate().all(unchanged) {
        return (pixels, Colors::default());
    }
    let name = Some(name(profile));
    if policy == ProfilePolicy::Keep
        && let Some(as_rgb) = rgb_from_grey(profile)
    {
        return (pixels, Colors { profile: Some(as_rgb), name, ..Colors::default() });
    }
    let channels = pixels.channels;
    let shown = |value: u16| curve.get(usize::from(value)).copied().unwrap_or(value);
    match &mut pixels.samples {
        Samples::Wide(samples) => samples.iter_mut().step_by(channels).for_each(|value| *value = shown(*value)),
        Samples::Narrow(samples) => {
            samples.iter_mut().step_by(channels).for_each(|value| *value = narrow(shown(u16::from(*value) * 257)));
        }
    }
    (pixels, Colors { name, ..Colors::default() })
}

/// What each of the 65,536 grey values is in sRGB.
fn grey_curve(profile: &ColorProfile) -> Option<Vec<u16>> {
    let srgb = ColorProfile::new_srgb();
    let transform = profile.create_transform_16bit(Layout::Gray, &srgb, Layout::Rgb, options()).ok()?;
    let ramp: Vec<u16> = (0..=u16::MAX).collect();
    let mut shown = vec![0; ramp.len() * 3];
    transform.transform(&ramp, &mut shown).ok()?;
    Some(shown.into_iter().step_by(3).collect())
}

/// An RGB profile in which equal channels look as the grey profile says.
fn rgb_from_grey(profile: &ColorProfile) -> Option<Arc<[u8]>> {
    let mut rgb = ColorProfile::new_srgb();
    rgb.cicp = None;
    rgb.red_trc.clone_from(&profile.gray_trc);
    rgb.green_trc.clone_from(&profile.gray_trc);
    rgb.blue_trc.clone_from(&profile.gray_trc);
    rgb.description = Some(named(&name(profile)));
    profile.gray_trc.as_ref()?;
    rgb.encode().ok().map(Arc::from)
}

/// One step of 8 bits, as a difference of 16-bit values.
const TOLERANCE: usize = 257;

/// Does the transform leave colours as they are, as one from any of the many sRGB profiles does?
fn changes_nothing(transform: &Transform16BitExecutor) -> bool {
    let levels = || (0..=u16::MAX).step_by(65_535 / 7);
    let grid: Vec<u16> = levels()
        .flat_map(|red| levels().flat_map(move |green| levels().flat_map(move |blue| [red, green, blue])))
        .collect();
    let mut after = vec![0; grid.len()];
    transform.transform(&grid, &mut after).is_ok()
        && grid.iter().zip(&after).all(|(before, after)| usize::from(before.abs_diff(*after)) <= TOLERANCE)
}

/// Do the curves and primaries say that the transform would leave colours as they are? Asked before
/// its tables are made, which takes longer than a small picture.
fn is_srgb(profile: &ColorProfile) -> bool {
    const PRIMARIES: f64 = 0.002;
    const STEPS: u16 = 51;
    let has_tables = profile.lut_a_to_b_perceptual.is_some() || profile.lut_a_to_b_colorimetric.is_some();
    if has_tables || !profile.is_matrix_shaper() {
        return false;
    }
    let primaries = profile.transform_matrix(&ColorProfile::new_srgb());
    let is_near = |(at, share): (usize, &f64)| (share - if at % 4 == 0 { 1.0 } else { 0.0 }).abs() < PRIMARIES;
    let has_its_curve = |curve: &Option<ToneReprCurve>| {
        let Some(Ok(curve)) = curve.as_ref().map(ToneReprCurve::make_linear_evaluator) else { return false };
        (0..=STEPS).all(|step| {
            let shown = linear_to_display(curve.evaluate_value(f32::from(step) / f32::from(STEPS)));
            usize::from(shown).abs_diff(usize::from(step) * 65_535 / usize::from(STEPS)) <= TOLERANCE * 3 / 4
        })
    };
    primaries.v.as_flattened().iter().enumerate().all(is_near)
        && [&profile.red_trc, &profile.green_trc, &profile.blue_trc].into_iter().all(has_its_curve)
}

/// What the profile calls itself, fit for one line.
pub(super) fn name(profile: &ColorProfile) -> String {
    let text = match &profile.description {
        Some(ProfileText::PlainString(text)) => text.clone(),
        Some(ProfileText::Localizable(texts)) => {
            let english = texts.iter().find(|it| it.language == "en").or(texts.first());
            english.map(|it| it.value.clone()).unwrap_or_default()
        }
        Some(ProfileText::Description(text)) => text.ascii_string.clone(),
        None => String::new(),
    };
    let text: String = text.chars().filter(|it| !it.is_control()).take(80).collect();
    let text = text.trim();
    if text.is_empty() { "unnamed profile".to_owned() } else { text.to_owned() }
}

/// 16 to 8 bits, rounded to the nearest: `v / 257`.
pub(super) fn narrow(value: u16) -> u8 {
    // 0..=65535 maps onto 0..=255, so the cast cannot cut anything off.
    ((u32::from(value) + 128) / 257) as u8
}

#[cfg(test)]
mod tests {
    use super::{Colors, Pixels, Samples, Space, apply};
    use crate::engine::{Cancel, Limits, Tools, Warning, decode::Fonts, recipe::ProfilePolicy};
    use moxcms::ColorProfile;

    fn applied(channels: usize, samples: &[u8], profile: &ColorProfile, policy: ProfilePolicy) -> (Vec<u8>, Colors) {
        applied_bytes(channels, samples, &profile.encode().unwrap(), policy)
    }

    fn applied_bytes(channels: usize, samples: &[u8], icc: &[u8], policy: ProfilePolicy) -> (Vec<u8>, Colors) {
        let (limits, fonts, cancel) = (Limits::default(), Fonts::default(), Cancel::default());
        let pixels = Pixels { width: 1, height: 1, channels, samples: Samples::Narrow(samples.to_vec().into()) };
        let (pixels, colors) =
            apply(pixels, &Space::Icc(icc.to_vec()), policy, Tools::new(&limits, &fonts, &cancel)).unwrap();
        let Samples::Narrow(samples) = pixels.samples else { panic!("samples became wider") };
        (samples.to_vec(), colors)
    }

    #[test]
    fn wide_gamut_values_become_srgb() {
        // CSS Color 4: sRGB red is color(display-p3 0.9175 0.2003 0.1386).
        let (samples, colors) = applied(3, &[234, 51, 35], &ColorProfile::new_display_p3(), ProfilePolicy::Srgb);
        assert!(252 <= samples[0] && samples[1] <= 8 && samples[2] <= 8, "{samples:?}");
        assert!(colors.profile.is_none() && colors.name.is_some() && colors.warning.is_none());
        // Grey stays grey, and alpha is not a colour.
        let (samples, _) = applied(4, &[128, 128, 128, 7], &ColorProfile::new_display_p3(), ProfilePolicy::Srgb);
        assert_eq!(samples, [128, 128, 128, 7]);
    }

    #[test]
    fn kept_values_travel_with_their_profile() {
        let (samples, colors) = applied(3, &[234, 51, 35], &ColorProfile::new_display_p3(), ProfilePolicy::Keep);
        assert_eq!(samples, [234, 51, 35]);
        assert!(colors.profile.is_some());
    }

    #[test]
    fn srgb_is_not_worth_a_word() {
        for policy in [ProfilePolicy::Srgb, ProfilePolicy::Keep] {
            let (samples, colors) = applied(3, &[234, 51, 35], &ColorProfile::new_srgb(), policy);
            assert_eq!(samples, [234, 51, 35]);
            assert!(colors.profile.is_none() && colors.name.is_none() && colors.warning.is_none());
        }
    }

    #[test]
    fn linear_grey_is_brightened() {
        // IEC 61966-2-1 by hand: 55/255 = 0.2157 in linear light is 1.055 · 0.2157^(1/2.4) − 0.055 = 0.5018.
        let linear = ColorProfile::new_gray_with_gamma(1.0);
        let (samples, _) = applied(2, &[55, 9], &linear, ProfilePolicy::Srgb);
        assert_eq!(samples, [128, 9]);
        let (samples, colors) = applied(1, &[55], &linear, ProfilePolicy::Keep);
        assert_eq!(samples, [55]);
        let kept = ColorProfile::new_from_slice(&colors.profile.unwrap()).unwrap();
        let (samples, _) = applied(3, &[55; 3], &kept, ProfilePolicy::Srgb);
        assert_eq!(samples, [128; 3], "the profile that was made says the same");
    }

    #[test]
    fn profiles_of_other_channels_are_ignored_aloud() {
        let (samples, colors) = applied(3, &[1, 2, 3], &ColorProfile::new_gray_with_gamma(2.2), ProfilePolicy::Srgb);
        assert_eq!(samples, [1, 2, 3]);
        assert!(matches!(colors.warning, Some(Warning::ProfileIgnored { .. })));
        let (_, colors) = applied_bytes(1, &[5], b"junk", ProfilePolicy::Srgb);
        assert!(matches!(colors.warning, Some(Warning::ProfileIgnored { .. })));
    }
}
