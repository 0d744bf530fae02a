//! The session without threads and without a window: actions and events in, effects out.

#![expect(clippy::panic, clippy::unwrap_used, reason = "in a test a surprise is a failure")]

mod batches;
mod budget;
mod compressed;
mod desk;
mod dialogs;
mod halves;
mod history;
mod links;
mod preferences;
mod race;
mod reload;
mod replace;
mod watch;

use desk::{BYTES, Desk, SIZE, copied_text, loaded, only_render, rendered};
use inlaid::{
    engine::{
        EngineError, Format, Source, embed,
        embed::Embed,
        race::Entrant,
        recipe::{Defaults, Effort, Want},
    },
    jobs::{
        Errand, Event, Intake, JobError,
        guard::Crashed,
        ports::{ClipboardError, Drag, Dragged, DropError, News, Pasted, Stay},
    },
    session::{Action, Effect, ItemId, Kind, Status, Verb},
};
use std::path::PathBuf;

#[test]
fn the_main_trip() {
    let mut desk = Desk::default();
    assert_eq!(desk.session.title(), "Inlaid");
    let request = desk.load("sunset.png");
    assert_eq!(desk.session.title(), "sunset.png — Inlaid");
    assert_eq!((request.recipe.output.format, request.recipe.output.effort), (Format::WebP, Effort::Fast));
    assert!(desk.finish(&request, b"tiny").is_empty());
    // RFC 4648: "tiny" is dGlueQ==.
    let (ticket, text) = copied_text(&desk.act(Verb::Copy));
    assert_eq!(text, "data:image/webp;base64,dGlueQ==");
    assert_eq!(desk.session.notice(), None, "nothing is said before the clipboard has accepted");
    desk.absorb(Event::Copied { ticket, result: Ok(Stay::Lasting) });
    assert_eq!(desk.says(), (Kind::Good, "Copied data URL · 31 characters"));
    assert_eq!(desk.session.n_copies(), 1);
    let (ticket, _) = copied_text(&desk.act(Verb::Copy));
    desk.absorb(Event::Copied { ticket, result: Ok(Stay::WithWindow) });
    assert_eq!(desk.says(), (Kind::Good, "Copied data URL · 31 characters · until this window is closed"));
}

#[test]
fn reconciling_twice_asks_once() {
    let mut desk = Desk::default();
    desk.load("a.png");
    assert!(desk.session.reconcile().is_empty());
    desk.session.selected_mut().unwrap().recipe.output.quality = 30;
    let second = only_render(desk.session.reconcile());
    assert_eq!(second.recipe.output.quality, 30);
    assert!(desk.session.reconcile().is_empty());
}

/// What there is to see, and whether it is what is wanted.
fn shown(desk: &Desk) -> (Option<&[u8]>, bool) {
    let item = desk.session.selected().unwrap();
    (item.result().map(|it| &*it.product.encoded.bytes), item.fresh().is_some())
}

#[test]
fn overtaken_answers_are_shown_until_a_newer_one_has_come() {
    let mut desk = Desk::default();
    let first = desk.load("a.png");
    let mut asked = vec![first];
    for quality in [30, 40, 50] {
        desk.session.selected_mut().unwrap().recipe.output.quality = quality;
        asked.push(only_render(desk.session.reconcile()));
    }
    desk.act(Verb::Copy);
    let answer = |desk: &mut Desk, at: usize, bytes: &[u8]| {
        let request = &asked[at];
        desk.absorb(Event::Rendered { ticket: request.ticket, result: Ok(rendered(&request.recipe, bytes)) })
    };
    assert!(answer(&mut desk, 1, b"thirty").is_empty(), "a promised copy waits for what is wanted");
    assert_eq!(shown(&desk), (Some(&b"thirty"[..]), false));
    answer(&mut desk, 0, b"late");
    assert_eq!(shown(&desk), (Some(&b"thirty"[..]), false));
    answer(&mut desk, 3, b"fifty");
    assert_eq!(shown(&desk), (Some(&b"fifty"[..]), true));
    answer(&mut desk, 2, b"forty, late");
    assert_eq!(shown(&desk), (Some(&b"fifty"[..]), true));
}

