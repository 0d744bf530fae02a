//! The walls of the house: reads `src/` and holds it to the rules of the map in `src/lib.rs`.
//!
//! Whatever stands under `src/` is checked, so a new module needs no line here.

#![expect(clippy::expect_used, reason = "a test fails by panicking")]

use std::{
    fs,
    path::{Path, PathBuf},
};

/// Longest file in lines.
const LONGEST_FILE: usize = 400;
/// Longest function in lines.
const LONGEST_FUNCTION: usize = 60;

/// Files that may be longer, each with the reason.
const LONG_FILES: &[(&str, &str)] = &[];
/// Functions that may be longer, as `file: name`, each with the reason.
const LONG_FUNCTIONS: &[(&str, &str)] = &[];

/// What each module must never mention.
const FORBIDDEN: &[(&str, &[&str])] = &[
    (
        "engine",
        &[
            "egui",
            "eframe",
            "arboard",
            "clipboard_win",
            "objc2_app_kit",
            "rfd",
            "serde",
            "std::fs",
            "std::net",
            "std::env",
            "std::time::Instant",
            "std::thread",
            "crate::cli",
            "crate::helper",
            "crate::jobs",
            "crate::platform",
            "crate::session",
            "crate::settings",
            "crate::ui",
        ],
    ),
    (
        "helper",
        &[
            "egui",
            "eframe",
            "arboard",
            "clipboard_win",
            "objc2_app_kit",
            "rfd",
            "crate::cli",
            "crate::jobs",
            "crate::platform",
            "crate::session",
            "crate::settings",
            "crate::ui",
        ],
    ),
    ("jobs", &["egui", "eframe", "crate::ui", "crate::session", "crate::settings", "crate::cli"]),
    ("session", &["egui", "eframe", "std::thread", "std::fs", "crate::ui", "crate::platform", "crate::cli"]),
    ("settings", &["egui", "eframe", "crate::ui", "crate::session", "crate::jobs", "crate::cli"]),
    ("ui", &["arboard", "clipboard_win", "objc2_app_kit", "rfd", "image::", "std::fs", "std::thread", "crate::cli"]),
    ("cli", &["egui", "eframe", "crate::ui", "crate::session"]),
];

/// What makes a colour or would print, wherever it stands.
const COLOURS: &[&str] =
    &["Color32::from_rgb", "Color32::from_rgba_premultiplied", "Color32::from_gray", "Rgba::from_rgb"];
const PRINTING: &[&str] = &["println!", "print!", "eprintln!", "eprint!"];

/// A source file, comments blanked out, with its place under `src/`.
struct File {
    /// With `/` on every system.
    place: String,
    text: String,
    code: Vec<String>,
    /// Is this line part of the tests within the file?
    tested: Vec<bool>,
}

impl File {
    fn read(root: &Path, path: &Path) -> Self {
        let text = fs::read_to_string(path).expect("readable source");
        let place = path.strip_prefix(root).expect("under src").to_string_lossy().replace('\\', "/");
        let code = code_only(&text);
        // A file called `tests.rs` is the test module of its neighbour.
        let is_test_module = path.file_name().is_some_and(|it| it == "tests.rs");
        let tested = if is_test_module { vec![true; code.len()] } else { test_lines(&code) };
        Self { place, text, code, tested }
    }

    /// The room it belongs to: `engine` for `engine/embed/mod.rs`.
    fn room(&self) -> &str {
        self.place.split('/').next().unwrap_or_default().trim_end_matches(".rs")
    }

    /// Lines that mention one of the words, as `place:line: word`.
    fn mentions(&self, words: &[&str], with_tests: bool) -> Vec<String> {
        let lines = self.code.iter().zip(&self.tested).enumerate();
        let lines = lines.filter(|(_, (_, tested))| with_tests || !**tested);
        lines
            .flat_map(|(index, (line, _))| {
                let found = words.iter().filter(|word| has_word(line, word));
                found.map(move |word| format!("{}:{}: {word}", self.place, index + 1)).collect::<Vec<_>>()
            })
            .collect()
    }
}

fn sources() -> Vec<File> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut paths: Vec<PathBuf> = vec![];
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("readable folder") {
            let path = entry.expect("entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|it| it == "rs") {
                paths.push(path);
            }
        }
    }
    paths.sort();
    assert!(paths.len() > 10, "the sources were not found");
    paths.iter().map(|path| File::read(&root, path)).collect()
}

/// The lines without comments; what strings say stays, since a path may stand in an attribute.
fn code_only(text: &str) -> Vec<String> {
    let mut depth = 0_usize;
    text.lines()
        .map(|line| {
            let mut rest = line;
            let mut code = String::new();
            while !rest.is_empty() {
                if 0 < depth {
                    let Some(end) = rest.find("*/") else { break };
                    depth -= 1;
                    rest = &rest[end + 2..];
                    continue;
                }
                let first = |sign| rest.match_indices(sign).map(|(at, _)| at).find(|at| !inside_string(&rest[..*at]));
                let (comment, block) = (first("//"), first("/*"));
                match (comment, block) {
                    (line_at, Some(at)) if line_at.is_none_or(|it| at < it) => {
                        code.push_str(&rest[..at]);
                        depth += 1;
                        rest = &rest[at + 2..];
                    }
                    (Some(at), _) => {
                        code.push_str(&rest[..at]);
                        break;
                    }
                    _ => {
                        code.push_str(rest);
                        break;
                    }
                }
            }
            code
        })
        .collect()
}

