//! The race of the formats: what is asked for and when, what rows say, and what a click takes.

use super::desk::{Desk, SIZE, rendered};
use inlaid::{
    engine::{
        Encoded, Format, Product, Recipe,
        embed::Embed,
        options::Subsampling,
        race::{Entrant, Readers},
        target::{Aim, Budget, Encodes, Found, Measure, Outcome},
    },
    jobs::{Event, JobError, RaceRequest, Raced, RenderRequest, ports::Stay},
    session::{Effect, Kind, Verb},
};

const WEBP: Entrant = Entrant::Format(Format::WebP);
const JPEG: Entrant = Entrant::Format(Format::Jpeg);
const PNG: Entrant = Entrant::Format(Format::Png);
const AVIF: Entrant = Entrant::Format(Format::Avif);

fn product(recipe: &Recipe, n_bytes: usize, quality: u8, outcome: Outcome) -> Product {
    let bytes = vec![0; n_bytes].into();
    let encoded = Encoded { format: recipe.output.format, bytes, size: SIZE, warnings: vec![] };
    let mut spec = recipe.output.normal();
    (spec.aim, spec.quality) = (Aim::Quality, quality);
    let found = Some(Found { spec, score: 84.6, encodes: Encodes::default(), outcome });
    Product { recipe: recipe.clone(), encoded, preview: None, found, warnings: vec![] }
}

fn raced(request: &RaceRequest, recipe: &Recipe, n_bytes: usize, quality: u8) -> Event {
    let product = product(recipe, n_bytes, quality, Outcome::Held);
    let result = Ok(Box::new(Raced { product, millis: Some(12.0) }));
    Event::Raced { ticket: request.ticket, recipe: recipe.clone(), result }
}

/// The race that was asked for last.
fn race(desk: &mut Desk) -> RaceRequest {
    let race = desk.races.pop().flatten().unwrap();
    desk.races.clear();
    race
}

fn entrants(race: &RaceRequest) -> Vec<Entrant> {
    race.recipes.iter().map(|it| Entrant::of(&it.output)).collect()
}

/// A picture of which a look is wanted, and the chosen format has come in.
fn aiming(aim: Aim) -> (Desk, RenderRequest) {
    let mut desk = Desk::default();
    let first = desk.load("a.png");
    desk.finish(&first, b"12345678");
    let effects = desk.edit(|item| item.recipe.output.aim = aim);
    let request = super::desk::only_render(effects);
    (desk, request)
}

fn answer(desk: &mut Desk, request: &RenderRequest, n_bytes: usize) {
    let mut done = rendered(&request.recipe, b"");
    done.packed.product = product(&request.recipe, n_bytes, 71, Outcome::Held);
    let effects = desk.absorb(Event::Rendered { ticket: request.ticket, result: Ok(done) });
    for effect in effects {
        let inlaid::session::Effect::Render(next) = effect else { panic!("{effect:?}") };
        answer(desk, &next, n_bytes);
    }
}

#[test]
fn the_others_race_when_the_chosen_one_has_come_in() {
    let (mut desk, request) = aiming(Aim::Look(85));
    // Nothing is known of the earlier result's look, and the number alone decided about it.
    desk.races.clear();
    answer(&mut desk, &request, 900);
    let race = race(&mut desk);
    assert_eq!(race.judged, None, "the search has measured its look");
    // The quickest first, AVIF last; the chosen WebP is there.
    assert_eq!(entrants(&race), [JPEG, Entrant::PngPalette, PNG, AVIF]);
    assert!(race.recipes.iter().all(|it| it.output.aim == Aim::Look(85)));
    assert_eq!(desk.session.selected().unwrap().score(), Some(84.6));
}

#[test]
fn by_quality_the_others_aim_for_the_look_of_the_chosen_one() {
    let mut desk = Desk::default();
    let first = desk.load("a.png");
    desk.finish(&first, b"12345678");
    let judged = race(&mut desk);
    assert!(judged.recipes.is_empty(), "the look is not known yet");
    let recipe = judged.judged.clone().unwrap();
    desk.absorb(Event::Judged { ticket: judged.ticket, recipe, result: Ok(78.4) });
    let race = race(&mut desk);
    assert_eq!(entrants(&race), [JPEG, Entrant::PngPalette, PNG, AVIF]);
    assert!(race.recipes.iter().all(|it| it.output.aim == Aim::Look(78)));

    // A click takes the format at the quality that looks the same.
    desk.absorb(raced(&race, &race.recipes[0], 700, 63));
    desk.edit(|item| item.take(JPEG));
    let output = &desk.session.selected().unwrap().recipe.output;
    assert_eq!((output.format, output.quality, &output.aim), (Format::Jpeg, 63, &Aim::Quality));
}

