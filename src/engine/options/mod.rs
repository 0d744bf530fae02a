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

use super::Format;

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

impl CodecOptions {
    /// Takes those of one format from others.
    pub(super) fn take(&mut self, format: Format, others: &Self) {
        match format {
            Format::Avif => self.avif = others.avif.clone(),
            Format::Jpeg => self.jpeg = others.jpeg.clone(),
            Format::Png => self.png = others.png.clone(),
            Format::Gif => self.gif = others.gif.clone(),
            Format::Ico => self.ico = others.ico.clone(),
            Format::Svg => self.svg = others.svg.clone(),
            Format::WebP => self.webp = others.webp.clone(),
            _ => {}
        }
    }
}
