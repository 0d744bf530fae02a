//! Drops on X11 (XDND, version 5): a window of our own stands in for the toolkit's, which names it in
//! `XdndProxy`. Sources that do not look there find the toolkit's own handling, so nothing comes twice.

use super::carried::Carried;
use crate::{
    jobs::ports::{Drag, Drops, News, Spot, Tell},
    platform::clipboard::{
        offers::Fault,
        x11::{Reader, names},
    },
};
use std::{
    collections::VecDeque,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};
use x11rb::{
    connection::Connection as _,
    errors::ConnectionError,
    protocol::{
        Event,
        xproto::{
            Atom, AtomEnum, ChangeWindowAttributesAux, ClientMessageEvent, ConnectionExt as _, CreateWindowAux,
            EventMask, PropMode, Timestamp, Window, WindowClass,
        },
    },
    rust_connection::RustConnection,
    wrapper::ConnectionExt as _,
};

/// How long the end of the window waits for the thread, which mostly ends at once.
const FAREWELL: Duration = Duration::from_millis(500);
const GLANCE: Duration = Duration::from_millis(2);
const ENDED: &str = "the program that it comes from has ended";
const CLOSING: &str = "the window is being closed";
/// Of the protocol.
const VERSION: u32 = 5;
/// Names are lasting in an X server, so few of them are used in turn.
const N_PROPERTIES: usize = 8;
/// Nobody offers more kinds.
const MOST_KINDS: u32 = 1_000;

x11rb::atom_manager! {
    /// Names that the protocol knows, and the message by which the thread is ended.
    Atoms: AtomsCookie {
        XdndAware,
        XdndProxy,
        XdndEnter,
        XdndPosition,
        XdndStatus,
        XdndLeave,
        XdndDrop,
        XdndFinished,
        XdndSelection,
        XdndTypeList,
        XdndActionCopy,
        INCR,
        INLAID_END,
    }
}

/// A place for drops on a window of the toolkit's.
pub(super) struct X11Drops {
    toplevel: Window,
    end: Arc<End>,
    thread: Option<JoinHandle<()>>,
}

/// How the thread is told to end.
#[derive(Default)]
struct End {
    is_wanted: AtomicBool,
    reach: OnceLock<Reach>,
}

/// A connection and a window through which the thread is reached.
struct Reach(Arc<RustConnection>, Window, Atom);

impl X11Drops {
    pub(super) fn new(toplevel: Window) -> Self {
        Self { toplevel, end: Arc::default(), thread: None }
    }
}

impl Drops for X11Drops {
    fn listen(&mut self, tell: Tell) {
        let (toplevel, end) = (self.toplevel, self.end.clone());
        let receiving = move || {
            if let Err(why) = receive(toplevel, &end, tell) {
                log::warn!("only files can be dropped: {why}");
            }
        };
        match thread::Builder::new().name("drops".to_owned()).spawn(receiving) {
            Ok(thread) => self.thread = Some(thread),
            Err(error) => log::warn!("only files can be dropped: {error}"),
        }
    }
}

impl Drop for X11Drops {
    fn drop(&mut self) {
        // In this order: whoever does not see the wish in the thread is seen here.
        self.end.is_wanted.store(true, Ordering::SeqCst);
        if let Some(Reach(connection, window, message)) = self.end.reach.get() {
            let said = send(connection, *window, *message, [0; 5]);
            // Without a server the thread has ended.
            said.unwrap_or_else(|error| log::info!("the X server is gone: {error}"));
        }
        let Some(thread) = self.thread.take() else { return };
        let deadline = Instant::now() + FAREWELL;
        while !thread.is_finished() && Instant::now() < deadline {
            thread::park_timeout(GLANCE);
        }
    }
}

fn receive(toplevel: Window, end: &End, tell: Tell) -> Result<(), Fault> {
    let mut target = Target::new(toplevel, tell)?;
    let reach = Reach(target.connection.clone(), target.window, target.atoms.INLAID_END);
    let is_first = end.reach.set(reach).is_ok();
    if !is_first || end.is_wanted.load(Ordering::SeqCst) {
        return Ok(());
    }
    target.serve()
}

fn send(connection: &RustConnection, to: Window, message: Atom, data: [u32; 5]) -> Result<(), ConnectionError> {
    let event = ClientMessageEvent::new(32, to, message, data);
    connection.send_event(false, to, EventMask::NO_EVENT, event)?;
    connection.flush()
}

/// A drag, and how its source is reached.
struct Source {
    carried: Carried,
    /// The window that it comes from.
    window: Window,
    /// Of its newest event.
    time: Timestamp,
    /// Its own, so that a late answer to an earlier drag is not taken for one to this.
    property: Atom,
}

