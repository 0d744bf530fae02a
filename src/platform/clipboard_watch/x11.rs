//! The selection of X11 gets another owner (XFixes, version 1).

use super::watching::hears;
use crate::platform::clipboard::offers::Fault;
use std::{io::PipeReader, os::fd::AsFd as _};
use x11rb::{
    connection::Connection as _,
    protocol::{
        Event,
        xfixes::{ConnectionExt as _, SelectionEventMask},
        xproto::{ConnectionExt as _, CreateWindowAux, WindowClass},
    },
};

/// Looks whenever something is copied, until the end is wanted.
///
/// # Errors
/// When the X server does not tell, or is gone.
pub(super) fn watch(ending: &PipeReader, look: &mut dyn FnMut()) -> Result<(), Fault> {
    let (connection, screen) = x11rb::connect(None)?;
    let root = connection.setup().roots.get(screen).ok_or("no screen")?.root;
    let window = connection.generate_id()?;
    let looks = CreateWindowAux::new();
    connection.create_window(0, window, root, 0, 0, 1, 1, 0, WindowClass::INPUT_ONLY, 0, &looks)?;
    let clipboard = connection.intern_atom(false, b"CLIPBOARD")?.reply()?.atom;
    connection.xfixes_query_version(1, 0)?.reply()?;
    let kinds = SelectionEventMask::SET_SELECTION_OWNER;
    connection.xfixes_select_selection_input(window, clipboard, kinds)?.check()?;
    loop {
        let mut is_copied = false;
        // Of several at once the last is on the clipboard.
        while let Some(event) = connection.poll_for_event()? {
            is_copied |= matches!(event, Event::XfixesSelectionNotify(it) if it.owner != x11rb::NONE);
        }
        if is_copied {
            look();
        } else if !hears(connection.stream().as_fd(), ending)? {
            return Ok(());
        }
    }
}
