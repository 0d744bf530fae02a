//! Encoded bytes to upright sRGB pixels: sniff → limits → decoder → colour → orientation.

use super::{Decoded, EngineError, Format, Source, Tools, recipe::Edits, recipe::ProfilePolicy};
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
        _source: &Source,
        _natural: Option<[u32; 2]>,
        edits: &Edits,
        _tools: Tools<'_>,
    ) -> Result<Self, EngineError> {
        Ok(Self { profile: edits.profile, vector_size: None })
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
pub(super) fn sniff(_bytes: &[u8]) -> Option<Format> {
    None
}

/// Decodes one source: upright, colours as `options` say, within `tools.limits`.
///
/// # Errors
/// Any of [`EngineError`]'s reading errors.
pub fn decode(_source: &Source, _options: &DecodeOptions, _tools: Tools<'_>) -> Result<Decoded, EngineError> {
    Err(EngineError::NotAnImage)
}