#[test]
fn what_was_asked_of_other_formats_outlives_a_search() {
    let mut desk = Desk::default();
    let first = desk.load("a.png");
    desk.finish(&first, b"12345678");
    let effects = desk.edit(|item| {
        let output = &mut item.recipe.output;
        (output.codec.jpeg.subsampling, output.codec.png.palette.colours) = (Subsampling::Full, 32);
        output.aim = Aim::Look(85);
    });
    answer(&mut desk, &super::desk::only_render(effects), 900);
    let kept = |desk: &Desk| {
        let codec = desk.session.selected().unwrap().recipe.output.codec.clone();
        (codec.jpeg.subsampling, codec.png.palette.colours)
    };
    desk.edit(|item| item.aim(Aim::Quality));
    assert_eq!(kept(&desk), (Subsampling::Full, 32), "a WebP was searched for");
    assert_eq!(
        desk.session.selected().unwrap().recipe.output.quality,
        71,
        "the slider begins where the search has led to"
    );
}

#[test]
fn rows_fill_and_go_stale() {
    let (mut desk, request) = aiming(Aim::Look(85));
    answer(&mut desk, &request, 900);
    let race = race(&mut desk);
    assert!(desk.session.selected().unwrap().row(JPEG).is_none());
    assert!(desk.session.selected().unwrap().is_awaited(JPEG));
    desk.absorb(raced(&race, &race.recipes[0], 700, 63));
    let item = desk.session.selected().unwrap();
    let row = item.row(JPEG).unwrap();
    assert_eq!((row.product.encoded.bytes.len(), row.is_stale, row.millis), (700, false, Some(12.0)));
    // By hand: 700 bytes are 234 groups of three, with 23 characters before them.
    assert_eq!(row.characters(item, Embed::DataUrl), 234 * 4 + 23);
    assert!(!item.is_awaited(JPEG) && item.is_awaited(AVIF));

    // The race of another look is over; what it found is shown until there is news.
    desk.edit(|item| item.recipe.output.aim = Aim::Look(70));
    assert!(desk.races.iter().any(Option::is_none), "the race is stopped at once");
    let item = desk.session.selected().unwrap();
    assert!(item.row(JPEG).unwrap().is_stale && item.row(WEBP).unwrap().is_stale);
    // And its late answers are dropped.
    desk.absorb(raced(&race, &race.recipes[1], 5, 5));
    assert!(desk.session.selected().unwrap().row(Entrant::PngPalette).is_none());
}

#[test]
fn a_large_picture_races_without_those_that_weigh_much() {
    for (size, raced_formats) in [([6_000, 4_000], &[JPEG, Entrant::PngPalette][..]), ([20_000, 10_000], &[][..])] {
        let mut desk = Desk::default();
        let ticket = desk.open(&["a.png"])[0];
        let mut large = super::desk::loaded("a.png");
        (large.decoded.facts.size, large.decoded.facts.stored_size) = (size, size);
        let effects = desk.absorb(Event::Loaded { ticket, result: Ok(large) });
        let first = super::desk::only_render(effects);
        desk.finish(&first, b"12345678");
        let judged = race(&mut desk);
        let recipe = judged.judged.clone().unwrap();
        desk.absorb(Event::Judged { ticket: judged.ticket, recipe, result: Ok(78.4) });
        let item = desk.session.selected().unwrap();
        for entrant in [JPEG, Entrant::PngPalette, PNG, AVIF] {
            let takes_part = raced_formats.contains(&entrant);
            assert_eq!((item.stays_away(entrant), item.is_awaited(entrant)), (!takes_part, takes_part), "{entrant:?}");
        }
        assert!(!item.stays_away(WEBP), "what is chosen is made");
        if let [.., last] = raced_formats {
            let race = race(&mut desk);
            assert_eq!(entrants(&race), raced_formats);
            let mut product = product(&race.recipes[1], 700, 63, Outcome::Held);
            product.encoded.size = size;
            let result = Ok(Box::new(Raced { product, millis: None }));
            desk.absorb(Event::Raced { ticket: race.ticket, recipe: race.recipes[1].clone(), result });
            assert!(desk.session.selected().unwrap().row(*last).unwrap().is_sampled(), "a part was compared");
        }
    }
}

