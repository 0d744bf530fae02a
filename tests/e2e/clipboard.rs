//! The clipboard with other programs at its other end: GTK, Chromium, xclip, and small clients of
//! our own for what those do not do.

use super::{PIXELS, access::find, decoded, draw, pillow_of_bytes, text};
use crate::{
    compositor::KIOSK,
    desk::{Desk, wait_for},
    evidence::Trace,
    hostile::check_answers,
    machine::Machine,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use std::{
    fs,
    io::BufRead as _,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

/// A picture of the window is copied as an image, in this format.
pub(crate) fn copy_image(desk: &mut Desk, format: &str, kind: &str) {
    desk.remember(format);
    let path = draw(desk, "a picture.png", 3);
    desk.launch(&[&path], "a picture.png — Inlaid");
    desk.press("ctrl+shift+c");
    wait_for("a copied image", || desk.offered().lines().any(|it| it == kind).then_some(()));
}

/// What GTK is given.
pub(crate) fn by_gtk(desk: &Desk, kind: &str) -> Vec<u8> {
    let path = desk.picture("by GTK");
    desk.python("clipboard.py", &["gtk", kind, text(&path)]);
    fs::read(path).unwrap()
}

pub(crate) fn listed_file(desk: &Desk) -> PathBuf {
    let list = String::from_utf8(desk.clipboard("text/uri-list")).unwrap();
    let url = list.trim_end().strip_prefix("file://").unwrap_or_else(|| panic!("{list:?}"));
    url.replace("%20", " ").into()
}

/// A client of our own owns the clipboard.
pub(crate) fn own(desk: &mut Desk, mode: &str, offers: &[(&str, &Path)]) {
    let offers: Vec<String> = offers.iter().map(|(kind, path)| format!("{kind}={}", text(path))).collect();
    let args: Vec<&str> = ["own", mode].into_iter().chain(offers.iter().map(String::as_str)).collect();
    let mut said = String::new();
    let script = desk.script("clipboard.py");
    desk.start_python(&script, &args).read_line(&mut said).unwrap();
    assert_eq!(said.trim(), "ready");
}

#[test]
fn every_program_takes_of_a_copied_image_what_it_can() {
    let Some(mut desk) = Desk::open("every_program_takes_of_a_copied_image_what_it_can") else { return };
    copy_image(&mut desk, "webp", "image/webp");
    let webp = desk.clipboard("image/webp");
    assert_eq!(by_gtk(&desk, "image/webp"), webp);
    assert!(webp.starts_with(b"RIFF") && pillow_of_bytes(&desk, &webp).starts_with("120x90 "));
    let png = desk.clipboard("image/png");
    assert_eq!(pillow_of_bytes(&desk, &png), pillow_of_bytes(&desk, &webp), "the same pixels");
    assert!(png.starts_with(b"\x89PNG"));
    assert!(desk.python("clipboard.py", &["gtk-image"]).starts_with("120x90 "));
    let html = String::from_utf8(by_gtk(&desk, "text/html")).unwrap();
    assert!(html.contains(&STANDARD.encode(&webp)) && html.starts_with("<img src=\"data:image/webp;base64,"));
    let offered = desk.offered();
    assert!(
        !["UTF8_STRING", "STRING", "text/plain"].iter().any(|it| offered.lines().any(|line| line == *it)),
        "{offered}"
    );

    let file = listed_file(&desk);
    assert!(file.starts_with(desk.runtime_folder()), "{file:?}");
    assert_eq!((fs::read(&file).unwrap(), file.extension().unwrap()), (webp.clone(), "webp".as_ref()));
    let copied_files = String::from_utf8(desk.clipboard("x-special/gnome-copied-files")).unwrap();
    assert_eq!(copied_files, format!("copy\nfile://{}", text(&file).replace(' ', "%20")));

    // It outlives the window, but not the next copy.
    desk.press("ctrl+q");
    assert_eq!(desk.wait_for_end(), Some(0));
    assert_eq!(desk.clipboard("image/webp"), webp);
    assert_eq!(desk.keepers().len(), 1);
    desk.offer("UTF8_STRING", b"something else");
    wait_for("the end of the keeper", || desk.keepers().is_empty().then_some(()));
    assert!(!file.exists() && !file.parent().unwrap().exists());
}

#[test]
fn a_browser_is_pasted_the_copied_image() {
    let Some(mut desk) = Desk::open("a_browser_is_pasted_the_copied_image") else { return };
    copy_image(&mut desk, "png", "image/png");
    let page = desk.picture("page.html");
    fs::write(&page, PAGE).unwrap();
    let profile = format!("--user-data-dir={}", text(&desk.picture("profile")));
    let flags = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--app-auto-launched"];
    let address = format!("--app=file://{}", text(&page));
    desk.start_tool("chromium", &[&flags[..], &[&profile, &address]].concat());
    let window = wait_for("the page", || desk.xdotool(&["search", "--onlyvisible", "--name", "^waiting"]));
    let said = wait_for("what was pasted", || {
        desk.focus(&window);
        desk.pointer(&["key", "--clearmodifiers", "ctrl+v"]);
        desk.xdotool(&["getwindowname", &window]).filter(|it| it.starts_with("pasted"))
    });
    assert!(said.starts_with(&format!("pasted image/png 120x90 {PIXELS}")), "{said}");
}

/// Says in its title what was pasted into it.
const PAGE: &str = "<!doctype html><title>waiting</title><body contenteditable><script>
addEventListener('paste', async event => {
    event.preventDefault();
    const file = [...event.clipboardData.files][0];
    const words = event.clipboardData.getData('text/plain');
    if (!file) { document.title = 'pasted no image'; return; }
    const picture = await createImageBitmap(file);
    const { width, height } = picture;
    const context = Object.assign(document.createElement('canvas'), { width, height }).getContext('2d');
    context.drawImage(picture, 0, 0);
    const hex = it => it.toString(16).padStart(2, '0');
    const pixel = (x, y) => [...context.getImageData(x * width / 4, y * height / 4, 1, 1).data].map(hex).join('');
    const pixels = [[1, 1], [3, 1], [1, 3], [3, 3]].map(([x, y]) => pixel(x, y));
    document.title = `pasted ${file.type} ${width}x${height} ${pixels.join(' ')} ${words}`;
});
</script>";

#[test]
fn what_is_large_goes_both_ways() {
    let Some(mut desk) = Desk::open("what_is_large_goes_both_ways") else { return };
    desk.remember("bmp");
    // 126,750,000 bytes of pixels.
    let noise = desk.picture("noise.png");
    desk.python("clipboard.py", &["noise", "6500", text(&noise)]);
    assert!(126_000_000 < fs::metadata(&noise).unwrap().len());
    desk.launch(&[], "Inlaid");
    own(&mut desk, "plain", &[("image/png", &noise)]);
    desk.press("ctrl+v");
    desk.wait_for_title("pasted image — Inlaid");
    desk.press("ctrl+shift+c");
    wait_for("a copied image", || desk.offered().contains("image/bmp").then_some(()));
    let bmp = desk.run(60, "xclip", &["-selection", "clipboard", "-out", "-target", "image/bmp"]).stdout;
    assert!(126_750_000 < bmp.len(), "{}", bmp.len());
    expect_pixels(&desk, &bmp, &noise);
}

#[test]
fn the_window_answers_while_much_is_pasted_and_copied() {
    let Some(mut desk) = Desk::open("the_window_answers_while_much_is_pasted_and_copied") else { return };
    let probes = desk.picture("probes");
    let (noise, trace) = noise_beside_trace(&mut desk);
    let mut trace = Trace::at(trace);
    let machine = Machine::watch(desk.home());
    own(&mut desk, "plain", &[("image/png", &noise)]);
    let probe = desk.script("probe.py");
    desk.start_python_on_screen(&probe, &[text(&probes)]);
    wait_for("its first move", || fs::read(&probes).is_ok_and(|it| !it.is_empty()).then_some(()));
    copy_what_is_pasted(&mut desk);
    check_answers(&desk, &mut trace, &probes, machine, ("clipboard", String::new(), 50));
}

#[test]
fn much_is_pasted_and_copied_on_wayland() {
    let Some(mut desk) = Desk::open_sway_on_screen("much_is_pasted_and_copied_on_wayland") else { return };
    let (noise, _) = noise_beside_trace(&mut desk);
    desk.offer("image/png", &fs::read(&noise).unwrap());
    let copied = copy_what_is_pasted(&mut desk);
    expect_pixels(&desk, &copied, &noise);
}

#[test]
fn much_is_pasted_and_handed_out_by_the_window_itself() {
    let name = "much_is_pasted_and_handed_out_by_the_window_itself";
    let Some(mut desk) = Desk::open_weston_on_screen(name, KIOSK) else { return };
    // By it the titles are heard of.
    desk.start_accessibility();
    let (noise, _) = noise_beside_trace(&mut desk);
    desk.offer("image/png", &fs::read(&noise).unwrap());
    let copied = copy_what_is_pasted(&mut desk);
    expect_pixels(&desk, &copied, &noise);
}

/// A large picture and the place of the trace, which the window that was opened writes.
fn noise_beside_trace(desk: &mut Desk) -> (PathBuf, PathBuf) {
    desk.remember("bmp");
    let [noise, trace] = ["noise.png", "trace.json"].map(|it| desk.picture(it));
    desk.python("clipboard.py", &["noise", "6500", text(&noise)]);
    desk.launch(&[Path::new("--trace"), &trace], "Inlaid");
    (noise, trace)
}

/// A key that has done nothing for so long does nothing any more.
const KEY_IS_LOST: Duration = Duration::from_secs(15);

/// 127 MB in and out; gives what came out.
fn copy_what_is_pasted(desk: &mut Desk) -> Vec<u8> {
    // Where other programs need the focus to be heard at all, a key may come before ours has it back.
    let mut pressed: Option<Instant> = None;
    wait_for("the pasted image", || {
        if pressed.is_none_or(|it| KEY_IS_LOST < it.elapsed()) {
            desk.press("ctrl+v");
            pressed = Some(Instant::now());
        }
        let is_known = desk.compositor.is_none();
        (is_known || desk.titles().iter().any(|it| it == "pasted image — Inlaid")).then_some(())
    });
    desk.wait_for_title("pasted image — Inlaid");
    desk.press("ctrl+shift+c");
    wait_for("a copied image", || desk.offered().contains("image/bmp").then_some(()));
    // Whoever needs the focus to take it may fail to get that; what is taken is taken whole.
    let copied = wait_for("the copied image", || Some(desk.clipboard("image/bmp")).filter(|it| !it.is_empty()));
    assert!(126_750_000 < copied.len(), "{} bytes", copied.len());
    copied
}

/// It must be this picture, by whose side its pixels are.
pub(crate) fn expect_pixels(desk: &Desk, copied: &[u8], noise: &Path) {
    let path = desk.picture("copied.bmp");
    fs::write(&path, copied).unwrap();
    let pixels = format!("{}.pixels", text(noise));
    assert_eq!(desk.python("clipboard.py", &["same", text(&path), &pixels]).trim(), "same");
}

#[test]
fn owners_that_fail_do_no_harm_and_secrets_stay_secret() {
    let Some(mut desk) = Desk::open("owners_that_fail_do_no_harm_and_secrets_stay_secret") else { return };
    desk.remember("png");
    let large = desk.picture("noise.png");
    desk.python("clipboard.py", &["noise", "400", text(&large)]);
    let small = draw(&desk, "small.png", 2);
    let [url, secret] = ["url", "secret"].map(|it| desk.picture(it));
    fs::write(&url, format!("data:image/png;base64,{}", STANDARD.encode(fs::read(&small).unwrap()))).unwrap();
    fs::write(&secret, "secret").unwrap();
    desk.start_accessibility();
    desk.launch(&[], "Inlaid");
    // Each is waited for, and followed by one with other words.
    for (mode, words) in [
        ("silent", "does not answer"),
        ("confuses", "holds no image"),
        ("dies", "does not answer"),
        ("secret", "confidential"),
        ("stalls", "does not answer"),
    ] {
        if mode == "secret" {
            own(&mut desk, "plain", &[("UTF8_STRING", &url), ("x-kde-passwordManagerHint", &secret)]);
        } else {
            own(&mut desk, mode, &[("image/png", &large)]);
        }
        desk.press("ctrl+v");
        find(&desk, words, |it| it.name.contains(words));
    }
    // No image, the page's own bytes, pixels.
    own(&mut desk, "plain", &[("image/webp", &secret), ("text/html", &url), ("image/png", &large)]);
    desk.press("ctrl+v");
    desk.wait_for_title("pasted image — Inlaid");
    desk.press("ctrl+c");
    assert_eq!(pillow_of_bytes(&desk, &decoded(&desk.copied_text_of_ours())), format!("80x60 {PIXELS}"));
}
