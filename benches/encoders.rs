//! Bytes at equal looks, and time, beside other encoders: see README.md beside this file.
//!
//! `cargo bench --bench encoders -- DIR [NODE_MODULES [WHAT]]` takes every PNG of a folder. WHAT is a list
//! of `jpeg`, `webp`, `png`, `palette`, `jxl`, `avif` and `time`, all of them without it; NODE_MODULES is
//! `-` where Squoosh's codecs are not there.
#![expect(clippy::expect_used, clippy::panic, clippy::print_stdout, reason = "what cannot be set up has failed")]

use fast_ssim2::{PixelDescriptor, PixelSlice, compute_ssimulacra2};
use inlaid::engine::{
    Cancel, Format, Layout, Limits, Raster, Source, Tools, decode,
    decode::{DecodeOptions, Fonts},
    encode,
    options::{PngColours, Subsampling},
    recipe::{Effort, OutputSpec},
};
use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Instant,
};

/// Qualities at which ours is asked; theirs are taken closer together, to be read in between, and there too, so
/// that the same encoder is told to be the same.
const OURS: [u8; 4] = [50, 65, 80, 90];
const THEIRS: [u8; 16] = [25, 35, 43, 50, 55, 60, 65, 70, 75, 80, 83, 86, 89, 90, 93, 96];
/// Colours at which theirs is asked; ours are taken closer together.
const COLOURS: [u16; 4] = [256, 128, 64, 32];

/// What an encoder made of a picture.
#[derive(Clone, Copy)]
struct Point {
    score: f64,
    bytes: f64,
}

/// What was found of a picture, under the names of columns.
type Row = Vec<(String, Option<f64>)>;

fn main() {
    let mut args = std::env::args().skip(1).filter(|it| it != "--bench");
    let folder = args.next().expect("a folder of PNGs");
    let modules = args.next().filter(|it| it != "-");
    let what = args.next().unwrap_or_else(|| "jpeg,webp,png,palette,jxl,avif,time".to_owned());
    let mut pictures: Vec<PathBuf> =
        fs::read_dir(folder).expect("a folder").map(|it| it.expect("an entry").path()).collect();
    pictures.retain(|it| it.extension().is_some_and(|it| it == "png"));
    pictures.sort();
    let scratch = tempfile::tempdir().expect("a folder");
    for part in what.split(',') {
        let mut table: Vec<Row> = vec![];
        for path in &pictures {
            let picture = Picture::new(path, scratch.path(), modules.as_deref());
            let row = match part {
                "jpeg" => picture.jpeg(),
                "webp" => picture.webp(),
                "png" => picture.png(),
                "palette" => picture.palettes(),
                "jxl" => picture.jxl(),
                "avif" => picture.avif(),
                "time" => picture.times(),
                _ => panic!("{part} is none of those"),
            };
            if table.is_empty() {
                let names: Vec<&str> = row.iter().map(|(name, _)| name.as_str()).collect();
                println!("\n| {part} | {} |\n|{}", names.join(" | "), "---|".repeat(names.len() + 1));
            }
            let name = path.file_stem().unwrap_or_default().to_string_lossy();
            println!("| {name} | {} |", cells(row.iter().map(|(_, ratio)| *ratio)));
            table.push(row);
        }
        let column = |nth: usize| table.iter().map(|row| row.get(nth)?.1).collect::<Vec<_>>();
        let columns = table.first().map_or(0, Vec::len);
        println!("| geometric mean | {} |", cells((0..columns).map(|nth| mean(&column(nth)))));
    }
}

fn cells(ratios: impl Iterator<Item = Option<f64>>) -> String {
    let cell = |it: f64| format!("{it:.*}", if it < 10.0 { 3 } else { usize::from(it < 100.0) });
    ratios.map(|it| it.map_or("–".to_owned(), cell)).collect::<Vec<_>>().join(" | ")
}

/// The geometric mean of those that there are.
fn mean(ratios: &[Option<f64>]) -> Option<f64> {
    let logs: Vec<f64> = ratios.iter().flatten().map(|it| it.ln()).collect();
    (!logs.is_empty()).then(|| (logs.iter().sum::<f64>() / logs.len() as f64).exp())
}

/// A picture, in memory and as files that others read.
struct Picture<'a> {
    raster: Raster,
    /// As others take it: opaque where their format is.
    flat: PathBuf,
    path: &'a Path,
    scratch: &'a Path,
    modules: Option<&'a str>,
}

