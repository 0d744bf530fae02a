//! The whole program as people meet it: a real window, a real clipboard, real drags and dialogs,
//! and the result where it gets pasted, in another decoder and in a browser.
//!
//! Needs Xvfb, openbox, xdotool, xclip, xsel, sway, weston, wl-clipboard, wtype, xfce4-clipman, zenity, pcmanfm,
//! Thunar, dbus-daemon, at-spi2-core, openssl, Chromium and the system's Python with Pillow, GTK and Qt. Runs with `INLAID_E2E=1`, and
//! then a missing tool is a failure; see
//! `.ci/run`. All of these are of X11 and Wayland, so elsewhere there is nothing to run.

#![cfg(all(unix, not(target_os = "macos")))]
#![expect(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "in a test a surprise is a failure")]

mod access;
mod clipboard;
mod colour;
mod compositor;
mod decoders;
mod desk;
mod drop_ends;
mod drop_places;
mod drop_sources;
mod drops;
mod evidence;
mod hostile;
mod keepers;
mod links;
mod machine;
mod outside;
mod preview;
mod readers;
mod watch;
mod wayland;
mod weston;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use desk::{Desk, left_out, script, wait_for};
use std::{
    fs,
    io::{BufRead as _, Write as _},
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

/// The test picture as Pillow and the browser must find it again: see `pixels.py`.
const PIXELS: &str = "c81e28ff 14a03cff 1e3cd2ff ff00ff80";
/// The canvas and the inspector of a window at the upper left corner, well inside.
const CANVAS: [i32; 4] = [20, 100, 840, 700];
const INSPECTOR: [i32; 4] = [880, 100, 1160, 760];

fn draw(desk: &Desk, name: &str, scale: u32) -> PathBuf {
    let path = desk.picture(name);
    desk.python("pixels.py", &["draw", text(&path), &scale.to_string()]);
    path
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// Size and pixels according to Pillow.
fn pillow(desk: &Desk, path: &Path) -> String {
    desk.python("pixels.py", &["read", text(path)]).trim().to_owned()
}

fn pillow_of_bytes(desk: &Desk, bytes: &[u8]) -> String {
    let path = desk.picture("read back");
    fs::write(&path, bytes).unwrap();
    pillow(desk, &path)
}

fn decoded(data_url: &str) -> Vec<u8> {
    decoded_as("image/png", data_url)
}

fn decoded_as(kind: &str, data_url: &str) -> Vec<u8> {
    let (head, body) = data_url.split_once(',').expect("a data URL");
    assert_eq!(head, format!("data:{kind};base64"));
    STANDARD.decode(body).expect("base64")
}

/// Waits until that part of the screen looks otherwise than before.
fn wait_for_change(desk: &Desk, what: &str, area: [i32; 4], before: &[u8]) {
    wait_for(what, || {
        let now = desk.screen(area);
        let n_changed = now.iter().zip(before).filter(|(now, before)| now != before).count();
        (n_changed > 500).then_some(())
    });
}

#[test]
fn a_file_manager_drops_files() {
    let Some(mut desk) = Desk::open("a_file_manager_drops_files") else { return };
    desk.remember("png");
    let one = draw(&desk, "größe 1 (ä).png", 10);
    desk.launch(&[], "Inlaid");
    desk.keep_screenshot("empty.png");
    drag(&mut desk, &[&one]);
    desk.wait_for_title("größe 1 (ä).png — Inlaid");
    desk.press("ctrl+c");
    let copied = desk.copied_text();
    assert_eq!(pillow_of_bytes(&desk, &decoded(&copied)), format!("400x300 {PIXELS}"));
    desk.keep_screenshot("loaded.png");

    let more = [draw(&desk, "two.png", 2), draw(&desk, "three.png", 3)];
    drag(&mut desk, &[&more[0], &more[1]]);
    desk.wait_for_title("3 images — Inlaid");
}

/// Drags files from a GTK window onto the canvas, and looks at the overlay on the way.
fn drag(desk: &mut Desk, paths: &[&Path]) {
    let script = script("drag_source.py");
    let args: Vec<&str> = ["1300", "300"].into_iter().chain(paths.iter().map(|it| text(it))).collect();
    let mut said = desk.start_python(&script, &args).lines().map(Result::unwrap);
    let mut expect = |word: &str| assert_eq!(said.next().as_deref(), Some(word));
    expect("ready");
    let source = wait_for("the place of the source", || {
        let window = desk.xdotool(&["search", "--onlyvisible", "--name", "^drag source$"])?;
        desk.xdotool(&["getwindowgeometry", &window]).map(|_| window)
    });
    desk.pointer(&["mousemove", "--window", &source, "100", "100", "mousedown", "1"]);
    for step in 1..=6 {
        desk.pointer(&["mousemove_relative", "--", &(-8 * step).to_string(), "3"]);
    }
    expect("begin");
    let before = desk.screen(CANVAS);
    for step in 0..12 {
        desk.pointer(&["mousemove", &(700 - step * 20).to_string(), "400"]);
    }
    wait_for_change(desk, "the overlay", CANVAS, &before);
    desk.pointer(&["mouseup", "1"]);
    expect("data");
    expect("end");
    desk.pointer(&["windowkill", &source]);
}

#[test]
fn another_source_drops_three_files_at_once() {
    let Some(mut desk) = Desk::open("another_source_drops_three_files_at_once") else { return };
    let Some(sources) = std::env::var_os("INLAID_E2E_SOURCES") else {
        left_out("the sources of INLAID_E2E_SOURCES, which is not set");
        return;
    };
    let script = Path::new(&sources).join("xdnd_source.py");
    desk.remember("png");
    let uris: Vec<String> =
        (1..=3).map(|it| format!("file://{}", text(&draw(&desk, &format!("{it}.png"), it)))).collect();
    desk.launch(&[], "Inlaid");
    let offer = format!("text/uri-list=@{}\\r\\n", uris.join("\\r\\n"));
    let said: Vec<String> = desk
        .start_python(&script, &["Inlaid", "400", "400", "0.5", "drop", &offer])
        .lines()
        .map(Result::unwrap)
        .collect();
    assert!(said.iter().any(|it| it.contains("XdndFinished ok 1")), "{said:?}");
    desk.wait_for_title("3 images — Inlaid");
    desk.press("End");
    desk.press("ctrl+c");
    let copied = desk.copied_text();
    assert_eq!(pillow_of_bytes(&desk, &decoded(&copied)), format!("120x90 {PIXELS}"));
}

#[test]
fn what_other_programs_copied_is_pasted() {
    let Some(mut desk) = Desk::open("what_other_programs_copied_is_pasted") else { return };
    desk.remember("png");
    let path = draw(&desk, "copied file.png", 3);
    let png = fs::read(&path).unwrap();
    desk.launch(&[], "Inlaid");

    desk.offer("image/png", &png);
    desk.press("ctrl+v");
    desk.wait_for_title("pasted image — Inlaid");
    desk.press("ctrl+c");
    wait_for("our text", || desk.offered().contains("UTF8_STRING").then_some(()));
    assert_eq!(pillow_of_bytes(&desk, &decoded(&desk.copied_text())), format!("120x90 {PIXELS}"));
    desk.press("ctrl+w");
    desk.wait_for_title("Inlaid");

    // So large that it comes in pieces, from an owner that answers any question with it.
    let large = desk.picture("large.png");
    let hash = |x: u32, y: u32| (x ^ y.rotate_left(11)).wrapping_mul(0x9E37_79B1).rotate_left(9).wrapping_mul(x | 1);
    let noise = |x, y| image::Rgb([0, 8, 16].map(|it| (hash(x, y) >> it) as u8));
    image::RgbImage::from_fn(1_400, 1_100, noise).save(&large).unwrap();
    assert!(3_000_000 < fs::metadata(&large).unwrap().len(), "it goes in one piece");
    desk.offer("image/png", &fs::read(&large).unwrap());
    desk.press("ctrl+v");
    desk.wait_for_title("pasted image — Inlaid");
    desk.press("ctrl+w");
    desk.wait_for_title("Inlaid");

    let uri = format!("file://{}\r\n", text(&path).replace(' ', "%20"));
    desk.offer("text/uri-list", uri.as_bytes());
    desk.press("ctrl+v");
    desk.wait_for_title("copied file.png — Inlaid");
    desk.press("Delete");
    desk.wait_for_title("Inlaid");

    let data_url = format!("data:image/png;base64,{}", STANDARD.encode(&png));
    desk.offer("UTF8_STRING", data_url.as_bytes());
    desk.press("ctrl+v");
    desk.wait_for_title("pasted image — Inlaid");
    assert_eq!(desk.copied_text(), data_url, "pasting does not touch the clipboard");
}

#[test]
fn a_browser_shows_the_copied_data_url() {
    let Some(mut desk) = Desk::open("a_browser_shows_the_copied_data_url") else { return };
    desk.remember("png");
    let path = draw(&desk, "picture.png", 4);
    desk.launch(&[&path], "picture.png — Inlaid");
    desk.press("ctrl+c");
    let data_url = desk.copied_text();
    assert_eq!(pillow_of_bytes(&desk, &decoded(&data_url)), format!("160x120 {PIXELS}"));
    let page = desk.picture("page.html");
    fs::write(&page, format!("{PAGE}<img id=picture src=\"{data_url}\">")).unwrap();
    let profile = format!("--user-data-dir={}", text(&desk.picture("profile")));
    let address = format!("file://{}", text(&page));
    let flags = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"];
    let dom = desk.output_of(90, "chromium", &[&flags[..], &[&profile, "--dump-dom", &address]].concat());
    assert!(dom.contains(&format!("<output>160x120 {PIXELS}</output>")), "{dom:.2000}");
}

/// Says what `pixels.py` says, from a canvas.
const PAGE: &str = "<!doctype html><output></output><script>
addEventListener('load', () => {
    const picture = document.getElementById('picture');
    const [width, height] = [picture.naturalWidth, picture.naturalHeight];
    const context = Object.assign(document.createElement('canvas'), { width, height }).getContext('2d');
    context.drawImage(picture, 0, 0);
    const hex = it => it.toString(16).padStart(2, '0');
    const pixel = (x, y) => [...context.getImageData(x * width / 4, y * height / 4, 1, 1).data].map(hex).join('');
    const pixels = [[1, 1], [3, 1], [1, 3], [3, 3]].map(([x, y]) => pixel(x, y));
    document.querySelector('output').textContent = `${width}x${height} ${pixels.join(' ')}`;
});
</script>";

#[test]
fn a_copy_asked_for_before_the_picture_is_there_is_made_once_it_is() {
    let Some(mut desk) = Desk::open("a_copy_asked_for_before_the_picture_is_there") else { return };
    desk.remember("png");
    let png = fs::read(draw(&desk, "picture.png", 4)).unwrap();
    let mut input = desk.launch_listening(&[Path::new("-")], "standard input — Inlaid");
    // The window waits for the picture as long as we keep the bytes.
    let before = desk.screen(INSPECTOR);
    desk.press("ctrl+c");
    wait_for_change(&desk, "the promise", INSPECTOR, &before);
    assert_eq!(desk.offered(), "", "nothing was copied yet");
    input.write_all(&png).unwrap();
    drop(input);
    let copied = desk.copied_text();
    assert_eq!(pillow_of_bytes(&desk, &decoded(&copied)), format!("160x120 {PIXELS}"));
}

#[test]
fn the_image_itself_is_copied_as_png() {
    let Some(mut desk) = Desk::open("the_image_itself_is_copied_as_png") else { return };
    desk.remember("png");
    let path = draw(&desk, "picture.png", 4);
    desk.launch(&[&path], "picture.png — Inlaid");
    desk.press("ctrl+shift+c");
    wait_for("a copied image", || desk.offered().contains("image/png").then_some(()));
    assert!(!desk.offered().contains("UTF8_STRING"), "never as text");
    assert_eq!(pillow_of_bytes(&desk, &desk.clipboard("image/png")), format!("160x120 {PIXELS}"));
}

#[test]
fn a_picture_is_saved_through_the_dialog() {
    let Some(mut desk) = Desk::open("a_picture_is_saved_through_the_dialog") else { return };
    desk.remember("png");
    let path = draw(&desk, "picture.png", 4);
    desk.launch(&[&path], "picture.png — Inlaid");

    let fresh = desk.picture("fresh.png");
    save_as(&desk, &fresh);
    wait_for("the file", || fresh.exists().then_some(()));
    wait_for_dialogs(&desk, 0);
    assert_eq!(pillow(&desk, &fresh), format!("160x120 {PIXELS}"));

    let old = desk.picture("old.png");
    fs::write(&old, "precious").unwrap();
    fs::set_permissions(&old, fs::Permissions::from_mode(0o640)).unwrap();
    let dialog = save_as(&desk, &old);
    answer_question(&desk, &dialog, "Escape");
    wait_for_dialogs(&desk, 1);
    desk.focus(&dialog);
    desk.pointer(&["key", "Escape"]);
    wait_for_dialogs(&desk, 0);
    assert_eq!(fs::read(&old).unwrap(), b"precious", "the question was not answered with yes");

    let dialog = save_as(&desk, &old);
    answer_question(&desk, &dialog, "alt+r");
    wait_for_dialogs(&desk, 0);
    wait_for("the replaced file", || (fs::read(&old).unwrap() != b"precious").then_some(()));
    assert_eq!(pillow(&desk, &old), format!("160x120 {PIXELS}"));
    assert_eq!(fs::metadata(&old).unwrap().permissions().mode() & 0o777, 0o640);
    let names: Vec<_> = fs::read_dir(desk.picture("")).unwrap().map(|it| it.unwrap().file_name()).collect();
    assert_eq!(names.len(), 3, "no temporary file stays: {names:?}");
}

/// Asks for the dialog, which is returned, and types a path into it.
fn save_as(desk: &Desk, path: &Path) -> String {
    // The last dialog leaves the screen a moment before its program ends and a second one may open.
    let dialog = wait_for("the dialog", || {
        desk.press("ctrl+s");
        let end = Instant::now() + Duration::from_secs(3);
        loop {
            match dialogs(desk).pop() {
                None if Instant::now() < end => std::thread::sleep(Duration::from_millis(50)),
                dialog => return dialog,
            }
        }
    });
    assert_eq!(dialogs(desk), [dialog.as_str()], "one at a time");
    desk.focus(&dialog);
    desk.pointer(&["key", "ctrl+a"]);
    desk.pointer(&["type", "--delay", "5", text(path)]);
    if path.exists() {
        // A list of names that begin so pops up, and takes the keys until it is gone.
        wait_for_dialogs(desk, 2);
        desk.pointer(&["key", "Escape"]);
    }
    wait_for_dialogs(desk, 1);
    desk.pointer(&["key", "Return"]);
    dialog
}

/// The windows of zenity, once there are so many.
fn wait_for_dialogs(desk: &Desk, count: usize) -> Vec<String> {
    wait_for(&format!("{count} windows of zenity"), || {
        let windows = dialogs(desk);
        (windows.len() == count).then_some(windows)
    })
}

fn dialogs(desk: &Desk) -> Vec<String> {
    let output = desk.run(10, "xdotool", &["search", "--onlyvisible", "--class", "zenity"]);
    String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect()
}

/// Presses a key in the question whether to replace, which is asked over the dialog.
fn answer_question(desk: &Desk, dialog: &str, key: &str) {
    let windows = wait_for_dialogs(desk, 2);
    let question = windows.iter().find(|it| *it != dialog).expect("a second window");
    desk.focus(question);
    desk.pointer(&["key", key]);
}

#[test]
fn bad_inputs_leave_the_window_and_the_good_picture() {
    let Some(mut desk) = Desk::open("bad_inputs_leave_the_window_and_the_good_picture") else { return };
    desk.remember("png");
    let good = draw(&desk, "good.png", 4);
    let [note, folder, pipe, half, none] =
        ["note.png", "folder.png", "pipe.png", "half.png", "none.png"].map(|it| desk.picture(it));
    fs::write(&note, "not a picture at all").unwrap();
    fs::create_dir(&folder).unwrap();
    desk.output_of(10, "mkfifo", &[text(&pipe)]);
    let bytes = fs::read(&good).unwrap();
    fs::write(&half, &bytes[..60]).unwrap();
    desk.launch(&[&note, &folder, &pipe, &half, &none, &good], "6 images — Inlaid");
    desk.press("End");
    desk.press("ctrl+c");
    assert_eq!(pillow_of_bytes(&desk, &decoded(&desk.copied_text())), format!("160x120 {PIXELS}"));
    // Not every one of them can be there before the others have failed.
    for _ in 0..5 {
        desk.press("Left");
    }
    desk.press("End");
    desk.press("ctrl+shift+c");
    wait_for("the image", || desk.offered().contains("image/png").then_some(()));
    assert!(desk.is_alive());
    assert_eq!(fs::read(&half).unwrap(), bytes[..60]);
}

#[test]
fn settings_are_kept_and_broken_ones_do_no_harm() {
    let Some(mut desk) = Desk::open("settings_are_kept_and_broken_ones_do_no_harm") else { return };
    desk.write_settings("{ \"format\": \"png\", \"qual");
    let path = draw(&desk, "picture.png", 4);
    desk.launch(&[&path], "picture.png — Inlaid");
    desk.press("ctrl+c");
    let copied = desk.copied_text();
    assert!(copied.starts_with("data:image/webp;base64,"), "{copied:.40}");
    desk.press("ctrl+q");
    assert_eq!(desk.wait_for_end(), Some(0));
    let text = fs::read_to_string(desk.settings_file()).unwrap();
    let settings: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(settings["format"], "webp", "{text}");
    assert_eq!(settings["embed"], "data-url", "{text}");
    let width = settings["window"]["width"].as_f64().unwrap();
    assert!((1100.0..1200.0).contains(&width), "{text}");
}

#[test]
fn a_window_at_rest_costs_nothing() {
    const SECONDS: u64 = 3;
    // Clock ticks are hundredths of a second on Linux; this is 5 % of one core.
    const MAX_TICKS: u64 = SECONDS * 5;
    let Some(mut desk) = Desk::open("a_window_at_rest_costs_nothing") else { return };
    desk.remember("webp");
    let path = draw(&desk, "picture.png", 20);
    desk.launch(&[&path], "picture.png — Inlaid");
    // Loading, encoding, the race of the formats and the notices that go by themselves come to an end.
    let end = Instant::now() + Duration::from_secs(120);
    loop {
        let before = desk.ticks();
        std::thread::sleep(Duration::from_secs(SECONDS));
        let used = desk.ticks() - before;
        if used <= MAX_TICKS {
            return;
        }
        assert!(Instant::now() < end, "{used} ticks in {SECONDS} s at rest");
    }
}
