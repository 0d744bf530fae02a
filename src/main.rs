//! The program: arguments in, exit status out.

use inlaid::{
    cli::{self, Command},
    jobs::Intake,
    platform::system_fonts,
    ui,
};
use std::{
    ffi::OsString,
    io::{self, Write as _},
    process::ExitCode,
};

fn main() -> ExitCode {
    // Silent unless RUST_LOG says otherwise: what users need to know is said elsewhere.
    env_logger::Builder::from_env(env_logger::Env::default().default_filter_or("off")).init();
    match cli::parse(std::env::args_os()) {
        Ok(Command::Convert(config)) => cli::convert(*config, system_fonts()),
        Ok(Command::Window { inputs }) => window(inputs),
        Err(answer) => answer.give(),
    }
}

/// Shows the window until it is closed.
fn window(inputs: Vec<OsString>) -> ExitCode {
    match ui::run(inputs.into_iter().map(Intake::from_argument).collect()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            // Without standard error there is nobody left to tell.
            writeln!(io::stderr(), "inlaid: {why}").ok();
            ExitCode::FAILURE
        }
    }
}
