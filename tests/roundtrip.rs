//! What the encoders write is read back by decoders that are not ours.

#![expect(clippy::expect_used, clippy::panic, reason = "a test that cannot be set up has failed")]

use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, codecs::tiff::TiffDecoder, metadata::Orientation};
use inlaid::engine::{
    Cache, Cancel, Decoded, Encoded, EngineError, Facts, Format, Layout, Limits, Raster, Recipe, Source, Tools,
    Warning,
    decode::Fonts,
    encode, pipeline,
    recipe::{Edits, Effort, OutputSpec},
};
use std::io::Cursor;

const EFFORTS: [Effort; 3] = [Effort::Fast, Effort::Normal, Effort::Best];
const SIZES: [[u32; 2]; 5] = [[1, 1], [1, 9], [17, 3], [64, 40], [255, 1]];

fn spec(format: Format, effort: Effort) -> OutputSpec {
    OutputSpec { effort, lossless: true, ..OutputSpec::new(format) }
}

fn encoded(raster: &Raster, spec: &OutputSpec) -> Encoded {
    encode::encode(raster, spec, &Cancel::default()).expect("it can be written")
}

/// Repeatable noise (Knuth's MMIX generator).
fn noise() -> impl Iterator<Item = u16> {
    let mut state = 1_u64;
    std::iter::repeat_with(move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 48) as u16
    })
}

/// Noise in every layout. A third of the pixels is opaque, a third clear, a third in between.
fn noisy([width, height]: [u32; 2], layout: Layout) -> Raster {
    let max = if layout.is_wide() { u16::MAX } else { 255 };
    let mut noise = noise();
    let samples: Vec<u16> = (0..width * height)
        .flat_map(|at| {
            let alpha = match at % 3 {
                0 => max,
                1 => 0,
                _ => noise.next().expect("endless") & max,
            };
            let mut colour = || noise.next().expect("endless") & max;
            let pixel = [colour(), colour(), colour(), alpha];
            pixel.into_iter().take(layout.channels())
        })
        .collect();
    if layout.is_wide() {
        Raster::from_samples16(width, height, layout, samples)
    } else {
        Raster::from_samples8(width, height, layout, samples.into_iter().map(|it| it as u8).collect())
    }
    .expect("lengths fit")
}

/// A smooth picture with a few hard edges, as photographs are; opaque.
fn smooth(width: u32, height: u32) -> Raster {
    let samples = (0..height).flat_map(|y| {
        (0..width).flat_map(move |x| {
            let (fx, fy) = (f64::from(x) / f64::from(width), f64::from(y) / f64::from(height));
            let wave = ((fx * 9.0).sin() * (fy * 7.0).cos() + 1.0) * 100.0;
            let edge = if fx + fy < 0.8 { 40.0 } else { 0.0 };
            [wave + edge, fx * 255.0, fy * 200.0 + edge].map(|it| it as u8)
        })
    });
    Raster::from_samples8(width, height, Layout::Rgb8, samples.collect()).expect("lengths fit")
}

fn image_format(format: Format) -> ImageFormat {
    match format {
        Format::WebP => ImageFormat::WebP,
        Format::Jpeg => ImageFormat::Jpeg,
        Format::Png => ImageFormat::Png,
        Format::Gif => ImageFormat::Gif,
        Format::Ico => ImageFormat::Ico,
        Format::Bmp => ImageFormat::Bmp,
        Format::Tiff => ImageFormat::Tiff,
        Format::Tga => ImageFormat::Tga,
        Format::Qoi => ImageFormat::Qoi,
        _ => panic!("{format:?} is not written"),
    }
}

fn decoded(encoded: &Encoded) -> DynamicImage {
    let format = image_format(encoded.format);
    image::load_from_memory_with_format(&encoded.bytes, format).expect("another decoder reads it")
}

