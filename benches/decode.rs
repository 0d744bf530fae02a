//! How long decoding takes: `cargo bench --bench decode -- ROUNDS[/SIDE] FILE...` prints the fastest
//! of so many rounds for each file, in milliseconds; with SIDE, of a JPEG of which so many pixels
//! across and down suffice. See `decode.py` beside this file.
#![expect(clippy::expect_used, clippy::print_stdout, reason = "a measurement that cannot be set up has failed")]

use inlaid::engine::{
    Cancel, Limits, Source, Tools,
    decode::{DecodeOptions, Fonts, decode},
};
use std::{env, fs, time::Instant};

fn main() {
    // Cargo adds an argument of its own.
    let mut args = env::args().skip(1).filter(|it| it != "--bench");
    let Some(rounds) = args.next() else { return };
    let (rounds, side) = rounds.split_once('/').map_or((&*rounds, None), |(rounds, side)| (rounds, Some(side)));
    let rounds: u32 = rounds.parse().expect("a number of rounds");
    let enough = side.map(|it| [it.parse().expect("a number of pixels"); 2]);
    let options = DecodeOptions { enough, ..DecodeOptions::default() };
    for path in args {
        let source = Source::new("picture", fs::read(&path).expect("a file"));
        let (limits, fonts, cancel) = (Limits::default(), Fonts::default(), Cancel::default());
        let times = (0..rounds).map(|_| {
            let start = Instant::now();
            let decoded = decode(&source, &options, Tools::new(&limits, &fonts, &cancel));
            decoded.expect("a picture that can be read");
            start.elapsed().as_secs_f64() * 1000.0
        });
        println!("{:.2}\t{path}", times.fold(f64::INFINITY, f64::min));
    }
}
