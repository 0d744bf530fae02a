//! The images that a page of HTML names, best first: those it shows others, then those in it.
//!
//! Tags and attributes are read as the HTML standard tokenises them (§13.2.5); no tree is built.

use super::{Link, escapes::html_unescaped};
use std::collections::HashMap;

/// So many are offered at most.
const MOST_IMAGES: usize = 12;
/// No more than this of a page is looked through, in bytes.
const FAR: usize = 8 << 20;
/// So many attributes of one tag are looked at.
const MOST_ATTRIBUTES: usize = 64;
/// A tag is no longer than this, in bytes.
const LONGEST_TAG: usize = 1 << 16;
/// So much of the beginning is looked at to tell a page from other texts (MIME Sniffing §5.2).
const HEAD: usize = 1445;

/// Is this the beginning of a page (MIME Sniffing standard §7.1)?
pub fn is_page(bytes: &[u8]) -> bool {
    const TAGS: [&str; 16] = [
        "<!doctype html",
        "<html",
        "<head",
        "<script",
        "<iframe",
        "<h1",
        "<div",
        "<font",
        "<table",
        "<a",
        "<style",
        "<title",
        "<b",
        "<body",
        "<br",
        "<p",
    ];
    let head = String::from_utf8_lossy(bytes.get(..HEAD).unwrap_or(bytes)).to_ascii_lowercase();
    let mut head = head.trim_start_matches(['\u{feff}', '\t', '\n', '\u{c}', '\r', ' ']);
    // XHTML begins like any XML.
    if head.starts_with("<?xml") {
        return head.contains("<html");
    }
    while let Some(comment) = head.strip_prefix("<!--") {
        let Some((_, rest)) = comment.split_once("-->") else { return true };
        head = rest.trim_start();
    }
    let ends = |it: char| it == ' ' || it == '>' || it.is_ascii_whitespace();
    TAGS.iter().any(|tag| head.strip_prefix(tag).is_some_and(|rest| rest.starts_with(ends)))
}

/// The images that a page at this address names: at most twelve, each once.
pub fn images_of_page(bytes: &[u8], address: &Link) -> Vec<Link> {
    let text = String::from_utf8_lossy(bytes.get(..FAR).unwrap_or(bytes));
    let (mut base, mut found): (Option<Link>, Vec<(Rank, String)>) = (None, vec![]);
    for tag in Tags(&text) {
        if tag.name == "base" {
            let href = tag.attributes.get("href");
            base = base.or_else(|| href.and_then(|it| address.join(it).ok()));
        } else if let Some(image) = image_of(&tag) {
            found.push(image);
        }
    }
    found.sort_by_key(|(rank, _)| *rank);
    let base = base.as_ref().unwrap_or(address);
    let mut links: Vec<Link> = vec![];
    for (_, reference) in found {
        if let Ok(link) = base.join(&reference)
            && links.len() < MOST_IMAGES
            && !links.contains(&link)
        {
            links.push(link);
        }
    }
    links
}

/// What is offered first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    /// Open Graph (ogp.me).
    OpenGraph,
    /// The same for Twitter's cards.
    Card,
    /// `rel="image_src"` of a link.
    ImageSource,
    /// In the page.
    Image,
    /// Of the whole site.
    Icon,
}

fn image_of(tag: &Tag) -> Option<(Rank, String)> {
    let value = |name: &str| tag.attributes.get(name).map(|it| it.trim()).filter(|it| !it.is_empty());
    let (rank, reference) = match tag.name.as_str() {
        "meta" => {
            let name = value("property").or_else(|| value("name"))?.to_ascii_lowercase();
            let rank = match name.as_str() {
                "og:image" | "og:image:url" | "og:image:secure_url" => Rank::OpenGraph,
                "twitter:image" | "twitter:image:src" => Rank::Card,
                _ => return None,
            };
            (rank, value("content")?.to_owned())
        }
        "link" => {
            let words = value("rel")?.to_ascii_lowercase();
            let has = |word: &str| words.split_ascii_whitespace().any(|it| it == word);
            let rank = match () {
                () if has("image_src") => Rank::ImageSource,
                () if has("icon") || has("apple-touch-icon") => Rank::Icon,
                () => return None,
            };
            (rank, value("href")?.to_owned())
        }
        "img" => {
            // What comes later, by a script, stands in an attribute of its own.
            let sets = ["srcset", "data-srcset"].into_iter().find_map(|it| value(it).and_then(largest));
            let single = || ["src", "data-src"].into_iter().filter_map(value).find(|it| !is_inline(it));
            (Rank::Image, sets.or_else(single)?.to_owned())
        }
        _ => return None,
    };
    (!is_inline(&reference)).then_some((rank, reference))
}

/// Is it no link, but the bytes themselves?
fn is_inline(reference: &str) -> bool {
    reference.get(.."data:".len()).is_some_and(|it| it.eq_ignore_ascii_case("data:"))
}

