//! Encoded bytes to upright sRGB pixels: sniff → limits → decoder → colour → orientation.

mod buffer;
mod color;
mod exr;
mod fax;
mod frames;
mod hdr;
mod ico;
mod inks;
mod jpeg;
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
mod svg_text;
mod tiff;
mod tiff_chunks;
mod tiff_color;
mod tiff_tags;

pub use self::buffer::{Lent, Memory};

use super::{
    Decoded, EngineError, Facts, Format, Gamut, Raster, Source, Tools, edit, recipe::Edits, recipe::ProfilePolicy,
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
}

impl DecodeOptions {
    /// What the edits need: an SVG is rendered at the size they ask for.
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
        let vector_size = match (source.format(), natural) {
            (Some(Format::Svg), Some(natural)) => Some(natural),
            (Some(Format::Svg), None) => Some(tools.decoder.measure(source, tools)?),
            _ => None,
        };
        let vector_size = vector_size.map(|natural| edit::geometry(natural, &edits.size, true).scaled);
        Ok(Self { profile: edits.profile, vector_size })
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
        format if format.can_read() => finish(format, still::decode(format, bytes, tools)?, options, tools),
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

/// The size in CSS pixels (96 a inch), rounded, of a picture without pixels: an SVG.
///
/// # Errors
/// Any of [`EngineError`]'s reading errors.
pub fn measure(source: &Source, tools: Tools<'_>) -> Result<[u32; 2], EngineError> {
    svg::measure(source.bytes(), tools)
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
    let Some((stored, [width, height])) = jpeg::reduced(source.bytes(), tools)? else { return Ok(None) };
    let decoded = finish(Format::Jpeg, stored, &DecodeOptions::default(), tools)?;
    // From 5 on the orientations of Exif exchange width and height.
    let size = if decoded.facts.orientation < 5 { [width, height] } else { [height, width] };
    Ok(Some(Glimpse { raster: decoded.raster, size }))
}

/// Turns the stored picture upright and its colours into the space asked for.
fn finish(
    format: Format,
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
        details: Box::default(),
        has_alpha: raster.layout().has_alpha(),
        warnings,
    };
    Ok(Decoded { raster, facts })
}
