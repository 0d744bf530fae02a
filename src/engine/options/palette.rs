//! Options of pictures with a palette.

use std::ops::RangeInclusive;

/// How many colours a palette may have.
pub const COLOURS: RangeInclusive<u16> = 2..=256;
/// How strongly errors may be spread, in per cent.
pub const DITHERING: RangeInclusive<u8> = 0..=100;

/// What can be asked of a palette.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PaletteOptions {
    /// At most so many colours, clear pixels counted as one; see [`COLOURS`]. A picture that has
    /// no more is kept as it is.
    pub colours: u16,
    /// How much of what a pixel lost is made up for by its neighbours, in per cent; see
    /// [`DITHERING`]. 0: areas of one colour; smooth shades become steps.
    pub dithering: u8,
}

/// Where bytes at equal SSIMULACRA2 are fewest or next to it, of photos, artwork, screenshots and logos; less makes
/// steps of artwork's smooth shades, more costs bytes for little. See `benches/README.md`.
const USUAL_DITHERING: u8 = 60;

impl Default for PaletteOptions {
    fn default() -> Self {
        Self { colours: *COLOURS.end(), dithering: USUAL_DITHERING }
    }
}
