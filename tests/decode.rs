//! Decoding from the outside: limits, refusals, cancelling, drawings.

use inlaid::engine::{
    Cancel, Decoded, EngineError, Format, Limits, Source, Tools,
    decode::{DecodeOptions, Fonts, decode},
};
use std::{fs, path::Path};

fn decoded_within(bytes: &[u8], limits: &Limits, vector_size: Option<[u32; 2]>) -> Result<Decoded, EngineError> {
    let (fonts, cancel) = (Fonts::default(), Cancel::default());
    let tools = Tools::new(limits, &fonts, &cancel);
    decode(&Source::new("test", bytes), &DecodeOptions { vector_size, ..DecodeOptions::default() }, tools)
}

fn decoded(bytes: &[u8]) -> Result<Decoded, EngineError> {
    decoded_within(bytes, &Limits::default(), None)
}

/// One picture of each format, from the corpus that travels along.
fn samples() -> Vec<(&'static str, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus/small");
    let files = [
        "png-pngsuite/basn2c08.png",
        "png-pngsuite/basn6a16.png",
        "jpeg-reftest/restarts.jpg",
        "bmp-image-rs/images/Info_4_Bit.bmp",
        "gif-mixed/image-rs/anim/any-disposal.gif",
        "ico/image-rs/images/png_rgb8.ico",
        "pnm-qoi-hdr/image-rs/qoi/basic-test.qoi",
        "svg-resvg/shapes/rect/em-values.svg",
        "tga/image-rs/testsuite/cmap_offset.tga",
        "tiff-seq/seq/seq-1c-1b-71f6a21a.tiff",
        "tiff-seq/palette-1c-4b.tiff",
        "webp-image/images/regression/tiny.webp",
    ];
    let found: Vec<_> = files.into_iter().filter_map(|file| Some((file, fs::read(folder.join(file)).ok()?))).collect();
    assert_eq!(found.len(), files.len(), "a file is missing");
    found
}

#[test]
fn limits_hold_for_every_format() {
    for (file, bytes) in samples() {
        let size = decoded(&bytes).unwrap().facts.size;
        let pixels = u64::from(size[0]) * u64::from(size[1]);
        let few_pixels = Limits { max_pixels: pixels - 1, ..Limits::default() };
        let result = decoded_within(&bytes, &few_pixels, None);
        assert!(matches!(result, Err(EngineError::TooManyPixels { .. })), "{file}: {result:?}");
        let few_bytes = Limits { max_bytes: pixels - 1, ..Limits::default() };
        let result = decoded_within(&bytes, &few_bytes, None);
        assert!(
            matches!(result, Err(EngineError::TooMuchMemory { .. } | EngineError::TooComplex { .. })),
            "{file}: {result:?}"
        );
        let short = Limits { max_source_bytes: bytes.len() as u64 - 1, ..Limits::default() };
        let result = decoded_within(&bytes, &short, None);
        assert!(matches!(result, Err(EngineError::TooMuchMemory { .. })), "{file}: {result:?}");
    }
}

#[test]
fn files_cut_anywhere_are_errors_or_pictures() {
    for (file, bytes) in samples() {
        for length in (0..bytes.len()).step_by(1 + bytes.len() / 97) {
            if let Ok(it) = decoded(&bytes[..length]) {
                assert_eq!(it.facts.size, it.raster.size(), "{file} cut to {length}");
            }
        }
    }
}

#[test]
fn what_cannot_be_read_is_said_by_name() {
    assert!(matches!(decoded(b""), Err(EngineError::Empty)));
    assert!(matches!(decoded(b"hello, this is a letter"), Err(EngineError::NotAnImage)));
    let heic = decoded(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic");
    if Format::Heic.can_read() {
        assert!(matches!(heic, Err(EngineError::Damaged { format: Format::Heic, .. })));
    } else {
        let text = heic.map_err(|why| why.to_string()).err();
        assert_eq!(text.as_deref(), Some("HEIC images cannot be read yet; convert it to PNG first"));
    }
    assert!(matches!(decoded(b"\x89PNG\r\n\x1a\njunk"), Err(EngineError::Damaged { format: Format::Png, .. })));
    assert!(decoded(b"P6\n0 0\n255\n").is_err());
}

#[test]
fn a_cancelled_decode_stops() {
    let (limits, fonts, cancel) = (Limits::default(), Fonts::default(), Cancel::default());
    cancel.cancel();
    for (file, bytes) in samples() {
        let tools = Tools::new(&limits, &fonts, &cancel);
        let result = decode(&Source::new(file, bytes), &DecodeOptions::default(), tools);
        assert!(matches!(result, Err(EngineError::Cancelled)), "{file}");
    }
}

const DRAWING: &str = "<svg xmlns='http://www.w3.org/2000/svg' width='20' height='10'>\
    <rect width='20' height='10' fill='#0f0'/>INNER</svg>";

#[test]
fn drawings_are_rendered_at_the_size_asked_for() {
    let svg = decoded(DRAWING.as_bytes()).unwrap();
    assert_eq!((svg.facts.size, svg.raster.size()), ([20, 10], [20, 10]));
    let svg = decoded_within(DRAWING.as_bytes(), &Limits::default(), Some([40, 30])).unwrap();
    assert_eq!((svg.facts.size, svg.raster.size(), svg.facts.has_alpha), ([20, 10], [40, 30], false));
    assert!(svg.raster.bytes().as_chunks::<3>().0.iter().all(|pixel| *pixel == [0, 255, 0]));
    let too_large = decoded_within(DRAWING.as_bytes(), &Limits::default(), Some([50_000, 50_000]));
    assert!(matches!(too_large, Err(EngineError::TooManyPixels { .. })));
}

/// A red PNG pixel stands in a file, and in a data URL: the first is never looked at, the
/// second is drawn.
#[test]
fn drawings_reach_nothing_outside_themselves() {
    let folder = tempfile::tempdir().unwrap();
    let red = base64::Engine::decode(&base64::prelude::BASE64_STANDARD, RED_BASE64).unwrap();
    let path = folder.path().join("red.png");
    fs::write(&path, red).unwrap();
    let data = format!("data:image/png;base64,{RED_BASE64}");
    for (href, color) in [
        (path.display().to_string(), [0, 255, 0]),
        (format!("file://{}", path.display()), [0, 255, 0]),
        (data, [255, 0, 0]),
    ] {
        let image = format!("<image width='20' height='10' preserveAspectRatio='none' href='{href}'/>");
        let svg = decoded(DRAWING.replace("INNER", &image).as_bytes()).unwrap();
        assert!(svg.raster.bytes().as_chunks::<3>().0.iter().all(|pixel| *pixel == color), "{href}");
    }
}

const RED_BASE64: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC";
