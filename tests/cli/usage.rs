//! Wrong usage: status 2, one line, and nothing done.

use crate::{Place, assert_fault, code, complaints};
use image::ImageFormat;

#[test]
fn what_is_not_served_is_refused_by_name_and_nothing_is_done() {
    let place = Place::new();
    place.picture("a.png", 8, 6, ImageFormat::Png);
    for args in [
        &["--crop", "4x4+0+0", "a.png"][..],
        &["--trim", "a.png"],
        &["--rotate", "90", "a.png"],
        &["--flip", "h", "a.png"],
        &["--name", "{name}", "a.png"],
        &["--as", "markdown", "a.png"],
    ] {
        let output = place.run(args);
        let name = if args[0].starts_with("--") && args[0] != "--as" {
            args[0].split('=').next().unwrap()
        } else {
            args.iter().find(|it| !it.starts_with('-')).unwrap()
        };
        assert_fault(&output, 2, &[name, "not served by this version"]);
    }
    assert_eq!(place.names(), ["a.png"]);
}

#[test]
fn options_that_contradict_are_wrong_usage() {
    let place = Place::new();
    place.picture("a.png", 8, 6, ImageFormat::Png);
    place.picture("b.jpg", 8, 6, ImageFormat::Jpeg);
    for args in [
        &[][..],
        &["-w", "4", "--scale", "50%", "a.png"],
        &["-H", "4", "--scale", "50%", "a.png"],
        &["-f", "jpeg", "--lossless", "a.png"],
        // The format comes from the input here.
        &["--lossless", "a.png", "b.jpg"],
        &["--lossless", "-o", "c.gif", "a.png"],
        &["-o", "c.webp", "a.png", "b.jpg"],
        &["-o", "c.heic", "a.png"],
        &["-o", "-", "a.png", "b.jpg"],
        &["-", "-"],
        &["-q", "0", "a.png"],
        &["-w", "0", "a.png"],
        &["--report", "yaml", "a.png"],
    ] {
        let output = place.run(args);
        assert_fault(&output, 2, &[]);
        assert!(output.stdout.is_empty(), "{args:?}");
    }
    assert_eq!(place.names(), ["a.png", "b.jpg"]);
}

#[test]
fn help_and_version_are_no_errors() {
    let place = Place::new();
    let help = place.run(&["--help"]);
    assert_eq!(code(&help), 0);
    let text = String::from_utf8_lossy(&help.stdout).into_owned();
    for option in ["--format", "--quality", "--scale", "--background", "--as", "--report", "--jobs", "--force"] {
        assert!(text.contains(option), "{option}: {text}");
    }
    assert!(!text.contains("--crop"), "what is not served is not advertised: {text}");
    assert!(complaints(&help).is_empty());
}
