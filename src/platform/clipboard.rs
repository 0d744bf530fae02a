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
        let mut failure = None;
        if offers_files()
            && let Some(files) = found(clipboard.get().file_list(), &mut failure)
            && !files.is_empty()
        {
            return Ok(Pasted::Files(files));
        }
        if let Some(image) = picture(clipboard, &mut failure) {
            return Ok(image);
        }
        match found(clipboard.get_text(), &mut failure) {
            Some(text) if !text.trim().is_empty() => Ok(Pasted::Text(text)),
            _ => Err(failure.map_or(ClipboardError::Empty, unavailable)),
        }
    }

    fn write_text(&mut self, text: String) -> Result<(), ClipboardError> {
        check_text_transferable(&text)?;
        self.open()?.set_text(text).map_err(unavailable)
    }

    fn write_image(&mut self, image: &Raster) -> Result<(), ClipboardError> {
        let (width, height) = (image.width() as usize, image.height() as usize);
        let rgba = image.to_rgba8();
        check_transferable([image.width(), image.height()], &rgba)?;
        self.open()?.set_image(ImageData { width, height, bytes: rgba.into() }).map_err(unavailable)
    }
}

#[cfg(all(unix, not(target_os = "macos")))]
use super::copied_png::offers_files;

/// The other systems say by themselves what there is.
#[cfg(not(all(unix, not(target_os = "macos"))))]
fn offers_files() -> bool {
    true
}

/// A copied picture, as its owner encoded it: decoding is not this process's business.
#[cfg(all(unix, not(target_os = "macos")))]
fn picture(_: &mut arboard::Clipboard, _: &mut Option<Error>) -> Option<Pasted> {
    super::copied_png::read().map(Pasted::Encoded)
}

/// A copied picture, as the system decoded it.
#[cfg(not(all(unix, not(target_os = "macos"))))]
fn picture(clipboard: &mut arboard::Clipboard, failure: &mut Option<Error>) -> Option<Pasted> {
    let image = found(clipboard.get_image(), failure)?;
    let size = [u32::try_from(image.width).ok()?, u32::try_from(image.height).ok()?];
    Some(Pasted::Pixels { size, rgba: image.bytes.into_owned() })
}

/// A kind of content that is not there is no error. Any other failure is kept, for when nothing
/// else is found: an owner like xclip answers a question for files with its image.
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

#[expect(clippy::needless_pass_by_value, reason = "the shape that map_err wants")]
fn unavailable(error: Error) -> ClipboardError {
    ClipboardError::Unavailable(error.to_string())
}

/// On X11 arboard hands its content over in one request; what does not fit into it, no program
/// can read, though setting it succeeds. The largest request with the BIG-REQUESTS extension is
/// 16 MiB, its head included.
#[cfg(all(unix, not(target_os = "macos")))]
fn max_bytes() -> Option<usize> {
    const MAX_X11_BYTES: usize = (16 << 20) - 1024;
    let is_wayland = std::env::var_os("WAYLAND_DISPLAY").is_some_and(|it| !it.is_empty());
    (!is_wayland).then_some(MAX_X11_BYTES)
}

#[cfg(not(all(unix, not(target_os = "macos"))))]
fn max_bytes() -> Option<usize> {
    None
}

fn check_text_transferable(text: &str) -> Result<(), ClipboardError> {
    match max_bytes() {
        Some(max) if max < text.len() => Err(ClipboardError::TextTooLarge { megabytes: megabytes(text.len()) }),
        _ => Ok(()),
    }
}

fn check_transferable([width, height]: [u32; 2], rgba: &[u8]) -> Result<(), ClipboardError> {
    use image::{ExtendedColorType, ImageEncoder as _, codecs::png::PngEncoder};
    let Some(max) = max_bytes() else { return Ok(()) };
    // PNG never grows pixels by more than its row filters and frames.
    if rgba.len() < max - max / 64 {
        return Ok(());
    }
    let mut png = vec![];
    PngEncoder::new(&mut png)
        .write_image(rgba, width, height, ExtendedColorType::Rgba8)
        .map_err(|it| ClipboardError::Unavailable(it.to_string()))?;
    if max < png.len() {
        return Err(ClipboardError::TooLarge { megabytes: megabytes(png.len()) });
    }
    Ok(())
}

fn megabytes(n_bytes: usize) -> u64 {
    (n_bytes as u64).div_ceil(1_000_000)
}

#[cfg(all(test, unix, not(target_os = "macos")))]
mod tests {
    use super::{ClipboardError, check_text_transferable, check_transferable};

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
            let refused = check_text_transferable(&"x".repeat(17 << 20));
            assert_eq!(refused, Err(ClipboardError::TextTooLarge { megabytes: 18 }));
        }
        assert_eq!(check_transferable([100, 100], &noise[..40_000]), Ok(()));
        assert_eq!(check_text_transferable(&"x".repeat(15 << 20)), Ok(()));
    }
}
