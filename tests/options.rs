//! What is asked of the encoders beyond quality, and what other decoders find of it.

#![expect(clippy::expect_used, clippy::panic, reason = "a test that cannot be set up has failed")]

use image::{DynamicImage, GenericImageView as _};
use inlaid::engine::{
    Cache, Cancel, Encoded, Format, Layout, Limits, Raster, Recipe, Source, Tools, Warning,
    decode::Fonts,
    encode,
    options::{IcoOptions, PaletteOptions, PngColours, Subsampling, ico},
    pipeline,
    recipe::{Effort, OutputSpec, Want},
    score::Reference,
};
use std::cmp::Ordering;

const EFFORTS: [Effort; 3] = [Effort::Fast, Effort::Normal, Effort::Best];

fn encoded(raster: &Raster, spec: &OutputSpec) -> Encoded {
    encode::encode(raster, spec, &Cancel::default()).expect("it can be written")
}

fn decoded(encoded: &Encoded) -> DynamicImage {
    // A TGA is not known by its content.
    let format = image::ImageFormat::from_extension(encoded.format.extension()).expect("it is read there");
    image::load_from_memory_with_format(&encoded.bytes, format).expect("another decoder reads it")
}

/// Repeatable numbers (Knuth's MMIX generator).
struct Random(u64);

impl Random {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }

    fn flag(&mut self) -> bool {
        self.below(2) == 1
    }

    /// Any value that an option may have, and then some.
    fn spec(&mut self, format: Format) -> OutputSpec {
        let mut spec = OutputSpec::new(format);
        spec.quality = self.below(101) as u8;
        spec.lossless = self.flag();
        spec.effort = EFFORTS[self.below(3) as usize];
        let jpeg = &mut spec.codec.jpeg;
        let all = [Subsampling::Auto, Subsampling::Full, Subsampling::HalfAcross, Subsampling::Half];
        jpeg.subsampling = all[self.below(4) as usize];
        jpeg.progressive = self.flag();
        jpeg.trellis = self.flag();
        let palette = PaletteOptions { colours: self.below(300) as u16, dithering: self.below(110) as u8 };
        let all = [PngColours::AsSource, PngColours::All, PngColours::Palette];
        spec.codec.png.colours = all[self.below(3) as usize];
        spec.codec.png.palette = palette.clone();
        spec.codec.gif = palette;
        spec.codec.ico.sizes = [(); ico::SIZES.len()].map(|()| self.flag());
        let webp = &mut spec.codec.webp;
        webp.alpha_quality = self.below(110) as u8;
        webp.nearness = self.below(110) as u8;
        webp.sharp_yuv = [None, Some(false), Some(true)][self.below(3) as usize];
        webp.method = Some(self.below(10) as u8).filter(|it| *it < 8);
        spec
    }
}

/// Slopes with noise; a third of it clear, a third opaque, a third in between.
fn picture(width: u32, height: u32, layout: Layout, random: &mut Random) -> Raster {
    let mut samples = vec![];
    for at in 0..width * height {
        let (x, y) = (at % width, at / width);
        let noise = random.below(20) as u32;
        let alpha = match (x * 3 / width, y % 2) {
            (0, _) => 0,
            (1, _) => 255,
            _ => random.below(256) as u32,
        };
        let pixel = [x * 200 / width + noise, y * 200 / height + noise, 128 + noise, alpha];
        samples.extend(pixel.into_iter().take(layout.channels()).map(|it| it as u8));
    }
    Raster::from_samples8(width, height, layout, samples).expect("lengths fit")
}

