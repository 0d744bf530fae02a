//! What is said on standard error: messages of one line each, and a bar on a terminal.

use super::{
    input::Input,
    plan::{Config, Report},
};
use crate::{engine::embed::name_of_link, jobs::Received};
use indicatif::{DecimalBytes, ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::{self, IsTerminal as _, Write as _};

/// Speaks on standard error, unless that carries the report.
pub(super) struct Voice {
    bar: ProgressBar,
    silent: bool,
}

/// A bar for several inputs and for links, where somebody sees it.
pub(super) fn bar(config: &Config) -> ProgressBar {
    let is_quick = config.inputs.len() < 2 && !config.inputs.iter().any(Input::is_link);
    if config.report == Report::Stderr || is_quick || !io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::with_draw_target(Some(config.inputs.len() as u64), ProgressDrawTarget::stderr());
    // A template that does not parse leaves the default one.
    if let Ok(style) = ProgressStyle::with_template("{wide_bar} {msg:.60} {pos} of {len}") {
        bar.set_style(style);
    }
    bar.tick();
    bar
}

/// Says on the bar how far a link has come.
pub(super) fn tell(bar: &ProgressBar, name: &str, received: Received) {
    let of = received.of.map(|it| format!(" of {}", DecimalBytes(it))).unwrap_or_default();
    bar.set_message(one_line(&format!("{} {}{of}", name_of_link(name), DecimalBytes(received.bytes))));
}

impl Voice {
    pub(super) fn new(config: &Config, bar: ProgressBar) -> Self {
        Self { bar, silent: config.report == Report::Stderr }
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
