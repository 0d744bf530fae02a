//! Searches for a look beside an exhaustive one over qualities: see README.md beside this file.
//!
//! `cargo bench --bench target -- DIR [FORMATS] [LOOKS] [all]` takes every picture of a folder; with `all`
//! each quality is tried. `… -- DIR race [LOOK]` runs the race of the window instead: JPEG, 256 colours, WebP, PNG.
#![expect(clippy::expect_used, clippy::print_stdout, reason = "a measurement that cannot be set up has failed")]

use inlaid::engine::{
    Cache, Cancel, Format, Limits, Product, Raster, Recipe, Source, Tools,
    decode::Fonts,
    pipeline,
    race::Entrant,
    recipe::{Effort, OutputSpec},
    score::Reference,
    target::Aim,
};
use rayon::prelude::*;
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
    if formats == "race" {
        races(&paths, looks.parse().unwrap_or(85));
        return;
    }
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

/// Milliseconds to each row of a race that knows nothing yet, and the processors' time in all of it.
fn races(paths: &[PathBuf], look: u8) {
    let mut entrants = [Format::Jpeg, Format::Png, Format::WebP, Format::Png].map(Entrant::Format);
    entrants[1] = Entrant::PngPalette;
    let pool = rayon::ThreadPoolBuilder::new().build().expect("threads");
    println!(
        "| picture | megapixels | JPEG | PNG, 256 | WebP | PNG | of a processor | bytes |\n|---|---|---|---|---|---|---|---|"
    );
    for path in paths {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let source = Source::new(&*name, fs::read(path).expect("readable"));
        let Some(mut bench) = Bench::new(&source, Format::WebP, Effort::Fast) else { continue };
        let megapixels = f64::from(bench.edited.width()) * f64::from(bench.edited.height()) / 1e6;
        // As the window does: JPEG on all cores, the others beside each other; of many pixels without PNG.
        let n_others = if megapixels < 16.0 { 3 } else { 2 };
        let groups = [&entrants[..1], &entrants[1..=n_others]];
        let mut fastest: Option<[f64; 5]> = None;
        let mut bytes = vec![];
        for _ in 0..5 {
            bench.cache.forget();
            let mut times = [0.0; 5];
            bytes.clear();
            let (begun, ticks) = (Instant::now(), processor_millis());
            for beside in groups {
                let row = |entrant: &Entrant| {
                    let spec = entrant.of_wish(&bench.recipe.output);
                    let output = OutputSpec { aim: Aim::Look(look), ..spec };
                    let takes_part = !bench.edited.layout().has_alpha() || entrant.format().has_alpha();
                    let bytes = takes_part.then(|| bench.beside().render(&output, false).encoded.bytes.len());
                    (begun.elapsed().as_secs_f64() * 1000.0, bytes.unwrap_or_default())
                };
                let rows: Vec<_> = pool.install(|| beside.par_iter().map(row).collect());
                for (time, n_bytes) in rows {
                    times[bytes.len()] = time;
                    bytes.push(n_bytes.to_string());
                }
            }
            times[4] = processor_millis() - ticks;
            let last = |it: &[f64; 5]| it[..4].iter().copied().fold(0.0, f64::max);
            fastest = fastest.filter(|it| last(it) <= last(&times)).or(Some(times));
        }
        let times = fastest.expect("five runs").map(|it| format!("{it:.0}")).join(" | ");
        println!("| {name} | {megapixels:.2} | {times} | {} |", bytes.join(", "));
    }
}

/// What this process has had of the processors.
fn processor_millis() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
    // User and system, the 14th and the 15th of all, in hundredths of a second.
    fields.skip(11).take(2).filter_map(|it| it.parse::<f64>().ok()).sum::<f64>() * 10.0
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

    /// The same for another thread; what is known is shared.
    fn beside(&self) -> Self {
        let (recipe, cache, fonts) = (self.recipe.clone(), self.cache.clone(), self.fonts.clone());
        let (limits, cancel, edited) = (self.limits, self.cancel.clone(), self.edited.clone());
        Self { source: self.source, recipe, cache, limits, fonts, cancel, edited }
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
