//! The window from the keyboard and through assistive technology: order, names, heights, keys.

use crate::desk::Desk;
use eframe::egui::{Event, Key, Modifiers, accesskit};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use inlaid::engine::recipe::Want;

/// The stops of the Tab key, from the first to where it begins again.
fn stops(desk: &mut Desk) -> Vec<String> {
    let mut stops: Vec<String> = vec![];
    for _ in 0..80 {
        desk.press(Modifiers::NONE, Key::Tab);
        let name = desk.focused().expect("Tab goes from one thing to the next");
        if stops.first() == Some(&name) {
            break;
        }
        stops.push(name);
    }
    assert!(stops.len() < 80, "Tab does not come back: {stops:?}");
    stops
}

#[test]
fn tab_goes_from_the_top_line_down_the_controls_and_over_the_canvas() {
    let mut desk = Desk::remembering(r#"{ "format": "webp" }"#, &[("a.png", [400, 200])]);
    desk.wait_ready();
    let expected = [
        "About this picture",
        "Open",
        "Paste",
        "More",
        "Advanced size settings",
        "Width in pixels",
        "Height in pixels",
        "Width and height keep the ratio",
        "Original",
        "64",
        "50 %",
        "WebP",
        "Auto",
        "Compare",
        "More formats",
        "Advanced format settings",
        "Quality",
        "Lossy",
        "Quality",
        "Quality from 1 to 100",
        "Compressed length",
        "Data URL",
        "Fit 10,000",
        "Source of this advice: https://css-tricks.com/data-uris/",
        "Copy data URL",
        "Copy image",
        "Save…",
        "Divider between original and result",
        "Zoom out",
        "Fit",
        "100 %",
        "Zoom in",
        "Ground under transparency",
    ];
    assert_eq!(stops(&mut desk), expected);
    // And the same way back.
    desk.press(Modifiers::SHIFT, Key::Tab);
    assert_eq!(desk.focused().as_deref(), Some("Ground under transparency"));
}

/// Everything that takes the focus, with what is wrong with it.
fn faults(desk: &Desk) -> Vec<String> {
    let nodes = desk.window.root().children_recursive();
    let focusable = nodes.filter(|it| it.accesskit_node().data().supports_action(accesskit::Action::Focus));
    let mut n_seen = 0;
    let faults = focusable
        .filter_map(|it| {
            n_seen += 1;
            let height = it.rect().height();
            match it.accesskit_node().label() {
                None => Some(format!("no name: {it:?}")),
                Some(name) if height < 23.99 => Some(format!("{name} is {height} points high")),
                Some(_) => None,
            }
        })
        .collect();
    assert!(2 < n_seen, "nothing was looked at");
    faults
}

#[test]
fn everything_that_takes_the_focus_has_a_name_and_is_high_enough() {
    let settings = r#"{ "format": "jpeg", "disclosed": { "size": true, "formats": true, "format": true } }"#;
    let mut desk = Desk::remembering(settings, &[("a.png", [400, 300]), ("b.png", [40, 30])]);
    desk.wait_ready();
    desk.type_into("Width in pixels", "300x300");
    desk.window.get_by_label("Pad").click();
    desk.step();
    desk.wait_ready();
    assert_eq!(faults(&desk), [""; 0]);

    // A failure with its details, and the picture that failed.
    let note = desk.folder.path().join("note.png");
    std::fs::write(&note, "only a text").unwrap();
    desk.drop_files(&[note]);
    desk.wait("the failure", |desk| desk.names().iter().any(|it| it.starts_with("note.png: ")).then_some(()));
    assert_eq!(faults(&desk), [""; 0]);
    desk.press(Modifiers::COMMAND, Key::Comma);
    assert!(desk.has("Theme"), "{:?}", desk.names());
    assert_eq!(faults(&desk), [""; 0]);
    desk.press(Modifiers::NONE, Key::Escape);
    desk.click("More");
    assert!(desk.has("About Inlaid"));
    assert_eq!(faults(&desk), [""; 0]);
}

#[test]
fn the_empty_window_is_ready_for_the_keyboard() {
    let mut desk = Desk::new();
    desk.step();
    assert_eq!(stops(&mut desk), ["More", "Open…", "Paste"]);
    assert_eq!(faults(&desk), [""; 0]);
}

#[test]
fn settings_are_undone_and_redone_by_keys() {
    let wanted = |desk: &Desk| desk.window.state().session().selected().unwrap().recipe.edits.size.want;
    let mut desk = Desk::with("a.png", [400, 200]);
    desk.type_into("Width in pixels", "200");
    desk.type_into("Width in pixels", "100");
    desk.press(Modifiers::COMMAND, Key::Z);
    assert_eq!(wanted(&desk), Want::Width(200));
    desk.press(Modifiers::COMMAND, Key::Z);
    assert_eq!(wanted(&desk), Want::Original);
    desk.press(Modifiers::COMMAND | Modifiers::SHIFT, Key::Z);
    assert_eq!(wanted(&desk), Want::Width(200));
    desk.press(Modifiers::COMMAND, Key::Y);
    assert_eq!(wanted(&desk), Want::Width(100));

    // A text field keeps its own.
    desk.click("Width in pixels");
    desk.window.event(Event::Text("7".to_owned()));
    desk.step();
    desk.press(Modifiers::COMMAND, Key::Z);
    assert_eq!(wanted(&desk), Want::Width(100));
    assert_eq!(desk.focused().as_deref(), Some("Width in pixels"));

    // What was removed comes back.
    desk.press(Modifiers::NONE, Key::Escape);
    desk.press(Modifiers::COMMAND, Key::W);
    assert_eq!(desk.title(), "Inlaid");
    desk.press(Modifiers::COMMAND, Key::Z);
    assert_eq!(desk.title(), "a.png — Inlaid");
}

#[test]
fn a_drag_of_the_slider_is_one_step() {
    let quality = |desk: &Desk| desk.window.state().session().selected().unwrap().recipe.output.quality;
    let mut desk = Desk::remembering(r#"{ "format": "jpeg", "quality": 70 }"#, &[("a.png", [40, 30])]);
    desk.wait_ready();
    let place = desk.window.get_by_role_and_label(accesskit::Role::Slider, "Quality").rect();
    desk.window.drag_at(place.center());
    for share in [0.4, 0.3, 0.2] {
        desk.step();
        desk.window.hover_at(place.left_center() + eframe::egui::vec2(place.width() * share, 0.0));
        desk.step();
    }
    desk.window.drop_at(place.left_center());
    desk.step();
    desk.step();
    assert!(quality(&desk) < 30, "{}", quality(&desk));
    desk.press(Modifiers::COMMAND, Key::Z);
    assert_eq!(quality(&desk), 70);
}

#[test]
fn escape_in_a_field_takes_back_what_was_typed_and_nothing_else() {
    let mut desk = Desk::with("a.png", [400, 200]);
    desk.press(Modifiers::COMMAND, Key::V);
    let complaint = "The clipboard holds no image";
    let is_there = |desk: &Desk| desk.names().iter().any(|it| it.starts_with(complaint));
    desk.wait(complaint, |desk| is_there(desk).then_some(()));
    desk.click("Width in pixels");
    desk.window.event(Event::Text("99".to_owned()));
    desk.step();
    desk.press(Modifiers::NONE, Key::Escape);
    assert_eq!(desk.window.get_by_label("Width in pixels").value().as_deref(), Some("400"));
    assert!(is_there(&desk), "the notice stays");
    desk.press(Modifiers::NONE, Key::Escape);
    assert!(!is_there(&desk), "the next one dismisses it");
}