#[test]
fn an_overtaken_answer_of_another_picture_is_dropped() {
    let mut desk = Desk::default();
    let first = desk.load("a.png");
    desk.session.selected_mut().unwrap().recipe.output.quality = 30;
    only_render(desk.session.reconcile());
    desk.load("b.png");
    desk.absorb(Event::Rendered { ticket: first.ticket, result: Ok(rendered(&first.recipe, b"of a")) });
    assert_eq!(shown(&desk), (None, false));
}

#[test]
fn an_old_result_stays_visible_but_is_not_fresh() {
    let mut desk = Desk::default();
    let request = desk.load("a.png");
    desk.finish(&request, b"old");
    desk.session.selected_mut().unwrap().recipe.edits.size.want = Want::Width(4);
    let item = desk.session.selected().unwrap();
    assert!(item.result().is_some() && item.fresh().is_none());
    assert_eq!(item.weight(Entrant::Format(Format::WebP)), None, "a number of other settings is not shown");
}

#[test]
fn a_copy_asked_for_too_early_is_made_once_for_that_picture() {
    let mut desk = Desk::default();
    let ticket = desk.open(&["a.png"])[0];
    assert!(desk.act(Verb::Copy).is_empty());
    assert!(desk.session.is_copy_deferred());
    let request = only_render(desk.absorb(Event::Loaded { ticket, result: Ok(loaded("a.png")) }));
    // The settings change meanwhile: the copy is of what is wanted now.
    desk.session.selected_mut().unwrap().recipe.output.format = Format::Png;
    let now = only_render(desk.session.reconcile());
    desk.absorb(Event::Rendered { ticket: request.ticket, result: Ok(rendered(&request.recipe, b"old")) });
    let effects = desk.finish(&now, b"new");
    let (_, text) = copied_text(&effects);
    assert_eq!(text, "data:image/png;base64,bmV3");
    assert!(!desk.session.is_copy_deferred());
}

#[test]
fn a_promised_copy_survives_a_look_at_another_picture() {
    let mut desk = Desk::default();
    let first = desk.load("a.png");
    assert!(desk.act(Verb::Copy).is_empty());
    let second = desk.load("b.png");
    // The lane cancels the first; its answer has no reader any more.
    desk.absorb(Event::Rendered { ticket: first.ticket, result: Err(EngineError::Cancelled.into()) });
    let next = desk.absorb(Event::Rendered { ticket: second.ticket, result: Ok(rendered(&second.recipe, b"bb")) });
    let search = only_render(next);
    let next = desk.absorb(Event::Rendered { ticket: search.ticket, result: Ok(rendered(&search.recipe, b"bb")) });
    // Now nobody else wants the lane, so the promise is kept.
    let again = only_render(next);
    let effects = desk.finish(&again, b"aa");
    assert_eq!(copied_text(&effects).1, "data:image/webp;base64,YWE=");
}

#[test]
fn a_promise_is_forgotten_when_it_cannot_be_kept() {
    let mut desk = Desk::default();
    let ticket = desk.open(&["a.png"])[0];
    desk.act(Verb::Copy);
    desk.absorb(Event::Loaded { ticket, result: Err(EngineError::NotAnImage.into()) });
    assert_eq!(desk.says(), (Kind::Bad, "a.png: not an image; choose a file that holds a picture"));
    // The next picture must not land on the clipboard by itself.
    let request = desk.load("b.png");
    assert!(desk.finish(&request, b"bb").is_empty());

    let request = only_render(desk.edit(|item| item.recipe.output.format = Format::Ico));
    desk.act(Verb::Copy);
    desk.absorb(Event::Rendered { ticket: request.ticket, result: Err(Crashed.into()) });
    assert!(!desk.session.is_copy_deferred());
    assert!(desk.session.selected().unwrap().refusal().is_some());
    assert!(desk.settle(vec![]).is_empty(), "what was refused is not asked for again");

    desk.load("c.png");
    desk.act(Verb::Copy);
    desk.act(Verb::Remove);
    assert!(!desk.session.is_copy_deferred());
}

