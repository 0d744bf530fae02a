//! What is dropped on a picture comes in its place, when that is what was said.

use crate::desk::{BYTES, Desk, loaded};
use inlaid::{
    engine::{EngineError, Format},
    jobs::{
        Event, Ticket,
        ports::{Drag, News, Pasted},
    },
    session::{Effect, Item, Kind, Verb},
};

/// Drops on the picture looked at, as the window says.
fn drop_onto(desk: &mut Desk, pasted: Pasted) -> Vec<Ticket> {
    desk.session.dropped_onto = desk.session.selected().map(Item::id);
    let effects = desk.absorb(Event::News(News::Drag(Drag::Dropped(Ok(pasted)))));
    let ticket = |it: &Effect| if let Effect::Load(request) = it { Some(request.ticket) } else { None };
    effects.iter().filter_map(ticket).collect()
}

fn image() -> Pasted {
    Pasted::Encoded(BYTES.to_vec())
}

#[test]
fn the_new_picture_has_the_place_and_the_settings_of_the_old() {
    let mut desk = Desk::default();
    for name in ["a.png", "old.png", "c.png"] {
        desk.load(name);
    }
    desk.act(Verb::Previous);
    desk.edit(|it| {
        it.recipe.output.format = Format::Jpeg;
        it.density = 2;
    });
    let wanted = desk.session.selected().unwrap().recipe.clone();
    let ticket = drop_onto(&mut desk, image())[0];
    assert_eq!(desk.names(), ["a.png", "old.png", "c.png", "dropped image"], "it is not here yet");
    desk.absorb(Event::Loaded { ticket, result: Ok(loaded("dropped image")) });
    assert_eq!((desk.names(), desk.selected()), (vec!["a.png", "dropped image", "c.png"], "dropped image"));
    let item = desk.session.selected().unwrap();
    assert_eq!((&item.recipe, item.density), (&wanted, 2));
    assert_eq!(desk.says(), (Kind::Plain, "old.png was replaced; Undo brings it back"));
    desk.act(Verb::Undo);
    assert_eq!(desk.names(), ["a.png", "old.png", "dropped image", "c.png"]);
    assert_eq!(desk.selected(), "old.png");
}

#[test]
fn what_cannot_be_read_replaces_nothing() {
    let mut desk = Desk::default();
    desk.load("old.png");
    let ticket = drop_onto(&mut desk, image())[0];
    desk.absorb(Event::Loaded { ticket, result: Err(EngineError::NotAnImage.into()) });
    assert_eq!((desk.names(), desk.selected()), (vec!["old.png"], "old.png"));
    assert_eq!(desk.says().0, Kind::Bad);
    // It is said anew for each drop.
    let effects = desk.absorb(Event::News(News::Drag(Drag::Dropped(Ok(image())))));
    let [Effect::Load(request)] = &effects[..] else { panic!("{effects:?}") };
    desk.absorb(Event::Loaded { ticket: request.ticket, result: Ok(loaded("dropped image")) });
    assert_eq!(desk.names(), ["old.png", "dropped image"]);
}

#[test]
fn several_pictures_are_added() {
    let mut desk = Desk::default();
    desk.load("old.png");
    let files = Pasted::Files(vec!["/pictures/a.png".into(), "/pictures/b.png".into()]);
    for (ticket, name) in drop_onto(&mut desk, files).into_iter().zip(["a.png", "b.png"]) {
        desk.absorb(Event::Loaded { ticket, result: Ok(loaded(name)) });
    }
    assert_eq!(desk.names(), ["old.png", "a.png", "b.png"]);
}

#[test]
fn a_picture_that_was_removed_meanwhile_is_not_missed() {
    let mut desk = Desk::default();
    desk.load("old.png");
    let ticket = drop_onto(&mut desk, image())[0];
    desk.act(Verb::Previous);
    desk.act(Verb::Remove);
    desk.absorb(Event::Loaded { ticket, result: Ok(loaded("dropped image")) });
    assert_eq!(desk.names(), ["dropped image"]);
}
