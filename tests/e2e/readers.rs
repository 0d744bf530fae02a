//! More programs that take what was copied: Qt, xsel, a page that asks the browser for the clipboard,
//! and a clipboard manager that has it when we are gone.

use super::{
    PIXELS,
    clipboard::copy_image,
    decoded,
    desk::{Desk, wait_for},
    pillow_of_bytes, text,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use std::fs;

/// Where Debian has the service that remembers the manager's settings.
const SETTINGS_SERVICE: &str = "/usr/lib/x86_64-linux-gnu/xfce4/xfconf/xfconfd";

#[test]
fn qt_and_xsel_take_what_was_copied() {
    let Some(mut desk) = Desk::open("qt_and_xsel_take_what_was_copied") else { return };
    copy_image(&mut desk, "png", "image/png");
    let path = desk.picture("by Qt");
    for kind in ["image/png", "text/html", "text/uri-list"] {
        desk.python("clipboard.py", &["qt", kind, text(&path)]);
        assert!(fs::read(&path).unwrap() == desk.clipboard(kind), "{kind}");
    }
    assert_eq!(desk.python("clipboard.py", &["qt-image"]).trim(), "120x90 c81e28");
    // What Qt calls the text of it, it makes of the file.
    let kinds = desk.python("clipboard.py", &["qt-kinds"]);
    assert!(kinds.contains("image/png") && !kinds.contains("text/plain"), "{kinds}");
    assert_eq!(desk.output_of(10, "xsel", &["--clipboard", "--output"]), "", "never as text");
    desk.press("ctrl+c");
    wait_for("a copied text", || desk.offered().contains("UTF8_STRING").then_some(()));
    let url = desk.copied_text();
    assert_eq!(pillow_of_bytes(&desk, &decoded(&url)), format!("120x90 {PIXELS}"));
    assert_eq!(desk.python("clipboard.py", &["qt-text"]), url);
    assert_eq!(desk.output_of(10, "xsel", &["--clipboard", "--output"]), url);
}

#[test]
fn qt_takes_what_was_copied_on_wayland() {
    let Some(mut desk) = Desk::open_sway("qt_takes_what_was_copied_on_wayland") else { return };
    copy_image(&mut desk, "png", "image/png");
    let path = desk.picture("by Qt");
    fs::write(&path, b"").unwrap();
    desk.give(&path);
    for kind in ["image/png", "text/html", "text/uri-list"] {
        desk.python("clipboard.py", &["qt", kind, text(&path)]);
        assert!(fs::read(&path).unwrap() == desk.clipboard(kind), "{kind}");
    }
    assert_eq!(desk.python("clipboard.py", &["qt-image"]).trim(), "120x90 c81e28");
    desk.press("ctrl+c");
    wait_for("a copied text", || desk.offered().contains("UTF8_STRING").then_some(()));
    let url = desk.copied_text();
    assert_eq!(desk.python("clipboard.py", &["qt-text"]), url);
}

#[test]
fn a_page_that_asks_is_given_the_copied_image() {
    let Some(mut desk) = Desk::open("a_page_that_asks_is_given_the_copied_image") else { return };
    copy_image(&mut desk, "png", "image/png");
    let (page, profile) = (desk.picture("page.html"), desk.picture("profile"));
    fs::write(&page, PAGE).unwrap();
    let said = desk.python("chromium.py", &[text(&profile), &format!("file://{}", text(&page))]);
    assert!(said.starts_with(&format!("image/png text/html | 120x90 {PIXELS} | ")), "{said}");
    let html = format!("<img src=\"data:image/png;base64,{}\"", STANDARD.encode(desk.clipboard("image/png")));
    assert!(said.contains(&html), "{said}");
}

/// Says what kinds there are, what `pixels.py` says of the picture, and the piece of a page.
const PAGE: &str = "<!doctype html><title>asking</title><script>
const taken = async () => {
    const [item] = await navigator.clipboard.read();
    const picture = await createImageBitmap(await item.getType('image/png'));
    const { width, height } = picture;
    const context = Object.assign(document.createElement('canvas'), { width, height }).getContext('2d');
    context.drawImage(picture, 0, 0);
    const hex = it => it.toString(16).padStart(2, '0');
    const pixel = (x, y) => [...context.getImageData(x * width / 4, y * height / 4, 1, 1).data].map(hex).join('');
    const pixels = [[1, 1], [3, 1], [1, 3], [3, 3]].map(([x, y]) => pixel(x, y));
    const html = await (await item.getType('text/html')).text();
    return `${[...item.types].sort().join(' ')} | ${width}x${height} ${pixels.join(' ')} | ${html}`;
};
</script>";

#[test]
fn beside_a_clipboard_manager_it_stays_without_us() {
    let Some(mut desk) = Desk::open("beside_a_clipboard_manager_it_stays_without_us") else { return };
    desk.start_bus();
    desk.start_tool(SETTINGS_SERVICE, &[]);
    desk.start_tool("xfce4-clipman", &[]);
    copy_image(&mut desk, "png", "image/png");
    let png = desk.clipboard("image/png");
    assert_eq!(pillow_of_bytes(&desk, &png), format!("120x90 {PIXELS}"));
    desk.press("ctrl+q");
    assert_eq!(desk.wait_for_end(), Some(0));
    assert!(desk.clipboard("image/png") == png);
    // This manager takes over what it has seen when its owner is gone.
    for keeper in desk.keepers() {
        desk.output_of(10, "kill", &["-KILL", &keeper.to_string()]);
    }
    wait_for("the end of the keeper", || desk.keepers().is_empty().then_some(()));
    let kept = wait_for("the manager", || Some(desk.clipboard("image/png")).filter(|it| !it.is_empty()));
    assert_eq!(pillow_of_bytes(&desk, &kept), format!("120x90 {PIXELS}"));
}
