//! What stands on the command line, as clap reads it; [`super::plan`] makes sense of it.

use super::{
    aims::AimArgs,
    codec::CodecArgs,
    plan::Config,
    values::{self, Form, FormatWish, Scale},
};
use crate::engine::{
    KeptMetadata,
    recipe::{Effort, Fit, ProfilePolicy, Resample},
};
use clap::{
    Args, Parser, Subcommand, ValueEnum,
    error::{ContextKind, ContextValue, ErrorKind},
};
use std::{
    ffi::OsString,
    io::{self, Write as _},
    path::PathBuf,
    process::ExitCode,
};

/// What the arguments ask for.
#[derive(Debug)]
pub enum Command {
    /// The window, with these files, folders, links or data URLs.
    Window {
        /// As given, unread.
        inputs: Vec<OsString>,
        /// Where to write down what took how long.
        trace: Option<PathBuf>,
        /// Even if another window is open.
        anew: bool,
    },
    /// Conversion without a window.
    Convert(Box<Config>),
}

/// An answer given instead of doing anything: help, the version, or what is wrong.
#[derive(Debug)]
pub struct Answer {
    text: String,
    wrong_usage: bool,
}

impl Answer {
    /// A sentence about wrong usage, without a name before it.
    pub(super) fn wrong_usage(text: impl Into<String>) -> Self {
        Self { text: text.into(), wrong_usage: true }
    }

    /// Prints it where it belongs and says how the process should end.
    pub fn give(&self) -> ExitCode {
        // Whoever closed the stream does not want to hear that it is closed.
        if self.wrong_usage {
            writeln!(io::stderr(), "inlaid: {}", self.text).ok();
            ExitCode::from(2)
        } else {
            write!(io::stdout(), "{}", self.text).ok();
            ExitCode::SUCCESS
        }
    }
}

/// Options that scripts may already write and later versions will serve.
const NOT_SERVED_YET: &[&str] =
    &["--crop", "--trim", "--rotate", "--flip", "--name", "--alt", "--quotes", "--widths", "--formats"];

/// Reads the arguments, the program's own name first.
///
/// # Errors
/// An [`Answer`] to give instead of doing anything.
pub fn parse(args: impl IntoIterator<Item = OsString>) -> Result<Command, Answer> {
    let line = Line::try_parse_from(args).map_err(|error| answer_of(&error))?;
    match line.command {
        None => {
            // The window that is open has begun without a trace.
            let anew = line.new_window || line.trace.is_some();
            Ok(Command::Window { inputs: line.inputs, anew, trace: line.trace })
        }
        Some(Verb::Convert(args)) => Ok(Command::Convert(Box::new(Config::resolve(*args)?))),
    }
}

/// clap's own errors in our one-line manner.
fn answer_of(error: &clap::Error) -> Answer {
    if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
        return Answer { text: error.render().to_string(), wrong_usage: false };
    }
    if let (ErrorKind::UnknownArgument, Some(ContextValue::String(argument))) =
        (error.kind(), error.get(ContextKind::InvalidArg))
    {
        let name = argument.split('=').next().unwrap_or_default();
        if NOT_SERVED_YET.contains(&name) {
            return Answer::wrong_usage(values::not_served(name));
        }
    }
    let text = error.render().to_string();
    let text = text.strip_prefix("error: ").unwrap_or(&text);
    // The paragraphs after the first are the usage, which --help has in full.
    let first = text.split("\n\n").next().unwrap_or_default();
    let line = first.split_whitespace().collect::<Vec<_>>().join(" ");
    Answer::wrong_usage(format!("{line}; see inlaid convert --help"))
}

/// Turns any image into the smallest thing you can paste.
#[derive(Debug, Parser)]
#[command(name = "inlaid", version, args_conflicts_with_subcommands = true, disable_help_subcommand = true)]
struct Line {
    #[command(subcommand)]
    command: Option<Verb>,
    /// Opens the window with these: files, folders, http and https links or data URLs.
    #[arg(value_name = "INPUT")]
    inputs: Vec<OsString>,
    /// Opens a window of its own; without it, a window that is open takes the inputs.
    #[arg(long)]
    new_window: bool,
    /// Writes when each frame and each stage began and how long it took to a new file, for
    /// Perfetto or the tracing page of Chromium. Opens a window of its own.
    #[arg(long, value_name = "FILE")]
    trace: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Converts images without a window.
    #[command(name = super::CONVERT)]
    Convert(Box<ConvertArgs>),
}

/// Exit status: 0 all done, 1 some input failed (the others are done), 2 wrong usage (nothing
/// done), 130 interrupted (no half-written file).
#[derive(Debug, Args)]
#[command(about = "Converts images without a window", after_help = EXIT_STATUS)]
pub(super) struct ConvertArgs {
    /// Files, folders (images directly inside), http and https links, data URLs, or - for standard input.
    #[arg(required = true, value_name = "INPUT")]
    pub(super) inputs: Vec<OsString>,

