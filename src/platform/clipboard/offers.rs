//! What to take of all that the owner of a clipboard or the source of a drag offers: the bytes of a
//! picture before its pixels, a picture before a text.

#[cfg(unix)]
use crate::engine::embed::percent_decoded;
#[cfg(all(unix, not(target_os = "macos")))]
use crate::jobs::ports::Dragged;
use crate::{
    engine::{
        Format,
        embed::{Find, Finds, Link, Listed, images_in_text},
    },
    jobs::ports::{ClipboardError, Pasted},
};
use std::path::PathBuf;
#[cfg(all(unix, not(target_os = "macos")))]
use std::time::Duration;
#[cfg(unix)]
use std::{ffi::OsString, os::unix::ffi::OsStringExt as _};

/// What went wrong with one kind; others may do.
pub(in crate::platform) type Fault = Box<dyn std::error::Error + Send + Sync>;

/// An owner that is silent for so long has nothing to say.
#[cfg(all(unix, not(target_os = "macos")))]
pub(in crate::platform) const PATIENCE: Duration = Duration::from_secs(4);
/// Who sends and sends is not listened to for longer.
#[cfg(all(unix, not(target_os = "macos")))]
pub(in crate::platform) const LONGEST: Duration = Duration::from_secs(60);

/// Why an owner is not waited for any longer. One that was given up once would be waited for as long
/// again with each further kind, so it is asked for none.
#[cfg_attr(
    any(windows, target_os = "macos"),
    expect(dead_code, reason = "nobody is waited for where the system has what was copied")
)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(in crate::platform) enum GivenUp {
    #[error("the program that it comes from does not answer")]
    Silent,
    #[error("the program that it comes from takes too long")]
    TooSlow,
}

/// The content of a clipboard or of a drag, in the kinds that its owner offers.
pub(in crate::platform) trait Offers {
    /// The kinds, most of them MIME types.
    fn kinds(&self) -> &[String];

    /// The content in one of them; `None` when there is none after all.
    ///
    /// # Errors
    /// When the owner breaks off, is silent for too long or sends too much.
    fn take(&mut self, kind: &str) -> Result<Option<Vec<u8>>, Fault>;

    /// Copied files, where the system knows their paths and there is no list of addresses.
    ///
    /// # Errors
    /// When the system does not hand them over.
    fn files(&mut self) -> Result<Vec<PathBuf>, Fault> {
        Ok(vec![])
    }
}

/// Set by password managers (KDE's Klipper was first); its content is this. What says the same on other systems
/// is taken for it.
pub(super) const HINT: &str = "x-kde-passwordManagerHint";
pub(super) const SECRET: &[u8] = b"secret";
/// On what this program has copied itself, so that it is not taken for somebody else's.
pub(super) const OWN: &str = "application/x-inlaid";
const FILES: [&str; 2] = ["text/uri-list", "x-special/gnome-copied-files"];
pub(super) const HTML: &str = "text/html";
/// The file of a picture that is dragged out of a page, in Chromium; of anything elsewhere.
#[cfg(all(unix, not(target_os = "macos")))]
const BYTES: &str = "application/octet-stream";
/// A link and its title, of browsers.
pub(super) const MOZILLA_LINK: &str = "text/x-moz-url";
/// Plain text, the best spelling first.
pub(super) const TEXTS: [&str; 5] =
    ["text/plain;charset=utf-8", "UTF8_STRING", "text/plain;charset=UTF-8", "text/plain", "STRING"];
/// What programs make of pixels, mostly.
const OF_PIXELS: [&str; 6] = ["image/png", "image/bmp", "image/x-bmp", "image/x-MS-bmp", "image/tiff", "image/x-tga"];
const PNG: &str = "image/png";
pub(super) const SVG: &str = "image/svg+xml";
/// Where one of these is offered beside a PNG, a toolkit (GTK, Qt) offers the same pixels in every format that
/// it can write, JPEG and ICO among them; Office does so too. Only what is ours is known to be otherwise.
const OF_TOOLKITS: [&str; 2] = ["image/bmp", "application/x-qt-image"];

