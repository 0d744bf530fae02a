//! Reads the manifests and the list of misses.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

/// One row of a manifest.
pub(crate) struct Row {
    /// The suite's folder.
    pub(crate) suite: String,
    /// Where the suite lies.
    pub(crate) folder: PathBuf,
    fields: BTreeMap<String, String>,
}

impl Row {
    /// A field by its column; empty when there is none.
    pub(crate) fn get(&self, column: &str) -> &str {
        self.fields.get(column).map_or("", String::as_str)
    }

    /// Suite and file, as in the list of misses.
    pub(crate) fn name(&self) -> String {
        format!("{}/{}", self.suite, self.get("file"))
    }

    /// Width and height from a column such as `dims`.
    pub(crate) fn size(&self, column: &str) -> Option<[u32; 2]> {
        size_in(self.get(column))
    }
}

/// The first `123x456` in a text.
pub(crate) fn size_in(text: &str) -> Option<[u32; 2]> {
    text.split([' ', ',', ';', '(']).find_map(|word| {
        let (width, height) = word.split_once('x')?;
        Some([width.parse().ok()?, height.parse().ok()?])
    })
}

/// The corpus and whether it is the complete one.
pub(crate) fn root() -> (PathBuf, bool) {
    match std::env::var_os("INLAID_CORPUS") {
        Some(folder) => (PathBuf::from(folder), true),
        None => (own_folder().join("small"), false),
    }
}

fn own_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus")
}

/// All rows that state something, suite by suite.
pub(crate) fn rows(root: &Path, without: &[&str]) -> Vec<Row> {
    let folders = fs::read_dir(root).unwrap_or_else(|why| panic!("{}: {why}", root.display()));
    let mut folders: Vec<PathBuf> = folders.map(|it| it.unwrap().path()).filter(|it| it.is_dir()).collect();
    folders.sort();
    let name = |folder: &Path| folder.file_name().unwrap().to_string_lossy().into_owned();
    folders.retain(|it| !without.contains(&name(it).as_str()));
    folders.iter().flat_map(|folder| suite(&name(folder), folder)).collect()
}

fn suite(name: &str, folder: &Path) -> Vec<Row> {
    let path = folder.join("MANIFEST.tsv");
    let text = fs::read_to_string(&path).unwrap_or_else(|why| panic!("{}: {why}", path.display()));
    let mut lines = text.lines();
    let columns: Vec<&str> = lines.next().unwrap_or_default().split('\t').collect();
    let row = |line: &str| Row {
        suite: name.to_owned(),
        folder: folder.to_owned(),
        fields: columns
            .iter()
            .zip(line.split('\t'))
            .map(|(key, value)| ((*key).to_owned(), value.to_owned()))
            .collect(),
    };
    lines.map(row).filter(|it| it.get("expectation") != "aux").collect()
}

/// The rows that may fail, with the reasons.
pub(crate) fn misses() -> BTreeMap<String, String> {
    let text = fs::read_to_string(own_folder().join("misses.tsv")).unwrap();
    let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let pair = |line: &str| line.split_once('\t').map(|(name, why)| (name.to_owned(), why.to_owned()));
    lines.map(|line| pair(line).unwrap_or_else(|| panic!("no reason: {line}"))).collect()
}
