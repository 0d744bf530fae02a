//! A sequential JPEG made on all cores: rows of coded units are transformed side by side, then strips
//! of them are coded side by side, between restart markers (ITU-T T.81 F.1.1.5), with Huffman codes
//! made for the whole picture.
//!
//! While they are coded, the coefficients become pixels again just as a decoder makes them, so that
//! nobody has to read the bits to show the result.

use super::{
    blocks::{Picture, Planes, Quantiser},
    code::{Codes, Counts, Writer},
    header,
};
use crate::engine::{
    Cancel,
    decode::jpeg::{Frame, redraw},
    error::Cause,
};
use rayon::prelude::*;

/// Pixels of a strip at least, so that its marker, its first means and its last byte do not count.
const PIXELS: u64 = 1 << 16;
/// Strips at most; more would only cost bytes.
const MOST: u64 = 32;

/// What is to be made of a picture.
pub(super) struct Wish<'a> {
    /// 1 to 100, as mozjpeg scales its tables.
    pub(super) quality: u8,
    /// Pixels that share their colour, across and down: 1 or 2.
    pub(super) shared: [u32; 2],
    /// Are details weighed against the bits that they take?
    pub(super) spares: bool,
    /// ICC profile.
    pub(super) profile: Option<&'a [u8]>,
}

/// The bytes, and the samples that they decode back to: those of one channel, or of three
/// interleaved.
pub(super) struct Coded {
    pub(super) bytes: Vec<u8>,
    pub(super) samples: Vec<u8>,
}

/// Codes the picture.
///
/// # Errors
/// When somebody asked to stop.
pub(super) fn encode(picture: Picture<'_>, wish: &Wish<'_>, cancel: &Cancel) -> Result<Coded, Cause> {
    let quantisers = Quantiser::for_channels(picture.channels, wish.quality, wish.spares);
    let tables: Vec<[u16; 64]> = quantisers.iter().map(Quantiser::stored).collect();
    let shared = if picture.channels == 1 { [1, 1] } else { wish.shared };
    let frame = Frame::sequential(picture.size, shared, &tables);
    let planes = Planes::of(picture, &frame, &quantisers, cancel)?;
    let rows = rows_of_a_strip(&frame);
    let coded = || -> Result<Vec<u8>, Cause> {
        let codes = Codes::of(&counts(&frame, &planes, rows), planes.grids.len())?;
        let head = header::bytes(&frame, &codes, frame.units_across * rows, wish.profile);
        let strips = strips(&frame, rows).map(|strip| written(&frame, &planes, strip, &codes, cancel));
        Ok(assembled(head, &strips.collect::<Result<Vec<_>, _>>()?))
    };
    let (bytes, samples) = rayon::join(coded, || redraw(&frame, &planes.grids, cancel));
    Ok(Coded { bytes: bytes?, samples: samples.ok_or("cancelled")? })
}

/// Rows of coded units in a strip; by the picture alone, so that its bytes do not depend on the
/// number of cores.
fn rows_of_a_strip(frame: &Frame) -> u32 {
    let strips = (u64::from(frame.width) * u64::from(frame.height) / PIXELS).clamp(1, MOST);
    // At most MOST.
    let rows = frame.units_down.div_ceil(strips as u32);
    // An interval has 16 bits; a row of the widest picture has 8,192 units.
    rows.min(u32::from(u16::MAX) / frame.units_across)
}

/// The rows of coded units of each strip.
fn strips(frame: &Frame, rows: u32) -> impl IndexedParallelIterator<Item = std::ops::Range<u32>> {
    let down = frame.units_down;
    (0..down.div_ceil(rows)).into_par_iter().map(move |at| at * rows..((at + 1) * rows).min(down))
}

fn counts(frame: &Frame, planes: &Planes, rows: u32) -> Counts {
    let counted = |strip| {
        let mut counts = Counts::default();
        planes.walk(frame, strip, |component, block, mask| counts.add(component, block, mask));
        counts
    };
    strips(frame, rows).map(counted).reduce(Counts::default, |a, b| a.joined(&b))
}

fn written(
    frame: &Frame,
    planes: &Planes,
    strip: std::ops::Range<u32>,
    codes: &Codes,
    cancel: &Cancel,
) -> Result<Vec<u8>, Cause> {
    cancel.check()?;
    let mut writer = Writer::new(codes);
    planes.walk(frame, strip, |component, block, mask| writer.add(component, block, mask));
    Ok(writer.into_bytes())
}

/// All strips with restart markers between them, numbered 0 to 7 over and over.
fn assembled(mut bytes: Vec<u8>, strips: &[Vec<u8>]) -> Vec<u8> {
    bytes.reserve(strips.iter().map(|it| it.len() + 2).sum());
    for (at, strip) in strips.iter().enumerate() {
        if at != 0 {
            // Of eight.
            bytes.extend([0xff, 0xd0 + ((at - 1) % 8) as u8]);
        }
        bytes.extend(strip);
    }
    bytes.extend([0xff, 0xd9]);
    bytes
}
