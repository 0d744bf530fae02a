//! Drops from browsers and other programs, of which the toolkit knows files alone. To be deleted when it
//! learns the rest.

#[cfg(all(unix, not(target_os = "macos")))]
mod carried;
#[cfg(all(unix, not(target_os = "macos")))]
mod x11;

use crate::jobs::ports::Drops;
use raw_window_handle::HasWindowHandle;

/// The place for drops on this window; `None` where the toolkit's own is all there is.
#[cfg(all(unix, not(target_os = "macos")))]
pub fn drops_on(window: &impl HasWindowHandle) -> Option<Box<dyn Drops>> {
    use raw_window_handle::RawWindowHandle;
    let window = match window.window_handle().ok()?.as_raw() {
        RawWindowHandle::Xlib(it) => u32::try_from(it.window).ok()?,
        RawWindowHandle::Xcb(it) => it.window.get(),
        _ => return None,
    };
    Some(Box::new(x11::X11Drops::new(window)))
}

/// The place for drops on this window; `None` where the toolkit's own is all there is.
#[cfg(not(all(unix, not(target_os = "macos"))))]
pub fn drops_on(_window: &impl HasWindowHandle) -> Option<Box<dyn Drops>> {
    None
}
