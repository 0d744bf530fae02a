//! A drawing as a drawing: SVG passed through, minified, at another size.
//!
//! What is left out is left out of the text; what remains is rendered beside the original, both in
//! the way in which any SVG is decoded, at [`CHECK_SIDE`] pixels. Where an edge has moved by more than
//! a quarter of a pixel, or what is seen has changed otherwise ([`MOST_DIFFERENCE`], [`MOST_MEAN`]),
//! less is left out, in the end nothing.

mod frame;
pub(super) mod markup;
mod minify;
mod numbers;
mod path;

use self::{
    frame::{Frame, framed},
    markup::{Piece, Token, is_declaration, pieces},
};
use super::{
    Encoded, EngineError, Facts, Format, Raster, Recipe, Source, Tools, Warning,
    decode::{DecodeOptions, svg_text},
    edit::geometry,
};
use std::borrow::Cow;

/// The longer side of what is compared, in pixels.
const CHECK_SIDE: u32 = 1_024;
/// So much may a sample differ, of 255, alpha and colours multiplied by it alike. No less: the
/// renderer knows edges to a quarter of a pixel, so the least move may show as one.
const MOST_DIFFERENCE: u8 = 64;
/// So much may all of them differ on average, of 255.
const MOST_MEAN: u64 = 1;
/// Digits that are given back, once and again, when rounding has shown.
const MORE_DIGITS: [u8; 3] = [0, 2, 4];

/// The drawing as the recipe wants it.
///
/// # Errors
/// [`EngineError::NotADrawing`], [`EngineError::Cancelled`], whatever decoding meets.
pub(super) fn write(source: &Source, facts: &Facts, recipe: &Recipe, tools: Tools<'_>) -> Result<Encoded, EngineError> {
    let format = Format::Svg;
    if facts.format != format {
        return Err(EngineError::NotADrawing { format: facts.format });
    }
    let geometry = geometry(facts.size, &recipe.edits.size, true);
    let frame = Frame { natural: facts.size, geometry, background: recipe.edits.background };
    let text = svg_text::text(source.bytes(), tools.limits)?;
    let expanded = expanded(&text);
    let pieces = pieces(&expanded);
    let plain = match &pieces {
        _ if frame.is_idle() => Some(text.to_string()),
        Some(pieces) => framed(pieces, &frame),
        None => None,
    };
    let plain = plain.ok_or_else(|| EngineError::Encode { format, cause: "its markup is unusual".into() })?;
    let plain = without_declaration(&plain);
    let options = &recipe.output.codec.svg;
    let smaller = match &pieces {
        Some(pieces) if options.minify => {
            let precision = options.precision.clamp(1, 8);
            minified(&Original { text: &expanded, pieces, plain, frame: &frame }, precision, tools)?
        }
        _ => None,
    };
    let mut warnings = vec![];
    if pieces.as_deref().is_some_and(has_scripts) {
        warnings.push(Warning::HasScripts);
    }
    let result = smaller.as_deref().unwrap_or(plain).as_bytes();
    let is_original = **source.bytes() == *result;
    if is_original && options.minify {
        warnings.push(Warning::OriginalKept);
    }
    let bytes = if is_original { source.bytes().clone() } else { result.into() };
    Ok(Encoded { format, bytes, size: geometry.canvas, warnings })
}

/// What is minified, and what it is compared with.
struct Original<'a> {
    text: &'a str,
    pieces: &'a [Piece<'a>],
    plain: &'a str,
    frame: &'a Frame,
}

/// The shortest that looks the same; `None` when nothing shorter does.
fn minified(original: &Original<'_>, precision: u8, tools: Tools<'_>) -> Result<Option<String>, EngineError> {
    let mut seen = None;
    for precision in MORE_DIGITS.map(|more| Some(precision.saturating_add(more))).into_iter().chain([None]) {
        let short = minify::minified(original.text, original.pieces, precision);
        let Some(short) = pieces(&short).and_then(|it| framed(&it, original.frame)) else { continue };
        if original.plain.len() <= short.len() {
            continue;
        }
        if seen.is_none() {
            seen = rendered(original.plain, original.frame, tools)?;
        }
        // What cannot be drawn at this size cannot be compared.
        let Some(before) = &seen else { return Ok(None) };
        if rendered(&short, original.frame, tools)?.is_some_and(|after| look_alike(before, &after)) {
            return Ok(Some(short));
        }
    }
    Ok(None)
}

