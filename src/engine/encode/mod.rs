//! Pixels to encoded bytes; one file a format.

mod averaged;
pub(super) mod avif;
mod bmp;
mod chroma;
mod gif;
mod hidden;
mod ico;
mod jpeg;
mod jxl;
mod palette;
mod png;
mod qoi;
mod sink;
mod tga;
mod tiff;
pub(super) mod webp;

use super::{
    Bytes, Cancel, EngineError, Format, Layout, Raster, Source, Tools, Warning,
    decode::{self, DecodeOptions},
    edit::ground,
    error::Cause,
    options::{IcoOptions, Subsampling},
    recipe::{Effort, OutputSpec},
};
use image::ExtendedColorType;
use rayon::prelude::*;

/// Encoded bytes and what they hold.
#[derive(Clone, Debug)]
pub struct Encoded {
    /// The format of the bytes.
    pub format: Format,
    /// The bytes to paste or save.
    pub bytes: Bytes,
    /// Width and height in pixels.
    pub size: [u32; 2],
    /// What was lost on the way and worth saying.
    pub warnings: Vec<Warning>,
}

/// What an [`Encoder`] has made.
#[derive(Clone, Debug)]
pub struct Made {
    /// The encoded bytes.
    pub bytes: Bytes,
    /// What they decode back to, where the encoder came to know it on the way.
    pub seen: Option<Raster>,
}

impl From<Bytes> for Made {
    fn from(bytes: Bytes) -> Self {
        Self { bytes, seen: None }
    }
}

impl From<Vec<u8>> for Made {
    fn from(bytes: Vec<u8>) -> Self {
        Bytes::from(bytes).into()
    }
}

/// What transparency is laid on when nobody named a colour.
pub(super) const WHITE: [u8; 3] = [u8::MAX; 3];

/// Makes bytes of pixels, in this process or elsewhere.
pub trait Encoder {
    /// The bytes of a picture that the format can hold as it is.
    ///
    /// # Errors
    /// [`EngineError::Unwritable`], [`EngineError::Encode`], [`EngineError::Cancelled`].
    fn bytes(&self, raster: &Raster, spec: &OutputSpec, cancel: &Cancel) -> Result<Made, EngineError>;

    /// What was made by this wish, decoded back: what everybody will see.
    ///
    /// For nothing else: since the bytes are our own, some of them go to a decoder that would not
    /// be trusted with those of others.
    ///
    /// # Errors
    /// Any of [`EngineError`]'s reading errors.
    fn decode_back(&self, encoded: &Encoded, spec: &OutputSpec, tools: Tools<'_>) -> Result<Raster, EngineError>;
}

/// Encodes here, now.
pub struct Direct;

/// Does the encoder of this wish stop soon when it is cancelled? One that does not is better run
/// where it can be killed.
pub fn is_stoppable(spec: &OutputSpec) -> bool {
    match spec.format {
        Format::Jpeg | Format::JpegXl | Format::Png => spec.effort == Effort::Fast,
        // It looks up between its stages, each of which tries whole pictures.
        Format::WebP => !spec.is_lossless(),
        Format::Avif => false,
        _ => true,
    }
}

/// Are so many pixels encoded in less time than passes between two moves of a slider? AV1 at its
/// quickest takes a tenth of a second a megapixel on two cores, JPEG XL somewhat more, all else less.
pub fn is_live(spec: &OutputSpec, [width, height]: [u32; 2]) -> bool {
    let most_pixels = match spec.format {
        Format::Avif => 2_000_000,
        Format::JpegXl => 1_300_000,
        _ => u64::MAX,
    };
    spec.effort == Effort::Fast && u64::from(width) * u64::from(height) <= most_pixels
}

/// The wish with a colour for each pixel, and the highest quality at which pixels share colours without it, where the
/// picture has its own for higher qualities alone: with them, a lower one may do.
pub(super) fn with_own_colours(raster: &Raster, spec: &OutputSpec) -> Option<(OutputSpec, u8)> {
    let is_open = spec.format == Format::Jpeg && spec.codec.jpeg.subsampling == Subsampling::Auto;
    let shares = || !chroma::needs_full(fitted(raster, spec).0.bytes(), raster.width() as usize, chroma::LAST_SHARED);
    (is_open && shares()).then(|| {
        let mut own = spec.clone();
        own.codec.jpeg.subsampling = Subsampling::Full;
        (own, chroma::LAST_SHARED)
    })
}

/// Encodes the picture here; see [`encode_by`].
///
/// # Errors
/// Those of [`encode_by`].
pub fn encode(raster: &Raster, spec: &OutputSpec, cancel: &Cancel) -> Result<Encoded, EngineError> {
    Ok(encode_by(&Direct, raster, spec, cancel)?.0)
}

/// Encodes the picture. Without a profile the values are sRGB and the file says nothing of it,
/// since that is what readers assume; with one it is embedded where the format can hold it.
///
/// The same picture and the same wish give the same bytes. Beside them stands what they decode back
/// to, if that is known already.
///
/// # Errors
/// [`EngineError::Unwritable`], [`EngineError::SideTooLong`], [`EngineError::Encode`],
/// [`EngineError::Cancelled`].
pub fn encode_by(
    encoder: &dyn Encoder,
    raster: &Raster,
    spec: &OutputSpec,
    cancel: &Cancel,
) -> Result<(Encoded, Option<Raster>), EngineError> {
    let format = spec.format;
    let (size, max_side) = (raster.size(), format.max_side());
    if !format.can_write() {
        return Err(EngineError::Unwritable { format });
    }
    let plan = (format == Format::Ico).then(|| ico::plan(size, &spec.codec.ico));
    if plan.is_none() && size.iter().any(|&side| max_side < side) {
        return Err(EngineError::SideTooLong { format, width: size[0], height: size[1], max_side });
    }
    let (raster, mut warnings) = fitted(raster, spec);
    cancel.check()?;
    let Made { bytes, seen } = encoder.bytes(&raster, spec, cancel)?;
    let size = plan.as_ref().map_or(size, |it| it.size);
    warnings.extend(plan.and_then(|it| it.warning));
    Ok((Encoded { format, bytes, size, warnings }, seen))
}

impl Encoder for Direct {
    fn bytes(&self, raster: &Raster, spec: &OutputSpec, cancel: &Cancel) -> Result<Made, EngineError> {
        let format = spec.format;
        let by = |encoder: fn(&Raster, &OutputSpec, &Cancel) -> Written| encoder(raster, spec, cancel).map(Made::from);
        let made = match format {
            Format::Jpeg => jpeg::encode(raster, spec, cancel),
            Format::WebP => by(webp::encode),
            Format::Png => by(png::encode),
            Format::Gif => by(gif::encode),
            Format::Ico => by(ico::encode),
            Format::Bmp => by(bmp::encode),
            Format::Tiff => by(tiff::encode),
            Format::Tga => by(tga::encode),
            Format::Qoi => by(qoi::encode),
            Format::Avif => by(avif::encode),
            Format::JpegXl => by(jxl::encode),
            _ => return Err(EngineError::Unwritable { format }),
        };
        // Whatever a stopped encoder says, it was stopped.
        cancel.check()?;
        made.map_err(|cause| EngineError::Encode { format, cause })
    }

