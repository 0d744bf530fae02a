//! Pictures that run out of time or memory, and what the next try may take.

use super::desk::{Desk, loaded};
use inlaid::{
    engine::EngineError,
    helper::Allowance,
    jobs::{Event, Intake, LoadRequest, ports::Pasted},
    session::{Effect, Kind, Status, Verb},
};

fn load(effects: Vec<Effect>) -> LoadRequest {
    let loads: Vec<LoadRequest> = effects
        .into_iter()
        .filter_map(|it| match it {
            Effect::Load(request) => Some(request),
            _ => None,
        })
        .collect();
    assert_eq!(loads.len(), 1);
    loads.into_iter().next().unwrap()
}

#[test]
fn the_second_try_may_take_more_and_keeps_that() {
    let mut desk = Desk::default();
    desk.session.preferences.memory_mb = 600;
    let ticket = desk.open(&["slow.png"])[0];
    desk.absorb(Event::Loaded { ticket, result: Err(EngineError::OutOfTime { seconds: 10 }.into()) });
    assert_eq!(desk.says(), (Kind::Bad, "slow.png: the decoder ran out of time after 10 s"));
    let retry = load(desk.act(Verb::Retry));
    assert_eq!(retry.allowance, Allowance { memory_mb: 600, is_generous: true });
    let effects = desk.absorb(Event::Loaded { ticket: retry.ticket, result: Ok(loaded("slow.png")) });
    let [Effect::Render(render)] = &effects[..] else { panic!("{effects:?}") };
    assert!(render.allowance.is_generous, "drawn again, it takes as much");
}

#[test]
fn a_damaged_picture_is_not_given_more() {
    let mut desk = Desk::default();
    let ticket = desk.open(&["bad.png"])[0];
    desk.absorb(Event::Loaded { ticket, result: Err(EngineError::DecoderCrashed.into()) });
    assert_eq!(desk.says(), (Kind::Bad, "bad.png: the decoder crashed; the file is probably damaged"));
    assert_eq!(load(desk.act(Verb::Retry)).allowance, Allowance { memory_mb: 1_000, is_generous: false });
}

#[test]
fn a_pasted_picture_stays_to_be_tried_again() {
    let mut desk = Desk::default();
    let effects = desk.absorb(Event::Pasted(Ok(Pasted::Encoded(b"\x89PNG\r\n\x1a\n".to_vec()))));
    let first = load(effects);
    assert!(matches!(&first.intake, Intake::Known(source) if source.name() == "pasted image"));
    let error = EngineError::OutOfMemory { limit_megabytes: 2_000 };
    desk.absorb(Event::Loaded { ticket: first.ticket, result: Err(error.into()) });
    assert_eq!(desk.says(), (Kind::Bad, "pasted image: the decoder needs more than 2 GB"));
    assert!(matches!(desk.session.selected().unwrap().status(), Status::Failed(_)));
    let again = load(desk.act(Verb::Retry));
    assert!(again.allowance.is_generous && matches!(again.intake, Intake::Known(_)));
    // Damaged bytes are the same the next time.
    desk.absorb(Event::Loaded { ticket: again.ticket, result: Err(EngineError::DecoderCrashed.into()) });
    assert!(desk.session.items().is_empty());
}
