//! The window is closed while something is dragged over it. On Wayland the thread that hears of drags shares the
//! window's connection, and has to end before that does.

use crate::{
    desk::{Desk, wait_for},
    draw,
    drops::{SOURCE_PLACE, drag_from, gtk, hold_over_canvas, is_announced},
};
use std::time::{Duration, Instant};

/// The source stalls for longer, and for ever if nobody ends it.
const BOUND: Duration = Duration::from_secs(30);

/// The window is to end in good order, and soon.
fn expect_end(desk: &mut Desk, begin: Instant) {
    assert_eq!(desk.wait_for_end(), Some(0));
    assert!(begin.elapsed() < BOUND, "it took {:?}", begin.elapsed());
}

#[test]
fn the_window_is_closed_while_a_drag_hovers_over_it() {
    let Some(mut desk) = Desk::open_sway_on_screen("the_window_is_closed_while_a_drag_hovers_over_it") else { return };
    desk.remember("png");
    let picture = draw(&desk, "picture.png", 4);
    desk.launch(&[], "Inlaid");
    let mut source = gtk(&mut desk, "plain", &[("image/png", &picture)]);
    let before = hold_over_canvas(&desk, SOURCE_PLACE);
    source.expect(&["begin"]);
    wait_for("the overlay", || {
        desk.pointer(&["mousemove_relative", "--", "1", "0"]);
        is_announced(&desk, &before).then_some(())
    });
    let begin = Instant::now();
    // During a drag the compositor gives keys to nobody, so it is the one to ask for it.
    desk.sway(&["[app_id=dev.inlaid.Inlaid] kill"]);
    expect_end(&mut desk, begin);
    desk.pointer(&["mouseup", "1"]);
    source.expect(&["failed", "end"]);
}

#[test]
fn the_window_is_closed_while_a_source_keeps_it_waiting() {
    let Some(mut desk) = Desk::open_sway_on_screen("the_window_is_closed_while_a_source_keeps_it_waiting") else {
        return;
    };
    desk.remember("png");
    let picture = draw(&desk, "picture.png", 4);
    desk.launch(&[], "Inlaid");
    let mut source = gtk(&mut desk, "stalls", &[("image/webp", &picture)]);
    drag_from(&desk, SOURCE_PLACE);
    source.expect(&["begin", "data image/webp"]);
    let begin = Instant::now();
    desk.press("ctrl+q");
    expect_end(&mut desk, begin);
}
