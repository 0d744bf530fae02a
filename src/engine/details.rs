//! What a file says about itself besides its pixels: codec, chroma subsampling, density,
//! animation, and the metadata that it carries.

/// Of so many frames the delays are told at most.
pub const MOST_FRAMES: usize = 100_000;
/// Of so many parts of metadata is told at most.
pub const MOST_PARTS: usize = 1_000;

/// What was found in the headers; nothing of it was needed to make pixels.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Details {
    /// How the pixels are coded inside the container, in the field's words: "baseline",
    /// "progressive", "VP8", "AV1", "LZW"; `None` where there is only one way.
    pub codec: Option<String>,
    /// Are the pixels of a PNG or GIF indices into a list of at most 256 colours?
    pub palette: bool,
    /// How much of the colour is stored; `None` where colour is not stored apart from light.
    pub chroma: Option<Chroma>,
    /// Pixels an inch across and down, in hundredths (7200: 72 dpi); `None` where none is stated.
    pub density: Option<[u32; 2]>,
    /// How long each frame is shown, in milliseconds; empty for a still picture.
    pub delays: Vec<u32>,
    /// How often an animation is shown, 0 for ever; `None` for a still picture.
    pub loops: Option<u32>,
    /// What is carried besides the pixels, in the order of the file.
    pub metadata: Vec<Metadata>,
}

/// Chroma subsampling, by the usual notation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the labels say what each is")]
pub enum Chroma {
    Yuv400,
    Yuv410,
    Yuv411,
    Yuv420,
    Yuv422,
    Yuv440,
    Yuv444,
}

impl Chroma {
    /// As it is written: "4:2:0".
    pub fn label(self) -> &'static str {
        match self {
            Self::Yuv400 => "4:0:0",
            Self::Yuv410 => "4:1:0",
            Self::Yuv411 => "4:1:1",
            Self::Yuv420 => "4:2:0",
            Self::Yuv422 => "4:2:2",
            Self::Yuv440 => "4:4:0",
            Self::Yuv444 => "4:4:4",
        }
    }
}

/// One part of the metadata.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Metadata {
    /// What it is.
    pub kind: MetadataKind,
    /// What it weighs in the file, in bytes, without the container's own framing.
    pub bytes: u64,
}

/// The kinds of metadata.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the labels say what each is")]
pub enum MetadataKind {
    Icc,
    Exif,
    /// Position of the camera; inside Exif, and counted there.
    Gps,
    Xmp,
    Iptc,
    Photoshop,
    Comment,
    Text,
    Thumbnail,
    Other,
}

impl MetadataKind {
    /// Stable id for reports.
    pub fn id(self) -> &'static str {
        match self {
            Self::Icc => "icc",
            Self::Exif => "exif",
            Self::Gps => "gps",
            Self::Xmp => "xmp",
            Self::Iptc => "iptc",
            Self::Photoshop => "photoshop",
            Self::Comment => "comment",
            Self::Text => "text",
            Self::Thumbnail => "thumbnail",
            Self::Other => "other",
        }
    }

    /// The name shown to people.
    pub fn label(self) -> &'static str {
        match self {
            Self::Icc => "ICC profile",
            Self::Exif => "EXIF",
            Self::Gps => "GPS position",
            Self::Xmp => "XMP",
            Self::Iptc => "IPTC",
            Self::Photoshop => "Photoshop",
            Self::Comment => "comment",
            Self::Text => "text",
            Self::Thumbnail => "thumbnail",
            Self::Other => "other",
        }
    }
}

/// What kind of colours the stored values describe.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Gamut {
    /// Nothing beyond sRGB.
    #[default]
    Srgb,
    /// More saturated colours than sRGB has.
    Wide,
    /// Brighter light than white: PQ, HLG, or linear light above 1.
    Hdr,
    /// Cyan, magenta, yellow and black.
    Cmyk,
}

impl Gamut {
    /// Stable id for reports.
    pub fn id(self) -> &'static str {
        match self {
            Self::Srgb => "srgb",
            Self::Wide => "wide",
            Self::Hdr => "hdr",
            Self::Cmyk => "cmyk",
        }
    }

    /// A few words; `None` for what needs none.
    pub fn label(self) -> Option<&'static str> {
        match self {
            Self::Srgb => None,
            Self::Wide => Some("wide gamut"),
            Self::Hdr => Some("HDR"),
            Self::Cmyk => Some("CMYK"),
        }
    }
}
