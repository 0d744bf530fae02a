//! Is there anybody who shows file dialogs?

use crate::jobs::ports::DialogError;

#[cfg(all(unix, not(target_os = "macos")))]
pub(super) use desktop::check;

/// The system shows its dialogs itself.
#[cfg(not(all(unix, not(target_os = "macos"))))]
pub(super) use always as check;

/// For systems that show dialogs themselves.
///
/// # Errors
/// None; other systems have them.
#[cfg_attr(all(unix, not(target_os = "macos"), not(test)), expect(dead_code, reason = "the fallback of other systems"))]
pub(super) fn always() -> Result<(), DialogError> {
    Ok(())
}

#[cfg(all(unix, not(target_os = "macos")))]
mod desktop {
    use super::DialogError;
    use std::{
        env,
        ffi::OsStr,
        os::unix::fs::PermissionsExt as _,
        sync::mpsc::{self, RecvTimeoutError},
        thread,
        time::Duration,
    };
    use zbus::{Connection, Proxy, proxy::CacheProperties};

    /// A portal may have to be started first, but nobody waits for ever for a dialog.
    const PATIENCE: Duration = Duration::from_secs(2);

    /// The portal, or else zenity. May take two seconds.
    ///
    /// # Errors
    /// [`DialogError::Missing`] without both, [`DialogError::Unavailable`] when the portal hangs
    /// and there is no zenity.
    pub(in super::super) fn check() -> Result<(), DialogError> {
        let zenity = || has_program("zenity", &env::var_os("PATH").unwrap_or_default());
        judge(ask_portal(PATIENCE, portal_version), zenity)
    }

    /// What came of asking the portal.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    enum Portal {
        Answers,
        Hangs,
        Missing,
    }

    fn judge(portal: Portal, has_zenity: impl FnOnce() -> bool) -> Result<(), DialogError> {
        match portal {
            Portal::Answers => Ok(()),
            _ if has_zenity() => Ok(()),
            Portal::Hangs => Err(DialogError::Unavailable("the desktop portal does not answer".to_owned())),
            Portal::Missing => Err(DialogError::Missing),
        }
    }

    /// Asks on a thread of its own, which a portal that hangs keeps for itself.
    fn ask_portal(patience: Duration, ask: impl FnOnce() -> zbus::Result<u32> + Send + 'static) -> Portal {
        let (say, answer) = mpsc::channel();
        // Who has stopped waiting does not need the answer.
        let asking = move || say.send(ask()).unwrap_or_default();
        if let Err(error) = thread::Builder::new().name("dialog service".to_owned()).spawn(asking) {
            log::debug!("the portal is not asked: {error}");
            return Portal::Missing;
        }
        match answer.recv_timeout(patience) {
            Ok(Ok(_)) => Portal::Answers,
            Ok(Err(error)) => {
                log::debug!("no dialogs of the portal: {error}");
                Portal::Missing
            }
            Err(RecvTimeoutError::Timeout) => Portal::Hangs,
            Err(RecvTimeoutError::Disconnected) => Portal::Missing,
        }
    }

    /// The version of its file dialogs; the question starts a portal that is not running.
    fn portal_version() -> zbus::Result<u32> {
        pollster::block_on(async {
            let connection = Connection::session().await?;
            let portal: Proxy<'_> = zbus::proxy::Builder::new(&connection)
                .destination("org.freedesktop.portal.Desktop")?
                .path("/org/freedesktop/portal/desktop")?
                .interface("org.freedesktop.portal.FileChooser")?
                .cache_properties(CacheProperties::No)
                .build()
                .await?;
            portal.get_property("version").await
        })
    }

    fn has_program(name: &str, path: &OsStr) -> bool {
        env::split_paths(path).any(|folder| {
            let facts = std::fs::metadata(folder.join(name));
            facts.is_ok_and(|it| it.is_file() && it.permissions().mode() & 0o111 != 0)
        })
    }

    #[cfg(test)]
    mod tests {
        use super::{DialogError, Portal, ask_portal, has_program, judge};
        use std::{fs, os::unix::fs::PermissionsExt as _, sync::mpsc, time::Duration};

        #[test]
        fn zenity_stands_in_for_the_portal() {
            assert_eq!(judge(Portal::Answers, || panic!("not needed")), Ok(()));
            for portal in [Portal::Hangs, Portal::Missing] {
                assert_eq!(judge(portal, || true), Ok(()));
            }
            assert_eq!(judge(Portal::Missing, || false), Err(DialogError::Missing));
            assert!(matches!(judge(Portal::Hangs, || false), Err(DialogError::Unavailable(_))));
        }

        #[test]
        fn a_portal_that_hangs_is_left_alone() {
            let long = Duration::from_secs(20);
            let (never, nothing) = mpsc::channel::<u32>();
            let hangs = move || {
                nothing.recv().ok();
                Ok(0)
            };
            assert_eq!(ask_portal(Duration::from_millis(20), hangs), Portal::Hangs);
            drop(never);
            assert_eq!(ask_portal(long, || Ok(4)), Portal::Answers);
            assert_eq!(ask_portal(long, || Err(zbus::Error::Unsupported)), Portal::Missing);
            assert_eq!(ask_portal(long, || panic!("a library's bug")), Portal::Missing);
        }

        #[test]
        fn only_what_can_be_run_is_a_program() {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("zenity");
            let search = std::env::join_paths(["/nowhere".as_ref(), folder.path()]).unwrap();
            assert!(!has_program("zenity", &search));
            fs::write(&path, "").unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
            assert!(!has_program("zenity", &search));
            fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
            assert!(has_program("zenity", &search));
            assert!(!has_program("zenity", "".as_ref()));
        }
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn other_systems_always_have_dialogs() {
        assert_eq!(super::always(), Ok(()));
    }
}
