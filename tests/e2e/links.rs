//! Links in the real window and over real TLS. The servers are on the loopback interface.

use crate::{
    access::find,
    desk::{Desk, wait_for},
    draw,
    drops::{SOURCE_PLACE, drag_from, gtk},
    text,
};
use std::{
    fs,
    net::{Ipv4Addr, TcpListener, TcpStream},
};

#[path = "../links/server.rs"]
#[expect(dead_code, reason = "the other tests of links need more of it")]
pub(crate) mod server;

use server::Server;

const PROGRAM: &str = env!("CARGO_BIN_EXE_inlaid");

#[test]
fn a_pasted_link_gives_the_same_bytes_as_the_command_line() {
    let Some(mut desk) = Desk::open("a_pasted_link_gives_the_same_bytes_as_the_command_line") else { return };
    desk.remember("png");
    desk.start_accessibility();
    let server = Server::start(&fs::read(draw(&desk, "sunset.png", 5)).unwrap());
    desk.launch(&[], "Inlaid");
    let link = server.link("/a/sunset%20at%20sea.png");
    desk.offer("UTF8_STRING", link.as_bytes());
    assert!(server.requests().is_empty(), "fetched before anybody asked");
    desk.press("ctrl+v");
    desk.wait_for_title("sunset at sea.png — Inlaid");
    let converted = desk.output_of(60, PROGRAM, &["convert", "--as", "data-url", "-f", "png", &link]);
    // Larger bytes come first.
    wait_for("the same bytes", || {
        desk.press("ctrl+c");
        (desk.copied_text_of_ours() == converted.trim_end()).then_some(())
    });
    assert_eq!(server.requests().len(), 2, "each once");

    // A server that stalls.
    desk.offer("UTF8_STRING", server.link("/stall").as_bytes());
    desk.press("ctrl+v");
    desk.wait_for_title("2 images — Inlaid");
    server.wait_for_requests(3);
    desk.press("Escape");
    // The connection ends with the picture.
    server.wait_until_gone(3);
    desk.wait_for_title("sunset at sea.png — Inlaid");

    // A page: nothing of it is fetched before one of its images is chosen, and then only that.
    desk.offer("UTF8_STRING", server.link("/page").as_bytes());
    desk.press("ctrl+v");
    find(&desk, "the question", |it| it.name == "page is a page; which of its images?");
    desk.keep_screenshot("page.png");
    let name = "large.png · 127.0.0.1";
    let [x, y] = find(&desk, name, |it| it.name == name).middle().map(|it| it.to_string());
    assert_eq!(server.requests().len(), 4);
    desk.pointer(&["mousemove", &x, &y, "click", "1"]);
    desk.wait_for_title("2 images — Inlaid");
    server.wait_for_requests(5);
    let last = server.requests().pop().unwrap();
    assert!(last.starts_with("GET /pictures/large.png "), "{last}");
}

#[test]
fn a_dropped_link_gives_the_same_bytes_as_the_command_line() {
    let Some(desk) = Desk::open("a_dropped_link_gives_the_same_bytes_as_the_command_line") else { return };
    drop_link(desk);
}

#[test]
fn a_link_that_is_dropped_on_wayland_gives_the_same_bytes_as_the_command_line() {
    let name = "a_link_that_is_dropped_on_wayland_gives_the_same_bytes_as_the_command_line";
    let Some(desk) = Desk::open_sway_on_screen(name) else { return };
    drop_link(desk);
}

fn drop_link(mut desk: Desk) {
    desk.remember("png");
    let server = Server::start(&fs::read(draw(&desk, "sunset.png", 5)).unwrap());
    let link = server.link("/a/sunset%20at%20sea.png");
    let list = desk.picture("list");
    fs::write(&list, format!("{link}\r\n")).unwrap();
    desk.launch(&[], "Inlaid");
    let mut source = gtk(&mut desk, "plain", &[("text/uri-list", &list)]);
    drag_from(&desk, SOURCE_PLACE);
    source.expect(&["begin", "data text/uri-list", "end"]);
    desk.wait_for_title("sunset at sea.png — Inlaid");
    assert_eq!(server.requests().len(), 1);
    let program = desk.program();
    let converted = desk.output_of(60, text(&program), &["convert", "--as", "data-url", "-f", "png", &link]);
    // Larger bytes come first.
    wait_for("the same bytes", || {
        desk.press("ctrl+c");
        (desk.copied_text_of_ours() == converted.trim_end()).then_some(())
    });
    assert_eq!(server.requests().len(), 2, "each once");
}

#[test]
fn whom_to_trust_says_the_system() {
    let Some(mut desk) = Desk::open("whom_to_trust_says_the_system") else { return };
    let folder = desk.home();
    // With their heads, as they are sent.
    let picture = fs::read(draw(&desk, "a.png", 2)).unwrap();
    fs::write(folder.join("a.png"), [b"HTTP/1.0 200 OK\r\n\r\n", &*picture].concat()).unwrap();
    fs::write(folder.join("away"), "HTTP/1.0 302 Found\r\nLocation: http://127.0.0.1:9/\r\n\r\n").unwrap();
    let [key, certificate] = ["key.pem", "certificate.pem"].map(|it| folder.join(it));
    // For `localhost`, and vouched for by itself.
    let line = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=Links \
                -addext subjectAltName=DNS:localhost -addext basicConstraints=critical,CA:FALSE";
    let files = ["-keyout", text(&key), "-out", text(&certificate)];
    desk.output_of(30, "openssl", &line.split_whitespace().chain(files).collect::<Vec<_>>());
    let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
    let serve = format!(
        "cd '{}' && exec openssl s_server -accept 127.0.0.1:{port} -cert {} -key {} -HTTP",
        text(&folder),
        text(&certificate),
        text(&key)
    );
    desk.start_tool("sh", &["-c", &serve]);
    wait_for("the server", || TcpStream::connect((Ipv4Addr::LOCALHOST, port)).ok());

    let convert = |trusted: &[&str], host: &str, path: &str| {
        let link = format!("https://{host}:{port}/{path}");
        let output = desk.run(60, "env", &[trusted, &[PROGRAM, "convert", "--as", "base64", &link]].concat());
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    let (code, errors) = convert(&[], "localhost", "a.png");
    assert!(code == Some(1) && errors.contains("nobody who is trusted vouches for it"), "{errors}");
    let trusted = format!("SSL_CERT_FILE={}", text(&certificate));
    assert_eq!(convert(&[&trusted], "localhost", "a.png"), (Some(0), String::new()));
    let (code, errors) = convert(&[&trusted], "127.0.0.1", "a.png");
    assert!(code == Some(1) && errors.contains("its certificate is for another host"), "{errors}");
    // What was secure stays secure.
    let (code, errors) = convert(&[&trusted], "localhost", "away");
    assert!(code == Some(1) && errors.contains("from a secure address to an insecure one"), "{errors}");
}
