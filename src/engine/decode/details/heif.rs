//! What the boxes of HEIF and AVIF say (ISO/IEC 23008-12, AV1 Image File Format 1.1).
//!
//! Read here and not through `heifer-isobmff`, which refuses a file for a single odd box and
//! makes room for whatever number of extents an item claims to have.

use super::{add, add_delay, add_exif, boxes::Boxes, forget_stillness, numbers::Numbers};
use crate::engine::{
    Details,
    details::{
        Chroma, MOST_FRAMES, MOST_PARTS,
        MetadataKind::{Icc, Xmp},
    },
};
use std::collections::HashMap;

/// Metadata in XMP, by the MIME type of its item.
const XMP_TYPE: &[u8] = b"application/rdf+xml";

pub(super) fn read(bytes: &[u8], details: &mut Details) {
    // Version and flags come before the boxes in it.
    if let Some(meta) = Boxes::of(bytes).first(b"meta").and_then(|it| it.get(4..)) {
        items(bytes, meta, details);
    }
    if let Some(track) = Boxes::of(bytes).first(b"moov").and_then(pictures_track) {
        animation(track, details);
    }
}

fn items(file: &[u8], meta: &[u8], details: &mut Details) {
    coding(meta, Boxes::of(meta).first(b"iprp").unwrap_or_default(), details);
    for (is_exif, data) in metadata_in(file, meta) {
        if is_exif {
            // So many bytes before the block itself (ISO/IEC 23008-12 §A.2.1).
            let skipped = Numbers::big_endian(data).get(0, 4).and_then(|it| usize::try_from(it).ok());
            let block = skipped.and_then(|it| data.get(it.checked_add(4)?..));
            add_exif(details, block.unwrap_or_default());
        } else {
            add(details, Xmp, data.len() as u64);
        }
    }
}

/// The items of a file that hold Exif (true) or XMP (false), as they are stored.
pub(in crate::engine) fn metadata_items(file: &[u8]) -> Vec<(bool, &[u8])> {
    let meta = Boxes::of(file).first(b"meta").and_then(|it| it.get(4..));
    meta.map_or_else(Vec::new, |meta| metadata_in(file, meta))
}

fn metadata_in<'a>(file: &'a [u8], meta: &'a [u8]) -> Vec<(bool, &'a [u8])> {
    let infos = Boxes::of(meta).first(b"iinf").unwrap_or_default();
    // The number of items has two bytes, or four from version 1 on.
    let wide = if infos.first() == Some(&0) { 2 } else { 4 };
    let infos = Boxes::of(infos.get(4 + wide..).unwrap_or_default());
    let described: Vec<_> = infos.filter_map(|(_, body)| described(body)).take(MOST_PARTS).collect();
    if described.is_empty() {
        return vec![];
    }
    let inner = Boxes::of(meta).first(b"idat").unwrap_or_default();
    let places = places(Boxes::of(meta).first(b"iloc").unwrap_or_default());
    let data = |(id, is_exif): (u64, bool)| {
        let place = places.get(&id)?;
        let from = if place.is_inner { inner } else { file };
        let data = usize::try_from(place.at).ok().and_then(|at| from.get(at..)).unwrap_or_default();
        let length = usize::try_from(place.length).unwrap_or(usize::MAX).min(data.len());
        Some((is_exif, data.get(..length).unwrap_or_default()))
    };
    described.into_iter().filter_map(data).collect()
}

/// The number of an item that holds Exif (true) or XMP (false); `None` for all other items.
fn described(info: &[u8]) -> Option<(u64, bool)> {
    let numbers = Numbers::big_endian(info);
    // Version and flags, the number, a protection of two bytes, the type, a name.
    let wide = match numbers.get(0, 1)? {
        2 => 2,
        3 => 4,
        _ => return None,
    };
    let id = numbers.get(4, wide)?;
    let kind = numbers.slice(4 + wide + 2, 4)?;
    let texts = info.get(4 + wide + 6..)?;
    let mime = texts.split(|it| *it == 0).nth(1).unwrap_or_default();
    match kind {
        b"Exif" => Some((id, true)),
        b"mime" if mime == XMP_TYPE => Some((id, false)),
        _ => None,
    }
}

/// Where the data of an item are; of several pieces the first.
struct Place {
    /// In the box `idat`, not counted from the start of the file.
    is_inner: bool,
    at: u64,
    /// Of all pieces.
    length: u64,
}

