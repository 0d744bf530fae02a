//! Watching the clipboard: what comes in beside the picture looked at, and when nothing does.

use crate::desk::{BYTES, Desk, loaded};
use inlaid::{
    engine::{EngineError, embed},
    jobs::{
        Event, Intake, Ticket,
        ports::{News, Pasted},
    },
    session::{ClipboardWatch, Effect, Kind, Status, Verb},
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
    for (ticket, name) in tickets.into_iter().zip(["a.png", "b.png"]) {
        let effects = desk.absorb(Event::Loaded { ticket, result: Ok(loaded(name)) });
        assert!(!effects.iter().any(|it| matches!(it, Effect::Errand(..))), "the clipboard stays: {effects:?}");
    }
    assert_eq!(desk.says(), (Kind::Plain, "Loaded what was copied: 8 × 6 PNG"));
    assert_eq!(desk.selected(), "copied image");
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