#[test]
fn a_failed_copy_is_said_and_the_result_stays() {
    let mut desk = Desk::default();
    let request = desk.load("a.png");
    desk.finish(&request, b"aa");
    let effects = desk.act(Verb::CopyImage);
    let [Effect::Errand(ticket, Errand::CopyImage(image))] = &effects[..] else { panic!("{effects:?}") };
    assert_eq!((image.pixels.size(), &*image.encoded.bytes), (SIZE, &b"aa"[..]));
    assert_eq!((image.file_name.as_str(), image.facts.alt.as_str()), ("a.webp", "a"));
    let error = JobError::Clipboard(ClipboardError::Unavailable("nobody there".to_owned()));
    desk.absorb(Event::Copied { ticket: *ticket, result: Err(error) });
    let (kind, text) = desk.says();
    assert!(kind == Kind::Bad && text.contains("nobody there"), "{text}");
    assert_eq!(desk.session.n_copies(), 0);
    assert!(desk.session.selected().unwrap().fresh().is_some());
}

#[test]
fn whichever_of_several_fails_first_the_picture_looked_at_stays() {
    for order in [[0, 1], [1, 0]] {
        let mut desk = Desk::default();
        let request = desk.load("a.png");
        desk.finish(&request, b"aa");
        let tickets = desk.open(&["b.png", "c.png"]);
        for index in order {
            desk.absorb(Event::Loaded { ticket: tickets[index], result: Err(JobError::Folder) });
        }
        assert_eq!(desk.session.selected().unwrap().name(), "a.png", "{order:?}");
    }
}

#[test]
fn three_files_are_three_pictures_to_step_through() {
    let mut desk = Desk::default();
    let tickets = desk.open(&["a.png", "b.png", "c.png"]);
    assert_eq!(desk.session.title(), "3 images — Inlaid");
    for (ticket, name) in tickets.iter().zip(["a.png", "b.png", "c.png"]) {
        desk.absorb(Event::Loaded { ticket: *ticket, result: Ok(loaded(name)) });
    }
    assert_eq!(desk.selected(), "a.png");
    for (verb, name) in [
        (Verb::Next, "b.png"),
        (Verb::Last, "c.png"),
        (Verb::Next, "c.png"),
        (Verb::Previous, "b.png"),
        (Verb::First, "a.png"),
        (Verb::Previous, "a.png"),
    ] {
        desk.act(verb);
        assert_eq!(desk.selected(), name, "{verb:?}");
    }
    desk.act(Verb::Next);
    desk.act(Verb::Remove);
    assert_eq!(desk.selected(), "c.png");
    desk.act(Verb::RemoveAll);
    assert_eq!(desk.session.title(), "Inlaid");
}

#[test]
fn a_bad_picture_leaves_the_good_one_alone() {
    let mut desk = Desk::default();
    let request = desk.load("good.png");
    desk.finish(&request, b"good");
    let ticket = desk.open(&["bad.png"])[0];
    desk.absorb(Event::Loaded { ticket, result: Err(JobError::Folder) });
    assert_eq!(desk.selected(), "good.png");
    assert!(desk.session.selected().unwrap().fresh().is_some());
    assert_eq!(desk.session.items().len(), 2);
    desk.act(Verb::Last);
    assert!(matches!(desk.session.selected().unwrap().status(), Status::Failed(_)));
    let effects = desk.act(Verb::Retry);
    assert!(matches!(&effects[..], [Effect::Load(_)]), "{effects:?}");
    assert_eq!(desk.session.selected().unwrap().status(), Status::Loading);
}

