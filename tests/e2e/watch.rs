//! Watching the clipboard: images that other programs copy come in by themselves, and nothing else does.

use super::{
    PIXELS,
    access::{find, nodes},
    decoded,
    desk::{Desk, wait_for},
    draw, pillow_of_bytes, text,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use std::{
    fs,
    io::BufRead as _,
    path::{Path, PathBuf},
};

/// Turns the switch on, which is in the menu.
fn turn_on(desk: &Desk) {
    desk.python("atspi.py", &["press", "More"]);
    find(desk, "the open menu", |it| it.name == "Watch clipboard");
    desk.python("atspi.py", &["press", "Watch clipboard"]);
    find(desk, "the sign", |it| it.name == "Watching clipboard" && it.is("pressed"));
}

/// A program that copies this, and says what it is asked for.
fn copy(desk: &mut Desk, offers: &[(&str, &Path)]) -> impl Iterator<Item = String> + use<> {
    let offers: Vec<String> = offers.iter().map(|(kind, path)| format!("{kind}={}", text(path))).collect();
    let args: Vec<&str> = ["own", "tells"].into_iter().chain(offers.iter().map(String::as_str)).collect();
    let script = desk.script("clipboard.py");
    let mut said = desk.start_python(&script, &args).lines().map(Result::unwrap);
    // Who watches may ask before it says that it is ready.
    let asked: Vec<String> = said.by_ref().take_while(|it| it != "ready").collect();
    asked.into_iter().chain(said)
}

/// Waits until it was asked for this kind, and for none of the others before.
fn is_asked(said: &mut impl Iterator<Item = String>, kind: &str, never: &str) {
    let kinds = said.by_ref().map(|it| it.trim_start_matches("asked ").to_owned());
    for asked in kinds {
        assert_ne!(asked, never);
        if asked == kind {
            return;
        }
    }
    panic!("never asked for {kind}");
}

fn written(desk: &Desk, name: &str, content: &[u8]) -> PathBuf {
    let path = desk.picture(name);
    fs::write(&path, content).unwrap();
    path
}

fn watch_everything(desk: &mut Desk) {
    desk.remember("png");
    desk.start_accessibility();
    let [before, first, second, third] = [("before.png", 2), ("first.png", 3), ("second.png", 4), ("third.png", 5)]
        .map(|(name, it)| draw(desk, name, it));
    let url = format!("data:image/png;base64,{}", STANDARD.encode(fs::read(&second).unwrap()));
    let url = written(desk, "url", url.as_bytes());
    let [words, secret] =
        [("words", "Words"), ("secret", "secret")].map(|(name, it)| written(desk, name, it.as_bytes()));
    let list = written(desk, "list", format!("file://{}\r\n", text(&third)).as_bytes());
    desk.launch(&[], "Inlaid");
    let _before = copy(desk, &[("image/png", &before)]);
    turn_on(desk);
    let hear = desk.script("atspi.py");
    let mut heard = desk.start_python(&hear, &["hear"]).lines().map(Result::unwrap);
    assert_eq!(heard.next().as_deref(), Some("ready"));

    // What was copied before is left alone, and the first image is shown.
    let mut said = copy(desk, &[("image/png", &first)]);
    is_asked(&mut said, "image/png", "");
    desk.wait_for_title("copied image — Inlaid");
    assert!(heard.any(|it| it == "Loaded what was copied: 120 × 90 PNG"), "a word about it");
    assert!(desk.clipboard("image/png") == fs::read(&first).unwrap(), "its owner has it still");

    // The same again, words, what is nobody's business.
    let mut said = copy(desk, &[("image/png", &first)]);
    is_asked(&mut said, "image/png", "");
    let mut said = copy(desk, &[("UTF8_STRING", &words)]);
    is_asked(&mut said, "UTF8_STRING", "");
    let mut said = copy(desk, &[("image/png", &second), ("x-kde-passwordManagerHint", &secret)]);
    is_asked(&mut said, "x-kde-passwordManagerHint", "image/png");
    // What this program has copied itself, in both ways.
    desk.press("ctrl+c");
    let ours = desk.copied_text_of_ours();
    assert_eq!(pillow_of_bytes(desk, &decoded(&ours)), format!("120x90 {PIXELS}"), "the first is still shown");
    desk.press("ctrl+shift+c");
    wait_for("a copied image", || desk.offered().lines().any(|it| it == "image/png").then_some(()));
    let folder = desk.runtime_folder().join("inlaid");
    assert_eq!(fs::read_dir(folder).map_or(0, Iterator::count), 0, "nobody has asked for the file");

    // A data URL and a file come beside it.
    let mut said = copy(desk, &[("UTF8_STRING", &url)]);
    is_asked(&mut said, "UTF8_STRING", "");
    desk.wait_for_title("2 images — Inlaid");
    assert!(heard.any(|it| it == "Copied image: 160 × 120 PNG"), "a card about it");
    find(desk, "the card", |it| it.name == "Show");
    let mut said = copy(desk, &[("text/uri-list", &list)]);
    is_asked(&mut said, "text/uri-list", "");
    desk.wait_for_title("3 images — Inlaid");
    assert!(desk.clipboard("text/uri-list") == fs::read(&list).unwrap(), "its owner has it still");
    find(desk, "which is shown", |it| it.name == "1 of 3");
    assert!(heard.any(|it| it == "2 copied images"), "a word for both");
    desk.python("atspi.py", &["press", "Show"]);
    find(desk, "which is shown", |it| it.name == "3 of 3");
    assert!(!nodes(desk).iter().any(|it| it.name == "Show"));
    assert!(desk.clipboard("text/uri-list") == fs::read(&list).unwrap(), "it was not copied anew");

    // Turned off, by its sign: nobody asks any more.
    desk.python("atspi.py", &["press", "Watching clipboard"]);
    find(desk, "a word about it", |it| it.name == "The clipboard is no longer watched");
    assert!(!nodes(desk).iter().any(|it| it.name == "Watching clipboard"));
    let said = copy(desk, &[("image/png", &second)]);
    assert!(desk.clipboard("image/png") == fs::read(&second).unwrap());
    desk.press("ctrl+v");
    desk.wait_for_title("4 images — Inlaid");
    // It ends with the next copy.
    desk.offer("text/plain", b"something else");
    let asked: Vec<String> = said.collect();
    // Once by the tool, once by the paste.
    assert_eq!(asked.iter().filter(|it| *it == "asked image/png").count(), 2, "{asked:?}");
    assert!(desk.is_alive());
}

#[test]
fn images_that_are_copied_come_in_while_that_is_wanted() {
    let Some(mut desk) = Desk::open("images_that_are_copied_come_in_while_that_is_wanted") else { return };
    watch_everything(&mut desk);
}

#[test]
fn images_that_are_copied_on_wayland_come_in_while_that_is_wanted() {
    let Some(mut desk) = Desk::open_sway("images_that_are_copied_on_wayland_come_in_while_that_is_wanted") else {
        return;
    };
    watch_everything(&mut desk);
}
