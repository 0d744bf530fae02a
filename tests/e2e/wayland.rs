//! The clipboard of Wayland with other programs at its other end: wl-clipboard, GTK, and a small
//! client of our own for what those do not do.

use super::{
    PIXELS,
    access::find,
    clipboard::{by_gtk, expect_pixels, listed_file, own},
    decoded,
    desk::{Desk, wait_for},
    draw, pillow_of_bytes, text,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use std::{
    fs,
    process::{Command, Stdio},
};

#[test]
fn every_program_of_wayland_takes_of_a_copied_image_what_it_can() {
    let Some(mut desk) = Desk::open_sway("every_program_of_wayland_takes_of_a_copied_image_what_it_can") else {
        return;
    };
    desk.remember("webp");
    let path = draw(&desk, "a picture.png", 3);
    desk.launch(&[&path], "a picture.png — Inlaid");
    desk.press("ctrl+c");
    let url = desk.copied_text_of_ours();
    assert!(url.starts_with("data:image/webp;base64,"), "{url:.40}");
    let kinds: Vec<String> = desk.offered().lines().map(str::to_owned).collect();
    assert!(kinds.iter().any(|it| it == "text/plain;charset=utf-8"), "{kinds:?}");
    assert!(!kinds.iter().any(|it| it.starts_with("image/") || it == "text/html"), "{kinds:?}");

    desk.press("ctrl+shift+c");
    wait_for("a copied image", || desk.offered().lines().any(|it| it == "image/webp").then_some(()));
    wait_for("the end of the keeper before", || (desk.keepers().len() == 1).then_some(()));
    let kinds = desk.offered();
    let kinds: Vec<&str> = kinds.lines().collect();
    let files = ["text/uri-list", "x-special/gnome-copied-files"];
    assert_eq!(kinds, [&["image/webp", "image/png", "text/html"], &files[..], &["application/x-inlaid"]].concat());
    let webp = desk.clipboard("image/webp");
    assert_eq!(fs::read_dir(desk.runtime_folder().join("inlaid")).map_or(0, Iterator::count), 0, "nobody asked yet");
    let png = desk.clipboard("image/png");
    assert!(png.starts_with(b"\x89PNG"));
    assert_eq!(pillow_of_bytes(&desk, &png), pillow_of_bytes(&desk, &webp), "the same pixels");
    assert!(pillow_of_bytes(&desk, &webp).starts_with("120x90 "));
    let html = String::from_utf8(desk.clipboard("text/html")).unwrap();
    assert!(html.contains(&STANDARD.encode(&webp)) && html.starts_with("<img src=\"data:image/webp;base64,"));
    let file = listed_file(&desk);
    assert!(file.starts_with(desk.runtime_folder()), "{file:?}");
    assert_eq!((fs::read(&file).unwrap(), file.extension().unwrap()), (webp.clone(), "webp".as_ref()));
    let copied_files = String::from_utf8(desk.clipboard("x-special/gnome-copied-files")).unwrap();
    assert_eq!(copied_files, format!("copy\nfile://{}", text(&file).replace(' ', "%20")));
    assert!(by_gtk(&desk, "image/webp") == webp);
    assert_eq!(by_gtk(&desk, "text/html"), html.as_bytes());
    assert!(desk.python("clipboard.py", &["gtk-image"]).starts_with("120x90 "));

    // It outlives the window, but not the next copy.
    desk.press("ctrl+q");
    assert_eq!(desk.wait_for_end(), Some(0));
    assert!(desk.clipboard("image/webp") == webp);
    assert_eq!(desk.keepers().len(), 1);
    desk.offer("text/plain", b"something else");
    wait_for("the end of the keeper", || desk.keepers().is_empty().then_some(()));
    assert!(!file.exists() && !file.parent().unwrap().exists());
}

#[test]
fn what_is_large_goes_both_ways_on_wayland() {
    let Some(mut desk) = Desk::open_sway("what_is_large_goes_both_ways_on_wayland") else { return };
    desk.remember("bmp");
    // 126,750,000 bytes of pixels.
    let noise = desk.picture("noise.png");
    desk.python("clipboard.py", &["noise", "6500", text(&noise)]);
    desk.launch(&[], "Inlaid");
    desk.offer("image/png", &fs::read(&noise).unwrap());
    desk.press("ctrl+v");
    desk.wait_for_title("pasted image — Inlaid");
    desk.press("ctrl+shift+c");
    wait_for("a copied image", || desk.offered().contains("image/bmp").then_some(()));
    // Nobody reads what this one is given.
    let mut stalled = Command::new("wl-paste");
    desk.start(stalled.args(["--type", "image/bmp"]).stdin(Stdio::null()).stdout(Stdio::piped()));
    let bmp = desk.clipboard("image/bmp");
    assert!(126_750_000 < bmp.len(), "{}", bmp.len());
    expect_pixels(&desk, &bmp, &noise);
    // And it keeps nobody from ending.
    desk.offer("text/plain", b"something else");
    wait_for("the end of the keeper", || desk.keepers().is_empty().then_some(()));
}

#[test]
fn what_other_programs_of_wayland_copied_is_pasted() {
    let Some(mut desk) = Desk::open_sway("what_other_programs_of_wayland_copied_is_pasted") else { return };
    desk.remember("png");
    let path = draw(&desk, "copied file.png", 3);
    let png = fs::read(&path).unwrap();
    let webp = desk.picture("lossless.webp");
    desk.python("pixels.py", &["draw", text(&webp), "2"]);
    let url = format!("data:image/png;base64,{}", STANDARD.encode(&png));
    let page = format!("<p>Look: <img src=\"{url}\" alt=\"\"></p>");
    let list = format!("file://{}\r\n", text(&path).replace(' ', "%20"));
    desk.launch(&[], "Inlaid");
    for (kind, content, title, size) in [
        ("image/png", png.as_slice(), "pasted image", "120x90"),
        ("image/webp", &fs::read(&webp).unwrap(), "pasted image", "80x60"),
        ("text/html", page.as_bytes(), "pasted image", "120x90"),
        ("text/uri-list", list.as_bytes(), "copied file.png", "120x90"),
        ("text/plain", url.as_bytes(), "pasted image", "120x90"),
    ] {
        desk.offer(kind, content);
        desk.press("ctrl+v");
        desk.wait_for_title(&format!("{title} — Inlaid"));
        assert!(desk.clipboard(kind) == content, "pasting does not touch the clipboard");
        desk.press("ctrl+c");
        let copied = desk.copied_text_of_ours();
        assert!(pillow_of_bytes(&desk, &decoded(&copied)).starts_with(&format!("{size} ")), "{kind}");
        desk.press("ctrl+w");
        desk.wait_for_title("Inlaid");
    }
}

#[test]
fn owners_on_wayland_that_fail_do_no_harm_and_secrets_stay_secret() {
    let Some(mut desk) = Desk::open_sway("owners_on_wayland_that_fail_do_no_harm_and_secrets_stay_secret") else {
        return;
    };
    desk.remember("png");
    let large = desk.picture("noise.png");
    desk.python("clipboard.py", &["noise", "400", text(&large)]);
    let small = draw(&desk, "small.png", 2);
    let [url, secret] = ["url", "secret"].map(|it| desk.picture(it));
    fs::write(&url, format!("data:image/png;base64,{}", STANDARD.encode(fs::read(&small).unwrap()))).unwrap();
    fs::write(&secret, "secret").unwrap();
    desk.start_accessibility();
    desk.launch(&[], "Inlaid");
    // Each is waited for, and followed by one with other words.
    for (mode, words) in [
        ("silent", "does not answer"),
        ("confuses", "holds no image"),
        // A pipe that ends does not tell why.
        ("dies", "damaged"),
        ("secret", "confidential"),
        ("stalls", "does not answer"),
    ] {
        if mode == "secret" {
            own(&mut desk, "plain", &[("text/plain", &url), ("x-kde-passwordManagerHint", &secret)]);
        } else {
            own(&mut desk, mode, &[("image/png", &large)]);
        }
        desk.press("ctrl+v");
        find(&desk, words, |it| it.name.contains(words));
    }
    own(&mut desk, "slow", &[("image/png", &large)]);
    desk.press("ctrl+v");
    desk.wait_for_title("pasted image — Inlaid");
}

#[test]
fn a_compositor_with_the_newer_data_control_is_understood() {
    let Some(mut desk) = Desk::open_sway("a_compositor_with_the_newer_data_control_is_understood") else { return };
    desk.remember("webp");
    desk.renew_data_control();
    let path = draw(&desk, "a picture.png", 3);
    desk.launch(&[&path], "a picture.png — Inlaid");
    desk.press("ctrl+shift+c");
    wait_for("a copied image", || desk.offered().contains("image/webp").then_some(()));
    assert_eq!(desk.keepers().len(), 1, "by data-control, not by the window");
    assert!(pillow_of_bytes(&desk, &desk.clipboard("image/webp")).starts_with("120x90 "));
    assert!(desk.clipboard("image/png").starts_with(b"\x89PNG"));
    desk.press("ctrl+w");
    desk.wait_for_title("Inlaid");
    desk.offer("image/png", &fs::read(&path).unwrap());
    wait_for("the end of the keeper", || desk.keepers().is_empty().then_some(()));
    desk.press("ctrl+v");
    desk.wait_for_title("pasted image — Inlaid");
    desk.press("ctrl+c");
    assert!(desk.copied_text_of_ours().starts_with("data:image/webp;base64,"));
}

#[test]
fn where_nobody_may_copy_without_the_focus_it_is_said() {
    let Some(mut desk) = Desk::open_weston("where_nobody_may_copy_without_the_focus_it_is_said") else { return };
    desk.remember("png");
    desk.start_accessibility();
    let path = draw(&desk, "picture.png", 3);
    desk.begin(&[&path], Stdio::null());
    for control in ["Copy image", "Copy data URL", "Paste"] {
        find(&desk, control, |it| it.role == "button" && it.name == control);
        desk.python("atspi.py", &["press", control]);
        let reason = "this compositor shows it to no window but the one that has the focus";
        find(&desk, reason, |it| it.name.contains(reason));
    }
    assert!(desk.is_alive() && desk.keepers().is_empty());
}

#[test]
fn a_keeper_that_cannot_start_is_no_end() {
    let Some(mut desk) = Desk::open_sway("a_keeper_that_cannot_start_is_no_end") else { return };
    desk.remember("png");
    desk.start_accessibility();
    let path = draw(&desk, "picture.png", 3);
    desk.launch(&[&path], "picture.png — Inlaid");
    find(&desk, "the result", |it| it.role == "button" && it.name == "Copy data URL");
    // A newer one may take the program's place while it runs.
    fs::remove_file(desk.program()).unwrap();
    desk.press("ctrl+c");
    assert_eq!(pillow_of_bytes(&desk, &decoded(&desk.copied_text_of_ours())), format!("120x90 {PIXELS}"));
    desk.forbid_processes();
    desk.press("ctrl+c");
    find(&desk, "the reason", |it| it.name.contains("its helper cannot be started"));
    assert!(desk.is_alive());
    assert!(desk.copied_text().starts_with("data:image/png;base64,"), "what was copied before stays");
}

#[test]
fn when_the_compositor_dies_the_window_ends_in_good_order() {
    let Some(mut desk) = Desk::open_sway("when_the_compositor_dies_the_window_ends_in_good_order") else { return };
    desk.remember("png");
    let path = draw(&desk, "picture.png", 3);
    desk.launch(&[&path], "picture.png — Inlaid");
    desk.end_sway();
    // Not the status of a panic, and no signal.
    assert_eq!(desk.wait_for_end(), Some(1));
}
