//! The selection of X11 as its owner offers it (ICCCM §2).

use super::offers::{Fault, LONGEST, Offers, PATIENCE, SILENT, TOO_SLOW};
use std::{
    thread,
    time::{Duration, Instant},
};
use x11rb::{
    connection::Connection as _,
    protocol::{
        Event,
        xproto::{
            Atom, AtomEnum, ConnectionExt as _, CreateWindowAux, EventMask, Property, SelectionNotifyEvent, Window,
            WindowClass,
        },
    },
    rust_connection::RustConnection,
};

/// How long to rest between two looks at what has come.
const GLANCE: Duration = Duration::from_millis(1);
/// More is not taken.
const MOST_BYTES: usize = 1_000_000_000;
/// Nobody offers more kinds.
const MOST_KINDS: usize = 1_000;

/// A window of ours in whose property an owner leaves what it was asked for.
pub(super) struct X11Offers {
    connection: RustConnection,
    window: Window,
    clipboard: Atom,
    property: Atom,
    incremental: Atom,
    kinds: Vec<String>,
}

impl X11Offers {
    /// What the owner of the clipboard offers; nothing when there is no owner.
    ///
    /// # Errors
    /// When there is no X server, or the owner does not answer.
    pub(super) fn new() -> Result<Self, Fault> {
        let (connection, screen) = x11rb::connect(None)?;
        let root = connection.setup().roots.get(screen).ok_or("no screen")?.root;
        let window = connection.generate_id()?;
        let events = CreateWindowAux::new().event_mask(EventMask::PROPERTY_CHANGE);
        connection.create_window(0, window, root, 0, 0, 1, 1, 0, WindowClass::INPUT_ONLY, 0, &events)?;
        let atom =
            |name: &str| -> Result<Atom, Fault> { Ok(connection.intern_atom(false, name.as_bytes())?.reply()?.atom) };
        let (clipboard, property, incremental) = (atom("CLIPBOARD")?, atom("INLAID_PASTE")?, atom("INCR")?);
        let mut offers = Self { connection, window, clipboard, property, incremental, kinds: vec![] };
        if offers.connection.get_selection_owner(clipboard)?.reply()?.owner != x11rb::NONE {
            offers.kinds = offers.offered()?;
        }
        Ok(offers)
    }

    /// What the owner says that it has (`TARGETS`, ICCCM §2.6.2).
    fn offered(&self) -> Result<Vec<String>, Fault> {
        let targets = self.asked("TARGETS")?.unwrap_or_default();
        let atoms = targets.as_chunks::<4>().0.iter().take(MOST_KINDS).map(|it| Atom::from_ne_bytes(*it));
        let asked: Result<Vec<_>, _> = atoms.map(|it| self.connection.get_atom_name(it)).collect();
        // A wrong number is no reason to forget the others.
        let names = asked?.into_iter().filter_map(|it| it.reply().ok());
        Ok(names.map(|it| String::from_utf8_lossy(&it.name).into_owned()).collect())
    }

    /// Asks the owner (ICCCM §2.4), and takes it piece by piece when it is large (INCR, §2.7.2).
    fn asked(&self, kind: &str) -> Result<Option<Vec<u8>>, Fault> {
        let target = self.connection.intern_atom(false, kind.as_bytes())?.reply()?.atom;
        let Self { window, clipboard, property, .. } = *self;
        self.connection.convert_selection(window, clipboard, target, property, x11rb::CURRENT_TIME)?;
        self.connection.flush()?;
        let is_answer = |it: &Event| matches!(it, Event::SelectionNotify(it) if it.target == target);
        match self.wait(is_answer)? {
            Event::SelectionNotify(SelectionNotifyEvent { property, .. }) if property != x11rb::NONE => {}
            _ => return Ok(None),
        }
        let (kind, mut bytes) = self.taken()?;
        if kind != self.incremental {
            return Ok(Some(bytes));
        }
        bytes.clear();
        let end = Instant::now() + LONGEST;
        loop {
            if end < Instant::now() {
                return Err(TOO_SLOW.into());
            }
            let is_piece = |it: &Event| matches!(it, Event::PropertyNotify(it) if it.atom == self.property && it.state == Property::NEW_VALUE);
            self.wait(is_piece)?;
            let (_, piece) = self.taken()?;
            if piece.is_empty() {
                return Ok(Some(bytes));
            }
            bytes.extend(piece);
            if MOST_BYTES < bytes.len() {
                return Err("it is larger than 1 GB".into());
            }
        }
    }

    /// What is in the property and of which kind; taking it asks for the next piece.
    fn taken(&self) -> Result<(Atom, Vec<u8>), Fault> {
        let most_words = MOST_BYTES as u32 / 4;
        let reply = self.connection.get_property(true, self.window, self.property, AtomEnum::ANY, 0, most_words)?;
        let reply = reply.reply()?;
        Ok((reply.type_, reply.value))
    }

    fn wait(&self, is_it: impl Fn(&Event) -> bool) -> Result<Event, Fault> {
        let until = Instant::now() + PATIENCE;
        loop {
            match self.connection.poll_for_event()? {
                Some(event) if is_it(&event) => return Ok(event),
                Some(_) => {}
                None if until < Instant::now() => return Err(SILENT.into()),
                None => thread::park_timeout(GLANCE),
            }
        }
    }
}

impl Offers for X11Offers {
    fn kinds(&self) -> &[String] {
        &self.kinds
    }

    fn take(&mut self, kind: &str) -> Result<Option<Vec<u8>>, Fault> {
        self.asked(kind)
    }
}