/// Seen pixels are equal; clear ones are only clear.
fn assert_same16(found: &DynamicImage, raster: &Raster, what: &str) {
    let wanted: Vec<u16> = if raster.layout().is_wide() {
        raster.samples16().to_vec()
    } else {
        raster.bytes().iter().map(|&it| u16::from(it) * 257).collect()
    };
    assert_eq!([found.width(), found.height()], raster.size(), "{what}");
    let channels = raster.layout().channels();
    for (found, wanted) in found.to_rgba16().pixels().zip(wanted.chunks(channels)) {
        let alpha = wanted.get(3).copied().unwrap_or(u16::MAX);
        assert_eq!(found.0[3], alpha, "{what}");
        assert!(alpha == 0 || found.0[..3] == wanted[..3], "{what}: {found:?} {wanted:?}");
    }
}

#[test]
fn lossless_formats_keep_every_pixel() {
    let formats = [Format::WebP, Format::Png, Format::Ico, Format::Bmp, Format::Tiff, Format::Tga, Format::Qoi];
    for format in formats {
        for effort in EFFORTS {
            for size in SIZES {
                for layout in [Layout::Rgb8, Layout::Rgba8] {
                    let raster = noisy(size, layout);
                    let result = encoded(&raster, &spec(format, effort));
                    assert_eq!((result.size, result.warnings.as_slice()), (size, &[][..]));
                    assert_same16(&decoded(&result), &raster, &format!("{format:?} {effort:?} {size:?} {layout:?}"));
                }
            }
        }
    }
}

#[test]
fn png_and_tiff_keep_sixteen_bits() {
    for format in [Format::Png, Format::Tiff] {
        for effort in EFFORTS {
            for size in SIZES {
                for layout in [Layout::Rgb16, Layout::Rgba16] {
                    let raster = noisy(size, layout);
                    let result = encoded(&raster, &spec(format, effort));
                    assert_eq!(result.warnings, []);
                    assert_same16(&decoded(&result), &raster, &format!("{format:?} {effort:?} {size:?} {layout:?}"));
                }
            }
        }
    }
}

#[test]
fn other_formats_say_that_they_round_sixteen_bits() {
    let raster = noisy([9, 9], Layout::Rgb16);
    let keeps_more = |it: &Format| matches!(it, Format::Png | Format::Tiff | Format::Avif | Format::JpegXl);
    for format in Format::writable().filter(|it| !keeps_more(it)) {
        let result = encoded(&raster, &spec(format, Effort::Fast));
        assert_eq!(result.warnings, [Warning::DepthReduced { format }]);
        if format.has_lossless() {
            let found = decoded(&result).to_rgb8();
            // 65,535 / 255 = 257 values a step.
            let wanted: Vec<u8> = raster.samples16().iter().map(|&it| (f64::from(it) / 257.0).round() as u8).collect();
            assert_eq!(found.as_raw(), &wanted, "{format:?}");
        }
    }
}

#[test]
fn formats_without_alpha_are_laid_on_white() {
    let clear = Raster::from_samples8(16, 16, Layout::Rgba8, [10, 20, 30, 0].repeat(256)).expect("lengths fit");
    let result = encoded(&clear, &OutputSpec::new(Format::Jpeg));
    assert_eq!(result.warnings, [Warning::AlphaFlattened { format: Format::Jpeg }]);
    assert!(decoded(&result).to_rgb8().as_raw().iter().all(|&it| 254 <= it));
    // Alpha that lets nothing through costs nothing, not even a word.
    let opaque = Raster::from_samples8(16, 16, Layout::Rgba8, [10, 20, 30, 255].repeat(256)).expect("lengths fit");
    assert_eq!(encoded(&opaque, &OutputSpec::new(Format::Jpeg)).warnings, []);
}

/// Peak signal-to-noise ratio of the colours in decibels: 10 log₁₀(255² / mean squared error).
fn psnr(found: &[u8], wanted: &[u8]) -> f64 {
    assert_eq!(found.len(), wanted.len());
    let squares: f64 = found.iter().zip(wanted).map(|(&a, &b)| (f64::from(a) - f64::from(b)).powi(2)).sum();
    10.0 * (255.0_f64.powi(2) * found.len() as f64 / squares.max(1e-9)).log10()
}

fn lossy(format: Format, quality: u8, effort: Effort) -> OutputSpec {
    OutputSpec { quality, effort, ..OutputSpec::new(format) }
}

