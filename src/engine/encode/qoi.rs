//! QOI.

use super::{Written, colour_type, sink::Sink};
use crate::engine::{Cancel, Raster, recipe::OutputSpec};
use image::{ImageEncoder as _, codecs::qoi::QoiEncoder};

pub(super) fn encode(raster: &Raster, _: &OutputSpec, cancel: &Cancel) -> Written {
    let mut sink = Sink::new(cancel);
    let colour = colour_type(raster.layout());
    QoiEncoder::new(&mut sink).write_image(raster.bytes(), raster.width(), raster.height(), colour)?;
    Ok(sink.into_bytes())
}
