//! JPEG files that the fast decoder turns into garbage without an error.

use inlaid::engine::{
    Cancel, Decoded, EngineError, Limits, Raster, Source, Tools, Warning,
    decode::{DecodeOptions, Fonts, decode},
};

const SIDE: u16 = 96;

/// Slow waves in each channel, so that subsampling costs next to nothing.
fn picture() -> Vec<u8> {
    let wave = |at: u16, period: f64| ((f64::from(at) / period).sin() * 100.0 + 128.0) as u8;
    let pixel = |y: u16, x: u16| [wave(x, 17.0), wave(y, 23.0), wave(x + y, 31.0)];
    (0..SIDE).flat_map(|y| (0..SIDE).flat_map(move |x| pixel(y, x))).collect()
}

/// A baseline file with subsampled colours. Optimised Huffman tables make this encoder write
/// each component in a scan of its own.
fn encoded(with_separate_scans: bool) -> Result<Vec<u8>, jpeg_encoder::EncodingError> {
    let mut bytes = vec![];
    let mut encoder = jpeg_encoder::Encoder::new(&mut bytes, 92);
    encoder.set_sampling_factor(jpeg_encoder::SamplingFactor::F_2_2);
    encoder.set_optimized_huffman_tables(with_separate_scans);
    encoder.encode(&picture(), SIDE, SIDE, jpeg_encoder::ColorType::Rgb)?;
    Ok(bytes)
}

/// The number of scans: start-of-scan markers cannot appear inside coded data.
fn scans(bytes: &[u8]) -> usize {
    bytes.windows(2).filter(|pair| *pair == [0xff, 0xda]).count()
}

fn decoded(bytes: Vec<u8>) -> Result<Decoded, EngineError> {
    let (limits, fonts, cancel) = (Limits::default(), Fonts::default(), Cancel::default());
    let tools = Tools { limits: &limits, fonts: &fonts, observer: &(), cancel: &cancel };
    decode(&Source::new("waves.jpg", bytes), &DecodeOptions::default(), tools)
}

/// Peak signal-to-noise ratio against the picture before encoding, in dB.
fn psnr(raster: &Raster) -> f64 {
    let squares = raster.bytes().iter().zip(picture()).map(|(a, b)| f64::from(a.abs_diff(b)).powi(2));
    let mean = squares.sum::<f64>() / raster.bytes().len() as f64;
    10.0 * (255.0 * 255.0 / mean).log10()
}

#[test]
fn components_in_scans_of_their_own_are_read_like_interleaved_ones() {
    for with_separate_scans in [false, true] {
        let bytes = encoded(with_separate_scans).unwrap();
        assert_eq!(scans(&bytes), if with_separate_scans { 3 } else { 1 }, "the encoder behaves as described");
        let decoded = decoded(bytes).unwrap();
        let raster = &decoded.raster;
        assert!(decoded.facts.warnings.is_empty());
        assert_eq!(raster.size(), [u32::from(SIDE); 2]);
        // The wrong reading has 4 to 7 dB.
        assert!(30.0 < psnr(raster), "{with_separate_scans}: {:.1} dB", psnr(raster));
    }
}

#[test]
fn what_there_is_of_a_cut_file_is_shown_with_a_warning() {
    let whole = encoded(false).unwrap();
    let cut = decoded(whole[..whole.len() * 3 / 4].to_vec()).unwrap();
    assert_eq!(cut.facts.warnings, [Warning::Truncated]);
    let all = decoded(whole).unwrap();
    // The upper quarter is all there, and what is missing is not.
    let quarter = all.raster.bytes().len() / 4;
    assert!(cut.raster.bytes()[..quarter] == all.raster.bytes()[..quarter]);
    assert!(cut.raster.bytes()[3 * quarter..] != all.raster.bytes()[3 * quarter..]);
}
