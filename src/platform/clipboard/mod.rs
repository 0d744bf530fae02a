//! The clipboard. On X11 and Wayland what its owner offers is read by us, kind by kind, and what is
//! copied is handed out by a keeper, or by the window where the compositor lets nobody else. Elsewhere both
//! is done by arboard, which knows pixels and text.

#[cfg(all(unix, not(target_os = "macos")))]
mod keeper;
#[cfg(all(unix, not(target_os = "macos")))]
pub(super) mod offers;
#[cfg(all(unix, not(target_os = "macos")))]
mod wayland;
#[cfg(all(unix, not(target_os = "macos")))]
mod window;
#[cfg(all(unix, not(target_os = "macos")))]
pub(super) mod x11;

#[cfg(all(unix, not(target_os = "macos")))]
pub use self::keeper::{ARGUMENT as KEEPER_ARGUMENT, PngMaker, keep_clipboard};

use super::WindowLink;
use crate::jobs::ports::{Clipboard, ClipboardError, CopiedImage, Pasted};
#[cfg(all(unix, not(target_os = "macos")))]
use crate::{
    engine::{Bytes, Raster},
    jobs::ports::Stay,
};
#[cfg(not(all(unix, not(target_os = "macos"))))]
use arboard::{Error, ImageData};

#[cfg(all(unix, not(target_os = "macos")))]
pub(super) const NO_DISPLAY: &str = "there is no display";
#[cfg(all(unix, not(target_os = "macos")))]
pub(super) const NO_DATA_CONTROL: &str =
    "this compositor has no data-control protocol, and there is no X server beside it";

/// The system's clipboard.
#[derive(Default)]
pub struct SystemClipboard {
    /// Opened at the first use and kept, because what was copied lives in this process.
    #[cfg(not(all(unix, not(target_os = "macos"))))]
    open: Option<arboard::Clipboard>,
    #[cfg(all(unix, not(target_os = "macos")))]
    keeper: keeper::Keeper,
    #[cfg(all(unix, not(target_os = "macos")))]
    link: WindowLink,
    #[cfg(all(unix, not(target_os = "macos")))]
    owner: window::Owner,
    #[cfg(all(unix, not(target_os = "macos")))]
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

#[cfg(not(all(unix, not(target_os = "macos"))))]
impl SystemClipboard {
    /// The clipboard, which needs no window here.
    pub fn of(_: WindowLink) -> Self {
        Self::default()
    }

    fn open(&mut self) -> Result<&mut arboard::Clipboard, ClipboardError> {
        let clipboard = match self.open.take() {
            Some(clipboard) => clipboard,
            None => arboard::Clipboard::new().map_err(unavailable)?,
        };
        Ok(self.open.insert(clipboard))
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

#[cfg(not(all(unix, not(target_os = "macos"))))]
impl Clipboard for SystemClipboard {
    fn read(&mut self) -> Result<Pasted, ClipboardError> {
        let clipboard = self.open()?;
        let mut failure = None;
        if let Some(files) = found(clipboard.get().file_list(), &mut failure)
            && !files.is_empty()
        {
            return Ok(Pasted::Files(files));
        }
        if let Some(image) = found(clipboard.get_image(), &mut failure)
            && let (Ok(width), Ok(height)) = (u32::try_from(image.width), u32::try_from(image.height))
        {
            return Ok(Pasted::Pixels { size: [width, height], rgba: image.bytes.into_owned() });
        }
        match found(clipboard.get_text(), &mut failure) {
            Some(text) if !text.trim().is_empty() => Ok(Pasted::Text(text)),
            _ => Err(failure.map_or(ClipboardError::Empty, unavailable)),
        }
    }

    fn read_text(&mut self) -> Result<String, ClipboardError> {
        let mut failure = None;
        let text = found(self.open()?.get_text(), &mut failure);
        text.ok_or_else(|| failure.map_or(ClipboardError::Empty, unavailable))
    }

    fn write_text(&mut self, text: String) -> Result<(), ClipboardError> {
        self.open()?.set_text(text).map_err(unavailable)
    }

    fn write_image(&mut self, image: &CopiedImage) -> Result<(), ClipboardError> {
        let (width, height) = (image.pixels.width() as usize, image.pixels.height() as usize);
        let bytes = image.pixels.to_rgba8().into();
        self.open()?.set_image(ImageData { width, height, bytes }).map_err(unavailable)
    }
}

/// A kind of content that is not there is no error. Any other failure is kept, for when nothing else
/// is found.
#[cfg(not(all(unix, not(target_os = "macos"))))]
fn found<T>(result: Result<T, Error>, failure: &mut Option<Error>) -> Option<T> {
    match result {
        Ok(content) => Some(content),
        // Text with a claim to be an image, pictures in formats unknown to arboard.
        Err(Error::ContentNotAvailable | Error::ConversionFailure) => None,
        Err(error) => {
            *failure = Some(error);
            None
        }
    }
}

#[cfg(not(all(unix, not(target_os = "macos"))))]
#[expect(clippy::needless_pass_by_value, reason = "the shape that map_err wants")]
fn unavailable(error: Error) -> ClipboardError {
    ClipboardError::Unavailable(error.to_string())
}
