//! Links on the command line.

use crate::{picture, server::Server};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use std::{fs, path::Path, process::Command};

/// How a conversion ended.
pub(crate) struct Ended {
    pub(crate) code: i32,
    pub(crate) output: String,
    pub(crate) errors: String,
}

/// Runs it in a folder of its own, with no proxies but these variables.
pub(crate) fn convert(args: &[&str], variables: &[(&str, &str)]) -> Ended {
    convert_in(tempfile::tempdir().unwrap().path(), args, variables)
}

fn convert_in(folder: &Path, args: &[&str], variables: &[(&str, &str)]) -> Ended {
    let mut command = Command::new(env!("CARGO_BIN_EXE_inlaid"));
    command.current_dir(folder).env_remove("RUST_LOG").arg("convert").args(args);
    for name in ["http_proxy", "https_proxy", "all_proxy", "no_proxy"] {
        command.env_remove(name).env_remove(name.to_uppercase());
    }
    let output = command.envs(variables.iter().copied()).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Ended { code: output.status.code().unwrap(), output: text(output.stdout), errors: text(output.stderr) }
}

fn names_in(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<_> = entries.map(|it| it.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn a_link_is_an_input_like_a_file() {
    let (server, folder) = (Server::start(&picture()), tempfile::tempdir().unwrap());
    fs::write(folder.path().join("file.png"), picture()).unwrap();
    let link = server.link("/a/sun%20set.png");
    let options = ["-f", "webp", "-w", "20", "--report", "json"];
    let ended = convert_in(folder.path(), &[&options[..], &[&link, "file.png"]].concat(), &[]);
    assert_eq!((ended.code, ended.errors.as_str()), (0, ""));
    assert_eq!(names_in(folder.path()), ["file.png", "file.webp", "sun set.webp"]);
    let read = |name: &str| fs::read(folder.path().join(name)).unwrap();
    assert!(read("file.webp") == read("sun set.webp"), "the same bytes whichever way they came");
    let report: serde_json::Value = serde_json::from_str(ended.output.lines().next().unwrap()).unwrap();
    assert_eq!((report["input"].as_str(), report["output"].as_str()), (Some(&*link), Some("sun set.webp")));
    // Texts go to standard output, and know what the picture is called.
    let ended = convert(&["--as", "html", "-f", "png", &link], &[]);
    assert!(ended.output.ends_with(" width=\"64\" height=\"48\" alt=\"sun set\">\n"), "{}", ended.output);
    let named = folder.path().join("out.png");
    assert_eq!(convert(&["-o", named.to_str().unwrap(), &link], &[]).code, 0);
    assert_eq!(image::open(named).unwrap().width(), 64);
}

#[test]
fn one_bad_link_leaves_the_others_alone() {
    let (server, folder) = (Server::start(&picture()), tempfile::tempdir().unwrap());
    let links = ["/missing", "/good.png", "/dies", "/page", "/text.png"].map(|it| server.link(it));
    let links: Vec<&str> = links.iter().map(String::as_str).collect();
    let ended = convert_in(folder.path(), &[&["-f", "bmp"][..], &links].concat(), &[]);
    assert_eq!(ended.code, 1);
    assert_eq!(names_in(folder.path()), ["good.bmp"], "nothing half-taken");
    let lines: Vec<&str> = ended.errors.lines().collect();
    for (line, (link, words)) in lines.iter().zip([
        (links[0], "404"),
        (links[2], "broke off"),
        (links[3], &*format!("choose one of those that it names: {}", server.link("/shown.png"))),
        (links[4], "not an image"),
    ]) {
        assert!(line.starts_with(&format!("inlaid: {link}: ")) && line.contains(words), "{line}");
    }
    assert_eq!(lines.len(), 4, "{lines:?}");
}

#[test]
#[cfg(unix)]
fn an_interrupt_ends_the_wait_for_a_server() {
    let (server, folder) = (Server::start(&picture()), tempfile::tempdir().unwrap());
    let mut command = Command::new(env!("CARGO_BIN_EXE_inlaid"));
    command.current_dir(folder.path()).env("no_proxy", "*").args(["convert", &server.link("/stall")]);
    let mut child = command.spawn().unwrap();
    server.wait_for_requests(1);
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    assert_eq!(child.wait().unwrap().code(), Some(130));
    server.wait_until_gone(1);
    assert!(names_in(folder.path()).is_empty());
}

#[test]
fn badly_written_links_fail_alone() {
    for (link, words) in [("http://", "no address"), ("https://me:secret@127.0.0.1/", "name or a password")] {
        let ended = convert(&["--as", "base64", link], &[]);
        assert!(ended.code == 1 && ended.errors.contains(words), "{link}: {}", ended.errors);
    }
    let body = STANDARD.encode(picture());
    let ended = convert(&["--as", "base64", "-f", "png", "http://", &format!("data:image/png;base64,{body}")], &[]);
    assert!(ended.code == 1 && ended.output.starts_with("iVBORw0KGgo"), "{}", ended.errors);
}