/// What is there: files before encoded pictures before pixels before links before text. Whatever is
/// here already need not be fetched.
///
/// # Errors
/// [`ClipboardError::Confidential`], [`ClipboardError::Empty`], and [`ClipboardError::Unavailable`] when
/// something is offered and nothing of it came.
pub(super) fn pasted(offers: &mut dyn Offers) -> Result<Pasted, ClipboardError> {
    let mut kinds = Kinds::of(offers)?;
    kinds
        .files()
        .or_else(|| kinds.picture(|kind| !OF_PIXELS.contains(&kind)))
        .or_else(|| kinds.embedded())
        .or_else(|| kinds.picture(|kind| OF_PIXELS.contains(&kind)))
        .or_else(|| kinds.links())
        .or_else(|| kinds.text().map(Pasted::Text))
        .ok_or_else(|| kinds.why_nothing())
}

/// What is dropped. Browsers offer a picture's own bytes without saying what they are, and a link leads to them, so it comes before pixels that a browser
/// made of them; otherwise as in [`pasted`].
///
/// # Errors
/// Those of [`pasted`].
#[cfg(all(unix, not(target_os = "macos")))]
pub(in crate::platform) fn dropped(offers: &mut dyn Offers) -> Result<Pasted, ClipboardError> {
    let mut kinds = Kinds::of(offers)?;
    kinds
        .files()
        .or_else(|| kinds.picture(|kind| !OF_PIXELS.contains(&kind)))
        .or_else(|| kinds.bytes())
        .or_else(|| kinds.embedded())
        .or_else(|| kinds.links())
        .or_else(|| kinds.picture(|kind| OF_PIXELS.contains(&kind)))
        .or_else(|| kinds.text().map(Pasted::Text))
        .ok_or_else(|| kinds.why_nothing())
}

/// What a drop would bring; nothing when there is nothing to take. Only lists are looked into before
/// the drop.
#[cfg(all(unix, not(target_os = "macos")))]
pub(in crate::platform) fn foreseen(offers: &mut dyn Offers) -> Vec<Dragged> {
    let Ok(mut kinds) = Kinds::of(offers) else { return vec![] };
    let lists = FILES.into_iter().filter_map(|kind| kinds.take(|it| it == kind));
    let list = lists.map(|it| listed_in(&text_of(&it))).find(|it| !it.is_empty()).unwrap_or_default();
    let dragged = |listed| match listed {
        Listed::File(path) => Dragged::File(path),
        Listed::Link(_) => Dragged::Link,
    };
    let has = |is_it: &dyn Fn(&str) -> bool| kinds.kinds.iter().any(|it| is_it(it));
    let is_encoded = |kind: &str| is_bytes(kind) || kind.starts_with("image/") && !OF_PIXELS.contains(&kind);
    if list.iter().any(|it| matches!(it, Listed::File(_))) {
        list.into_iter().map(dragged).collect()
    } else if has(&is_encoded) {
        vec![Dragged::Image]
    } else if !list.is_empty() {
        list.into_iter().map(dragged).collect()
    } else if has(&|kind| kind == MOZILLA_LINK) {
        vec![Dragged::Link]
    } else if has(&|kind| OF_PIXELS.contains(&kind)) {
        vec![Dragged::Image]
    } else if has(&|kind| kind == HTML || TEXTS.contains(&kind)) {
        vec![Dragged::Text]
    } else {
        vec![]
    }
}

/// The images that were copied; nothing where there are none, or what is copied is ours or confidential.
/// A text counts only if it is a data URL, and the picture that a spreadsheet offers of its text does not.
#[cfg(all(unix, not(target_os = "macos")))]
pub(super) fn copied(offers: &mut dyn Offers) -> Option<Pasted> {
    if offers.kinds().iter().any(|it| it == OWN) {
        return None;
    }
    let mut kinds = Kinds::of(offers).ok()?;
    if let Some(files) = kinds.files() {
        return images_among(files);
    }
    match kinds.text() {
        Some(text) if !is_address(&text) => images_of_data_url(&text),
        _ => {
            let encoded = kinds.picture(|kind| !OF_PIXELS.contains(&kind));
            encoded.or_else(|| kinds.picture(|kind| OF_PIXELS.contains(&kind)))
        }
    }
}

/// The files that are named like images which can be read.
#[cfg(all(unix, not(target_os = "macos")))]
fn images_among(files: Pasted) -> Option<Pasted> {
    let mut paths = match files {
        Pasted::Files(paths) => paths,
        Pasted::List(list) => {
            let path = |listed| if let Listed::File(path) = listed { Some(path) } else { None };
            list.into_iter().filter_map(path).collect()
        }
        _ => return None,
    };
    paths.retain(|path| {
        let extension = path.extension().and_then(|it| it.to_str());
        extension.and_then(Format::from_extension).is_some_and(Format::can_read)
    });
    (!paths.is_empty()).then_some(Pasted::Files(paths))
}

