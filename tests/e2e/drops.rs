//! Drops from programs that nobody here wrote, on X11 and on Wayland: GTK, a browser, and on X11 a source with
//! rare offers.

use crate::{
    PIXELS,
    access::find,
    compositor::DESKTOP,
    decoded,
    desk::{Desk, left_out, wait_for},
    draw,
    links::server::{Server, send},
    pillow, pillow_of_bytes, text,
};
use std::{
    fs,
    io::BufRead as _,
    path::{Path, PathBuf},
    sync::mpsc,
    thread,
    time::Duration,
};

/// So long a source may take for a word.
const LATEST: Duration = Duration::from_secs(120);
/// And so long until it knows that it is dragged from.
const SOON: Duration = Duration::from_secs(10);

/// The left border of the canvas, where the overlay has its frame; nothing is dragged over it.
pub(crate) const BORDER: [i32; 4] = [2, 200, 60, 600];

/// Drags from a place on the screen over the canvas, and lets go there once the window has answered.
pub(crate) fn drag_from(desk: &Desk, place: [i32; 2]) {
    let before = hold_over_canvas(desk, place);
    let_go(desk, &before);
}

/// Lets go of what is held over the canvas, once the window has answered.
fn let_go(desk: &Desk, before: &[u8]) {
    wait_for("the overlay", || {
        desk.pointer(&["mousemove_relative", "--", "1", "0"]);
        is_announced(desk, before).then_some(())
    });
    desk.pointer(&["mouseup", "1"]);
}

/// Drags from a place over the canvas; gives what the canvas looked like before.
pub(crate) fn hold_over_canvas(desk: &Desk, place: [i32; 2]) -> Vec<u8> {
    hold_at(desk, place, 360)
}

/// The same at a height of the canvas.
fn hold_at(desk: &Desk, [x, y]: [i32; 2], height: i32) -> Vec<u8> {
    let place = [x.to_string(), y.to_string()];
    desk.pointer(&["mousemove", &place[0], &place[1]]);
    let before = desk.screen(BORDER);
    desk.pointer(&["mousedown", "1"]);
    for step in 1..=6 {
        desk.pointer(&["mousemove_relative", "--", &(-4 * step).to_string(), "2"]);
    }
    for step in 0..8 {
        desk.pointer(&["mousemove", &(680 - step * 20).to_string(), &height.to_string()]);
    }
    before
}

pub(crate) fn is_announced(desk: &Desk, before: &[u8]) -> bool {
    let now = desk.screen(BORDER);
    300 < now.iter().zip(before).filter(|(now, before)| now != before).count()
}

/// A window that is dragged from to the canvas.
pub(crate) struct Source<I> {
    said: I,
    /// The number of the window, or on sway of its process.
    number: String,
}

impl<I: Iterator<Item = String>> Source<I> {
    pub(crate) fn expect(&mut self, words: &[&str]) {
        for word in words {
            assert_eq!(self.said.next().as_deref(), Some(*word));
        }
    }

    pub(crate) fn close(self, desk: &Desk) {
        if desk.compositor.is_none() {
            desk.pointer(&["windowkill", &self.number]);
        } else {
            desk.output_of(10, "kill", &["-KILL", &self.number]);
        }
        wait_for("the end of the source", || source_of(desk).is_none().then_some(()));
    }
}

/// The window of one of our scripts, once it says that it is ready and can be aimed at.
pub(crate) fn source(desk: &mut Desk, script: &str, args: &[&str]) -> Source<impl Iterator<Item = String> + use<>> {
    let script = desk.script(script);
    let said = desk.start_python(&script, args).lines().map(Result::unwrap);
    let number = wait_for("the source", || source_of(desk));
    if desk.compositor.is_some() {
        // Sway names the place of a window before it is there. A press that goes past its surface moves the window.
        wait_for("the look of the source", || {
            let free_ground = desk.screen([1380, 780, 1420, 820]);
            (desk.screen([1380, 380, 1420, 420]) != free_ground).then_some(())
        });
    }
    let mut source = Source { said, number };
    source.expect(&["ready"]);
    source
}

/// The same of GTK, which offers this.
pub(crate) fn gtk(
    desk: &mut Desk,
    manner: &str,
    offers: &[(&str, &Path)],
) -> Source<impl Iterator<Item = String> + use<>> {
    let offers: Vec<String> = offers.iter().map(|(kind, path)| format!("{kind}={}", text(path))).collect();
    let args: Vec<&str> = [manner].into_iter().chain(offers.iter().map(String::as_str)).collect();
    source(desk, "drag_offers.py", &args)
}

