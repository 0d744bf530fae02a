//! The arguments that are asked of an encoder beyond its quality.

use crate::engine::options::{CodecOptions, JpegOptions, Subsampling, SvgOptions};
use clap::{Args, ValueEnum};

/// Options of single formats; those of others are not read.
#[derive(Debug, Args)]
pub(super) struct CodecArgs {
    /// JPEG: chroma subsampling.
    #[arg(long, value_name = "C", value_enum, default_value = "auto")]
    chroma: ChromaArg,

    /// JPEG: coded from top to bottom instead of in scans that refine each other.
    #[arg(long)]
    baseline: bool,

    /// JPEG: without trellis quantisation.
    #[arg(long)]
    no_trellis: bool,

    /// SVG: digits kept behind the point, 1 to 8; more where fewer would show.
    #[arg(long, value_name = "N", default_value_t = SvgOptions::default().precision,
        value_parser = clap::value_parser!(u8).range(1..=8))]
    precision: u8,

    /// SVG: passed through as it is.
    #[arg(long)]
    no_minify: bool,
}

impl CodecArgs {
    /// As the engine's options.
    pub(super) fn options(&self) -> CodecOptions {
        let subsampling = match self.chroma {
            ChromaArg::Auto => Subsampling::Auto,
            ChromaArg::Full => Subsampling::Full,
            ChromaArg::HalfAcross => Subsampling::HalfAcross,
            ChromaArg::Half => Subsampling::Half,
        };
        let jpeg = JpegOptions { subsampling, progressive: !self.baseline, trellis: !self.no_trellis };
        let svg = SvgOptions { minify: !self.no_minify, precision: self.precision };
        CodecOptions { jpeg, svg }
    }
}

/// [`Subsampling`] by its argument.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum ChromaArg {
    /// As the picture and the quality ask for.
    Auto,
    /// A colour for each pixel.
    #[value(name = "444")]
    Full,
    /// One for two pixels side by side.
    #[value(name = "422")]
    HalfAcross,
    /// One for four pixels.
    #[value(name = "420")]
    Half,
}
