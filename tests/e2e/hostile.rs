//! Pictures that were made to do harm, in the real window, and what is left of them afterwards.

#[expect(dead_code, reason = "only what the rows are and where they lie matters here")]
#[path = "../corpus/manifest.rs"]
mod manifest;

use super::{
    PIXELS,
    access::{Node, find, nodes},
    decoded,
    desk::{Desk, left_out, script, wait_for},
    draw,
    evidence::{Answer, Load, Trace, answers, processes},
    machine::Machine,
    pillow_of_bytes, text,
};
use image::RgbImage;
use std::{
    collections::BTreeMap,
    ffi::OsString,
    fmt::Write as _,
    fs, iter,
    os::unix::ffi::OsStringExt as _,
    path::{Path, PathBuf},
    thread::sleep,
    time::{Duration, Instant},
};

/// The window answers within this time, in milliseconds, whatever is being decoded.
const ANSWER_MILLIS: f64 = 100.0;
/// With fewer of them nothing is proved.
const LEAST_ANSWERS: usize = 100;
/// A notice names so many.
const BATCH: usize = 100;
/// What a single picture may take, with the time that a busy machine needs besides.
const ONE_PICTURE: Duration = Duration::from_secs(60);

/// A file to be opened.
struct Bad {
    path: PathBuf,
    /// Has it to be refused?
    is_hopeless: bool,
}

impl Bad {
    /// As the window calls it.
    fn name(&self) -> String {
        let name = self.path.file_name().unwrap_or(self.path.as_os_str()).to_string_lossy();
        name.chars().map(|it| if it.is_control() { char::REPLACEMENT_CHARACTER } else { it }).collect()
    }
}

/// The rows of the corpus that need not be opened.
fn from_corpus() -> Vec<Bad> {
    let rows = manifest::rows(&manifest::root().0, &[]);
    let rows = rows.iter().filter(|it| ["survive", "reject"].contains(&it.get("expectation")));
    rows.map(|it| Bad { path: it.folder.join(it.get("file")), is_hopeless: it.get("expectation") == "reject" })
        .collect()
}

/// Everything that the generator of `INLAID_HOSTILE` makes: a part of it, or with
/// `INLAID_HOSTILE_SEEDS="1 2"` the whole of each of these.
fn generated(desk: &Desk) -> Vec<Bad> {
    let Some(folder) = std::env::var_os("INLAID_HOSTILE") else {
        left_out("the hostile files of INLAID_HOSTILE, which is not set");
        return vec![];
    };
    let script = Path::new(&folder).join("gen.py");
    let seeds = std::env::var("INLAID_HOSTILE_SEEDS").unwrap_or_default();
    let seeds: Vec<String> = seeds.split_whitespace().map(|it| format!("--seed={it}")).collect();
    let kinds = if seeds.is_empty() { vec!["--core".to_owned()] } else { seeds };
    let make = |(index, kind): (usize, &String)| {
        let made = desk.picture(&format!("hostile {index}"));
        desk.output_of(300, "python3", &[text(&script), text(&made), kind]);
        listed(desk, &made)
    };
    kinds.iter().enumerate().flat_map(make).collect()
}

/// Gives names as they are, which need not be text.
const LIST: &str = r#"
import json, os, sys
for line in open(sys.argv[1]).read().split("\n")[1:]:
    if line:
        _, path, _, expectation, how, note = line.split("\t")
        print(os.fsencode(json.loads(path)).hex(), expectation, how, note, sep="\t")
"#;

/// The files of a manifest of the generator.
fn listed(desk: &Desk, folder: &Path) -> Vec<Bad> {
    let rows = desk.output_of(30, "python3", &["-c", LIST, text(&folder.join("MANIFEST.tsv"))]);
    let row = |line: &str| {
        let [name, expectation, how, note] = line.split('\t').collect::<Vec<_>>()[..] else { panic!("a row: {line}") };
        let bytes = (0..name.len()).step_by(2).map(|at| u8::from_str_radix(&name[at..at + 2], 16).unwrap());
        let name: Vec<u8> = bytes.collect();
        // Nothing and a name with a zero are no arguments.
        let is_there = expectation != "skip" && !name.is_empty() && !name.contains(&0);
        // Who may do everything may read everything; and what is to be pasted is something else as a file.
        let is_hopeless = expectation == "reject" && how != "paste" && !note.contains("root can read it");
        is_there.then(|| Bad { path: folder.join(OsString::from_vec(name)), is_hopeless })
    };
    rows.lines().filter_map(row).collect()
}

