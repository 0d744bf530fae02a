//! What is dragged over the window on X11, and how it is asked of its source.

use crate::{
    engine::embed::images_in_text,
    jobs::{
        guard,
        ports::{ClipboardError, Dragged, DropError, Pasted},
    },
    platform::clipboard::{
        offers::{Fault, Offers, dropped, foreseen},
        x11::Reader,
    },
};
use std::collections::{HashMap, VecDeque};
use x11rb::{
    protocol::{
        Event,
        xproto::{Atom, Timestamp, Window},
    },
    rust_connection::RustConnection,
};

const ENDED: &str = "the program that it comes from has ended";
const CLOSING: &str = "the window is being closed";

/// A drag from its entering to its end.
pub(super) struct Carried {
    /// The window that it comes from.
    pub(super) source: Window,
    /// What it can be had as.
    pub(super) kinds: Vec<String>,
    /// Of its newest event.
    pub(super) time: Timestamp,
    /// Its own, so that a late answer to an earlier drag is not taken for one to this.
    pub(super) property: Atom,
    /// What a drop would bring, once that was looked at.
    pub(super) foreseen: Option<Vec<Dragged>>,
    /// Of texts, some of which are asked for more than once.
    contents: HashMap<String, Option<Vec<u8>>>,
    /// After the first fault nothing more is asked: a source that was silent once would be waited for
    /// again with each kind.
    fault: Option<String>,
}

impl Carried {
    pub(super) fn new(source: Window, kinds: Vec<String>, property: Atom) -> Self {
        let time = x11rb::CURRENT_TIME;
        Self { source, kinds, time, property, foreseen: None, contents: HashMap::new(), fault: None }
    }
}

/// Where answers come in.
pub(super) struct Inbox<'a> {
    pub(super) connection: &'a RustConnection,
    /// The window that asks.
    pub(super) window: Window,
    /// `XdndSelection`.
    pub(super) selection: Atom,
    /// `INCR`.
    pub(super) incremental: Atom,
    /// The message that ends the thread.
    pub(super) end: Atom,
    /// What came in while an answer was waited for, to be heard of afterwards.
    pub(super) waiting: &'a mut VecDeque<Event>,
}

/// A drag whose source is asked.
pub(super) struct Asking<'a> {
    pub(super) carried: &'a mut Carried,
    pub(super) inbox: Inbox<'a>,
}

impl Asking<'_> {
    /// What a drop would bring; nothing when it is to be refused.
    pub(super) fn foreseen(&mut self) -> Vec<Dragged> {
        guard(|| Ok::<_, DropError>(foreseen(self))).unwrap_or_default()
    }

    /// What is dropped: all of it or nothing.
    ///
    /// # Errors
    /// [`DropError`].
    pub(super) fn dropped(&mut self) -> Result<Pasted, DropError> {
        let pasted = guard(|| {
            dropped(self).map_err(|error| match error {
                ClipboardError::Empty => DropError::Empty,
                ClipboardError::Confidential => DropError::Confidential,
                ClipboardError::Unavailable(why) => DropError::Unavailable(why),
            })
        })?;
        match pasted {
            Pasted::Text(text) => guard(|| images_in_text(&text).map(Pasted::Found).map_err(DropError::Text)),
            other => Ok(other),
        }
    }

    fn asked(&mut self, kind: &str) -> Result<Option<Vec<u8>>, Fault> {
        let Inbox { connection, window, selection, incremental, end, .. } = self.inbox;
        let Carried { source, property, time, .. } = *self.carried;
        let reader = Reader { window, selection, property, incremental, time };
        let waiting = &mut *self.inbox.waiting;
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
}

impl Offers for Asking<'_> {
    fn kinds(&self) -> &[String] {
        &self.carried.kinds
    }

    fn take(&mut self, kind: &str) -> Result<Option<Vec<u8>>, Fault> {
        if let Some(content) = self.carried.contents.get(kind) {
            return Ok(content.clone());
        }
        if let Some(fault) = &self.carried.fault {
            return Err(fault.as_str().into());
        }
        match self.asked(kind) {
            Ok(content) => {
                if kind.starts_with("text/") {
                    self.carried.contents.insert(kind.to_owned(), content.clone());
                }
                Ok(content)
            }
            Err(fault) => {
                self.carried.fault = Some(fault.to_string());
                Err(fault)
            }
        }
    }
}
