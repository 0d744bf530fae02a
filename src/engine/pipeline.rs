//! Decode, edit, encode and decode back, redoing only what changed.

use super::{
    Cancel, Decoded, Encoded, EngineError, Facts, Format, Limits, Raster, Recipe, Source, Warning,
    decode::{DecodeOptions, Decoder, Direct, Fonts, Memory},
    edit, encode,
    recipe::{Edits, OutputSpec},
};

/// One step of the trip.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Stage {
    /// Encoded source to pixels.
    Decode,
    /// Pixels to the size and ground wanted.
    Edit,
    /// Pixels to encoded bytes.
    Encode,
    /// The encoded bytes back to pixels, for the preview.
    Preview,
}

/// Hears stages begin and end, so that whoever owns a clock can measure them. A stage whose
/// result was still known is not heard of.
pub trait Observer {
    /// `stage` begins.
    fn begin(&self, stage: Stage);
    /// `stage` has ended well.
    fn end(&self, stage: Stage);
}

/// For whoever does not want to know.
impl Observer for () {
    fn begin(&self, _: Stage) {}
    fn end(&self, _: Stage) {}
}

/// What a render needs besides the source and the recipe.
#[derive(Clone, Copy)]
pub struct Tools<'a> {
    /// Budgets, checked before allocation.
    pub limits: &'a Limits,
    /// Fonts for text in SVG.
    pub fonts: &'a Fonts,
    /// Hears stages begin and end.
    pub observer: &'a dyn Observer,
    /// Asked between stages and rows.
    pub cancel: &'a Cancel,
    /// Makes pixels of the source.
    pub decoder: &'a dyn Decoder,
    /// Lends memory for them.
    pub memory: &'a dyn Memory,
}

impl<'a> Tools<'a> {
    /// Decodes here, into memory of its own, and nobody listens.
    pub fn new(limits: &'a Limits, fonts: &'a Fonts, cancel: &'a Cancel) -> Self {
        Self { limits, fonts, observer: &(), cancel, decoder: &Direct, memory: &() }
    }

    fn stage<T>(&self, stage: Stage, work: impl FnOnce() -> Result<T, EngineError>) -> Result<T, EngineError> {
        self.cancel.check()?;
        self.observer.begin(stage);
        let result = work()?;
        self.observer.end(stage);
        Ok(result)
    }
}

/// A finished result, with the recipe that made it.
#[derive(Clone, Debug)]
pub struct Product {
    /// What it was made from, so that staleness is a comparison.
    pub recipe: Recipe,
    /// The bytes to paste or save.
    pub encoded: Encoded,
    /// What the encoded bytes decode back to; `None` when it was not asked for.
    pub preview: Option<Raster>,
    /// What the user should know.
    pub warnings: Vec<Warning>,
}

/// The results of the stages for one source, each with what it was made from. Clones share the
/// pixels and bytes.
#[derive(Clone, Default)]
pub struct Cache {
    decoded: Option<(Source, DecodeOptions, Decoded)>,
    edited: Option<(Edits, Raster, Vec<Warning>)>,
    encoded: Option<(OutputSpec, Encoded)>,
    preview: Option<Raster>,
}

impl Cache {
    /// Puts in what was decoded elsewhere with default options, unless it is known already.
    pub fn prime(&mut self, source: &Source, decoded: &Decoded) {
        if !self.knows(source) {
            *self =
                Self { decoded: Some((source.clone(), DecodeOptions::default(), decoded.clone())), ..Self::default() };
        }
    }

    /// What decoding found out about the source rendered last.
    pub fn facts(&self) -> Option<&Facts> {
        self.decoded.as_ref().map(|(.., decoded)| &decoded.facts)
    }

    /// Is there something of this source?
    pub fn knows(&self, source: &Source) -> bool {
        self.decoded.as_ref().is_some_and(|(known, ..)| known.is(source))
    }

    /// Lets go of all pixels.
    pub fn clear(&mut self) {
        *self = Self::default();
    }
}

/// Decodes with the defaults: colours to sRGB, upright, an SVG at its own size.
///
/// # Errors
/// Whatever decoding meets; see [`EngineError`].
pub fn decode(source: &Source, tools: Tools<'_>) -> Result<Decoded, EngineError> {
    tools.stage(Stage::Decode, || tools.decoder.decode(source, &DecodeOptions::default(), tools))
}

