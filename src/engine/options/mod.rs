//! What can be asked of an encoder beyond its quality: one plain struct a format, each field with
//! its range, each default what most pictures want.

mod avif;
pub mod ico;
mod jpeg;
pub mod palette;
mod png;
mod svg;
pub mod webp;

pub use self::{
    avif::{AvifDepth, AvifOptions},
    ico::IcoOptions,
    jpeg::{JpegOptions, Subsampling},
    palette::PaletteOptions,
    png::{PngColours, PngOptions},
    svg::SvgOptions,
    webp::WebPOptions,
};

/// The options of every format, so that those of one are still there after a look at another.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct CodecOptions {
    /// Read where the output is an AVIF.
    pub avif: AvifOptions,
    /// Read where the output is a JPEG.
    pub jpeg: JpegOptions,
    /// Read where the output is an SVG.
    pub svg: SvgOptions,
    /// Read where the output is a PNG.
    pub png: PngOptions,
    /// Read where the output is a GIF.
    pub gif: PaletteOptions,
    /// Read where the output is an ICO.
    pub ico: IcoOptions,
    /// Read where the output is a WebP.
    pub webp: WebPOptions,
}
