//! Watching the clipboard: what comes in beside the picture looked at, and when nothing does.

use crate::desk::{BYTES, Desk, loaded};
use inlaid::{
    engine::{EngineError, Format, embed},
    jobs::{
        Event, Intake, Ticket,
        ports::{News, Pasted},
    },
    session::{ClipboardWatch, Effect, Kind, Question, Status, Verb},
};

/// A desk where the system tells what is copied, and the clipboard is watched.
fn watching() -> Desk {
    let mut desk = Desk::default();
    desk.session.offer_clipboard_watch();
    let effects = desk.act(Verb::WatchClipboard);
    assert!(matches!(&effects[..], [Effect::WatchClipboard(true)]), "{effects:?}");
    desk
}

fn copy(desk: &mut Desk, pasted: Pasted) -> Vec<Ticket> {
    let effects = desk.absorb(Event::News(News::Copied(pasted)));
    let ticket = |it: &Effect| if let Effect::Load(request) = it { Some(request.ticket) } else { None };
    effects.iter().filter_map(ticket).collect()
}

fn image() -> Pasted {
    Pasted::Encoded(BYTES.to_vec())
}

#[test]
fn it_is_off_at_the_start_and_absent_where_nobody_tells() {
    let mut desk = Desk::default();
    assert_eq!(desk.session.clipboard_watch(), ClipboardWatch::Absent);
    assert!(desk.act(Verb::WatchClipboard).is_empty());
    desk.session.offer_clipboard_watch();
    assert_eq!(desk.session.clipboard_watch(), ClipboardWatch::Off);
    assert!(copy(&mut desk, image()).is_empty(), "nobody wants to know");
    let mut desk = watching();
    assert_eq!(desk.session.clipboard_watch(), ClipboardWatch::On);
    let effects = desk.act(Verb::WatchClipboard);
    assert!(matches!(&effects[..], [Effect::WatchClipboard(false)]), "{effects:?}");
    assert!(copy(&mut desk, image()).is_empty(), "what was on its way when it was turned off");
    assert!(desk.session.items().is_empty());
}

#[test]
fn a_copied_image_is_shown_when_nothing_else_is_and_waits_otherwise() {
    let mut desk = watching();
    let ticket = copy(&mut desk, image())[0];
    assert_eq!((desk.names(), desk.selected()), (vec!["copied image"], "copied image"));
    desk.absorb(Event::Loaded { ticket, result: Ok(loaded("copied image")) });
    assert_eq!(desk.says(), (Kind::Plain, "Loaded what was copied: 8 × 6 PNG"));

    let tickets = copy(&mut desk, Pasted::Files(vec!["/pictures/a.png".into(), "/pictures/b.png".into()]));
    assert_eq!((desk.names(), desk.selected()), (vec!["copied image", "a.png", "b.png"], "copied image"));
    desk.act(Verb::Dismiss);
    assert_eq!(desk.session.question(), None, "nothing to be seen yet");
    for (ticket, name) in tickets.into_iter().zip(["a.png", "b.png"]) {
        let effects = desk.absorb(Event::Loaded { ticket, result: Ok(loaded(name)) });
        assert!(!effects.iter().any(|it| matches!(it, Effect::Errand(..))), "the clipboard stays: {effects:?}");
    }
    assert_eq!(desk.session.notice(), None, "the card says it");
    assert_eq!(card(&desk), Some((Some("b.png"), 2)));
    assert_eq!(desk.selected(), "copied image");
}

/// What the card is about: a name and a number.
fn card(desk: &Desk) -> Option<(Option<&str>, usize)> {
    match desk.session.question()? {
        Question::Copied { id, name, size, format, count } => {
            let newest = desk.session.items().iter().find(|it| it.id() == *id).unwrap();
            assert!(name.as_deref().is_none_or(|it| it == newest.name()));
            assert_eq!((*size, *format), ([8, 6], Format::Png));
            Some((name.as_deref(), *count))
        }
        other => panic!("{other:?}"),
    }
}

/// Copies this elsewhere, and it is read.
fn copy_and_load(desk: &mut Desk, name: &str) {
    let pasted = if name == "copied image" { image() } else { Pasted::Files(vec![format!("/pictures/{name}").into()]) };
    let ticket = copy(desk, pasted)[0];
    let effects = desk.absorb(Event::Loaded { ticket, result: Ok(loaded(name)) });
    assert!(!effects.iter().any(|it| matches!(it, Effect::Errand(..))), "the clipboard stays: {effects:?}");
}

#[test]
fn the_card_leads_to_the_newest_and_is_gone_once_it_is_looked_at() {
    let mut desk = watching();
    desk.load("open.png");
    copy_and_load(&mut desk, "copied image");
    assert_eq!((card(&desk), desk.selected()), (Some((None, 1)), "open.png"));
    copy_and_load(&mut desk, "a.png");
    assert_eq!(card(&desk), Some((Some("a.png"), 2)));
    desk.act(Verb::ShowCopied);
    assert_eq!((card(&desk), desk.selected()), (None, "a.png"));
    // Nobody waits there any more.
    assert!(desk.act(Verb::ShowCopied).is_empty());
    assert_eq!(desk.selected(), "a.png");

    // By any other way than the card, too, and one at a time.
    copy_and_load(&mut desk, "b.png");
    copy_and_load(&mut desk, "c.png");
    desk.act(Verb::Last);
    assert_eq!((card(&desk), desk.selected()), (Some((Some("b.png"), 1)), "c.png"));
    desk.act(Verb::Previous);
    assert_eq!((card(&desk), desk.selected()), (None, "b.png"));
    desk.act(Verb::First);
    assert_eq!(card(&desk), None, "it does not come back");
}

