//! The one place that talks to a C library: libwebp's encoder and, for what that has written and
//! nothing else, its decoder.
//!
//! libwebp is called directly because the safe wrapper crate is tied to a version with a
//! known hole in it. Everything unsafe is in this file; what comes in is checked here, and
//! what goes out is an owned vector.
#![expect(unsafe_code, reason = "libwebp is a C library; each call states why it is sound")]

use crate::engine::{
    Cancel,
    encode::averaged::{self, Planes, Range},
    error::Cause,
};
use libwebp_sys as sys;
use std::ffi::c_int;

/// How to encode.
#[derive(Clone, Copy)]
pub(super) struct Mode {
    /// 1 to 100: closeness when lossy, effort when lossless.
    pub(super) quality: u8,
    /// 0 (fast) to 6 (small).
    pub(super) method: u8,
    pub(super) kind: Kind,
}

/// What may be lost.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    Lossy {
        /// Closeness of alpha, 0 to 100 (without loss).
        alpha_quality: u8,
        /// Averages colours with regard to the brightness that they lead to.
        sharp_yuv: bool,
    },
    Lossless {
        /// 0 to 100 (the very same pixels).
        nearness: u8,
        /// What it tries in turn anyway it tries beside each other, with the same bytes and twice the memory.
        threads: bool,
    },
}

/// libwebp's longest side, `WEBP_MAX_DIMENSION`.
const MAX_SIDE: u32 = 16_383;

/// Encodes interleaved 8-bit RGB or RGBA samples without padding between rows.
pub(super) fn encode(
    samples: &[u8],
    [width, height]: [u32; 2],
    has_alpha: bool,
    mode: Mode,
    cancel: &Cancel,
) -> Result<Vec<u8>, Cause> {
    let channels = if has_alpha { 4 } else { 3 };
    let side_is_good = |side| (1..=MAX_SIDE).contains(&side);
    // Sides of at most 16,383 keep every product below within 31 bits.
    if !side_is_good(width) || !side_is_good(height) || samples.len() != (width * height) as usize * channels {
        return Err("the lengths do not fit".into());
    }
    let config = config(mode)?;
    // Lent to the picture until its end.
    let (mut planes, mut alpha);
    let mut picture = Picture::new()?;
    picture.0.use_argb = config.lossless;
    picture.0.width = width as c_int;
    picture.0.height = height as c_int;
    if let Kind::Lossy { sharp_yuv: true, .. } = mode.kind {
        planes = averaged::planes(samples, channels, [width, height], Range::Limited, cancel)?;
        alpha = has_alpha.then(|| samples.as_chunks::<4>().0.iter().map(|&[.., alpha]| alpha).collect());
        lend(&mut planes, alpha.as_mut(), &mut picture.0);
    } else {
        let import = if has_alpha { sys::WebPPictureImportRGBA } else { sys::WebPPictureImportRGB };
        // SAFETY: the picture is initialised, and `samples` holds exactly `height` rows of
        // that many bytes (checked above), which the call only reads before it returns.
        if unsafe { import(&raw mut picture.0, samples.as_ptr(), (width as usize * channels) as c_int) } == 0 {
            return Err(picture.error());
        }
    }
    let mut written = Written::new();
    picture.0.writer = Some(sys::WebPMemoryWrite);
    picture.0.custom_ptr = (&raw mut written.0).cast();
    picture.0.progress_hook = Some(goes_on);
    picture.0.user_data = std::ptr::from_ref(cancel).cast_mut().cast();
    // SAFETY: config and picture are initialised and validated; planes that were lent to it have the
    // strides and, by `averaged::planes`, the rows that libwebp expects of its size, and are neither moved nor
    // touched until the call returns, after which nothing reads them; `custom_ptr` points to an
    // initialised memory writer, as `WebPMemoryWrite` wants, and `user_data` to a `Cancel`,
    // as `goes_on` wants; both outlive the call and nothing else touches them meanwhile.
    if unsafe { sys::WebPEncode(&raw const config, &raw mut picture.0) } == 0 {
        return Err(picture.error());
    }
    Ok(written.to_vec())
}

/// The picture points to these planes from now on, may write to them, and does not free them.
fn lend(planes: &mut Planes, alpha: Option<&mut Vec<u8>>, picture: &mut sys::WebPPicture) {
    let width = picture.width;
    (picture.y_stride, picture.uv_stride, picture.a_stride) = (width, (width + 1) / 2, width);
    (picture.y, picture.u, picture.v) = (planes.luma.as_mut_ptr(), planes.blue.as_mut_ptr(), planes.red.as_mut_ptr());
    picture.colorspace = sys::WebPEncCSP::WEBP_YUV420;
    if let Some(alpha) = alpha {
        picture.a = alpha.as_mut_ptr();
        picture.colorspace = sys::WebPEncCSP::WEBP_YUV420A;
    }
}

/// Does the file say that it has an alpha channel?
pub(super) fn has_alpha(file: &[u8]) -> Result<bool, Cause> {
    let (width, height, has_alpha, has_animation, format) = (0, 0, 0, 0, 0);
    let mut found = sys::WebPBitstreamFeatures { width, height, has_alpha, has_animation, format, pad: [0; 5] };
    // SAFETY: the call reads at most the `len` bytes of the slice and fills in the struct, which
    // it keeps no hold of.
    let status = unsafe { sys::WebPGetFeatures(file.as_ptr(), file.len(), &raw mut found) };
    if status != sys::VP8StatusCode::VP8_STATUS_OK {
        return Err(format!("libwebp: {status:?}").into());
    }
    Ok(found.has_alpha != 0)
}

