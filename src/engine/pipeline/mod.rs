//! Decode, edit, encode and decode back, redoing only what changed.

mod aimed;
mod cache;

pub use self::{aimed::score, cache::Cache};

pub(super) use self::aimed::kind;

use self::cache::{Finished, MOST_MADE, Made};

use super::{
    Cancel, Decoded, Encoded, EngineError, Format, KeptMetadata, Limits, Metadata, MetadataKind, Raster, Recipe,
    Source, Warning,
    decode::{DecodeOptions, Decoder, Direct, Fonts, Memory},
    edit,
    encode::{self, Encoder},
    metadata,
    options::{PngColours, palette},
    original,
    recipe::OutputSpec,
    score as look,
    target::{Aim, Found, Lore, Miss},
    vector,
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
    /// Makes the bytes of the result.
    pub encoder: &'a dyn Encoder,
}

impl<'a> Tools<'a> {
    /// Decodes here, into memory of its own, encodes here, and nobody listens.
    pub fn new(limits: &'a Limits, fonts: &'a Fonts, cancel: &'a Cancel) -> Self {
        Self { limits, fonts, observer: &(), cancel, decoder: &Direct, memory: &(), encoder: &encode::Direct }
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
    /// How they were found, where something was aimed for.
    pub found: Option<Found>,
    /// What the user should know.
    pub warnings: Vec<Warning>,
}

impl Product {
    /// How it misses what was aimed for, if it does.
    pub fn miss(&self) -> Option<Miss<'_>> {
        Miss::of(self.encoded.format, &self.recipe.output.aim, self.found.as_ref()?)
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
    let (Finished { encoded, is_foreign, .. }, found) = if recipe.output.untouched {
        (untouched(source, &decoded)?, None)
    } else {
        let (edited, edit_warnings) = edited(&decoded, recipe, cache, tools)?;
        warnings.extend(edit_warnings);
        ensure_made(source, &decoded, &edited, recipe, cache, tools)?;
        finished(source, &decoded, recipe, cache)?
    };
    warnings.extend(encoded.warnings.iter().cloned());
    if source.bytes().len() < encoded.bytes.len() && source_would_do(source, &decoded, &encoded) {
        warnings.push(Warning::LargerThanSource { result: encoded.bytes.len(), source: source.bytes().len() });
    }
    let preview = if with_preview { Some(preview(&encoded, is_foreign, cache, tools)?) } else { None };
    Ok(Product { recipe: recipe.clone(), encoded, preview, found, warnings })
}

/// Could the source's own bytes be pasted instead: same picture, same size, shown by browsers?
fn source_would_do(source: &Source, decoded: &Decoded, encoded: &Encoded) -> bool {
    let facts = &decoded.facts;
    // A data URL cannot say that its drawing is compressed.
    if facts.format.is_vector() && source.bytes().starts_with(b"\x1f\x8b") {
        return false;
    }
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
    (cache.made, cache.lore) = (vec![], Lore::default());
    Ok((raster, warnings))
}

/// Makes sure that the cache holds the encoding, as the latest.
fn ensure_made(
    source: &Source,
    decoded: &Decoded,
    edited: &Raster,
    recipe: &Recipe,
    cache: &mut Cache,
    tools: Tools<'_>,
) -> Result<(), EngineError> {
    let spec = aimed::key(&recipe.output);
    if let Some(at) = cache.made.iter().position(|it| it.spec == spec) {
        let made = cache.made.remove(at);
        cache.made.insert(0, made);
        return Ok(());
    }
    let lore = cache.lore.clone();
    let (encoded, seen, found) = tools.stage(Stage::Encode, || match (spec.format, &spec.aim) {
        (Format::Svg, _) => Ok((vector::write(source, &decoded.facts, recipe, tools)?, None, None)),
        (_, Aim::Quality) => encoded(decoded, edited, &spec, tools).map(|(encoded, seen)| (encoded, seen, None)),
        _ => {
            let sought = aimed::sought(source, decoded, edited, recipe, &lore, tools)?;
            Ok((sought.encoded, sought.seen, Some(sought.found)))
        }
    })?;
    for older in &mut cache.made {
        older.preview = None;
    }
    cache.made.insert(0, Made { spec, encoded, found, preview: seen, finished: None });
    cache.made.truncate(MOST_MADE);
    Ok(())
}

/// The encoding with the metadata that are kept or, where that is smaller and does as well, the
/// source's own coding with them; and how it was found.
fn finished(
    source: &Source,
    decoded: &Decoded,
    recipe: &Recipe,
    cache: &mut Cache,
) -> Result<(Finished, Option<Found>), EngineError> {
    let keep = recipe.output.keep;
    // It was put there just before.
    let Some(made) = cache.made.first_mut() else { return Err(EngineError::Cancelled) };
    if let Some(known) = made.finished.as_ref().filter(|it| it.keep == keep) {
        return Ok((known.clone(), made.found.clone()));
    }
    let (carried, unfit) = metadata::collect(source, &decoded.facts, keep);
    let is_original = made.encoded.warnings.contains(&Warning::OriginalKept);
    let encoded = if is_original { made.encoded.clone() } else { metadata::put(&made.encoded, &carried) };
    let original = original::smaller(source, &decoded.facts, recipe, &encoded, &carried, &mut cache.original);
    let is_foreign = is_original || original.is_some() || encoded.format.is_vector();
    if let (Some(_), Some(found)) = (&original, &mut made.found) {
        found.score = look::SAME;
    }
    let mut encoded = original.unwrap_or(encoded);
    encoded.warnings.extend(unfit);
    let finished = Finished { keep, encoded, is_foreign };
    made.finished = Some(finished.clone());
    Ok((finished, made.found.clone()))
}

/// Also what the bytes decode back to, if their encoder knows.
fn encoded(
    decoded: &Decoded,
    edited: &Raster,
    output: &OutputSpec,
    tools: Tools<'_>,
) -> Result<(Encoded, Option<Raster>), EngineError> {
    let Tools { encoder, cancel, .. } = tools;
    let Some(with_palette) = as_source(decoded, edited, output) else {
        return encode::encode_by(encoder, edited, output, cancel);
    };
    let (mut encoded, seen) = encode::encode_by(encoder, edited, &with_palette, cancel)?;
    encoded.warnings.push(Warning::PaletteKept { colours: with_palette.codec.png.palette.colours });
    Ok((encoded, seen))
}

/// The wish with a palette, when the source has one and editing made more colours than fit in:
/// with all of them the file would grow, often although the picture shrank.
fn as_source(decoded: &Decoded, edited: &Raster, output: &OutputSpec) -> Option<OutputSpec> {
    let is_left_to_us = output.format == Format::Png && output.codec.png.colours == PngColours::AsSource;
    let colours = *palette::COLOURS.end();
    (is_left_to_us && decoded.facts.details.palette && encode::has_more_colours(edited, colours)).then(|| {
        let mut output = output.clone();
        output.codec.png.colours = PngColours::Palette;
        output.codec.png.palette.colours = colours;
        output
    })
}

/// The source's own bytes as a result.
fn untouched(source: &Source, decoded: &Decoded) -> Result<Finished, EngineError> {
    let format: Format = source.format().ok_or(EngineError::NotAnImage)?;
    let is_told = |it: &Metadata| it.kind == MetadataKind::Gps;
    let tells = decoded.facts.details.metadata.iter().any(is_told).then_some(Warning::PositionKept);
    let warnings = tells.into_iter().collect();
    let encoded = Encoded { format, bytes: source.bytes().clone(), size: decoded.facts.size, warnings };
    Ok(Finished { keep: KeptMetadata::ALL, encoded, is_foreign: true })
}

/// What the result decodes back to. Of an encoding of ours its pixels alone are decoded, without
/// what it carries, since that came from others and their decoder may be one that is only trusted
/// with what is ours.
fn preview(result: &Encoded, is_foreign: bool, cache: &mut Cache, tools: Tools<'_>) -> Result<Raster, EngineError> {
    let Some(made) = cache.made.first_mut().filter(|_| !is_foreign) else {
        let result = Source::new("result", result.bytes.clone());
        // No more to be trusted than before.
        let decode = || tools.decoder.decode(&result, &DecodeOptions::default(), tools);
        return Ok(tools.stage(Stage::Preview, decode)?.raster);
    };
    if let Some(known) = &made.preview {
        return Ok(known.clone());
    }
    let spec = made.found.as_ref().map_or(&made.spec, |it| &it.spec);
    let raster = tools.stage(Stage::Preview, || tools.encoder.decode_back(&made.encoded, spec, tools))?;
    made.preview = Some(raster.clone());
    Ok(raster)
}
