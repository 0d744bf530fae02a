//! Image resources, as Photoshop writes them into its own files and into others (Adobe Photoshop
//! File Formats Specification, "Image Resources Section"), and the headers of a PSD.

use super::{add, add_exif, numbers::Numbers, set_density};
use crate::engine::{
    Details,
    details::MetadataKind::{Icc, Iptc, Photoshop, Thumbnail, Xmp},
};

const RESOLUTION: u64 = 1005;
const IPTC: u64 = 1028;
const OLD_THUMBNAIL: u64 = 1033;
const THUMBNAIL: u64 = 1036;
const ICC: u64 = 1039;
const EXIF: [u64; 2] = [1058, 1059];
const XMP: u64 = 1060;
/// Fixed-point numbers with sixteen binary digits behind the point.
const FIXED: f64 = 65_536.0;

/// The resources that are metadata of their own kind are told as such; what all others weigh is
/// told as one part.
pub(super) fn resources(bytes: &[u8], details: &mut Details) {
    let numbers = Numbers::big_endian(bytes);
    let mut others = 0;
    let mut at = 0;
    while let Some((id, data, next)) = resource(&numbers, at) {
        match id {
            RESOLUTION => {
                let inch = |at: usize| Numbers::big_endian(data).get(at, 4).map_or(0.0, |it| it as f64 / FIXED);
                set_density(details, [inch(0), inch(8)]);
            }
            IPTC => add(details, Iptc, data.len() as u64),
            THUMBNAIL | OLD_THUMBNAIL => add(details, Thumbnail, data.len() as u64),
            ICC => add(details, Icc, data.len() as u64),
            XMP => add(details, Xmp, data.len() as u64),
            it if EXIF.contains(&it) => add_exif(details, data),
            _ => others += data.len() as u64,
        }
        at = next;
    }
    add(details, Photoshop, others);
}

/// The resource that begins here: its number, its data, and where the next begins.
fn resource<'a>(numbers: &Numbers<'a>, at: usize) -> Option<(u64, &'a [u8], usize)> {
    // A signature of four letters, of which there are several.
    let id = numbers.get(at.checked_add(4)?, 2)?;
    // The name with its length is padded to an even number of bytes, and so are the data.
    let name = numbers.get(at + 6, 1)? as usize + 1;
    let length_at = at + 6 + name.next_multiple_of(2);
    let length = usize::try_from(numbers.get(length_at, 4)?).ok()?;
    let data = numbers.slice(length_at + 4, length)?;
    Some((id, data, length_at.checked_add(4)?.checked_add(length.checked_next_multiple_of(2)?)?))
}

/// The sections of a PSD or PSB up to the coded pixels.
pub(super) fn read(bytes: &[u8], details: &mut Details) {
    let numbers = Numbers::big_endian(bytes);
    let Some(sections) = sections(&numbers) else { return };
    if let Some(found) = numbers.slice(sections.resources, sections.resources_bytes) {
        resources(found, details);
    }
    let compression = match sections.pixels.and_then(|at| numbers.get(at, 2)) {
        Some(0) => "uncompressed",
        Some(1) => "PackBits",
        Some(2 | 3) => "Deflate",
        _ => return,
    };
    details.codec = Some(compression.to_owned());
}

/// Where the sections are, in bytes from the start of the file.
struct Sections {
    resources: usize,
    resources_bytes: usize,
    /// Where the compression of the merged picture is named.
    pixels: Option<usize>,
}

fn sections(numbers: &Numbers<'_>) -> Option<Sections> {
    let length = |at: usize, wide: usize| usize::try_from(numbers.get(at, wide)?).ok();
    // The header has 26 bytes; colour data, resources and layers follow, each behind its length.
    let resources = 30_usize.checked_add(length(26, 4)?)?;
    let resources_bytes = length(resources, 4)?;
    let resources = resources + 4;
    let layers = resources.checked_add(resources_bytes)?;
    // The second version, PSB, has wider lengths.
    let wide = if numbers.get(4, 2) == Some(2) { 8 } else { 4 };
    let pixels = length(layers, wide).and_then(|it| layers.checked_add(wide)?.checked_add(it));
    Some(Sections { resources, resources_bytes, pixels })
}