/// The largest of several versions of an image (HTML standard §4.8.4.2.2, "parse a srcset attribute").
fn largest(set: &str) -> Option<&str> {
    let mut best: Option<(f64, &str)> = None;
    let mut rest = set;
    loop {
        rest = rest.trim_start_matches(|it: char| it == ',' || it.is_ascii_whitespace());
        if rest.is_empty() {
            return best.map(|(_, url)| url);
        }
        let (url, after) = rest.split_at(rest.find(|it: char| it.is_ascii_whitespace()).unwrap_or(rest.len()));
        let (url, descriptor) = match url.strip_suffix(',') {
            Some(bare) => {
                rest = after;
                (bare.trim_end_matches(','), "")
            }
            None => {
                let (descriptor, others) = after.split_at(after.find(',').unwrap_or(after.len()));
                rest = others;
                (url, descriptor)
            }
        };
        let number = descriptor.split_ascii_whitespace().find_map(|it| it.trim_end_matches(['w', 'x']).parse().ok());
        let size = number.unwrap_or(1.0);
        if best.is_none_or(|(known, _)| known < size) && !is_inline(url) {
            best = Some((size, url));
        }
    }
}

/// A tag that begins an element; its name and those of its attributes in lower case.
struct Tag {
    name: String,
    attributes: HashMap<String, String>,
}

/// The tags of a text. What is in comments, scripts and styles is passed over.
struct Tags<'a>(&'a str);

impl Iterator for Tags<'_> {
    type Item = Tag;

    fn next(&mut self) -> Option<Tag> {
        loop {
            let rest = self.0.get(self.0.find('<')? + 1..)?;
            if let Some(comment) = rest.strip_prefix("!--") {
                self.0 = comment.split_once("-->").map_or("", |(_, after)| after);
                continue;
            }
            self.0 = rest;
            if !rest.starts_with(|it: char| it.is_ascii_alphabetic()) {
                continue;
            }
            let (tag, after) = tag(rest);
            self.0 = after;
            if ["script", "style", "textarea", "title"].contains(&tag.name.as_str()) {
                self.0 = behind_end_of(&tag.name, after);
            }
            return Some(tag);
        }
    }
}

/// What follows the end tag of an element that holds nothing but text.
fn behind_end_of<'a>(name: &str, text: &'a str) -> &'a str {
    let mut at = 0;
    while let Some(offset) = text.get(at..).and_then(|it| it.find("</")) {
        at += offset + 2;
        let end = text.get(at..at + name.len());
        if end.is_some_and(|it| it.eq_ignore_ascii_case(name)) {
            return text.get(at + name.len()..).unwrap_or_default();
        }
    }
    ""
}

/// Reads a tag behind its `<`; what follows it.
fn tag(text: &str) -> (Tag, &str) {
    let ends_name = |it: char| it.is_ascii_whitespace() || "/>".contains(it);
    // A tag without an end would be looked through again and again.
    let near = text.get(..text.floor_char_boundary(LONGEST_TAG)).unwrap_or(text);
    let (name, mut rest) = near.split_at(near.find(ends_name).unwrap_or(near.len()));
    let mut attributes = HashMap::new();
    loop {
        rest = rest.trim_start_matches(|it: char| it.is_ascii_whitespace() || it == '/');
        if rest.is_empty() || rest.starts_with('>') {
            break;
        }
        let end = rest.char_indices().skip(1).find(|(_, it)| ends_name(*it) || *it == '=').map(|(at, _)| at);
        let (name, after) = rest.split_at(end.unwrap_or(rest.len()));
        rest = after.trim_start();
        let mut value = "";
        if let Some(after) = rest.strip_prefix('=') {
            (value, rest) = attribute_value(after.trim_start());
        }
        if attributes.len() < MOST_ATTRIBUTES {
            // Of two with the same name the first counts.
            let value = html_unescaped(value).into_owned();
            attributes.entry(name.to_ascii_lowercase()).or_insert(value);
        }
    }
    let used = near.len() - rest.len();
    (Tag { name: name.to_ascii_lowercase(), attributes }, text.get(used..).unwrap_or_default())
}

/// A value, with or without quotes, and what follows it.
fn attribute_value(text: &str) -> (&str, &str) {
    match text.chars().next().filter(|it| "\"'".contains(*it)) {
        Some(quote) => {
            let inner = text.get(1..).unwrap_or_default();
            inner.split_once(quote).unwrap_or((inner, ""))
        }
        None => text.split_at(text.find(|it: char| it.is_ascii_whitespace() || it == '>').unwrap_or(text.len())),
    }
}

#[cfg(test)]
mod tests {
    use super::{images_of_page, is_page, largest};
    use crate::engine::embed::Link;

