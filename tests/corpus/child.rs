//! Runs rows in child processes under limits, and finds the row that took one down.

use super::{checks, manifest, manifest::Row};
use std::{
    env,
    io::{BufRead as _, BufReader},
    panic,
    process::{Command, Stdio},
    sync::mpsc,
    thread,
    time::Duration,
};

/// What became of a row.
#[derive(Clone)]
pub(crate) enum Outcome {
    Holds,
    Fails(String),
}

/// Says which rows a child shall take: every n-th, from a start on.
const SHARE: &str = "INLAID_CORPUS_SHARE";
const SECONDS_A_ROW: u64 = 10;
/// Of address space, in KiB. 1.5 GB of memory, and what the program and its stacks map.
const ADDRESS_KIB: u64 = 2_000_000;
/// As the program gives its own decoding threads.
const STACK_BYTES: usize = 64 << 20;

/// Runs all rows, in as many children at a time as there are processors.
pub(crate) fn run_all(rows: &[Row]) -> Vec<Outcome> {
    let shares = thread::available_parallelism().map_or(1, usize::from);
    let mut outcomes = vec![Outcome::Fails("did not run".to_owned()); rows.len()];
    let results = thread::scope(|scope| {
        let running: Vec<_> =
            (0..shares).map(|share| scope.spawn(move || run_share(share, shares, rows.len()))).collect();
        running.into_iter().flat_map(|it| it.join().unwrap()).collect::<Vec<_>>()
    });
    for (at, outcome) in results {
        outcomes[at] = outcome;
    }
    outcomes
}

/// Runs the rows of one share, with a new child behind each row that ends one.
fn run_share(share: usize, shares: usize, rows: usize) -> Vec<(usize, Outcome)> {
    let mut outcomes = vec![];
    let mut next = share;
    while next < rows {
        next = run_child(next, shares, &mut outcomes);
    }
    outcomes
}

/// Runs one child from `start` on; returns the first row that is left to run.
fn run_child(start: usize, step: usize, outcomes: &mut Vec<(usize, Outcome)>) -> usize {
    let limited = format!("ulimit -v {ADDRESS_KIB}; exec \"$0\" \"$@\"");
    let mut child = Command::new("sh")
        .args(["-c", &limited])
        .arg(env::current_exe().unwrap())
        .args(["--exact", "corpus::child_process", "--nocapture"])
        .env(SHARE, format!("{start} {step}"))
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let (sender, lines) = mpsc::channel();
    let output = BufReader::new(child.stdout.take().unwrap());
    let reader = thread::Builder::new().name("reader".to_owned()).spawn(move || {
        output.lines().map_while(Result::ok).for_each(|line| sender.send(line).unwrap_or_default());
    });
    let reader = reader.unwrap();
    let mut running = None;
    let ended_by = loop {
        match lines.recv_timeout(Duration::from_secs(SECONDS_A_ROW)) {
            Ok(line) => match line.split('\t').collect::<Vec<_>>()[..] {
                ["begin", at] => running = Some(at.parse().unwrap()),
                ["end", at, why] => {
                    let outcome = if why.is_empty() { Outcome::Holds } else { Outcome::Fails(why.to_owned()) };
                    outcomes.push((at.parse().unwrap(), outcome));
                    running = None;
                }
                _ => {}
            },
            Err(mpsc::RecvTimeoutError::Timeout) => break format!("took more than {SECONDS_A_ROW} s"),
            Err(mpsc::RecvTimeoutError::Disconnected) => break "ended the process".to_owned(),
        }
    };
    let _already_gone = child.kill();
    child.wait().unwrap();
    reader.join().unwrap();
    match running {
        Some(at) => {
            outcomes.push((at, Outcome::Fails(ended_by)));
            at + step
        }
        None => usize::MAX,
    }
}

/// The child's side: checks its rows and says so line by line.
pub(crate) fn serve(without: &[&str]) {
    let Ok(share) = env::var(SHARE) else { return };
    let numbers: Vec<usize> = share.split(' ').map(|it| it.parse().unwrap()).collect();
    let rows = manifest::rows(&manifest::root().0, without);
    let work = move || {
        for (at, row) in rows.iter().enumerate().skip(numbers[0]).step_by(numbers[1]) {
            println!("\nbegin\t{at}");
            let result = panic::catch_unwind(|| checks::check(row));
            let why = result.unwrap_or_else(|_| Err("panicked".to_owned())).err().unwrap_or_default();
            println!("end\t{at}\t{}", why.replace(['\n', '\t'], " "));
        }
    };
    thread::Builder::new().stack_size(STACK_BYTES).spawn(work).unwrap().join().unwrap();
}
