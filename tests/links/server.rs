//! A server on the loopback interface, friendly or not, a thread a connection.

use flate2::{Compression, write::GzEncoder};
use std::{
    io::{Read as _, Write as _},
    net::{Ipv4Addr, TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

/// What is longer than this in coming does not come.
const DEADLINE: Duration = Duration::from_secs(30);

/// What the server has seen.
#[derive(Default)]
struct Seen {
    requests: Mutex<Vec<String>>,
    n_gone: AtomicUsize,
    is_over: AtomicBool,
}

/// A server until it is dropped.
pub(crate) struct Server {
    port: u16,
    seen: Arc<Seen>,
    accepting: Option<JoinHandle<()>>,
}

impl Server {
    /// Serves the paths below; `image` is behind most of them.
    pub(crate) fn start(image: &[u8]) -> Self {
        let image = image.to_vec();
        Self::with(move |target, stream| answer(target, &image, stream))
    }

    /// Answers each request for a target (RFC 9112 §3.2) in this way, then closes the connection.
    pub(crate) fn with(answer: impl Fn(&str, &mut TcpStream) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let (port, seen, answer) = (listener.local_addr().unwrap().port(), Arc::new(Seen::default()), Arc::new(answer));
        let shared = seen.clone();
        let accepting = on_a_thread(move || {
            for stream in listener.incoming() {
                if shared.is_over.load(Ordering::SeqCst) {
                    break;
                }
                let (mut stream, seen, answer) = (stream.unwrap(), shared.clone(), answer.clone());
                on_a_thread(move || {
                    let head = head(&mut stream);
                    let target = head.split(' ').nth(1).unwrap_or_default().to_owned();
                    seen.requests.lock().unwrap().push(head);
                    answer(&target, &mut stream);
                    seen.n_gone.fetch_add(1, Ordering::SeqCst);
                });
            }
        });
        Self { port, seen, accepting: Some(accepting) }
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    pub(crate) fn link(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    /// The heads of the requests so far.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.seen.requests.lock().unwrap().clone()
    }

    pub(crate) fn wait_for_requests(&self, n: usize) {
        wait("a request", || n <= self.requests().len());
    }

    /// Until so many connections have ended, however they did.
    pub(crate) fn wait_until_gone(&self, n: usize) {
        wait("the end of a connection", || n <= self.seen.n_gone.load(Ordering::SeqCst));
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.seen.is_over.store(true, Ordering::SeqCst);
        // Wakes whoever waits for a connection.
        TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).ok();
        if let Some(thread) = self.accepting.take() {
            thread.join().ok();
        }
    }
}

fn on_a_thread<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> JoinHandle<T> {
    thread::Builder::new().name("server".to_owned()).spawn(work).unwrap()
}

pub(crate) fn wait(what: &str, is_there: impl Fn() -> bool) {
    let end = Instant::now() + DEADLINE;
    while !is_there() {
        assert!(Instant::now() < end, "waited in vain for {what}");
        thread::sleep(Duration::from_millis(2));
    }
}

fn head(stream: &mut TcpStream) -> String {
    stream.set_read_timeout(Some(DEADLINE)).unwrap();
    let (mut head, mut byte) = (vec![], [0]);
    // A handshake of TLS (RFC 8446 §5.1) is no request, and read so that closing does not reset.
    let mut first = [0];
    if stream.peek(&mut first).is_ok() && first == [22] {
        let _all_of_it = stream.read(&mut [0; 16_384]).is_ok();
        return String::new();
    }
    while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).is_ok_and(|it| it == 1) {
        head.push(byte[0]);
    }
    String::from_utf8_lossy(&head).into_owned()
}

/// Nothing more, until the other side goes.
pub(crate) fn hang(stream: &mut TcpStream) {
    // Nobody sends more than their request.
    let _nothing_or_the_end = stream.read(&mut [0]).is_ok();
}

/// An answer with a length.
pub(crate) fn send(stream: &mut TcpStream, status: &str, headers: &str, body: &[u8]) {
    let head = format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\n{headers}\r\n", body.len());
    stream.write_all(head.as_bytes()).ok();
    stream.write_all(body).ok();
}

fn lead_to(stream: &mut TcpStream, target: &str) {
    send(stream, "302 Found", &format!("Location: {target}\r\n"), b"elsewhere");
}

pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = GzEncoder::new(vec![], Compression::fast());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

/// Sends for ever, or until the other side has gone.
fn flood(stream: &mut TcpStream, piece: &[u8]) {
    while stream.write_all(piece).is_ok() {}
}

fn answer(target: &str, image: &[u8], stream: &mut TcpStream) {
    const OK: &str = "200 OK";
    const PNG: &str = "Content-Type: image/png\r\n";
    let mut begin = |text: &str| stream.write_all(text.as_bytes()).is_ok();
    match target.split('?').next().unwrap_or_default() {
        "/silent" => hang(stream),
        "/stall" => {
            begin("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\nthe beginning");
            hang(stream);
        }
        "/dies" => {
            begin("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n");
            stream.write_all(image).ok();
        }
        "/dies-in-chunks" => {
            begin("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n");
        }
        "/dies-at-once" => {}
        "/huge" => {
            begin("HTTP/1.1 200 OK\r\nContent-Length: 10000000000\r\n\r\n");
            flood(stream, &[0; 65_536]);
        }
        "/endless" => {
            begin("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
            flood(stream, format!("1000\r\n{}\r\n", "x".repeat(4096)).as_bytes());
        }
        "/dribble" => {
            begin("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
            while stream.write_all(b"1\r\nx\r\n").is_ok() {
                thread::sleep(Duration::from_millis(20));
            }
        }
        "/headers" => {
            begin("HTTP/1.1 200 OK\r\n");
            flood(stream, b"X-More: and more\r\n");
        }
        "/garbage" => {
            begin("220 ftp.example.org ready\r\n\r\n");
        }
        "/bomb" => send(stream, OK, "Content-Encoding: gzip\r\n", &gzip(&vec![0; 50_000_000])),
        "/packed" => send(stream, OK, "Content-Encoding: gzip\r\n", &gzip(image)),
        "/packed-badly" => send(stream, OK, "Content-Encoding: gzip\r\n", &gzip(image)[..image.len() / 2]),
        "/packed-otherwise" => send(stream, OK, "Content-Encoding: br\r\n", image),
        "/circle" => lead_to(stream, "/circle"),
        "/to-a-file" => lead_to(stream, "file:///etc/passwd"),
        "/to-a-name" => lead_to(stream, "http://me:secret@127.0.0.1/"),
        "/nowhere" => send(stream, "302 Found", "", b""),
        "/nothing" => send(stream, OK, PNG, b""),
        "/missing" => send(stream, "404 Not Found", PNG, image),
        "/forbidden" => send(stream, "403 Forbidden", PNG, image),
        "/broken" => send(stream, "500 Internal Server Error", PNG, image),
        "/lies.html" => send(stream, OK, "Content-Type: text/html\r\n", image),
        "/text.png" => send(stream, OK, PNG, b"only words"),
        "/named" => {
            let headers = "Content-Disposition: attachment; filename=\"../sun set.png\"\r\n";
            send(stream, OK, headers, image);
        }
        "/page" => {
            let page = "<!DOCTYPE html><base href='/pictures/'><meta property=og:image content='/shown.png'>\
                        <img src=one.png><img src='two.png' srcset='two.png 1x, large.png 2x'>";
            send(stream, OK, "Content-Type: text/html\r\n", page.as_bytes());
        }
        "/empty-page" => send(stream, OK, PNG, b"<html><body>Words</body></html>"),
        hops if hops.starts_with("/hops/") => match hops.trim_start_matches("/hops/").parse() {
            Ok(0) => send(stream, OK, PNG, image),
            Ok(n @ 1..=100_u32) => lead_to(stream, &format!("../hops/{}#part", n - 1)),
            _ => send(stream, "400 Bad Request", "", b""),
        },
        _ => send(stream, OK, PNG, image),
    }
}

/// Says that the way is free and then hands on what comes to a port, both ways (RFC 9110 §9.3.6).
pub(crate) fn tunnel(stream: &mut TcpStream, port: u16) {
    stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").ok();
    let mut onwards = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).unwrap();
    let (mut back, mut from) = (stream.try_clone().unwrap(), onwards.try_clone().unwrap());
    let returning = on_a_thread(move || {
        std::io::copy(&mut from, &mut back).ok();
        back.shutdown(std::net::Shutdown::Both).ok();
    });
    std::io::copy(stream, &mut onwards).ok();
    returning.join().ok();
}
