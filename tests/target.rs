//! Aims: looks are measured as the reference implementation measures them, searches keep their promises, and
//! what is remembered of earlier ones changes no byte.

#![expect(clippy::panic, clippy::unwrap_used, reason = "in a test a surprise is a failure")]

use fast_ssim2::{PixelDescriptor, PixelSlice, compute_ssimulacra2};
use image::DynamicImage;
use inlaid::engine::{
    Cache, Cancel, Format, Layout, Limits, Product, Raster, Recipe, Source, Tools,
    decode::Fonts,
    embed::{Embed, SnippetFacts, Texts, snippet},
    encode::encode,
    options::{PngColours, Subsampling},
    pipeline,
    race::{self, Readers},
    recipe::{Effort, OutputSpec, ProfilePolicy, Want},
    score::{Look, Reference, SAME},
    target::{Aim, Budget, Measure, Outcome, is_sampled},
};
use std::{path::Path, sync::Arc};

/// A grey picture, from a function of its pixels' places.
fn grey(side: u32, value: impl Fn(u32, u32) -> u8) -> Raster {
    let pixels = (0..side).flat_map(|y| (0..side).map(move |x| (x, y)));
    let samples = pixels.flat_map(|(x, y)| [value(x, y); 3]).collect();
    Raster::from_samples8(side, side, Layout::Rgb8, samples).unwrap()
}

fn score(was: &Raster, is: &Raster) -> f64 {
    let cancel = Cancel::default();
    Reference::new(was, &cancel).unwrap().score(is, &cancel).unwrap()
}

/// The scores of the C++ implementation (cloudinary/ssimulacra2, by way of libjxl), as the tests of fast-ssim2 state
/// them.
#[test]
fn scores_are_those_of_the_reference_implementation() {
    for (side, shift, expected) in [
        (64, 1, 97.986_721_26),
        (64, 20, 56.058_555_84),
        (128, 10, 77.842_962_99),
        (128, 20, 54.278_839_17),
        (256, 5, 89.732_094_36),
        (256, 50, -0.390_857_84),
    ] {
        let found = score(&grey(side, |_, _| 128), &grey(side, |_, _| 128 + shift));
        assert!((found - expected).abs() < 0.05, "{side} {shift}: {found}, not {expected}");
    }
    let edge = |x: u32| if x < 32 { 0_u32 } else { 255 };
    // The mean of eight columns, from four to the left to three to the right, those beyond the sides being the last.
    let blurred = |x: u32| (0..8).map(|at| edge((x + at).saturating_sub(4).min(63))).sum::<u32>() / 8;
    let found = score(&grey(64, |x, _| edge(x) as u8), &grey(64, |x, _| blurred(x) as u8));
    assert!((found - 24.273_335_52).abs() < 0.05, "{found}");
}

/// The walk over the scales is ours, its parts are the crate's: its own walk, without any of this, is the other opinion, to the last bit, also
/// where planes are used again and where sides are odd, tiny or smaller than a blur.
#[test]
fn scores_are_those_of_the_metric_s_own_walk() {
    fn slice(raster: &Raster) -> PixelSlice<'_> {
        let [width, height] = raster.size();
        PixelSlice::new(raster.bytes(), width, height, width as usize * 3, PixelDescriptor::RGB8_SRGB).unwrap()
    }
    let cancel = Cancel::default();
    for size in [[1, 1], [3, 40], [8, 8], [9, 7], [17, 33], [64, 15], [250, 131], [511, 509]] {
        let [was, is, other] = [Kind::Taken, Kind::Drawn, Kind::Fading].map(|kind| {
            let opaque = pixels(kind, size).bytes().chunks_exact(4).flat_map(|it| [it[0], it[1], it[2]]).collect();
            Raster::from_samples8(size[0], size[1], Layout::Rgb8, opaque).unwrap()
        });
        let reference = Reference::new(&was, &cancel).unwrap();
        for seen in [&is, &other, &is, &was] {
            let expected = compute_ssimulacra2(&slice(&was), &slice(seen)).unwrap();
            assert_eq!(reference.score(seen, &cancel).unwrap(), expected.min(SAME), "{size:?}");
        }
    }
}

