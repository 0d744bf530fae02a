//! Where a drop lands, and what the window says of that.

use crate::{
    PIXELS,
    access::find,
    desk::{Desk, wait_for},
    draw,
    drops::{BORDER, SOURCE_PLACE, Source, expect_picture, gtk, hold_over_canvas, is_announced},
};

/// In the left half of the canvas.
const TO_ADD: [&str; 2] = ["200", "360"];
/// Beside the canvas, among the controls.
const BESIDE: [&str; 2] = ["1000", "360"];

#[test]
fn a_drop_adds_or_replaces_as_the_window_says() {
    let Some(desk) = Desk::open("a_drop_adds_or_replaces_as_the_window_says") else { return };
    add_or_replace(desk);
}

#[test]
fn a_drop_adds_or_replaces_as_the_window_says_on_wayland() {
    let Some(desk) = Desk::open_sway_on_screen("a_drop_adds_or_replaces_as_the_window_says_on_wayland") else { return };
    add_or_replace(desk);
}

/// Drags into the right half of the canvas, until the window says what that means.
fn hover(desk: &Desk, source: &mut Source<impl Iterator<Item = String>>) {
    let before = hold_over_canvas(desk, SOURCE_PLACE);
    source.expect(&["begin"]);
    wait_for("the words", || {
        desk.pointer(&["mousemove_relative", "--", "1", "0"]);
        is_announced(desk, &before).then_some(())
    });
}

/// Moves to where it is added, until the window says that.
fn move_to_add(desk: &Desk, [x, y]: [&str; 2]) {
    let replacing = desk.screen(BORDER);
    desk.pointer(&["mousemove", x, y]);
    wait_for("the other choice", || {
        desk.pointer(&["mousemove_relative", "--", "1", "0"]);
        is_announced(desk, &replacing).then_some(())
    });
}

fn let_go(desk: &Desk, source: &mut Source<impl Iterator<Item = String>>) {
    desk.pointer(&["mouseup", "1"]);
    source.expect(&["data image/png", "end"]);
}

fn add_or_replace(mut desk: Desk) {
    desk.remember("png");
    desk.start_accessibility();
    let [old, new] = [("old.png", 3), ("new.png", 4)].map(|(name, scale)| draw(&desk, name, scale));
    desk.launch(&[&old], "old.png — Inlaid");
    let wait_for_result =
        |desk: &Desk| find(desk, "the result", |it| it.role == "button" && it.name == "Copy data URL");
    wait_for_result(&desk);

    // In the right half it comes in the place of the other.
    let mut source = gtk(&mut desk, "plain", &[("image/png", &new)]);
    hover(&desk, &mut source);
    if desk.compositor.is_none() {
        desk.keep_screenshot("drop-replace.png");
    }
    let_go(&desk, &mut source);
    desk.wait_for_title("dropped image — Inlaid");

    // Back again, and now in the left half.
    desk.press("ctrl+z");
    desk.wait_for_title("2 images — Inlaid");
    desk.press("ctrl+w");
    desk.wait_for_title("dropped image — Inlaid");
    wait_for_result(&desk);
    hover(&desk, &mut source);
    move_to_add(&desk, TO_ADD);
    let_go(&desk, &mut source);
    desk.wait_for_title("2 images — Inlaid");

    // And over the controls.
    wait_for_result(&desk);
    hover(&desk, &mut source);
    move_to_add(&desk, BESIDE);
    let_go(&desk, &mut source);
    desk.wait_for_title("3 images — Inlaid");
    desk.press("ctrl+shift+w");
    desk.wait_for_title("Inlaid");

    // Over an empty window there is nothing to choose.
    hover(&desk, &mut source);
    let_go(&desk, &mut source);
    expect_picture(&desk, "dropped image", &format!("160x120 {PIXELS}"));
    source.close(&desk);
}
