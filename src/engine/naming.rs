//! Suggested file names.
//!
//! A suggestion must be a name that every common file system takes, since the folder it ends
//! up in is not known yet: no separators, nothing Windows reserves, not hidden, not too long.

use std::path::{Path, PathBuf};

/// The name of a picture that came from the clipboard.
pub const PASTED: &str = "pasted image";

/// The name of a picture whose bytes were dropped, without a file.
pub const DROPPED: &str = "dropped image";

/// The name of a picture that another program copied.
pub const COPIED: &str = "copied image";

/// The stem for pictures without a name of their own.
pub const DEFAULT_STEM: &str = "image";

/// Longest stem in bytes: with a size, an extension and a temporary suffix it stays below the
/// 255 bytes of most file systems.
const LONGEST_STEM: usize = 200;

/// Longest thing after a dot that still counts as an extension.
const LONGEST_EXTENSION: usize = 8;

/// Is this, found behind the last dot of a name, an extension? The `15` of `at 10.30.15` is not.
pub fn is_extension(text: &str) -> bool {
    (1..=LONGEST_EXTENSION).contains(&text.len())
        && text.bytes().all(|it| it.is_ascii_alphanumeric())
        && text.bytes().any(|it| it.is_ascii_alphabetic())
}

/// The part of a source's name that its results keep, fit for every file system.
pub fn stem(name: &str) -> String {
    let name = if [PASTED, DROPPED, COPIED].contains(&name) { DEFAULT_STEM } else { name };
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let bare = without_extension(name);
    let safe: String = bare.chars().map(|it| if is_forbidden(it) { '_' } else { it }).collect();
    // Leading dots hide a file; Windows drops dots and spaces at the end.
    let safe = safe.trim_start_matches(['.', ' ']).trim_end_matches(['.', ' ']);
    let end = safe.char_indices().map(|(at, it)| at + it.len_utf8()).take_while(|end| *end <= LONGEST_STEM).last();
    let safe = safe.get(..end.unwrap_or(0)).unwrap_or_default().trim_end_matches(['.', ' ']);
    if safe.is_empty() {
        DEFAULT_STEM.to_owned()
    } else if is_reserved(safe) {
        format!("_{safe}")
    } else {
        safe.to_owned()
    }
}

/// A file's name as words for those who do not see the picture: `my-logo.png` to `my logo`.
pub fn alternative_text(name: &str) -> String {
    without_extension(name).replace(['-', '_'], " ")
}

fn without_extension(name: &str) -> &str {
    match name.rsplit_once('.') {
        Some((before, extension)) if is_extension(extension) => before,
        _ => name,
    }
}

/// `sunset.jpg` to `sunset.webp`, or `sunset-800x600.jpg` where that would be the source itself.
///
/// `size` is width and height of the result in pixels.
pub fn suggested(source: &str, extension: &str, size: [u32; 2]) -> String {
    let plain = named(&stem(source), extension);
    // Upper and lower case are the same file on some systems.
    if plain.eq_ignore_ascii_case(source) { named(&sized_stem(&stem(source), size), extension) } else { plain }
}

/// `sunset` to `sunset-800x600`.
pub fn sized_stem(stem: &str, [width, height]: [u32; 2]) -> String {
    format!("{stem}-{width}x{height}")
}

/// A stem with an extension (given without a dot).
fn named(stem: &str, extension: &str) -> String {
    format!("{stem}.{extension}")
}

/// The path with the first of these extensions appended, unless it ends in one of them.
///
/// For the answer of a save dialog. What stood there is kept: `a.png` becomes `a.png.webp`
/// rather than a WebP that calls itself PNG. A dialog has not asked about replacing a path
/// that was changed here.
#[must_use]
pub fn with_extension_enforced(path: &Path, extensions: &[&str]) -> PathBuf {
    let present = path.extension().and_then(|it| it.to_str());
    if present.is_some_and(|it| extensions.iter().any(|own| own.eq_ignore_ascii_case(it))) {
        return path.to_owned();
    }
    let Some(first) = extensions.first() else { return path.to_owned() };
    let mut longer = path.as_os_str().to_owned();
    longer.push(".");
    longer.push(first);
    longer.into()
}

