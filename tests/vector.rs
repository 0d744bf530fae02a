//! A drawing as a drawing: what is left out, what stays, and that it looks the same.

#![expect(clippy::unwrap_used, reason = "in a test a surprise is a failure")]

use inlaid::engine::{
    Cache, Cancel, EngineError, Format, Limits, Product, Recipe, Source, Tools, Warning,
    decode::{DecodeOptions, Fonts, decode},
    pipeline,
    recipe::{Fit, Want},
};
use std::io::Write as _;

fn render(source: &Source, recipe: &Recipe) -> Result<Product, EngineError> {
    let (limits, fonts, cancel) = (Limits::default(), Fonts::default(), Cancel::default());
    pipeline::render(source, recipe, &mut Cache::default(), true, Tools::new(&limits, &fonts, &cancel))
}

fn written(text: &str, recipe: &Recipe) -> (String, Vec<Warning>) {
    let product = render(&Source::new("a.svg", text.as_bytes()), recipe).unwrap();
    assert_eq!(product.encoded.format, Format::Svg);
    (String::from_utf8(product.encoded.bytes.to_vec()).unwrap(), product.warnings)
}

/// Premultiplied samples at this size.
fn seen(text: &str, size: [u32; 2]) -> Vec<u8> {
    let (limits, fonts, cancel) = (Limits::default(), Fonts::default(), Cancel::default());
    let options = DecodeOptions { vector_size: Some(size), ..DecodeOptions::default() };
    let source = Source::new("a.svg", text.as_bytes());
    let raster = decode(&source, &options, Tools::new(&limits, &fonts, &cancel)).unwrap().raster;
    let pixels = raster.to_rgba8();
    let weigh = |it: u8, alpha: u8| (u16::from(it) * u16::from(alpha) / 255) as u8;
    pixels.as_chunks::<4>().0.iter().flat_map(|&[r, g, b, a]| [weigh(r, a), weigh(g, a), weigh(b, a), a]).collect()
}

/// The largest, and the mean, in steps of 255.
fn differences(a: &[u8], b: &[u8]) -> (u8, f64) {
    assert_eq!(a.len(), b.len());
    let all = || a.iter().zip(b).map(|(a, b)| a.abs_diff(*b));
    (all().max().unwrap(), all().map(f64::from).sum::<f64>() / a.len() as f64)
}

/// As Inkscape and Illustrator write them.
const DRAWING: &str = r##"<?xml version="1.0" encoding="UTF-8" standalone="no"?>
<!-- Created with Inkscape -->
<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd" [
  <!ENTITY ns_ai "http://ns.adobe.com/AdobeIllustrator/10.0/">
]>
<svg xmlns="http://www.w3.org/2000/svg" xmlns:i="&ns_ai;"
   xmlns:inkscape="http://www.inkscape.org/namespaces/inkscape" xmlns:xlink="http://www.w3.org/1999/xlink"
   width="60" height="40" viewBox="0 0 120 80" version="1.1" id="svg5" inkscape:version="1.2">
  <metadata id="metadata1"><rdf>secret</rdf></metadata>
  <defs id="defs2">
    <linearGradient id="linearGradient7"><stop offset="0" stop-color="#f00"/><stop offset="1" stop-color="#00f"/></linearGradient>
    <path id="path9" d="M 10.123456 10.654321 L 50.000000,10.654321 L 50.000000,60.123456 C 40.5,70.25 20.123456,65.5 10.123456,60.123456 Z"/>
  </defs>
  <g inkscape:label="Layer 1" id="layer1" i:knockout="Off" transform="translate(1.000000, 2.500000)">
    <use xlink:href="#path9" style="fill: url(#linearGradient7); stroke:#000000; -inkscape-stroke:none"/>
    <circle id="circle4" cx="80.00001" cy="40.00002" r="19.999999" fill="#0a0"></circle>
  </g>
</svg>
"##;

