//! Where a drop lands, and what the window says of that.

use crate::{
    PIXELS,
    access::find,
    desk::{Desk, wait_for},
    draw,
    drops::{BORDER, SOURCE_PLACE, expect_picture, gtk, hold_over_canvas, is_announced},
};

/// In the left half of the canvas.
const TO_ADD: [&str; 2] = ["200", "360"];

#[test]
fn a_drop_adds_or_replaces_as_the_window_says() {
    let Some(mut desk) = Desk::open("a_drop_adds_or_replaces_as_the_window_says") else { return };
    desk.remember("png");
    desk.start_accessibility();
    let [old, new] = [("old.png", 3), ("new.png", 4)].map(|(name, scale)| draw(&desk, name, scale));
    desk.launch(&[&old], "old.png — Inlaid");
    find(&desk, "the result", |it| it.role == "button" && it.name == "Copy data URL");

    // In the right half it comes in the place of the other.
    let mut source = gtk(&mut desk, "plain", &[("image/png", &new)]);
    let before = hold_over_canvas(&desk, SOURCE_PLACE);
    source.expect(&["begin"]);
    wait_for("the choice", || {
        desk.pointer(&["mousemove_relative", "--", "1", "0"]);
        is_announced(&desk, &before).then_some(())
    });
    desk.keep_screenshot("drop-replace.png");
    desk.pointer(&["mouseup", "1"]);
    source.expect(&["data image/png", "end"]);
    desk.wait_for_title("dropped image — Inlaid");

    // Back again, and now in the left half.
    desk.press("ctrl+z");
    desk.wait_for_title("2 images — Inlaid");
    desk.press("ctrl+w");
    desk.wait_for_title("dropped image — Inlaid");
    find(&desk, "the result", |it| it.role == "button" && it.name == "Copy data URL");
    let before = hold_over_canvas(&desk, SOURCE_PLACE);
    source.expect(&["begin"]);
    wait_for("the choice", || {
        desk.pointer(&["mousemove_relative", "--", "1", "0"]);
        is_announced(&desk, &before).then_some(())
    });
    let replacing = desk.screen(BORDER);
    desk.pointer(&["mousemove", TO_ADD[0], TO_ADD[1]]);
    wait_for("the other choice", || is_announced(&desk, &replacing).then_some(()));
    desk.pointer(&["mouseup", "1"]);
    source.expect(&["data image/png", "end"]);
    desk.wait_for_title("2 images — Inlaid");
    desk.press("ctrl+shift+w");
    desk.wait_for_title("Inlaid");

    // Over an empty window there is nothing to choose.
    let before = hold_over_canvas(&desk, SOURCE_PLACE);
    source.expect(&["begin"]);
    wait_for("the overlay", || {
        desk.pointer(&["mousemove_relative", "--", "1", "0"]);
        is_announced(&desk, &before).then_some(())
    });
    desk.pointer(&["mouseup", "1"]);
    source.expect(&["data image/png", "end"]);
    expect_picture(&desk, "dropped image", &format!("160x120 {PIXELS}"));
    source.close(&desk);
}
