//! Handing over to a clipboard manager, which keeps what was copied without us (freedesktop.org's
//! clipboard manager specification).

use crate::platform::clipboard::offers::Fault;
use x11rb::{
    connection::Connection as _,
    protocol::{
        Event,
        xproto::{AtomEnum, ConnectionExt as _, CreateWindowAux, EventMask, PropMode, Window, WindowClass},
    },
    wrapper::ConnectionExt as _,
};

/// Asks the manager to take over these kinds from the owner, if there is a manager and the owner is
/// still this window. The manager then owns the clipboard itself.
pub(super) fn hand_over(owner: Window, kinds: &[&str]) {
    if let Err(why) = asked(owner, kinds) {
        log::info!("no clipboard manager takes over: {why}");
    }
}

fn asked(owner: Window, kinds: &[&str]) -> Result<(), Fault> {
    let (connection, screen) = x11rb::connect(None)?;
    let atom = |name: &str| -> Result<u32, Fault> { Ok(connection.intern_atom(false, name.as_bytes())?.reply()?.atom) };
    let (clipboard, manager) = (atom("CLIPBOARD")?, atom("CLIPBOARD_MANAGER")?);
    let owner_of =
        |selection| -> Result<Window, Fault> { Ok(connection.get_selection_owner(selection)?.reply()?.owner) };
    if owner_of(clipboard)? != owner || owner_of(manager)? == x11rb::NONE {
        return Ok(());
    }
    let root = connection.setup().roots.get(screen).ok_or("no screen")?.root;
    let window = connection.generate_id()?;
    let events = CreateWindowAux::new().event_mask(EventMask::PROPERTY_CHANGE);
    connection.create_window(0, window, root, 0, 0, 1, 1, 0, WindowClass::INPUT_ONLY, 0, &events)?;
    let kinds = kinds.iter().map(|it| atom(it)).collect::<Result<Vec<_>, _>>()?;
    let property = atom("INLAID_SAVE")?;
    connection.change_property32(PropMode::REPLACE, window, property, AtomEnum::ATOM, &kinds)?;
    connection.convert_selection(window, manager, atom("SAVE_TARGETS")?, property, x11rb::CURRENT_TIME)?;
    connection.flush()?;
    // Until it has answered the window must be there; the answer itself changes nothing. Before it comes
    // what has become of the property.
    while !matches!(connection.wait_for_event()?, Event::SelectionNotify(_)) {}
    Ok(())
}
