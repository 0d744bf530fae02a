//! The words in which work is asked for and answered.

use super::{
    JobError,
    fetch::Received,
    ports::{CopiedImage, DialogError, News, Painted, Pasted, Stay},
    stopwatch::Millis,
};
use crate::engine::{
    Bytes, Decoded, Format, Product, Raster, Recipe, Source,
    edit::geometry,
    embed::{Link, Snippet, Texts, name_of_link},
    encode,
    recipe::Effort,
};
use crate::helper::Allowance;
use std::{ffi::OsString, path::PathBuf};

/// Says which request an answer belongs to. Only compared, never interpreted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Ticket(u64);

impl Ticket {
    /// Never drawn: for work whose answer nobody follows.
    pub const UNHEEDED: Self = Self(0);

    /// A ticket that was not given out before by this counter.
    pub fn draw(&mut self) -> Self {
        self.0 += 1;
        *self
    }

    /// As a number, for the trace.
    pub(super) fn number(self) -> f64 {
        self.0 as f64
    }
}

/// Where a picture comes from.
#[derive(Clone, Debug)]
pub enum Intake {
    /// A file.
    Path(PathBuf),
    /// A text that may hold a data URL or base64.
    Text(String),
    /// Whatever comes in on standard input, to its end.
    StandardInput,
    /// A link, perhaps badly written.
    Link(String),
    /// Bytes that were read before.
    Known(Source),
}

impl Intake {
    /// What an argument of the program names: `-`, a data URL, a link, or else a file.
    pub fn from_argument(argument: OsString) -> Self {
        match argument.to_str() {
            Some("-") => Self::StandardInput,
            Some(text) if text.get(..5).is_some_and(|it| it.eq_ignore_ascii_case("data:")) => {
                Self::Text(text.to_owned())
            }
            Some(text) if Link::is_meant(text) => Self::Link(text.to_owned()),
            _ => Self::Path(argument.into()),
        }
    }

    /// Has it a name of its own and, outside, a place where it can be read once more?
    pub fn is_named(&self) -> bool {
        matches!(self, Self::Path(_) | Self::Link(_))
    }

    /// The name shown until more is known.
    pub fn name(&self) -> String {
        match self {
            Self::Path(path) => path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned(),
            Self::Text(_) => "pasted text".to_owned(),
            Self::StandardInput => "standard input".to_owned(),
            Self::Link(text) => name_of_link(text),
            Self::Known(source) => source.name().to_owned(),
        }
    }
}

/// Bytes in, pixels out.
#[derive(Clone, Debug)]
pub struct LoadRequest {
    /// Comes back with the answers.
    pub ticket: Ticket,
    /// What to load.
    pub intake: Intake,
    /// What decoding may cost.
    pub allowance: Allowance,
}

/// Pixels in, encoded bytes and what they look like out.
#[derive(Clone, Debug)]
pub struct RenderRequest {
    /// Comes back with the answer.
    pub ticket: Ticket,
    /// The untouched bytes.
    pub source: Source,
    /// Their pixels, decoded with the defaults.
    pub decoded: Decoded,
    /// What is wanted.
    pub recipe: Recipe,
    /// What decoding once more may cost, as a drawing is for every size.
    pub allowance: Allowance,
}

/// Pixels of a result that is made beside another one.
const MOST_AT_ONCE: u64 = 2_000_000;

impl RenderRequest {
    /// Is it done in less time than passes between two moves of a slider?
    pub(super) fn is_live(&self) -> bool {
        encode::is_live(&self.recipe.output, self.size())
    }

    /// Of the result, in pixels.
    fn size(&self) -> [u32; 2] {
        let facts = &self.decoded.facts;
        geometry(facts.size, &self.recipe.edits.size, facts.format == Format::Svg).canvas
    }

    /// Is it made at each move of a slider, but so large that two at once only hold each other up?
    pub(super) fn takes_turns(&self) -> bool {
        self.is_live() && MOST_AT_ONCE < self.size().into_iter().map(u64::from).product()
    }

    /// Would it be made at each move of a slider, but is too slow for that?
    pub(super) fn waits_for_rest(&self) -> bool {
        self.recipe.output.effort == Effort::Fast && !self.is_live()
    }
}

/// What other formats make of a picture, in this order.
#[derive(Clone, Debug)]
pub struct RaceRequest {
    /// Comes back with the answers.
    pub ticket: Ticket,
    /// The untouched bytes.
    pub source: Source,
    /// Their pixels, decoded with the defaults.
    pub decoded: Decoded,
    /// The result whose look is measured first.
    pub judged: Option<Recipe>,
    /// What is made then.
    pub recipes: Vec<Recipe>,
    /// What decoding once more may cost, as a drawing is for every size.
    pub allowance: Allowance,
}

/// What another format makes of a picture.
#[derive(Clone, Debug)]
pub struct Raced {
    /// The result, without pixels.
    pub product: Product,
    /// How long the search took in milliseconds; `None` if its result was known.
    pub millis: Option<f64>,
}