#[test]
fn whatever_is_asked_for_is_a_picture_of_the_right_size_and_alpha() {
    let mut random = Random(1);
    let with_options = [Format::Jpeg, Format::Png, Format::Gif, Format::Ico, Format::WebP];
    let without = [Format::Bmp, Format::Tiff, Format::Tga, Format::Qoi];
    for round in 0..60 {
        for format in with_options.into_iter().chain(without) {
            let size = [random.below(70) as u32 + 1, random.below(50) as u32 + 1];
            let layout = if random.flag() { Layout::Rgba8 } else { Layout::Rgb8 };
            let raster = picture(size[0], size[1], layout, &mut random);
            let spec = random.spec(format);
            let result = encoded(&raster, &spec);
            let found = decoded(&result);
            let what = format!("{round} {format:?} {size:?} {layout:?} {spec:?}");
            assert_eq!([found.width(), found.height()], result.size, "{what}");
            if format == Format::Ico {
                continue;
            }
            assert_eq!(result.size, size, "{what}");
            for (x, y, pixel) in found.to_rgba8().enumerate_pixels() {
                let at = (y * size[0] + x) as usize * layout.channels();
                let alpha = if layout.has_alpha() && format.has_alpha() { raster.bytes()[at + 3] } else { 255 };
                // Lossy alpha is the one that may move.
                let is_close = format == Format::WebP && !spec.lossless && spec.codec.webp.alpha_quality < 100;
                let kept = alpha == 0 && pixel.0[3] == 0 || alpha == 255 && pixel.0[3] == 255;
                assert!(kept || is_close || !matches!(alpha, 0 | 255), "{x} {y}: {alpha} {pixel:?} {what}");
            }
        }
    }
}

