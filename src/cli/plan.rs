//! Arguments made sense of: every choice settled before anything is read or written.

use super::{
    args::{Answer, ConvertArgs},
    codec::CodecArgs,
    input::{Input, expanded},
    values::{Form, FormatWish},
};
use crate::engine::{
    Format, KeptMetadata, Recipe,
    options::CodecOptions,
    race::Readers,
    recipe::{DEFAULT_QUALITY, Edits, Effort, OutputSpec, Sizing, Want},
    target::{Aim, DEFAULT_LOOK},
};
use crate::jobs::save::Replace;
use std::{
    ffi::OsStr,
    io::{self, IsTerminal as _},
    path::{MAIN_SEPARATOR, Path, PathBuf},
    thread,
};

/// Everything a conversion needs to know.
#[derive(Debug)]
pub struct Config {
    pub(super) inputs: Vec<Input>,
    pub(super) edits: Edits,
    pub(super) wish: Wish,
    pub(super) density: u32,
    pub(super) form: Form,
    pub(super) target: Target,
    pub(super) replace: Replace,
    pub(super) report: Report,
    /// Texts are measured where they travel compressed, too.
    pub(super) brotli: bool,
    pub(super) jobs: usize,
}

/// The output wanted, as far as the arguments say.
#[derive(Debug)]
pub(super) struct Wish {
    /// `None`: the input's format where it can be written, else PNG.
    format: Option<Format>,
    /// The best format is searched for, among those that these know.
    pub(super) auto: Option<Readers>,
    pub(super) aim: Aim,
    /// What came closest is written where the aim cannot be met.
    pub(super) takes_nearest: bool,
    quality: Option<u8>,
    lossless: bool,
    effort: Effort,
    codec: CodecOptions,
    keep: KeptMetadata,
    /// What they were made of.
    args: CodecArgs,
    /// What is odd about all results.
    pub(super) warning: Option<String>,
}

/// Where results go.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// Files beside their inputs, texts and what came from standard input to standard output.
    Natural,
    File(PathBuf),
    Folder(PathBuf),
    Stdout,
}

/// Where the report goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Report {
    None,
    Stdout,
    /// Standard output carries results.
    Stderr,
}

impl Config {
    /// Settles everything, or says what is wrong.
    pub(super) fn resolve(args: ConvertArgs) -> Result<Self, Answer> {
        let target = args.output.clone().map_or(Target::Natural, target_of);
        let wish = Wish::resolve(&args, &target)?;
        let edits = Edits {
            profile: args.profile.into(),
            size: Sizing {
                want: match (args.width, args.height, args.scale) {
                    (Some(width), Some(height), _) => Want::Box(width, height),
                    (Some(width), None, _) => Want::Width(width),
                    (None, Some(height), _) => Want::Height(height),
                    (None, None, Some(scale)) => Want::Scale(scale.0),
                    (None, None, None) => Want::Original,
                },
                fit: args.fit.into(),
                upscale: args.upscale,
            },
            resample: args.resample.into(),
            background: args.background,
        };
        let mut config = Self {
            inputs: expanded(args.inputs)?,
            edits,
            wish,
            density: args.density,
            form: args.form,
            target,
            replace: if args.force { Replace::Allowed } else { Replace::Never },
            report: Report::None,
            brotli: args.brotli,
            jobs: args.jobs.map_or_else(one_a_core, usize::from),
        };
        config.check_target()?;
        config.check_lossless()?;
        if config.brotli && config.form == Form::File {
            return Err(Answer::wrong_usage("--brotli measures a text; say which with --as"));
        }
        if args.report.is_some() {
            let taken = config.inputs.iter().any(|it| config.goes_to_stdout(it));
            config.report = if taken { Report::Stderr } else { Report::Stdout };
        }
        Ok(config)
    }

    /// Does this input's result go to standard output?
    pub(super) fn goes_to_stdout(&self, input: &Input) -> bool {
        match self.target {
            Target::Stdout => true,
            Target::Natural => input.is_stdin() || matches!(self.form, Form::Text(_)),
            Target::File(_) | Target::Folder(_) => false,
        }
    }

    /// The recipe for content of this format, and what is odd about it.
    pub(super) fn recipe(&self, source: Option<Format>) -> (Recipe, Option<String>) {
        let format = self.wish.format_for(source);
        let lossless = self.wish.lossless && (self.wish.auto.is_some() || format.has_lossless());
        let output = OutputSpec {
            quality: self.wish.quality.unwrap_or(DEFAULT_QUALITY),
            lossless,
            aim: self.wish.aim.clone(),
            effort: self.wish.effort,
            codec: self.wish.codec.clone(),
            keep: self.wish.keep,
            ..OutputSpec::new(format)
        };
        let idle = self.wish.quality.is_some() && (lossless || !format.has_quality());
        let odd = idle.then(|| match lossless {
            true => "without loss there is no quality to choose; --quality was not used".to_owned(),
            false => format!("{} has no quality to choose; --quality was not used", format.label()),
        });
        (Recipe { edits: self.edits.clone(), output }, odd.or_else(|| self.wish.args.idle(format)))
    }

