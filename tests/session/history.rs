//! Undo and redo, also in awkward orders.

use super::desk::{Desk, copied_text, loaded, loaded_from, only_render, split};
use inlaid::{
    engine::{EngineError, Format, Source, embed::Embed, recipe::Want},
    jobs::{Event, Intake, JobError, ports::Pasted},
    session::{Action, Effect, Kind, Status, Verb},
};

/// A desk with loaded pictures; the first is selected.
fn desk_with(names: &[&str]) -> Desk {
    let mut desk = Desk::default();
    for (ticket, name) in desk.open(names).into_iter().zip(names) {
        desk.absorb(Event::Loaded { ticket, result: Ok(loaded(name)) });
    }
    desk
}

fn quality(desk: &Desk) -> u8 {
    desk.session.selected().unwrap().recipe.output.quality
}

fn set_quality(desk: &mut Desk, quality: u8) {
    desk.edit(|item| item.recipe.output.quality = quality);
}

#[test]
fn every_kind_of_setting_goes_back_and_forth() {
    let mut desk = desk_with(&["a.png"]);
    assert!(!desk.session.can_undo() && !desk.session.can_redo());
    set_quality(&mut desk, 40);
    desk.edit(|item| item.recipe.edits.size.want = Want::Width(4));
    desk.edit(|item| item.density = 2);
    desk.session.defaults.embed = Embed::Css;
    desk.settle(vec![]);
    let state = |desk: &Desk| {
        let item = desk.session.selected().unwrap();
        (item.recipe.output.quality, item.recipe.edits.size.want, item.density, desk.session.defaults.embed)
    };
    let states = [
        (80, Want::Original, 1, Embed::DataUrl),
        (40, Want::Original, 1, Embed::DataUrl),
        (40, Want::Width(4), 1, Embed::DataUrl),
        (40, Want::Width(4), 2, Embed::DataUrl),
        (40, Want::Width(4), 2, Embed::Css),
    ];
    for expected in states.iter().rev() {
        assert_eq!(state(&desk), *expected);
        desk.act(Verb::Undo);
    }
    assert!(!desk.session.can_undo() && desk.session.can_redo());
    for expected in &states {
        assert_eq!(state(&desk), *expected);
        desk.act(Verb::Redo);
    }
    assert!(desk.session.can_undo() && !desk.session.can_redo());
    assert_eq!(desk.session.notice(), None, "settings are seen, nothing need be said");
    assert_eq!(desk.session.defaults.quality, 40, "the next picture starts with what is set now");
}

#[test]
fn the_result_of_an_undone_setting_is_asked_for() {
    let mut desk = Desk::default();
    let request = desk.load("a.png");
    desk.finish(&request, b"aa");
    let request = only_render(desk.edit(|item| item.recipe.output.format = Format::Png));
    desk.finish(&request, b"png");
    let request = only_render(desk.act(Verb::Undo));
    assert_eq!(request.recipe.output.format, Format::WebP);
    // Before that is made there is nothing to undo it with: the copy waits.
    assert!(desk.act(Verb::Copy).is_empty());
    assert_eq!(copied_text(&desk.finish(&request, b"bb")).1, "data:image/webp;base64,YmI=");
}

#[test]
fn one_gesture_is_one_step() {
    let mut desk = desk_with(&["a.png"]);
    for quality in [79, 60, 45] {
        desk.session.selected_mut().unwrap().recipe.output.quality = quality;
        desk.session.reconcile();
        desk.session.note_edits(true);
        assert!(desk.session.can_undo());
    }
    desk.session.note_edits(false);
    set_quality(&mut desk, 44);
    desk.act(Verb::Undo);
    assert_eq!(quality(&desk), 45);
    desk.act(Verb::Undo);
    assert_eq!(quality(&desk), 80);
    assert!(!desk.session.can_undo());
}

#[test]
fn a_gesture_over_the_forms_is_one_step_too() {
    let mut desk = Desk::default();
    for embed in [Embed::Base64, Embed::Html, Embed::Css] {
        desk.session.defaults.embed = embed;
        desk.session.note_edits(true);
    }
    desk.settle(vec![]);
    desk.act(Verb::Undo);
    assert_eq!(desk.session.defaults.embed, Embed::DataUrl);
    desk.act(Verb::Redo);
    assert_eq!(desk.session.defaults.embed, Embed::Css);
}

