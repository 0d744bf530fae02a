//! Options of the WebP encoder.

use std::ops::RangeInclusive;

/// How close alpha may be kept.
pub const ALPHA_QUALITIES: RangeInclusive<u8> = 0..=100;
/// libwebp's methods, from fast to small.
pub const METHODS: RangeInclusive<u8> = 0..=6;
/// How close colours are kept when near to lossless.
pub const NEARNESSES: RangeInclusive<u8> = 0..=100;

/// What can be asked of a WebP.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct WebPOptions {
    /// How close alpha is kept in a lossy picture; see [`ALPHA_QUALITIES`]. 100: without loss.
    pub alpha_quality: u8,
    /// How long to search, see [`METHODS`]; `None`: as the effort says, and what is kept without loss is the smaller of
    /// two methods' results.
    pub method: Option<u8>,
    /// Colour is averaged with regard to what readers make of it: sharper edges between strong
    /// colours, slower. `None`: as the picture asks for. Read when lossy.
    pub sharp_yuv: Option<bool>,
    /// How near a lossless picture stays to its pixels; see [`NEARNESSES`]. 100: the very same,
    /// 60: smaller, and hardly to be told apart.
    pub nearness: u8,
}

impl Default for WebPOptions {
    fn default() -> Self {
        Self { alpha_quality: 100, method: None, sharp_yuv: None, nearness: 100 }
    }
}
