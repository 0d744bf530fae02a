//! What comes from outside the window: the desktop's colours, a second start of the program, files
//! that are exported again; and a desktop without any dialogs.

use super::{
    CANVAS, PIXELS, decoded,
    desk::{Desk, script, wait_for},
    draw, pillow_of_bytes, text, wait_for_change,
};
use std::{fs, path::Path, time::Instant};

/// The canvas of an empty window, beside the frame; the colours are those of the design.
const PLACE: [i32; 4] = [30, 300, 31, 301];
const DARK: [u8; 3] = [0x17, 0x18, 0x1B];
const LIGHT: [u8; 3] = [0xEE, 0xF0, 0xF3];

/// Starts a portal that says this scheme: 1 is dark, 2 is light.
fn start_portal(desk: &mut Desk, kind: &str, scheme: &str) {
    desk.start_bus();
    let script = script("portal.py");
    let said = desk.start_python(&script, &["serve", kind, scheme]);
    assert_eq!(std::io::BufRead::lines(said).next().unwrap().unwrap(), "ready");
}

fn wait_for_ground(desk: &Desk, what: &str, colour: [u8; 3]) {
    wait_for(what, || desk.screen(PLACE).ends_with(&colour).then_some(()));
}

#[test]
fn the_window_follows_the_colours_of_the_desktop() {
    for kind in ["new", "old"] {
        let Some(mut desk) = Desk::open("the_window_follows_the_colours_of_the_desktop") else { return };
        desk.remember("png");
        start_portal(&mut desk, kind, "2");
        desk.launch(&[], "Inlaid");
        wait_for_ground(&desk, "the light window", LIGHT);
        desk.python("portal.py", &["set", "1"]);
        wait_for_ground(&desk, "the dark window", DARK);
        desk.python("portal.py", &["set", "2"]);
        wait_for_ground(&desk, "the light window again", LIGHT);
    }
}

#[test]
fn a_portal_that_hangs_keeps_nobody() {
    let Some(mut desk) = Desk::open("a_portal_that_hangs_keeps_nobody") else { return };
    desk.remember("png");
    start_portal(&mut desk, "deaf", "2");
    desk.hide_programs();
    desk.launch(&[], "Inlaid");
    wait_for_ground(&desk, "the window", DARK);
    let path = draw(&desk, "typed.png", 4);
    type_path(&desk, &path);
    desk.wait_for_title("typed.png — Inlaid");
}

/// Opens a picture by typing its path into the question that stands in for the dialog.
fn type_path(desk: &Desk, path: &Path) {
    let before = desk.screen(CANVAS);
    desk.press("ctrl+o");
    wait_for_change(desk, "the question for a path", CANVAS, &before);
    desk.pointer(&["type", "--delay", "20", text(path)]);
    desk.press("Return");
}

#[test]
fn without_any_dialog_a_path_is_typed() {
    let Some(mut desk) = Desk::open("without_any_dialog_a_path_is_typed") else { return };
    desk.remember("png");
    desk.hide_programs();
    let path = draw(&desk, "typed.png", 4);
    desk.launch(&[], "Inlaid");
    type_path(&desk, &path);
    desk.wait_for_title("typed.png — Inlaid");
}

#[test]
fn a_second_start_hands_its_files_over() {
    let Some(mut desk) = Desk::open("a_second_start_hands_its_files_over") else { return };
    desk.remember("png");
    let [one, two] = ["one.png", "größe 2.png"].map(|it| draw(&desk, it, 4));
    desk.launch(&[&one], "one.png — Inlaid");
    let program = env!("CARGO_BIN_EXE_inlaid");
    let ours = desk.xdotool(&["getactivewindow"]).unwrap();
    desk.pointer(&["windowminimize", &ours]);
    wait_for("the window to be away", || desk.windows().is_empty().then_some(()));

    // It stands in another folder than the first, so it has to say where its file is.
    let begin = Instant::now();
    let second = desk.run_in(two.parent().unwrap(), 20, program, &["größe 2.png"]);
    assert_eq!(second.status.code(), Some(0), "{}", String::from_utf8_lossy(&second.stderr));
    assert!(begin.elapsed().as_secs() < 10, "it does not wait for the window to be closed");
    desk.wait_for_title("2 images — Inlaid");
    wait_for("the window to be back", || (desk.xdotool(&["getactivewindow"])? == ours).then_some(()));
    assert_eq!(desk.windows(), std::slice::from_ref(&ours));

    // A start with nothing to open only brings the window back.
    desk.pointer(&["windowminimize", &ours]);
    wait_for("the window to be away", || desk.windows().is_empty().then_some(()));
    assert_eq!(desk.run(20, program, &[]).status.code(), Some(0));
    wait_for("the window to be back", || (desk.xdotool(&["getactivewindow"])? == ours).then_some(()));

    desk.start_program(&["--new-window", text(&two)]);
    let both = wait_for("a second window", || Some(desk.windows()).filter(|it| it.len() == 2));
    let other = both.iter().find(|it| **it != ours).unwrap();
    wait_for("its title", || (desk.xdotool(&["getwindowname", other])? == "größe 2.png — Inlaid").then_some(()));
    desk.wait_for_title("2 images — Inlaid");
}

