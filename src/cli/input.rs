//! Inputs: what the arguments name, folders opened up, and how their bytes are read.

use super::args::Answer;
use crate::{
    engine::{
        EngineError, Format, Limits, Source,
        embed::{self, Link, name_of_link},
        naming,
    },
    jobs::{
        JobError,
        error::system_words,
        fetch::{FetchOrder, Web, fetch},
        read::read_file,
    },
};
use std::{
    ffi::{OsStr, OsString},
    fs::{self, File},
    io::{self, Read as _},
    path::{Path, PathBuf},
};

/// So much of a file is looked at to see whether it is an image; a comment at the head of an
/// SVG may be long.
const HEAD_BYTES: u64 = 1 << 16;

/// How much of a data URL stands for it in messages and reports.
const SHOWN_OF_DATA_URL: usize = 48;

/// Where an input's bytes come from.
#[derive(Debug)]
enum Origin {
    File(PathBuf),
    Stdin,
    DataUrl(String),
    Link(String),
    /// Known to fail already, with the sentence why.
    Hopeless(String),
}

/// One thing to convert.
#[derive(Debug)]
pub(super) struct Input {
    /// As given; stands for the input in reports and messages.
    pub(super) name: String,
    /// Which file it is, under whatever name.
    pub(super) identity: Option<FileId>,
    origin: Origin,
}

/// The same file has the same id, whichever path or link leads to it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct FileId(#[cfg(unix)] (u64, u64), #[cfg(not(unix))] PathBuf);

impl FileId {
    /// The id of the file that the path leads to, if there is one.
    pub(super) fn of(path: &Path) -> Option<Self> {
        #[cfg(unix)]
        {
            use std::os::unix::fs::MetadataExt as _;
            fs::metadata(path).ok().map(|it| Self((it.dev(), it.ino())))
        }
        #[cfg(not(unix))]
        {
            fs::canonicalize(path).ok().map(Self)
        }
    }
}

impl Input {
    fn file(path: PathBuf) -> Self {
        Self { name: path.display().to_string(), identity: FileId::of(&path), origin: Origin::File(path) }
    }

    fn hopeless(name: String, why: String) -> Self {
        Self { name, identity: None, origin: Origin::Hopeless(why) }
    }

    /// Is it standard input?
    pub(super) fn is_stdin(&self) -> bool {
        matches!(self.origin, Origin::Stdin)
    }

    /// Is it fetched from the network?
    pub(super) fn is_link(&self) -> bool {
        matches!(self.origin, Origin::Link(_))
    }

    /// The file's path, if it is a file.
    pub(super) fn path(&self) -> Option<&Path> {
        if let Origin::File(path) = &self.origin { Some(path) } else { None }
    }

    /// The name that results inherit, as the file system has it.
    pub(super) fn stem(&self) -> OsString {
        // What others call a file may be no name here.
        if let Origin::Link(text) = &self.origin {
            return naming::stem(&name_of_link(text)).into();
        }
        let Some(name) = self.path().and_then(Path::file_name) else { return naming::DEFAULT_STEM.into() };
        let name = Path::new(name);
        let stem = match name.extension().and_then(OsStr::to_str) {
            Some(extension) if naming::is_extension(extension) => name.file_stem(),
            _ => Some(name.as_os_str()),
        };
        stem.unwrap_or_default().to_owned()
    }

    /// For those who do not see the picture; nothing when it has no name of its own.
    pub(super) fn alt(&self, source: &Source) -> String {
        if self.is_link() {
            return naming::alternative_text(source.name());
        }
        let name = self.path().and_then(Path::file_name);
        name.map(|it| naming::alternative_text(&it.to_string_lossy())).unwrap_or_default()
    }

    /// What the content looks like, as far as that can be told without reading it whole.
    pub(super) fn sniffed(&self) -> Option<Format> {
        match &self.origin {
            Origin::File(path) => sniffed_head(path).ok().flatten(),
            Origin::DataUrl(url) => Format::sniff(&embed::bytes_in_text(url).ok()?),
            Origin::Link(_) | Origin::Stdin | Origin::Hopeless(_) => None,
        }
    }

    /// Reads all bytes, or fetches them.
    pub(super) fn read(&self, limits: &Limits, web: &dyn Web, order: &FetchOrder<'_>) -> Result<Source, Unread> {
        Ok(match &self.origin {
            Origin::File(path) => Source::new(self.name.as_str(), read_file(path, limits.max_source_bytes)?),
            Origin::Stdin => Source::new(self.name.as_str(), pasted(read_stdin(limits)?)?),
            Origin::DataUrl(url) => {
                Source::new(self.name.as_str(), embed::bytes_in_text(url).map_err(EngineError::from)?)
            }
            Origin::Link(text) => fetch(web, text, order)?,
            Origin::Hopeless(why) => return Err(Unread::Known(why.clone())),
        })
    }
}

/// Why an input could not be read.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unread {
    #[error(transparent)]
    Job(#[from] JobError),
    #[error("{0}")]
    Known(String),
}

impl From<EngineError> for Unread {
    fn from(error: EngineError) -> Self {
        Self::Job(error.into())
    }
}

