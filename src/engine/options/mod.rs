//! What can be asked of an encoder beyond its quality: one plain struct a format, each field with
//! its range, each default what most pictures want.

mod jpeg;
mod svg;

pub use self::{
    jpeg::{JpegOptions, Subsampling},
    svg::SvgOptions,
};

/// The options of every format, so that those of one are still there after a look at another.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct CodecOptions {
    /// Read where the output is a JPEG.
    pub jpeg: JpegOptions,
    /// Read where the output is an SVG.
    pub svg: SvgOptions,
}
