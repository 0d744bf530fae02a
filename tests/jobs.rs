//! The threads: newest wins, nothing is lost, a crash is an answer.

#![expect(clippy::panic, clippy::unwrap_used, reason = "in a test a surprise is a failure")]

use inlaid::{
    engine::{
        Decoded, Encoded, Format, Layout, Limits, Raster, Recipe, Source,
        decode::Fonts,
        embed::{Find, Link, SnippetFacts},
        recipe::{Effort, Want},
        target::{Aim, Outcome},
    },
    helper::{Allowance, Decoders},
    jobs::{
        Errand, Event, Intake, JobError, Jobs, LoadRequest, RaceRequest, Received, RenderRequest, Setup, Ticket, Trace,
        fetch::{FetchError, FetchOrder, Fetched, Web},
        ports::{Clipboard, ClipboardError, CopiedImage, DialogError, News, Outside, Painter, Pasted, Tell},
    },
};
use std::{
    io::Cursor,
    path::PathBuf,
    sync::{Arc, Condvar, Mutex, mpsc},
    time::{Duration, Instant},
};

/// A clipboard that cannot be reached.
struct NoClipboard;

impl Clipboard for NoClipboard {
    fn read(&mut self) -> Result<Pasted, ClipboardError> {
        Err(ClipboardError::Empty)
    }

    fn write_text(&mut self, _: String) -> Result<(), ClipboardError> {
        Err(ClipboardError::Unavailable("nobody there".to_owned()))
    }

    fn read_text(&mut self) -> Result<String, ClipboardError> {
        Ok("600x400".to_owned())
    }

    fn write_image(&mut self, _: &CopiedImage) -> Result<(), ClipboardError> {
        panic!("a clipboard's bug")
    }
}

/// Tells one thing at once, and later which files it was given to watch.
#[derive(Default)]
struct Gossip(Option<Tell>);

impl Outside for Gossip {
    fn listen(&mut self, tell: Tell) {
        tell(News::ReducedMotion(true));
        self.0 = Some(tell);
    }

    fn watch(&mut self, files: Vec<PathBuf>) {
        let tell = self.0.clone().unwrap();
        files.into_iter().for_each(|it| tell(News::Changed(it)));
    }
}

/// Has nothing to say.
struct Silence;

impl Outside for Silence {
    fn listen(&mut self, _: Tell) {}

    fn watch(&mut self, _: Vec<PathBuf>) {}
}

/// A network whose servers never answer, but for one.
struct SlowWeb;

impl Web for SlowWeb {
    fn fetch(&self, link: &Link, order: &FetchOrder<'_>) -> Result<Fetched, FetchError> {
        if link.host() == "quick" {
            return Ok(Fetched { bytes: png().into(), link: link.clone(), name: None });
        }
        let end = Instant::now() + Duration::from_secs(30);
        while !order.cancel.is_cancelled() {
            assert!(Instant::now() < end, "nobody cancels");
            (order.progress)(Received { bytes: 7, of: None });
            std::thread::sleep(Duration::from_millis(5));
        }
        Err(FetchError::Cancelled)
    }
}

/// The threads and a bell that their waker rings.
struct Office {
    jobs: Jobs,
    bell: Arc<(Mutex<bool>, Condvar)>,
}

impl Office {
    fn open(painter: Painter) -> Self {
        Self::open_beside(painter, Box::new(Silence))
    }

    fn open_beside(painter: Painter, outside: Box<dyn Outside>) -> Self {
        Self::open_with(painter, outside, Box::new(NoClipboard))
    }

    fn open_with(painter: Painter, outside: Box<dyn Outside>, clipboard: Box<dyn Clipboard>) -> Self {
        Self::open_before(painter, outside, clipboard, Arc::new(|| ()))
    }