/// Decodes to interleaved 8-bit RGB or RGBA samples with straight alpha.
///
/// Only for what [`encode`] has written: a decoder in C is no place for bytes from elsewhere.
pub(super) fn decode(file: &[u8], [width, height]: [u32; 2], has_alpha: bool) -> Result<Vec<u8>, Cause> {
    let channels = if has_alpha { 4 } else { 3 };
    if [width, height].iter().any(|side| !(1..=MAX_SIDE).contains(side)) {
        return Err("the lengths do not fit".into());
    }
    // Sides of at most 16,383 keep every product below within 31 bits.
    let stride = width as usize * channels;
    let mut samples = vec![0; stride * height as usize];
    let mut config = sys::WebPDecoderConfig::new().map_err(|()| "libwebp is of another version")?;
    config.options.use_threads = 1;
    config.output.colorspace = if has_alpha { sys::WEBP_CSP_MODE::MODE_RGBA } else { sys::WEBP_CSP_MODE::MODE_RGB };
    config.output.is_external_memory = 1;
    config.output.u.RGBA =
        sys::WebPRGBABuffer { rgba: samples.as_mut_ptr(), stride: stride as c_int, size: samples.len() };
    // SAFETY: the config is initialised; the call reads at most the `len` bytes of the slice. Of
    // what is ours it writes into `samples` only: it is told their true length and holds it
    // against the size that the file states before the first row (`CheckDecBuffer`). Nothing else
    // touches them meanwhile. When it returns, well or not, its threads have ended and its own
    // memory is freed; with external memory there is nothing to free later.
    let status = unsafe { sys::WebPDecode(file.as_ptr(), file.len(), &raw mut config) };
    if status != sys::VP8StatusCode::VP8_STATUS_OK {
        return Err(format!("libwebp: {status:?}").into());
    }
    if (config.output.width, config.output.height) != (width as c_int, height as c_int) {
        return Err("the picture has another size than was encoded".into());
    }
    Ok(samples)
}

fn config(mode: Mode) -> Result<sys::WebPConfig, Cause> {
    let mut config = sys::WebPConfig::new().map_err(|()| "libwebp is of another version")?;
    match mode.kind {
        Kind::Lossy { alpha_quality, .. } => config.alpha_quality = c_int::from(alpha_quality),
        Kind::Lossless { nearness, threads } => {
            config.lossless = 1;
            config.near_lossless = c_int::from(nearness);
            config.thread_level = c_int::from(threads);
        }
    }
    config.quality = f32::from(mode.quality);
    config.method = c_int::from(mode.method);
    // Colours under full transparency are not seen; libwebp may choose them.
    config.exact = 0;
    // SAFETY: the config is initialised and only read.
    if unsafe { sys::WebPValidateConfig(&raw const config) } == 0 {
        return Err("libwebp refused its settings".into());
    }
    Ok(config)
}

/// Called by libwebp now and then; zero makes it stop.
///
/// # Safety
/// `picture` must point to a picture whose `user_data` points to a living [`Cancel`].
unsafe extern "C" fn goes_on(_percent: c_int, picture: *const sys::WebPPicture) -> c_int {
    // SAFETY: libwebp passes the picture given to `WebPEncode`, for which `encode` set
    // `user_data` to a `Cancel` that it borrows until the call returns. A `Cancel` may be
    // shared between threads, so a shared reference is enough wherever this runs.
    let cancel = unsafe { &*(*picture).user_data.cast::<Cancel>() };
    c_int::from(!cancel.is_cancelled())
}

/// A picture that gives its planes back.
struct Picture(sys::WebPPicture);

impl Picture {
    fn new() -> Result<Self, Cause> {
        Ok(Self(sys::WebPPicture::new().map_err(|()| "libwebp is of another version")?))
    }

    fn error(&self) -> Cause {
        format!("libwebp: {:?}", self.0.error_code).into()
    }
}

impl Drop for Picture {
    fn drop(&mut self) {
        // SAFETY: the picture is initialised; what it owns was allocated by libwebp and is
        // freed once, here. The call leaves nothing dangling.
        unsafe { sys::WebPPictureFree(&raw mut self.0) }
    }
}

/// What libwebp wrote; gives the memory back.
struct Written(sys::WebPMemoryWriter);

impl Written {
    fn new() -> Self {
        // What WebPMemoryWriterInit would set, and the padding that it would not.
        Self(sys::WebPMemoryWriter { mem: std::ptr::null_mut(), size: 0, max_size: 0, pad: [0] })
    }

    fn to_vec(&self) -> Vec<u8> {
        if self.0.mem.is_null() {
            return vec![];
        }
        // SAFETY: `mem` is not null and libwebp keeps `size` written bytes there.
        unsafe { std::slice::from_raw_parts(self.0.mem, self.0.size) }.to_vec()
    }
}

impl Drop for Written {
    fn drop(&mut self) {
        // SAFETY: the writer is initialised; its memory is freed once, here.
        unsafe { sys::WebPMemoryWriterClear(&raw mut self.0) }
    }
}
