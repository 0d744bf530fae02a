//! Owning the selection of Wayland, by data-control: ext-data-control-v1, or the older
//! wlr-data-control-unstable-v1, which says the same in other names.

use super::{
    pipes::{LAST_PATIENCE, PATIENCE, Pipes},
    stock::Stock,
};
use crate::platform::clipboard::{NO_DATA_CONTROL, offers::Fault};
use std::{
    collections::HashSet,
    io::ErrorKind,
    os::fd::{AsFd as _, OwnedFd},
};
use wayland_client::{
    Connection, Dispatch, EventQueue, Proxy, QueueHandle,
    backend::WaylandError,
    delegate_noop, event_created_child,
    globals::{GlobalList, GlobalListContents, registry_queue_init},
    protocol::{wl_registry::WlRegistry, wl_seat::WlSeat},
};
use wayland_protocols::ext::data_control::v1::client::{
    ext_data_control_device_v1::{EVT_DATA_OFFER_OPCODE as EXT_OFFER, ExtDataControlDeviceV1},
    ext_data_control_manager_v1::ExtDataControlManagerV1,
    ext_data_control_offer_v1::ExtDataControlOfferV1,
    ext_data_control_source_v1::ExtDataControlSourceV1,
};
use wayland_protocols_wlr::data_control::v1::client::{
    zwlr_data_control_device_v1::{EVT_DATA_OFFER_OPCODE as WLR_OFFER, ZwlrDataControlDeviceV1},
    zwlr_data_control_manager_v1::ZwlrDataControlManagerV1,
    zwlr_data_control_offer_v1::ZwlrDataControlOfferV1,
    zwlr_data_control_source_v1::ZwlrDataControlSourceV1,
};

/// A compositor that lets us copy without a window.
pub(super) struct Compositor {
    connection: Connection,
    globals: GlobalList,
    queue: EventQueue<State>,
    manager: Manager,
}

enum Manager {
    Ext(ExtDataControlManagerV1),
    Wlr(ZwlrDataControlManagerV1),
}

/// The owner of the clipboard.
pub(super) struct Server {
    connection: Connection,
    queue: EventQueue<State>,
    state: State,
}

struct State {
    stock: Stock,
    pipes: Pipes,
    /// The seats, by their numbers, on which the clipboard is still ours.
    owned: HashSet<usize>,
}

impl Compositor {
    /// # Errors
    /// When there is no compositor, or none with data-control.
    pub(super) fn connect() -> Result<Self, Fault> {
        let connection = Connection::connect_to_env()?;
        let (globals, queue) = registry_queue_init::<State>(&connection)?;
        let ext = globals.bind(&queue.handle(), 1..=1, ()).map(Manager::Ext);
        let manager = ext.or_else(|_none| globals.bind(&queue.handle(), 1..=1, ()).map(Manager::Wlr));
        let manager = manager.map_err(|_none| NO_DATA_CONTROL)?;
        Ok(Self { connection, globals, queue, manager })
    }

    /// Becomes the owner, on every seat.
    ///
    /// # Errors
    /// When there is no seat, or the compositor does not let us.
    pub(super) fn own(self, stock: Stock) -> Result<Server, Fault> {
        let Self { connection, globals, mut queue, manager } = self;
        let handle = queue.handle();
        let names = globals.contents().with_list(|globals| {
            let seats = globals.iter().filter(|it| it.interface == WlSeat::interface().name);
            seats.map(|it| it.name).collect::<Vec<_>>()
        });
        let seats: Vec<WlSeat> = names.into_iter().map(|it| globals.registry().bind(it, 1, &handle, ())).collect();
        match manager {
            Manager::Ext(manager) => own_by_ext(&manager, &seats, &stock, &handle),
            Manager::Wlr(manager) => own_by_wlr(&manager, &seats, &stock, &handle),
        }
        let mut state = State { stock, pipes: Pipes::default(), owned: (0..seats.len()).collect() };
        // Once the compositor answers, it has done what was asked before.
        queue.roundtrip(&mut state)?;
        if state.owned.is_empty() {
            return Err("the compositor does not let it be changed".into());
        }
        Ok(Server { connection, queue, state })
    }
}

