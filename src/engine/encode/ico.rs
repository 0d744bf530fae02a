//! ICO with one picture, kept as a 32-bit PNG: what every reader since Windows Vista takes.

use super::{Written, png, sink::Sink};
use crate::engine::{Cancel, Layout, Raster, recipe::OutputSpec};
use image::{
    ExtendedColorType,
    codecs::ico::{IcoEncoder, IcoFrame},
};

pub(super) fn encode(raster: &Raster, spec: &OutputSpec, cancel: &Cancel) -> Written {
    let (width, height) = (raster.width(), raster.height());
    let rgba =
        Raster::from_samples8(width, height, Layout::Rgba8, raster.to_rgba8()).ok_or("the lengths do not fit")?;
    // Readers insist on 32 bits a pixel, so the colour type has to stay.
    let picture = png::encode_as_is(&rgba, spec, cancel)?;
    let mut sink = Sink::new(cancel);
    let frame = IcoFrame::with_encoded(picture, width, height, ExtendedColorType::Rgba8)?;
    IcoEncoder::new(&mut sink).encode_images(&[frame])?;
    Ok(sink.into_bytes())
}