    fn images(html: &str) -> Vec<String> {
        let address = Link::parse("https://example.org/a/page.html").unwrap();
        images_of_page(html.as_bytes(), &address).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn what_a_page_shows_others_comes_first() {
        let html = "<!DOCTYPE html><HTML><head><title><img src=no.png></title>\
            <link rel='shortcut ICON' href=/favicon.ico><link rel=image_src href='src.png'><link rel=stylesheet href=s.css>\
            <meta name=\"twitter:image\" content='//cdn.example.net/card.jpg'>\
            <meta property='og:image' content='https://example.org/og.png?a=1&amp;b=2'>\
            <meta property=og:title content=no.png></head>\
            <body><!-- <img src=no.png> --><script>var a = '<img src=no.png>';</script>\
            <IMG SRC = one.png alt='a > b'><img src='one.png'><img src='data:image/gif;base64,R0lGODlhAQABAA=='>\
            <img src=data:,x data-src=late.png><img srcset='s.png 320w, m.png 640w,l.png 1280w' src=s.png>\
            <img src='javascript:alert(1)'><img src='file:///etc/passwd'><img alt=none><img src=''>";
        assert_eq!(
            images(html),
            [
                "https://example.org/og.png?a=1&b=2",
                "https://cdn.example.net/card.jpg",
                "https://example.org/a/src.png",
                "https://example.org/a/one.png",
                "https://example.org/a/late.png",
                "https://example.org/a/l.png",
                "https://example.org/favicon.ico",
            ]
        );
    }

    #[test]
    fn references_start_from_the_base_of_the_page() {
        let html = "<img src=a.png><base target=_top><base href='/b/'><base href='/c/'>";
        assert_eq!(images(html), ["https://example.org/b/a.png"]);
        assert_eq!(images("<base href='file:///etc/'><img src=passwd>"), ["https://example.org/a/passwd"]);
    }

    #[test]
    fn a_long_page_offers_twelve() {
        let html: String = (0..50).map(|it| format!("<img src={it}.png>")).collect();
        let images = images(&html);
        assert_eq!((images.len(), images[11].as_str()), (12, "https://example.org/a/11.png"));
    }

    #[test]
    fn of_a_set_the_largest_is_taken() {
        for (set, url) in [
            ("a.png", Some("a.png")),
            ("a.png 1x, b.png 2x", Some("b.png")),
            ("a.png, b.png 1.5x", Some("b.png")),
            ("a,b.png 100w,\n c.png 50w", Some("a,b.png")),
            ("a.png,, b.png 3x ,", Some("b.png")),
            ("data:,x 9x, a.png 1x", Some("a.png")),
            (" , ", None),
        ] {
            assert_eq!(largest(set), url, "{set:?}");
        }
    }

    #[test]
    fn a_page_is_known_by_how_it_begins() {
        for page in [
            "<!DOCTYPE HTML>\n<html>",
            "\u{feff} \n<html lang=en>",
            "<!-- saved --><!-- twice -->\n<p>",
            "<?xml version='1.0'?><!DOCTYPE html PUBLIC ''><html xmlns='http://www.w3.org/1999/xhtml'>",
            "<div class=a>",
        ] {
            assert!(is_page(page.as_bytes()), "{page}");
        }
        for other in ["", "hello <html>", "<htmlx>", "{\"a\": \"<html>\"}", "<?xml version='1.0'?><rss>", "\u{89}PNG"] {
            assert!(!is_page(other.as_bytes()), "{other}");
        }
    }

    #[test]
    fn whatever_a_page_is_made_of_only_links_come_out() {
        let page = "<!doctype html><base href='/b/'><meta property=og:image content='//cdn.example.net/a.png?x=1&amp;y=2'>\
                    <link rel='icon image_src' href=i.ico><img srcset='a.png 1x, b.png 2x' src=\"a.png\" alt='山'>\
                    <!-- <img src=c.png> --><script>'<img src=d.png>'</script><img src=http://me:secret@h/e.png>";
        let bytes = page.as_bytes();
        let address = Link::parse("https://example.org/a/page.html").unwrap();
        let mut n_found = 0;
        for at in 0..bytes.len() {
            for sign in *b"<>\"'=/ &,-\xff" {
                let changed = [&bytes[..at], &[sign], &bytes[at + 1..]].concat();
                for text in [&changed[..], &changed[..=at], &changed[at..]] {
                    let links = images_of_page(text, &address);
                    let is_fine = |it: &Link| Link::parse(it.as_str()).as_ref() == Ok(it);
                    assert!(links.len() <= 12 && links.iter().all(is_fine), "{links:?}");
                    n_found += links.len();
                }
            }
        }
        assert!(bytes.len() < n_found);
    }

    #[test]
    fn pages_made_to_be_looked_through_again_and_again_come_to_an_end() {
        for piece in ["<", "<!--", "<a b='", "<img src", "<script>", "</", "<a =", "<img srcset=',", "&"] {
            let text = piece.repeat(2_000_000 / piece.len());
            assert!(images(&text).len() <= 1, "{piece}");
        }
    }
}
