//! Edits against arithmetic by hand and against a slow resampler in double precision.

use super::apply;
use crate::engine::{
    Cancel, Decoded, EngineError, Facts, Format, Layout, Limits, Raster, Tools, Warning,
    decode::Fonts,
    recipe::{Edits, Fit, Resample, Sizing, Want},
};

fn decoded(raster: Raster, format: Format) -> Decoded {
    let facts = Facts {
        format,
        stored_size: raster.size(),
        size: raster.size(),
        orientation: 1,
        frames: Some(1),
        profile_name: None,
        gamut: Default::default(),
        details: Default::default(),
        depth: if raster.layout().is_wide() { 16 } else { 8 },
        has_alpha: raster.layout().has_alpha(),
        warnings: vec![],
    };
    Decoded { raster, facts }
}

fn with_cancel(raster: &Raster, edits: &Edits, cancel: &Cancel) -> Result<(Raster, Vec<Warning>), EngineError> {
    let (limits, fonts) = (Limits::default(), Fonts::default());
    let tools = Tools::new(&limits, &fonts, cancel);
    apply(&decoded(raster.clone(), Format::Png), edits, tools)
}

fn edited(raster: &Raster, edits: &Edits) -> Raster {
    with_cancel(raster, edits, &Cancel::default()).expect("it can be edited").0
}

fn boxed(width: u32, height: u32, fit: Fit) -> Sizing {
    Sizing { want: Want::Box(width, height), fit, upscale: true }
}

fn resized(raster: &Raster, size: Sizing, resample: Resample) -> Raster {
    edited(raster, &Edits { size, resample, ..Edits::default() })
}

fn raster8(width: u32, height: u32, layout: Layout, pixel: impl Fn(u32, u32) -> [u8; 4]) -> Raster {
    let channels = layout.channels();
    let pixels = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
    let samples = pixels.flat_map(|(x, y)| pixel(x, y).into_iter().take(channels)).collect();
    Raster::from_samples8(width, height, layout, samples).expect("lengths fit")
}

/// The same picture with values that fill 16 bits.
fn wide(raster: &Raster) -> Raster {
    let samples = raster.bytes().iter().map(|&it| u16::from(it) * 257).collect();
    let layout = if raster.layout().has_alpha() { Layout::Rgba16 } else { Layout::Rgb16 };
    Raster::from_samples16(raster.width(), raster.height(), layout, samples).expect("lengths fit")
}

fn checkerboard(side: u32) -> Raster {
    raster8(side, side, Layout::Rgb8, |x, y| if (x + y).is_multiple_of(2) { [0; 4] } else { [255; 4] })
}

/// Away from the border, where the filter is cut off.
fn middle(raster: &Raster) -> Vec<u16> {
    let row = raster.width() as usize * raster.layout().channels();
    let start = raster.height() as usize / 2 * row + row / 2 / 3 * 3;
    if raster.layout().is_wide() {
        raster.samples16()[start..start + 3].to_vec()
    } else {
        raster.bytes()[start..start + 3].iter().copied().map(u16::from).collect()
    }
}

#[test]
fn half_black_half_white_is_half_the_light() {
    let half = Sizing { want: Want::Scale(500_000), ..Sizing::default() };
    // sRGB of 0.5: 1.055 × 0.5^(1/2.4) − 0.055 = 0.735357, which is 187.5 of 255 and 48,191.6 of 65,535.
    let linear = middle(&resized(&checkerboard(64), half, Resample::Linear));
    assert!(linear.iter().all(|it| (187..=188).contains(it)), "{linear:?}");
    let linear = middle(&resized(&wide(&checkerboard(64)), half, Resample::Linear));
    assert!(linear.iter().all(|&it| it.abs_diff(48_192) <= 1), "{linear:?}");
    // On stored values: 127.5 and 32,767.5.
    let stored = middle(&resized(&checkerboard(64), half, Resample::Srgb));
    assert!(stored.iter().all(|it| (127..=128).contains(it)), "{stored:?}");
    let stored = middle(&resized(&wide(&checkerboard(64)), half, Resample::Srgb));
    assert!(stored.iter().all(|it| (32_767..=32_768).contains(it)), "{stored:?}");
}

