//! Keepers of the clipboard on X11 with receivers and managers that are rare, and when they are killed.

use super::{
    clipboard::{copy_image, listed_file},
    decoded_as,
    desk::{Desk, wait_for},
    draw, pillow, text,
};
use std::{
    fs,
    io::BufRead as _,
    path::{Path, PathBuf},
};

/// Starts a client of our own that says such a word first; gives what it says after that.
fn client(desk: &mut Desk, args: &[&str], word: &str) -> impl Iterator<Item = String> + use<> {
    let script = desk.script("clipboard.py");
    let mut said = desk.start_python(&script, args).lines().map(Result::unwrap);
    assert_eq!(said.next().as_deref(), Some(word));
    said
}

/// Copies a picture that goes in many pieces, as an image.
fn copy_large(desk: &mut Desk) {
    desk.remember("bmp");
    let noise = desk.picture("noise.png");
    desk.python("clipboard.py", &["noise", "700", text(&noise)]);
    desk.launch(&[&noise], "noise.png — Inlaid");
    desk.press("ctrl+shift+c");
    wait_for("a copied image", || desk.offered().lines().any(|it| it == "image/bmp").then_some(()));
}

#[test]
fn several_kinds_are_taken_with_one_question() {
    let Some(mut desk) = Desk::open("several_kinds_are_taken_with_one_question") else { return };
    copy_large(&mut desk);
    // Large, larger, small, and one that there is not.
    let kinds = ["image/bmp", "text/html", "text/uri-list", "image/jpeg"];
    let place = |index: usize| desk.picture(&format!("taken {index}"));
    let wishes: Vec<String> =
        kinds.iter().enumerate().map(|(index, kind)| format!("{kind}={}", text(&place(index)))).collect();
    let args: Vec<&str> = ["several"].into_iter().chain(wishes.iter().map(String::as_str)).collect();
    let said = desk.python("clipboard.py", &args);
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!(lines, ["taken image/bmp", "taken text/html", "taken text/uri-list", "refused image/jpeg"]);
    for (index, kind) in kinds[..3].iter().enumerate() {
        assert!(fs::read(place(index)).unwrap() == desk.clipboard(kind), "{kind}");
    }
    assert!(1_470_000 < fs::metadata(place(0)).unwrap().len(), "700 × 700 × 3 bytes");
}

#[test]
fn one_that_stalls_in_the_middle_holds_up_no_keeper() {
    let Some(mut desk) = Desk::open("one_that_stalls_in_the_middle_holds_up_no_keeper") else { return };
    copy_large(&mut desk);
    let _stalled = client(&mut desk, &["stall", "image/bmp"], "stalled");
    assert!(1_470_000 < desk.clipboard("image/bmp").len(), "nor anybody else");
    desk.offer("UTF8_STRING", b"something else");
    wait_for("the end of the keeper", || desk.keepers().is_empty().then_some(()));
}

#[test]
fn a_manager_that_is_asked_has_it_when_the_window_is_gone() {
    let Some(mut desk) = Desk::open("a_manager_that_is_asked_has_it_when_the_window_is_gone") else { return };
    let mut said = client(&mut desk, &["manage"], "ready");
    copy_large(&mut desk);
    let kinds = ["image/bmp", "image/png", "text/html", "application/x-inlaid"];
    let before = kinds.map(|it| desk.clipboard(it));
    desk.press("ctrl+q");
    assert_eq!(desk.wait_for_end(), Some(0));
    assert_eq!(said.next(), Some(format!("saved {}", kinds.join(" "))), "no file, which goes with the keeper");
    wait_for("the end of the keeper", || desk.keepers().is_empty().then_some(()));
    for (kind, content) in kinds.into_iter().zip(before) {
        assert!(desk.clipboard(kind) == content, "{kind}");
    }
}

#[test]
fn what_a_killed_keeper_left_behind_goes_with_the_next() {
    let Some(mut desk) = Desk::open("what_a_killed_keeper_left_behind_goes_with_the_next") else { return };
    copy_image(&mut desk, "png", "image/png");
    let left = listed_file(&desk);
    for keeper in desk.keepers() {
        desk.output_of(10, "kill", &["-KILL", &keeper.to_string()]);
    }
    wait_for("the end of the keeper", || desk.keepers().is_empty().then_some(()));
    assert!(left.exists(), "who is killed tidies nothing up");
    desk.press("ctrl+shift+c");
    wait_for("the end of what was left", || (!left.parent().unwrap().exists()).then_some(()));
    wait_for("a copied image", || desk.offered().contains("image/png").then_some(()));
    // That of a keeper that is there stays.
    let file = listed_file(&desk);
    desk.press("ctrl+c");
    wait_for("a copied text", || desk.offered().contains("UTF8_STRING").then_some(()));
    wait_for("the end of its file", || (!file.exists()).then_some(()));
}

#[test]
fn who_takes_nothing_but_png_is_given_one_of_any_format() {
    let Some(mut desk) = Desk::open("who_takes_nothing_but_png_is_given_one_of_any_format") else { return };
    desk.remember("jpeg");
    let path = draw(&desk, "a picture.png", 3);
    desk.launch(&[&path], "a picture.png — Inlaid");
    give_png(&desk, "image/jpeg", Path::to_owned);
    desk.press("ctrl+q");
    assert_eq!(desk.wait_for_end(), Some(0));
    desk.remember("avif");
    desk.launch(&[&path], "a picture.png — Inlaid");
    give_png(&desk, "image/avif", |own| {
        // Pillow does not read it.
        let read = own.with_extension("png");
        desk.output_of(30, "avifdec", &[text(own), text(&read)]);
        read
    });
}

/// The result is copied as a text and as an image, which is looked at by Pillow once `read` has made a picture of
/// it that this knows.
fn give_png(desk: &Desk, kind: &str, read: impl Fn(&Path) -> PathBuf) {
    // Larger bytes come first.
    let own = wait_for("the same bytes twice", || {
        desk.press("ctrl+c");
        wait_for("a copied text", || desk.offered().contains("UTF8_STRING").then_some(()));
        let url = desk.copied_text();
        desk.press("ctrl+shift+c");
        wait_for("a copied image", || desk.offered().lines().any(|it| it.starts_with("image/")).then_some(()));
        let own = desk.clipboard(kind);
        (url.starts_with(&format!("data:{kind};")) && own == decoded_as(kind, &url)).then_some(own)
    });
    let [taken, png] = ["own.avif", "by another.png"].map(|it| desk.picture(it));
    fs::write(&taken, own).unwrap();
    desk.python("clipboard.py", &["gtk", "image/png", text(&png)]);
    assert!(fs::read(&png).unwrap().starts_with(b"\x89PNG"));
    let [expected, found] = [read(&taken), png].map(|it| numbers(&pillow(desk, &it)));
    // Decoders may round otherwise.
    let is_near = |(one, other): (&u32, &u32)| one.abs_diff(*other) <= 2;
    assert_eq!(expected.len(), found.len());
    assert!(expected.iter().zip(&found).all(is_near), "{kind}: {expected:?} {found:?}");
}

/// Width and height, and the channels of what `pixels.py` looks at.
fn numbers(look: &str) -> Vec<u32> {
    let (size, pixels) = look.split_once(' ').unwrap();
    let channels = pixels.split(' ').flat_map(|it| u32::from_str_radix(it, 16).unwrap().to_be_bytes());
    size.split('x').map(|it| it.parse().unwrap()).chain(channels.map(u32::from)).collect()
}
