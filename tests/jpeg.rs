//! JPEG: files that the fast decoder turns into garbage without an error, and a glimpse of large ones.

#![expect(clippy::unwrap_used, reason = "in a test a surprise is a failure")]

use inlaid::engine::{
    Cache, Cancel, Decoded, EngineError, Format, Limits, Raster, Recipe, Source, Tools, Warning,
    decode::{DecodeOptions, Fonts, Glimpse, decode, glimpse},
    pipeline,
    recipe::{Resample, Want},
};

const SIDE: u16 = 96;

/// Slow waves in each channel, so that subsampling costs next to nothing.
fn picture() -> Vec<u8> {
    let wave = |at: u16, period: f64| ((f64::from(at) / period).sin() * 100.0 + 128.0) as u8;
    let pixel = |y: u16, x: u16| [wave(x, 17.0), wave(y, 23.0), wave(x + y, 31.0)];
    (0..SIDE).flat_map(|y| (0..SIDE).flat_map(move |x| pixel(y, x))).collect()
}

/// A baseline file with subsampled colours. Optimised Huffman tables make this encoder write
/// each component in a scan of its own.
fn encoded(with_separate_scans: bool) -> Result<Vec<u8>, jpeg_encoder::EncodingError> {
    let mut bytes = vec![];
    let mut encoder = jpeg_encoder::Encoder::new(&mut bytes, 92);
    encoder.set_sampling_factor(jpeg_encoder::SamplingFactor::F_2_2);
    encoder.set_optimized_huffman_tables(with_separate_scans);
    encoder.encode(&picture(), SIDE, SIDE, jpeg_encoder::ColorType::Rgb)?;
    Ok(bytes)
}

/// The number of scans: start-of-scan markers cannot appear inside coded data.
fn scans(bytes: &[u8]) -> usize {
    bytes.windows(2).filter(|pair| *pair == [0xff, 0xda]).count()
}

fn decoded(bytes: Vec<u8>) -> Result<Decoded, EngineError> {
    let (limits, fonts, cancel) = (Limits::default(), Fonts::default(), Cancel::default());
    let tools = Tools::new(&limits, &fonts, &cancel);
    decode(&Source::new("waves.jpg", bytes), &DecodeOptions::default(), tools)
}

/// Peak signal-to-noise ratio against the picture before encoding, in dB.
fn psnr(raster: &Raster) -> f64 {
    let squares = raster.bytes().iter().zip(picture()).map(|(a, b)| f64::from(a.abs_diff(b)).powi(2));
    let mean = squares.sum::<f64>() / raster.bytes().len() as f64;
    10.0 * (255.0 * 255.0 / mean).log10()
}

#[test]
fn components_in_scans_of_their_own_are_read_like_interleaved_ones() {
    for with_separate_scans in [false, true] {
        let bytes = encoded(with_separate_scans).unwrap();
        assert_eq!(scans(&bytes), if with_separate_scans { 3 } else { 1 }, "the encoder behaves as described");
        let decoded = decoded(bytes).unwrap();
        let raster = &decoded.raster;
        assert!(decoded.facts.warnings.is_empty());
        assert_eq!(raster.size(), [u32::from(SIDE); 2]);
        // The wrong reading has 4 to 7 dB.
        assert!(30.0 < psnr(raster), "{with_separate_scans}: {:.1} dB", psnr(raster));
    }
}

#[test]
fn what_there_is_of_a_cut_file_is_shown_with_a_warning() {
    let whole = encoded(false).unwrap();
    let cut = decoded(whole[..whole.len() * 3 / 4].to_vec()).unwrap();
    assert_eq!(cut.facts.warnings, [Warning::Truncated]);
    let all = decoded(whole).unwrap();
    // The upper quarter is all there, and what is missing is not.
    let quarter = all.raster.bytes().len() / 4;
    let differences = cut.raster.bytes().iter().zip(all.raster.bytes()).map(|(cut, all)| cut.abs_diff(*all));
    // By two decoders, which do not round alike.
    assert!(differences.clone().take(quarter).all(|it| it <= 3));
    assert!(differences.skip(3 * quarter).any(|it| 60 < it));
}

