//! Light brighter than white, brought down to what a screen without HDR shows.
//!
//! PQ (SMPTE ST 2084) and HLG (ARIB STD-B67) state absolute light. Reference white is 203 cd/m²
//! (ITU-R BT.2408), the brightest that is expected 1,000 cd/m²; both are brought down by the curve
//! that SMPTE ST 2094-50 gives for pictures that do not state one of their own, on the largest of
//! the three channels in BT.2020 primaries, as browsers do on screens without HDR. Linear light of
//! a scene (EXR, Radiance, floating-point TIFF) has white at 1 and stays as it is below a knee.

use super::{
    color::narrow,
    pixels::{Pixels, Samples, whole},
    space::{Described, Light},
};
use crate::engine::{Cancel, EngineError};
use moxcms::ColorProfile;
use rayon::prelude::*;

/// Reference white (ITU-R BT.2408 §2.1), in cd/m².
const WHITE: f32 = 203.0;
/// The brightest light of content that does not say otherwise, in cd/m².
const PEAK: f32 = 1_000.0;
/// The brightest light that PQ can state, in cd/m².
const PQ_PEAK: f32 = 10_000.0;

type Matrix = [[f32; 3]; 3];

/// How stored values become linear light of sRGB primaries.
struct Road {
    /// Light of every 16-bit stored value, white being 1; for HLG before its system gamma.
    light: Vec<f32>,
    is_scene: bool,
    curve: Curve,
    to_bt2020: Matrix,
    to_srgb: Matrix,
}

impl Road {
    fn new(Described { profile, light, brightest, .. }: &Described) -> Self {
        let bt2020 = ColorProfile::new_bt2020();
        let srgb = ColorProfile::new_srgb();
        let is_scene = *light == Light::Hlg;
        let curve = if is_scene { scene_light_of_hlg } else { light_of_pq };
        Self {
            light: (0..=u16::MAX).map(|it| curve(f32::from(it) / 65_535.0)).collect(),
            is_scene,
            // Of HLG the screen makes what it can; the curve is for the one that the standard describes.
            curve: Curve::new(brightest.filter(|_| !is_scene).map_or(PEAK, |it| it as f32)),
            to_bt2020: matrix(profile, &bt2020),
            to_srgb: matrix(&bt2020, &srgb),
        }
    }

    /// One pixel.
    fn shown(&self, stored: [u16; 3]) -> [u16; 3] {
        let light = stored.map(|it| self.light.get(usize::from(it)).copied().unwrap_or_default());
        let mut light = times(&self.to_bt2020, light);
        if self.is_scene {
            // ITU-R BT.2100 table 5: the system gamma of a display of 1,000 cd/m² acts on luminance.
            let luminance = 0.2627 * light[0] + 0.678 * light[1] + 0.0593 * light[2];
            let gain = PEAK / WHITE * luminance.max(0.0).powf(0.2);
            light = light.map(|it| it * gain);
        }
        let gain = self.curve.gain(light.iter().copied().fold(0.0, f32::max));
        times(&self.to_srgb, light.map(|it| it * gain)).map(super::pixels::linear_to_display)
    }
}

/// How far the bend of the curve follows the line below it (ST 2094-50: κ).
const STRAIGHTNESS: f32 = 0.65;

/// The curve of SMPTE ST 2094-50 for a picture that does not state one: a line up to reference
/// white, a parabola from there to the brightest light, which becomes the screen's white.
struct Curve {
    /// What reference white is shown as: half of white, so that there is room above it, or more
    /// where the picture does not need the room.
    white: f32,
    /// The brightest light, reference white being 1.
    peak: f32,
}

impl Curve {
    /// `brightest` in cd/m².
    fn new(brightest: f32) -> Self {
        let peak = (brightest / WHITE).max(1.0);
        let room = peak.ln() / (PEAK / WHITE).ln();
        Self { white: 1.0 - 0.5 * room.min(1.0), peak }
    }

    /// By what light is multiplied whose largest channel is `brightest`.
    fn gain(&self, brightest: f32) -> f32 {
        let Self { white, peak } = *self;
        if brightest <= 1.0 {
            return white;
        }
        if peak <= brightest {
            return 1.0 / brightest;
        }
        // The parabola begins at (1, white), ends at (peak, 1), and its tangents meet in between.
        let between = |near: f32, far: f32| near * (1.0 - STRAIGHTNESS) + far * STRAIGHTNESS;
        let (mid_in, mid_out) = (between(1.0, 1.0 / white), between(white, 1.0));
        let (a, b) = (1.0 - 2.0 * mid_in + peak, 2.0 * (mid_in - 1.0));
        let c = brightest - 1.0;
        // The stable form of the root, since a may be next to nothing.
        let t = 2.0 * c / (b + (b * b + 4.0 * a * c).max(0.0).sqrt()).max(f32::MIN_POSITIVE);
        let out = white + t * (2.0 * (mid_out - white) + t * (white - 2.0 * mid_out + 1.0));
        out / brightest
    }
}

