//! The switch for watching the clipboard.

use crate::desk::{Desk, furnished};
use eframe::egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable as _;
use inlaid::jobs::ports::{News, Pasted};

#[test]
fn the_switch_is_in_the_menu_and_in_sight_while_it_is_on() {
    let furniture = furnished(r#"{ "format": "png" }"#, &[("a.png", [40, 30])]);
    furniture.2.lock().unwrap().has_clipboard_watch = true;
    let mut desk = Desk::in_world(furniture);
    desk.wait_ready();
    assert!(!desk.has("Watching clipboard"), "off at the start");
    desk.click("More");
    desk.click("Watch clipboard");
    assert_eq!(desk.held.lock().unwrap().clipboard_watches, [true]);
    assert!(desk.has("Watching clipboard"), "{:?}", desk.names());

    let mut png = std::io::Cursor::new(vec![]);
    image::RgbImage::new(640, 480).write_to(&mut png, image::ImageFormat::Png).unwrap();
    desk.tell(News::Copied(Pasted::Encoded(png.into_inner())));
    desk.wait_for("Loaded what was copied: 640 × 480 PNG");
    assert_eq!(desk.title(), "2 images — Inlaid");
    assert_eq!(desk.window.state().session().selected().unwrap().name(), "a.png");

    // By the keyboard.
    desk.window.get_by_label("Watching clipboard").focus();
    desk.step();
    desk.press(Modifiers::NONE, Key::Space);
    assert_eq!(desk.held.lock().unwrap().clipboard_watches, [true, false]);
    assert!(!desk.has("Watching clipboard"));
    desk.click("More");
    assert!(desk.has("Watch clipboard") && !desk.has("Stop watching clipboard"));
    assert_eq!(desk.held.lock().unwrap().n_reads, 0, "the clipboard was not touched");
    assert!(desk.held.lock().unwrap().texts.is_empty());
}

#[test]
fn where_nobody_tells_there_is_no_switch() {
    let mut desk = Desk::new();
    desk.click("More");
    assert!(desk.has("About Inlaid") && !desk.has("Watch clipboard"), "{:?}", desk.names());
}