#[test]
fn what_is_known_is_not_asked_for_again() {
    let (mut desk, request) = aiming(Aim::Look(85));
    answer(&mut desk, &request, 900);
    let first = race(&mut desk);
    for recipe in &first.recipes {
        desk.absorb(raced(&first, recipe, 700, 63));
    }
    assert!(desk.races.is_empty() || desk.races.iter().all(Option::is_none), "{:?}", desk.races);
    assert!(!desk.session.selected().unwrap().is_racing());
    // There and back again.
    let effects = desk.edit(|item| item.recipe.output.aim = Aim::Look(70));
    let there = super::desk::only_render(effects);
    let effects = desk.edit(|item| item.recipe.output.aim = Aim::Look(85));
    drop((there, effects));
    assert!(!desk.session.selected().unwrap().row(JPEG).unwrap().is_stale);
}

#[test]
fn auto_takes_the_smallest_once_all_are_there() {
    let (mut desk, request) = aiming(Aim::Look(85));
    desk.edit(|item| item.auto = Some(Readers::Any));
    answer(&mut desk, &request, 900);
    let race = race(&mut desk);
    for (recipe, n_bytes) in race.recipes.iter().zip([700, 800, 5_000, 300]) {
        assert_eq!(desk.session.selected().unwrap().entrant(), WEBP, "not before the last has come in");
        desk.absorb(raced(&race, recipe, n_bytes, 63));
    }
    // AVIF is smaller, but not for any browser.
    assert_eq!(desk.session.selected().unwrap().entrant(), JPEG);
}

#[test]
fn a_row_that_fails_holds_nobody_up() {
    let (mut desk, request) = aiming(Aim::Look(85));
    answer(&mut desk, &request, 900);
    let race = race(&mut desk);
    for recipe in &race.recipes {
        let result = Err(JobError::from(inlaid::engine::EngineError::Unwritable { format: recipe.output.format }));
        desk.absorb(Event::Raced { ticket: race.ticket, recipe: recipe.clone(), result });
    }
    assert!(!desk.session.selected().unwrap().is_racing());
    assert!(desk.session.notice().is_none(), "nobody has asked for it");
}

#[test]
fn a_budget_counts_the_text_that_would_be_pasted() {
    let measure = Measure::Characters { embed: Embed::DataUrl, density: 1, alt: "".into() };
    let (mut desk, _) = aiming(Aim::Budget(Budget { most: 4_000, measure, may_shrink: false }));
    let stamped = |desk: &Desk| match &desk.session.selected().unwrap().recipe.output.aim {
        Aim::Budget(Budget { measure: Measure::Characters { embed, alt, .. }, .. }) => (*embed, alt.to_string()),
        other => panic!("{other:?}"),
    };
    assert_eq!(stamped(&desk), (Embed::DataUrl, "a".to_owned()));
    desk.session.note_edits(true);
    let could_undo = desk.session.can_undo();
    desk.session.defaults.embed = Embed::Html;
    desk.settle(vec![]);
    assert_eq!(stamped(&desk), (Embed::Html, "a".to_owned()));
    assert!(could_undo, "the budget was set by the user");
}

#[test]
fn the_next_picture_aims_for_the_same() {
    let (mut desk, request) = aiming(Aim::Look(77));
    answer(&mut desk, &request, 900);
    assert_eq!(desk.load("b.png").recipe.output.aim, Aim::Look(77));
}

#[test]
fn a_look_that_cannot_be_measured_is_asked_for_once() {
    let mut desk = Desk::default();
    let first = desk.load("a.png");
    desk.finish(&first, b"12345678");
    let judged = race(&mut desk);
    let result = Err(JobError::from(inlaid::engine::EngineError::DecoderCrashed));
    desk.absorb(Event::Judged { ticket: judged.ticket, recipe: judged.judged.clone().unwrap(), result });
    desk.settle(vec![]);
    assert!(desk.races.iter().all(Option::is_none), "{:?}", desk.races);
    let item = desk.session.selected().unwrap();
    assert!(!item.is_racing() && item.score().is_none());
}