#[test]
fn scores_have_words() {
    for (score, look) in [
        (100.0, Look::Indistinguishable),
        (85.0, Look::Indistinguishable),
        (84.99, Look::VeryClose),
        (70.0, Look::VeryClose),
        (69.0, Look::Visible),
        (50.0, Look::Visible),
        (49.0, Look::Poor),
        (-20.0, Look::Poor),
    ] {
        assert_eq!(Look::of(score), look, "{score}");
    }
}

#[test]
fn transparency_is_seen_over_dark_and_light() {
    let with_alpha = |grey: u8| {
        let samples = (0..64 * 64).flat_map(|at| [grey, grey, grey, if at % 64 < 32 { 255 } else { 90 }]).collect();
        Raster::from_samples8(64, 64, Layout::Rgba8, samples).unwrap()
    };
    // Over black nothing is left of white that became half transparent black, over white of black nothing.
    let opaque =
        |grey: u8| Raster::from_samples8(64, 64, Layout::Rgba8, [grey, grey, grey, 255].repeat(64 * 64)).unwrap();
    assert!(score(&with_alpha(255), &opaque(255)) < 30.0);
    assert!(score(&with_alpha(0), &opaque(0)) < 30.0);
    assert!(score(&with_alpha(40), &with_alpha(40)) > 99.9);
}

/// What is in a generated picture.
#[derive(Clone, Copy, Debug)]
enum Kind {
    /// Waves of light with a fine grain, as of a camera.
    Taken,
    /// Areas of one colour with sharp edges.
    Drawn,
    /// Waves that fade out.
    Fading,
}

const KINDS: [Kind; 3] = [Kind::Taken, Kind::Drawn, Kind::Fading];

fn picture(kind: Kind, size: [u32; 2]) -> Source {
    let spec = OutputSpec { effort: Effort::Fast, ..OutputSpec::new(Format::Png) };
    Source::new("picture.png", encode(&pixels(kind, size), &spec, &Cancel::default()).unwrap().bytes)
}

fn pixels(kind: Kind, [width, height]: [u32; 2]) -> Raster {
    let mut state = 7_u32;
    let mut grain = move || {
        // The generator of Numerical Recipes.
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        f64::from(state >> 24) / 24.0 - 5.0
    };
    let mut samples = vec![];
    for y in 0..height {
        for x in 0..width {
            let wave = |at: u32, period: f64| (f64::from(at) / period).sin() * 90.0 + 120.0;
            let rgb = match kind {
                Kind::Drawn => [(x / 37 * 53 % 200) as u8, (y / 23 * 41 % 220) as u8, ((x + y) / 61 * 29 % 240) as u8],
                _ => [wave(x, 37.0), wave(y, 43.0), wave(x + y, 51.0)].map(|it| (it + grain()) as u8),
            };
            let alpha = if matches!(kind, Kind::Fading) { (255 * (width - x) / width) as u8 } else { 255 };
            samples.extend([rgb[0], rgb[1], rgb[2], alpha]);
        }
    }
    Raster::from_samples8(width, height, Layout::Rgba8, samples).unwrap()
}

/// Small enough to be searched whole, and large enough for tiles.
const SIZES: [[u32; 2]; 2] = [[200, 150], [560, 420]];

fn recipe(format: Format, aim: Aim) -> Recipe {
    let mut recipe = Recipe::new(format);
    (recipe.output.aim, recipe.output.effort) = (aim, Effort::Fast);
    recipe
}

fn rendered(source: &Source, recipe: &Recipe, cache: &mut Cache) -> Product {
    let (limits, fonts, cancel) = (Limits::default(), Fonts::default(), Cancel::default());
    pipeline::render(source, recipe, cache, true, Tools::new(&limits, &fonts, &cancel)).unwrap()
}

