//! The metric's walk over the scales of a picture, from the parts of `fast-ssim2`.
//!
//! The crate's own walk gives the same numbers to the last bit. This one keeps its planes from one comparison to the
//! next, where the crate takes some thirty new ones of the size of the picture each time, spreads each scale over the
//! processors by channels and kinds of blur, and looks up before each of them whether somebody still waits.

use crate::engine::{Cancel, EngineError};
use fast_ssim2::pipeline::{
    EncodedData, EncodedSrgb,
    gauss::{RecursiveGaussian, create_recursive_gaussian},
    linearize,
    score::{ScaleAggregates, score},
    simd,
};
use rayon::prelude::*;
use std::{
    borrow::Cow,
    sync::{Mutex, PoisonError},
};

/// The metric looks at so many scales, each of half the size of the one before.
const SCALES: usize = 6;
/// It ends below a scale with a side of fewer pixels, and smaller pictures are mirrored up to it.
const LEAST: usize = 8;
/// How far the metric blurs, in pixels.
const SIGMA: f64 = 1.5;
/// Rows that are made into the metric's colours at once: even, for the scale below, and a multiple of the width of
/// vector registers.
const ROWS: usize = 16;

type Plane = Vec<f32>;
/// A plane in the first place; the others are empty, since the crate counts three channels, one after the other.
type Alone = [Plane; 3];

/// A picture to which others are compared, and the planes that comparisons work in.
pub(super) struct Walk {
    light: [f32; 256],
    blur: RecursiveGaussian,
    scales: Vec<[Known; 3]>,
    /// Of comparisons that ended; as many as ever ran at once.
    kept: Mutex<Vec<Vec<Scale>>>,
    size: [usize; 2],
}

/// What a comparison needs of a channel of the first picture at a scale.
#[derive(Default)]
struct Known {
    plane: Plane,
    mean: Alone,
    /// Of the squares.
    variance: Alone,
}

/// The planes of a comparison at a scale.
struct Scale {
    size: [usize; 2],
    /// In the metric's colours.
    planes: [Plane; 3],
    /// Light at half the size.
    below: [Plane; 3],
    channels: [Channel; 3],
}

/// What is found out about a channel of the second picture.
#[derive(Default)]
struct Channel {
    mean: Blurred,
    variance: Blurred,
    covariance: Blurred,
}

#[derive(Default)]
struct Blurred {
    done: Alone,
    /// In one direction only.
    half: Plane,
}

impl Walk {
    /// `rgb` are the stored 8-bit values of pixels in RGB order, which count as sRGB; `size` is width and height.
    ///
    /// # Errors
    /// [`EngineError::Cancelled`].
    pub(super) fn new(rgb: &[u8], size: [u32; 2], cancel: &Cancel) -> Result<Self, EngineError> {
        let (rgb, size) = mirrored(rgb, size);
        let mut walk = Self {
            light: light(),
            blur: create_recursive_gaussian(SIGMA),
            scales: vec![],
            kept: Mutex::default(),
            size,
        };
        let mut scales = scales(size);
        let mut above: Option<[Plane; 3]> = None;
        for scale in &mut scales {
            walk.paint(scale, &rgb, above.as_ref(), cancel)?;
            let known: Result<Vec<Known>, EngineError> = (scale.planes.par_iter())
                .zip(&mut scale.channels)
                .map(|(plane, channel)| {
                    let Channel { mean, variance, .. } = channel;
                    let (left, right) = rayon::join(
                        || walk.blur(mean, plane, None, scale.size, cancel),
                        || walk.blur(variance, plane, Some(plane), scale.size, cancel),
                    );
                    left.and(right)?;
                    Ok(Known {
                        plane: plane.clone(),
                        mean: std::mem::take(&mut mean.done),
                        variance: std::mem::take(&mut variance.done),
                    })
                })
                .collect();
            walk.scales.extend(<[Known; 3]>::try_from(known?));
            above = Some(std::mem::take(&mut scale.below));
        }
        Ok(walk)
    }

