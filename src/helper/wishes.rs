//! What is asked of an encoder, as it crosses the border between program and helper.

use crate::engine::{
    Format,
    options::{self, AvifOptions, CodecOptions, JpegOptions, PaletteOptions, PngOptions, WebPOptions},
    recipe::{self, OutputSpec},
};
use serde::{Deserialize, Serialize};

/// As [`OutputSpec`], of the formats that helpers encode.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Wish {
    codec: Codec,
    quality: u8,
    lossless: bool,
    effort: Effort,
}

/// The format and its own options.
#[derive(Debug, Serialize, Deserialize)]
enum Codec {
    Avif(Avif),
    Jpeg(Jpeg),
    JpegXl,
    Png(Png),
    WebP(WebP),
}

/// As [`AvifOptions`].
#[derive(Debug, Serialize, Deserialize)]
struct Avif {
    speed: Option<u8>,
    depth: AvifDepth,
    chroma: Subsampling,
    alpha_quality: Option<u8>,
}

/// As [`JpegOptions`].
#[derive(Debug, Serialize, Deserialize)]
struct Jpeg {
    subsampling: Subsampling,
    progressive: bool,
    trellis: bool,
}

/// As [`PngOptions`], with its [`PaletteOptions`].
#[derive(Debug, Serialize, Deserialize)]
struct Png {
    colours: PngColours,
    most: u16,
    dithering: u8,
}

/// As [`WebPOptions`].
#[derive(Debug, Serialize, Deserialize)]
struct WebP {
    alpha_quality: u8,
    method: Option<u8>,
    sharp_yuv: Option<bool>,
    nearness: u8,
}

/// An enumeration of the engine, which knows nothing of messages, variant by variant.
macro_rules! mirrored {
    ($module:ident::$name:ident: $($variant:ident)*) => {
        #[doc = concat!("As [`", stringify!($module), "::", stringify!($name), "`].")]
        #[derive(Clone, Copy, Debug, Serialize, Deserialize)]
        enum $name {
            $($variant),*
        }

        impl From<$module::$name> for $name {
            fn from(it: $module::$name) -> Self {
                match it {
                    $($module::$name::$variant => Self::$variant),*
                }
            }
        }

        impl From<$name> for $module::$name {
            fn from(it: $name) -> Self {
                match it {
                    $($name::$variant => Self::$variant),*
                }
            }
        }
    };
}

mirrored!(recipe::Effort: Fast Normal Best);
mirrored!(options::AvifDepth: Auto Eight Ten);
mirrored!(options::PngColours: AsSource All Palette);
mirrored!(options::Subsampling: Auto Full HalfAcross Half);

impl Wish {
    /// `None` for a format that no helper encodes.
    pub(super) fn of(spec: &OutputSpec) -> Option<Self> {
        // Exhaustive, so that no option is forgotten here; metadata are put in afterwards.
        let OutputSpec { format, quality, lossless, effort, codec, aim: _, keep: _, untouched: _ } = spec;
        let CodecOptions { avif, jpeg, png, webp, gif: _, ico: _, svg: _ } = codec;
        let codec = match format {
            Format::Avif => {
                let AvifOptions { speed, depth, chroma, alpha_quality } = *avif;
                Codec::Avif(Avif { speed, depth: depth.into(), chroma: chroma.into(), alpha_quality })
            }
            Format::Jpeg => {
                let JpegOptions { subsampling, progressive, trellis } = *jpeg;
                Codec::Jpeg(Jpeg { subsampling: subsampling.into(), progressive, trellis })
            }
            Format::JpegXl => Codec::JpegXl,
            Format::Png => {
                let PngOptions { colours, palette: PaletteOptions { colours: most, dithering } } = *png;
                Codec::Png(Png { colours: colours.into(), most, dithering })
            }
            Format::WebP => {
                let WebPOptions { alpha_quality, method, sharp_yuv, nearness } = *webp;
                Codec::WebP(WebP { alpha_quality, method, sharp_yuv, nearness })
            }
            _ => return None,
        };
        Some(Self { codec, quality: *quality, lossless: *lossless, effort: (*effort).into() })
    }
}

impl From<Wish> for OutputSpec {
    fn from(wish: Wish) -> Self {
        let Wish { codec, quality, lossless, effort } = wish;
        let mut spec = Self { quality, lossless, effort: effort.into(), ..Self::new(Format::Png) };
        match codec {
            Codec::Avif(Avif { speed, depth, chroma, alpha_quality }) => {
                spec.format = Format::Avif;
                spec.codec.avif = AvifOptions { speed, depth: depth.into(), chroma: chroma.into(), alpha_quality };
            }
            Codec::Jpeg(Jpeg { subsampling, progressive, trellis }) => {
                spec.format = Format::Jpeg;
                spec.codec.jpeg = JpegOptions { subsampling: subsampling.into(), progressive, trellis };
            }
            Codec::JpegXl => spec.format = Format::JpegXl,
            Codec::Png(Png { colours, most, dithering }) => {
                let palette = PaletteOptions { colours: most, dithering };
                spec.codec.png = PngOptions { colours: colours.into(), palette };
            }
            Codec::WebP(WebP { alpha_quality, method, sharp_yuv, nearness }) => {
                spec.format = Format::WebP;
                spec.codec.webp = WebPOptions { alpha_quality, method, sharp_yuv, nearness };
            }
        }
        spec
    }
}

#[cfg(test)]
mod tests {
    use super::{Format, OutputSpec, Wish};
    use crate::engine::{
        encode::is_stoppable,
        options::{
            AvifDepth, AvifOptions, JpegOptions, PaletteOptions, PngColours, PngOptions, Subsampling, WebPOptions,
        },
        recipe::Effort,
    };

    #[test]
    fn whatever_cannot_be_stopped_crosses_the_border_unchanged() {
        for format in Format::writable() {
            let mut spec = OutputSpec { quality: 33, effort: Effort::Best, ..OutputSpec::new(format) };
            spec.codec.avif = AvifOptions {
                speed: Some(7),
                depth: AvifDepth::Eight,
                chroma: Subsampling::Half,
                alpha_quality: Some(9),
            };
            spec.codec.jpeg = JpegOptions { subsampling: Subsampling::HalfAcross, progressive: false, trellis: false };
            spec.codec.png =
                PngOptions { colours: PngColours::Palette, palette: PaletteOptions { colours: 99, dithering: 3 } };
            spec.codec.webp = WebPOptions { alpha_quality: 7, method: Some(5), sharp_yuv: Some(false), nearness: 60 };
            match Wish::of(&spec) {
                None => assert!(is_stoppable(&spec), "{format:?}"),
                Some(wish) => {
                    if format != Format::Avif {
                        spec.codec.avif = AvifOptions::default();
                    }
                    if format != Format::Jpeg {
                        spec.codec.jpeg = JpegOptions::default();
                    }
                    if format != Format::Png {
                        spec.codec.png = PngOptions::default();
                    }
                    if format != Format::WebP {
                        spec.codec.webp = WebPOptions::default();
                    }
                    assert_eq!(OutputSpec::from(wish), spec);
                }
            }
        }
    }
}
