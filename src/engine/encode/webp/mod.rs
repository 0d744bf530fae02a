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

pub(super) fn encode(raster: &Raster, spec: &OutputSpec, cancel: &Cancel) -> Written {
    let mode = mode(raster, spec);
    let calm = matches!(mode.kind, Kind::Lossy { .. }).then(|| hidden::quietened(raster));
    let raster = calm.as_ref().unwrap_or(raster);
    let bytes = libwebp::encode(raster.bytes(), raster.size(), raster.layout().has_alpha(), mode, cancel)?;
    match raster.profile() {
        Some(profile) => container::with_profile(&bytes, profile, raster.size(), raster.layout().has_alpha()),
        None => Ok(bytes),
    }
}

fn mode(raster: &Raster, spec: &OutputSpec) -> Mode {
    let options = &spec.codec.webp;
    let (method, search) = match spec.effort {
        Effort::Fast => (2, 40),
        Effort::Normal => (4, 75),
        Effort::Best => (6, 100),
    };
    let method = options.method.map_or(method, |it| it.min(*webp::METHODS.end()));
    if spec.is_lossless() {
        let nearness = options.nearness.min(*webp::NEARNESSES.end());
        return Mode { quality: search, method, kind: Kind::Lossless { nearness } };
    }
    let alpha_quality = options.alpha_quality.min(*webp::ALPHA_QUALITIES.end());
    let channels = raster.layout().bytes_per_pixel();
    let is_coloured = || chroma::is_coloured(raster.bytes(), raster.width() as usize, channels);
    let kind = Kind::Lossy { alpha_quality, sharp_yuv: options.sharp_yuv.unwrap_or_else(is_coloured) };
    Mode { quality: spec.quality.clamp(1, 100), method, kind }
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
