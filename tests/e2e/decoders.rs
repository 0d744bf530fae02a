//! Files as other programs read them: Pillow, ImageMagick, the decoders of the formats' makers,
//! Chromium; and what exiftool finds in them.

use super::{
    desk::{Desk, script},
    text,
};
use inlaid::engine::{
    Cancel, Format, Layout, Limits, Raster, Source, Tools,
    decode::{DecodeOptions, Fonts, decode},
    encode::encode,
    recipe::OutputSpec,
};
use std::{collections::BTreeSet, fmt::Write as _, fs, path::Path};

/// So much decoders of lossy formats may differ on average: they enlarge colours otherwise.
const LOSSY_MEAN: f64 = 2.0;
/// Rounding of what is seen through.
const LOSSLESS_MOST: f64 = 1.0;
/// Less than one step of sixteen bits: what has so many is read to the last of them.
const WIDE_MOST: f64 = 0.003;
/// Nobody but us reads it here.
const UNREAD: [Format; 1] = [Format::Qoi];

/// What the browser shows otherwise: it blends the alpha of an AVIF with its ground in a way of its own,
/// that of files by avifenc as far off; libavif reads ours to the last bit.
const BLENDED_OTHERWISE: [&str; 3] = ["rgba-lossy.avif", "grey-alpha-lossy.avif", "rgba16-lossy.avif"];

/// Every layout, at odd sizes and at the least.
fn pictures() -> Vec<(&'static str, Raster)> {
    let shade = |x: u32, y: u32, by: u32| (x * 13 + y * 7 * by) * 255 / 400;
    let narrow = |size: [u32; 2], layout: Layout, is_grey: bool| {
        let places = (0..size[1]).flat_map(|y| (0..size[0]).map(move |x| (x, y)));
        let pixel = |(x, y): (u32, u32)| {
            let light = [1, 2, 3].map(|by| shade(x, y, if is_grey { 1 } else { by }) as u8);
            let all = [light[0], light[1], light[2], ((x + y) * 9) as u8];
            all.into_iter().take(layout.channels())
        };
        Raster::from_samples8(size[0], size[1], layout, places.flat_map(pixel).collect::<Vec<_>>()).unwrap()
    };
    let wide = |size: [u32; 2], layout: Layout| {
        let places = (0..size[1]).flat_map(|y| (0..size[0]).map(move |x| (x, y)));
        let pixel = |(x, y): (u32, u32)| {
            let light = [1, 2, 3].map(|by| (x * 2_111 + y * 1_777 * by) as u16);
            let all = [light[0], light[1], light[2], (x * 3_001 + y) as u16];
            all.into_iter().take(layout.channels())
        };
        Raster::from_samples16(size[0], size[1], layout, places.flat_map(pixel).collect::<Vec<_>>()).unwrap()
    };
    vec![
        ("rgb", narrow([17, 13], Layout::Rgb8, false)),
        ("rgba", narrow([17, 13], Layout::Rgba8, false)),
        ("grey", narrow([16, 9], Layout::Rgb8, true)),
        ("grey-alpha", narrow([5, 31], Layout::Rgba8, true)),
        ("one", narrow([1, 1], Layout::Rgb8, false)),
        ("one-alpha", narrow([1, 1], Layout::Rgba8, false)),
        ("rgb16", wide([9, 7], Layout::Rgb16)),
        ("rgba16", wide([7, 9], Layout::Rgba16)),
    ]
}

/// The samples as red, green, blue and alpha, the high byte first.
fn raw(raster: &Raster) -> (Vec<u8>, u8) {
    if !raster.layout().is_wide() {
        return (raster.to_rgba8(), 8);
    }
    let samples = raster.samples16().chunks(raster.layout().channels());
    let filled = samples.flat_map(|it| [it[0], it[1], it[2], it.get(3).copied().unwrap_or(u16::MAX)]);
    (filled.flat_map(u16::to_be_bytes).collect(), 16)
}

