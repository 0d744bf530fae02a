//! The arguments that are asked of an encoder beyond its quality.

use crate::engine::{
    Format,
    options::{
        AvifDepth, AvifOptions, CodecOptions, IcoOptions, JpegOptions, PaletteOptions, PngColours, PngOptions,
        Subsampling, SvgOptions, WebPOptions, ico,
    },
};
use clap::{Args, ValueEnum, builder::ValueParser, value_parser};

/// Options of single formats; those of others are not read.
#[derive(Clone, Debug, Args)]
pub(super) struct CodecArgs {
    /// JPEG and AVIF: chroma subsampling. AVIF has no 422 and takes 444 instead.
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

    /// AVIF: 1 (slow, small) to 10; without it, as --effort says. --effort fast is always 10.
    #[arg(long, value_name = "N", value_parser = value_parser!(u8).range(1..=10))]
    speed: Option<u8>,

    /// AVIF: bits a sample.
    #[arg(long, value_name = "D", value_enum, default_value = "auto")]
    depth: DepthArg,

    /// PNG, GIF: a palette of at most so many colours, 2 to 256.
    #[arg(long, value_name = "N", value_parser = value_parser!(u16).range(2..=256), conflicts_with = "lossless")]
    colors: Option<u16>,

    /// PNG with a palette, GIF: how much smooth shades are mixed from dots, 0 to 100.
    #[arg(long, value_name = "N", value_parser = up_to_100())]
    dithering: Option<u8>,

    /// ICO: the sizes it holds, of 16, 24, 32, 48, 64, 128 and 256; one picture without it.
    #[arg(long, value_name = "N,N", value_delimiter = ',', value_parser = ico_size)]
    ico_sizes: Vec<u16>,

    /// WebP and AVIF: how close alpha is kept when lossy, 0 to 100; without it an AVIF does as
    /// --quality says.
    #[arg(long, value_name = "N", value_parser = up_to_100())]
    alpha_quality: Option<u8>,

    /// WebP: how long to search, 0 (fast) to 6 (small); as --effort says without it.
    #[arg(long, value_name = "N", value_parser = value_parser!(u8).range(0..=6))]
    method: Option<u8>,

    /// WebP: sharper colours at edges when lossy, slower; as the picture asks for without it.
    #[arg(long, value_name = "WHEN", num_args = 0..=1, default_missing_value = "on", require_equals = true)]
    sharp_yuv: Option<SharpArg>,

    /// WebP with --lossless: how near to the pixels, 0 to 100 (the very same).
    #[arg(long, value_name = "N", value_parser = up_to_100(), requires = "lossless")]
    near_lossless: Option<u8>,
}

fn up_to_100() -> ValueParser {
    value_parser!(u8).range(0..=100).into()
}

fn ico_size(text: &str) -> Result<u16, String> {
    let size = text.trim().parse().ok().filter(|size| ico::SIZES.contains(size));
    size.ok_or_else(|| format!("there are {}", ico::SIZES.map(|it| it.to_string()).join(", ")))
}

impl CodecArgs {
    /// As the engine's options; `lossless` is wanted of all formats.
    pub(super) fn options(&self, lossless: bool) -> CodecOptions {
        let subsampling = match self.chroma {
            ChromaArg::Auto => Subsampling::Auto,
            ChromaArg::Full => Subsampling::Full,
            ChromaArg::HalfAcross => Subsampling::HalfAcross,
            ChromaArg::Half => Subsampling::Half,
        };
        let jpeg = JpegOptions { subsampling, progressive: !self.baseline, trellis: !self.no_trellis };
        let mut palette = PaletteOptions::default();
        palette.colours = self.colors.unwrap_or(palette.colours);
        palette.dithering = self.dithering.unwrap_or(palette.dithering);
        let colours = match (self.colors, lossless) {
            (Some(_), _) => PngColours::Palette,
            (None, true) => PngColours::All,
            (None, false) => PngColours::AsSource,
        };
        let sharp_yuv = self.sharp_yuv.map(|it| matches!(it, SharpArg::On));
        let mut webp = WebPOptions { method: self.method, sharp_yuv, ..WebPOptions::default() };
        webp.alpha_quality = self.alpha_quality.unwrap_or(webp.alpha_quality);
        webp.nearness = self.near_lossless.unwrap_or(webp.nearness);
        let ico = IcoOptions { sizes: ico::SIZES.map(|size| self.ico_sizes.contains(&size)) };
        let depth = match self.depth {
            DepthArg::Auto => AvifDepth::Auto,
            DepthArg::Eight => AvifDepth::Eight,
            DepthArg::Ten => AvifDepth::Ten,
        };
        let avif = AvifOptions { speed: self.speed, depth, chroma: subsampling, alpha_quality: self.alpha_quality };
        let svg = SvgOptions { minify: !self.no_minify, precision: self.precision };
        CodecOptions { avif, jpeg, svg, png: PngOptions { colours, palette: palette.clone() }, gif: palette, ico, webp }
    }

    /// What was asked for and is of no use to this format.
    pub(super) fn idle(&self, format: Format) -> Option<String> {
        let has_palette = matches!(format, Format::Png | Format::Gif);
        (self.colors.is_some() && !has_palette)
            .then(|| format!("{} has no palette to choose; --colors was not used", format.label()))
    }
}

/// Whether colours are averaged with more care.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum SharpArg {
    On,
    Off,
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

/// [`AvifDepth`] by its argument.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum DepthArg {
    /// What is smaller at the same look.
    Auto,
    /// 8 bits.
    #[value(name = "8")]
    Eight,
    /// 10 bits.
    #[value(name = "10")]
    Ten,
}
