//! What the fuzz targets have in common: bytes of one format, decoded within small limits.

use inlaid::engine::{
    Cancel, Format, Limits, Source, Tools,
    decode::{self, DecodeOptions, Fonts},
    details::{MOST_FRAMES, MOST_PARTS},
};
pub use libfuzzer_sys;
use libfuzzer_sys::Corpus;

/// As little as finds what is to be found: a run must not take longer than a blink.
const LIMITS: Limits = Limits { max_pixels: 1 << 20, max_bytes: 64_000_000, max_source_bytes: 1 << 20 };

/// Decodes what looks like this format; anything else is not kept among the seeds.
///
/// # Panics
/// When a result contradicts itself.
pub fn decodes(format: Format, bytes: &[u8]) -> Corpus {
    let source = Source::new("fuzz", bytes);
    if source.format() != Some(format) {
        return Corpus::Reject;
    }
    let (fonts, cancel) = (Fonts::default(), Cancel::default());
    let tools = Tools::new(&LIMITS, &fonts, &cancel);
    if let Ok(decoded) = decode::decode(&source, &DecodeOptions::default(), tools) {
        let (facts, raster) = (&decoded.facts, &decoded.raster);
        assert_eq!(facts.size, raster.size());
        assert!((1..=8).contains(&facts.orientation) && facts.frames != Some(0));
        assert!(facts.details.delays.len() <= MOST_FRAMES && facts.details.metadata.len() <= MOST_PARTS);
    }
    // Errors are as good as results here: only what ends the process is a find.
    drop(decode::decode(&source, &DecodeOptions { enough: Some([1, 1]), ..DecodeOptions::default() }, tools));
    drop(decode::glimpse(&source, tools));
    if format == Format::Svg {
        drop(decode::measure(&source, tools));
    }
    Corpus::Keep
}

/// The whole target of one format.
#[macro_export]
macro_rules! decodes {
    ($format:ident) => {
        $crate::libfuzzer_sys::fuzz_target!(|bytes: &[u8]| -> $crate::libfuzzer_sys::Corpus {
            $crate::decodes(inlaid::engine::Format::$format, bytes)
        });
    };
}
