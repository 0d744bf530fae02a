//! Encoded bytes to upright sRGB pixels: sniff → limits → decoder → colour → orientation.

mod av1;
mod av1_header;
mod buffer;
mod color;
pub(super) mod details;
mod exr;
mod fax;
pub(super) mod frames;
mod hdr;
mod heif;
mod heif_boxes;
mod heif_canvas;
mod heif_movie;
mod heif_planes;
mod heif_turn;
#[cfg(feature = "heic")]
mod hevc;
mod ico;
mod inks;
pub(super) mod jpeg;
mod jxl;
mod lab;
mod orient;
mod pfm;
mod pixels;
mod png;
mod psd;
mod psd_planes;
mod sniff;
mod space;
mod still;
mod svg;
mod svg_cost;
mod svg_guard;
mod svg_links;
pub(super) mod svg_text;
mod tiff;
mod tiff_chunks;
mod tiff_color;
mod tiff_tags;
mod yuv;

pub use self::buffer::{Lent, Memory};

use super::{
    Decoded, EngineError, Facts, Format, Gamut, Raster, Source, Tools, edit,
    recipe::{Edits, ProfilePolicy, Resample, Sizing},
};
use std::sync::{Arc, OnceLock};

/// How to decode. The default converts colours to sRGB and renders an SVG at its own size.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct DecodeOptions {
    /// What becomes of the embedded profile.
    pub profile: ProfilePolicy,
    /// Width and height in pixels at which an SVG is rendered; `None`: its own size, and
    /// always `None` for pictures made of pixels.
    pub vector_size: Option<[u32; 2]>,
    /// Width and height in pixels, upright, that suffice for what is made of the picture: where a
    /// decoder can deliver fewer than all pixels in less time, it may, as many as these or more,
    /// and the raster is smaller than the size in the facts. `None`: all of them.
    pub enough: Option<[u32; 2]>,
}

impl DecodeOptions {
    /// What the edits need: an SVG is rendered at the size they ask for, and of a JPEG that is made
    /// much smaller on its stored values not all pixels are needed. (A reduced decode averages
    /// stored values, so it would be wrong in linear light. Twice the size asked for leaves the
    /// filter enough to work on.)
    ///
    /// `natural` is the picture's own size in pixels where it is known already.
    ///
    /// # Errors
    /// Those of reading an SVG's header, when `natural` is not known.
    pub fn for_edits(
        source: &Source,
        natural: Option<[u32; 2]>,
        edits: &Edits,
        tools: Tools<'_>,
    ) -> Result<Self, EngineError> {
        let measure = || tools.decoder.measure(source, tools);
        let options = Self { profile: edits.profile, ..Self::default() };
        Ok(match (source.format(), natural) {
            (Some(Format::Svg), natural) => {
                let natural = natural.map_or_else(measure, Ok)?;
                let vector_size = Some(edit::geometry(natural, &edits.size, true).scaled);
                Self { vector_size, ..options }
            }
            (Some(Format::Jpeg), natural) if edits.resample == Resample::Srgb && edits.size != Sizing::default() => {
                let scaled = edit::geometry(natural.map_or_else(measure, Ok)?, &edits.size, false).scaled;
                Self { enough: Some(scaled.map(|side| side.saturating_mul(2))), ..options }
            }
            _ => options,
        })
    }
}

impl DecodeOptions {
    /// Is a picture that was decoded with these options as good as one with others?
    pub fn satisfies(&self, other: &Self) -> bool {
        let has_enough = match (self.enough, other.enough) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(own), Some(wanted)) => wanted[0] <= own[0] && wanted[1] <= own[1],
        };
        has_enough && (self.profile, self.vector_size) == (other.profile, other.vector_size)
    }
}

/// Fonts for text in SVG, loaded when the first text is met. Clones share them.
#[derive(Clone)]
pub struct Fonts(Arc<dyn Fn() -> Arc<resvg::usvg::fontdb::Database> + Send + Sync>);

impl Fonts {
    /// `load` runs at most once, on the thread that meets the first text.
    pub fn new(load: impl Fn() -> resvg::usvg::fontdb::Database + Send + Sync + 'static) -> Self {
        let loaded = OnceLock::new();
        Self(Arc::new(move || loaded.get_or_init(|| Arc::new(load())).clone()))
    }

    /// The database, loaded now if it was not.
    pub fn database(&self) -> Arc<resvg::usvg::fontdb::Database> {
        (self.0)()
    }
}

/// No fonts: text in SVG is not drawn.
impl Default for Fonts {
    fn default() -> Self {
        Self::new(resvg::usvg::fontdb::Database::new)
    }
}

/// What the content looks like, by magic numbers; see [`Format::sniff`].
pub(super) fn sniff(bytes: &[u8]) -> Option<Format> {
    sniff::sniff(bytes)
}

/// Decodes one source: upright, colours as `options` say, within `tools.limits`.
///
/// # Errors
/// Any of [`EngineError`]'s reading errors.
pub fn decode(source: &Source, options: &DecodeOptions, tools: Tools<'_>) -> Result<Decoded, EngineError> {
    let bytes = source.bytes();
    if bytes.is_empty() {
        return Err(EngineError::Empty);
    }
    tools.limits.check_source_bytes(bytes.len() as u64)?;
    tools.cancel.check()?;
    match source.format().ok_or(EngineError::NotAnImage)? {
        Format::Svg => svg::decode(bytes, options.vector_size, tools),
        Format::Jpeg => match small_enough(bytes, options, tools)? {
            Some(decoded) => Ok(decoded),
            None => finish(Format::Jpeg, bytes, still::decode(Format::Jpeg, bytes, tools)?, options, tools),
        },
        format if format.can_read() => finish(format, bytes, still::decode(format, bytes, tools)?, options, tools),
        format => Err(EngineError::Unreadable { format }),
    }
}