fn decoded(source: &Source) -> Raster {
    let (limits, fonts, cancel) = (Limits::default(), Fonts::default(), Cancel::default());
    pipeline::decode(source, Tools::new(&limits, &fonts, &cancel)).unwrap().raster
}

/// A photo and the controls of a screenshot, and more photos where there is a complete corpus, all as PNG.
fn real_pictures() -> Vec<(String, Source)> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let photo = here.join("tests/corpus/small/jpeg-reftest/rgb.jpg");
    let mut pictures = vec![("photo".to_owned(), image::open(photo).unwrap())];
    let screenshot = image::open(here.join("assets/screenshot.png")).unwrap();
    pictures.push(("screenshot".to_owned(), screenshot.crop_imm(865, 40, 315, 690)));
    if let Some(corpus) = std::env::var_os("INLAID_CORPUS") {
        for name in ["jpeg-mixed/pillow/flower.jpg", "icc/libavif/paris_icc_exif_xmp.png"] {
            pictures.push((name.to_owned(), image::open(Path::new(&corpus).join(name)).unwrap()));
        }
    }
    let source = |picture: DynamicImage| {
        let rgb = picture.into_rgb8();
        let (width, height) = rgb.dimensions();
        let raster = Raster::from_samples8(width, height, Layout::Rgb8, rgb.into_raw()).unwrap();
        let spec = OutputSpec { effort: Effort::Fast, ..OutputSpec::new(Format::Png) };
        Source::new("picture.png", encode(&raster, &spec, &Cancel::default()).unwrap().bytes)
    };
    pictures.into_iter().map(|(name, picture)| (name, source(picture))).collect()
}

/// What searches come to beside all qualities.
#[derive(Default)]
struct Tally {
    /// By how much they are larger than the smallest, in shares of it, together.
    excess: f64,
    n_results: u32,
    /// Of pictures that have tiles.
    n_searches: u32,
    n_whole: u32,
}

impl Tally {
    /// Searches for looks, and tries every quality.
    fn add(&mut self, name: &str, source: &Source, has_tiles: bool) {
        let original = decoded(source);
        for format in [Format::Jpeg, Format::WebP] {
            if original.layout().has_alpha() && !format.has_alpha() {
                continue;
            }
            let mut cache = Cache::default();
            let mut by_quality = vec![];
            for quality in 20..=100 {
                let mut wish = recipe(format, Aim::Quality);
                wish.output.quality = quality;
                let product = rendered(source, &wish, &mut cache);
                by_quality.push((score(&original, &product.preview.unwrap()), product.encoded.bytes.len()));
            }
            for look in [60, 75, 85] {
                let product = rendered(source, &recipe(format, Aim::Look(look)), &mut Cache::default());
                let (found, bytes) = (product.found.unwrap(), product.encoded.bytes.len());
                // Measured once more, on what everybody sees.
                let seen = score(&original, &product.preview.unwrap());
                let what = format!("{name} {format:?} {look}: {seen:.2}, {bytes} bytes, {found:?}");
                assert!((seen - found.score).abs() < 1e-6, "{what}");
                assert!(f64::from(look) <= seen, "{what}");
                assert_eq!(found.outcome, Outcome::Held, "{what}");
                let holding = by_quality.iter().enumerate().filter(|(_, (score, _))| f64::from(look) <= *score);
                if let Some((at, (_, smallest))) = holding.min_by_key(|(_, (_, bytes))| *bytes) {
                    let known = format!("{:?} from quality {}", &by_quality[at.saturating_sub(5)..at + 1], at + 15);
                    assert!(bytes as f64 <= *smallest as f64 * 1.03, "{what}; {known}");
                    self.excess += bytes as f64 / *smallest as f64 - 1.0;
                    self.n_results += 1;
                    self.n_searches += u32::from(has_tiles);
                    self.n_whole += if has_tiles { found.encodes.whole } else { 0 };
                }
            }
        }
    }

