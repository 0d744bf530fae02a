//! Pasted text: data URLs and base64, whole or in a line of HTML or CSS.

#![no_main]

use inlaid::engine::embed::{base64, bytes_in_text, decode_base64, decode_data_url};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Ok(pasted) = std::str::from_utf8(bytes)
        && let Ok(found) = bytes_in_text(pasted)
    {
        assert!(found.len() <= pasted.len(), "no text spells more bytes than it has");
    }
    // What is written is read back, bare and as a URL.
    if !bytes.is_empty() {
        let written = base64(bytes);
        assert_eq!(decode_base64(&written).as_deref(), Ok(bytes));
        assert_eq!(decode_data_url(&format!("data:image/png;base64,{written}")).as_deref(), Ok(bytes));
    }
});
