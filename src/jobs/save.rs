//! Atomic saving: a target is either as it was or whole, never half-written.
//!
//! The bytes go into a hidden temporary file beside the target, are synced, and take the
//! target's name in one step. The temporary file goes away with every failure.

use super::error::system_words;
use std::{
    fs::{self, File},
    io::{self, Write as _},
    path::{Path, PathBuf},
};
use tempfile::{Builder, NamedTempFile};

/// Links from link to link before a path counts as a circle; the Linux kernel gives up at 40.
const MOST_LINKS: usize = 40;

/// What becomes of a file that has the target's name already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Replace {
    /// It stays and saving fails, also when it appears in the very last moment.
    Never,
    /// It is replaced; its permissions are kept.
    Allowed,
}

/// Why nothing was saved. The texts read well after the target's name and a colon.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SaveError {
    /// The target exists and may not be replaced.
    #[error("exists already and was left as it is")]
    Exists,
    /// The folder of the target does not exist.
    #[error("its folder does not exist; choose another one or create it")]
    FolderMissing,
    /// Nobody may write there, or this user may not.
    #[error("no permission to write there; choose another folder")]
    NoPermission,
    /// The target itself is marked as not to be changed.
    #[error("is write-protected and was left as it is")]
    WriteProtected,
    /// No room is left.
    #[error("the disk is full; nothing was saved")]
    DiskFull,
    /// The target is a folder.
    #[error("is a folder; give a file name")]
    IsFolder,
    /// The target is a device, a pipe or a socket.
    #[error("is not an ordinary file, so it cannot be replaced")]
    NotAFile,
    /// The file system does not take the name.
    #[error("the name is too long or has characters that are not allowed there")]
    BadName,
    /// Anything else the system says.
    #[error("could not be saved ({})", system_words(.0))]
    Other(#[source] io::Error),
}

impl From<io::Error> for SaveError {
    fn from(error: io::Error) -> Self {
        use io::ErrorKind as Kind;
        match error.kind() {
            Kind::AlreadyExists => Self::Exists,
            Kind::NotFound | Kind::NotADirectory => Self::FolderMissing,
            Kind::PermissionDenied | Kind::ReadOnlyFilesystem => Self::NoPermission,
            Kind::StorageFull | Kind::QuotaExceeded | Kind::FileTooLarge => Self::DiskFull,
            Kind::IsADirectory => Self::IsFolder,
            Kind::InvalidFilename | Kind::InvalidInput => Self::BadName,
            _ => Self::Other(error),
        }
    }
}

