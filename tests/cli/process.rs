//! Streams, signals and things that are no ordinary files.

use crate::{Place, assert_fault, code, complaints, encoded, seen_in};
use base64::Engine as _;
use image::ImageFormat;
use std::{
    fs,
    io::{Read as _, Write as _},
    time::{Duration, Instant},
};

#[test]
fn standard_input_goes_to_standard_output() {
    let place = Place::new();
    let output = place.run_with(&["-f", "webp", "-w", "20", "-"], &encoded(40, 30, ImageFormat::Png));
    assert_eq!((code(&output), complaints(&output).len()), (0, 0));
    let (format, picture) = seen_in(&output.stdout);
    assert_eq!((format, picture.width(), picture.height()), (ImageFormat::WebP, 20, 15));
    assert!(place.names().is_empty());
}

#[test]
fn texts_that_hold_an_image_are_taken_too() {
    let place = Place::new();
    let png = encoded(40, 30, ImageFormat::Png);
    let body = base64::engine::general_purpose::STANDARD.encode(&png);
    let url = format!("data:image/gif;base64,{body}");
    for text in [&url, &body, &format!(".a {{ background: url('{url}') }}\n")] {
        let output = place.run_with(&["-f", "bmp", "-"], text.as_bytes());
        assert_eq!(code(&output), 0, "{:?}", complaints(&output));
        assert_eq!(seen_in(&output.stdout).1.width(), 40);
    }
    // As an argument it is a link of sorts: the result goes to the current folder.
    place.done(&["-f", "bmp", &url]);
    assert_eq!(place.names(), ["image.bmp"]);
    // Ours, read back.
    let ours = place.done(&["--as", "data-url", "-f", "png", "--force", &url]);
    assert_eq!(place.done(&["--as", "data-url", "-f", "png", ours.trim_end()]), ours);
}

#[test]
fn texts_that_hold_none_are_named_and_explained() {
    let place = Place::new();
    for (text, word) in [
        ("", "empty"),
        ("words, not an image", "neither a data URL nor base64"),
        ("data:image/png;base64", "no comma"),
        ("data:image/png;base64,", "ends after its comma"),
        ("data:image/png;base64,iVBORw0KG", "breaks off at character 9"),
        ("data:image/png;base64,iVBO*w0K", "'*' at character 5"),
        ("data:text/plain,hello", "not an image"),
    ] {
        assert_fault(&place.run_with(&["-"], text.as_bytes()), 1, &["inlaid: -: ", word]);
    }
    assert!(place.names().is_empty());
}

#[test]
fn a_name_cannot_write_lines_of_its_own() {
    let place = Place::new();
    assert_fault(&place.run(&["missing\ninlaid: a.png: fine\u{1b}[2J.png"]), 1, &["no such file"]);
}

#[cfg(unix)]
#[test]
fn pipes_and_devices_are_refused_before_they_are_opened() {
    let place = Place::new();
    let made = std::process::Command::new("mkfifo").arg(place.path("pipe.png")).status().unwrap();
    assert!(made.success());
    let start = Instant::now();
    assert_fault(&place.run(&["pipe.png"]), 1, &["pipe.png", "no ordinary file"]);
    assert_fault(&place.run(&["/dev/zero"]), 1, &["/dev/zero", "no ordinary file"]);
    place.picture("a.png", 8, 6, ImageFormat::Png);
    assert_fault(&place.run(&["--force", "-o", "pipe.png", "a.png"]), 1, &["pipe.png", "not an ordinary file"]);
    assert!(start.elapsed() < Duration::from_secs(10));
}

#[cfg(unix)]
#[test]
fn a_reader_that_goes_away_is_no_error() {
    let place = Place::new();
    place.picture("a.png", 400, 300, ImageFormat::Png);
    let args: Vec<&str> = ["--as", "data-url"].into_iter().chain(std::iter::repeat_n("a.png", 50)).collect();
    let mut child = place.start(&args);
    let mut some = [0; 10];
    child.stdout.take().unwrap().read_exact(&mut some).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!((code(&output), complaints(&output).len()), (0, 0));
}

#[cfg(unix)]
fn interrupt(child: &std::process::Child) {
    let sent = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(sent.success());
}

#[cfg(unix)]
#[test]
fn an_interrupt_leaves_whole_files_only() {
    let place = Place::new();
    let names: Vec<String> = (0..24).map(|it| format!("{it}.png")).collect();
    let first = fs::read(place.picture("0.png", 700, 500, ImageFormat::Png)).unwrap();
    for name in &names {
        fs::write(place.path(name), &first).unwrap();
    }
    let mut args = vec!["-f", "webp", "--effort", "best", "-o", "out/"];
    args.extend(names.iter().map(String::as_str));
    let child = place.start(&args);
    let start = Instant::now();
    // In the middle of the work: as soon as there is a first result.
    while fs::read_dir(place.path("out")).map_or(0, Iterator::count) == 0 {
        assert!(start.elapsed() < Duration::from_secs(60), "nothing was ever written");
        std::thread::sleep(Duration::from_millis(1));
    }
    interrupt(&child);
    let output = child.wait_with_output().unwrap();
    assert_eq!(code(&output), 130, "{:?}", complaints(&output));
    let left = crate::names_in(&place.path("out"));
    assert!(left.len() < names.len(), "it was interrupted too late to prove anything");
    for name in left {
        assert!(name.ends_with(".webp") && !name.starts_with('.'), "{name}");
        assert_eq!(crate::kind(&place.path("out").join(&name)).1, 700, "{name} is whole");
    }
}

#[cfg(unix)]
#[test]
fn an_interrupt_does_not_wait_for_standard_input() {
    let place = Place::new();
    let mut child = place.start(&["-"]);
    child.stdin.as_mut().unwrap().write_all(b"\x89PNG").unwrap();
    // The handler is set up before anything is read, but not before the process is there.
    std::thread::sleep(Duration::from_millis(500));
    interrupt(&child);
    let start = Instant::now();
    while child.try_wait().unwrap().is_none() {
        assert!(start.elapsed() < Duration::from_secs(10), "still waiting");
        std::thread::sleep(Duration::from_millis(10));
    }
    assert_eq!(code(&child.wait_with_output().unwrap()), 130);
}

/// What is copied is kept by a process of its own, which says in one line why it cannot.
#[cfg(target_os = "linux")]
#[test]
fn a_keeper_of_the_clipboard_without_a_display_says_so() {
    for (wayland, x11, words) in [
        (None, None, "there is no display"),
        (Some("no-such-socket"), None, "compositor"),
        (Some("no-such-socket"), Some(":7654"), "connection"),
    ] {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_inlaid"));
        command.arg("--clipboard-keeper").env_remove("WAYLAND_SOCKET");
        for (name, value) in [("WAYLAND_DISPLAY", wayland), ("DISPLAY", x11)] {
            command.env(name, value.unwrap_or_default());
        }
        let pipe = std::process::Stdio::piped;
        let mut keeper = command.stdin(pipe()).stdout(pipe()).spawn().unwrap();
        // The length of the order; a text of three bytes, in postcard; the text.
        keeper.stdin.take().unwrap().write_all(&[2, 0, 0, 0, 0, 3, b'f', b'o', b'o']).unwrap();
        let output = keeper.wait_with_output().unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        assert!(said.to_lowercase().contains(words) && said.lines().count() == 1, "{said}");
        assert!(!output.status.success());
    }
}