/// Some programs say beside a picture where it is.
#[cfg(all(unix, not(target_os = "macos")))]
fn is_address(text: &str) -> bool {
    let text = text.trim();
    !text.contains('\n') && (text.starts_with('/') || path_of(text).is_some() || Link::is_meant(text))
}

#[cfg(all(unix, not(target_os = "macos")))]
fn images_of_data_url(text: &str) -> Option<Pasted> {
    const BEGINNING: &str = "data:image/";
    let beginning = text.trim_start().get(..BEGINNING.len())?;
    let finds = images_in_text(text).ok().filter(|_| beginning.eq_ignore_ascii_case(BEGINNING))?;
    let images: Vec<Find> = finds.images.into_iter().filter(|it| matches!(it, Find::Bytes(_))).collect();
    (!images.is_empty()).then_some(Pasted::Found(Finds { images, ..finds }))
}

/// The text, for a field.
///
/// # Errors
/// Those of [`pasted`].
pub(super) fn pasted_text(offers: &mut dyn Offers) -> Result<String, ClipboardError> {
    let mut kinds = Kinds::of(offers)?;
    kinds.text().ok_or_else(|| kinds.why_nothing())
}

/// On Wayland Chromium says the file's name as a parameter (RFC 2045 §5.1).
#[cfg(all(unix, not(target_os = "macos")))]
fn is_bytes(kind: &str) -> bool {
    kind.split(';').next().is_some_and(|it| it.trim_end() == BYTES)
}

struct Kinds<'a> {
    offers: &'a mut dyn Offers,
    kinds: Vec<String>,
    fault: Option<Fault>,
}

impl<'a> Kinds<'a> {
    fn of(offers: &'a mut dyn Offers) -> Result<Self, ClipboardError> {
        let mut kinds = offers.kinds().to_vec();
        let has = |kind: &str| kinds.iter().any(|it| it == kind);
        if has(PNG) && OF_TOOLKITS.into_iter().any(has) && !has(OWN) {
            // Some of the others lose colours.
            kinds.retain(|it| !it.starts_with("image/") || [PNG, SVG].contains(&it.as_str()));
        }
        let mut this = Self { offers, kinds, fault: None };
        let hint = this.take(|kind| kind == HINT);
        if hint.is_some_and(|it| it.starts_with(SECRET)) { Err(ClipboardError::Confidential) } else { Ok(this) }
    }

    /// The content of the first kind like this.
    fn take(&mut self, is_it: impl Fn(&str) -> bool) -> Option<Vec<u8>> {
        let kind = self.kinds.iter().find(|it| is_it(it))?.clone();
        self.content(&kind)
    }

    fn content(&mut self, kind: &str) -> Option<Vec<u8>> {
        if self.fault.as_ref().is_some_and(|it| it.is::<GivenUp>()) {
            return None;
        }
        match self.offers.take(kind) {
            Ok(content) => content.filter(|it| !it.is_empty()),
            Err(fault) => {
                log::info!("nothing came of {kind}: {fault}");
                self.fault = Some(fault);
                None
            }
        }
    }

    fn files(&mut self) -> Option<Pasted> {
        match self.offers.files() {
            Ok(paths) if paths.is_empty() => {}
            Ok(paths) => return Some(Pasted::Files(paths)),
            Err(fault) => self.fault = Some(fault),
        }
        let lists: Vec<_> = FILES.into_iter().filter_map(|kind| self.take(|it| it == kind)).collect();
        let lists = lists.iter().map(|it| listed_in(&text_of(it)));
        let list = lists.into_iter().find(|it| it.iter().any(|it| matches!(it, Listed::File(_))))?;
        let path = |listed: &Listed| if let Listed::File(path) = listed { Some(path.clone()) } else { None };
        let files: Vec<PathBuf> = list.iter().filter_map(path).collect();
        Some(if files.len() == list.len() { Pasted::Files(files) } else { Pasted::List(list) })
    }

