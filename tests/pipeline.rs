//! Stages whose input did not change are not redone.

#![expect(clippy::unwrap_used, reason = "in a test a surprise is a failure")]

use inlaid::engine::{
    Cache, Cancel, Decoded, EngineError, Format, Limits, Observer, Recipe, Source, Stage, Tools,
    decode::{DecodeOptions, Decoder, Direct, Fonts, Glimpse},
    pipeline,
    recipe::{OutputSpec, Want},
};
use std::{
    cell::RefCell,
    io::Cursor,
    sync::atomic::{AtomicUsize, Ordering},
};

/// Writes down which stages ran.
#[derive(Default)]
struct Diary(RefCell<Vec<Stage>>);

impl Observer for Diary {
    fn begin(&self, _: Stage) {}

    fn end(&self, stage: Stage) {
        self.0.borrow_mut().push(stage);
    }
}

fn png(name: &str) -> Source {
    let mut bytes = Cursor::new(vec![]);
    let image = image::RgbImage::from_fn(400, 300, |x, y| {
        image::Rgb([(x * 37 % 251) as u8, (y * 91 % 241) as u8, (x * y % 255) as u8])
    });
    image.write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    Source::new(name, bytes.into_inner())
}

#[test]
fn only_what_changed_is_made_again() {
    let (limits, fonts, cancel, diary) = (Limits::default(), Fonts::default(), Cancel::default(), Diary::default());
    let tools = Tools { observer: &diary, ..Tools::new(&limits, &fonts, &cancel) };
    let mut cache = Cache::default();
    let mut stages = |source: &Source, recipe: &Recipe| {
        let product = pipeline::render(source, recipe, &mut cache, true, tools).unwrap();
        (diary.0.take(), product)
    };
    let (first, second) = (png("first"), png("second"));
    let mut recipe = Recipe::new(Format::Jpeg);
    recipe.edits.size.want = Want::Width(200);
    let all = vec![Stage::Decode, Stage::Edit, Stage::Encode, Stage::Preview];
    let (ran, whole) = stages(&first, &recipe);
    assert_eq!(ran, all);
    assert_eq!(whole.encoded.size, [200, 150]);

    let (ran, again) = stages(&first, &recipe);
    assert_eq!(ran, [], "nothing changed");
    assert_eq!(again.encoded.bytes, whole.encoded.bytes);

    recipe.output.quality = 20;
    let (ran, coarse) = stages(&first, &recipe);
    assert_eq!(ran, [Stage::Encode, Stage::Preview], "the quality does not concern the pixels");
    assert!(coarse.encoded.bytes.len() < whole.encoded.bytes.len());

    recipe.edits.size.want = Want::Width(100);
    assert_eq!(stages(&first, &recipe).0, all[1..], "the size does not concern the decoder");

    recipe.output = OutputSpec { untouched: true, ..recipe.output };
    let (ran, untouched) = stages(&first, &recipe);
    assert_eq!(ran, [Stage::Preview]);
    assert_eq!(untouched.encoded.bytes, *first.bytes());

    recipe.output.untouched = false;
    assert_eq!(stages(&second, &recipe).0, all, "another picture shares nothing");
}

#[test]
fn what_bytes_look_like_can_follow_later() {
    let (limits, fonts, cancel, diary) = (Limits::default(), Fonts::default(), Cancel::default(), Diary::default());
    let tools = Tools { observer: &diary, ..Tools::new(&limits, &fonts, &cancel) };
    let (source, mut cache) = (png("a"), Cache::default());
    for format in [Format::WebP, Format::Jpeg] {
        let recipe = Recipe::new(format);
        let bytes = pipeline::render(&source, &recipe, &mut cache, false, tools).unwrap();
        assert!(bytes.preview.is_none());
        assert_eq!(diary.0.take().last(), Some(&Stage::Encode));
        let whole = pipeline::render(&source, &recipe, &mut cache, true, tools).unwrap();
        assert_eq!(diary.0.take(), [Stage::Preview]);
        assert!(bytes.encoded.bytes.is(&whole.encoded.bytes));
        assert_eq!(whole.preview.unwrap().size(), [400, 300]);
    }
}