    /// With a gate that whoever has answered goes through.
    fn open_before(
        painter: Painter,
        outside: Box<dyn Outside>,
        clipboard: Box<dyn Clipboard>,
        gate: Arc<dyn Fn() + Send + Sync>,
    ) -> Self {
        let bell = Arc::new((Mutex::new(false), Condvar::new()));
        let ringer = bell.clone();
        let waker = Arc::new(move || {
            *ringer.0.lock().unwrap() = true;
            ringer.1.notify_all();
            gate();
        });
        let (limits, fonts, trace) = (Limits::default(), Fonts::default(), Trace::default());
        let (decoders, tidy) = (Decoders::direct(), Arc::new(|| ()));
        let web = Arc::new(SlowWeb);
        let setup = Setup { limits, decoders, fonts, web, painter, waker, clipboard, outside, tidy, trace };
        Self { jobs: Jobs::spawn(setup).unwrap(), bell }
    }

    /// The answers that have come until the one that is waited for; that is the last of them.
    fn wait(&mut self, is_last: impl Fn(&Event) -> bool) -> Vec<Event> {
        let mut events = vec![];
        loop {
            events.extend(self.jobs.poll());
            // Two renders may answer at the same time, in any order.
            if let Some(at) = events.iter().position(&is_last) {
                let found = events.remove(at);
                events.push(found);
                return events;
            }
            let rung = self.bell.0.lock().unwrap();
            let (mut rung, timeout) = self.bell.1.wait_timeout_while(rung, Duration::from_secs(30), |it| !*it).unwrap();
            assert!(!timeout.timed_out(), "no answer after {} others", events.len());
            *rung = false;
        }
    }
}

fn plain() -> Painter {
    Arc::new(|_: &Raster| Arc::new(()))
}

fn png() -> Vec<u8> {
    let mut bytes = Cursor::new(vec![]);
    let image = image::RgbImage::from_fn(64, 48, |x, y| image::Rgb([x as u8, y as u8, 7]));
    image.write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    bytes.into_inner()
}

fn load(office: &mut Office, ticket: Ticket, intake: Intake) -> Vec<Event> {
    office.jobs.load(LoadRequest { ticket, intake, allowance: Allowance::default() });
    office.wait(|it| matches!(it, Event::Loaded { .. }))
}

fn loaded(office: &mut Office, ticket: Ticket) -> (Source, Decoded) {
    let events = load(office, ticket, Intake::Known(Source::new("a.png", png())));
    match events.into_iter().last() {
        Some(Event::Loaded { result: Ok(loaded), .. }) => (loaded.source, loaded.decoded),
        _ => panic!("not loaded"),
    }
}

#[test]
fn links_hold_no_file_up_and_can_be_cancelled() {
    let mut office = Office::open(plain());
    let mut tickets = Ticket::default();
    let mut ask = |office: &mut Office, text: &str| {
        let (ticket, intake) = (tickets.draw(), Intake::Link(text.to_owned()));
        office.jobs.load(LoadRequest { ticket, intake, allowance: Allowance::default() });
        ticket
    };
    // More than are fetched at the same time.
    let stuck: Vec<Ticket> = (0..6).map(|it| ask(&mut office, &format!("http://slow/{it}"))).collect();
    office.wait(|it| matches!(it, Event::Received { received: Received { bytes: 7, of: None }, .. }));
    let is_loaded = |it: &Event| matches!(it, Event::Loaded { .. });
    let file = Intake::Known(Source::new("a.png", png()));
    let ticket = Ticket::default();
    office.jobs.load(LoadRequest { ticket, intake: file, allowance: Allowance::default() });
    assert!(
        matches!(office.wait(is_loaded).last(), Some(Event::Loaded { result: Ok(_), ticket: own }) if *own == ticket)
    );

    stuck.into_iter().for_each(|it| office.jobs.cancel_load(it));
    let quick = ask(&mut office, "http://quick/b.png");
    let events = office.wait(|it| matches!(it, Event::Loaded { ticket, .. } if *ticket == quick));
    let Some(Event::Loaded { result: Ok(loaded), .. }) = events.last() else { panic!("not loaded") };
    assert_eq!((loaded.source.name(), loaded.decoded.facts.size), ("b.png", [64, 48]));
    let cancelled = |it: &&Event| matches!(it, Event::Loaded { result: Err(error), .. } if error.is_cancelled());
    // The others were never begun.
    assert!(events.iter().filter(cancelled).count() <= 3);
}

