//! What the fuzz targets have in common: bytes of one format, decoded within small limits.

use inlaid::engine::{
    Cache, Cancel, Decoded, Format, KeptMetadata, Limits, Recipe, Source, Tools,
    decode::{self, DecodeOptions, Fonts},
    details::{MOST_FRAMES, MOST_PARTS},
    pipeline,
    recipe::Effort,
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
        rendered(&source, &decoded, tools);
    }
    // Errors are as good as results here: only what ends the process is a find.
    drop(decode::decode(&source, &DecodeOptions { enough: Some([1, 1]), ..DecodeOptions::default() }, tools));
    drop(decode::glimpse(&source, tools));
    if format == Format::Svg {
        drop(decode::measure(&source, tools));
    }
    Corpus::Keep
}

/// Larger pictures take too long to encode.
const MOST_ENCODED: u32 = 4_096;

/// Writes it again with all that it carries, or as the drawing that it is.
fn rendered(source: &Source, decoded: &Decoded, tools: Tools<'_>) {
    let Decoded { raster, facts } = decoded;
    if MOST_ENCODED < raster.width().saturating_mul(raster.height()) {
        return;
    }
    let mut recipe = Recipe::new(if facts.format.can_write() { facts.format } else { Format::Jpeg });
    (recipe.output.keep, recipe.output.effort) = (KeptMetadata::ALL, Effort::Fast);
    let mut cache = Cache::default();
    cache.prime(source, decoded);
    if let Ok(product) = pipeline::render(source, &recipe, &mut cache, true, tools) {
        assert_eq!(Some(product.encoded.size), product.preview.map(|it| it.size()));
    }
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
