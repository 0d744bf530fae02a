//! Pictures with a palette: their own colours when these are few enough, chosen ones otherwise.
//!
//! Written here since none of the permissive crates fits: quantette knows no alpha, quantizr
//! compares stored values, ends in a panic when one colour covers ten million pixels and dithers
//! across edges. Against pngquant: see `benches/README.md`.

mod choose;
mod dither;
mod nearest;
mod space;
pub(super) mod table;

use self::{dither::Choice, nearest::Nearest, space::Space};
use crate::engine::{
    Cancel, EngineError, Raster,
    options::{PaletteOptions, palette},
    recipe::Effort,
};

/// One index a pixel into a list of colours.
pub(super) struct Indexed {
    /// At most as many as were asked for, straight alpha: the clear one first, then translucent,
    /// then opaque ones; in order of appearance when these are the picture's own.
    pub(super) colours: Vec<[u8; 4]>,
    pub(super) indices: Vec<u8>,
}

/// What transparency may be.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Alpha {
    /// Clear or opaque.
    Hard,
    /// Anything.
    Soft,
}

/// Alpha from which a pixel is seen, where there is nothing in between.
const SEEN: u8 = 128;
/// With fewer colours there is none to spare for translucent pixels beside clear and opaque ones.
const SOFT_FROM: usize = 4;

/// Finds a palette. What is clear stays clear, what is opaque stays opaque, and pixels with hard
/// alpha are either.
///
/// # Errors
/// [`EngineError::Cancelled`].
pub(super) fn reduce(
    raster: &Raster,
    options: &PaletteOptions,
    alpha: Alpha,
    effort: Effort,
    cancel: &Cancel,
) -> Result<Indexed, EngineError> {
    let most = usize::from(options.colours.clamp(*palette::COLOURS.start(), *palette::COLOURS.end()));
    let hard = alpha == Alpha::Hard || most < SOFT_FROM;
    let mut samples = raster.to_rgba8();
    let pixels = samples.as_chunks_mut::<4>().0;
    for [r, g, b, a] in &mut *pixels {
        if hard {
            *a = if *a < SEEN { 0 } else { u8::MAX };
        }
        if *a == 0 {
            [*r, *g, *b] = [0; 3];
        }
    }
    if let Some((colours, indices)) = table::exact(pixels.iter().copied(), most) {
        return Ok(Indexed { colours, indices });
    }
    cancel.check()?;
    let space = Space::new();
    let colours = chosen(pixels, most, effort, &space, cancel);
    cancel.check()?;
    let count = |is: fn(u8) -> bool| colours.iter().filter(|it| is(it[3])).count();
    let (clear, opaque) = (count(|it| it == 0), count(|it| it == u8::MAX));
    let points: Vec<_> = colours.iter().map(|it| space.point(*it)).collect();
    let first_opaque = points.len() - opaque;
    let choice = Choice {
        has_hole: 0 < clear,
        translucent: Nearest::new(points.get(clear..first_opaque).unwrap_or_default().iter().copied()),
        opaque: Nearest::new(points.get(first_opaque..).unwrap_or_default().iter().copied()),
        first_opaque,
        points,
    };
    let strength = f32::from(options.dithering.min(*palette::DITHERING.end())) / 100.0;
    let indices = dither::remap(pixels, raster.width() as usize, &choice, strength, &space, cancel);
    cancel.check()?;
    Ok(Indexed { colours, indices })
}

/// The colours for pixels that have more of them: clear, translucent and opaque ones apart, so
/// that none changes sides.
fn chosen(pixels: &[[u8; 4]], most: usize, effort: Effort, space: &Space, cancel: &Cancel) -> Vec<[u8; 4]> {
    let rounds = match effort {
        Effort::Fast => 1,
        Effort::Normal => 8,
        Effort::Best => 24,
    };
    let of = |is: fn(u8) -> bool| choose::histogram(pixels.iter().copied().filter(|it| is(it[3])), space);
    let mut groups = [of(|it| (1..u8::MAX).contains(&it)), of(|it| it == u8::MAX)];
    let mut colours = if pixels.iter().any(|it| it[3] == 0) { vec![[0; 4]] } else { vec![] };
    let [translucent, opaque] = choose::choose(&mut groups, most - colours.len(), rounds, cancel);
    for (points, is_opaque) in [(translucent, false), (opaque, true)] {
        let start = colours.len();
        for point in points {
            let [r, g, b, alpha] = space::colour(point);
            let alpha = if is_opaque { u8::MAX } else { alpha.clamp(1, u8::MAX - 1) };
            let colour = [r, g, b, alpha];
            // Two means may round to the same colour.
            if !colours.get(start..).unwrap_or_default().contains(&colour) {
                colours.push(colour);
            }
        }
    }
    colours
}

#[cfg(test)]
mod tests;
