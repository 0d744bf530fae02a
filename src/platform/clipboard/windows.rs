//! The clipboard of Windows: the formats that are there, as the kinds of other systems, and every kind of a copy
//! in one go.
//!
//! Nothing is made only when somebody asks for it: the system tells that to a window procedure, and the toolkit
//! owns ours. What was copied therefore is the system's from the beginning, and stays when the window is gone.

use super::{
    MOST_BYTES, SystemClipboard, cf_html, dib, made_of,
    offers::{self, Fault, HINT, HTML, OWN, Offers, SECRET, SVG, TEXTS},
    registered, set_text,
};
use crate::{
    engine::{
        Format,
        embed::{Embed, Texts, snippet},
    },
    jobs::ports::{Clipboard, ClipboardError, CopiedImage, Pasted},
};
use clipboard_win::{
    Clipboard as Opened, EnumFormats, ErrorCode,
    formats::{CF_DIB, CF_DIBV5, CF_HDROP, CF_TIFF, CF_UNICODETEXT},
    is_format_avail, raw,
};
use std::path::PathBuf;

/// Another program has it open for a moment only; five milliseconds lie between two attempts.
const ATTEMPTS: usize = 40;

impl Clipboard for SystemClipboard {
    fn read(&mut self) -> Result<Pasted, ClipboardError> {
        offers::pasted(&mut WindowsOffers::new()?)
    }

    fn read_text(&mut self) -> Result<String, ClipboardError> {
        offers::pasted_text(&mut WindowsOffers::new()?)
    }

    fn write_text(&mut self, text: String) -> Result<(), ClipboardError> {
        set_text(text)
    }

    fn write_image(&mut self, image: &CopiedImage) -> Result<(), ClipboardError> {
        // Made before, so that nobody waits for it.
        let contents = contents(image);
        let _opened = opened()?;
        raw::empty().map_err(unavailable)?;
        let set = |(format, content): &(u32, Vec<u8>)| raw::set_without_clear(*format, content).err();
        let mut faults = contents.iter().filter_map(set).collect::<Vec<ErrorCode>>();
        let is_empty = faults.len() == contents.len();
        match faults.pop() {
            Some(fault) if is_empty => Err(unavailable(fault)),
            Some(fault) => {
                log::warn!("not every kind could be copied: {fault}");
                Ok(())
            }
            None => Ok(()),
        }
    }
}

fn opened() -> Result<Opened, ClipboardError> {
    Opened::new_attempts(ATTEMPTS).map_err(unavailable)
}

fn unavailable(error: ErrorCode) -> ClipboardError {
    ClipboardError::Unavailable(error.to_string())
}

/// What is offered of a picture, the most faithful first, since many programs take the first that they know.
/// Never text, which programs that prefer text would paste.
fn contents(image: &CopiedImage) -> Vec<(u32, Vec<u8>)> {
    let CopiedImage { encoded, pixels, facts, .. } = image;
    let mut contents = vec![];
    let mut add = |name: &str, content: Vec<u8>| match raw::register_format(name) {
        Some(format) => contents.push((format.get(), content)),
        None => log::warn!("the format {name} cannot be registered"),
    };
    for name in registered::names(encoded.format) {
        add(name, encoded.bytes.to_vec());
    }
    if encoded.format != Format::Png
        && let Some(png) = made_of(pixels, Format::Png)
    {
        add(registered::PNG, png);
    }
    let texts = Texts::of(encoded.format, &encoded.bytes);
    let html = snippet(Embed::Html, encoded.format, &texts, facts).to_string();
    add(registered::HTML_FORMAT, cf_html::of_fragment(&html).into_bytes());
    add(OWN, b"inlaid".to_vec());
    contents.extend(dib::of_rgba(pixels.size(), &pixels.to_rgba8()).map(|content| (CF_DIBV5, content)));
    contents
}

/// What is there, held open so that it stays the same.
struct WindowsOffers {
    _opened: Opened,
    kinds: Vec<String>,
    /// Of each kind.
    formats: Vec<u32>,
}

impl WindowsOffers {
    /// # Errors
    /// When another program does not let it go.
    fn new() -> Result<Self, ClipboardError> {
        let mut this = Self { _opened: opened()?, kinds: vec![], formats: vec![] };
        // In the order in which they were put there; behind them those that the system makes of others.
        for format in EnumFormats::new() {
            if let Some(kind) = kind(format) {
                this.kinds.push(kind);
                this.formats.push(format);
            }
        }
        Ok(this)
    }
}

fn kind(format: u32) -> Option<String> {
    match format {
        CF_DIB | CF_DIBV5 => Some(Format::Bmp.mime().to_owned()),
        CF_TIFF => Some(Format::Tiff.mime().to_owned()),
        CF_UNICODETEXT => Some(TEXTS[0].to_owned()),
        _ => {
            let name = raw::format_name_big(format)?;
            let is_secret = registered::is_secret(&name, || content(format).ok());
            if is_secret { Some(HINT.to_owned()) } else { registered::kind(&name) }
        }
    }
}

/// What is in the system's memory of this format.
fn content(format: u32) -> Result<Vec<u8>, Fault> {
    if raw::size(format).is_some_and(|it| MOST_BYTES < it.get()) {
        return Err("it is larger than 1 GB".into());
    }
    let mut content = vec![];
    raw::get_vec(format, &mut content)?;
    Ok(content)
}

impl Offers for WindowsOffers {
    fn kinds(&self) -> &[String] {
        &self.kinds
    }

    fn take(&mut self, kind: &str) -> Result<Option<Vec<u8>>, Fault> {
        if kind == HINT {
            return Ok(Some(SECRET.to_vec()));
        }
        let formats = self.kinds.iter().zip(&self.formats);
        let Some(format) = formats.into_iter().find_map(|(it, format)| (it == kind).then_some(*format)) else {
            return Ok(None);
        };
        if format == CF_UNICODETEXT {
            let mut text = vec![];
            raw::get_string(&mut text)?;
            return Ok(Some(text));
        }
        let mut content = content(format)?;
        Ok(match kind {
            _ if [CF_DIB, CF_DIBV5].contains(&format) => dib::bmp_of(content),
            HTML => Some(cf_html::fragment(&content).to_vec()),
            SVG => {
                // Some send the end of their string along, and no document may end with it.
                content.truncate(content.iter().rposition(|it| *it != 0).map_or(0, |at| at + 1));
                Some(content)
            }
            _ => Some(content),
        })
    }

    fn files(&mut self) -> Result<Vec<PathBuf>, Fault> {
        let mut files = vec![];
        if is_format_avail(CF_HDROP) {
            raw::get_file_list_path(&mut files)?;
        }
        Ok(files)
    }
}
