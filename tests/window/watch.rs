//! The switch for watching the clipboard.

use crate::desk::{Desk, furnished};
use eframe::egui::{Key, Modifiers, Rect, accesskit::Live};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
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
    desk.wait_for("Copied image: 640 × 480 PNG");
    assert_eq!(desk.title(), "2 images — Inlaid");
    assert_eq!(desk.window.state().session().selected().unwrap().name(), "a.png");

    // By the keyboard.
    desk.window.get_by_label("Watching clipboard").focus();
    desk.step();
    desk.press(Modifiers::NONE, Key::Space);
    assert_eq!(desk.held.lock().unwrap().clipboard_watches, [true, false]);
    assert!(!desk.has("Watching clipboard") && !desk.has("Copied image: 640 × 480 PNG"));
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

/// A window that watches, with a picture that is looked at and one that was copied meanwhile.
fn with_card() -> Desk {
    let furniture = furnished(r#"{ "format": "png" }"#, &[("a.png", [40, 30])]);
    furniture.2.lock().unwrap().has_clipboard_watch = true;
    let mut desk = Desk::in_world(furniture);
    desk.wait_ready();
    desk.click("More");
    desk.click("Watch clipboard");
    let path = desk.draw("sunset.png", [60, 50]);
    desk.tell(News::Copied(Pasted::Files(vec![path])));
    desk.wait_for(CARD);
    desk
}

const CARD: &str = "Copied image: sunset.png, 60 × 50 PNG";

fn shown(desk: &Desk) -> &str {
    desk.window.state().session().selected().unwrap().name()
}

#[test]
fn the_card_of_a_copied_image_shows_it_or_leaves_it() {
    let mut desk = with_card();
    let focused = desk.focused();
    desk.pass(0.2);
    assert_eq!(desk.focused(), focused, "it takes no keys");
    // Who works on something else is not interrupted.
    let live = desk.window.get_by_value(CARD).accesskit_node().data().live();
    assert_eq!(live, Some(Live::Polite));
    desk.click("Show");
    assert_eq!(shown(&desk), "sunset.png");
    assert!(!desk.has(CARD));

    let mut desk = with_card();
    desk.click("Dismiss");
    assert!(!desk.has(CARD));
    assert_eq!((shown(&desk), desk.title().as_str()), ("a.png", "2 images — Inlaid"));

    // Esc goes to the menu above it first.
    let mut desk = with_card();
    desk.click("More");
    desk.press(Modifiers::NONE, Key::Escape);
    assert!(desk.has(CARD));
    desk.press(Modifiers::NONE, Key::Escape);
    assert!(!desk.has(CARD));
    assert_eq!(desk.held.lock().unwrap().n_reads, 0, "the clipboard was not touched");
    assert!(desk.held.lock().unwrap().texts.is_empty());
}

#[test]
fn the_card_of_a_copied_image_fits_every_window() {
    let mut desk = with_card();
    for size in [[1180.0, 760.0], [900.0, 600.0], [560.0, 420.0]] {
        desk.resize(size[0], size[1]);
        desk.pass(0.2);
        let window = Rect::from_min_size(Default::default(), size.into());
        let [words, show, leave] = [CARD, "Show", "Dismiss"].map(|name| {
            let places = desk.places(|it| it == name);
            assert_eq!(places.len(), 1, "{name} in {size:?}");
            assert!(window.contains_rect(places[0]), "{name} at {} in {size:?}", places[0]);
            places[0]
        });
        assert!(!words.intersects(show) && !words.intersects(leave) && !show.intersects(leave), "{size:?}");
        let card = words.union(show).union(leave);
        for button in ["Fit", "Watching clipboard"] {
            let places = desk.places(|it| it.starts_with(button));
            assert!(places.iter().all(|it| !it.intersects(card)), "{button} at {places:?}, {card} in {size:?}");
        }
    }
}
