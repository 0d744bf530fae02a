//! Drops from Qt and from file managers.

use crate::{
    PIXELS, decoded,
    desk::{Desk, wait_for},
    draw,
    drops::{SOURCE_PLACE, drag_from, expect_picture, source},
    links::server::Server,
    pillow_of_bytes, text,
};
use std::{collections::HashSet, fs, path::PathBuf};

#[test]
fn a_program_of_qt_drops_pixels_files_and_links() {
    let Some(desk) = Desk::open("a_program_of_qt_drops_pixels_files_and_links") else { return };
    drop_pixels_files_and_links(desk);
}

#[test]
fn a_program_of_qt_drops_pixels_files_and_links_on_wayland() {
    let name = "a_program_of_qt_drops_pixels_files_and_links_on_wayland";
    let Some(desk) = Desk::open_sway_on_screen(name) else { return };
    drop_pixels_files_and_links(desk);
}

fn drop_pixels_files_and_links(mut desk: Desk) {
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
        let mut source = source(&mut desk, "drag_qt.py", &offers);
        drag_from(&desk, SOURCE_PLACE);
        source.expect(&["begin", "end copy"]);
        expect_picture(&desk, title, &format!("{look} {PIXELS}"));
        source.close(&desk);
    }
    assert_eq!(server.requests().len(), 3, "each link once, and none where a file was there");
}

#[test]
fn files_are_dragged_out_of_a_file_manager() {
    let Some(mut desk) = Desk::open("files_are_dragged_out_of_a_file_manager") else { return };
    let folder = furnish(&mut desk);
    desk.start_tool("pcmanfm", &["--new-win", text(&folder)]);
    let window = wait_for("the file manager", || desk.xdotool(&["search", "--onlyvisible", "--name", "^files$"]));
    desk.pointer(&["windowsize", "--sync", &window, "400", "500"]);
    desk.pointer(&["windowmove", "--sync", &window, "1190", "100"]);
    desk.focus(&window);
    desk.keep_screenshot("file-manager.png");
    drag_files_out(&mut desk, |desk| {
        desk.focus(&window);
        desk.pointer(&["key", "ctrl+a"]);
    });
}

/// The former knows no Wayland.
#[test]
fn files_are_dragged_out_of_a_file_manager_of_wayland() {
    let name = "files_are_dragged_out_of_a_file_manager_of_wayland";
    let Some(mut desk) = Desk::open_sway_on_screen(name) else { return };
    let folder = furnish(&mut desk);
    desk.start_tool("thunar", &[text(&folder)]);
    wait_for("the first file", || {
        // Its icon has many colours.
        let seen = image::load_from_memory(&desk.screen([1_385, 195, 1_430, 230])).unwrap().into_rgb8();
        (8 < seen.pixels().collect::<HashSet<_>>().len()).then_some(())
    });
    drag_files_out(&mut desk, |desk| {
        // From the free ground below both across them.
        desk.pointer(&["mousemove", "1590", "300", "mousedown", "1"]);
        for [x, y] in [["1560", "280"], ["1480", "240"], ["1420", "210"], ["1375", "185"]] {
            desk.pointer(&["mousemove", x, y]);
        }
        desk.pointer(&["mouseup", "1"]);
    });
}

/// The program, and a folder with two pictures.
fn furnish(desk: &mut Desk) -> PathBuf {
    desk.remember("png");
    let folder = desk.home().join("files");
    fs::create_dir(&folder).unwrap();
    for (name, scale) in [("one ä.png", 3), ("two.png", 4)] {
        fs::rename(draw(desk, name, scale), folder.join(name)).unwrap();
    }
    desk.launch(&[], "Inlaid");
    folder
}

/// The file manager stands beside the program; what selects all of its files is given.
fn drag_files_out(desk: &mut Desk, select_all: impl Fn(&Desk)) {
    // The first file beside the places, below the menu and the buttons.
    let first = [1_397, 217];
    drag_from(desk, first);
    expect_picture(desk, "one ä.png", &format!("120x90 {PIXELS}"));
    // Both at once.
    select_all(desk);
    drag_from(desk, first);
    desk.wait_for_title("2 images — Inlaid");
    desk.press("End");
    desk.press("ctrl+c");
    wait_for("the second file", || {
        let copied = decoded(&desk.copied_text_of_ours());
        (pillow_of_bytes(desk, &copied) == format!("160x120 {PIXELS}")).then_some(())
    });
    assert!(desk.is_alive());
}