#[test]
fn a_kept_profile_brings_its_own_light() {
    let profile = moxcms::ColorProfile::new_adobe_rgb().encode().expect("a built-in profile");
    let half = Sizing { want: Want::Scale(500_000), ..Sizing::default() };
    let board = checkerboard(64).with_profile(Some(profile.into()));
    let result = resized(&board, half, Resample::Linear);
    // 255 × 0.5^(1 / 2.19921875) = 186.06; sRGB's curve would give 187.5.
    assert_eq!(middle(&result), [186; 3]);
    assert_eq!(result.profile(), board.profile());
}

#[test]
fn even_colours_stay_exactly_what_they_are() {
    for layout in [Layout::Rgb8, Layout::Rgba8] {
        for value in 0..=255 {
            let even = raster8(9, 7, layout, |_, _| [value, 255 - value, 128, 200]);
            for resample in [Resample::Linear, Resample::Srgb] {
                for size in [boxed(4, 3, Fit::Stretch), boxed(20, 21, Fit::Stretch)] {
                    let result = resized(&even, size, resample);
                    let pixel = &even.bytes()[..layout.channels()];
                    let same = result.bytes().chunks(layout.channels()).all(|it| it == pixel);
                    assert!(same, "{layout:?} {value} {resample:?} {size:?}");
                }
            }
        }
    }
}

#[test]
fn clear_pixels_have_no_say_in_colour() {
    // Opaque red beside clear green: every pixel that is seen at all is red.
    let edge = raster8(32, 8, Layout::Rgba8, |x, _| if x < 15 { [255, 0, 0, 255] } else { [0, 255, 0, 0] });
    for raster in [edge.clone(), wide(&edge)] {
        for resample in [Resample::Linear, Resample::Srgb] {
            for size in [boxed(7, 3, Fit::Stretch), boxed(77, 20, Fit::Stretch)] {
                let result = resized(&raster, size, resample).to_narrow();
                let pixels = result.bytes().as_chunks::<4>().0;
                assert!(pixels.iter().any(|it| it[3] != 0 && it[3] != 255), "there is an edge");
                assert!(pixels.iter().all(|it| it[3] < 2 || it[..3] == [255, 0, 0]), "{pixels:?}");
            }
        }
    }
}

/// Lanczos3 in double precision, straight from its definition, on premultiplied light.
fn reference(raster: &Raster, size: [u32; 2], crop: [f64; 4], resample: Resample) -> Vec<f64> {
    let (width, height) = (raster.width() as usize, raster.height() as usize);
    let channels = raster.layout().channels();
    let to_light = |it: f64| match resample {
        Resample::Srgb => it,
        Resample::Linear if it <= 0.04045 => it / 12.92,
        Resample::Linear => ((it + 0.055) / 1.055).powf(2.4),
    };
    let from_light = |it: f64| match resample {
        Resample::Srgb => it,
        Resample::Linear if it <= 0.003_130_8 => it * 12.92,
        Resample::Linear => 1.055 * it.powf(1.0 / 2.4) - 0.055,
    };
    let sinc = |x: f64| if x == 0.0 { 1.0 } else { (x * std::f64::consts::PI).sin() / (x * std::f64::consts::PI) };
    let weights = |at: u32, start: f64, length: f64, to: u32, side: usize| -> Vec<f64> {
        let scale = length / f64::from(to);
        let stretch = scale.max(1.0);
        let centre = start + (f64::from(at) + 0.5) * scale;
        let weight = |at: usize| {
            let x = (at as f64 + 0.5 - centre) / stretch;
            if x.abs() < 3.0 { sinc(x) * sinc(x / 3.0) } else { 0.0 }
        };
        let all: Vec<f64> = (0..side).map(weight).collect();
        let sum: f64 = all.iter().sum();
        all.into_iter().map(|it| it / sum).collect()
    };
    let sample = |at: usize| f64::from(raster.bytes()[at]) / 255.0;
    let mut result = vec![];
    for y in 0..size[1] {
        let down = weights(y, crop[1], crop[3], size[1], height);
        for x in 0..size[0] {
            let across = weights(x, crop[0], crop[2], size[0], width);
            let mut sum = [0.0; 4];
            for (row, down) in down.iter().enumerate() {
                for (column, across) in across.iter().enumerate() {
                    let at = (row * width + column) * channels;
                    let alpha = if channels == 4 { sample(at + 3) } else { 1.0 };
                    for (channel, sum) in sum.iter_mut().take(3).enumerate() {
                        *sum += to_light(sample(at + channel)) * alpha * down * across;
                    }
                    sum[3] += alpha * down * across;
                }
            }
            let straight = sum.map(|it| from_light((it / sum[3]).clamp(0.0, 1.0)) * 255.0);
            result.extend_from_slice(&straight[..3]);
            if channels == 4 {
                result.push(sum[3].clamp(0.0, 1.0) * 255.0);
            }
        }
    }
    result
}