#[test]
fn no_picture_can_end_or_hold_up_the_window() {
    let Some(mut desk) = Desk::open("no_picture_can_end_or_hold_up_the_window") else { return };
    desk.remember("png");
    desk.start_accessibility();
    let [trace, probes, temporary] = ["trace.json", "probes", "temporary"].map(|it| desk.picture(it));
    fs::create_dir(&temporary).unwrap();
    desk.set("TMPDIR", &temporary);
    let good = draw(&desk, "good.png", 4);
    let bad: Vec<Bad> = generated(&desk).into_iter().chain(from_corpus()).collect();
    desk.launch(&[Path::new("--trace"), &trace, &good], "good.png — Inlaid");
    wait_for("a helper", || processes(&desk).iter().any(|it| it.is_helper).then_some(()));
    let mut trace = Trace::at(trace);
    let machine = Machine::watch(desk.home());
    let _probe = desk.start_python(&script("probe.py"), &[text(&probes)]);
    wait_for("its first move", || fs::read(&probes).is_ok_and(|it| !it.is_empty()).then_some(()));

    let mut report = String::new();
    for batch in bad.chunks(BATCH) {
        let loads = open(&desk, &mut trace, batch);
        report += &slow_ones(batch, &loads);
        report += &check_notice(&desk, batch, &loads);
    }
    check_answers(&desk, &mut trace, &probes, machine, ("hostile", report, LEAST_ANSWERS));

    desk.press("Home");
    desk.press("ctrl+c");
    assert_eq!(pillow_of_bytes(&desk, &decoded(&desk.copied_text())), format!("160x120 {PIXELS}"));
    assert_eq!(desk.windows().len(), 1);
    desk.press("ctrl+q");
    assert_eq!(desk.wait_for_end(), Some(0));
    wait_until_nothing_is_left(&desk);
    let left: Vec<_> = fs::read_dir(&temporary).unwrap().map(|it| it.unwrap().path()).collect();
    assert!(left.is_empty(), "{left:?}");
}

/// Opens files all at once, and waits until each of them is there or was refused.
fn open(desk: &Desk, trace: &mut Trace, batch: &[Bad]) -> Vec<Load> {
    trace.read_on();
    let before = trace.loads.len();
    let paths: Vec<PathBuf> = batch.iter().map(|it| it.path.clone()).collect();
    desk.hand_over(&paths);
    let (mut n_loads, mut since) = (before, Instant::now());
    loop {
        trace.read_on();
        if let Some(loads) = trace.batch(before, batch.len()) {
            return loads;
        }
        if n_loads < trace.loads.len() {
            (n_loads, since) = (trace.loads.len(), Instant::now());
        }
        let n_read = n_loads - before;
        assert!(since.elapsed() < ONE_PICTURE, "after {n_read} of {} nothing happens: {paths:?}", batch.len());
        sleep(Duration::from_millis(50));
    }
}

/// For the report: what took longer than a second.
fn slow_ones(batch: &[Bad], loads: &[Load]) -> String {
    let mut lines = String::new();
    for (bad, load) in batch.iter().zip(loads).filter(|(_, load)| 1_000 < load.millis) {
        let what = if load.is_failed { "refused" } else { "opened" };
        writeln!(lines, "{:>6} ms  {what}  {}", load.millis, bad.path.display()).unwrap();
    }
    lines
}

/// The notice says how many could not be opened, and its details which, each on one line. Gives, for the
/// report, those that failed for what they took or did.
fn check_notice(desk: &Desk, batch: &[Bad], loads: &[Load]) -> String {
    let mut wanted: BTreeMap<String, usize> = BTreeMap::new();
    for (bad, load) in batch.iter().zip(loads) {
        assert!(load.is_failed || !bad.is_hopeless, "{} was opened", bad.path.display());
        if load.is_failed {
            *wanted.entry(bad.name()).or_default() += 1;
        }
    }
    let n_failed: usize = wanted.values().sum();
    assert!(2 <= n_failed, "a batch without bad ones");
    let title = format!("{n_failed} images could not be opened");
    desk.press("Home");
    find(desk, &title, |it| it.role == "button" && it.name == title);
    desk.python("atspi.py", &["press", &title]);
    // A name can hold a colon, but what is said of it begins with a space.
    let is_list = |it: &Node| it.role == "label" && it.name.split("\\n").count() == n_failed && it.name.contains(": ");
    let details = find(desk, "the details", is_list);
    for line in details.name.split("\\n") {
        let name = wanted.iter_mut().find(|(name, count)| 0 < **count && line.starts_with(&format!("{name}: ")));
        *name.unwrap_or_else(|| panic!("nobody expects {line}")).1 -= 1;
    }
    desk.python("atspi.py", &["press", "Dismiss"]);
    wait_for("the end of the notice", || nodes(desk).iter().all(|it| it.name != title).then_some(()));
    let is_over = |it: &&str| ["ran out of time", "needs more than", "crashed"].iter().any(|words| it.contains(words));
    details.name.split("\\n").filter(is_over).flat_map(|line| [line, "\n"]).collect()
}

