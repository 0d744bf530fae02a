//! What the device's thread knows of the compositor.

use super::{Drag, device::Request, selection::Selection};
use std::{
    collections::HashMap,
    os::fd::AsFd as _,
    sync::{Mutex, PoisonError, mpsc},
};
use wayland_client::{
    Connection, Dispatch, Proxy as _, QueueHandle, WEnum, delegate_noop, event_created_child,
    protocol::{
        wl_data_device::{self, WlDataDevice},
        wl_data_device_manager::{DndAction, WlDataDeviceManager},
        wl_data_offer::{self, WlDataOffer},
        wl_keyboard::WlKeyboard,
        wl_registry::{self, WlRegistry},
        wl_seat::{self, WlSeat},
    },
};

/// Of the protocol: since the third, sources and targets agree on an action.
const NEWEST_VERSION: u32 = 3;
const WITH_ACTIONS: u32 = 3;
/// Since then a device can be given back.
const WITH_RELEASE: u32 = 2;
/// Since then a keyboard can be given back.
const SEAT_VERSION: u32 = 3;
/// Where one of them is, everybody may look at the clipboard.
const DATA_CONTROL: [&str; 2] = ["ext_data_control_manager_v1", "zwlr_data_control_manager_v1"];
/// Nobody offers more kinds.
const MOST_KINDS: usize = 1_000;

pub(super) struct State {
    drags: mpsc::Sender<Drag>,
    manager: Option<WlDataDeviceManager>,
    seats: Vec<Seat>,
    offers: HashMap<u64, Held>,
    n_offers: u64,
    /// The one that is over the window.
    drag: Option<u64>,
    pub(super) selection: Selection,
}

struct Seat {
    name: u32,
    seat: WlSeat,
    device: Option<WlDataDevice>,
    keyboard: Option<WlKeyboard>,
}

/// An offer that is of use.
struct Held {
    offer: WlDataOffer,
    /// Of the event that brought it.
    serial: u32,
}

/// What an offer has told of itself.
struct Told {
    kinds: Vec<String>,
    /// What compositor and source have agreed on; nothing with old ones.
    action: DndAction,
    /// Does its source let it be copied? Old ones say nothing of it.
    is_for_copying: bool,
}

impl Default for Told {
    fn default() -> Self {
        Self { kinds: vec![], action: DndAction::None, is_for_copying: true }
    }
}

impl State {
    pub(super) fn new(drags: mpsc::Sender<Drag>) -> Self {
        Self {
            drags,
            manager: None,
            seats: vec![],
            offers: HashMap::new(),
            n_offers: 0,
            drag: None,
            selection: Selection::default(),
        }
    }

    /// Does what another thread asks. What has become void meanwhile is left undone.
    pub(super) fn heed(&mut self, request: Request, connection: &Connection, handle: &QueueHandle<Self>) {
        match request {
            Request::Receive { offer, kind, pipe } => {
                if let Some(held) = self.offers.get(&offer) {
                    held.offer.receive(kind, pipe.as_fd());
                }
            }
            Request::Answer { drag, kind } => {
                if let Some(held) = self.offers.get(&drag) {
                    held.answer(kind);
                }
            }
            Request::Finish { drag, is_taken } => {
                if let Some(held) = self.offers.remove(&drag) {
                    held.finish(is_taken);
                }
            }
            Request::Selection { answer } => {
                // Whoever does not wait any more does not hear it.
                answer.send(self.selected()).ok();
            }
            Request::Own { kinds, outlet, answer } => self.own(kinds, outlet, answer, connection, handle),
            // Heeded by whoever asks for requests.
            Request::End => {}
        }
    }

    /// Gives everything back: a later device of this window must not stand behind these.
    pub(super) fn release(&mut self) {
        self.selection.let_go();
        self.seats.drain(..).for_each(Seat::release);
    }

    /// What can be had through the device of a seat; what it has is known by its number.
    pub(super) fn device_of(&self, seat: u32) -> Option<(&WlDataDeviceManager, &WlDataDevice)> {
        let seat = self.seats.iter().find(|it| it.name == seat)?;
        self.manager.as_ref().zip(seat.device.as_ref())
    }

    pub(super) fn kinds_of(&self, offer: u64) -> Option<Vec<String>> {
        self.offers.get(&offer).map(|it| told(&it.offer, |it| it.kinds.clone()))
    }

    pub(super) fn forget(&mut self, offer: u64) {
        if let Some(held) = self.offers.remove(&offer) {
            held.offer.destroy();
        }
    }

    /// Devices for the seats that have none.
    fn equip(&mut self, handle: &QueueHandle<Self>) {
        let Some(manager) = &self.manager else { return };
        for seat in self.seats.iter_mut().filter(|it| it.device.is_none()) {
            seat.device = Some(manager.get_data_device(&seat.seat, handle, ()));
        }
    }

    pub(super) fn hold(&mut self, offer: WlDataOffer, serial: u32) -> u64 {
        self.n_offers += 1;
        self.offers.insert(self.n_offers, Held { offer, serial });
        self.n_offers
    }

    fn entered(&mut self, serial: u32, offer: WlDataOffer) {
        // One before it that never left has ended all the same.
        self.left();
        // What cannot be copied is left alone, as if it were nothing.
        let kinds = told(&offer, |it| if it.is_for_copying { it.kinds.clone() } else { vec![] });
        let number = self.hold(offer, serial);
        self.drag = Some(number);
        self.tell(Drag::Entered(number, kinds));
    }

