//! Planes to an AV1 still picture, by libaom.
//!
//! A package of its own, so that what is unsafe about calling C lies behind one function.
//!
//! Its settings are those that gave the fewest bytes at a SSIMULACRA2 of 50 to 88, measured with eight pictures
//! of a megapixel against libaom's own:
//!
//! * tuned for structure (SSIM) instead of the mean error: −7 % for a photo, −16 % for a screenshot;
//! * matrices that code details a little more coarsely: −1 to −9 %; those that do so much would lose up to 30 %
//!   where little is to be lost;
//! * differences of colour coded a little more finely than brightness: −1 %.
//!
//! What drawn pictures gain from (palettes, and copies of what was coded before) it finds out by itself, where
//! a picture may be one: see `drawn`.

#![expect(unsafe_code, reason = "the encoder is a library of C")]

mod drawn;

use libaom_sys as aom;
use std::{
    ffi::{CStr, c_int, c_uint},
    ops::RangeInclusive,
    ptr,
};

/// The planes of one frame. Samples have full range: 0 to the largest of their depth.
#[derive(Debug)]
pub struct Planes {
    /// Width and height in pixels.
    pub size: [usize; 2],
    /// Bits a sample: 8 or 10.
    pub depth: u8,
    /// How the colour planes lie to the first.
    pub chroma: Chroma,
    /// One plane or three, row by row without padding.
    pub planes: Vec<Vec<u16>>,
}

/// The resolution of the colour planes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Chroma {
    /// There are none (4:0:0).
    None,
    /// One sample for four pixels (4:2:0), the mean of theirs.
    Half,
    /// A sample for each pixel (4:4:4).
    Full,
}

impl Chroma {
    /// Pixels a sample, across as well as down.
    pub fn step(self) -> usize {
        if self == Self::Half { 2 } else { 1 }
    }
}

/// The numbers by which ITU-T H.273 names colours: primaries, transfer, matrix.
pub type Cicp = [u16; 3];

/// An error of the encoder.
pub type Cause = Box<dyn std::error::Error + Send + Sync>;

/// How a picture is coded.
#[derive(Clone, Copy, Debug)]
pub struct Wish {
    /// 1 to 100, hardly any loss.
    pub quality: u8,
    /// 1 to 9, the quickest; others count as the nearest.
    pub speed: u8,
    /// How many threads may work on it; the bytes do not depend on it.
    pub threads: usize,
    /// What the colours mean; nothing is said of transparency.
    pub cicp: Option<Cicp>,
}

/// The quickest that libaom has for pictures that stand alone.
const QUICKEST: u8 = 9;
/// It takes no more; and one alone codes otherwise than several, which all give the same bytes.
const THREADS: RangeInclusive<usize> = 2..=64;

/// Codes one picture: the open bitstream units. It cannot be stopped half way.
///
/// # Errors
/// What the encoder says, and planes that are not as large as the picture.
pub fn encode(planes: &Planes, wish: Wish) -> Result<Vec<u8>, Cause> {
    let frame = Frame::of(planes)?;
    let mut encoder = Encoder::new(planes, wish)?;
    let mut data = encoder.coded(Some(&frame))?;
    data.extend(encoder.coded(None)?);
    Ok(data)
}

/// Samples as the encoder wants them.
enum Samples<'a> {
    Bytes(Vec<Vec<u8>>),
    Words(&'a [Vec<u16>]),
}

/// A picture that the encoder can read.
struct Frame<'a> {
    image: aom::aom_image_t,
    /// What the image points into.
    _samples: Samples<'a>,
}