#[test]
fn quality_buys_closeness_for_bytes() {
    let raster = smooth(190, 133);
    for format in [Format::Jpeg, Format::WebP] {
        for effort in EFFORTS {
            let mut last = (0, 0.0);
            for quality in [1, 20, 40, 60, 80, 100] {
                let result = encoded(&raster, &lossy(format, quality, effort));
                let closeness = psnr(decoded(&result).to_rgb8().as_raw(), raster.bytes());
                let this = (result.bytes.len(), closeness);
                assert!(last.0 < this.0 && last.1 < this.1, "{format:?} {effort:?} {quality}: {last:?} {this:?}");
                last = this;
            }
            assert!(40.0 < last.1, "{format:?} {effort:?}: {last:?}");
        }
    }
}

#[test]
fn both_families_of_decoders_read_our_jpegs() {
    for size in [[1, 1], [7, 1], [1, 17], [17, 3], [33, 31], [190, 133]] {
        let raster = smooth(size[0], size[1]);
        let grey = Raster::from_samples8(
            size[0],
            size[1],
            Layout::Rgb8,
            raster.bytes().chunks(3).flat_map(|it| [it[1]; 3]).collect(),
        )
        .expect("lengths fit");
        for effort in EFFORTS {
            for quality in [50, 89, 90, 98] {
                for raster in [&raster, &grey] {
                    let what = format!("{size:?} {effort:?} {quality}");
                    let result = encoded(raster, &lossy(Format::Jpeg, quality, effort));
                    let zune = decoded(&result).to_rgb8().into_raw();
                    let mut decoder = jpeg_decoder::Decoder::new(Cursor::new(&result.bytes));
                    let mut other = decoder.decode().expect("jpeg-decoder reads it");
                    let info = decoder.info().expect("it was decoded");
                    if info.pixel_format == jpeg_decoder::PixelFormat::L8 {
                        other = other.into_iter().flat_map(|it| [it; 3]).collect();
                    }
                    assert_eq!([u32::from(info.width), u32::from(info.height)], size, "{what}");
                    // A handful of pixels holds little but edges; garbage is at 4 to 7 dB.
                    let enough = if size[0] * size[1] < 100 { 15.0 } else { 26.0 };
                    assert!(enough < psnr(&zune, raster.bytes()), "{what}: {}", psnr(&zune, raster.bytes()));
                    assert!(35.0 < psnr(&zune, &other), "{what}: {}", psnr(&zune, &other));
                }
            }
        }
    }
}

#[test]
fn lossy_webp_keeps_alpha_exactly() {
    let raster = noisy([40, 30], Layout::Rgba8);
    for effort in EFFORTS {
        let found = decoded(&encoded(&raster, &lossy(Format::WebP, 50, effort))).to_rgba8();
        let wanted = raster.bytes().chunks(4).map(|it| it[3]);
        assert!(found.pixels().map(|it| it.0[3]).eq(wanted), "{effort:?}");
    }
}

/// What the window shows of a result: what its bytes decode back to, by the quickest road.
fn seen(raster: &Raster, output: OutputSpec) -> (Encoded, Raster) {
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
    let (source, mut cache) = (Source::new("a.png", b"\x89PNG\r\n\x1a\n"), Cache::default());
    cache.prime(&source, &Decoded { raster: raster.clone(), facts });
    let recipe = Recipe { edits: Edits::default(), output };
    let (limits, fonts, cancel) = (Limits::default(), Fonts::default(), Cancel::default());
    let tools = Tools::new(&limits, &fonts, &cancel);
    let product = pipeline::render(&source, &recipe, &mut cache, true, tools).expect("it can be written");
    (product.encoded, product.preview.expect("it was asked for"))
}