    /// auto, the one that meets an aim best, or png, jpeg, webp, avif, jxl, gif, ico, bmp, tiff, tga, qoi or, of an SVG, svg. Without it: the extension of --output,
    /// else the input's format where it can be written, else png.
    #[arg(short, long, value_name = "F", value_parser = values::format_wish)]
    pub(super) format: Option<FormatWish>,

    /// 1 to 100, higher is closer; where the format has a quality.
    #[arg(short, long, value_name = "N", value_parser = clap::value_parser!(u8).range(1..=100))]
    pub(super) quality: Option<u8>,

    /// Without loss, where the format can.
    #[arg(long)]
    pub(super) lossless: bool,

    /// How long to search for smaller bytes.
    #[arg(long, value_name = "E", value_enum, default_value = "normal")]
    pub(super) effort: EffortArg,

    #[command(flatten)]
    pub(super) codec: CodecArgs,

    #[command(flatten)]
    pub(super) aims: AimArgs,

    /// Width in pixels.
    #[arg(short, long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(super) width: Option<u32>,

    /// Height in pixels.
    #[arg(short = 'H', long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(super) height: Option<u32>,

    /// A share of the size: 50%, 2x or 0.5.
    #[arg(long, value_name = "S", value_parser = values::scale, conflicts_with_all = ["width", "height"])]
    pub(super) scale: Option<Scale>,

    /// Pixels a CSS pixel: snippets state width/N and height/N.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    pub(super) density: u32,

    /// How the picture meets a box of another ratio.
    #[arg(long, value_name = "M", value_enum, default_value = "inside")]
    pub(super) fit: FitArg,

    /// Allow enlarging.
    #[arg(long)]
    pub(super) upscale: bool,

    /// Resize in linear light, or on the stored values as most tools do.
    #[arg(long, value_name = "L", value_enum, default_value = "linear")]
    pub(super) resample: ResampleArg,

    /// Flatten transparency onto a CSS colour: #fff, rgb(0,0,0), tomato.
    #[arg(long, value_name = "C", value_parser = values::background)]
    pub(super) background: Option<[u8; 3]>,

    /// Convert colours to sRGB, or keep the values and the profile as they are.
    #[arg(long, value_name = "P", value_enum, default_value = "srgb")]
    pub(super) profile: ProfileArg,

    /// Keep metadata that go otherwise: all, or exif, xmp, density and comments with commas
    /// between them. The orientation in them is reset, thumbnails go.
    #[arg(long, value_name = "PARTS", value_parser = values::kept, num_args = 0..=1, require_equals = true,
        default_missing_value = "all")]
    pub(super) keep_metadata: Option<KeptMetadata>,

    /// file, data-url, base64, html or css.
    #[arg(long = "as", value_name = "A", default_value = "file", value_parser = values::form)]
    pub(super) form: Form,

    /// A file, a folder (existing, or with a trailing /), or - for standard output.
    #[arg(short, long, value_name = "P")]
    pub(super) output: Option<PathBuf>,

    /// Replace existing files; an input is never replaced.
    #[arg(long)]
    pub(super) force: bool,

    /// One JSON object a line for each input.
    #[arg(long, value_name = "KIND", value_enum)]
    pub(super) report: Option<ReportArg>,

    /// Report how many bytes are left of a text where it travels compressed (brotli); takes a second a megabyte or
    /// two.
    #[arg(long, requires = "report")]
    pub(super) brotli: bool,

    /// Inputs worked on at the same time; one a core without it.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub(super) jobs: Option<u16>,
}

const EXIT_STATUS: &str = "Exit status: 0 all done, 1 some input failed (the others are done), \
    2 wrong usage (nothing done), 130 interrupted (no half-written file)";

/// How the report is written.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum ReportArg {
    /// One JSON object a line.
    Json,
}

/// [`Effort`] by its argument.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum EffortArg {
    /// Quick, larger results.
    Fast,
    /// For files that are kept.
    Normal,
    /// When only the size counts.
    Best,
}

impl From<EffortArg> for Effort {
    fn from(arg: EffortArg) -> Self {
        match arg {
            EffortArg::Fast => Self::Fast,
            EffortArg::Normal => Self::Normal,
            EffortArg::Best => Self::Best,
        }
    }
}

/// [`Fit`] by its argument.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum FitArg {
    /// The whole picture, as large as fits.
    Inside,
    /// The box filled, what hangs over is cut off.
    Cover,
    /// Both sides exactly, the ratio may change.
    Stretch,
    /// The whole picture in the middle of the box.
    Pad,
}

impl From<FitArg> for Fit {
    fn from(arg: FitArg) -> Self {
        match arg {
            FitArg::Inside => Self::Inside,
            FitArg::Cover => Self::Cover,
            FitArg::Stretch => Self::Stretch,
            FitArg::Pad => Self::Pad,
        }
    }
}