    fn check(&self, least: u32) {
        let Self { excess, n_results, n_searches, n_whole } = self;
        assert!(least < *n_results, "hardly any look was reached by a quality");
        assert!(excess / f64::from(*n_results) <= 0.01, "{excess} of {n_results}");
        // Where tiles say where to look, few pictures are encoded whole.
        assert!(*n_whole <= 4 * n_searches, "{n_whole} of {n_searches}");
    }
}

#[test]
fn a_look_is_held_by_about_the_smallest_of_all_qualities() {
    let mut tally = Tally::default();
    for (kind, size) in KINDS.into_iter().flat_map(|kind| SIZES.map(|size| (kind, size))) {
        tally.add(&format!("{kind:?} {size:?}"), &picture(kind, size), size == SIZES[1]);
    }
    tally.check(10);
}

#[test]
fn a_look_is_held_by_about_the_smallest_of_all_qualities_in_real_pictures() {
    let mut tally = Tally::default();
    for (name, source) in real_pictures() {
        // Smaller ones are searched whole.
        let [width, height] = decoded(&source).size();
        tally.add(&name, &source, 150_000 <= width * height);
    }
    tally.check(10);
}

/// Where a colour for four pixels does not hold the look at any quality, one for each does at a lower one than that
/// from which on they are usual.
#[test]
fn fine_colours_need_no_higher_quality_than_their_own() {
    let source = picture(Kind::Taken, SIZES[1]);
    let original = decoded(&source);
    let mut cache = Cache::default();
    let mut with_own = |quality| {
        let mut wish = recipe(Format::Jpeg, Aim::Quality);
        wish.output.quality = quality;
        wish.output.codec.jpeg.subsampling = Subsampling::Full;
        let product = rendered(&source, &wish, &mut cache);
        (score(&original, &product.preview.unwrap()), product.encoded.bytes.len())
    };
    let by_quality: Vec<_> = (80..=100).map(|quality| (quality, with_own(quality))).collect();
    let mut lower = 0;
    for look in [84_u8, 86, 88, 90] {
        let product = rendered(&source, &recipe(Format::Jpeg, Aim::Look(look)), &mut Cache::default());
        let (found, bytes) = (product.found.unwrap(), product.encoded.bytes.len());
        assert!(f64::from(look) <= score(&original, &product.preview.unwrap()), "{found:?}");
        let holding = by_quality.iter().filter(|(_, (score, _))| f64::from(look) <= *score);
        let (quality, (_, smallest)) = holding.min_by_key(|(_, (_, bytes))| *bytes).unwrap();
        assert!(bytes as f64 <= *smallest as f64 * 1.03, "{look}: {bytes}, {smallest} at {quality}, {found:?}");
        lower += u8::from(found.spec.codec.jpeg.subsampling == Subsampling::Full && found.spec.quality < 96);
    }
    assert!(0 < lower, "a colour for four pixels was always enough");
}

#[test]
fn the_look_of_a_large_picture_is_that_of_its_tiles() {
    let size = [2_400, 1_800];
    assert!(is_sampled(size) && !is_sampled([1_200, 1_300]));
    let source = picture(Kind::Taken, size);
    let original = decoded(&source);
    let mut warm = Cache::default();
    for look in [75, 60] {
        let wish = recipe(Format::Jpeg, Aim::Look(look));
        let product = rendered(&source, &wish, &mut Cache::default());
        let found = product.found.unwrap();
        assert_eq!(found.outcome, Outcome::Held);
        assert!(f64::from(look) <= found.score && found.encodes.whole <= 4, "{look}: {found:?}");
        // What happens in this picture happens everywhere; what is coarser than a tile is not in the tiles.
        let seen = score(&original, &product.preview.unwrap());
        assert!((seen - found.score).abs() < 2.0, "{look}: {seen}, and {} of the tiles", found.score);
        assert_eq!(rendered(&source, &wish, &mut warm).encoded.bytes, product.encoded.bytes, "{look}");
    }
}