    /// Links in a list, or where a piece of a page has images.
    fn links(&mut self) -> Option<Pasted> {
        let list = self.take(|it| it == FILES[0]).map(|it| listed_in(&text_of(&it))).unwrap_or_default();
        let list = if list.is_empty() { self.titled_link().into_iter().collect() } else { list };
        let html = self.take(|it| it == HTML).map(|it| text_of(&it)).unwrap_or_default();
        let finds = images_in_text(&html).ok().map(|mut finds| {
            finds.images.retain(|it| matches!(it, Find::Link(_)));
            finds
        });
        // Of a picture within a link the picture is meant, and not where it leads.
        let is_linked =
            |it: &Finds| list.len() == 1 && it.images.len() == 1 && html.to_ascii_lowercase().contains("<a ");
        match finds.filter(|it| !it.images.is_empty()) {
            Some(finds) if list.is_empty() || is_linked(&finds) => Some(Pasted::Found(finds)),
            _ => (!list.is_empty()).then_some(Pasted::List(list)),
        }
    }

    /// In UTF-16 of this machine's order, without a mark that would say so.
    fn titled_link(&mut self) -> Option<Listed> {
        let bytes = self.take(|it| it == MOZILLA_LINK)?;
        let units: Vec<u16> = bytes.as_chunks::<2>().0.iter().map(|it| u16::from_ne_bytes(*it)).collect();
        listed_in(String::from_utf16_lossy(&units).lines().next()?).pop()
    }

    /// Some owners answer any question with what they have, so it must be a picture.
    fn picture(&mut self, is_wanted: impl Fn(&str) -> bool) -> Option<Pasted> {
        let is_picture = |it: &&String| it.starts_with("image/") && is_wanted(it);
        let kinds: Vec<String> = self.kinds.iter().filter(is_picture).cloned().collect();
        let is_readable = |it: &Vec<u8>| Format::sniff(it).is_some();
        kinds.iter().find_map(|kind| self.content(kind).filter(is_readable)).map(Pasted::Encoded)
    }

    /// The bytes of a picture that is not said to be one.
    #[cfg(all(unix, not(target_os = "macos")))]
    fn bytes(&mut self) -> Option<Pasted> {
        self.take(is_bytes).filter(|it| Format::sniff(it).is_some()).map(Pasted::Encoded)
    }

    /// The pictures whose bytes are written in a piece of a page.
    fn embedded(&mut self) -> Option<Pasted> {
        let html = self.take(|it| it == HTML)?;
        let mut finds: Finds = images_in_text(&text_of(&html)).ok()?;
        finds.images.retain(|it| matches!(it, Find::Bytes(bytes) if Format::sniff(bytes).is_some()));
        (!finds.images.is_empty()).then_some(Pasted::Found(finds))
    }

    fn text(&mut self) -> Option<String> {
        let texts = TEXTS.into_iter().filter_map(|kind| self.take(|it| it == kind)).map(|it| text_of(&it));
        let mut texts = texts.filter(|it| !it.trim().is_empty());
        texts.next()
    }

    fn why_nothing(&mut self) -> ClipboardError {
        self.fault.take().map_or(ClipboardError::Empty, |fault| ClipboardError::Unavailable(fault.to_string()))
    }
}

/// UTF-8, or UTF-16 where its mark says so, as Firefox writes HTML.
fn text_of(bytes: &[u8]) -> String {
    let wide = |rest: &[u8], number: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = rest.as_chunks::<2>().0.iter().map(|it| number(*it)).collect();
        String::from_utf16_lossy(&units)
    };
    let text = match bytes {
        [0xff, 0xfe, rest @ ..] => wide(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => wide(rest, u16::from_be_bytes),
        _ => String::from_utf8_lossy(bytes).into_owned(),
    };
    // Some send the end of their string along.
    text.trim_end_matches('\0').to_owned()
}

/// The files and links of a list (RFC 2483 §5), or of one that begins with what is to become of them.
fn listed_in(list: &str) -> Vec<Listed> {
    let listed = |line: &str| match path_of(line) {
        Some(path) => Some(Listed::File(path)),
        None => Link::is_meant(line).then(|| Listed::Link(line.to_owned())),
    };
    list.lines().map(str::trim).filter_map(listed).collect()
}

/// The path of a `file:` URL on this machine (RFC 8089).
#[cfg(unix)]
fn path_of(url: &str) -> Option<PathBuf> {
    let scheme = url.get(.."file:".len()).filter(|it| it.eq_ignore_ascii_case("file:"))?;
    let rest = url.get(scheme.len()..)?;
    let path = match rest.strip_prefix("//") {
        Some(rest) => rest.get(rest.find('/')?..)?,
        None => rest,
    };
    let path = path.split(['?', '#']).next()?;
    path.starts_with('/').then(|| OsString::from_vec(percent_decoded(path).into_owned()).into())
}