fn matrix(from: &ColorProfile, to: &ColorProfile) -> Matrix {
    from.transform_matrix(to).v.map(|row| row.map(|it| it as f32))
}

fn times(matrix: &Matrix, [x, y, z]: [f32; 3]) -> [f32; 3] {
    matrix.map(|[a, b, c]| a * x + b * y + c * z)
}

/// SMPTE ST 2084 §5.2: light relative to reference white.
fn light_of_pq(stored: f32) -> f32 {
    const M1: f32 = 2610.0 / 16384.0;
    const M2: f32 = 2523.0 / 4096.0 * 128.0;
    const C1: f32 = 3424.0 / 4096.0;
    const C2: f32 = 2413.0 / 4096.0 * 32.0;
    const C3: f32 = 2392.0 / 4096.0 * 32.0;
    let root = stored.powf(1.0 / M2);
    ((root - C1).max(0.0) / (C2 - C3 * root)).powf(1.0 / M1) * PQ_PEAK / WHITE
}

/// ITU-R BT.2100 table 5: light of the scene, 0 to 1.
fn scene_light_of_hlg(stored: f32) -> f32 {
    const A: f32 = 0.178_832_77;
    const B: f32 = 1.0 - 4.0 * A;
    const C: f32 = 0.559_910_7;
    if stored <= 0.5 { stored * stored / 3.0 } else { (((stored - C) / A).exp() + B) / 12.0 }
}

/// Values per block: small enough to stay in the cache, and often enough to hear of a cancel.
const BLOCK_VALUES: usize = 3 * 4 * 4096;

/// Turns three or four channels of stored values into sRGB.
///
/// # Errors
/// [`EngineError::Cancelled`].
pub(super) fn convert(pixels: &mut Pixels, described: &Described, cancel: &Cancel) -> Result<(), EngineError> {
    let (road, channels) = (Road::new(described), pixels.channels);
    match &mut pixels.samples {
        Samples::Wide(samples) => samples.par_chunks_mut(BLOCK_VALUES).try_for_each(|block| {
            cancel.check()?;
            for pixel in block.chunks_exact_mut(channels) {
                if let Some(colors) = pixel.first_chunk_mut::<3>() {
                    *colors = road.shown(*colors);
                }
            }
            Ok(())
        }),
        Samples::Narrow(samples) => samples.par_chunks_mut(BLOCK_VALUES).try_for_each(|block| {
            cancel.check()?;
            for pixel in block.chunks_exact_mut(channels) {
                if let Some(colors) = pixel.first_chunk_mut::<3>() {
                    *colors = road.shown(colors.map(|it| u16::from(it) * 257)).map(narrow);
                }
            }
            Ok(())
        }),
    }
}

/// Below this share of white, light of a scene is shown as it is.
const KNEE: f32 = 0.75;

/// Linear light of a scene in sRGB primaries, white being 1, as 16-bit sRGB values.
///
/// Where nothing is brighter than white nothing is changed. Otherwise everything above the knee is
/// compressed so that the brightest light becomes white; pixels keep their hue. What is no number
/// becomes black.
pub(super) fn shown_scene(samples: &[f32], channels: usize) -> Vec<u16> {
    let colors = colors_of(channels);
    let brightest_of =
        |pixel: &[f32]| pixel.iter().take(colors).copied().filter(|it| it.is_finite()).fold(0.0, f32::max);
    let most = samples.chunks_exact(channels).map(brightest_of).fold(0.0, f32::max);
    let mut shown = vec![0; samples.len()];
    let pairs = shown.chunks_exact_mut(channels).zip(samples.chunks_exact(channels));
    for (to, pixel) in pairs {
        let brightest = brightest_of(pixel);
        let gain = if most <= 1.0 || brightest <= KNEE { 1.0 } else { compressed(brightest, most) / brightest };
        for (at, (to, value)) in to.iter_mut().zip(pixel).enumerate() {
            *to = if at < colors { super::pixels::linear_to_display(value * gain) } else { whole(*value) };
        }
    }
    shown
}

