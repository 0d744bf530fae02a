//! The folder of a file that was made for programs that take nothing but files. It goes with whoever made it, and
//! what one that was killed has left behind goes with the next.

use crate::platform::clipboard::offers::Fault;
use std::{
    fs::{self, File, TryLockError},
    io,
    os::unix::fs::DirBuilderExt as _,
    path::{Path, PathBuf},
};
use tempfile::TempDir;

const PREFIX: &str = "copied-";
/// A new folder may be taken for a leftover before it is locked, but not again and again.
const TRIES: usize = 10;

/// A folder that nobody else can read; removed when this is dropped.
pub(super) struct Folder {
    place: TempDir,
    /// Held until the folder is gone. The system lets go of it with the process, however that ends.
    _lock: File,
}

impl Folder {
    /// A new one, where the system keeps things no longer than the session.
    ///
    /// # Errors
    /// When it cannot be made there.
    pub(super) fn new() -> Result<Self, Fault> {
        let Some(base) = of_session() else { return Self::within(&std::env::temp_dir()) };
        fs::DirBuilder::new().recursive(true).mode(0o700).create(&base)?;
        Self::within(&base)
    }

    fn within(base: &Path) -> Result<Self, Fault> {
        for _ in 0..TRIES {
            let place = tempfile::Builder::new().prefix(PREFIX).tempdir_in(base)?;
            let lock = match File::open(place.path()) {
                Err(why) if why.kind() == io::ErrorKind::NotFound => continue,
                opened => opened?,
            };
            // Where nothing can be locked, nothing is swept either.
            let is_swept = matches!(lock.try_lock(), Err(TryLockError::WouldBlock));
            if !is_swept && place.path().exists() {
                return Ok(Self { place, _lock: lock });
            }
        }
        Err("it is removed as soon as it is made".into())
    }

    pub(super) fn path(&self) -> &Path {
        self.place.path()
    }
}

/// Ours alone; nothing where the system has no place for the session.
fn of_session() -> Option<PathBuf> {
    let runtime = std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from).filter(|it| it.is_absolute())?;
    Some(runtime.join("inlaid"))
}

/// Removes the folders whose owners are gone. Among the things of other programs nothing is looked for.
pub(in crate::platform::clipboard) fn sweep() {
    match of_session().map(|it| swept(&it)) {
        Some(Err(why)) if why.kind() != io::ErrorKind::NotFound => log::info!("old copies are left: {why}"),
        _ => {}
    }
}

fn swept(base: &Path) -> io::Result<()> {
    for entry in fs::read_dir(base)? {
        let entry = entry?;
        let is_folder =
            entry.file_type()?.is_dir() && entry.file_name().as_encoded_bytes().starts_with(PREFIX.as_bytes());
        if !is_folder {
            continue;
        }
        // It may go at any moment by itself.
        let Ok(folder) = File::open(entry.path()) else { continue };
        if folder.try_lock().is_ok() {
            fs::remove_dir_all(entry.path())?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{Folder, swept};
    use std::fs;

    #[test]
    fn what_was_left_behind_is_removed_and_nothing_else() {
        let base = tempfile::tempdir().unwrap();
        let names = || {
            let entries = fs::read_dir(base.path()).unwrap().map(|it| it.unwrap().file_name().into_string().unwrap());
            let mut names: Vec<String> = entries.collect();
            names.sort();
            names
        };
        let left = base.path().join("copied-left");
        for folder in [&left, &base.path().join("another")] {
            fs::create_dir(folder).unwrap();
            fs::write(folder.join("a.png"), "a picture").unwrap();
        }
        fs::write(base.path().join("copied-file"), "no folder").unwrap();
        let owned = Folder::within(base.path()).unwrap();
        let name = owned.path().file_name().unwrap().to_str().unwrap().to_owned();
        swept(base.path()).unwrap();
        let mut kept = vec!["another".to_owned(), "copied-file".to_owned(), name];
        kept.sort();
        assert_eq!(names(), kept);
        drop(owned);
        assert_eq!(names(), ["another", "copied-file"]);
        assert!(swept(&left).is_err(), "there is no such place");
    }
}