#[test]
fn the_number_of_threads_does_not_show_in_any_option() {
    let pools = [1, 2, 5]
        .map(|threads| rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads can be had"));
    let mut random = Random(2);
    let with_options = [Format::Jpeg, Format::Png, Format::Gif, Format::Ico, Format::WebP];
    let without = [Format::Bmp, Format::Tiff, Format::Tga, Format::Qoi, Format::JpegXl];
    for format in with_options.into_iter().chain(without) {
        for _ in 0..4 {
            // More than one of the groups into which some of them cut a picture.
            let raster = picture(300, 280, Layout::Rgba8, &mut random);
            let spec = random.spec(format);
            let [one, two, five] = pools.each_ref().map(|pool| pool.install(|| encoded(&raster, &spec).bytes));
            assert!(one == two && one == five, "{spec:?}");
        }
    }
}

/// What a JPEG's frame header says (ITU-T T.81 §B.2.2): its marker and the sampling factors.
fn frame(jpeg: &[u8]) -> (u8, Vec<u8>) {
    let mut at = 2;
    loop {
        let [0xff, marker, high, low] = jpeg[at..at + 4] else { panic!("no marker at {at}") };
        if matches!(marker, 0xc0..=0xc2) {
            let components = usize::from(jpeg[at + 9]);
            return (marker, (0..components).map(|nth| jpeg[at + 11 + 3 * nth]).collect());
        }
        at += 2 + usize::from(u16::from_be_bytes([high, low]));
    }
}

#[test]
fn a_jpeg_is_sampled_and_ordered_as_asked() {
    let raster = picture(67, 45, Layout::Rgb8, &mut Random(3));
    let samplings = [
        (Subsampling::Full, [0x11, 0x11, 0x11]),
        (Subsampling::HalfAcross, [0x21, 0x11, 0x11]),
        (Subsampling::Half, [0x22, 0x11, 0x11]),
    ];
    for effort in EFFORTS {
        for (subsampling, factors) in samplings {
            for progressive in [false, true] {
                let [plain, trellis] = [false, true].map(|trellis| {
                    let mut spec = OutputSpec { effort, ..OutputSpec::new(Format::Jpeg) };
                    spec.codec.jpeg.subsampling = subsampling;
                    spec.codec.jpeg.progressive = progressive;
                    spec.codec.jpeg.trellis = trellis;
                    let bytes = encoded(&raster, &spec).bytes;
                    let (marker, found) = frame(&bytes);
                    // Live previews are baseline whatever is asked for: quicker to make and to read.
                    let is_progressive = progressive && effort != Effort::Fast;
                    assert_eq!((marker, found.as_slice()), (if is_progressive { 0xc2 } else { 0xc0 }, &factors[..]));
                    let pixels = jpeg_decoder::Decoder::new(&bytes[..]).decode().expect("another decoder reads it");
                    assert_eq!(pixels.len(), 67 * 45 * 3);
                    bytes.len()
                });
                assert!(trellis < plain, "{subsampling:?} {progressive}: {trellis} {plain}");
            }
        }
    }
}

fn palette_spec(colours: u16, effort: Effort) -> OutputSpec {
    let mut spec = OutputSpec { effort, ..OutputSpec::new(Format::Png) };
    spec.codec.png.colours = PngColours::Palette;
    spec.codec.png.palette.colours = colours;
    spec
}

#[test]
fn a_png_with_a_palette_has_the_least_depth_for_its_colours() {
    let raster = picture(64, 64, Layout::Rgba8, &mut Random(4));
    for effort in EFFORTS {
        for (colours, depth) in [(2, 1), (4, 2), (16, 4), (17, 8), (256, 8)] {
            let result = encoded(&raster, &palette_spec(colours, effort));
            let info = png::Decoder::new(std::io::Cursor::new(&result.bytes[..])).read_info().expect("it is a PNG");
            let info = info.info();
            assert_eq!(info.color_type, png::ColorType::Indexed, "{effort:?}");
            // Whole bytes compress better now and then, which the slower ways find out.
            let found = info.bit_depth as u8;
            assert!(found == depth || effort != Effort::Fast && found == 8, "{effort:?} {colours}: {found}");
            let entries = info.palette.as_ref().map_or(0, |it| it.len() / 3);
            assert!((2..=usize::from(colours)).contains(&entries), "{entries} of {colours}");
        }
    }
}

#[test]
fn a_palette_is_much_smaller_and_close() {
    let raster = picture(200, 200, Layout::Rgba8, &mut Random(5));
    let all = encoded(&raster, &OutputSpec::new(Format::Png)).bytes.len();
    let few = encoded(&raster, &palette_spec(256, Effort::Normal));
    assert!(few.bytes.len() * 2 < all, "{} {all}", few.bytes.len());
    let off = decoded(&few).to_rgba8().pixels().zip(raster.bytes().as_chunks::<4>().0).fold(0.0, |sum, (is, was)| {
        let [a, b] = [f64::from(is.0[3]), f64::from(was[3])];
        sum + (0..3).map(|at| (f64::from(is.0[at]) * a - f64::from(was[at]) * b).abs() / 255.0).sum::<f64>()
    });
    assert!(off / (200.0 * 200.0 * 3.0) < 6.0, "{}", off / (200.0 * 200.0 * 3.0));
}

/// A product of the pipeline for the source.
fn rendered(source: &Source, recipe: &Recipe) -> pipeline::Product {
    let (limits, fonts, cancel) = (Limits::default(), Fonts::default(), Cancel::default());
    pipeline::render(source, recipe, &mut Cache::default(), true, Tools::new(&limits, &fonts, &cancel))
        .expect("it can be rendered")
}

#[test]
fn a_palette_in_the_source_is_kept_through_resizing() {
    let raster = picture(300, 200, Layout::Rgb8, &mut Random(6));
    let [few, all] = [palette_spec(256, Effort::Normal), OutputSpec::new(Format::Png)]
        .map(|spec| Source::new("a.png", encoded(&raster, &spec).bytes));
    let mut recipe = Recipe::new(Format::Png);
    let untouched = rendered(&few, &recipe);
    assert!(!untouched.warnings.iter().any(|it| matches!(it, Warning::PaletteKept { .. })));
    let pixels = |bytes: &[u8]| image::load_from_memory(bytes).expect("it is a picture").to_rgba8();
    assert_eq!(pixels(&untouched.encoded.bytes), pixels(few.bytes()), "its colours fit");

    recipe.edits.size.want = Want::Width(201);
    let kept = rendered(&few, &recipe);
    assert_eq!(kept.warnings, [Warning::PaletteKept { colours: 256 }]);
    assert_eq!(kept.encoded.bytes[25], 3, "the colour type of the header");
    assert_eq!(kept.preview.map(|it| it.size()), Some([201, 134]));
    assert_eq!(rendered(&all, &recipe).encoded.bytes[25], 2, "a source of all colours keeps them");

    recipe.output.codec.png.colours = PngColours::All;
    let grown = rendered(&few, &recipe);
    assert_eq!((grown.encoded.bytes[25], grown.warnings.len()), (2, 0));
    assert!(kept.encoded.bytes.len() * 3 < grown.encoded.bytes.len() * 2);
}

#[test]
fn a_gif_keeps_to_its_colours() {
    let raster = picture(90, 70, Layout::Rgba8, &mut Random(7));
    for colours in [2, 3, 17, 256] {
        let mut spec = OutputSpec::new(Format::Gif);
        spec.codec.gif.colours = colours;
        let found = decoded(&encoded(&raster, &spec)).to_rgba8();
        let different: std::collections::HashSet<_> = found.pixels().map(|it| it.0).collect();
        assert!((2..=usize::from(colours)).contains(&different.len()), "{} of {colours}", different.len());
    }
}

/// The directory of an ICO: width, height, and the picture of each entry.
fn entries(ico: &[u8]) -> Vec<([u32; 2], DynamicImage)> {
    let number = |at: usize| u32::from_le_bytes([ico[at], ico[at + 1], ico[at + 2], ico[at + 3]]) as usize;
    let side = |at: usize| if ico[at] == 0 { 256 } else { u32::from(ico[at]) };
    let count = usize::from(u16::from_le_bytes([ico[4], ico[5]]));
    let entry = |nth: usize| {
        let at = 6 + 16 * nth;
        let file = &ico[number(at + 12)..][..number(at + 8)];
        ([side(at), side(at + 1)], image::load_from_memory(file).expect("an entry is a PNG"))
    };
    (0..count).map(entry).collect()
}

fn ico_spec(sizes: &[u16]) -> OutputSpec {
    let mut spec = OutputSpec::new(Format::Ico);
    spec.codec.ico = IcoOptions { sizes: ico::SIZES.map(|it| sizes.contains(&it)) };
    spec
}

#[test]
fn an_ico_holds_the_sizes_asked_for() {
    // Left half red, right half blue, with lines of one pixel that only averaging sees.
    let samples = (0..400 * 200_u32).flat_map(|at| match (at % 400 < 200, at % 2) {
        (true, _) => [255, 0, 0],
        (false, 0) => [0, 0, 255],
        _ => [0, 0, 0],
    });
    let raster = Raster::from_samples8(400, 200, Layout::Rgb8, samples.collect()).expect("lengths fit");
    let result = encoded(&raster, &ico_spec(&[256, 16, 32]));
    assert_eq!((result.size, result.warnings.len()), ([256; 2], 0));
    let found = entries(&result.bytes);
    assert_eq!(found.iter().map(|it| it.0).collect::<Vec<_>>(), [[16; 2], [32; 2], [256; 2]]);
    for ([side, _], picture) in found {
        assert_eq!(picture.dimensions(), (side, side));
        let at = |x: u32, y: u32| picture.get_pixel(side * x / 16, side * y / 16).0;
        assert_eq!(at(2, 8), [255, 0, 0, 255], "{side}");
        assert_eq!(at(8, 1)[3], 0, "what is missing from the square is clear");
        // Half the light of blue is 188 in sRGB: 0.5 → 1.055 × 0.5^(1/2.4) − 0.055 = 0.735.
        let blue = at(13, 8);
        assert!(blue[0] == 0 && blue[2].abs_diff(188) <= 2, "{side}: {blue:?}");
    }
}

#[test]
fn an_ico_is_made_smaller_but_never_larger() {
    let large = picture(600, 300, Layout::Rgb8, &mut Random(8));
    let result = encoded(&large, &ico_spec(&[]));
    assert_eq!((result.size, result.warnings), ([256, 128], vec![Warning::MadeSmaller { side: 256 }]));
    assert_eq!(entries(&result.bytes)[0].0, [256, 128]);
    let small = picture(40, 30, Layout::Rgb8, &mut Random(9));
    let result = encoded(&small, &ico_spec(&[16, 32, 64]));
    assert_eq!((result.size, result.warnings), ([32; 2], vec![Warning::NotEnlarged]));
    assert_eq!(entries(&result.bytes).len(), 2);
    let result = encoded(&small, &ico_spec(&[256]));
    assert_eq!((result.size, result.warnings), ([40, 30], vec![Warning::NotEnlarged]));
    assert_eq!(encoded(&small, &ico_spec(&[])).warnings, []);
}

#[test]
fn a_webp_keeps_alpha_as_close_as_asked() {
    let raster = picture(160, 120, Layout::Rgba8, &mut Random(10));
    let of = |alpha_quality: u8| {
        let mut spec = OutputSpec::new(Format::WebP);
        spec.codec.webp.alpha_quality = alpha_quality;
        let result = encoded(&raster, &spec);
        let found = decoded(&result).to_rgba8();
        let off = found.pixels().zip(raster.bytes().as_chunks::<4>().0);
        (result.bytes.len(), off.map(|(is, was)| u64::from(is.0[3].abs_diff(was[3]))).sum::<u64>())
    };
    let (exact, near, far) = (of(100), of(60), of(0));
    assert_eq!(exact.1, 0, "100 is without loss");
    assert!(0 < near.1 && near.1 < far.1 && far.0 < near.0 && near.0 < exact.0, "{exact:?} {near:?} {far:?}");
}

#[test]
fn a_webp_is_as_near_to_lossless_as_asked() {
    let raster = picture(160, 120, Layout::Rgb8, &mut Random(11));
    let of = |nearness: u8| {
        let mut spec = OutputSpec { lossless: true, ..OutputSpec::new(Format::WebP) };
        spec.codec.webp.nearness = nearness;
        let result = encoded(&raster, &spec);
        let found = decoded(&result).to_rgb8();
        (result.bytes.len(), found.iter().zip(raster.bytes()).map(|(a, b)| a.abs_diff(*b)).max())
    };
    let (exact, near, far) = (of(100), of(60), of(0));
    assert_eq!(exact.1, Some(0));
    assert!(near.0 < exact.0 && Some(0) < near.1 && near.1 < far.1, "{exact:?} {near:?} {far:?}");
}

/// Neither of libwebp's methods is always the smaller one, so what is kept takes whichever is.
#[test]
fn a_webp_without_loss_is_the_smaller_of_two_methods() {
    let pixels = (0..160 * 120).map(|at| (at % 160, at / 160));
    let steps =
        pixels.flat_map(|(x, y)| [x / 8 * 13 % 200, y / 6 * 17 % 220, (x + y) / 12 * 29 % 240].map(|it| it as u8));
    let drawn = Raster::from_samples8(160, 120, Layout::Rgb8, steps.collect()).expect("lengths fit");
    let pictures = [picture(160, 120, Layout::Rgb8, &mut Random(11)), drawn];
    let smaller = pictures.map(|raster| {
        let of = |method| {
            let mut spec = OutputSpec { lossless: true, ..OutputSpec::new(Format::WebP) };
            spec.codec.webp.method = method;
            encoded(&raster, &spec).bytes
        };
        let (fourth, fifth) = (of(Some(4)), of(Some(5)));
        assert_eq!(of(None).len(), fourth.len().min(fifth.len()));
        fourth.len().cmp(&fifth.len())
    });
    assert_eq!(smaller, [Ordering::Greater, Ordering::Less]);
}

/// Letters of a strong colour.
fn letters(width: u32, height: u32, layout: Layout) -> Raster {
    let ink = |at: u32| (at % width) % 7 < 2 && (at / width) % 9 < 6;
    let pixel = |at| if ink(at) { [200, 0, 0, 255] } else { [250, 250, 255, 255] };
    let clear = |at: u32| if at < 2 * width { 128 } else { 255 };
    let samples = (0..width * height).flat_map(|at| match layout {
        Layout::Rgba8 => [&pixel(at)[..3], &[clear(at)]].concat(),
        _ => pixel(at)[..3].to_vec(),
    });
    Raster::from_samples8(width, height, layout, samples.collect()).expect("lengths fit")
}

#[test]
fn a_webp_with_coloured_letters_has_sharp_colours_without_being_asked() {
    for layout in [Layout::Rgb8, Layout::Rgba8] {
        let raster = letters(200, 150, layout);
        let of = |sharp_yuv| {
            let mut spec = OutputSpec::new(Format::WebP);
            spec.codec.webp.sharp_yuv = sharp_yuv;
            encoded(&raster, &spec).bytes
        };
        assert_ne!(of(Some(true)), of(Some(false)), "{layout:?}");
        assert_eq!(of(None), of(Some(true)), "{layout:?}");
    }
}

#[test]
fn sharp_colours_look_closer_at_coloured_edges() {
    let raster = letters(200, 150, Layout::Rgb8);
    let reference = Reference::new(&raster, &Cancel::default()).expect("nobody cancels");
    let [plain, sharp] = [false, true].map(|sharp| {
        let mut spec = OutputSpec { quality: 95, ..OutputSpec::new(Format::WebP) };
        spec.codec.webp.sharp_yuv = Some(sharp);
        let found = decoded(&encoded(&raster, &spec)).to_rgb8();
        let found = Raster::from_samples8(200, 150, Layout::Rgb8, found.into_raw()).expect("lengths fit");
        reference.score(&found, &Cancel::default()).expect("nobody cancels")
    });
    assert!(plain + 3.0 < sharp, "{sharp} {plain}");
}
