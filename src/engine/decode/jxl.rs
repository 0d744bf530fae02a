//! JPEG XL (ISO/IEC 18181), bare or in its container, by the decoder that browsers ship.
//!
//! The decoder turns the picture by the orientation of its codestream, so that the size of that is
//! never seen; what Exif in the container says of it is ignored (ISO/IEC 18181-2 §9.5).
//! Colours come in the encoding that the file states where it states one by name; pictures coded
//! in XYB under an ICC profile come in sRGB.

use super::{
    buffer::Buffer,
    hdr, inks,
    pixels::{Pixels, Samples},
    space::{Cicp, Space},
    still::Stored,
};
use crate::engine::{EngineError, Format, Gamut, Limits, Tools, Warning};
use jxl::{
    api::{
        AlphaMode, Endianness, Event, ExtraChannel, JxlBasicInfo, JxlBitDepth, JxlColorEncoding, JxlColorProfile,
        JxlColorType, JxlDataFormat, JxlDecoder, JxlDecoderOptions, JxlOutputBuffer, JxlParallelRunner,
        JxlParallelRunnerFun, JxlPixelFormat, JxlPrimaries, JxlTransferFunction, JxlWhitePoint, ProfileLevel,
    },
    error::Error,
};
use rayon::prelude::*;

/// Runs the parts of a picture on the threads that are there.
struct Threads;

impl JxlParallelRunner for Threads {
    fn run(&mut self, num: usize, fun: &JxlParallelRunnerFun<'_>) -> Result<(), Error> {
        (0..num).into_par_iter().try_for_each(fun)
    }

    fn num_threads(&self) -> usize {
        rayon::current_num_threads()
    }
}

/// How the samples are asked for.
#[derive(Clone, Copy, PartialEq)]
enum Width {
    /// 8 bits.
    Narrow,
    /// 16 bits.
    Wide,
    /// Floating point: linear light, which may be brighter than white.
    Light,
}

/// What the header says, as far as it decides about the memory.
struct Header {
    width: u32,
    height: u32,
    /// Bits a channel as stored.
    depth: u8,
    is_grey: bool,
    /// Four inks: the colours are cyan, magenta and yellow, and black is an extra channel.
    is_cmyk: bool,
    extra_channels: usize,
    /// Which of them is the alpha.
    alpha_at: Option<usize>,
    is_animated: bool,
    samples: Width,
    profile: JxlColorProfile,
}

/// Decodes the first frame, on its canvas.
///
/// # Errors
/// Any of [`EngineError`]'s reading errors.
pub(super) fn decode(bytes: &[u8], tools: Tools<'_>) -> Result<Stored, EngineError> {
    let mut input = bytes;
    let mut decoder = JxlDecoder::new(options(tools.limits, false));
    if !matches!(decoder.process(&mut input, None, None).map_err(fault)?, Event::BasicInfo) {
        return Err(damaged("its header is cut off"));
    }
    let header = Header::read(&decoder)?;
    tools.limits.check(header.width, header.height, header.working_bytes())?;
    tools.cancel.check()?;
    decoder.set_pixel_format(header.pixel_format()).map_err(fault)?;
    let (mut stored, is_truncated) = header.draw(&mut decoder, input, tools)?;
    tools.cancel.check()?;
    if header.is_animated {
        let frames = count_frames(bytes, tools)?;
        stored.frames = Some(frames);
        stored.warnings.extend((frames != 1).then_some(Warning::FramesDropped { frames: Some(frames) }));
    }
    stored.warnings.extend(is_truncated.then_some(Warning::Truncated));
    Ok(stored)
}

/// The size is checked by us; what this bounds are frames beyond the canvas.
fn options(limits: &Limits, scan_frames_only: bool) -> JxlDecoderOptions {
    let mut options = JxlDecoderOptions::default();
    options.sample_limit = usize::try_from(limits.max_bytes / 2).ok();
    options.alpha_mode = AlphaMode::Unpremultiplied;
    options.max_profile_level = ProfileLevel::Main10;
    options.scan_frames_only = scan_frames_only;
    options
}