/// What no file name may hold on Windows, control characters included.
fn is_forbidden(character: char) -> bool {
    character.is_control() || "<>:\"/\\|?*".contains(character)
}

/// Device names of Windows, with any extension.
fn is_reserved(stem: &str) -> bool {
    const DEVICES: [&str; 6] = ["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"];
    let device = stem.split('.').next().unwrap_or_default().trim_end();
    let numbered = |prefix: &str| {
        let rest = device.get(..prefix.len()).filter(|it| it.eq_ignore_ascii_case(prefix));
        let digit = rest.and_then(|_| device.get(prefix.len()..));
        digit.is_some_and(|it| matches!(it, "1" | "2" | "3" | "4" | "5" | "6" | "7" | "8" | "9" | "¹" | "²" | "³"))
    };
    DEVICES.iter().any(|it| it.eq_ignore_ascii_case(device)) || numbered("COM") || numbered("LPT")
}

#[cfg(test)]
mod tests {
    use super::{LONGEST_STEM, PASTED, stem, suggested, with_extension_enforced};
    use std::path::Path;

    #[test]
    fn a_name_reads_as_words() {
        for (name, words) in [("my-logo_2.png", "my logo 2"), ("at 10.30.15", "at 10.30.15"), ("plain", "plain")] {
            assert_eq!(super::alternative_text(name), words);
        }
    }

    #[test]
    fn the_stem_is_the_name_without_its_extension() {
        for (name, expected) in [
            ("sunset.jpg", "sunset"),
            ("archive.tar.gz", "archive.tar"),
            ("no extension", "no extension"),
            ("Screenshot at 10.30.15", "Screenshot at 10.30.15"),
            ("übung ☃.PNG", "übung ☃"),
            (PASTED, "image"),
            ("", "image"),
            ("...", "image"),
        ] {
            assert_eq!(stem(name), expected, "{name:?}");
        }
    }

    #[test]
    fn what_some_system_refuses_is_replaced() {
        for (name, expected) in [
            ("../../etc/passwd.png", "passwd"),
            ("a:b*c?.png", "a_b_c_"),
            ("tab\there\u{7}.png", "tab_here_"),
            ("trailing. .png", "trailing"),
            (".hidden.png", "hidden"),
            ("con.png", "_con"),
            ("Aux.tar.png", "_Aux.tar"),
            ("COM1", "_COM1"),
            ("lpt¹.gif", "_lpt¹"),
            ("COM10.png", "COM10"),
            ("console.png", "console"),
        ] {
            assert_eq!(stem(name), expected, "{name:?}");
        }
    }

    #[test]
    fn long_names_are_cut_between_characters() {
        let cut = stem(&"ü".repeat(300));
        assert!(cut.len() <= LONGEST_STEM && cut.chars().all(|it| it == 'ü'), "{cut}");
    }

    #[test]
    fn a_suggestion_is_never_the_source() {
        assert_eq!(suggested("sunset.jpg", "webp", [800, 600]), "sunset.webp");
        assert_eq!(suggested("sunset.jpg", "jpg", [800, 600]), "sunset-800x600.jpg");
        assert_eq!(suggested("Sunset.JPG", "jpg", [8, 6]), "Sunset-8x6.jpg");
        assert_eq!(suggested("sunset.jpeg", "jpg", [8, 6]), "sunset.jpg");
    }

    #[test]
    fn an_extension_is_appended_never_exchanged() {
        let enforced = |path: &str| with_extension_enforced(Path::new(path), &["jpg", "jpeg"]);
        assert_eq!(enforced("/a/b"), Path::new("/a/b.jpg"));
        assert_eq!(enforced("/a/b.JPEG"), Path::new("/a/b.JPEG"));
        assert_eq!(enforced("/a/b.final"), Path::new("/a/b.final.jpg"));
        assert_eq!(enforced("b.png"), Path::new("b.png.jpg"));
    }
}
