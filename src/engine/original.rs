//! Never larger for nothing: the source's own coding where nothing is to change and a new one would
//! only be larger.

use super::{
    Encoded, Facts, Format, Gamut, KeptMetadata, Recipe, Source, Warning, encode,
    metadata::{self, Carried},
    options::{PaletteOptions, PngColours},
    recipe::{Edits, ProfilePolicy},
};

/// The source's coded pixels with the metadata that the result shall carry and no other, if they
/// are what the recipe asks for and smaller than what the encoder made of it. Where we cannot take
/// metadata out of a file, it must have none.
pub(super) fn smaller(
    source: &Source,
    facts: &Facts,
    recipe: &Recipe,
    encoded: &Encoded,
    carried: &Carried,
    known: &mut Option<Length>,
) -> Option<Encoded> {
    let with = (recipe.output.keep, recipe.edits.profile);
    if known.as_ref().is_some_and(|it| it.with == with && encoded.bytes.len() <= it.n_bytes) {
        return None;
    }
    let original = whole(source, facts, recipe, encoded.size, carried)?;
    *known = Some(Length { with, n_bytes: original.bytes.len() });
    (original.bytes.len() < encoded.bytes.len()).then_some(original)
}

/// How long the source is with the metadata that are kept, so that it is not written anew for each encoding that is
/// smaller.
#[derive(Clone)]
pub(super) struct Length {
    with: (KeptMetadata, ProfilePolicy),
    n_bytes: usize,
}

/// The same, however large they are.
pub(super) fn whole(
    source: &Source,
    facts: &Facts,
    recipe: &Recipe,
    size: [u32; 2],
    carried: &Carried,
) -> Option<Encoded> {
    if !would_do(facts, recipe, size) || !has_wanted_sizes(source, facts, recipe) {
        return None;
    }
    let keeps_profile = recipe.edits.profile == ProfilePolicy::Keep;
    let mut original = Encoded { format: facts.format, bytes: source.bytes().clone(), size, warnings: vec![] };
    let mut warnings = vec![Warning::OriginalKept];
    if metadata::can_be_cleaned(facts.format) {
        original.bytes = metadata::rewritten(&original, carried, keeps_profile, &mut warnings)?.into();
    } else if !metadata::is_clean(source, facts) {
        return None;
    }
    original.warnings = warnings;
    Some(original)
}

/// Does the source show exactly what is asked for, in the format asked for?
fn would_do(facts: &Facts, recipe: &Recipe, size: [u32; 2]) -> bool {
    let is_whole = facts.warnings.iter().all(|it| matches!(it, Warning::NotContained { .. }));
    is_whole
        && facts.format == recipe.output.format
        // The digits of a drawing are a wish of their own.
        && facts.format != Format::Svg
        && facts.frames == Some(1)
        && facts.orientation == 1
        && facts.size == size
        && nothing_changes(facts, &recipe.edits)
        && has_right_colours(facts, recipe.edits.profile)
        && is_coded_as_asked(facts, recipe)
}

/// Does an icon hold the sizes asked for, and no others? Each is a picture of its own, drawn for that size
/// as may be; anything but an icon has one.
fn has_wanted_sizes(source: &Source, facts: &Facts, recipe: &Recipe) -> bool {
    if facts.format != Format::Ico {
        return true;
    }
    let Some(mut sizes) = metadata::ico::sizes(source.bytes()) else { return false };
    sizes.sort_unstable();
    encode::icon_sizes(facts.size, &recipe.output.codec.ico).is_some_and(|it| it == sizes)
}

/// Of the edits those are left out that change nothing of a picture that keeps its size.
fn nothing_changes(facts: &Facts, edits: &Edits) -> bool {
    let mut others = edits.clone();
    let none = Edits::default();
    (others.profile, others.size, others.resample) = (none.profile, none.size, none.resample);
    others.background.take_if(|_| !facts.has_alpha);
    others == none
}

/// Without its profile the picture must look the same; with it, be what is stored.
fn has_right_colours(facts: &Facts, profile: ProfilePolicy) -> bool {
    match profile {
        ProfilePolicy::Srgb => facts.profile_name.is_none() && facts.gamut == Gamut::Srgb,
        ProfilePolicy::Keep => facts.gamut != Gamut::Cmyk,
    }
}

/// Can everybody read it whom the options have in mind?
fn is_coded_as_asked(facts: &Facts, recipe: &Recipe) -> bool {
    let options = &recipe.output.codec;
    match facts.details.codec.as_deref() {
        // Fewer colours are a wish of their own.
        _ if facts.format == Format::Png => options.png.colours != PngColours::Palette,
        _ if facts.format == Format::Gif => options.gif.colours == PaletteOptions::default().colours,
        _ if facts.format != Format::Jpeg => true,
        Some("baseline") => true,
        // No browser shows other kinds, such as arithmetic codes.
        Some("progressive") => options.jpeg.progressive,
        _ => false,
    }
}
