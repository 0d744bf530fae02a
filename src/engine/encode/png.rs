//! PNG: quickly by `png`, smaller by `oxipng`.
//!
//! oxipng cannot be stopped half way and takes seconds, so live previews never go through it.

use super::{Written, sink::Sink};
use crate::engine::{
    Cancel, Layout, Raster,
    error::Cause,
    recipe::{Effort, OutputSpec},
};
use oxipng::RawImage;
use std::borrow::Cow;

/// Pixels from which the search for small bytes is shortened, so that a save takes seconds,
/// not minutes: at 1.2 megapixels oxipng's level 2 took 0.9 s, level 1 0.4 s, level 0 0.1 s.
const MANY: u64 = 4_000_000;
/// Pixels from which it is shortened again.
const VERY_MANY: u64 = 16_000_000;

pub(super) fn encode(raster: &Raster, spec: &OutputSpec, cancel: &Cancel) -> Written {
    encode_with(raster, spec, true, cancel)
}

/// Keeps the colour type and the depth of the samples.
pub(super) fn encode_as_is(raster: &Raster, spec: &OutputSpec, cancel: &Cancel) -> Written {
    encode_with(raster, spec, false, cancel)
}

fn encode_with(raster: &Raster, spec: &OutputSpec, reduce: bool, cancel: &Cancel) -> Written {
    let samples = big_endian(raster);
    match spec.effort {
        Effort::Fast => quick(raster, &samples, cancel),
        Effort::Normal | Effort::Best => small(raster, samples.into_owned(), spec.effort, reduce),
    }
}

/// Samples in the byte order of PNG.
fn big_endian(raster: &Raster) -> Cow<'_, [u8]> {
    if raster.layout().is_wide() {
        Cow::Owned(raster.samples16().iter().flat_map(|sample| sample.to_be_bytes()).collect())
    } else {
        Cow::Borrowed(raster.bytes())
    }
}

fn quick(raster: &Raster, samples: &[u8], cancel: &Cancel) -> Written {
    let mut sink = Sink::new(cancel);
    let mut info = png::Info::with_size(raster.width(), raster.height());
    info.color_type = if raster.layout().has_alpha() { png::ColorType::Rgba } else { png::ColorType::Rgb };
    info.bit_depth = if raster.layout().is_wide() { png::BitDepth::Sixteen } else { png::BitDepth::Eight };
    info.icc_profile = raster.profile().map(|profile| Cow::Borrowed(profile.as_ref()));
    let mut encoder = png::Encoder::with_info(&mut sink, info)?;
    encoder.set_compression(png::Compression::Balanced);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(samples)?;
    writer.finish()?;
    Ok(sink.into_bytes())
}

fn small(raster: &Raster, samples: Vec<u8>, effort: Effort, reduce: bool) -> Result<Vec<u8>, Cause> {
    let colour = match raster.layout() {
        Layout::Rgb8 | Layout::Rgb16 => oxipng::ColorType::RGB { transparent_color: None },
        Layout::Rgba8 | Layout::Rgba16 => oxipng::ColorType::RGBA,
    };
    let depth = if raster.layout().is_wide() { oxipng::BitDepth::Sixteen } else { oxipng::BitDepth::Eight };
    let mut image = RawImage::new(raster.width(), raster.height(), colour, depth, samples)?;
    if let Some(profile) = raster.profile() {
        image.add_icc_profile(profile);
    }
    let options = oxipng::Options {
        optimize_alpha: true,
        bit_depth_reduction: reduce,
        color_type_reduction: reduce,
        palette_reduction: reduce,
        grayscale_reduction: reduce,
        ..oxipng::Options::from_preset(level(raster, effort))
    };
    Ok(image.create_optimized_png(&options)?)
}

/// oxipng's level, a matter of the size alone: a time limit would make the bytes depend on
/// how busy the machine is.
fn level(raster: &Raster, effort: Effort) -> u8 {
    let pixels = u64::from(raster.width()) * u64::from(raster.height());
    match effort {
        Effort::Best if pixels < MANY => 4,
        Effort::Best => 2,
        _ if pixels < MANY => 2,
        _ if pixels < VERY_MANY => 1,
        _ => 0,
    }
}