/// Soft enough for the filter not to overshoot, whose clipping differs between one pass and two.
fn soft(layout: Layout) -> Raster {
    raster8(46, 35, layout, |x, y| {
        let wave = |fx: f64, fy: f64| (((f64::from(x) * fx).sin() + (f64::from(y) * fy).cos()) * 50.0 + 128.0) as u8;
        [wave(0.2, 0.3), wave(0.31, 0.11), wave(0.15, 0.25), wave(0.1, 0.2)]
    })
}

#[test]
fn results_are_those_of_the_definition() {
    // Sizes, fits, and the crop by hand: 46 × 35 covers 20 × 20 as 26 × 20 (26.29 rounded), cut
    // at 3 of 26, so from 3 × 46/26 over 20 × 46/26; 30 × 90 as 118 × 90, cut at 44 of 118.
    let whole = [0.0, 0.0, 46.0, 35.0];
    let cases = [
        (boxed(13, 7, Fit::Stretch), [13, 7], whole),
        (boxed(46, 9, Fit::Stretch), [46, 9], whole),
        (boxed(61, 50, Fit::Stretch), [61, 50], whole),
        (boxed(5, 90, Fit::Stretch), [5, 90], whole),
        (boxed(20, 20, Fit::Cover), [20, 20], [3.0 * 46.0 / 26.0, 0.0, 20.0 * 46.0 / 26.0, 35.0]),
        (boxed(30, 90, Fit::Cover), [30, 90], [44.0 * 46.0 / 118.0, 0.0, 30.0 * 46.0 / 118.0, 35.0]),
        // 35 × 46/46: 46 × 35, cut at 10 of 35: whole pixels.
        (boxed(46, 15, Fit::Cover), [46, 15], [0.0, 10.0, 46.0, 15.0]),
    ];
    for layout in [Layout::Rgb8, Layout::Rgba8] {
        let raster = soft(layout);
        for resample in [Resample::Linear, Resample::Srgb] {
            for (size, wanted_size, crop) in cases {
                let wanted = reference(&raster, wanted_size, crop, resample);
                let what = format!("{layout:?} {resample:?} {size:?}");
                let narrow = resized(&raster, size, resample);
                assert_eq!(narrow.size(), wanted_size, "{what}");
                let far = narrow.bytes().iter().zip(&wanted).map(|(&a, b)| (f64::from(a) - b).abs());
                let far = far.fold(0.0, f64::max);
                // Rounding twice: half a step in each pass.
                assert!(far < 1.2, "{what}: {far}");
                // 16 bits: rounded once, by half a step of 1/257.
                let deep = resized(&wide(&raster), size, resample);
                let far = deep.samples16().iter().zip(&wanted).map(|(&a, b)| (f64::from(a) / 257.0 - b).abs());
                let far = far.fold(0.0, f64::max);
                assert!(far < 0.0025, "{what}: {far}");
            }
        }
    }
}

