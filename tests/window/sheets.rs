//! The menu and the sheets: settings that act at once and are kept, keys, about.

use crate::desk::Desk;
use eframe::egui::{Key, Modifiers, Theme, accesskit::Role};
use egui_kittest::kittest::Queryable as _;
use inlaid::{
    engine::Format,
    jobs::ports::News,
    settings::{Reload, Start, Units},
};

fn choose(desk: &mut Desk, name: &str) {
    desk.window.get_by_role_and_label(Role::RadioButton, name).click();
    // A sheet that has grown moves back into the middle.
    desk.pass(0.1);
}

#[test]
fn settings_act_at_once_and_are_kept() {
    let mut desk = Desk::with("a.png", [400, 200]);
    desk.press(Modifiers::COMMAND, Key::Comma);
    for (name, theme) in [("Light", Theme::Light), ("Dark", Theme::Dark)] {
        choose(&mut desk, name);
        assert_eq!(desk.window.ctx.theme(), theme);
    }
    choose(&mut desk, "KiB of 1,024 bytes");
    assert!(!desk.places(|it| it.starts_with("400 × 200 · PNG · ") && it.ends_with(" KiB")).is_empty());
    choose(&mut desk, "The image itself");
    choose(&mut desk, "Keep the old image");
    desk.type_into("Memory for pixels in MB", "100");
    choose(&mut desk, "Always the same");
    desk.window.get_by_role_and_label(Role::Button, "JPEG").click();
    desk.pass(0.1);
    desk.type_into("Quality of new images", "33");
    choose(&mut desk, "125 %");
    assert_eq!(desk.window.ctx.zoom_factor(), 1.25);

    let wishes = desk.window.state().session().preferences;
    assert_eq!((wishes.units, wishes.reload), (Units::Binary, Reload::Never));
    assert_eq!(wishes.memory_mb, 250, "not less than that");
    assert_eq!(wishes.start, Start::Fixed { format: Format::Jpeg, quality: 33 });
    for part in [r#""theme": "dark""#, r#""units": "binary""#, r#""scale": 125"#, r#""primary": "image""#] {
        desk.kept(part);
    }
    desk.press(Modifiers::NONE, Key::Escape);
    assert!(!desk.has("Always the same"));
    desk.click("Copy image");
    desk.wait("the image", |desk| (!desk.held.lock().unwrap().images.is_empty()).then_some(()));
    // The text is still to be had.
    desk.click("Copy data URL");
    assert!(desk.copied().starts_with("data:image/png;base64,"));

    let path = desk.draw("b.png", [20, 10]);
    desk.drop_files(&[path]);
    let recipe = desk.window.state().session().selected().unwrap().recipe.clone();
    assert_eq!((recipe.output.format, recipe.output.quality), (Format::Jpeg, 33));
}

#[test]
fn a_sheet_keeps_the_keyboard_until_it_is_closed() {
    let mut desk = Desk::with("a.png", [400, 200]);
    desk.window.get_by_label("Save…").focus();
    desk.step();
    desk.press(Modifiers::COMMAND, Key::Comma);
    desk.step();
    assert_eq!(desk.focused().as_deref(), Some("As the system"));
    let mut seen = vec![];
    for _ in 0..20 {
        desk.press(Modifiers::NONE, Key::Tab);
        seen.push(desk.focused().expect("a focus"));
    }
    let beneath = ["Open", "Save…", "Width in pixels", "Fit"];
    assert!(!seen.iter().any(|it| beneath.contains(&it.as_str())), "{seen:?}");
    assert!(seen.iter().any(|it| it == "Close") && seen.iter().any(|it| it == "Ask"), "{seen:?}");
    // The window's own keys wait.
    desk.press(Modifiers::NONE, Key::Delete);
    desk.press(Modifiers::COMMAND, Key::W);
    assert_eq!(desk.window.state().session().items().len(), 1);
    desk.press(Modifiers::NONE, Key::Escape);
    desk.step();
    assert_eq!(desk.focused().as_deref(), Some("Save…"));
    assert!(!desk.has("Ask"));
}

#[test]
fn the_keys_are_listed() {
    let mut desk = Desk::new();
    desk.press(Modifiers::NONE, Key::F1);
    desk.wait_for("Copy the result as chosen under Embed as");
    for keys in ["Ctrl O", "Ctrl V", "Ctrl C", "Ctrl Z", "Ctrl Shift Z, Ctrl Y", "Ctrl ,", "Space held", "F9", "Ctrl Q"]
    {
        assert!(desk.has(keys), "{keys}: {:?}", desk.names());
    }
    desk.press(Modifiers::NONE, Key::Escape);
    assert!(!desk.has("Space held"));
    desk.press(Modifiers::COMMAND, Key::Comma);
    desk.click("Show all keys");
    // The sheet takes its place in the middle.
    desk.pass(0.1);
    assert!(desk.has("Space held"));
    desk.click("Close");
    assert!(!desk.has("Space held"));
}

