//! Pictures made of pixels: header, limits, decoder.

use super::{
    buffer::Buffer,
    exr, frames, heif, ico, jpeg, jxl, pfm,
    pixels::{Pixels, Samples},
    png, psd,
    space::Space,
    tiff,
};
use crate::engine::{EngineError, Format, Gamut, Limits, Tools, Warning};
use image::{
    ColorType, DynamicImage, ExtendedColorType, ImageDecoder, ImageError, ImageResult,
    codecs::{
        bmp::BmpDecoder, dds::DdsDecoder, farbfeld::FarbfeldDecoder, gif::GifDecoder, hdr::HdrDecoder,
        jpeg::JpegDecoder, png::PngDecoder, pnm::PnmDecoder, qoi::QoiDecoder, tga::TgaDecoder, webp::WebPDecoder,
    },
    metadata::Orientation,
};
use std::io::Cursor;

/// What a decoder delivers: as stored, not yet turned, colours untouched.
pub(super) struct Stored {
    pub(super) pixels: Pixels,
    /// What the values mean.
    pub(super) space: Space,
    pub(super) orientation: Orientation,
    pub(super) depth: u8,
    pub(super) frames: Option<u32>,
    /// The name of a profile that was used up on the way.
    pub(super) profile_name: Option<String>,
    /// What kind of colours that profile was for, or what was lost on the way to these values.
    pub(super) gamut: Gamut,
    pub(super) warnings: Vec<Warning>,
}

impl Stored {
    /// Upright, a single frame, sRGB, nothing to warn of.
    pub(super) fn plain(pixels: Pixels, depth: u8) -> Self {
        let orientation = Orientation::NoTransforms;
        Self {
            pixels,
            space: Space::Unstated,
            orientation,
            depth,
            frames: Some(1),
            profile_name: None,
            gamut: Gamut::Srgb,
            warnings: vec![],
        }
    }
}

/// Decodes a picture made of pixels, by the decoder that reads its format best.
///
/// # Errors
/// Any of [`EngineError`]'s reading errors.
pub(super) fn decode(format: Format, bytes: &[u8], tools: Tools<'_>) -> Result<Stored, EngineError> {
    match format {
        Format::Avif | Format::Heic => heif::decode(format, bytes, tools),
        Format::Ico => ico::decode(bytes, tools),
        Format::Jpeg => {
            let mut stored = match jpeg::decode_everyday(bytes, tools)? {
                Some(stored) => stored,
                None if jpeg::needs_own_road(bytes) => jpeg::decode(bytes, tools)?,
                None => through_image(format, bytes, tools)?,
            };
            stored.warnings.extend(jpeg::is_truncated(bytes).then_some(Warning::Truncated));
            Ok(stored)
        }
        Format::Psd => psd::decode(bytes, tools),
        Format::JpegXl => jxl::decode(bytes, tools),
        Format::OpenExr => exr::decode(bytes, tools),
        Format::Pnm if pfm::is_pfm(bytes) => pfm::decode(bytes, tools),
        Format::Tiff => tiff::decode(bytes, tools),
        _ => through_image(format, bytes, tools),
    }
}

/// Decodes with the `image` crate.
///
/// # Errors
/// Any of [`EngineError`]'s reading errors.
pub(super) fn through_image(format: Format, bytes: &[u8], tools: Tools<'_>) -> Result<Stored, EngineError> {
    let fault = |cause| fault(format, cause);
    let mut decoder = open(format, bytes, tools.limits).map_err(fault)?;
    check(format, bytes, &mut decoder, tools.limits)?;
    tools.cancel.check()?;
    let mut warnings = vec![];
    let icc = decoder.icc_profile().unwrap_or_else(|cause| {
        warnings.push(Warning::ProfileIgnored { why: format!("it cannot be read ({cause})") });
        None
    });
    // A damaged EXIF block says nothing about the pixels.
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let depth = depth(decoder.original_color_type());
    let (pixels, gamut) = read(decoder, orientation, tools).map_err(fault)?;
    tools.cancel.check()?;
    let frames = frames::count(format, bytes);
    if frames != Some(1) {
        warnings.push(Warning::FramesDropped { frames });
    }
    let space = if format == Format::Png { png::space(bytes, icc) } else { Space::of_icc(icc) };
    Ok(Stored { space, orientation, frames, gamut, warnings, ..Stored::plain(pixels, depth) })
}