    fn left(&mut self) {
        let Some(number) = self.drag.take() else { return };
        self.forget(number);
        self.tell(Drag::Left(number));
    }

    fn tell(&self, drag: Drag) {
        // Whoever listens ends with the window, as this does.
        self.drags.send(drag).ok();
    }
}

impl Held {
    fn answer(&self, kind: Option<String>) {
        let action = if kind.is_some() { DndAction::Copy } else { DndAction::None };
        self.offer.accept(self.serial, kind);
        if WITH_ACTIONS <= self.offer.version() {
            self.offer.set_actions(action, action);
        }
    }

    fn finish(self, is_taken: bool) {
        let has_action = told(&self.offer, |it| it.action != DndAction::None);
        // To be finished without an action is a fault of the protocol.
        if is_taken && has_action && WITH_ACTIONS <= self.offer.version() {
            self.offer.finish();
        }
        self.offer.destroy();
    }
}

impl Seat {
    fn release(self) {
        if let Some(keyboard) = self.keyboard {
            keyboard.release();
        }
        if let Some(device) = self.device
            && WITH_RELEASE <= device.version()
        {
            device.release();
        }
    }
}

/// Looks at what an offer has told of itself.
fn told<T: Default>(offer: &WlDataOffer, look: impl FnOnce(&mut Told) -> T) -> T {
    let told = offer.data::<Mutex<Told>>();
    told.map(|it| look(&mut it.lock().unwrap_or_else(PoisonError::into_inner))).unwrap_or_default()
}

impl Dispatch<WlRegistry, ()> for State {
    fn event(
        state: &mut Self,
        registry: &WlRegistry,
        event: wl_registry::Event,
        (): &(),
        _: &Connection,
        handle: &QueueHandle<Self>,
    ) {
        match event {
            wl_registry::Event::Global { name, interface, version } => {
                if DATA_CONTROL.contains(&interface.as_str()) {
                    state.selection.is_open = true;
                } else if interface == WlSeat::interface().name && SEAT_VERSION <= version {
                    let seat = registry.bind(name, SEAT_VERSION, handle, name);
                    state.seats.push(Seat { name, seat, device: None, keyboard: None });
                } else if interface == WlDataDeviceManager::interface().name {
                    state.manager = Some(registry.bind(name, version.min(NEWEST_VERSION), handle, ()));
                }
                state.equip(handle);
            }
            wl_registry::Event::GlobalRemove { name } => {
                state.selection.lose_focus(name);
                state.seats.extract_if(.., |it| it.name == name).for_each(Seat::release);
            }
            _ => {}
        }
    }
}

impl Dispatch<WlDataDevice, ()> for State {
    fn event(
        state: &mut Self,
        _: &WlDataDevice,
        event: wl_data_device::Event,
        (): &(),
        _: &Connection,
        _: &QueueHandle<Self>,
    ) {
        match event {
            wl_data_device::Event::Enter { serial, id: Some(offer), x, y, .. } => {
                state.entered(serial, offer);
                state.tell(Drag::At([x as f32, y as f32]));
            }
            wl_data_device::Event::Motion { x, y, .. } => state.tell(Drag::At([x as f32, y as f32])),
            wl_data_device::Event::Leave => state.left(),
            wl_data_device::Event::Drop => {
                if let Some(number) = state.drag.take() {
                    state.tell(Drag::Dropped(number));
                }
            }
            wl_data_device::Event::Selection { id } => state.selected_anew(id),
            _ => {}
        }
    }

    event_created_child!(State, WlDataDevice, [
        wl_data_device::EVT_DATA_OFFER_OPCODE => (WlDataOffer, Mutex::default()),
    ]);
}

impl Dispatch<WlDataOffer, Mutex<Told>> for State {
    fn event(
        _: &mut Self,
        offer: &WlDataOffer,
        event: wl_data_offer::Event,
        _: &Mutex<Told>,
        _: &Connection,
        _: &QueueHandle<Self>,
    ) {
        match event {
            wl_data_offer::Event::Offer { mime_type } => told(offer, |it| {
                if it.kinds.len() < MOST_KINDS {
                    it.kinds.push(mime_type);
                }
            }),
            wl_data_offer::Event::SourceActions { source_actions: WEnum::Value(actions) } => {
                told(offer, |it| it.is_for_copying = actions.contains(DndAction::Copy));
            }
            wl_data_offer::Event::Action { dnd_action: WEnum::Value(action) } => told(offer, |it| it.action = action),
            _ => {}
        }
    }
}

impl Dispatch<WlSeat, u32> for State {
    /// The keyboard is of use where the clipboard is: by its events the window shows that it has the focus.
    fn event(
        state: &mut Self,
        seat: &WlSeat,
        event: wl_seat::Event,
        name: &u32,
        _: &Connection,
        handle: &QueueHandle<Self>,
    ) {
        let wl_seat::Event::Capabilities { capabilities: WEnum::Value(it) } = event else { return };
        let has_keyboard = it.contains(wl_seat::Capability::Keyboard) && !state.selection.is_open;
        let Some(known) = state.seats.iter_mut().find(|it| it.name == *name) else { return };
        if has_keyboard && known.keyboard.is_none() {
            known.keyboard = Some(seat.get_keyboard(handle, *name));
        }
        if !has_keyboard && let Some(keyboard) = known.keyboard.take() {
            keyboard.release();
            state.selection.lose_focus(*name);
        }
    }
}

delegate_noop!(State: ignore WlDataDeviceManager);
