//! JPEG by mozjpeg's methods: trellis quantisation and, but for previews, progressive scans.

use super::{Written, sink::Sink};
use crate::engine::{
    Cancel, Raster,
    options::{JpegOptions, Subsampling},
    recipe::{Effort, OutputSpec},
};
use mozjpeg_rs::{Encoder, Preset, TrellisConfig};
use rayon::prelude::*;

/// From this quality on colour keeps its full resolution; below, halved colour looks the
/// same for fewer bytes.
const FULL_COLOUR: u8 = 90;

pub(super) fn encode(raster: &Raster, spec: &OutputSpec, cancel: &Cancel) -> Written {
    let JpegOptions { progressive, trellis, .. } = spec.codec.jpeg;
    let preset = match (spec.effort, progressive) {
        (Effort::Fast, _) | (_, false) => Preset::BaselineBalanced,
        (Effort::Normal, true) => Preset::ProgressiveBalanced,
        (Effort::Best, true) => Preset::ProgressiveSmallest,
    };
    let mut encoder = Encoder::new(preset).quality(spec.quality.clamp(1, 100)).subsampling(subsampling(spec));
    if !trellis {
        encoder = encoder.trellis(TrellisConfig::disabled());
    }
    if let Some(profile) = raster.profile() {
        encoder = encoder.icc_profile(profile.to_vec());
    }
    let (width, height) = (raster.width(), raster.height());
    let mut sink = Sink::new(cancel);
    match grey(raster) {
        Some(grey) => encoder.encode_gray_to_writer(&grey, width, height, &mut sink)?,
        None => encoder.encode_rgb_to_writer(raster.bytes(), width, height, &mut sink)?,
    }
    Ok(sink.into_bytes())
}

fn subsampling(spec: &OutputSpec) -> mozjpeg_rs::Subsampling {
    use mozjpeg_rs::Subsampling as Theirs;
    match spec.codec.jpeg.subsampling {
        Subsampling::Auto if spec.quality < FULL_COLOUR => Theirs::S420,
        Subsampling::Auto | Subsampling::Full => Theirs::S444,
        Subsampling::HalfAcross => Theirs::S422,
        Subsampling::Half => Theirs::S420,
    }
}

/// One sample a pixel if no pixel has a colour. Not with a profile: it describes three.
fn grey(raster: &Raster) -> Option<Vec<u8>> {
    let pixels = raster.bytes().as_chunks::<3>().0;
    let is_grey = raster.profile().is_none() && pixels.par_iter().all(|&[r, g, b]| r == g && g == b);
    is_grey.then(|| pixels.iter().map(|&[grey, ..]| grey).collect())
}
