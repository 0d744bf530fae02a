//! What the headers say that no pixel needs: codec, chroma, density, animation, metadata.
//!
//! Nothing here fails: what cannot be read is left out. Every file is walked once, block by block.

pub(in crate::engine) mod boxes;
mod gif;
pub(in crate::engine) mod heif;
pub(in crate::engine) mod jpeg;
mod jxl;
mod numbers;
mod photoshop;
mod plain;
pub(in crate::engine) mod png;
mod svg;
pub(in crate::engine) mod tiff;
mod webp;

use crate::engine::{
    Details, Format,
    details::{MOST_FRAMES, MOST_PARTS, Metadata, MetadataKind},
};

/// What the file says about itself. A drawing says it in its text: [`of_svg`].
pub(super) fn find(format: Format, bytes: &[u8]) -> Details {
    let mut details = Details::default();
    match format {
        Format::Png => png::read(bytes, &mut details),
        Format::Jpeg => jpeg::read(bytes, &mut details),
        Format::WebP => webp::read(bytes, &mut details),
        Format::Gif => gif::read(bytes, &mut details),
        Format::Tiff => tiff::read(bytes, &mut details),
        Format::Avif | Format::Heic => heif::read(bytes, &mut details),
        Format::JpegXl => jxl::read(bytes, &mut details),
        Format::Psd => photoshop::read(bytes, &mut details),
        Format::Bmp => plain::bmp(bytes, &mut details),
        Format::Tga => plain::tga(bytes, &mut details),
        Format::Dds => plain::dds(bytes, &mut details),
        Format::OpenExr => plain::exr(bytes, &mut details),
        Format::Ico | Format::Svg | Format::Qoi | Format::Pnm | Format::Hdr | Format::Farbfeld => {}
    }
    details
}

/// What a drawing says about itself, by its text.
pub(super) fn of_svg(text: &str) -> Details {
    let mut details = Details::default();
    svg::read(text, &mut details);
    details
}

/// One more part of so many bytes, unless it is empty.
fn add(details: &mut Details, kind: MetadataKind, bytes: u64) {
    if 0 < bytes && details.metadata.len() < MOST_PARTS {
        details.metadata.push(Metadata { kind, bytes });
    }
}

/// One part that a file holds in pieces.
struct Pieces {
    kind: MetadataKind,
    /// Where it stands among the parts, once there is a piece.
    at: Option<usize>,
}

impl Pieces {
    fn of(kind: MetadataKind) -> Self {
        Self { kind, at: None }
    }

    /// One more piece of so many bytes.
    fn grow(&mut self, details: &mut Details, bytes: u64) {
        if let Some(part) = self.at.and_then(|at| details.metadata.get_mut(at)) {
            part.bytes = part.bytes.saturating_add(bytes);
        } else {
            let place = details.metadata.len();
            add(details, self.kind, bytes);
            self.at = (place < details.metadata.len()).then_some(place);
        }
    }
}

/// One more frame that is shown for so many milliseconds.
fn add_delay(details: &mut Details, millis: u64) {
    if details.delays.len() < MOST_FRAMES {
        details.delays.push(u32::try_from(millis).unwrap_or(u32::MAX));
    }
}

/// Lets go of what an animation of one frame says: it is a still picture.
fn forget_stillness(details: &mut Details) {
    if details.delays.len() < 2 {
        details.delays.clear();
        details.loops = None;
    }
}

/// The density, unless one is known already or it is none: pixels an inch, across and down.
fn set_density(details: &mut Details, inch: [f64; 2]) {
    // In hundredths; no printer and no screen has a million dots an inch.
    let hundredths = inch.map(|it| (it * 100.0).round());
    if details.density.is_none() && hundredths.iter().all(|it| (1.0..=1e8).contains(it)) {
        details.density = Some(hundredths.map(|it| it as u32));
    }
}

/// Centimetres an inch.
const INCH_CM: f64 = 2.54;
/// Metres an inch.
const INCH_M: f64 = 0.0254;
/// Before the TIFF structure of Exif in a JPEG (CIPA DC-008 §4.7.2), and by habit elsewhere.
pub(in crate::engine) const EXIF_HEAD: &[u8] = b"Exif\0\0";

/// A block of Exif data, with or without its usual head: the block itself and what stands in it.
/// Of several blocks the first counts; a file may name one block a thousand times.
fn add_exif(details: &mut Details, block: &[u8]) {
    let block = block.strip_prefix(EXIF_HEAD).unwrap_or(block);
    let is_first =
        details.metadata.len() < MOST_PARTS && details.metadata.iter().all(|it| it.kind != MetadataKind::Exif);
    add(details, MetadataKind::Exif, block.len() as u64);
    if is_first {
        tiff::read_exif(block, details);
    }
}

#[cfg(test)]
mod tests;
