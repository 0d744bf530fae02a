//! AVIF that we write: pixels, alpha, profiles and what the file says of itself.

#![expect(clippy::unwrap_used, reason = "in a test a surprise is a failure")]

use inlaid::engine::{
    Cancel, Decoded, Encoded, Format, Gamut, Layout, Limits, Raster, Source, Tools, Warning,
    decode::{DecodeOptions, Fonts, decode},
    details::Chroma,
    encode,
    options::{AvifDepth, AvifOptions, Subsampling},
    recipe::{Effort, OutputSpec, ProfilePolicy},
};

const SIZES: [[u32; 2]; 6] = [[1, 1], [1, 9], [17, 3], [64, 40], [255, 1], [301, 127]];
const DEPTHS: [AvifDepth; 2] = [AvifDepth::Eight, AvifDepth::Ten];
const CHROMAS: [Subsampling; 4] = [Subsampling::Auto, Subsampling::Full, Subsampling::HalfAcross, Subsampling::Half];

/// Quick enough for many, unless a speed is asked for.
fn spec(quality: u8, avif: AvifOptions) -> OutputSpec {
    let mut spec = OutputSpec { quality, ..OutputSpec::new(Format::Avif) };
    spec.codec.avif = avif;
    spec.codec.avif.speed.get_or_insert(10);
    spec
}

fn encoded(raster: &Raster, spec: &OutputSpec) -> Encoded {
    encode::encode(raster, spec, &Cancel::default()).unwrap()
}

fn decoded_with(encoded: &Encoded, profile: ProfilePolicy) -> Decoded {
    let (limits, fonts, cancel) = (Limits::default(), Fonts::default(), Cancel::default());
    let options = DecodeOptions { profile, ..DecodeOptions::default() };
    decode(&Source::new("it", encoded.bytes.clone()), &options, Tools::new(&limits, &fonts, &cancel)).unwrap()
}

fn decoded(encoded: &Encoded) -> Decoded {
    decoded_with(encoded, ProfilePolicy::Srgb)
}

/// A picture of slow waves, and of the same transparency where the layout has it.
fn waves([width, height]: [u32; 2], layout: Layout) -> Raster {
    let wave = |at: u32, period: f64| (f64::from(at) / period).sin() * 0.4 + 0.5;
    let samples = (0..height).flat_map(|y| {
        (0..width).flat_map(move |x| {
            [wave(x, 37.0), wave(y + 9, 43.0), wave(x + y + 29, 51.0), wave(2 * y, 61.0)]
                .into_iter()
                .take(layout.channels())
        })
    });
    if layout.is_wide() {
        Raster::from_samples16(width, height, layout, samples.map(|it| (it * 65_535.0) as u16).collect())
    } else {
        Raster::from_samples8(width, height, layout, samples.map(|it| (it * 255.0) as u8).collect())
    }
    .unwrap()
}

/// Peak signal-to-noise ratio of all channels in dB: 10 log₁₀(255² / mean squared error).
fn psnr(found: &Raster, wanted: &Raster) -> f64 {
    let (found, wanted) = (found.to_rgba8(), wanted.to_rgba8());
    assert_eq!(found.len(), wanted.len());
    let squares: f64 = found.iter().zip(&wanted).map(|(a, b)| f64::from(a.abs_diff(*b)).powi(2)).sum();
    10.0 * (255.0_f64.powi(2) * found.len() as f64 / squares.max(1e-9)).log10()
}