#[test]
fn a_race_judges_first_and_sends_its_rows_until_a_newer_one_takes_its_place() {
    let mut office = Office::open(plain());
    let mut tickets = Ticket::default();
    let (source, decoded) = loaded(&mut office, tickets.draw());
    let aiming = |format, look| {
        let mut recipe = Recipe::new(format);
        (recipe.output.aim, recipe.output.effort) = (Aim::Look(look), Effort::Fast);
        recipe
    };
    let mut judged = Recipe::new(Format::Jpeg);
    judged.output.effort = Effort::Fast;
    let mut begin = |office: &mut Office, judged: Option<Recipe>, recipes: Vec<Recipe>| {
        let (ticket, source, decoded) = (tickets.draw(), source.clone(), decoded.clone());
        let allowance = Allowance::default();
        office.jobs.race(RaceRequest { ticket, source, decoded, judged, recipes, allowance });
        ticket
    };
    let overtaken = begin(&mut office, None, (20..90).map(|it| aiming(Format::WebP, it)).collect());
    let recipes = vec![aiming(Format::WebP, 70), aiming(Format::Png, 70)];
    let ticket = begin(&mut office, Some(judged.clone()), recipes.clone());
    let is_row = |format| {
        let is_ours = move |own: &Ticket, recipe: &Recipe| *own == ticket && recipe.output.format == format;
        move |it: &Event| matches!(it, Event::Raced { ticket, recipe, .. } if is_ours(ticket, recipe))
    };
    let mut events = office.wait(is_row(Format::WebP));
    if !events.iter().any(is_row(Format::Png)) {
        events.extend(office.wait(is_row(Format::Png)));
    }
    let of_overtaken = |it: &&Event| matches!(it, Event::Raced { ticket, .. } if *ticket == overtaken);
    assert!(events.iter().filter(of_overtaken).count() < 70, "a race that nobody waits for came to its end");
    let ours = events.iter().skip_while(|it| !matches!(it, Event::Judged { .. })).collect::<Vec<_>>();
    let [Event::Judged { ticket: first, recipe, result: Ok(score) }, rows @ ..] = &ours[..] else {
        panic!("the look comes first");
    };
    assert_eq!((*first, recipe), (ticket, &judged));
    assert!((50.0..=100.0).contains(score), "{score}");
    assert_eq!(rows.len(), 2);
    // Those of one core each run beside each other.
    for wanted in &recipes {
        let is_wanted = |it: &&&Event| matches!(it, Event::Raced { recipe, .. } if recipe == wanted);
        let row = rows.iter().find(is_wanted).unwrap();
        let Event::Raced { ticket: own, recipe, result: Ok(raced) } = row else { panic!("a row") };
        let found = raced.product.found.as_ref().unwrap();
        assert_eq!((*own, recipe, &found.outcome), (ticket, wanted, &Outcome::Held));
        assert!(70.0 <= found.score && raced.millis.is_some(), "{found:?}");
    }
}

#[test]
fn the_newest_render_wins() {
    let mut office = Office::open(plain());
    let mut tickets = Ticket::default();
    let (source, decoded) = loaded(&mut office, tickets.draw());
    let mut last = tickets;
    for quality in 1..=60 {
        let mut recipe = Recipe::new(Format::Jpeg);
        recipe.output.quality = quality;
        last = tickets.draw();
        let (source, decoded) = (source.clone(), decoded.clone());
        office.jobs.render(RenderRequest { ticket: last, source, decoded, recipe, allowance: Allowance::default() });
    }
    let events = office.wait(|it| matches!(it, Event::Rendered { ticket, .. } if *ticket == last));
    assert!(events.len() < 60, "requests that nobody waits for were all carried out");
    match events.last() {
        Some(Event::Rendered { result: Ok(rendered), .. }) => {
            assert_eq!(rendered.packed.product.recipe.output.quality, 60);
        }
        _ => panic!("the newest was not made"),
    }
}