/// The path of a `file:` URL on this machine (RFC 8089, appendix E.2).
#[cfg(not(unix))]
fn path_of(url: &str) -> Option<PathBuf> {
    url::Url::parse(url).ok().filter(|it| it.scheme() == "file")?.to_file_path().ok()
}

#[cfg(test)]
#[cfg(all(unix, not(target_os = "macos")))]
mod tests {
    use super::{Fault, GivenUp, Offers, copied, dropped, foreseen, listed_in, pasted, pasted_text};
    use crate::{
        engine::embed::{Find, Listed},
        jobs::ports::{ClipboardError, Dragged, Pasted},
    };
    use std::path::PathBuf;

    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";
    const GIF: &[u8] = b"GIF89a\x01\0\x01\0";
    /// The same as a data URL.
    const GIF_URL: &str = "data:image/gif;base64,R0lGODlhAQABAA==";

    /// Contents by their kinds; one without content breaks off.
    struct Owner(Vec<String>, Vec<Option<Vec<u8>>>);

    impl Owner {
        fn of(offers: &[(&str, Option<&[u8]>)]) -> Self {
            let (kinds, contents) =
                offers.iter().map(|(kind, it)| ((*kind).to_owned(), it.map(<[u8]>::to_vec))).unzip();
            Self(kinds, contents)
        }
    }

    impl Offers for Owner {
        fn kinds(&self) -> &[String] {
            &self.0
        }

        fn take(&mut self, kind: &str) -> Result<Option<Vec<u8>>, Fault> {
            let at = self.0.iter().position(|it| it == kind).ok_or("asked for what is not offered")?;
            self.1[at].clone().map(Some).ok_or_else(|| "it broke off".into())
        }
    }

    fn taken(offers: &[(&str, Option<&[u8]>)]) -> Result<Pasted, ClipboardError> {
        pasted(&mut Owner::of(offers))
    }

    #[test]
    fn the_best_kind_wins_in_any_order() {
        let html = format!("<img src='{GIF_URL}'>");
        let all: [(&str, Option<&[u8]>); 5] = [
            ("text/plain", Some(b"words")),
            ("image/png", Some(PNG)),
            ("text/html", Some(html.as_bytes())),
            ("image/gif", Some(GIF)),
            ("text/uri-list", Some(b"# a list\r\nfile:///a.png\r\nhttps://example.org/\r\n")),
        ];
        let link = || Listed::Link("https://example.org/".to_owned());
        assert_eq!(taken(&all), Ok(Pasted::List(vec![Listed::File("/a.png".into()), link()])));
        let files: [(&str, Option<&[u8]>); 1] = [("text/uri-list", Some(b"file:///a.png\r\n"))];
        assert_eq!(taken(&files), Ok(Pasted::Files(vec!["/a.png".into()])));
        assert_eq!(taken(&all[..4]), Ok(Pasted::Encoded(GIF.to_vec())), "before the pixels");
        let Ok(Pasted::Found(found)) = taken(&all[..3]) else { panic!("nothing in the page") };
        assert_eq!(found.images, [Find::Bytes(GIF.to_vec())]);
        assert_eq!(taken(&all[..2]), Ok(Pasted::Encoded(PNG.to_vec())));
        assert_eq!(taken(&all[..1]), Ok(Pasted::Text("words".to_owned())));
        assert_eq!(pasted_text(&mut Owner::of(&all)), Ok("words".to_owned()));
    }

    #[test]
    fn what_is_not_as_it_says_is_passed_over() {
        let link = b"<img src='https://example.org/a.gif'>";
        let offers: [(&str, Option<&[u8]>); 4] =
            [("image/webp", Some(b"words")), ("image/jpeg", None), ("text/html", Some(link)), ("image/png", Some(PNG))];
        assert_eq!(taken(&offers), Ok(Pasted::Encoded(PNG.to_vec())));
        assert_eq!(taken(&[]), Err(ClipboardError::Empty));
        assert_eq!(taken(&[("text/plain", Some(b" \n"))]), Err(ClipboardError::Empty));
        assert_eq!(taken(&[("image/png", None)]), Err(ClipboardError::Unavailable("it broke off".to_owned())));
    }

    /// Fails in the same way whatever it is asked for, and remembers that.
    struct Failing<F> {
        kinds: Vec<String>,
        fault: F,
        asked: Vec<String>,
    }

    impl<F> Failing<F> {
        fn of(kinds: &[&str], fault: F) -> Self {
            Self { kinds: kinds.iter().map(ToString::to_string).collect(), fault, asked: vec![] }
        }
    }

