//! Links: what is fetched from servers that behave and from those that do not, and what is said of them.
//! Nothing here leaves the loopback interface.

#![expect(clippy::panic, clippy::unwrap_used, reason = "in a test a surprise is a failure")]

mod line;
mod server;

use image::ImageFormat;
use inlaid::{
    engine::{Cancel, Source},
    jobs::{
        JobError, Received,
        fetch::{FetchOrder, fetch},
    },
    platform::{Patience, SystemWeb},
};
use server::{Server, wait};
use std::{
    cell::RefCell,
    io::Cursor,
    net::{Ipv4Addr, TcpListener},
    thread,
    time::{Duration, Instant},
};

const MAX_BYTES: u64 = 2_000_000;

fn picture() -> Vec<u8> {
    let mut bytes = Cursor::new(vec![]);
    let picture = image::RgbImage::from_fn(64, 48, |x, y| image::Rgb([x as u8, y as u8, 7]));
    picture.write_to(&mut bytes, ImageFormat::Png).unwrap();
    bytes.into_inner()
}

/// Patience for tests; no proxy, whatever this environment has.
fn web() -> SystemWeb {
    let patience = Patience {
        connect: Duration::from_secs(5),
        silence: Duration::from_millis(700),
        total: Duration::from_secs(3),
    };
    SystemWeb::new(patience, |_| None)
}

fn fetched(link: &str) -> Result<Source, JobError> {
    let order = FetchOrder { max_bytes: MAX_BYTES, cancel: &Cancel::default(), progress: &|_| () };
    fetch(&web(), link, &order)
}

/// A name that no resolver asks anybody about: a label has at most 63 characters (RFC 1035 §2.3.4).
fn nobody() -> String {
    "n".repeat(64)
}

/// What is said of a link that leads to nothing.
fn fault(link: &str) -> String {
    match fetched(link) {
        Ok(source) => panic!("{link}: {} bytes", source.bytes().len()),
        Err(error) => error.to_string(),
    }
}

#[test]
fn an_image_comes_as_it_is_whatever_the_server_calls_it() {
    let (image, server) = (picture(), Server::start(&picture()));
    for (path, name) in [
        ("/a/sun%20set.png?size=2#part", "sun set.png"),
        ("/lies.html", "lies.html"),
        ("/packed", "packed"),
        ("/named", "sun set.png"),
        ("/hops/10", "10"),
        ("/", "127.0.0.1"),
    ] {
        let source = fetched(&server.link(path)).unwrap_or_else(|error| panic!("{path}: {error}"));
        assert!(**source.bytes() == *image, "{path}");
        assert_eq!(source.name(), name, "{path}");
    }
    let first = &server.requests()[0];
    assert!(first.starts_with("GET /a/sun%20set.png?size=2 HTTP/1.1\r\n"), "{first}");
    let has = |line: &str| first.lines().any(|it| it.eq_ignore_ascii_case(line));
    assert!(has(&format!("User-Agent: Inlaid/{}", env!("CARGO_PKG_VERSION"))), "{first}");
    let accept = first.lines().find(|it| it.to_ascii_lowercase().starts_with("accept:")).unwrap();
    assert!(accept.contains("image/png, ") && accept.ends_with(", */*;q=0.1"), "{accept}");
    assert!(!first.to_ascii_lowercase().contains("cookie") && !first.to_ascii_lowercase().contains("referer"));
}