#[test]
fn a_gesture_that_leads_back_is_no_step_and_spoils_no_redo() {
    let mut desk = desk_with(&["a.png"]);
    set_quality(&mut desk, 40);
    desk.act(Verb::Undo);
    for quality in [70, 80] {
        desk.session.selected_mut().unwrap().recipe.output.quality = quality;
        desk.session.note_edits(true);
    }
    desk.session.note_edits(false);
    assert!(!desk.session.can_undo());
    desk.act(Verb::Redo);
    assert_eq!(quality(&desk), 40);
}

#[test]
fn undo_in_the_middle_of_a_gesture_takes_back_what_it_did() {
    let mut desk = desk_with(&["a.png"]);
    desk.session.selected_mut().unwrap().recipe.output.quality = 30;
    desk.session.note_edits(true);
    desk.session.act(Verb::Undo.into());
    assert_eq!(quality(&desk), 80);
    desk.session.selected_mut().unwrap().recipe.output.quality = 20;
    desk.session.note_edits(true);
    assert!(desk.session.can_undo() && !desk.session.can_redo());
    desk.session.note_edits(false);
    desk.act(Verb::Undo);
    assert_eq!(quality(&desk), 80);
}

#[test]
fn an_edit_and_undo_in_one_frame_take_each_other_back() {
    let mut desk = desk_with(&["a.png"]);
    set_quality(&mut desk, 40);
    desk.session.selected_mut().unwrap().recipe.output.quality = 30;
    desk.act(Verb::Undo);
    assert_eq!(quality(&desk), 40);
    desk.session.selected_mut().unwrap().recipe.output.quality = 30;
    desk.act(Verb::Remove);
    desk.act(Verb::Undo);
    assert_eq!(quality(&desk), 30);
    desk.act(Verb::Undo);
    assert_eq!(quality(&desk), 40);
}

#[test]
fn a_new_edit_clears_redo() {
    let mut desk = desk_with(&["a.png"]);
    set_quality(&mut desk, 40);
    desk.act(Verb::Undo);
    set_quality(&mut desk, 50);
    assert!(!desk.session.can_redo());
    assert!(desk.act(Verb::Redo).is_empty());
    assert_eq!(quality(&desk), 50);
}

#[test]
fn undoing_a_change_of_another_picture_shows_it() {
    let mut desk = desk_with(&["a.png", "b.png"]);
    set_quality(&mut desk, 40);
    desk.act(Verb::Next);
    assert!(desk.session.can_undo());
    desk.act(Verb::Undo);
    assert_eq!((desk.selected(), quality(&desk)), ("a.png", 80));
    desk.act(Verb::Next);
    desk.act(Verb::Redo);
    assert_eq!((desk.selected(), quality(&desk)), ("a.png", 40));
    assert!(!desk.session.can_redo());
}

#[test]
fn selecting_and_opening_are_no_steps() {
    let mut desk = desk_with(&["a.png", "b.png"]);
    desk.act(Verb::Next);
    assert!(!desk.session.can_undo());
    assert!(desk.act(Verb::Undo).is_empty());
    // An edit and the selection of another picture in one frame: the edit is still that of its picture.
    desk.session.selected_mut().unwrap().recipe.output.quality = 12;
    desk.act(Verb::First);
    desk.act(Verb::Undo);
    assert_eq!((desk.selected(), quality(&desk)), ("b.png", 80));
}

#[test]
fn the_untouched_source_comes_back_by_undo() {
    let mut desk = Desk::default();
    let request = desk.load("a.png");
    desk.finish(&request, b"larger");
    let request = only_render(desk.act(Verb::UseUntouched));
    desk.finish(&request, b"source");
    desk.edit(|item| item.recipe.output.quality = 10);
    let untouched = |desk: &Desk| desk.session.selected().unwrap().recipe.output.untouched;
    assert!(!untouched(&desk));
    // At once, while the result of the source's own bytes is still there.
    desk.act(Verb::Undo);
    assert!(untouched(&desk) && quality(&desk) == 80);
    desk.act(Verb::Undo);
    assert!(!untouched(&desk));
    desk.act(Verb::Redo);
    assert!(untouched(&desk), "doing it again is no edit that would leave the source");
    desk.act(Verb::Redo);
    assert!(!untouched(&desk) && quality(&desk) == 10);
    // And the other way round: back to the source while nothing else was made yet.
    desk.act(Verb::UseUntouched);
    assert!(untouched(&desk) && quality(&desk) == 10);
}