    fn check_target(&self) -> Result<(), Answer> {
        if matches!(self.target, Target::File(_)) && 1 < self.inputs.len() {
            return Err(Answer::wrong_usage("several results need a folder; end --output with a /"));
        }
        if self.form != Form::File {
            return Ok(());
        }
        let binaries = self.inputs.iter().filter(|it| self.goes_to_stdout(it)).count();
        if 1 < binaries {
            return Err(Answer::wrong_usage("standard output takes one file only; give a folder with --output"));
        }
        if binaries == 1 && io::stdout().is_terminal() {
            return Err(Answer::wrong_usage("a terminal cannot show a file; give one with --output, or use --as"));
        }
        Ok(())
    }

    /// `--lossless` for a format that cannot is wrong usage, also when the format is the input's.
    fn check_lossless(&self) -> Result<(), Answer> {
        if !self.wish.lossless || self.wish.auto.is_some() {
            return Ok(());
        }
        let found = match self.wish.format {
            Some(format) => Some(format),
            None => {
                self.inputs.iter().filter_map(Input::sniffed).map(|it| self.wish.format_for(Some(it))).find(lossy_only)
            }
        };
        match found.filter(lossy_only) {
            Some(format) => Err(Answer::wrong_usage(format!(
                "--lossless: {} always loses something; choose another format with --format",
                format.label()
            ))),
            None => Ok(()),
        }
    }
}

fn lossy_only(format: &Format) -> bool {
    !format.has_lossless()
}

impl Wish {
    fn resolve(args: &ConvertArgs, target: &Target) -> Result<Self, Answer> {
        let &ConvertArgs { quality, lossless, form, density, .. } = args;
        let mut aim = args.aims.aim(form, density)?;
        let (format, is_auto) = match args.format {
            Some(FormatWish::Auto) => (None, true),
            Some(FormatWish::Named(format)) => (Some(format), false),
            None => (None, false),
        };
        if is_auto && quality.is_some() {
            let why =
                "--format auto compares at equal looks; give --same-look, --max-bytes or --max-chars, not --quality";
            return Err(Answer::wrong_usage(why));
        }
        if is_auto && aim == Aim::Quality && !lossless {
            aim = Aim::Look(DEFAULT_LOOK);
        }
        let (effort, codec, keep) =
            (args.effort.into(), args.codec.options(lossless), args.keep_metadata.unwrap_or_default());
        let named = match target {
            Target::File(path) => path.extension().and_then(OsStr::to_str).and_then(Format::from_extension),
            _ => None,
        };
        let mut warning = None;
        let format = match (format, named.filter(|_| !is_auto), form) {
            (Some(format), Some(named), Form::File) if format != named => {
                let (format_label, named_label) = (format.label(), named.label());
                warning = Some(format!("written as {format_label} although its name says {named_label}"));
                Some(format)
            }
            (Some(format), ..) => Some(format),
            (None, Some(named), _) if named.can_write() => Some(named),
            (None, Some(named), Form::File) => {
                let label = named.label();
                return Err(Answer::wrong_usage(format!("{label} cannot be written; choose another --output")));
            }
            (None, ..) => None,
        };
        let (auto, takes_nearest) = (is_auto.then(|| args.aims.readers()), args.aims.nearest);
        let args = args.codec.clone();
        Ok(Self { format, auto, aim, takes_nearest, quality, lossless, effort, codec, keep, args, warning })
    }

    fn format_for(&self, source: Option<Format>) -> Format {
        self.format.or(source.filter(|it| it.can_write())).unwrap_or(Format::Png)
    }
}

fn target_of(output: PathBuf) -> Target {
    if output == Path::new("-") {
        Target::Stdout
    } else if output.is_dir() || ends_like_a_folder(&output) {
        Target::Folder(output)
    } else {
        Target::File(output)
    }
}

/// A `Path` forgets a trailing separator, its string does not.
fn ends_like_a_folder(path: &Path) -> bool {
    let bytes = path.as_os_str().as_encoded_bytes();
    bytes.ends_with(b"/") || bytes.ends_with(&[MAIN_SEPARATOR as u8])
}

fn one_a_core() -> usize {
    thread::available_parallelism().map_or(1, std::num::NonZero::get)
}
