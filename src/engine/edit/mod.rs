//! Pixel-changing operations: pure functions from [`Raster`] to [`Raster`].

use super::{Decoded, EngineError, Raster, Tools, Warning, recipe::Edits, recipe::Sizing};

/// Where the pixels of the source go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Geometry {
    /// The whole picture is resized to this, in pixels.
    pub scaled: [u32; 2],
    /// The result's size in pixels: the scaled picture cropped to it or padded up to it, centred.
    pub canvas: [u32; 2],
    /// Was a larger picture asked for than [`Sizing::upscale`] allows?
    pub held_back: bool,
}

/// Turns the size wanted into whole pixels, at least 1 a side.
///
/// `vector` pictures may always be enlarged.
pub fn geometry(natural: [u32; 2], _sizing: &Sizing, _vector: bool) -> Geometry {
    Geometry { scaled: natural, canvas: natural, held_back: false }
}

/// Applies all edits; shares the pixels when there is nothing to do.
///
/// # Errors
/// [`EngineError::TooManyPixels`] and its kin, [`EngineError::Cancelled`].
pub fn apply(decoded: &Decoded, _edits: &Edits, _tools: Tools<'_>) -> Result<(Raster, Vec<Warning>), EngineError> {
    Ok((decoded.raster.clone(), vec![]))
}
