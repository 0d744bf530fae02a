//! The clipboard as the device knows it, where the compositor shows it to nobody but the window that has
//! the focus.

use super::{
    device::{Offered, Outlet, Wanted},
    state::State,
};
use crate::platform::clipboard::offers::Fault;
use std::sync::mpsc;
use wayland_client::{
    Connection, Dispatch, QueueHandle,
    protocol::{
        wl_callback::{self, WlCallback},
        wl_data_offer::WlDataOffer,
        wl_data_source::{self, WlDataSource},
        wl_keyboard::{self, WlKeyboard},
    },
};

const NO_FOCUS: &str = "this compositor shows it to no window but the one that has the focus";
const NOT_TAKEN: &str = "the compositor did not let it be changed";

#[derive(Default)]
pub(super) struct Selection {
    /// May everybody look at it? Then it is dealt with elsewhere.
    pub(super) is_open: bool,
    /// The seat by which the window has the focus, and the number of its newest event, by which a copy is
    /// permitted.
    focus: Option<(u32, u32)>,
    /// What is on the clipboard, by its number.
    offer: Option<u64>,
    n_changes: u64,
    /// What is ours.
    source: Option<WlDataSource>,
    owning: Option<Owning>,
}

/// A copy of which the compositor has not yet said what became of it.
struct Owning {
    answer: mpsc::Sender<Result<(), Fault>>,
    /// How often the clipboard had changed before.
    n_changes: u64,
}

impl Selection {
    pub(super) fn lose_focus(&mut self, seat: u32) {
        self.focus.take_if(|it| it.0 == seat);
    }

    /// Gives back what is ours.
    pub(super) fn let_go(&mut self) {
        if let Some(source) = self.source.take() {
            close(&source);
        }
    }
}

impl State {
    /// What is on the clipboard.
    ///
    /// # Errors
    /// When the window does not have the focus.
    pub(super) fn selected(&self) -> Result<Option<Offered>, Fault> {
        let Selection { focus, offer, .. } = &self.selection;
        focus.ok_or(NO_FOCUS)?;
        Ok(offer.and_then(|it| Some((it, self.kinds_of(it)?))))
    }

    pub(super) fn selected_anew(&mut self, offer: Option<WlDataOffer>) {
        self.selection.n_changes += 1;
        if let Some(old) = self.selection.offer.take() {
            self.forget(old);
        }
        match offer {
            Some(offer) if self.selection.is_open => offer.destroy(),
            // No event brings a number with it, and none is asked for.
            Some(offer) => self.selection.offer = Some(self.hold(offer, 0)),
            None => {}
        }
    }

    /// Owns the clipboard; answers once the compositor has said what became of it.
    pub(super) fn own(
        &mut self,
        kinds: Vec<String>,
        outlet: Outlet,
        answer: mpsc::Sender<Result<(), Fault>>,
        connection: &Connection,
        handle: &QueueHandle<Self>,
    ) {
        let focus = self.selection.focus;
        let Some(((manager, device), serial)) = focus.and_then(|(seat, it)| Some((self.device_of(seat)?, it))) else {
            // Whoever does not wait any more does not hear it.
            answer.send(Err(NO_FOCUS.into())).ok();
            return;
        };
        let source = manager.create_data_source(handle, outlet);
        kinds.into_iter().for_each(|it| source.offer(it));
        device.set_selection(Some(&source), serial);
        // Answered once everything before it was done.
        connection.display().sync(handle, ());
        self.selection.owning = Some(Owning { answer, n_changes: self.selection.n_changes });
        // The one before is given back when the compositor says that it is void.
        self.selection.source = Some(source);
    }
}

fn close(source: &WlDataSource) {
    if let Some(outlet) = wayland_client::Proxy::data::<Outlet>(source) {
        outlet.close();
    }
    source.destroy();
}

impl Dispatch<WlCallback, ()> for State {
    fn event(state: &mut Self, _: &WlCallback, _: wl_callback::Event, (): &(), _: &Connection, _: &QueueHandle<Self>) {
        let Some(Owning { answer, n_changes }) = state.selection.owning.take() else { return };
        // A window with the focus is shown its own copy, too; a copy that came too late is not heeded.
        let is_owned = state.selection.source.is_some() && n_changes < state.selection.n_changes;
        if !is_owned {
            state.selection.let_go();
        }
        answer.send(if is_owned { Ok(()) } else { Err(NOT_TAKEN.into()) }).ok();
    }
}

impl Dispatch<WlDataSource, Outlet> for State {
    fn event(
        state: &mut Self,
        source: &WlDataSource,
        event: wl_data_source::Event,
        outlet: &Outlet,
        _: &Connection,
        _: &QueueHandle<Self>,
    ) {
        match event {
            wl_data_source::Event::Send { mime_type: kind, fd: pipe } => outlet.tell(Wanted { kind, pipe }),
            wl_data_source::Event::Cancelled => {
                state.selection.source.take_if(|it| it == source);
                close(source);
            }
            _ => {}
        }
    }
}

impl Dispatch<WlKeyboard, u32> for State {
    fn event(
        state: &mut Self,
        _: &WlKeyboard,
        event: wl_keyboard::Event,
        seat: &u32,
        _: &Connection,
        _: &QueueHandle<Self>,
    ) {
        match event {
            wl_keyboard::Event::Enter { serial, .. } | wl_keyboard::Event::Key { serial, .. } => {
                state.selection.focus = Some((*seat, serial));
            }
            wl_keyboard::Event::Leave { .. } => state.selection.lose_focus(*seat),
            _ => {}
        }
    }
}
