//! A text where it travels compressed: a page and its stylesheets do.

use super::Snippet;
use crate::engine::{Cancel, EngineError};
use brotli::{CompressorWriter, enc::BrotliEncoderParams};
use std::io::Write as _;

/// Servers take the time for it where they compress ahead, and nothing comes out smaller.
const QUALITY: i32 = 11;
/// The logarithm of the window; that of servers, and the largest that every browser takes.
const WINDOW: i32 = 22;
/// Between two looks at the flag.
const PIECE: usize = 64 * 1024;

impl Snippet {
    /// The whole text as brotli (RFC 7932), at its highest quality.
    ///
    /// # Errors
    /// [`EngineError::Cancelled`].
    pub fn brotli(&self, cancel: &Cancel) -> Result<Vec<u8>, EngineError> {
        brotli([self.before.as_str(), &self.body, self.after.as_str()].map(str::as_bytes), cancel)
    }
}

/// These bytes, one after the other, as brotli (RFC 7932), at its highest quality: half a second for each quarter of
/// a megabyte, and within that it hears of no cancel.
///
/// # Errors
/// [`EngineError::Cancelled`].
pub fn brotli<const N: usize>(parts: [&[u8]; N], cancel: &Cancel) -> Result<Vec<u8>, EngineError> {
    let size_hint = parts.iter().map(|it| it.len()).sum();
    let params = BrotliEncoderParams { quality: QUALITY, lgwin: WINDOW, size_hint, ..Default::default() };
    let mut writer = CompressorWriter::with_params(vec![], 0, &params);
    for piece in parts.iter().flat_map(|it| it.chunks(PIECE)) {
        cancel.check()?;
        // Memory takes all that is written to it.
        writer.write_all(piece).map_err(|_never| EngineError::Cancelled)?;
    }
    Ok(writer.into_inner())
}

#[cfg(test)]
mod tests {
    use super::{Cancel, EngineError, Snippet};
    use std::io::Read as _;

    /// By the decoder, a package of its own.
    fn text_of(bytes: &[u8]) -> String {
        let mut text = String::new();
        brotli_decompressor::Decompressor::new(bytes, 4_096).read_to_string(&mut text).unwrap();
        text
    }

    #[test]
    fn the_text_comes_back() {
        let markup = "<svg xmlns='http://www.w3.org/2000/svg'><path d='M0 0h9v9z'/></svg>".repeat(3_000);
        let noise: String =
            (0_u32..90_000).map(|it| char::from(33 + (it.wrapping_mul(2_654_435_761) >> 26) as u8)).collect();
        for (body, most) in [(String::new(), 50), (markup, 400), (noise, 90_000)] {
            let snippet = Snippet { before: "url(\"é".to_owned(), body: body.into(), after: "\")".to_owned() };
            let bytes = snippet.brotli(&Cancel::default()).unwrap();
            assert_eq!(text_of(&bytes), snippet.to_string());
            assert!(bytes.len() < most, "{}", bytes.len());
        }
    }

    #[test]
    fn it_stops_when_nobody_waits() {
        let snippet = Snippet { before: String::new(), body: "a".into(), after: String::new() };
        let cancel = Cancel::default();
        cancel.cancel();
        assert!(matches!(snippet.brotli(&cancel), Err(EngineError::Cancelled)));
    }
}