/// Whoever makes pixels of untrusted bytes: this process, or one that can do no harm.
pub trait Decoder: Sync {
    /// See [`decode()`].
    ///
    /// # Errors
    /// Any of [`EngineError`]'s reading errors.
    fn decode(&self, source: &Source, options: &DecodeOptions, tools: Tools<'_>) -> Result<Decoded, EngineError>;

    /// See [`measure`].
    ///
    /// # Errors
    /// Any of [`EngineError`]'s reading errors.
    fn measure(&self, source: &Source, tools: Tools<'_>) -> Result<[u32; 2], EngineError>;

    /// See [`glimpse`].
    ///
    /// # Errors
    /// Any of [`EngineError`]'s reading errors.
    fn glimpse(&self, source: &Source, tools: Tools<'_>) -> Result<Option<Glimpse>, EngineError>;
}

/// Decodes where it is called.
#[derive(Clone, Copy, Debug, Default)]
pub struct Direct;

impl Decoder for Direct {
    fn decode(&self, source: &Source, options: &DecodeOptions, tools: Tools<'_>) -> Result<Decoded, EngineError> {
        decode(source, options, tools)
    }

    fn measure(&self, source: &Source, tools: Tools<'_>) -> Result<[u32; 2], EngineError> {
        measure(source, tools)
    }

    fn glimpse(&self, source: &Source, tools: Tools<'_>) -> Result<Option<Glimpse>, EngineError> {
        glimpse(source, tools)
    }
}

/// Width and height before anything is drawn or decoded: of an SVG in CSS pixels (96 a inch),
/// rounded, of a JPEG in pixels, upright.
///
/// # Errors
/// Any of [`EngineError`]'s reading errors.
pub fn measure(source: &Source, tools: Tools<'_>) -> Result<[u32; 2], EngineError> {
    match source.format() {
        Some(Format::Jpeg) => jpeg::measure(source.bytes()),
        _ => svg::measure(source.bytes(), tools),
    }
}

/// A picture made small while it was decoded, to be looked at until it is there itself.
#[derive(Clone, Debug)]
pub struct Glimpse {
    /// Its pixels: upright sRGB, fewer of them.
    pub raster: Raster,
    /// Width and height in pixels of the picture itself, upright.
    pub size: [u32; 2],
}

/// A small version of a picture that takes long to decode, in less time than that takes;
/// `None` where there is no quicker way.
///
/// # Errors
/// Any of [`EngineError`]'s reading errors.
pub fn glimpse(source: &Source, tools: Tools<'_>) -> Result<Option<Glimpse>, EngineError> {
    if source.format() != Some(Format::Jpeg) {
        return Ok(None);
    }
    let Some((stored, size)) = jpeg::glimpse(source.bytes(), tools)? else { return Ok(None) };
    let Decoded { raster, facts } = finish_small(source.bytes(), stored, size, &DecodeOptions::default(), tools)?;
    Ok(Some(Glimpse { raster, size: facts.size }))
}

/// As few pixels of a JPEG as the options allow; `None` when they do not, or nothing is gained.
fn small_enough(bytes: &[u8], options: &DecodeOptions, tools: Tools<'_>) -> Result<Option<Decoded>, EngineError> {
    let Some(enough) = options.enough else { return Ok(None) };
    let Some((stored, size)) = jpeg::sufficient(bytes, enough, tools)? else { return Ok(None) };
    finish_small(bytes, stored, size, options, tools).map(Some)
}

/// The same as [`finish`] for a picture of which not all pixels were decoded.
fn finish_small(
    bytes: &[u8],
    stored: still::Stored,
    stored_size: [u32; 2],
    options: &DecodeOptions,
    tools: Tools<'_>,
) -> Result<Decoded, EngineError> {
    let mut decoded = finish(Format::Jpeg, bytes, stored, options, tools)?;
    let [width, height] = stored_size;
    // From 5 on the orientations of Exif exchange width and height.
    let size = if decoded.facts.orientation < 5 { [width, height] } else { [height, width] };
    decoded.facts.stored_size = stored_size;
    decoded.facts.size = size;
    Ok(decoded)
}

/// Turns the stored picture upright and its colours into the space asked for.
fn finish(
    format: Format,
    bytes: &[u8],
    stored: still::Stored,
    options: &DecodeOptions,
    tools: Tools<'_>,
) -> Result<Decoded, EngineError> {
    let stored_size = [stored.pixels.width, stored.pixels.height];
    let pixels = stored.pixels.without_idle_alpha().upright(stored.orientation, tools.memory);
    tools.cancel.check()?;
    let (pixels, colors) = color::apply(pixels, &stored.space, options.profile, tools)?;
    let raster = pixels.into_raster(tools)?.with_profile(colors.profile);
    let mut warnings = stored.warnings;
    warnings.extend(colors.warning);
    let facts = Facts {
        format,
        stored_size,
        size: raster.size(),
        orientation: stored.orientation.to_exif(),
        frames: stored.frames,
        profile_name: stored.profile_name.or(colors.name),
        depth: stored.depth,
        gamut: if stored.gamut == Gamut::Srgb { colors.gamut } else { stored.gamut },
        details: Box::new(details::find(format, bytes)),
        has_alpha: raster.layout().has_alpha(),
        warnings,
    };
    Ok(Decoded { raster, facts })
}
