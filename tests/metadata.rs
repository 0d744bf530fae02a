//! What becomes of metadata, and of a source that no encoder makes smaller.
//!
//! Containers are put together by hand; what results carry is read by the `image` crate.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "in a test a surprise is a failure")]

use image::{DynamicImage, ImageDecoder, ImageReader, Rgb, RgbImage, metadata::Orientation};
use inlaid::engine::{
    Cache, Cancel, Format, KeptMetadata, Limits, MetadataKind, Product, Recipe, Source, Tools, Warning,
    decode::Fonts,
    metadata::Part,
    pipeline,
    recipe::{Effort, ProfilePolicy, Want},
};
use std::io::Cursor;

/// What stands in every part of the sources and in no picture.
const MARK: &[u8] = b"Kilroy was here";

fn picture() -> RgbImage {
    let shade = |x: u32, y: u32| ((x * x + 3 * y * y) / 40 % 256) as u8;
    RgbImage::from_fn(96, 64, |x, y| Rgb([shade(x, y), shade(y, x), 90]))
}

fn encoded(picture: &RgbImage, format: image::ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(vec![]);
    DynamicImage::from(picture.clone()).write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

/// Exif in the order of Motorola: an orientation, a position in the north, a text. Laid out by hand
/// after TIFF 6.0 §2.
fn exif(orientation: u8) -> Vec<u8> {
    let mut block = b"MM\0*\0\0\0\x08\0\x03".to_vec();
    block.extend([0x01, 0x0e, 0, 2, 0, 0, 0, MARK.len() as u8, 0, 0, 0, 68]);
    block.extend([0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0]);
    block.extend([0x88, 0x25, 0, 4, 0, 0, 0, 1, 0, 0, 0, 50]);
    block.extend([0; 4]);
    assert_eq!(block.len(), 50);
    block.extend([0, 1, 0, 1, 0, 2, 0, 0, 0, 2, b'N', 0, 0, 0, 0, 0, 0, 0]);
    block.extend(MARK);
    block
}

fn xmp() -> Vec<u8> {
    [b"<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><a tiff:Orientation=\"6\">", MARK, b"</a></x:xmpmeta>"].concat()
}

/// A JPEG with Exif, XMP and a comment behind its JFIF segment, and 300 dots an inch in it.
fn jpeg(plain: &[u8], orientation: u8) -> Vec<u8> {
    let segment = |marker: u8, parts: &[&[u8]]| {
        let body = parts.concat();
        [&[0xff, marker][..], &(body.len() as u16 + 2).to_be_bytes(), &body].concat()
    };
    // SOI, then JFIF 1.02 of 18 bytes.
    assert_eq!(&plain[2..11], b"\xff\xe0\0\x10JFIF\0");
    let head = [&plain[..13], &[1, 1, 44, 1, 44], &plain[18..20]].concat();
    [
        head,
        segment(0xe1, &[b"Exif\0\0", &exif(orientation)]),
        segment(0xe1, &[b"http://ns.adobe.com/xap/1.0/\0", &xmp()]),
        segment(0xfe, &[MARK]),
        plain[20..].to_vec(),
        // Behind the picture: a film, a second picture.
        MARK.to_vec(),
    ]
    .concat()
}

fn png(plain: &[u8], orientation: u8) -> Vec<u8> {
    let chunk = |kind: &[u8], parts: &[&[u8]]| {
        let body = parts.concat();
        let mut crc = flate2::Crc::new();
        crc.update(kind);
        crc.update(&body);
        [&(body.len() as u32).to_be_bytes()[..], kind, &body, &crc.sum().to_be_bytes()].concat()
    };
    [
        // The signature and IHDR.
        plain[..33].to_vec(),
        // 300 / 0.0254 pixels a metre, which is 11,811.
        chunk(b"pHYs", &[&[0, 0, 0x2e, 0x23, 0, 0, 0x2e, 0x23, 1]]),
        chunk(b"eXIf", &[&exif(orientation)]),
        chunk(b"iTXt", &[b"XML:com.adobe.xmp\0\0\0\0\0", &xmp()]),
        chunk(b"tEXt", &[b"Comment\0", MARK]),
        plain[33..].to_vec(),
        MARK.to_vec(),
    ]
    .concat()
}

fn webp(plain: &[u8], orientation: u8) -> Vec<u8> {
    let chunk = |kind: &[u8], body: &[u8]| {
        let mut all = [kind, &(body.len() as u32).to_le_bytes(), body].concat();
        all.extend(vec![0; body.len() % 2]);
        all
    };
    // The flags of Exif and XMP; 96 × 64 less one.
    let canvas = [0b1100, 0, 0, 0, 95, 0, 0, 63, 0, 0];
    let chunks =
        [chunk(b"VP8X", &canvas), plain[12..].to_vec(), chunk(b"EXIF", &exif(orientation)), chunk(b"XMP ", &xmp())];
    chunk(b"RIFF", &[&b"WEBP"[..], &chunks.concat()].concat())
}

/// Of each kind that carries metadata one with all of them.
fn sources(orientation: u8) -> Vec<Source> {
    let pixels = picture();
    let mut coarse = Cursor::new(vec![]);
    pixels.write_with_encoder(image::codecs::jpeg::JpegEncoder::new_with_quality(&mut coarse, 50)).unwrap();
    vec![
        Source::new("a.jpg", jpeg(coarse.get_ref(), orientation)),
        Source::new("a.png", png(&encoded(&pixels, image::ImageFormat::Png), orientation)),
        Source::new("a.webp", webp(&encoded(&pixels, image::ImageFormat::WebP), orientation)),
    ]
}

fn render(source: &Source, recipe: &Recipe) -> Product {
    let (limits, fonts, cancel) = (Limits::default(), Fonts::default(), Cancel::default());
    pipeline::render(source, recipe, &mut Cache::default(), true, Tools::new(&limits, &fonts, &cancel)).unwrap()
}

fn has_mark(bytes: &[u8]) -> bool {
    bytes.windows(MARK.len()).any(|it| it == MARK)
}

fn decoder(bytes: &[u8]) -> impl ImageDecoder + '_ {
    ImageReader::new(Cursor::new(bytes)).with_guessed_format().unwrap().into_decoder().unwrap()
}

