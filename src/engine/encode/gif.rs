//! GIF, one frame: at most 256 colours, of which one may be transparent.

use super::{Written, palette, sink::Sink};
use crate::engine::{Cancel, Raster, recipe::OutputSpec};
use gif::{Encoder, Frame};

pub(super) fn encode(raster: &Raster, spec: &OutputSpec, cancel: &Cancel) -> Written {
    let (width, height) = (u16::try_from(raster.width())?, u16::try_from(raster.height())?);
    let indexed = palette::reduce(raster, spec.effort)?;
    cancel.check()?;
    let mut sink = Sink::new(cancel);
    let mut encoder = Encoder::new(&mut sink, width, height, indexed.colours.as_flattened())?;
    let frame =
        Frame { width, height, transparent: indexed.transparent, buffer: indexed.indices.into(), ..Frame::default() };
    encoder.write_frame(&frame)?;
    // The encoder writes the trailer when it goes.
    drop(encoder);
    Ok(sink.into_bytes())
}
