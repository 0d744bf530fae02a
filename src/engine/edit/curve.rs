//! From stored sample values to light and back.

use moxcms::{ColorProfile, ToneReprCurve};
use std::sync::Arc;

/// A rising tone curve, tabulated at every stored value of one depth.
pub(super) struct Curve {
    /// Light, 0 to 1, of every stored value.
    light: Vec<f32>,
    /// Between two neighbouring stored values: light at least this is nearer to the upper one.
    borders: Vec<f32>,
}

impl Curve {
    /// Tabulates `curve` (0..=1 to 0..=1) for samples from 0 to `max`.
    ///
    /// Dips and what is no number are levelled, so that there is a way back whatever a profile says.
    fn new(max: u16, curve: impl Fn(f64) -> f64) -> Self {
        let mut highest = 0.0_f64;
        // Values and the borders between them alternate, in half steps.
        let mut at = |half_steps: u32| {
            let light = curve(f64::from(half_steps) / f64::from(u32::from(max) * 2));
            highest = light.max(highest).min(1.0);
            highest as f32
        };
        let mut light = vec![at(0)];
        let mut borders = Vec::new();
        for value in 1..=u32::from(max) {
            borders.push(at(value * 2 - 1));
            light.push(at(value * 2));
        }
        Self { light, borders }
    }

    /// The light of a stored value.
    pub(super) fn light(&self, stored: u16) -> f32 {
        self.light.get(usize::from(stored)).copied().unwrap_or(1.0)
    }

    /// The stored value nearest to this much light, which may lie outside 0 to 1.
    pub(super) fn stored(&self, light: f32) -> u16 {
        // At most 65,535 borders, so the cast cannot cut anything off.
        self.borders.partition_point(|&border| border <= light) as u16
    }
}

/// The curves of red, green and blue.
pub(super) type Curves = [Arc<Curve>; 3];

/// Stored values taken as they are.
pub(super) fn stored_values(max: u16) -> Curves {
    same(Curve::new(max, |value| value))
}

/// The curve of sRGB (IEC 61966-2-1).
pub(super) fn srgb(max: u16) -> Curves {
    same(Curve::new(max, srgb_to_linear))
}

/// The curves of an RGB profile; `None` when it has none or is described by tables of colours.
pub(super) fn of_profile(profile: &[u8], max: u16) -> Option<Curves> {
    let profile = ColorProfile::new_from_slice(profile).ok()?;
    if profile.lut_a_to_b_perceptual.is_some() || profile.lut_a_to_b_colorimetric.is_some() {
        return None;
    }
    let curve = |trc: &Option<ToneReprCurve>| {
        let trc = trc.as_ref()?.make_linear_evaluator().ok()?;
        Some(Arc::new(Curve::new(max, |value| f64::from(trc.evaluate_value(value as f32)))))
    };
    Some([curve(&profile.red_trc)?, curve(&profile.green_trc)?, curve(&profile.blue_trc)?])
}

fn same(curve: Curve) -> Curves {
    let curve = Arc::new(curve);
    [curve.clone(), curve.clone(), curve]
}

/// IEC 61966-2-1: a straight foot, then an offset power.
fn srgb_to_linear(value: f64) -> f64 {
    if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
}

/// An sRGB colour as stored values of a profile; unchanged where the profile cannot say.
pub(super) fn colour_in_profile(colour: [u8; 3], profile: &[u8]) -> [u8; 3] {
    let convert = || {
        let profile = ColorProfile::new_from_slice(profile).ok()?;
        let transform = ColorProfile::new_srgb()
            .create_transform_8bit(moxcms::Layout::Rgb, &profile, moxcms::Layout::Rgb, Default::default())
            .ok()?;
        let mut converted = [0; 3];
        transform.transform(&colour, &mut converted).ok()?;
        Some(converted)
    };
    convert().unwrap_or(colour)
}

/// Tables between 8-bit samples and light in 16 bits.
pub(super) struct Tables8 {
    /// Light of every stored value.
    pub(super) light: [u16; 256],
    /// The nearest stored value of every amount of light.
    pub(super) stored: Box<[u8; 65_536]>,
}

impl Tables8 {
    /// `curve` must be tabulated for 8 bits.
    pub(super) fn new(curve: &Curve) -> Self {
        const MAX: f32 = u16::MAX as f32;
        let light = std::array::from_fn(|value| (curve.light(value as u16) * MAX).round() as u16);
        let mut stored = Box::new([0; 65_536]);
        for (light, stored) in stored.iter_mut().enumerate() {
            *stored = curve.stored(light as f32 / MAX) as u8;
        }
        Self { light, stored }
    }
}

#[cfg(test)]
mod tests {
    use super::{Curve, Tables8, of_profile, srgb, srgb_to_linear, stored_values};
    use moxcms::ColorProfile;

    #[test]
    fn srgb_curve_meets_the_standard() {
        // IEC 61966-2-1: 0.5 stored is 0.214041 in light; the foot is a straight line of slope 1 / 12.92.
        assert!((srgb_to_linear(0.5) - 0.214_041_1).abs() < 1e-6);
        assert!((srgb_to_linear(0.04) - 0.04 / 12.92).abs() < 1e-12);
        assert!((srgb_to_linear(1.0) - 1.0).abs() < 1e-12);
    }

    #[test]
    fn every_value_survives_the_trip_through_light() {
        for curves in [srgb(255), stored_values(255)] {
            let tables = Tables8::new(&curves[0]);
            for value in 0..=255_u8 {
                assert_eq!(tables.stored[usize::from(tables.light[usize::from(value)])], value);
            }
        }
        for curves in [srgb(u16::MAX), stored_values(u16::MAX)] {
            for value in 0..=u16::MAX {
                assert_eq!(curves[0].stored(curves[0].light(value)), value);
            }
        }
    }

    #[test]
    fn broken_curves_are_levelled() {
        let nonsense = Curve::new(255, |_| f64::NAN);
        assert_eq!((nonsense.light(255), nonsense.stored(-1.0)), (0.0, 0));
        let falling = Curve::new(255, |value| 2.0 - value);
        assert_eq!((falling.light(0), falling.light(255)), (1.0, 1.0));
        let dipping = Curve::new(4, |value| if value == 0.5 { 0.1 } else { value });
        assert_eq!([1, 2, 3].map(|it| dipping.light(it)), [0.25, 0.375, 0.75]);
    }

    #[test]
    fn profile_curves_are_used() {
        let adobe = ColorProfile::new_adobe_rgb().encode().expect("a built-in profile");
        let curves = of_profile(&adobe, 255).expect("it has curves");
        // Adobe RGB (1998) §4.3.1.2: gamma 2.19921875; (128 / 255)^2.19921875 = 0.2197.
        assert!((curves[1].light(128) - 0.2197).abs() < 2e-4, "{}", curves[1].light(128));
        for value in 0..=255 {
            assert_eq!(curves[2].stored(curves[2].light(value)), value);
        }
        assert!(of_profile(b"no profile", 255).is_none());
    }
}