/// Reads the pixels; ordinary ones straight to where they stay when nothing has to be moved.
fn read(
    decoder: Box<dyn ImageDecoder + '_>,
    orientation: Orientation,
    tools: Tools<'_>,
) -> ImageResult<(Pixels, Gamut)> {
    let channels = match decoder.color_type() {
        ColorType::Rgb8 => 3,
        ColorType::Rgba8 => 4,
        _ => return Ok(Pixels::from_dynamic(DynamicImage::from_decoder(decoder)?)),
    };
    let (width, height) = decoder.dimensions();
    // The size was checked before.
    let bytes = width as usize * height as usize * channels;
    let stays = orientation == Orientation::NoTransforms;
    let mut buffer = if stays { Buffer::last(bytes, tools.memory) } else { Buffer::from(vec![0; bytes]) };
    decoder.read_image_boxed(&mut buffer)?;
    Ok((Pixels { width, height, channels, samples: Samples::Narrow(buffer) }, Gamut::Srgb))
}

fn open<'a>(format: Format, bytes: &'a [u8], limits: &Limits) -> ImageResult<Box<dyn ImageDecoder + 'a>> {
    let reader = Cursor::new(bytes);
    Ok(match format {
        Format::WebP => Box::new(WebPDecoder::new(reader)?),
        Format::Jpeg => Box::new(JpegDecoder::new(reader)?),
        Format::Png => Box::new(PngDecoder::with_limits(reader, png_limits(limits))?),
        Format::Gif => Box::new(GifDecoder::new(reader)?),
        Format::Bmp => Box::new(BmpDecoder::new(reader)?),
        Format::Tga => Box::new(TgaDecoder::new(reader)?),
        Format::Qoi => Box::new(QoiDecoder::new(reader)?),
        Format::Pnm => Box::new(PnmDecoder::new(reader)?),
        Format::Dds => Box::new(DdsDecoder::new(reader)?),
        Format::Hdr => Box::new(HdrDecoder::new(reader)?),
        Format::Farbfeld => Box::new(FarbfeldDecoder::new(reader)?),
        Format::OpenExr
        | Format::Ico
        | Format::Svg
        | Format::Avif
        | Format::Heic
        | Format::JpegXl
        | Format::Psd
        | Format::Tiff => {
            return Err(ImageError::Unsupported(image::error::ImageFormatHint::Name(format.label().to_owned()).into()));
        }
    })
}

/// Would decoding stay within the limits, as far as the header tells?
///
/// # Errors
/// Any of [`EngineError`]'s reading errors.
pub(super) fn fits(format: Format, bytes: &[u8], limits: &Limits) -> Result<(), EngineError> {
    let mut decoder = open(format, bytes, limits).map_err(|cause| fault(format, cause))?;
    check(format, bytes, &mut decoder, limits)
}

fn check(format: Format, bytes: &[u8], decoder: &mut dyn ImageDecoder, limits: &Limits) -> Result<(), EngineError> {
    let (width, height) = decoder.dimensions();
    // A damaged EXIF block says nothing about the pixels.
    let is_upright = decoder.orientation().is_ok_and(|it| it == Orientation::NoTransforms);
    limits.check(width, height, working_bytes_per_pixel(format, bytes, decoder.color_type(), is_upright))?;
    check_gif_frames(format, bytes, limits)
}

/// A frame of a GIF is decoded whole before it is cut to the canvas.
fn check_gif_frames(format: Format, bytes: &[u8], limits: &Limits) -> Result<(), EngineError> {
    if format != Format::Gif {
        return Ok(());
    }
    let [width, height] = frames::largest_gif_frame(bytes);
    limits.check(width.max(1), height.max(1), 5)
}

/// What texts, profiles and one row of a PNG may take; its pixels are checked by us.
fn png_limits(limits: &Limits) -> image::Limits {
    let mut own = image::Limits::no_limits();
    own.max_alloc = Some(limits.max_bytes.min(128_000_000));
    own
}

/// The bytes a pixel at the costliest moment: while decoding (what the decoder delivers and
/// what it keeps besides) or while turning and spreading the result.
fn working_bytes_per_pixel(format: Format, bytes: &[u8], color: ColorType, is_upright: bool) -> u64 {
    let delivered = u64::from(color.bytes_per_pixel());
    let besides = match format {
        Format::Jpeg => jpeg::coefficient_bytes(bytes),
        // Planes at full and half size, and the alpha.
        Format::WebP => 4,
        Format::Gif => delivered,
        _ => 0,
    };
    let spread = match color {
        ColorType::L8 => 3,
        ColorType::La8 => 4,
        ColorType::L16 | ColorType::Rgb32F => 6,
        ColorType::La16 | ColorType::Rgba32F => 8,
        _ => 0,
    };
    let turned = if is_upright { 0 } else { delivered };
    delivered + besides.max(spread).max(turned)
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
        ImageError::Limits(_) => EngineError::TooComplex { format, what: "its metadata takes too much memory".into() },
        _ => EngineError::Damaged { format, cause: cause.into() },
    }
}
