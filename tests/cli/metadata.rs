//! What is kept of metadata, of sources that are small already, and of drawings.

use super::*;

/// Behind the signature and IHDR, a text chunk; its checksum was computed by zlib's crc32.
fn with_comment(png: &[u8]) -> Vec<u8> {
    let text = b"tEXtComment\0hello";
    let mut crc = flate2::Crc::new();
    crc.update(text);
    [&png[..33], &13_u32.to_be_bytes(), text, &crc.sum().to_be_bytes(), &png[33..]].concat()
}

fn comment_in(path: &Path) -> bool {
    fs::read(path).expect("readable").windows(5).any(|it| it == b"hello")
}

#[test]
fn metadata_are_kept_on_demand() {
    let place = Place::new();
    fs::write(place.path("a.png"), with_comment(&encoded(40, 30, ImageFormat::Png))).expect("written");
    for (option, target, is_kept) in [
        (None, "none.jpg", false),
        (Some("--keep-metadata"), "all.jpg", true),
        (Some("--keep-metadata=comments"), "comments.png", true),
        (Some("--keep-metadata=exif,xmp,density"), "others.png", false),
    ] {
        let args: Vec<_> = ["a.png", "-o", target].into_iter().chain(option).collect();
        place.done(&args);
        assert_eq!(comment_in(&place.path(target)), is_kept, "{option:?}");
    }
    let output = place.run(&["a.png", "-o", "a.webp", "--keep-metadata"]);
    assert!(output.status.success());
    assert_eq!(complaints(&output), ["inlaid: a.png: warning: a comment was left out: WebP has no place for it"]);
}

#[test]
fn a_small_original_stays_and_the_report_says_so() {
    let place = Place::new();
    place.picture("a.png", 90, 70, ImageFormat::Png);
    place.done(&["a.png", "-q", "30", "-o", "a.jpg"]);
    let small = fs::read(place.path("a.jpg")).expect("readable");
    let report = place.done(&["a.jpg", "-q", "100", "-o", "b.jpg", "--report", "json"]);
    let report: serde_json::Value = serde_json::from_str(&report).expect("JSON");
    assert_eq!(report["warnings"], serde_json::json!(["the original was kept, since it is smaller already"]));
    assert!(fs::read(place.path("b.jpg")).expect("readable").len() <= small.len());
    assert_eq!(seen(&place.path("b.jpg")), seen(&place.path("a.jpg")));
}

#[test]
fn a_drawing_stays_one() {
    let place = Place::new();
    let drawing = r#"<svg xmlns="http://www.w3.org/2000/svg" width="40" height="30"> <!-- by hand -->
        <path d="M 1.23456 2.00000 H 20 V 20"/> </svg>"#;
    fs::write(place.path("a.svg"), drawing).expect("written");
    let text = |name: &str| fs::read_to_string(place.path(name)).expect("text");
    let head = r#"<svg xmlns="http://www.w3.org/2000/svg""#;
    place.done(&["a.svg", "-o", "small/"]);
    assert_eq!(text("small/a.svg"), format!(r#"{head} width="40" height="30"><path d="M1.235 2H20V20"/></svg>"#));
    place.done(&["a.svg", "--precision", "2", "-w", "20", "-o", "b.svg"]);
    let path = r#"viewBox="0 0 40 30"><path d="M1.23 2H20V20"/></svg>"#;
    assert_eq!(text("b.svg"), format!(r#"{head} width="20" height="15" {path}"#));
    place.done(&["a.svg", "--no-minify", "-o", "c.svg"]);
    assert_eq!(text("c.svg"), drawing);
    place.picture("p.png", 8, 6, ImageFormat::Png);
    assert_fault(&place.run(&["p.png", "-f", "svg"]), 1, &["p.png", "PNG", "drawing"]);
    assert_fault(&place.run(&["a.svg", "--precision", "9", "-o", "d.svg"]), 2, &["--precision"]);
}
