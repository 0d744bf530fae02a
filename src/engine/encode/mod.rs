//! Pixels to encoded bytes; one file a format.

use super::{Cancel, EngineError, Format, Raster, Warning, recipe::OutputSpec};
use std::sync::Arc;

/// Encoded bytes and what they hold.
#[derive(Clone, Debug)]
pub struct Encoded {
    /// The format of the bytes.
    pub format: Format,
    /// The bytes to paste or save.
    pub bytes: Arc<[u8]>,
    /// Width and height in pixels.
    pub size: [u32; 2],
    /// What was lost on the way and worth saying.
    pub warnings: Vec<Warning>,
}

/// Encodes the picture. Without a profile the values are sRGB and the file says nothing of it,
/// since that is what readers assume; with one it is embedded where the format can hold it.
///
/// # Errors
/// [`EngineError::Unwritable`], [`EngineError::SideTooLong`], [`EngineError::Encode`],
/// [`EngineError::Cancelled`].
pub fn encode(_raster: &Raster, spec: &OutputSpec, _cancel: &Cancel) -> Result<Encoded, EngineError> {
    Err(EngineError::Unwritable { format: spec.format })
}