#[test]
fn what_a_text_holds_is_opened_and_named() {
    let mut desk = Desk::default();
    let found = |text: &str| Event::Pasted(Ok(Pasted::Found(embed::images_in_text(text).unwrap())));
    // RFC 4648: the first bytes of a GIF and of a PNG.
    let (gif, png) = ("data:image/gif;base64,R0lGODlhAQABAA==", "data:image/png;base64,iVBORw0KGgo=");
    let effects = desk.absorb(found(&format!("a {{ b: url({gif}), url({png}) }}")));
    let loads = effects.iter().filter(|it| matches!(it, Effect::Load(load) if matches!(load.intake, Intake::Known(_))));
    assert_eq!(loads.count(), 2);
    assert_eq!(desk.says(), (Kind::Plain, "Pasted CSS rule with 2 images"));
    assert_eq!(desk.names(), ["pasted image", "pasted image"]);

    let link = "<img src='https://example.org/a.png'>";
    desk.absorb(found(&format!("{link}<img src='{gif}'>")));
    assert_eq!(desk.says(), (Kind::Plain, "Pasted HTML with 2 images"));
    assert_eq!(desk.names()[2..], ["a.png", "pasted image"]);
}

#[test]
fn what_is_dropped_is_opened_and_what_hovers_is_not() {
    let mut desk = Desk::default();
    let drag = |drag| Event::News(News::Drag(drag));
    for hovering in [Drag::Over(vec![Dragged::Image]), Drag::Coming, Drag::Gone] {
        assert!(desk.absorb(drag(hovering)).is_empty());
    }
    let effects = desk.absorb(drag(Drag::Dropped(Ok(Pasted::Encoded(b"png".to_vec())))));
    assert!(matches!(&effects[..], [Effect::Load(_)]), "{effects:?}");
    assert_eq!(desk.names(), ["dropped image"]);
    let finds = embed::images_in_text("https://example.org/a.png").unwrap();
    desk.absorb(drag(Drag::Dropped(Ok(Pasted::Found(finds)))));
    assert_eq!(desk.says(), (Kind::Plain, "Dropped link"));
    let effects = desk.absorb(drag(Drag::Dropped(Err(DropError::Unavailable("it broke off".to_owned())))));
    assert!(effects.is_empty());
    let sentence = "What was dropped did not arrive (it broke off); drop it again, or copy it and paste";
    assert_eq!(desk.says(), (Kind::Bad, sentence));
    assert_eq!(desk.names(), ["dropped image", "a.png"]);
}

#[test]
fn what_was_pasted_in_vain_leaves_no_trace() {
    let mut desk = Desk::default();
    let effects = desk.act(Verb::Paste);
    assert!(matches!(&effects[..], [Effect::Errand(_, Errand::Paste)]), "{effects:?}");
    let effects = desk.absorb(Event::Pasted(Ok(Pasted::Text("hello".to_owned()))));
    let [Effect::Load(load)] = &effects[..] else { panic!("{effects:?}") };
    let error = EngineError::from(embed::bytes_in_text("hello").unwrap_err());
    desk.absorb(Event::Loaded { ticket: load.ticket, result: Err(error.into()) });
    assert!(desk.session.items().is_empty());
    assert_eq!(desk.says().0, Kind::Bad);
    desk.absorb(Event::Pasted(Err(ClipboardError::Empty.into())));
    assert_eq!(desk.says(), (Kind::Bad, "The clipboard holds no image, file, link, data URL or base64"));
}

#[test]
fn saving_goes_through_the_dialog_and_replaces_only_what_it_asked_about() {
    let mut desk = Desk::default();
    let request = desk.load("sunset.png");
    desk.finish(&request, b"webp");
    let save = |desk: &mut Desk, answer: Option<&str>| {
        let effects = desk.act(Verb::Save);
        let [Effect::SaveDialog { ticket, suggested_name, extension }] = &effects[..] else { panic!("{effects:?}") };
        assert_eq!((suggested_name.as_str(), *extension), ("sunset.webp", "webp"));
        desk.absorb(Event::SaveChosen { ticket: *ticket, path: Ok(answer.map(PathBuf::from)) })
    };
    assert!(save(&mut desk, None).is_empty());
    let effects = save(&mut desk, Some("/tmp/new.webp"));
    let [Effect::Errand(ticket, Errand::Save { path, consented, bytes })] = &effects[..] else { panic!("{effects:?}") };
    assert_eq!((path.as_path(), *consented, &**bytes), (PathBuf::from("/tmp/new.webp").as_path(), true, &b"webp"[..]));
    desk.absorb(Event::Saved { ticket: *ticket, result: Ok(path.clone()) });
    assert_eq!(desk.says(), (Kind::Good, "Saved new.webp"));
    // A name that we complete was never asked about.
    let effects = save(&mut desk, Some("/tmp/new"));
    let [Effect::Errand(_, Errand::Save { path, consented, .. })] = &effects[..] else { panic!("{effects:?}") };
    assert_eq!((path.to_str(), *consented), (Some("/tmp/new.webp"), false));
}

