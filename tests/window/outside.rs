//! What the system tells the window, and what it does to it.

use super::desk::{Desk, Hold, furnished};
use eframe::egui::{Context, Key, Modifiers, Theme, ViewportId, accesskit::Role, vec2};
use egui_kittest::{Harness, kittest::Queryable as _};
use inlaid::{
    jobs::{
        Intake,
        ports::{DialogError, Drag, Dragged, News, Pasted, Scheme, Spot},
    },
    session::{Item, Kind, Session},
    ui::{
        berth::{Berth, Window},
        shell::Shell,
        theme,
    },
};
use std::{
    thread::sleep,
    time::{Duration, Instant},
};

#[test]
fn a_second_start_hands_its_files_over() {
    let mut desk = Desk::with("a.png", [40, 30]);
    let path = desk.draw("b.png", [20, 10]);
    desk.tell(News::HandedOver(vec![Intake::Path(path)]));
    desk.wait_ready();
    assert_eq!(desk.title(), "2 images — Inlaid");
    assert_eq!(desk.window.state().session().selected().unwrap().name(), "b.png");
}

#[test]
fn a_missing_dialog_is_not_taken_for_cancelled() {
    let mut desk = Desk::with("a.png", [40, 30]);
    desk.held.lock().unwrap().no_dialogs = Some(DialogError::Missing);
    for key in [Key::O, Key::S] {
        desk.press(Modifiers::COMMAND, key);
        desk.wait("the reason", |desk| desk.names().iter().any(|it| it.contains("zenity")).then_some(()));
        desk.press(Modifiers::NONE, Key::Escape);
        assert!(!desk.names().iter().any(|it| it.contains("zenity")), "{:?}", desk.names());
    }
}

#[test]
fn the_window_has_the_colours_of_the_desktop() {
    let mut desk = Desk::new();
    desk.step();
    assert_eq!(desk.window.ctx.theme(), Theme::Dark, "what nobody has said is dark");
    for (scheme, expected) in [(Scheme::Light, Theme::Light), (Scheme::Dark, Theme::Dark)] {
        desk.tell(News::Scheme(Some(scheme)));
        assert_eq!(desk.window.ctx.theme(), expected);
    }
    let mut desk = Desk::remembering(r#"{ "theme": "light" }"#, &[]);
    desk.tell(News::Scheme(Some(Scheme::Dark)));
    assert_eq!(desk.window.ctx.theme(), Theme::Light, "the user's choice");
}

#[test]
fn nothing_moves_when_the_system_asks_for_that() {
    let mut desk = Desk::new();
    desk.step();
    let motion = |ctx: &Context| [Theme::Dark, Theme::Light].map(|it| ctx.style_of(it).animation_time);
    assert!(!theme::is_motion_reduced(&desk.window.ctx));
    for (is_reduced, seconds) in [(true, 0.0), (false, 0.12), (true, 0.0)] {
        desk.tell(News::ReducedMotion(is_reduced));
        assert_eq!(motion(&desk.window.ctx), [seconds, seconds]);
        assert_eq!(theme::is_motion_reduced(&desk.window.ctx), is_reduced);
    }
}

/// One window after another for the same app.
struct Windows {
    window: Option<Harness<'static, Window>>,
    berth: Berth,
    held: Hold,
    _folder: tempfile::TempDir,
}

impl Windows {
    fn open(settings: &str, draw: &[(&str, [u32; 2])]) -> Self {
        let (world, first, held, folder) = furnished(settings, draw);
        let berth = Berth::default();
        let from = berth.clone();
        let window = Harness::builder()
            .with_size(vec2(1180.0, 760.0))
            .build_eframe(move |cc| from.window(&cc.egui_ctx, || Shell::new(&cc.egui_ctx, world, first)).unwrap());
        Self { window: Some(window), berth, held, _folder: folder }
    }

    /// The driver loses the window, and another one is opened.
    fn lose(&mut self) {
        self.window = None;
        let from = self.berth.clone();
        let again = move |cc: &mut eframe::CreationContext<'_>| {
            from.window(&cc.egui_ctx, || Err(std::io::Error::other("everything was forgotten"))).unwrap()
        };
        self.window = Some(Harness::builder().with_size(vec2(1180.0, 760.0)).build_eframe(again));
    }

    fn window(&mut self) -> &mut Harness<'static, Window> {
        self.window.as_mut().unwrap()
    }

    fn session(&mut self) -> &Session {
        self.window().state().shell().unwrap().session()
    }

    fn wait(&mut self, what: &str, mut is_there: impl FnMut(&mut Self) -> bool) {
        let end = Instant::now() + Duration::from_secs(30);
        loop {
            self.window().step();
            if is_there(self) {
                return;
            }
            assert!(Instant::now() < end, "waited in vain for {what}");
            sleep(Duration::from_millis(2));
        }
    }

    fn wait_ready(&mut self) {
        self.wait("the result", |it| {
            it.session().selected().is_some_and(|item| item.fresh().is_some() && !item.is_working())
        });
    }
}

