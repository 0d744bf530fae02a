//! How long a text is where it travels compressed: asked for, measured, and forgotten.

use super::desk::{Desk, only_render};
use inlaid::{
    engine::{
        EngineError,
        embed::{Embed, Snippet},
    },
    jobs::{Event, JobError, Ticket},
    session::Effect,
};

/// A picture whose result is there.
fn desk() -> Desk {
    let mut desk = Desk::default();
    let request = desk.load("a.png");
    desk.finish(&request, b"12345678");
    desk
}

fn asked(effects: &[Effect]) -> (Ticket, Snippet) {
    let [Effect::Compress(ticket, text)] = effects else { panic!("{effects:?}") };
    (*ticket, text.clone())
}

fn measure(desk: &mut Desk) -> Vec<Effect> {
    desk.session.measure_compressed();
    desk.settle(vec![])
}

#[test]
fn a_text_is_measured_once_when_it_is_asked_for() {
    let mut desk = desk();
    assert!(desk.settle(vec![]).is_empty() && !desk.session.is_compressed_awaited(), "nobody has asked");
    let (ticket, text) = asked(&measure(&mut desk));
    assert_eq!(text.to_string(), "data:image/webp;base64,MTIzNDU2Nzg=");
    assert!(desk.session.is_compressed_awaited());
    assert!(measure(&mut desk).is_empty(), "it is being measured");
    desk.absorb(Event::Compressed { ticket, result: Ok(31) });
    assert_eq!((desk.session.compressed(), desk.session.is_compressed_awaited()), (Some(31), false));
    assert!(desk.settle(vec![]).is_empty());
}

#[test]
fn another_text_is_not_measured_unasked() {
    let mut desk = desk();
    let (ticket, _) = asked(&measure(&mut desk));
    desk.absorb(Event::Compressed { ticket, result: Ok(31) });
    desk.session.defaults.embed = Embed::Css;
    assert!(desk.settle(vec![]).is_empty());
    assert_eq!((desk.session.compressed(), desk.session.is_compressed_awaited()), (None, false));

    // What is still being measured is stopped, and its late answer dropped.
    let (ticket, _) = asked(&measure(&mut desk));
    let effects = desk.edit(|item| item.recipe.output.quality = 12);
    assert!(effects.iter().any(|it| matches!(it, Effect::CancelCompress)), "{effects:?}");
    desk.absorb(Event::Compressed { ticket, result: Ok(99) });
    assert_eq!(desk.session.compressed(), None);
}

#[test]
fn who_asks_before_the_text_is_there_is_answered_then() {
    let mut desk = desk();
    let request = only_render(desk.edit(|item| item.recipe.output.quality = 12));
    assert!(measure(&mut desk).is_empty());
    assert!(desk.session.is_compressed_awaited());
    let effects = desk.finish(&request, b"abc");
    let (_, text) = asked(&effects);
    assert_eq!(text.to_string(), "data:image/webp;base64,YWJj");
}

#[test]
fn what_failed_can_be_asked_for_again() {
    let mut desk = desk();
    let (ticket, _) = asked(&measure(&mut desk));
    let result = Err(JobError::from(EngineError::DecoderCrashed));
    desk.absorb(Event::Compressed { ticket, result });
    assert!(!desk.session.is_compressed_awaited());
    asked(&measure(&mut desk));
}
