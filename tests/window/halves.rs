//! A result's numbers are shown before its picture, and the picture says what it is of.

use crate::desk::Desk;
use eframe::egui::accesskit::Role;
use egui_kittest::kittest::{NodeT as _, Queryable as _};

/// What stands on the corners of the picture.
fn labels(desk: &Desk) -> String {
    desk.window.get_by_label("Preview").accesskit_node().description().unwrap_or_default()
}

/// The measured bytes of a format's row.
fn weight(desk: &Desk) -> Option<String> {
    desk.window.get_by_role_and_label(Role::RadioButton, "WebP").accesskit_node().description()
}

#[test]
fn the_weight_is_shown_before_the_picture() {
    // So large that decoding it back takes many frames; the encoder of JPEG would know its pixels.
    let mut desk = Desk::remembering(r#"{ "format": "webp", "quality": 50 }"#, &[("a.png", [3000, 2400])]);
    desk.wait_ready();
    for quality in 60..70_u8 {
        let (old_labels, old_weight) = (labels(&desk), weight(&desk));
        desk.window.get_by_role_and_label(Role::Slider, "Quality").set_value_accesskit(f64::from(quality));
        let is_seen = desk.wait("the bytes", |desk| {
            let item = desk.window.state().session().selected()?;
            item.fresh().map(|_| item.fresh_preview().is_some())
        });
        if is_seen {
            // Both came between two frames; that tells nothing.
            desk.wait_ready();
            continue;
        }
        assert_ne!(weight(&desk), old_weight, "the row has the new number");
        assert_eq!(labels(&desk), old_labels, "the picture is the old one, and says so");
        assert!(desk.has("Copy data URL"), "{:?}", desk.names());
        desk.click("Copy data URL");
        desk.copied();
        desk.wait_ready();
        assert!(labels(&desk).contains(&format!(", WebP {quality} · ")), "{}", labels(&desk));
        return;
    }
    panic!("the picture was never later than its bytes");
}
