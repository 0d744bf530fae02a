//! GIF, one frame: at most 256 colours, of which one may be transparent.

use super::{
    Written,
    palette::{self, Alpha},
    sink::Sink,
};
use crate::engine::{Cancel, Raster, recipe::OutputSpec};
use gif::{Encoder, Frame};

pub(super) fn encode(raster: &Raster, spec: &OutputSpec, cancel: &Cancel) -> Written {
    let (width, height) = (u16::try_from(raster.width())?, u16::try_from(raster.height())?);
    let indexed = palette::reduce(raster, &spec.codec.gif, Alpha::Hard, spec.effort, cancel)?;
    let transparent = indexed.colours.iter().position(|&[.., alpha]| alpha == 0);
    let colours: Vec<u8> = indexed.colours.iter().flat_map(|&[r, g, b, _]| [r, g, b]).collect();
    let mut sink = Sink::new(cancel);
    let mut encoder = Encoder::new(&mut sink, width, height, &colours)?;
    let transparent = transparent.map(u8::try_from).transpose()?;
    let frame = Frame { width, height, transparent, buffer: indexed.indices.into(), ..Frame::default() };
    encoder.write_frame(&frame)?;
    // The encoder writes the trailer when it goes.
    drop(encoder);
    Ok(sink.into_bytes())
}
