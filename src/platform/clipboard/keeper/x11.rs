//! Owning the selection of X11 (ICCCM §2), with transfers of any size (INCR, §2.7.2).

use super::stock::Stock;
use crate::platform::clipboard::offers::Fault;
use std::{
    collections::HashMap,
    rc::Rc,
    thread,
    time::{Duration, Instant},
};
use x11rb::{
    connection::{Connection as _, RequestConnection as _},
    protocol::{
        Event,
        xproto::{
            Atom, AtomEnum, ChangeWindowAttributesAux, ConnectionExt as _, CreateWindowAux, EventMask, PropMode,
            Property, SELECTION_NOTIFY_EVENT, SelectionNotifyEvent, SelectionRequestEvent, Timestamp, Window,
            WindowClass,
        },
    },
    rust_connection::RustConnection,
    wrapper::ConnectionExt as _,
};

/// More is handed over piece by piece.
const PIECE_BYTES: usize = 256 * 1024;
/// Whoever is still taking when something else is copied may go on as long as it takes something.
const LAST_PATIENCE: Duration = Duration::from_secs(10);
const GLANCE: Duration = Duration::from_millis(5);

x11rb::atom_manager! {
    /// Names that the protocol knows.
    Atoms: AtomsCookie {
        CLIPBOARD,
        TARGETS,
        TIMESTAMP,
        MULTIPLE,
        SAVE_TARGETS,
        ATOM_PAIR,
        INCR,
        NULL,
        INLAID_TIME,
    }
}

/// The owner of the clipboard.
pub(super) struct Server {
    connection: RustConnection,
    window: Window,
    atoms: Atoms,
    since: Timestamp,
    stock: Stock,
    /// The kinds of the stock by their atoms.
    kinds: Vec<(Atom, &'static str)>,
    transfers: HashMap<(Window, Atom), Transfer>,
}

/// What is being handed over piece by piece.
struct Transfer {
    target: Atom,
    bytes: Rc<[u8]>,
    n_sent: usize,
}

impl Server {
    /// Becomes the owner.
    ///
    /// # Errors
    /// When there is no X server, or it does not let us.
    pub(super) fn new(stock: Stock) -> Result<Self, Fault> {
        let (connection, screen) = x11rb::connect(None)?;
        let root = connection.setup().roots.get(screen).ok_or("no screen")?.root;
        let window = connection.generate_id()?;
        let events = CreateWindowAux::new().event_mask(EventMask::PROPERTY_CHANGE);
        connection.create_window(0, window, root, 0, 0, 1, 1, 0, WindowClass::INPUT_ONLY, 0, &events)?;
        let atoms = Atoms::new(&connection)?.reply()?;
        let since = now(&connection, window, atoms.INLAID_TIME)?;
        let mut kinds = vec![];
        for kind in stock.kinds() {
            kinds.push((connection.intern_atom(false, kind.as_bytes())?.reply()?.atom, kind));
        }
        connection.set_selection_owner(window, atoms.CLIPBOARD, since)?;
        if connection.get_selection_owner(atoms.CLIPBOARD)?.reply()?.owner != window {
            return Err("another program keeps it to itself".into());
        }
        Ok(Self { connection, window, atoms, since, stock, kinds, transfers: HashMap::new() })
    }

    /// The window that owns.
    pub(super) fn window(&self) -> Window {
        self.window
    }

    /// The kinds that a clipboard manager may take over.
    pub(super) fn lasting_kinds(&self) -> Vec<&'static str> {
        self.stock.lasting_kinds()
    }

    /// Answers until something else is copied and whoever is taking has taken all.
    ///
    /// # Errors
    /// When the X server is gone.
    pub(super) fn serve(mut self) -> Result<(), Fault> {
        loop {
            match self.connection.wait_for_event()? {
                Event::SelectionClear(it) if it.selection == self.atoms.CLIPBOARD => break,
                event => self.heed(&event)?,
            }
        }
        self.stock.forget_file();
        let mut end = Instant::now() + LAST_PATIENCE;
        while !self.transfers.is_empty() && Instant::now() < end {
            match self.connection.poll_for_event()? {
                Some(event) => {
                    self.heed(&event)?;
                    end = Instant::now() + LAST_PATIENCE;
                }
                None => thread::park_timeout(GLANCE),
            }
        }
        Ok(())
    }

    fn heed(&mut self, event: &Event) -> Result<(), Fault> {
        match event {
            Event::SelectionRequest(request) => self.answer(request)?,
            Event::PropertyNotify(it) if it.state == Property::DELETE => self.send_piece((it.window, it.atom))?,
            Event::DestroyNotify(it) => self.transfers.retain(|(window, _), _| *window != it.window),
            // A window that is gone is an error of its request, and no more.
            _ => {}
        }
        self.connection.flush()?;
        Ok(())
    }