/// Does a string begin in this beginning of a line and not end?
fn inside_string(before: &str) -> bool {
    let plain = before.replace("\\\\", "").replace("\\\"", "").replace("'\"'", "");
    plain.matches('"').count() % 2 == 1
}

/// Which lines belong to a `#[cfg(test)]` item: all from the attribute to the brace at its own
/// indentation.
fn test_lines(code: &[String]) -> Vec<bool> {
    let mut end: Option<String> = None;
    code.iter()
        .map(|line| {
            if let Some(closing) = &end {
                if line.starts_with(closing) && line.trim_end() == closing {
                    end = None;
                }
                return true;
            }
            let attribute = line.trim_start().starts_with("#[cfg(test)]");
            if attribute {
                end = Some(format!("{}}}", &line[..line.len() - line.trim_start().len()]));
            }
            attribute
        })
        .collect()
}

/// Does the line hold this as a whole word?
fn has_word(line: &str, word: &str) -> bool {
    let part = |it: char| it.is_alphanumeric() || it == '_';
    line.match_indices(word).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + word.len()..].chars().next();
        let open_start = !word.starts_with(part) || !before.is_some_and(part);
        let open_end = !word.ends_with(part) || !after.is_some_and(part);
        open_start && open_end
    })
}

/// The functions of a file: name, first line and number of lines, signature included.
fn functions(file: &File) -> Vec<(String, usize, usize)> {
    let mut found = vec![];
    for (start, line) in file.code.iter().enumerate() {
        let indent = line.len() - line.trim_start().len();
        let words: Vec<&str> = line.split_whitespace().collect();
        let qualifiers = ["pub", "pub(crate)", "pub(super)", "const", "async", "unsafe", "extern", "\"C\""];
        let Some(keyword) = words.iter().position(|it| *it == "fn") else { continue };
        if !words[..keyword].iter().all(|it| qualifiers.contains(it)) {
            continue;
        }
        let name = words.get(keyword + 1).unwrap_or(&"").split(['(', '<']).next().unwrap_or_default();
        let closes = |it: &String| {
            let bare = it.trim_end();
            bare.len() - bare.trim_start().len() == indent && (bare.ends_with('}') || bare.ends_with(';'))
        };
        if let Some(length) = file.code[start..].iter().position(closes) {
            found.push((name.to_owned(), start + 1, length + 1));
        }
    }
    found
}

fn assert_none(faults: &[String], rule: &str) {
    assert!(faults.is_empty(), "{rule}:\n{}", faults.join("\n"));
}

#[test]
fn rooms_do_not_know_what_they_must_not() {
    let mut faults = vec![];
    for file in sources() {
        for (room, words) in FORBIDDEN.iter().filter(|(room, _)| *room == file.room()) {
            let found = file.mentions(words, true);
            faults.extend(found.into_iter().map(|it| format!("{it} in {room}")));
        }
    }
    assert_none(&faults, "a room mentions what it must never mention");
}

/// `use std::{fs, thread}` mentions `std::fs` too.
#[test]
fn nested_imports_do_not_hide_what_is_forbidden() {
    let mut faults = vec![];
    for file in sources() {
        let Some((_, words)) = FORBIDDEN.iter().find(|(room, _)| *room == file.room()) else { continue };
        for path in imported_paths(&file.code.join("\n")) {
            let found = words.iter().filter(|word| path == **word || path.starts_with(&format!("{word}::")));
            faults.extend(found.map(|word| format!("{}: {word}", file.place)));
        }
    }
    assert_none(&faults, "a room imports what it must never mention");
}

/// Every path that the `use` declarations of a text name, braces spread out.
fn imported_paths(code: &str) -> Vec<String> {
    let declarations = code.split(';').filter_map(|it| {
        let at = it.rfind("use ").filter(|at| it[..*at].trim_end().is_empty() || it[..*at].ends_with(['\n', ' ']))?;
        Some(it[at + 4..].split_whitespace().collect::<Vec<_>>().join(" "))
    });
    declarations.flat_map(|it| spread(&it)).collect()
}

