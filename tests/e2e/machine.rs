//! Who uses the processors: the desk, or something else that a time measured on it would tell of.

use super::evidence::belongs;
use std::{
    fs,
    path::{Path, PathBuf},
    sync::mpsc::{self, RecvTimeoutError},
    thread::{self, JoinHandle},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

const PERIOD: Duration = Duration::from_millis(500);
/// A share of the processors that others may have: too little to hold anybody up for long.
const QUIET: f64 = 0.05;

/// Looks at the processors until it is asked what it saw.
pub(crate) struct Machine {
    stop: mpsc::Sender<()>,
    watcher: JoinHandle<Vec<Sample>>,
}

/// Ticks since the machine and the desk began.
struct Sample {
    micros: u64,
    all: u64,
    busy: u64,
    ours: u64,
}

impl Machine {
    pub(crate) fn watch(home: PathBuf) -> Self {
        let (stop, stopped) = mpsc::channel();
        let look = move || {
            let mut samples = vec![sample(&home)];
            while stopped.recv_timeout(PERIOD) == Err(RecvTimeoutError::Timeout) {
                samples.push(sample(&home));
            }
            samples
        };
        Self { stop, watcher: thread::Builder::new().spawn(look).unwrap() }
    }

    /// When the desk had the machine for itself: from and to, in microseconds since 1970.
    pub(crate) fn quiet_times(self) -> Vec<(u64, u64)> {
        drop(self.stop);
        let samples = self.watcher.join().unwrap();
        let is_quiet = |it: &&[Sample]| {
            let ours = it[1].ours.saturating_sub(it[0].ours);
            let foreign = (it[1].busy - it[0].busy).saturating_sub(ours) as f64;
            foreign <= QUIET * (it[1].all - it[0].all) as f64
        };
        samples.windows(2).filter(is_quiet).map(|it| (it[0].micros, it[1].micros)).collect()
    }
}

fn sample(home: &Path) -> Sample {
    let folders = fs::read_dir("/proc").unwrap().map(|it| it.unwrap().path());
    let own = PathBuf::from(format!("/proc/{}", std::process::id()));
    // Of those that have ended whoever started them has the ticks.
    let ours = folders.filter(|it| *it == own || belongs(it, home)).filter_map(|it| ticks(&it)).sum();
    let text = fs::read_to_string("/proc/stat").unwrap();
    let numbers = text.lines().next().unwrap().split_whitespace().skip(1).take(8);
    let numbers: Vec<u64> = numbers.map(|it| it.parse().unwrap()).collect();
    let all: u64 = numbers.iter().sum();
    // Fields 4 and 5 are idleness.
    let busy = all - numbers[3] - numbers[4];
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    Sample { micros: u64::try_from(since_1970.as_micros()).unwrap(), all, busy, ours }
}

/// Processor time of a process and of its children that have ended, in clock ticks; `None` once it is gone.
pub(crate) fn ticks(folder: &Path) -> Option<u64> {
    let text = fs::read_to_string(folder.join("stat")).ok()?;
    // The name in parentheses may hold anything; the times are fields 14 to 17.
    let fields: Vec<&str> = text.rsplit_once(')')?.1.split_whitespace().collect();
    fields.get(11..15)?.iter().map(|it| it.parse::<u64>().ok()).sum()
}
