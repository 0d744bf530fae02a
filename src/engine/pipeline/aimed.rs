//! Results that were searched for, and how alike a result and its picture look.

use super::{Cache, decoded, edited, encoded, render};
use crate::engine::{
    Decoded, Encoded, EngineError, KeptMetadata, Raster, Recipe, Source, Tools, Warning, edit, metadata,
    options::webp,
    original,
    recipe::{Effort, OutputSpec},
    score::SAME,
    target::{self, Aim, Lore, Seeker, Sought},
};

/// How alike the result of this recipe and the edited picture look; see [`crate::engine::score`]. Of more than
/// 1.6 megapixels, tiles of that many are compared. [`SAME`] where the source's own bytes are the result.
///
/// # Errors
/// Whatever decoding, editing or encoding meets.
pub fn score(source: &Source, recipe: &Recipe, cache: &mut Cache, tools: Tools<'_>) -> Result<f64, EngineError> {
    let product = render(source, recipe, cache, true, tools)?;
    if let Some(found) = &product.found {
        return Ok(found.score);
    }
    let (Some(seen), false) = (product.preview, product.warnings.contains(&Warning::OriginalKept)) else {
        return Ok(SAME);
    };
    let Some((_, edited, _)) = cache.edited.as_ref().filter(|_| !recipe.output.untouched) else {
        return Ok(SAME);
    };
    if edited.profile().is_some() {
        let edited = edited.clone();
        let decoded = decoded(source, recipe, cache, tools)?;
        let lore = cache.lore.clone();
        return Ok(sought(source, &decoded, &edited, recipe, &lore, tools)?.found.score);
    }
    target::compare(edited, &seen, recipe.output.format, &cache.lore, tools.cancel)
}

/// Whether the picture that the recipe's edits make lets anything shine through, and whether its source is a
/// drawing.
///
/// # Errors
/// Whatever decoding or editing meets.
pub(in crate::engine) fn kind(
    source: &Source,
    recipe: &Recipe,
    cache: &mut Cache,
    tools: Tools<'_>,
) -> Result<(bool, bool), EngineError> {
    let decoded = decoded(source, recipe, cache, tools)?;
    let (edited, _) = edited(&decoded, recipe, cache, tools)?;
    Ok((edit::ground::has_transparency(&edited), decoded.facts.format.is_vector()))
}

/// The encoding that meets the aim.
pub(super) fn sought(
    source: &Source,
    decoded: &Decoded,
    edited: &Raster,
    recipe: &Recipe,
    lore: &Lore,
    tools: Tools<'_>,
) -> Result<Sought, EngineError> {
    let (carried, _) = metadata::collect(source, &decoded.facts, recipe.output.keep);
    let aim = &recipe.output.aim;
    let encode = |raster: &Raster, spec: &OutputSpec| encoded(decoded, raster, spec, tools);
    let weigh = |encoded: &Encoded| aim.weight(&metadata::put(encoded, &carried));
    let original = original::whole(source, &decoded.facts, recipe, edited.size(), &carried);
    let mut spec = OutputSpec { keep: KeptMetadata::default(), ..recipe.output.normal() };
    if spec.effort == Effort::Normal {
        // Who asks for the smallest waits for it: 2 to 8 % less for twice the time of an encoding.
        spec.codec.webp.method.get_or_insert(*webp::METHODS.end());
    }
    target::seek(&Seeker { edited, spec: &spec, lore, encode: &encode, weigh: &weigh, original, tools })
}

/// The wish without what does not change the encoding.
pub(super) fn key(output: &OutputSpec) -> OutputSpec {
    let keep = if matches!(output.aim, Aim::Budget(_)) { output.keep } else { KeptMetadata::default() };
    OutputSpec { keep, ..output.normal() }
}