#[test]
fn who_does_not_hear_of_a_cancel_holds_nobody_up() {
    // The first render hangs until the second has come as far.
    let calls = Arc::new((Mutex::new(0), Condvar::new()));
    let counter = calls.clone();
    let stubborn: Painter = Arc::new(move |_: &Raster| {
        let mut count = counter.0.lock().unwrap();
        *count += 1;
        counter.1.notify_all();
        // The first call comes from the loading.
        if *count == 2 {
            let wait = counter.1.wait_timeout_while(count, Duration::from_secs(30), |it| *it < 3);
            assert!(!wait.unwrap().1.timed_out(), "the second waits for the first");
        }
        Arc::new(())
    });
    let mut office = Office::open(stubborn);
    let mut tickets = Ticket::default();
    let (source, decoded) = loaded(&mut office, tickets.draw());
    let mut ask = |quality| {
        let mut recipe = Recipe::new(Format::Jpeg);
        recipe.output.quality = quality;
        let (ticket, source, decoded) = (tickets.draw(), source.clone(), decoded.clone());
        office.jobs.render(RenderRequest { ticket, source, decoded, recipe, allowance: Allowance::default() });
        ticket
    };
    ask(50);
    let count = calls.1.wait_timeout_while(calls.0.lock().unwrap(), Duration::from_secs(30), |it| *it < 2).unwrap();
    assert!(!count.1.timed_out(), "the first was not begun");
    drop(count);
    let second = ask(60);
    let events = office.wait(|it| matches!(it, Event::Rendered { ticket, .. } if *ticket == second));
    assert!(matches!(events.last(), Some(Event::Rendered { result: Ok(_), .. })));
}

#[test]
fn a_slider_that_never_rests_still_shows_something() {
    // The first render comes to its end only once two newer ones were asked for.
    let gate = Arc::new((Mutex::new(true), Condvar::new()));
    let closed = gate.clone();
    let (first_pixels, calls) = (Arc::new(Mutex::new(None)), Mutex::new(0));
    let seen = first_pixels.clone();
    let held: Painter = Arc::new(move |_: &Raster| {
        let call = {
            let mut calls = calls.lock().unwrap();
            *calls += 1;
            *calls
        };
        if call == 2 {
            *seen.lock().unwrap() = Some(());
            let shut = closed.1.wait_timeout_while(closed.0.lock().unwrap(), Duration::from_secs(30), |it| *it);
            assert!(!shut.unwrap().1.timed_out());
        }
        Arc::new(())
    });
    let mut office = Office::open(held);
    let mut tickets = Ticket::default();
    let (source, decoded) = loaded(&mut office, tickets.draw());
    let mut ask = |office: &mut Office, quality| {
        let mut recipe = Recipe::new(Format::Jpeg);
        (recipe.output.quality, recipe.output.effort) = (quality, Effort::Fast);
        let (ticket, source, decoded) = (tickets.draw(), source.clone(), decoded.clone());
        office.jobs.render(RenderRequest { ticket, source, decoded, recipe, allowance: Allowance::default() });
        ticket
    };
    let first = ask(&mut office, 50);
    let end = std::time::Instant::now() + Duration::from_secs(30);
    while first_pixels.lock().unwrap().is_none() {
        assert!(std::time::Instant::now() < end, "the first was not begun");
        std::thread::yield_now();
    }
    ask(&mut office, 60);
    let last = ask(&mut office, 70);
    *gate.0.lock().unwrap() = false;
    gate.1.notify_all();
    let mut ended = vec![];
    while !(ended.contains(&first) && ended.contains(&last)) {
        for event in office.wait(|it| matches!(it, Event::Rendered { result: Ok(_), .. })) {
            if let Event::Rendered { ticket, result: Ok(_) } = event {
                ended.push(ticket);
            }
        }
    }
}

