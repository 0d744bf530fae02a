//! The real window by accessible name, with real workers and codecs; only the clipboard and the
//! dialogs are stood in for. What is seen of results is decoded by the `image` crate.

#![expect(clippy::expect_used, clippy::unwrap_used, reason = "in a test a surprise is a failure")]

mod codec;
mod controls;
mod desk;
mod halves;
mod history;
mod keyboard;
mod links;
mod narrow;
mod outside;
mod race;
mod sheets;
mod telling;
mod watch;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use desk::Desk;
use eframe::egui::{Event, Key, Modifiers, accesskit::Role};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use image::{DynamicImage, GenericImageView as _, ImageFormat, Rgba};
use inlaid::{jobs::ports::Pasted, session::Status};
use std::{io::Cursor, slice};

/// A data URL of a format, decoded by others.
fn decoded(data_url: &str, format: ImageFormat) -> DynamicImage {
    let (head, body) = data_url.split_once(',').expect("a data URL");
    assert_eq!(head, format!("data:{};base64", format.to_mime_type()));
    image::load_from_memory_with_format(&STANDARD.decode(body).unwrap(), format).unwrap()
}

#[test]
fn a_dropped_file_is_copied_as_a_data_url() {
    let mut desk = Desk::new();
    desk.step();
    assert_eq!(desk.title(), "Inlaid");
    let path = desk.draw("sunset.png", [120, 80]);
    desk.drop_files(&[path]);
    assert_eq!(desk.title(), "sunset.png — Inlaid");
    desk.wait_for("Copy data URL");
    assert!(desk.held.lock().unwrap().texts.is_empty(), "nothing is copied unasked");
    desk.click("Copy data URL");
    let picture = decoded(&desk.copied(), ImageFormat::Png);
    assert_eq!(picture.dimensions(), (120, 80));
    assert_eq!(picture.get_pixel(60, 5), Rgba([250, 10, 20, 255]));
    assert_eq!(picture.get_pixel(60, 75), Rgba([10, 20, 250, 255]));
    desk.wait_for("Copied");
    desk.wait_for("Copy data URL");
    assert!(desk.names().iter().any(|it| it.starts_with("Copied data URL · ")), "{:?}", desk.names());
    assert_eq!(desk.held.lock().unwrap().n_reads, 0);
}

