//! Pasted text: data URLs and base64, whole or in a line of HTML or CSS; pages behind links, names in headers.

#![no_main]

use inlaid::engine::embed::{
    Link, base64, bytes_in_text, decode_base64, decode_data_url, images_of_page, name_in_disposition,
};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Ok(pasted) = std::str::from_utf8(bytes)
        && let Ok(found) = bytes_in_text(pasted)
    {
        assert!(found.len() <= pasted.len(), "no text spells more bytes than it has");
    }
    if let Ok(address) = Link::parse("https://example.org/a/page.html") {
        let links = images_of_page(bytes, &address);
        assert!(links.iter().all(|it| Link::parse(it.as_str()).as_ref() == Ok(it)), "{links:?}");
    }
    let name = name_in_disposition(&String::from_utf8_lossy(bytes)).unwrap_or_default();
    assert!(!name.contains(|it: char| it.is_control() || "/\\".contains(it)), "{name:?}");
    // What is written is read back, bare and as a URL.
    if !bytes.is_empty() {
        let written = base64(bytes);
        assert_eq!(decode_base64(&written).as_deref(), Ok(bytes));
        assert_eq!(decode_data_url(&format!("data:image/png;base64,{written}")).as_deref(), Ok(bytes));
    }
});