/// No move of the pointer waits for longer than it may while the machine is ours; the figures are kept
/// below the report with this name. Of so many answers at least something can be said.
pub(crate) fn check_answers(
    desk: &Desk,
    trace: &mut Trace,
    probes: &Path,
    machine: Machine,
    (name, report, least): (&str, String, usize),
) {
    trace.read_on();
    let (quiet, answers) = (machine.quiet_times(), answers(probes, &trace.frames));
    let is_ours = |span| is_within(span, &quiet);
    let all: Vec<f64> = answers.iter().map(Answer::millis).collect();
    let ours: Vec<f64> = answers.iter().filter(|it| is_ours(it.span)).map(Answer::millis).collect();
    let frames = frames_within(trace, &quiet);
    let is_late = ours.iter().chain(&frames).any(|it| ANSWER_MILLIS < *it);
    let figures = figures("answers", all)
        + &figures("answers while the machine was ours", ours.clone())
        + &figures("frames while the machine was ours", frames);
    desk.keep(&format!("{name}.txt"), (report + &figures).as_bytes());
    desk.keep(&format!("{name}.json"), &fs::read(trace.path()).unwrap());
    if ours.len() < least {
        left_out(&format!("the time of answers: others used the machine during all but {} of them", ours.len()));
    } else {
        assert!(!is_late, "{figures}");
    }
}

/// No frame takes longer than an answer may while the machine is ours: for desks whose answers also wait for a
/// compositor that draws without a graphics card beside the window. The figures are kept under this name.
pub(crate) fn check_frames(desk: &Desk, trace: &mut Trace, machine: Machine, (name, least): (&str, usize)) {
    trace.read_on();
    assert!(least <= trace.frames.len(), "only {} frames", trace.frames.len());
    let ours = frames_within(trace, &machine.quiet_times());
    let figures = figures("frames while the machine was ours", ours.clone());
    desk.keep(&format!("{name}.txt"), figures.as_bytes());
    desk.keep(&format!("{name}.json"), &fs::read(trace.path()).unwrap());
    if ours.len() < least {
        left_out(&format!("the time of frames: others used the machine during all but {} of them", ours.len()));
    } else {
        assert!(ours.iter().all(|it| *it <= ANSWER_MILLIS), "{figures}");
    }
}

/// Milliseconds of each frame in these times.
fn frames_within(trace: &Trace, quiet: &[(u64, u64)]) -> Vec<f64> {
    let ours = trace.frames.iter().filter(|it| is_within((it.at, it.at + it.duration), quiet));
    ours.map(|it| it.duration as f64 / 1_000.0).collect()
}

/// What was measured while others had the processors tells of them.
fn is_within((from, to): (u64, u64), quiet: &[(u64, u64)]) -> bool {
    let overlapping = quiet.iter().map(|it| to.min(it.1).saturating_sub(from.max(it.0))).sum::<u64>();
    to - from <= overlapping
}

fn figures(what: &str, mut millis: Vec<f64>) -> String {
    millis.sort_by(f64::total_cmp);
    let at =
        |share: f64| millis.get((millis.len().saturating_sub(1) as f64 * share) as usize).copied().unwrap_or_default();
    let [middle, most, nearly_all, longest] = [0.5, 0.99, 0.999, 1.0].map(at);
    let n_late = millis.iter().filter(|it| ANSWER_MILLIS < **it).count();
    format!(
        "{} {what}: median {middle:.1} ms, 99 % within {most:.1} ms, 99.9 % within {nearly_all:.1} ms, longest \
         {longest:.1} ms, {n_late} above {ANSWER_MILLIS} ms\n",
        millis.len()
    )
}

/// When the program has ended, everything goes that it has started or held.
fn wait_until_nothing_is_left(desk: &Desk) {
    let end = Instant::now() + Duration::from_secs(2);
    loop {
        let left: Vec<_> = processes(desk).into_iter().filter(|it| it.is_helper || it.is_sharing).collect();
        if left.is_empty() {
            return;
        }
        assert!(Instant::now() < end, "{left:?}");
        sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_window_that_is_killed_leaves_nothing_behind() {
    let Some(mut desk) = Desk::open("a_window_that_is_killed_leaves_nothing_behind") else { return };
    desk.remember("png");
    let noise = desk.picture("noise.png");
    let hash = |x: u32, y: u32| (x ^ y.rotate_left(11)).wrapping_mul(0x9E37_79B1).rotate_left(9).wrapping_mul(x | 1);
    RgbImage::from_fn(2_500, 2_000, |x, y| image::Rgb([0, 8, 16].map(|it| (hash(x, y) >> it) as u8)))
        .save(&noise)
        .unwrap();
    for round in 1..=3 {
        let pictures: Vec<&Path> = iter::repeat_n(noise.as_path(), 60).collect();
        desk.launch(&pictures, "60 images — Inlaid");
        wait_for("pictures being decoded", || {
            let n_busy = processes(&desk).iter().filter(|it| it.is_helper && it.is_sharing).count();
            (0 < n_busy).then_some(())
        });
        desk.signal("KILL");
        assert_eq!(desk.wait_for_end(), None, "round {round}: it was killed");
        wait_until_nothing_is_left(&desk);
    }
}
