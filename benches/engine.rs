//! What a picture costs on its way: see README.md beside this file.
//!
//! All pictures are generated, so that anybody can repeat the figures.
#![expect(clippy::expect_used, reason = "a measurement that cannot be set up has failed")]

use divan::{Bencher, counter::ItemsCount};
use inlaid::engine::{
    Cache, Cancel, Facts, Format, Layout, Limits, Raster, Recipe, Source, Tools, decode,
    decode::{DecodeOptions, Fonts},
    edit, embed, encode, pipeline,
    recipe::{Edits, Effort, Fit, OutputSpec, Resample, Sizing, Want},
    score::Reference,
    source::Decoded,
};
use std::sync::LazyLock;

fn main() {
    divan::main();
}

/// Gradients with the noise of a sensor: 24 megapixels, as cameras make.
static PHOTO_24: LazyLock<Raster> = LazyLock::new(|| photo(6000, 4000));
/// The same of 1 megapixel.
static PHOTO_1: LazyLock<Raster> = LazyLock::new(|| photo(1200, 800));
/// Flat panels, lines and text-like specks in few colours.
static SCREENSHOT: LazyLock<Raster> = LazyLock::new(screenshot);
/// Flat shapes with soft edges on nothing.
static LOGO: LazyLock<Raster> = LazyLock::new(logo);

/// Repeatable noise from −1 to 1 (Knuth's MMIX generator).
struct Noise(u64);

impl Noise {
    fn next(&mut self) -> f32 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 40) as f32 / (1 << 23) as f32 - 1.0
    }
}

fn photo(width: u32, height: u32) -> Raster {
    let mut noise = Noise(7);
    let mut samples = Vec::with_capacity((width * height * 3) as usize);
    for y in 0..height {
        for x in 0..width {
            let (fx, fy) = (x as f32 / width as f32, y as f32 / height as f32);
            let wave = (fx * 40.0 + (fy * 9.0).sin() * 3.0).sin() * 40.0;
            let hill = if fy > 0.55 + 0.1 * (fx * 12.0).sin() { -50.0 } else { 0.0 };
            let grain = noise.next() * 5.0;
            let pixel = [140.0 + wave + hill, 120.0 + hill + fx * 60.0, 180.0 - fy * 120.0];
            samples.extend(pixel.map(|it| (it + grain) as u8));
        }
    }
    Raster::from_samples8(width, height, Layout::Rgb8, samples).expect("lengths fit")
}

fn screenshot() -> Raster {
    let (width, height) = (1300, 940);
    let mut noise = Noise(3);
    let mut samples = Vec::with_capacity((width * height * 3) as usize);
    for y in 0..height {
        for x in 0..width {
            let is_text = x > 260 && y % 18 < 10 && (x / 7 + y / 18 * 5) % 9 != 0 && noise.next() > 0.2;
            let pixel: [u8; 3] = match (x, y) {
                (_, 0..44) => [36, 41, 46],
                (0..240, _) => [246, 248, 250],
                (240, _) => [208, 215, 222],
                _ if is_text => [31, 35, 40],
                _ => [255; 3],
            };
            samples.extend(pixel);
        }
    }
    Raster::from_samples8(width, height, Layout::Rgb8, samples).expect("lengths fit")
}

fn logo() -> Raster {
    let side = 500;
    let mut samples = Vec::with_capacity(side * side * 4);
    for y in 0..side {
        for x in 0..side {
            let (dx, dy) = (x as f32 - 250.0, y as f32 - 250.0);
            let distance = dx.hypot(dy);
            let alpha = (200.5 - distance).clamp(0.0, 1.0) * 255.0;
            let colour = if dx.abs() < 60.0 { [255, 255, 255] } else { [214, (distance / 2.0) as u8, 73] };
            samples.extend([colour[0], colour[1], colour[2], alpha as u8]);
        }
    }
    Raster::from_samples8(500, 500, Layout::Rgba8, samples).expect("lengths fit")
}

/// A generated picture by name.
fn picture(name: &str) -> &'static Raster {
    match name {
        "photo 24 MP" => &PHOTO_24,
        "photo 1 MP" => &PHOTO_1,
        "screenshot" => &SCREENSHOT,
        _ => &LOGO,
    }
}

