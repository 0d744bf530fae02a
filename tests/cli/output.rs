//! Where results go, and what is never written over.

use crate::{Place, assert_fault, code, complaints, encoded, half_clear, kind, names_in, seen, seen_in};
use base64::Engine as _;
use image::ImageFormat;
use std::fs;

#[test]
fn a_file_goes_beside_its_input() {
    let place = Place::new();
    fs::create_dir(place.path("in")).unwrap();
    place.picture("in/a.png", 40, 30, ImageFormat::Png);
    assert_eq!(place.done(&["-f", "webp", "-w", "20", "in/a.png"]), "");
    assert_eq!(names_in(&place.path("in")), ["a.png", "a.webp"]);
    assert_eq!(kind(&place.path("in/a.webp")), (ImageFormat::WebP, 20, 15));
}

#[test]
fn a_result_of_the_same_name_gets_its_size_into_its_name() {
    let place = Place::new();
    let before = fs::read(place.picture("a.png", 40, 30, ImageFormat::Png)).unwrap();
    place.done(&["-w", "20", "a.png"]);
    assert_eq!(place.names(), ["a-20x15.png", "a.png"]);
    assert_eq!(kind(&place.path("a-20x15.png")), (ImageFormat::Png, 20, 15));
    assert_eq!(fs::read(place.path("a.png")).unwrap(), before);
}

#[test]
fn sizes_are_those_of_the_arguments() {
    let place = Place::new();
    place.picture("a.png", 40, 20, ImageFormat::Png);
    for (args, width, height) in [
        (&["--scale", "50%"][..], 20, 10),
        (&["--scale", "0.25"], 10, 5),
        (&["--scale", "2x", "--upscale"], 80, 40),
        (&["-w", "10"], 10, 5),
        (&["-H", "10"], 20, 10),
        (&["-w", "10", "-H", "10"], 10, 5),
        (&["-w", "10", "-H", "10", "--fit", "cover"], 10, 10),
        (&["-w", "10", "-H", "10", "--fit", "stretch"], 10, 10),
        (&["-w", "10", "-H", "10", "--fit", "pad"], 10, 10),
    ] {
        let args: Vec<_> = args.iter().copied().chain(["--force", "-o", "b.png", "a.png"]).collect();
        place.done(&args);
        assert_eq!(kind(&place.path("b.png")), (ImageFormat::Png, width, height), "{args:?}");
    }
}

#[test]
fn the_format_comes_from_the_option_then_the_name_then_the_input() {
    let place = Place::new();
    place.picture("a.jpg", 8, 6, ImageFormat::Jpeg);
    // Read, but never written.
    place.picture("c.ppm", 8, 6, ImageFormat::Pnm);
    place.done(&["-o", "named.bmp", "a.jpg"]);
    assert_eq!(kind(&place.path("named.bmp")).0, ImageFormat::Bmp);
    place.done(&["-o", "unnamed", "a.jpg"]);
    assert_eq!(kind(&place.path("unnamed")).0, ImageFormat::Jpeg);
    place.done(&["c.ppm"]);
    assert_eq!(kind(&place.path("c.png")).0, ImageFormat::Png);
    let output = place.run(&["-f", "webp", "-o", "lie.png", "a.jpg"]);
    assert_fault(&output, 0, &["warning", "WebP", "PNG"]);
    assert_eq!(kind(&place.path("lie.png")).0, ImageFormat::WebP);
}

#[test]
fn every_format_that_is_written_is_what_it_says() {
    let place = Place::new();
    let source = image::open(place.picture("a.png", 24, 16, ImageFormat::Png)).unwrap().to_rgba8();
    for (id, extension, format) in [
        ("png", "png", ImageFormat::Png),
        ("webp", "webp", ImageFormat::WebP),
        ("bmp", "bmp", ImageFormat::Bmp),
        ("tiff", "tiff", ImageFormat::Tiff),
        ("qoi", "qoi", ImageFormat::Qoi),
        ("ico", "ico", ImageFormat::Ico),
    ] {
        place.done(&["-f", id, "--lossless", "-o", &format!("b.{extension}"), "a.png"]);
        let (found, picture) = seen(&place.path(&format!("b.{extension}")));
        assert_eq!(found, format);
        assert_eq!(picture.to_rgba8(), source, "{id} is without loss");
    }
    for (id, extension, format) in [("jpeg", "jpg", ImageFormat::Jpeg), ("gif", "gif", ImageFormat::Gif)] {
        place.done(&["-f", id, "a.png"]);
        assert_eq!(kind(&place.path(&format!("a.{extension}"))), (format, 24, 16));
    }
}