    fn decode_back(&self, encoded: &Encoded, _: &OutputSpec, tools: Tools<'_>) -> Result<Raster, EngineError> {
        if encoded.format == Format::WebP
            && let Some(raster) = webp::decode_back(encoded, tools.limits)?
        {
            return Ok(raster);
        }
        let result = Source::new("result", encoded.bytes.clone());
        Ok(decode::decode(&result, &DecodeOptions::default(), tools)?.raster)
    }
}

/// Width and height of each picture of an icon, from small to large; `None` where not all that was asked
/// for can be had.
pub(super) fn icon_sizes(size: [u32; 2], options: &IcoOptions) -> Option<Vec<[u32; 2]>> {
    let plan = ico::plan(size, options);
    plan.warning.is_none().then(|| plan.sizes())
}

/// Has the picture more different colours than `most`, as 8 bits a channel tell them apart?
pub(super) fn has_more_colours(raster: &Raster, most: u16) -> bool {
    let pixels = raster.to_rgba8();
    palette::table::exact(pixels.as_chunks::<4>().0.iter().copied(), most.into()).is_none()
}

/// What an encoder returns.
type Written = Result<Vec<u8>, Cause>;

/// The picture as the format can hold it, and what that cost.
fn fitted(raster: &Raster, spec: &OutputSpec) -> (Raster, Vec<Warning>) {
    let format = spec.format;
    let mut warnings = vec![];
    let mut raster = ground::drop_useless_alpha(raster);
    if raster.layout().has_alpha() && !format.has_alpha() {
        warnings.push(Warning::AlphaFlattened { format });
        raster = ground::flatten(&raster, WHITE);
    }
    if raster.layout().is_wide() && !holds_wide(spec) {
        warnings.push(Warning::DepthReduced { format });
        raster = raster.to_narrow();
    }
    if raster.profile().is_some() && !format.has_profile() {
        warnings.push(Warning::ProfileIgnored { why: format!("{} cannot hold one", format.label()) });
        raster = raster.with_profile(None);
    }
    (raster, warnings)
}

/// One sample a pixel if no pixel of an opaque 8-bit picture has a colour. Not with a profile: it
/// describes three.
fn grey(raster: &Raster) -> Option<Vec<u8>> {
    let is_plain = raster.layout() == Layout::Rgb8 && raster.profile().is_none();
    let pixels = if is_plain { raster.bytes().as_chunks::<3>().0 } else { return None };
    let is_grey = pixels.par_iter().all(|&[r, g, b]| r == g && g == b);
    is_grey.then(|| pixels.iter().map(|&[grey, ..]| grey).collect())
}

/// Is this written with more than 8 bits a channel?
fn holds_wide(spec: &OutputSpec) -> bool {
    match spec.format {
        Format::Png | Format::Tiff | Format::JpegXl => true,
        Format::Avif => avif::holds_wide(&spec.codec.avif),
        _ => false,
    }
}

/// The layout in the words of `image`.
fn colour_type(layout: Layout) -> ExtendedColorType {
    match layout {
        Layout::Rgb8 => ExtendedColorType::Rgb8,
        Layout::Rgba8 => ExtendedColorType::Rgba8,
        Layout::Rgb16 => ExtendedColorType::Rgb16,
        Layout::Rgba16 => ExtendedColorType::Rgba16,
    }
}
