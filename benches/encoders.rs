//! Bytes at equal looks beside other encoders: see README.md beside this file.
//!
//! `cargo bench --bench encoders -- DIR [NODE_MODULES]` takes every PNG of a folder.
#![expect(clippy::expect_used, clippy::print_stdout, reason = "a measurement that cannot be set up has failed")]

use fast_ssim2::{PixelDescriptor, PixelSlice, compute_ssimulacra2};
use inlaid::engine::{
    Cancel, Format, Layout, Limits, Raster, Source, Tools, decode,
    decode::{DecodeOptions, Fonts},
    encode,
    options::PngColours,
    recipe::OutputSpec,
};
use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// Qualities at which ours is asked; theirs are taken closer together, to be read in between.
const OURS: [u8; 4] = [50, 65, 80, 90];
const THEIRS: [u8; 9] = [30, 45, 55, 65, 75, 83, 90, 94, 97];

/// What an encoder made of a picture.
#[derive(Clone, Copy)]
struct Point {
    score: f64,
    bytes: f64,
}

fn main() {
    let mut args = std::env::args().skip(1).filter(|it| it != "--bench");
    let folder = args.next().expect("a folder of PNGs");
    let modules = args.next();
    let mut pictures: Vec<PathBuf> =
        fs::read_dir(folder).expect("a folder").map(|it| it.expect("an entry").path()).collect();
    pictures.retain(|it| it.extension().is_some_and(|it| it == "png"));
    pictures.sort();
    let scratch = tempfile::tempdir().expect("a folder");
    let mut table: Vec<(String, Vec<Option<f64>>)> = vec![];
    let mut names = vec![];
    for path in &pictures {
        let picture = Picture::new(path, scratch.path());
        let rows = picture.rows(modules.as_deref());
        names = rows.iter().map(|(name, _)| *name).collect();
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        println!("| {name} | {} |", cells(rows.iter().map(|(_, ratio)| *ratio)));
        table.push((name, rows.into_iter().map(|(_, ratio)| ratio).collect()));
    }
    let mean = |nth: usize| {
        let logs: Vec<f64> = table.iter().filter_map(|(_, row)| row.get(nth).copied()?).map(f64::ln).collect();
        (!logs.is_empty()).then(|| (logs.iter().sum::<f64>() / logs.len() as f64).exp())
    };
    println!("| geometric mean | {} |", cells((0..names.len()).map(mean)));
    println!("\nbytes of ours for each byte of: {}", names.join(" | "));
}

fn cells(ratios: impl Iterator<Item = Option<f64>>) -> String {
    ratios.map(|it| it.map_or("–".to_owned(), |it| format!("{it:.3}"))).collect::<Vec<_>>().join(" | ")
}

/// A picture, in memory and as a file that others read.
struct Picture<'a> {
    raster: Raster,
    /// As others take it: opaque where their format is.
    flat: PathBuf,
    path: &'a Path,
    scratch: &'a Path,
}

impl<'a> Picture<'a> {
    fn new(path: &'a Path, scratch: &'a Path) -> Self {
        let raster = pixels(&fs::read(path).expect("a file")).to_narrow();
        let opaque = on(&raster, 255);
        let [width, height] = raster.size();
        let flat = scratch.join("flat.ppm");
        let ppm = [format!("P6 {width} {height} 255\n").into_bytes(), opaque.clone()].concat();
        fs::write(&flat, ppm).expect("it can be written");
        let rgba: Vec<u8> = opaque.as_chunks::<3>().0.iter().flat_map(|&[r, g, b]| [r, g, b, 255]).collect();
        fs::write(scratch.join("flat.rgba"), rgba).expect("it can be written");
        Self { raster, flat, path, scratch }
    }