#[test]
fn our_webp_is_seen_as_other_decoders_show_it() {
    let sizes = SIZES.into_iter().chain([[190, 133]]);
    for size in sizes {
        let idle = noisy(size, Layout::Rgb8).to_rgba8();
        let opaque = Raster::from_samples8(size[0], size[1], Layout::Rgba8, idle).expect("lengths fit");
        for raster in [noisy(size, Layout::Rgb8), noisy(size, Layout::Rgba8), smooth(size[0], size[1]), opaque] {
            for effort in [Effort::Fast, Effort::Normal] {
                for (quality, lossless) in [(1, false), (80, false), (100, false), (80, true)] {
                    let (encoded, seen) =
                        seen(&raster, OutputSpec { lossless, ..lossy(Format::WebP, quality, effort) });
                    let what = format!("{size:?} {:?} {effort:?} {quality} {lossless}", raster.layout());
                    let found = decoded(&encoded);
                    assert_eq!(seen.size(), size, "{what}");
                    assert_eq!(seen.layout().has_alpha(), found.color().has_alpha(), "{what}");
                    assert_eq!(seen.bytes(), found.as_bytes(), "{what}");
                }
            }
        }
    }
}

#[test]
fn our_webp_with_a_profile_is_seen_in_srgb() {
    let profile = moxcms::ColorProfile::new_display_p3().encode().expect("a built-in profile");
    let plain = smooth(40, 30);
    let wide = plain.clone().with_profile(Some(profile.as_slice().into()));
    for lossless in [false, true] {
        let output = OutputSpec { lossless, ..OutputSpec::new(Format::WebP) };
        let [(_, plain), (_, wide)] = [&plain, &wide].map(|it| seen(it, output.clone()));
        assert!(wide.profile().is_none() && wide.bytes() != plain.bytes(), "its colours were converted");
    }
}

#[test]
fn gif_keeps_few_colours_exactly_and_cuts_alpha_in_two() {
    // 255 colours and one hole.
    let samples: Vec<u8> =
        (0..=255_u8).flat_map(|at| if at == 7 { [0; 4] } else { [at, 255 - at, at / 2, 255] }).collect();
    let raster = Raster::from_samples8(32, 8, Layout::Rgba8, samples).expect("lengths fit");
    for effort in EFFORTS {
        assert_same16(&decoded(&encoded(&raster, &lossy(Format::Gif, 80, effort))), &raster, "256 entries");
    }
    for (alpha, seen) in [(127, 0), (128, 255)] {
        let raster = Raster::from_samples8(1, 1, Layout::Rgba8, vec![9, 8, 7, alpha]).expect("lengths fit");
        assert_eq!(decoded(&encoded(&raster, &OutputSpec::new(Format::Gif))).to_rgba8().as_raw()[3], seen);
    }
}

#[test]
fn gif_of_many_colours_stays_close_and_keeps_its_hole() {
    let photo = smooth(190, 133);
    for effort in EFFORTS {
        let found = decoded(&encoded(&photo, &lossy(Format::Gif, 80, effort))).to_rgb8().into_raw();
        assert!(28.0 < psnr(&found, photo.bytes()), "{effort:?}: {}", psnr(&found, photo.bytes()));
    }
    // The same with a hole where x + y is a multiple of five.
    let is_seen = |at: usize| !(at % 190 + at / 190).is_multiple_of(5);
    let pixels = photo.bytes().chunks(3).enumerate();
    let samples = pixels.flat_map(|(at, it)| [it[0], it[1], it[2], if is_seen(at) { 255 } else { 0 }]).collect();
    let holed = Raster::from_samples8(190, 133, Layout::Rgba8, samples).expect("lengths fit");
    let found = decoded(&encoded(&holed, &OutputSpec::new(Format::Gif))).to_rgba8();
    let (mut seen, mut wanted) = (vec![], vec![]);
    for (at, (found, pixel)) in found.pixels().zip(photo.bytes().chunks(3)).enumerate() {
        assert_eq!(found.0[3] == 255, is_seen(at), "{at}");
        if is_seen(at) {
            seen.extend_from_slice(&found.0[..3]);
            wanted.extend_from_slice(pixel);
        }
    }
    assert!(28.0 < psnr(&seen, &wanted), "{}", psnr(&seen, &wanted));
}

fn profile_of(encoded: &Encoded) -> (Option<Vec<u8>>, Orientation) {
    let bytes = Cursor::new(encoded.bytes.as_ref());
    let mut decoder: Box<dyn ImageDecoder> = match encoded.format {
        // Through a reader, `image` loses profiles that are larger than the picture.
        Format::Tiff => Box::new(TiffDecoder::new(bytes).expect("another decoder reads it")),
        format => {
            let reader = ImageReader::with_format(bytes, image_format(format));
            Box::new(reader.into_decoder().expect("another decoder reads it"))
        }
    };
    (decoder.icc_profile().expect("no error"), decoder.orientation().expect("no error"))
}