#[test]
fn a_lost_window_comes_back_with_everything_in_it() {
    let settings = r#"{ "format": "png" }"#;
    let mut windows = Windows::open(settings, &[("a.png", [60, 40]), ("b.png", [50, 30])]);
    assert!(!windows.berth.was_shown());
    windows.wait_ready();
    windows.window().get_by_role_and_label(Role::RadioButton, "JPEG").click();
    windows.wait("the change", |it| it.session().can_undo());
    windows.wait_ready();
    let recipe = windows.session().selected().unwrap().recipe.clone();
    assert_eq!(recipe.output.format.id(), "jpeg");

    windows.lose();
    assert!(windows.berth.was_shown());
    windows.window().step();
    let session = windows.session();
    assert_eq!(session.title(), "2 images — Inlaid");
    assert_eq!(session.selected().unwrap().recipe, recipe);
    assert!(session.can_undo(), "what was done before can be taken back");
    let notice = session.notice().unwrap();
    assert_eq!(notice.text, "The graphics driver lost the window; it was opened again");
    assert_eq!(notice.kind, Kind::Plain);
    windows.window().key_press_modifiers(Modifiers::COMMAND, Key::C);
    windows.wait("the copy", |it| !it.held.lock().unwrap().texts.is_empty());
    let copied = windows.held.lock().unwrap().texts.remove(0);
    assert!(copied.starts_with("data:image/jpeg;base64,"), "{copied:.40}");
}

#[test]
fn what_was_under_way_when_the_window_was_lost_goes_on() {
    let mut windows = Windows::open(r#"{ "format": "png" }"#, &[("a.png", [900, 700])]);
    windows.window().key_press_modifiers(Modifiers::COMMAND, Key::C);
    windows.window().step();
    windows.lose();
    // Answers wake the new window, and what the system tells reaches it.
    windows.wait_ready();
    windows.wait("the copy", |it| !it.held.lock().unwrap().texts.is_empty());
    let tell = windows.held.lock().unwrap().tell.clone().unwrap();
    tell(News::ReducedMotion(true));
    windows.wait("the news", |it| theme::is_motion_reduced(&it.window().ctx));
    windows.lose();
    assert!(windows.window().query_by_label("Copied").is_none(), "that was said in the window before");
    assert!(theme::is_motion_reduced(&windows.window().ctx), "what was told before holds in the next window");
}

#[test]
fn a_drop_does_what_the_window_said_where_the_pointer_is() {
    let mut desk = Desk::with("old.png", [40, 30]);
    let mut png = std::io::Cursor::new(vec![]);
    image::RgbImage::new(20, 10).write_to(&mut png, image::ImageFormat::Png).unwrap();
    let image = || Pasted::Encoded(png.get_ref().clone());
    let said = ["Drop to add image", "Drop to replace old.png"];
    // The canvas begins below the top line and ends where the controls begin, at 864.
    let hover = |desk: &mut Desk, place: [i32; 2]| {
        desk.tell(News::Drag(Drag::At(Spot::Pixels(place))));
        desk.tell(News::Drag(Drag::Over(vec![Dragged::Image])));
        assert!(said.iter().all(|it| desk.has_painted(it)), "{place:?}");
    };
    for place in [[200, 400], [1000, 400], [650, 20]] {
        hover(&mut desk, place);
        assert_eq!(desk.window.state().session().dropped_onto, None, "{place:?}");
    }
    hover(&mut desk, [200, 400]);
    desk.tell(News::Drag(Drag::Dropped(Ok(image()))));
    desk.wait_ready();
    assert_eq!(desk.title(), "2 images — Inlaid");
    desk.press(Modifiers::COMMAND, Key::W);
    desk.wait_ready();

    hover(&mut desk, [650, 400]);
    // What was said holds while it is on its way.
    desk.tell(News::Drag(Drag::Coming));
    assert!(desk.has_painted("Receiving…"));
    desk.tell(News::Drag(Drag::Dropped(Ok(image()))));
    desk.wait("the new picture alone", |it| (it.title() == "dropped image — Inlaid").then_some(()));
    desk.wait_for("old.png was replaced; Undo brings it back");

    // Nothing of it is left for the next drag.
    hover_one(&mut desk, "Drop to replace dropped image");
    desk.tell(News::Drag(Drag::Gone));
    assert_eq!(desk.window.state().session().dropped_onto, None);
    desk.tell(News::Drag(Drag::Over(vec![Dragged::Image, Dragged::Image])));
    assert!(desk.has_painted("Drop to add 2 images"));
    assert!(!desk.has_painted("Drop to replace dropped image"), "there is room for one");
}

#[test]
fn where_a_drag_hangs_is_known_in_pixels_and_in_units_of_the_screen() {
    // Two pixels a unit of the screen, and one and a half units a point.
    let mut desk = Desk::remembering(r#"{ "format": "png", "scale": 150 }"#, &[("old.png", [40, 30])]);
    let viewport = desk.window.input_mut().viewports.entry(ViewportId::ROOT).or_default();
    viewport.native_pixels_per_point = Some(2.0);
    desk.wait_ready();
    let looked_at = desk.window.state().session().selected().map(Item::id);
    // In points the right half of the canvas goes from 432 to 864.
    for (spot, expected) in [
        (Spot::Logical([450.0 * 1.5, 600.0]), looked_at),
        (Spot::Logical([410.0 * 1.5, 600.0]), None),
        (Spot::Logical([840.0 * 1.5, 600.0]), looked_at),
        (Spot::Logical([880.0 * 1.5, 600.0]), None),
        (Spot::Pixels([450 * 3, 1200]), looked_at),
        (Spot::Pixels([410 * 3, 1200]), None),
        (Spot::Pixels([840 * 3, 1200]), looked_at),
        (Spot::Pixels([880 * 3, 1200]), None),
    ] {
        desk.tell(News::Drag(Drag::At(spot)));
        desk.tell(News::Drag(Drag::Over(vec![Dragged::Image])));
        assert_eq!(desk.window.state().session().dropped_onto, expected, "{spot:?}");
    }
}

fn hover_one(desk: &mut Desk, words: &str) {
    desk.tell(News::Drag(Drag::At(Spot::Pixels([650, 400]))));
    desk.tell(News::Drag(Drag::Over(vec![Dragged::Image])));
    assert!(desk.has_painted(words));
}
