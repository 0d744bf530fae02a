//! WebP, lossy and lossless, by libwebp.

pub(in crate::engine) mod container;
mod libwebp;

use self::libwebp::{Kind, Mode};
use super::{Encoded, Written, chroma, hidden};
use crate::engine::{
    Cancel, EngineError, Format, Layout, Limits, Raster,
    options::webp,
    recipe::{Effort, OutputSpec},
};

/// What is tried of a larger picture is tried in turn, and once, for the memory: up to 100 bytes a pixel beside each other.
const MOST_TRIED: u64 = 6_000_000;

pub(super) fn encode(raster: &Raster, spec: &OutputSpec, cancel: &Cancel) -> Written {
    let calm = (!spec.is_lossless()).then(|| hidden::quietened(raster));
    let raster = calm.as_ref().unwrap_or(raster);
    let one = |mode| libwebp::encode(raster.bytes(), raster.size(), raster.layout().has_alpha(), mode, cancel);
    let (mode, other) = modes(raster, spec);
    let bytes = match other {
        Some(other) => {
            let (first, second) = rayon::join(|| one(mode), || one(other));
            let (first, second) = (first?, second?);
            if second.len() < first.len() { second } else { first }
        }
        None => one(mode)?,
    };
    match raster.profile() {
        Some(profile) => container::with_profile(&bytes, profile, raster.size(), raster.layout().has_alpha()),
        None => Ok(bytes),
    }
}

/// How to encode, and what else is tried.
///
/// Without loss there is no order among libwebp's methods: the fifth takes 0.89 to 0.99 of the fourth's bytes of photos
/// and artwork and 1.05 of a screenshot's, and the sixth at its greatest effort 1.04 of the fourth's.
fn modes(raster: &Raster, spec: &OutputSpec) -> (Mode, Option<Mode>) {
    let options = &spec.codec.webp;
    let (method, effort, other) = match spec.effort {
        Effort::Fast => (2, 40, None),
        Effort::Normal => (4, 75, Some((5, 75))),
        Effort::Best => (6, 100, Some((4, 100))),
    };
    let chosen = options.method.map(|it| it.min(*webp::METHODS.end()));
    let method = chosen.unwrap_or(method);
    if spec.is_lossless() {
        let is_small = u64::from(raster.width()) * u64::from(raster.height()) <= MOST_TRIED;
        let kind = Kind::Lossless { nearness: options.nearness.min(*webp::NEARNESSES.end()), threads: is_small };
        let other = other.filter(|_| chosen.is_none() && is_small);
        return (Mode { quality: effort, method, kind }, other.map(|(method, quality)| Mode { quality, method, kind }));
    }
    let alpha_quality = options.alpha_quality.min(*webp::ALPHA_QUALITIES.end());
    let channels = raster.layout().bytes_per_pixel();
    let is_coloured = || chroma::is_coloured(raster.bytes(), raster.width() as usize, channels);
    let kind = Kind::Lossy { alpha_quality, sharp_yuv: options.sharp_yuv.unwrap_or_else(is_coloured) };
    (Mode { quality: spec.quality.clamp(1, 100), method, kind }, None)
}

/// What [`encode`] made, decoded by the library that made it; `None` with a profile, since that
/// leads to other colours.
///
/// # Errors
/// [`EngineError::TooManyPixels`], [`EngineError::TooMuchMemory`], [`EngineError::Damaged`].
pub(super) fn decode_back(encoded: &Encoded, limits: &Limits) -> Result<Option<Raster>, EngineError> {
    let damaged = |cause| EngineError::Damaged { format: Format::WebP, cause };
    let Encoded { bytes, size: [width, height], .. } = encoded;
    if container::has_profile(bytes) {
        return Ok(None);
    }
    let layout = if libwebp::has_alpha(bytes).map_err(damaged)? { Layout::Rgba8 } else { Layout::Rgb8 };
    // Without loss it is decoded to four bytes a pixel first.
    limits.check(*width, *height, layout.bytes_per_pixel() as u64 + 4)?;
    let samples = libwebp::decode(bytes, encoded.size, layout.has_alpha()).map_err(damaged)?;
    Ok(Raster::from_samples8(*width, *height, layout, samples))
}