#[test]
fn a_long_list_is_scrolled_by_keys() {
    let mut desk = Desk::new();
    desk.resize(560.0, 420.0);
    desk.press(Modifiers::NONE, Key::F1);
    desk.pass(0.1);
    let top = |desk: &Desk| desk.window.get_by_value("Ctrl Q").rect().top();
    assert!(top(&desk) > 420.0, "{}", top(&desk));
    for _ in 0..3 {
        desk.press(Modifiers::NONE, Key::PageDown);
        desk.pass(0.5);
    }
    assert!(top(&desk) < 400.0, "{}", top(&desk));
    desk.press(Modifiers::NONE, Key::PageUp);
    desk.pass(0.5);
    assert!(top(&desk) > 400.0, "{}", top(&desk));
}

#[test]
fn the_scale_that_was_kept_holds_from_the_first_frame() {
    let desk = Desk::remembering(r#"{ "scale": 150 }"#, &[]);
    assert_eq!(desk.window.ctx.zoom_factor(), 1.5);
}

#[test]
fn the_menu_leads_to_everything_else() {
    let mut desk = Desk::with("a.png", [400, 200]);
    desk.window.get_by_label("More").focus();
    desk.step();
    desk.press(Modifiers::NONE, Key::Enter);
    desk.step();
    assert_eq!(desk.focused().as_deref(), Some("Settings…"));
    desk.press(Modifiers::NONE, Key::ArrowDown);
    desk.step();
    assert_eq!(desk.focused().as_deref(), Some("Keys"));
    desk.press(Modifiers::NONE, Key::Escape);
    assert!(!desk.has("About Inlaid"));
    assert_eq!(desk.focused().as_deref(), Some("More"));

    desk.type_into("Width in pixels", "200");
    desk.click("More");
    desk.click("Undo");
    assert_eq!(desk.window.get_by_label("Width in pixels").value().as_deref(), Some("400"));
    desk.click("More");
    desk.click("About Inlaid");
    let name = format!("Inlaid {}", env!("CARGO_PKG_VERSION"));
    assert!(desk.has(&name) && desk.has("Your images never leave this computer"), "{:?}", desk.names());
    desk.press(Modifiers::NONE, Key::Escape);
    assert!(!desk.has(&name));
}

/// A picture of 24 × 16 pixels, upright 16 × 24, that says much of itself.
fn talkative() -> Vec<u8> {
    let mut encoded = vec![];
    let mut encoder = jpeg_encoder::Encoder::new(&mut encoded, 90);
    encoder.set_sampling_factor(jpeg_encoder::SamplingFactor::F_2_2);
    encoder.set_progressive(true);
    // Big-endian Exif with a single entry: orientation 6, a quarter turn to the right.
    let mut exif = b"Exif\0\0MM\0\x2a\0\0\0\x08\0\x01".to_vec();
    exif.extend([0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0]);
    encoder.add_app_segment(1, exif).unwrap();
    encoder.encode(&[120; 24 * 16 * 3], 24, 16, jpeg_encoder::ColorType::Rgb).unwrap();
    encoded
}

#[test]
fn the_facts_lead_to_everything_known_of_the_picture() {
    let mut desk = Desk::new();
    let path = desk.folder.path().join("a.jpg");
    let bytes = talkative();
    std::fs::write(&path, &bytes).unwrap();
    desk.drop_files(&[path]);
    desk.wait_ready();
    desk.window.get_by_role_and_label(Role::Button, "About this picture").focus();
    desk.step();
    desk.press(Modifiers::NONE, Key::Enter);
    desk.pass(0.1);
    let weight = format!("{} bytes", bytes.len());
    for said in [
        "JPEG",
        "Progressive",
        "16 × 24, stored as 24 × 16",
        "Turned to the right",
        "8 bits a channel",
        "4:2:0",
        weight.as_str(),
        // The block without its head, as ExifTool weighs it.
        "26 B",
    ] {
        assert!(desk.has(said), "{said}: {:?}", desk.names());
    }
    for silent in ["Colour profile", "Colours", "Frames", "Warning", "GPS position"] {
        assert!(!desk.has(silent), "{silent}: {:?}", desk.names());
    }
    desk.press(Modifiers::NONE, Key::Escape);
    desk.step();
    assert!(!desk.has("8 bits a channel"));
    assert_eq!(desk.focused().as_deref(), Some("About this picture"));
    // By the pointer, too.
    desk.click("About this picture");
    desk.pass(0.1);
    assert!(desk.has("8 bits a channel"), "{:?}", desk.names());
}

#[test]
fn the_rows_of_the_facts_are_in_place_in_the_last_frame_that_is_asked_for() {
    let mut desk = Desk::with("the hills behind the house at the end of the road.png", [40, 30]);
    // Otherwise frames come for the movement of the sheet.
    desk.tell(News::ReducedMotion(true));
    desk.pass(1.0);
    desk.window.get_by_role_and_label(Role::Button, "About this picture").click();
    desk.wait("a frame that asks for no other", |desk| {
        let outputs = &desk.window.output().viewport_output;
        let is_last = outputs.values().all(|it| !it.repaint_delay.is_zero());
        (is_last && desk.has("8 bits a channel")).then_some(())
    });
    let row = |name: &str| desk.places(|it| it == name).last().copied().unwrap_or_else(|| panic!("no {name}"));
    let rows = ["Name", "Format", "Bytes", "Size", "Depth"].map(row);
    for pair in rows.windows(2) {
        assert!(pair[0].bottom() <= pair[1].top(), "{rows:?}");
        assert!(pair[1].top() < pair[0].top() + 30.0, "{rows:?}");
    }
}