#[test]
fn every_option_gives_back_the_picture() {
    for size in SIZES {
        for layout in [Layout::Rgb8, Layout::Rgba8, Layout::Rgb16, Layout::Rgba16] {
            let raster = waves(size, layout);
            for (depth, chroma) in DEPTHS.into_iter().flat_map(|depth| CHROMAS.map(|it| (depth, it))) {
                let result = encoded(&raster, &spec(85, AvifOptions { depth, chroma, ..AvifOptions::default() }));
                let what = format!("{size:?} {layout:?} {depth:?} {chroma:?}");
                assert_eq!(Format::sniff(&result.bytes), Some(Format::Avif), "{what}");
                let rounded = layout.is_wide() && depth == AvifDepth::Eight;
                assert_eq!(result.warnings.contains(&Warning::DepthReduced { format: Format::Avif }), rounded);
                let found = decoded(&result);
                let facts = &found.facts;
                assert_eq!(
                    (facts.size, facts.has_alpha, facts.gamut),
                    (size, layout.has_alpha(), Gamut::Srgb),
                    "{what}"
                );
                assert_eq!(facts.depth, if depth == AvifDepth::Eight { 8 } else { 10 }, "{what}");
                let halved = chroma == Subsampling::Half;
                assert_eq!(facts.details.chroma, Some(if halved { Chroma::Yuv420 } else { Chroma::Yuv444 }), "{what}");
                let closeness = psnr(&found.raster, &raster);
                assert!(36.0 < closeness, "{what}: {closeness}");
            }
        }
    }
}

#[test]
fn quality_buys_closeness_for_bytes() {
    let raster = waves([190, 133], Layout::Rgb8);
    let mut last = (0, 0.0);
    for quality in [1, 25, 50, 75, 100] {
        let result = encoded(&raster, &spec(quality, AvifOptions::default()));
        let this = (result.bytes.len(), psnr(&decoded(&result).raster, &raster));
        assert!(last.0 < this.0 && last.1 < this.1, "{quality}: {last:?} {this:?}");
        last = this;
    }
    assert!(45.0 < last.1, "{last:?}");
}

#[test]
fn every_speed_and_what_is_beyond_gives_a_picture() {
    let raster = waves([70, 50], Layout::Rgb8);
    let mut sizes = vec![];
    for speed in [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 255] {
        let result = encoded(&raster, &spec(70, AvifOptions { speed: Some(speed), ..AvifOptions::default() }));
        assert!(35.0 < psnr(&decoded(&result).raster, &raster), "{speed}");
        sizes.push(result.bytes.len());
    }
    assert_eq!((sizes[0], sizes[10]), (sizes[1], sizes[11]), "the nearest that there is");
    let by_effort = |effort| encoded(&raster, &OutputSpec { quality: 70, effort, ..OutputSpec::new(Format::Avif) });
    assert_eq!(by_effort(Effort::Fast).bytes.len(), sizes[10]);
    assert_eq!(by_effort(Effort::Normal).bytes.len(), sizes[6]);
}

#[test]
fn transparency_has_a_quality_of_its_own() {
    let raster = waves([120, 90], Layout::Rgba8);
    let with = |alpha_quality| encoded(&raster, &spec(40, AvifOptions { alpha_quality, ..AvifOptions::default() }));
    let [own, low, high] = [with(None), with(Some(1)), with(Some(100))];
    assert!(low.bytes.len() < own.bytes.len() && own.bytes.len() < high.bytes.len());
    assert_eq!(with(Some(0)).bytes, low.bytes);
    let errors = |it: &Encoded| -> u32 {
        let (found, wanted) = (decoded(it).raster.to_rgba8(), raster.to_rgba8());
        found.chunks(4).zip(wanted.chunks(4)).map(|(a, b)| u32::from(a[3].abs_diff(b[3]))).sum()
    };
    assert!(errors(&high) < errors(&low));
    assert!(errors(&high) < 120 * 90, "less than one step a pixel");
}

#[test]
fn what_nobody_sees_costs_nothing() {
    let colours = [[255, 0, 0, 0], [0, 255, 0, 0], [0, 0, 255, 0], [255, 255, 0, 0]];
    let busy = Raster::from_samples8(64, 64, Layout::Rgba8, colours.as_flattened().repeat(1024)).unwrap();
    let calm = Raster::from_samples8(64, 64, Layout::Rgba8, [0; 4].repeat(4096)).unwrap();
    let [busy, calm] = [&busy, &calm].map(|it| encoded(it, &spec(80, AvifOptions::default())));
    assert_eq!(busy.bytes, calm.bytes);
    assert!(decoded(&busy).raster.to_rgba8().chunks(4).all(|it| it[3] == 0));
}