#[test]
fn the_bytes_of_a_result_come_before_what_they_look_like() {
    let mut office = Office::open(plain());
    let mut tickets = Ticket::default();
    let (source, decoded) = loaded(&mut office, tickets.draw());
    for format in [Format::WebP, Format::Jpeg, Format::Png] {
        let asked = tickets.draw();
        let (source, decoded, recipe) = (source.clone(), decoded.clone(), Recipe::new(format));
        office.jobs.render(RenderRequest { ticket: asked, source, decoded, recipe, allowance: Allowance::default() });
        let events = office.wait(|it| matches!(it, Event::Rendered { .. }));
        let [Event::Encoded { ticket: first, packed }, Event::Rendered { ticket: second, result: Ok(rendered) }] =
            &events[..]
        else {
            panic!("{} events", events.len())
        };
        assert_eq!((*first, *second), (asked, asked));
        let encoded = &packed.product.encoded;
        assert_eq!((encoded.format, encoded.size), (format, [64, 48]));
        assert_eq!(**packed.texts.base64(), *base64(&encoded.bytes));
        assert!(packed.millis.encode.is_some() && packed.millis.preview.is_none());
        assert!(encoded.bytes.is(&rendered.packed.product.encoded.bytes), "nothing is made twice");
        assert!(rendered.packed.millis.preview.is_some());
        assert_eq!(rendered.preview.size(), [64, 48]);
    }
}

/// So many pixels that the bytes do not wait for their picture.
fn large() -> Recipe {
    let mut recipe = Recipe::new(Format::Jpeg);
    (recipe.edits.size.want, recipe.edits.size.upscale) = (Want::Width(1600), true);
    recipe
}

#[test]
fn only_the_bytes_of_a_large_picture_are_worth_a_frame_of_their_own() {
    let rings = Arc::new(Mutex::new(0));
    let counter = rings.clone();
    let count = Arc::new(move || *counter.lock().unwrap() += 1);
    let mut office = Office::open_before(plain(), Box::new(Silence), Box::new(NoClipboard), count);
    let mut tickets = Ticket::default();
    let (source, decoded) = loaded(&mut office, tickets.draw());
    // A ring comes after its answer, so it is waited for.
    let has_rung = |wanted: usize| {
        let end = std::time::Instant::now() + Duration::from_secs(30);
        while *rings.lock().unwrap() < wanted {
            assert!(std::time::Instant::now() < end);
            std::thread::yield_now();
        }
        assert_eq!(*rings.lock().unwrap(), wanted);
    };
    // Two of the loading: the bytes, and the pixels.
    has_rung(2);
    for (recipe, n_rings) in [(Recipe::new(Format::Jpeg), 3), (large(), 5)] {
        let (ticket, source, decoded) = (tickets.draw(), source.clone(), decoded.clone());
        office.jobs.render(RenderRequest { ticket, source, decoded, recipe, allowance: Allowance::default() });
        let events = office.wait(|it| matches!(it, Event::Rendered { .. }));
        assert!(matches!(&events[..], [Event::Encoded { .. }, Event::Rendered { result: Ok(_), .. }]));
        has_rung(n_rings);
    }
}

