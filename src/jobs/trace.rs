//! What happened when, written in the trace event format, which Perfetto and the tracing page of
//! Chromium open. Off unless a file was named.

use std::{
    fmt::Write as _,
    fs::File,
    io::{self, BufWriter, Write as _},
    path::Path,
    sync::mpsc,
    thread,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

/// A pen for the trace; clones write into the same file. Writing never waits for the disk.
#[derive(Clone, Default)]
pub struct Trace(Option<Pen>);

/// For how long the calling thread has run so far, where the system tells.
pub type ThreadTime = fn() -> Option<Duration>;

#[derive(Clone)]
struct Pen {
    lines: mpsc::Sender<String>,
    begin: Instant,
    /// Of `begin`, in microseconds since 1970: other programs' clocks can be compared with it.
    begin_micros: u64,
    thread_time: ThreadTime,
}

impl Trace {
    /// A trace into a new file; times are counted from `begin`.
    ///
    /// # Errors
    /// When the file exists or cannot be made, or the system gives no thread.
    pub fn to_file(path: &Path, begin: Instant, thread_time: ThreadTime) -> io::Result<Self> {
        let mut file = BufWriter::new(File::create_new(path)?);
        let (lines, inbox) = mpsc::channel::<String>();
        let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let begin_micros = micros(since_1970.saturating_sub(begin.elapsed()));
        thread::Builder::new().name("trace".to_owned()).spawn(move || {
            // The format allows the closing bracket to be missing.
            if let Err(error) = write_all(&mut file, &inbox) {
                log::error!("the trace has ended: {error}");
            }
        })?;
        Ok(Self(Some(Pen { lines, begin, begin_micros, thread_time })))
    }

    /// Is anything written at all?
    pub fn is_on(&self) -> bool {
        self.0.is_some()
    }

    /// For how long the calling thread has run so far, where that is known and written down.
    pub fn thread_time(&self) -> Option<Duration> {
        self.0.as_ref().and_then(|pen| (pen.thread_time)())
    }

    /// Something that took time on a lane, with numbers to know about it.
    pub fn span(&self, lane: &str, name: &str, start: Instant, duration: Duration, facts: &[(&str, f64)]) {
        let Some(pen) = &self.0 else { return };
        let ending = format!(r#""ph":"X","dur":{}"#, micros(duration));
        pen.write(lane, name, start, &ending, facts);
    }

    /// Something that happened just now.
    pub fn mark(&self, lane: &str, name: &str) {
        let Some(pen) = &self.0 else { return };
        pen.write(lane, name, Instant::now(), r#""ph":"i","s":"g""#, &[]);
    }
}

impl Pen {
    fn write(&self, lane: &str, name: &str, start: Instant, ending: &str, facts: &[(&str, f64)]) {
        let at = self.begin_micros + micros(start.saturating_duration_since(self.begin));
        let mut line = format!(r#"{{"pid":1,"tid":"{lane}","name":"{name}","ts":{at},{ending},"args":{{"#);
        for (index, (fact, value)) in facts.iter().enumerate() {
            let comma = if index == 0 { "" } else { "," };
            // Writing into a string cannot fail.
            write!(line, r#"{comma}"{fact}":{value:.3}"#).ok();
        }
        line.push_str("}},\n");
        // The thread has ended when the disk is full; it has said so.
        self.lines.send(line).ok();
    }
}

fn write_all(file: &mut BufWriter<File>, inbox: &mpsc::Receiver<String>) -> io::Result<()> {
    file.write_all(b"[\n")?;
    while let Ok(line) = inbox.recv() {
        file.write_all(line.as_bytes())?;
        for line in inbox.try_iter() {
            file.write_all(line.as_bytes())?;
        }
        file.flush()?;
    }
    Ok(())
}

fn micros(duration: Duration) -> u64 {
    duration.as_micros().try_into().unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::Trace;
    use std::time::{Duration, Instant};

    #[test]
    fn a_trace_is_json_but_for_the_bracket_at_its_end() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("trace.json");
        let begin = Instant::now();
        let trace = Trace::to_file(&path, begin, || Some(Duration::from_millis(7))).unwrap();
        assert_eq!(trace.thread_time(), Some(Duration::from_millis(7)));
        trace.mark("window", "first frame");
        trace.span("load", "decode", begin, Duration::from_micros(1_500), &[("bytes", 3.0)]);
        drop(trace);
        let end = Instant::now() + Duration::from_secs(20);
        let text = loop {
            let text = std::fs::read_to_string(&path).unwrap();
            if text.contains("decode") && text.ends_with(",\n") {
                break text;
            }
            assert!(Instant::now() < end, "{text}");
            std::thread::yield_now();
        };
        let entries: serde_json::Value = serde_json::from_str(&format!("{}]", text.trim_end_matches(",\n"))).unwrap();
        assert_eq!(entries[0]["name"], "first frame");
        assert_eq!(entries[1]["dur"], 1_500);
        assert_eq!(entries[1]["args"]["bytes"], 3.0);
        // After the first of January 2020.
        assert!(entries[1]["ts"].as_u64().unwrap() > 1_577_836_800_000_000);
        assert!(Trace::to_file(&path, begin, || None).is_err(), "a file that is there is never replaced");
    }
}
