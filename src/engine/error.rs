//! The engine's one error type, split by whose fault it is, and its warnings.
//!
//! The texts are complete clauses that read well after a picture's name and a colon:
//! `NAME: what happened and what to do`.

use super::{Format, metadata::Part};
use std::borrow::Cow;

/// The cause that a codec gave, kept as a source.
pub type Cause = Box<dyn std::error::Error + Send + Sync>;

/// Why the engine could not do what was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EngineError {
    /// The bytes are no image that anybody would recognise.
    #[error("not an image; choose a file that holds a picture")]
    NotAnImage,
    /// There are no bytes at all.
    #[error("the file is empty; copy or download it again")]
    Empty,
    /// A known format that this version cannot read.
    #[error("{} images cannot be read yet; convert it to PNG first", format.label())]
    Unreadable {
        /// What the bytes are.
        format: Format,
    },
    /// The file breaks its format's rules or ends too early.
    #[error("not a readable {}; the file is probably damaged", format.label())]
    Damaged {
        /// What the bytes claim to be.
        format: Format,
        /// What the decoder said.
        #[source]
        cause: Cause,
    },
    /// Legal, but the decoder does not know this feature.
    #[error("this kind of {} is not supported; convert it to PNG first", format.label())]
    UnsupportedFeature {
        /// What the bytes are.
        format: Format,
        /// What the decoder said.
        #[source]
        cause: Cause,
    },
    /// The picture has no pixels.
    #[error("the picture is {width} × {height} pixels, so there is nothing to show")]
    NoPixels {
        /// Declared width in pixels.
        width: u32,
        /// Declared height in pixels.
        height: u32,
    },
    /// More pixels than the limits allow.
    #[error("{width} × {height} pixels are more than the limit of {limit_megapixels} megapixels; make it smaller")]
    TooManyPixels {
        /// Declared or wanted width in pixels.
        width: u64,
        /// Declared or wanted height in pixels.
        height: u64,
        /// The limit, in millions of pixels.
        limit_megapixels: u64,
    },
    /// More memory than the limits allow.
    #[error("it needs {needed_megabytes} MB of memory, more than the limit of {limit_megabytes} MB; make it smaller")]
    TooMuchMemory {
        /// What decoding would need, in MB (1 MB = 1,000,000 bytes).
        needed_megabytes: u64,
        /// The limit in MB.
        limit_megabytes: u64,
    },
    /// A document nested or repeated beyond reason.
    #[error("the {} is too complex to be safe: {what}; simplify it first", format.label())]
    TooComplex {
        /// What the bytes are.
        format: Format,
        /// Which measure was exceeded.
        what: Cow<'static, str>,
    },
    /// The decoder took longer than it was allowed to.
    #[error("the decoder ran out of time after {seconds} s")]
    OutOfTime {
        /// What it was allowed, in seconds.
        seconds: u64,
    },
    /// The decoder asked for more memory than it was allowed to take.
    #[error("the decoder needs more than {}", memory_words(*limit_megabytes))]
    OutOfMemory {
        /// What it was allowed, in MB (1 MB = 1,000,000 bytes).
        limit_megabytes: u64,
    },
    /// The decoder brought itself or its process down.
    #[error("the decoder crashed; the file is probably damaged")]
    DecoderCrashed,
    /// Resizing failed.
    #[error("could not be resized")]
    Resize {
        /// What went wrong.
        #[source]
        cause: Cause,
    },
    /// This output format cannot hold the picture.
    #[error("{} cannot hold {width} × {height} pixels; the largest side is {max_side}; make it smaller", format.label())]
    SideTooLong {
        /// The output format.
        format: Format,
        /// Result width in pixels.
        width: u32,
        /// Result height in pixels.
        height: u32,
        /// The longest side the format can hold, in pixels.
        max_side: u32,
    },
    /// This format is read, never written.
    #[error("{} cannot be written", format.label())]
    Unwritable {
        /// The output format asked for.
        format: Format,
    },
    /// SVG is written from SVG only.
    #[error("{} is made of pixels and cannot become a drawing; choose another format", format.label())]
    NotADrawing {
        /// What the source is.
        format: Format,
    },
    /// The encoder failed.
    #[error("could not be encoded as {}", format.label())]
    Encode {
        /// The output format.
        format: Format,
        /// What the encoder said.
        #[source]
        cause: Cause,
    },
    /// Text that is neither a data URL nor base64.
    #[error("{0}")]
    Text(#[from] super::embed::TextError),
    /// Somebody asked to stop.
    #[error("cancelled")]
    Cancelled,
}