#[test]
fn a_newer_request_stops_what_the_bytes_look_like() {
    // Who has answered goes on only through the gate.
    let gate = Arc::new((Mutex::new(true), Condvar::new()));
    let door = gate.clone();
    let through = Arc::new(move || {
        let waited = door.1.wait_timeout_while(door.0.lock().unwrap(), Duration::from_secs(30), |is_open| !*is_open);
        assert!(!waited.unwrap().1.timed_out());
    });
    let seen = Arc::new(Mutex::new(0));
    let counter = seen.clone();
    let painter: Painter = Arc::new(move |_: &Raster| {
        *counter.lock().unwrap() += 1;
        Arc::new(())
    });
    let mut office = Office::open_before(painter, Box::new(Silence), Box::new(NoClipboard), through);
    let mut tickets = Ticket::default();
    let (source, decoded) = loaded(&mut office, tickets.draw());
    *gate.0.lock().unwrap() = false;
    let mut ask = |office: &mut Office, quality| {
        let mut recipe = large();
        recipe.output.quality = quality;
        let (ticket, source, decoded) = (tickets.draw(), source.clone(), decoded.clone());
        office.jobs.render(RenderRequest { ticket, source, decoded, recipe, allowance: Allowance::default() });
        ticket
    };
    let first = ask(&mut office, 50);
    office.wait(|it| matches!(it, Event::Encoded { ticket, .. } if *ticket == first));
    let second = ask(&mut office, 60);
    *gate.0.lock().unwrap() = true;
    gate.1.notify_all();
    let mut ends = vec![];
    while ends.len() < 2 {
        for event in office.wait(|it| matches!(it, Event::Rendered { .. })) {
            if let Event::Rendered { ticket, result } = event {
                ends.push((ticket, result.is_ok()));
            }
        }
    }
    ends.sort_unstable();
    assert_eq!(ends, [(first, false), (second, true)]);
    assert_eq!(*seen.lock().unwrap(), 2, "the picture as it came, and the second result");
}

#[test]
fn a_crash_at_the_sight_of_the_bytes_comes_after_them() {
    let (bomb, calls): (Painter, _) = {
        let calls = Arc::new(Mutex::new(0));
        let counter = calls.clone();
        let paint = move |_: &Raster| {
            let call = {
                let mut calls = counter.lock().unwrap();
                *calls += 1;
                *calls
            };
            // The first call comes from the loading.
            assert_ne!(call, 2, "a codec's bug");
            Arc::new(()) as _
        };
        (Arc::new(paint), calls)
    };
    let mut office = Office::open(bomb);
    let mut tickets = Ticket::default();
    let (source, decoded) = loaded(&mut office, tickets.draw());
    let mut ask = |office: &mut Office| {
        let (source, decoded, recipe) = (source.clone(), decoded.clone(), Recipe::new(Format::WebP));
        office.jobs.render(RenderRequest {
            ticket: tickets.draw(),
            source,
            decoded,
            recipe,
            allowance: Allowance::default(),
        });
        office.wait(|it| matches!(it, Event::Rendered { .. }))
    };
    let events = ask(&mut office);
    assert!(matches!(&events[..], [Event::Encoded { .. }, Event::Rendered { result: Err(JobError::Crashed(_)), .. }]));
    let events = ask(&mut office);
    assert!(matches!(&events[..], [Event::Encoded { .. }, Event::Rendered { result: Ok(_), .. }]));
    assert_eq!(*calls.lock().unwrap(), 3);
}

#[test]
fn bytes_are_announced_before_pixels() {
    let mut office = Office::open(plain());
    let ticket = Ticket::default().draw();
    let events = load(&mut office, ticket, Intake::Text("data:text/plain;base64,".to_owned() + &base64(&png())));
    let [Event::Read { source, .. }, Event::Loaded { result: Ok(loaded), .. }] = &events[..] else {
        panic!("{} events", events.len())
    };
    assert_eq!(**source.bytes(), *png(), "the URL's MIME type is not believed");
    assert_eq!(loaded.decoded.facts.size, [64, 48]);
}

fn base64(bytes: &[u8]) -> String {
    use ::base64::Engine as _;
    ::base64::engine::general_purpose::STANDARD.encode(bytes)
}

