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
/// Means, and fourth roots of the means of fourth powers, of what structure, then sharpness and smoothness lose.
type Losses = ([f64; 2], [f64; 4]);

/// A picture to which others are compared.
pub(super) struct Walk {
    light: [f32; 256],
    blur: RecursiveGaussian,
    scales: Vec<(Scale, [Known; 3])>,
    size: [usize; 2],
}

/// A size at which pictures are compared, and planes of that size.
struct Scale {
    size: [usize; 2],
    /// Which nobody works in just now; what is in them does not matter.
    kept: Mutex<Vec<Plane>>,
}

/// What a comparison needs of a channel of the first picture at a scale.
struct Known {
    plane: Plane,
    mean: Alone,
    /// The mean of the squares.
    squares: Alone,
}

/// A picture at a scale.
struct Painted {
    /// In the metric's colours.
    planes: [Plane; 3],
    /// Light at half the size.
    below: [Plane; 3],
}

impl Walk {
    /// `rgb` are the stored 8-bit values of pixels in RGB order, which count as sRGB; `size` is width and height.
    ///
    /// # Errors
    /// [`EngineError::Cancelled`].
    pub(super) fn new(rgb: &[u8], size: [u32; 2], cancel: &Cancel) -> Result<Self, EngineError> {
        let (rgb, size) = mirrored(rgb, size);
        let mut walk = Self { light: light(), blur: create_recursive_gaussian(SIGMA), scales: vec![], size };
        let mut above = None;
        for scale in scales(size) {
            let painted = walk.paint(&scale, None, &rgb, above.as_ref(), cancel)?;
            let known = painted.planes.into_par_iter().map(|plane| {
                let (mean, squares) = rayon::join(
                    || walk.blurred(&scale, &plane, None, cancel),
                    || walk.blurred(&scale, &plane, Some(&plane), cancel),
                );
                Ok(Known { mean: mean?, squares: squares?, plane })
            });
            let known: Vec<Known> = known.collect::<Result<_, EngineError>>()?;
            walk.scales.extend(<[Known; 3]>::try_from(known).map(|known| (scale, known)));
            above = Some(painted.below);
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
        let mut found = vec![];
        let mut above = None;
        for (at, (scale, known)) in self.scales.iter().enumerate() {
            let next = self.scales.get(at + 1).map(|(next, _)| next);
            let painted = self.paint(scale, next, &rgb, above.as_ref(), cancel)?;
            let losses = painted.planes.par_iter().zip(known);
            let losses = losses.map(|(plane, known)| self.losses(scale, plane, known, cancel));
            let losses: Vec<Losses> = losses.collect::<Result<_, _>>()?;
            let mut all = ScaleAggregates { avg_ssim: [0.0; 6], avg_edgediff: [0.0; 12] };
            for (channel, (structure, edges)) in losses.iter().enumerate() {
                all.avg_ssim[channel * 2..][..2].copy_from_slice(structure);
                all.avg_edgediff[channel * 4..][..4].copy_from_slice(edges);
            }
            found.push(all);
            scale.keep(painted.planes.into_iter().chain(above.into_iter().flatten()));
            above = Some(painted.below);
        }
        Ok(score(&found))
    }

    /// A picture at a scale, by the light of the one above it or, at first, by its stored values.
    fn paint(
        &self,
        scale: &Scale,
        next: Option<&Scale>,
        rgb: &[u8],
        above: Option<&[Plane; 3]>,
        cancel: &Cancel,
    ) -> Result<Painted, EngineError> {
        let [width, height] = scale.size;
        let half = width.div_ceil(2);
        let mut planes = scale.planes();
        let mut below = next.map_or_else(|| Scale::new([half, height.div_ceil(2)]).planes(), Scale::planes);
        let bands = bands(&mut planes, width * ROWS).zip(bands(&mut below, half * ROWS / 2)).enumerate();
        bands.try_for_each_init(<[Plane; 3]>::default, |band, (at, (((p0, p1), p2), ((b0, b1), b2)))| {
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
            Ok::<_, EngineError>(())
        })?;
        Ok(Painted { planes, below })
    }

    /// What a channel has lost of the one that is known.
    fn losses(&self, scale: &Scale, plane: &Plane, known: &Known, cancel: &Cancel) -> Result<Losses, EngineError> {
        let (mean, (squares, products)) = rayon::join(
            || self.blurred(scale, plane, None, cancel),
            || {
                rayon::join(
                    || self.blurred(scale, plane, Some(plane), cancel),
                    || self.blurred(scale, &known.plane, Some(plane), cancel),
                )
            },
        );
        let (mean, squares, products) = (mean?, squares?, products?);
        let [width, height] = scale.size;
        let (structure, edges) = rayon::join(
            || simd::ssim_map_simd(&known.mean, &mean, &known.squares, &squares, &products, width, height),
            || {
                let mut sums = [0.0; 4];
                simd::edge_sums_fast(0, height, width, &known.plane, &known.mean[0], plane, &mean[0], &mut sums);
                let share = 1.0 / (width * height) as f64;
                let root = |it: f64| (share * it).sqrt().sqrt();
                [share * sums[0], root(sums[1]), share * sums[2], root(sums[3])]
            },
        );
        scale.keep([mean, squares, products].map(|[plane, ..]| plane));
        cancel.check()?;
        Ok(([structure[0], structure[1]], edges))
    }

    /// A plane, or the product of two, blurred.
    fn blurred(
        &self,
        scale: &Scale,
        plane: &[f32],
        times: Option<&Plane>,
        cancel: &Cancel,
    ) -> Result<Alone, EngineError> {
        cancel.check()?;
        let [width, height] = scale.size;
        let (mut done, mut half) = (scale.plane(), scale.plane());
        simd::fast_gaussian_simd(&self.blur, plane, times.map(Vec::as_slice), width, height, &mut done, &mut half);
        scale.keep([half]);
        Ok([done, vec![], vec![]])
    }
}

impl Scale {
    fn new(size: [usize; 2]) -> Self {
        Self { size, kept: Mutex::default() }
    }

    fn plane(&self) -> Plane {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner).pop();
        kept.unwrap_or_else(|| vec![0.0; self.size[0] * self.size[1]])
    }

    fn planes(&self) -> [Plane; 3] {
        std::array::from_fn(|_| self.plane())
    }

    fn keep(&self, planes: impl IntoIterator<Item = Plane>) {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).extend(planes);
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

/// The sizes at which a picture is looked at; the last one may be smaller than [`LEAST`].
fn scales(size: [usize; 2]) -> impl Iterator<Item = Scale> {
    let halves =
        std::iter::successors(Some(size), |it| (it[0].min(it[1]) >= LEAST).then(|| it.map(|side| side.div_ceil(2))));
    halves.take(SCALES).map(Scale::new)
}

/// Rows of three planes, so many values of each at once.
fn bands(
    [one, two, three]: &mut [Plane; 3],
    length: usize,
) -> impl IndexedParallelIterator<Item = ((&mut [f32], &mut [f32]), &mut [f32])> {
    one.par_chunks_mut(length).zip(two.par_chunks_mut(length)).zip(three.par_chunks_mut(length))
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
