//! Pixel-changing operations: pure functions from [`Raster`] to [`Raster`].

mod curve;
mod geometry;
pub(super) mod ground;
mod resize;

pub use self::geometry::{Geometry, geometry};

use self::resize::Part;
use super::{
    Cancel, Decoded, EngineError, Format, Layout, Raster, Tools, Warning,
    recipe::{Edits, Resample},
};

/// Applies all edits; shares the pixels when there is nothing to do.
///
/// # Errors
/// [`EngineError::TooManyPixels`] and its kin, [`EngineError::Cancelled`].
pub fn apply(decoded: &Decoded, edits: &Edits, tools: Tools<'_>) -> Result<(Raster, Vec<Warning>), EngineError> {
    let Decoded { raster, facts } = decoded;
    let geometry = geometry(facts.size, &edits.size, facts.format == Format::Svg);
    let warnings = if geometry.held_back { vec![Warning::NotEnlarged] } else { vec![] };
    let [width, height] = geometry.canvas;
    tools.limits.check(width, height, result_bytes(raster.layout(), geometry, edits))?;
    tools.cancel.check()?;

    let colour = edits.background.map(|colour| match raster.profile() {
        Some(profile) => curve::colour_in_profile(colour, profile),
        None => colour,
    });
    let resized = if raster.size() == geometry.scaled {
        raster.clone()
    } else {
        let part = part(raster.size(), geometry);
        check_between(raster, part, tools)?;
        let resized = resize::resize(raster, part, edits.resample, tools.cancel)?;
        ground::drop_useless_alpha(&resized)
    };
    tools.cancel.check()?;
    let flat = match colour {
        Some(colour) => ground::flatten(&resized, colour),
        None => resized,
    };
    tools.cancel.check()?;
    Ok((ground::recanvas(&flat, geometry.canvas, colour), warnings))
}

/// The size of a picture made smaller until neither side is longer than `side`, at least 1.
pub(super) fn inside([width, height]: [u32; 2], side: u32) -> [u32; 2] {
    let longest = width.max(height);
    if longest <= side {
        return [width, height];
    }
    // A product of 32-bit numbers, and no quotient above `side`.
    let scaled = |it: u32| ((u64::from(it) * u64::from(side) + u64::from(longest) / 2) / u64::from(longest)) as u32;
    [width, height].map(|it| scaled(it).max(1))
}

/// The whole picture in the size of [`inside`], resized in linear light; shares it when that is
/// its own.
///
/// # Errors
/// [`EngineError::Cancelled`].
pub(super) fn shrunk(raster: &Raster, side: u32, cancel: &Cancel) -> Result<Raster, EngineError> {
    let to = inside(raster.size(), side);
    if to == raster.size() {
        return Ok(raster.clone());
    }
    let part = Part { start: [0.0; 2], length: raster.size().map(f64::from), to };
    resize::resize(raster, part, Resample::Linear, cancel)
}

/// Bytes a pixel of the widest picture on the way to the result.
fn result_bytes(layout: Layout, Geometry { scaled, canvas, .. }: Geometry, edits: &Edits) -> u64 {
    let is_padded = scaled[0] < canvas[0] || scaled[1] < canvas[1];
    let needs_alpha = layout.has_alpha() || (is_padded && edits.background.is_none());
    let channels = if needs_alpha { 4 } else { 3 };
    if layout.is_wide() { channels * 2 } else { channels }
}

/// Refuses sizes whose half-way picture (new width, old height) would cost too much.
fn check_between(raster: &Raster, part: Part, tools: Tools<'_>) -> Result<(), EngineError> {
    tools.limits.check(part.to[0], raster.height(), raster.layout().bytes_per_pixel() as u64 * 2)
}

/// What of the source stays in sight, and the size it is given: with [`Fit::Cover`] the
/// middle, cut at whole pixels of the result; all of it otherwise.
///
/// [`Fit::Cover`]: super::recipe::Fit::Cover
fn part(source: [u32; 2], Geometry { scaled, canvas, .. }: Geometry) -> Part {
    let side = |at: usize| {
        let (source, scaled, canvas) = (source[at], scaled[at], canvas[at]);
        if canvas < scaled {
            let step = f64::from(source) / f64::from(scaled);
            (f64::from((scaled - canvas) / 2) * step, f64::from(canvas) * step, canvas)
        } else {
            (0.0, f64::from(source), scaled)
        }
    };
    let (across, down) = (side(0), side(1));
    Part { start: [across.0, down.0], length: [across.1, down.1], to: [across.2, down.2] }
}

#[cfg(test)]
mod tests;