#[test]
fn by_default_nothing_goes_along() {
    for orientation in [1, 6] {
        for source in sources(orientation) {
            assert!(has_mark(source.bytes()));
            for format in Format::writable() {
                let mut recipe = Recipe::new(format);
                recipe.output.effort = Effort::Fast;
                let product = render(&source, &recipe);
                assert!(!has_mark(&product.encoded.bytes), "{} as {format:?}", source.name());
                assert!(!product.warnings.contains(&Warning::PositionKept));
            }
        }
    }
}

#[test]
fn what_is_kept_is_there_and_upright() {
    for source in sources(6) {
        for format in [Format::Jpeg, Format::Png, Format::WebP] {
            let mut recipe = Recipe::new(format);
            recipe.output.keep = KeptMetadata::ALL;
            let product = render(&source, &recipe);
            let bytes = &product.encoded.bytes;
            assert!(product.warnings.contains(&Warning::PositionKept));
            let what = format!("{} as {format:?}", source.name());
            let mut decoder = decoder(bytes);
            // Turned upright.
            assert_eq!(decoder.dimensions(), (64, 96), "{what}");
            assert_eq!(decoder.exif_metadata().unwrap(), Some(exif(1)), "{what}");
            assert_eq!(decoder.orientation().unwrap(), Orientation::NoTransforms, "{what}");
            let upright = String::from_utf8(xmp()).unwrap().replace('6', "1");
            assert_eq!(decoder.xmp_metadata().unwrap().as_deref(), Some(upright.as_bytes()), "{what}");
            let preview = product.preview.unwrap();
            assert_eq!(preview.size(), [64, 96], "{what}");
            let is_noted = has_mark(&bytes[bytes.len() / 2..]) || count(bytes) == 3;
            match format {
                Format::WebP => {
                    let left: Vec<_> = product.warnings.iter().filter_map(left_out).collect();
                    let has_density = source.format() != Some(Format::WebP);
                    assert_eq!(left, if has_density { vec![Part::Density, Part::Comments] } else { vec![] });
                }
                _ => assert_eq!(is_noted, source.format() != Some(Format::WebP), "{what}"),
            }
        }
    }
}