impl<'a> Frame<'a> {
    fn of(planes: &'a Planes) -> Result<Self, Cause> {
        let ([width, height], step) = (planes.size, planes.chroma.step());
        let n_planes = if planes.chroma == Chroma::None { 1 } else { 3 };
        let extent = |index: usize| {
            let step = if index == 0 { 1 } else { step };
            [width.div_ceil(step), height.div_ceil(step)]
        };
        let is_whole = |(index, plane): (usize, &Vec<u16>)| plane.len() == extent(index).iter().product();
        if planes.planes.len() != n_planes || !planes.planes.iter().enumerate().all(is_whole) {
            return Err("the planes do not have the size of the picture".into());
        }
        let is_deep = 8 < planes.depth;
        let samples = if is_deep {
            Samples::Words(&planes.planes)
        } else {
            Samples::Bytes(planes.planes.iter().map(|it| it.iter().map(|it| *it as u8).collect()).collect())
        };
        let format = match (planes.chroma, is_deep) {
            (Chroma::Full, false) => aom::AOM_IMG_FMT_I444,
            (Chroma::Full, true) => aom::AOM_IMG_FMT_I44416,
            (_, false) => aom::AOM_IMG_FMT_I420,
            (_, true) => aom::AOM_IMG_FMT_I42016,
        };
        let shift = c_uint::from(format != aom::AOM_IMG_FMT_I444 && format != aom::AOM_IMG_FMT_I44416);
        // SAFETY: a structure of numbers and pointers, all of which may be zero.
        let mut image: aom::aom_image_t = unsafe { std::mem::zeroed() };
        image.fmt = format;
        image.monochrome = c_int::from(planes.chroma == Chroma::None);
        image.range = aom::AOM_CR_FULL_RANGE;
        image.bit_depth = planes.depth.into();
        (image.w, image.h) = (c_uint::try_from(width)?, c_uint::try_from(height)?);
        (image.d_w, image.d_h) = (image.w, image.h);
        (image.x_chroma_shift, image.y_chroma_shift) = (shift, shift);
        image.bps = if is_deep { 16 } else { 8 };
        for (index, (at, stride)) in image.planes.iter_mut().zip(&mut image.stride).take(n_planes).enumerate() {
            let (start, sample) = match &samples {
                Samples::Bytes(planes) => (planes.get(index).map(Vec::as_ptr), 1),
                Samples::Words(planes) => (planes.get(index).map(|it| it.as_ptr().cast()), 2),
            };
            *at = start.unwrap_or(ptr::null()).cast_mut();
            *stride = c_int::try_from(extent(index)[0] * sample)?;
        }
        Ok(Self { image, _samples: samples })
    }
}

/// An encoder that has been set up.
struct Encoder {
    context: Box<aom::aom_codec_ctx_t>,
}

impl Encoder {
    fn new(planes: &Planes, wish: Wish) -> Result<Self, Cause> {
        let quantizer = quantizer(wish.quality);
        let mut config = std::mem::MaybeUninit::uninit();
        // SAFETY: the interface is a constant of the library; the configuration is written whole when
        // the answer is that all went well, and read only then.
        let (interface, mut config) = unsafe {
            let interface = aom::aom_codec_av1_cx();
            let error = aom::aom_codec_enc_config_default(interface, config.as_mut_ptr(), aom::AOM_USAGE_ALL_INTRA);
            checked(error)?;
            (interface, config.assume_init())
        };
        (config.g_w, config.g_h) = (c_uint::try_from(planes.size[0])?, c_uint::try_from(planes.size[1])?);
        config.g_threads = c_uint::try_from(wish.threads.clamp(*THREADS.start(), *THREADS.end()))?;
        config.g_limit = 1;
        config.g_lag_in_frames = 0;
        config.g_profile = c_uint::from(planes.chroma == Chroma::Full);
        config.g_bit_depth = planes.depth.into();
        config.g_input_bit_depth = planes.depth.into();
        config.monochrome = c_uint::from(planes.chroma == Chroma::None);
        config.rc_end_usage = aom::AOM_Q;
        (config.rc_min_quantizer, config.rc_max_quantizer) = (quantizer, quantizer);
        let deep = if 8 < planes.depth { aom::AOM_CODEC_USE_HIGHBITDEPTH } else { 0 };
        // SAFETY: all zero is how a context begins. The library writes to it, and keeps pointers
        // into it, for which it lies in a box; it copies the configuration.
        let context = unsafe {
            let mut context: Box<aom::aom_codec_ctx_t> = Box::new(std::mem::zeroed());
            let version = aom::AOM_ENCODER_ABI_VERSION as c_int;
            checked(aom::aom_codec_enc_init_ver(
                &raw mut *context,
                interface,
                &raw const config,
                deep.into(),
                version,
            ))?;
            context
        };
        let mut encoder = Self { context };
        encoder.set_up(planes, wish)?;
        Ok(encoder)
    }

    /// What is not a matter of the configuration.
    fn set_up(&mut self, planes: &Planes, wish: Wish) -> Result<(), Cause> {
        let quantizer = quantizer(wish.quality);
        self.set(aom::AOME_SET_CPUUSED, wish.speed.clamp(1, QUICKEST).into())?;
        self.set(aom::AOME_SET_CQ_LEVEL, quantizer)?;
        self.set(aom::AOME_SET_TUNING, aom::AOM_TUNE_SSIM)?;
        self.set(aom::AV1E_SET_ENABLE_CHROMA_DELTAQ, c_uint::from(planes.chroma != Chroma::None))?;
        let level = matrix_level(quantizer);
        self.set(aom::AV1E_SET_ENABLE_QM, 1)?;
        self.set(aom::AV1E_SET_QM_MIN, level)?;
        self.set(aom::AV1E_SET_QM_MAX, level)?;
        if !drawn::may_be_drawn(planes) {
            self.set(aom::AV1E_SET_ENABLE_PALETTE, 0)?;
            self.set(aom::AV1E_SET_ENABLE_INTRABC, 0)?;
        }
        // Row by row, which is how several threads can work on one picture.
        self.set(aom::AV1E_SET_ROW_MT, 1)?;
        self.set(aom::AV1E_SET_COLOR_RANGE, aom::AOM_CR_FULL_RANGE)?;
        let [primaries, transfer, matrix] = wish.cicp.unwrap_or([2; 3]).map(c_uint::from);
        self.set(aom::AV1E_SET_COLOR_PRIMARIES, primaries)?;
        self.set(aom::AV1E_SET_TRANSFER_CHARACTERISTICS, transfer)?;
        self.set(aom::AV1E_SET_MATRIX_COEFFICIENTS, matrix)?;
        Ok(())
    }

