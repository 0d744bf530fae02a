//! The selection of X11 as its owner offers it (ICCCM §2).

use super::offers::{Fault, GivenUp, LONGEST, Offers, PATIENCE};
use std::{
    thread,
    time::{Duration, Instant},
};
use x11rb::{
    connection::Connection as _,
    protocol::{
        Event,
        xproto::{
            Atom, AtomEnum, ConnectionExt as _, CreateWindowAux, EventMask, Property, SelectionNotifyEvent, Timestamp,
            Window, WindowClass,
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

/// What the owner of the clipboard offers.
pub(super) struct X11Offers {
    connection: RustConnection,
    reader: Reader,
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
        let (selection, property, incremental) = (atom("CLIPBOARD")?, atom("INLAID_PASTE")?, atom("INCR")?);
        let reader = Reader { window, selection, property, incremental, time: x11rb::CURRENT_TIME };
        let mut offers = Self { connection, reader, kinds: vec![] };
        if offers.connection.get_selection_owner(selection)?.reply()?.owner != x11rb::NONE {
            offers.kinds = offers.offered()?;
        }
        Ok(offers)
    }

    /// What the owner says that it has (`TARGETS`, ICCCM §2.6.2).
    fn offered(&self) -> Result<Vec<String>, Fault> {
        let targets = self.asked("TARGETS")?.unwrap_or_default();
        let atoms = targets.as_chunks::<4>().0.iter().map(|it| Atom::from_ne_bytes(*it));
        names(&self.connection, atoms)
    }

    /// Whatever else comes in meanwhile means nothing to us.
    fn asked(&self, kind: &str) -> Result<Option<Vec<u8>>, Fault> {
        self.reader.asked(&self.connection, kind, &mut |_| Ok(()))
    }
}

/// What the atoms of kinds are called.
///
/// # Errors
/// When the X server is gone.
pub(in crate::platform) fn names(
    connection: &RustConnection,
    atoms: impl Iterator<Item = Atom>,
) -> Result<Vec<String>, Fault> {
    let asked: Result<Vec<_>, _> = atoms.take(MOST_KINDS).map(|it| connection.get_atom_name(it)).collect();
    // A wrong number is no reason to forget the others.
    let names = asked?.into_iter().filter_map(|it| it.reply().ok());
    Ok(names.map(|it| String::from_utf8_lossy(&it.name).into_owned()).collect())
}

/// Hears of events that come in while another is waited for; an error ends the waiting.
pub(in crate::platform) type Heed<'a> = &'a mut dyn FnMut(Event) -> Result<(), Fault>;

/// Asks the owner of a selection for its content.
#[derive(Clone, Copy)]
pub(in crate::platform) struct Reader {
    /// Ours; it hears of changed properties.
    pub(in crate::platform) window: Window,
    /// What is asked for.
    pub(in crate::platform) selection: Atom,
    /// Of the window, in which the owner leaves what it was asked for.
    pub(in crate::platform) property: Atom,
    /// `INCR`.
    pub(in crate::platform) incremental: Atom,
    /// Of the event because of which it is asked.
    pub(in crate::platform) time: Timestamp,
}

impl Reader {
    /// Asks the owner (ICCCM §2.4), and takes it piece by piece when it is large (INCR, §2.7.2).
    ///
    /// # Errors
    /// When the owner is silent, takes too long or sends too much, and when `heed` says so.
    pub(in crate::platform) fn asked(
        &self,
        connection: &RustConnection,
        kind: &str,
        heed: Heed<'_>,
    ) -> Result<Option<Vec<u8>>, Fault> {
        let target = connection.intern_atom(false, kind.as_bytes())?.reply()?.atom;
        let Self { window, selection, property, incremental, time } = *self;
        connection.convert_selection(window, selection, target, property, time)?;
        connection.flush()?;
        let is_answer =
            |it: &Event| matches!(it, Event::SelectionNotify(it) if it.target == target && it.selection == selection);
        match wait(connection, is_answer, heed)? {
            Event::SelectionNotify(SelectionNotifyEvent { property, .. }) if property != x11rb::NONE => {}
            _ => return Ok(None),
        }
        let (kind, mut bytes) = self.taken(connection)?;
        if kind != incremental {
            return Ok(Some(bytes));
        }
        bytes.clear();
        let end = Instant::now() + LONGEST;
        loop {
            if end < Instant::now() {
                return Err(GivenUp::TooSlow.into());
            }
            let is_piece = |it: &Event| matches!(it, Event::PropertyNotify(it) if it.atom == property && it.state == Property::NEW_VALUE);
            wait(connection, is_piece, heed)?;
            let (_, piece) = self.taken(connection)?;
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
    fn taken(&self, connection: &RustConnection) -> Result<(Atom, Vec<u8>), Fault> {
        let most_words = MOST_BYTES as u32 / 4;
        let reply = connection.get_property(true, self.window, self.property, AtomEnum::ANY, 0, most_words)?;
        let reply = reply.reply()?;
        Ok((reply.type_, reply.value))
    }
}

fn wait(connection: &RustConnection, is_it: impl Fn(&Event) -> bool, heed: Heed<'_>) -> Result<Event, Fault> {
    let until = Instant::now() + PATIENCE;
    loop {
        match connection.poll_for_event()? {
            Some(event) if is_it(&event) => return Ok(event),
            Some(event) => heed(event)?,
            None if until < Instant::now() => return Err(GivenUp::Silent.into()),
            None => thread::park_timeout(GLANCE),
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