#[test]
fn other_decoders_agree_on_every_output() {
    let Some(desk) = Desk::open("other_decoders_agree_on_every_output") else { return };
    let folder = desk.picture("decoders");
    fs::create_dir(&folder).unwrap();
    let (limits, fonts, cancel) = (Limits::default(), Fonts::default(), Cancel::default());
    let mut list = String::new();
    for format in Format::writable().filter(|it| !UNREAD.contains(it)) {
        for (name, raster) in pictures() {
            for lossless in [true, false] {
                let mut spec = OutputSpec { lossless, ..OutputSpec::new(format) };
                spec.quality = 90;
                // A format without a choice is written once.
                if spec.is_lossless() != lossless {
                    continue;
                }
                let bytes = encode(&raster, &spec, &cancel).unwrap().bytes;
                let tools = Tools::new(&limits, &fonts, &cancel);
                let seen = decode(&Source::new("", bytes.clone()), &DecodeOptions::default(), tools).unwrap().raster;
                let (samples, bits) = raw(&seen);
                let kind = if lossless { "lossless" } else { "lossy" };
                let file = format!("{name}-{kind}.{}", format.extension());
                fs::write(folder.join(&file), &bytes).unwrap();
                fs::write(folder.join(format!("{file}.raw")), samples).unwrap();
                writeln!(list, "{file}\t{file}.raw\t{}\t{}\t{bits}", seen.width(), seen.height()).unwrap();
            }
        }
    }
    fs::write(folder.join("list"), &list).unwrap();
    let report = desk.output_of(240, "/usr/bin/python3", &[text(&script("decoders.py")), "compare", text(&folder)]);
    println!("{report}");
    let is_off = |line: &&str| {
        let words: Vec<&str> = line.split(' ').collect();
        let (most, mean): (f64, f64) = (words[2].parse().unwrap(), words[3].parse().unwrap());
        let is_blended = words[0] == "by_browser" && BLENDED_OTHERWISE.contains(&words[1]);
        let is_lossless = words[1].contains("-lossless.");
        // A screen shows eight.
        let is_wide = words[0] != "by_browser" && words[1].contains("16-");
        let most_allowed = if is_wide { WIDE_MOST } else { LOSSLESS_MOST };
        !is_blended && if is_lossless { most_allowed < most } else { LOSSY_MEAN < mean }
    };
    let off: Vec<&str> = report.lines().filter(is_off).collect();
    assert!(off.is_empty(), "{}", off.join("\n"));
    let read: BTreeSet<&str> = report.lines().filter_map(|it| it.split(' ').nth(1)).collect();
    let unread: Vec<&str> =
        list.lines().filter_map(|it| it.split('\t').next()).filter(|it| !read.contains(it)).collect();
    // Sixteen bits are read by those only who can show them.
    assert!(unread.is_empty(), "{unread:?}");
    for file in
        ["rgb16-lossless", "rgba16-lossless"].map(|it| ["png", "tiff"].map(|end| format!("{it}.{end}"))).concat()
    {
        assert!(report.contains(&format!("by_magick {file} ")), "{file} by ImageMagick");
    }
}

/// Runs the program over the pictures of a folder; gives what exiftool finds in each result.
fn told(desk: &Desk, folder: &Path, to: &str, args: &[&str]) -> Vec<String> {
    let sources: Vec<String> = files(folder);
    let out = folder.join(to).join("");
    let all: Vec<&str> =
        ["convert", "-o", text(&out), "--effort", "fast"].into_iter().chain(args.iter().copied()).collect();
    let all: Vec<&str> = all.into_iter().chain(sources.iter().map(String::as_str)).collect();
    desk.output_of(120, env!("CARGO_BIN_EXE_inlaid"), &all);
    let results = files(&out);
    let args: Vec<&str> = ["told"].into_iter().chain(results.iter().map(String::as_str)).collect();
    desk.python("decoders.py", &args).lines().map(str::to_owned).collect()
}

fn files(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap().map(|it| it.unwrap().path());
    let mut files: Vec<String> = entries.filter(|it| it.is_file()).map(|it| text(&it).to_owned()).collect();
    files.sort();
    files
}

