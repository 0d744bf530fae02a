//! The operating system behind the traits that [`crate::jobs::ports`] states. The only place
//! where systems differ.

mod address;
mod appearance;
mod browser;
mod clipboard;
mod clipboard_watch;
mod dialog_service;
mod dialogs;
mod drops;
mod fonts;
mod handover;
mod memory;
mod outside;
mod own_time;
mod paths;
mod single;
mod watch;
#[cfg(all(unix, not(target_os = "macos")))]
mod wayland;
mod web;

#[cfg(all(unix, not(target_os = "macos")))]
pub use self::clipboard::{KEEPER_ARGUMENT, PngMaker, keep_clipboard};
pub use self::{
    clipboard::SystemClipboard,
    dialogs::SystemDialogs,
    drops::drops_on,
    fonts::{font_folders, system_fonts},
    memory::{give_back_memory, hold_little_memory},
    outside::SystemOutside,
    own_time::thread_time,
    paths::{home_folder, read_settings, settings_file},
    single::{Doorbell, Start, start},
    web::{Patience, SystemWeb},
};

#[cfg(all(unix, not(target_os = "macos")))]
pub use self::wayland::WindowLink;

/// Leads from the clipboard to the window, where that is needed.
#[cfg(not(all(unix, not(target_os = "macos"))))]
#[derive(Clone, Debug, Default)]
pub struct WindowLink(());
