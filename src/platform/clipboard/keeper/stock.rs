//! What is handed out of a copy, each kind made when somebody asks for it.

use super::{Order, PngMaker, What, folder::Folder};
use crate::{
    engine::{
        Format,
        embed::{Embed, SnippetFacts, Texts, snippet},
    },
    platform::clipboard::offers::{Fault, OWN},
};
use std::{
    fmt::Write as _,
    fs,
    os::unix::ffi::OsStrExt as _,
    path::{Path, PathBuf},
    rc::Rc,
};

const PNG: &str = "image/png";
const HTML: &str = "text/html";
const FILES: &str = "text/uri-list";
/// The same with what is to become of the files, as GNOME's and many other file managers want it.
const COPIED_FILES: &str = "x-special/gnome-copied-files";
const TEXTS: [&str; 4] = ["UTF8_STRING", "text/plain;charset=utf-8", "text/plain", "TEXT"];
/// ICCCM §2.6.2: Latin-1.
const LATIN: &str = "STRING";

/// Content and where it comes from.
pub(in crate::platform::clipboard) struct Stock {
    bytes: Rc<[u8]>,
    image: Option<Image>,
    png: PngMaker,
    made_png: Option<Rc<[u8]>>,
    /// Removed when this is dropped.
    file: Option<(Folder, PathBuf)>,
}

struct Image {
    format: Format,
    file_name: String,
    facts: SnippetFacts,
}

impl Stock {
    /// # Errors
    /// When the order names a format that there is not.
    pub(in crate::platform::clipboard) fn new(order: Order, bytes: Vec<u8>, png: PngMaker) -> Result<Self, Fault> {
        let image = match order.what {
            What::Text => None,
            What::Image { format, file_name, size, density, alt } => {
                let format = Format::from_id(&format).ok_or("the order names an unknown format")?;
                Some(Image { format, file_name, facts: SnippetFacts { size, density, alt } })
            }
        };
        Ok(Self { bytes: bytes.into(), image, png, made_png: None, file: None })
    }

    /// The kinds there are, the most faithful first. An image is never offered as text, which programs
    /// that prefer text would paste. The last says whose it is.
    pub(in crate::platform::clipboard) fn kinds(&self) -> Vec<&'static str> {
        let mut kinds: Vec<&'static str> = match &self.image {
            Some(image) => {
                let own = image.format.mime();
                let others = [PNG, HTML, FILES, COPIED_FILES];
                [own].into_iter().chain(others.into_iter().filter(|it| *it != own)).collect()
            }
            None if self.bytes.is_ascii() => TEXTS.into_iter().chain([LATIN]).collect(),
            None => TEXTS.to_vec(),
        };
        kinds.push(OWN);
        kinds
    }

    /// The kinds that are of use when this process has ended.
    pub(super) fn lasting_kinds(&self) -> Vec<&'static str> {
        self.kinds().into_iter().filter(|it| ![FILES, COPIED_FILES].contains(it)).collect()
    }

    /// The content of a kind; `None` when it cannot be made.
    pub(in crate::platform::clipboard) fn content(&mut self, kind: &str) -> Option<Rc<[u8]>> {
        if !self.kinds().contains(&kind) {
            return None;
        }
        if kind == OWN {
            return Some(Rc::from(*b"inlaid"));
        }
        let Some(image) = &self.image else { return Some(self.bytes.clone()) };
        if kind == image.format.mime() {
            return Some(self.bytes.clone());
        }
        match kind {
            PNG => self.png(),
            HTML => {
                let texts = Texts::of(image.format, &self.bytes);
                Some(snippet(Embed::Html, image.format, &texts, &image.facts).to_string().into_bytes().into())
            }
            _ => {
                let url = file_url(&self.file()?);
                let list = if kind == FILES { format!("{url}\r\n") } else { format!("copy\n{url}") };
                Some(list.into_bytes().into())
            }
        }
    }

    /// Forgets the file, which goes with the ownership.
    pub(in crate::platform::clipboard) fn forget_file(&mut self) {
        self.file = None;
    }

    fn png(&mut self) -> Option<Rc<[u8]>> {
        if self.made_png.is_none() {
            self.made_png = (self.png)(&self.bytes).map(Into::into);
        }
        self.made_png.clone()
    }

    /// The one file that is ever written without being asked for by name: for programs that take
    /// nothing but files.
    fn file(&mut self) -> Option<PathBuf> {
        if self.file.is_none() {
            self.file = self.written().inspect_err(|why| log::warn!("no file for the clipboard: {why}")).ok();
        }
        self.file.as_ref().map(|(_, path)| path.clone())
    }

    fn written(&self) -> Result<(Folder, PathBuf), Fault> {
        let image = self.image.as_ref().ok_or("a text is no file")?;
        let folder = Folder::new()?;
        // The name alone, whatever it was made of.
        let name = Path::new(&image.file_name).file_name().ok_or("it has no name")?;
        let path = folder.path().join(name);
        fs::write(&path, &self.bytes)?;
        Ok((folder, path))
    }
}