/// The number by which a source is known.
fn source_of(desk: &Desk) -> Option<String> {
    if desk.compositor.is_some() {
        let windows = desk.windows_of_sway();
        return Some(windows.iter().find(|it| it["name"] == "drag source" && it["pid"].is_u64())?["pid"].to_string());
    }
    let window = desk.xdotool(&["search", "--onlyvisible", "--name", "^drag source$"])?;
    desk.xdotool(&["getwindowgeometry", &window]).map(|_| window)
}

/// In the middle of the window of a [`source`].
pub(crate) const SOURCE_PLACE: [i32; 2] = [1400, 400];

/// Waits for a picture, which Pillow must read as this after it was copied as PNG, and removes it.
pub(crate) fn expect_picture(desk: &Desk, title: &str, look: &str) {
    desk.wait_for_title(&format!("{title} — Inlaid"));
    desk.press("ctrl+c");
    wait_for(look, || (pillow_of_bytes(desk, &decoded(&desk.copied_text_of_ours())) == look).then_some(()));
    desk.press("ctrl+w");
    desk.wait_for_title("Inlaid");
}

fn written(desk: &Desk, name: &str, content: &[u8]) -> PathBuf {
    let path = desk.picture(name);
    fs::write(&path, content).unwrap();
    path
}

#[test]
fn a_program_drops_bytes_pages_and_texts() {
    let Some(desk) = Desk::open("a_program_drops_bytes_pages_and_texts") else { return };
    drop_bytes_pages_and_texts(desk);
}

#[test]
fn a_program_of_wayland_drops_bytes_files_pages_and_texts() {
    let name = "a_program_of_wayland_drops_bytes_files_pages_and_texts";
    let Some(desk) = Desk::open_sway_on_screen(name) else { return };
    drop_bytes_pages_and_texts(desk);
}

fn drop_bytes_pages_and_texts(mut desk: Desk) {
    desk.remember("png");
    let webp = draw(&desk, "bytes.webp", 3);
    let look = pillow(&desk, &webp);
    // So large that GTK sends it in pieces.
    let large = desk.picture("large.png");
    let hash = |x: u32, y: u32| (x ^ y.rotate_left(11)).wrapping_mul(0x9E37_79B1).rotate_left(9).wrapping_mul(x | 1);
    let noise = |x, y| image::Rgb([0, 8, 16].map(|it| (hash(x, y) >> it) as u8));
    image::RgbImage::from_fn(1_400, 1_100, noise).save(&large).unwrap();
    assert!(3_000_000 < fs::metadata(&large).unwrap().len(), "it goes in one piece");
    let large_look = pillow(&desk, &large);
    let server = Server::start(&fs::read(draw(&desk, "linked.png", 5)).unwrap());
    let link = written(&desk, "link.txt", server.link("/a/sunset.png").as_bytes());
    let page = format!("<p>Words <img src='{}'>", server.link("/a/page.png"));
    let page = written(&desk, "page.html", page.as_bytes());
    let words = written(&desk, "words.txt", b"Words");
    let list = written(&desk, "list.txt", format!("file://{}\r\n", text(&webp)).as_bytes());
    let linked_look = format!("200x150 {PIXELS}");
    desk.launch(&[], "Inlaid");
    for (offers, asked, title, look) in [
        // Bytes before the pixels that somebody made of them, and both before a link to them.
        (
            vec![("text/plain", &words), ("image/png", &large), ("text/uri-list", &link), ("image/webp", &webp)],
            vec!["data text/uri-list", "data image/webp"],
            "dropped image",
            &look,
        ),
        (vec![("image/png", &large)], vec!["data image/png"], "dropped image", &large_look),
        (vec![("text/uri-list", &list), ("image/png", &large)], vec!["data text/uri-list"], "bytes.webp", &look),
        (vec![("UTF8_STRING", &link)], vec!["data UTF8_STRING"], "sunset.png", &linked_look),
        (vec![("text/html", &page), ("text/plain", &words)], vec!["data text/html"], "page.png", &linked_look),
    ] {
        let offers: Vec<_> = offers.into_iter().map(|(kind, path)| (kind, path.as_path())).collect();
        let mut source = gtk(&mut desk, "plain", &offers);
        drag_from(&desk, SOURCE_PLACE);
        source.expect(&["begin"]);
        source.expect(&asked);
        source.expect(&["end"]);
        source.close(&desk);
        expect_picture(&desk, title, look);
    }
    assert_eq!(server.requests().len(), 2, "each link once, and none where the bytes were there");
}

