//! What is aimed for beside what others do with the same pictures: see README.md beside this file.
//!
//! `cargo bench --bench target_peers -- DIR [BUDGETS]` takes every picture of a folder, and budgets in bytes.
//! `cwebp` and `caesiumclt` are asked where they can be found.
#![expect(clippy::expect_used, clippy::print_stdout, reason = "a measurement that cannot be set up has failed")]

use inlaid::engine::{
    Cache, Cancel, Format, Limits, Product, Raster, Recipe, Source, Tools,
    decode::Fonts,
    pipeline,
    recipe::OutputSpec,
    score::Reference,
    target::{Aim, Budget, Measure},
};
use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

const FORMATS: [Format; 3] = [Format::Jpeg, Format::WebP, Format::Avif];
/// What most programs and scripts say.
const QUALITIES: [u8; 2] = [75, 80];

fn main() {
    let mut args = std::env::args().skip(1).filter(|it| it != "--bench");
    let folder = args.next().expect("a folder of pictures");
    let budgets = args.next().unwrap_or_else(|| "4095,10000,50000".to_owned());
    let budgets: Vec<u64> = budgets.split(',').map(|it| it.parse().expect("a number of bytes")).collect();
    let mut paths: Vec<PathBuf> =
        fs::read_dir(folder).expect("a folder").map(|it| it.expect("an entry").path()).collect();
    paths.retain(|it| it.is_file());
    paths.sort();
    let work = tempfile::tempdir().expect("a folder to work in");
    println!("A quality that is the same for all pictures, and the smallest result that looks as close.\n");
    println!("| picture | format | quality | score | bytes | aim | score | bytes | of theirs |");
    println!("|---|---|---|---|---|---|---|---|---|");
    let mut pictures: Vec<Picture> = paths.iter().filter_map(|it| Picture::open(it)).collect();
    pictures.iter_mut().for_each(beside_qualities);
    println!("\nBudgets in bytes, and what each makes of them; over: bytes above the budget.\n");
    println!("| picture | budget | by | bytes | over | score |");
    println!("|---|---|---|---|---|---|");
    for picture in &mut pictures {
        budgets.iter().for_each(|it| within_budget(picture, *it, work.path()));
    }
}

/// Every format that can hold the picture at each of the usual qualities, and at the same look.
fn beside_qualities(picture: &mut Picture) {
    let has_alpha = picture.edited.layout().has_alpha();
    for format in FORMATS.into_iter().filter(|it| it.has_alpha() || !has_alpha) {
        for quality in QUALITIES {
            let fixed = picture.render(&OutputSpec { quality, ..OutputSpec::new(format) });
            let theirs = picture.score(&fixed.encoded.bytes);
            // Not below the one that it is compared with.
            let look = theirs.ceil().clamp(1.0, 99.0) as u8;
            let ours = picture.render(&OutputSpec { aim: Aim::Look(look), ..OutputSpec::new(format) });
            let [n_theirs, n_ours] = [&fixed, &ours].map(|it| it.encoded.bytes.len());
            println!(
                "| {} | {} | {quality} | {theirs:.2} | {n_theirs} | {look} | {:.2} | {n_ours} | {:.3} |",
                picture.name,
                format.label(),
                picture.score(&ours.encoded.bytes),
                n_ours as f64 / n_theirs as f64,
            );
        }
    }
}

fn within_budget(picture: &mut Picture, most: u64, work: &Path) {
    for format in [Format::Jpeg, Format::WebP] {
        if picture.edited.layout().has_alpha() && !format.has_alpha() {
            continue;
        }
        let aim = Aim::Budget(Budget { most, measure: Measure::Bytes, may_shrink: false });
        let bytes = picture.render(&OutputSpec { aim, ..OutputSpec::new(format) }).encoded.bytes.to_vec();
        row(picture, most, &format!("Inlaid, {}", format.label()), &bytes);
        if let Some(bytes) = caesium(picture, most, format, work) {
            row(picture, most, &format!("Caesium, {}", format.label()), &bytes);
        }
    }
    let output = work.join("out.webp");
    let (most_text, passes) = (most.to_string(), ["-pass", "10", "-m", "6", "-quiet"]);
    let mut cwebp = Command::new("cwebp");
    cwebp.args(["-size", &most_text]).args(passes).arg(&picture.lossless).arg("-o").arg(&output);
    if let Some(bytes) = made(cwebp, &output) {
        row(picture, most, "cwebp -size, WebP", &bytes);
    }
}

/// Its size target, with the format that is compared.
fn caesium(picture: &Picture, most: u64, format: Format, work: &Path) -> Option<Vec<u8>> {
    let folder = work.join("caesium");
    let output = folder.join("in").with_extension(format.extension());
    let mut command = Command::new("caesiumclt");
    command.args(["--max-size", &most.to_string(), "--format", format.id(), "--overwrite", "all", "-o"]);
    command.arg(&folder).arg(&picture.lossless);
    made(command, &output)
}

/// What a program has written; `None` where it is not there or has made nothing.
fn made(mut command: Command, output: &Path) -> Option<Vec<u8>> {
    fs::remove_file(output).ok();
    command.stdout(Stdio::null()).stderr(Stdio::null()).status().ok().filter(std::process::ExitStatus::success)?;
    fs::read(output).ok()
}

fn row(picture: &Picture, most: u64, by: &str, bytes: &[u8]) {
    let over = (bytes.len() as u64).saturating_sub(most);
    println!("| {} | {most} | {by} | {} | {over} | {:.2} |", picture.name, bytes.len(), picture.score(bytes));
}

struct Picture {
    name: String,
    source: Source,
    cache: Cache,
    limits: Limits,
    fonts: Fonts,
    cancel: Cancel,
    edited: Raster,
    reference: Reference,
    /// The same pixels as PNG, called `in.png`: what the others are given.
    lossless: PathBuf,
    _folder: tempfile::TempDir,
}

impl Picture {
    fn open(path: &Path) -> Option<Self> {
        let name = path.file_stem()?.to_string_lossy().into_owned();
        let source = Source::new(&*name, fs::read(path).ok()?);
        let (limits, fonts, cancel) = (Limits::default(), Fonts::default(), Cancel::default());
        let edited = pipeline::decode(&source, Tools::new(&limits, &fonts, &cancel)).ok()?.raster;
        let reference = Reference::new(&edited, &cancel).ok()?;
        let folder = tempfile::tempdir().expect("a folder");
        let (lossless, cache) = (folder.path().join("in.png"), Cache::default());
        let mut picture =
            Self { name, source, cache, limits, fonts, cancel, edited, reference, lossless, _folder: folder };
        let png = picture.render(&OutputSpec::new(Format::Png));
        fs::write(&picture.lossless, &png.encoded.bytes[..]).expect("a file");
        Some(picture)
    }

    fn render(&mut self, output: &OutputSpec) -> Product {
        let recipe = Recipe { output: output.clone(), ..Recipe::new(output.format) };
        let tools = Tools::new(&self.limits, &self.fonts, &self.cancel);
        pipeline::render(&self.source, &recipe, &mut self.cache, false, tools).expect("a result")
    }

    /// The look of these bytes, whoever made them.
    fn score(&self, bytes: &[u8]) -> f64 {
        let source = Source::new("result", bytes.to_vec());
        let tools = Tools::new(&self.limits, &self.fonts, &self.cancel);
        let seen = pipeline::decode(&source, tools).expect("an image").raster;
        self.reference.score(&seen, &self.cancel).expect("a score")
    }
}
