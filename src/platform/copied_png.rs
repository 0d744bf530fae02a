//! A copied picture as the bytes that its owner offers as `image/png`, on X11 and on Wayland.

use std::{
    env,
    io::Read as _,
    thread,
    time::{Duration, Instant},
};
use wl_clipboard_rs::paste::{ClipboardType, MimeType, Seat, get_contents, get_mime_types};
use x11rb::{
    connection::Connection,
    protocol::{
        Event,
        xproto::{
            Atom, AtomEnum, ConnectionExt as _, CreateWindowAux, EventMask, Property, SelectionNotifyEvent, Window,
            WindowClass,
        },
    },
    rust_connection::RustConnection,
};

const MIME: &str = "image/png";
const FILES: &str = "text/uri-list";
/// So begins every PNG (PNG third edition, §5.2). Some owners answer any question with what they have.
const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";
/// An owner that is silent for so long has nothing to say.
const PATIENCE: Duration = Duration::from_secs(4);
/// How long to rest between two looks at what has come.
const GLANCE: Duration = Duration::from_millis(1);
/// More is not taken.
const MOST_BYTES: usize = 1_000_000_000;

/// What went wrong, which is the same to the user: there is no picture to paste.
type Fault = Box<dyn std::error::Error>;

/// The PNG that is on the clipboard, if there is one.
pub(super) fn read() -> Option<Vec<u8>> {
    let from_wayland = if is_wayland() { sought("Wayland", from_wayland()) } else { None };
    let found = from_wayland.or_else(|| sought("X11", from_x11(MIME).map(|it| it.map(|(bytes, _)| bytes))));
    found.filter(|bytes| bytes.starts_with(SIGNATURE))
}

/// Does the owner offer files? To be asked before it is asked for them: some answer with what
/// they have, and those that send it in pieces then wait for ever for the rest to be taken.
pub(super) fn offers_files() -> bool {
    // Not every compositor tells; then the X server beside it may.
    if is_wayland()
        && let Ok(types) = get_mime_types(ClipboardType::Regular, Seat::Unspecified)
    {
        return types.contains(FILES);
    }
    x11_offers(FILES).unwrap_or_else(|why| {
        log::info!("what the clipboard of X11 offers is not known: {why}");
        false
    })
}

fn is_wayland() -> bool {
    env::var_os("WAYLAND_DISPLAY").is_some_and(|it| !it.is_empty())
}

fn sought(system: &str, result: Result<Option<Vec<u8>>, Fault>) -> Option<Vec<u8>> {
    result.unwrap_or_else(|why| {
        log::info!("no picture from the clipboard of {system}: {why}");
        None
    })
}

fn from_wayland() -> Result<Option<Vec<u8>>, Fault> {
    let (pipe, _) = get_contents(ClipboardType::Regular, Seat::Unspecified, MimeType::Specific(MIME))?;
    let mut bytes = vec![];
    pipe.take(MOST_BYTES as u64).read_to_end(&mut bytes)?;
    Ok(Some(bytes))
}

/// Does the owner say that it has this (`TARGETS`, ICCCM §2.6.2)?
fn x11_offers(target: &str) -> Result<bool, Fault> {
    let Some((targets, connection)) = from_x11("TARGETS")? else { return Ok(false) };
    let wanted = connection.intern_atom(false, target.as_bytes())?.reply()?.atom.to_ne_bytes();
    Ok(targets.as_chunks::<4>().0.contains(&wanted))
}

/// Asks the owner of the selection (ICCCM §2.4), piece by piece when it is large (INCR, §2.7.2).
fn from_x11(target: &str) -> Result<Option<(Vec<u8>, RustConnection)>, Fault> {
    let (connection, screen) = x11rb::connect(None)?;
    let root = connection.setup().roots.get(screen).ok_or("no screen")?.root;
    let window = connection.generate_id()?;
    let events = CreateWindowAux::new().event_mask(EventMask::PROPERTY_CHANGE);
    connection.create_window(0, window, root, 0, 0, 1, 1, 0, WindowClass::INPUT_ONLY, 0, &events)?;
    let atom =
        |name: &str| -> Result<Atom, Fault> { Ok(connection.intern_atom(false, name.as_bytes())?.reply()?.atom) };
    let (clipboard, target, incremental) = (atom("CLIPBOARD")?, atom(target)?, atom("INCR")?);
    let letter = Letter { connection: &connection, window, property: atom("INLAID_PASTE")?, incremental };
    connection.convert_selection(window, clipboard, target, letter.property, x11rb::CURRENT_TIME)?;
    connection.flush()?;
    let bytes = letter.read()?;
    Ok(bytes.map(|bytes| (bytes, connection)))
}

/// The property in which the owner leaves what it was asked for.
struct Letter<'a, C> {
    connection: &'a C,
    window: Window,
    property: Atom,
    incremental: Atom,
}

impl<C: Connection> Letter<'_, C> {
    fn read(&self) -> Result<Option<Vec<u8>>, Fault> {
        let is_answer = |it: &Event| matches!(it, Event::SelectionNotify(_));
        match self.wait(is_answer)? {
            Event::SelectionNotify(SelectionNotifyEvent { property, .. }) if property != x11rb::NONE => {}
            _ => return Ok(None),
        }
        let (kind, mut bytes) = self.take()?;
        if kind != self.incremental {
            return Ok(Some(bytes));
        }
        bytes.clear();
        loop {
            let is_piece = |it: &Event| matches!(it, Event::PropertyNotify(it) if it.atom == self.property && it.state == Property::NEW_VALUE);
            self.wait(is_piece)?;
            let (_, piece) = self.take()?;
            if piece.is_empty() {
                return Ok(Some(bytes));
            }
            bytes.extend(piece);
            if MOST_BYTES < bytes.len() {
                return Err("more than is taken".into());
            }
        }
    }

    /// What is in the property and of which kind; taking it asks for the next piece.
    fn take(&self) -> Result<(Atom, Vec<u8>), Fault> {
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
                None if until < Instant::now() => return Err("its owner does not answer".into()),
                None => thread::park_timeout(GLANCE),
            }
        }
    }
}