#[test]
fn what_goes_wrong_is_said_in_a_sentence() {
    let server = Server::start(&picture());
    for (path, words) in [
        ("/silent", "127.0.0.1 sent nothing for 1 seconds; try again later"),
        ("/stall", "127.0.0.1 sent nothing for 1 seconds; try again later"),
        ("/dies", "127.0.0.1 broke off before the end, so nothing was kept; try again"),
        ("/dies-in-chunks", "127.0.0.1 broke off before the end, so nothing was kept; try again"),
        ("/dies-at-once", "127.0.0.1 broke off before the end, so nothing was kept; try again"),
        ("/dribble", "127.0.0.1 did not send all of it within 1 minutes; try again later"),
        ("/huge", "it has 10000 MB, more than the limit of 2 MB"),
        ("/endless", "it is larger than the limit of 2 MB"),
        ("/bomb", "it is larger than the limit of 2 MB"),
        ("/circle", "the link leads on and on, more than 10 times; copy the address of the image itself"),
        ("/hops/11", "the link leads on and on, more than 10 times; copy the address of the image itself"),
        (
            "/to-a-file",
            "the link leads on to an address that is not followed: only http and https links are followed, not file ones",
        ),
        (
            "/to-a-name",
            "the link leads on to an address that is not followed: the link holds a name or a password, which are never \
             sent; take them out of it",
        ),
        ("/nowhere", "127.0.0.1 does not send it; save the image in a browser and open the file (302)"),
        ("/nothing", "127.0.0.1 sent nothing; copy the address of the image itself"),
        ("/missing", "127.0.0.1 has nothing at this address; check the link (404)"),
        ("/forbidden", "127.0.0.1 does not show it to everybody; save the image in a browser and open the file (403)"),
        ("/broken", "127.0.0.1 has a fault of its own; try again later (500)"),
        ("/packed-otherwise", "127.0.0.1 sends it packed as br, which was not asked for"),
        ("/empty-page", "this is a page without images; copy the address of the image itself"),
    ] {
        assert_eq!(fault(&server.link(path)), words, "{path}");
    }
    for path in ["/garbage", "/headers", "/packed-badly"] {
        let words = fault(&server.link(path));
        assert!(words.starts_with("what 127.0.0.1 sends is no proper HTTP ("), "{path}: {words}");
    }
    // What was sent is no image; to find that is the decoder's business.
    assert_eq!(**fetched(&server.link("/text.png")).unwrap().bytes(), *b"only words");
}

#[test]
fn nobody_there_is_said_too() {
    let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
    let words = fault(&format!("http://127.0.0.1:{free}/a.png"));
    assert!(words.starts_with("127.0.0.1 could not be reached (Connection refused)"), "{words}");
    let words = fault(&format!("http://{}/a.png", nobody()));
    assert!(words.starts_with("the address of nnnn"), "{words}");
    assert!(words.ends_with("nn could not be found; check the link and the network connection"), "{words}");
}

#[test]
fn a_server_without_tls_is_not_talked_to_in_secret() {
    // Speaks first and in plain words, as a server of HTTP does when it gets a handshake.
    let server = Server::with(|_, stream| server::send(stream, "400 Bad Request", "", b""));
    let words = fault(&server.link("/a.png").replace("http:", "https:"));
    assert!(words.starts_with("there is no secure connection to 127.0.0.1 ("), "{words}");
    assert!(words.ends_with("so nothing was fetched from it"), "{words}");
}

#[test]
fn a_page_names_its_images() {
    let server = Server::start(&picture());
    let Err(JobError::Page(page)) = fetched(&server.link("/page")) else { panic!("no page") };
    let links = ["/shown.png", "/pictures/one.png", "/pictures/large.png"].map(|it| server.link(it));
    assert_eq!(page.images.iter().map(ToString::to_string).collect::<Vec<_>>(), links);
    assert!(page.to_string().ends_with(&format!(" {}", links.join(" "))), "{page}");
    assert_eq!(server.requests().len(), 1, "nothing of it was fetched unasked");
}

#[test]
fn a_cancel_is_obeyed_at_once_whatever_the_server_does() {
    let server = Server::start(&picture());
    // A busy machine may be late once.
    let quickest = |path: &str, n_before: usize| {
        (0..3)
            .map(|round| {
                let (cancel, link) = (Cancel::default(), server.link(path));
                let own = cancel.clone();
                let work = move || {
                    let order = FetchOrder { max_bytes: 1_000_000_000, cancel: &own, progress: &|_| () };
                    fetch(&SystemWeb::new(Patience::default(), |_| None), &link, &order)
                };
                let fetching = thread::Builder::new().name("fetching".to_owned()).spawn(work).unwrap();
                server.wait_for_requests(n_before + round + 1);
                let begin = Instant::now();
                cancel.cancel();
                let error = fetching.join().unwrap().err().unwrap();
                assert!(error.is_cancelled(), "{path}: {error}");
                let took = begin.elapsed();
                // The connection ends as well: nobody goes on reading.
                server.wait_until_gone(n_before + round + 1);
                (took, begin.elapsed())
            })
            .min()
            .unwrap()
    };
    for (index, path) in ["/silent", "/stall", "/endless", "/dribble"].into_iter().enumerate() {
        let (took, gone) = quickest(path, 3 * index);
        assert!(took < Duration::from_millis(100) && gone < Duration::from_millis(500), "{path}: {took:?}, {gone:?}");
    }
}

#[test]
fn how_far_it_has_come_is_told() {
    let server = Server::start(&picture());
    let (cancel, told) = (Cancel::default(), RefCell::new(vec![]));
    let progress = |received: Received| {
        told.borrow_mut().push(received);
        cancel.cancel();
    };
    let order = FetchOrder { max_bytes: MAX_BYTES, cancel: &cancel, progress: &progress };
    assert!(fetch(&web(), &server.link("/stall"), &order).err().unwrap().is_cancelled());
    let told = told.into_inner();
    let last = told.last().unwrap();
    assert!(last.of == Some(100_000) && last.bytes <= 13, "{last:?}");
}

