//! The report, and the streams it shares with results and messages.

use crate::{Place, code, complaints, encoded};
use image::ImageFormat;
use serde_json::Value;

fn lines(bytes: &[u8]) -> Vec<Value> {
    let text = std::str::from_utf8(bytes).expect("UTF-8");
    text.lines().map(|it| serde_json::from_str(it).unwrap_or_else(|error| panic!("{error}: {it}"))).collect()
}

#[test]
fn every_field_is_there_and_true() {
    let place = Place::new();
    let source = std::fs::metadata(place.picture("a.jpg", 40, 30, ImageFormat::Jpeg)).unwrap().len();
    let output = place.run(&["--report", "json", "-f", "png", "-w", "20", "a.jpg"]);
    let [line] = &lines(&output.stdout)[..] else { panic!("one line") };
    let keys: Vec<_> = line.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(
        keys,
        [
            "input", "output", "format", "mime", "width", "height", "frames", "bytes", "chars", "score", "sampled",
            "quality", "encodes", "missed", "source", "millis", "warnings", "error"
        ]
    );
    let written = std::fs::metadata(place.path("a.png")).unwrap().len();
    for (key, expected) in [
        ("/input", Value::from("a.jpg")),
        ("/output", "a.png".into()),
        ("/format", "png".into()),
        ("/mime", "image/png".into()),
        ("/width", 20.into()),
        ("/height", 15.into()),
        ("/frames", 1.into()),
        ("/bytes", written.into()),
        ("/chars", Value::Null),
        ("/score", Value::Null),
        ("/sampled", Value::Null),
        ("/quality", Value::Null),
        ("/encodes", Value::Null),
        ("/missed", Value::Null),
        ("/source/format", "jpeg".into()),
        ("/source/width", 40.into()),
        ("/source/height", 30.into()),
        ("/source/bytes", source.into()),
        ("/source/frames", 1.into()),
        ("/source/orientation", 1.into()),
        ("/source/profile", Value::Null),
        ("/source/depth", 8.into()),
        ("/source/gamut", "srgb".into()),
        ("/source/alpha", false.into()),
        ("/source/codec", "baseline".into()),
        ("/source/delays", Value::Array(vec![])),
        ("/source/loops", Value::Null),
        ("/source/metadata", Value::Array(vec![])),
        ("/warnings", Value::Array(vec![])),
        ("/error", Value::Null),
    ] {
        assert_eq!(line.pointer(key), Some(&expected), "{key} of {line}");
    }
    let millis = |key: &str| line["millis"][key].as_f64().unwrap_or_else(|| panic!("{key} of {line}"));
    let parts = millis("read") + millis("decode") + millis("edit") + millis("encode");
    assert!(0.0 < parts && parts <= millis("total") + 0.01, "{line}");
}

#[test]
fn lines_come_in_the_order_of_the_inputs_failures_included() {
    let place = Place::new();
    let names: Vec<String> = (0..12).map(|it| format!("{it}.png")).collect();
    for (index, name) in names.iter().enumerate() {
        if index != 5 {
            // The first ones take longest.
            place.picture(name, 300 - 20 * index as u32, 200, ImageFormat::Png);
        }
    }
    let mut args = vec!["--report", "json", "--jobs", "4", "-f", "webp"];
    args.extend(names.iter().map(String::as_str));
    let output = place.run(&args);
    assert_eq!(code(&output), 1);
    let lines = lines(&output.stdout);
    let inputs: Vec<_> = lines.iter().map(|it| it["input"].as_str().unwrap()).collect();
    assert_eq!(inputs, names);
    assert!(lines[5]["error"].as_str().unwrap().contains("no such file"), "{}", lines[5]);
    assert_eq!((&lines[5]["output"], &lines[5]["source"]), (&Value::Null, &Value::Null));
    assert_eq!(complaints(&output).len(), 1);
}

#[test]
fn results_on_standard_output_send_the_report_to_standard_error_alone() {
    let place = Place::new();
    place.picture("a.png", 40, 30, ImageFormat::Png);
    let output = place.run(&["--report", "json", "--as", "data-url", "a.png", "missing.png"]);
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    let reports = lines(&output.stderr);
    assert_eq!((code(&output), reports.len(), text.lines().count()), (1, 2, 1));
    assert_eq!(reports[0]["chars"], text.trim_end().len());
    assert_eq!(reports[0]["output"], "-");
    assert!(reports[1]["error"].is_string());
}

