//! Colours as the engine makes them, beside what a browser and another colour management make.

use super::{
    desk::{Desk, script},
    text,
};
use image::{ExtendedColorType, ImageEncoder as _, codecs::png::PngEncoder};
use inlaid::engine::{
    Cancel, Limits, Source, Tools,
    decode::{DecodeOptions, Fonts, decode},
};
use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

/// The largest mean difference over all channels and pixels, in steps of 255.
const TOLERANCE: f64 = 1.5;
/// Larger pictures say nothing more, and a browser's screenshot has its limits.
const MOST_PIXELS: u64 = 1_100_000;
/// Of these suites, the files that a browser knows.
const SUITES: &[&str] = &["icc", "avif"];
/// Four inks, with and without a profile.
const INKS: &[&str] = &["jpeg-reftest/ycck.jpg", "jpeg-reftest/mozilla/jpg-cmyk-2.jpg"];
const EXTENSIONS: &[&str] = &["png", "jpg", "jpeg", "avif"];

/// What the browser shows otherwise, by a part of the path, and why.
const UNFIT: &[(&str, &str)] = &[
    ("gainmap", "it applies the gain map"),
    ("cropped_480x256", "it shows what lies outside of the clean aperture"),
    ("kimono.crop.avif", "it shows what lies outside of the clean aperture"),
    ("alpha_noispe", "it does not show it"),
    ("yuv422.alpha", "it does not show it"),
    ("p3pq", "it does not know these matrix coefficients and takes PQ for sRGB"),
    ("poc_b_506387278", "libavif agrees with us"),
    ("clop_irot_imor", "of 34 × 12 pixels most are edges, where it filters chroma otherwise"),
];

/// Everything in the folder and below it.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|it| it.unwrap().path());
    let mut files: Vec<_> = entries.flat_map(|it| if it.is_dir() { files(&it) } else { vec![it] }).collect();
    files.sort();
    files
}

fn is_unfit(path: &Path) -> bool {
    UNFIT.iter().any(|(part, _)| text(path).contains(part))
}

fn has_extension(path: &Path) -> bool {
    path.extension().is_some_and(|it| EXTENSIONS.iter().any(|known| it.eq_ignore_ascii_case(known)))
}

/// The picture as the engine shows it, in a PNG; `None` when it does not open, moves or is too large.
fn shown(path: &Path, to: &Path) -> Option<()> {
    let (limits, fonts, cancel) =
        (Limits { max_pixels: MOST_PIXELS, ..Limits::default() }, Fonts::default(), Cancel::default());
    let source = Source::new("picture", fs::read(path).unwrap());
    let decoded = decode(&source, &DecodeOptions::default(), Tools::new(&limits, &fonts, &cancel)).ok()?;
    let raster = Some(decoded.raster).filter(|_| decoded.facts.frames == Some(1))?;
    let encoder = PngEncoder::new(fs::File::create(to).unwrap());
    encoder.write_image(&raster.to_rgba8(), raster.width(), raster.height(), ExtendedColorType::Rgba8).unwrap();
    Some(())
}

#[test]
fn colours_are_those_of_a_browser_and_of_another_colour_management() {
    let Some(desk) = Desk::open("colours_are_those_of_a_browser_and_of_another_colour_management") else { return };
    let folder = desk.picture("colours");
    fs::create_dir(&folder).unwrap();
    let corpus = std::env::var_os("INLAID_CORPUS").map(PathBuf::from);
    let profiles = corpus.as_ref().map(|it| it.join("icc/profiles"));
    let mut args = vec!["make", text(&folder)];
    args.extend(profiles.as_deref().map(text));
    let drawn = desk.python("colour.py", &args);
    let mut originals: Vec<PathBuf> = drawn.lines().map(PathBuf::from).collect();
    assert!(30 < originals.len(), "{drawn}");
    for suite in corpus.iter().flat_map(|it| SUITES.iter().map(|suite| it.join(suite))) {
        originals.extend(files(&suite).into_iter().filter(|it| has_extension(it) && !is_unfit(it)));
    }
    originals.extend(corpus.iter().flat_map(|it| INKS.iter().map(|file| it.join(file))));
    let mut list = String::new();
    for (index, original) in originals.iter().enumerate() {
        let ours = folder.join(format!("ours {index}.png"));
        if shown(original, &ours).is_some() {
            writeln!(list, "{}\t{}", original.display(), ours.display()).unwrap();
        }
    }
    fs::write(folder.join("list"), &list).unwrap();
    // The browser takes its time over so many pictures.
    let report = desk.output_of(180, "/usr/bin/python3", &[text(&script("colour.py")), "browse", text(&folder)]);
    assert_eq!(report.lines().count(), list.lines().count());
    let is_off = |line: &&str| line.split(' ').take(2).any(|it| it.parse().is_ok_and(|it: f64| TOLERANCE < it));
    println!("{report}");
    let off: Vec<&str> = report.lines().filter(is_off).collect();
    assert!(off.is_empty(), "{} of {}:\n{}", off.len(), report.lines().count(), off.join("\n"));
}
