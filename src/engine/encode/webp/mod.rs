//! WebP, lossy and lossless, by libwebp.

mod container;
mod libwebp;

use self::libwebp::Mode;
use super::Written;
use crate::engine::{
    Cancel, Raster,
    recipe::{Effort, OutputSpec},
};

pub(super) fn encode(raster: &Raster, spec: &OutputSpec, cancel: &Cancel) -> Written {
    let mode = if spec.is_lossless() {
        let (method, effort) = match spec.effort {
            Effort::Fast => (2, 40),
            Effort::Normal => (4, 75),
            Effort::Best => (6, 100),
        };
        Mode { lossless: true, quality: effort, method }
    } else {
        let method = match spec.effort {
            Effort::Fast => 2,
            Effort::Normal => 4,
            Effort::Best => 6,
        };
        Mode { lossless: false, quality: spec.quality.clamp(1, 100), method }
    };
    let bytes = libwebp::encode(raster.bytes(), raster.size(), raster.layout().has_alpha(), mode, cancel)?;
    match raster.profile() {
        Some(profile) => container::with_profile(&bytes, profile, raster.size(), raster.layout().has_alpha()),
        None => Ok(bytes),
    }
}
