//! What can be asked of the encoders: by name, from the keyboard, and what becomes of it.

use crate::{decoded, desk::Desk};
use eframe::egui::{Key, Modifiers, accesskit::Role};
use egui_kittest::kittest::Queryable as _;
use image::{GenericImageView as _, ImageFormat};
use inlaid::engine::{
    options::{CodecOptions, PngColours, Subsampling},
    recipe::OutputSpec,
};

fn output(desk: &Desk) -> OutputSpec {
    desk.window.state().session().selected().unwrap().recipe.output.clone()
}

fn options(desk: &Desk) -> CodecOptions {
    output(desk).codec
}

/// Chooses one of a few by a click.
fn choose(desk: &mut Desk, name: &str) {
    desk.window.get_by_role_and_label(Role::RadioButton, name).click();
    desk.step();
    desk.step();
}

/// Moves the slider of that name.
fn slide(desk: &mut Desk, name: &str, value: f64) {
    desk.window.get_by_role_and_label(Role::Slider, name).set_value_accesskit(value);
    desk.step();
}

#[test]
fn a_png_gets_a_palette() {
    let mut desk = Desk::remembering(r#"{ "format": "png" }"#, &[("a.png", [160, 120])]);
    desk.wait_ready();
    assert!(!desk.has("Advanced format settings"), "nothing is hidden where there is nothing more to ask");
    assert!(!desk.has("As source"), "this source has no palette to keep");
    choose(&mut desk, "Palette");
    assert_eq!(options(&desk).png.colours, PngColours::Palette);
    desk.type_into("Colours from 2 to 256", "7");
    desk.type_into("Dithering from 0 to 100", "0");
    let palette = options(&desk).png.palette;
    assert_eq!((palette.colours, palette.dithering), (7, 0));
    slide(&mut desk, "Colours", 5.0);
    desk.type_into("Colours from 2 to 256", "1");
    assert_eq!(options(&desk).png.palette.colours, 5, "one colour is none to choose from");
    desk.wait_ready();
    desk.press(Modifiers::COMMAND, Key::C);
    let picture = decoded(&desk.copied(), ImageFormat::Png).to_rgba8();
    let colours: std::collections::HashSet<_> = picture.pixels().map(|it| it.0).collect();
    assert!((2..=5).contains(&colours.len()), "{}", colours.len());
    choose(&mut desk, "Lossless");
    assert_eq!(options(&desk).png.colours, PngColours::All);
    assert!(!desk.has("Colours from 2 to 256"));
}

#[test]
fn a_source_with_a_palette_is_kept_so_unless_asked_otherwise() {
    let mut desk = Desk::new();
    let path = desk.folder.path().join("few.png");
    let mut file = std::fs::File::create(&path).unwrap();
    let mut encoder = png::Encoder::new(&mut file, 64, 64);
    encoder.set_color(png::ColorType::Indexed);
    encoder.set_palette((0..=255).flat_map(|it: u8| [it, it.wrapping_mul(7), 255 - it]).collect::<Vec<u8>>());
    let indices: Vec<u8> = (0..64 * 64_u32).map(|at| (at % 256) as u8).collect();
    encoder.write_header().unwrap().write_image_data(&indices).unwrap();
    desk.drop_files(&[path]);
    desk.wait_ready();
    choose(&mut desk, "PNG");
    assert!(desk.has("As source"));
    desk.type_into("Width in pixels", "50");
    desk.wait_for("Kept to 256 colours, since the source has a palette");
    choose(&mut desk, "Lossless");
    desk.wait_ready();
    assert!(!desk.has("Kept to 256 colours, since the source has a palette"));
}

#[test]
fn a_gif_has_as_many_colours_as_asked_for() {
    let mut desk = Desk::remembering(r#"{ "format": "gif" }"#, &[("a.png", [60, 40])]);
    desk.wait_ready();
    slide(&mut desk, "Colours", 16.0);
    slide(&mut desk, "Dithering", 40.0);
    let gif = options(&desk).gif;
    assert_eq!((gif.colours, gif.dithering), (16, 40));
}

#[test]
fn an_ico_holds_the_sizes_chosen() {
    let mut desk = Desk::remembering(r#"{ "format": "ico" }"#, &[("a.png", [300, 300])]);
    desk.wait_ready();
    desk.wait_for("The format holds at most 256 × 256 pixels; the picture was made smaller");
    desk.click("Advanced format settings");
    for size in ["16", "48", "32", "48"] {
        desk.window.get_by_role_and_label(Role::Button, size).click();
        desk.step();
        // What is said of the result comes and goes above.
        desk.wait_ready();
    }
    assert_eq!(options(&desk).ico.wanted().collect::<Vec<_>>(), [16, 32]);
    desk.wait_ready();
    desk.press(Modifiers::COMMAND, Key::C);
    assert_eq!(decoded(&desk.copied(), ImageFormat::Ico).dimensions(), (32, 32));
}

#[test]
fn what_is_asked_of_a_webp_depends_on_its_kind() {
    let mut desk = Desk::remembering(r#"{ "format": "webp" }"#, &[("a.png", [60, 40])]);
    desk.wait_ready();
    // High enough that nothing has to be scrolled to.
    desk.resize(1180.0, 1100.0);
    desk.click("Advanced format settings");
    desk.type_into("Alpha quality from 0 to 100", "0");
    choose(&mut desk, "On");
    choose(&mut desk, "6");
    let webp = options(&desk).webp;
    assert_eq!((webp.alpha_quality, webp.sharp_yuv, webp.method), (0, Some(true), Some(6)));
    let autos: Vec<_> = desk.window.get_all_by_role_and_label(Role::RadioButton, "Auto").collect();
    autos.iter().for_each(egui_kittest::Node::click);
    desk.step();
    desk.step();
    assert_eq!((options(&desk).webp.sharp_yuv, options(&desk).webp.method), (None, None));
    choose(&mut desk, "Lossless");
    assert!(!desk.has("Alpha quality from 0 to 100"));
    slide(&mut desk, "Nearness to the pixels", 60.0);
    assert_eq!((options(&desk).webp.nearness, output(&desk).is_lossless()), (60, true));
}

#[test]
fn the_controls_of_a_jpeg_are_reached_from_the_keyboard() {
    let mut desk = Desk::remembering(r#"{ "format": "jpeg" }"#, &[("a.png", [60, 40])]);
    desk.wait_ready();
    desk.resize(1180.0, 1000.0);
    desk.window.get_by_label("More formats").focus();
    desk.step();
    let mut seen = vec![];
    for _ in 0..12 {
        desk.press(Modifiers::NONE, Key::Tab);
        seen.extend(desk.focused());
        if desk.focused().as_deref() == Some("Advanced format settings") {
            desk.press(Modifiers::NONE, Key::Space);
        }
        if desk.focused().as_deref() == Some("4:4:4") || desk.focused().as_deref() == Some("Auto") {
            break;
        }
    }
    desk.press(Modifiers::NONE, Key::ArrowRight);
    assert_eq!(options(&desk).jpeg.subsampling, Subsampling::Full, "{seen:?}");
    choose(&mut desk, "Baseline");
    choose(&mut desk, "Off");
    assert_eq!((options(&desk).jpeg.progressive, options(&desk).jpeg.trellis), (false, false));
}