impl EngineError {
    /// Might more time or memory help?
    pub fn is_out_of_budget(&self) -> bool {
        matches!(self, Self::OutOfTime { .. } | Self::OutOfMemory { .. })
    }
}

/// `2 GB`, `1.5 GB`, `500 MB`.
fn memory_words(megabytes: u64) -> String {
    match (megabytes / 1_000, megabytes % 1_000 / 100) {
        (0, _) => format!("{megabytes} MB"),
        (gigabytes, 0) => format!("{gigabytes} GB"),
        (gigabytes, tenths) => format!("{gigabytes}.{tenths} GB"),
    }
}

/// Something the user should know about a result that did succeed.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Warning {
    /// Only the first of several frames is used.
    FramesDropped {
        /// How many frames the source has; `None` when it is animated but they were not counted.
        frames: Option<u32>,
    },
    /// Transparency was flattened onto the background colour.
    AlphaFlattened {
        /// The output format, which has no alpha.
        format: Format,
    },
    /// The embedded profile could not be used; the colours are shown as sRGB.
    ProfileIgnored {
        /// Why.
        why: String,
    },
    /// The file ends early; what was there is shown.
    Truncated,
    /// It was decoded in this process, since no helper could be started.
    NotContained {
        /// Why not.
        why: String,
    },
    /// The picture was asked to be larger than it is, and was not enlarged.
    NotEnlarged,
    /// The result is larger than the untouched source, which would do as well.
    LargerThanSource {
        /// Result size in bytes.
        result: usize,
        /// Source size in bytes.
        source: usize,
    },
    /// The source's own coding is handed out, since the new one would be larger.
    OriginalKept,
    /// Metadata that were to be kept are not in the result.
    MetadataLeftOut {
        /// Which.
        part: Part,
        /// Why not.
        why: String,
    },
    /// The result tells where the picture was taken.
    PositionKept,
    /// The drawing can do something where it is pasted as markup.
    HasScripts,
    /// The picture was larger than the format holds, and made smaller.
    MadeSmaller {
        /// The longest side that there is now, in pixels.
        side: u32,
    },
    /// The colours that resizing made were brought down to a palette, as the source has one.
    PaletteKept {
        /// Colours at most.
        colours: u16,
    },
    /// Deeper samples were reduced to 8 bits for this format.
    DepthReduced {
        /// The output format.
        format: Format,
    },
}

impl std::fmt::Display for Warning {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::FramesDropped { frames: Some(frames) } => write!(f, "only the first of {frames} frames is used"),
            Self::FramesDropped { frames: None } => write!(f, "only the first frame of the animation is used"),
            Self::AlphaFlattened { format } => {
                write!(f, "{} has no transparency; it was filled with the background colour", format.label())
            }
            Self::ProfileIgnored { why } => write!(f, "the colour profile was ignored: {why}"),
            Self::Truncated => write!(f, "the file ends early; the missing part is blank"),
            Self::NotContained { why } => {
                write!(f, "it was decoded inside the program, because no contained decoder could be started ({why})")
            }
            Self::NotEnlarged => write!(f, "the picture is smaller than the size asked for and was not enlarged"),
            Self::LargerThanSource { result, source } => {
                write!(f, "the result ({result} bytes) is larger than the untouched source ({source} bytes)")
            }
            Self::OriginalKept => write!(f, "the original was kept, since it is smaller already"),
            Self::MetadataLeftOut { part, why } => write!(f, "{part} was left out: {why}"),
            Self::PositionKept => write!(f, "the metadata tell where the picture was taken"),
            Self::HasScripts => write!(f, "the drawing contains scripts, which run where it is pasted as markup"),
            Self::MadeSmaller { side } => {
                write!(f, "the format holds at most {side} × {side} pixels; the picture was made smaller")
            }
            Self::PaletteKept { colours } => write!(f, "kept to {colours} colours, since the source has a palette"),
            Self::DepthReduced { format } => {
                write!(f, "{} holds 8 bits a channel; deeper values were rounded", format.label())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::EngineError;

    #[test]
    fn budgets_are_told_in_round_numbers() {
        let words = |limit_megabytes| EngineError::OutOfMemory { limit_megabytes }.to_string();
        assert_eq!(words(2_000), "the decoder needs more than 2 GB");
        assert_eq!(words(1_560), "the decoder needs more than 1.5 GB");
        assert_eq!(words(500), "the decoder needs more than 500 MB");
    }
}