impl Server {
    /// Hands out until something else is copied and whoever is taking has taken all.
    ///
    /// # Errors
    /// When the compositor is gone.
    pub(super) fn serve(self) -> Result<(), Fault> {
        let Self { connection, mut queue, mut state } = self;
        loop {
            queue.dispatch_pending(&mut state)?;
            let is_ours = !state.owned.is_empty();
            if !is_ours {
                state.stock.forget_file();
                if state.pipes.is_empty() {
                    return Ok(());
                }
            }
            connection.flush()?;
            // There is none while something was read that has not been heeded.
            let Some(reading) = queue.prepare_read() else { continue };
            let patience = if is_ours { PATIENCE } else { LAST_PATIENCE };
            if state.pipes.send(connection.as_fd(), patience)? {
                match reading.read() {
                    // Half a message.
                    Err(WaylandError::Io(why)) if why.kind() == ErrorKind::WouldBlock => {}
                    read => drop(read?),
                }
            }
        }
    }
}

impl State {
    fn send(&mut self, kind: &str, pipe: OwnedFd) {
        let Some(bytes) = self.stock.content(kind) else { return };
        if let Err(why) = self.pipes.add(pipe, bytes) {
            log::warn!("{kind} is not handed out: {why}");
        }
    }
}

/// One of the two protocols.
macro_rules! data_control {
    ($own:ident, $manager:ty, $device:ty, $source:ty, $offer:ty, $offer_code:pat) => {
        fn $own(manager: &$manager, seats: &[WlSeat], stock: &Stock, handle: &QueueHandle<State>) {
            for (number, seat) in seats.iter().enumerate() {
                let source = manager.create_data_source(handle, number);
                for kind in stock.kinds() {
                    source.offer(kind.to_owned());
                }
                manager.get_data_device(seat, handle, number).set_selection(Some(&source));
            }
        }

        impl Dispatch<$source, usize> for State {
            fn event(
                state: &mut Self,
                source: &$source,
                event: <$source as Proxy>::Event,
                number: &usize,
                _: &Connection,
                _: &QueueHandle<Self>,
            ) {
                type Event = <$source as Proxy>::Event;
                match event {
                    Event::Send { mime_type, fd } => state.send(&mime_type, fd),
                    Event::Cancelled => {
                        state.owned.remove(number);
                        source.destroy();
                    }
                    _ => {}
                }
            }
        }

        impl Dispatch<$device, usize> for State {
            fn event(
                state: &mut Self,
                _: &$device,
                event: <$device as Proxy>::Event,
                number: &usize,
                _: &Connection,
                _: &QueueHandle<Self>,
            ) {
                type Event = <$device as Proxy>::Event;
                match event {
                    // What is offered here is ours, or not our business.
                    Event::DataOffer { id } => id.destroy(),
                    // The seat is gone.
                    Event::Finished => {
                        state.owned.remove(number);
                    }
                    _ => {}
                }
            }

            event_created_child!(State, $device, [$offer_code => ($offer, ())]);
        }

        delegate_noop!(State: ignore $manager);
        delegate_noop!(State: ignore $offer);
    };
}

data_control!(
    own_by_ext,
    ExtDataControlManagerV1,
    ExtDataControlDeviceV1,
    ExtDataControlSourceV1,
    ExtDataControlOfferV1,
    EXT_OFFER
);
data_control!(
    own_by_wlr,
    ZwlrDataControlManagerV1,
    ZwlrDataControlDeviceV1,
    ZwlrDataControlSourceV1,
    ZwlrDataControlOfferV1,
    WLR_OFFER
);
delegate_noop!(State: ignore WlSeat);

impl Dispatch<WlRegistry, GlobalListContents> for State {
    /// Seats that come later are not ours.
    fn event(
        _: &mut Self,
        _: &WlRegistry,
        _: <WlRegistry as Proxy>::Event,
        _: &GlobalListContents,
        _: &Connection,
        _: &QueueHandle<Self>,
    ) {
    }
}