/// A picture of four coloured quarters that is worth a glimpse, with an orientation of Exif.
fn quarters(orientation: u8) -> Vec<u8> {
    const SIZE: [u16; 2] = [2400, 1800];
    let colors = [[200, 30, 30], [30, 200, 30], [30, 30, 200], [200, 200, 30]];
    let pixels: Vec<u8> = (0..SIZE[1])
        .flat_map(|y| (0..SIZE[0]).map(move |x| usize::from(x >= SIZE[0] / 2) + 2 * usize::from(y >= SIZE[1] / 2)))
        .flat_map(|quarter| colors[quarter])
        .collect();
    let mut bytes = vec![];
    let mut encoder = jpeg_encoder::Encoder::new(&mut bytes, 90);
    // A TIFF header, one entry: tag 0x0112, a short, one of them (Exif 3.0, 4.6.2).
    let mut exif = b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0".to_vec();
    exif.extend([orientation, 0, 0, 0, 0, 0, 0, 0]);
    encoder.add_app_segment(1, exif).unwrap();
    encoder.encode(&pixels, SIZE[0], SIZE[1], jpeg_encoder::ColorType::Rgb).unwrap();
    bytes
}

fn glimpsed(bytes: Vec<u8>) -> Option<Glimpse> {
    let (limits, fonts, cancel) = (Limits::default(), Fonts::default(), Cancel::default());
    let tools = Tools::new(&limits, &fonts, &cancel);
    glimpse(&Source::new("test", bytes), tools).unwrap()
}

#[test]
fn a_glimpse_shows_the_same_picture_with_fewer_pixels() {
    // By Exif 3.0, 4.6.5: 1 as stored; 6 is to be turned by 90 degrees clockwise, which brings the
    // lower left quarter to the upper left.
    for (orientation, size, upper) in
        [(1, [2400, 1800], [[200, 30, 30], [30, 200, 30]]), (6, [1800, 2400], [[30, 30, 200], [200, 30, 30]])]
    {
        let Glimpse { raster, size: whole } = glimpsed(quarters(orientation)).unwrap();
        assert_eq!(whole, size);
        // An eighth and a quarter have less than 640 pixels in their longest row.
        assert_eq!(raster.size(), size.map(|it| it / 2));
        for (at, color) in upper.into_iter().enumerate() {
            let x = raster.width() as usize * (1 + 2 * at) / 4;
            let start = (raster.height() as usize / 4 * raster.width() as usize + x) * 3;
            let seen = &raster.bytes()[start..start + 3];
            assert!(seen.iter().zip(color).all(|(seen, wanted)| seen.abs_diff(wanted) < 8), "{seen:?} {color:?}");
        }
    }
}

#[test]
fn small_pictures_are_not_worth_a_glimpse() {
    assert!(glimpsed(encoded(false).unwrap()).is_none());
    assert!(glimpsed(b"GIF89a".to_vec()).is_none());
}

/// What comes out of a PNG of this width, on stored values.
fn made_smaller(source: &Source, width: u32, cache: &mut Cache) -> image::RgbImage {
    let (limits, fonts, cancel) = (Limits::default(), Fonts::default(), Cancel::default());
    let mut recipe = Recipe::new(Format::Png);
    recipe.edits.size.want = Want::Width(width);
    recipe.edits.resample = Resample::Srgb;
    let product = pipeline::render(source, &recipe, cache, false, Tools::new(&limits, &fonts, &cancel)).unwrap();
    image::load_from_memory(&product.encoded.bytes).unwrap().into_rgb8()
}

/// Stored lying, to be turned by a quarter (Exif orientation 6).
fn lying() -> Vec<u8> {
    let mut bytes = encoded(false).unwrap();
    let exif = b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0";
    let length = u16::try_from(exif.len() + 2).unwrap().to_be_bytes();
    bytes.splice(2..2, [&[0xff, 0xe1][..], &length, exif].concat());
    bytes
}

#[test]
fn fewer_pixels_are_decoded_where_they_suffice_and_it_cannot_be_seen() {
    for bytes in [encoded(false).unwrap(), lying()] {
        let source = Source::new("waves.jpg", bytes.clone());
        let mut whole = Cache::default();
        whole.prime(&source, &decoded(bytes).unwrap());
        for width in [12, 24, 40] {
            let mut reduced = Cache::default();
            let quick = made_smaller(&source, width, &mut reduced);
            let slow = made_smaller(&source, width, &mut whole);
            assert_eq!(quick.dimensions(), slow.dimensions());
            let differences = quick.as_raw().iter().zip(slow.as_raw()).map(|(a, b)| f64::from(a.abs_diff(*b)));
            let mean = differences.sum::<f64>() / quick.as_raw().len() as f64;
            assert!(mean < 2.0, "{width}: {mean}");
            assert_eq!(reduced.facts().unwrap().size, [u32::from(SIDE); 2], "the facts are those of the whole");
            // What was decoded for a small result is not used for a large one.
            let large = made_smaller(&source, u32::from(SIDE) - 1, &mut reduced);
            assert_eq!(large, made_smaller(&source, u32::from(SIDE) - 1, &mut whole));
        }
    }
}