#[test]
fn warnings_are_said_and_reported() {
    let place = Place::new();
    std::fs::write(place.path("a.png"), crate::half_clear(64, 64)).unwrap();
    let output = place.run(&["--report", "json", "-f", "jpeg", "a.png"]);
    assert_eq!(code(&output), 0);
    let warnings = lines(&output.stdout)[0]["warnings"].as_array().unwrap().clone();
    assert!(warnings.iter().any(|it| it.as_str().unwrap().contains("transparency")), "{warnings:?}");
    assert_eq!(complaints(&output).len(), warnings.len());
}

#[test]
fn standard_input_is_named_by_its_dash() {
    let place = Place::new();
    let output =
        place.run_with(&["--report", "json", "-f", "png", "-o", "b.png", "-"], &encoded(8, 6, ImageFormat::Bmp));
    let line = &lines(&output.stdout)[0];
    assert_eq!(
        (&line["input"], &line["output"], &line["source"]["format"]),
        (&"-".into(), &"b.png".into(), &"bmp".into())
    );
}

/// Of files of the corpus that travels along, as ExifTool 12.57 reads them.
#[test]
fn what_a_file_says_of_itself_is_reported() {
    let small = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus/small");
    let files = [
        (
            "jpeg-reftest/partial_progressive.jpg",
            r#"{"codec":"progressive","chroma":"4:4:4","density":[300.0,300.0],
                "metadata":[{"kind":"comment","bytes":17},{"kind":"icc","bytes":672}]}"#,
        ),
        ("jpeg-reftest/16bit-qtables.jpg", r#"{"codec":"extended","chroma":"4:2:0","density":null}"#),
        // 1,000 pixels a metre.
        ("png-pngsuite/cdun2c08.png", r#"{"codec":null,"chroma":null,"density":[25.4,25.4],"depth":8}"#),
        ("png-pngsuite/basn6a16.png", r#"{"depth":16,"alpha":true}"#),
        ("gif-mixed/image-gif/anim-gr.gif", r#"{"delays":[10,100000],"loops":0,"frames":2}"#),
        ("gif-mixed/image-gif/beacon_xmp.gif", r#"{"metadata":[{"kind":"xmp","bytes":2860}]}"#),
        (
            "webp-image/images/animated/random_lossy.webp",
            r#"{"codec":"VP8","chroma":"4:2:0","delays":[150,150,150,150],"loops":0}"#,
        ),
        ("tiff-seq/seq/seq-1c-8b-lzw-20f3db0c.tiff", r#"{"codec":"LZW","density":null}"#),
    ];
    let place = Place::new();
    let paths: Vec<_> = files.iter().map(|(file, _)| small.join(file).to_string_lossy().into_owned()).collect();
    let mut args = vec!["--report", "json", "-f", "png", "-o", "out/"];
    args.extend(paths.iter().map(String::as_str));
    let output = place.run(&args);
    let lines = lines(&output.stdout);
    assert_eq!(lines.len(), files.len());
    for (line, (file, expected)) in lines.iter().zip(files) {
        let expected: Value = serde_json::from_str(expected).unwrap();
        for (key, value) in expected.as_object().unwrap() {
            assert_eq!(&line["source"][key], value, "{key} of {file}");
        }
    }
}

#[test]
fn a_text_is_measured_where_it_travels_compressed() {
    let place = Place::new();
    place.picture("a.png", 90, 70, ImageFormat::Png);
    let output = place.run(&["--as", "css", "--brotli", "--report", "json", "-f", "bmp", "-o", "a.css", "a.png"]);
    assert_eq!(code(&output), 0, "{output:?}");
    let [line] = &lines(&output.stdout)[..] else { panic!("one line") };
    let text = std::fs::read_to_string(place.path("a.css")).unwrap();
    assert_eq!(line["chars"], text.chars().count());
    // A character of base64 carries six bits of its eight.
    let bytes = line["brotli"].as_u64().unwrap() as usize;
    assert!(0 < bytes && bytes * 5 < text.len() * 4, "{line}");

    // Unasked it is not in the report, and a file is not a text.
    let output = place.run(&["--as", "css", "--report", "json", "a.png"]);
    assert!(lines(&output.stderr)[0].get("brotli").is_none());
    for wrong in [&["--brotli", "--report", "json", "a.png"][..], &["--brotli", "--as", "css", "a.png"]] {
        assert_eq!(code(&place.run(wrong)), 2, "{wrong:?}");
    }
}