    impl<F: Fn() -> Fault> Offers for Failing<F> {
        fn kinds(&self) -> &[String] {
            &self.kinds
        }

        fn take(&mut self, kind: &str) -> Result<Option<Vec<u8>>, Fault> {
            self.asked.push(kind.to_owned());
            Err((self.fault)())
        }
    }

    #[test]
    fn an_owner_that_hangs_is_waited_for_once() {
        let kinds = ["image/webp", "image/jpeg", "text/html", "image/png", "text/plain"];
        for (given_up, words) in [
            (GivenUp::Silent, "the program that it comes from does not answer"),
            (GivenUp::TooSlow, "the program that it comes from takes too long"),
        ] {
            let fault = move || Fault::from(given_up);
            let why = || ClipboardError::Unavailable(words.to_owned());
            for take in [pasted, dropped] {
                let mut owner = Failing::of(&kinds, fault);
                assert_eq!(take(&mut owner), Err(why()));
                assert_eq!(owner.asked, ["image/webp"], "{words}");
            }
            let mut owner = Failing::of(&kinds, fault);
            assert_eq!((copied(&mut owner), owner.asked.len()), (None, 1), "{words}");
            // Whether it is confidential is not known then.
            let mut owner = Failing::of(&["text/plain", "x-kde-passwordManagerHint"], fault);
            assert_eq!(pasted_text(&mut owner), Err(why()));
            assert_eq!(owner.asked, ["x-kde-passwordManagerHint"], "{words}");
        }
        // Of one that only breaks off, another kind may come.
        let mut owner = Failing::of(&kinds, || Fault::from("it broke off"));
        assert_eq!(pasted(&mut owner), Err(ClipboardError::Unavailable("it broke off".to_owned())));
        assert!(kinds.iter().all(|kind| owner.asked.iter().any(|it| it == kind)), "{:?}", owner.asked);
    }

    #[test]
    fn pixels_of_a_toolkit_are_taken_without_loss() {
        let png: (&str, Option<&[u8]>) = ("image/png", Some(PNG));
        let svg: (&str, Option<&[u8]>) = ("image/svg+xml", Some(b"<svg/>"));
        let others = ["image/jpeg", "image/x-icon", "image/webp"].map(|it| (it, Some(GIF)));
        for sign in ["image/bmp", "application/x-qt-image"] {
            let all = [&[(sign, Some(GIF))], &others[..], &[png]].concat();
            assert_eq!(taken(&all), Ok(Pasted::Encoded(PNG.to_vec())), "{sign}");
            assert_eq!(dropped(&mut Owner::of(&all)), Ok(Pasted::Encoded(PNG.to_vec())), "{sign}");
            let drawing = taken(&[&all[..], &[svg]].concat());
            assert_eq!(drawing, Ok(Pasted::Encoded(b"<svg/>".to_vec())), "{sign}");
        }
        assert_eq!(taken(&[&others[..], &[png]].concat()), Ok(Pasted::Encoded(GIF.to_vec())), "its own bytes");
        let ours = [("image/gif", Some(GIF)), png, ("image/bmp", None), ("application/x-inlaid", None)];
        assert_eq!(taken(&ours), Ok(Pasted::Encoded(GIF.to_vec())), "as Windows offers what we have copied");
        assert_eq!(taken(&[("image/bmp", Some(GIF))]), Ok(Pasted::Encoded(GIF.to_vec())), "nothing else is there");
    }

    #[test]
    fn what_is_confidential_is_left_alone() {
        let secret: [(&str, Option<&[u8]>); 2] = [("text/plain", None), ("x-kde-passwordManagerHint", Some(b"secret"))];
        assert_eq!(taken(&secret), Err(ClipboardError::Confidential));
        assert_eq!(pasted_text(&mut Owner::of(&secret)), Err(ClipboardError::Confidential));
    }

    #[test]
    fn files_are_named_in_several_ways() {
        let list = "copy\nfile:///a%20b.png\nfile://localhost/c.png\nFILE:/d%E5%B1%B1.png\nfile://\nfile:e.png\n/f.png";
        assert_eq!(listed_in(list), ["/a b.png", "/c.png", "/d山.png"].map(|it| Listed::File(it.into())));
    }

