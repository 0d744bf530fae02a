//! The program: arguments in, exit status out.

use inlaid::{
    cli::{self, Command},
    jobs::Intake,
    platform::{self, Start, system_fonts},
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
        Ok(Command::Window { inputs, anew }) => window(inputs, anew),
        Err(answer) => answer.give(),
    }
}

/// Shows a window until it is closed, or the inputs in the window that is open.
fn window(inputs: Vec<OsString>, anew: bool) -> ExitCode {
    let intakes: Vec<Intake> = inputs.into_iter().map(Intake::from_argument).collect();
    let doorbell = match platform::start(&intakes, anew) {
        Start::HandedOver => return ExitCode::SUCCESS,
        Start::Window(doorbell) => doorbell,
    };
    match ui::run(intakes, doorbell) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            // Without standard error there is nobody left to tell.
            writeln!(io::stderr(), "inlaid: {why}").ok();
            ExitCode::FAILURE
        }
    }
}