/// Makes the bytes that the recipe asks for and, if `with_preview`, what they decode back to.
///
/// Stages whose input did not change since the last call with this cache are not redone.
///
/// # Errors
/// Whatever decoding, editing or encoding meets; see [`EngineError`].
pub fn render(
    source: &Source,
    recipe: &Recipe,
    cache: &mut Cache,
    with_preview: bool,
    tools: Tools<'_>,
) -> Result<Product, EngineError> {
    let decoded = decoded(source, recipe, cache, tools)?;
    let mut warnings = decoded.facts.warnings.clone();
    let encoded = if recipe.output.untouched {
        untouched(source, &decoded)?
    } else {
        let (edited, edit_warnings) = edited(&decoded, recipe, cache, tools)?;
        warnings.extend(edit_warnings);
        let encoded = encoded(&edited, recipe, cache, tools)?;
        warnings.extend(encoded.warnings.iter().cloned());
        encoded
    };
    if source.bytes().len() < encoded.bytes.len() && source_would_do(&decoded, &encoded) {
        warnings.push(Warning::LargerThanSource { result: encoded.bytes.len(), source: source.bytes().len() });
    }
    let preview = if with_preview { Some(preview(&encoded, cache, tools)?) } else { None };
    Ok(Product { recipe: recipe.clone(), encoded, preview, warnings })
}

/// Could the source's own bytes be pasted instead: same picture, same size, shown by browsers?
fn source_would_do(decoded: &Decoded, encoded: &Encoded) -> bool {
    let facts = &decoded.facts;
    let same_kind = facts.format == encoded.format || facts.format.is_web();
    let same_ground = encoded.format.has_alpha() || !facts.has_alpha;
    same_kind && same_ground && facts.size == encoded.size && facts.orientation == 1 && facts.frames == Some(1)
}

fn decoded(source: &Source, recipe: &Recipe, cache: &mut Cache, tools: Tools<'_>) -> Result<Decoded, EngineError> {
    let natural = match &cache.decoded {
        Some((known, _, decoded)) if known.is(source) => Some(decoded.facts.size),
        _ => None,
    };
    let options = DecodeOptions::for_edits(source, natural, &recipe.edits, tools)?;
    if let Some((known, with, decoded)) = &cache.decoded
        && known.is(source)
        && with.satisfies(&options)
    {
        return Ok(decoded.clone());
    }
    let decoded = tools.stage(Stage::Decode, || tools.decoder.decode(source, &options, tools))?;
    *cache = Cache { decoded: Some((source.clone(), options, decoded.clone())), ..Cache::default() };
    Ok(decoded)
}

fn edited(
    decoded: &Decoded,
    recipe: &Recipe,
    cache: &mut Cache,
    tools: Tools<'_>,
) -> Result<(Raster, Vec<Warning>), EngineError> {
    if let Some((edits, raster, warnings)) = &cache.edited
        && *edits == recipe.edits
    {
        return Ok((raster.clone(), warnings.clone()));
    }
    let (raster, warnings) = tools.stage(Stage::Edit, || edit::apply(decoded, &recipe.edits, tools))?;
    cache.edited = Some((recipe.edits.clone(), raster.clone(), warnings.clone()));
    cache.encoded = None;
    cache.preview = None;
    Ok((raster, warnings))
}

fn encoded(edited: &Raster, recipe: &Recipe, cache: &mut Cache, tools: Tools<'_>) -> Result<Encoded, EngineError> {
    if let Some((output, encoded)) = &cache.encoded
        && *output == recipe.output
    {
        return Ok(encoded.clone());
    }
    let encoded = tools.stage(Stage::Encode, || encode::encode(edited, &recipe.output, tools.cancel))?;
    cache.encoded = Some((recipe.output.clone(), encoded.clone()));
    cache.preview = None;
    Ok(encoded)
}

/// The source's own bytes as a result.
fn untouched(source: &Source, decoded: &Decoded) -> Result<Encoded, EngineError> {
    let format: Format = source.format().ok_or(EngineError::NotAnImage)?;
    Ok(Encoded { format, bytes: source.bytes().clone(), size: decoded.facts.size, warnings: vec![] })
}

fn preview(encoded: &Encoded, cache: &mut Cache, tools: Tools<'_>) -> Result<Raster, EngineError> {
    // Only what an encoder of ours has made is ever kept there.
    let is_ours = cache.encoded.as_ref().is_some_and(|(_, of)| of.bytes.is(&encoded.bytes));
    if let (true, Some(known)) = (is_ours, &cache.preview) {
        return Ok(known.clone());
    }
    let raster = tools.stage(Stage::Preview, || {
        if is_ours {
            return encode::decode_back(encoded, tools);
        }
        let result = Source::new("result", encoded.bytes.clone());
        // The source's own bytes, which are no more to be trusted than before.
        Ok(tools.decoder.decode(&result, &DecodeOptions::default(), tools)?.raster)
    })?;
    if is_ours {
        cache.preview = Some(raster.clone());
    }
    Ok(raster)
}