impl<'a> Picture<'a> {
    fn new(path: &'a Path, scratch: &'a Path, modules: Option<&'a str>) -> Self {
        let raster = pixels(&fs::read(path).expect("a file")).to_narrow();
        let opaque = on(&raster, 255);
        let [width, height] = raster.size();
        let flat = scratch.join("flat.ppm");
        let ppm = [format!("P6 {width} {height} 255\n").into_bytes(), opaque.clone()].concat();
        fs::write(&flat, ppm).expect("it can be written");
        let rgba: Vec<u8> = opaque.as_chunks::<3>().0.iter().flat_map(|&[r, g, b]| [r, g, b, 255]).collect();
        fs::write(scratch.join("flat.rgba"), rgba).expect("it can be written");
        fs::write(scratch.join("whole.rgba"), raster.to_rgba8()).expect("it can be written");
        Self { raster, flat, path, scratch, modules }
    }

    /// Opaque formats are compared by the picture over white.
    fn jpeg(&self) -> Row {
        let picture =
            Raster::from_samples8(self.raster.width(), self.raster.height(), Layout::Rgb8, on(&self.raster, 255));
        let flat = Self { raster: picture.expect("the lengths fit"), flat: self.flat.clone(), ..*self };
        let spec = OutputSpec::new(Format::Jpeg);
        let ours = flat.ours(&spec);
        let cjpeg = ratios(&ours, &flat.theirs(|quality, out| flat.cjpeg(quality, out)));
        let mut row = vec![("cjpeg -progressive".to_owned(), mean(&cjpeg))];
        let mozjpeg = |more: &str| {
            let options = |quality| format!(r#"{{"quality":{quality}{more}}}"#);
            flat.theirs(|quality, out| _ = flat.squoosh("jpeg", &options(quality), out))
        };
        if self.modules.is_some() {
            let found = ratios(&ours, &mozjpeg(""));
            row.push(("mozjpeg".to_owned(), mean(&found)));
            let each = OURS.iter().zip(found);
            row.extend(each.map(|(quality, ratio)| (format!("… {quality}"), ratio)));
            // The same resolution of colour at every quality, so that nothing but the coding differs.
            for (name, subsampling, pixels) in [("4:2:0", Subsampling::Half, 2), ("4:4:4", Subsampling::Full, 1)] {
                let mut spec = spec.clone();
                spec.codec.jpeg.subsampling = subsampling;
                let theirs = mozjpeg(&format!(r#","auto_subsample":false,"chroma_subsample":{pixels}"#));
                let found = ratios(&flat.ours(&spec), &theirs);
                row.extend(OURS.iter().zip(found).map(|(quality, ratio)| (format!("{name}, {quality}"), ratio)));
            }
        }
        row
    }

    fn webp(&self) -> Row {
        let spec = OutputSpec::new(Format::WebP);
        let ours = self.ours(&spec);
        // As a look or a budget is searched for.
        let mut searched = spec.clone();
        searched.codec.webp.method = Some(6);
        let smallest = self.ours(&searched);
        let lossless = self.point(&OutputSpec { lossless: true, ..spec });
        let out = self.scratch.join("out");
        let mut row = vec![];
        for (name, method, ours) in [("", "4", &ours), (", a look", "6", &smallest)] {
            for more in ["", "-sharp_yuv"] {
                let cwebp = self.theirs(|quality, out| {
                    let args = ["-m", method, "-q", &quality.to_string(), more];
                    self.cwebp(args.strip_suffix(&[""]).unwrap_or(&args), out);
                });
                row.push((format!("cwebp -m {method} {more}{name}"), mean(&ratios(ours, &cwebp))));
            }
        }
        self.cwebp(&["-lossless"], &out);
        row.push(("cwebp -lossless".to_owned(), Some(lossless.bytes / length(&out))));
        if self.modules.is_some() {
            let options = |quality| format!(r#"{{"quality":{quality}}}"#);
            let squoosh = self.theirs(|quality, out| _ = self.squoosh("webp", &options(quality), out));
            self.squoosh("webp", r#"{"lossless":1}"#, &out);
            row.push(("Squoosh".to_owned(), mean(&ratios(&ours, &squoosh))));
            row.push(("Squoosh, lossless".to_owned(), Some(lossless.bytes / length(&out))));
        }
        row
    }

    fn png(&self) -> Row {
        let ours = self.point(&OutputSpec::new(Format::Png)).bytes;
        let theirs = shrunk(&fs::read(self.path).expect("a file")).len() as f64;
        let mut row = vec![("oxipng -o 2".to_owned(), Some(ours / theirs))];
        if self.modules.is_some() {
            let out = self.scratch.join("out");
            self.squoosh("oxipng", r#"{"optimiseAlpha":true}"#, &out);
            row.push(("Squoosh".to_owned(), Some(ours / length(&out))));
        }
        row
    }

    /// Without loss: bytes against others', and times.
    fn jxl(&self) -> Row {
        let spec = |effort| OutputSpec { effort, ..OutputSpec::new(Format::JpegXl) };
        let [quick, kept, best] = [Effort::Fast, Effort::Normal, Effort::Best].map(|it| self.point(&spec(it)).bytes);
        let out = self.scratch.join("out.jxl");
        let cjxl = |effort| {
            run(Command::new("cjxl").args(["-d", "0", "-e", effort]).arg(self.path).arg(&out));
            length(&out)
        };
        let (lightning, squirrel) = (cjxl("1"), cjxl("7"));
        let mut row: Row = [
            ("cjxl -d 0 -e 1", kept / lightning),
            ("cjxl -d 0 -e 7", kept / squirrel),
            ("quick, by -e 7", quick / squirrel),
            ("best, by -e 7", best / squirrel),
        ]
        .map(|(name, it)| (name.to_owned(), Some(it)))
        .into();
        if self.modules.is_some() {
            self.squoosh("jxl", r#"{"lossless":true}"#, &out);
            row.push(("Squoosh, lossless".to_owned(), Some(kept / length(&out))));
        }
        let webp = self.point(&OutputSpec { lossless: true, ..OutputSpec::new(Format::WebP) });
        row.push(("our WebP, lossless".to_owned(), Some(kept / webp.bytes)));
        for (name, effort) in [("quick", Effort::Fast), ("kept", Effort::Normal), ("best", Effort::Best)] {
            row.push((format!("{name}, ms/MP"), self.our_time(&spec(effort))));
        }
        let took = self.fastest(&|| {
            cjxl("7");
            None
        });
        row.push(("cjxl -e 7, ms/MP".to_owned(), took));
        row
    }

    fn avif(&self) -> Row {
        let ours = self.ours(&OutputSpec::new(Format::Avif));
        let avifenc = self.theirs(|quality, out| self.avifenc(quality, out));
        let mut row = vec![("avifenc -s 6".to_owned(), mean(&ratios(&ours, &avifenc)))];
        if self.modules.is_some() {
            let options = |quality: u8| format!(r#"{{"quality":{quality}}}"#);
            let squoosh = self.theirs(|quality, out| _ = self.squoosh("avif", &options(quality), out));
            row.push(("Squoosh".to_owned(), mean(&ratios(&ours, &squoosh))));
        }
        row
    }

    /// For each of [`COLOURS`]: bytes of ours with so many that it looks as theirs does; then bytes and looks of both
    /// with the same number.
    fn palettes(&self) -> Row {
        let many = [256, 232, 208, 184, 160, 144, 128, 112, 96, 80, 64, 56, 48, 40, 32, 28, 24, 20, 16, 12];
        let ours: Vec<(u16, Point)> = many.into_iter().map(|it| (it, self.palette(it))).collect();
        let points: Vec<Point> = ours.iter().map(|(_, it)| *it).collect();
        let mut row: Row = vec![];
        for colours in COLOURS {
            let theirs = self.pngquant(colours);
            let bytes = least_at(theirs.score, &points);
            row.push((format!("{colours}, equal looks"), bytes.map(|it| it / theirs.bytes)));
            let Some((_, ours)) = ours.iter().find(|(it, _)| *it == colours) else { continue };
            row.push((format!("{colours}, bytes"), Some(ours.bytes / theirs.bytes)));
            row.push(("ours".to_owned(), Some(ours.score)));
            row.push(("theirs".to_owned(), Some(theirs.score)));
        }
        row
    }

    fn palette(&self, colours: u16) -> Point {
        let mut spec = OutputSpec::new(Format::Png);
        spec.codec.png.colours = PngColours::Palette;
        spec.codec.png.palette.colours = colours;
        self.point(&spec)
    }

    fn pngquant(&self, colours: u16) -> Point {
        let out = self.scratch.join("out.png");
        let mut pngquant = Command::new("pngquant");
        run(pngquant.args(["--force", "--speed", "3", "-o"]).arg(&out).arg(colours.to_string()).arg(self.path));
        let bytes = shrunk(&fs::read(out).expect("it was written"));
        Point { score: self.score(&bytes), bytes: bytes.len() as f64 }
    }

    /// Milliseconds a megapixel, the fastest of three: ours from pixels to bytes, Squoosh's likewise, the
    /// others' as whole processes.
    fn times(&self) -> Row {
        let ours = |format, effort| self.our_time(&OutputSpec { effort, ..OutputSpec::new(format) });
        let out = self.scratch.join("out");
        let mut row: Row = vec![];
        for format in [Format::Jpeg, Format::WebP, Format::Png] {
            for (name, effort) in [("quick", Effort::Fast), ("kept", Effort::Normal), ("best", Effort::Best)] {
                row.push((format!("{}, {name}", format.label()), ours(format, effort)));
            }
        }
        let cjpeg = || self.cjpeg(80, &out);
        let cwebp = || self.cwebp(&["-mt", "-q", "80"], &out);
        let each: [(&str, &dyn Fn()); 2] = [("cjpeg -progressive", &cjpeg), ("cwebp -m 4 -mt", &cwebp)];
        for (name, process) in each {
            let took = self.fastest(&|| {
                process();
                None
            });
            row.push((name.to_owned(), took));
        }
        if self.modules.is_some() {
            for codec in ["jpeg", "webp", "oxipng"] {
                let options = if codec == "oxipng" { "{}" } else { r#"{"quality":80}"# };
                row.push((format!("Squoosh, {codec}"), self.fastest(&|| Some(self.squoosh(codec, options, &out)))));
            }
        }
        row
    }

    /// Milliseconds a megapixel, of three times; what is done may know its own.
    fn fastest(&self, each: &dyn Fn() -> Option<f64>) -> Option<f64> {
        let [width, height] = self.raster.size().map(f64::from);
        let took = (0..3).map(|_| {
            let start = Instant::now();
            each().unwrap_or_else(|| start.elapsed().as_secs_f64() * 1e3)
        });
        Some(took.fold(f64::INFINITY, f64::min) / (width * height / 1e6))
    }

    fn our_time(&self, spec: &OutputSpec) -> Option<f64> {
        self.fastest(&|| {
            encode::encode(&self.raster, spec, &Cancel::default()).expect("it can be written");
            None
        })
    }

    fn ours(&self, spec: &OutputSpec) -> Vec<Point> {
        OURS.into_iter().map(|quality| self.point(&OutputSpec { quality, ..spec.clone() })).collect()
    }

    fn point(&self, spec: &OutputSpec) -> Point {
        let encoded = encode::encode(&self.raster, spec, &Cancel::default()).expect("it can be written");
        Point { score: self.score(&encoded.bytes), bytes: encoded.bytes.len() as f64 }
    }

    fn theirs(&self, encode: impl Fn(u8, &Path)) -> Vec<Point> {
        let out = self.scratch.join("out");
        let point = |quality| {
            encode(quality, &out);
            let bytes = fs::read(&out).expect("it was written");
            Point { score: self.score(&bytes), bytes: bytes.len() as f64 }
        };
        THEIRS.into_iter().map(point).collect()
    }

    /// SSIMULACRA2; over black and over white, and the worse of both, where the file has alpha.
    fn score(&self, bytes: &[u8]) -> f64 {
        let found = pixels(bytes).to_narrow();
        let grounds: &[u8] = if found.layout().has_alpha() { &[0, 255] } else { &[255] };
        let [width, height] = self.raster.size();
        let score = |ground: &u8| {
            let [was, is] = [&self.raster, &found].map(|it| on(it, *ground));
            let slice = |it| PixelSlice::new(it, width, height, width as usize * 3, PixelDescriptor::RGB8_SRGB);
            compute_ssimulacra2(&slice(&was).expect("lengths fit"), &slice(&is).expect("lengths fit")).expect("a score")
        };
        grounds.iter().map(score).fold(f64::INFINITY, f64::min)
    }

    fn cjpeg(&self, quality: u8, out: &Path) {
        let quality = quality.to_string();
        let args = ["-quality", &quality, "-progressive", "-optimize", "-outfile"];
        run(Command::new("cjpeg").args(args).arg(out).arg(&self.flat));
    }

    /// One of Squoosh's codecs; returns how many milliseconds it took.
    fn squoosh(&self, codec: &str, options: &str, out: &Path) -> f64 {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/squoosh.mjs");
        let [width, height] = self.raster.size().map(|it| it.to_string());
        let input = match codec {
            "oxipng" => self.path.to_owned(),
            "jpeg" => self.scratch.join("flat.rgba"),
            _ => self.scratch.join("whole.rgba"),
        };
        let mut node = Command::new("node");
        node.args([script, self.modules.expect("they are there"), codec]).arg(input).args([&width, &height, options]);
        let found = node.arg(out).output().expect("it is installed");
        assert!(found.status.success(), "{node:?}: {}", String::from_utf8_lossy(&found.stderr));
        String::from_utf8_lossy(&found.stdout).parse().expect("a number")
    }

    fn cwebp(&self, args: &[&str], out: &Path) {
        run(Command::new("cwebp").args(["-quiet", "-m", "4"]).args(args).arg(self.path).arg("-o").arg(out));
    }

    fn avifenc(&self, quality: u8, out: &Path) {
        // Quantizers from 0 to 63, the worst; the first avifenc with `-q` is younger than Debian 12.
        let quantizer = ((100 - u32::from(quality)) * 63 / 100).to_string();
        let out_avif = self.scratch.join("out.avif");
        let ends = ["--min", &quantizer, "--max", &quantizer, "--minalpha", &quantizer, "--maxalpha", &quantizer];
        run(Command::new("avifenc")
            .args(["-s", "6", "-d", "10", "-y", "444"])
            .args(ends)
            .arg(self.path)
            .arg(&out_avif));
        fs::rename(out_avif, out).expect("it was written");
    }
}

/// Ours for each byte of theirs at the score of each of ours that theirs reaches as well.
fn ratios(ours: &[Point], theirs: &[Point]) -> Vec<Option<f64>> {
    ours.iter().map(|it| Some(it.bytes / least_at(it.score, theirs)?)).collect()
}

/// The fewest bytes for a score, between neighbours.
fn least_at(score: f64, points: &[Point]) -> Option<f64> {
    let between = |pair: &[Point]| {
        let [a, b] = [pair[0], pair[1]];
        let is_between = (a.score.min(b.score)..=a.score.max(b.score)).contains(&score) && a.score != b.score;
        let share = (score - a.score) / (b.score - a.score);
        is_between.then(|| (a.bytes.ln() * (1.0 - share) + b.bytes.ln() * share).exp())
    };
    points.windows(2).filter_map(between).min_by(f64::total_cmp)
}

fn length(path: &Path) -> f64 {
    fs::metadata(path).expect("it was written").len() as f64
}

/// The picture in a file, by our decoders: a measure of encoders, not of them.
fn pixels(bytes: &[u8]) -> Raster {
    let (limits, fonts, cancel) = (Limits::default(), Fonts::default(), Cancel::default());
    let tools = Tools::new(&limits, &fonts, &cancel);
    decode::decode(&Source::new("", bytes.to_vec()), &DecodeOptions::default(), tools).expect("readable").raster
}

/// RGB samples over a grey ground.
fn on(raster: &Raster, ground: u8) -> Vec<u8> {
    if raster.layout() == Layout::Rgb8 {
        return raster.bytes().to_vec();
    }
    let blend = |top: u8, alpha: u8| {
        ((u32::from(top) * u32::from(alpha) + u32::from(ground) * u32::from(255 - alpha) + 127) / 255) as u8
    };
    raster.bytes().as_chunks::<4>().0.iter().flat_map(|&[r, g, b, a]| [r, g, b].map(|it| blend(it, a))).collect()
}

/// A PNG after `oxipng -o 2`.
fn shrunk(png: &[u8]) -> Vec<u8> {
    let options = oxipng::Options { optimize_alpha: true, ..oxipng::Options::from_preset(2) };
    oxipng::optimize_from_memory(png, &options).expect("it can be optimised")
}

fn run(command: &mut Command) {
    let status = command.stdout(Stdio::null()).stderr(Stdio::null()).status().expect("it is installed");
    assert!(status.success(), "{command:?}: {status}");
}