#[test]
fn one_dialog_at_a_time() {
    let mut desk = Desk::default();
    assert!(matches!(&desk.act(Verb::Open)[..], [Effect::OpenDialog]));
    assert!(desk.act(Verb::Open).is_empty());
    desk.absorb(Event::FilesChosen(Ok(vec![])));
    assert!(matches!(&desk.act(Verb::Open)[..], [Effect::OpenDialog]));
}

#[test]
fn new_pictures_start_with_the_last_choices() {
    let mut desk = Desk::default();
    desk.session.defaults.embed = Embed::Css;
    desk.load("a.png");
    let item = desk.session.selected_mut().unwrap();
    item.recipe.output.format = Format::Jpeg;
    item.recipe.output.quality = 42;
    item.recipe.edits.size.want = Want::Width(3);
    desk.session.reconcile();
    let request = desk.load("b.png");
    assert_eq!((request.recipe.output.format, request.recipe.output.quality), (Format::Jpeg, 42));
    assert_eq!(request.recipe.edits.size.want, Want::Original, "a size belongs to its picture");
    let expected = Defaults { format: Format::Jpeg, quality: 42, embed: Embed::Css, ..Defaults::default() };
    assert_eq!(desk.session.defaults, expected);
}

#[test]
fn a_changed_setting_leaves_the_untouched_source() {
    let mut desk = Desk::default();
    let request = desk.load("a.png");
    desk.finish(&request, b"larger");
    let request = only_render(desk.act(Verb::UseUntouched));
    assert!(request.recipe.output.untouched);
    assert!(desk.finish(&request, b"source").is_empty());
    desk.session.selected_mut().unwrap().recipe.output.quality = 10;
    let request = only_render(desk.session.reconcile());
    assert!(!request.recipe.output.untouched);
}

#[test]
fn escape_takes_back_the_promise() {
    let mut desk = Desk::default();
    let request = desk.load("a.png");
    desk.act(Verb::Copy);
    desk.act(Verb::Cancel);
    assert!(desk.finish(&request, b"aa").is_empty());
    assert_eq!(desk.says(), (Kind::Plain, "Cancelled, nothing was copied"));
    let id: ItemId = desk.session.selected().unwrap().id();
    assert!(desk.act(Action::Select(id)).is_empty());
}

#[test]
fn escape_takes_back_a_promised_save_and_says_so() {
    let mut desk = Desk::default();
    let request = desk.load("a.png");
    desk.act(Verb::Save);
    assert!(desk.session.is_save_deferred() && !desk.session.is_copy_deferred());
    desk.act(Verb::Cancel);
    assert!(!desk.session.is_save_deferred());
    assert!(desk.finish(&request, b"aa").is_empty());
    assert_eq!(desk.says(), (Kind::Plain, "Cancelled, nothing was saved"));
}

#[test]
fn escape_stops_a_load_at_any_stage_and_undo_takes_it_up_again() {
    for has_bytes in [false, true] {
        let mut desk = Desk::default();
        let ticket = desk.open(&["a.png"])[0];
        if has_bytes {
            desk.absorb(Event::Read { ticket, source: Source::new("a.png", BYTES) });
        }
        let effects = desk.act(Verb::Cancel);
        assert!(matches!(&effects[..], [Effect::CancelLoad(own)] if *own == ticket), "{effects:?}");
        assert!(desk.session.items().is_empty());
        desk.act(Verb::Undo);
        assert_eq!(desk.names(), ["a.png"]);
    }
}

