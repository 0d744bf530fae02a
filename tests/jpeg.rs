//! JPEG: files that the fast decoder turns into garbage without an error, a glimpse of large ones, and
//! results that are coded in strips.

#![expect(clippy::unwrap_used, reason = "in a test a surprise is a failure")]

use inlaid::engine::{
    Cache, Cancel, Decoded, EngineError, Format, Layout, Limits, Raster, Recipe, Source, Tools, Warning,
    decode::{DecodeOptions, Fonts, Glimpse, decode, glimpse},
    encode::{Direct, Encoder as _, encode, encode_by},
    options::Subsampling,
    pipeline,
    recipe::{Effort, OutputSpec, Resample, Want},
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

/// Ramps, noise and strokes of a colour, or of none.
fn scene([width, height]: [u32; 2], is_grey: bool) -> Raster {
    let mut seed = 1_u32;
    let mut pixel = |at: u32| {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let (x, y) = (at % width, at / width);
        let stroke = if (x + y) % 37 < 3 { 90 } else { 0 };
        let grain = (seed >> 28) as u8;
        let light = (x * 200 / width) as u8 + grain + stroke / 3;
        if is_grey { [light; 3] } else { [light, (y * 200 / height) as u8 + grain, stroke + 40] }
    };
    let samples = (0..width * height).flat_map(&mut pixel).collect();
    Raster::from_samples8(width, height, Layout::Rgb8, samples).unwrap()
}

/// The restart interval in coded units, if the file has restart markers.
fn restart_interval(bytes: &[u8]) -> Option<usize> {
    let at = bytes.windows(4).position(|it| it == [0xff, 0xdd, 0, 4])?;
    Some(usize::from(u16::from_be_bytes([bytes[at + 4], bytes[at + 5]])))
}

#[test]
fn quick_bytes_are_seen_as_any_decoder_shows_them() {
    let cancel = Cancel::default();
    let (limits, fonts) = (Limits::default(), Fonts::default());
    let sizes = [[1, 1], [7, 9], [17, 16], [333, 517], [1_201, 799], [8_192, 24], [24, 8_192]];
    for (size, is_grey) in sizes.into_iter().flat_map(|size| [(size, false), (size, true)]) {
        let raster = scene(size, is_grey);
        for subsampling in [Subsampling::Full, Subsampling::HalfAcross, Subsampling::Half] {
            // At quality 1 steps do not fit into a byte.
            for quality in [1, 30, 90, 100] {
                let mut spec = OutputSpec { quality, effort: Effort::Fast, ..OutputSpec::new(Format::Jpeg) };
                spec.codec.jpeg.subsampling = subsampling;
                let made = Direct.bytes(&raster, &spec, &cancel).unwrap();
                let (encoded, seen) = encode_by(&Direct, &raster, &spec, &cancel).unwrap();
                assert_eq!(encoded.bytes, made.bytes, "the same bytes for the same wish");
                let seen = seen.unwrap();
                let tools = Tools::new(&limits, &fonts, &cancel);
                let back = Direct.decode_back(&encoded, &spec, tools).unwrap();
                let said = format!("{size:?}, grey: {is_grey}, {subsampling:?}, quality {quality}");
                assert!(seen.bytes() == back.bytes(), "{said}");
                // Another decoder, which rounds in its own way and mixes chroma in another.
                let mut decoder = jpeg_decoder::Decoder::new(&encoded.bytes[..]);
                let theirs = decoder.decode().unwrap();
                let channels = if is_grey { 1 } else { 3 };
                assert_eq!(theirs.len() * 3, seen.bytes().len() * channels, "{said}");
                let ours = seen.bytes().chunks_exact(3).flat_map(|it| &it[..channels]);
                let far = theirs.iter().zip(ours).map(|(a, b)| u64::from(a.abs_diff(*b))).sum::<u64>();
                assert!(far < 2 * theirs.len() as u64, "{said}: {far} of {}", theirs.len());
            }
        }
    }
}

#[test]
fn strips_lie_between_restart_markers() {
    let quick = |size| {
        let mut spec = OutputSpec { effort: Effort::Fast, ..OutputSpec::new(Format::Jpeg) };
        spec.codec.jpeg.subsampling = Subsampling::Half;
        encode(&scene(size, false), &spec, &Cancel::default()).unwrap().bytes
    };
    let markers = |bytes: &[u8]| -> Vec<u8> {
        let is_restart = |it: &&[u8]| it[0] == 0xff && (0xd0..=0xd7).contains(&it[1]);
        bytes.windows(2).filter(is_restart).map(|it| it[1] & 7).collect()
    };
    let small = quick([200, 150]);
    assert_eq!((restart_interval(&small), markers(&small)), (None, vec![]));
    // 1.2 megapixels are 18 times 65,536; units are 16 pixels wide and high.
    let large = quick([1_200, 1_000]);
    let interval = restart_interval(&large).unwrap();
    let units = 75 * 63;
    assert!(interval.is_multiple_of(75) && units / 18 <= interval && interval < units, "{interval}");
    let expected: Vec<u8> = (0..units.div_ceil(interval) - 1).map(|it| (it % 8) as u8).collect();
    assert_eq!(markers(&large), expected);
}

#[test]
fn a_profile_goes_into_quick_bytes() {
    let profile: Vec<u8> = (0..70_000_u32).map(|it| (it % 251) as u8).collect();
    let raster = scene([64, 48], false).with_profile(Some(profile.clone().into()));
    let spec = OutputSpec { effort: Effort::Fast, ..OutputSpec::new(Format::Jpeg) };
    let (encoded, seen) = encode_by(&Direct, &raster, &spec, &Cancel::default()).unwrap();
    assert!(seen.is_none(), "its values are not those of a screen");
    let mut decoder = jpeg_decoder::Decoder::new(&encoded.bytes[..]);
    decoder.decode().unwrap();
    assert_eq!(decoder.icc_profile(), Some(profile));
}

#[test]
fn a_profile_that_no_jpeg_can_hold_is_refused() {
    // 255 pieces, each of 65,533 bytes less the 14 that name and number it.
    const PIECE: usize = 65_533 - 14;
    for effort in [Effort::Fast, Effort::Normal] {
        let spec = OutputSpec { effort, ..OutputSpec::new(Format::Jpeg) };
        let encoded = |length: usize| {
            let raster = scene([8, 8], false).with_profile(Some(vec![7; length].into()));
            encode(&raster, &spec, &Cancel::default())
        };
        let mut decoder =
            jpeg_decoder::Decoder::new(std::io::Cursor::new(encoded(254 * PIECE).unwrap().bytes.to_vec()));
        decoder.decode().unwrap();
        assert_eq!(decoder.icc_profile().map(|it| it.len()), Some(254 * PIECE), "one more it does not read");
        assert!(encoded(255 * PIECE).is_ok());
        assert!(matches!(encoded(255 * PIECE + 1), Err(EngineError::Encode { format: Format::Jpeg, .. })));
    }
}