#[test]
fn transparency_is_flattened_onto_the_background() {
    let place = Place::new();
    fs::write(place.path("a.png"), half_clear(8, 4)).unwrap();
    place.done(&["--background", "rgb(0, 0, 255)", "-o", "b.png", "a.png"]);
    let (_, picture) = seen(&place.path("b.png"));
    let picture = picture.to_rgba8();
    assert_eq!((picture.get_pixel(0, 0).0, picture.get_pixel(7, 0).0), ([0, 0, 255, 255], [255, 0, 0, 255]));
}

#[test]
fn an_existing_file_stays_without_force() {
    let place = Place::new();
    place.picture("a.png", 8, 6, ImageFormat::Png);
    fs::write(place.path("a.webp"), "precious").unwrap();
    assert_fault(&place.run(&["-f", "webp", "a.png"]), 1, &["a.webp", "exists already", "--force"]);
    assert_eq!(fs::read(place.path("a.webp")).unwrap(), b"precious");
    place.done(&["-f", "webp", "--force", "a.png"]);
    assert_eq!(kind(&place.path("a.webp")), (ImageFormat::WebP, 8, 6));
    assert_eq!(place.names(), ["a.png", "a.webp"]);
}

#[test]
fn an_input_is_never_replaced() {
    let place = Place::new();
    let before = fs::read(place.picture("a.png", 8, 6, ImageFormat::Png)).unwrap();
    fs::hard_link(place.path("a.png"), place.path("hard.png")).unwrap();
    fs::create_dir(place.path("sub")).unwrap();
    let mut ways = vec!["a.png", "./sub/../a.png", "hard.png"];
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("a.png", place.path("soft.png")).unwrap();
        ways.push("soft.png");
    }
    for way in ways {
        assert_fault(&place.run(&["--force", "-w", "4", "-o", way, "a.png"]), 1, &["a.png", "never replaced"]);
        assert_eq!(fs::read(place.path("a.png")).unwrap(), before, "{way}");
    }
    // Another input's file is an input too.
    place.picture("b.jpg", 8, 6, ImageFormat::Jpeg);
    let other = fs::read(place.picture("b.png", 8, 6, ImageFormat::Png)).unwrap();
    let output = place.run(&["--force", "-f", "png", "b.jpg", "b.png"]);
    assert_fault(&output, 1, &["b.jpg", "b.png", "never replaced"]);
    assert_eq!(fs::read(place.path("b.png")).unwrap(), other);
    assert!(place.path("b-8x6.png").exists(), "the other input is done");
}

#[test]
fn texts_go_to_standard_output_with_one_line_end() {
    let place = Place::new();
    place.picture("a.png", 40, 30, ImageFormat::Png);
    let url = place.done(&["--as", "data-url", "-w", "20", "a.png"]);
    let body = url.strip_prefix("data:image/png;base64,").and_then(|it| it.strip_suffix('\n')).expect(&url);
    let bytes = base64::engine::general_purpose::STANDARD.decode(body).unwrap();
    assert_eq!(seen_in(&bytes).1.width(), 20);
    assert_eq!(place.done(&["--as", "base64", "-w", "20", "a.png"]).trim_end(), body);
    let html = place.done(&["--as", "html", "-w", "20", "--density", "2", "a.png"]);
    assert_eq!(html, format!("<img src=\"data:image/png;base64,{body}\" width=\"10\" height=\"8\" alt=\"a\">\n"));
    assert_eq!(place.done(&["--as", "css", "-w", "20", "a.png"]), format!("url(\"data:image/png;base64,{body}\")\n"));
    assert_eq!(place.names(), ["a.png"]);
}

#[test]
fn a_text_in_a_file_is_exactly_the_string() {
    let place = Place::new();
    place.picture("a.png", 8, 6, ImageFormat::Png);
    let expected = place.done(&["--as", "css", "a.png"]);
    place.done(&["--as", "css", "-o", "out/", "a.png"]);
    assert_eq!(fs::read_to_string(place.path("out/a.css")).unwrap(), expected.trim_end());
    place.done(&["--as", "html", "-o", "out", "a.png"]);
    place.done(&["--as", "data-url", "-o", "out", "a.png"]);
    assert_eq!(names_in(&place.path("out")), ["a.css", "a.html", "a.txt"]);
}

