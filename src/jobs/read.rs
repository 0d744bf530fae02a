//! Reads one ordinary file into memory, within a limit; other processes can be handed that memory.

use super::JobError;
use crate::{engine::Bytes, helper::read_shared};
use std::{fs::File, io::Read, path::Path};

/// Reads a file of at most `max_bytes`. Folders, pipes and devices are refused before they
/// are opened, since opening a pipe waits for its writer.
///
/// # Errors
/// [`JobError::Folder`], [`JobError::NotAFile`], [`JobError::FileTooLarge`], [`JobError::Read`].
pub fn read_file(path: &Path, max_bytes: u64) -> Result<Bytes, JobError> {
    let facts = std::fs::metadata(path).map_err(JobError::Read)?;
    if facts.is_dir() {
        return Err(JobError::Folder);
    }
    if !facts.is_file() {
        return Err(JobError::NotAFile);
    }
    check_length(facts.len(), max_bytes)?;
    // The kernel's own files say that they are empty, and some of them block their reader.
    if facts.len() == 0 {
        return Ok(Bytes::default());
    }
    let mut file = File::open(path).map_err(JobError::Read)?;
    // The file may grow while it is read, or have become shorter.
    let bytes = read_shared(&mut file, max_bytes.saturating_add(1)).map_err(JobError::Read)?;
    check_length(bytes.len() as u64, max_bytes)?;
    Ok(bytes)
}

/// Reads to the end, but at most `max_bytes`.
///
/// # Errors
/// [`JobError::FileTooLarge`], [`JobError::Read`].
pub fn read_all(from: impl Read, max_bytes: u64) -> Result<Bytes, JobError> {
    let mut bytes = Vec::new();
    from.take(max_bytes.saturating_add(1)).read_to_end(&mut bytes).map_err(JobError::Read)?;
    check_length(bytes.len() as u64, max_bytes)?;
    Ok(bytes.into())
}

fn check_length(length: u64, max_bytes: u64) -> Result<(), JobError> {
    if max_bytes < length {
        let (megabytes, limit_megabytes) = (length.div_ceil(1_000_000), max_bytes / 1_000_000);
        return Err(JobError::FileTooLarge { megabytes, limit_megabytes });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::read_file;
    use crate::jobs::JobError;

    #[test]
    fn only_ordinary_files_within_the_limit_are_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ten");
        std::fs::write(&path, [7; 10]).unwrap();
        assert_eq!(*read_file(&path, 10).unwrap(), [7; 10]);
        assert!(matches!(read_file(&path, 9), Err(JobError::FileTooLarge { .. })));
        assert!(matches!(read_file(folder.path(), 9), Err(JobError::Folder)));
        assert!(matches!(read_file(&folder.path().join("none"), 9), Err(JobError::Read(_))));
    }

    #[test]
    #[cfg(unix)]
    fn files_of_the_kernel_are_not_waited_for() {
        let path = std::path::Path::new("/proc/version");
        // There is always something to read in it, although it says it has no length.
        if path.exists() {
            assert!(read_file(path, 9).unwrap().is_empty());
        }
    }

    #[test]
    #[cfg(unix)]
    fn a_pipe_is_not_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pipe");
        assert!(std::process::Command::new("mkfifo").arg(&path).status().unwrap().success());
        assert!(matches!(read_file(&path, 9), Err(JobError::NotAFile)));
    }
}
