//! What the qualities promise, by SSIMULACRA2, whose author names 50 medium quality, 70 high quality and 80
//! very high quality, which is not told from the original side by side.

#![expect(clippy::unwrap_used, reason = "in a test a surprise is a failure")]

use fast_ssim2::{PixelDescriptor, PixelSlice, compute_ssimulacra2};
use inlaid::engine::{
    Cancel, Format, Layout, Limits, Raster, Source, Tools,
    decode::{DecodeOptions, Fonts, decode},
    encode::encode,
    options::PngColours,
    recipe::{Effort, OutputSpec},
};

const SIZE: [u32; 2] = [320, 240];

/// Waves with a fine grain, as of a camera, and a dark frame with letters' strokes in it.
fn picture(layout: Layout) -> Raster {
    let mut state = 1_u32;
    let mut grain = move || {
        // The generator of Numerical Recipes.
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        f64::from(state >> 24) / 32.0 - 4.0
    };
    let mut samples = vec![];
    for y in 0..SIZE[1] {
        for x in 0..SIZE[0] {
            let wave = |at: u32, period: f64| (f64::from(at) / period).sin() * 90.0 + 120.0;
            let is_stroke = x < 100 && y < 60 && (x / 3 + y / 7) % 4 == 0;
            let light = if is_stroke { [20.0, 30.0, 60.0] } else { [wave(x, 37.0), wave(y, 43.0), wave(x + y, 51.0)] };
            samples.extend(light.map(|it| (it + grain()) as u8));
            if layout.has_alpha() {
                samples.push((wave(x + 2 * y, 61.0) + 40.0) as u8);
            }
        }
    }
    Raster::from_samples8(SIZE[0], SIZE[1], layout, samples).unwrap()
}

/// Red, green and blue over a grey ground.
fn over(raster: &Raster, ground: u8) -> Vec<u8> {
    let blend = |top: u8, alpha: u8| {
        let (top, alpha, ground) = (u32::from(top), u32::from(alpha), u32::from(ground));
        ((top * alpha + ground * (255 - alpha) + 127) / 255) as u8
    };
    raster.to_rgba8().as_chunks::<4>().0.iter().flat_map(|&[r, g, b, a]| [r, g, b].map(|it| blend(it, a))).collect()
}

/// The worse of what is seen over black and over white.
fn score(found: &Raster, wanted: &Raster) -> f64 {
    let [width, height] = wanted.size();
    let score = |ground| {
        let [was, is] = [wanted, found].map(|it| over(it, ground));
        let slice = |it| PixelSlice::new(it, width, height, width as usize * 3, PixelDescriptor::RGB8_SRGB).unwrap();
        compute_ssimulacra2(&slice(&was), &slice(&is)).unwrap()
    };
    f64::min(score(0), score(255))
}

/// What is seen of a picture after the trip.
fn seen(spec: &OutputSpec, picture: &Raster) -> f64 {
    let bytes = encode(picture, spec, &Cancel::default()).unwrap().bytes;
    let (limits, fonts, cancel) = (Limits::default(), Fonts::default(), Cancel::default());
    let tools = Tools::new(&limits, &fonts, &cancel);
    score(&decode(&Source::new("it", bytes), &DecodeOptions::default(), tools).unwrap().raster, picture)
}

#[test]
fn a_quality_is_a_promise_of_looks() {
    for (format, promises) in [
        (Format::Jpeg, [(50, 50.0), (75, 70.0), (95, 80.0)]),
        (Format::WebP, [(50, 50.0), (75, 70.0), (95, 80.0)]),
        (Format::Avif, [(50, 50.0), (75, 70.0), (95, 80.0)]),
    ] {
        for layout in [Layout::Rgb8, Layout::Rgba8] {
            if layout.has_alpha() && !format.has_alpha() {
                continue;
            }
            let picture = picture(layout);
            for (quality, least) in promises {
                for effort in [Effort::Fast, Effort::Normal] {
                    let spec = OutputSpec { quality, effort, ..OutputSpec::new(format) };
                    let score = seen(&spec, &picture);
                    assert!(least <= score, "{format:?} {layout:?} {quality} {effort:?}: {score:.1}");
                }
            }
        }
    }
}

/// Dithering is noise to the measure, though not to the eye.
#[test]
fn colours_are_a_promise_of_looks() {
    let picture = picture(Layout::Rgb8);
    for format in [Format::Png, Format::Gif] {
        for (colours, least) in [(256, 60.0), (64, 30.0)] {
            let mut spec = OutputSpec::new(format);
            spec.codec.png.colours = PngColours::Palette;
            (spec.codec.png.palette.colours, spec.codec.gif.colours) = (colours, colours);
            let score = seen(&spec, &picture);
            assert!(least <= score, "{format:?} {colours}: {score:.1}");
        }
    }
}
