//! Where the first window of this user and this display is found by the next start.

use interprocess::local_socket::{GenericFilePath, Name, prelude::*};
use std::{io, path::PathBuf};

/// The socket of the first window, and the lock that says who that is.
#[derive(Clone, Debug)]
pub(super) struct Address {
    socket: PathBuf,
    /// `None` where the socket itself has only one owner.
    pub(super) lock: Option<PathBuf>,
}

impl Address {
    /// For this user and this display.
    ///
    /// # Errors
    /// When there is no folder that is this user's alone.
    pub(super) fn of_this_user() -> io::Result<Self> {
        place(&format!("inlaid-{:016x}", fingerprint(display().as_bytes())))
    }

    /// As the socket library wants it.
    ///
    /// # Errors
    /// When it is too long for this system.
    pub(super) fn name(&self) -> io::Result<Name<'_>> {
        self.socket.as_path().to_fs_name::<GenericFilePath>()
    }

    #[cfg(test)]
    #[cfg(unix)]
    pub(super) fn in_folder(folder: &std::path::Path) -> Self {
        Self { socket: folder.join("socket"), lock: Some(folder.join("lock")) }
    }
}

/// Two displays have two windows: nobody looks for a window on another screen.
fn display() -> String {
    let names = ["WAYLAND_DISPLAY", "DISPLAY"].into_iter().filter_map(std::env::var_os);
    names.into_iter().find(|it| !it.is_empty()).unwrap_or_default().to_string_lossy().into_owned()
}

/// FNV-1a: short, and the same in every version of the program.
fn fingerprint(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(unix)]
fn place(name: &str) -> io::Result<Address> {
    let folder = private_folder()?;
    Ok(Address { socket: folder.join(format!("{name}.socket")), lock: Some(folder.join(format!("{name}.lock"))) })
}

#[cfg(not(unix))]
fn place(name: &str) -> io::Result<Address> {
    let user = std::env::var("USERNAME").unwrap_or_default();
    Ok(Address { socket: format!(r"\\.\pipe\{name}-{:016x}", fingerprint(user.as_bytes())).into(), lock: None })
}

/// The session's own folder, else one of ours in the cache.
#[cfg(unix)]
fn private_folder() -> io::Result<PathBuf> {
    use etcetera::BaseStrategy as _;
    use std::os::unix::fs::DirBuilderExt as _;
    if let Some(folder) = std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from)
        && folder.is_absolute()
        && check_private(&folder).is_ok()
    {
        return Ok(folder);
    }
    let cache = etcetera::choose_base_strategy().map_err(io::Error::other)?.cache_dir();
    let folder = cache.join("inlaid").join("run");
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(&folder)?;
    check_private(&folder)?;
    Ok(folder)
}

/// Ours, and closed to everybody else: whoever could enter it could read what we open.
#[cfg(unix)]
fn check_private(folder: &std::path::Path) -> io::Result<()> {
    use std::os::unix::fs::MetadataExt as _;
    let facts = std::fs::metadata(folder)?;
    // Whoever makes a file is its owner.
    let us = tempfile::tempfile_in(folder)?.metadata()?.uid();
    if facts.is_dir() && facts.uid() == us && facts.mode() & 0o077 == 0 {
        Ok(())
    } else {
        Err(io::Error::other(format!("{} is not private", folder.display())))
    }
}

#[cfg(test)]
mod tests {
    use super::fingerprint;

    /// The published test vectors of FNV-1a with 64 bits.
    #[test]
    fn the_fingerprint_is_the_known_one() {
        assert_eq!(fingerprint(b""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(fingerprint(b"a"), 0xaf63_dc4c_8601_ec8c);
        assert_eq!(fingerprint(b"foobar"), 0x8594_4171_f739_67e8);
    }

    #[test]
    #[cfg(unix)]
    fn a_folder_that_others_enter_is_not_private() {
        use std::{fs, os::unix::fs::PermissionsExt as _};
        let folder = tempfile::tempdir().unwrap();
        for (mode, is_private) in [(0o700, true), (0o750, false), (0o701, false), (0o777, false)] {
            fs::set_permissions(folder.path(), fs::Permissions::from_mode(mode)).unwrap();
            assert_eq!(super::check_private(folder.path()).is_ok(), is_private, "{mode:o}");
        }
        assert!(super::check_private(&folder.path().join("none")).is_err());
    }
}