/// What it looks like to whoever decodes all that comes from others; `None` when it cannot be
/// drawn.
fn rendered(text: &str, frame: &Frame, tools: Tools<'_>) -> Result<Option<Raster>, EngineError> {
    tools.cancel.check()?;
    let [width, height] = frame.geometry.canvas.map(u64::from);
    let longer = width.max(height).max(1);
    // No side is longer than the longer one.
    let side = |it: u64| ((it * u64::from(CHECK_SIDE) / longer) as u32).max(1);
    let options = DecodeOptions { vector_size: Some([side(width), side(height)]), ..DecodeOptions::default() };
    let source = Source::new("result", text.as_bytes());
    match tools.decoder.decode(&source, &options, tools) {
        Err(EngineError::Cancelled) => Err(EngineError::Cancelled),
        decoded => Ok(decoded.ok().map(|it| it.raster)),
    }
}

/// Do two pictures look the same, whatever their layouts?
fn look_alike(a: &Raster, b: &Raster) -> bool {
    let premultiplied = |raster: &Raster| -> Vec<u8> {
        let samples = raster.bytes();
        if raster.layout().has_alpha() {
            let weigh = |it: u8, alpha: u8| ((u16::from(it) * u16::from(alpha) + 127) / 255) as u8;
            let pixels = samples.as_chunks::<4>().0.iter();
            pixels.flat_map(|&[r, g, b, a]| [weigh(r, a), weigh(g, a), weigh(b, a), a]).collect()
        } else {
            samples.as_chunks::<3>().0.iter().flat_map(|&[r, g, b]| [r, g, b, u8::MAX]).collect()
        }
    };
    let (a_samples, b_samples) = (premultiplied(a), premultiplied(b));
    let differences = || a_samples.iter().zip(&b_samples).map(|(a, b)| a.abs_diff(*b));
    let all: u64 = differences().map(u64::from).sum();
    let is_close = differences().all(|it| it <= MOST_DIFFERENCE) && all <= MOST_MEAN * a_samples.len() as u64;
    a.size() == b.size() && is_close
}

/// The document without a declaration of another encoding: what is written is in UTF-8.
fn without_declaration(text: &str) -> &str {
    let Some(length) = text.find("?>").map(|it| it + 2) else { return text };
    match text.split_at_checked(length) {
        Some((declaration, rest)) if is_declaration(declaration) && !says_utf_8(declaration) => rest.trim_ascii_start(),
        _ => text,
    }
}

fn says_utf_8(declaration: &str) -> bool {
    !declaration.contains("encoding") || declaration.to_ascii_lowercase().contains("utf-8")
}

/// Can it do something where it is pasted as markup?
fn has_scripts(pieces: &[Piece<'_>]) -> bool {
    pieces.iter().any(|it| if let Token::Open(tag) = &it.token { tag.has_script() } else { false })
}

/// The document with its own entities replaced, as Illustrator declares them for namespaces; as it
/// is where they are more than plain texts.
fn expanded(text: &str) -> Cow<'_, str> {
    try_expanded(text).map_or(Cow::Borrowed(text), Cow::Owned)
}

fn try_expanded(text: &str) -> Option<String> {
    let start = text.find("<!DOCTYPE")?;
    let (before, from_type) = text.split_at_checked(start)?;
    let open = from_type.find('[')?;
    if from_type.find('>')? < open {
        return None;
    }
    let (declarations, after) = from_type.get(open + 1..)?.split_once(']')?;
    let (_, mut after) = after.split_once('>')?;
    let mut entities = vec![];
    for declaration in declarations.split('>').map(str::trim).filter(|it| !it.is_empty()) {
        let (name, value) =
            declaration.strip_prefix("<!ENTITY")?.trim().split_once(|it: char| it.is_ascii_whitespace())?;
        let value = value.trim();
        let value = value.strip_prefix('"').and_then(|it| it.strip_suffix('"'))?;
        if value.contains(['<', '&', '"', '\'', '%']) || MOST_ENTITIES <= entities.len() {
            return None;
        }
        entities.push((name, value));
    }
    let mut result = before.to_owned();
    while let Some((plain, reference)) = after.split_once('&') {
        let (name, rest) = reference.split_once(';')?;
        result.push_str(plain);
        match entities.iter().find(|(it, _)| *it == name) {
            Some((_, value)) => result.push_str(value),
            None => result.push_str(&format!("&{name};")),
        }
        if MOST_TEXT < result.len() {
            return None;
        }
        after = rest;
    }
    result.push_str(after);
    Some(result)
}

/// More than any program declares.
const MOST_ENTITIES: usize = 100;
/// As long a document may become, in bytes.
const MOST_TEXT: usize = 64_000_000;