/// By the numbers of the items (ISO/IEC 14496-12 §8.11.3).
fn places(locations: &[u8]) -> HashMap<u64, Place> {
    let numbers = Numbers::big_endian(locations);
    let mut places = HashMap::new();
    let half =
        |at: usize, is_high: bool| locations.get(at).map_or(0, |it| usize::from(it >> (4 * u8::from(is_high)) & 15));
    let version = locations.first().copied().unwrap_or(0);
    let (offset_bytes, length_bytes, base_bytes) = (half(4, true), half(4, false), half(5, true));
    let index_bytes = if version == 0 { 0 } else { half(5, false) };
    let id_bytes = if version < 2 { 2 } else { 4 };
    let mut at = 6 + id_bytes;
    for _ in 0..numbers.get(6, id_bytes).unwrap_or(0) {
        let mut next = |length: usize| {
            let number = numbers.get(at, length);
            at += length;
            number
        };
        let Some(id) = next(id_bytes) else { break };
        let method = if version == 0 { Some(0) } else { next(2) };
        let _file = next(2);
        let base = next(base_bytes);
        let (Some(base), Some(method), Some(extents)) = (base, method, next(2)) else { break };
        let extent_bytes = index_bytes + offset_bytes + length_bytes;
        // Pieces without a place or a length take no room, so their number says nothing.
        let (mut start, mut length) = (None, 0_u64);
        for _ in 0..if extent_bytes == 0 { extents.min(1) } else { extents } {
            let _index = next(index_bytes);
            let (Some(offset), Some(piece)) = (next(offset_bytes), next(length_bytes)) else { break };
            start = start.or(base.checked_add(offset));
            // Nothing stands for all there is.
            length = length.saturating_add(if piece == 0 { u64::MAX } else { piece });
        }
        if let Some(at) = start {
            places.entry(id).or_insert(Place { is_inner: method & 15 == 1, at, length });
        }
    }
    places
}

/// Codec, chroma and profile, by the properties of the primary item or, where it has none of its
/// own because it is put together of others, by the first that there are.
fn coding(meta: &[u8], properties: &[u8], details: &mut Details) {
    let all: Vec<_> =
        Boxes::of(Boxes::of(properties).first(b"ipco").unwrap_or_default()).take(MOST_PROPERTIES).collect();
    let primary = Boxes::of(meta).first(b"pitm").and_then(|it| {
        let numbers = Numbers::big_endian(it);
        numbers.get(4, if it.first() == Some(&0) { 2 } else { 4 })
    });
    let associated =
        Boxes::of(properties).filter(|(kind, _)| kind == b"ipma").find_map(|(_, it)| associations(it, primary?));
    let own = associated.unwrap_or_default();
    let own = own.iter().filter_map(|index| all.get(index.checked_sub(1)?));
    for (kind, body) in own.clone() {
        if kind == b"colr" && matches!(body.get(..4), Some(b"prof" | b"rICC")) {
            add(details, Icc, body.len() as u64 - 4);
        }
    }
    for (kind, body) in own.chain(&all) {
        if details.codec.is_none() {
            configuration(*kind, body, details);
        }
    }
}

/// An association names a property by fifteen bits.
const MOST_PROPERTIES: usize = 32_767;

/// The numbers, from 1, of the properties of an item (ISO/IEC 23008-12 §9.3).
fn associations(bytes: &[u8], item: u64) -> Option<Vec<usize>> {
    let numbers = Numbers::big_endian(bytes);
    let id_bytes = if numbers.get(0, 1)? == 0 { 2 } else { 4 };
    let index_bytes = if numbers.get(3, 1)? & 1 == 0 { 1 } else { 2 };
    let mut at = 8;
    loop {
        let id = numbers.get(at, id_bytes)?;
        let count = numbers.get(at + id_bytes, 1)? as usize;
        at += id_bytes + 1;
        if id == item {
            // The highest bit says that the property must be understood.
            let mask = if index_bytes == 1 { 0x7f } else { 0x7fff };
            let index = |nth: usize| numbers.get(at + nth * index_bytes, index_bytes).map(|it| (it & mask) as usize);
            return Some((0..count).map_while(index).collect());
        }
        at += count * index_bytes;
    }
}

/// The codec and the subsampling, by the box that configures the decoder.
fn configuration(kind: [u8; 4], body: &[u8], details: &mut Details) {
    let (codec, chroma) = match &kind {
        b"av1C" => ("AV1", av1_chroma(body)),
        b"hvcC" => ("HEVC", body.get(16).and_then(|it| hevc_chroma(*it))),
        b"vvcC" => ("VVC", None),
        b"avcC" => ("AVC", None),
        b"jpgC" => ("JPEG", None),
        b"j2kH" => ("JPEG 2000", None),
        b"uncC" => ("uncompressed", None),
        _ => return,
    };
    details.codec = Some(codec.to_owned());
    details.chroma = chroma;
}

