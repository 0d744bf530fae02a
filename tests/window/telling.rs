//! What the window tells and asks: drags, questions, notices.

use crate::desk::{Desk, furnished};
use eframe::egui::{Event, HoveredFile, Key, Modifiers, Pos2, Rect, accesskit::Live};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use inlaid::{
    engine::Limits,
    helper::{Decoders, Program, Transport},
    jobs::ports::{DialogError, Drag, Dragged, News, Pasted},
    ui::shell::World,
};
use std::path::PathBuf;

fn hover(desk: &mut Desk, names: &[&str]) {
    let file = |name: &&str| HoveredFile { path: Some(PathBuf::from(name)), ..HoveredFile::default() };
    desk.window.input_mut().hovered_files = names.iter().map(file).collect();
    desk.step();
}

#[test]
fn what_hovers_is_announced_and_nothing_is_opened_by_it() {
    let mut desk = Desk::new();
    for (names, words) in [
        (vec!["/a/b.png", "/a/c.JPG"], "Drop to add 2 images"),
        (vec!["/a/b.txt"], "Not an image"),
        (vec!["/a/b.txt", "/a/c.png"], "Drop to add 1 of 2 files"),
        (vec!["/a/folder"], "Drop files"),
    ] {
        hover(&mut desk, &names);
        assert!(desk.has_painted(words), "{words}");
        assert_eq!(desk.title(), "Inlaid");
    }
    hover(&mut desk, &[]);
    assert!(!desk.has_painted("Drop files"));
}

#[test]
fn what_other_programs_drag_is_announced_until_it_is_here_or_gone() {
    let mut desk = Desk::new();
    let over = |things| News::Drag(Drag::Over(things));
    desk.tell(over(vec![Dragged::Link]));
    desk.wait("the overlay", |desk| desk.has_painted("Drop to follow link").then_some(()));
    desk.tell(News::Drag(Drag::Gone));
    desk.wait("its end", |desk| (!desk.has_painted("Drop to follow link")).then_some(()));
    desk.tell(over(vec![Dragged::Image]));
    desk.wait("the overlay", |desk| desk.has_painted("Drop to add image").then_some(()));
    desk.tell(News::Drag(Drag::Coming));
    desk.wait("the wait", |desk| desk.has_painted("Receiving…").then_some(()));
    assert_eq!(desk.title(), "Inlaid");
    let path = desk.draw("sunset.png", [40, 20]);
    desk.tell(News::Drag(Drag::Dropped(Ok(Pasted::Files(vec![path])))));
    desk.wait_ready();
    assert!(!desk.has_painted("Receiving…"));
    assert_eq!(desk.title(), "sunset.png — Inlaid");
}

/// A picture whose file holds another picture by now.
fn changed() -> Desk {
    let mut desk = Desk::with("sunset.png", [40, 20]);
    let path = desk.draw("sunset.png", [60, 50]);
    desk.tell(News::Changed(path));
    desk.wait_for("sunset.png changed on disk");
    desk
}

fn width(desk: &Desk) -> Option<String> {
    desk.window.get_by_label("Width in pixels").value()
}

#[test]
fn a_changed_file_is_read_again_if_the_user_says_so() {
    let mut desk = changed();
    let node = desk.window.get_by_value("sunset.png changed on disk");
    assert_eq!(node.accesskit_node().data().live(), Some(Live::Assertive));
    desk.click("Reload");
    desk.wait("the new picture", |desk| (width(desk).as_deref() == Some("60")).then_some(()));
    assert!(!desk.has("sunset.png changed on disk"));
}