#[test]
fn a_drawing_is_minified_and_looks_the_same() {
    let (short, warnings) = written(DRAWING, &Recipe::new(Format::Svg));
    assert_eq!(warnings, []);
    for word in ["inkscape", "secret", "Created", "DOCTYPE", "layer1", "adobe", "  ", "\n", "10.123456", "00001"] {
        assert!(!short.contains(word), "{word}: {short}");
    }
    assert!(short.contains("#path9") && short.contains(r#"id="path9""#));
    assert!(short.len() * 2 < DRAWING.len(), "{} of {}", short.len(), DRAWING.len());
    for size in [[60, 40], [900, 600]] {
        let (most, mean) = differences(&seen(&short, size), &seen(DRAWING, size));
        // An edge moved across one of the four lines in which the renderer samples a pixel.
        assert!(most <= 64 && mean < 0.05, "{most} and {mean} at {size:?}");
    }
}

#[test]
fn the_same_drawing_gives_the_same_bytes() {
    let recipe = Recipe::new(Format::Svg);
    let short = written(DRAWING, &recipe).0;
    // Where an order came from a map, each would have another.
    assert!((0..8).all(|_| written(DRAWING, &recipe).0 == short));
}

#[test]
fn it_is_passed_through_if_it_shall_not_be_minified() {
    let mut recipe = Recipe::new(Format::Svg);
    recipe.output.codec.svg.minify = false;
    assert_eq!(written(DRAWING, &recipe).0, DRAWING);
    // Compressed or in another encoding it becomes plain text in UTF-8.
    let mut encoder = flate2::write::GzEncoder::new(vec![], flate2::Compression::default());
    encoder.write_all(DRAWING.as_bytes()).unwrap();
    let product = render(&Source::new("a.svgz", encoder.finish().unwrap()), &recipe).unwrap();
    assert_eq!(*product.encoded.bytes, *DRAWING.as_bytes());
    assert_eq!(product.warnings, []);
    let text = r#"<?xml version="1.0" encoding="UTF-16"?> <svg xmlns="http://www.w3.org/2000/svg" width="3" height="3"><title>ä</title></svg>"#;
    let wide: Vec<u8> = [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let product = render(&Source::new("a.svg", wide), &recipe).unwrap();
    assert_eq!(*product.encoded.bytes, *text.split_once(' ').unwrap().1.split_once("?> ").unwrap().1.as_bytes());
}

#[test]
fn digits_that_would_be_missed_stay() {
    // A picture of one unit: a digit behind the point is a tenth of it.
    let fine = r#"<svg xmlns="http://www.w3.org/2000/svg" width="100" height="100" viewBox="0 0 1 1"><path d="M 0.12345678 0.12345678 L 0.87654321 0.2 L 0.5 0.98765432 z"/></svg>"#;
    let mut recipe = Recipe::new(Format::Svg);
    recipe.output.codec.svg.precision = 1;
    let (short, _) = written(fine, &recipe);
    assert!(short.len() < fine.len());
    let (most, mean) = differences(&seen(&short, [1_024; 2]), &seen(fine, [1_024; 2]));
    assert!(most <= 64 && mean < 0.05, "{most} and {mean}: {short}");
    // One that nothing makes shorter stays as it is.
    let least = r#"<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><path d="M1 1h7v7z"/></svg>"#;
    assert_eq!(written(least, &recipe), (least.to_owned(), vec![Warning::OriginalKept]));
}

#[test]
fn another_size_is_stated_not_drawn() {
    let drawing = r##"<svg xmlns="http://www.w3.org/2000/svg" width="60" height="40"><circle cx="20" cy="20" r="15" fill="#f00"/></svg>"##;
    for (want, fit, background, size) in [
        (Want::Width(120), Fit::Inside, None, [120, 80]),
        (Want::Box(100, 100), Fit::Cover, None, [100, 100]),
        (Want::Box(100, 100), Fit::Pad, Some([0, 0, 255]), [100, 100]),
        (Want::Box(100, 100), Fit::Stretch, None, [100, 100]),
        (Want::Original, Fit::Inside, Some([9, 8, 7]), [60, 40]),
    ] {
        let mut recipe = Recipe::new(Format::Svg);
        (recipe.edits.size.want, recipe.edits.size.fit, recipe.edits.background) = (want, fit, background);
        let product = render(&Source::new("a.svg", drawing.as_bytes()), &recipe).unwrap();
        assert_eq!((product.encoded.size, product.preview.unwrap().size()), (size, size));
        // The same edits made on pixels.
        recipe.output = Recipe::new(Format::Png).output;
        let pixels = render(&Source::new("a.svg", drawing.as_bytes()), &recipe).unwrap().preview.unwrap();
        let text = String::from_utf8(product.encoded.bytes.to_vec()).unwrap();
        let as_pixels: Vec<u8> = {
            let weigh = |it: u8, alpha: u8| (u16::from(it) * u16::from(alpha) / 255) as u8;
            let samples = pixels.to_rgba8();
            samples
                .as_chunks::<4>()
                .0
                .iter()
                .flat_map(|&[r, g, b, a]| [weigh(r, a), weigh(g, a), weigh(b, a), a])
                .collect()
        };
        let (most, mean) = differences(&seen(&text, size), &as_pixels);
        assert!(most <= 64 && mean < 0.5, "{most} and {mean}: {text}");
    }
}

#[test]
fn scripts_are_left_alone_and_told_of() {
    for drawing in [
        r#"<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script>alert( 1 )</script></svg>"#,
        r#"<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9" onload="a()"><g/></svg>"#,
    ] {
        let (text, warnings) = written(drawing, &Recipe::new(Format::Svg));
        assert_eq!(text, drawing);
        assert!(warnings.contains(&Warning::HasScripts));
    }
}

#[test]
fn pixels_become_no_drawing() {
    let png = render(&Source::new("a.svg", DRAWING.as_bytes()), &Recipe::new(Format::Png)).unwrap().encoded.bytes;
    match render(&Source::new("a.png", png), &Recipe::new(Format::Svg)) {
        Err(EngineError::NotADrawing { format: Format::Png }) => {}
        other => panic!("{other:?}"),
    }
}