    /// Sets what the library takes as an `int`, or as an unsigned number of that size; all are small.
    fn set(&mut self, key: aom::aome_enc_control_id, value: c_uint) -> Result<(), Cause> {
        let key = c_int::try_from(key)?;
        // SAFETY: the context has been initialised, and each key used takes one number of this size,
        // below the least that would be read as another number with a sign.
        checked(unsafe { aom::aom_codec_control(&raw mut *self.context, key, value) })
    }

    /// Takes a picture, or hears that there are no more; gives what is coded by then.
    fn coded(&mut self, frame: Option<&Frame<'_>>) -> Result<Vec<u8>, Cause> {
        let image = frame.map_or(ptr::null(), |it| &raw const it.image);
        let mut data = vec![];
        // SAFETY: the context has been initialised. The picture's planes are as large as the image
        // says, as `Frame::of` sees to, and are only read, during the call. A packet is valid until the next
        // call, and so are the bytes that it points to.
        unsafe {
            checked(aom::aom_codec_encode(&raw mut *self.context, image, 0, 1, 0))?;
            let mut next = ptr::null();
            while let Some(packet) = aom::aom_codec_get_cx_data(&raw mut *self.context, &raw mut next).as_ref() {
                if packet.kind == aom::AOM_CODEC_CX_FRAME_PKT {
                    let frame = packet.data.frame;
                    data.extend_from_slice(std::slice::from_raw_parts(frame.buf.cast::<u8>(), frame.sz));
                }
            }
        }
        Ok(data)
    }
}

impl Drop for Encoder {
    fn drop(&mut self) {
        // SAFETY: it has been initialised, and nobody uses it after this.
        unsafe { aom::aom_codec_destroy(&raw mut *self.context) };
    }
}

fn checked(error: aom::aom_codec_err_t) -> Result<(), Cause> {
    if error == aom::AOM_CODEC_OK {
        return Ok(());
    }
    // SAFETY: the library has a text for each number, which ends with a zero and lives as long as the program.
    let text = unsafe { CStr::from_ptr(aom::aom_codec_err_to_string(error)) };
    Err(text.to_string_lossy().into())
}

/// Qualities and the steps between coded values that go with them, 0 (without loss) to 63: photos have
/// then about the SSIMULACRA2 of a JPEG of that quality.
const STEPS: [(f32, f32); 8] =
    [(1.0, 63.0), (28.0, 46.0), (52.0, 36.0), (67.0, 28.0), (77.0, 20.0), (86.0, 12.0), (93.0, 7.0), (100.0, 1.0)];

/// The step for a quality, in between those that are known.
fn quantizer(quality: u8) -> c_uint {
    let quality = f32::from(quality.clamp(1, 100));
    let between = STEPS.windows(2).find_map(|pair| {
        let &[(low, coarse), (high, fine)] = pair else { return None };
        (quality <= high).then(|| coarse + (quality - low) / (high - low) * (fine - coarse))
    });
    // 1 to 63.
    between.unwrap_or(1.0).round() as c_uint
}

/// How evenly the frequencies of a block are coded, up to 15 (all alike): details a little more coarsely than
/// shades, the more so where much is lost anyway.
fn matrix_level(quantizer: c_uint) -> c_uint {
    (11.0 - quantizer as f32 / 16.0).round() as c_uint
}

#[cfg(test)]
mod tests {
    use super::{matrix_level, quantizer};

    #[test]
    fn a_higher_quality_is_never_coarser() {
        let steps: Vec<_> = (1..=100).map(quantizer).collect();
        assert!(steps.is_sorted_by(|low, high| high <= low), "{steps:?}");
        assert_eq!([quantizer(0), quantizer(1), quantizer(77), quantizer(100), quantizer(255)], [63, 63, 20, 1, 1]);
    }

    #[test]
    fn details_are_coded_more_coarsely_where_much_is_lost() {
        assert_eq!([1, 12, 20, 36, 46, 63].map(matrix_level), [11, 10, 10, 9, 8, 7]);
    }
}
