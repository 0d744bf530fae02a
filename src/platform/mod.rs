//! The operating system behind the traits that [`crate::jobs::ports`] states. The only place
//! where systems differ.

mod clipboard;
mod dialogs;
mod fonts;
mod memory;
mod paths;

pub use self::{
    clipboard::SystemClipboard,
    dialogs::SystemDialogs,
    fonts::system_fonts,
    memory::give_back_memory,
    paths::{read_settings, settings_file},
};
