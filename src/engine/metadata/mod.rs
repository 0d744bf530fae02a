//! Metadata from the source to the result: nothing by default, single parts on demand.
//!
//! Parts are cut out of the source's container and put into that of the result; the coded pixels
//! of both are only walked over. The walk reads lengths and names, all of them checked, so it is
//! done in this process, as sniffing is. Texts of a PNG and boxes of a JPEG XL that are compressed are
//! the one thing that is decoded, up to [`MOST_BYTES`].
//!
//! The picture of the result stands upright, so Exif and XMP that say otherwise are set right.
//! Thumbnails inside them are taken out: they show what edits may have removed.

mod avif;
mod boxes;
mod exif;
mod gif;
pub(super) mod ico;
mod jpeg;
mod jxl;
mod png;
mod tiff;
mod webp;
mod xmp;

use super::{Encoded, Facts, Format, MetadataKind, Source, Warning, decode::details, details::MOST_PARTS};
use std::{
    borrow::Cow,
    fmt::{Display, Formatter, Result as Written},
};

/// Which parts of the source's metadata the result carries. The profile is no matter of this; see
/// [`super::recipe::ProfilePolicy`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct KeptMetadata {
    /// Exif with its orientation upright and without its thumbnail; it may tell the position.
    pub exif: bool,
    /// The XMP packet with its orientation upright and without its thumbnails.
    pub xmp: bool,
    /// Pixels an inch.
    pub density: bool,
    /// Comments and other texts about the picture.
    pub comments: bool,
}

impl KeptMetadata {
    /// Everything that can be carried.
    pub const ALL: Self = Self { exif: true, xmp: true, density: true, comments: true };

    /// Is this part to be kept?
    pub fn has(self, part: Part) -> bool {
        match part {
            Part::Exif => self.exif,
            Part::Xmp => self.xmp,
            Part::Density => self.density,
            Part::Comments => self.comments,
        }
    }
}

/// A part of the metadata that can be carried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "as in `KeptMetadata`")]
pub enum Part {
    Exif,
    Xmp,
    Density,
    Comments,
}

impl Display for Part {
    /// The name within a sentence.
    fn fmt(&self, f: &mut Formatter<'_>) -> Written {
        f.write_str(match self {
            Self::Exif => "EXIF",
            Self::Xmp => "XMP",
            Self::Density => "the density",
            Self::Comments => "a comment",
        })
    }
}

/// Of each part so many bytes are carried at most.
const MOST_BYTES: usize = 16_000_000;

/// What a result shall carry: no more than was asked for and the source has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Carried {
    /// From the byte order on, without the head that some containers put before it.
    exif: Option<Vec<u8>>,
    /// In UTF-8.
    xmp: Option<Vec<u8>>,
    /// Across and down, in hundredths of pixels an inch.
    density: Option<[u32; 2]>,
    notes: Vec<Note>,
}

impl Carried {
    /// Is there nothing to carry?
    pub(super) fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// A text about the picture.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Note {
    /// As PNG names texts: `Comment`, `Author` (PNG third edition §11.3.3.1).
    keyword: String,
    text: String,
}

/// What a text is called that says no more.
const COMMENT: &str = "Comment";

impl Note {
    /// For containers that do not name their texts.
    fn unnamed(&self) -> Cow<'_, str> {
        if self.keyword == COMMENT {
            Cow::Borrowed(&self.text)
        } else {
            Cow::Owned(format!("{}: {}", self.keyword, self.text))
        }
    }
}

/// The parts of a source as they were found.
#[derive(Default)]
struct Found<'a> {
    exif: Option<Cow<'a, [u8]>>,
    xmp: Option<Cow<'a, [u8]>>,
    /// What there is and cannot be carried, and why.
    lost: Vec<(Part, &'static str)>,
    notes: Vec<Note>,
}

impl Found<'_> {
    fn note(&mut self, keyword: &str, text: Cow<'_, str>) {
        let is_welcome = self.notes.len() < MOST_PARTS && !text.is_empty() && text.len() <= MOST_BYTES;
        if is_welcome && !text.contains('\0') {
            self.notes.push(Note { keyword: keyword.to_owned(), text: text.into_owned() });
        }
    }
}

/// The text of bytes in UTF-8 or, where they are not, in Latin-1.
fn decoded(bytes: &[u8]) -> Cow<'_, str> {
    match str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => Cow::Owned(bytes.iter().copied().map(char::from).collect()),
    }
}

