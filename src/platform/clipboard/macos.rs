//! The general pasteboard of macOS: the types that are there, as the kinds of other systems, and every type of a
//! copy in one item.
//!
//! The pasteboard keeps what was copied when this program has ended, so all of it is made at once. Promised
//! files are neither taken nor given: whoever gives one has to write it when a delegate is asked.

use super::{
    MOST_BYTES, SystemClipboard, made_of,
    offers::{self, Fault, HINT, Offers, SECRET, TEXTS},
    set_text, uti,
};
use crate::{
    engine::{
        Format,
        embed::{Embed, Texts, snippet},
    },
    jobs::ports::{Clipboard, ClipboardError, CopiedImage, Pasted},
};
use objc2::{
    rc::{Retained, autoreleasepool},
    runtime::ProtocolObject,
};
use objc2_app_kit::{NSPasteboard, NSPasteboardItem};
use objc2_foundation::{NSArray, NSData, NSString, NSURL};
use std::path::PathBuf;

const FILE_URL: &str = "public.file-url";
// Whatever the system lends for a while goes at the end of a pool; the threads of this program have none.
impl Clipboard for SystemClipboard {
    fn read(&mut self) -> Result<Pasted, ClipboardError> {
        autoreleasepool(|_| offers::pasted(&mut MacOffers::new()))
    }

    fn read_text(&mut self) -> Result<String, ClipboardError> {
        autoreleasepool(|_| offers::pasted_text(&mut MacOffers::new()))
    }

    fn write_text(&mut self, text: String) -> Result<(), ClipboardError> {
        set_text(text)
    }

    fn write_image(&mut self, image: &CopiedImage) -> Result<(), ClipboardError> {
        autoreleasepool(|_| {
            let item = NSPasteboardItem::new();
            let mut is_taken = false;
            for (uti, content) in contents(image) {
                if item.setData_forType(&NSData::with_bytes(&content), &NSString::from_str(uti)) {
                    is_taken = true;
                } else {
                    log::warn!("the pasteboard does not take {uti}");
                }
            }
            put(is_taken, item)
        })
    }
}

/// In place of all that is there, once there is something to put.
fn put(is_taken: bool, item: Retained<NSPasteboardItem>) -> Result<(), ClipboardError> {
    let refused = || ClipboardError::Unavailable("the pasteboard does not take it".to_owned());
    if !is_taken {
        return Err(refused());
    }
    let pasteboard = NSPasteboard::generalPasteboard();
    pasteboard.clearContents();
    let items = NSArray::from_retained_slice(&[ProtocolObject::from_retained(item)]);
    if pasteboard.writeObjects(&items) { Ok(()) } else { Err(refused()) }
}

/// What is offered of a picture, the most faithful first; TIFF is what older programs take. Never text, which
/// programs that prefer text would paste.
fn contents(image: &CopiedImage) -> Vec<(&'static str, Vec<u8>)> {
    let CopiedImage { encoded, pixels, facts, .. } = image;
    let own = uti::of_format(encoded.format).map(|uti| (uti, encoded.bytes.to_vec()));
    let others = [Format::Png, Format::Tiff].into_iter().filter(|it| *it != encoded.format);
    let others = others.filter_map(|it| uti::of_format(it).zip(made_of(pixels, it)));
    let texts = Texts::of(encoded.format, &encoded.bytes);
    let html = snippet(Embed::Html, encoded.format, &texts, facts);
    // Without a word about it some programs read the text in another encoding.
    let html = format!("<meta charset=\"utf-8\">{html}").into_bytes();
    own.into_iter().chain(others).chain([(uti::PAGE, html)]).collect()
}

/// What is there.
struct MacOffers {
    pasteboard: Retained<NSPasteboard>,
    kinds: Vec<String>,
    /// Of each kind.
    types: Vec<Retained<NSString>>,
}

impl MacOffers {
    fn new() -> Self {
        let pasteboard = NSPasteboard::generalPasteboard();
        let types = pasteboard.types().map(|it| it.to_vec()).unwrap_or_default();
        let known = types.into_iter().filter_map(|it| Some((uti::kind(&it.to_string())?.to_owned(), it)));
        let (kinds, types) = known.unzip();
        Self { pasteboard, kinds, types }
    }
}

impl Offers for MacOffers {
    fn kinds(&self) -> &[String] {
        &self.kinds
    }

    fn take(&mut self, kind: &str) -> Result<Option<Vec<u8>>, Fault> {
        if kind == HINT {
            return Ok(Some(SECRET.to_vec()));
        }
        let mut types = self.kinds.iter().zip(&self.types);
        let Some((_, uti)) = types.find(|(it, _)| *it == kind) else { return Ok(None) };
        if kind == TEXTS[0] {
            return Ok(self.pasteboard.stringForType(uti).map(|it| it.to_string().into_bytes()));
        }
        let Some(data) = self.pasteboard.dataForType(uti) else { return Ok(None) };
        if MOST_BYTES < data.len() { Err("it is larger than 1 GB".into()) } else { Ok(Some(data.to_vec())) }
    }

    fn files(&mut self) -> Result<Vec<PathBuf>, Fault> {
        let items = self.pasteboard.pasteboardItems().map(|it| it.to_vec()).unwrap_or_default();
        let uti = NSString::from_str(FILE_URL);
        // The Finder names files by their numbers; the system knows where those are.
        let path = |item: &Retained<NSPasteboardItem>| {
            let address = item.stringForType(&uti)?;
            Some(NSURL::URLWithString(&address)?.filePathURL()?.path()?.to_string().into())
        };
        Ok(items.iter().filter_map(path).collect())
    }
}