    fn answer(&mut self, request: &SelectionRequestEvent) -> Result<(), Fault> {
        let &SelectionRequestEvent { requestor, target, selection, time, .. } = request;
        // Clients older than ICCCM name no property (§2.2).
        let property = if request.property == x11rb::NONE { target } else { request.property };
        let is_of_now =
            selection == self.atoms.CLIPBOARD && (time == x11rb::CURRENT_TIME || !is_before(time, self.since));
        let is_done = is_of_now
            && if target == self.atoms.MULTIPLE {
                self.put_several(requestor, property)?
            } else {
                self.put(requestor, property, target)?
            };
        let answer = SelectionNotifyEvent {
            response_type: SELECTION_NOTIFY_EVENT,
            sequence: 0,
            time,
            requestor,
            selection,
            target,
            property: if is_done { property } else { x11rb::NONE },
        };
        self.connection.send_event(false, requestor, EventMask::NO_EVENT, answer)?;
        Ok(())
    }

    /// Several kinds in one request (§2.6.2); those that there are not become `None` in the list.
    fn put_several(&mut self, requestor: Window, property: Atom) -> Result<bool, Fault> {
        const MOST_PAIRS: u32 = 100;
        let list = self.connection.get_property(false, requestor, property, AtomEnum::ANY, 0, 2 * MOST_PAIRS)?.reply();
        let Some(mut atoms) = list.ok().and_then(|it| Some(it.value32()?.collect::<Vec<_>>())) else {
            return Ok(false);
        };
        for pair in atoms.as_chunks_mut::<2>().0 {
            let [target, place] = *pair;
            if !self.put(requestor, place, target)? {
                pair[1] = x11rb::NONE;
            }
        }
        self.connection.change_property32(PropMode::REPLACE, requestor, property, self.atoms.ATOM_PAIR, &atoms)?;
        Ok(true)
    }

    /// Puts the content of a kind where the requestor wants it; `false` when there is no such kind.
    fn put(&mut self, requestor: Window, property: Atom, target: Atom) -> Result<bool, Fault> {
        let Self { connection, atoms, .. } = self;
        if target == atoms.TARGETS {
            let own = [atoms.TARGETS, atoms.TIMESTAMP, atoms.MULTIPLE, atoms.SAVE_TARGETS];
            let all: Vec<Atom> = own.into_iter().chain(self.kinds.iter().map(|(atom, _)| *atom)).collect();
            connection.change_property32(PropMode::REPLACE, requestor, property, AtomEnum::ATOM, &all)?;
            return Ok(true);
        }
        if target == atoms.TIMESTAMP {
            let since = [self.since];
            connection.change_property32(PropMode::REPLACE, requestor, property, AtomEnum::INTEGER, &since)?;
            return Ok(true);
        }
        if target == atoms.SAVE_TARGETS {
            // Nothing but a yes.
            connection.change_property32(PropMode::REPLACE, requestor, property, atoms.NULL, &[])?;
            return Ok(true);
        }
        let Some((_, kind)) = self.kinds.iter().find(|(atom, _)| *atom == target) else { return Ok(false) };
        let Some(bytes) = self.stock.content(kind) else { return Ok(false) };
        if bytes.len() <= self.piece_bytes() {
            self.connection.change_property8(PropMode::REPLACE, requestor, property, target, &bytes)?;
            return Ok(true);
        }
        // The requestor tells by deleting the property that it wants the next piece.
        let heed =
            ChangeWindowAttributesAux::new().event_mask(EventMask::PROPERTY_CHANGE | EventMask::STRUCTURE_NOTIFY);
        self.connection.change_window_attributes(requestor, &heed)?;
        let length = [u32::try_from(bytes.len()).unwrap_or(u32::MAX)];
        self.connection.change_property32(PropMode::REPLACE, requestor, property, self.atoms.INCR, &length)?;
        self.transfers.insert((requestor, property), Transfer { target, bytes, n_sent: 0 });
        Ok(true)
    }

    fn piece_bytes(&self) -> usize {
        // Half leaves room for what else is in a request.
        PIECE_BYTES.min(self.connection.maximum_request_bytes() / 2)
    }

    /// The next piece of a transfer; after the last an empty one.
    fn send_piece(&mut self, place: (Window, Atom)) -> Result<(), Fault> {
        let most = self.piece_bytes();
        let Some(transfer) = self.transfers.get_mut(&place) else { return Ok(()) };
        let rest = transfer.bytes.get(transfer.n_sent..).unwrap_or_default();
        let piece = rest.get(..most).unwrap_or(rest);
        self.connection.change_property8(PropMode::REPLACE, place.0, place.1, transfer.target, piece)?;
        transfer.n_sent += piece.len();
        if piece.is_empty() {
            self.transfers.remove(&place);
        }
        Ok(())
    }
}

/// The time of the server, which stamps what happens to a property (§2.1).
fn now(connection: &RustConnection, window: Window, property: Atom) -> Result<Timestamp, Fault> {
    connection.change_property8(PropMode::APPEND, window, property, AtomEnum::STRING, &[])?;
    connection.flush()?;
    loop {
        if let Event::PropertyNotify(it) = connection.wait_for_event()?
            && it.atom == property
        {
            return Ok(it.time);
        }
    }
}

/// Times wrap around after 49 days.
fn is_before(time: Timestamp, other: Timestamp) -> bool {
    other.wrapping_sub(time).wrapping_sub(1) < u32::MAX / 2
}

#[cfg(test)]
mod tests {
    use super::is_before;

    #[test]
    fn times_wrap_around() {
        assert!(is_before(1, 2) && !is_before(2, 2) && !is_before(3, 2));
        assert!(is_before(u32::MAX, 5) && !is_before(5, u32::MAX));
    }
}
