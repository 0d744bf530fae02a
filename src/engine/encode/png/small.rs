//! As small as there is time for, by oxipng.

use super::{Kind, Picture};
use crate::engine::{encode::Written, recipe::Effort};
use oxipng::{BitDepth, ColorType, RGBA8, RawImage};

/// Pixels from which the search for small bytes is shortened, so that a save takes seconds,
/// not minutes: at 1.2 megapixels oxipng's level 2 took 0.9 s, level 1 0.4 s, level 0 0.1 s.
const MANY: u64 = 4_000_000;
/// Pixels from which it is shortened again.
const VERY_MANY: u64 = 16_000_000;

/// Without `reduce` the colour type and the depth stay.
pub(super) fn write(picture: &Picture<'_>, effort: Effort, reduce: bool) -> Written {
    let colour = match &picture.kind {
        Kind::Grey => ColorType::Grayscale { transparent_shade: None },
        Kind::Rgb => ColorType::RGB { transparent_color: None },
        Kind::Rgba => ColorType::RGBA,
        Kind::Palette(colours) => {
            ColorType::Indexed { palette: colours.iter().map(|&[r, g, b, a]| RGBA8::new(r, g, b, a)).collect() }
        }
    };
    let depth = if picture.is_wide { BitDepth::Sixteen } else { BitDepth::Eight };
    let [width, height] = picture.size;
    let mut image = RawImage::new(width, height, colour, depth, picture.samples.to_vec())?;
    if let Some(profile) = picture.profile {
        image.add_icc_profile(profile);
    }
    let options = oxipng::Options {
        optimize_alpha: true,
        bit_depth_reduction: reduce,
        color_type_reduction: reduce,
        palette_reduction: reduce,
        grayscale_reduction: reduce,
        ..oxipng::Options::from_preset(level(picture.size, effort))
    };
    Ok(image.create_optimized_png(&options)?)
}

/// oxipng's level, a matter of the size alone: a time limit would make the bytes depend on
/// how busy the machine is.
fn level([width, height]: [u32; 2], effort: Effort) -> u8 {
    let pixels = u64::from(width) * u64::from(height);
    match effort {
        Effort::Best if pixels < MANY => 4,
        Effort::Best => 2,
        _ if pixels < MANY => 2,
        _ if pixels < VERY_MANY => 1,
        _ => 0,
    }
}
