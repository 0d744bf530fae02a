//! Budgets, checked before allocation.
//!
//! The decoders' own limits are not a guard: most of `image`'s decoders ignore them, and
//! reading through `into_decoder` skips the check that `decode` makes.

use super::EngineError;

/// What one picture may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Limits {
    /// Most pixels a source or a result may have.
    pub max_pixels: u64,
    /// Most bytes that decoded samples may take.
    pub max_bytes: u64,
    /// Most bytes of an encoded source that are read at all.
    pub max_source_bytes: u64,
}

impl Default for Limits {
    /// 268 megapixels (a 16,384 pixel square), 1.2 GB of samples, 1 GB of encoded bytes.
    fn default() -> Self {
        Self { max_pixels: 1 << 28, max_bytes: 1_200_000_000, max_source_bytes: 1_000_000_000 }
    }
}

impl Limits {
    /// Refuses a picture that is empty or would cost too much.
    ///
    /// `bytes_per_pixel` is that of the widest buffer the work needs.
    ///
    /// # Errors
    /// [`EngineError::NoPixels`], [`EngineError::TooManyPixels`] or [`EngineError::TooMuchMemory`].
    pub fn check(&self, width: u32, height: u32, bytes_per_pixel: u64) -> Result<(), EngineError> {
        if width == 0 || height == 0 {
            return Err(EngineError::NoPixels { width, height });
        }
        let pixels = u64::from(width) * u64::from(height);
        if self.max_pixels < pixels {
            return Err(self.too_many_pixels(u64::from(width), u64::from(height)));
        }
        self.check_bytes(pixels.saturating_mul(bytes_per_pixel))
    }

    /// Refuses a buffer that is larger than allowed.
    ///
    /// # Errors
    /// [`EngineError::TooMuchMemory`].
    pub fn check_bytes(&self, bytes: u64) -> Result<(), EngineError> {
        if self.max_bytes < bytes {
            return Err(EngineError::TooMuchMemory {
                needed_megabytes: bytes.div_ceil(1_000_000),
                limit_megabytes: self.max_bytes / 1_000_000,
            });
        }
        Ok(())
    }

    /// Refuses an encoded source that is larger than what is read at all.
    ///
    /// # Errors
    /// [`EngineError::TooMuchMemory`].
    pub fn check_source_bytes(&self, bytes: u64) -> Result<(), EngineError> {
        Self { max_bytes: self.max_source_bytes, ..*self }.check_bytes(bytes)
    }

    /// The error for a picture beyond [`Limits::max_pixels`].
    pub fn too_many_pixels(&self, width: u64, height: u64) -> EngineError {
        EngineError::TooManyPixels { width, height, limit_megapixels: self.max_pixels / 1_000_000 }
    }
}
