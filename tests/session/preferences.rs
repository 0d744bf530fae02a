//! What the settings window changes is in force at once.

use super::desk::{Desk, SIZE, copied_text};
use inlaid::{
    engine::{
        Format,
        recipe::{DEFAULT_QUALITY, Defaults},
        target::{Aim, AimKind, Budget, KeptAims, Measure, destinations::Unit},
    },
    jobs::{Errand, Event, ports::Stay},
    session::{Effect, Kind, Session, Verb},
    settings::{Primary, Start},
};

#[test]
fn a_fixed_start_is_not_moved_by_edits() {
    let mut desk = Desk::default();
    desk.session.defaults.lossless = true;
    desk.session.preferences.start = Start::Fixed { format: Format::Jpeg, quality: 55 };
    let output = desk.load("a.png").recipe.output;
    assert_eq!((output.format, output.quality, output.lossless), (Format::Jpeg, 55, false));
    desk.edit(|item| {
        item.recipe.output.quality = 9;
        item.recipe.output.format = Format::Png;
        item.recipe.edits.size.fit = inlaid::engine::recipe::Fit::Cover;
    });
    let recipe = desk.load("b.png").recipe;
    assert_eq!((recipe.output.format, recipe.output.quality), (Format::Jpeg, 55));
    assert_eq!(recipe.edits.size.fit, inlaid::engine::recipe::Fit::Cover, "that is not part of the start");
    let Defaults { format, quality, lossless, .. } = desk.session.defaults;
    assert_eq!((format, quality, lossless), (Format::WebP, DEFAULT_QUALITY, true), "as they were used last before");
    // Back to what was used last, that is there again.
    desk.session.preferences.start = Start::LastUsed;
    desk.edit(|item| item.recipe.output.quality = 31);
    assert_eq!(desk.load("c.png").recipe.output.quality, 31);
}

#[test]
fn an_aim_is_kept_with_what_was_asked_of_the_others() {
    let mut desk = Desk::default();
    desk.load("a.png");
    desk.edit(|item| item.aim(Aim::Look(71)));
    let budget = Aim::Budget(Budget { most: 128_000, measure: Measure::Bytes, may_shrink: true });
    desk.edit(|item| item.aim(budget.clone()));
    let kept = KeptAims { kind: AimKind::Budget, look: 71, most: 128_000, unit: Unit::Bytes, may_shrink: true };
    assert_eq!(desk.session.defaults.aims, kept);
    assert_eq!(desk.load("b.png").recipe.output.aim, budget);

    // A session that begins with what was kept.
    let defaults = desk.session.defaults;
    let mut later = Desk { session: Session::new(defaults, desk.session.preferences), ..Desk::default() };
    assert_eq!(later.load("c.png").recipe.output.aim, budget);
    later.edit(|item| item.aim(kept.aim(AimKind::Look)));
    assert_eq!(later.load("d.png").recipe.output.aim, Aim::Look(71));
}

#[test]
fn a_fixed_start_aims_for_its_quality() {
    let mut desk = Desk::default();
    desk.session.defaults.aims.kind = AimKind::Look;
    desk.session.preferences.start = Start::Fixed { format: Format::Jpeg, quality: 55 };
    assert_eq!(desk.load("a.png").recipe.output.aim, Aim::Quality);
    let measure = Unit::Characters.measure();
    desk.edit(|item| item.aim(Aim::Budget(Budget { most: 700, measure, may_shrink: false })));
    assert_eq!(desk.load("b.png").recipe.output.aim, Aim::Quality);
    let aims = desk.session.defaults.aims;
    assert_eq!((aims.kind, aims.most), (AimKind::Look, 700), "in force as it was last before");
}

#[test]
fn the_primary_key_copies_what_was_chosen() {
    let mut desk = Desk::default();
    let request = desk.load("a.png");
    desk.session.preferences.primary = Primary::Image;
    assert!(desk.act(Verb::Copy).is_empty(), "not yet");
    let effects = desk.finish(&request, b"aa");
    let [Effect::Errand(ticket, Errand::CopyImage(image))] = &effects[..] else { panic!("{effects:?}") };
    assert_eq!(image.pixels.size(), SIZE);
    desk.absorb(Event::Copied { ticket: *ticket, result: Ok(Stay::Lasting) });
    assert_eq!(desk.says(), (Kind::Good, "Copied a.png as WebP · 8 × 6"));
    desk.session.preferences.primary = Primary::Text;
    assert_eq!(copied_text(&desk.act(Verb::Copy)).1, "data:image/webp;base64,YWE=");
}

#[test]
fn a_smaller_memory_is_kept_to_at_once() {
    let mut desk = Desk::default();
    for name in ["a.png", "b.png"] {
        let request = desk.load(name);
        desk.finish(&request, b"aa");
    }
    let first_has_pixels = |desk: &Desk| desk.session.items()[0].original().is_some();
    assert!(first_has_pixels(&desk));
    desk.session.preferences.memory_mb = 0;
    desk.settle(vec![]);
    assert!(!first_has_pixels(&desk));
    assert!(desk.session.selected().unwrap().fresh().is_some(), "what is looked at stays");
}

#[test]
fn settings_are_the_windows_affair() {
    let mut desk = Desk::default();
    assert!(desk.act(Verb::Settings).is_empty());
    assert_eq!(desk.session.notice(), None);
}
