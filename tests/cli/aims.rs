//! Aims: a look, budgets, and the format that does best.

use crate::{Place, assert_fault, code, kind, seen_in};
use image::ImageFormat;
use serde_json::Value;

/// A place with a picture in it that has some detail.
fn place() -> Place {
    let place = Place::new();
    let picture = image::RgbImage::from_fn(160, 120, |x, y| {
        let wave = |at: u32| ((f64::from(at) / 9.0).sin() * 90.0 + 120.0) as u8;
        image::Rgb([wave(x), wave(y), wave(x * y / 16)])
    });
    picture.save(place.path("a.png")).unwrap();
    place
}

fn report(output: &[u8]) -> Value {
    serde_json::from_slice(output).unwrap()
}

#[test]
fn a_look_is_held_and_reported() {
    let place = place();
    for (format, look) in [("jpeg", 60.0), ("webp", 80.0)] {
        let look_arg = format!("--same-look={look}");
        let output = place.run(&["-f", format, &look_arg, "--report", "json", "--force", "a.png"]);
        assert_eq!(code(&output), 0);
        let line = report(&output.stdout);
        let score = line["score"].as_f64().unwrap();
        assert!(look <= score && score < look + 8.0, "{line}");
        assert!(line["quality"].as_u64().is_some_and(|it| (1..=100).contains(&it)), "{line}");
        assert!(line["encodes"]["whole"].as_u64().is_some_and(|it| 0 < it), "{line}");
        assert_eq!([&line["missed"], &line["sampled"]], [&Value::Null, &Value::Bool(false)]);
    }
    // Without a number it is 85.
    let line = report(&place.run(&["-f", "jpeg", "--same-look", "--report", "json", "--force", "a.png"]).stdout);
    assert!(line["score"].as_f64().is_some_and(|it| (85.0..94.0).contains(&it)), "{line}");
}

#[test]
fn a_budget_is_never_exceeded() {
    let place = place();
    let output = place.run(&["-f", "webp", "--max-bytes", "2500", "-o", "-", "a.png"]);
    assert_eq!(code(&output), 0);
    assert!(output.stdout.len() <= 2_500, "{} bytes", output.stdout.len());
    assert_eq!(seen_in(&output.stdout).0, ImageFormat::WebP);
    // The whole text counts, with the name of the picture in it.
    for form in ["data-url", "html", "css", "base64"] {
        let text = place.done(&["-f", "jpeg", "--max-chars", "5000", "--as", form, "a.png"]);
        let n_characters = text.strip_suffix('\n').unwrap_or(&text).chars().count();
        assert!((3_000..=5_000).contains(&n_characters), "{form}: {n_characters}");
    }
}

#[test]
fn what_cannot_be_met_fails_and_writes_nothing() {
    let place = place();
    let arguments = ["-f", "webp", "--max-bytes", "300", "--report", "json", "a.png"];
    let output = place.run(&arguments);
    assert_fault(&output, 1, &["a.png", "WebP comes no lower than", "of 300 bytes", "it fits at", "--nearest"]);
    assert_eq!(place.names(), ["a.png"]);
    let line = report(&output.stdout);
    let weight = line["missed"]["weight"].as_u64().unwrap();
    assert!(300 < weight && line["bytes"] == weight && line["error"].is_string(), "{line}");
    let fits_at = ["width", "height"].map(|it| line["missed"]["fits_at"][it].as_u64().unwrap());
    assert!(fits_at[0] < 160 && fits_at[1] < 120, "{line}");

    // What came closest, on demand.
    let nearest = place.run(&[&arguments[..], &["--nearest"]].concat());
    assert_eq!(code(&nearest), 0);
    assert_eq!(std::fs::metadata(place.path("a.webp")).unwrap().len(), weight);
    assert_eq!(kind(&place.path("a.webp")), (ImageFormat::WebP, 160, 120));
    assert!(report(&nearest.stdout)["warnings"][0].as_str().unwrap().contains("comes no lower"));

    // Or fewer pixels.
    let output = place.run(&["-f", "webp", "--max-bytes", "300", "--shrink", "-o", "-", "a.png"]);
    assert!(code(&output) == 0 && output.stdout.len() <= 300, "{} bytes", output.stdout.len());
    assert!(seen_in(&output.stdout).1.width() < 160);
}

#[test]
fn auto_finds_a_format() {
    let place = place();
    let line = |arguments: &[&str]| {
        report(&place.run(&[&["-f", "auto", "--report", "json", "--force", "a.png"], arguments].concat()).stdout)
    };
    let modern = line(&["--effort", "fast"]);
    let any = line(&["--effort", "fast", "--browsers", "any"]);
    assert!(["jpeg", "png"].contains(&any["format"].as_str().unwrap()), "{any}");
    assert!(modern["bytes"].as_u64() <= any["bytes"].as_u64(), "{modern} {any}");
    assert!(85.0 <= modern["score"].as_f64().unwrap() && 85.0 <= any["score"].as_f64().unwrap());
    let lossless = line(&["--lossless"]);
    assert!(["png", "webp"].contains(&lossless["format"].as_str().unwrap()), "{lossless}");
}
