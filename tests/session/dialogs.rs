//! Dialogs that are missing, and the paths typed instead.

use super::desk::Desk;
use inlaid::{
    jobs::{Errand, Event, Intake, Ticket, ports::DialogError},
    session::{Action, Effect, Kind, Question, Verb},
};
use std::path::Path;

const WHY: &str = "No file dialog can be shown, because this system has neither a desktop portal nor zenity; type the \
                   path instead";

fn typed(text: &str) -> Action {
    Action::PathTyped(text.to_owned())
}

/// A finished picture whose save meets no dialog.
fn saving() -> (Desk, Ticket) {
    let mut desk = Desk::default();
    let request = desk.load("sunset.png");
    desk.finish(&request, b"webp");
    let effects = desk.act(Verb::Save);
    let [Effect::SaveDialog { ticket, .. }] = &effects[..] else { panic!("{effects:?}") };
    desk.absorb(Event::SaveChosen { ticket: *ticket, path: Err(DialogError::Missing) });
    (desk, *ticket)
}

fn saved(effects: &[Effect]) -> (Ticket, &Path, bool) {
    let [Effect::Errand(ticket, Errand::Save { path, consented, bytes })] = effects else { panic!("{effects:?}") };
    assert_eq!(&**bytes, b"webp");
    (*ticket, path, *consented)
}

#[test]
fn a_path_may_be_typed_to_open() {
    let mut desk = Desk::default();
    desk.act(Verb::Open);
    desk.absorb(Event::FilesChosen(Err(DialogError::Missing)));
    assert_eq!(desk.session.question(), Some(&Question::OpenPath { why: WHY.to_owned() }));
    assert!(desk.act(typed(" \t")).is_empty());
    assert!(desk.session.question().is_some(), "nothing was typed, so it is still asked");
    let effects = desk.act(typed(" /pictures/my cat.png\n"));
    let [Effect::Load(load)] = &effects[..] else { panic!("{effects:?}") };
    assert!(matches!(&load.intake, Intake::Path(path) if path == Path::new("/pictures/my cat.png")));
    assert_eq!(desk.session.question(), None);
    assert!(desk.act(typed("/pictures/b.png")).is_empty(), "nobody asks any more");
    assert!(matches!(&desk.act(Verb::Open)[..], [Effect::OpenDialog]), "the dialog may be back by now");
}

#[test]
fn a_question_for_a_path_is_taken_back() {
    let mut desk = Desk::default();
    desk.act(Verb::Open);
    desk.absorb(Event::FilesChosen(Err(DialogError::Unavailable("timed out".to_owned()))));
    desk.act(Verb::Cancel);
    assert_eq!(desk.session.question(), None);
    desk.absorb(Event::FilesChosen(Err(DialogError::Missing)));
    desk.act(Verb::Open);
    assert_eq!(desk.session.question(), None, "a dialog is tried again");
}

#[test]
fn a_typed_path_replaces_nothing_and_has_the_right_extension() {
    let (mut desk, asked) = saving();
    let question = Question::SavePath { why: WHY.to_owned(), suggested: "sunset.webp".to_owned() };
    assert_eq!(desk.session.question(), Some(&question));
    assert!(desk.act(typed("")).is_empty());
    let effects = desk.act(typed("/tmp/new.webp"));
    let (ticket, path, consented) = saved(&effects);
    assert_eq!((ticket, path, consented), (asked, Path::new("/tmp/new.webp"), false));
    desk.absorb(Event::Saved { ticket, result: Ok(path.to_owned()) });
    assert_eq!(desk.says(), (Kind::Good, "Saved new.webp"));

    for (text, expected) in [
        ("/tmp/a.png", "/tmp/a.png.webp"),
        ("/tmp/", "/tmp/sunset.webp"),
        ("..", "../sunset.webp"),
        (".", "./sunset.webp"),
    ] {
        let (mut desk, _) = saving();
        let effects = desk.act(typed(text));
        let (_, path, consented) = saved(&effects);
        assert_eq!((path, consented), (Path::new(expected), false));
    }
}

#[test]
fn a_save_that_is_taken_back_is_forgotten() {
    let (mut desk, ticket) = saving();
    desk.act(Verb::Cancel);
    assert_eq!(desk.session.question(), None);
    assert!(desk.act(typed("/tmp/new.webp")).is_empty());
    // An answer that comes late all the same has nothing to save.
    assert!(desk.absorb(Event::SaveChosen { ticket, path: Ok(Some("/tmp/late.webp".into())) }).is_empty());
    assert!(desk.absorb(Event::SaveChosen { ticket, path: Err(DialogError::Missing) }).is_empty());
    assert_eq!(desk.session.question(), None);
}

#[test]
fn what_the_user_began_is_asked_before_what_happened_meanwhile() {
    let (mut desk, _) = saving();
    desk.change_to("sunset.png", b"other");
    assert!(matches!(desk.session.question(), Some(Question::SavePath { .. })));
    desk.act(Verb::Cancel);
    assert_eq!(desk.session.question(), Some(&Question::Reload { names: vec!["sunset.png".to_owned()] }));
    desk.act(Verb::Cancel);
    assert_eq!(desk.session.question(), None);
}

#[test]
fn a_save_typed_after_its_picture_was_removed_is_done() {
    let (mut desk, _) = saving();
    desk.act(Verb::Remove);
    let effects = desk.act(typed("/tmp/new.webp"));
    assert_eq!(saved(&effects).1, Path::new("/tmp/new.webp"));
}