/// What a crash leaves behind, and a first window that has stopped.
#[test]
fn a_start_that_finds_no_answer_opens_a_window() {
    let Some(mut desk) = Desk::open("a_start_that_finds_no_answer_opens_a_window") else { return };
    desk.remember("png");
    let path = draw(&desk, "one.png", 4);
    desk.launch(&[], "Inlaid");
    desk.signal("STOP");
    desk.start_program(&[text(&path)]);
    let both = wait_for("a second window", || Some(desk.windows()).filter(|it| it.len() == 2));
    wait_for("its title", || {
        let names: Vec<String> = both.iter().filter_map(|it| desk.xdotool(&["getwindowname", it])).collect();
        names.contains(&"one.png — Inlaid".to_owned()).then_some(())
    });
    desk.signal("KILL");
    wait_for("the end of the first", || (desk.windows().len() == 1).then_some(()));
    // The second was never the first; the third is, whatever the first has left behind.
    desk.start_program(&[]);
    wait_for("a third window", || (desk.windows().len() == 2).then_some(()));
    let begin = Instant::now();
    assert_eq!(desk.run(20, env!("CARGO_BIN_EXE_inlaid"), &[]).status.code(), Some(0));
    assert!(begin.elapsed().as_secs() < 10);
}

#[test]
fn a_picture_that_is_exported_again_is_read_again() {
    let Some(mut desk) = Desk::open("a_picture_that_is_exported_again_is_read_again") else { return };
    desk.write_settings(r#"{ "format": "png", "reload": "always" }"#);
    let path = draw(&desk, "export.png", 4);
    desk.launch(&[&path], "export.png — Inlaid");
    desk.press("ctrl+c");
    assert_eq!(pillow_of_bytes(&desk, &decoded(&desk.copied_text())), format!("160x120 {PIXELS}"));
    let larger = draw(&desk, "larger.png", 5);
    fs::rename(&larger, &path).unwrap();
    wait_for("the new picture", || {
        desk.press("ctrl+c");
        let copied = pillow_of_bytes(&desk, &decoded(&desk.copied_text()));
        (copied == format!("200x150 {PIXELS}")).then_some(())
    });
}

/// A driver that refuses a frame, as after the computer has slept or the driver was renewed.
#[test]
fn a_window_that_the_driver_loses_comes_back() {
    let Some(mut desk) = Desk::open("a_window_that_the_driver_loses_comes_back") else { return };
    desk.remember("png");
    let path = draw(&desk, "one.png", 4);
    let (library, lose) = (desk.picture("losing.so"), desk.picture("lose"));
    let source = script("losing.c");
    desk.output_of(60, "cc", &["-shared", "-fPIC", "-o", text(&library), text(&source), "-ldl"]);
    desk.set("LD_PRELOAD", &library);
    desk.set("LOSE_WINDOW", &lose);
    desk.launch(&[&path], "one.png — Inlaid");
    let first = desk.windows();
    fs::write(&lose, "").unwrap();
    wait_for("another window", || {
        // Something to draw again for.
        desk.pointer(&["mousemove_relative", "--sync", "3", "1"]);
        desk.pointer(&["mousemove", "300", "300"]);
        Some(desk.windows()).filter(|it| it.len() == 1 && *it != first)
    });
    assert!(!lose.exists(), "the driver has lost it");
    assert!(desk.is_alive(), "in the same process");
    desk.find_window();
    desk.wait_for_title("one.png — Inlaid");
    desk.press("ctrl+c");
    assert_eq!(pillow_of_bytes(&desk, &decoded(&desk.copied_text())), format!("160x120 {PIXELS}"));
}