#[test]
fn a_removed_picture_comes_back_as_it_was_without_its_file() {
    let mut desk = desk_with(&["a.png", "b.png", "c.png"]);
    desk.act(Verb::Next);
    set_quality(&mut desk, 33);
    desk.edit(|item| item.density = 3);
    let id = desk.session.selected().unwrap().id();
    desk.act(Verb::Remove);
    assert_eq!((desk.names(), desk.selected()), (vec!["a.png", "c.png"], "c.png"));
    let effects = desk.act(Verb::Undo);
    assert_eq!(desk.says(), (Kind::Plain, "Undone: removing b.png"));
    assert_eq!((desk.names(), desk.selected()), (vec!["a.png", "b.png", "c.png"], "b.png"));
    let item = desk.session.selected().unwrap();
    assert_eq!((item.id(), quality(&desk), item.density), (id, 33, 3));
    let [Effect::Load(load)] = &effects[..] else { panic!("{effects:?}") };
    assert!(matches!(&load.intake, Intake::Known(source) if source.name() == "b.png"), "{:?}", load.intake);
    let request = only_render(desk.absorb(Event::Loaded { ticket: load.ticket, result: Ok(loaded("b.png")) }));
    assert_eq!(request.recipe.output.quality, 33);
    // Its settings can be undone as before.
    desk.act(Verb::Undo);
    assert_eq!(desk.session.selected().unwrap().density, 1);
    desk.act(Verb::Undo);
    assert_eq!(quality(&desk), 80);
}

#[test]
fn all_come_back_and_go_again() {
    let mut desk = desk_with(&["a.png", "b.png", "c.png"]);
    desk.act(Verb::Next);
    desk.act(Verb::RemoveAll);
    assert!(desk.session.items().is_empty());
    desk.load("d.png");
    desk.act(Verb::Undo);
    assert_eq!(desk.says().1, "Undone: removing 3 images");
    assert_eq!((desk.names(), desk.selected()), (vec!["a.png", "b.png", "c.png", "d.png"], "b.png"));
    assert_eq!(desk.watched.last().unwrap().len(), 4);
    desk.act(Verb::Redo);
    assert_eq!(desk.says().1, "Redone: removing 3 images");
    assert_eq!((desk.names(), desk.selected()), (vec!["d.png"], "d.png"), "what was opened later stays");
    desk.act(Verb::Undo);
    desk.act(Verb::Remove);
    assert_eq!(desk.names(), ["a.png", "c.png", "d.png"]);
    assert!(!desk.session.can_redo());
    desk.act(Verb::Undo);
    assert_eq!(desk.names(), ["a.png", "b.png", "c.png", "d.png"]);
}

#[test]
fn a_picture_removed_while_it_loads_is_loaded_anew() {
    let mut desk = Desk::default();
    let first = desk.open(&["a.png"])[0];
    set_quality(&mut desk, 20);
    let effects = desk.act(Verb::Remove);
    assert!(matches!(&effects[..], [Effect::CancelLoad(ticket)] if *ticket == first));
    let effects = desk.act(Verb::Undo);
    let [Effect::Load(load), Effect::PreferLoad(_)] = &effects[..] else { panic!("{effects:?}") };
    assert!(matches!(load.intake, Intake::Path(_)) && load.ticket != first);
    // The answer of the first load comes late and is not heard.
    desk.absorb(Event::Loaded { ticket: first, result: Err(EngineError::Cancelled.into()) });
    assert_eq!(desk.session.selected().unwrap().status(), Status::Loading);
    // Undo while it loads.
    desk.act(Verb::Undo);
    let request = only_render(desk.absorb(Event::Loaded { ticket: load.ticket, result: Ok(loaded("a.png")) }));
    assert_eq!(request.recipe.output.quality, 80);
}

#[test]
fn a_picture_removed_between_its_bytes_and_its_pixels_is_not_read_again() {
    let mut desk = Desk::default();
    let ticket = desk.open(&["a.png"])[0];
    desk.absorb(Event::Read { ticket, source: Source::new("a.png", b"bytes".as_slice()) });
    desk.act(Verb::Remove);
    let effects = desk.act(Verb::Undo);
    let [Effect::Load(load)] = &effects[..] else { panic!("{effects:?}") };
    assert!(matches!(&load.intake, Intake::Known(source) if &**source.bytes() == b"bytes"));
}