/// RFC 8089, with all but the unreserved signs of RFC 3986 and slashes as triples.
fn file_url(path: &Path) -> String {
    let mut url = "file://".to_owned();
    for &byte in path.as_os_str().as_bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            url.push(char::from(byte));
        } else {
            // Writing into a string cannot fail.
            write!(url, "%{byte:02X}").ok();
        }
    }
    url
}

#[cfg(test)]
mod tests {
    use super::{Stock, file_url};
    use crate::{
        engine::{Format, embed::SnippetFacts},
        platform::clipboard::keeper::Order,
    };
    use std::path::Path;

    fn image() -> Stock {
        let facts = SnippetFacts { size: [4, 3], density: 1, alt: "a \"b\"".to_owned() };
        let order = Order::image(&b"foo".to_vec().into(), Format::WebP, "../a b.webp", &facts);
        Stock::new(order, b"foo".to_vec(), Box::new(|bytes| Some([b"PNG of ", bytes].concat()))).unwrap()
    }

    #[test]
    fn an_image_is_everything_but_text() {
        let mut stock = image();
        let kinds = stock.kinds();
        let files = ["text/uri-list", "x-special/gnome-copied-files"];
        assert_eq!(kinds, [&["image/webp", "image/png", "text/html"], &files[..], &["application/x-inlaid"]].concat());
        let content = |stock: &mut Stock, kind| String::from_utf8(stock.content(kind).unwrap().to_vec()).unwrap();
        assert_eq!(content(&mut stock, "image/webp"), "foo");
        assert_eq!(content(&mut stock, "image/png"), "PNG of foo");
        // RFC 4648: "foo" is Zm9v.
        let html = r#"<img src="data:image/webp;base64,Zm9v" width="4" height="3" alt="a &quot;b&quot;">"#;
        assert_eq!(content(&mut stock, "text/html"), html);
        for kind in ["UTF8_STRING", "text/plain", "STRING", "image/jpeg"] {
            assert!(stock.content(kind).is_none(), "{kind}");
        }
        assert_eq!(stock.lasting_kinds(), ["image/webp", "image/png", "text/html", "application/x-inlaid"]);
    }

    #[test]
    fn a_file_is_there_as_long_as_somebody_may_read_it() {
        let mut stock = image();
        let list = String::from_utf8(stock.content("x-special/gnome-copied-files").unwrap().to_vec()).unwrap();
        let path = list.strip_prefix("copy\nfile://").unwrap().replace("%20", " ");
        assert!(path.ends_with("/a b.webp"), "{path}");
        assert_eq!(std::fs::read(&path).unwrap(), b"foo");
        stock.forget_file();
        assert!(!Path::new(&path).parent().unwrap().exists());
    }

    #[test]
    fn a_text_is_nothing_but_text() {
        let order = Order::text("foo");
        let mut stock = Stock::new(order, b"foo".to_vec(), Box::new(|_| None)).unwrap();
        let texts = ["UTF8_STRING", "text/plain;charset=utf-8", "text/plain", "TEXT", "STRING"];
        assert_eq!(stock.kinds(), [&texts[..], &["application/x-inlaid"]].concat());
        assert_eq!(&*stock.content("UTF8_STRING").unwrap(), b"foo");
        assert!(stock.content("text/html").is_none());
        let order = Order::text("山");
        let stock = Stock::new(order, "山".into(), Box::new(|_| None)).unwrap();
        assert!(!stock.kinds().contains(&"STRING"), "it has no such sign");
    }

    #[test]
    fn urls_have_no_sign_that_means_something() {
        assert_eq!(file_url(Path::new("/a b/100%/山?.webp")), "file:///a%20b/100%25/%E5%B1%B1%3F.webp");
    }
}
