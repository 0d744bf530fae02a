//! Arguments of single formats.

use crate::{Place, assert_fault, seen};
use image::{GenericImageView as _, ImageFormat};
use std::{collections::HashSet, fs};

/// A place with a picture of some thousand colours.
fn place() -> Place {
    let place = Place::new();
    let samples = (0..60 * 60_u32).flat_map(|at| [(at % 60 * 4) as u8, (at / 60 * 4) as u8, (at % 251) as u8]);
    image::RgbImage::from_raw(60, 60, samples.collect()).unwrap().save(place.path("a.png")).unwrap();
    place
}

/// Converts with these arguments and reads what came of it.
fn made(place: &Place, args: &[&str], name: &str) -> Vec<u8> {
    place.done(&[args, &["--force", "-o", name, "a.png"]].concat());
    fs::read(place.path(name)).unwrap()
}

fn colours(bytes: &[u8]) -> usize {
    image::load_from_memory(bytes).unwrap().pixels().map(|it| it.2).collect::<HashSet<_>>().len()
}

#[test]
fn colors_make_a_palette() {
    let place = place();
    for name in ["b.png", "b.gif"] {
        let [many, few, flat] = [&["--colors", "64"][..], &["--colors", "5"], &["--colors=5", "--dithering", "0"]]
            .map(|args| made(&place, args, name));
        assert!((6..=64).contains(&colours(&many)) && (2..=5).contains(&colours(&few)), "{name}");
        assert!(flat.len() < few.len() && few.len() < many.len(), "{name}");
    }
    let output = place.run(&["--colors", "5", "-o", "b.webp", "a.png"]);
    assert_fault(&output, 0, &["warning", "WebP", "--colors"]);
}

#[test]
fn a_jpeg_is_made_as_asked() {
    let place = place();
    // SOF0 or SOF2 and the sampling factors of the first component (ITU-T T.81 §B.2.2).
    let frame = |args: &[&str]| {
        let bytes = made(&place, args, "b.jpg");
        let at = bytes.windows(4).position(|it| matches!(it, [0xff, 0xc0 | 0xc2, 0, 17])).unwrap();
        (bytes[at + 1], bytes[at + 11], bytes.len())
    };
    assert_eq!(frame(&["--chroma", "420"]).1, 0x22);
    assert_eq!(frame(&["--chroma", "422"]).1, 0x21);
    let (marker, factors, length) = frame(&["--chroma", "444"]);
    assert_eq!((marker, factors), (0xc2, 0x11));
    assert_eq!(frame(&["--chroma=444", "--baseline"]).0, 0xc0);
    assert!(length < frame(&["--chroma=444", "--no-trellis"]).2);
}

#[test]
fn an_ico_and_a_webp_are_made_as_asked() {
    let place = place();
    let ico = made(&place, &["--ico-sizes", "16,32, 48"], "b.ico");
    assert_eq!((ico[4], ico[6], ico[22], ico[38]), (3, 16, 32, 48));
    let lossless = made(&place, &["--lossless"], "b.webp");
    assert_ne!(made(&place, &["--lossless", "--near-lossless", "20"], "b.webp"), lossless);
    let webp = |args| made(&place, args, "b.webp");
    assert!(webp(&["--method", "6"]).len() < webp(&["--method", "0"]).len());
    assert_eq!(webp(&["--sharp-yuv"]), webp(&["--sharp-yuv=on"]));
    assert_ne!(webp(&["--sharp-yuv"]), webp(&["--sharp-yuv=off"]));
    assert_eq!(seen(&place.path("b.webp")).0, ImageFormat::WebP);
}

#[test]
fn values_out_of_range_are_wrong_usage() {
    let place = place();
    for args in [
        &["--colors", "1"][..],
        &["--colors", "257"],
        &["--colors", "16", "--lossless"],
        &["--dithering", "101"],
        &["--chroma", "411"],
        &["--ico-sizes", "20"],
        &["--alpha-quality", "101"],
        &["--method", "7"],
        &["--near-lossless", "60"],
        &["--lossless", "--near-lossless", "101"],
    ] {
        assert_fault(&place.run(&[args, &["-o", "b.png", "a.png"]].concat()), 2, &[]);
    }
    assert_eq!(place.names(), ["a.png"]);
}