/// AVIF and JPEG XL, which the `image` crate does not read here; other programs do in the end-to-end tests.
#[test]
fn formats_of_boxes_carry_exif_and_xmp_beside_the_same_pixels() {
    let faint = image::RgbaImage::from_fn(96, 64, |x, y| image::Rgba([9, 9, 9, (x + y) as u8]));
    for source in sources(6).into_iter().chain([with_alpha(&faint)]) {
        for format in [Format::Avif, Format::JpegXl] {
            let mut recipe = Recipe::new(format);
            recipe.output.effort = Effort::Fast;
            let bare = render(&source, &recipe);
            recipe.output.keep = KeptMetadata::ALL;
            let product = render(&source, &recipe);
            let what = format!("{} as {format:?}", source.name());
            assert!(product.warnings.contains(&Warning::PositionKept), "{what}");
            assert_eq!(count(&product.encoded.bytes), 2, "{what}");
            let (limits, fonts, cancel) = (Limits::default(), Fonts::default(), Cancel::default());
            let file = Source::new("result", product.encoded.bytes);
            let decoded = pipeline::decode(&file, Tools::new(&limits, &fonts, &cancel)).unwrap();
            let kinds: Vec<_> = decoded.facts.details.metadata.iter().map(|it| it.kind).collect();
            assert_eq!(kinds, [MetadataKind::Exif, MetadataKind::Gps, MetadataKind::Xmp], "{what}");
            assert_eq!(decoded.facts.orientation, 1, "{what}");
            assert_eq!(decoded.raster.size(), [64, 96], "{what}");
            assert_eq!(decoded.raster.bytes(), bare.preview.unwrap().bytes(), "{what}");
            let left: Vec<_> = product.warnings.iter().filter_map(left_out).collect();
            let has_more = source.format() != Some(Format::WebP);
            assert_eq!(left, if has_more { vec![Part::Density, Part::Comments] } else { vec![] }, "{what}");
        }
    }
}

fn with_alpha(picture: &image::RgbaImage) -> Source {
    let mut bytes = Cursor::new(vec![]);
    picture.write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    Source::new("alpha.png", png(bytes.get_ref(), 6))
}

fn left_out(warning: &Warning) -> Option<Part> {
    match warning {
        Warning::MetadataLeftOut { part, .. } => Some(*part),
        _ => None,
    }
}

fn count(bytes: &[u8]) -> usize {
    bytes.windows(MARK.len()).filter(|it| *it == MARK).count()
}

#[test]
fn single_parts_are_kept() {
    for source in sources(6) {
        for (format, density) in [
            // Dots an inch; pixels a metre.
            (Format::Jpeg, &b"JFIF\0\x01\x02\x01\x01\x2c\x01\x2c"[..]),
            (Format::Png, b"pHYs\0\0\x2e\x23\0\0\x2e\x23\x01"),
        ] {
            let mut recipe = Recipe::new(format);
            recipe.output.keep = KeptMetadata { density: true, ..KeptMetadata::default() };
            let product = render(&source, &recipe);
            assert_eq!(count(&product.encoded.bytes), 0);
            let has_density = product.encoded.bytes.windows(density.len()).any(|it| it == density);
            assert_eq!(has_density, source.format() != Some(Format::WebP), "{} as {format:?}", source.name());
            recipe.output.keep = KeptMetadata { xmp: true, ..KeptMetadata::default() };
            let bytes = render(&source, &recipe).encoded.bytes;
            let mut decoder = decoder(&bytes);
            assert!(decoder.xmp_metadata().unwrap().is_some() && decoder.exif_metadata().unwrap().is_none());
        }
    }
}

