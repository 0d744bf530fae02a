//! The operating system behind the traits that [`crate::jobs::ports`] states. The only place
//! where systems differ.

mod clipboard;
mod dialogs;
mod fonts;
mod outside;
mod paths;

pub use self::{
    clipboard::SystemClipboard,
    dialogs::SystemDialogs,
    fonts::system_fonts,
    outside::SystemOutside,
    paths::{home_folder, read_settings, settings_file},
};
