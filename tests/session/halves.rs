//! The two halves of an answer: first the bytes with all their numbers, then what they look like.

use crate::desk::{Desk, SIZE, copied_text, loaded, loaded_from, only_render, packed, rendered, split};
use inlaid::{
    engine::{
        EngineError, Format, Recipe, Source,
        race::Entrant,
        recipe::{Effort, Want},
    },
    jobs::{Errand, Event, RenderRequest, guard::Crashed},
    session::{Effect, Item, Kind, Verb},
    settings::{Primary, Reload},
};

/// The bytes of a render are there.
fn pack(desk: &mut Desk, request: &RenderRequest, bytes: &[u8]) -> Vec<Effect> {
    desk.absorb(Event::Encoded { ticket: request.ticket, packed: packed(&request.recipe, bytes) })
}

/// A render has ended.
fn end(desk: &mut Desk, request: &RenderRequest, bytes: &[u8]) -> Vec<Effect> {
    desk.absorb(Event::Rendered { ticket: request.ticket, result: Ok(rendered(&request.recipe, bytes)) })
}

/// A render has failed or was cancelled after its bytes were there.
fn fail(desk: &mut Desk, request: &RenderRequest, error: impl Into<inlaid::jobs::JobError>) -> Vec<Effect> {
    desk.absorb(Event::Rendered { ticket: request.ticket, result: Err(error.into()) })
}

fn set_quality(quality: u8) -> impl FnOnce(&mut Item) {
    move |item| item.recipe.output.quality = quality
}

/// How many bytes the window has the numbers of, how many the picture is of, and whether each is
/// what is wanted.
fn shown(desk: &Desk) -> [(Option<usize>, bool); 2] {
    let item = desk.session.selected().unwrap();
    [
        (item.result().map(|it| it.product.encoded.bytes.len()), item.fresh().is_some()),
        (item.preview().map(|it| it.n_bytes), item.fresh_preview().is_some()),
    ]
}

fn copies_an_image(effects: &[Effect]) -> bool {
    matches!(effects, [Effect::Errand(_, Errand::CopyImage(image))] if image.pixels.size() == SIZE)
}

#[test]
fn numbers_and_text_are_there_with_the_bytes() {
    let mut desk = Desk::default();
    let quick = desk.load("a.png");
    assert!(pack(&mut desk, &quick, b"quick").is_empty(), "the picture is still being made of it");
    assert_eq!(shown(&desk), [(Some(5), true), (None, false)]);
    let item = desk.session.selected().unwrap();
    assert_eq!(item.weight(Entrant::Format(Format::WebP)), Some(5));
    assert!(item.is_working());
    // RFC 4648: "quick" is cXVpY2s=.
    assert_eq!(copied_text(&desk.act(Verb::CopyText)).1, "data:image/webp;base64,cXVpY2s=");
    assert!(matches!(&desk.act(Verb::Save)[..], [Effect::SaveDialog { .. }]));
    let small = only_render(end(&mut desk, &quick, b"quick"));
    assert_eq!(shown(&desk), [(Some(5), true), (Some(5), true)]);
    assert!(end(&mut desk, &small, b"tiny").is_empty());
    assert!(!desk.session.selected().unwrap().is_working());
}

#[test]
fn who_waits_for_the_text_gets_the_small_bytes_before_their_picture() {
    let mut desk = Desk::default();
    let quick = desk.load("a.png");
    desk.act(Verb::Copy);
    assert!(pack(&mut desk, &quick, b"quick").is_empty());
    let small = only_render(end(&mut desk, &quick, b"quick"));
    // RFC 4648: "tiny" is dGlueQ==.
    assert_eq!(copied_text(&pack(&mut desk, &small, b"tiny")).1, "data:image/webp;base64,dGlueQ==");
    assert!(!desk.session.is_copy_deferred());
    assert!(end(&mut desk, &small, b"tiny").is_empty(), "once");
}

#[test]
fn who_waits_for_the_image_waits_for_the_picture_of_the_small_bytes() {
    let mut desk = Desk::default();
    let quick = desk.load("a.png");
    pack(&mut desk, &quick, b"quick");
    assert!(desk.act(Verb::CopyImage).is_empty());
    assert!(desk.session.is_copy_deferred());
    let small = only_render(end(&mut desk, &quick, b"quick"));
    assert!(pack(&mut desk, &small, b"tiny").is_empty());
    assert!(copies_an_image(&end(&mut desk, &small, b"tiny")));
    assert!(copies_an_image(&desk.act(Verb::CopyImage)));
}

#[test]
fn the_picture_of_older_bytes_never_looks_like_that_of_the_new() {
    let mut desk = Desk::default();
    let quick = desk.load("a.png");
    let small = only_render(end(&mut desk, &quick, b"quick"));
    // The same settings, but other bytes.
    pack(&mut desk, &small, b"tiny");
    assert_eq!(shown(&desk), [(Some(4), true), (Some(5), false)]);
    end(&mut desk, &small, b"tiny");
    assert_eq!(shown(&desk), [(Some(4), true), (Some(4), true)]);
    let quick = only_render(desk.edit(set_quality(30)));
    assert_eq!(shown(&desk), [(Some(4), false), (Some(4), false)]);
    pack(&mut desk, &quick, b"thirty");
    assert_eq!(shown(&desk), [(Some(6), true), (Some(4), false)]);
    let seen: &Recipe = &desk.session.selected().unwrap().preview().unwrap().recipe;
    assert_eq!(seen.output.quality, 80, "it says what it shows");
}