#[test]
fn a_crash_is_an_answer_and_the_lane_goes_on() {
    let bomb: Painter = Arc::new(|raster: &Raster| {
        assert_ne!(raster.width(), 64, "a codec's bug");
        Arc::new(())
    });
    let mut office = Office::open(bomb);
    let mut tickets = Ticket::default();
    let events = load(&mut office, tickets.draw(), Intake::Known(Source::new("a.png", png())));
    assert!(matches!(events.last(), Some(Event::Loaded { result: Err(JobError::Crashed(_)), .. })));
    let small = image::RgbImage::new(3, 2);
    let mut bytes = Cursor::new(vec![]);
    small.write_to(&mut bytes, image::ImageFormat::Bmp).unwrap();
    let events = load(&mut office, tickets.draw(), Intake::Known(Source::new("b.bmp", bytes.into_inner())));
    assert!(matches!(events.last(), Some(Event::Loaded { result: Ok(_), .. })));

    let pixels = Raster::from_samples8(1, 1, Layout::Rgb8, vec![1, 2, 3]).unwrap();
    let encoded = Encoded { format: Format::Png, bytes: png().into(), size: [1, 1], warnings: vec![] };
    let image = CopiedImage { encoded, pixels, file_name: "a.png".to_owned(), facts: SnippetFacts::default() };
    office.jobs.errand(tickets.draw(), Errand::CopyImage(Box::new(image)));
    let events = office.wait(|it| matches!(it, Event::Copied { .. }));
    assert!(matches!(events.last(), Some(Event::Copied { result: Err(JobError::Crashed(_)), .. })));
    office.jobs.errand(tickets.draw(), Errand::Paste);
    let events = office.wait(|it| matches!(it, Event::Pasted(_)));
    assert!(matches!(events.last(), Some(Event::Pasted(Err(JobError::Clipboard(ClipboardError::Empty))))));
}