#[test]
fn closer_looks_are_never_smaller() {
    let generated = ("waves".to_owned(), picture(Kind::Taken, SIZES[1]));
    for (name, source) in real_pictures().into_iter().chain([generated]) {
        for format in [Format::Jpeg, Format::WebP, Format::Gif] {
            let mut before = (0, f64::MIN);
            for look in [40, 55, 70, 80, 90] {
                let product = rendered(&source, &recipe(format, Aim::Look(look)), &mut Cache::default());
                let (bytes, score) = (product.encoded.bytes.len(), product.found.unwrap().score);
                let what = format!("{name} {format:?} {look}: {bytes}, {score} after {before:?}");
                assert!(before.0 <= bytes && before.1 <= score, "{what}");
                before = (bytes, score);
            }
        }
    }
}

#[test]
fn what_was_searched_before_changes_no_byte() {
    for format in [Format::Jpeg, Format::WebP] {
        let source = picture(Kind::Taken, SIZES[1]);
        let measure = Measure::Bytes;
        let budget = |most| Aim::Budget(Budget { most, measure: measure.clone(), may_shrink: false });
        let aims = [Aim::Look(70), Aim::Look(82), Aim::Look(71), budget(9_000), budget(20_000)];
        let cold: Vec<_> = aims
            .iter()
            .map(|aim| rendered(&source, &recipe(format, aim.clone()), &mut Cache::default()).encoded.bytes)
            .collect();
        let mut warm = Cache::default();
        for at in [3, 0, 4, 2, 1, 0, 3] {
            let product = rendered(&source, &recipe(format, aims[at].clone()), &mut warm);
            assert!(product.encoded.bytes[..] == cold[at][..], "{format:?} {:?}", aims[at]);
        }
    }
}

fn budget(most: u64, measure: Measure, may_shrink: bool) -> Aim {
    Aim::Budget(Budget { most, measure, may_shrink })
}

/// What a result counts in this measure, by hand.
fn weight(product: &Product, measure: &Measure) -> usize {
    let encoded = &product.encoded;
    match measure {
        Measure::Bytes => encoded.bytes.len(),
        Measure::Characters { embed, density, alt } => {
            let facts = SnippetFacts { size: encoded.size, density: *density, alt: alt.to_string() };
            snippet(*embed, encoded.format, &Texts::of(encoded.format, &encoded.bytes), &facts)
                .to_string()
                .chars()
                .count()
        }
    }
}

/// Budgets of all measures hold, or what is missed is said by its weight and with a way out.
fn hold_budgets(name: &str, source: &Source) {
    let html = Measure::Characters { embed: Embed::Html, density: 2, alt: Arc::from("waves \"☃\"") };
    let size = decoded(source).size();
    for format in [Format::Jpeg, Format::WebP, Format::Png, Format::Gif, Format::Bmp] {
        for (measure, most) in [(Measure::Bytes, 4_095), (html.clone(), 10_000), (Measure::Bytes, 60_000)] {
            let mut cache = Cache::default();
            let small = rendered(source, &recipe(format, budget(most, measure.clone(), true)), &mut cache);
            let what = format!("{name} {format:?} {most} {measure:?}: {:?}", small.found);
            assert_eq!(small.found.as_ref().unwrap().outcome, Outcome::Held, "{what}");
            assert!(weight(&small, &measure) as u64 <= most, "{what}");

            let whole = rendered(source, &recipe(format, budget(most, measure.clone(), false)), &mut cache);
            let found = whole.found.as_ref().unwrap();
            let weight = weight(&whole, &measure) as u64;
            assert_eq!(whole.encoded.size, size, "{what}");
            match found.outcome {
                Outcome::Held => assert!(weight <= most, "{what}"),
                Outcome::BudgetMissed { weight: said, fits_at } => {
                    assert_eq!(said, weight, "{what}");
                    assert!(most < weight, "{what}");
                    assert!(fits_at.is_some(), "{what}");
                    assert!(whole.miss().is_some_and(|it| it.to_string().contains("fits at")), "{what}");
                }
                Outcome::LookMissed => panic!("{what}"),
            }
        }
    }
}

#[test]
fn no_budget_is_exceeded_by_a_single_byte() {
    for kind in KINDS {
        hold_budgets(&format!("{kind:?}"), &picture(kind, SIZES[1]));
    }
}

