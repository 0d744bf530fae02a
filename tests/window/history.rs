//! Undo in the window, and files that change on disk while it is open.

use super::{decoded, desk::Desk};
use eframe::egui::{Event, Key, Modifiers, PointerButton, Pos2, accesskit::Role, vec2};
use egui_kittest::kittest::Queryable as _;
use image::{GenericImageView as _, ImageFormat};
use inlaid::{jobs::ports::News, session::Status};

/// One press, several frames of moving, one release.
fn drag(desk: &mut Desk, from: Pos2, to: Pos2) {
    let button = |pos: Pos2, pressed: bool| Event::PointerButton {
        pos,
        button: PointerButton::Primary,
        pressed,
        modifiers: Modifiers::NONE,
    };
    desk.window.event(Event::PointerMoved(from));
    desk.step();
    desk.window.event(button(from, true));
    desk.step();
    for part in 1_u8..=6 {
        desk.window.event(Event::PointerMoved(from.lerp(to, f32::from(part) / 6.0)));
        desk.step();
    }
    desk.window.event(button(to, false));
    desk.step();
}

fn quality(desk: &Desk) -> u8 {
    desk.window.state().session().selected().unwrap().recipe.output.quality
}

#[test]
fn a_drag_is_taken_back_by_one_key() {
    let mut desk = Desk::remembering(r#"{ "format": "jpeg", "quality": 80 }"#, &[("a.png", [60, 40])]);
    desk.wait_ready();
    let slider = desk.window.get_by_role_and_label(Role::Slider, "Quality").rect();
    drag(&mut desk, slider.center(), slider.left_center() + vec2(20.0, 0.0));
    let low = quality(&desk);
    assert!(low < 40, "{low}");
    desk.press(Modifiers::COMMAND, Key::Z);
    assert_eq!(quality(&desk), 80);
    assert!(!desk.window.state().session().can_undo(), "the drag was one step");
    desk.press(Modifiers::COMMAND | Modifiers::SHIFT, Key::Z);
    assert_eq!(quality(&desk), low);
    desk.press(Modifiers::COMMAND, Key::Z);
    desk.press(Modifiers::COMMAND, Key::Y);
    assert_eq!(quality(&desk), low);
    desk.wait_ready();
}

#[test]
fn a_removed_picture_is_back_without_its_file() {
    let mut desk = Desk::with("a.png", [60, 40]);
    std::fs::remove_file(desk.folder.path().join("a.png")).unwrap();
    desk.press(Modifiers::NONE, Key::Delete);
    assert_eq!(desk.title(), "Inlaid");
    desk.press(Modifiers::COMMAND, Key::Z);
    desk.wait_ready();
    assert_eq!(desk.title(), "a.png — Inlaid");
    desk.wait_for("Undone: removing a.png");
    desk.press(Modifiers::COMMAND, Key::C);
    assert_eq!(decoded(&desk.copied(), ImageFormat::Png).dimensions(), (60, 40));
}

#[test]
fn a_picture_follows_its_file() {
    let mut desk =
        Desk::remembering(r#"{ "format": "png", "reload": "always" }"#, &[("a.png", [60, 40]), ("b.png", [8, 8])]);
    desk.wait_ready();
    let paths = ["a.png", "b.png"].map(|it| desk.folder.path().join(it));
    desk.wait("the watch", |desk| (desk.held.lock().unwrap().watched == paths).then_some(()));
    desk.draw("a.png", [30, 20]);
    desk.tell(News::Changed(paths[0].clone()));
    desk.wait("the new content", |desk| {
        let item = desk.window.state().session().selected().unwrap();
        assert!(item.status() == Status::Ready && item.result().is_some(), "the old is shown until the new is there");
        (item.fresh()?.product.encoded.size == [30, 20]).then_some(())
    });
    desk.press(Modifiers::COMMAND, Key::C);
    assert_eq!(decoded(&desk.copied(), ImageFormat::Png).dimensions(), (30, 20));
    // Written anew with the same content: looked at, and nothing is made again.
    desk.tell(News::Changed(paths[0].clone()));
    desk.wait_ready();
    desk.press(Modifiers::COMMAND, Key::C);
    assert_eq!(decoded(&desk.copied(), ImageFormat::Png).dimensions(), (30, 20));
}