#[test]
fn metadata_never_stop_an_encode() {
    let plain = encoded(&picture(), image::ImageFormat::Png);
    let mut bytes = png(&plain, 1);
    let at = bytes.windows(4).position(|it| it == b"MM\0*").unwrap();
    bytes[at + 3] = b'?';
    let broken = Source::new("a.png", bytes);
    let mut recipe = Recipe::new(Format::Jpeg);
    recipe.output.keep = KeptMetadata::ALL;
    let left: Vec<_> = render(&broken, &recipe).warnings.iter().filter_map(left_out).collect();
    assert_eq!(left, [Part::Exif]);
    // More than a segment of a JPEG holds.
    let text = [b"zTXt".to_vec(), b"Comment\0\0".to_vec(), deflated(&[b'a'; 70_000])].concat();
    let mut crc = flate2::Crc::new();
    crc.update(&text);
    let chunk = [&(text.len() as u32 - 4).to_be_bytes()[..], &text, &crc.sum().to_be_bytes()].concat();
    let long = Source::new("a.png", [&plain[..33], &chunk, &plain[33..]].concat());
    let product = render(&long, &recipe);
    assert_eq!(product.warnings.iter().filter_map(left_out).collect::<Vec<_>>(), [Part::Comments]);
    // A BMP has no place for anything.
    let product = render(
        &sources(1)[0],
        &Recipe {
            output: inlaid::engine::recipe::OutputSpec { keep: KeptMetadata::ALL, ..Recipe::new(Format::Bmp).output },
            ..recipe
        },
    );
    let left: Vec<_> = product.warnings.iter().filter_map(left_out).collect();
    assert_eq!(left, [Part::Exif, Part::Xmp, Part::Density, Part::Comments]);
}