#[test]
fn nothing_to_do_shares_the_pixels() {
    let raster = soft(Layout::Rgba8);
    assert!(edited(&raster, &Edits::default()).same_pixels(&raster));
    let same = Edits { size: boxed(46, 35, Fit::Cover), ..Edits::default() };
    assert!(edited(&raster, &same).same_pixels(&raster));
    let opaque = soft(Layout::Rgb8);
    let ground = Edits { background: Some([1, 2, 3]), ..Edits::default() };
    assert!(edited(&opaque, &ground).same_pixels(&opaque));
}

#[test]
fn what_was_held_back_is_said() {
    let size = Sizing { want: Want::Width(1000), ..Sizing::default() };
    let edits = Edits { size, ..Edits::default() };
    let (raster, warnings) = with_cancel(&soft(Layout::Rgb8), &edits, &Cancel::default()).expect("it can be edited");
    assert_eq!((raster.size(), warnings), ([46, 35], vec![Warning::NotEnlarged]));
}

#[test]
fn padding_is_clear_or_coloured() {
    let red = raster8(2, 2, Layout::Rgb8, |_, _| [255, 0, 0, 0]);
    let size = Sizing { want: Want::Box(4, 2), fit: Fit::Pad, upscale: false };
    let clear = edited(&red, &Edits { size, ..Edits::default() });
    let row = [[0; 4], [255, 0, 0, 255], [255, 0, 0, 255], [0; 4]];
    assert_eq!(clear.bytes(), [row, row].as_flattened().as_flattened());
    let blue = edited(&red, &Edits { size, background: Some([0, 0, 255]), ..Edits::default() });
    let row = [[0, 0, 255], [255, 0, 0], [255, 0, 0], [0, 0, 255]];
    assert_eq!((blue.layout(), blue.bytes()), (Layout::Rgb8, [row, row].as_flattened().as_flattened()));
}

#[test]
fn a_useless_alpha_channel_goes_when_pixels_are_made_anyway() {
    let opaque = raster8(8, 8, Layout::Rgba8, |x, _| [x as u8, 0, 0, 255]);
    let result = resized(&opaque, boxed(4, 4, Fit::Stretch), Resample::Linear);
    assert_eq!(result.layout(), Layout::Rgb8);
}

#[test]
fn absurd_sizes_are_refused_before_memory_is_taken() {
    for size in [boxed(u32::MAX, u32::MAX, Fit::Stretch), boxed(100_000, 100_000, Fit::Pad)] {
        let error = with_cancel(&soft(Layout::Rgb8), &Edits { size, ..Edits::default() }, &Cancel::default());
        assert!(matches!(error, Err(EngineError::TooManyPixels { .. })), "{size:?}");
    }
}

#[test]
fn a_cancelled_edit_stops() {
    let cancel = Cancel::default();
    cancel.cancel();
    let edits = Edits { size: boxed(4, 4, Fit::Stretch), ..Edits::default() };
    assert!(matches!(with_cancel(&soft(Layout::Rgb8), &edits, &cancel), Err(EngineError::Cancelled)));
}

#[test]
fn a_rendered_drawing_is_taken_at_the_size_it_was_rendered_at() {
    // A drawing of 46 × 35, rendered at 92 × 70 for a width of 92: nothing is left to do.
    let rendered = raster8(92, 70, Layout::Rgba8, |x, y| [x as u8, y as u8, 0, 255]);
    let mut drawing = decoded(rendered.clone(), Format::Svg);
    drawing.facts.size = [46, 35];
    let (limits, fonts, cancel) = (Limits::default(), Fonts::default(), Cancel::default());
    let tools = Tools::new(&limits, &fonts, &cancel);
    let size = Sizing { want: Want::Width(92), ..Sizing::default() };
    let (raster, warnings) = apply(&drawing, &Edits { size, ..Edits::default() }, tools).expect("it can be edited");
    assert!(raster.same_pixels(&rendered) && warnings.is_empty());
}