#[test]
fn a_failed_picture_comes_back_failed() {
    let mut desk = desk_with(&["a.png"]);
    let ticket = desk.open(&["bad.png"])[0];
    desk.absorb(Event::Loaded { ticket, result: Err(JobError::Folder) });
    desk.act(Verb::Last);
    desk.act(Verb::Remove);
    assert!(desk.act(Verb::Undo).is_empty());
    assert_eq!(desk.selected(), "bad.png");
    assert!(matches!(desk.session.selected().unwrap().status(), Status::Failed(_)));
}

#[test]
fn a_picture_that_is_gone_for_good_takes_its_steps_along() {
    let mut desk = desk_with(&["a.png"]);
    set_quality(&mut desk, 40);
    let effects = desk.absorb(Event::Pasted(Ok(Pasted::Text("hello".to_owned()))));
    let [Effect::Load(load)] = &effects[..] else { panic!("{effects:?}") };
    set_quality(&mut desk, 7);
    desk.absorb(Event::Loaded { ticket: load.ticket, result: Err(EngineError::NotAnImage.into()) });
    assert_eq!(desk.names(), ["a.png"]);
    desk.act(Verb::Undo);
    assert_eq!((desk.selected(), quality(&desk)), ("a.png", 80));
    assert!(!desk.session.can_undo());
}

#[test]
fn standard_input_cannot_be_read_twice() {
    let mut desk = Desk::default();
    desk.act(Action::Open(vec![Intake::StandardInput]));
    desk.act(Verb::Remove);
    assert!(!desk.session.can_undo());
}

#[test]
fn what_was_pasted_comes_back_from_its_own_bytes() {
    let mut desk = Desk::default();
    let effects = desk.absorb(Event::Pasted(Ok(Pasted::Text("cG5n".to_owned()))));
    let [Effect::Load(load)] = &effects[..] else { panic!("{effects:?}") };
    let source = Source::new("pasted image", b"png".as_slice());
    desk.absorb(Event::Read { ticket: load.ticket, source: source.clone() });
    desk.absorb(Event::Loaded { ticket: load.ticket, result: Ok(loaded_from(source.clone())) });
    desk.act(Verb::Remove);
    let effects = desk.act(Verb::Undo);
    let [Effect::Load(load)] = &effects[..] else { panic!("{effects:?}") };
    assert!(matches!(&load.intake, Intake::Known(known) if known.is(&source)));
}

#[test]
fn a_promise_to_a_removed_picture_is_not_renewed() {
    let mut desk = Desk::default();
    let ticket = desk.open(&["a.png"])[0];
    desk.act(Verb::Copy);
    desk.act(Verb::Remove);
    let effects = desk.act(Verb::Undo);
    assert!(!desk.session.is_copy_deferred());
    let Effect::Load(load) = &effects[0] else { panic!("{effects:?}") };
    assert_ne!(load.ticket, ticket);
    let request = only_render(desk.absorb(Event::Loaded { ticket: load.ticket, result: Ok(loaded("a.png")) }));
    assert!(desk.finish(&request, b"aa").is_empty());
}

#[test]
fn removing_what_is_being_rendered_and_undoing_renders_again() {
    let mut desk = Desk::default();
    let request = desk.load("a.png");
    let effects = desk.act(Verb::Remove);
    let is_let_go = |it: &Source| it.is(&request.source);
    assert!(matches!(&effects[..], [Effect::CancelRender, Effect::LetGo(it)] if is_let_go(it)), "{effects:?}");
    let effects = desk.act(Verb::Undo);
    let [Effect::Load(load)] = &effects[..] else { panic!("{effects:?}") };
    desk.absorb(Event::Rendered { ticket: request.ticket, result: Err(EngineError::Cancelled.into()) });
    let (renders, _) = split(desk.absorb(Event::Loaded { ticket: load.ticket, result: Ok(loaded("a.png")) }));
    assert_eq!(renders.len(), 1);
}

#[test]
fn a_hundred_steps_are_kept() {
    let mut desk = desk_with(&["a.png"]);
    for step in 0..130 {
        set_quality(&mut desk, 1 + step % 2);
    }
    let n_steps = (0..1000).take_while(|_| {
        let can = desk.session.can_undo();
        desk.act(Verb::Undo);
        can
    });
    assert_eq!(n_steps.count(), 100);
}
