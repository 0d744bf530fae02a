//! The clipboard through arboard.

use crate::{
    engine::Raster,
    jobs::ports::{Clipboard, ClipboardError, Pasted},
};
use arboard::{Error, ImageData};

/// The system's clipboard. It is opened at the first use and kept, because on Linux what was
/// copied lives in this process.
#[derive(Default)]
pub struct SystemClipboard {
    open: Option<arboard::Clipboard>,
}

impl SystemClipboard {
    fn open(&mut self) -> Result<&mut arboard::Clipboard, ClipboardError> {
        let clipboard = match self.open.take() {
            Some(clipboard) => clipboard,
            None => arboard::Clipboard::new().map_err(unavailable)?,
        };
        Ok(self.open.insert(clipboard))
    }
}

impl Clipboard for SystemClipboard {
    fn read(&mut self) -> Result<Pasted, ClipboardError> {
        let clipboard = self.open()?;
        if let Some(files) = found(clipboard.get().file_list())?
            && !files.is_empty()
        {
            return Ok(Pasted::Files(files));
        }
        if let Some(image) = found(clipboard.get_image())? {
            let sides = [u32::try_from(image.width), u32::try_from(image.height)];
            if let [Ok(width), Ok(height)] = sides {
                return Ok(Pasted::Pixels { size: [width, height], rgba: image.bytes.into_owned() });
            }
        }
        match found(clipboard.get_text())? {
            Some(text) if !text.trim().is_empty() => Ok(Pasted::Text(text)),
            _ => Err(ClipboardError::Empty),
        }
    }

    fn write_text(&mut self, text: String) -> Result<(), ClipboardError> {
        self.open()?.set_text(text).map_err(unavailable)
    }

    fn write_image(&mut self, image: &Raster) -> Result<(), ClipboardError> {
        let (width, height) = (image.width() as usize, image.height() as usize);
        let rgba = image.to_rgba8();
        check_transferable([image.width(), image.height()], &rgba)?;
        self.open()?.set_image(ImageData { width, height, bytes: rgba.into() }).map_err(unavailable)
    }
}

/// A kind of content that is not there is no error.
fn found<T>(result: Result<T, Error>) -> Result<Option<T>, ClipboardError> {
    match result {
        Ok(content) => Ok(Some(content)),
        // Text with a claim to be an image, pictures in formats unknown to arboard.
        Err(Error::ContentNotAvailable | Error::ConversionFailure) => Ok(None),
        Err(error) => Err(unavailable(error)),
    }
}

#[expect(clippy::needless_pass_by_value, reason = "the shape that map_err wants")]
fn unavailable(error: Error) -> ClipboardError {
    ClipboardError::Unavailable(error.to_string())
}

/// On X11 arboard hands a picture over in one request; what does not fit into it, no program
/// can read, though setting it succeeds.
#[cfg(all(unix, not(target_os = "macos")))]
fn check_transferable([width, height]: [u32; 2], rgba: &[u8]) -> Result<(), ClipboardError> {
    use image::{ExtendedColorType, ImageEncoder as _, codecs::png::PngEncoder};
    /// The largest request with the BIG-REQUESTS extension is 16 MiB, its head included.
    const MAX_X11_BYTES: usize = (16 << 20) - 1024;
    let is_wayland = std::env::var_os("WAYLAND_DISPLAY").is_some_and(|it| !it.is_empty());
    // PNG never grows pixels by more than its row filters and frames.
    if is_wayland || rgba.len() < MAX_X11_BYTES - MAX_X11_BYTES / 64 {
        return Ok(());
    }
    let mut png = vec![];
    PngEncoder::new(&mut png)
        .write_image(rgba, width, height, ExtendedColorType::Rgba8)
        .map_err(|it| ClipboardError::Unavailable(it.to_string()))?;
    if MAX_X11_BYTES < png.len() {
        return Err(ClipboardError::TooLarge { megabytes: (png.len() as u64).div_ceil(1_000_000) });
    }
    Ok(())
}

#[cfg(not(all(unix, not(target_os = "macos"))))]
fn check_transferable(_: [u32; 2], _: &[u8]) -> Result<(), ClipboardError> {
    Ok(())
}

#[cfg(all(test, unix, not(target_os = "macos")))]
mod tests {
    use super::{ClipboardError, check_transferable};

    #[test]
    fn only_what_a_reader_can_take_is_offered() {
        // Black compresses to almost nothing, noise not at all.
        let side = 2_200_u32;
        let n_bytes = (side * side * 4) as usize;
        let mut state = 1_u32;
        let noise: Vec<u8> = (0..n_bytes)
            .map(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (state >> 24) as u8
            })
            .collect();
        if std::env::var_os("WAYLAND_DISPLAY").is_none() {
            assert_eq!(check_transferable([side, side], &vec![0; n_bytes]), Ok(()));
            let refused = check_transferable([side, side], &noise);
            assert!(matches!(refused, Err(ClipboardError::TooLarge { megabytes: 19..=20 })), "{refused:?}");
        }
        assert_eq!(check_transferable([100, 100], &noise[..40_000]), Ok(()));
    }
}
