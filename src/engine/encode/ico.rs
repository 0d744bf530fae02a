//! ICO: one picture or several sizes of it, each kept as a 32-bit PNG: what every reader since
//! Windows Vista takes.

use super::{Written, png, sink::Sink};
use crate::engine::{
    Cancel, EngineError, Layout, Raster, Warning,
    edit::{self, ground},
    options::{IcoOptions, ico},
    recipe::OutputSpec,
};
use image::{
    ExtendedColorType,
    codecs::ico::{IcoEncoder, IcoFrame},
};

/// The longest side, in pixels.
const MOST: u32 = ico::SIZES[ico::SIZES.len() - 1] as u32;

/// What the file holds.
pub(super) struct Plan {
    /// Sides of squares, from small to large; none: the picture alone.
    squares: Vec<u32>,
    /// Width and height of the largest.
    pub(super) size: [u32; 2],
    /// What became of the sizes asked for.
    pub(super) warning: Option<Warning>,
}

impl Plan {
    /// Width and height of each picture, from small to large.
    pub(super) fn sizes(&self) -> Vec<[u32; 2]> {
        if self.squares.is_empty() { vec![self.size] } else { self.squares.iter().map(|side| [*side; 2]).collect() }
    }
}

/// Squares of the sizes asked for, as far as the picture need not be enlarged for them; else the
/// picture itself, made smaller if it has to be.
pub(super) fn plan(size: [u32; 2], options: &IcoOptions) -> Plan {
    let longest = size[0].max(size[1]);
    let wanted: Vec<u32> = options.wanted().map(u32::from).collect();
    let squares: Vec<u32> = wanted.iter().copied().filter(|side| *side <= longest).collect();
    let warning = if squares.len() < wanted.len() {
        Some(Warning::NotEnlarged)
    } else {
        (wanted.is_empty() && MOST < longest).then_some(Warning::MadeSmaller { side: MOST })
    };
    let size = squares.last().map_or_else(|| edit::inside(size, MOST), |side| [*side; 2]);
    Plan { squares, size, warning }
}

pub(super) fn encode(raster: &Raster, spec: &OutputSpec, cancel: &Cancel) -> Written {
    let plan = plan(raster.size(), &spec.codec.ico);
    let pictures: Vec<Raster> = if plan.squares.is_empty() {
        vec![edit::shrunk(raster, MOST, cancel)?]
    } else {
        plan.squares.iter().map(|side| square(raster, *side, cancel)).collect::<Result<_, _>>()?
    };
    let frame = |picture: &Raster| {
        let (width, height) = (picture.width(), picture.height());
        let rgba =
            Raster::from_samples8(width, height, Layout::Rgba8, picture.to_rgba8()).ok_or("the lengths do not fit")?;
        // Readers insist on 32 bits a pixel, so the colour type has to stay.
        let file = png::encode_as_is(&rgba, spec, cancel)?;
        Ok(IcoFrame::with_encoded(file, width, height, ExtendedColorType::Rgba8)?)
    };
    let frames = pictures.iter().map(frame).collect::<Result<Vec<_>, super::Cause>>()?;
    let mut sink = Sink::new(cancel);
    IcoEncoder::new(&mut sink).encode_images(&frames)?;
    Ok(sink.into_bytes())
}

/// The whole picture in the middle of a square, made smaller from its full resolution.
fn square(raster: &Raster, side: u32, cancel: &Cancel) -> Result<Raster, EngineError> {
    Ok(ground::recanvas(&edit::shrunk(raster, side, cancel)?, [side; 2], None))
}
