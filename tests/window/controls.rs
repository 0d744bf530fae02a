//! The controls of the picture: typed numbers, the guard before a heavy size, disclosures.

use crate::desk::Desk;
use eframe::{
    App as _,
    egui::{Event, Key, Modifiers, accesskit::Role},
};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use inlaid::{
    engine::{
        Format,
        options::{AvifDepth, AvifOptions, Subsampling},
        recipe::{Resample, Want},
    },
    jobs::ports::Pasted,
};
use std::{
    thread::sleep,
    time::{Duration, Instant},
};

fn wanted(desk: &Desk) -> Want {
    desk.window.state().session().selected().unwrap().recipe.edits.size.want
}

fn quality(desk: &Desk) -> u8 {
    desk.window.state().session().selected().unwrap().recipe.output.quality
}

/// A drawing of 100 × 50, which has no pixels to run out of.
fn drawing() -> Desk {
    let mut desk = Desk::new();
    let path = desk.folder.path().join("a.svg");
    std::fs::write(&path, "<svg xmlns='http://www.w3.org/2000/svg' width='100' height='50'/>").unwrap();
    desk.drop_files(&[path]);
    desk.wait_ready();
    desk
}

#[test]
fn a_size_of_more_than_a_gigabyte_is_asked_about() {
    let mut desk = drawing();
    desk.type_into("Width in pixels", "200");
    // 30,000 × 15,000 × 4 bytes.
    let question = "30,000 × 15,000 pixels need 1.80 GB";
    desk.type_into("Width in pixels", "30000");
    assert!(desk.has(question), "{:?}", desk.names());
    assert_eq!(wanted(&desk), Want::Width(200), "nothing is made before the answer");
    desk.click("Keep 200 × 100");
    assert!(!desk.has(question));
    assert_eq!(wanted(&desk), Want::Width(200));

    desk.type_into("Height in pixels", "15000");
    assert!(desk.has(question), "{:?}", desk.names());
    // Another size takes the question back.
    desk.type_into("Width in pixels", "300");
    assert!(!desk.has(question));
    assert_eq!(wanted(&desk), Want::Width(300));

    desk.type_into("Width in pixels", "30000x15000");
    desk.click("Use anyway");
    assert_eq!(wanted(&desk), Want::Box(30_000, 15_000));
    assert!(!desk.has(question));
}

#[test]
fn enlarging_beyond_a_gigabyte_is_asked_about() {
    let mut desk = Desk::with("a.png", [40, 20]);
    desk.type_into("Width in pixels", "40000");
    assert!(!desk.has("Use anyway"), "nothing is enlarged yet");
    desk.click("Enlarge");
    assert!(desk.has("40,000 × 20,000 pixels need 3.20 GB"), "{:?}", desk.names());
    assert!(!desk.window.state().session().selected().unwrap().recipe.edits.size.upscale);
    // Another picture has nothing to do with it.
    let path = desk.draw("b.png", [10, 10]);
    desk.drop_files(&[path]);
    desk.wait_ready();
    assert!(!desk.has("Use anyway"));
}

/// A frame of which the window hears first, as eframe has it; the harness leaves that out.
fn step_as_eframe(desk: &mut Desk, events: Vec<Event>) {
    let (ctx, mut input) = (desk.window.ctx.clone(), std::mem::take(desk.window.input_mut()));
    input.events.extend(events);
    desk.window.state_mut().raw_input_hook(&ctx, &mut input);
    *desk.window.input_mut() = input;
    desk.step();
}

#[test]
fn a_size_is_pasted_into_its_field() {
    let mut desk = drawing();
    desk.click("Width in pixels");
    desk.held.lock().unwrap().to_paste = Some(Pasted::Text("600x400".to_owned()));
    let (key, modifiers) = (Key::V, Modifiers::COMMAND);
    let pressed = Event::Key { key, physical_key: None, pressed: true, repeat: false, modifiers };
    step_as_eframe(&mut desk, vec![pressed]);
    let end = Instant::now() + Duration::from_secs(30);
    let field = |desk: &Desk| desk.window.get_by_label("Width in pixels").accesskit_node().value();
    while field(&desk).as_deref() != Some("600x400") {
        assert!(Instant::now() < end, "{:?}", field(&desk));
        sleep(Duration::from_millis(2));
        step_as_eframe(&mut desk, vec![]);
    }
    assert_eq!(wanted(&desk), Want::Original, "nothing is made before it is confirmed");
    desk.press(Modifiers::NONE, Key::Enter);
    assert_eq!(wanted(&desk), Want::Box(600, 400));
    assert_eq!(desk.held.lock().unwrap().n_reads, 1, "it is no picture that was pasted");
}

