//! Drops from Qt and from a file manager.

use crate::{
    PIXELS, decoded,
    desk::{Desk, script, wait_for},
    draw,
    drops::{GTK_PLACE, drag_from, expect_picture},
    links::server::Server,
    pillow_of_bytes, text,
};
use std::{fs, io::BufRead as _};

#[test]
fn a_program_of_qt_drops_pixels_files_and_links() {
    let Some(mut desk) = Desk::open("a_program_of_qt_drops_pixels_files_and_links") else { return };
    desk.remember("png");
    let [picture, file, linked] =
        [("picture.png", 3), ("a file ä.png", 4), ("linked.png", 5)].map(|(name, scale)| draw(&desk, name, scale));
    let server = Server::start(&fs::read(linked).unwrap());
    let [pixels, file] = [format!("image={}", text(&picture)), format!("url=file://{}", text(&file))];
    let link = format!("url={}", server.link("/a/sunset.png"));
    let page = format!("html=<p>Words <img src='{}'>", server.link("/b/page.png"));
    desk.launch(&[], "Inlaid");
    for (offers, title, look) in [
        (vec![&pixels], "dropped image", "120x90"),
        (vec![&file], "a file ä.png", "160x120"),
        (vec![&link], "sunset.png", "200x150"),
        (vec![&page], "page.png", "200x150"),
        // A file before its pixels, a link before pixels that somebody made of what it leads to.
        (vec![&pixels, &file], "a file ä.png", "160x120"),
        (vec![&pixels, &link, &page], "sunset.png", "200x150"),
    ] {
        let offers: Vec<&str> = offers.into_iter().map(String::as_str).collect();
        let mut said = desk.start_python(&script("drag_qt.py"), &offers).lines().map(Result::unwrap);
        let mut expect = |words: &str| assert_eq!(said.next().as_deref(), Some(words), "{offers:?}");
        expect("ready");
        let window = wait_for("the source", || {
            let window = desk.xdotool(&["search", "--onlyvisible", "--name", "^drag source$"])?;
            desk.xdotool(&["getwindowgeometry", &window]).map(|_| window)
        });
        drag_from(&desk, GTK_PLACE);
        expect("begin");
        expect("end copy");
        expect_picture(&desk, title, &format!("{look} {PIXELS}"));
        desk.pointer(&["windowkill", &window]);
        wait_for("the end of the source", || {
            desk.xdotool(&["search", "--onlyvisible", "--name", "^drag source$"]).is_none().then_some(())
        });
    }
    assert_eq!(server.requests().len(), 3, "each link once, and none where a file was there");
}

#[test]
fn files_are_dragged_out_of_a_file_manager() {
    let Some(mut desk) = Desk::open("files_are_dragged_out_of_a_file_manager") else { return };
    desk.remember("png");
    let folder = desk.home().join("files");
    fs::create_dir(&folder).unwrap();
    for (name, scale) in [("one ä.png", 3), ("two.png", 4)] {
        fs::rename(draw(&desk, name, scale), folder.join(name)).unwrap();
    }
    desk.launch(&[], "Inlaid");
    desk.start_tool("pcmanfm", &["--new-win", text(&folder)]);
    let window = wait_for("the file manager", || desk.xdotool(&["search", "--onlyvisible", "--name", "^files$"]));
    desk.pointer(&["windowsize", "--sync", &window, "400", "500"]);
    desk.pointer(&["windowmove", "--sync", &window, "1190", "100"]);
    desk.focus(&window);
    desk.keep_screenshot("file-manager.png");
    // The first file beside the places, below the menu and the buttons.
    let first = [1_397, 217];
    drag_from(&desk, first);
    expect_picture(&desk, "one ä.png", &format!("120x90 {PIXELS}"));
    // Both at once.
    desk.focus(&window);
    desk.pointer(&["key", "ctrl+a"]);
    drag_from(&desk, first);
    desk.wait_for_title("2 images — Inlaid");
    desk.press("End");
    desk.press("ctrl+c");
    wait_for("the second file", || {
        let copied = decoded(&desk.copied_text_of_ours());
        (pillow_of_bytes(&desk, &copied) == format!("160x120 {PIXELS}")).then_some(())
    });
    assert!(desk.is_alive());
}