#[test]
fn escape_keeps_a_picture_whose_pixels_only_come_back() {
    let mut desk = Desk::default();
    desk.session.preferences.memory_mb = 0;
    let request = desk.load("a.png");
    desk.finish(&request, b"aa");
    desk.load("b.png");
    assert!(matches!(&desk.act(Verb::First)[..], [Effect::Load(_)]));
    desk.act(Verb::Cancel);
    assert_eq!(desk.names(), ["a.png", "b.png"]);
}

#[test]
fn who_waits_gets_the_small_result_and_a_failed_search_harms_nothing() {
    let mut desk = Desk::default();
    let quick = desk.load("a.png");
    desk.act(Verb::Copy);
    let answer = Event::Rendered { ticket: quick.ticket, result: Ok(rendered(&quick.recipe, b"quick")) };
    let search = only_render(desk.absorb(answer));
    assert_eq!(search.recipe.output.effort, Effort::Normal);
    let effects = desk.absorb(Event::Rendered { ticket: search.ticket, result: Err(Crashed.into()) });
    // RFC 4648: "quick" is cXVpY2s=.
    assert_eq!(copied_text(&effects).1, "data:image/webp;base64,cXVpY2s=");
    assert_eq!(desk.session.notice(), None);
    assert!(desk.session.selected().unwrap().refusal().is_none());
    assert!(desk.session.reconcile().is_empty(), "the search is not tried again");
}

#[test]
fn pixels_are_let_go_and_brought_back() {
    let mut desk = Desk::default();
    desk.session.preferences.memory_mb = 0;
    let request = desk.load("a.png");
    desk.finish(&request, b"aa");
    let request = desk.load("b.png");
    desk.finish(&request, b"bb");
    let [first, second] = desk.session.items() else { panic!("two pictures") };
    assert!(first.original().is_none() && first.result().is_none(), "nobody looks at it");
    assert!(first.source().is_some(), "the bytes stay");
    assert!(second.original().is_some() && second.fresh().is_some());
    let effects = desk.act(Verb::Previous);
    let [Effect::Load(load)] = &effects[..] else { panic!("{effects:?}") };
    assert!(matches!(&load.intake, Intake::Known(source) if source.name() == "a.png"));
    assert!(desk.session.reconcile().is_empty(), "asked for once");
    let request = only_render(desk.absorb(Event::Loaded { ticket: load.ticket, result: Ok(loaded("a.png")) }));
    desk.finish(&request, b"aa");
    assert_eq!(copied_text(&desk.act(Verb::Copy)).1, "data:image/webp;base64,YWE=");
}

#[test]
fn pixels_are_freed_by_others() {
    let mut desk = Desk::default();
    let request = desk.load("a.png");
    desk.finish(&request, b"aa");
    let mut session = desk.session;
    let effects = session.act(Verb::Remove.into());
    assert!(effects.iter().any(|it| matches!(it, Effect::Discard(_))), "{effects:?}");
    session.act(Verb::Undo.into());
    session.preferences.memory_mb = 0;
    let effects = session.reconcile();
    assert!(!effects.iter().any(|it| matches!(it, Effect::Discard(_))), "there are none: {effects:?}");

    let mut desk = Desk::default();
    let request = desk.load("a.png");
    desk.finish(&request, b"aa");
    let request = desk.load("b.png");
    desk.finish(&request, b"bb");
    let mut session = desk.session;
    session.preferences.memory_mb = 0;
    let effects = session.reconcile();
    assert!(effects.iter().any(|it| matches!(it, Effect::Discard(_))), "of the one nobody looks at: {effects:?}");
}

#[test]
fn a_promised_save_opens_no_second_dialog() {
    let mut desk = Desk::default();
    let request = desk.load("a.png");
    assert!(desk.act(Verb::Save).is_empty());
    desk.act(Verb::Open);
    assert!(desk.finish(&request, b"aa").is_empty());
    assert_eq!(desk.says(), (Kind::Plain, "A dialog is open already"));
}
