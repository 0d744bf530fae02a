//! What the user asks for, as a plain comparable value.

use super::{
    Format, KeptMetadata,
    embed::Embed,
    options::{CodecOptions, PngColours},
    target::{Aim, KeptAims},
};

/// Edits and the output wanted.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Recipe {
    /// Everything that changes pixels.
    pub edits: Edits,
    /// Everything that changes only the bytes.
    pub output: OutputSpec,
}

impl Recipe {
    /// No edits, the format's default quality.
    pub fn new(format: Format) -> Self {
        Self { edits: Edits::default(), output: OutputSpec::new(format) }
    }
}

/// What new pictures start with, and what is remembered between starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Defaults {
    /// Output format.
    pub format: Format,
    /// Quality, 1 to 100.
    pub quality: u8,
    /// Without loss where the format can choose.
    pub lossless: bool,
    /// What is aimed for.
    pub aims: KeptAims,
    /// How a picture meets a box.
    pub fit: Fit,
    /// The form of the text.
    pub embed: Embed,
}

impl Default for Defaults {
    fn default() -> Self {
        Self {
            format: Format::WebP,
            quality: DEFAULT_QUALITY,
            lossless: false,
            aims: KeptAims::default(),
            fit: Fit::default(),
            embed: Embed::default(),
        }
    }
}

/// Everything that changes pixels, applied in the order of the fields.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Edits {
    /// Whether colours are converted when decoding.
    pub profile: ProfilePolicy,
    /// The size wanted.
    pub size: Sizing,
    /// In which light pixels are averaged when resizing.
    pub resample: Resample,
    /// Flattens transparency onto this sRGB colour. A format without alpha that is given a
    /// transparent picture and no colour uses white.
    pub background: Option<[u8; 3]>,
}

/// What becomes of the embedded colour profile.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ProfilePolicy {
    /// Colours are converted to sRGB.
    #[default]
    Srgb,
    /// Pixel values stay as stored and the profile travels along where the format can hold it.
    Keep,
}

/// In which light pixels are averaged when resizing. Alpha is premultiplied in both.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Resample {
    /// Linear light: averages as eyes and cameras do.
    #[default]
    Linear,
    /// The stored values, as most tools do.
    Srgb,
}

/// The size wanted. The default is the picture's own size.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Sizing {
    /// What is given.
    pub want: Want,
    /// How the picture meets a box whose two sides are given.
    pub fit: Fit,
    /// Whether the picture may become larger than it is.
    pub upscale: bool,
}

/// The wanted size in one of its forms.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Want {
    /// As it is.
    #[default]
    Original,
    /// A fraction of the picture's size, in millionths (500,000 is half).
    Scale(u32),
    /// Width in pixels; the height follows the picture's ratio.
    Width(u32),
    /// Height in pixels; the width follows the picture's ratio.
    Height(u32),
    /// A box in pixels, met according to [`Fit`].
    Box(u32, u32),
}

/// How a picture meets a box of another ratio.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Fit {
    /// Whole picture, largest size that fits; one side may be shorter than the box.
    #[default]
    Inside,
    /// Box filled, what hangs over is cut off evenly.
    Cover,
    /// Both sides exactly, the ratio may change.
    Stretch,
    /// Whole picture in the middle of the box, the rest is the background colour or transparent.
    Pad,
}

impl Fit {
    /// Every way, in the order shown.
    pub const ALL: &[Self] = &[Self::Inside, Self::Cover, Self::Stretch, Self::Pad];

    /// Stable id for arguments and the settings file.
    pub fn id(self) -> &'static str {
        match self {
            Self::Inside => "inside",
            Self::Cover => "cover",
            Self::Stretch => "stretch",
            Self::Pad => "pad",
        }
    }

    /// The way with this id.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|it| it.id() == id)
    }
}

/// The output wanted.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct OutputSpec {
    /// The format to write.
    pub format: Format,
    /// What decides about the quality; read where the format has something to turn.
    pub aim: Aim,
    /// 1 to 100, higher is closer; read only where the format has a quality,
    /// [`OutputSpec::lossless`] is off and nothing else is aimed for.
    pub quality: u8,
    /// Without loss, where the format can choose.
    pub lossless: bool,
    /// How long the encoder may search.
    pub effort: Effort,
    /// What is asked of the encoder besides.
    pub codec: CodecOptions,
    /// What goes along of the source's metadata.
    pub keep: KeptMetadata,
    /// Hand out the untouched source instead of an encoding, edits and all ignored.
    pub untouched: bool,
}

impl OutputSpec {
    /// The format at its default quality.
    pub fn new(format: Format) -> Self {
        Self {
            format,
            aim: Aim::default(),
            quality: DEFAULT_QUALITY,
            lossless: false,
            effort: Effort::default(),
            codec: CodecOptions::default(),
            keep: KeptMetadata::default(),
            untouched: false,
        }
    }

    /// The same wish with defaults in place of all that is not read for its format and aim. Wishes that are
    /// equal then have equal results.
    #[must_use]
    pub fn normal(&self) -> Self {
        let Self { format, aim, effort, keep, untouched, .. } = self.clone();
        let mut normal = Self { aim, effort, keep, untouched, ..Self::new(format) };
        normal.lossless = self.lossless && format.has_lossless() && format.has_quality();
        if normal.aim == Aim::Quality && format.has_quality() && !normal.lossless {
            normal.quality = self.quality;
        }
        normal.codec.take(format, &self.codec);
        normal
    }

    /// Goes on from what a search has led to: its quality and options. Those of other formats stay, and so does how long
    /// libwebp searches, which a search for an aim makes longer than what follows a slider.
    pub fn go_on_from(&mut self, found: &Self) {
        let method = self.codec.webp.method;
        (self.quality, self.lossless) = (found.quality, found.lossless);
        self.codec.take(found.format, &found.codec);
        self.codec.webp.method = method;
    }

    /// Is the encoding meant to be without loss of pixels?
    pub fn is_lossless(&self) -> bool {
        match self.format {
            Format::Png => self.codec.png.colours != PngColours::Palette,
            format => format.has_lossless() && (self.lossless || !format.has_quality()),
        }
    }
}

/// Close to the original for photos at a quarter of the bytes of 95.
pub const DEFAULT_QUALITY: u8 = 80;

/// How long an encoder may search for smaller bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Effort {
    /// For live previews.
    Fast,
    /// For files that are kept.
    #[default]
    Normal,
    /// When only the size counts.
    Best,
}
