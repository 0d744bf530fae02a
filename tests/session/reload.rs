//! Files that change on disk while their pictures are open, also in awkward orders.

use super::desk::{BYTES, Desk, copied_text, file, loaded, loaded_from, only_render, rendered, split};
use inlaid::{
    engine::{EngineError, Format, Source, embed, race::Entrant, recipe::Want},
    jobs::{Event, Glimpsed, Intake, JobError, RenderRequest, Ticket, guard},
    session::{Action, Effect, Kind, Question, Status, Verb},
    settings::Reload,
};

use std::{path::PathBuf, sync::Arc};

const NEW: &[u8] = b"new content";

/// A picture with a finished result.
fn finished(reload: Reload) -> Desk {
    let mut desk = Desk::default();
    desk.session.preferences.reload = reload;
    let request = desk.load("a.png");
    desk.finish(&request, b"old");
    desk
}

fn source(bytes: &[u8]) -> Source {
    Source::new("a.png", bytes)
}

/// The load of a file, whichever place it takes in the queue.
fn load(effects: &[Effect]) -> Ticket {
    let loads: Vec<Ticket> = effects
        .iter()
        .filter_map(|it| match it {
            Effect::Load(request) if matches!(request.intake, Intake::Path(_)) => Some(request.ticket),
            Effect::PreferLoad(_) | Effect::CancelLoad(_) | Effect::CancelRender => None,
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(loads.len(), 1, "{effects:?}");
    loads[0]
}

fn read(desk: &mut Desk, ticket: Ticket, bytes: &[u8]) -> Vec<Effect> {
    desk.absorb(Event::Read { ticket, source: source(bytes) })
}

/// The lane's two answers to a load.
fn answer(desk: &mut Desk, ticket: Ticket, bytes: &[u8]) -> Vec<Effect> {
    let source = source(bytes);
    let mut effects = desk.absorb(Event::Read { ticket, source: source.clone() });
    effects.extend(desk.absorb(Event::Loaded { ticket, result: Ok(loaded_from(source)) }));
    effects
}

fn shown(desk: &Desk) -> &[u8] {
    desk.session.selected().unwrap().source().unwrap().bytes()
}

fn names(desk: &Desk) -> Option<Vec<&str>> {
    match desk.session.question()? {
        Question::Reload { names } => Some(names.iter().map(String::as_str).collect()),
        other => panic!("{other:?}"),
    }
}

/// The picture is there with the new content and asks for its result.
fn render(effects: Vec<Effect>) -> RenderRequest {
    let (mut renders, _) = split(effects);
    assert_eq!(renders.len(), 1);
    renders.remove(0)
}

#[test]
fn the_files_of_all_pictures_are_watched() {
    let mut desk = Desk::default();
    let path = |name: &str| match file(name) {
        Intake::Path(path) => path,
        other => panic!("{other:?}"),
    };
    let tickets = desk.open(&["b.png", "a.png", "b.png"]);
    desk.act(Action::Open(vec![Intake::Text("hello".to_owned())]));
    assert_eq!(desk.watched, [vec![path("a.png"), path("b.png")]]);
    desk.absorb(Event::Loaded { ticket: tickets[1], result: Err(JobError::Folder) });
    desk.act(Verb::First);
    desk.act(Verb::Remove);
    assert_eq!(desk.watched.len(), 1, "b.png is there a second time, and a.png may become readable");
    desk.act(Verb::RemoveAll);
    assert_eq!(desk.watched[1..], [Vec::<PathBuf>::new()]);
    desk.act(Verb::Undo);
    assert_eq!(desk.watched[2..], [vec![path("a.png"), path("b.png")]]);
}

#[test]
fn always_means_at_once_and_nothing_flickers() {
    let mut desk = finished(Reload::Always);
    let request = only_render(desk.edit(|item| item.recipe.edits.size.want = Want::Width(4)));
    desk.edit(|item| item.density = 2);
    desk.finish(&request, b"old");
    let id = desk.session.selected().unwrap().id();
    let ticket = load(&desk.change("a.png"));
    let item = desk.session.selected().unwrap();
    assert!(item.status() == Status::Ready && item.result().is_some() && item.fresh().is_none() && item.is_working());
    assert!(read(&mut desk, ticket, NEW).is_empty());
    assert_eq!(desk.session.selected().unwrap().status(), Status::Ready);
    assert_eq!(shown(&desk), BYTES, "bytes and pixels change together");
    let effects = desk.absorb(Event::Loaded { ticket, result: Ok(loaded_from(source(NEW))) });
    let request = render(effects);
    assert_eq!(&**request.source.bytes(), NEW);
    assert_eq!(request.recipe.edits.size.want, Want::Width(4));
    let item = desk.session.selected().unwrap();
    assert_eq!((item.id(), item.density, item.status()), (id, 2, Status::Ready));
    assert!(item.result().is_some() && item.fresh().is_none(), "shown, but not as if it were new");
    assert_eq!(item.weight(Entrant::Format(Format::WebP)), None, "that was measured on the old bytes");
    desk.finish(&request, b"fresh");
    let item = desk.session.selected().unwrap();
    assert_eq!(item.weight(Entrant::Format(Format::WebP)), Some(5));
    assert!(item.fresh().is_some() && !item.is_working());
    assert_eq!(desk.session.notice(), None);
}

#[test]
fn never_means_nothing() {
    let mut desk = finished(Reload::Never);
    assert!(desk.change("a.png").is_empty());
    assert_eq!(names(&desk), None);
    let ticket = desk.open(&["bad.png"])[0];
    assert!(desk.change("bad.png").is_empty());
    desk.absorb(Event::Loaded { ticket, result: Err(JobError::Folder) });
    assert!(desk.change("bad.png").is_empty());
}

#[test]
fn the_question_is_asked_once_the_bytes_differ() {
    let mut desk = finished(Reload::Ask);
    let ticket = load(&desk.change("a.png"));
    assert_eq!(names(&desk), None);
    assert!(desk.session.selected().unwrap().fresh().is_some(), "nobody has said that the old is not wanted");
    let effects = read(&mut desk, ticket, NEW);
    assert!(matches!(&effects[..], [Effect::CancelLoad(own)] if *own == ticket), "{effects:?}");
    assert_eq!(names(&desk), Some(vec!["a.png"]));
    // The lane had gone on meanwhile; that is nobody's answer.
    assert!(desk.absorb(Event::Loaded { ticket, result: Ok(loaded_from(source(NEW))) }).is_empty());
    assert_eq!(shown(&desk), BYTES);

    let ticket = load(&desk.act(Verb::Reload));
    assert_eq!(names(&desk), None);
    render(answer(&mut desk, ticket, NEW));
    assert_eq!(shown(&desk), NEW);
}

#[test]
fn the_same_bytes_are_not_worth_a_word() {
    for reload in [Reload::Ask, Reload::Always] {
        let mut desk = finished(reload);
        let ticket = load(&desk.change("a.png"));
        let effects = read(&mut desk, ticket, BYTES);
        assert!(matches!(&effects[..], [Effect::CancelLoad(own)] if *own == ticket), "{effects:?}");
        assert!(desk.absorb(Event::Loaded { ticket, result: Err(EngineError::Cancelled.into()) }).is_empty());
        assert_eq!((names(&desk), desk.session.notice()), (None, None));
        let item = desk.session.selected().unwrap();
        assert!(item.fresh().is_some() && item.weight(Entrant::Format(Format::WebP)).is_some() && !item.is_working());
    }
}

#[test]
fn keeping_the_old_is_asked_again_only_after_another_change() {
    for verb in [Verb::KeepOld, Verb::Cancel] {
        let mut desk = finished(Reload::Ask);
        desk.change_to("a.png", NEW);
        desk.act(verb);
        assert_eq!(names(&desk), None);
        assert!(desk.settle(vec![]).is_empty());
        desk.change_to("a.png", NEW);
        assert_eq!(names(&desk), Some(vec!["a.png"]));
        // Written back as it was: there is nothing to ask any more.
        desk.change_to("a.png", BYTES);
        assert_eq!(names(&desk), None);
    }
}

#[test]
fn a_question_is_over_once_the_new_is_there_unasked() {
    let mut desk = finished(Reload::Ask);
    desk.change_to("a.png", NEW);
    assert_eq!(names(&desk), Some(vec!["a.png"]));
    // Chosen in the settings, not in answer to the question.
    desk.session.preferences.reload = Reload::Always;
    let ticket = load(&desk.change("a.png"));
    assert_eq!(names(&desk), Some(vec!["a.png"]));
    answer(&mut desk, ticket, b"newer content");
    assert_eq!((shown(&desk), names(&desk)), (&b"newer content"[..], None));
}

#[test]
fn several_pictures_are_one_question() {
    let mut desk = finished(Reload::Ask);
    desk.load("b.png");
    desk.load("c.png");
    for name in ["b.png", "a.png", "b.png"] {
        desk.change_to(name, NEW);
    }
    assert_eq!(names(&desk), Some(vec!["a.png", "b.png"]));
    // One that leaves is not asked about.
    desk.act(Verb::First);
    desk.act(Verb::Remove);
    assert_eq!(names(&desk), Some(vec!["b.png"]));
    let effects = desk.act(Verb::ReloadAlways);
    assert_eq!(desk.session.preferences.reload, Reload::Always);
    load(&effects[..1]);
    assert_eq!(names(&desk), None);
    load(&desk.change("c.png"));
}

#[test]
fn a_copy_asked_for_meanwhile_is_of_the_new() {
    let mut desk = finished(Reload::Always);
    let ticket = load(&desk.change("a.png"));
    assert!(desk.act(Verb::Copy).is_empty());
    assert!(desk.session.is_copy_deferred());
    let request = render(answer(&mut desk, ticket, NEW));
    // RFC 4648: "new" is bmV3.
    assert_eq!(copied_text(&desk.finish(&request, b"new")).1, "data:image/webp;base64,bmV3");
}

#[test]
fn a_copy_asked_for_meanwhile_is_made_when_nothing_had_changed() {
    let mut desk = finished(Reload::Always);
    let ticket = load(&desk.change("a.png"));
    desk.act(Verb::Copy);
    let mut effects = read(&mut desk, ticket, BYTES);
    assert!(matches!(effects.remove(0), Effect::CancelLoad(_)));
    // RFC 4648: "old" is b2xk.
    assert_eq!(copied_text(&effects).1, "data:image/webp;base64,b2xk");
}

#[test]
fn a_reload_that_fails_is_said_and_keeps_the_old() {
    let mut desk = finished(Reload::Always);
    let ticket = load(&desk.change("a.png"));
    desk.act(Verb::Copy);
    let gone = JobError::Read(std::io::ErrorKind::NotFound.into());
    assert!(desk.absorb(Event::Loaded { ticket, result: Err(gone) }).is_empty());
    assert_eq!(desk.says(), (Kind::Bad, "a.png: there is no such file; the old image is kept"));
    assert!(!desk.session.is_copy_deferred(), "the new was wanted, and there is none");
    let item = desk.session.selected().unwrap();
    assert!(item.status() == Status::Ready && item.fresh().is_some());
    assert_eq!(copied_text(&desk.act(Verb::Copy)).1, "data:image/webp;base64,b2xk");
    // When the file is there again, it is read again.
    let ticket = load(&desk.change("a.png"));
    render(answer(&mut desk, ticket, NEW));
}

#[test]
fn a_look_that_fails_is_not_worth_a_word() {
    let mut desk = finished(Reload::Ask);
    let ticket = load(&desk.change("a.png"));
    desk.absorb(Event::Loaded { ticket, result: Err(JobError::Read(std::io::ErrorKind::NotFound.into())) });
    assert_eq!((names(&desk), desk.session.notice()), (None, None));
    desk.change_to("a.png", NEW);
    assert_eq!(names(&desk), Some(vec!["a.png"]));
}

#[test]
fn a_change_during_a_reload_is_read_once_more() {
    let mut desk = finished(Reload::Ask);
    desk.change_to("a.png", b"first");
    let ticket = load(&desk.act(Verb::Reload));
    assert!(desk.change("a.png").is_empty(), "one at a time");
    desk.act(Verb::Copy);
    // Half written: nobody hears of it, since the other half is on its way.
    let effects = desk.absorb(Event::Loaded { ticket, result: Err(EngineError::NotAnImage.into()) });
    assert_eq!(desk.session.notice(), None);
    let ticket = load(&effects);
    assert!(desk.change("a.png").is_empty());
    let again = load(&split(answer(&mut desk, ticket, b"second")).1);
    assert_eq!(names(&desk), None, "the user has said already that the new is wanted");
    assert!(desk.session.is_copy_deferred() && desk.session.selected().unwrap().fresh().is_none());
    let effects = answer(&mut desk, again, b"third");
    assert_eq!(shown(&desk), b"third");
    let (renders, _) = split(effects);
    let request = renders.last().unwrap();
    assert_eq!(&**request.source.bytes(), b"third");
    assert_eq!(copied_text(&desk.finish(request, b"new")).1, "data:image/webp;base64,bmV3");
}

#[test]
fn a_change_during_the_first_load_is_not_lost() {
    let mut desk = Desk::default();
    let ticket = desk.open(&["a.png"])[0];
    assert!(desk.change("a.png").is_empty());
    let effects = desk.absorb(Event::Loaded { ticket, result: Err(EngineError::NotAnImage.into()) });
    assert_eq!(desk.session.notice(), None, "it was read half written");
    assert_eq!(desk.session.selected().unwrap().status(), Status::Loading);
    let ticket = load(&effects);
    desk.change("a.png");
    let again = load(&split(answer(&mut desk, ticket, BYTES)).1);
    read(&mut desk, again, NEW);
    assert_eq!(names(&desk), Some(vec!["a.png"]), "that content was seen already");
}

#[test]
fn a_failed_picture_is_read_again_unasked() {
    let mut desk = Desk::default();
    let ticket = desk.open(&["a.png"])[0];
    desk.absorb(Event::Loaded { ticket, result: Err(JobError::Folder) });
    let ticket = load(&desk.change("a.png"));
    assert_eq!((desk.session.selected().unwrap().status(), names(&desk)), (Status::Loading, None));
    render(answer(&mut desk, ticket, NEW));
    assert_eq!(desk.session.selected().unwrap().status(), Status::Ready);
}

#[test]
fn the_render_of_the_old_content_is_not_heard() {
    let mut desk = Desk::default();
    desk.session.preferences.reload = Reload::Always;
    let old = desk.load("a.png");
    let ticket = load(&desk.change("a.png"));
    let effects = answer(&mut desk, ticket, NEW);
    assert!(effects.iter().any(|it| matches!(it, Effect::CancelRender)));
    let new = render(effects);
    desk.absorb(Event::Rendered { ticket: old.ticket, result: Ok(rendered(&old.recipe, b"old")) });
    assert!(desk.session.selected().unwrap().result().is_none());
    assert!(desk.finish(&new, b"new").is_empty());
    assert_eq!(*desk.session.selected().unwrap().fresh().unwrap().product.encoded.bytes, *b"new");
}

#[test]
fn what_was_refused_for_the_old_is_tried_for_the_new() {
    let mut desk = Desk::default();
    desk.session.preferences.reload = Reload::Always;
    let request = desk.load("a.png");
    desk.absorb(Event::Rendered { ticket: request.ticket, result: Err(EngineError::NotAnImage.into()) });
    assert!(desk.session.selected().unwrap().refusal().is_some());
    let ticket = load(&desk.change("a.png"));
    assert!(desk.act(Verb::Copy).is_empty());
    assert!(desk.session.is_copy_deferred(), "the new may do better");
    let request = render(answer(&mut desk, ticket, NEW));
    assert_eq!(copied_text(&desk.finish(&request, b"new")).1, "data:image/webp;base64,bmV3");
}

#[test]
fn remove_then_change() {
    let mut desk = finished(Reload::Always);
    desk.act(Verb::Remove);
    assert!(desk.change("a.png").is_empty());

    // What was under way when it left is caught up with when it is back.
    let mut desk = finished(Reload::Always);
    let ticket = load(&desk.change("a.png"));
    let effects = desk.act(Verb::Remove);
    assert!(matches!(&effects[..], [Effect::CancelLoad(own), Effect::LetGo(_)] if *own == ticket), "{effects:?}");
    assert!(read(&mut desk, ticket, NEW).is_empty());
    let effects = desk.act(Verb::Undo);
    let files: Vec<_> =
        effects.iter().filter(|it| matches!(it, Effect::Load(it) if it.intake.name() == "a.png")).collect();
    assert_eq!(files.len(), 2, "its own bytes at once, and the file beside them: {effects:?}");
}

#[test]
fn a_question_is_asked_again_about_a_picture_that_is_back() {
    let mut desk = finished(Reload::Ask);
    desk.change_to("a.png", NEW);
    desk.act(Verb::Remove);
    assert_eq!(names(&desk), None);
    let effects = desk.act(Verb::Undo);
    let file = effects.iter().find_map(|it| match it {
        Effect::Load(request) if matches!(request.intake, Intake::Path(_)) => Some(request.ticket),
        _ => None,
    });
    read(&mut desk, file.unwrap(), NEW);
    assert_eq!(names(&desk), Some(vec!["a.png"]));
}

#[test]
fn when_the_old_cannot_be_shown_any_more_the_new_is_taken_unasked() {
    let mut desk = finished(Reload::Ask);
    desk.session.preferences.memory_mb = 0;
    desk.load("b.png");
    let effects = desk.act(Verb::First);
    let [Effect::Load(old)] = &effects[..] else { panic!("{effects:?}") };
    let ticket = load(&desk.change("a.png"));
    desk.absorb(Event::Loaded { ticket: old.ticket, result: Err(guard::Crashed.into()) });
    assert!(matches!(desk.session.selected().unwrap().status(), Status::Failed(_)));
    render(answer(&mut desk, ticket, NEW));
    assert_eq!((desk.session.selected().unwrap().status(), names(&desk)), (Status::Ready, None));
}

#[test]
fn escape_stops_a_reload() {
    let mut desk = finished(Reload::Always);
    let ticket = load(&desk.change("a.png"));
    desk.change("a.png");
    let effects = desk.act(Verb::Cancel);
    assert!(matches!(&effects[..], [Effect::CancelLoad(own)] if *own == ticket), "{effects:?}");
    assert_eq!(desk.says(), (Kind::Plain, "Cancelled, the old image is kept"));
    assert!(answer(&mut desk, ticket, NEW).is_empty());
    assert_eq!(shown(&desk), BYTES);
    assert!(desk.session.selected().unwrap().fresh().is_some());
}

#[test]
fn the_newer_content_wins_over_pixels_being_brought_back() {
    let mut desk = finished(Reload::Always);
    desk.session.preferences.memory_mb = 0;
    desk.load("b.png");
    let effects = desk.act(Verb::First);
    let [Effect::Load(old)] = &effects[..] else { panic!("{effects:?}") };
    assert!(matches!(old.intake, Intake::Known(_)));
    let glimpsed = Glimpsed { painted: Arc::new(()), size: [8, 6] };
    desk.absorb(Event::Glimpsed { ticket: old.ticket, glimpsed });
    assert!(desk.session.selected().unwrap().glimpsed().is_some());
    let ticket = load(&desk.change("a.png"));
    let effects = answer(&mut desk, ticket, NEW);
    assert!(desk.session.selected().unwrap().glimpsed().is_none(), "that was of the old");
    assert!(effects.iter().any(|it| matches!(it, Effect::CancelLoad(own) if *own == old.ticket)));
    render(effects);
    assert!(desk.absorb(Event::Loaded { ticket: old.ticket, result: Ok(loaded("a.png")) }).is_empty());
    assert_eq!(shown(&desk), NEW);
}

#[test]
fn undo_and_edits_go_on_during_a_reload() {
    let mut desk = finished(Reload::Always);
    let ticket = load(&desk.change("a.png"));
    only_render(desk.edit(|item| item.recipe.output.quality = 30));
    desk.act(Verb::Undo);
    desk.act(Verb::Redo);
    let request = render(answer(&mut desk, ticket, NEW));
    assert_eq!((request.recipe.output.quality, &**request.source.bytes()), (30, NEW));
    desk.act(Verb::Undo);
    assert_eq!(shown(&desk), NEW, "a reload is no step");
}

#[test]
fn reloading_without_a_question_reads_the_picture_looked_at() {
    let mut desk = finished(Reload::Never);
    let ticket = load(&desk.act(Verb::Reload));
    render(answer(&mut desk, ticket, NEW));
    desk.act(Action::Open(vec![Intake::Text("hello".to_owned())]));
    assert!(desk.act(Verb::Reload).is_empty(), "a text has no file");
    assert!(Desk::default().act(Verb::Reload).is_empty());
}

#[test]
fn rendered_bytes_of_other_content_are_never_pasted() {
    let mut desk = finished(Reload::Ask);
    desk.change_to("a.png", NEW);
    // Asked, but not answered: what is shown is what is copied.
    assert_eq!(copied_text(&desk.act(Verb::Copy)).1, format!("data:image/webp;base64,{}", embed::base64(b"old")));
    let ticket = load(&desk.act(Verb::Reload));
    assert!(desk.act(Verb::Copy).is_empty());
    assert!(desk.act(Verb::CopyImage).is_empty());
    answer(&mut desk, ticket, NEW);
    assert!(desk.act(Verb::Save).is_empty(), "the result of the new is not there yet");
}