#[test]
fn proxies_of_the_environment_are_used() {
    // Serves as Squid does it unless it is told otherwise: tunnels lead to nothing but the port of https.
    let proxy = Server::with(move |target, stream| match target.strip_prefix("http://unheard-of.invalid:8080/") {
        Some("a.png?size=2") => server::send(stream, "200 OK", "", &picture()),
        Some("away") => server::send(stream, "302 Found", "Location: a.png?size=2\r\n", b"elsewhere"),
        Some("secret") => server::send(stream, "407 Proxy Authentication Required", "", b"who are you?"),
        _ => server::send(stream, "403 Forbidden", "", b"not for you"),
    });
    let link = |path: &str| format!("http://unheard-of.invalid:8080/{path}");
    let address = format!("http://me:secret@127.0.0.1:{}", proxy.port());
    let variables = [("http_proxy", &*address)];
    let output = line::convert(&["--as", "base64", &link("away#part")], &variables);
    assert_eq!((output.code, output.errors.as_str()), (0, ""));
    let requests = proxy.requests();
    // RFC 9112 §3.2.2 and §3.2; the pair in base64 by RFC 4648.
    assert!(requests[0].starts_with("GET http://unheard-of.invalid:8080/away HTTP/1.1\r\n"), "{requests:?}");
    assert!(requests[1].starts_with("GET http://unheard-of.invalid:8080/a.png?size=2 HTTP/1.1\r\n"), "{requests:?}");
    for head in &requests {
        let has = |line: &str| head.lines().filter(|it| it.eq_ignore_ascii_case(line)).count() == 1;
        assert!(has("Host: unheard-of.invalid:8080") && has("Proxy-Authorization: Basic bWU6c2VjcmV0"), "{head}");
    }
    let output = line::convert(&["--as", "base64", &link("secret")], &variables);
    assert!(output.code == 1 && output.errors.contains("(it wants a name and a password)"), "{}", output.errors);
    // One that is not there.
    let gone = format!("http://me:secret@{}:1", nobody());
    let output = line::convert(&["--as", "base64", &link("a.png")], &[("http_proxy", &gone)]);
    let words = "the proxy set in the environment does not serve this link (its address could not be found)";
    assert!(output.code == 1 && output.errors.contains(words), "{}", output.errors);
    assert!(!output.errors.contains("secret"), "{}", output.errors);
    // The hosts that are reached directly.
    let server = Server::start(&picture());
    let direct = [("http_proxy", &*gone), ("no_proxy", "127.0.0.1")];
    assert_eq!(line::convert(&["--as", "base64", &server.link("/a.png")], &direct).code, 0);
    assert!(server.requests()[0].starts_with("GET /a.png HTTP/1.1\r\n"), "{:?}", server.requests());
}

#[test]
fn what_is_secret_goes_through_a_tunnel() {
    // Not secure, but reached.
    let server = Server::with(|_, stream| server::send(stream, "400 Bad Request", "", b""));
    let port = server.port();
    // Lets through what is asked for, and says so.
    let proxy = Server::with(move |target, stream| {
        assert_eq!(target, format!("unheard-of.invalid:{port}"));
        server::tunnel(stream, port);
    });
    let link = format!("https://unheard-of.invalid:{port}/a.png");
    let output = line::convert(&["--as", "base64", &link], &[("https_proxy", &format!("127.0.0.1:{}", proxy.port()))]);
    assert!(output.code == 1 && output.errors.contains("there is no secure connection to unheard-of.invalid"));
    assert!(proxy.requests()[0].starts_with("CONNECT unheard-of.invalid:"), "{:?}", proxy.requests());
    assert_eq!(server.requests(), [""], "a handshake, and no request that could be read");
    // One that refuses.
    let refusing = Server::with(|_, stream| server::send(stream, "403 Forbidden", "", b""));
    let refused = [("all_proxy", &*format!("http://127.0.0.1:{}", refusing.port()))];
    let output = line::convert(&["--as", "base64", &link], &refused);
    assert!(output.code == 1 && output.errors.contains("the proxy set in the environment"), "{}", output.errors);
}

#[test]
fn servers_under_test_end() {
    let server = Server::start(&picture());
    let link = server.link("/");
    drop(server);
    wait("the port to be closed", || fetched(&link).is_err());
}
