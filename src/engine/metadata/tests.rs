//! Containers in pieces; what whole ones give is told by `tests/metadata.rs`.

use super::{Carried, Note, jpeg, png, webp};
use crate::engine::{Encoded, Format, Warning};

fn rewritten(format: Format, bytes: &[u8], carried: &Carried) -> (Option<Vec<u8>>, Vec<Warning>) {
    let encoded = Encoded { format, bytes: bytes.into(), size: [3, 2], warnings: vec![] };
    let mut warnings = vec![];
    (super::rewritten(&encoded, carried, true, &mut warnings), warnings)
}

/// A JPEG whose scans hold all that may stand in one, and comments where nobody looks for them.
const JPEG: [&[u8]; 8] = [
    b"\xff\xd8",
    b"\xff\xff\xfe\0\x06text",
    b"\xff\xdb\0\x03Q",
    // A scan of one component: a byte of ones, a restart, fill bytes.
    b"\xff\xda\0\x03Sab\xff\0c\xff\xd0d\xff",
    b"\xff\xfe\0\x06text",
    b"\xff\xda\0\x03S\xff\xd7e",
    b"\xff\xd9",
    b"\xff\xd8another picture\xff\xd9",
];

#[test]
fn a_jpeg_keeps_its_scans_and_nothing_else() {
    let (file, _) = rewritten(Format::Jpeg, &JPEG.concat(), &Carried::default());
    let wanted: &[&[u8]] = &[
        b"\xff\xd8",
        b"\xff\xdb\0\x03Q",
        b"\xff\xda\0\x03Sab\xff\0c\xff\xd0d\xff",
        b"\xff\xda\0\x03S\xff\xd7e",
        b"\xff\xd9",
    ];
    assert_eq!(file, Some(wanted.concat()));
}

#[test]
fn texts_of_png_are_in_latin_1_where_that_is_enough() {
    let notes = [("Author", "Zoë"), ("Comment", "Ω"), ("", "nameless")];
    let notes = notes.map(|(keyword, text)| Note { keyword: keyword.to_owned(), text: text.to_owned() });
    let carried = Carried { notes: notes.to_vec(), ..Carried::default() };
    let plain = b"\x89PNG\r\n\x1a\n\0\0\0\0IHDR\0\0\0\0\0\0\0\0IEND\0\0\0\0";
    let (file, warnings) = rewritten(Format::Png, plain, &carried);
    let file = file.unwrap();
    let has = |words: &[u8]| file.windows(words.len()).any(|it| it == words);
    assert!(has(b"\0\0\0\x0atEXtAuthor\0Zo\xeb") && has(b"\0\0\0\x0eiTXtComment\0\0\0\0\0\xce\xa9"));
    assert_eq!(warnings.len(), 1);
    let found = png::find(&file).notes;
    assert_eq!(found, notes.get(..2).unwrap());
    // In a JPEG only what is no mere comment is named.
    let (file, _) = rewritten(Format::Jpeg, b"\xff\xd8\xff\xd9", &carried);
    assert!(file.unwrap().starts_with(b"\xff\xd8\xff\xfe\0\x0eAuthor: Zo\xc3\xab\xff\xfe\0\x04\xce\xa9"));
}

#[test]
fn wherever_a_file_breaks_off_nothing_breaks() {
    let jpeg_file = JPEG.concat();
    let png_file =
        b"\x89PNG\r\n\x1a\n\0\0\0\0IHDR\0\0\0\0\0\0\0\x0czTXtab\0\0x\x9c\0\0\0\0\0\0\0\0\0\0\0\0\0\0IEND\0\0\0\0";
    let webp_file = b"RIFF\x20\0\0\0WEBPVP8L\x05\0\0\0\x2f\x02\x40\0\x10\0EXIF\x03\0\0\0abc\0";
    let whole = |format, bytes: &[u8]| rewritten(format, bytes, &Carried::default()).0.is_some();
    assert!(whole(Format::Jpeg, &jpeg_file) && whole(Format::Png, png_file) && whole(Format::WebP, webp_file));
    // The end of the picture, behind which there is more.
    let end = jpeg_file.len() - 19;
    for length in 0..jpeg_file.len() {
        jpeg::find(&jpeg_file[..length]);
        assert_eq!(whole(Format::Jpeg, &jpeg_file[..length]), end <= length, "{length}");
    }
    for length in 0..png_file.len() {
        png::find(&png_file[..length]);
        whole(Format::Png, &png_file[..length]);
    }
    for length in 0..webp_file.len() {
        webp::find(&webp_file[..length]);
        whole(Format::WebP, &webp_file[..length]);
    }
}
