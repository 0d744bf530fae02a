//! Links: what is fetched and when, pages that stand where an image was expected.

use crate::desk::{Desk, loaded_from};
use inlaid::{
    engine::{
        Source,
        embed::{self, Link, Listed},
    },
    jobs::{
        Event, Intake, JobError, Page, Received, Ticket,
        fetch::FetchError,
        ports::{DialogError, Drag, News, Pasted},
    },
    session::{Action, Effect, Kind, Question, Status, Verb},
};

fn asked(effects: &[Effect]) -> Vec<(Ticket, &str)> {
    effects
        .iter()
        .map(|it| match it {
            Effect::Load(request) => match &request.intake {
                Intake::Link(text) => (request.ticket, text.as_str()),
                other => panic!("{other:?}"),
            },
            other => panic!("{other:?}"),
        })
        .collect()
}

fn paste(desk: &mut Desk, text: &str) -> Vec<Effect> {
    desk.absorb(Event::Pasted(Ok(Pasted::Found(embed::images_in_text(text).unwrap()))))
}

fn page(names: &[&str]) -> JobError {
    let link = |name: &&str| Link::parse(&format!("https://example.org/{name}")).unwrap();
    Page { images: names.iter().map(link).collect() }.into()
}

#[test]
fn a_pasted_link_is_fetched_and_becomes_a_picture() {
    let mut desk = Desk::default();
    let effects = paste(&mut desk, "https://example.org/my-logo.png");
    let (ticket, text) = asked(&effects)[0];
    assert_eq!(text, "https://example.org/my-logo.png");
    assert_eq!((desk.names(), desk.says()), (vec!["my-logo.png"], (Kind::Plain, "Pasted link")));
    let received = Received { bytes: 10, of: Some(20) };
    desk.absorb(Event::Received { ticket, received });
    assert_eq!(desk.session.selected().unwrap().received(), Some(received));
    let source = Source::new("logo of us.png", crate::desk::BYTES);
    desk.absorb(Event::Read { ticket, source: source.clone() });
    assert_eq!(desk.names(), ["logo of us.png"], "as the server calls it");
    desk.absorb(Event::Loaded { ticket, result: Ok(loaded_from(source)) });
    let item = desk.session.selected().unwrap();
    assert_eq!((item.status(), item.received()), (Status::Ready, None));
    // An answer that comes late, or that nobody waits for, changes nothing.
    desk.absorb(Event::Received { ticket, received });
    assert_eq!(desk.session.selected().unwrap().received(), None);
}

#[test]
fn lists_and_typed_links_are_followed_too() {
    let mut desk = Desk::default();
    let link = || "https://example.org/b.png".to_owned();
    let list = vec![Listed::Link(link()), Listed::File("/a.png".into())];
    let effects = desk.absorb(Event::Pasted(Ok(Pasted::List(list))));
    assert_eq!((effects.len(), desk.names()), (2, vec!["b.png", "a.png"]));
    desk.absorb(Event::FilesChosen(Err(DialogError::Missing)));
    let effects = desk.act(Action::PathTyped(format!(" {} ", link())));
    assert_eq!(asked(&effects)[0].1, link());
    desk.absorb(Event::FilesChosen(Err(DialogError::Missing)));
    let effects = desk.act(Action::PathTyped("-".to_owned()));
    assert!(matches!(&effects[..], [Effect::Load(it)] if matches!(it.intake, Intake::Path(_))), "{effects:?}");
}

#[test]
fn a_link_that_leads_to_nothing_can_be_tried_again() {
    let mut desk = Desk::default();
    let effects = paste(&mut desk, "https://example.org/a.png");
    let ticket = asked(&effects)[0].0;
    let error = FetchError::Refused { host: "example.org".to_owned(), status: 503 };
    desk.absorb(Event::Loaded { ticket, result: Err(error.into()) });
    let words = "a.png: example.org has a fault of its own; try again later (503)";
    assert_eq!(desk.says(), (Kind::Bad, words));
    let effects = desk.act(Verb::Retry);
    assert_eq!(asked(&effects)[0].1, "https://example.org/a.png");
    // Esc ends it.
    let ticket = asked(&effects)[0].0;
    let effects = desk.act(Verb::Cancel);
    assert!(matches!(&effects[..], [Effect::CancelLoad(own)] if *own == ticket), "{effects:?}");
    assert!(desk.session.items().is_empty());
}