    /// How close another picture of the same size comes, 100 at most.
    ///
    /// # Errors
    /// [`EngineError::Cancelled`], also when it has another size.
    pub(super) fn score(&self, rgb: &[u8], size: [u32; 2], cancel: &Cancel) -> Result<f64, EngineError> {
        let (rgb, size) = mirrored(rgb, size);
        if size != self.size {
            return Err(EngineError::Cancelled);
        }
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut scales = kept.unwrap_or_else(|| scales(size));
        let found = self.compare(&mut scales, &rgb, cancel);
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).push(scales);
        found
    }

    fn compare(&self, scales: &mut [Scale], rgb: &[u8], cancel: &Cancel) -> Result<f64, EngineError> {
        let mut found = vec![];
        let mut above: Option<&[Plane; 3]> = None;
        for (scale, known) in scales.iter_mut().zip(&self.scales) {
            self.paint(scale, rgb, above, cancel)?;
            let Scale { size, planes, channels, below } = scale;
            let sums: Vec<([f64; 2], [f64; 4])> = (planes.par_iter().zip(channels))
                .zip(known)
                .map(|((plane, channel), known)| self.differ(channel, plane, known, *size, cancel))
                .collect::<Result<_, _>>()?;
            let mut all = ScaleAggregates { avg_ssim: [0.0; 6], avg_edgediff: [0.0; 12] };
            for (at, (structure, edges)) in sums.iter().enumerate() {
                all.avg_ssim[at * 2..][..2].copy_from_slice(structure);
                all.avg_edgediff[at * 4..][..4].copy_from_slice(edges);
            }
            found.push(all);
            above = Some(below);
        }
        Ok(score(&found))
    }

    /// Makes a scale's planes of the one above it, or of the stored values, and the light of the one below.
    fn paint(
        &self,
        scale: &mut Scale,
        rgb: &[u8],
        above: Option<&[Plane; 3]>,
        cancel: &Cancel,
    ) -> Result<(), EngineError> {
        let [width, _] = scale.size;
        let half = width.div_ceil(2);
        let [p0, p1, p2] = &mut scale.planes;
        let [b0, b1, b2] = &mut scale.below;
        let planes = p0.par_chunks_mut(width * ROWS).zip(p1.par_chunks_mut(width * ROWS));
        let planes = planes.zip(p2.par_chunks_mut(width * ROWS));
        let below = b0.par_chunks_mut(half * ROWS / 2).zip(b1.par_chunks_mut(half * ROWS / 2));
        let below = below.zip(b2.par_chunks_mut(half * ROWS / 2));
        let bands = planes.zip(below).enumerate();
        bands.try_for_each_init(
            || [vec![], vec![], vec![]],
            |band: &mut [Plane; 3], (at, (((p0, p1), p2), ((b0, b1), b2)))| {
                cancel.check()?;
                let start = at * ROWS * width;
                let pixels = start..start + p0.len();
                for (channel, plane) in band.iter_mut().enumerate() {
                    plane.clear();
                    match above {
                        Some(above) => plane.extend_from_slice(&above[channel][pixels.clone()]),
                        None => {
                            let stored = rgb[pixels.start * 3..pixels.end * 3].chunks_exact(3);
                            plane.extend(stored.map(|it| self.light[usize::from(it[channel])]));
                        }
                    }
                }
                for (plane, below) in band.iter().zip([b0, b1, b2]) {
                    halve(plane, width, below);
                }
                simd::planes_to_positive_xyb_simd(band);
                for (plane, to) in band.iter().zip([p0, p1, p2]) {
                    to.copy_from_slice(plane);
                }
                Ok(())
            },
        )
    }

    /// How far a channel is from the one that is known: the means and fourth roots of the means of fourth powers of
    /// what structure, sharpness and smoothness lose.
    fn differ(
        &self,
        channel: &mut Channel,
        plane: &Plane,
        known: &Known,
        size: [usize; 2],
        cancel: &Cancel,
    ) -> Result<([f64; 2], [f64; 4]), EngineError> {
        let Channel { mean, variance, covariance } = channel;
        let (one, (two, three)) = rayon::join(
            || self.blur(variance, plane, Some(plane), size, cancel),
            || {
                rayon::join(
                    || self.blur(covariance, &known.plane, Some(plane), size, cancel),
                    || self.blur(mean, plane, None, size, cancel),
                )
            },
        );
        one.and(two).and(three)?;
        let [width, height] = size;
        let (structure, edges) = rayon::join(
            || {
                let (mean, variance, covariance) = (&mean.done, &variance.done, &covariance.done);
                simd::ssim_map_simd(&known.mean, mean, &known.variance, variance, covariance, width, height)
            },
            || {
                let mut sums = [0.0; 4];
                let (known_mean, mean) = (&known.mean[0], &mean.done[0]);
                simd::edge_sums_fast(0, height, width, &known.plane, known_mean, plane, mean, &mut sums);
                let share = 1.0 / (width * height) as f64;
                let root = |it: f64| (share * it).sqrt().sqrt();
                [share * sums[0], root(sums[1]), share * sums[2], root(sums[3])]
            },
        );
        cancel.check()?;
        Ok(([structure[0], structure[1]], edges))
    }

    /// Blurs a plane, or the product of two.
    fn blur(
        &self,
        into: &mut Blurred,
        plane: &[f32],
        times: Option<&Plane>,
        [width, height]: [usize; 2],
        cancel: &Cancel,
    ) -> Result<(), EngineError> {
        cancel.check()?;
        let Blurred { done: [done, ..], half } = into;
        done.resize(width * height, 0.0);
        half.resize(width * height, 0.0);
        simd::fast_gaussian_simd(&self.blur, plane, times.map(Vec::as_slice), width, height, done, half);
        Ok(())
    }
}