/// Another compositor, which serves one data device of a program alone.
#[test]
fn a_program_drops_bytes_under_weston() {
    let Some(mut desk) = Desk::open_weston_on_screen("a_program_drops_bytes_under_weston", DESKTOP) else { return };
    desk.write_settings(r#"{ "format": "png", "window": { "width": 1180, "height": 760, "maximized": true } }"#);
    desk.start_accessibility();
    let webp = draw(&desk, "bytes.webp", 3);
    let words = written(&desk, "words.txt", b"Words");
    // Inside of the canvas: what is around it changes with the focus, and with the time.
    let area = [100, 140, 1500, 840];
    let look = |desk: &Desk| image::load_from_memory(&desk.screen(area)).unwrap().into_rgb8();
    let at_rest = |desk: &Desk| {
        let first = look(desk);
        (first == look(desk)).then_some(first)
    };
    let without = wait_for("an empty desk at rest", || at_rest(&desk));
    desk.launch(&[], "Inlaid");
    // Screen readers hear of a window before it is seen, and it is maximized after that.
    let before = wait_for("a window at rest", || {
        let now = at_rest(&desk)?;
        let (right, bottom) = (now.width() - 1, now.height() - 1);
        let is_covered = |(x, y)| now.get_pixel(x, y) != without.get_pixel(x, y);
        [(0, 0), (right, 0), (0, bottom), (right, bottom)].into_iter().all(is_covered).then_some(now)
    });
    let offers = [format!("text/plain={}", text(&words)), format!("image/webp={}", text(&webp))];
    let script = desk.script("drag_offers.py");
    let source = desk.start_python(&script, &["plain", &offers[0], &offers[1]]);
    let (say, said) = mpsc::channel();
    let listen = move || source.lines().map_while(Result::ok).try_for_each(|it| say.send(it));
    thread::Builder::new().name("source".to_owned()).spawn(listen).unwrap();
    let expect = |words: &str| assert_eq!(said.recv_timeout(LATEST).as_deref(), Ok(words));
    expect("ready");
    let find = || {
        let now = look(&desk);
        let changed = now.enumerate_pixels().filter(|(x, y, it)| *it != before.get_pixel(*x, *y));
        let (across, down): (Vec<u32>, Vec<u32>) = changed.map(|it| (it.0, it.1)).unzip();
        let middle = |it: &[u32]| Some((it.iter().min()? + it.iter().max()?).cast_signed() / 2);
        (now == look(&desk)).then(|| Some([area[0] + middle(&across)?, area[1] + middle(&down)?]))?
    };
    // A press may go past a window that weston is still placing; then there is no drag at all.
    let before = wait_for("a drag", || {
        let place = wait_for("the source", find);
        // Not onto the source itself, which may lie anywhere.
        let before = hold_at(&desk, place, if place[1] < 500 { 720 } else { 280 });
        let has_begun = said.recv_timeout(SOON).is_ok_and(|it| it == "begin");
        if !has_begun {
            desk.pointer(&["mouseup", "1"]);
        }
        has_begun.then_some(before)
    });
    let_go(&desk, &before);
    expect("data image/webp");
    expect("end");
    desk.wait_for_title("dropped image — Inlaid");
}

#[test]
fn what_cannot_be_taken_is_refused_before_the_drop() {
    let Some(desk) = Desk::open("what_cannot_be_taken_is_refused_before_the_drop") else { return };
    refuse_before_the_drop(desk, &[("plain", "application/x-colour")]);
}

#[test]
fn what_cannot_be_taken_is_refused_before_the_drop_on_wayland() {
    let Some(desk) = Desk::open_sway_on_screen("what_cannot_be_taken_is_refused_before_the_drop_on_wayland") else {
        return;
    };
    refuse_before_the_drop(desk, &[("plain", "application/x-colour"), ("moves", "image/png")]);
}

fn refuse_before_the_drop(mut desk: Desk, offers: &[(&str, &str)]) {
    desk.remember("png");
    let picture = draw(&desk, "picture.png", 2);
    desk.launch(&[], "Inlaid");
    for (manner, kind) in offers {
        let mut source = gtk(&mut desk, manner, &[(kind, &picture)]);
        let before = hold_over_canvas(&desk, SOURCE_PLACE);
        source.expect(&["begin"]);
        desk.pointer(&["mouseup", "1"]);
        source.expect(&["failed", "end"]);
        assert!(!is_announced(&desk, &before), "{manner} {kind}: it is announced nevertheless");
        source.close(&desk);
    }
    assert!(desk.is_alive());
}

#[test]
fn a_source_that_stalls_or_dies_costs_one_sentence() {
    let Some(desk) = Desk::open("a_source_that_stalls_or_dies_costs_one_sentence") else { return };
    be_left_in_the_lurch(desk, "has ended");
}

#[test]
fn a_source_that_stalls_or_dies_costs_one_sentence_on_wayland() {
    let Some(desk) = Desk::open_sway_on_screen("a_source_that_stalls_or_dies_costs_one_sentence_on_wayland") else {
        return;
    };
    // A pipe that ends does not tell why.
    be_left_in_the_lurch(desk, "gave nothing of what it offers");
}

/// Of a source that dies it is said that it did this.
fn be_left_in_the_lurch(mut desk: Desk, dead: &str) {
    desk.remember("png");
    desk.start_accessibility();
    let picture = draw(&desk, "picture.png", 4);
    desk.launch(&[], "Inlaid");
    let why = "What was dropped did not arrive (the program that it comes from";
    for (manner, end) in [("stalls", "does not answer"), ("dies", dead)] {
        let mut source = gtk(&mut desk, manner, &[("image/webp", &picture), ("image/png", &picture)]);
        drag_from(&desk, SOURCE_PLACE);
        source.expect(&["begin", "data image/webp"]);
        let sentence = format!("{why} {end}); drop it again, or copy it and paste");
        find(&desk, &sentence, |it| it.name == sentence);
        desk.wait_for_title("Inlaid");
        if manner == "stalls" {
            source.close(&desk);
        }
    }
    let mut source = gtk(&mut desk, "plain", &[("image/png", &picture)]);
    drag_from(&desk, SOURCE_PLACE);
    source.expect(&["begin", "data image/png", "end"]);
    expect_picture(&desk, "dropped image", &format!("160x120 {PIXELS}"));
}

#[test]
fn a_browser_drops_a_picture_and_a_link() {
    let Some(desk) = Desk::open("a_browser_drops_a_picture_and_a_link") else { return };
    drop_out_of_a_browser(desk);
}

#[test]
fn a_browser_drops_a_picture_and_a_link_on_wayland() {
    let Some(desk) = Desk::open_sway_on_screen("a_browser_drops_a_picture_and_a_link_on_wayland") else { return };
    drop_out_of_a_browser(desk);
}

fn drop_out_of_a_browser(mut desk: Desk) {
    desk.remember("png");
    let [picture, linked] = [("picture.png", 4), ("linked.png", 5)].map(|(name, it)| draw(&desk, name, it));
    let [picture, linked] = [picture, linked].map(|it| fs::read(it).unwrap());
    let server = Server::with(move |target, stream| {
        let (kind, body) = match target {
            "/page" => ("text/html", BROWSED.as_bytes()),
            "/picture.png" => ("image/png", &*picture),
            "/linked.png" => ("image/png", &*linked),
            _ => return send(stream, "404 Not Found", "", b""),
        };
        send(stream, "200 OK", &format!("Content-Type: {kind}\r\n"), body);
    });
    desk.launch(&[], "Inlaid");
    let profile = format!("--user-data-dir={}", text(&desk.picture("profile")));
    let flags = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--app-auto-launched"];
    let place = ["--window-position=1190,0", "--window-size=400,800"];
    let address = format!("--app={}", server.link("/page"));
    let platform = if desk.compositor.is_some() { "wayland" } else { "x11" };
    let platform = format!("--ozone-platform={platform}");
    desk.start_tool("chromium", &[&flags[..], &place, &[&platform, &profile, &address]].concat());
    if desk.compositor.is_some() {
        wait_for("the page", || desk.windows_of_sway().iter().any(|it| it["name"] == "browsed").then_some(()));
    } else {
        let window = wait_for("the page", || desk.xdotool(&["search", "--onlyvisible", "--name", "^browsed$"]));
        desk.focus(&window);
    }
    // Of the picture it gives the bytes themselves.
    for (y, title, look) in [(300, "dropped image", "160x120"), (700, "linked.png", "200x150")] {
        drag_from(&desk, [1390, y]);
        expect_picture(&desk, title, &format!("{look} {PIXELS}"));
    }
    let n_asked = |path: &str| server.requests().iter().filter(|it| it.starts_with(&format!("GET {path} "))).count();
    assert_eq!((n_asked("/picture.png"), n_asked("/linked.png")), (1, 1), "the browser and the program, once each");
}

/// The picture fills the upper half, the link the lower one. The title is given once both are there.
const BROWSED: &str = "<!doctype html><style>body { margin: 0 }
img, a { display: block; width: 100vw; height: 50vh }</style><img src=/picture.png><a href=/linked.png>a link</a><script>
addEventListener('load', () => { document.title = 'browsed' });
</script>";

#[test]
fn rare_offers_are_taken_and_their_source_is_told_the_truth() {
    let Some(mut desk) = Desk::open("rare_offers_are_taken_and_their_source_is_told_the_truth") else { return };
    let Some(sources) = std::env::var_os("INLAID_E2E_SOURCES") else {
        left_out("the sources of INLAID_E2E_SOURCES, which is not set");
        return;
    };
    let source = Path::new(&sources).join("xdnd_source.py");
    desk.remember("png");
    desk.start_accessibility();
    let [one, two] = [("one 1.png", 2), ("two.png", 3)].map(|(name, scale)| draw(&desk, name, scale));
    let server = Server::start(&fs::read(draw(&desk, "linked.png", 5)).unwrap());
    desk.launch(&[], "Inlaid");
    // The window that stands in for ours, since this source does not look for it.
    let offer = |desk: &mut Desk, action: &str, offers: &[String]| -> Vec<String> {
        let offers = offers.iter().map(String::as_str);
        let args: Vec<&str> = ["Inlaid drops", "400", "400", "0.2", action].into_iter().chain(offers).collect();
        desk.start_python(&source, &args).lines().map(|it| it.unwrap().trim().to_owned()).collect()
    };
    let said = |said: &[String], words: &str| assert!(said.iter().any(|it| it == words), "{words}: {said:#?}");
    let (accepted, finished) = ("XdndStatus accept 1 action XdndActionCopy", "XdndFinished ok 1 action XdndActionCopy");
    let escaped = |path: &Path| text(path).replace(' ', "%20");

    let mixed = [format!("file://{}", escaped(&one)), server.link("/a/b.png"), "file:///no/such.png".to_owned()];
    let answers = offer(&mut desk, "drop", &[format!("text/uri-list=@{}\\r\\n", mixed.join("\\r\\n"))]);
    said(&answers, accepted);
    said(&answers, finished);
    desk.wait_for_title("3 images — Inlaid");
    let missing = "such.png: there is no such file";
    find(&desk, missing, |it| it.name.starts_with(missing));
    desk.press("ctrl+shift+w");
    desk.wait_for_title("Inlaid");

    let local = format!("text/uri-list=@file://localhost{}\\r\\n", escaped(&two));
    said(&offer(&mut desk, "drop", std::slice::from_ref(&local)), finished);
    expect_picture(&desk, "two.png", &format!("120x90 {PIXELS}"));
    // It drops without waiting for an answer.
    said(&offer(&mut desk, "fastdrop", std::slice::from_ref(&local)), finished);
    expect_picture(&desk, "two.png", &format!("120x90 {PIXELS}"));

    // In UTF-16, with a title.
    let address: Vec<u8> =
        format!("{}\na title", server.link("/c.png")).encode_utf16().flat_map(u16::to_ne_bytes).collect();
    let address = written(&desk, "address", &address);
    said(&offer(&mut desk, "drop", &[format!("text/x-moz-url={}", text(&address))]), finished);
    expect_picture(&desk, "c.png", &format!("200x150 {PIXELS}"));

    let left = offer(&mut desk, "leave", &[local]);
    said(&left, accepted);
    let refused = offer(&mut desk, "drop", &["application/x-colour=@red".to_owned()]);
    said(&refused, "XdndStatus accept 0 action None");
    let refused = offer(&mut desk, "drop", &["text/uri-list=@ftp://example.org/a.png\\r\\n".to_owned()]);
    said(&refused, "XdndStatus accept 0 action None");
    // What lies is found out at the drop.
    let lies = offer(&mut desk, "drop", &["image/png=@words".to_owned()]);
    said(&lies, "XdndFinished ok 0 action None");
    let sentence = "What was dropped holds no image, file, link, data URL or base64, so nothing was taken";
    find(&desk, sentence, |it| it.name == sentence);
    desk.wait_for_title("Inlaid");
}
