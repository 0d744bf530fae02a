//! Portable float maps: linear light behind a header of text, by Debevec's description of the format.

use super::{
    hdr,
    pixels::{Pixels, Samples},
    still::Stored,
};
use crate::engine::{EngineError, Format, Gamut, Tools, Warning};

/// Is it a float map, not one of the older kinds?
pub(super) fn is_pfm(bytes: &[u8]) -> bool {
    matches!(bytes, [b'P', b'F' | b'f', space, digit, ..] if space.is_ascii_whitespace() && digit.is_ascii_digit())
}

/// Decodes a float map; the rows come from the bottom up.
///
/// # Errors
/// Any of [`EngineError`]'s reading errors.
pub(super) fn decode(bytes: &[u8], tools: Tools<'_>) -> Result<Stored, EngineError> {
    let channels = if bytes.starts_with(b"PF") { 3 } else { 1 };
    let (width, height, scale, data) = header(bytes).ok_or_else(|| damaged("its header is broken"))?;
    tools.limits.check(width, height, 6 * channels as u64)?;
    tools.cancel.check()?;
    // A negative scale stands for the order of bytes.
    let number = if scale < 0.0 { f32::from_le_bytes } else { f32::from_be_bytes };
    let row = width as usize * channels;
    let mut light = vec![0.0; row * height as usize];
    let is_cut = data.len() / 4 < light.len();
    if data.len() < 4 {
        return Err(damaged("there are no pixels in it"));
    }
    for (to, from) in light.chunks_exact_mut(row).rev().zip(data.chunks(row * 4)) {
        to.iter_mut().zip(from.as_chunks::<4>().0).for_each(|(to, from)| *to = number(*from));
    }
    let gamut = if hdr::exceeds_white(&light, channels) { Gamut::Hdr } else { Gamut::Srgb };
    let samples = Samples::Wide(hdr::shown_scene(&light, channels));
    let warnings = if is_cut { vec![Warning::Truncated] } else { vec![] };
    let pixels = Pixels { width, height, channels, samples };
    Ok(Stored { gamut, warnings, ..Stored::plain(pixels, 32) })
}

/// Width, height, scale, and what follows the one white space behind them.
fn header(bytes: &[u8]) -> Option<(u32, u32, f32, &[u8])> {
    let mut rest = bytes.get(2..)?;
    let mut word = || {
        let start = rest.iter().position(|byte| !byte.is_ascii_whitespace())?;
        let word = rest.get(start..)?;
        let end = word.iter().position(u8::is_ascii_whitespace)?;
        rest = word.get(end + 1..)?;
        std::str::from_utf8(word.get(..end)?).ok()
    };
    let (width, height) = (word()?.parse().ok()?, word()?.parse().ok()?);
    let scale = word()?.parse().ok()?;
    Some((width, height, scale, rest))
}

fn damaged(what: &str) -> EngineError {
    EngineError::Damaged { format: Format::Pnm, cause: what.into() }
}

#[cfg(test)]
mod tests {
    use super::{decode, header, is_pfm};
    use crate::engine::{
        Cancel, Limits, Tools,
        decode::{Fonts, pixels::Samples},
    };

    #[test]
    fn rows_come_from_the_bottom_up() {
        let (limits, fonts, cancel) = (Limits::default(), Fonts::default(), Cancel::default());
        for (scale, bytes) in [("-1.0", f32::to_le_bytes as fn(f32) -> [u8; 4]), ("1", f32::to_be_bytes)] {
            let mut file = format!("Pf\n1 2\n{scale}\n").into_bytes();
            file.extend([1.0, 0.0].map(bytes).concat());
            assert!(is_pfm(&file));
            let stored = decode(&file, Tools::new(&limits, &fonts, &cancel)).unwrap();
            assert!(matches!(stored.pixels.samples, Samples::Wide(it) if it == [0, 65_535]));
        }
        assert_eq!(header(b"PF\n3 "), None);
        assert!(!is_pfm(b"Pf. Meier"));
    }
}