#[test]
fn no_budget_is_exceeded_by_a_single_byte_with_real_pictures() {
    for (name, source) in real_pictures() {
        hold_budgets(&name, &source);
    }
}

#[test]
fn a_larger_budget_never_looks_worse() {
    let source = picture(Kind::Taken, SIZES[1]);
    for format in [Format::Jpeg, Format::WebP, Format::Gif] {
        let mut before = f64::MIN;
        for most in [30_000, 40_000, 60_000, 90_000, 150_000] {
            let aim = budget(most, Measure::Bytes, false);
            let product = rendered(&source, &recipe(format, aim), &mut Cache::default());
            let found = product.found.unwrap();
            assert!(before <= found.score, "{format:?} {most}: {found:?} after {before}");
            before = found.score;
        }
    }
}

#[test]
fn a_budget_is_spent() {
    let source = picture(Kind::Taken, SIZES[1]);
    for format in [Format::Jpeg, Format::WebP] {
        let aim = budget(40_000, Measure::Bytes, false);
        let product = rendered(&source, &recipe(format, aim), &mut Cache::default());
        let quality = product.found.as_ref().unwrap().spec.quality;
        let mut next = recipe(format, Aim::Quality);
        next.output.quality = quality + 1;
        let next = rendered(&source, &next, &mut Cache::default()).encoded.bytes.len();
        assert!(40_000 < next, "{format:?}: {} bytes at {quality}, and {next} would fit", product.encoded.bytes.len());
    }
}

/// Where the highest quality at which pixels share colours leaves room for a colour of their own, but not for the next.
#[test]
fn a_budget_is_spent_on_colours() {
    let source = picture(Kind::Taken, SIZES[1]);
    let mut closest = recipe(Format::Jpeg, Aim::Quality);
    closest.output.quality = 95;
    let shared = rendered(&source, &closest, &mut Cache::default());
    closest.output.codec.jpeg.subsampling = Subsampling::Full;
    let own = rendered(&source, &closest, &mut Cache::default());
    let most = own.encoded.bytes.len() as u64;
    let aim = budget(most, Measure::Bytes, false);
    let product = rendered(&source, &recipe(Format::Jpeg, aim), &mut Cache::default());
    assert!(shared.encoded.bytes.len() < own.encoded.bytes.len());
    assert_eq!(product.encoded.bytes, own.encoded.bytes, "{:?}", product.found);
    let original = decoded(&source);
    assert!(score(&original, &shared.preview.unwrap()) < score(&original, &product.preview.unwrap()));
}

#[test]
fn where_it_is_said_to_fit_it_fits() {
    let source = picture(Kind::Taken, SIZES[1]);
    let aim = budget(2_000, Measure::Bytes, false);
    let missed = rendered(&source, &recipe(Format::WebP, aim.clone()), &mut Cache::default());
    let Outcome::BudgetMissed { fits_at: Some([width, height]), .. } = missed.found.unwrap().outcome else {
        panic!("2,000 bytes are too few for {:?}", SIZES[1]);
    };
    let mut smaller = recipe(Format::WebP, aim);
    smaller.edits.size.want = Want::Box(width, height);
    let product = rendered(&source, &smaller, &mut Cache::default());
    assert_eq!(product.found.unwrap().outcome, Outcome::Held);
    assert!(product.encoded.bytes.len() <= 2_000);
    assert_eq!(product.encoded.size, [width, height]);
}

