//! Searches for a look beside an exhaustive one over qualities: see README.md beside this file.
//!
//! `cargo bench --bench target -- DIR [FORMATS] [LOOKS] [all]` takes every picture of a folder; with `all`
//! each quality is tried.
#![expect(clippy::expect_used, clippy::print_stdout, reason = "a measurement that cannot be set up has failed")]

use inlaid::engine::{
    Cache, Cancel, Format, Limits, Product, Raster, Recipe, Source, Tools,
    decode::Fonts,
    pipeline,
    recipe::{Effort, OutputSpec},
    score::Reference,
    target::Aim,
};
use std::{fs, path::PathBuf, time::Instant};

fn main() {
    let mut args = std::env::args().skip(1).filter(|it| it != "--bench");
    let folder = args.next().expect("a folder of pictures");
    let formats = args.next().unwrap_or_else(|| "jpeg,webp,avif".to_owned());
    let looks = args.next().unwrap_or_else(|| "70,85".to_owned());
    let is_exhaustive = args.next().as_deref() == Some("all");
    let mut paths: Vec<PathBuf> = fs::read_dir(folder)
        .expect("a folder")
        .map(|it| it.expect("an entry").path())
        .filter(|it| it.is_file())
        .collect();
    paths.sort();
    println!(
        "| picture | format | look | ms | tiles, whole | score | at | bytes | of the smallest |\n|---|---|---|---|---|---|---|---|---|"
    );
    let mut all: Vec<[f64; 3]> = vec![];
    for path in &paths {
        let bytes = fs::read(path).expect("readable");
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let source = Source::new(&*name, bytes);
        for format in formats.split(',') {
            let (format, effort) = format.split_once('-').map_or((format, Effort::Normal), |it| (it.0, Effort::Fast));
            let format = Format::from_id(format).expect("a format");
            let Some(mut bench) = Bench::new(&source, format, effort) else { continue };
            let exhaustive = if is_exhaustive { bench.exhaustive() } else { vec![] };
            for look in looks.split(',') {
                let look: u8 = look.parse().expect("a score");
                let (product, millis) = bench.search(Aim::Look(look));
                let found = product.found.expect("searched");
                let smallest = exhaustive.iter().filter(|(score, _)| f64::from(look) <= *score).map(|it| it.1).min();
                let bytes = product.encoded.bytes.len();
                let ratio = smallest.map(|it| bytes as f64 / it as f64);
                let encodes = found.encodes;
                all.push([f64::from(encodes.tiles + encodes.whole), f64::from(encodes.whole), ratio.unwrap_or(1.0)]);
                println!(
                    "| {name} | {} | {look} | {millis:.0} | {}, {} | {:.2} | {} | {bytes} | {} |",
                    format.label(),
                    encodes.tiles,
                    encodes.whole,
                    found.score,
                    if found.spec.lossless { "lossless".to_owned() } else { found.spec.quality.to_string() },
                    ratio.map_or("–".to_owned(), |it| format!("{it:.3}")),
                );
            }
        }
    }
    let mean = |at: usize| all.iter().map(|it| it[at]).sum::<f64>() / all.len() as f64;
    let within = all.iter().filter(|it| it[2] <= 1.01).count();
    println!(
        "\nencodings {:.2}, of the whole {:.2}, bytes of the smallest {:.4}, within 1 %: {within} of {}",
        mean(0),
        mean(1),
        mean(2),
        all.len()
    );
}

struct Bench<'a> {
    source: &'a Source,
    recipe: Recipe,
    cache: Cache,
    limits: Limits,
    fonts: Fonts,
    cancel: Cancel,
    edited: Raster,
}

impl<'a> Bench<'a> {
    fn new(source: &'a Source, format: Format, effort: Effort) -> Option<Self> {
        let (limits, fonts, cancel) = (Limits::default(), Fonts::default(), Cancel::default());
        let edited = pipeline::decode(source, Tools::new(&limits, &fonts, &cancel)).ok()?.raster;
        if edited.layout().has_alpha() && !format.has_alpha() {
            return None;
        }
        let recipe = Recipe { output: OutputSpec { effort, ..OutputSpec::new(format) }, ..Recipe::new(format) };
        let mut bench = Self { source, recipe, cache: Cache::default(), limits, fonts, cancel, edited };
        // Decoding is no part of it.
        bench.render(&OutputSpec { effort: Effort::Fast, ..bench.recipe.output.clone() }, false);
        Some(bench)
    }

    fn render(&mut self, output: &OutputSpec, with_preview: bool) -> Product {
        let recipe = Recipe { output: output.clone(), ..self.recipe.clone() };
        let tools = Tools::new(&self.limits, &self.fonts, &self.cancel);
        pipeline::render(self.source, &recipe, &mut self.cache, with_preview, tools).expect("a result")
    }

    /// A search that knows nothing yet.
    fn search(&mut self, aim: Aim) -> (Product, f64) {
        self.cache.forget();
        let start = Instant::now();
        let product = self.render(&OutputSpec { aim, ..self.recipe.output.clone() }, false);
        (product, start.elapsed().as_secs_f64() * 1000.0)
    }

    /// Score and bytes at each quality.
    fn exhaustive(&mut self) -> Vec<(f64, usize)> {
        let reference = Reference::new(&self.edited, &self.cancel).expect("a reference");
        (1..=100)
            .map(|quality| {
                let product = self.render(&OutputSpec { quality, ..self.recipe.output.clone() }, true);
                let score = reference.score(&product.preview.expect("pixels"), &self.cancel).expect("a score");
                (score, product.encoded.bytes.len())
            })
            .collect()
    }
}
