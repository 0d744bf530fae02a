//! Stages whose input did not change are not redone.

#![expect(clippy::unwrap_used, reason = "in a test a surprise is a failure")]

use inlaid::engine::{
    Cache, Cancel, Format, Limits, Observer, Recipe, Source, Stage, Tools,
    decode::Fonts,
    pipeline,
    recipe::{OutputSpec, Want},
};
use std::{cell::RefCell, io::Cursor};

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
fn who_is_cancelled_makes_nothing() {
    let (limits, fonts, cancel, diary) = (Limits::default(), Fonts::default(), Cancel::default(), Diary::default());
    cancel.cancel();
    let tools = Tools { observer: &diary, ..Tools::new(&limits, &fonts, &cancel) };
    let result = pipeline::render(&png("a"), &Recipe::new(Format::Png), &mut Cache::default(), true, tools);
    assert!(matches!(result, Err(inlaid::engine::EngineError::Cancelled)));
    assert_eq!(diary.0.take(), []);
}