    /// Ours against theirs: bytes at the same score, or without loss.
    fn rows(&self, modules: Option<&str>) -> Vec<(&'static str, Option<f64>)> {
        let jpeg = self.ours(Format::Jpeg);
        let cjpeg = self.theirs(|quality, out| self.cjpeg(quality, out));
        let mozjpeg = modules.map(|it| self.theirs(|quality, out| self.mozjpeg(it, quality, out)));
        let webp = self.ours(Format::WebP);
        let cwebp = self.theirs(|quality, out| self.cwebp(&["-q", &quality.to_string()], out));
        let (avif, avifenc) = (self.ours(Format::Avif), self.theirs(|quality, out| self.avifenc(quality, out)));
        vec![
            ("cjpeg -progressive", ratio(&jpeg, &cjpeg)),
            ("mozjpeg", mozjpeg.as_ref().and_then(|it| ratio(&jpeg, it))),
            ("cwebp", ratio(&webp, &cwebp)),
            ("avifenc -s 6", ratio(&avif, &avifenc)),
            ("cwebp -lossless", Some(self.lossless_webp())),
            ("oxipng -o 2", Some(self.lossless_png())),
            ("pngquant 256 and oxipng", self.palette(256)),
            ("pngquant 64 and oxipng", self.palette(64)),
        ]
    }

    fn ours(&self, format: Format) -> Vec<Point> {
        let point = |quality| self.point(&OutputSpec { quality, ..OutputSpec::new(format) });
        OURS.into_iter().map(point).collect()
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

    fn mozjpeg(&self, modules: &str, quality: u8, out: &Path) {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/mozjpeg.mjs");
        let [width, height] = self.raster.size().map(|it| it.to_string());
        let mut node = Command::new("node");
        node.args([script, modules]).arg(self.scratch.join("flat.rgba"));
        run(node.args([width, height, quality.to_string()]).arg(out));
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

    fn lossless_webp(&self) -> f64 {
        let out = self.scratch.join("out");
        self.cwebp(&["-lossless"], &out);
        let ours = self.point(&OutputSpec { lossless: true, ..OutputSpec::new(Format::WebP) });
        ours.bytes / fs::read(out).expect("it was written").len() as f64
    }

    fn lossless_png(&self) -> f64 {
        self.point(&OutputSpec::new(Format::Png)).bytes / shrunk(&fs::read(self.path).expect("a file")).len() as f64
    }

    /// Bytes at the same number of colours, with the dithering that costs least and does not look
    /// worse than theirs.
    fn palette(&self, colours: u16) -> Option<f64> {
        let out = self.scratch.join("out.png");
        let mut pngquant = Command::new("pngquant");
        run(pngquant.args(["--force", "--speed", "3", "-o"]).arg(&out).arg(colours.to_string()).arg(self.path));
        let theirs = shrunk(&fs::read(out).expect("it was written"));
        let mut spec = OutputSpec::new(Format::Png);
        spec.codec.png.colours = PngColours::Palette;
        spec.codec.png.palette.colours = colours;
        let score = self.score(&theirs);
        let ours = [0, 25, 50, 75, 100].map(|dithering| {
            spec.codec.png.palette.dithering = dithering;
            self.point(&spec)
        });
        let good = ours.into_iter().filter(|it| score <= it.score);
        good.map(|it| it.bytes / theirs.len() as f64).min_by(f64::total_cmp)
    }
}

/// Ours for each byte of theirs at the score of ours, as the geometric mean over those scores that
/// theirs reaches as well.
fn ratio(ours: &[Point], theirs: &[Point]) -> Option<f64> {
    let at = |score: f64| {
        let around = theirs.windows(2).find(|it| (it[0].score..=it[1].score).contains(&score))?;
        let share = (score - around[0].score) / (around[1].score - around[0].score);
        Some((around[0].bytes.ln() * (1.0 - share) + around[1].bytes.ln() * share).exp())
    };
    let logs: Vec<f64> = ours.iter().filter_map(|it| Some((it.bytes / at(it.score)?).ln())).collect();
    (!logs.is_empty()).then(|| (logs.iter().sum::<f64>() / logs.len() as f64).exp())
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
