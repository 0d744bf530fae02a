//! JPEG by mozjpeg's methods: what is kept with trellis quantisation and progressive scans, previews
//! with the same tables in a fraction of the time.
//!
//! mozjpeg's encoder cannot be stopped half way; see [`super::is_stoppable`].

mod blocks;
mod code;
mod header;
mod strips;

use super::{Made, averaged, chroma, sink::Sink};
use crate::engine::{
    Cancel, Layout, Raster,
    error::Cause,
    options::{JpegOptions, Subsampling},
    recipe::{Effort, OutputSpec},
};
use blocks::Picture;
use mozjpeg_rs::{Encoder, Preset, TrellisConfig};

/// Pixels up to which every order of scans is tried for what is kept: it takes three times as long
/// (140 ms a megapixel) and saves 1 to 4 %, which is what mozjpeg in C would have saved.
const FEW: u64 = 4_000_000;

/// How many times, in powers of two, the contrast of a block has to be mozjpeg's until its errors count half. Over nine
/// qualities from 40 to 94, bytes at equal SSIMULACRA2 become 2.5 % fewer of screenshots, 1 % of a logo, and as many
/// as they were, within half a per cent, of photos and artwork.
const TRUST: f32 = 1.0;

pub(super) fn encode(raster: &Raster, spec: &OutputSpec, cancel: &Cancel) -> Result<Made, Cause> {
    if raster.profile().is_some_and(|it| header::LONGEST_PROFILE < it.len()) {
        return Err("its ICC profile is longer than a JPEG can hold; convert the colours to sRGB".into());
    }
    let JpegOptions { progressive, trellis, .. } = spec.codec.jpeg;
    let quality = spec.quality.clamp(1, 100);
    let shared = pixels_a_colour(raster, spec);
    let is_small = u64::from(raster.width()) * u64::from(raster.height()) <= FEW;
    let grey = super::grey(raster);
    let averaged = match grey {
        None => averaged(raster, shared, cancel)?,
        Some(_) => None,
    };
    let preset = match (spec.effort, progressive) {
        (Effort::Fast, _) => {
            let profile = raster.profile().map(AsRef::as_ref);
            let wish = strips::Wish { quality, shared, spares: trellis, profile };
            let averaged = averaged.as_ref();
            let (samples, channels) = grey.as_deref().map_or((raster.bytes(), 3), |it| (it, 1));
            return at_once(raster, Picture { samples, size: raster.size(), channels, averaged }, &wish, cancel);
        }
        (_, false) => Preset::BaselineBalanced,
        (Effort::Normal, true) if !is_small => Preset::ProgressiveBalanced,
        (Effort::Normal | Effort::Best, true) => Preset::ProgressiveSmallest,
    };
    let mut encoder = Encoder::new(preset).quality(quality).subsampling(in_words(shared));
    encoder = encoder.trellis(if trellis { weighed() } else { TrellisConfig::disabled() });
    if let Some(profile) = raster.profile() {
        encoder = encoder.icc_profile(profile.to_vec());
    }
    let (width, height) = (raster.width(), raster.height());
    let mut sink = Sink::new(cancel);
    match (grey, averaged) {
        (Some(grey), _) => encoder.encode_gray_to_writer(&grey, width, height, &mut sink)?,
        (None, Some(it)) => {
            encoder.encode_ycbcr_planar_to_writer(&it.luma, &it.blue, &it.red, width, height, &mut sink)?;
        }
        (None, None) => encoder.encode_rgb_to_writer(raster.bytes(), width, height, &mut sink)?,
    }
    Ok(sink.into_bytes().into())
}

/// What a coefficient shows against what it costs. Blocks of strong contrast are spared less than by mozjpeg, which
/// trusts them to hide their errors: text and outlines do not.
fn weighed() -> TrellisConfig {
    let usual = TrellisConfig::default();
    TrellisConfig {
        lambda_log_scale1: usual.lambda_log_scale1 + TRUST,
        lambda_log_scale2: usual.lambda_log_scale2 + TRUST,
        ..usual
    }
}

/// In one scan, on all cores, with what it looks like.
fn at_once(raster: &Raster, picture: Picture<'_>, wish: &strips::Wish<'_>, cancel: &Cancel) -> Result<Made, Cause> {
    let [width, height] = raster.size();
    let strips::Coded { bytes, samples } = strips::encode(picture, wish, cancel)?;
    let samples = match picture.channels {
        1 => samples.into_iter().flat_map(|grey| [grey; 3]).collect(),
        _ => samples,
    };
    // Of other colours than sRGB it is not yet what is seen.
    let is_final = raster.profile().is_none();
    let seen = if is_final { Raster::from_samples8(width, height, Layout::Rgb8, samples) } else { None };
    Ok(Made { bytes: bytes.into(), seen })
}

/// The picture with its colours averaged with care, where four pixels share one and that pays.
fn averaged(raster: &Raster, shared: [u32; 2], cancel: &Cancel) -> Result<Option<averaged::Planes>, Cause> {
    if shared != [2, 2] || !chroma::is_coloured(raster.bytes(), raster.width() as usize, 3) {
        return Ok(None);
    }
    averaged::planes(raster.bytes(), 3, raster.size(), averaged::Range::Full, cancel).map(Some)
}

/// How many pixels share a colour, across and down.
fn pixels_a_colour(raster: &Raster, spec: &OutputSpec) -> [u32; 2] {
    match spec.codec.jpeg.subsampling {
        Subsampling::Auto => match chroma::needs_full(raster.bytes(), raster.width() as usize, spec.quality) {
            true => [1, 1],
            false => [2, 2],
        },
        Subsampling::Full => [1, 1],
        Subsampling::HalfAcross => [2, 1],
        Subsampling::Half => [2, 2],
    }
}

fn in_words(shared: [u32; 2]) -> mozjpeg_rs::Subsampling {
    match shared {
        [1, _] => mozjpeg_rs::Subsampling::S444,
        [_, 1] => mozjpeg_rs::Subsampling::S422,
        _ => mozjpeg_rs::Subsampling::S420,
    }
}