#[test]
fn the_question_about_a_changed_file_is_answered_by_escape_too() {
    let mut desk = changed();
    desk.press(Modifiers::NONE, Key::Escape);
    assert!(!desk.has("sunset.png changed on disk"));
    assert_eq!(width(&desk).as_deref(), Some("40"));

    let mut desk = changed();
    desk.click("Always reload");
    desk.wait("the new picture", |desk| (width(desk).as_deref() == Some("60")).then_some(()));
    desk.kept(r#""reload": "always""#);
}

#[test]
fn a_question_leaves_the_open_drawer_free() {
    let mut desk = Desk::with("sunset.png", [40, 20]);
    desk.resize(560.0, 420.0);
    desk.click("Size and format");
    let path = desk.draw("sunset.png", [60, 50]);
    desk.tell(News::Changed(path));
    desk.wait_for("sunset.png changed on disk");
    desk.pass(0.1);
    for answer in ["Reload", "Always reload", "Keep"] {
        let place = desk.window.get_by_label(answer).rect();
        assert!(place.left() > 0.0 && place.right() < 560.0 - 316.0, "{answer} at {place}");
    }
    desk.click("Keep");
    assert!(!desk.has("sunset.png changed on disk"));
    assert!(desk.has("Width in pixels"), "the drawer stays");
}

#[test]
fn without_a_dialog_a_path_is_typed() {
    let mut desk = Desk::with("a.png", [40, 30]);
    desk.draw("b.png", [20, 10]);
    desk.held.lock().unwrap().no_dialogs = Some(DialogError::Missing);
    desk.press(Modifiers::COMMAND, Key::O);
    desk.wait_for("Path of the file");
    desk.wait("the focus", |desk| (desk.focused().as_deref() == Some("Path of the file")).then_some(()));
    assert!(desk.names().iter().any(|it| it.contains("zenity")), "the reason: {:?}", desk.names());
    // The home folder of the test is the folder with the pictures.
    desk.window.event(Event::Text("~/b.png".to_owned()));
    desk.step();
    desk.press(Modifiers::NONE, Key::Enter);
    desk.wait_ready();
    assert!(!desk.has("Path of the file"));
    assert_eq!(desk.title(), "2 images — Inlaid");
    assert_eq!(width(&desk).as_deref(), Some("20"));

    desk.press(Modifiers::COMMAND, Key::S);
    desk.wait_for("Path of the file");
    let suggested = desk.window.get_by_label("Path of the file").value();
    assert_eq!(suggested.as_deref(), Some("~/b-20x10.png"));
    desk.click("Save");
    desk.wait_for("Saved b-20x10.png");
    assert_eq!(image::image_dimensions(desk.folder.path().join("b-20x10.png")).unwrap(), (20, 10));

    desk.press(Modifiers::COMMAND, Key::O);
    desk.wait_for("Path of the file");
    desk.step();
    desk.press(Modifiers::NONE, Key::Escape);
    assert!(!desk.has("Path of the file"));
    desk.press(Modifiers::COMMAND, Key::S);
    desk.wait_for("Path of the file");
    desk.click("Cancel");
    assert!(!desk.has("Path of the file"));
}

#[test]
fn success_is_said_for_four_seconds_and_failure_until_it_is_dismissed() {
    let mut desk = Desk::with("a.png", [40, 30]);
    desk.press(Modifiers::COMMAND, Key::C);
    desk.copied();
    let has = |desk: &Desk, start: &str| desk.names().iter().any(|it| it.starts_with(start));
    desk.wait("the notice", |desk| has(desk, "Copied data URL · ").then_some(()));
    desk.pass(3.8);
    assert!(has(&desk, "Copied data URL · "));
    desk.pass(0.4);
    assert!(!has(&desk, "Copied data URL · ") && has(&desk, "Ready"), "{:?}", desk.names());

    desk.press(Modifiers::COMMAND, Key::V);
    let why = "The clipboard holds no image, file, link, data URL or base64";
    desk.wait_for(why);
    desk.pass(20.0);
    let node = desk.window.get_by_label(why);
    assert_eq!(node.accesskit_node().data().live(), Some(Live::Assertive));
    // In full above the line, however narrow the window is.
    desk.click(why);
    assert!(desk.names().iter().filter(|it| *it == why).count() == 2, "{:?}", desk.names());
    desk.press(Modifiers::NONE, Key::Escape);
    assert!(desk.names().iter().filter(|it| *it == why).count() == 1, "{:?}", desk.names());
    desk.click("Dismiss");
    assert!(!desk.has(why));
}

#[test]
fn what_cannot_be_opened_is_listed_within_the_window_and_read_out_without_a_flood() {
    let mut desk = Desk::with("a.png", [40, 30]);
    let bad: Vec<PathBuf> =
        (1..=60).map(|it| desk.folder.path().join(format!("{it:02} {}.png", "long ".repeat(30)))).collect();
    bad.iter().for_each(|it| std::fs::write(it, "only a text").unwrap());
    desk.drop_files(&bad);
    let all = "60 images could not be opened";
    let (mut heard, begin) = (vec![], desk.window.ctx.input(|it| it.time));
    desk.wait("the whole count", |desk| {
        let is_said = |it: &&String| it.ends_with("images could not be opened") || it.contains(".png: ");
        let said = desk.names().iter().find(is_said).cloned();
        if said.is_some() && heard.last() != said.as_ref() {
            heard.extend(said);
        }
        (heard.last().map(String::as_str) == Some(all)).then_some(())
    });
    let seconds = desk.window.ctx.input(|it| it.time) - begin;
    assert!(heard.len() as f64 <= 2.0 + seconds / 3.0, "{seconds} s: {heard:#?}");

    for size in [[1180.0, 760.0], [560.0, 420.0]] {
        desk.resize(size[0], size[1]);
        desk.click(all);
        desk.pass(0.2);
        let window = Rect::from_min_size(Pos2::ZERO, size.into());
        for part in [all, "\n"] {
            // Above the line and in it, or only above it.
            for place in desk.places(|it| it.contains(part)) {
                assert!(place.is_positive() && window.contains_rect(place), "{part} at {place} in {size:?}");
            }
        }
        let names = desk.names();
        let list = names.iter().find(|it| it.lines().count() == 60).unwrap();
        assert!(list.lines().all(|it| it.contains(".png: not an image")), "{list}");
        desk.press(Modifiers::NONE, Key::Escape);
        assert!(!desk.has("Details"));
    }
}

#[test]
fn what_no_helper_has_decoded_is_told() {
    let (world, first, held, folder) = furnished(r#"{ "format": "png" }"#, &[("a.png", [40, 30])]);
    let program = Program { path: "/no/such/program".into(), arguments: vec![], transport: Transport::Native };
    let decoders = Decoders::contained_in(program, &Limits::default()).unwrap();
    let mut desk = Desk::in_world((World { decoders, ..world }, first, held, folder));
    desk.wait_ready();
    let is_told = |it: &str| it.starts_with("It was decoded inside the program, because no contained decoder");
    assert_eq!(desk.places(is_told).len(), 1);
}