/// A clipboard with a text on it.
struct Written(&'static str);

impl Clipboard for Written {
    fn read(&mut self) -> Result<Pasted, ClipboardError> {
        Ok(Pasted::Text(self.0.to_owned()))
    }

    fn read_text(&mut self) -> Result<String, ClipboardError> {
        Ok(self.0.to_owned())
    }

    fn write_text(&mut self, _: String) -> Result<(), ClipboardError> {
        Ok(())
    }

    fn write_image(&mut self, _: &CopiedImage) -> Result<(), ClipboardError> {
        Ok(())
    }
}

#[test]
fn a_pasted_text_is_looked_through_away_from_the_window_and_a_fields_is_not() {
    for (text, n_images) in [("url(data:,GIF89a\u{1}\0\u{1}\0)", Some(1)), ("Dear reader!", None)] {
        let mut office = Office::open_with(plain(), Box::new(Silence), Box::new(Written(text)));
        let mut tickets = Ticket::default();
        office.jobs.errand(tickets.draw(), Errand::Paste);
        match office.wait(|it| matches!(it, Event::Pasted(_))).pop() {
            Some(Event::Pasted(Ok(Pasted::Found(found)))) => {
                assert_eq!(Some(found.images.len()), n_images);
                assert!(matches!(&found.images[..], [Find::Bytes(bytes)] if bytes.starts_with(b"GIF89a")));
            }
            Some(Event::Pasted(Ok(Pasted::Text(kept)))) => assert_eq!((kept.as_str(), None), (text, n_images)),
            _ => panic!("nothing was pasted"),
        }
        office.jobs.errand(tickets.draw(), Errand::PasteText);
        let pasted = office.wait(|it| matches!(it, Event::PastedText(_))).pop();
        assert!(matches!(pasted, Some(Event::PastedText(Ok(kept))) if kept == text));
    }
}

#[test]
fn errands_are_finished_before_the_end() {
    let folder = tempfile::tempdir().unwrap();
    let office = Office::open(plain());
    let path = |index: usize| folder.path().join("made").join(format!("{index}.json"));
    for index in 0..20 {
        let text = index.to_string();
        office.jobs.errand(Ticket::UNHEEDED, Errand::Keep { path: path(index), text });
    }
    drop(office);
    for index in 0..20 {
        assert_eq!(std::fs::read_to_string(path(index)).unwrap(), index.to_string());
    }
}

#[test]
fn nobody_is_at_home_while_the_last_errands_are_done() {
    /// Says when it is gone.
    struct Ears(mpsc::Sender<()>);
    impl Outside for Ears {
        fn listen(&mut self, _: Tell) {}

        fn watch(&mut self, _: Vec<PathBuf>) {}
    }
    impl Drop for Ears {
        fn drop(&mut self) {
            self.0.send(()).unwrap();
        }
    }
    /// Takes its time until then.
    struct Slow(mpsc::Receiver<()>, Arc<Mutex<bool>>);
    impl Clipboard for Slow {
        fn read(&mut self) -> Result<Pasted, ClipboardError> {
            *self.1.lock().unwrap() = self.0.recv_timeout(Duration::from_secs(2)).is_ok();
            Err(ClipboardError::Empty)
        }

        fn write_text(&mut self, _: String) -> Result<(), ClipboardError> {
            Ok(())
        }

        fn read_text(&mut self) -> Result<String, ClipboardError> {
            Err(ClipboardError::Empty)
        }

        fn write_image(&mut self, _: &CopiedImage) -> Result<(), ClipboardError> {
            Ok(())
        }
    }
    let ((gone, is_gone), was_gone) = (mpsc::channel(), Arc::new(Mutex::new(false)));
    let clipboard = Box::new(Slow(is_gone, was_gone.clone()));
    let office = Office::open_with(plain(), Box::new(Ears(gone)), clipboard);
    office.jobs.errand(Ticket::UNHEEDED, Errand::Paste);
    drop(office);
    assert!(*was_gone.lock().unwrap(), "who comes now would be sent away");
}

#[test]
fn the_system_is_heard_among_the_answers() {
    let mut office = Office::open_beside(plain(), Box::new(Gossip::default()));
    let events = office.wait(|it| matches!(it, Event::News(_)));
    assert!(matches!(events[..], [Event::News(News::ReducedMotion(true))]));
    office.jobs.watch(vec!["a.png".into()]);
    let events = office.wait(|it| matches!(it, Event::News(_)));
    assert!(matches!(&events[..], [Event::News(News::Changed(path))] if path.as_os_str() == "a.png"));
}

#[test]
fn a_dialog_that_crashes_is_not_taken_for_cancelled() {
    let mut office = Office::open(plain());
    office.jobs.open_files(Box::new(|| panic!("a toolkit's bug"))).unwrap();
    let events = office.wait(|it| matches!(it, Event::FilesChosen(_)));
    assert!(matches!(&events[..], [Event::FilesChosen(Err(DialogError::Unavailable(_)))]));
}

#[test]
fn who_tells_on_after_the_end_does_no_harm() {
    /// Leaves what it was given where the test finds it.
    struct Leaky(Arc<Mutex<Option<Tell>>>);
    impl Outside for Leaky {
        fn listen(&mut self, tell: Tell) {
            *self.0.lock().unwrap() = Some(tell);
        }

        fn watch(&mut self, _: Vec<PathBuf>) {}
    }
    let left = Arc::new(Mutex::new(None));
    let painted = Arc::new(());
    let for_painter = painted.clone();
    let painter: Painter = Arc::new(move |_: &Raster| for_painter.clone());
    drop(Office::open_beside(painter, Box::new(Leaky(left.clone()))));
    let tell = left.lock().unwrap().take().unwrap();
    tell(News::ReducedMotion(true));
    // Whoever tells must not keep the threads and all that they hold.
    let end = std::time::Instant::now() + Duration::from_secs(30);
    while 1 < Arc::strong_count(&painted) {
        assert!(std::time::Instant::now() < end, "the threads are still there");
        std::thread::yield_now();
    }
}
