//! Fonts for text in SVG.

use crate::engine::decode::Fonts;
use resvg::usvg::fontdb::Database;
use std::path::PathBuf;

/// The system's fonts, read when the first text is met.
pub fn system_fonts() -> Fonts {
    Fonts::new(|| {
        let mut fonts = Database::new();
        fonts.load_system_fonts();
        fonts
    })
}

/// Where the fonts of this system lie, and what says which to use: folders that whoever draws
/// text has to read.
pub fn font_folders() -> Vec<PathBuf> {
    // The folders of fontconfig's own configuration, of Flatpak's and of Nix's systems.
    const SHARED: &[&str] = &[
        "/etc/fonts",
        "/usr/share/fonts",
        "/usr/share/fontconfig",
        "/usr/local/share/fonts",
        "/usr/X11R6/lib/X11/fonts",
        "/run/host/fonts",
        "/app/share/fonts",
        "/run/current-system/sw/share/X11/fonts",
        "/nix/store",
    ];
    const OWN: &[&str] = &[".fonts", ".local/share/fonts", ".config/fontconfig", ".nix-profile/share/fonts"];
    let home = super::home_folder();
    let own = home.iter().flat_map(|home| OWN.iter().map(|folder| home.join(folder)));
    SHARED.iter().map(PathBuf::from).chain(own).collect()
}