/// `a::{b, c::{d}}` to `a::b` and `a::c::d`.
fn spread(path: &str) -> Vec<String> {
    let Some((prefix, rest)) = path.split_once('{') else {
        return vec![path.split(" as ").next().unwrap_or_default().trim().to_owned()];
    };
    let inner = rest.rfind('}').map_or(rest, |end| &rest[..end]);
    let mut parts = vec![];
    let (mut depth, mut start) = (0_usize, 0);
    for (at, sign) in inner.char_indices() {
        match sign {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                parts.push(&inner[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&inner[start..]);
    let parts = parts.into_iter().map(str::trim).filter(|it| !it.is_empty());
    parts.flat_map(|part| spread(&format!("{}{part}", prefix.trim()))).collect()
}

#[test]
fn colours_live_in_the_theme_and_words_go_through_cli_or_main() {
    let mut faults = vec![];
    for file in sources() {
        if file.room() == "ui" && !file.place.starts_with("ui/theme") {
            faults.extend(file.mentions(COLOURS, false));
        }
        // What builds a library tells cargo by printing.
        if !["cli", "main"].contains(&file.room()) && !file.place.starts_with("av1/cmake/") {
            faults.extend(file.mentions(PRINTING, false));
        }
    }
    assert_none(&faults, "a colour outside ui::theme, or printing outside cli and main");
}

#[test]
fn nothing_is_unwrapped_outside_tests() {
    let words = [".unwrap()", ".expect(", "panic!", "todo!", "unimplemented!", "unreachable!"];
    let faults: Vec<_> = sources().iter().flat_map(|it| it.mentions(&words, false)).collect();
    assert_none(&faults, "an error that would end the program");
}

#[test]
fn the_operating_system_is_told_apart_in_platform_only() {
    // What systems have for helpers is chosen between in one file.
    let faults: Vec<_> = sources()
        .iter()
        .filter(|it| !["platform", "main"].contains(&it.room()) && it.place != "helper/mod.rs")
        .flat_map(|it| it.mentions(&["target_os"], true))
        .collect();
    assert_none(&faults, "cfg(target_os) outside platform");
}

#[test]
fn the_network_is_reached_in_one_place() {
    let words = ["ureq", "TcpStream", "TcpListener", "UdpSocket", "ToSocketAddrs"];
    let faults: Vec<_> = sources()
        .iter()
        .filter(|it| !it.place.starts_with("platform/web/"))
        .flat_map(|it| it.mentions(&words, false))
        .collect();
    assert_none(&faults, "the network outside of platform::web");
}

#[test]
fn every_file_begins_by_saying_what_it_owns() {
    let faults: Vec<_> = sources().into_iter().filter(|it| !it.text.starts_with("//! ")).map(|it| it.place).collect();
    assert_none(&faults, "no //! at the head of");
}

#[test]
fn no_module_is_called_utils() {
    let vague = ["utils", "util", "helpers", "misc", "common"];
    let faults: Vec<_> = sources()
        .into_iter()
        .map(|it| it.place)
        .filter(|place| place.split('/').any(|part| vague.contains(&part.trim_end_matches(".rs"))))
        .collect();
    assert_none(&faults, "a module whose name says nothing");
}

#[test]
fn files_and_functions_stay_short() {
    let mut faults = vec![];
    let mut used = vec![];
    for file in sources() {
        // Tests at the end of a file do not make its code harder to read.
        let lines = file.tested.iter().filter(|tested| !**tested).count();
        if LONGEST_FILE < lines {
            match LONG_FILES.iter().find(|(place, _)| *place == file.place) {
                Some((place, _)) => used.push((*place).to_owned()),
                None => faults.push(format!("{}: {lines} lines", file.place)),
            }
        }
        for (name, start, length) in functions(&file) {
            let key = format!("{}: {name}", file.place);
            match LONG_FUNCTIONS.iter().find(|(it, _)| *it == key) {
                _ if length <= LONGEST_FUNCTION => {}
                Some(_) => used.push(key),
                None => faults.push(format!("{}:{start}: {name} has {length} lines", file.place)),
            }
        }
    }
    assert_none(&faults, "too long");
    let listed = LONG_FILES.iter().chain(LONG_FUNCTIONS).map(|(key, _)| (*key).to_owned());
    let idle: Vec<_> = listed.filter(|it| !used.contains(it)).collect();
    assert_none(&idle, "listed as long, but short enough by now");
}

/// The reader itself: a rule that sees nothing would pass for ever.
#[test]
fn the_reader_sees_what_it_should() {
    let text = "//! Head.\nuse std::{fs, thread::{self}};\n/* egui\n egui */ let a = \"http://x\"; // egui\n\
                #[cfg(test)]\nmod tests {\n    fn f() {\n        x.unwrap();\n    }\n}\nfn g(\n) {\n}\n";
    let code = code_only(text);
    assert!(!code.iter().any(|it| it.contains("egui")), "{code:?}");
    assert!(code.iter().any(|it| it.contains("http://x")), "{code:?}");
    let file = File { place: "engine/x.rs".to_owned(), text: text.to_owned(), tested: test_lines(&code), code };
    assert_eq!(file.room(), "engine");
    assert_eq!(file.mentions(&[".unwrap()"], true), ["engine/x.rs:8: .unwrap()"]);
    assert!(file.mentions(&[".unwrap()"], false).is_empty());
    assert_eq!(functions(&file), [("f".to_owned(), 7, 3), ("g".to_owned(), 11, 3)]);
    assert_eq!(imported_paths(&file.code.join("\n")), ["std::fs", "std::thread::self"]);
    assert!(has_word("use egui;", "egui") && !has_word("use egui_kittest;", "egui"));
    assert!(has_word("println!(", "println!") && !has_word("eprintln!(", "println!"));
}