#[test]
fn a_profile_is_kept_and_counts() {
    let raster = decoded(&picture(Kind::Taken, SIZES[1]));
    let profile: Arc<[u8]> = moxcms::ColorProfile::new_display_p3().encode().unwrap().into();
    let spec = OutputSpec { effort: Effort::Fast, ..OutputSpec::new(Format::Png) };
    let with_profile = encode(&raster.with_profile(Some(profile.clone())), &spec, &Cancel::default()).unwrap();
    let source = Source::new("wide.png", with_profile.bytes);
    for (aim, most) in [
        (Aim::Look(80), u64::MAX),
        (budget(40_000, Measure::Bytes, false), 40_000),
        (budget(4_000, Measure::Bytes, true), 4_000),
    ] {
        let mut wish = recipe(Format::WebP, aim.clone());
        wish.edits.profile = ProfilePolicy::Keep;
        let product = rendered(&source, &wish, &mut Cache::default());
        let (found, bytes) = (product.found.unwrap(), &product.encoded.bytes);
        assert!(bytes.len() as u64 <= most, "{aim:?}: {} bytes", bytes.len());
        assert!(bytes.windows(profile.len()).any(|it| *it == *profile), "{aim:?}: the profile is gone");
        // Colours that were converted for one of the two would look worse than that.
        assert!(40.0 <= found.score, "{aim:?}: {found:?}");
    }
    let mut wish = recipe(Format::WebP, Aim::Quality);
    (wish.edits.profile, wish.output.quality) = (ProfilePolicy::Keep, 95);
    let (limits, fonts, cancel) = (Limits::default(), Fonts::default(), Cancel::default());
    let tools = Tools::new(&limits, &fonts, &cancel);
    let judged = pipeline::score(&source, &wish, &mut Cache::default(), tools).unwrap();
    assert!((80.0..100.0).contains(&judged), "{judged}");
}

#[test]
fn the_original_is_the_best_that_fits() {
    let source = picture(Kind::Drawn, SIZES[0]);
    let most = source.bytes().len() as u64;
    let product = rendered(&source, &recipe(Format::Png, budget(most, Measure::Bytes, false)), &mut Cache::default());
    assert_eq!(product.encoded.bytes[..], source.bytes()[..]);
    assert!((product.found.unwrap().score - SAME).abs() < f64::EPSILON);
}

#[test]
fn a_palette_has_no_more_colours_than_the_look_needs() {
    let source = picture(Kind::Taken, SIZES[0]);
    let mut wish = recipe(Format::Png, Aim::Look(60));
    wish.output.codec.png.colours = PngColours::Palette;
    let product = rendered(&source, &wish, &mut Cache::default());
    let found = product.found.unwrap();
    assert_eq!(found.outcome, Outcome::Held);
    assert!(60.0 <= found.score && found.spec.codec.png.palette.colours < 256, "{found:?}");
    // And what cannot look like that with 256 says so.
    wish.output.aim = Aim::Look(99);
    let product = rendered(&source, &wish, &mut Cache::default());
    assert!(product.miss().unwrap().to_string().contains("99"), "{:?}", product.miss());
}

#[test]
fn auto_keeps_what_the_picture_needs() {
    let (limits, fonts, cancel) = (Limits::default(), Fonts::default(), Cancel::default());
    let best = |kind, readers, aim| {
        let source = picture(kind, SIZES[0]);
        let tools = Tools::new(&limits, &fonts, &cancel);
        race::best(&source, &recipe(Format::Bmp, aim), readers, &mut Cache::default(), tools).unwrap()
    };
    let fading = best(Kind::Fading, Readers::Any, Aim::Look(80));
    assert_eq!(fading.encoded.format, Format::Png, "JPEG has no transparency");
    let taken = best(Kind::Taken, Readers::Any, Aim::Look(80));
    assert_eq!(taken.encoded.format, Format::Jpeg);
    assert!(80.0 <= taken.found.unwrap().score);
    let modern = best(Kind::Taken, Readers::Modern, Aim::Look(80));
    assert!(modern.encoded.bytes.len() < taken.encoded.bytes.len());
    let fitting = best(Kind::Taken, Readers::Modern, budget(6_000, Measure::Bytes, false));
    assert!(fitting.encoded.bytes.len() <= 6_000);
    let others = rendered(
        &picture(Kind::Taken, SIZES[0]),
        &recipe(Format::WebP, budget(6_000, Measure::Bytes, false)),
        &mut Cache::default(),
    );
    assert!(others.found.unwrap().score <= fitting.found.unwrap().score);
}