fn deflated(bytes: &[u8]) -> Vec<u8> {
    use std::io::Write as _;
    let mut encoder = flate2::write::ZlibEncoder::new(vec![], flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// What the encoder would have to work for: the highest quality, in little time.
fn costly(source: &Source) -> Recipe {
    let mut recipe = Recipe::new(source.format().unwrap());
    (recipe.output.quality, recipe.output.effort) = (100, Effort::Fast);
    recipe
}

/// The same pictures as small as they get.
fn small_sources() -> Vec<Source> {
    let source = Source::new("a.png", encoded(&picture(), image::ImageFormat::Png));
    let shrunk = |format, orientation| {
        let mut recipe = Recipe::new(format);
        (recipe.output.quality, recipe.output.effort) = (30, Effort::Best);
        let bytes = render(&source, &recipe).encoded.bytes;
        match format {
            Format::Jpeg => Source::new("a.jpg", jpeg(&bytes, orientation)),
            Format::Png => Source::new("a.png", png(&bytes, orientation)),
            _ => Source::new("a.webp", webp(&bytes, orientation)),
        }
    };
    [Format::Jpeg, Format::Png, Format::WebP].into_iter().flat_map(|it| [1, 6].map(|turn| shrunk(it, turn))).collect()
}

#[test]
fn the_original_is_kept_where_it_is_smaller_and_does_as_well() {
    for source in small_sources() {
        let mut recipe = costly(&source);
        let is_turned = decoder(source.bytes()).orientation().unwrap() != Orientation::NoTransforms;
        let is_kept = |recipe: &Recipe| render(&source, recipe).warnings.contains(&Warning::OriginalKept);
        assert_eq!(is_kept(&recipe), !is_turned, "{}", source.name());
        let product = render(&source, &recipe);
        assert!(!has_mark(&product.encoded.bytes), "{}", source.name());
        if is_turned {
            continue;
        }
        let pixels = |bytes: &[u8]| image::load_from_memory(bytes).unwrap().to_rgb8();
        assert_eq!(pixels(&product.encoded.bytes), pixels(source.bytes()), "the pixels are the source's");
        assert_eq!(product.preview.unwrap().size(), [96, 64]);

        recipe.output.keep = KeptMetadata::ALL;
        let whole = render(&source, &recipe);
        assert!(whole.warnings.contains(&Warning::OriginalKept));
        assert_eq!(decoder(&whole.encoded.bytes).exif_metadata().unwrap(), Some(exif(1)));
        assert_eq!(pixels(&whole.encoded.bytes), pixels(source.bytes()));
        assert_eq!(count(&whole.encoded.bytes), if source.format() == Some(Format::WebP) { 2 } else { 3 });

        // A background for what is opaque, a profile for what has none: nothing changes.
        recipe.edits.background = Some([1, 2, 3]);
        recipe.edits.profile = ProfilePolicy::Keep;
        assert!(is_kept(&recipe));
        recipe.edits.size.want = Want::Width(95);
        assert!(!is_kept(&recipe), "another size");
        recipe.edits.size.want = Want::Width(96);
        assert!(is_kept(&recipe), "the same size by its number");
        recipe.output.codec.jpeg.progressive = false;
        assert_eq!(is_kept(&recipe), source.format() != Some(Format::Jpeg), "few readers know progressive scans");
    }
}

#[test]
fn the_original_is_kept_again_after_results_that_were_smaller() {
    let (limits, fonts, cancel) = (Limits::default(), Fonts::default(), Cancel::default());
    let tools = Tools::new(&limits, &fonts, &cancel);
    for source in small_sources().iter().filter(|it| it.format() != Some(Format::Png)) {
        let is_turned = decoder(source.bytes()).orientation().unwrap() != Orientation::NoTransforms;
        let (costly, mut cache) = (costly(source), Cache::default());
        let with = |quality, keep| {
            let mut recipe = costly.clone();
            (recipe.output.quality, recipe.output.keep) = (quality, keep);
            recipe
        };
        let (none, all) = (KeptMetadata::default(), KeptMetadata::ALL);
        for (quality, keep) in [(100, none), (1, none), (100, none), (100, all), (1, all), (100, none), (100, all)] {
            let recipe = with(quality, keep);
            let product = pipeline::render(source, &recipe, &mut cache, true, tools).unwrap();
            let is_kept = product.warnings.contains(&Warning::OriginalKept);
            assert_eq!(is_kept, quality == 100 && !is_turned, "{} at {quality}, {keep:?}", source.name());
            assert_eq!(product.encoded.bytes, render(source, &recipe).encoded.bytes, "with nothing known before");
        }
    }
}

#[test]
fn what_an_encoder_knows_of_its_bytes_is_told_of_these_alone() {
    let (limits, fonts, cancel) = (Limits::default(), Fonts::default(), Cancel::default());
    let tools = Tools::new(&limits, &fonts, &cancel);
    let source = small_sources().into_iter().find(|it| it.format() == Some(Format::Jpeg)).unwrap();
    let (mut recipe, mut cache) = (Recipe::new(Format::Jpeg), Cache::default());
    (recipe.output.quality, recipe.output.effort) = (1, Effort::Fast);
    assert!(cache.seen(&recipe.output).is_none());
    let bytes = pipeline::render(&source, &recipe, &mut cache, false, tools).unwrap().encoded.bytes;
    let seen = cache.seen(&recipe.output).expect("the quick encoder knows").clone();
    // Decoded by others, whose arithmetic may round otherwise.
    let theirs = image::load_from_memory(&bytes).unwrap().to_rgb8();
    assert!(seen.bytes().iter().zip(theirs.as_raw()).all(|(ours, theirs)| ours.abs_diff(*theirs) <= 3));
    assert_eq!(seen.bytes().len(), theirs.as_raw().len());
    let mut others = [recipe.clone(), recipe.clone()];
    (others[0].output.quality, others[1].output.untouched) = (2, true);
    assert!(others.iter().all(|it| cache.seen(&it.output).is_none()));
    // The source's own coding is not what was encoded.
    recipe.output.quality = 100;
    let kept = pipeline::render(&source, &recipe, &mut cache, false, tools).unwrap();
    assert!(kept.warnings.contains(&Warning::OriginalKept) && cache.seen(&recipe.output).is_none());
}

/// Formats whose files are not written anew: theirs goes through as it is, or not at all.
#[test]
fn an_original_that_cannot_be_cleaned_is_kept_where_it_says_nothing() {
    // Of two colours, and so one bit a pixel, which neither of our encoders does.
    let noise = (0..64 * 12).scan(1u32, |state, _| {
        // The generator of ISO C's example.
        *state = state.wrapping_mul(1_103_515_245).wrapping_add(12_345);
        Some((*state >> 16) as u8)
    });
    let lines: Vec<u8> = noise.collect();
    let bmp = {
        let palette = [0, 0, 0, 0, 255, 255, 255, 0];
        let head = [40, 96, 64, 1 | 1 << 16, 0, 64 * 12, 0, 0, 2, 0];
        let info: Vec<u8> = head.into_iter().flat_map(u32::to_le_bytes).collect();
        let file = [62 + 64 * 12, 0, 62].map(u32::to_le_bytes).concat();
        [&b"BM"[..], &file, &info, &palette, &lines].concat()
    };
    let short = |tag: u16, value: u32| (tag, 3u16, 1u32, value);
    let tiff = |last: (u16, u16, u32, u32)| {
        let at = 8 + lines.len() as u32;
        let entries = [
            short(256, 96),
            short(257, 64),
            short(258, 1),
            short(259, 1),
            short(262, 1),
            (273, 4, 1, 8),
            short(277, 1),
            short(278, 64),
            (279, 4, 1, 64 * 12),
            last,
        ];
        let mut directory = (entries.len() as u16).to_le_bytes().to_vec();
        for (tag, kind, count, value) in entries {
            directory.extend([tag, kind].map(u16::to_le_bytes).concat());
            directory.extend([count, value].map(u32::to_le_bytes).concat());
        }
        [&b"II*\0"[..], &at.to_le_bytes(), &lines, &directory, &[0; 4]].concat()
    };
    let (in_one_plane, program) = (short(284, 1), (305, 2, 4, u32::from_le_bytes(*b"ink\0")));
    for (name, bytes, is_kept) in
        [("a.bmp", bmp, true), ("a.tif", tiff(in_one_plane), true), ("a.tif", tiff(program), false)]
    {
        let source = Source::new(name, bytes);
        let mut recipe = costly(&source);
        let product = render(&source, &recipe);
        assert_eq!(product.warnings.contains(&Warning::OriginalKept), is_kept, "{name}");
        assert_eq!(product.encoded.bytes == *source.bytes(), is_kept, "{name}");
        recipe.edits.size.want = Want::Width(95);
        assert!(!render(&source, &recipe).warnings.contains(&Warning::OriginalKept), "{name}");
    }
}

#[test]
fn the_smaller_encoding_wins() {
    let source = Source::new("a.png", encoded(&picture(), image::ImageFormat::Png));
    let product = render(&source, &Recipe::new(Format::Png));
    assert!(product.encoded.bytes.len() < source.bytes().len());
    assert_eq!(product.warnings, []);
}

#[test]
fn who_wants_the_untouched_source_gets_its_metadata_and_hears_of_it() {
    for source in sources(6) {
        let mut recipe = costly(&source);
        recipe.output.untouched = true;
        let product = render(&source, &recipe);
        assert_eq!(product.encoded.bytes, *source.bytes());
        assert!(product.warnings.contains(&Warning::PositionKept));
    }
}

/// An icon (kind 1) or a cursor (kind 2) of these squares.
fn icon(kind: u8, pictures: &[(u8, Vec<u8>)]) -> Vec<u8> {
    let mut at = 6 + 16 * pictures.len();
    let mut file = vec![0, 0, kind, 0, pictures.len() as u8, 0];
    for (side, bytes) in pictures {
        file.extend([*side, *side, 0, 0, 1, 0, 32, 0]);
        file.extend([bytes.len(), at].map(|it| (it as u32).to_le_bytes()).concat());
        at += bytes.len();
    }
    pictures.iter().for_each(|(_, bytes)| file.extend(bytes));
    file
}

/// A bitmap of two colours as icons hold it: without a file header, with a mask that hides nothing. As
/// noise it takes fewer bytes than a PNG of four bytes a pixel.
fn drawn(side: u8) -> (u8, Vec<u8>) {
    let row = usize::from(side).div_ceil(32) * 4;
    let length = row * usize::from(side);
    let side32 = u32::from(side);
    let head = [40, side32, 2 * side32, 1 | 1 << 16, 0, length as u32, 0, 0, 2, 0].map(u32::to_le_bytes).concat();
    let noise = (0..length).scan(7u32, |state, _| {
        *state = state.wrapping_mul(1_103_515_245).wrapping_add(12_345);
        Some((*state >> 16) as u8)
    });
    (side, [head, vec![20, 30, 40, 0, 250, 240, 230, 0], noise.collect(), vec![0; length]].concat())
}

#[test]
fn an_icon_is_kept_where_it_holds_the_sizes_asked_for() {
    let sizes = |wanted: &[u16]| inlaid::engine::options::ico::SIZES.map(|it| wanted.contains(&it));
    let two = icon(1, &[drawn(16), drawn(32)]);
    for (bytes, wanted, is_kept) in [
        (icon(1, &[drawn(32)]), &[][..], true),
        (icon(1, &[drawn(32)]), &[32], true),
        (icon(2, &[drawn(32)]), &[], false),
        (two.clone(), &[], false),
        (two.clone(), &[32], false),
        (two.clone(), &[16, 32], true),
        // As the directory has it.
        (icon(1, &[drawn(32), drawn(16)]), &[16, 32], true),
        (two.clone(), &[16, 32, 48], false),
        (icon(1, &[drawn(16), drawn(16), drawn(32)]), &[16, 32], false),
        // The second is not there as a whole.
        (two[..two.len() - 1].to_vec(), &[16, 32], false),
        // Behind the pictures nothing stays.
        ([&two[..], MARK].concat(), &[16, 32], true),
    ] {
        let source = Source::new("a.ico", bytes.clone());
        let mut recipe = costly(&source);
        recipe.output.codec.ico.sizes = sizes(wanted);
        let product = render(&source, &recipe);
        let what = format!("{} bytes, {wanted:?}", bytes.len());
        assert_eq!(product.warnings.contains(&Warning::OriginalKept), is_kept, "{what}");
        assert!(!has_mark(&product.encoded.bytes), "{what}");
        assert_eq!(bytes.starts_with(&product.encoded.bytes), is_kept, "{what}");
        recipe.edits.size.want = Want::Width(16);
        assert!(!render(&source, &recipe).warnings.contains(&Warning::OriginalKept), "{what}, smaller");
    }
}

#[test]
fn an_icon_is_kept_without_what_its_pictures_say() {
    // Noise in grey takes a third of its bytes in four channels.
    let noise = image::GrayImage::from_fn(32, 32, |x, y| image::Luma([(x * 37 + y * y * 91 + x * x * y) as u8]));
    let mut plain = Cursor::new(vec![]);
    noise.write_to(&mut plain, image::ImageFormat::Png).unwrap();
    let plain = plain.into_inner();
    let source = Source::new("a.ico", icon(1, &[(32, png(&plain, 1)), drawn(16)]));
    let mut recipe = costly(&source);
    recipe.output.codec.ico.sizes = inlaid::engine::options::ico::SIZES.map(|it| it == 16 || it == 32);
    recipe.output.keep = KeptMetadata::ALL;
    let product = render(&source, &recipe);
    assert!(product.warnings.contains(&Warning::OriginalKept));
    assert!(!has_mark(&product.encoded.bytes) && has_mark(source.bytes()));
    assert_eq!(*product.encoded.bytes, *icon(1, &[(32, plain.clone()), drawn(16)]));
    assert_eq!(product.preview.unwrap().size(), [32, 32]);

    // The smaller picture alone means other colours: light as stored (PNG third edition §11.3.2.2).
    let gamma = [&[0, 0, 0, 4][..], b"gAMA", &100_000_u32.to_be_bytes(), &[0x31, 0xe8, 0x96, 0x5f]].concat();
    let mut small = Cursor::new(vec![]);
    image::imageops::thumbnail(&noise, 16, 16).write_to(&mut small, image::ImageFormat::Png).unwrap();
    let small = small.into_inner();
    let bright = [&small[..33], &gamma, &small[33..]].concat();
    for (small, is_kept) in [(small.clone(), true), (bright, false)] {
        let source = Source::new("a.ico", icon(1, &[(32, plain.clone()), (16, small)]));
        let product = render(&source, &recipe);
        assert_eq!(product.warnings.contains(&Warning::OriginalKept), is_kept);
    }
}
