//! BMP: 24 bits a pixel, or 32 with a version 4 header that names the alpha channel.

use super::{Written, colour_type, sink::Sink};
use crate::engine::{Cancel, Raster, recipe::OutputSpec};
use image::{ImageEncoder as _, codecs::bmp::BmpEncoder};

pub(super) fn encode(raster: &Raster, _: &OutputSpec, cancel: &Cancel) -> Written {
    let mut sink = Sink::new(cancel);
    let colour = colour_type(raster.layout());
    BmpEncoder::new(&mut sink).write_image(raster.bytes(), raster.width(), raster.height(), colour)?;
    Ok(sink.into_bytes())
}