/// [`Resample`] by its argument.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum ResampleArg {
    /// Linear light.
    Linear,
    /// The stored values.
    Srgb,
}

impl From<ResampleArg> for Resample {
    fn from(arg: ResampleArg) -> Self {
        match arg {
            ResampleArg::Linear => Self::Linear,
            ResampleArg::Srgb => Self::Srgb,
        }
    }
}

/// [`ProfilePolicy`] by its argument.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum ProfileArg {
    /// Colours are converted to sRGB.
    Srgb,
    /// Values and profile stay as stored.
    Keep,
}

impl From<ProfileArg> for ProfilePolicy {
    fn from(arg: ProfileArg) -> Self {
        match arg {
            ProfileArg::Srgb => Self::Srgb,
            ProfileArg::Keep => Self::Keep,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Answer, Command, Line, parse};
    use clap::CommandFactory as _;

    fn parsed(args: &[&str]) -> Result<Command, Answer> {
        parse(std::iter::once("inlaid").chain(args.iter().copied()).map(Into::into))
    }

    fn refusal(args: &[&str]) -> String {
        match parsed(args) {
            Err(answer) if answer.wrong_usage => answer.text,
            other => panic!("{args:?}: {other:?}"),
        }
    }

    #[test]
    fn the_definition_is_sound() {
        Line::command().debug_assert();
    }

    #[test]
    fn without_the_word_convert_everything_is_an_input_of_the_window() {
        for args in [&[][..], &["a.png", "b.png"], &["./convert"], &["a.png", "convert"], &["-"]] {
            match parsed(args) {
                Ok(Command::Window { inputs, anew: false, .. }) => assert_eq!(inputs, args, "{args:?}"),
                other => panic!("{args:?}: {other:?}"),
            }
        }
        assert!(matches!(parsed(&["convert", "-"]), Ok(Command::Convert(_))));
    }

    #[test]
    fn a_window_of_its_own_is_asked_for() {
        let traced = &["--trace", "t.json", "a.png"];
        for args in [&["--new-window", "a.png"][..], &["a.png", "--new-window"], traced] {
            match parsed(args) {
                Ok(Command::Window { inputs, anew: true, .. }) => assert_eq!(inputs, ["a.png"]),
                other => panic!("{args:?}: {other:?}"),
            }
        }
        refusal(&["convert", "--new-window", "-"]);
    }

    #[test]
    fn what_is_not_served_is_refused_by_name() {
        for option in super::NOT_SERVED_YET {
            for args in [
                vec!["convert", option, "1", "-"],
                vec!["convert", "-", option],
                vec!["convert", "-", &format!("{option}=1")],
            ] {
                assert_eq!(refusal(&args), format!("{option} is not served by this version"));
            }
        }
        let text = refusal(&["convert", "--as", "jsx", "-"]);
        assert!(text.contains("jsx") && text.contains("not served by this version"), "{text}");
    }

    #[test]
    fn wrong_values_are_wrong_usage() {
        for args in [
            &["convert"][..],
            &["convert", "-q", "0", "-"],
            &["convert", "-q", "101", "-"],
            &["convert", "-w", "0", "-"],
            &["convert", "-w", "10", "--scale", "2x", "-"],
            &["convert", "--scale", "0", "-"],
            &["convert", "--scale", "nan", "-"],
            &["convert", "--density", "0", "-"],
            &["convert", "--fit", "outside", "-"],
            &["convert", "--background", "#ggg", "-"],
            &["convert", "-f", "jpeg", "--lossless", "-"],
            &["convert", "-f", "heic", "-"],
            &["convert", "-f", "avif", "--lossless", "-"],
            &["convert", "-f", "avif", "--speed", "11", "-"],
            &["convert", "-f", "avif", "--depth", "12", "-"],
            &["convert", "--same-look=100", "-"],
            &["convert", "--same-look", "-q", "80", "-"],
            &["convert", "--same-look", "--lossless", "-"],
            &["convert", "--same-look", "--max-bytes", "1000", "-"],
            &["convert", "--max-bytes", "1000", "--max-chars", "1000", "-"],
            &["convert", "--max-bytes", "0", "-"],
            &["convert", "--max-chars", "1000", "-"],
            &["convert", "--nearest", "-"],
            &["convert", "--shrink", "-"],
            &["convert", "-f", "auto", "-q", "80", "-"],
            &["convert", "--jobs", "0", "-"],
            &["convert", "--keep-metadata=gps", "-"],
            &["convert", "--report", "xml", "-"],
            &["convert", "--unheard-of", "-"],
            &["convert", "-", "-"],
        ] {
            let text = refusal(args);
            assert!(!text.contains('\n') && !text.is_empty(), "{text}");
        }
    }
}
