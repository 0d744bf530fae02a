//! The program: arguments in, exit status out.

use inlaid::{
    cli::{self, Command},
    engine::decode::Fonts,
};
use std::{
    io::{self, Write as _},
    process::ExitCode,
};

fn main() -> ExitCode {
    // Silent unless RUST_LOG says otherwise: what users need to know is said elsewhere.
    env_logger::Builder::from_env(env_logger::Env::default().default_filter_or("off")).init();
    match cli::parse(std::env::args_os()) {
        Ok(Command::Convert(config)) => cli::convert(*config, system_fonts()),
        Ok(Command::Window { .. }) => {
            writeln!(io::stderr(), "inlaid: this build has no window; use inlaid convert").ok();
            ExitCode::FAILURE
        }
        Err(answer) => answer.give(),
    }
}

/// The system's fonts, looked up when the first text is met.
fn system_fonts() -> Fonts {
    Fonts::new(|| {
        let mut fonts = resvg::usvg::fontdb::Database::new();
        fonts.load_system_fonts();
        fonts
    })
}