/// How many frames are shown, by their headers alone.
fn count_frames(bytes: &[u8], tools: Tools<'_>) -> Result<u32, EngineError> {
    let (mut input, mut frames) = (bytes, 0_u32);
    let mut decoder = JxlDecoder::new(options(tools.limits, true));
    loop {
        tools.cancel.check()?;
        match decoder.process(&mut input, None, None) {
            Ok(Event::FrameHeader) => frames += 1,
            Ok(Event::BasicInfo | Event::FrameComplete { has_more_frames: true }) => {}
            // What is cut off or broken behind the first frame takes nothing from it.
            Ok(_) | Err(_) => return Ok(frames.max(1)),
        }
    }
}

impl Header {
    fn read(decoder: &JxlDecoder) -> Result<Self, EngineError> {
        let missing = || damaged("its header is incomplete");
        let info = decoder.basic_info().ok_or_else(missing)?;
        let profile = decoder.output_color_profile().ok_or_else(missing)?.clone();
        let side = |length: usize| u32::try_from(length).unwrap_or(u32::MAX);
        let has = |kind: ExtraChannel| info.extra_channels.iter().any(|it| it.ec_type == kind);
        Ok(Self {
            width: side(info.size.0),
            height: side(info.size.1),
            depth: u8::try_from(info.bit_depth.bits_per_sample()).unwrap_or(u8::MAX),
            is_grey: profile.channels() == 1,
            is_cmyk: has(ExtraChannel::Black) && profile.is_cmyk(),
            extra_channels: info.extra_channels.len(),
            alpha_at: info.extra_channels.iter().position(|it| it.ec_type == ExtraChannel::Alpha),
            is_animated: info.animation.is_some(),
            samples: sample_width(info, &profile),
            profile,
        })
    }

    fn channels(&self) -> usize {
        let colors = if self.is_grey { 1 } else { 3 };
        colors + usize::from(self.alpha_at.is_some())
    }

    /// The decoder keeps two bytes a sample of what is coded as a whole; then there is what it
    /// delivers and what becomes of that.
    fn working_bytes(&self) -> u64 {
        let delivered = self.channels() as u64 + u64::from(self.is_cmyk);
        let width = match self.samples {
            Width::Narrow => 1,
            Width::Wide => 2,
            Width::Light => 6,
        };
        2 * (3 + self.extra_channels as u64) + delivered * width
    }

    fn data_format(&self) -> JxlDataFormat {
        match self.samples {
            Width::Narrow => JxlDataFormat::U8 { bit_depth: 8 },
            Width::Wide => JxlDataFormat::U16 { endianness: Endianness::native(), bit_depth: 16 },
            Width::Light => JxlDataFormat::f32(),
        }
    }

    /// Alpha comes with the colours, but for inks, which leave no room for it.
    fn pixel_format(&self) -> JxlPixelFormat {
        let color_type = match (self.is_cmyk, self.is_grey, self.alpha_at.is_some()) {
            (true, ..) => JxlColorType::Cmyk,
            (_, true, false) => JxlColorType::Grayscale,
            (_, true, true) => JxlColorType::GrayscaleAlpha,
            (_, false, false) => JxlColorType::Rgb,
            (_, false, true) => JxlColorType::Rgba,
        };
        let apart = self.alpha_at.filter(|_| self.is_cmyk);
        let extra_channel_format =
            (0..self.extra_channels).map(|at| (Some(at) == apart).then(|| self.data_format())).collect();
        JxlPixelFormat { color_type, color_data_format: Some(self.data_format()), extra_channel_format }
    }

