//! AVIF: AV1 by libaom, in a file of our own making.
//!
//! libaom cannot be stopped half way; see [`super::is_stoppable`].

pub(in crate::engine) mod container;
mod planes;

use self::{
    container::{Stream, file},
    planes::{alpha, colours, is_grey},
};
use super::{Written, hidden};
use crate::engine::{
    Cancel, Raster,
    error::Cause,
    options::{AvifDepth, AvifOptions, Subsampling},
    recipe::{Effort, OutputSpec},
};
use inlaid_av1::{Chroma, Cicp, Planes, Wish};

/// sRGB: primaries of BT.709, its own curve, matrix of BT.601 (ITU-T H.273).
const SRGB: Cicp = [1, 13, 6];
/// What the profile says, and the matrix, which it does not say.
const BY_PROFILE: Cicp = [2, 2, 6];

pub(super) fn encode(raster: &Raster, spec: &OutputSpec, cancel: &Cancel) -> Written {
    let options = &spec.codec.avif;
    let (quality, speed, depth) = (spec.quality.clamp(1, 100), speed(options, spec.effort), depth(options));
    let raster = &hidden::quietened(raster);
    let cicp = if raster.profile().is_some() { BY_PROFILE } else { SRGB };
    let coded = colours(raster, depth, chroma(raster, options));
    let transparency = raster.layout().has_alpha().then(|| alpha(raster, depth));
    cancel.check()?;
    let alpha_quality = options.alpha_quality.map_or(quality, |it| it.clamp(1, 100));
    let wish = Wish { quality, speed, threads: rayon::current_num_threads(), cicp: Some(cicp) };
    let for_alpha = Wish { quality: alpha_quality, cicp: None, ..wish };
    let stream = |planes: &Planes, wish| Ok::<_, Cause>(Stream::of(planes, inlaid_av1::encode(planes, wish)?));
    let (colour, alpha) =
        rayon::join(|| stream(&coded, wish), || transparency.map(|it| stream(&it, for_alpha)).transpose());
    file(raster.size(), &colour?, alpha?.as_ref(), cicp, raster.profile().map(AsRef::as_ref))
}

/// Is this written with more than 8 bits a channel?
pub(super) fn holds_wide(options: &AvifOptions) -> bool {
    depth(options) != 8
}

fn depth(options: &AvifOptions) -> u8 {
    match options.depth {
        AvifDepth::Eight => 8,
        AvifDepth::Auto | AvifDepth::Ten => 10,
    }
}

fn speed(options: &AvifOptions, effort: Effort) -> u8 {
    match (effort, options.speed) {
        (Effort::Fast, _) => 10,
        (_, Some(speed)) => speed.clamp(1, 10),
        (Effort::Normal, None) => 6,
        (Effort::Best, None) => 3,
    }
}

fn chroma(raster: &Raster, options: &AvifOptions) -> Chroma {
    match options.chroma {
        // A profile describes three channels.
        _ if raster.profile().is_none() && is_grey(raster) => Chroma::None,
        Subsampling::Half => Chroma::Half,
        Subsampling::Auto | Subsampling::Full | Subsampling::HalfAcross => Chroma::Full,
    }
}
