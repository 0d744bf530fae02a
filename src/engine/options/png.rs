//! Options of the PNG encoder.

use super::PaletteOptions;

/// What can be asked of a PNG.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct PngOptions {
    /// Which colours are kept.
    pub colours: PngColours,
    /// The palette, where one is asked for.
    pub palette: PaletteOptions,
}

/// Which colours a PNG keeps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum PngColours {
    /// All, but 256 when the source is a PNG or GIF with a palette that was edited: the colours in
    /// between that resizing makes would let the file grow.
    #[default]
    AsSource,
    /// All, without loss.
    All,
    /// As few as [`PngOptions::palette`] says.
    Palette,
}