#[test]
fn grey_pictures_have_no_colour_planes() {
    let grey = waves([90, 70], Layout::Rgb8).bytes().chunks(3).flat_map(|it| [it[0]; 3]).collect();
    let raster = Raster::from_samples8(90, 70, Layout::Rgb8, grey).unwrap();
    let result = encoded(&raster, &spec(85, AvifOptions::default()));
    let found = decoded(&result);
    assert_eq!(found.facts.details.chroma, Some(Chroma::Yuv400));
    assert!(found.raster.to_rgba8().chunks(4).all(|it| it[0] == it[1] && it[1] == it[2]));
    assert!(36.0 < psnr(&found.raster, &raster));
}

#[test]
fn a_profile_travels_and_is_heeded() {
    let profile = moxcms::ColorProfile::new_display_p3().encode().unwrap();
    let plain = waves([40, 30], Layout::Rgb8);
    let wide = plain.clone().with_profile(Some(profile.as_slice().into()));
    let result = encoded(&wide, &spec(95, AvifOptions::default()));
    assert_eq!(result.warnings, []);
    let kept = decoded_with(&result, ProfilePolicy::Keep).raster;
    assert_eq!(kept.profile().map(AsRef::as_ref), Some(profile.as_slice()));
    assert!(36.0 < psnr(&kept, &plain), "the values are as they were");
    assert!(psnr(&decoded(&result).raster, &plain) < 36.0, "sRGB has other values for the same colours");
}

#[test]
fn bytes_do_not_depend_on_the_number_of_threads() {
    let threads = |count| rayon::ThreadPoolBuilder::new().num_threads(count).build().unwrap();
    // Enough for several tiles.
    let raster = waves([700, 400], Layout::Rgba8);
    let [one, three] = [threads(1), threads(3)].map(|it| {
        it.install(|| encoded(&raster, &OutputSpec { effort: Effort::Fast, ..OutputSpec::new(Format::Avif) }))
    });
    assert_eq!(one.bytes, three.bytes);
    assert!(36.0 < psnr(&decoded(&one).raster, &raster));
}

/// Options drawn at random, also beyond their ranges; the numbers are those of Knuth's MMIX generator.
#[test]
fn whatever_is_asked_for_is_a_picture_of_the_right_size_and_alpha_on_any_number_of_threads() {
    let pools = [1, 3].map(|it| rayon::ThreadPoolBuilder::new().num_threads(it).build().unwrap());
    let mut state = 7_u64;
    let mut below = |end: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % end
    };
    let layouts = [Layout::Rgb8, Layout::Rgba8, Layout::Rgb16, Layout::Rgba16];
    let efforts = [Effort::Fast, Effort::Normal, Effort::Best];
    let depths = [AvifDepth::Auto, AvifDepth::Eight, AvifDepth::Ten];
    for round in 0..60 {
        // Now and then so large that it has several tiles and rows of blocks.
        let most = if round % 10 == 0 { [600, 300] } else { [90, 60] };
        let size = most.map(|it| below(it) as u32 + 1);
        let raster = waves(size, layouts[below(4) as usize]);
        let quality = below(102) as u8;
        let speed = [None, Some(below(13) as u8), Some(6 + below(4) as u8)][below(3) as usize];
        let alpha_quality = Some(below(110) as u8).filter(|_| below(3) != 0);
        let avif =
            AvifOptions { speed, depth: depths[below(3) as usize], chroma: CHROMAS[below(4) as usize], alpha_quality };
        let mut spec = OutputSpec { quality, effort: efforts[below(3) as usize], ..OutputSpec::new(Format::Avif) };
        spec.codec.avif = avif;
        let [one, three] = pools.each_ref().map(|pool| pool.install(|| encoded(&raster, &spec)));
        assert!(one.bytes == three.bytes, "{round}: {spec:?}");
        let found = decoded(&one).raster;
        assert_eq!((found.size(), one.size), (size, size), "{round}: {spec:?}");
        // Waves are nowhere clear, and a picture of a pixel may be nowhere opaque.
        assert_eq!(found.layout().has_alpha(), raster.layout().has_alpha(), "{round}: {spec:?}");
        let least = if quality < 20 { 12.0 } else { 24.0 };
        assert!(least < psnr(&found, &raster), "{round}: {} {spec:?}", psnr(&found, &raster));
    }
}