#[test]
fn a_page_is_asked_about_and_leaves_no_picture() {
    let mut desk = Desk::default();
    desk.load("before.png");
    let found = |desk: &mut Desk, names: &[&str]| {
        let effects = paste(desk, "https://example.org/page.html");
        let ticket = asked(&effects)[0].0;
        assert!(desk.absorb(Event::Loaded { ticket, result: Err(page(names)) }).is_empty());
    };
    found(&mut desk, &["one.png", "two.png"]);
    assert_eq!((desk.names(), desk.selected()), (vec!["before.png"], "before.png"));
    match desk.session.question() {
        Some(Question::Page { name, images }) => assert_eq!((name.as_str(), images.len()), ("page.html", 2)),
        other => panic!("{other:?}"),
    }
    // A second page waits for its turn.
    found(&mut desk, &["three.png"]);
    let effects = desk.act(Action::Take(1));
    assert_eq!(asked(&effects)[0].1, "https://example.org/two.png");
    assert_eq!(desk.names(), ["before.png", "two.png"]);
    let effects = desk.act(Action::Take(7));
    assert!(effects.is_empty() && desk.session.question().is_none(), "one that was never offered");

    found(&mut desk, &["four.png", "five.png"]);
    let effects = desk.act(Verb::TakeAll);
    let links: Vec<&str> = asked(&effects).into_iter().map(|(_, it)| it).collect();
    assert_eq!(links, ["https://example.org/four.png", "https://example.org/five.png"]);
    found(&mut desk, &["six.png"]);
    assert!(desk.act(Verb::Cancel).is_empty() && desk.session.question().is_none());
    assert_eq!(desk.names().len(), 4);
    assert!(desk.act(Verb::TakeAll).is_empty(), "nothing is asked any more");
}

#[test]
fn a_page_without_images_is_a_failure() {
    let mut desk = Desk::default();
    let effects = paste(&mut desk, "https://example.org/page.html");
    desk.absorb(Event::Loaded { ticket: asked(&effects)[0].0, result: Err(page(&[])) });
    assert!(desk.session.question().is_none());
    assert_eq!(desk.says().0, Kind::Bad);
    assert!(matches!(desk.session.selected().unwrap().status(), Status::Failed(_)));
}

#[test]
fn many_links_are_asked_about_first() {
    let mut desk = Desk::default();
    let links = |names: &[&str]| names.iter().map(|it| format!("https://{it}\n")).collect::<String>();
    let few = links(&["a.example/1.png", "a.example/2.png", "b.example/3.png", "b.example/4.png"]);
    assert_eq!(asked(&paste(&mut desk, &few)).len(), 4);
    assert!(desk.session.question().is_none());
    desk.act(Verb::RemoveAll);

    let many = links(&["a.example/1.png", "b.example/2.png", "a.example/3.png", "c.example/4.png", "a.example/5.png"]);
    assert!(paste(&mut desk, &many).is_empty(), "nothing goes out before the answer");
    match desk.session.question() {
        Some(Question::Links { links, host, n_other_hosts }) => {
            assert_eq!((links.len(), host.as_str(), *n_other_hosts), (5, "a.example", 2));
        }
        other => panic!("{other:?}"),
    }
    assert!(desk.names().is_empty());
    let effects = desk.act(Verb::TakeAll);
    assert_eq!(asked(&effects).len(), 5);
    assert_eq!(desk.names(), ["1.png", "2.png", "3.png", "4.png", "5.png"]);
    assert!(desk.session.question().is_none());

    assert!(paste(&mut desk, &many).is_empty());
    assert!(desk.act(Verb::Cancel).is_empty() && desk.session.question().is_none());
    assert_eq!(desk.names().len(), 5);
}

#[test]
fn what_is_here_already_does_not_wait_for_the_answer() {
    let mut desk = Desk::default();
    let link = |index: usize| Listed::Link(format!("https://example.org/{index}.png"));
    let mut list: Vec<Listed> = (0..23).map(link).collect();
    list.insert(3, Listed::File("/pictures/a.png".into()));
    list.push(Listed::Link("https://".to_owned()));
    let effects = desk.absorb(Event::News(News::Drag(Drag::Dropped(Ok(Pasted::List(list))))));
    let opened: Vec<&Intake> = effects
        .iter()
        .map(|it| if let Effect::Load(request) = it { &request.intake } else { panic!("{it:?}") })
        .collect();
    // An address that is none has nobody to go to.
    assert!(matches!(&opened[..], [Intake::Path(_), Intake::Link(bad)] if bad == "https://"), "{opened:?}");
    assert!(matches!(desk.session.question(), Some(Question::Links { links, .. }) if links.len() == 23));
}
