//! The clipboard where the compositor shows it to nobody but the window that has the focus: weston, with
//! wl-clipboard and GTK at its other end, which give themselves the focus for a moment.

use super::{PIXELS, access::find, compositor::KIOSK, decoded, desk::Desk, draw, pillow, pillow_of_bytes, text};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use std::{fs, path::Path};

/// The program with this picture, ready to copy it.
fn open(test: &str, format: &str) -> Option<Desk> {
    let mut desk = Desk::open_weston_on_screen(test, KIOSK)?;
    desk.remember(format);
    desk.start_accessibility();
    let path = draw(&desk, "a picture.png", 3);
    desk.launch(&[&path], "a picture.png — Inlaid");
    find(&desk, "the result", |it| it.role == "button" && it.name == "Copy data URL");
    Some(desk)
}

fn wait_for_words(desk: &Desk, begin: &str, end: &str) {
    find(desk, begin, |it| it.name.starts_with(begin) && it.name.ends_with(end));
}

#[test]
fn the_window_itself_hands_out_where_nobody_else_may() {
    let Some(mut desk) = open("the_window_itself_hands_out_where_nobody_else_may", "webp") else { return };
    desk.press("ctrl+c");
    wait_for_words(&desk, "Copied data URL", "until this window is closed");
    let url = desk.copied_text();
    assert!(url.starts_with("data:image/webp;base64,"), "{url:.40}");

    desk.press("ctrl+shift+c");
    wait_for_words(&desk, "Copied a picture.png as WebP", "until this window is closed");
    let kinds = desk.offered();
    let kinds: Vec<&str> = kinds.lines().collect();
    let files = ["text/uri-list", "x-special/gnome-copied-files"];
    assert_eq!(kinds, ["image/webp", "image/png", "text/html", files[0], files[1], "application/x-inlaid"]);
    let webp = desk.clipboard("image/webp");
    assert_eq!(decoded(&url.replace("image/webp", "image/png")), webp);
    let copies = desk.runtime_folder().join("inlaid");
    assert_eq!(fs::read_dir(&copies).map_or(0, Iterator::count), 0, "nobody asked yet");
    let png = desk.clipboard("image/png");
    assert!(png.starts_with(b"\x89PNG"));
    assert!(desk.python("clipboard.py", &["qt-image"]).starts_with("120x90 "));
    assert_eq!(pillow_of_bytes(&desk, &png), pillow_of_bytes(&desk, &webp), "the same pixels");
    let html = String::from_utf8(desk.clipboard("text/html")).unwrap();
    assert!(html.contains(&STANDARD.encode(&webp)), "{html:.80}");
    let list = String::from_utf8(desk.clipboard("text/uri-list")).unwrap();
    let file = list.trim_end().strip_prefix("file://").unwrap().replace("%20", " ");
    assert_eq!(fs::read(&file).unwrap(), webp);
    assert!(desk.keepers().is_empty(), "there is no keeper who could");

    // It takes its file along.
    desk.press("ctrl+q");
    assert_eq!(desk.wait_for_end(), Some(0));
    assert!(!Path::new(&file).exists());
    assert_eq!(fs::read_dir(&copies).unwrap().count(), 0);
}

#[test]
fn what_others_copied_is_pasted_by_the_window_that_has_the_focus() {
    let Some(mut desk) = open("what_others_copied_is_pasted_by_the_window_that_has_the_focus", "png") else { return };
    // Its own copy, which one thread gives and another takes.
    desk.press("ctrl+c");
    wait_for_words(&desk, "Copied data URL", "closed");
    let own = desk.copied_text();
    desk.press("ctrl+w");
    desk.press("ctrl+v");
    desk.wait_for_title("pasted image — Inlaid");
    desk.press("ctrl+w");
    desk.wait_for_title("Inlaid");
    let webp = desk.picture("lossy.webp");
    desk.python("pixels.py", &["draw", text(&webp), "2"]);
    for (kind, content, look) in [
        ("image/webp", fs::read(&webp).unwrap(), pillow(&desk, &webp)),
        ("text/plain", own.into_bytes(), format!("120x90 {PIXELS}")),
    ] {
        desk.offer(kind, &content);
        desk.press("ctrl+v");
        desk.wait_for_title("pasted image — Inlaid");
        assert!(desk.clipboard(kind) == content, "pasting does not touch the clipboard");
        desk.press("ctrl+c");
        wait_for_words(&desk, "Copied data URL", "closed");
        assert_eq!(pillow_of_bytes(&desk, &decoded(&desk.copied_text())), look);
        desk.press("ctrl+w");
        desk.wait_for_title("Inlaid");
    }
}
