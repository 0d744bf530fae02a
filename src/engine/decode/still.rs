//! Pictures made of pixels: header, limits, decoder.

use super::{frames, jpeg, pixels::Pixels};
use crate::engine::{EngineError, Format, Limits, Tools, Warning};
use image::{
    ColorType, DynamicImage, ExtendedColorType, ImageDecoder, ImageError, ImageResult,
    codecs::{
        bmp::BmpDecoder, dds::DdsDecoder, farbfeld::FarbfeldDecoder, gif::GifDecoder, hdr::HdrDecoder, ico::IcoDecoder,
        jpeg::JpegDecoder, openexr::OpenExrDecoder, png::PngDecoder, pnm::PnmDecoder, qoi::QoiDecoder, tga::TgaDecoder,
        tiff::TiffDecoder, webp::WebPDecoder,
    },
    metadata::Orientation,
};
use std::io::Cursor;

/// What a decoder delivers: as stored, not yet turned, colours untouched.
pub(super) struct Stored {
    pub(super) pixels: Pixels,
    pub(super) icc: Option<Vec<u8>>,
    pub(super) orientation: Orientation,
    pub(super) depth: u8,
    pub(super) frames: Option<u32>,
    /// The name of a profile that was used up on the way.
    pub(super) profile_name: Option<String>,
    pub(super) warnings: Vec<Warning>,
}

/// Decodes a picture made of pixels.
///
/// # Errors
/// Any of [`EngineError`]'s reading errors.
pub(super) fn decode(format: Format, bytes: &[u8], tools: Tools<'_>) -> Result<Stored, EngineError> {
    let fault = |cause| fault(format, cause);
    if format == Format::Jpeg
        && let Some(stored) = jpeg::decode(bytes, tools)?
    {
        return Ok(stored);
    }
    let mut decoder = open(format, bytes, tools.limits).map_err(fault)?;
    let (width, height) = decoder.dimensions();
    tools.limits.check(width, height, working_bytes_per_pixel(format, decoder.color_type()))?;
    tools.cancel.check()?;
    let mut warnings = vec![];
    let icc = decoder.icc_profile().unwrap_or_else(|cause| {
        warnings.push(Warning::ProfileIgnored { why: format!("it cannot be read ({cause})") });
        None
    });
    // A damaged EXIF block says nothing about the pixels.
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let depth = depth(decoder.original_color_type());
    let image = DynamicImage::from_decoder(decoder).map_err(fault)?;
    tools.cancel.check()?;
    let frames = frames::count(format, bytes);
    if frames != Some(1) {
        warnings.push(Warning::FramesDropped { frames });
    }
    Ok(Stored { pixels: Pixels::from_dynamic(image), icc, orientation, depth, frames, profile_name: None, warnings })
}

fn open<'a>(format: Format, bytes: &'a [u8], limits: &Limits) -> ImageResult<Box<dyn ImageDecoder + 'a>> {
    let reader = Cursor::new(bytes);
    Ok(match format {
        Format::WebP => Box::new(WebPDecoder::new(reader)?),
        Format::Jpeg => Box::new(JpegDecoder::new(reader)?),
        Format::Png => Box::new(PngDecoder::with_limits(reader, png_limits(limits))?),
        Format::Gif => Box::new(GifDecoder::new(reader)?),
        Format::Ico => Box::new(IcoDecoder::new(reader)?),
        Format::Bmp => Box::new(BmpDecoder::new(reader)?),
        Format::Tiff => Box::new(TiffDecoder::new(reader)?),
        Format::Tga => Box::new(TgaDecoder::new(reader)?),
        Format::Qoi => Box::new(QoiDecoder::new(reader)?),
        Format::Pnm => Box::new(PnmDecoder::new(reader)?),
        Format::Dds => Box::new(DdsDecoder::new(reader)?),
        Format::Hdr => Box::new(HdrDecoder::new(reader)?),
        Format::OpenExr => Box::new(OpenExrDecoder::new(reader)?),
        Format::Farbfeld => Box::new(FarbfeldDecoder::new(reader)?),
        Format::Svg | Format::Avif | Format::Heic | Format::JpegXl | Format::Psd => {
            return Err(ImageError::Unsupported(image::error::ImageFormatHint::Name(format.label().to_owned()).into()));
        }
    })
}

/// Would decoding stay within the limits, as far as the header tells?
///
/// # Errors
/// Any of [`EngineError`]'s reading errors.
pub(super) fn fits(format: Format, bytes: &[u8], limits: &Limits) -> Result<(), EngineError> {
    let decoder = open(format, bytes, limits).map_err(|cause| fault(format, cause))?;
    let (width, height) = decoder.dimensions();
    limits.check(width, height, working_bytes_per_pixel(format, decoder.color_type()))
}

/// What texts, profiles and one row of a PNG may take; its pixels are checked by us.
fn png_limits(limits: &Limits) -> image::Limits {
    let mut own = image::Limits::no_limits();
    own.max_alloc = Some(limits.max_bytes.min(128_000_000));
    own
}

/// The bytes a pixel at the costliest moment: while decoding (what the decoder delivers and
/// what it keeps besides) or while turning and spreading the result.
fn working_bytes_per_pixel(format: Format, color: ColorType) -> u64 {
    let delivered = u64::from(color.bytes_per_pixel());
    let besides = match format {
        // Coefficients of a progressive file, two bytes each.
        Format::Jpeg => 6,
        // Planes at full and half size, and the alpha.
        Format::WebP => 4,
        Format::OpenExr | Format::Tiff | Format::Gif => delivered,
        _ => 0,
    };
    let spread = match color {
        ColorType::L8 => 3,
        ColorType::La8 => 4,
        ColorType::L16 | ColorType::Rgb32F => 6,
        ColorType::La16 | ColorType::Rgba32F => 8,
        _ => 0,
    };
    delivered + besides.max(spread)
}

/// Bits a channel as stored.
fn depth(color: ExtendedColorType) -> u8 {
    // A pixel has at most 128 bits.
    (color.bits_per_pixel() / u16::from(color.channel_count().max(1))) as u8
}

/// Sorts a decoder's error by whose fault it is.
pub(super) fn fault(format: Format, cause: ImageError) -> EngineError {
    match cause {
        ImageError::Unsupported(_) => EngineError::UnsupportedFeature { format, cause: cause.into() },
        ImageError::Limits(_) => EngineError::TooComplex { format, what: "its metadata takes too much memory" },
        _ => EngineError::Damaged { format, cause: cause.into() },
    }
}
