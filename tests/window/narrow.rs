//! Narrow windows: the controls in a drawer, and nothing cut off.

use crate::desk::Desk;
use eframe::egui::{Key, Modifiers, Rect, accesskit, pos2, vec2};
use egui_kittest::kittest::{NodeT as _, Queryable as _};

const FIELD: &str = "Width in pixels";
const SWITCH: &str = "Size and format";

fn narrow() -> Desk {
    let mut desk = Desk::with("a.png", [400, 200]);
    desk.resize(700.0, 600.0);
    desk
}

#[test]
fn below_760_points_the_controls_are_a_drawer() {
    let mut desk = Desk::with("a.png", [400, 200]);
    desk.resize(760.0, 600.0);
    assert!(desk.has(FIELD) && !desk.has(SWITCH));
    desk.resize(759.0, 600.0);
    assert!(!desk.has(FIELD) && desk.has(SWITCH));
    assert!(desk.has("Copy data URL"), "the one button stays: {:?}", desk.names());
    desk.click("Copy data URL");
    assert!(desk.copied().starts_with("data:image/png;base64,"));
    desk.click(SWITCH);
    assert!(desk.has(FIELD));
    desk.resize(1180.0, 760.0);
    assert!(desk.has(FIELD) && !desk.has(SWITCH));
}

#[test]
fn the_keyboard_goes_into_the_drawer_and_back() {
    let mut desk = narrow();
    desk.window.get_by_label("Fit").focus();
    desk.step();
    desk.press(Modifiers::NONE, Key::F9);
    desk.step();
    assert_eq!(desk.focused().as_deref(), Some(FIELD));
    desk.press(Modifiers::NONE, Key::Tab);
    assert_eq!(desk.focused().as_deref(), Some("Height in pixels"));
    // The first Esc is the field's.
    desk.press(Modifiers::NONE, Key::Escape);
    assert!(desk.has(FIELD));
    desk.press(Modifiers::NONE, Key::Escape);
    assert!(!desk.has(FIELD));
    assert_eq!(desk.focused().as_deref(), Some("Fit"));
}

#[test]
fn a_press_elsewhere_closes_the_drawer_and_one_inside_does_not() {
    let mut desk = narrow();
    desk.click(SWITCH);
    desk.click("50 %");
    desk.wait_ready();
    assert!(desk.has(FIELD));
    for at in [pos2(600.0, 400.0), pos2(100.0, 300.0)] {
        desk.window.drag_at(at);
        desk.window.drop_at(at);
        desk.step();
        desk.step();
        assert_eq!(desk.has(FIELD), at.x > 384.0, "{at:?}");
    }
    // The switch closes as well as it opens.
    desk.click(SWITCH);
    assert!(desk.has(FIELD));
    desk.click(SWITCH);
    assert!(!desk.has(FIELD));
}

/// What can be pressed, with its place.
fn pressable(desk: &Desk) -> Vec<(String, Rect)> {
    let nodes = desk.window.root().children_recursive();
    let nodes = nodes.filter(|it| it.accesskit_node().data().supports_action(accesskit::Action::Focus));
    nodes.map(|it| (it.accesskit_node().label().unwrap_or_default(), it.rect())).collect()
}

#[test]
fn nothing_is_cut_off_in_small_windows() {
    for size in [[560.0, 420.0], [620.0, 600.0], [760.0, 560.0], [900.0, 600.0]] {
        let draw: [(&str, [u32; 2]); 2] =
            [("a-picture-with-a-rather-long-name.png", [4000, 2000]), ("b.png", [40, 20])];
        let mut desk = Desk::remembering(r#"{ "format": "png" }"#, &draw);
        desk.wait_ready();
        desk.resize(size[0], size[1]);
        let window = Rect::from_min_size(pos2(0.0, 0.0), vec2(size[0], size[1]));
        let has_drawer = desk.has(SWITCH);
        assert_eq!(has_drawer, size[0] < 760.0);
        let all = pressable(&desk);
        for (name, place) in &all {
            let is_in_a_list = place.left() > size[0] - 316.0 && place.top() > 40.0;
            let room = if is_in_a_list { window.expand2(vec2(0.0, 2000.0)) } else { window };
            assert!(room.contains_rect(*place), "{name} at {place} in {size:?}");
        }
        let line: Vec<_> = all.iter().filter(|(_, place)| place.bottom() <= 40.0).collect();
        assert!(line.len() >= 5, "{line:?}");
        for (index, (name, place)) in line.iter().enumerate() {
            for (other, there) in &line[..index] {
                assert!(!place.shrink(0.5).intersects(there.shrink(0.5)), "{name} on {other} in {size:?}");
            }
        }
    }
}