#[test]
fn the_card_goes_by_a_word_and_its_images_stay() {
    for verb in [Verb::LeaveCopied, Verb::Cancel] {
        let mut desk = watching();
        desk.load("open.png");
        copy_and_load(&mut desk, "a.png");
        desk.act(Verb::Copy);
        desk.act(verb);
        assert_eq!(card(&desk), None, "{verb:?}");
        assert_eq!((desk.names(), desk.selected()), (vec!["open.png", "a.png"], "open.png"));
        assert!(desk.session.is_copy_deferred(), "{verb:?} was for the card");
        // The next one begins anew.
        copy_and_load(&mut desk, "b.png");
        assert_eq!(card(&desk), Some((Some("b.png"), 1)));
    }
}

#[test]
fn the_card_goes_with_its_images_and_with_the_watch() {
    let mut desk = watching();
    desk.load("open.png");
    copy_and_load(&mut desk, "a.png");
    desk.act(Verb::RemoveAll);
    assert_eq!(card(&desk), None);

    for ends_by_itself in [false, true] {
        let mut desk = watching();
        desk.load("open.png");
        copy_and_load(&mut desk, "a.png");
        if ends_by_itself {
            desk.absorb(Event::News(News::NotWatched("there is no display".to_owned())));
        } else {
            desk.act(Verb::WatchClipboard);
        }
        assert_eq!((card(&desk), desk.names()), (None, vec!["open.png", "a.png"]), "{ends_by_itself}");
    }
}

#[test]
fn of_many_at_once_there_is_one_card_when_the_last_is_read_or_given_up() {
    let mut desk = watching();
    desk.load("open.png");
    let files = ["a.png", "b.png", "c.png"].map(|it| format!("/pictures/{it}").into());
    let tickets = copy(&mut desk, Pasted::Files(files.into()));
    for (ticket, name) in [(tickets[1], "b.png"), (tickets[0], "a.png")] {
        desk.absorb(Event::Loaded { ticket, result: Ok(loaded(name)) });
        assert_eq!(card(&desk), None, "{name}");
    }
    desk.absorb(Event::Loaded { ticket: tickets[2], result: Err(EngineError::NotAnImage.into()) });
    assert_eq!(card(&desk), Some((Some("a.png"), 2)));
    // What is read later adds to it and does not take it away, until what it tells of is gone.
    let ticket = copy(&mut desk, image())[0];
    assert_eq!(card(&desk), Some((Some("a.png"), 2)));
    desk.act(Verb::Next);
    desk.act(Verb::Remove);
    assert_eq!((card(&desk), desk.selected()), (None, "b.png"));
    desk.absorb(Event::Loaded { ticket, result: Ok(loaded("copied image")) });
    assert_eq!(card(&desk), Some((None, 1)));
}

#[test]
fn the_card_waits_behind_what_is_asked() {
    let mut desk = watching();
    desk.load("open.png");
    copy_and_load(&mut desk, "a.png");
    desk.change_to("open.png", b"other bytes");
    assert!(matches!(desk.session.question(), Some(Question::Reload { .. })));
    desk.act(Verb::Cancel);
    assert_eq!(card(&desk), Some((Some("a.png"), 1)));
}

#[test]
fn of_a_data_url_the_bytes_are_taken_and_links_are_not_followed() {
    let mut desk = watching();
    let text = "<img src='data:image/png;base64,iVBORw0KGgo='><img src='https://example.org/a.png'>";
    let effects = desk.absorb(Event::News(News::Copied(Pasted::Found(embed::images_in_text(text).unwrap()))));
    let [Effect::Load(request)] = &effects[..] else { panic!("{effects:?}") };
    assert!(matches!(request.intake, Intake::Known(_)), "{request:?}");
}

#[test]
fn what_cannot_be_read_leaves_again_with_a_calm_word() {
    let mut desk = watching();
    desk.load("open.png");
    let ticket = copy(&mut desk, Pasted::Files(vec!["/pictures/bad.png".into()]))[0];
    desk.absorb(Event::Loaded { ticket, result: Err(EngineError::NotAnImage.into()) });
    assert_eq!(desk.names(), ["open.png"]);
    let (kind, words) = desk.says();
    assert_eq!(kind, Kind::Plain);
    assert!(words.starts_with("What was copied was not loaded: "), "{words}");
    assert_eq!(desk.session.selected().unwrap().status(), Status::Ready);
}

#[test]
fn bad_news_that_the_user_waits_for_is_not_covered() {
    let mut desk = watching();
    let failed = desk.open(&["failed.png"])[0];
    let ticket = copy(&mut desk, image())[0];
    desk.absorb(Event::Loaded { ticket: failed, result: Err(EngineError::NotAnImage.into()) });
    desk.absorb(Event::Loaded { ticket, result: Ok(loaded("copied image")) });
    assert_eq!(desk.says().0, Kind::Bad);
}

#[test]
fn a_watch_that_ends_by_itself_is_off_and_says_why() {
    let mut desk = watching();
    desk.absorb(Event::News(News::NotWatched("there is no display".to_owned())));
    let words = "The clipboard cannot be watched (there is no display); copy the image and press Paste instead";
    assert_eq!((desk.session.clipboard_watch(), desk.says()), (ClipboardWatch::Off, (Kind::Bad, words)));
    // One that was turned off before is nobody's concern.
    desk.act(Verb::Dismiss);
    desk.absorb(Event::News(News::NotWatched("there is no display".to_owned())));
    assert_eq!(desk.session.notice(), None);
}
