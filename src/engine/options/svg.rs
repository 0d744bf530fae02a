//! Options of SVG, which is written from an SVG only.

/// What can be asked of an SVG.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SvgOptions {
    /// Leave out what no drawing needs: comments, metadata, what editors note, blank space, digits.
    pub minify: bool,
    /// Digits that are kept behind the point of a place or a length, 1 to 8. More are kept where
    /// fewer would show.
    pub precision: u8,
}

impl Default for SvgOptions {
    fn default() -> Self {
        Self { minify: true, precision: 3 }
    }
}
