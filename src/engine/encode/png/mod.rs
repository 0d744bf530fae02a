//! PNG: quickly by `png`, smaller by `oxipng`; with all colours or with a palette.
//!
//! oxipng takes seconds, so live previews never go through it, and it cannot be stopped half way;
//! see [`super::is_stoppable`].

mod quick;
mod small;

use super::{Written, palette};
use crate::engine::{
    Cancel, Layout, Raster,
    options::PngColours,
    recipe::{Effort, OutputSpec},
};
use palette::Alpha;
use std::borrow::Cow;

/// Samples as a PNG stores them.
struct Picture<'a> {
    size: [u32; 2],
    kind: Kind,
    is_wide: bool,
    /// Rows from top to bottom, in the byte order of PNG and without filters; indices take a
    /// byte each.
    samples: Cow<'a, [u8]>,
    profile: Option<&'a [u8]>,
}

/// The colour types that we write.
enum Kind {
    Grey,
    Rgb,
    Rgba,
    Palette(Vec<[u8; 4]>),
}

pub(super) fn encode(raster: &Raster, spec: &OutputSpec, cancel: &Cancel) -> Written {
    let asked = match spec.codec.png.colours {
        PngColours::Palette => Some(&spec.codec.png.palette),
        PngColours::AsSource | PngColours::All => None,
    };
    if let Some(options) = asked {
        let indexed = palette::reduce(raster, options, Alpha::Soft, spec.effort, cancel)?;
        let picture =
            Picture { is_wide: false, ..all(raster).with(Kind::Palette(indexed.colours), indexed.indices.into()) };
        return match spec.effort {
            Effort::Fast => quick::write(&picture, cancel),
            Effort::Normal | Effort::Best => small::write(&picture, spec.effort, true),
        };
    }
    match spec.effort {
        Effort::Fast => quick::write(&few(raster), cancel),
        Effort::Normal | Effort::Best => small::write(&all(raster), spec.effort, true),
    }
}

/// Keeps the colour type and the depth of the samples.
pub(super) fn encode_as_is(raster: &Raster, spec: &OutputSpec, cancel: &Cancel) -> Written {
    match spec.effort {
        Effort::Fast => quick::write(&all(raster), cancel),
        Effort::Normal | Effort::Best => small::write(&all(raster), spec.effort, false),
    }
}

/// Every sample as it is.
fn all(raster: &Raster) -> Picture<'_> {
    let is_wide = raster.layout().is_wide();
    let samples = if is_wide {
        Cow::Owned(raster.samples16().iter().flat_map(|sample| sample.to_be_bytes()).collect())
    } else {
        Cow::Borrowed(raster.bytes())
    };
    let kind = if raster.layout().has_alpha() { Kind::Rgba } else { Kind::Rgb };
    Picture { size: raster.size(), kind, is_wide, samples, profile: raster.profile().map(AsRef::as_ref) }
}

/// The same pixels in fewer samples, where that is soon found out: a palette for at most 256
/// colours, grey for pixels without colour.
fn few(raster: &Raster) -> Picture<'_> {
    let exact = match raster.layout() {
        Layout::Rgb8 => {
            let pixels = raster.bytes().as_chunks::<3>().0.iter();
            palette::table::exact(pixels.map(|&[r, g, b]| [r, g, b, u8::MAX]), palette::table::MOST)
        }
        Layout::Rgba8 => palette::table::exact(raster.bytes().as_chunks::<4>().0.iter().copied(), palette::table::MOST),
        Layout::Rgb16 | Layout::Rgba16 => None,
    };
    if let Some((colours, indices)) = exact {
        return all(raster).with(Kind::Palette(colours), indices.into());
    }
    match (raster.layout(), raster.profile()) {
        // A profile would describe three channels.
        (Layout::Rgb8, None) => match super::grey(raster) {
            Some(grey) => all(raster).with(Kind::Grey, grey.into()),
            None => all(raster),
        },
        _ => all(raster),
    }
}

impl<'a> Picture<'a> {
    fn with(self, kind: Kind, samples: Cow<'a, [u8]>) -> Self {
        Self { kind, samples, ..self }
    }
}