#[test]
fn a_copy_asked_for_early_is_made_once() {
    let mut desk = Desk::remembering(r#"{ "format": "png" }"#, &[("a.png", [900, 700])]);
    desk.press(Modifiers::COMMAND, Key::C);
    assert_eq!(decoded(&desk.copied(), ImageFormat::Png).dimensions(), (900, 700));
    desk.wait_ready();
    for _ in 0..20 {
        desk.step();
    }
    assert!(desk.held.lock().unwrap().texts.is_empty());
}

#[test]
fn a_size_is_typed_into_either_field() {
    let mut desk = Desk::with("a.png", [400, 200]);
    for (field, typed, expected) in [
        // Inside a box of 100 × 100 fits 100 × 50; the rest is arithmetic by hand.
        ("Width in pixels", "100x100", (100, 50)),
        ("Width in pixels", "200", (200, 100)),
        ("Height in pixels", "50%", (200, 100)),
        ("Height in pixels", "20", (40, 20)),
        ("Height in pixels", "w80", (80, 40)),
        ("Width in pixels", "0.5x", (200, 100)),
        // Nothing is enlarged unasked.
        ("Width in pixels", "2x", (400, 200)),
        // What is no size changes nothing.
        ("Width in pixels", "large", (400, 200)),
    ] {
        desk.type_into(field, typed);
        desk.wait_ready();
        desk.press(Modifiers::COMMAND, Key::C);
        assert_eq!(decoded(&desk.copied(), ImageFormat::Png).dimensions(), expected, "{field}: {typed}");
    }
}

#[test]
fn enlarging_is_possible_when_asked_for() {
    let mut desk = Desk::with("a.png", [40, 20]);
    desk.type_into("Width in pixels", "80");
    desk.wait_for("Enlarge");
    desk.click("Enlarge");
    desk.wait_ready();
    desk.press(Modifiers::COMMAND, Key::C);
    assert_eq!(decoded(&desk.copied(), ImageFormat::Png).dimensions(), (80, 40));
}

#[test]
fn every_format_of_the_rows_is_written_as_what_it_says() {
    let mut desk = Desk::with("a.png", [60, 40]);
    desk.click("More formats");
    for (name, format) in [
        ("WebP", ImageFormat::WebP),
        ("JPEG", ImageFormat::Jpeg),
        ("GIF", ImageFormat::Gif),
        ("BMP", ImageFormat::Bmp),
        ("TIFF", ImageFormat::Tiff),
        ("ICO", ImageFormat::Ico),
        ("QOI", ImageFormat::Qoi),
        ("PNG", ImageFormat::Png),
    ] {
        let row = desk.window.get_by_role_and_label(Role::RadioButton, name);
        row.click();
        desk.step();
        desk.wait_ready();
        desk.press(Modifiers::COMMAND, Key::C);
        let copied = desk.copied();
        let (head, body) = copied.split_once(";base64,").unwrap();
        let bytes = STANDARD.decode(body).unwrap();
        let picture = image::load_from_memory_with_format(&bytes, format).unwrap_or_else(|it| panic!("{name}: {it}"));
        assert_eq!(picture.dimensions(), (60, 40), "{head}");
        let row = desk.window.get_by_role_and_label(Role::RadioButton, name);
        assert!(row.accesskit_node().description().is_some(), "{name} shows its measured bytes");
    }
}

#[test]
fn less_quality_makes_fewer_bytes() {
    let mut desk = Desk::remembering(r#"{ "format": "jpeg", "quality": 90 }"#, &[("a.png", [160, 120])]);
    desk.wait_ready();
    desk.press(Modifiers::COMMAND, Key::C);
    let fine = desk.copied();
    desk.window.get_by_role_and_label(Role::Slider, "Quality").set_value_accesskit(31.0);
    desk.step();
    desk.window.get_by_role_and_label(Role::Slider, "Quality").focus();
    desk.step();
    desk.press(Modifiers::NONE, Key::ArrowLeft);
    desk.wait_ready();
    assert_eq!(desk.window.state().session().defaults.quality, 30, "the next picture starts with it");
    desk.press(Modifiers::COMMAND, Key::C);
    let coarse = desk.copied();
    assert!(coarse.len() * 3 < fine.len() * 2, "{} and {} characters", coarse.len(), fine.len());
    assert_eq!(decoded(&coarse, ImageFormat::Jpeg).dimensions(), (160, 120));
}

#[test]
fn the_text_has_the_form_that_was_chosen() {
    let mut desk = Desk::with("my-logo.png", [30, 20]);
    for (form, button, start, end) in [
        ("Base64", "Copy base64", "iVBORw0KGgo", ""),
        ("HTML", "Copy HTML", "<img ", ">"),
        ("CSS", "Copy CSS", "url(\"data:image/png;base64,", "\")"),
        ("Data URL", "Copy data URL", "data:image/png;base64,", ""),
    ] {
        desk.window.get_by_role_and_label(Role::RadioButton, form).click();
        desk.step();
        desk.wait_for(button);
        desk.click(button);
        let text = desk.copied();
        assert!(text.starts_with(start) && text.ends_with(end), "{text}");
        if form == "HTML" {
            for attribute in ["width=\"30\"", "height=\"20\"", "alt=\"my logo\""] {
                assert!(text.contains(attribute), "{text}");
            }
        }
        // The button says that it is done for a while.
        desk.wait_for(button);
    }
}

#[test]
fn the_image_itself_is_copied_as_pixels() {
    let mut desk = Desk::with("a.png", [60, 40]);
    desk.press(Modifiers::COMMAND | Modifiers::SHIFT, Key::C);
    desk.wait("the image", |desk| (!desk.held.lock().unwrap().images.is_empty()).then_some(()));
    let held = desk.held.lock().unwrap();
    assert!(held.texts.is_empty(), "never as text");
    let rgba = held.images[0].to_rgba8();
    assert_eq!((held.images[0].width(), held.images[0].height()), (60, 40));
    assert_eq!(rgba[..4], [250, 10, 20, 255]);
}

#[test]
fn a_failed_picture_says_why_and_can_be_tried_again() {
    let mut desk = Desk::new();
    let path = desk.folder.path().join("note.png");
    std::fs::write(&path, "only a text").unwrap();
    desk.drop_files(slice::from_ref(&path));
    desk.wait_for("Retry");
    assert!(desk.names().iter().any(|it| it.starts_with("note.png: ")), "{:?}", desk.names());
    assert!(desk.window.query_by_label("Copy data URL").is_none());
    desk.draw("note.png", [20, 10]);
    desk.click("Retry");
    desk.wait_for("Copy data URL");
    assert_eq!(desk.title(), "note.png — Inlaid");

    std::fs::write(&path, "a text again").unwrap();
    desk.press(Modifiers::COMMAND, Key::W);
    desk.drop_files(&[path]);
    desk.wait_for("Remove");
    desk.click("Remove");
    assert_eq!(desk.title(), "Inlaid");
}

#[test]
fn a_failure_leaves_the_picture_that_was_looked_at() {
    let mut desk = Desk::with("good.png", [20, 10]);
    let half = desk.folder.path().join("half.png");
    std::fs::write(&half, &std::fs::read(desk.draw("whole.png", [50, 50])).unwrap()[..50]).unwrap();
    desk.drop_files(&[half, desk.folder.path().to_owned(), desk.folder.path().join("none.png")]);
    desk.wait("the failures", |desk| {
        let items = desk.window.state().session().items();
        let n_failed = items.iter().filter(|it| matches!(it.status(), Status::Failed(_))).count();
        (n_failed == 3).then_some(())
    });
    assert_eq!(desk.window.state().session().selected().unwrap().name(), "good.png");
    desk.press(Modifiers::COMMAND, Key::C);
    assert_eq!(decoded(&desk.copied(), ImageFormat::Png).dimensions(), (20, 10));
}

#[test]
fn several_pictures_are_stepped_through() {
    let mut desk = Desk::new();
    let paths = [10, 20, 30].map(|it| desk.draw(&format!("{it}.png"), [it, it]));
    desk.drop_files(&paths);
    assert_eq!(desk.title(), "3 images — Inlaid");
    let name = |desk: &Desk| desk.window.state().session().selected().unwrap().name().to_owned();
    for (key, expected) in [
        (Key::ArrowRight, "20.png"),
        (Key::ArrowRight, "30.png"),
        (Key::ArrowRight, "30.png"),
        (Key::Home, "10.png"),
        (Key::End, "30.png"),
        (Key::ArrowLeft, "20.png"),
    ] {
        desk.press(Modifiers::NONE, key);
        assert_eq!(name(&desk), expected);
    }
    desk.wait_ready();
    desk.press(Modifiers::COMMAND, Key::C);
    assert_eq!(decoded(&desk.copied(), ImageFormat::Png).dimensions(), (20, 20));
    desk.click("Next image");
    assert_eq!(name(&desk), "30.png");
    desk.press(Modifiers::NONE, Key::Delete);
    assert_eq!(desk.title(), "2 images — Inlaid");
    desk.press(Modifiers::COMMAND | Modifiers::SHIFT, Key::W);
    assert_eq!(desk.title(), "Inlaid");
}

#[test]
fn keys_of_one_frame_are_obeyed_in_their_order() {
    let mut desk = Desk::remembering(r#"{ "format": "png" }"#, &[("a.png", [10, 10]), ("b.png", [20, 20])]);
    let press = |key, modifiers| Event::Key { key, physical_key: None, pressed: true, repeat: false, modifiers };
    let keys = [press(Key::End, Modifiers::NONE), press(Key::C, Modifiers::COMMAND)];
    desk.window.input_mut().events.extend(keys);
    desk.step();
    assert_eq!(decoded(&desk.copied(), ImageFormat::Png).dimensions(), (20, 20));
    let keys = [press(Key::C, Modifiers::COMMAND), press(Key::Home, Modifiers::NONE)];
    desk.window.input_mut().events.extend(keys);
    desk.step();
    assert_eq!(decoded(&desk.copied(), ImageFormat::Png).dimensions(), (20, 20));
}

#[test]
fn whatever_was_copied_elsewhere_is_pasted() {
    let mut desk = Desk::new();
    let pixels = image::RgbImage::from_raw(2, 1, vec![255, 0, 0, 0, 0, 255]).unwrap();
    let mut bitmap = Cursor::new(vec![]);
    pixels.write_to(&mut bitmap, ImageFormat::Bmp).unwrap();
    desk.held.lock().unwrap().to_paste = Some(Pasted::Encoded(bitmap.into_inner()));
    desk.press(Modifiers::COMMAND, Key::V);
    desk.wait_for("Copy data URL");
    assert_eq!(desk.title(), "pasted image — Inlaid");
    desk.press(Modifiers::COMMAND, Key::C);
    let picture = decoded(&desk.copied(), ImageFormat::Png);
    assert_eq!(picture.to_rgba8().into_raw(), [255, 0, 0, 255, 0, 0, 255, 255]);

    let png = std::fs::read(desk.draw("a.png", [16, 9])).unwrap();
    for text in [format!("data:image/png;base64,{}", STANDARD.encode(&png)), STANDARD.encode(&png)] {
        desk.press(Modifiers::COMMAND, Key::W);
        desk.held.lock().unwrap().to_paste = Some(Pasted::Text(text));
        desk.click("Paste");
        desk.wait_ready();
        desk.press(Modifiers::COMMAND, Key::C);
        assert_eq!(decoded(&desk.copied(), ImageFormat::Png).dimensions(), (16, 9));
    }

    for (content, complaint) in [
        (None, "The clipboard holds no image, file, link, data URL or base64"),
        (Some(Pasted::Text("Dear reader!".to_owned())), "pasted text: "),
    ] {
        desk.held.lock().unwrap().to_paste = content;
        desk.press(Modifiers::COMMAND, Key::V);
        desk.wait(complaint, |desk| desk.names().iter().any(|it| it.starts_with(complaint)).then_some(()));
        assert_eq!(desk.window.state().session().items().len(), 1, "the picture stays");
    }
}

#[test]
fn files_are_opened_and_saved_through_dialogs() {
    let mut desk = Desk::new();
    let (path, target) = (desk.draw("beach.png", [33, 22]), desk.folder.path().join("saved"));
    desk.held.lock().unwrap().to_open = vec![path];
    desk.click("Open…");
    desk.wait_for("Copy data URL");
    desk.held.lock().unwrap().to_save = Some(target.clone());
    desk.press(Modifiers::COMMAND, Key::S);
    desk.wait_for("Saved saved.png");
    assert_eq!(image::open(target.with_extension("png")).unwrap().dimensions(), (33, 22));
    assert_eq!(desk.held.lock().unwrap().suggested, [("beach-33x22.png".to_owned(), "png".to_owned())]);

    // The dialog was not asked about the completed name, so that file is not replaced.
    std::fs::write(target.with_extension("png"), "precious").unwrap();
    desk.click("Save…");
    desk.wait("a refusal", |desk| desk.names().iter().any(|it| it.starts_with("saved.png: ")).then_some(()));
    assert_eq!(std::fs::read(target.with_extension("png")).unwrap(), b"precious");
    assert!(desk.held.lock().unwrap().texts.is_empty());
}