#[test]
fn a_slider_that_never_rests_shows_the_pictures_of_overtaken_bytes() {
    let mut desk = Desk::default();
    let first = desk.load("a.png");
    let second = only_render(desk.edit(set_quality(30)));
    pack(&mut desk, &first, b"first");
    assert_eq!(shown(&desk), [(Some(5), false), (None, false)]);
    let third = only_render(desk.edit(set_quality(40)));
    pack(&mut desk, &second, b"second");
    // Older than the bytes, but newer than nothing.
    end(&mut desk, &first, b"first");
    assert_eq!(shown(&desk), [(Some(6), false), (Some(5), false)]);
    pack(&mut desk, &third, b"third!!");
    end(&mut desk, &second, b"second");
    assert_eq!(shown(&desk), [(Some(7), true), (Some(6), false)]);
    pack(&mut desk, &first, b"first");
    assert_eq!(shown(&desk)[0], (Some(7), true), "what is older than the picture is dropped");
    end(&mut desk, &third, b"third!!");
    assert_eq!(shown(&desk), [(Some(7), true), (Some(7), true)]);
    end(&mut desk, &second, b"second");
    assert_eq!(shown(&desk), [(Some(7), true), (Some(7), true)]);
}

#[test]
fn a_picture_that_was_cancelled_is_made_when_its_bytes_are_wanted_again() {
    let mut desk = Desk::default();
    let quick = desk.load("a.png");
    let small = only_render(end(&mut desk, &quick, b"quick"));
    pack(&mut desk, &small, b"tiny");
    let other = only_render(desk.edit(set_quality(30)));
    assert!(fail(&mut desk, &small, EngineError::Cancelled).is_empty());
    let again = only_render(desk.edit(set_quality(80)));
    assert_eq!(again.recipe, small.recipe);
    assert!(desk.session.reconcile().is_empty(), "asked for once");
    // What nobody wants any more takes nothing away from what is there.
    pack(&mut desk, &other, b"thirty");
    assert_eq!(shown(&desk), [(Some(4), true), (Some(5), false)]);
    end(&mut desk, &other, b"thirty");
    assert_eq!(shown(&desk), [(Some(4), true), (Some(6), false)]);
    assert!(end(&mut desk, &again, b"tiny").is_empty());
    assert_eq!(shown(&desk), [(Some(4), true), (Some(4), true)]);
}

#[test]
fn a_step_and_back_keeps_what_was_there() {
    let mut desk = Desk::default();
    let quick = desk.load("a.png");
    desk.finish(&quick, b"tiny");
    let other = only_render(desk.edit(set_quality(30)));
    assert!(desk.edit(set_quality(80)).is_empty());
    pack(&mut desk, &other, b"thirty");
    assert!(end(&mut desk, &other, b"thirty").is_empty());
    assert_eq!(shown(&desk), [(Some(4), true), (Some(4), true)]);
}

#[test]
fn a_look_at_another_picture_in_between_costs_only_the_picture() {
    let mut desk = Desk::default();
    let quick = desk.load("a.png");
    let small = only_render(end(&mut desk, &quick, b"quick"));
    pack(&mut desk, &small, b"tiny");
    let other = desk.load("b.png");
    fail(&mut desk, &small, EngineError::Cancelled);
    desk.finish(&other, b"bb");
    let again = only_render(desk.act(Verb::Previous));
    assert_eq!((shown(&desk)[0], &again.recipe), ((Some(4), true), &small.recipe));
}

#[test]
fn bytes_that_cannot_be_shown_stay_and_that_is_said_once() {
    let mut desk = Desk::default();
    let quick = desk.load("a.png");
    desk.act(Verb::CopyImage);
    pack(&mut desk, &quick, b"quick");
    let small = only_render(fail(&mut desk, &quick, Crashed));
    let (kind, text) = desk.says();
    assert!(kind == Kind::Bad && text.starts_with("a.png: the result can be saved, but not shown ("), "{text}");
    desk.act(Verb::Dismiss);
    pack(&mut desk, &small, b"tiny");
    assert!(desk.session.is_copy_deferred(), "the small ones may be better off");
    assert!(fail(&mut desk, &small, Crashed).is_empty());
    assert!(!desk.session.is_copy_deferred());
    let (kind, text) = desk.says();
    assert!(kind == Kind::Bad && text.contains("not copied as an image"), "what was promised: {text}");
    assert!(desk.session.reconcile().is_empty(), "it is not tried again");
    assert_eq!(shown(&desk), [(Some(4), true), (None, false)]);
    assert_eq!(copied_text(&desk.act(Verb::Copy)).1, "data:image/webp;base64,dGlueQ==");
    assert!(desk.act(Verb::CopyImage).is_empty() && !desk.session.is_copy_deferred());
    assert!(desk.session.selected().unwrap().refusal().is_none());
}