#[test]
fn a_copy_that_is_over_its_budget_says_so() {
    let copy = |measure: Measure, weight: u64, n_bytes: usize, verb: Verb| {
        let (mut desk, request) = aiming(Aim::Budget(Budget { most: 4_000, measure, may_shrink: false }));
        let mut done = rendered(&request.recipe, &vec![0; n_bytes]);
        let outcome = Outcome::BudgetMissed { weight, fits_at: None };
        done.packed.product = product(&request.recipe, n_bytes, 1, outcome);
        let effects = desk.absorb(Event::Rendered { ticket: request.ticket, result: Ok(done) });
        if let [Effect::Render(next)] = &effects[..] {
            let mut small = rendered(&next.recipe, &vec![0; n_bytes]);
            let outcome = Outcome::BudgetMissed { weight, fits_at: None };
            small.packed.product = product(&next.recipe, n_bytes, 1, outcome);
            desk.absorb(Event::Rendered { ticket: next.ticket, result: Ok(small) });
        }
        let effects = desk.act(verb);
        let [Effect::Errand(ticket, _)] = &effects[..] else { panic!("{effects:?}") };
        desk.absorb(Event::Copied { ticket: *ticket, result: Ok(Stay::Lasting) });
        let (kind, text) = desk.says();
        assert_eq!(kind, Kind::Good);
        text.to_owned()
    };
    // By hand: 9,000 bytes are 12,000 characters of base64, with 23 before them.
    let characters = Measure::Characters { embed: Embed::DataUrl, density: 1, alt: "a".into() };
    assert_eq!(
        copy(characters.clone(), 12_023, 9_000, Verb::Copy),
        "Copied data URL · 12,023 characters, 8,023 over the budget"
    );
    assert_eq!(
        copy(Measure::Bytes, 5_204, 5_204, Verb::Copy),
        "Copied data URL · 6,963 characters, 1,204 bytes over the budget"
    );
    assert_eq!(
        copy(Measure::Bytes, 5_204, 5_204, Verb::CopyImage),
        "Copied a.png as WebP · 8 × 6, 1,204 bytes over the budget"
    );
    // Only the text that was chosen is over it.
    assert_eq!(copy(characters, 12_023, 2_000, Verb::Copy), "Copied data URL · 2,691 characters");
}

#[test]
fn the_other_formats_race_while_they_are_shown() {
    let (mut desk, request) = aiming(Aim::Look(85));
    answer(&mut desk, &request, 900);
    let usual = race(&mut desk);
    assert_eq!(entrants(&usual).len(), 4, "nothing else before it is asked for");
    for recipe in &usual.recipes {
        desk.absorb(raced(&usual, recipe, 700, 63));
    }
    desk.races.clear();
    desk.edit(|item| item.shows_others = true);
    let others = race(&mut desk);
    let formats: Vec<Format> = others.recipes.iter().map(|it| it.output.format).collect();
    assert_eq!(
        formats,
        [Format::Gif, Format::JpegXl, Format::Ico, Format::Bmp, Format::Tiff, Format::Tga, Format::Qoi]
    );
    // A palette is searched for at the look; what loses nothing is made once.
    assert_eq!(others.recipes[0].output.aim, Aim::Look(85));
    assert!(others.recipes[1..].iter().all(|it| it.output.aim == Aim::Quality));
    for recipe in &others.recipes {
        desk.absorb(raced(&others, recipe, 5_000, 1));
    }
    let bmp = Entrant::Format(Format::Bmp);
    assert!(!desk.session.selected().unwrap().is_racing());
    assert!(desk.session.selected().unwrap().row(bmp).is_some_and(|it| !it.is_stale));

    // At another look only the palette is searched for anew.
    let request = super::desk::only_render(desk.edit(|item| item.recipe.output.aim = Aim::Look(70)));
    assert!(!desk.session.selected().unwrap().row(bmp).unwrap().is_stale);
    answer(&mut desk, &request, 800);
    let again = race(&mut desk);
    assert_eq!(entrants(&again), [JPEG, Entrant::PngPalette, PNG, AVIF, Entrant::Format(Format::Gif)]);
}
