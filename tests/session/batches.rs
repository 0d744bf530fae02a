//! Many bad pictures, and one notice that names them.

use super::desk::{Desk, file, loaded};
use inlaid::{
    engine::EngineError,
    jobs::{Event, JobError, Ticket, ports::ClipboardError},
    session::{Action, Effect, Kind, Verb},
};

fn fail(desk: &mut Desk, ticket: Ticket, error: impl Into<JobError>) {
    desk.absorb(Event::Loaded { ticket, result: Err(error.into()) });
}

fn details(desk: &Desk) -> Option<&str> {
    desk.session.notice().unwrap().details.as_deref()
}

fn serial(desk: &Desk) -> u64 {
    desk.session.notice().unwrap().serial
}

#[test]
fn the_bad_ones_of_a_batch_are_named_in_one_notice() {
    let mut desk = Desk::default();
    let tickets = desk.open(&["a.png", "b.png", "c.png", "d.png"]);
    fail(&mut desk, tickets[0], JobError::Folder);
    let folder = JobError::Folder.to_string();
    assert_eq!(desk.says(), (Kind::Bad, format!("a.png: {folder}").as_str()), "one is told as it is");
    assert_eq!(details(&desk), None);
    let first = serial(&desk);
    desk.absorb(Event::Loaded { ticket: tickets[1], result: Ok(loaded("b.png")) });
    fail(&mut desk, tickets[3], EngineError::Empty);
    fail(&mut desk, tickets[2], JobError::NotAFile);
    assert_eq!(desk.says(), (Kind::Bad, "3 images could not be opened"));
    let [empty, no_file] = [JobError::from(EngineError::Empty), JobError::NotAFile].map(|it| it.to_string());
    let lines = format!("a.png: {folder}\nd.png: {empty}\nc.png: {no_file}");
    assert_eq!(details(&desk), Some(lines.as_str()));
    assert_eq!(serial(&desk), first, "it has only grown");
}

#[test]
fn a_notice_that_is_gone_names_nobody_any_more() {
    let mut desk = Desk::default();
    let tickets = desk.open(&["a.png", "b.png", "c.png", "d.png"]);
    fail(&mut desk, tickets[0], JobError::Folder);
    desk.session.act(Verb::Dismiss.into());
    fail(&mut desk, tickets[1], JobError::NotAFile);
    assert_eq!(desk.says().1, format!("b.png: {}", JobError::NotAFile));
    desk.absorb(Event::Pasted(Err(ClipboardError::Empty.into())));
    fail(&mut desk, tickets[2], JobError::NotAFile);
    assert_eq!(desk.says().1, format!("c.png: {}", JobError::NotAFile), "another failure stood between");
}

#[test]
fn trying_again_neither_counts_twice_nor_takes_a_name_away() {
    let mut desk = Desk::default();
    let tickets = desk.open(&["a.png", "b.png"]);
    let retry = |desk: &mut Desk| {
        let effects = desk.act(Verb::Retry);
        let [Effect::Load(request)] = &effects[..] else { panic!("{effects:?}") };
        request.ticket
    };
    fail(&mut desk, tickets[0], EngineError::OutOfTime { seconds: 10 });
    let again = retry(&mut desk);
    fail(&mut desk, again, EngineError::OutOfTime { seconds: 40 });
    let slow = desk.says().1.to_owned();
    assert_eq!(slow, format!("a.png: {}", EngineError::OutOfTime { seconds: 40 }));
    fail(&mut desk, tickets[1], JobError::NotAFile);
    let other = format!("b.png: {}", JobError::NotAFile);
    assert_eq!(details(&desk), Some(format!("{slow}\n{other}").as_str()));

    let again = retry(&mut desk);
    fail(&mut desk, again, JobError::Folder);
    assert_eq!(desk.says().1, "2 images could not be opened");
    let folder = format!("a.png: {}", JobError::Folder);
    assert_eq!(details(&desk), Some(format!("{other}\n{folder}").as_str()), "the last word, last");

    let ticket = retry(&mut desk);
    desk.absorb(Event::Loaded { ticket, result: Ok(loaded("a.png")) });
    assert_eq!(details(&desk), Some(format!("{other}\n{folder}").as_str()));
}

#[test]
fn of_a_thousand_a_hundred_are_named_and_the_others_counted() {
    let mut desk = Desk::default();
    let names: Vec<String> = (1..=1_100).map(|it| format!("{it}.png")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    for (index, ticket) in desk.open(&names).into_iter().enumerate() {
        fail(&mut desk, ticket, JobError::NotAFile);
        if index == 100 {
            assert!(details(&desk).unwrap().ends_with("\nand 1 more"));
        }
    }
    assert_eq!(desk.says().1, "1,100 images could not be opened");
    let lines: Vec<&str> = details(&desk).unwrap().lines().collect();
    assert_eq!((lines.len(), lines[100]), (101, "and 1,000 more"));
    assert!(lines[0].starts_with("1.png: ") && lines[99].starts_with("100.png: "));
}

#[test]
fn a_name_of_several_lines_takes_one() {
    let mut desk = Desk::default();
    let effects = desk.act(Action::Open(vec![file("a\nb\u{1b}.png"), file("c.png")]));
    for effect in effects {
        let Effect::Load(request) = effect else { panic!("{effect:?}") };
        fail(&mut desk, request.ticket, JobError::NotAFile);
    }
    let lines: Vec<&str> = details(&desk).unwrap().lines().collect();
    assert_eq!(lines.len(), 2);
    assert!(lines[0].starts_with("a\u{fffd}b\u{fffd}.png: "), "{lines:?}");
}
