//! Helpers come and go; nothing of them stays.

use super::{contained, real};
use inlaid::{
    engine::{Cancel, EngineError, Source, decode::DecodeOptions},
    helper::Transport,
};
use rustix::process::{Pid, Signal, kill_process};
use std::{
    fs,
    io::Cursor,
    process::{Command, Stdio},
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::{Duration, Instant},
};

const ROUNDS: usize = 1000;

fn png() -> Source {
    let mut bytes = Cursor::new(vec![]);
    let image = image::RgbImage::from_fn(300, 200, |x, y| image::Rgb([x as u8, y as u8, (x * y) as u8]));
    image.write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    Source::new("a.png", bytes.into_inner())
}

/// The processes that a process has started and that have not ended.
pub(crate) fn children(of: &str) -> Vec<i32> {
    let Ok(tasks) = fs::read_dir(format!("/proc/{of}/task")) else { return vec![] };
    let lists = tasks.filter_map(|task| fs::read_to_string(task.ok()?.path().join("children")).ok());
    lists.flat_map(|list| list.split_whitespace().map(|it| it.parse().unwrap()).collect::<Vec<_>>()).collect()
}

fn is_there(pid: i32) -> bool {
    // A process that has ended and that nobody asked for yet is a line that says Z.
    let status = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    status.rsplit(')').next().is_some_and(|rest| !rest.is_empty() && !rest.trim_start().starts_with('Z'))
}

/// Memory of our own and shared with helpers, in KiB.
fn memory_kib() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let lines = status.lines().filter(|it| it.starts_with("RssAnon") || it.starts_with("RssShmem"));
    lines.map(|it| it.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap()).sum()
}

fn descriptors() -> usize {
    fs::read_dir("/proc/self/fd").unwrap().count()
}

pub(crate) fn wait_until(what: &str, is_so: impl Fn() -> bool) {
    let end = Instant::now() + Duration::from_secs(20);
    while !is_so() {
        assert!(Instant::now() < end, "{what}");
        thread::yield_now();
    }
}

const ALONE: &str = "alone";

/// Runs a test that kills or counts helpers in a process of its own, where all of them are its
/// own. Is it that process?
pub(crate) fn is_alone(module: &str, test: &str) -> bool {
    if std::env::args().any(|it| it == ALONE) {
        return true;
    }
    let name = format!("{module}::{test}");
    let status = Command::new(std::env::current_exe().unwrap()).args(["--exact", &name, ALONE]).status().unwrap();
    assert!(status.success());
    false
}

#[test]
fn killed_at_any_moment_they_cost_one_picture_at_most() {
    if !is_alone("lives", "killed_at_any_moment_they_cost_one_picture_at_most") {
        return;
    }
    let (decoders, source) = (real(Transport::Native), png());
    decoders.want(2);
    let load = || contained(&decoders, &source, &DecodeOptions::default(), &Cancel::default());
    let wanted = load().unwrap().raster.bytes().to_vec();
    let is_over = AtomicBool::new(false);
    let (mut n_right, mut before) = (0, None);
    thread::scope(|scope| {
        scope.spawn(|| {
            // A moment that no pattern of the loads meets: as long as a random number of yields.
            let mut seed = 1_u32;
            while !is_over.load(Ordering::Relaxed) {
                seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (0..seed >> 22).for_each(|_| thread::yield_now());
                for child in children("self") {
                    // One that has ended meanwhile cannot be killed.
                    Pid::from_raw(child).map(|it| kill_process(it, Signal::KILL));
                }
            }
        });
        for round in 0..ROUNDS {
            match load() {
                Ok(decoded) => {
                    assert!(decoded.raster.bytes() == wanted, "wrong pixels in round {round}");
                    n_right += 1;
                }
                Err(EngineError::DecoderCrashed) => {}
                Err(other) => panic!("{other}"),
            }
            if round == ROUNDS / 10 {
                before = Some((descriptors(), memory_kib()));
            }
        }
        is_over.store(true, Ordering::Relaxed);
    });
    // Those that were killed at the very end are found out by the next pictures, one each.
    let last = (0..=2).find_map(|_| load().ok()).unwrap();
    assert!(0 < n_right && last.raster.bytes() == wanted);
    let (descriptors_before, memory_before) = before.unwrap();
    // A helper has a socket of two handles and a pipe; those being started are counted either way.
    assert!(descriptors() <= descriptors_before + 8, "{descriptors_before} became {}", descriptors());
    assert!(memory_kib() < memory_before + 8_000, "{memory_before} KiB became {}", memory_kib());
    drop(decoders);
    assert!(children("self").is_empty(), "helpers are left behind");
}

#[test]
fn they_go_with_the_program() {
    // Waits for its standard input; meanwhile the helper comes up.
    let mut program = Command::new(env!("CARGO_BIN_EXE_inlaid"))
        .args(["convert", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let id = program.id().to_string();
    wait_until("no helper was started", || !children(&id).is_empty());
    let helpers = children(&id);
    program.kill().unwrap();
    program.wait().unwrap();
    wait_until("a helper outlives its program", || !helpers.iter().any(|it| is_there(*it)));
}

#[test]
fn as_many_wait_as_were_wanted() {
    let (decoders, source) = (real(Transport::Native), png());
    let load = || contained(&decoders, &source, &DecodeOptions::default(), &Cancel::default());
    assert!(load().is_ok());
    assert_eq!(decoders.idle(), 1, "who was needed stays");
    decoders.want(2);
    wait_until("there are not two", || decoders.idle() == 2);
    assert!(load().is_ok());
    assert_eq!(decoders.idle(), 2);
}

#[test]
fn one_that_dies_while_it_waits_is_replaced() {
    if !is_alone("lives", "one_that_dies_while_it_waits_is_replaced") {
        return;
    }
    let decoders = real(Transport::Native);
    decoders.want(1);
    wait_until("there is none", || decoders.idle() == 1);
    let first = children("self");
    assert_eq!(first.len(), 1);
    kill_process(Pid::from_raw(first[0]).unwrap(), Signal::KILL).unwrap();
    wait_until("no other one came", || {
        let now = children("self");
        decoders.idle() == 1 && now.len() == 1 && now != first
    });
    assert!(contained(&decoders, &png(), &DecodeOptions::default(), &Cancel::default()).is_ok());
}
