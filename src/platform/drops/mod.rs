//! Drops from browsers and other programs, of which the toolkit knows files alone, and nothing on Wayland.
//! To be deleted when it learns the rest.

#[cfg(all(unix, not(target_os = "macos")))]
mod carried;
#[cfg(all(unix, not(target_os = "macos")))]
mod wayland;
#[cfg(all(unix, not(target_os = "macos")))]
mod x11;

use super::WindowLink;
use crate::jobs::ports::Drops;
use raw_window_handle::{HasDisplayHandle, HasWindowHandle};

/// The place for drops on this window, to be let go before it; `None` where the toolkit's own is all
/// there is. On Wayland the link leads to the window as long as that is there.
#[cfg(all(unix, not(target_os = "macos")))]
pub fn drops_on(window: &(impl HasWindowHandle + HasDisplayHandle), link: &WindowLink) -> Option<Box<dyn Drops>> {
    use raw_window_handle::{RawDisplayHandle, RawWindowHandle};
    let toplevel = match window.window_handle().ok()?.as_raw() {
        RawWindowHandle::Xlib(it) => u32::try_from(it.window).ok()?,
        RawWindowHandle::Xcb(it) => it.window.get(),
        _ => match window.display_handle().ok()?.as_raw() {
            RawDisplayHandle::Wayland(it) => {
                return Some(Box::new(wayland::WaylandDrops::new(it.display, link.clone())));
            }
            _ => return None,
        },
    };
    Some(Box::new(x11::X11Drops::new(toplevel)))
}

/// The place for drops on this window; `None` where the toolkit's own is all there is.
#[cfg(not(all(unix, not(target_os = "macos"))))]
pub fn drops_on(_: &(impl HasWindowHandle + HasDisplayHandle), _: &WindowLink) -> Option<Box<dyn Drops>> {
    None
}