    /// Draws the first frame; says also whether some of it is missing.
    fn draw(&self, decoder: &mut JxlDecoder, input: &[u8], tools: Tools<'_>) -> Result<(Stored, bool), EngineError> {
        let channels = if self.is_cmyk { 4 } else { self.channels() };
        // The size was checked before.
        let pixels = self.width as usize * self.height as usize;
        let apart = if self.is_cmyk && self.alpha_at.is_some() { pixels } else { 0 };
        let (colors, alpha, is_cut) = match self.samples {
            Width::Narrow => {
                let is_final = 3 <= channels && !self.is_cmyk;
                let bytes = pixels * channels;
                let mut colors = if is_final { Buffer::last(bytes, tools.memory) } else { vec![0; bytes].into() };
                let mut alpha = vec![0; apart];
                let is_cut = self.run(decoder, input, &mut colors, &mut alpha, tools)?;
                (Samples::Narrow(colors), Samples::Narrow(alpha.into()), is_cut)
            }
            Width::Wide => {
                let (mut colors, mut alpha) = (vec![0_u16; pixels * channels], vec![0_u16; apart]);
                let bytes = bytemuck::cast_slice_mut(&mut colors);
                let is_cut = self.run(decoder, input, bytes, bytemuck::cast_slice_mut(&mut alpha), tools)?;
                (Samples::Wide(colors), Samples::Wide(alpha), is_cut)
            }
            Width::Light => {
                let mut light = vec![0_f32; pixels * channels];
                let is_cut = self.run(decoder, input, bytemuck::cast_slice_mut(&mut light), &mut [], tools)?;
                return Ok((self.scene(light, channels), is_cut));
            }
        };
        let alpha = Some(alpha).filter(|_| apart != 0);
        let stored = if self.is_cmyk { self.developed(colors, alpha) } else { self.stored(colors, channels) };
        Ok((stored, is_cut))
    }

    /// Decodes to the end of the first frame, or of the file: then true, and what was there is drawn.
    fn run(
        &self,
        decoder: &mut JxlDecoder,
        mut input: &[u8],
        colors: &mut [u8],
        alpha: &mut [u8],
        tools: Tools<'_>,
    ) -> Result<bool, EngineError> {
        let rows = self.height as usize;
        let row_bytes = colors.len() / rows;
        let mut buffers = vec![JxlOutputBuffer::new(colors, rows, row_bytes)];
        if !alpha.is_empty() {
            let row_bytes = alpha.len() / rows;
            buffers.push(JxlOutputBuffer::new(alpha, rows, row_bytes));
        }
        loop {
            tools.cancel.check()?;
            match decoder.process(&mut input, Some(&mut buffers), Some(&mut Threads)).map_err(fault)? {
                Event::FrameComplete { .. } => return Ok(false),
                Event::BasicInfo | Event::FrameHeader => {}
                Event::Complete => return Err(damaged("there is no frame in it")),
                Event::NeedMoreInput { .. } => {
                    let has_drawn = decoder.flush_pixels(&mut buffers, Some(&mut Threads)).map_err(fault)?;
                    return if has_drawn { Ok(true) } else { Err(damaged("it ends before its first pixels")) };
                }
            }
        }
    }

    fn plain(&self, channels: usize, samples: Samples) -> Stored {
        let pixels = Pixels { width: self.width, height: self.height, channels, samples };
        Stored::plain(pixels, self.depth)
    }

    fn stored(&self, samples: Samples, channels: usize) -> Stored {
        Stored { space: space(&self.profile), ..self.plain(channels, samples) }
    }

    /// Linear light, in whatever primaries.
    fn scene(&self, mut light: Vec<f32>, channels: usize) -> Stored {
        if let (false, Ok(Some(described))) = (self.is_grey, space(&self.profile).describe()) {
            hdr::to_srgb_primaries(&mut light, channels, &described.profile);
        }
        let gamut = if hdr::exceeds_white(&light, channels) { Gamut::Hdr } else { Gamut::Srgb };
        let samples = Samples::Wide(hdr::shown_scene(&light, channels));
        Stored { gamut, ..self.plain(channels, samples) }
    }