/// Work that is done in order and never dropped.
#[derive(Clone, Debug)]
pub enum Errand {
    /// Read the clipboard.
    Paste,
    /// Read the text of the clipboard, for a field.
    PasteText,
    /// Put a text on the clipboard.
    CopyText(Snippet),
    /// Put the result on the clipboard as an image.
    CopyImage(Box<CopiedImage>),
    /// Write bytes to the file that the user chose.
    Save {
        /// The file. If `consented`, it may be replaced.
        path: PathBuf,
        /// Did the user agree to exactly this name?
        consented: bool,
        /// What it shall hold.
        bytes: Bytes,
    },
    /// Write a file of our own, such as the settings; only a failure is answered.
    Keep {
        /// The file; its folder is made if it is missing.
        path: PathBuf,
        /// What it shall hold.
        text: String,
    },
}

/// What a picture looks like, before its pixels are there.
#[derive(Clone)]
pub struct Glimpsed {
    /// Fewer pixels, made ready for the screen.
    pub painted: Painted,
    /// Width and height in pixels of the picture itself.
    pub size: [u32; 2],
}

/// A loaded picture.
#[derive(Clone)]
pub struct Loaded {
    /// The untouched bytes.
    pub source: Source,
    /// Their pixels.
    pub decoded: Decoded,
    /// The pixels made ready for the screen.
    pub painted: Painted,
    /// How long it took.
    pub millis: Millis,
}

/// The bytes of a result, ready to be pasted or saved.
#[derive(Clone)]
pub struct Packed {
    /// The bytes and their recipe.
    pub product: Product,
    /// The bytes as text.
    pub texts: Texts,
    /// How long the stages took that had to run.
    pub millis: Millis,
}

/// A finished result.
#[derive(Clone)]
pub struct Rendered {
    /// The bytes.
    pub packed: Packed,
    /// What the bytes decode back to.
    pub preview: Raster,
    /// The same, ready for the screen.
    pub painted: Painted,
}

/// An answer. Those with a ticket that is no longer wanted are dropped by the session.
pub enum Event {
    /// More of what is behind a link has come.
    Received {
        /// Of the [`LoadRequest`].
        ticket: Ticket,
        /// So much of it is here.
        received: Received,
    },
    /// The bytes are there, the pixels follow.
    Read {
        /// Of the [`LoadRequest`].
        ticket: Ticket,
        /// The untouched bytes.
        source: Source,
    },
    /// There is something to see, the pixels follow.
    Glimpsed {
        /// Of the [`LoadRequest`].
        ticket: Ticket,
        /// What the picture looks like.
        glimpsed: Glimpsed,
    },
    /// A load has ended.
    Loaded {
        /// Of the [`LoadRequest`].
        ticket: Ticket,
        /// The picture, or why there is none.
        result: Result<Box<Loaded>, JobError>,
    },
    /// The bytes of a result are there, what they look like follows.
    Encoded {
        /// Of the [`RenderRequest`].
        ticket: Ticket,
        /// The bytes.
        packed: Box<Packed>,
    },
    /// A render has ended.
    Rendered {
        /// Of the [`RenderRequest`].
        ticket: Ticket,
        /// The result, or why there is none.
        result: Result<Box<Rendered>, JobError>,
    },
    /// The look of a result was measured.
    Judged {
        /// Of the [`RaceRequest`].
        ticket: Ticket,
        /// That of the result.
        recipe: Recipe,
        /// SSIMULACRA2 against the edited picture, or why there is none.
        result: Result<f64, JobError>,
    },
    /// One of a race has come in.
    Raced {
        /// Of the [`RaceRequest`].
        ticket: Ticket,
        /// What was asked for.
        recipe: Recipe,
        /// The result, or why there is none.
        result: Result<Box<Raced>, JobError>,
    },
    /// A text was measured.
    Compressed {
        /// Of what was asked for.
        ticket: Ticket,
        /// Bytes of it where it travels compressed, or why there are none.
        result: Result<usize, JobError>,
    },
    /// The clipboard was read.
    Pasted(Result<Pasted, JobError>),
    /// The text of the clipboard was read, for a field.
    PastedText(Result<String, JobError>),
    /// A copy has ended.
    Copied {
        /// Of the errand.
        ticket: Ticket,
        /// Whether the clipboard took it, and for how long.
        result: Result<Stay, JobError>,
    },
    /// A save has ended.
    Saved {
        /// Of the errand.
        ticket: Ticket,
        /// The file written, or why not.
        result: Result<PathBuf, JobError>,
    },
    /// A file of our own could not be written.
    NotKept(JobError),
    /// The dialog for opening was answered, with no files when cancelled, or not shown.
    FilesChosen(Result<Vec<PathBuf>, DialogError>),
    /// The dialog for saving was answered, or not shown.
    SaveChosen {
        /// Of the dialog.
        ticket: Ticket,
        /// The file, or nothing when cancelled.
        path: Result<Option<PathBuf>, DialogError>,
    },
    /// The system has something to tell.
    News(News),
}