/// Markup with all that can end a text too soon, and an entity that says `&` in an attribute.
const MARKUP: &str = r##"<?xml version="1.0" encoding="UTF-8"?>
<!-- "a" 'b' <c d="e"> # % -->
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 80 60" width="80" height="60">
<defs><linearGradient id="g"><stop stop-color="#f50"/><stop offset="1" stop-color='rgb(10%,20%,90%)'/></linearGradient>
<style><![CDATA[ .t > tspan, text { font: bold 20px "DejaVu Sans", 'serif'; fill: #063 } ]]></style></defs>
<rect width="80" height="60" fill="url(#g)"/>
<text x="4" y="24" title="it's &quot;quoted&quot; &amp; more">5% &lt;é&gt;</text>
<path d="M10,40 h50 v10 h-50z" style='fill:none;stroke:#fff;stroke-width:3;font-family:"A B"'/>
</svg>
"##;

/// Draws every picture of the page, and that of the style sheet, and says which of them differ from
/// the first.
const COMPARING: &str = "<script>
const style = getComputedStyle(document.querySelector('div')).backgroundImage;
document.body.append(Object.assign(new Image(), { src: JSON.parse(style.slice(4, -1)) }));
addEventListener('load', () => {
    const pictures = [...document.images].map(picture => {
        const [width, height] = [picture.naturalWidth, picture.naturalHeight];
        const context = Object.assign(document.createElement('canvas'), { width, height }).getContext('2d');
        context.drawImage(picture, 0, 0);
        return [`${width}x${height}`, [...context.getImageData(0, 0, width, height).data].join()];
    });
    const [[size, first]] = pictures;
    const said = pictures.map(([, it]) => it === first ? 'same' : 'differs');
    const isColourful = 100 < new Set(first.split(',')).size;
    document.querySelector('output').textContent = `${size} ${isColourful} ${said.join(' ')}`;
});
</script>";

#[test]
fn a_browser_shows_markup_that_is_pasted_as_text() {
    let Some(desk) = Desk::open("a_browser_shows_markup_that_is_pasted_as_text") else { return };
    let path = desk.picture("drawing.svg");
    fs::write(&path, MARKUP).unwrap();
    let written = |form: &str, options: &[&str]| {
        let all = [&["convert", "-f", "svg", "--as", form, "-o", "-"], options, &[text(&path)]].concat();
        desk.output_of(30, env!("CARGO_BIN_EXE_inlaid"), &all).trim_end().to_owned()
    };
    let mut sources = String::new();
    let mut style = String::new();
    for options in [&[][..], &["--no-minify"]] {
        let [file, base64] = ["data-url", "base64"].map(|form| written(form, options));
        let [html, css] = ["html", "css"].map(|form| written(form, options));
        for markup in [&html, &css] {
            assert!(markup.contains("data:image/svg+xml,<") && markup.len() < base64.len(), "{markup}");
        }
        // Without quotes of any kind around it, too.
        sources += &format!("<img src=\"data:image/svg+xml;base64,{base64}\"><img src={file}><img src='{file}'>{html}");
        style = format!("<style>div {{ background: {css} }}</style><div></div>");
    }
    let page = desk.picture("page.html");
    fs::write(&page, format!("<!doctype html><meta charset=utf-8><output></output>{sources}{style}{COMPARING}"))
        .unwrap();
    let profile = format!("--user-data-dir={}", text(&desk.picture("profile")));
    let address = format!("file://{}", text(&page));
    let flags = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"];
    let flags = [&flags[..], &[&profile[..], "--dump-dom", &address]].concat();
    let dom = desk.output_of(90, "chromium", &flags);
    let expected = format!("<output>80x60 true{}</output>", " same".repeat(9));
    assert!(dom.contains(&expected), "{}", dom.split("</output>").next().unwrap_or_default());
}

#[test]
fn metadata_are_gone_or_kept_as_asked() {
    let Some(desk) = Desk::open("metadata_are_gone_or_kept_as_asked") else { return };
    let folder = desk.picture("metadata");
    fs::create_dir(&folder).unwrap();
    let cancel = Cancel::default();
    let picture = pictures().swap_remove(0).1;
    for format in [Format::Jpeg, Format::Png, Format::WebP, Format::Tiff, Format::Gif] {
        let bytes = encode(&picture, &OutputSpec::new(format), &cancel).unwrap().bytes;
        fs::write(folder.join(format!("{}.{}", format.id(), format.extension())), &bytes[..]).unwrap();
    }
    let place = |name: &str| text(&folder.join(name)).to_owned();
    desk.output_of(60, "avifenc", &[&place("png.png"), &place("avif.avif")]);
    desk.output_of(60, "cjxl", &["-q", "90", "--container=1", &place("png.png"), &place("jxl.jxl")]);
    let sources = files(&folder);
    let with =
        |verb: &'static str| -> Vec<&str> { [verb].into_iter().chain(sources.iter().map(String::as_str)).collect() };
    desk.python("decoders.py", &with("tag"));
    let before = desk.python("decoders.py", &with("told"));
    let n_positions = before.lines().filter(|it| it.contains(" position")).count();
    assert_eq!(n_positions, 6, "all but GIF can tell one: {before}");

    for format in Format::writable() {
        let id = format.id();
        let gone = told(&desk, &folder, &format!("gone {id}"), &["-f", id]);
        assert_eq!(gone.len(), 7, "{gone:?}");
        for line in &gone {
            let rest: Vec<&str> = line.split(' ').skip(1).filter(|it| *it != "orientation=1").collect();
            assert!(rest.is_empty(), "{id}: {line}");
        }
        let is_of_boxes = matches!(format, Format::WebP | Format::Avif | Format::JpegXl);
        if !is_of_boxes && !matches!(format, Format::Jpeg | Format::Png | Format::Tiff) {
            continue;
        }
        for line in told(&desk, &folder, &format!("kept {id}"), &["-f", id, "--keep-metadata"]) {
            let (file, told) = line.split_once(' ').unwrap_or((&line, ""));
            let mut wanted = BTreeSet::from(["comment", "density", "name", "orientation=1", "position"]);
            match file.split('.').next() {
                Some("gif") => wanted = BTreeSet::from(["comment"]),
                // They have no place for comments.
                Some("webp" | "avif" | "jxl") => {
                    wanted.remove("comment");
                }
                // Nor have those for a density, but within Exif, where a TIFF has none.
                Some("tiff") if is_of_boxes => {
                    wanted.remove("density");
                }
                _ => {}
            }
            if is_of_boxes {
                wanted.remove("comment");
            }
            let told: BTreeSet<&str> = told.split(' ').filter(|it| !it.is_empty() && *it != "xmp").collect();
            assert_eq!(told, wanted, "{id}: {line}");
        }
    }
}