    /// A system that knows the paths of copied files, or does not hand them over.
    struct Paths(Owner, Option<&'static str>);

    impl Offers for Paths {
        fn kinds(&self) -> &[String] {
            self.0.kinds()
        }

        fn take(&mut self, kind: &str) -> Result<Option<Vec<u8>>, Fault> {
            self.0.take(kind)
        }

        fn files(&mut self) -> Result<Vec<PathBuf>, Fault> {
            Ok(vec![self.1.ok_or("no paths")?.into()])
        }
    }

    #[test]
    fn paths_that_the_system_knows_are_files() {
        let all: [(&str, Option<&[u8]>); 2] = [("image/gif", Some(GIF)), ("text/plain", Some(b"words"))];
        let files = pasted(&mut Paths(Owner::of(&all), Some("/a.png")));
        assert_eq!(files, Ok(Pasted::Files(vec!["/a.png".into()])));
        assert_eq!(pasted(&mut Paths(Owner::of(&all), None)), Ok(Pasted::Encoded(GIF.to_vec())));
        let nothing = pasted(&mut Paths(Owner::of(&[]), None));
        assert_eq!(nothing, Err(ClipboardError::Unavailable("no paths".to_owned())));
    }

    #[test]
    fn what_is_here_already_is_not_fetched() {
        let list: (&str, Option<&[u8]>) = ("text/uri-list", Some(b"https://example.org/a.png\r\n"));
        let html: (&str, Option<&[u8]>) = ("text/html", Some(b"<p>Words <img src='https://example.org/a.gif'>"));
        let words: (&str, Option<&[u8]>) = ("text/plain", Some(b"Words"));
        assert_eq!(taken(&[list, html, ("image/png", Some(PNG))]), Ok(Pasted::Encoded(PNG.to_vec())));
        let link = "https://example.org/a.png".to_owned();
        assert_eq!(taken(&[words, html, list]), Ok(Pasted::List(vec![Listed::Link(link)])));
        let Ok(Pasted::Found(found)) = taken(&[words, html]) else { panic!("nothing in the page") };
        assert_eq!(found.images, [Find::Link("https://example.org/a.gif".to_owned())]);
        let linked = b"<A HREF='https://example.org/'><img src='https://example.org/a.gif'></A>";
        let linked: (&str, Option<&[u8]>) = ("text/html", Some(linked));
        let target: (&str, Option<&[u8]>) = ("text/uri-list", Some(b"https://example.org/\r\n"));
        let Ok(Pasted::Found(found)) = taken(&[target, linked]) else { panic!("nothing in the page") };
        assert_eq!(found.images, [Find::Link("https://example.org/a.gif".to_owned())]);
        let page: (&str, Option<&[u8]>) = ("text/html", Some(b"<a href='https://example.org/'>Words</a>"));
        assert_eq!(taken(&[target, page]), Ok(Pasted::List(vec![Listed::Link("https://example.org/".to_owned())])));
        assert_eq!(taken(&[words, page]), Ok(Pasted::Text("Words".to_owned())));
    }

    #[test]
    fn texts_may_be_wide_and_end_with_nothing() {
        let wide = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
        let text = [&[0xff, 0xfe][..], &wide("山\0")].concat();
        assert_eq!(pasted_text(&mut Owner::of(&[("text/plain", Some(&text))])), Ok("山".to_owned()));
    }

    #[test]
    fn a_dropped_link_comes_before_pixels_and_after_bytes() {
        let list: (&str, Option<&[u8]>) = ("text/uri-list", Some(b"https://example.org/a.png\r\n"));
        let (png, gif): ((&str, Option<&[u8]>), _) = (("image/png", Some(PNG)), ("image/gif", Some(GIF)));
        let drop = |offers: &[(&str, Option<&[u8]>)]| dropped(&mut Owner::of(offers));
        let link = || Pasted::List(vec![Listed::Link("https://example.org/a.png".to_owned())]);
        assert_eq!(drop(&[png, list]), Ok(link()));
        assert_eq!(drop(&[png, list, gif]), Ok(Pasted::Encoded(GIF.to_vec())));
        assert_eq!(drop(&[png]), Ok(Pasted::Encoded(PNG.to_vec())));
        let titled: Vec<u8> = "https://example.org/a.png\nA title".encode_utf16().flat_map(u16::to_ne_bytes).collect();
        let titled: (&str, Option<&[u8]>) = ("text/x-moz-url", Some(&titled));
        assert_eq!(drop(&[png, titled]), Ok(link()));
        let bytes = |content| ("application/octet-stream", Some(content));
        assert_eq!(drop(&[titled, bytes(GIF)]), Ok(Pasted::Encoded(GIF.to_vec())));
        assert_eq!(drop(&[titled, bytes(b"%PDF-1.7")]), Ok(link()));
        // As Chromium offers a picture of a page on Wayland, whatever its name.
        for named in ["application/octet-stream;name=\"a;b.png\"", "application/octet-stream ; name=a.png"] {
            assert_eq!(drop(&[titled, (named, Some(GIF))]), Ok(Pasted::Encoded(GIF.to_vec())), "{named}");
        }
        assert_eq!(drop(&[titled, ("application/octet-streams", Some(GIF))]), Ok(link()), "another kind");
        assert_eq!(drop(&[("image/webp", Some(b"words"))]), Err(ClipboardError::Empty));
    }

    #[test]
    fn of_what_is_copied_elsewhere_only_images_count() {
        let take = |offers: &[(&str, Option<&[u8]>)]| copied(&mut Owner::of(offers));
        let (png, gif): ((&str, Option<&[u8]>), _) = (("image/png", Some(PNG)), ("image/gif", Some(GIF)));
        let html: (&str, Option<&[u8]>) = ("text/html", Some(b"<img src='https://example.org/a.png'>"));
        assert_eq!(take(&[html, png, gif]), Some(Pasted::Encoded(GIF.to_vec())));
        assert_eq!(take(&[png]), Some(Pasted::Encoded(PNG.to_vec())));
        let files: (&str, Option<&[u8]>) = ("text/uri-list", Some(b"file:///a.PNG\nfile:///b.odt\nfile:///c\n"));
        assert_eq!(take(&[files, png]), Some(Pasted::Files(vec!["/a.PNG".into()])));
        assert_eq!(take(&[("text/uri-list", Some(b"file:///b.odt\n")), png]), None);
        let text = |text: &'static str| ("text/plain", Some(text.as_bytes()));
        for address in ["/home/me/a.png", "file:///a.png", "https://example.org/a.png\n"] {
            assert_eq!(take(&[text(address), png]), Some(Pasted::Encoded(PNG.to_vec())), "{address}");
        }
        let Some(Pasted::Found(found)) = take(&[text("  DATA:image/gif;base64,R0lGODlhAQABAA==\n")]) else {
            panic!("a data URL")
        };
        assert_eq!(found.images, [Find::Bytes(GIF.to_vec())]);
        // Words, links, code with an image in it, the picture of a table beside its text.
        let code = "<img src='data:image/gif;base64,R0lGODlhAQABAA=='>";
        for words in ["Words", "https://example.org/a.png", code, "R0lGODlhAQABAA==", "data:text/plain,words"] {
            assert_eq!(take(&[text(words), html]), None, "{words}");
        }
        assert_eq!(take(&[text("1\t2\n3\t4\n"), png]), None);
        let secret: (&str, Option<&[u8]>) = ("x-kde-passwordManagerHint", Some(b"secret"));
        assert_eq!(take(&[png, secret]), None);
        assert_eq!(take(&[png, ("application/x-inlaid", None)]), None, "our own");
    }

    #[test]
    fn what_a_drop_would_bring_is_told_without_taking_pictures() {
        // Whatever has no content breaks off when it is taken.
        let list: (&str, Option<&[u8]>) = ("text/uri-list", Some(b"file:///a.png\r\nhttps://example.org/\r\n"));
        let links: (&str, Option<&[u8]>) = ("text/uri-list", Some(b"https://example.org/\r\n"));
        let [gif, png, html] = ["image/gif", "image/png", "text/html"].map(|it| (it, None));
        for (offers, things) in [
            (vec![html, gif, list], vec![Dragged::File("/a.png".into()), Dragged::Link]),
            (vec![html, gif, links], vec![Dragged::Image]),
            (vec![html, png, links], vec![Dragged::Link]),
            (vec![("text/x-moz-url", None), ("application/octet-stream", None)], vec![Dragged::Image]),
            (vec![links, ("application/octet-stream;name=\"a.png\"", None)], vec![Dragged::Image]),
            (vec![html, png], vec![Dragged::Image]),
            (vec![("text/x-moz-url", None), html], vec![Dragged::Link]),
            (vec![html], vec![Dragged::Text]),
            (vec![("text/uri-list", Some(b"ftp://example.org/a.png"))], vec![]),
            (vec![("application/x-colour", None)], vec![]),
            (vec![html, ("x-kde-passwordManagerHint", Some(b"secret"))], vec![]),
        ] {
            assert_eq!(foreseen(&mut Owner::of(&offers)), things, "{offers:?}");
        }
    }
}