#[test]
fn the_quality_is_typed_or_stepped() {
    let mut desk = Desk::remembering(r#"{ "format": "jpeg", "quality": 70 }"#, &[("a.png", [40, 30])]);
    desk.wait_ready();
    let field = "Quality from 1 to 100";
    for (typed, expected) in [("55", 55), ("62 %", 62), ("999", 100), ("high", 100), ("0", 100), ("7", 7)] {
        desk.type_into(field, typed);
        assert_eq!(quality(&desk), expected, "{typed}");
        // What is said of the result moves what is below it.
        desk.wait_ready();
    }
    desk.click(field);
    desk.press(Modifiers::NONE, Key::ArrowUp);
    desk.press(Modifiers::SHIFT, Key::ArrowDown);
    assert_eq!(quality(&desk), 1, "8 less 10, kept in range");
    // Long enough after the click into the field for two clicks not to be the second and third.
    desk.pass(1.0);
    let slider = desk.window.get_by_role_and_label(Role::Slider, "Quality").rect();
    for _ in 0..2 {
        desk.window.drag_at(slider.left_center());
        desk.window.drop_at(slider.left_center());
    }
    desk.pass(0.2);
    assert_eq!(quality(&desk), 80, "a double click resets");
}

#[test]
fn disclosures_are_closed_at_first_and_remembered() {
    let mut desk = Desk::with("a.png", [400, 200]);
    assert!(!desk.has("Stored values"));
    desk.click("Advanced size settings");
    assert!(desk.has("Stored values"));
    desk.window.get_by_role_and_label(Role::RadioButton, "Stored values").click();
    desk.step();
    assert_eq!(desk.window.state().session().selected().unwrap().recipe.edits.resample, Resample::Srgb);
    desk.click("More formats");
    desk.kept(r#""disclosed""#);
    let kept = std::fs::read_to_string(desk.folder.path().join("settings.json")).unwrap();
    let mut again = Desk::remembering(&kept, &[("a.png", [20, 10])]);
    again.wait_ready();
    assert!(again.has("Stored values") && again.has("Fewer formats"), "{:?}", again.names());
}

#[test]
fn the_colour_beside_a_padded_picture_is_chosen() {
    let mut desk = Desk::with("a.png", [400, 200]);
    desk.click("Advanced size settings");
    desk.type_into("Width in pixels", "100x100");
    assert!(!desk.has("Transparent"));
    desk.window.get_by_role_and_label(Role::RadioButton, "Pad").click();
    desk.step();
    desk.step();
    desk.click("Black");
    let background = |desk: &Desk| desk.window.state().session().selected().unwrap().recipe.edits.background;
    assert_eq!(background(&desk), Some([0; 3]));
    desk.click("Transparent");
    assert_eq!(background(&desk), None);
}

#[test]
fn metadata_are_kept_part_by_part() {
    let mut desk = Desk::remembering(r#"{ "format": "png" }"#, &[]);
    let path = desk.draw("a.png", [40, 20]);
    let plain = std::fs::read(&path).unwrap();
    // Behind the signature and IHDR; nobody looks at the checksum of a text.
    let text = [b"\0\0\0\x0dtEXtComment\0hello".as_slice(), &[0; 4]].concat();
    std::fs::write(&path, [&plain[..33], &text, &plain[33..]].concat()).unwrap();
    desk.drop_files(&[path]);
    desk.wait_ready();
    let has_text = |desk: &mut Desk| {
        desk.press(Modifiers::COMMAND, Key::C);
        let (_, base64) = desk.copied().split_once(',').map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap();
        let bytes = base64::Engine::decode(&base64::engine::general_purpose::STANDARD, base64).unwrap();
        bytes.windows(5).any(|it| it == b"hello")
    };
    assert!(!has_text(&mut desk));
    desk.click("Advanced format settings");
    // The keyword, a zero and the text.
    desk.click("Comments · 13 B");
    desk.wait_ready();
    assert!(has_text(&mut desk));
    desk.click("Comments · 13 B");
    desk.wait_ready();
    assert!(!has_text(&mut desk));
}

#[test]
fn a_drawing_can_stay_one_and_pixels_cannot_become_one() {
    let mut desk = drawing();
    let path = desk.draw("b.png", [40, 20]);
    desk.window.get_by_role_and_label(Role::RadioButton, "SVG").click();
    desk.step();
    desk.wait_ready();
    assert!(desk.has("Original kept: already smaller"), "{:?}", desk.names());
    desk.press(Modifiers::COMMAND, Key::C);
    assert!(desk.copied().starts_with("data:image/svg+xml"));
    desk.click("Advanced format settings");
    assert!(desk.has("Digits behind the point"));
    desk.drop_files(&[path]);
    desk.wait_ready();
    assert!(!desk.has("SVG"), "{:?}", desk.names());
    assert!(!desk.window.state().session().selected().unwrap().recipe.output.format.is_vector());
}

#[test]
fn an_avif_is_one_of_the_usual_and_has_its_own_controls() {
    let mut desk = Desk::with("a.png", [40, 20]);
    assert!(!desk.has("JPEG XL"), "it sits under More");
    desk.window.get_by_role_and_label(Role::RadioButton, "AVIF").click();
    desk.step();
    desk.wait_ready();
    desk.click("Advanced format settings");
    for choice in ["4:2:0", "8 bits"] {
        desk.window.get_by_role_and_label(Role::RadioButton, choice).click();
        desk.step();
        desk.step();
    }
    desk.window.get_by_role_and_label(Role::RadioButton, "As the colours").focus();
    desk.step();
    desk.press(Modifiers::NONE, Key::ArrowRight);
    desk.step();
    desk.window.get_by_role_and_label(Role::Slider, "Speed").focus();
    desk.step();
    desk.press(Modifiers::NONE, Key::ArrowLeft);
    let options = desk.window.state().session().selected().unwrap().recipe.output.codec.avif.clone();
    let wanted =
        AvifOptions { speed: Some(5), depth: AvifDepth::Eight, chroma: Subsampling::Half, alpha_quality: Some(80) };
    assert_eq!(options, wanted, "the quality of transparency begins with that of the colours");
    desk.press(Modifiers::NONE, Key::ArrowRight);
    desk.wait_ready();
    let item = desk.window.state().session().selected().unwrap();
    assert_eq!(item.recipe.output.codec.avif.speed, None, "6 is what the effort says");
    assert_eq!(Format::sniff(&item.fresh().unwrap().product.encoded.bytes), Some(Format::Avif));
    assert_eq!(item.fresh_preview().unwrap().raster.size(), [40, 20]);
}