/// A picture in an extended WebP container with an orientation: turn it clockwise to see it.
fn turned_webp(simple: &[u8], [width, height]: [u32; 2]) -> Vec<u8> {
    // TIFF 6.0: little endian, one entry of type SHORT: 0x0112 (orientation) is 6, no more.
    let exif = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0";
    let mut body = b"WEBPVP8X\x0A\0\0\0".to_vec();
    // RFC 9649: the flag for Exif, three reserved bytes, width and height less one in 24 bits.
    body.extend([0b1000, 0, 0, 0]);
    [width, height].iter().for_each(|side| body.extend_from_slice(&(side - 1).to_le_bytes()[..3]));
    body.extend_from_slice(&simple[12..]);
    body.extend_from_slice(b"EXIF");
    body.extend_from_slice(&(exif.len() as u32).to_le_bytes());
    body.extend_from_slice(exif);
    let mut file = b"RIFF".to_vec();
    file.extend_from_slice(&(body.len() as u32).to_le_bytes());
    file.extend_from_slice(&body);
    file
}

#[test]
fn the_untouched_bytes_of_others_go_the_ordinary_road() {
    let (limits, fonts, cancel) = (Limits::default(), Fonts::default(), Cancel::default());
    let tools = Tools::new(&limits, &fonts, &cancel);
    let mut recipe = Recipe::new(Format::WebP);
    let ours = pipeline::render(&png("a"), &recipe, &mut Cache::default(), false, tools).unwrap().encoded;
    let (source, mut cache) = (Source::new("b.webp", turned_webp(&ours.bytes, ours.size)), Cache::default());
    let encoded = pipeline::render(&source, &recipe, &mut cache, true, tools).unwrap();
    assert_eq!(encoded.preview.unwrap().size(), [300, 400]);
    recipe.output.untouched = true;
    let untouched = pipeline::render(&source, &recipe, &mut cache, true, tools).unwrap();
    // The quick decoder of our own bytes knows nothing of orientations, since we write none.
    assert_eq!(untouched.preview.unwrap().size(), [300, 400]);
}

/// Counts what it is asked for.
#[derive(Default)]
struct Counted(AtomicUsize);

impl Decoder for Counted {
    fn decode(&self, source: &Source, options: &DecodeOptions, tools: Tools<'_>) -> Result<Decoded, EngineError> {
        self.0.fetch_add(1, Ordering::Relaxed);
        Direct.decode(source, options, tools)
    }

    fn measure(&self, source: &Source, tools: Tools<'_>) -> Result<[u32; 2], EngineError> {
        self.0.fetch_add(1, Ordering::Relaxed);
        Direct.measure(source, tools)
    }

    fn glimpse(&self, source: &Source, tools: Tools<'_>) -> Result<Option<Glimpse>, EngineError> {
        Direct.glimpse(source, tools)
    }
}

#[test]
fn bytes_of_others_are_decoded_by_whom_the_caller_trusts_with_them() {
    let (limits, fonts, cancel, decoder) = (Limits::default(), Fonts::default(), Cancel::default(), Counted::default());
    let tools = Tools { decoder: &decoder, ..Tools::new(&limits, &fonts, &cancel) };
    let mut recipe = Recipe::new(Format::Png);
    let asked = |source: &Source, recipe: &Recipe, cache: &mut Cache| {
        pipeline::render(source, recipe, cache, true, tools).unwrap();
        decoder.0.swap(0, Ordering::Relaxed)
    };
    let mut cache = Cache::default();
    assert_eq!(asked(&png("a"), &recipe, &mut cache), 1, "the source; not what was made of it");
    recipe.output.untouched = true;
    assert_eq!(asked(&png("b"), &recipe, &mut cache), 2, "the source, and its untouched bytes as the result");
    recipe.output.untouched = false;
    let svg = Source::new("c.svg", br#"<svg xmlns="http://www.w3.org/2000/svg" width="4" height="3"/>"#);
    assert_eq!(asked(&svg, &recipe, &mut cache), 2, "measured and drawn");
}

#[test]
fn who_is_cancelled_makes_nothing() {
    let (limits, fonts, cancel, diary) = (Limits::default(), Fonts::default(), Cancel::default(), Diary::default());
    cancel.cancel();
    let tools = Tools { observer: &diary, ..Tools::new(&limits, &fonts, &cancel) };
    let result = pipeline::render(&png("a"), &Recipe::new(Format::Png), &mut Cache::default(), true, tools);
    assert!(matches!(result, Err(EngineError::Cancelled)));
    assert_eq!(diary.0.take(), []);
}