#[test]
fn nothing_is_said_twice_about_the_same_settings() {
    let mut desk = Desk::default();
    let quick = desk.load("a.png");
    pack(&mut desk, &quick, b"quick");
    let small = only_render(fail(&mut desk, &quick, Crashed));
    desk.act(Verb::Dismiss);
    pack(&mut desk, &small, b"tiny");
    fail(&mut desk, &small, Crashed);
    assert_eq!(desk.session.notice(), None);
}

#[test]
fn the_same_settings_of_new_content_have_another_picture() {
    let mut desk = Desk::default();
    desk.session.preferences.reload = Reload::Always;
    let first = desk.load("a.png");
    end(&mut desk, &first, b"old");
    let effects = desk.change("a.png");
    let [Effect::Load(load), ..] = &effects[..] else { panic!("{effects:?}") };
    let new = Source::new("a.png", b"\x89PNG\r\n\x1a\nnew".as_slice());
    let (renders, _) = split(desk.absorb(Event::Loaded { ticket: load.ticket, result: Ok(loaded_from(new)) }));
    assert_eq!(renders[0].recipe, first.recipe);
    pack(&mut desk, &renders[0], b"newer");
    assert_eq!(shown(&desk), [(Some(5), true), (Some(3), false)]);
}

#[test]
fn the_primary_key_waits_for_what_it_copies() {
    let mut desk = Desk::default();
    desk.session.preferences.primary = Primary::Image;
    let ticket = desk.open(&["a.png"])[0];
    desk.act(Verb::Copy);
    let quick = only_render(desk.absorb(Event::Loaded { ticket, result: Ok(loaded("a.png")) }));
    pack(&mut desk, &quick, b"quick");
    let small = only_render(end(&mut desk, &quick, b"quick"));
    assert!(pack(&mut desk, &small, b"tiny").is_empty());
    assert!(copies_an_image(&end(&mut desk, &small, b"tiny")));
}

#[test]
fn bytes_of_a_removed_picture_are_not_heard() {
    let mut desk = Desk::default();
    let quick = desk.load("a.png");
    desk.act(Verb::Remove);
    assert!(pack(&mut desk, &quick, b"quick").is_empty());
    desk.act(Verb::Undo);
    assert!(desk.session.selected().unwrap().result().is_none());
}

#[test]
fn pictures_are_let_go_with_their_bytes() {
    let mut desk = Desk::default();
    desk.session.preferences.memory_mb = 0;
    let quick = desk.load("a.png");
    let small = only_render(end(&mut desk, &quick, b"quick"));
    pack(&mut desk, &small, b"tiny");
    let other = desk.load("b.png");
    fail(&mut desk, &small, EngineError::Cancelled);
    desk.finish(&other, b"bb");
    let [first, second] = desk.session.items() else { panic!("two pictures") };
    assert!(first.result().is_none() && first.preview().is_none());
    assert!(second.fresh_preview().is_some());
}

#[test]
fn a_long_search_goes_on_behind_the_quick_result() {
    let mut desk = Desk::default();
    let first = desk.load("a.png");
    desk.finish(&first, b"first");
    // 4,000 × 3,000 pixels.
    let enlarge = |item: &mut Item| {
        item.recipe.output.format = Format::Png;
        (item.recipe.edits.size.want, item.recipe.edits.size.upscale) = (Want::Width(4000), true);
    };
    let quick = only_render(desk.edit(enlarge));
    assert_eq!(quick.recipe.output.effort, Effort::Fast);
    assert!(desk.act(Verb::CopyText).is_empty(), "there is nothing yet");
    // RFC 4648: "quick" is cXVpY2s=.
    assert_eq!(copied_text(&pack(&mut desk, &quick, b"quick")).1, "data:image/png;base64,cXVpY2s=");
    let search = only_render(end(&mut desk, &quick, b"quick"));
    assert_eq!(search.recipe.output.effort, Effort::Normal, "however large it is");
    assert_eq!(shown(&desk)[0], (Some(5), true));
    let mut small = packed(&search.recipe, b"tiny");
    small.millis.encode = Some(1_500.0);
    desk.absorb(Event::Encoded { ticket: search.ticket, packed: small });
    assert_eq!(shown(&desk)[0], (Some(4), true), "the number and what is copied change together");
    assert_eq!(copied_text(&desk.act(Verb::CopyText)).1, "data:image/png;base64,dGlueQ==");
    assert_eq!(desk.says(), (Kind::Plain, "PNG is now 20 % smaller"));
}

#[test]
fn a_short_search_is_not_worth_a_word() {
    let mut desk = Desk::default();
    let quick = desk.load("a.png");
    let search = only_render(end(&mut desk, &quick, b"quick"));
    pack(&mut desk, &search, b"tiny");
    assert_eq!(desk.session.notice(), None);
}
