//! How soon the processors are free once nobody waits for an answer: see README.md beside this file.
//!
//! `cargo bench --bench cancel -- [NAMES]` breaks work off at moments all over its course.
#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a measurement prints, and fails by panicking")]

use inlaid::{
    engine::{
        Cache, Cancel, Format, Layout, Limits, Raster, Recipe, Source, Tools,
        decode::Fonts,
        embed::{Embed, Snippet, SnippetFacts, Texts, snippet},
        encode::{encode, encode_by},
        options::PngColours,
        pipeline,
        recipe::{Effort, OutputSpec},
        target::Aim,
    },
    helper::{ARGUMENT, Allowance, Contained, Decoders, Program, Transport},
};
use rayon::ThreadPool;
use std::{
    collections::HashMap,
    fs,
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

/// So many moments of each work.
const MOMENTS: u32 = 20;
/// Who still works after that long has not heard of it.
const LONGEST: Duration = Duration::from_secs(30);
/// No work for so long is the end of it.
const CALM: Duration = Duration::from_millis(150);

fn main() {
    let wanted: Vec<String> = std::env::args().skip(1).filter(|it| it != "--bench").collect();
    let limits = Limits::default();
    let arguments = vec![ARGUMENT.into(), Transport::Native.id().into()];
    let program = Program { path: env!("CARGO_BIN_EXE_inlaid").into(), arguments, transport: Transport::Native };
    let decoders = Decoders::contained_in(program, &limits).unwrap();
    let bench = Bench {
        pool: rayon::ThreadPoolBuilder::new().build().unwrap(),
        contained: decoders.within(Allowance::default()),
        decoders,
        photo: photo(1200, 800),
    };
    println!("| broken off | whole, ms | returns after, ms: middle, longest | works on for, ms: middle, longest |");
    println!("|---|---|---|---|");
    for (name, work) in works(&bench) {
        if wanted.is_empty() || wanted.iter().any(|it| name.contains(it.as_str())) {
            bench.measure(&name, &*work);
        }
    }
}

/// Something that can be broken off.
type Work<'a> = dyn Fn(&Cancel) + Sync + 'a;

/// Each format as it is kept, as it races for a look, and the measure of a text.
fn works(bench: &Bench) -> Vec<(String, Box<Work<'_>>)> {
    let plain =
        [Format::Jpeg, Format::WebP, Format::Png, Format::Gif, Format::JpegXl, Format::Avif].map(OutputSpec::new);
    let mut palette = OutputSpec::new(Format::Png);
    palette.codec.png.colours = PngColours::Palette;
    let exact = OutputSpec { lossless: true, ..OutputSpec::new(Format::WebP) };
    let mut works: Vec<(String, Box<Work<'_>>)> = vec![];
    for spec in plain.iter().chain([&palette, &exact]) {
        let kind = if *spec == palette {
            ", 256 colours"
        } else if spec.lossless {
            ", lossless"
        } else {
            ""
        };
        for (effort, word) in [(Effort::Fast, "quick"), (Effort::Normal, "normal"), (Effort::Best, "best")] {
            let spec = OutputSpec { effort, ..spec.clone() };
            let name = format!("{}{kind}, {word}", spec.format.label());
            works.push((name, Box::new(move |cancel| drop(encode_by(&bench.contained, &bench.photo, &spec, cancel)))));
        }
        let searches: &[(Effort, &str)] = match spec.format {
            Format::JpegXl => &[],
            _ if spec.lossless => &[],
            Format::Avif => &[(Effort::Normal, "search for a look")],
            Format::Jpeg => &[(Effort::Fast, "search for a look"), (Effort::Normal, "search for a look, normal")],
            _ => &[(Effort::Fast, "search for a look")],
        };
        for (effort, word) in searches {
            let spec = OutputSpec { effort: *effort, aim: Aim::Look(85), ..spec.clone() };
            let source = bench.source();
            let name = format!("{}{kind}, {word}", spec.format.label());
            works.push((name, Box::new(move |cancel| bench.search(&source, &spec, cancel))));
        }
    }
    for format in [Format::Jpeg, Format::Png] {
        let text = bench.text(format);
        let name = format!("brotli of {} characters ({})", text.chars(), format.label());
        works.push((name, Box::new(move |cancel| drop(bench.contained.compressed(&text, cancel)))));
    }
    works
}

struct Bench {
    pool: ThreadPool,
    contained: Contained,
    decoders: Decoders,
    photo: Raster,
}

impl Bench {
    fn source(&self) -> Source {
        let spec = OutputSpec { effort: Effort::Fast, ..OutputSpec::new(Format::Bmp) };
        Source::new("photo", encode(&self.photo, &spec, &Cancel::default()).unwrap().bytes)
    }

    fn text(&self, format: Format) -> Snippet {
        let spec = OutputSpec { effort: Effort::Fast, ..OutputSpec::new(format) };
        let encoded = encode(&self.photo, &spec, &Cancel::default()).unwrap();
        let texts = Texts::of(format, &encoded.bytes);
        let facts = SnippetFacts { size: encoded.size, density: 1, alt: String::new() };
        snippet(Embed::DataUrl, format, &texts, &facts)
    }

    fn search(&self, source: &Source, output: &OutputSpec, cancel: &Cancel) {
        let (limits, fonts) = (Limits::default(), Fonts::default());
        let tools = Tools { encoder: &self.contained, ..Tools::new(&limits, &fonts, cancel) };
        let recipe = Recipe { output: output.clone(), ..Recipe::new(output.format) };
        drop(pipeline::render(source, &recipe, &mut Cache::default(), false, tools));
    }

    fn measure(&self, name: &str, work: &Work<'_>) {
        self.rest();
        let begun = Instant::now();
        self.pool.install(|| work(&Cancel::default()));
        let whole = begun.elapsed();
        let (mut returned, mut worked) = (vec![], vec![]);
        for moment in 0..MOMENTS {
            let (late, idle) = self.break_off(work, whole * moment / MOMENTS);
            returned.push(millis(late));
            worked.push(millis(idle));
        }
        let [[r_middle, r_longest], [w_middle, w_longest]] = [returned, worked].map(|mut times| {
            times.sort_by(f64::total_cmp);
            [times[times.len() / 2], times[times.len() - 1]]
        });
        println!("| {name} | {:.0} | {r_middle:.0}, {r_longest:.0} | {w_middle:.0}, {w_longest:.0} |", millis(whole));
    }

    /// After which time the call returns, and after which nothing of it takes a processor any more.
    fn break_off(&self, work: &Work<'_>, after: Duration) -> (Duration, Duration) {
        self.rest();
        let cancel = Cancel::default();
        let (sender, answer) = mpsc::channel();
        thread::scope(|scope| {
            let flag = cancel.clone();
            let pool = &self.pool;
            scope.spawn(move || {
                pool.install(|| work(&flag));
                sender.send(Instant::now()).unwrap();
            });
            thread::sleep(after);
            let begun = Instant::now();
            cancel.cancel();
            let mut meter = Meter::new();
            let mut last = begun;
            while last.elapsed() < CALM && begun.elapsed() < LONGEST {
                thread::sleep(Duration::from_millis(1));
                if meter.has_moved() {
                    last = Instant::now();
                }
            }
            (answer.recv().unwrap().saturating_duration_since(begun), last.saturating_duration_since(begun))
        })
    }

    /// Waits until a helper is ready and nothing moves.
    fn rest(&self) {
        self.decoders.want(1);
        while self.decoders.idle() == 0 {
            thread::sleep(Duration::from_millis(5));
        }
        let mut meter = Meter::new();
        let mut last = Instant::now();
        while last.elapsed() < CALM {
            thread::sleep(Duration::from_millis(5));
            if meter.has_moved() {
                last = Instant::now();
            }
        }
    }
}

/// The processor time of every thread of this process but the one that measures, and of the helpers that there
/// are at first: one that takes the place of a killed one works for nobody.
struct Meter {
    children: Vec<String>,
    known: HashMap<String, u64>,
}

/// Less in a millisecond is a look at a flag or a clock.
const NOTHING_NANOS: u64 = 200_000;

impl Meter {
    fn new() -> Self {
        let mut children = vec![];
        for task in entries("/proc/self/task") {
            let text = fs::read_to_string(format!("{task}/children")).unwrap_or_default();
            children.extend(text.split_whitespace().map(|it| format!("/proc/{it}/task")));
        }
        let mut meter = Self { children, known: HashMap::new() };
        meter.has_moved();
        meter
    }

    fn has_moved(&mut self) -> bool {
        let own = fs::canonicalize("/proc/thread-self").unwrap();
        let own = format!("/proc/self/task/{}", own.file_name().unwrap().to_string_lossy());
        let mut moved = 0;
        let folders = ["/proc/self/task".to_owned()].into_iter().chain(self.children.iter().cloned());
        for task in folders.flat_map(|it| entries(&it)).filter(|it| *it != own).collect::<Vec<_>>() {
            let text = fs::read_to_string(format!("{task}/schedstat")).unwrap_or_default();
            let Some(nanos) = text.split_whitespace().next().and_then(|it| it.parse().ok()) else { continue };
            let before = self.known.insert(task, nanos).unwrap_or(nanos);
            moved += nanos.saturating_sub(before);
        }
        NOTHING_NANOS < moved
    }
}

fn entries(folder: &str) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten();
    entries.filter_map(|it| Some(it.ok()?.path().to_string_lossy().into_owned())).collect()
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

/// Gradients with the noise of a sensor (Knuth's MMIX generator).
fn photo(width: u32, height: u32) -> Raster {
    let mut state = 7_u64;
    let mut noise = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 40) as f32 / (1 << 23) as f32 - 1.0
    };
    let mut samples = Vec::with_capacity((width * height * 3) as usize);
    for y in 0..height {
        for x in 0..width {
            let (fx, fy) = (x as f32 / width as f32, y as f32 / height as f32);
            let wave = (fx * 40.0 + (fy * 9.0).sin() * 3.0).sin() * 40.0;
            let grain = noise() * 5.0;
            samples.extend([140.0 + wave, 120.0 + fx * 60.0, 180.0 - fy * 120.0].map(|it| (it + grain) as u8));
        }
    }
    Raster::from_samples8(width, height, Layout::Rgb8, samples).unwrap()
}
