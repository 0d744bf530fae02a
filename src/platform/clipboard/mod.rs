//! The clipboard. What its owner offers is read by us, kind by kind. On X11 and Wayland what is copied is handed
//! out by a keeper, or by the window where the compositor lets nobody else; on Windows and macOS it is the
//! system's at once.

#[cfg(any(windows, test))]
mod cf_html;
#[cfg(any(windows, test))]
mod dib;
#[cfg(all(unix, not(target_os = "macos")))]
mod keeper;
#[cfg(target_os = "macos")]
mod macos;
pub(super) mod offers;
#[cfg(any(windows, test))]
mod registered;
#[cfg(any(target_os = "macos", test))]
mod uti;
#[cfg(all(unix, not(target_os = "macos")))]
mod wayland;
#[cfg(all(unix, not(target_os = "macos")))]
mod window;
#[cfg(windows)]
mod windows;
#[cfg(all(unix, not(target_os = "macos")))]
pub(super) mod x11;

#[cfg(all(unix, not(target_os = "macos")))]
pub use self::keeper::{ARGUMENT as KEEPER_ARGUMENT, PngMaker, keep_clipboard};

use super::WindowLink;
#[cfg(all(unix, not(target_os = "macos")))]
use crate::{
    engine::Bytes,
    jobs::ports::{Clipboard, CopiedImage, Pasted, Stay},
};
use crate::{
    engine::{
        Cancel, Format, Raster, encode,
        recipe::{Effort, OutputSpec},
    },
    jobs::{JobError, guard, ports::ClipboardError},
};

#[cfg(all(unix, not(target_os = "macos")))]
pub(super) const NO_DISPLAY: &str = "there is no display";
#[cfg(all(unix, not(target_os = "macos")))]
pub(super) const NO_DATA_CONTROL: &str =
    "this compositor has no data-control protocol, and there is no X server beside it";

/// The system's clipboard.
#[cfg(all(unix, not(target_os = "macos")))]
#[derive(Default)]
pub struct SystemClipboard {
    keeper: keeper::Keeper,
    link: WindowLink,
    owner: window::Owner,
    stay: Stay,
}

#[cfg(all(unix, not(target_os = "macos")))]
impl SystemClipboard {
    /// The clipboard of the window to which this leads.
    pub fn of(link: WindowLink) -> Self {
        Self { link, ..Self::default() }
    }

    /// Where nobody but a window may copy, and there is no X server either, the window does it itself.
    fn keep(&mut self, order: keeper::Order, bytes: &Bytes, pixels: Option<&Raster>) -> Result<(), ClipboardError> {
        let line = self.link.line().filter(|_| is_wayland() && !has_x11() && !keeper::has_data_control());
        let Some(line) = line else {
            self.stay = Stay::Lasting;
            return self.keeper.keep(&order, bytes);
        };
        self.stay = Stay::WithWindow;
        let owned = self.owner.own(line, order, bytes.to_vec(), pixels.cloned());
        owned.map_err(|why| ClipboardError::Unavailable(why.to_string()))
    }
}

#[cfg(all(unix, not(target_os = "macos")))]
impl Clipboard for SystemClipboard {
    fn read(&mut self) -> Result<Pasted, ClipboardError> {
        offers::pasted(&mut *offered(&self.link)?)
    }

    fn read_text(&mut self) -> Result<String, ClipboardError> {
        offers::pasted_text(&mut *offered(&self.link)?)
    }

    fn write_text(&mut self, text: String) -> Result<(), ClipboardError> {
        self.keep(keeper::Order::text(&text), &Bytes::from(text.into_bytes()), None)
    }

    fn write_image(&mut self, image: &CopiedImage) -> Result<(), ClipboardError> {
        let CopiedImage { encoded, pixels, file_name, facts } = image;
        let order = keeper::Order::image(&encoded.bytes, encoded.format, file_name, facts);
        self.keep(order, &encoded.bytes, Some(pixels))
    }

    fn stay(&self) -> Stay {
        self.stay
    }
}

/// The images that another program has just copied; nothing when it copied anything else.
#[cfg(all(unix, not(target_os = "macos")))]
pub(super) fn copied() -> Option<Pasted> {
    offers::copied(&mut *offered(&WindowLink::default()).inspect_err(|why| log::info!("{why}")).ok()?)
}

/// What is on the clipboard. Where the compositor does not tell everybody, it tells the window, and the X
/// server beside it may tell as well.
#[cfg(all(unix, not(target_os = "macos")))]
fn offered(link: &WindowLink) -> Result<Box<dyn offers::Offers>, ClipboardError> {
    let unavailable = |why: offers::Fault| ClipboardError::Unavailable(why.to_string());
    if is_wayland() {
        let told = match wayland::WaylandOffers::new() {
            Ok(offers) => Ok(Box::new(offers) as Box<dyn offers::Offers>),
            Err(why) => match link.line() {
                Some(line) => window::WindowOffers::new(line).map(|it| Box::new(it) as Box<dyn offers::Offers>),
                None => Err(why),
            },
        };
        match told {
            Ok(offers) => return Ok(offers),
            Err(why) if !has_x11() => return Err(unavailable(why)),
            Err(why) => log::info!("the clipboard of X11 is asked: {why}"),
        }
    }
    if !has_x11() {
        return Err(unavailable(NO_DISPLAY.into()));
    }
    Ok(Box::new(x11::X11Offers::new().map_err(unavailable)?))
}

#[cfg(all(unix, not(target_os = "macos")))]
pub(super) fn is_wayland() -> bool {
    std::env::var_os("WAYLAND_DISPLAY").is_some_and(|it| !it.is_empty())
}

#[cfg(all(unix, not(target_os = "macos")))]
pub(super) fn has_x11() -> bool {
    std::env::var_os("DISPLAY").is_some_and(|it| !it.is_empty())
}

/// The pixels in a format that more programs know than that of the result.
fn made_of(pixels: &Raster, format: Format) -> Option<Vec<u8>> {
    let spec = OutputSpec { effort: Effort::Fast, ..OutputSpec::new(format) };
    let encoded = guard(|| Ok::<_, JobError>(encode::encode(pixels, &spec, &Cancel::default())?));
    encoded.ok().map(|it| it.bytes.to_vec())
}

/// More is not taken.
#[cfg(any(windows, target_os = "macos"))]
const MOST_BYTES: usize = 1_000_000_000;

/// The system's clipboard.
#[cfg(any(windows, target_os = "macos"))]
#[derive(Default)]
pub struct SystemClipboard;

#[cfg(any(windows, target_os = "macos"))]
impl SystemClipboard {
    /// The clipboard, which needs no window here.
    pub fn of(_: WindowLink) -> Self {
        Self
    }
}

/// Text and nothing else.
#[cfg(any(windows, target_os = "macos"))]
fn set_text(text: String) -> Result<(), ClipboardError> {
    let unavailable = |why: arboard::Error| ClipboardError::Unavailable(why.to_string());
    arboard::Clipboard::new().and_then(|mut it| it.set_text(text)).map_err(unavailable)
}