#[test]
fn profiles_travel_where_they_can() {
    // Odd and long: chunks are padded, and a JPEG has to split it.
    let profile = moxcms::ColorProfile::new_display_p3().encode().expect("a built-in profile");
    let mut long = profile.clone();
    long.resize(70_001, 0);
    for (profile, layout) in [(&profile, Layout::Rgb8), (&profile, Layout::Rgba8), (&long, Layout::Rgb8)] {
        let raster = noisy([12, 9], layout).with_profile(Some(profile.as_slice().into()));
        for format in Format::writable() {
            for (effort, lossless) in EFFORTS.into_iter().flat_map(|it| [(it, false), (it, true)]) {
                let result = encoded(&raster, &OutputSpec { lossless, effort, ..OutputSpec::new(format) });
                let ignored = result.warnings.iter().any(|it| matches!(it, Warning::ProfileIgnored { .. }));
                assert_eq!(ignored, !format.has_profile(), "{format:?}");
                // AVIF and JPEG XL are read back in tests of their own.
                if format.has_profile() && !matches!(format, Format::Avif | Format::JpegXl) {
                    let (found, orientation) = profile_of(&result);
                    assert!(found.as_deref() == Some(profile.as_slice()), "{format:?} {effort:?} {lossless}");
                    assert_eq!(orientation, Orientation::NoTransforms);
                    if format.has_lossless() && (lossless || !format.has_quality()) {
                        assert_same16(&decoded(&result), &raster, &format!("{format:?} {effort:?}"));
                    }
                }
            }
        }
    }
}

#[test]
fn the_same_wish_gives_the_same_bytes_on_any_number_of_threads() {
    let threads = |count| rayon::ThreadPoolBuilder::new().num_threads(count).build().expect("threads");
    let (one, three) = (threads(1), threads(3));
    for raster in [smooth(120, 600), noisy([40, 40], Layout::Rgba8)] {
        for format in Format::writable().filter(|it| *it != Format::Ico) {
            for effort in EFFORTS {
                let wish = lossy(format, 70, effort);
                let bytes = one.install(|| encoded(&raster, &wish).bytes);
                assert_eq!(bytes, three.install(|| encoded(&raster, &wish).bytes), "{format:?} {effort:?}");
            }
        }
    }
}

#[test]
fn pictures_beyond_a_format_are_refused_by_name() {
    for (format, side) in
        [(Format::WebP, 16_384), (Format::Avif, 32_769), (Format::Jpeg, 65_501), (Format::Gif, 65_536)]
    {
        let raster = Raster::from_samples8(side, 1, Layout::Rgb8, vec![0; side as usize * 3]).expect("lengths fit");
        let error = encode::encode(&raster, &OutputSpec::new(format), &Cancel::default()).expect_err("too long");
        assert!(matches!(error, EngineError::SideTooLong { max_side, .. } if max_side == side - 1), "{format:?}");
    }
    let raster = smooth(2, 2);
    let error = encode::encode(&raster, &OutputSpec::new(Format::Heic), &Cancel::default()).expect_err("unwritable");
    assert!(matches!(error, EngineError::Unwritable { format: Format::Heic }));
}

#[test]
fn the_longest_sides_are_written() {
    for (format, side) in [(Format::Ico, 256), (Format::WebP, 16_383), (Format::Jpeg, 65_500), (Format::Gif, 65_535)] {
        let raster = smooth(side, 2);
        let result = encoded(&raster, &lossy(format, 50, Effort::Fast));
        assert_eq!(decoded(&result).width(), side, "{format:?}");
    }
}

#[test]
fn a_cancelled_encoder_stops() {
    let raster = smooth(300, 300);
    let cancel = Cancel::default();
    cancel.cancel();
    for format in Format::writable() {
        let error = encode::encode(&raster, &OutputSpec::new(format), &cancel).expect_err("stopped");
        assert!(matches!(error, EngineError::Cancelled), "{format:?}");
    }
}
