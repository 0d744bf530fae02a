//! Metadata in the chunks of a PNG (PNG third edition §11.3, XMP specification part 3 §1.1.5).

use super::{Carried, Found, MOST_BYTES, Note, Part, leave_out};
use crate::engine::{Encoded, Warning, decode::details::png::XMP_KEYWORD, decode::frames::Chunks};
use flate2::{Crc, read::ZlibDecoder};
use std::{borrow::Cow, io::Read as _};

const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";
/// A chunk states its length in 31 bits.
const MOST_BODY: usize = i32::MAX as usize;
/// As long a keyword may be.
const MOST_KEYWORD: usize = 79;
/// How ImageMagick stores what had no chunk of its own.
const RAW_PROFILE: &str = "Raw profile type ";
/// Metres an inch.
const INCH_M: f64 = 0.0254;

pub(super) fn find(bytes: &[u8]) -> Found<'_> {
    let mut found = Found::default();
    for (kind, body) in Chunks::of_png(bytes) {
        match &kind {
            b"IEND" => break,
            b"eXIf" => found.exif = found.exif.or(Some(Cow::Borrowed(body))),
            b"tEXt" | b"zTXt" | b"iTXt" => {
                let Some((keyword, text)) = text(kind, body) else { continue };
                if keyword == XMP_KEYWORD {
                    found.xmp.get_or_insert(text);
                } else {
                    add_note(&mut found, kind, keyword, &text);
                }
            }
            _ => {}
        }
    }
    found
}

/// A keyword and its text, inflated where it is not stored as it is.
fn text(kind: [u8; 4], body: &[u8]) -> Option<(&[u8], Cow<'_, [u8]>)> {
    let (keyword, rest) = split_at_zero(body)?;
    let (is_deflated, data) = match &kind {
        b"tEXt" => (false, rest),
        b"zTXt" => (true, rest.strip_prefix(&[0])?),
        _ => {
            let [flag, _method, rest @ ..] = rest else { return None };
            // A language and a translated keyword.
            let (_, rest) = split_at_zero(rest)?;
            (*flag == 1, split_at_zero(rest)?.1)
        }
    };
    if !is_deflated {
        return Some((keyword, Cow::Borrowed(data)));
    }
    let mut inflated = vec![];
    ZlibDecoder::new(data).take(MOST_BYTES as u64 + 1).read_to_end(&mut inflated).ok()?;
    Some((keyword, Cow::Owned(inflated)))
}

fn split_at_zero(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let at = bytes.iter().position(|it| *it == 0)?;
    Some((bytes.get(..at)?, bytes.get(at + 1..)?))
}

fn add_note(found: &mut Found<'_>, kind: [u8; 4], keyword: &[u8], text: &[u8]) {
    let latin = |it: &[u8]| it.iter().copied().map(char::from).collect::<String>();
    let keyword = latin(keyword);
    if !keyword.starts_with(RAW_PROFILE) {
        // Only the youngest kind of text is in UTF-8.
        let text = if &kind == b"iTXt" { super::decoded(text) } else { Cow::Owned(latin(text)) };
        found.note(&keyword, text);
    }
}

/// As [`super::rewritten`].
pub(super) fn rewrite(
    encoded: &Encoded,
    carried: &Carried,
    keeps_profile: bool,
    warnings: &mut Vec<Warning>,
) -> Option<Vec<u8>> {
    let mut file = SIGNATURE.to_vec();
    for (kind, body) in Chunks::of_png(&encoded.bytes) {
        let stays = match &kind {
            b"cHRM" | b"cICP" | b"gAMA" | b"iCCP" | b"sRGB" | b"mDCV" | b"cLLI" => keeps_profile,
            b"tRNS" => true,
            // An upper-case first letter: needed to show the picture.
            [first, ..] => first.is_ascii_uppercase(),
        };
        if stays {
            push(&mut file, kind, body);
        }
        match &kind {
            b"IHDR" => carry(&mut file, carried, warnings),
            b"IEND" => return Some(file),
            _ => {}
        }
    }
    // It ends early.
    None
}

fn carry(file: &mut Vec<u8>, carried: &Carried, warnings: &mut Vec<Warning>) {
    if let Some(hundredths) = carried.density {
        // Pixels a metre, across and down; then the unit.
        let [x, y] = hundredths.map(|it| ((f64::from(it) / 100.0 / INCH_M).round() as u32).to_be_bytes());
        push(file, *b"pHYs", &[&x[..], &y, &[1]].concat());
    }
    if let Some(block) = &carried.exif {
        push(file, *b"eXIf", block);
    }
    if let Some(packet) = &carried.xmp {
        push(file, *b"iTXt", &[XMP_KEYWORD, &[0, 0, 0, 0, 0], packet].concat());
    }
    for note in &carried.notes {
        match note_chunk(note) {
            Some((kind, body)) => push(file, kind, &body),
            None => leave_out(warnings, Part::Comments, "its name is none that PNG allows"),
        }
    }
}

/// In Latin-1 where that is enough, else in UTF-8.
fn note_chunk(note: &Note) -> Option<([u8; 4], Vec<u8>)> {
    let latin = |text: &str| text.chars().map(|it| u8::try_from(it).ok()).collect::<Option<Vec<u8>>>();
    let is_printable = |it: &u8| matches!(it, b' '..=b'~' | 0xa1..);
    let keyword =
        latin(&note.keyword).filter(|it| (1..=MOST_KEYWORD).contains(&it.len()) && it.iter().all(is_printable))?;
    Some(match latin(&note.text) {
        Some(text) => (*b"tEXt", [&keyword[..], &[0], &text].concat()),
        None => (*b"iTXt", [&keyword[..], &[0, 0, 0, 0, 0], note.text.as_bytes()].concat()),
    })
}

/// Appends a chunk: length, kind, body, checksum. What is carried is far shorter than it may be.
fn push(file: &mut Vec<u8>, kind: [u8; 4], body: &[u8]) {
    let mut crc = Crc::new();
    crc.update(&kind);
    crc.update(body);
    file.extend((body.len().min(MOST_BODY) as u32).to_be_bytes());
    file.extend(kind);
    file.extend(body);
    file.extend(crc.sum().to_be_bytes());
}
