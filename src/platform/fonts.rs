//! Fonts for text in SVG.

use crate::engine::decode::Fonts;
use resvg::usvg::fontdb::Database;

/// The system's fonts, read when the first text is met.
pub fn system_fonts() -> Fonts {
    Fonts::new(|| {
        let mut fonts = Database::new();
        fonts.load_system_fonts();
        fonts
    })
}
