//! Where files of our own live.

use etcetera::BaseStrategy as _;
use std::path::PathBuf;

/// Larger than any settings file that we wrote.
const MAX_SETTINGS_BYTES: u64 = 1 << 20;

/// The settings file: `$XDG_CONFIG_HOME/inlaid/settings.json` and its like elsewhere. `None`
/// for a user without a home.
pub fn settings_file() -> Option<PathBuf> {
    let folder = etcetera::choose_base_strategy().ok()?.config_dir();
    Some(folder.join("inlaid").join("settings.json"))
}

/// The user's home folder, if there is one.
pub fn home_folder() -> Option<PathBuf> {
    etcetera::home_dir().ok()
}

/// The text of the settings file; empty when it is missing or not readable, which never
/// stops the app.
pub fn read_settings() -> String {
    let bytes = settings_file().and_then(|path| crate::jobs::read::read_file(&path, MAX_SETTINGS_BYTES).ok());
    bytes.map(|it| String::from_utf8_lossy(&it).into_owned()).unwrap_or_default()
}
