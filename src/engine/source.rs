//! The original bytes and what is known about them.

use super::{Bytes, Details, Format, Gamut, Raster, Warning};
use std::sync::Arc;

/// Untouched encoded bytes with a name. Cloning shares the bytes.
#[derive(Clone, Debug)]
pub struct Source(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    name: String,
    bytes: Bytes,
    format: Option<Format>,
}

impl Source {
    /// Names the bytes and sniffs their format; the name's extension is not believed.
    pub fn new(name: impl Into<String>, bytes: impl Into<Bytes>) -> Self {
        let bytes = bytes.into();
        Self(Arc::new(Inner { name: name.into(), format: Format::sniff(&bytes), bytes }))
    }

    /// The file's name without its folder, or a name like "pasted image".
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// The encoded bytes.
    pub fn bytes(&self) -> &Bytes {
        &self.0.bytes
    }

    /// What the content looks like; `None` when it is no image anybody knows.
    pub fn format(&self) -> Option<Format> {
        self.0.format
    }

    /// Are these the very same bytes in memory?
    pub fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

/// What decoding found out about a source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// The format of the content.
    pub format: Format,
    /// Width and height as stored, before orientation, in pixels.
    pub stored_size: [u32; 2],
    /// Width and height as displayed, in pixels.
    pub size: [u32; 2],
    /// EXIF orientation, 1 to 8 (1: upright; CIPA DC-008 §4.6.4).
    pub orientation: u8,
    /// Frames; 1 for a still picture, `None` when animated and not counted.
    pub frames: Option<u32>,
    /// What the colour space of the stored values calls itself when it is not sRGB: the description
    /// of an ICC profile, or the standard whose code points the file names.
    pub profile_name: Option<String>,
    /// Bits a channel as stored.
    pub depth: u8,
    /// What kind of colours the stored values describe.
    pub gamut: Gamut,
    /// What the headers say besides.
    pub details: Box<Details>,
    /// Does any pixel let the ground through?
    pub has_alpha: bool,
    /// What the user should know.
    pub warnings: Vec<Warning>,
}

/// A decoded source: upright, at its full size.
#[derive(Clone, Debug)]
pub struct Decoded {
    /// The pixels.
    pub raster: Raster,
    /// What was found on the way.
    pub facts: Facts,
}