/// Runs `work` with tools that limit nothing unusual.
fn with_tools<T>(work: impl FnOnce(Tools<'_>) -> T) -> T {
    let (limits, fonts, cancel) = (Limits::default(), Fonts::default(), Cancel::default());
    work(Tools::new(&limits, &fonts, &cancel))
}

fn pixels(raster: &Raster) -> ItemsCount {
    ItemsCount::new(raster.width() as usize * raster.height() as usize)
}

fn encoded(raster: &Raster, format: Format, effort: Effort) -> encode::Encoded {
    let spec = OutputSpec { effort, ..OutputSpec::new(format) };
    encode::encode(raster, &spec, &Cancel::default()).expect("it can be written")
}

const WRITTEN: [Format; 9] = [
    Format::WebP,
    Format::Jpeg,
    Format::Png,
    Format::Gif,
    Format::Bmp,
    Format::Tiff,
    Format::Tga,
    Format::Qoi,
    Format::Ico,
];

#[divan::bench(args = WRITTEN.into_iter().filter(|it| *it != Format::Ico), sample_count = 10)]
fn decode_photo_1(bencher: Bencher<'_, '_>, format: Format) {
    let source = Source::new("photo", encoded(&PHOTO_1, format, Effort::Fast).bytes);
    bencher.counter(pixels(&PHOTO_1)).bench_local(|| {
        with_tools(|tools| decode::decode(&source, &DecodeOptions::default(), tools).expect("it can be read"))
    });
}

#[divan::bench(args = [Format::Jpeg, Format::WebP, Format::Png], sample_count = 3)]
fn decode_photo_24(bencher: Bencher<'_, '_>, format: Format) {
    let source = Source::new("photo", encoded(&PHOTO_24, format, Effort::Fast).bytes);
    bencher.counter(pixels(&PHOTO_24)).bench_local(|| {
        with_tools(|tools| decode::decode(&source, &DecodeOptions::default(), tools).expect("it can be read"))
    });
}

fn resize(bencher: Bencher<'_, '_>, raster: &Raster, resample: Resample, width: u32) {
    let facts = Facts {
        format: Format::Png,
        stored_size: raster.size(),
        size: raster.size(),
        orientation: 1,
        frames: Some(1),
        profile_name: None,
        gamut: Default::default(),
        details: Default::default(),
        depth: 8,
        has_alpha: raster.layout().has_alpha(),
        warnings: vec![],
    };
    let decoded = Decoded { raster: raster.clone(), facts };
    let size = Sizing { want: Want::Width(width), upscale: true, fit: Fit::Inside };
    let edits = Edits { size, resample, ..Edits::default() };
    bencher
        .counter(pixels(raster))
        .bench_local(|| with_tools(|tools| edit::apply(&decoded, &edits, tools).expect("it can be resized")));
}

#[divan::bench(args = [300, 1200, 1920, 5999], sample_count = 10)]
fn resize_photo_24_linear(bencher: Bencher<'_, '_>, width: u32) {
    resize(bencher, &PHOTO_24, Resample::Linear, width);
}

#[divan::bench(args = [300, 1200, 1920, 5999], sample_count = 10)]
fn resize_photo_24_stored(bencher: Bencher<'_, '_>, width: u32) {
    resize(bencher, &PHOTO_24, Resample::Srgb, width);
}

#[divan::bench(args = [64, 250, 1000], sample_count = 20)]
fn resize_logo_linear(bencher: Bencher<'_, '_>, width: u32) {
    resize(bencher, &LOGO, Resample::Linear, width);
}

#[divan::bench(args = [64, 250, 1000], sample_count = 20)]
fn resize_logo_stored(bencher: Bencher<'_, '_>, width: u32) {
    resize(bencher, &LOGO, Resample::Srgb, width);
}

fn encode_at(bencher: Bencher<'_, '_>, name: &str, format: Format, effort: Effort) {
    let raster = picture(name);
    bencher.counter(pixels(raster)).bench_local(|| encoded(raster, format, effort));
}

/// Pictures and formats worth measuring together.
const PAIRS: [(&str, Format); 14] = [
    ("photo 1 MP", Format::WebP),
    ("photo 1 MP", Format::Jpeg),
    ("photo 1 MP", Format::Png),
    ("photo 1 MP", Format::Gif),
    ("photo 1 MP", Format::Bmp),
    ("photo 1 MP", Format::Tiff),
    ("photo 1 MP", Format::Tga),
    ("photo 1 MP", Format::Qoi),
    ("screenshot", Format::WebP),
    ("screenshot", Format::Png),
    ("screenshot", Format::Gif),
    ("logo", Format::WebP),
    ("logo", Format::Png),
    ("logo", Format::Gif),
];

#[divan::bench(args = PAIRS.map(Pair), sample_count = 5)]
fn encode_fast(bencher: Bencher<'_, '_>, Pair((name, format)): Pair) {
    encode_at(bencher, name, format, Effort::Fast);
}

#[divan::bench(args = PAIRS.map(Pair), sample_count = 3)]
fn encode_normal(bencher: Bencher<'_, '_>, Pair((name, format)): Pair) {
    encode_at(bencher, name, format, Effort::Normal);
}

#[divan::bench(args = PAIRS.map(Pair), sample_count = 1, sample_size = 1)]
fn encode_best(bencher: Bencher<'_, '_>, Pair((name, format)): Pair) {
    encode_at(bencher, name, format, Effort::Best);
}

#[divan::bench(args = ["photo 1 MP", "screenshot", "logo"], sample_count = 3)]
fn encode_fast_lossless_webp(bencher: Bencher<'_, '_>, name: &str) {
    let raster = picture(name);
    let spec = OutputSpec { lossless: true, effort: Effort::Fast, ..OutputSpec::new(Format::WebP) };
    bencher
        .counter(pixels(raster))
        .bench_local(|| encode::encode(raster, &spec, &Cancel::default()).expect("it can be written"));
}

/// A picture that others will be compared with.
#[divan::bench(args = ["photo 1 MP"], sample_count = 10)]
fn score_reference(bencher: Bencher<'_, '_>, name: &str) {
    let raster = picture(name);
    bencher.counter(pixels(raster)).bench_local(|| Reference::new(raster, &Cancel::default()).expect("nobody cancels"));
}

/// A comparison with it.
#[divan::bench(args = ["photo 1 MP"], sample_count = 10)]
fn score_kept_reference(bencher: Bencher<'_, '_>, name: &str) {
    let raster = picture(name);
    let reference = Reference::new(raster, &Cancel::default()).expect("nobody cancels");
    bencher
        .counter(pixels(raster))
        .bench_local(|| reference.score(raster, &Cancel::default()).expect("nobody cancels"));
}

/// A picture and a format, readable in the table of results.
#[derive(Clone, Copy)]
struct Pair((&'static str, Format));

impl std::fmt::Display for Pair {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} as {}", self.0.0, self.0.1.label())
    }
}

/// A camera's JPEG to the text of a data URL, 1200 pixels wide, as the window does it.
#[divan::bench(args = [Format::WebP, Format::Jpeg, Format::Png], sample_count = 5)]
fn whole_trip_24_mp_jpeg_to_data_url(bencher: Bencher<'_, '_>, format: Format) {
    let source = Source::new("photo", encoded(&PHOTO_24, Format::Jpeg, Effort::Fast).bytes);
    let mut recipe = Recipe::new(format);
    recipe.edits.size.want = Want::Width(1200);
    recipe.output.effort = Effort::Fast;
    bencher.counter(pixels(&PHOTO_24)).bench_local(|| {
        let product = with_tools(|tools| pipeline::render(&source, &recipe, &mut Cache::default(), false, tools))
            .expect("it can be rendered");
        let texts = embed::Texts::of(format, &product.encoded.bytes);
        let facts = embed::SnippetFacts { size: product.encoded.size, density: 1, alt: String::new() };
        embed::snippet(embed::Embed::DataUrl, format, &texts, &facts)
    });
}