/// What the arguments name, in their order; folders become the images directly inside.
pub(super) fn expanded(arguments: Vec<OsString>) -> Result<Vec<Input>, Answer> {
    let mut inputs: Vec<Input> = vec![];
    for argument in arguments {
        let begins = |scheme: &str| {
            let text = argument.to_string_lossy();
            text.get(..scheme.len()).is_some_and(|it| it.eq_ignore_ascii_case(scheme))
        };
        if argument == "-" {
            if inputs.iter().any(Input::is_stdin) {
                return Err(Answer::wrong_usage("-: standard input can be read only once"));
            }
            inputs.push(Input { name: "-".to_owned(), identity: None, origin: Origin::Stdin });
        } else if begins("data:") {
            inputs.push(data_url(argument.to_string_lossy().into_owned()));
        } else if argument.to_str().is_some_and(Link::is_meant) {
            let text = argument.to_string_lossy().into_owned();
            inputs.push(Input { name: text.clone(), identity: None, origin: Origin::Link(text) });
        } else {
            let path = PathBuf::from(argument);
            if path.is_dir() { inputs.extend(images_in(&path)) } else { inputs.push(Input::file(path)) }
        }
    }
    Ok(inputs)
}

fn data_url(url: String) -> Input {
    let mut name: String = url.chars().take(SHOWN_OF_DATA_URL).collect();
    if name.len() < url.len() {
        name.push('…');
    }
    Input { name, identity: None, origin: Origin::DataUrl(url) }
}

/// The images directly inside a folder, by name. What is hidden, no ordinary file or no image
/// is passed over; a file that calls itself an image is not, so that a broken one is heard of.
fn images_in(folder: &Path) -> Vec<Input> {
    let name = || folder.display().to_string();
    let entries = match fs::read_dir(folder).and_then(Iterator::collect::<io::Result<Vec<_>>>) {
        Ok(entries) => entries,
        Err(error) => {
            return vec![Input::hopeless(name(), format!("the folder could not be read ({})", system_words(&error)))];
        }
    };
    let mut paths: Vec<PathBuf> = entries
        .into_iter()
        .filter(|it| !it.file_name().as_encoded_bytes().starts_with(b"."))
        .map(|it| it.path())
        .filter(|it| it.is_file() && may_be_image(it))
        .collect();
    paths.sort();
    if paths.is_empty() {
        return vec![Input::hopeless(name(), "the folder holds no images".to_owned())];
    }
    paths.into_iter().map(Input::file).collect()
}

fn may_be_image(path: &Path) -> bool {
    let extension = path.extension().and_then(OsStr::to_str);
    // What cannot be opened is kept too: its turn to explain itself comes when it is read.
    extension.and_then(Format::from_extension).is_some() || !matches!(sniffed_head(path), Ok(None))
}

/// What the first bytes of an ordinary file look like.
fn sniffed_head(path: &Path) -> io::Result<Option<Format>> {
    let facts = fs::metadata(path)?;
    if !facts.is_file() || facts.len() == 0 {
        return Ok(None);
    }
    let mut head = vec![];
    File::open(path)?.take(HEAD_BYTES).read_to_end(&mut head)?;
    Ok(Format::sniff(&head))
}

fn read_stdin(limits: &Limits) -> Result<Vec<u8>, JobError> {
    let mut bytes = vec![];
    let most = limits.max_source_bytes;
    io::stdin().lock().take(most.saturating_add(1)).read_to_end(&mut bytes).map_err(JobError::Read)?;
    if most < bytes.len() as u64 {
        let megabytes = (bytes.len() as u64).div_ceil(1_000_000);
        return Err(JobError::FileTooLarge { megabytes, limit_megabytes: most / 1_000_000 });
    }
    Ok(bytes)
}

/// Standard input takes what Ctrl+V takes: an image, or a text that holds one.
fn pasted(bytes: Vec<u8>) -> Result<Vec<u8>, EngineError> {
    if Format::sniff(&bytes).is_some() {
        return Ok(bytes);
    }
    match std::str::from_utf8(&bytes) {
        Ok(text) if !text.is_empty() => Ok(embed::bytes_in_text(text)?),
        _ => Ok(bytes),
    }
}

#[cfg(test)]
mod tests {
    use super::Input;

    #[test]
    fn results_inherit_the_name_without_its_extension() {
        for (path, stem) in
            [("a/b.png", "b"), ("b.tar.gz", "b.tar"), (".hidden", ".hidden"), ("at 10.30", "at 10.30"), ("x", "x")]
        {
            assert_eq!(Input::file(path.into()).stem(), stem, "{path}");
        }
        assert_eq!(super::data_url("data:,x".to_owned()).stem(), "image");
        for (link, stem) in [
            ("https://example.org/a/b%20c.png?d", "b c"),
            ("https://example.org/..%2fb.png", "b"),
            ("https://example.org/con.png", "_con"),
            ("http://", "http_"),
        ] {
            assert_eq!(super::expanded(vec![link.into()]).expect("an input")[0].stem(), stem, "{link}");
        }
    }
}
