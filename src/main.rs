//! The program: arguments in, exit status out.

use inlaid::{
    cli::{self, Command},
    engine::decode::Direct,
    helper::{self, Service, Split, Transport},
    jobs::{Intake, Trace, error::system_words},
    platform::{self, Start, SystemWeb, system_fonts},
    ui,
};
use std::{
    ffi::OsString,
    io::{self, Write as _},
    path::Path,
    process::ExitCode,
    time::Instant,
};

fn main() -> ExitCode {
    let begin = Instant::now();
    // Silent unless RUST_LOG says otherwise: what users need to know is said elsewhere.
    env_logger::Builder::from_env(env_logger::Env::default().default_filter_or("off")).init();
    let mut arguments = std::env::args_os().skip(1);
    let first = arguments.next();
    if first.as_deref().is_some_and(|it| it == helper::ARGUMENT) {
        let transport = arguments.next();
        return decoder(transport, arguments.next().is_some_and(|it| it == helper::GENTLY));
    }
    #[cfg(all(unix, not(target_os = "macos")))]
    if first.as_deref().is_some_and(|it| it == platform::KEEPER_ARGUMENT) {
        return platform::keep_clipboard(Box::new(png_of));
    }
    // A small picture is converted in the time that starting a program takes.
    let is_headless = first.is_some_and(|it| it == cli::CONVERT);
    let early = match if is_headless { helper::split() } else { Split::Program(None) } {
        Split::Helper => return helper::serve_to_the_end(&service(Transport::Native, false)),
        Split::Program(early) => early,
    };
    match cli::parse(std::env::args_os()) {
        Ok(Command::Convert(config)) => cli::convert(*config, system_fonts(), Box::new(SystemWeb::default()), early),
        Ok(Command::Window { inputs, anew, trace }) => window(inputs, anew, trace.as_deref(), begin),
        Err(answer) => answer.give(),
    }
}

/// Decodes for another process of this program until that ends.
fn decoder(transport: Option<OsString>, is_gentle: bool) -> ExitCode {
    let transport = transport.and_then(|it| Transport::from_id(it.to_str()?));
    transport.map_or(ExitCode::FAILURE, |it| helper::serve_to_the_end(&service(it, is_gentle)))
}

fn service(transport: Transport, is_gentle: bool) -> Service {
    Service {
        transport,
        is_gentle,
        decoder: Box::new(Direct),
        fonts: system_fonts(),
        font_folders: platform::font_folders(),
        tidy: platform::give_back_memory,
    }
}

/// The picture of a result, which may be of others' coding, for programs that take nothing but PNG.
#[cfg(all(unix, not(target_os = "macos")))]
fn png_of(bytes: &[u8]) -> Option<Vec<u8>> {
    use inlaid::{
        engine::{
            Cancel, Format, Limits, Source, Tools, encode, pipeline,
            recipe::{Effort, OutputSpec},
        },
        helper::{Allowance, Decoders},
    };
    let (limits, fonts, cancel) = (Limits::default(), system_fonts(), Cancel::default());
    let decoders = Decoders::contained(&limits, None, true).ok()?;
    let decoder = decoders.within(Allowance::default());
    let tools = Tools { decoder: &decoder, ..Tools::new(&limits, &fonts, &cancel) };
    let raster = pipeline::decode(&Source::new("result", bytes.to_vec()), tools).ok()?.raster;
    let spec = OutputSpec { effort: Effort::Fast, ..OutputSpec::new(Format::Png) };
    Some(encode::encode(&raster, &spec, &cancel).ok()?.bytes.to_vec())
}

/// Shows a window until it is closed, or the inputs in the window that is open.
fn window(inputs: Vec<OsString>, anew: bool, trace: Option<&Path>, begin: Instant) -> ExitCode {
    platform::hold_little_memory();
    let intakes: Vec<Intake> = inputs.into_iter().map(Intake::from_argument).collect();
    let doorbell = match platform::start(&intakes, anew) {
        Start::HandedOver => return ExitCode::SUCCESS,
        Start::Window(doorbell) => doorbell,
    };
    let trace = trace.map_or_else(|| Ok(Trace::default()), |path| trace_into(path, begin));
    match trace.and_then(|trace| ui::run(intakes, doorbell, trace)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            // Without standard error there is nobody left to tell.
            writeln!(io::stderr(), "inlaid: {why}").ok();
            ExitCode::FAILURE
        }
    }
}

fn trace_into(path: &Path, begin: Instant) -> Result<Trace, String> {
    let why = |error| format!("{}: the trace could not be begun ({})", path.display(), system_words(&error));
    Trace::to_file(path, begin, platform::thread_time).map_err(why)
}