    /// Inks, of which the lowest value is the most (ISO/IEC 18181-1 §D.3.6).
    fn developed(&self, mut inks: Samples, alpha: Option<Samples>) -> Stored {
        match &mut inks {
            Samples::Narrow(inks) => inks.iter_mut().for_each(|ink| *ink = u8::MAX - *ink),
            Samples::Wide(inks) => inks.iter_mut().for_each(|ink| *ink = u16::MAX - *ink),
        }
        let icc = match &self.profile {
            JxlColorProfile::Icc(icc) => Some(icc.as_slice()),
            JxlColorProfile::Simple(_) => None,
        };
        let inks::Developed { samples, profile_name, warnings } = inks::develop(&inks, icc);
        let (channels, samples) = inks::with_alpha(samples, alpha);
        Stored { profile_name, warnings, gamut: Gamut::Cmyk, ..self.plain(channels, samples) }
    }
}

/// Linear light needs more than 16 bits of integers, and so does light that may exceed white;
/// PQ and HLG need more than 8.
fn sample_width(info: &JxlBasicInfo, profile: &JxlColorProfile) -> Width {
    let is_float = matches!(info.bit_depth, JxlBitDepth::Float { .. });
    let is_deep = is_float || 8 < info.bit_depth.bits_per_sample();
    let is_converted = !info.uses_original_profile;
    match profile.transfer_function() {
        Some(JxlTransferFunction::Linear) if is_float || is_converted => Width::Light,
        Some(JxlTransferFunction::PQ | JxlTransferFunction::HLG) if is_converted => Width::Wide,
        _ if is_deep => Width::Wide,
        _ => Width::Narrow,
    }
}

/// What the delivered values mean.
fn space(profile: &JxlColorProfile) -> Space {
    let by_name = match profile {
        JxlColorProfile::Icc(_) => None,
        JxlColorProfile::Simple(encoding) => by_name(encoding),
    };
    match by_name {
        Some(Cicp { primaries: 1, transfer: 13, .. }) => Space::Unstated,
        Some(cicp) => Space::Cicp(cicp),
        None => Space::of_icc(profile.try_as_icc().map(std::borrow::Cow::into_owned)),
    }
}

/// The code points of ITU-T H.273 for an encoding that has them. Those of grey state the primaries
/// of its white.
fn by_name(encoding: &JxlColorEncoding) -> Option<Cicp> {
    let (white, primaries, transfer) = match encoding {
        JxlColorEncoding::RgbColorSpace { white_point, primaries, transfer_function, .. } => {
            (white_point, primaries, transfer_function)
        }
        JxlColorEncoding::GrayscaleColorSpace { white_point, transfer_function, .. } => {
            (white_point, &JxlPrimaries::SRGB, transfer_function)
        }
        JxlColorEncoding::XYB { .. } => return None,
    };
    let primaries = match (white, primaries) {
        (JxlWhitePoint::D65, JxlPrimaries::SRGB) => 1,
        (JxlWhitePoint::D65, JxlPrimaries::BT2100) => 9,
        (JxlWhitePoint::DCI, JxlPrimaries::P3) => 11,
        (JxlWhitePoint::D65, JxlPrimaries::P3) => 12,
        _ => return None,
    };
    let transfer = match transfer {
        JxlTransferFunction::BT709 => 1,
        JxlTransferFunction::Linear => 8,
        JxlTransferFunction::SRGB => 13,
        JxlTransferFunction::PQ => 16,
        JxlTransferFunction::DCI => 17,
        JxlTransferFunction::HLG => 18,
        JxlTransferFunction::Gamma(_) => return None,
    };
    Some(Cicp { primaries, transfer, brightest: None })
}

fn damaged(what: &str) -> EngineError {
    EngineError::Damaged { format: Format::JpegXl, cause: what.into() }
}

fn fault(cause: Error) -> EngineError {
    let format = Format::JpegXl;
    match cause {
        Error::ImageSizeTooLarge(..) | Error::ImageDimensionTooLarge(_) | Error::ImageOutOfMemory(..) => {
            EngineError::TooComplex { format, what: "one of its frames takes too much memory".into() }
        }
        Error::LevelLimitExceeded { .. } => EngineError::UnsupportedFeature { format, cause: cause.into() },
        _ => EngineError::Damaged { format, cause: cause.into() },
    }
}
