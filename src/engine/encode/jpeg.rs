//! JPEG by mozjpeg's methods: trellis quantisation and, but for previews, progressive scans.

use super::{Written, chroma, sink::Sink};
use crate::engine::{
    Cancel, Raster,
    options::{JpegOptions, Subsampling},
    recipe::{Effort, OutputSpec},
};
use mozjpeg_rs::{Encoder, Preset, TrellisConfig};

/// Pixels up to which every order of scans is tried for what is kept: it takes three times as long
/// (140 ms a megapixel) and saves 1 to 4 %, which is what mozjpeg in C would have saved.
const FEW: u64 = 4_000_000;

/// From this quality on live previews do without trellis quantisation: it looks at every way to
/// write each of the many coefficients that are left, for ten times the time at quality 98 (four
/// times at 80), and saves a tenth of the bytes.
const SLOW: u8 = 90;

pub(super) fn encode(raster: &Raster, spec: &OutputSpec, cancel: &Cancel) -> Written {
    let JpegOptions { progressive, trellis, .. } = spec.codec.jpeg;
    let is_small = u64::from(raster.width()) * u64::from(raster.height()) <= FEW;
    let preset = match (spec.effort, progressive) {
        (Effort::Fast, _) | (_, false) => Preset::BaselineBalanced,
        (Effort::Normal, true) if !is_small => Preset::ProgressiveBalanced,
        (Effort::Normal | Effort::Best, true) => Preset::ProgressiveSmallest,
    };
    let mut encoder = Encoder::new(preset).quality(spec.quality.clamp(1, 100)).subsampling(subsampling(raster, spec));
    if !trellis || (spec.effort == Effort::Fast && SLOW <= spec.quality) {
        encoder = encoder.trellis(TrellisConfig::disabled());
    }
    if let Some(profile) = raster.profile() {
        encoder = encoder.icc_profile(profile.to_vec());
    }
    let (width, height) = (raster.width(), raster.height());
    let mut sink = Sink::new(cancel);
    match super::grey(raster) {
        Some(grey) => encoder.encode_gray_to_writer(&grey, width, height, &mut sink)?,
        None => encoder.encode_rgb_to_writer(raster.bytes(), width, height, &mut sink)?,
    }
    Ok(sink.into_bytes())
}

fn subsampling(raster: &Raster, spec: &OutputSpec) -> mozjpeg_rs::Subsampling {
    use mozjpeg_rs::Subsampling as Theirs;
    match spec.codec.jpeg.subsampling {
        Subsampling::Auto => match chroma::needs_full(raster.bytes(), raster.width() as usize, spec.quality) {
            true => Theirs::S444,
            false => Theirs::S420,
        },
        Subsampling::Full => Theirs::S444,
        Subsampling::HalfAcross => Theirs::S422,
        Subsampling::Half => Theirs::S420,
    }
}