/// The light of each stored value, as the metric's reference implementation has it.
fn light() -> [f32; 256] {
    let greys = (0..=u8::MAX).flat_map(|it| [it; 3]).collect();
    let [red, ..] = linearize(&EncodedSrgb { width: 256, height: 1, data: EncodedData::U8(greys), alpha: None }, 1.0);
    std::array::from_fn(|at| red.get(at).copied().unwrap_or_default())
}

/// A picture with a side of fewer pixels than the metric wants is continued by its mirror images.
fn mirrored(rgb: &[u8], size: [u32; 2]) -> (Cow<'_, [u8]>, [usize; 2]) {
    let [width, height] = size.map(|it| it as usize);
    if width.min(height) >= LEAST {
        return (Cow::Borrowed(rgb), [width, height]);
    }
    let small = EncodedSrgb { width, height, data: EncodedData::U8(rgb.to_vec()), alpha: None };
    let EncodedSrgb { width, height, data, .. } = small.reflect_padded(LEAST);
    match data {
        EncodedData::U8(bytes) => (Cow::Owned(bytes), [width, height]),
        EncodedData::U16(_) | EncodedData::F32(_) => (Cow::Borrowed(rgb), size.map(|it| it as usize)),
    }
}

/// Empty planes for each scale of a picture; the last one may be smaller than [`LEAST`].
fn scales(size: [usize; 2]) -> Vec<Scale> {
    let halves =
        std::iter::successors(Some(size), |it| (it[0].min(it[1]) >= LEAST).then(|| it.map(|side| side.div_ceil(2))));
    let scale = |[width, height]: [usize; 2]| Scale {
        size: [width, height],
        planes: std::array::from_fn(|_| vec![0.0; width * height]),
        below: std::array::from_fn(|_| vec![0.0; width.div_ceil(2) * height.div_ceil(2)]),
        channels: Default::default(),
    };
    halves.take(SCALES).map(scale).collect()
}

/// The means of two by two pixels; at the right and at the bottom, a missing one is taken for its neighbour.
fn halve(plane: &[f32], width: usize, below: &mut [f32]) {
    for (rows, to) in plane.chunks(width * 2).zip(below.chunks_mut(width.div_ceil(2))) {
        let (upper, lower) = rows.split_at(width);
        let lower = if lower.is_empty() { upper } else { lower };
        for ((above, under), to) in upper.chunks(2).zip(lower.chunks(2)).zip(to) {
            let (Some((first, last)), Some((third, fourth))) = (ends(above), ends(under)) else { continue };
            *to = (first + last + third + fourth) * 0.25;
        }
    }
}

/// The first and the last of one or two.
fn ends(some: &[f32]) -> Option<(f32, f32)> {
    Some((*some.first()?, *some.last()?))
}