/// All channels but alpha, which two and four of them have.
fn colors_of(channels: usize) -> usize {
    if matches!(channels, 2 | 4) { channels - 1 } else { channels }
}

/// Linear light in the primaries of a profile, three or four channels, to those of sRGB.
pub(super) fn to_srgb_primaries(samples: &mut [f32], channels: usize, profile: &ColorProfile) {
    let matrix = matrix(profile, &ColorProfile::new_srgb());
    for pixel in samples.chunks_exact_mut(channels) {
        if let Some(colors) = pixel.first_chunk_mut::<3>() {
            *colors = times(&matrix, *colors);
        }
    }
}

/// Is any light of the scene brighter than white?
pub(super) fn exceeds_white(samples: &[f32], channels: usize) -> bool {
    let colors = colors_of(channels);
    samples.chunks_exact(channels).any(|pixel| pixel.iter().take(colors).any(|it| 1.0 < *it && it.is_finite()))
}

/// The extended operator of Reinhard, above the knee only.
fn compressed(light: f32, most: f32) -> f32 {
    let room = 1.0 - KNEE;
    let (above, white) = ((light - KNEE) / room, (most - KNEE) / room);
    KNEE + room * above * (1.0 + above / (white * white)) / (1.0 + above)
}

#[cfg(test)]
mod tests {
    use super::{Curve, light_of_pq, scene_light_of_hlg, shown_scene};

    #[test]
    fn curves_meet_their_standards() {
        // SMPTE ST 2084 annex: code 0.5 is 92.2 cd/m²; BT.2408: 58 % is 203 cd/m², 75 % of HLG is 0.265.
        assert!((light_of_pq(0.5) * 203.0 - 92.2).abs() < 0.1);
        assert!((light_of_pq(0.58) - 1.0).abs() < 0.03);
        assert!((light_of_pq(1.0) * 203.0 - 10_000.0).abs() < 1.0);
        assert!((scene_light_of_hlg(0.5) - 1.0 / 12.0).abs() < 1e-6);
        assert!((scene_light_of_hlg(0.75) - 0.265).abs() < 1e-3);
        assert!((scene_light_of_hlg(1.0) - 1.0).abs() < 1e-4);
    }

    #[test]
    fn absolute_light_is_brought_down() {
        // A line up to white, then a parabola through (1, 0.5) and (4.926, 1). By hand: half-way in
        // its parameter, light (1 + 2 × 1.65 + 4.926) ÷ 4 = 2.3065 becomes (0.5 + 2 × 0.825 + 1) ÷ 4 = 0.7875.
        let curve = Curve::new(1_000.0);
        assert_eq!([curve.gain(0.1), curve.gain(1.0)], [0.5; 2]);
        assert!((curve.gain(2.3065) * 2.3065 - 0.7875).abs() < 1e-3);
        assert!((curve.gain(4.9) * 4.9 - 1.0).abs() < 2e-3 && (curve.gain(40.0) * 40.0 - 1.0).abs() < 1e-6);
        // Nothing above white needs no room.
        let flat = Curve::new(203.0);
        assert_eq!([flat.gain(0.5), flat.gain(1.0), flat.gain(2.0)], [1.0, 1.0, 0.5]);
    }

    #[test]
    fn a_scene_keeps_what_white_allows() {
        // IEC 61966-2-1 by hand: 0.2140 in linear light is 0.5.
        let dim = shown_scene(&[0.2140, 1.0, 0.0], 3);
        assert!(dim[0].abs_diff(32_768) < 20 && dim[1] == 65_535 && dim[2] == 0);
        // The brightest becomes white, what lies below the knee stays, and hues are kept.
        let bright =
            shown_scene(&[0.2140, 0.2140, 0.2140, 0.5, 8.0, 4.0, 0.5, f32::NAN, -1.0, f32::INFINITY, 2.0, 0.25], 4);
        assert!(bright[0].abs_diff(32_768) < 20 && bright[3] == 32_768);
        assert_eq!((bright[4], bright[8], bright[9]), (65_535, 0, 65_535));
        let bright = shown_scene(&[8.0, 4.0, 0.0, 2.0, 2.0, 2.0], 3);
        // Half of the light of white: 0.7354 (IEC 61966-2-1).
        assert!(bright[0] == 65_535 && bright[1].abs_diff(48_192) < 50 && bright[2] == 0);
        assert!(bright[3] < 65_535);
    }
}
