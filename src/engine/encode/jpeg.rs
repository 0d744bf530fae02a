//! JPEG by mozjpeg's methods: trellis quantisation and, but for previews, progressive scans.

use super::{Written, sink::Sink};
use crate::engine::{
    Cancel, Raster,
    recipe::{Effort, OutputSpec},
};
use mozjpeg_rs::{Encoder, Preset, Subsampling};
use rayon::prelude::*;

/// From this quality on colour keeps its full resolution; below, halved colour looks the
/// same for fewer bytes.
const FULL_COLOUR: u8 = 90;

pub(super) fn encode(raster: &Raster, spec: &OutputSpec, cancel: &Cancel) -> Written {
    let preset = match spec.effort {
        Effort::Fast => Preset::BaselineBalanced,
        Effort::Normal => Preset::ProgressiveBalanced,
        Effort::Best => Preset::ProgressiveSmallest,
    };
    let subsampling = if spec.quality < FULL_COLOUR { Subsampling::S420 } else { Subsampling::S444 };
    let mut encoder = Encoder::new(preset).quality(spec.quality.clamp(1, 100)).subsampling(subsampling);
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

/// One sample a pixel if no pixel has a colour. Not with a profile: it describes three.
fn grey(raster: &Raster) -> Option<Vec<u8>> {
    let pixels = raster.bytes().as_chunks::<3>().0;
    let is_grey = raster.profile().is_none() && pixels.par_iter().all(|&[r, g, b]| r == g && g == b);
    is_grey.then(|| pixels.iter().map(|&[grey, ..]| grey).collect())
}