/// What is to be kept, made fit for an upright picture, and what of it could not be.
pub(super) fn collect(source: &Source, facts: &Facts, keep: KeptMetadata) -> (Carried, Vec<Warning>) {
    let (mut carried, mut warnings) = (Carried::default(), vec![]);
    if keep == KeptMetadata::default() {
        return (carried, warnings);
    }
    let found = match facts.format {
        Format::Jpeg => jpeg::find(source.bytes()),
        Format::Png => png::find(source.bytes()),
        Format::WebP => webp::find(source.bytes()),
        Format::Tiff => tiff::find(source.bytes()),
        Format::Gif => gif::find(source.bytes()),
        Format::Avif | Format::Heic => boxes::find_heif(source.bytes()),
        Format::JpegXl => boxes::find_jxl(source.bytes()),
        _ => Found::default(),
    };
    if keep.density {
        carried.density = facts.details.density;
    }
    if keep.comments {
        carried.notes = found.notes;
    }
    if let Some(block) = found.exif.filter(|_| keep.exif) {
        carried.exif = fit(Part::Exif, &block, exif::upright, &mut warnings);
    }
    if let Some(packet) = found.xmp.filter(|_| keep.xmp) {
        carried.xmp = fit(Part::Xmp, &packet, xmp::upright, &mut warnings);
    }
    for (part, why) in found.lost.into_iter().filter(|(part, _)| keep.has(*part)) {
        leave_out(&mut warnings, part, why);
    }
    let tells_position = carried.exif.as_deref().is_some_and(exif::has_position)
        || carried.xmp.as_deref().is_some_and(xmp::has_position);
    warnings.extend(tells_position.then_some(Warning::PositionKept));
    (carried, warnings)
}

/// A part made fit for an upright picture, if that is possible.
fn fit(
    part: Part,
    bytes: &[u8],
    upright: fn(&[u8]) -> Option<Vec<u8>>,
    warnings: &mut Vec<Warning>,
) -> Option<Vec<u8>> {
    if MOST_BYTES < bytes.len() {
        leave_out(warnings, part, &format!("it is larger than {} MB", MOST_BYTES / 1_000_000));
        return None;
    }
    let fit = upright(bytes);
    if fit.is_none() {
        leave_out(warnings, part, "it is damaged");
    }
    fit
}

fn leave_out(warnings: &mut Vec<Warning>, part: Part, why: &str) {
    warnings.push(Warning::MetadataLeftOut { part, why: why.to_owned() });
}

/// A result with what it shall carry. What its format has no place for is left out.
pub(super) fn put(encoded: &Encoded, carried: &Carried) -> Encoded {
    let mut warnings = encoded.warnings.clone();
    if carried.is_empty() {
        return encoded.clone();
    }
    let bytes = rewritten(encoded, carried, true, &mut warnings);
    Encoded { bytes: bytes.map_or_else(|| encoded.bytes.clone(), Into::into), warnings, ..encoded.clone() }
}

/// Can all metadata be taken out of files of this format?
pub(super) fn can_be_cleaned(format: Format) -> bool {
    matches!(format, Format::Jpeg | Format::Png | Format::WebP | Format::Gif | Format::JpegXl | Format::Ico)
}

/// Is there nothing that would have to be taken out? The profile is no matter of this.
pub(super) fn is_clean(source: &Source, facts: &Facts) -> bool {
    let is_known_bare = facts.details.metadata.iter().all(|it| it.kind == MetadataKind::Icc);
    is_known_bare
        && match facts.format {
            Format::Tiff => details::tiff::is_bare(source.bytes()),
            // Behind the pixels there may be more texts (Truevision TGA 2.0).
            Format::Tga => !source.bytes().ends_with(b"TRUEVISION-XFILE.\0"),
            _ => true,
        }
}

/// The same coded pixels with these parts and, where [`can_be_cleaned`], no others; the profile
/// stays if `keeps_profile`. `None` where that cannot be done.
pub(super) fn rewritten(
    encoded: &Encoded,
    carried: &Carried,
    keeps_profile: bool,
    warnings: &mut Vec<Warning>,
) -> Option<Vec<u8>> {
    let rewrite = match encoded.format {
        Format::Jpeg => jpeg::rewrite,
        Format::Png => png::rewrite,
        Format::WebP => webp::rewrite,
        Format::Gif => gif::rewrite,
        Format::Tiff => tiff::rewrite,
        Format::Avif => avif::rewrite,
        Format::JpegXl => jxl::rewrite,
        Format::Ico => ico::rewrite,
        format => {
            let why = format!("{} has no place for it", format.label());
            carried.parts().for_each(|part| leave_out(warnings, part, &why));
            return None;
        }
    };
    rewrite(encoded, carried, keeps_profile, warnings)
}

impl Carried {
    /// Which parts there are.
    fn parts(&self) -> impl Iterator<Item = Part> {
        let parts = [
            self.exif.is_some().then_some(Part::Exif),
            self.xmp.is_some().then_some(Part::Xmp),
            self.density.is_some().then_some(Part::Density),
            (!self.notes.is_empty()).then_some(Part::Comments),
        ];
        parts.into_iter().flatten()
    }
}

#[cfg(test)]
mod tests;
