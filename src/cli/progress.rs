//! What is said on standard error: messages of one line each, and a bar on a terminal.

use super::plan::{Config, Report};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::{self, IsTerminal as _, Write as _};

/// Speaks on standard error, unless that carries the report.
pub(super) struct Voice {
    bar: ProgressBar,
    silent: bool,
}

impl Voice {
    pub(super) fn new(config: &Config) -> Self {
        let silent = config.report == Report::Stderr;
        let bar = if silent || config.inputs.len() < 2 || !io::stderr().is_terminal() {
            ProgressBar::hidden()
        } else {
            ProgressBar::with_draw_target(Some(config.inputs.len() as u64), ProgressDrawTarget::stderr())
        };
        // A template that does not parse leaves the default one.
        if let Ok(style) = ProgressStyle::with_template("{wide_bar} {pos} of {len}") {
            bar.set_style(style);
        }
        bar.tick();
        Self { bar, silent }
    }

    /// `inlaid: NAME: what happened`, on one line whatever the name holds.
    pub(super) fn say(&self, name: &str, what: &str) {
        if !self.silent {
            let line = one_line(&format!("inlaid: {name}: {what}"));
            // Nobody is left to be told that standard error is closed.
            self.bar.suspend(|| writeln!(io::stderr(), "{line}").ok());
        }
    }

    /// One more input is done.
    pub(super) fn step(&self) {
        self.bar.inc(1);
    }
}

impl Drop for Voice {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

/// File names may hold line ends and terminal commands.
fn one_line(text: &str) -> String {
    text.chars().map(|it| if it.is_control() { char::REPLACEMENT_CHARACTER } else { it }).collect()
}

#[cfg(test)]
mod tests {
    use super::one_line;

    #[test]
    fn names_cannot_break_out_of_their_line() {
        assert_eq!(one_line("a\nb\u{1b}[2Jc ü"), "a\u{fffd}b\u{fffd}[2Jc ü");
    }
}
