//! The one place that talks to a C library: libwebp's encoder and, for what that has written and
//! nothing else, its decoder.
//!
//! libwebp is called directly because the safe wrapper crate is tied to a version with a
//! known hole in it. Everything unsafe is in this file; what comes in is checked here, and
//! what goes out is an owned vector.
#![expect(unsafe_code, reason = "libwebp is a C library; each call states why it is sound")]

use crate::engine::{Cancel, error::Cause};
use libwebp_sys as sys;
use rayon::prelude::*;
use std::{ffi::c_int, sync::Once};

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
    let mut picture = Picture::new()?;
    picture.0.use_argb = config.lossless;
    picture.0.width = width as c_int;
    picture.0.height = height as c_int;
    let is_sharp = matches!(mode.kind, Kind::Lossy { sharp_yuv: true, .. }) && LEAST_SHARP_SIDE <= width.min(height);
    // Lent to the picture until it is dropped, which is before them.
    let mut planes;
    if is_sharp {
        planes = Planes::sharp(samples, [width, height], has_alpha, cancel)?;
        planes.lend(&mut picture.0);
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
    // SAFETY: config and picture are initialised and validated; `custom_ptr` points to an
    // initialised memory writer, as `WebPMemoryWrite` wants, and `user_data` to a `Cancel`,
    // as `goes_on` wants; both outlive the call and nothing else touches them meanwhile.
    if unsafe { sys::WebPEncode(&raw const config, &raw mut picture.0) } == 0 {
        return Err(picture.error());
    }
    Ok(written.to_vec())
}

/// libwebp averages colours of smaller pictures plainly.
const LEAST_SHARP_SIDE: u32 = 4;
/// So many rows are averaged at once; even, since two of them share colours.
const STRIP: usize = 128;
/// So many rows around them are averaged with them: each of libwebp's four rounds looks two rows further.
const MARGIN: usize = 16;

/// A picture in Y'CbCr with a colour for four pixels, rows without padding.
struct Planes {
    width: usize,
    y: Vec<u8>,
    u: Vec<u8>,
    v: Vec<u8>,
    alpha: Option<Vec<u8>>,
}

impl Planes {
    /// Colours are averaged with regard to the brightness that they lead to, in strips on all cores: at
    /// once, libwebp takes 40 ms a megapixel for it and hears of no cancel.
    fn sharp(samples: &[u8], [width, height]: [u32; 2], has_alpha: bool, cancel: &Cancel) -> Result<Self, Cause> {
        static TABLES: Once = Once::new();
        let [width, height] = [width, height].map(|it| it as usize);
        let channels = if has_alpha { 4 } else { 3 };
        let (half, halves) = (width.div_ceil(2), height.div_ceil(2));
        let [mut y, mut u, mut v] = [width * height, half * halves, half * halves].map(|it| vec![0; it]);
        let colours = u.par_chunks_mut(half * STRIP / 2).zip(v.par_chunks_mut(half * STRIP / 2));
        // The tables behind it are made by whoever comes first.
        TABLES.call_once(|| drop(Strip::of(&[0; 4 * 4 * 3], 4, 3)));
        y.par_chunks_mut(width * STRIP).zip(colours).enumerate().try_for_each(|(at, (y, (u, v)))| {
            if cancel.is_cancelled() {
                return Err("cancelled".into());
            }
            let first = at * STRIP;
            let above = first.min(MARGIN);
            let rows = first - above..(first + STRIP + MARGIN).min(height);
            let samples = &samples[width * channels * rows.start..width * channels * rows.end];
            Strip::of(samples, width, channels)?.copy(above, width, [y, u, v]);
            Ok::<(), Cause>(())
        })?;
        let alpha = has_alpha.then(|| samples.as_chunks::<4>().0.iter().map(|&[.., alpha]| alpha).collect());
        Ok(Self { width, y, u, v, alpha })
    }

    /// The picture points to these planes from now on, may write to them, and does not free them.
    fn lend(&mut self, picture: &mut sys::WebPPicture) {
        let [stride, half] = [self.width, self.width.div_ceil(2)].map(|it| it as c_int);
        (picture.y_stride, picture.uv_stride, picture.a_stride) = (stride, half, stride);
        (picture.y, picture.u, picture.v) = (self.y.as_mut_ptr(), self.u.as_mut_ptr(), self.v.as_mut_ptr());
        picture.colorspace = sys::WebPEncCSP::WEBP_YUV420;
        if let Some(alpha) = &mut self.alpha {
            picture.a = alpha.as_mut_ptr();
            picture.colorspace = sys::WebPEncCSP::WEBP_YUV420A;
        }
    }
}

