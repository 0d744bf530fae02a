//! The file around coded pictures (AVIF 1.2, which builds on HEIF, ISO/IEC 23008-12, and MIAF).
//!
//! Two items at most: the picture and its transparency. Only boxes that readers need are written,
//! since small pictures are mostly boxes.

use crate::engine::error::Cause;
use inlaid_av1::{Chroma, Cicp, Planes};

/// An AV1 picture and what is said of it.
pub(super) struct Stream {
    /// The open bitstream units.
    pub(super) data: Vec<u8>,
    /// Profile, depth and chroma, as `av1C` states them.
    pub(super) configuration: [u8; 4],
    /// One or three.
    pub(super) channels: u8,
    /// Bits a sample.
    pub(super) depth: u8,
}

impl Stream {
    pub(super) fn of(planes: &Planes, data: Vec<u8>) -> Self {
        let channels = if planes.chroma == Chroma::None { 1 } else { 3 };
        Self { data, configuration: configuration(planes), channels, depth: planes.depth }
    }
}

/// What `av1C` says (AV1 Codec ISO Media File Format Binding 2.3.4): version, profile, no level,
/// depth and chroma.
fn configuration(planes: &Planes) -> [u8; 4] {
    const NO_LEVEL: u8 = 31;
    let profile: u8 = if planes.chroma == Chroma::Full { 1 } else { 0 };
    let is_deep = u8::from(planes.depth == 10);
    let is_grey = u8::from(planes.chroma == Chroma::None);
    let is_halved = u8::from(planes.chroma != Chroma::Full);
    [0x81, profile << 5 | NO_LEVEL, is_deep << 6 | is_grey << 4 | is_halved << 3 | is_halved << 2, 0]
}

const COLOUR: u16 = 1;
const ALPHA: u16 = 2;
/// A reader that does not know the property must not show the item.
const ESSENTIAL: u8 = 0x80;
const ALPHA_URN: &[u8] = b"urn:mpeg:mpegB:cicp:systems:auxiliary:alpha\0";

/// A property of an item, as a whole box.
struct Property {
    of: u16,
    bits: u8,
    bytes: Vec<u8>,
}

/// The whole file.
///
/// # Errors
/// When it would have more than 4 GB.
pub(super) fn file(
    size: [u32; 2],
    colour: &Stream,
    alpha: Option<&Stream>,
    cicp: Cicp,
    profile: Option<&[u8]>,
) -> Result<Vec<u8>, Cause> {
    let brands = [&b"avif"[..], &[0; 4], b"avif", b"mif1", b"miaf"].concat();
    let start = boxed(b"ftyp", &brands);
    // First without knowing where the data will lie, then knowing it: the length is the same.
    let length = start.len() + meta(size, colour, alpha, cicp, profile, 0)?.len() + BOX;
    let mut file = start;
    file.extend(meta(size, colour, alpha, cicp, profile, length)?);
    // Transparency first, so that a part of the file is a part of the picture.
    file.extend(boxed(b"mdat", &[alpha.map_or(&[][..], |it| &it.data), &colour.data].concat()));
    u32::try_from(file.len()).map_err(|_too_long| "it would be larger than 4 GB")?;
    Ok(file)
}

/// Length and kind.
const BOX: usize = 8;

/// A box of ISO/IEC 14496-12 §4.2.
pub(in crate::engine) fn boxed(kind: &[u8; 4], content: &[u8]) -> Vec<u8> {
    // Whoever writes a file sees that it is not too long for its own lengths.
    let length = (content.len() + BOX) as u32;
    [&length.to_be_bytes()[..], kind, content].concat()
}

/// A box with a version and flags.
fn full(kind: &[u8; 4], version: u8, content: &[u8]) -> Vec<u8> {
    boxed(kind, &[&[version, 0, 0, 0], content].concat())
}

