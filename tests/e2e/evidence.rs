//! What the window and its helpers leave to be looked at from outside: the trace, the pointer's moves
//! beside it, and the processes.

use super::desk::Desk;
use serde_json::Value;
use std::{
    fs::{self, File},
    io::{Read as _, Seek as _, SeekFrom},
    os::unix::ffi::OsStrExt as _,
    path::{Path, PathBuf},
};

/// A frame as the trace tells of it, in microseconds.
#[derive(Clone, Copy)]
pub(crate) struct Frame {
    pub(crate) at: u64,
    pub(crate) duration: u64,
    has_input: bool,
}

/// A picture that was read, or could not be.
#[derive(Clone, Copy)]
pub(crate) struct Load {
    ticket: u64,
    pub(crate) is_failed: bool,
    pub(crate) millis: u64,
}

/// The trace of a window, read while it is written.
pub(crate) struct Trace {
    path: PathBuf,
    n_read: u64,
    pub(crate) frames: Vec<Frame>,
    pub(crate) loads: Vec<Load>,
}

impl Trace {
    pub(crate) fn at(path: PathBuf) -> Self {
        Self { path, n_read: 0, frames: vec![], loads: vec![] }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Reads what was written since.
    pub(crate) fn read_on(&mut self) {
        let mut file = File::open(&self.path).unwrap();
        file.seek(SeekFrom::Start(self.n_read)).unwrap();
        let mut text = String::new();
        file.read_to_string(&mut text).unwrap();
        // The last line may be half written.
        let whole = text.rfind('\n').map_or(0, |it| it + 1);
        self.n_read += whole as u64;
        for line in text[..whole].lines().filter(|it| it.starts_with('{')) {
            let entry: Value = serde_json::from_str(line.trim_end_matches(',')).expect(line);
            let number = |value: &Value| value.as_f64().unwrap() as u64;
            match entry["name"].as_str() {
                Some("frame") => self.frames.push(Frame {
                    at: number(&entry["ts"]),
                    duration: number(&entry["dur"]),
                    has_input: 0 < number(&entry["args"]["events"]),
                }),
                Some("load") => self.loads.push(Load {
                    ticket: number(&entry["args"]["ticket"]),
                    is_failed: number(&entry["args"]["failed"]) == 1,
                    millis: number(&entry["dur"]) / 1_000,
                }),
                _ => {}
            }
        }
    }

    /// The loads of `count` pictures that were opened at once, in their order, if all of them have ended; the
    /// first `before` are older. Pictures of which only the pixels are brought back may be among them.
    pub(crate) fn batch(&self, before: usize, count: usize) -> Option<Vec<Load>> {
        let mut loads = self.loads[before..].to_vec();
        loads.sort_by_key(|it| it.ticket);
        // Those of a batch are numbered one after the other.
        let is_batch = |it: &&[Load]| it[count - 1].ticket - it[0].ticket + 1 == count as u64;
        loads.windows(count).find(is_batch).map(<[Load]>::to_vec)
    }
}

/// How the window answered one move of the pointer.
pub(crate) struct Answer {
    /// When the move was sent and the first frame was over that knew of it, in microseconds.
    pub(crate) span: (u64, u64),
}

impl Answer {
    pub(crate) fn millis(&self) -> f64 {
        (self.span.1 - self.span.0) as f64 / 1_000.0
    }
}

/// The answers to the moves that `probe.py` has written down.
pub(crate) fn answers(probes: &Path, frames: &[Frame]) -> Vec<Answer> {
    let until = frames.last().map_or(0, |it| it.at);
    let text = fs::read_to_string(probes).unwrap();
    let whole = &text[..text.rfind('\n').unwrap_or_default()];
    let sent = whole.lines().map(|line| line.parse::<u64>().unwrap());
    let answer = |sent: u64| {
        let first = frames.partition_point(|it| it.at < sent);
        let frame = frames[first..].iter().find(|it| it.has_input)?;
        Some(Answer { span: (sent, frame.at + frame.duration) })
    };
    sent.filter(|it| *it < until).filter_map(answer).collect()
}

/// A process that was started on a desk, by whomever.
#[derive(Debug)]
pub(crate) struct Process {
    pub(crate) is_helper: bool,
    /// Does it hold memory that it shares with another one?
    pub(crate) is_sharing: bool,
    /// For messages.
    _command: String,
}

/// Everything that runs on this desk.
pub(crate) fn processes(desk: &Desk) -> Vec<Process> {
    let home = desk.home();
    let folders = fs::read_dir("/proc").unwrap().map(|it| it.unwrap().path());
    folders.filter(|it| belongs(it, &home)).filter_map(|it| process(&it)).collect()
}

/// Was this process started on the desk with this home?
pub(crate) fn belongs(folder: &Path, home: &Path) -> bool {
    let home = [b"HOME=", home.as_os_str().as_bytes()].concat();
    fs::read(folder.join("environ")).is_ok_and(|it| it.split(|it| *it == 0).any(|it| it == home))
}

/// None if it is gone.
fn process(folder: &Path) -> Option<Process> {
    let command = String::from_utf8_lossy(&fs::read(folder.join("cmdline")).ok()?).replace('\0', " ");
    let maps = String::from_utf8_lossy(&fs::read(folder.join("maps")).ok()?).into_owned();
    let handles = fs::read_dir(folder.join("fd")).ok()?;
    let targets = handles.filter_map(|it| fs::read_link(it.ok()?.path()).ok());
    let is_shared = |name: &str| name.contains("memfd:inlaid");
    let is_sharing = maps.lines().any(is_shared) || targets.into_iter().any(|it| is_shared(&it.to_string_lossy()));
    Some(Process { is_helper: command.contains("--contained-decoder"), is_sharing, _command: command })
}