/// Some rows of a picture, averaged by libwebp into planes of its own.
struct Strip(Picture);

impl Strip {
    /// Of whole rows of RGB or, opaque then, RGBA; at least four rows and columns.
    fn of(samples: &[u8], width: usize, channels: usize) -> Result<Self, Cause> {
        let stride = width * channels;
        let mut picture = Picture::new()?;
        picture.0.use_argb = 1;
        picture.0.width = width as c_int;
        picture.0.height = (samples.len() / stride) as c_int;
        let import = if channels == 4 { sys::WebPPictureImportRGBX } else { sys::WebPPictureImportRGB };
        // SAFETY: the picture is initialised, and `samples` holds at least `height` rows of
        // `stride` bytes, by the division above; the call only reads them before it returns.
        if unsafe { import(&raw mut picture.0, samples.as_ptr(), stride as c_int) } == 0 {
            return Err(picture.error());
        }
        // SAFETY: the picture is initialised and holds its pixels; the call allocates the planes.
        if unsafe { sys::WebPPictureSharpARGBToYUVA(&raw mut picture.0) } == 0 {
            return Err(picture.error());
        }
        Ok(Self(picture))
    }

    /// Fills the planes with what begins at an even row.
    fn copy(&self, first: usize, width: usize, [y, u, v]: [&mut [u8]; 3]) {
        let it = &self.0.0;
        let half = width.div_ceil(2);
        let planes = [(it.y, it.y_stride, first, y, width), (it.u, it.uv_stride, first / 2, u, half)];
        let planes = planes.into_iter().chain([(it.v, it.uv_stride, first / 2, v, half)]);
        for (plane, stride, first, to, width) in planes {
            for (at, to) in to.chunks_exact_mut(width).enumerate() {
                // SAFETY: `Strip::of` had libwebp allocate planes of as many rows of `stride` bytes as the
                // strip has, half as many for colours (rounded up), each of at least `width`; `sharp` asks for
                // rows of them only, since its strip ends at or below the last row that is copied.
                let row = unsafe { std::slice::from_raw_parts(plane.add((first + at) * stride as usize), width) };
                to.copy_from_slice(row);
            }
        }
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
        Kind::Lossless { nearness } => {
            config.lossless = 1;
            config.near_lossless = c_int::from(nearness);
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

#[cfg(test)]
mod tests {
    use super::{Planes, Strip};
    use crate::engine::Cancel;

    /// Slopes with letters of strong colours.
    fn picture(width: usize, height: usize, channels: usize) -> Vec<u8> {
        let pixel = |at: usize| {
            let (x, y) = (at % width, at / width);
            if x % 7 < 2 && y % 9 < 6 { [200, 0, 40, 255] } else { [x as u8, 250 - (y % 200) as u8, 255, 255] }
        };
        (0..width * height).flat_map(|at| pixel(at).into_iter().take(channels)).collect()
    }

    #[test]
    fn strips_are_averaged_as_the_whole_picture_is_by_libwebp() {
        let sizes = [(4, 4, 3), (37, 401, 3), (64, 385, 4), (5, 257, 3), (33, 128, 4), (33, 129, 3), (300, 131, 3)];
        for (width, height, channels) in sizes {
            let samples = picture(width, height, channels);
            let size = [width as u32, height as u32];
            let strips = Planes::sharp(&samples, size, channels == 4, &Cancel::default()).unwrap();
            let (half, halves) = (width.div_ceil(2), height.div_ceil(2));
            let [mut y, mut u, mut v] = [width * height, half * halves, half * halves].map(|it| vec![0; it]);
            Strip::of(&samples, width, channels).unwrap().copy(0, width, [&mut y, &mut u, &mut v]);
            assert_eq!((strips.y, strips.u, strips.v), (y, u, v), "{width} × {height}");
        }
    }

    #[test]
    fn averaging_is_broken_off() {
        let cancel = Cancel::default();
        cancel.cancel();
        assert!(Planes::sharp(&picture(64, 300, 3), [64, 300], false, &cancel).is_err());
    }
}
