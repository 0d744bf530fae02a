//! The race of the formats in the window: rows that fill and go stale, what is aimed for, and ways out.

use crate::desk::Desk;
use eframe::egui::{Key, Modifiers, accesskit::Role};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use inlaid::{
    engine::{
        Format,
        target::{Aim, Budget, Measure},
    },
    jobs::ports::News,
    session::{Item, USUAL},
};

fn item(desk: &Desk) -> &Item {
    desk.window.state().session().selected().unwrap()
}

/// What is told of the rows, from top to bottom.
fn rows(desk: &Desk) -> Vec<Option<String>> {
    let row = |name: &str| desk.window.get_by_role_and_label(Role::RadioButton, name).accesskit_node().description();
    ["AVIF", "WebP", "JPEG", "PNG · 256 colours", "PNG"].map(row).to_vec()
}

fn wait_for_race(desk: &mut Desk) {
    desk.wait("the race", |desk| {
        let item = item(desk);
        let is_fresh = |row: inlaid::session::Row<'_>| !row.is_stale;
        (!item.is_racing() && USUAL.iter().all(|it| item.row(*it).is_some_and(is_fresh))).then_some(())
    });
    desk.step();
}

#[test]
fn rows_appear_with_what_was_measured_and_a_click_takes_one() {
    let mut desk = Desk::remembering(r#"{ "format": "webp" }"#, &[("a.png", [96, 64])]);
    desk.wait_ready();
    wait_for_race(&mut desk);
    assert!(rows(&desk).iter().all(Option::is_some), "{:?}", rows(&desk));
    let (bytes, quality) = {
        let row = item(&desk).row(inlaid::engine::race::Entrant::Format(Format::Jpeg)).unwrap();
        (row.product.encoded.bytes.len(), row.product.found.as_ref().unwrap().spec.quality)
    };
    assert!(rows(&desk)[2].as_ref().unwrap().starts_with(&bytes.to_string()[..1]), "{:?}", rows(&desk));
    desk.window.get_by_role_and_label(Role::RadioButton, "JPEG").click();
    desk.step();
    desk.wait_ready();
    let output = &item(&desk).recipe.output;
    assert_eq!((output.format, output.quality), (Format::Jpeg, quality), "the quality that looks the same");
}

#[test]
fn rows_of_another_look_are_stale_until_they_are_measured() {
    let mut desk = Desk::remembering(r#"{ "format": "webp" }"#, &[("a.png", [96, 64])]);
    desk.wait_ready();
    desk.click("Same look");
    assert_eq!(item(&desk).recipe.output.aim, Aim::Look(85));
    desk.wait_ready();
    wait_for_race(&mut desk);
    let before = rows(&desk);
    desk.window.get_by_role_and_label(Role::Slider, "Look").set_value_accesskit(50.0);
    desk.step();
    desk.step();
    assert_eq!(item(&desk).recipe.output.aim, Aim::Look(50));
    let others = || USUAL.iter().filter(|it| it.format() != Format::WebP);
    assert!(others().all(|it| item(&desk).row(*it).is_some_and(|row| row.is_stale)));
    assert_eq!(rows(&desk)[2], before[2], "the last number stays");
    wait_for_race(&mut desk);
    assert!(item(&desk).score().is_some_and(|it| 50.0 <= it));
}

#[test]
fn an_aim_goes_back_to_a_quality_where_it_has_led() {
    let mut desk = Desk::remembering(r#"{ "format": "jpeg", "quality": 31 }"#, &[("a.png", [96, 64])]);
    desk.wait_ready();
    desk.click("Same look");
    desk.wait_ready();
    let found = item(&desk).fresh().unwrap().product.found.clone().unwrap();
    assert!(found.spec.quality != 31 && 85.0 <= found.score, "{found:?}");
    desk.window.get_by_role_and_label(Role::RadioButton, "Quality").click();
    desk.step();
    desk.step();
    assert_eq!(
        (&item(&desk).recipe.output.aim, item(&desk).recipe.output.quality),
        (&Aim::Quality, found.spec.quality)
    );
    // And one step back it is a look again.
    desk.press(Modifiers::COMMAND, Key::Z);
    assert_eq!(item(&desk).recipe.output.aim, Aim::Look(85));
}

#[test]
fn an_aim_is_remembered() {
    let mut desk = Desk::remembering(r#"{ "format": "png" }"#, &[("a.png", [40, 30])]);
    desk.wait_ready();
    desk.click("Budget");
    // What is said of the result moves what is below it.
    desk.wait_ready();
    desk.click("README");
    desk.wait_for("GitHub drops it from a README: save a file");
    desk.click("Slack emoji");
    desk.wait("its end", |desk| (!desk.has("GitHub drops it from a README: save a file")).then_some(()));
    desk.kept(r#""most": 128000"#);
    let kept = std::fs::read_to_string(desk.folder.path().join("settings.json")).unwrap();
    let mut again = Desk::remembering(&kept, &[("b.png", [40, 30])]);
    again.wait_ready();
    let expected = Aim::Budget(Budget { most: 128_000, measure: Measure::Bytes, may_shrink: false });
    assert_eq!(item(&again).recipe.output.aim, expected);
    // The look that was never asked for is the usual one.
    again.click("Same look");
    assert_eq!(item(&again).recipe.output.aim, Aim::Look(85));
    again.wait_ready();
    again.click("Budget");
    assert_eq!(item(&again).recipe.output.aim, expected);
}

#[test]
fn a_budget_that_cannot_be_met_shows_its_ways_out() {
    let mut desk = Desk::remembering(r#"{ "format": "bmp" }"#, &[("a.png", [96, 64])]);
    desk.wait_ready();
    desk.click("Budget");
    desk.type_into("At most", "3000");
    desk.press(Modifiers::NONE, Key::Enter);
    desk.wait_ready();
    desk.wait("the miss", |desk| desk.names().iter().any(|it| it.starts_with("BMP comes no lower")).then_some(()));
    desk.wait("another format", |desk| desk.names().iter().any(|it| it.starts_with("Fits as ")).then_some(()));
    let smaller = desk.names().into_iter().find(|it| it.starts_with("Fits at ")).unwrap();
    desk.click(&smaller);
    desk.wait_ready();
    let fresh = item(&desk).fresh().unwrap();
    assert!(fresh.product.miss().is_none());
    let text = item(&desk).snippet(desk.window.state().session().defaults.embed, fresh);
    assert!(text.to_string().chars().count() <= 3_000, "{smaller}");
    assert!(!desk.names().iter().any(|it| it.starts_with("Fits at ")));
}

#[test]
fn advice_leads_to_where_it_stands() {
    // Uncompressed it is more than a stylesheet bears.
    let mut desk = Desk::remembering(r#"{ "format": "bmp" }"#, &[("a.png", [200, 200])]);
    desk.wait_ready();
    let source = "https://css-tricks.com/data-uris/";
    let name = format!("Source of this advice: {source}");
    desk.window.get_by_role_and_label(Role::Link, &name).focus();
    desk.step();
    desk.press(Modifiers::NONE, Key::Enter);
    desk.step();
    assert_eq!(desk.held.lock().unwrap().browsed, [source]);
    let why = "there is no browser".to_owned();
    desk.tell(News::NotBrowsed { address: source.to_owned(), why });
    let said = desk.window.state().session().notice().unwrap().text.clone();
    assert_eq!(said, format!("No browser could be opened (there is no browser); the page is {source}"));
}

#[test]
fn a_result_is_kept_for_comparing_others_with_it() {
    let mut desk = Desk::remembering(r#"{ "format": "jpeg", "quality": 31 }"#, &[("a.png", [96, 64])]);
    desk.wait_ready();
    let told = |desk: &Desk| desk.window.get_by_label("Preview").accesskit_node().description().unwrap_or_default();
    assert!(told(&desk).starts_with("Original · "), "{}", told(&desk));
    desk.click("Compare");
    desk.window.get_by_role_and_label(Role::Slider, "Quality").set_value_accesskit(90.0);
    desk.step();
    desk.wait_ready();
    desk.step();
    assert!(told(&desk).starts_with("JPEG 31 · ") && told(&desk).contains(", JPEG 90 · "), "{}", told(&desk));
    desk.click("Compare");
    assert!(told(&desk).starts_with("Original · "), "{}", told(&desk));
}