/// The window that stands in.
struct Target {
    connection: Arc<RustConnection>,
    window: Window,
    root: Window,
    toplevel: Window,
    /// Where it was told last that the pointer is.
    pointer: Option<[i32; 2]>,
    atoms: Atoms,
    properties: Vec<Atom>,
    tell: Tell,
    drag: Option<Source>,
    n_drags: usize,
    waiting: VecDeque<Event>,
}

impl Target {
    /// Stands in for a window from now on.
    ///
    /// # Errors
    /// When there is no X server.
    fn new(toplevel: Window, tell: Tell) -> Result<Self, Fault> {
        let (connection, screen) = x11rb::connect(None)?;
        let root = connection.setup().roots.get(screen).ok_or("no screen")?.root;
        let atoms = Atoms::new(&connection)?.reply()?;
        let named = (0..N_PROPERTIES).map(|it| connection.intern_atom(false, format!("INLAID_DROP_{it}").as_bytes()));
        let mut properties = vec![];
        for cookie in named.collect::<Result<Vec<_>, _>>()? {
            properties.push(cookie.reply()?.atom);
        }
        let window = connection.generate_id()?;
        let looks = CreateWindowAux::new().event_mask(EventMask::PROPERTY_CHANGE).override_redirect(1);
        connection.create_window(0, window, root, -10, -10, 1, 1, 0, WindowClass::INPUT_ONLY, 0, &looks)?;
        let (replace, window_kind) = (PropMode::REPLACE, AtomEnum::WINDOW);
        connection.change_property8(replace, window, AtomEnum::WM_NAME, AtomEnum::STRING, b"Inlaid drops")?;
        connection.change_property32(replace, window, atoms.XdndAware, AtomEnum::ATOM, &[VERSION])?;
        // It names itself, so that nobody is led to a window that is gone.
        connection.change_property32(replace, window, atoms.XdndProxy, window_kind, &[window])?;
        let ends = ChangeWindowAttributesAux::new().event_mask(EventMask::STRUCTURE_NOTIFY);
        connection.change_window_attributes(toplevel, &ends)?.check()?;
        connection.change_property32(replace, toplevel, atoms.XdndProxy, window_kind, &[window])?.check()?;
        let (connection, waiting) = (Arc::new(connection), VecDeque::new());
        let (pointer, drag, n_drags) = (None, None, 0);
        Ok(Self { connection, window, root, toplevel, pointer, atoms, properties, tell, drag, n_drags, waiting })
    }

    /// Answers sources until the window is gone or the end is wanted.
    ///
    /// # Errors
    /// When the X server is gone.
    fn serve(&mut self) -> Result<(), Fault> {
        loop {
            let event = match self.waiting.pop_front() {
                Some(event) => event,
                None => self.connection.wait_for_event()?,
            };
            match event {
                Event::ClientMessage(it) if it.type_ == self.atoms.INLAID_END => break,
                Event::ClientMessage(it) => self.heed(it.type_, it.window, it.data.as_data32())?,
                Event::DestroyNotify(it) if it.window == self.toplevel => return Ok(()),
                Event::DestroyNotify(it) => self.left(it.window),
                _ => {}
            }
        }
        // The toolkit's own handling is back for as long as its window is there.
        self.connection.delete_property(self.toplevel, self.atoms.XdndProxy)?;
        Ok(self.connection.flush()?)
    }

    /// `addressed` is the window that the source means: the toolkit's, or with some browsers this one. It
    /// knows answers by it.
    fn heed(&mut self, message: Atom, addressed: Window, data: [u32; 5]) -> Result<(), Fault> {
        let Atoms { XdndEnter, XdndPosition, XdndLeave, XdndDrop, .. } = self.atoms;
        match message {
            it if it == XdndEnter => self.entered(data)?,
            it if it == XdndPosition => self.moved(addressed, data)?,
            it if it == XdndLeave => self.left(data[0]),
            it if it == XdndDrop => self.dropped(addressed, data)?,
            _ => {}
        }
        Ok(())
    }

    fn entered(&mut self, [source, flags, few @ ..]: [u32; 5]) -> Result<(), Fault> {
        self.pointer = None;
        // One before it that never left has ended all the same.
        if self.drag.take().is_some() {
            self.tell(Drag::Gone);
        }
        let atoms = if flags & 1 == 0 { few.to_vec() } else { self.listed(source)? };
        let kinds = names(&self.connection, atoms.into_iter().filter(|it| *it != x11rb::NONE))?;
        // To hear of its end. One that has ended already answers nothing, and is found out by that.
        let ends = ChangeWindowAttributesAux::new().event_mask(EventMask::STRUCTURE_NOTIFY);
        self.connection.change_window_attributes(source, &ends)?;
        self.connection.flush()?;
        self.n_drags += 1;
        let property = self.properties.get(self.n_drags % N_PROPERTIES).copied().unwrap_or_default();
        self.drag = Some(Source { carried: Carried::new(kinds), window: source, time: x11rb::CURRENT_TIME, property });
        Ok(())
    }

