//! What can go wrong in a job: the engine, a crash, or the world.

use super::{
    fetch::{FetchError, Page},
    ports::ClipboardError,
    save::SaveError,
};
use crate::engine::EngineError;

/// Why a job has no result. The texts read well after a picture's name and a colon.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum JobError {
    /// The engine said no.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// A codec panicked.
    #[error(transparent)]
    Crashed(#[from] super::guard::Crashed),
    /// A folder where a file was expected.
    #[error("this is a folder; open the images in it instead")]
    Folder,
    /// A pipe, a device or a socket.
    #[error("this is no ordinary file, so it was not read")]
    NotAFile,
    /// Larger than anything that would be read.
    #[error("the file has {megabytes} MB, more than the limit of {limit_megabytes} MB")]
    FileTooLarge {
        /// Size in MB (1 MB = 1,000,000 bytes).
        megabytes: u64,
        /// The limit in MB.
        limit_megabytes: u64,
    },
    /// The file could not be read.
    #[error("{}", read_words(.0))]
    Read(#[source] std::io::Error),
    /// The file could not be written.
    #[error(transparent)]
    Save(#[from] SaveError),
    /// A link led to nothing.
    #[error(transparent)]
    Fetch(#[from] FetchError),
    /// A link led to a page.
    #[error(transparent)]
    Page(#[from] Page),
    /// The clipboard refused.
    #[error(transparent)]
    Clipboard(#[from] ClipboardError),
}

fn read_words(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => "there is no such file".to_owned(),
        std::io::ErrorKind::PermissionDenied => "reading it is not permitted".to_owned(),
        std::io::ErrorKind::OutOfMemory => "there is not enough memory to read it".to_owned(),
        _ => format!("it could not be read ({})", system_words(error)),
    }
}

/// What the system says, without the number it gives to that: `No space left on device`.
pub fn system_words(error: &std::io::Error) -> String {
    let text = error.to_string();
    text.split(" (os error").next().unwrap_or_default().to_owned()
}

impl JobError {
    /// Might more time or memory help?
    pub fn is_out_of_budget(&self) -> bool {
        matches!(self, Self::Engine(error) if error.is_out_of_budget())
    }

    /// Did somebody ask to stop? That is nobody's fault and not worth a word.
    pub fn is_cancelled(&self) -> bool {
        matches!(self, Self::Engine(EngineError::Cancelled))
    }
}

#[cfg(test)]
mod tests {
    use super::system_words;
    use std::io::Error;

    #[test]
    fn numbers_of_the_system_are_left_out() {
        let words = system_words(&Error::from_raw_os_error(28));
        assert!(!words.is_empty() && !words.contains("28"), "{words}");
        assert_eq!(system_words(&Error::other("of our own")), "of our own");
    }
}