#[test]
fn several_results_need_a_folder_and_names_of_their_own() {
    let place = Place::new();
    fs::create_dir(place.path("x")).unwrap();
    fs::create_dir(place.path("y")).unwrap();
    place.picture("x/a.png", 10, 6, ImageFormat::Png);
    place.picture("y/a.jpg", 20, 6, ImageFormat::Jpeg);
    place.picture("y/b.jpg", 30, 6, ImageFormat::Jpeg);
    let args = ["--force", "-f", "webp", "-o", "out/", "x/a.png", "y/a.jpg", "y/b.jpg"];
    assert_fault(&place.run(&args), 1, &["y/a.jpg", "out/a.webp", "x/a.png"]);
    assert_eq!(names_in(&place.path("out")), ["a.webp", "b.webp"]);
    assert_eq!(kind(&place.path("out/a.webp")).1, 10, "the first one keeps the name");
}

#[test]
fn a_folder_is_the_images_directly_inside() {
    let place = Place::new();
    fs::create_dir_all(place.path("in/deeper")).unwrap();
    for name in ["in/b.png", "in/a.png", "in/.hidden.png", "in/deeper/c.png"] {
        place.picture(name, 8, 6, ImageFormat::Png);
    }
    fs::write(place.path("in/notes.txt"), "no image").unwrap();
    // Content decides, not the name.
    fs::write(place.path("in/nameless"), encoded(8, 6, ImageFormat::Png)).unwrap();
    let report = place.done(&["--report", "json", "-f", "webp", "-o", "out/", "in"]);
    let inputs: Vec<_> = report.lines().map(|it| it.split('"').nth(3).unwrap().to_owned()).collect();
    assert_eq!(inputs, ["in/a.png", "in/b.png", "in/nameless"]);
    assert_eq!(names_in(&place.path("out")), ["a.webp", "b.webp", "nameless.webp"]);
    assert_fault(&place.run(&["in/deeper/../../out/.."]), 1, &["no images"]);
}

#[test]
fn one_failure_does_not_stop_the_others() {
    let place = Place::new();
    place.picture("a.png", 8, 6, ImageFormat::Png);
    place.picture("z.png", 8, 6, ImageFormat::Png);
    fs::write(place.path("broken.png"), &encoded(8, 6, ImageFormat::Png)[..20]).unwrap();
    fs::write(place.path("empty.png"), "").unwrap();
    fs::write(place.path("words.png"), "these are words").unwrap();
    let args = ["-f", "webp", "a.png", "broken.png", "empty.png", "missing.png", "words.png", "z.png"];
    let output = place.run(&args);
    assert_eq!(code(&output), 1);
    let lines = complaints(&output);
    for (line, (name, word)) in lines.iter().zip([
        ("broken.png", "PNG"),
        ("empty.png", "empty"),
        ("missing.png", "no such file"),
        ("words.png", "not an image"),
    ]) {
        assert!(line.starts_with(&format!("inlaid: {name}: ")) && line.contains(word), "{line}");
    }
    assert_eq!(lines.len(), 4, "{lines:?}");
    assert_eq!(place.names(), ["a.png", "a.webp", "broken.png", "empty.png", "words.png", "z.png", "z.webp"]);
}

#[test]
fn avif_and_jpeg_xl_are_written_and_read_again() {
    let place = Place::new();
    fs::write(place.path("a.png"), half_clear(40, 30)).unwrap();
    let options = ["--speed", "10", "--depth", "8", "--chroma", "420", "--alpha-quality", "100", "-q", "90"];
    for (format, options) in [("avif", &options[..]), ("jxl", &[])] {
        place.done(&[&["-f", format, "a.png"][..], options].concat());
        place.done(&["-f", "png", &format!("a.{format}"), "-o", &format!("{format}.png")]);
        let (_, picture) = seen(&place.path(&format!("{format}.png")));
        let picture = picture.to_rgba8();
        assert_eq!(picture.dimensions(), (40, 30));
        // Red on the right half, and nothing to be seen on the left.
        assert_eq!((picture.get_pixel(3, 15).0[3], picture.get_pixel(36, 15).0[3]), (0, 255), "{format}");
        let [red, green, blue, _] = picture.get_pixel(36, 15).0;
        assert!(245 < red && green < 10 && blue < 10, "{format}: {red} {green} {blue}");
    }
    let sizes = ["a.avif", "a.jxl"].map(|it| fs::metadata(place.path(it)).unwrap().len());
    place.done(&["-f", "avif", "a.png", "-o", "b.avif"]);
    assert_ne!(fs::metadata(place.path("b.avif")).unwrap().len(), sizes[0], "the options are heeded");
}
