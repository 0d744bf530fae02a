//! SVG: guarded, parsed and rendered at the size asked for.
//!
//! No file and no network reference is ever followed; embedded pictures count only as data.

use super::{Fonts, details, svg_cost, svg_guard, svg_text};
use crate::engine::{Decoded, EngineError, Facts, Format, Gamut, Layout, Limits, Raster, Tools};
use resvg::{
    tiny_skia::{Pixmap, Transform},
    usvg::{ImageHrefResolver, ImageKind, Options, Tree},
};
use std::sync::Arc;

/// How deep SVGs may be embedded in each other.
const MAX_EMBEDDED_DEPTH: u32 = 4;

/// Renders the drawing at `size`, or at its own.
///
/// # Errors
/// Any of [`EngineError`]'s reading errors.
pub(super) fn decode(bytes: &[u8], size: Option<[u32; 2]>, tools: Tools<'_>) -> Result<Decoded, EngineError> {
    let text = svg_text::text(bytes, tools.limits)?;
    let tree = parse(&text, tools)?;
    let natural = natural_size(&tree);
    let [width, height] = size.unwrap_or(natural);
    tools.limits.check(width, height, 4)?;
    svg_cost::check(&tree, [width, height], tools.limits)?;
    tools.cancel.check()?;
    let mut pixmap = Pixmap::new(width, height).ok_or(EngineError::NoPixels { width, height })?;
    let own = tree.size();
    let scale = Transform::from_scale(width as f32 / own.width(), height as f32 / own.height());
    resvg::render(&tree, scale, &mut pixmap.as_mut());
    tools.cancel.check()?;
    let raster = raster(pixmap, tools)?;
    let facts = Facts {
        format: Format::Svg,
        stored_size: natural,
        size: natural,
        orientation: 1,
        frames: Some(1),
        profile_name: None,
        depth: 8,
        gamut: Gamut::Srgb,
        details: Box::new(details::of_svg(&text)),
        has_alpha: raster.layout().has_alpha(),
        warnings: vec![],
    };
    Ok(Decoded { raster, facts })
}

/// The drawing's own size in CSS pixels (96 a inch), rounded.
///
/// # Errors
/// Any of [`EngineError`]'s reading errors.
pub(super) fn measure(bytes: &[u8], tools: Tools<'_>) -> Result<[u32; 2], EngineError> {
    let text = svg_text::text(bytes, tools.limits)?;
    parse(&text, tools).map(|tree| natural_size(&tree))
}

fn natural_size(tree: &Tree) -> [u32; 2] {
    let size = tree.size().to_int_size();
    [size.width(), size.height()]
}

fn parse(text: &str, tools: Tools<'_>) -> Result<Tree, EngineError> {
    let contents = svg_guard::check(text)?;
    tools.cancel.check()?;
    let options = options(tools.fonts, contents.has_text, tools.limits, 0);
    Tree::from_str(text, &options).map_err(|cause| EngineError::Damaged { format: Format::Svg, cause: cause.into() })
}

/// Options that reach nothing outside the document.
fn options(fonts: &Fonts, with_fonts: bool, limits: &Limits, depth: u32) -> Options<'static> {
    let (fonts_within, limits) = (fonts.clone(), *limits);
    let mut options = Options {
        image_href_resolver: ImageHrefResolver {
            resolve_data: Box::new(move |_mime, data, _options| embedded(&data, &fonts_within, &limits, depth)),
            resolve_string: Box::new(|_href, _options| None),
        },
        ..Options::default()
    };
    if with_fonts {
        options.fontdb = fonts.database();
    }
    options
}

/// A picture embedded as data: by its content, within the limits; anything else is left out.
fn embedded(data: &Arc<Vec<u8>>, fonts: &Fonts, limits: &Limits, depth: u32) -> Option<ImageKind> {
    let format = super::sniff(data)?;
    if format == Format::Svg {
        if MAX_EMBEDDED_DEPTH <= depth {
            return None;
        }
        let text = svg_text::text(data, limits).ok()?;
        let contents = svg_guard::check(&text).ok()?;
        let options = options(fonts, contents.has_text, limits, depth + 1);
        return Tree::from_str(&text, &options).ok().map(ImageKind::SVG);
    }
    super::still::fits(format, data, limits).ok()?;
    let data = data.clone();
    match format {
        Format::Png => Some(ImageKind::PNG(data)),
        Format::Jpeg => Some(ImageKind::JPEG(data)),
        Format::Gif => Some(ImageKind::GIF(data)),
        Format::WebP => Some(ImageKind::WEBP(data)),
        _ => None,
    }
}

/// Premultiplied pixels to a raster with straight alpha, or without one when it is opaque.
fn raster(pixmap: Pixmap, tools: Tools<'_>) -> Result<Raster, EngineError> {
    let (width, height) = (pixmap.width(), pixmap.height());
    let samples = super::pixels::Samples::Narrow(pixmap.take_demultiplied().into());
    let pixels = super::pixels::Pixels { width, height, channels: Layout::Rgba8.channels(), samples };
    pixels.without_idle_alpha().into_raster(tools)
}