fn meta(
    size: [u32; 2],
    colour: &Stream,
    alpha: Option<&Stream>,
    cicp: Cicp,
    profile: Option<&[u8]>,
    data_at: usize,
) -> Result<Vec<u8>, Cause> {
    let handler = [&[0; 4][..], b"pict", &[0; 13]].concat();
    let mut boxes = full(b"hdlr", 0, &handler);
    boxes.extend(full(b"pitm", 0, &COLOUR.to_be_bytes()));
    boxes.extend(places(colour, alpha, data_at)?);
    boxes.extend(items(alpha.is_some()));
    if alpha.is_some() {
        let auxiliary = [ALPHA, 1, COLOUR].map(u16::to_be_bytes).concat();
        boxes.extend(full(b"iref", 0, &boxed(b"auxl", &auxiliary)));
    }
    boxes.extend(properties(size, colour, alpha, cicp, profile));
    Ok(full(b"meta", 0, &boxes))
}

/// Where the data of each item lies in the file.
fn places(colour: &Stream, alpha: Option<&Stream>, data_at: usize) -> Result<Vec<u8>, Cause> {
    let alpha_bytes = alpha.map_or(0, |it| it.data.len());
    let mut places = vec![(COLOUR, data_at + alpha_bytes, colour.data.len())];
    places.extend(alpha.map(|_| (ALPHA, data_at, alpha_bytes)));
    // Offsets and lengths of four bytes each.
    let mut content = vec![0x44, 0, 0, places.len() as u8];
    for (item, at, length) in places {
        content.extend(item.to_be_bytes());
        // In this file, in one piece.
        content.extend([0, 0, 0, 1]);
        content.extend(u32::try_from(at)?.to_be_bytes());
        content.extend(u32::try_from(length)?.to_be_bytes());
    }
    Ok(full(b"iloc", 0, &content))
}

fn items(has_alpha: bool) -> Vec<u8> {
    let ids = [Some(COLOUR), has_alpha.then_some(ALPHA)];
    let mut content = vec![0, 1 + u8::from(has_alpha)];
    for id in ids.into_iter().flatten() {
        content.extend(full(b"infe", 2, &[&id.to_be_bytes()[..], &[0; 2], b"av01\0"].concat()));
    }
    full(b"iinf", 0, &content)
}

fn properties(size: [u32; 2], colour: &Stream, alpha: Option<&Stream>, cicp: Cicp, profile: Option<&[u8]>) -> Vec<u8> {
    let extent = full(b"ispe", 0, &size.map(u32::to_be_bytes).concat());
    let mut all = vec![];
    let mut add = |of: u16, bits: u8, bytes: Vec<u8>| all.push(Property { of, bits, bytes });
    let describe = |stream: &Stream| {
        let depths = vec![stream.depth; stream.channels.into()];
        let depths = full(b"pixi", 0, &[&[stream.channels][..], &depths].concat());
        (boxed(b"av1C", &stream.configuration), depths)
    };
    let (configuration, depths) = describe(colour);
    add(COLOUR, 0, extent.clone());
    add(COLOUR, ESSENTIAL, configuration);
    add(COLOUR, 0, depths);
    // Full range, as the planes have.
    let numbers = [&b"nclx"[..], &cicp.map(u16::to_be_bytes).concat(), &[0x80]].concat();
    add(COLOUR, 0, boxed(b"colr", &numbers));
    if let Some(profile) = profile {
        add(COLOUR, 0, boxed(b"colr", &[b"prof", profile].concat()));
    }
    if let Some(alpha) = alpha {
        let (configuration, depths) = describe(alpha);
        add(ALPHA, 0, extent);
        add(ALPHA, ESSENTIAL, configuration);
        add(ALPHA, 0, depths);
        add(ALPHA, 0, full(b"auxC", 0, ALPHA_URN));
    }
    let mut unique: Vec<&[u8]> = vec![];
    let mut associations = vec![0, 0, 0, 1 + u8::from(alpha.is_some())];
    for item in [COLOUR, ALPHA] {
        let own: Vec<&Property> = all.iter().filter(|it| it.of == item).collect();
        if own.is_empty() {
            continue;
        }
        associations.extend(item.to_be_bytes());
        associations.push(own.len() as u8);
        for property in own {
            let known = unique.iter().position(|it| *it == property.bytes);
            let at = known.unwrap_or_else(|| {
                unique.push(&property.bytes);
                unique.len() - 1
            });
            // Of ten at most, counted from one.
            associations.push(property.bits | (at + 1) as u8);
        }
    }
    let content = [boxed(b"ipco", &unique.concat()), full(b"ipma", 0, &associations)].concat();
    boxed(b"iprp", &content)
}
