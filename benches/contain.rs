//! What containing the decoder costs: the same pictures decoded here and in a helper, in turn.

#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a measurement prints, and fails by panicking")]

use inlaid::{
    engine::{
        Bytes, Cancel, Format, Layout, Limits, Raster, Source, Tools,
        decode::{DecodeOptions, Decoder, Direct, Fonts},
        encode::encode,
        recipe::OutputSpec,
    },
    helper::{ARGUMENT, Allowance, Contained, Decoders, Program, Transport, read_shared},
};
use std::{
    fs, thread,
    time::{Duration, Instant},
};

fn main() {
    let limits = Limits::default();
    let arguments = vec![ARGUMENT.into(), Transport::Native.id().into()];
    let program = Program { path: env!("CARGO_BIN_EXE_inlaid").into(), arguments, transport: Transport::Native };
    let decoders = Decoders::contained_in(program, &limits).unwrap();
    let begun = Instant::now();
    decoders.want(1);
    wait_until(|| decoders.idle() == 1);
    println!("a helper is ready after: {:.1} ms", millis(begun));
    println!("private memory of a waiting helper: {:.1} MB", private_memory() as f64 / 1000.0);
    let contained = decoders.within(Allowance::default());
    for (name, width, height, format, turns) in [
        ("JPEG of 24 megapixels", 6000, 4000, Format::Jpeg, 40),
        ("PNG of 24 megapixels", 6000, 4000, Format::Png, 10),
        ("JPEG of 1 megapixel", 1250, 800, Format::Jpeg, 200),
        ("PNG of 64 × 48", 64, 48, Format::Png, 500),
    ] {
        compare(name, &picture(width, height, format), turns, &contained);
    }
    println!("a cancel is carried out after (longest of 20): {:.1} ms", cancels(&contained));
}

/// Noise over gradients, as encoded bytes where the program has them after reading a file.
fn picture(width: u32, height: u32, format: Format) -> Source {
    let mut seed = 7_u32;
    let samples = (0..height).flat_map(|y| (0..width).map(move |x| (x, y))).flat_map(|(x, y)| {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let noise = (seed >> 28) as u8;
        [(x / 25) as u8 ^ noise, (y / 16) as u8 ^ noise, ((x + y) / 40) as u8]
    });
    let raster = Raster::from_samples8(width, height, Layout::Rgb8, samples.collect()).unwrap();
    let spec = OutputSpec { effort: inlaid::engine::recipe::Effort::Fast, ..OutputSpec::new(format) };
    Source::new("picture", shared(&encode(&raster, &spec, &Cancel::default()).unwrap().bytes))
}

fn shared(bytes: &[u8]) -> Bytes {
    read_shared(&mut &*bytes, u64::MAX).unwrap()
}

fn compare(name: &str, source: &Source, turns: usize, contained: &Contained) {
    let (mut here, mut there) = (vec![], vec![]);
    for _ in 0..turns {
        here.push(decoded(&Direct, source));
        there.push(decoded(contained, source));
    }
    let middle = |times: &mut Vec<f64>| {
        times.sort_by(f64::total_cmp);
        (times[0], times[times.len() / 2])
    };
    let ((least_here, here), (least_there, there)) = (middle(&mut here), middle(&mut there));
    println!(
        "{name}: {here:.2} ms here, {there:.2} ms in a helper: {:.3} times, {:+.2} ms (fastest {least_here:.2} and {least_there:.2}: {:+.2} ms)",
        there / here,
        there - here,
        least_there - least_here
    );
}

/// How long it takes until the pixels were decoded and each of them looked at, as who paints does.
fn decoded(decoder: &dyn Decoder, source: &Source) -> f64 {
    let (limits, fonts, cancel) = (Limits::default(), Fonts::default(), Cancel::default());
    // Each time as if the file had just been read.
    let source = Source::new(source.name(), shared(source.bytes()));
    let begun = Instant::now();
    let decoded = decoder.decode(&source, &DecodeOptions::default(), Tools::new(&limits, &fonts, &cancel)).unwrap();
    let sum: u64 = decoded.raster.bytes().iter().step_by(64).map(|it| u64::from(*it)).sum();
    std::hint::black_box(sum);
    millis(begun)
}

fn cancels(contained: &Contained) -> f64 {
    let source = picture(6000, 4000, Format::Png);
    let mut longest = 0.0_f64;
    for turn in 0..20 {
        let (limits, fonts, cancel) = (Limits::default(), Fonts::default(), Cancel::default());
        let late = thread::scope(|scope| {
            let work = scope.spawn(|| {
                let tools = Tools::new(&limits, &fonts, &cancel);
                contained.decode(&source, &DecodeOptions::default(), tools).is_err()
            });
            thread::sleep(Duration::from_millis(20 + 3 * turn));
            let begun = Instant::now();
            cancel.cancel();
            assert!(work.join().unwrap());
            millis(begun)
        });
        longest = longest.max(late);
    }
    longest
}

/// Of the helpers of this process, in kB.
fn private_memory() -> u64 {
    let mut total = 0;
    for task in fs::read_dir("/proc/self/task").unwrap() {
        let children = fs::read_to_string(task.unwrap().path().join("children")).unwrap();
        for child in children.split_whitespace() {
            let rollup = fs::read_to_string(format!("/proc/{child}/smaps_rollup")).unwrap();
            let private = rollup.lines().filter(|it| it.starts_with("Private_"));
            total += private.map(|it| it.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap()).sum::<u64>();
        }
    }
    total
}

fn wait_until(is_so: impl Fn() -> bool) {
    let end = Instant::now() + Duration::from_secs(10);
    while !is_so() {
        assert!(Instant::now() < end);
        thread::yield_now();
    }
}

fn millis(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1000.0
}
