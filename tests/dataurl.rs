//! Text back to bytes against vectors that browsers are tested with.
//!
//! A small set lies in `tests/dataurl`; `INLAID_CORPUS` adds a larger one.

#![expect(clippy::expect_used, clippy::unwrap_used, reason = "a test fails by panicking")]

use base64::Engine as _;
use inlaid::engine::embed::{base64, decode_base64, decode_data_url};
use serde_json::Value;
use std::{
    fs,
    path::{Path, PathBuf},
};

/// The folders to take vectors from.
fn folders() -> Vec<PathBuf> {
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/dataurl")];
    if let Some(corpus) = std::env::var_os("INLAID_CORPUS") {
        let folder = Path::new(&corpus).join("dataurl");
        assert!(folder.is_dir(), "INLAID_CORPUS is set, but {} is no folder", folder.display());
        folders.push(folder);
    }
    folders
}

/// All vector files whose name has this beginning and end.
fn files(begin: &str, end: &str) -> Vec<String> {
    let mut found = vec![];
    for folder in folders() {
        for entry in fs::read_dir(&folder).expect("readable folder") {
            let path = entry.expect("entry").path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if name.starts_with(begin) && name.ends_with(end) {
                found.push(fs::read_to_string(&path).expect("readable vectors"));
            }
        }
    }
    found
}

/// The rows of all such JSON files.
fn rows(begin: &str) -> Vec<Vec<Value>> {
    let texts = files(begin, ".json");
    assert!(!texts.is_empty(), "no vectors begin with {begin}");
    texts.iter().flat_map(|text| serde_json::from_str::<Vec<Vec<Value>>>(text).expect("rows")).collect()
}

fn bytes(value: &Value) -> Vec<u8> {
    let numbers = value.as_array().expect("bytes").iter();
    numbers.map(|it| u8::try_from(it.as_u64().expect("a number")).expect("a byte")).collect()
}

#[test]
fn data_urls_as_browsers_read_them() {
    for row in rows("data-urls") {
        let url = row[0].as_str().expect("a URL");
        // A row without a MIME type has its bytes in the second place.
        match row.last().expect("a body") {
            Value::Null => assert!(decode_data_url(url).is_err(), "{url:?}"),
            body => assert_eq!(decode_data_url(url).as_deref(), Ok(&*bytes(body)), "{url:?}"),
        }
    }
}

#[test]
fn base64_as_browsers_read_it() {
    for row in rows("base64.") {
        let text = row[0].as_str().expect("a text");
        let ours = decode_base64(text);
        match &row[1] {
            // We also take the URL-safe alphabet, which must then give its own bytes.
            Value::Null if text.contains(['-', '_']) && ours.is_ok() => {
                assert_eq!(ours.ok(), url_safe(text), "{text:?}");
            }
            Value::Null => assert!(ours.is_err(), "{text:?}"),
            body => assert_eq!(ours, Ok(bytes(body)), "{text:?}"),
        }
    }
}

/// RFC 4648 §5 without padding; bits beyond the last byte are ignored.
fn url_safe(text: &str) -> Option<Vec<u8>> {
    let config = base64::engine::GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(base64::engine::DecodePaddingMode::Indifferent);
    base64::engine::GeneralPurpose::new(&base64::alphabet::URL_SAFE, config).decode(text).ok()
}

/// Columns: operation, text as a JSON string, expected hex or ERROR or both, source.
#[test]
fn base64_of_other_tools() {
    for text in files("base64-vectors", ".tsv") {
        for line in text.lines().skip(1) {
            let mut fields = line.split('\t');
            let mut field = || fields.next().expect("a field");
            let (operation, input, expected) = (field(), field(), field());
            if operation == "encode-url" {
                continue; // Results are always in the standard alphabet.
            }
            let input: String = serde_json::from_str(input).expect("a JSON string");
            let ours = match decode_base64(&input) {
                Ok(bytes) => bytes.iter().map(|it| format!("{it:02x}")).collect(),
                Err(_) => "ERROR".to_owned(),
            };
            assert!(expected.split('|').any(|it| it == ours), "{line}: {ours}");
            if operation == "both" {
                assert_eq!(*base64(&decode_base64(&input).expect("bytes")), *input, "{line}");
            }
        }
    }
}