/// By the profile, the depth and whether there is no colour; only in twelve bits is there a choice,
/// for which two bits say whether colour is halved across and down (AV1 §5.5.2, AV1 Codec ISO
/// Media File Format Binding §2.3). Some writers leave those at zero.
fn av1_chroma(configuration: &[u8]) -> Option<Chroma> {
    let (profile, flags) = (configuration.get(1)? >> 5, *configuration.get(2)?);
    let (is_twelve_bit, is_grey) = (flags & 0x20 != 0, flags & 0x10 != 0);
    match (profile, flags & 8 != 0, flags & 4 != 0) {
        _ if is_grey => Some(Chroma::Yuv400),
        (0, ..) => Some(Chroma::Yuv420),
        (1, ..) => Some(Chroma::Yuv444),
        _ if !is_twelve_bit => Some(Chroma::Yuv422),
        (_, true, true) => Some(Chroma::Yuv420),
        (_, true, false) => Some(Chroma::Yuv422),
        (_, false, false) => Some(Chroma::Yuv444),
        (_, false, true) => None,
    }
}

/// ISO/IEC 14496-15 §8.3.3.1.
fn hevc_chroma(format: u8) -> Option<Chroma> {
    match format & 3 {
        0 => Some(Chroma::Yuv400),
        1 => Some(Chroma::Yuv420),
        2 => Some(Chroma::Yuv422),
        _ => Some(Chroma::Yuv444),
    }
}

/// The first track of a sequence that holds pictures.
fn pictures_track(movie: &[u8]) -> Option<&[u8]> {
    Boxes::of(movie).filter(|(kind, _)| kind == b"trak").map(|(_, body)| body).find(|track| {
        let handler = Boxes::of(track).first(b"mdia").and_then(|it| Boxes::of(it).first(b"hdlr"));
        handler.and_then(|it| it.get(8..12)) == Some(b"pict")
    })
}

/// The delays of a track's samples, and how often it is shown.
fn animation(track: &[u8], details: &mut Details) {
    let Some(media) = Boxes::of(track).first(b"mdia") else { return };
    let within = |kind: &[u8; 4]| Boxes::of(media).first(kind);
    let samples = within(b"minf").and_then(|it| Boxes::of(it).first(b"stbl"));
    let table = samples.and_then(|it| Boxes::of(it).first(b"stts"));
    if details.codec.is_none() {
        let entry = samples.and_then(|it| Boxes::of(Boxes::of(it).first(b"stsd")?.get(8..)?).next());
        // The fields of a sample entry for pictures take 78 bytes (§12.1.3).
        let inner = entry.and_then(|(_, body)| body.get(78..)).unwrap_or_default();
        Boxes::of(inner).for_each(|(kind, body)| configuration(kind, body, details));
    }
    let (Some(header), Some(table)) = (within(b"mdhd").map(Numbers::big_endian), table) else { return };
    // Two times in four or eight bytes each come before the ticks a second.
    let ticks = header.get(if header.get(0, 1) == Some(0) { 12 } else { 20 }, 4).unwrap_or(0);
    for run in table.get(8..).unwrap_or_default().as_chunks::<8>().0 {
        let numbers = Numbers::big_endian(run);
        let (count, duration) = (numbers.get(0, 4).unwrap_or(0), numbers.get(4, 4).unwrap_or(0));
        let millis = (duration * 1_000 + ticks / 2).checked_div(ticks).unwrap_or(0);
        let room = (MOST_FRAMES - details.delays.len().min(MOST_FRAMES)) as u64;
        (0..count.min(room)).for_each(|_| add_delay(details, millis));
    }
    details.loops = Some(loops(track).unwrap_or(0));
    forget_stillness(details);
}

/// How often a track is shown, 0 for ever, by its length and that of what it repeats (AVIF 1.1 §3:
/// a track repeats its edit list until its duration is over); `None` where nothing is said.
fn loops(track: &[u8]) -> Option<u32> {
    let edits = Boxes::of(track).first(b"edts").and_then(|it| Boxes::of(it).first(b"elst")).map(Numbers::big_endian)?;
    let header = Boxes::of(track).first(b"tkhd").map(Numbers::big_endian)?;
    if edits.get(3, 1)? & 1 == 0 {
        return Some(1);
    }
    let wide = |numbers: &Numbers<'_>| numbers.get(0, 1).map(|it| if it == 0 { 4 } else { 8 });
    let segment = edits.get(8, wide(&edits)?)?;
    let header_wide = wide(&header)?;
    // Two times, the number of the track and a reserved word come before.
    let whole = header.get(4 + 2 * header_wide + 8, header_wide)?;
    let for_ever = if header_wide == 4 { u64::from(u32::MAX) } else { u64::MAX };
    if whole == for_ever || segment == 0 {
        return Some(0);
    }
    u32::try_from(whole.div_ceil(segment)).ok().map(|it| it.max(1))
}