    /// More kinds than there is room for in the message.
    fn listed(&self, source: Window) -> Result<Vec<Atom>, Fault> {
        let list = self.atoms.XdndTypeList;
        let reply = self.connection.get_property(false, source, list, AtomEnum::ATOM, 0, MOST_KINDS)?.reply();
        Ok(reply.ok().and_then(|it| Some(it.value32()?.collect())).unwrap_or_default())
    }

    fn moved(&mut self, addressed: Window, [source, _, place, time, _]: [u32; 5]) -> Result<(), Fault> {
        let Some(mut drag) = self.drag.take_if(|it| it.window == source) else { return Ok(()) };
        drag.time = time;
        self.point(place)?;
        let is_taken = self.look_at(&mut drag);
        self.drag = Some(drag);
        let action = if is_taken { self.atoms.XdndActionCopy } else { x11rb::NONE };
        // An empty rectangle: every move is answered.
        Ok(send(&self.connection, source, self.atoms.XdndStatus, [addressed, is_taken.into(), 0, 0, action])?)
    }

    /// Tells where the pointer is: two halves, to the right and down from the corner of the screen.
    fn point(&mut self, place: u32) -> Result<(), Fault> {
        let [x, y] = [(place >> 16) as i16, place as i16];
        // The window may be gone by now.
        let Ok(it) = self.connection.translate_coordinates(self.root, self.toplevel, x, y)?.reply() else {
            return Ok(());
        };
        let pointer = Some([it.dst_x.into(), it.dst_y.into()]);
        // Sources repeat themselves while the pointer rests.
        if std::mem::replace(&mut self.pointer, pointer) != pointer {
            pointer.into_iter().for_each(|it| self.tell(Drag::At(Spot::Pixels(it))));
        }
        Ok(())
    }

    /// Would it be taken? Told once for each drag.
    fn look_at(&mut self, drag: &mut Source) -> bool {
        let Source { carried, window, time, property } = drag;
        let (foreseen, is_new) = carried.foreseen(&mut |kind| self.ask((*window, *time, *property), kind));
        let is_taken = !foreseen.is_empty();
        if is_taken && is_new {
            self.tell(Drag::Over(foreseen));
        }
        is_taken
    }

    fn left(&mut self, source: Window) {
        if self.drag.take_if(|it| it.window == source).is_some() {
            self.tell(Drag::Gone);
        }
    }

    fn dropped(&mut self, addressed: Window, [source, _, time, ..]: [u32; 5]) -> Result<(), Fault> {
        let mut is_taken = false;
        if let Some(mut drag) = self.drag.take_if(|it| it.window == source) {
            drag.time = time;
            if self.look_at(&mut drag) {
                self.tell(Drag::Coming);
                let Source { carried, window, time, property } = &mut drag;
                let dropped = carried.dropped(&mut |kind| self.ask((*window, *time, *property), kind));
                is_taken = dropped.is_ok();
                self.tell(Drag::Dropped(dropped));
            }
        }
        let action = if is_taken { self.atoms.XdndActionCopy } else { x11rb::NONE };
        Ok(send(&self.connection, source, self.atoms.XdndFinished, [addressed, is_taken.into(), action, 0, 0])?)
    }

    /// Asks a source, which owns the selection of drags.
    fn ask(
        &mut self,
        (source, time, property): (Window, Timestamp, Atom),
        kind: &str,
    ) -> Result<Option<Vec<u8>>, Fault> {
        let Self { connection, window, atoms, waiting, .. } = self;
        let (selection, incremental, end) = (atoms.XdndSelection, atoms.INCR, atoms.INLAID_END);
        let reader = Reader { window: *window, selection, property, incremental, time };
        reader.asked(connection, kind, &mut |event| {
            let why = match &event {
                Event::ClientMessage(it) if it.type_ == end => Some(CLOSING),
                Event::DestroyNotify(it) if it.window == source => Some(ENDED),
                _ => None,
            };
            // Nothing else of what comes in is for later.
            if matches!(event, Event::ClientMessage(_) | Event::DestroyNotify(_)) {
                waiting.push_back(event);
            }
            why.map_or(Ok(()), |why| Err(why.into()))
        })
    }

    fn tell(&self, drag: Drag) {
        (self.tell)(News::Drag(drag));
    }
}