/// Writes the bytes under the target's name, all or nothing. A symbolic link is followed: the
/// file it leads to is written.
///
/// # Errors
/// [`SaveError`]; the target is then as it was and nothing else was left behind.
pub fn save(target: &Path, bytes: &[u8], replace: Replace) -> Result<(), SaveError> {
    let target = resolved(target)?;
    let kept = match fs::symlink_metadata(&target) {
        Ok(_) if replace == Replace::Never => return Err(SaveError::Exists),
        Ok(known) if known.is_dir() => return Err(SaveError::IsFolder),
        Ok(known) if !known.is_file() => return Err(SaveError::NotAFile),
        Ok(known) if known.permissions().readonly() => return Err(SaveError::WriteProtected),
        Ok(known) => Some(known.permissions()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(error.into()),
    };
    let folder = match target.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let mut draft = draft_in(folder)?;
    draft.write_all(bytes)?;
    if let Some(permissions) = kept {
        draft.as_file().set_permissions(permissions)?;
    }
    draft.as_file().sync_all()?;
    let named = match replace {
        Replace::Never => draft.persist_noclobber(&target),
        Replace::Allowed => draft.persist(&target),
    };
    named.map_err(|failure| failure.error)?;
    sync_folder(folder);
    Ok(())
}

/// Where a chain of symbolic links ends; the end need not exist.
fn resolved(path: &Path) -> Result<PathBuf, SaveError> {
    let mut path = path.to_owned();
    for _ in 0..MOST_LINKS {
        match fs::read_link(&path) {
            // A relative link is read from the folder it lies in.
            Ok(next) => path = path.parent().map_or_else(|| next.clone(), |folder| folder.join(&next)),
            Err(_) => return Ok(path),
        }
    }
    Err(SaveError::NotAFile)
}

/// An empty hidden file with the permissions that any new file gets.
fn draft_in(folder: &Path) -> io::Result<NamedTempFile> {
    let mut builder = Builder::new();
    builder.prefix(".tmp");
    // The default would be private to the user; the umask still applies to this.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    builder.tempfile_in(folder)
}

/// Makes the new name itself survive a power cut. The file is saved either way, and some file
/// systems do not know this.
fn sync_folder(folder: &Path) {
    if cfg!(unix)
        && let Err(error) = File::open(folder).and_then(|it| it.sync_all())
    {
        log::debug!("{}: not synced: {error}", folder.display());
    }
}

#[cfg(test)]
mod tests {
    use super::{Replace, SaveError, save};
    use std::{fs, path::Path};

    fn names_in(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).expect("readable folder");
        let mut names: Vec<_> =
            entries.map(|it| it.expect("entry").file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_new_file_holds_exactly_the_bytes() {
        let folder = tempfile::tempdir().expect("temporary folder");
        let target = folder.path().join("a.png");
        save(&target, b"bytes", Replace::Never).expect("saved");
        assert_eq!(fs::read(&target).expect("readable"), b"bytes");
        assert_eq!(names_in(folder.path()), ["a.png"]);
    }

    #[test]
    fn an_existing_file_stays_unless_replacing_is_allowed() {
        let folder = tempfile::tempdir().expect("temporary folder");
        let target = folder.path().join("a.png");
        fs::write(&target, b"old").expect("written");
        assert!(matches!(save(&target, b"new", Replace::Never), Err(SaveError::Exists)));
        assert_eq!(fs::read(&target).expect("readable"), b"old");
        save(&target, b"new", Replace::Allowed).expect("saved");
        assert_eq!(fs::read(&target).expect("readable"), b"new");
        assert_eq!(names_in(folder.path()), ["a.png"]);
    }

    #[test]
    fn folders_and_missing_folders_are_told_apart() {
        let folder = tempfile::tempdir().expect("temporary folder");
        let inside = folder.path().join("inside");
        fs::create_dir(&inside).expect("created");
        assert!(matches!(save(&inside, b"x", Replace::Allowed), Err(SaveError::IsFolder)));
        let nowhere = folder.path().join("nowhere").join("a.png");
        assert!(matches!(save(&nowhere, b"x", Replace::Allowed), Err(SaveError::FolderMissing)));
        let long = folder.path().join("x".repeat(300));
        assert!(matches!(save(&long, b"x", Replace::Allowed), Err(SaveError::BadName)));
        assert_eq!(names_in(folder.path()), ["inside"]);
    }

    #[cfg(unix)]
    #[test]
    fn permissions_are_kept_and_new_files_get_the_usual_ones() {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = |path: &Path| fs::metadata(path).expect("there").permissions().mode() & 0o7777;
        let folder = tempfile::tempdir().expect("temporary folder");
        let usual = folder.path().join("usual");
        fs::write(&usual, b"").expect("written");
        let fresh = folder.path().join("fresh");
        save(&fresh, b"x", Replace::Never).expect("saved");
        assert_eq!(mode(&fresh), mode(&usual), "what any other program would give");
        fs::set_permissions(&fresh, fs::Permissions::from_mode(0o640)).expect("changed");
        save(&fresh, b"y", Replace::Allowed).expect("saved");
        assert_eq!(mode(&fresh), 0o640);
        fs::set_permissions(&fresh, fs::Permissions::from_mode(0o444)).expect("changed");
        assert!(matches!(save(&fresh, b"z", Replace::Allowed), Err(SaveError::WriteProtected)));
        assert_eq!(fs::read(&fresh).expect("readable"), b"y");
    }

    #[cfg(unix)]
    #[test]
    fn links_are_followed_and_stay_links() {
        use std::os::unix::fs::symlink;
        let folder = tempfile::tempdir().expect("temporary folder");
        let real = folder.path().join("real");
        let link = folder.path().join("link");
        symlink("real", &link).expect("linked");
        save(&link, b"through a dangling link", Replace::Never).expect("saved");
        assert!(matches!(save(&link, b"x", Replace::Never), Err(SaveError::Exists)));
        save(&link, b"again", Replace::Allowed).expect("saved");
        assert_eq!(fs::read(&real).expect("readable"), b"again");
        assert!(fs::symlink_metadata(&link).expect("there").is_symlink());
        let circle = folder.path().join("circle");
        symlink("circle", &circle).expect("linked");
        assert!(matches!(save(&circle, b"x", Replace::Allowed), Err(SaveError::NotAFile)));
    }

    #[cfg(unix)]
    #[test]
    fn devices_are_left_alone() {
        assert!(matches!(save(Path::new("/dev/null"), b"x", Replace::Allowed), Err(SaveError::NotAFile)));
    }
}
