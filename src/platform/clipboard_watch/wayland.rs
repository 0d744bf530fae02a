//! The selection of Wayland is another one, by data-control: ext-data-control-v1, or the older
//! wlr-data-control-unstable-v1, which says the same in other names.

use super::watching::hears;
use crate::platform::clipboard::{NO_DATA_CONTROL, offers::Fault};
use std::{
    io::{ErrorKind, PipeReader},
    os::fd::AsFd as _,
};
use wayland_client::{
    Connection, Dispatch, EventQueue, Proxy, QueueHandle,
    backend::WaylandError,
    delegate_noop, event_created_child,
    globals::{GlobalListContents, registry_queue_init},
    protocol::{wl_registry::WlRegistry, wl_seat::WlSeat},
};
use wayland_protocols::ext::data_control::v1::client::{
    ext_data_control_device_v1::{EVT_DATA_OFFER_OPCODE as EXT_OFFER, ExtDataControlDeviceV1},
    ext_data_control_manager_v1::ExtDataControlManagerV1,
    ext_data_control_offer_v1::ExtDataControlOfferV1,
};
use wayland_protocols_wlr::data_control::v1::client::{
    zwlr_data_control_device_v1::{EVT_DATA_OFFER_OPCODE as WLR_OFFER, ZwlrDataControlDeviceV1},
    zwlr_data_control_manager_v1::ZwlrDataControlManagerV1,
    zwlr_data_control_offer_v1::ZwlrDataControlOfferV1,
};

/// A compositor that tells of its selections.
pub(super) struct Selection {
    connection: Connection,
    queue: EventQueue<State>,
    state: State,
}

#[derive(Default)]
struct State {
    is_copied: bool,
}

impl Selection {
    /// # Errors
    /// When there is no compositor, or none with data-control.
    pub(super) fn connect() -> Result<Self, Fault> {
        let connection = Connection::connect_to_env()?;
        let (globals, mut queue) = registry_queue_init::<State>(&connection)?;
        let handle = queue.handle();
        let names = globals.contents().with_list(|globals| {
            let seats = globals.iter().filter(|it| it.interface == WlSeat::interface().name);
            seats.map(|it| it.name).collect::<Vec<_>>()
        });
        let seats: Vec<WlSeat> = names.into_iter().map(|it| globals.registry().bind(it, 1, &handle, ())).collect();
        if let Ok(manager) = globals.bind::<ExtDataControlManagerV1, _, _>(&handle, 1..=1, ()) {
            seats.iter().for_each(|it| drop(manager.get_data_device(it, &handle, ())));
        } else {
            let manager: ZwlrDataControlManagerV1 =
                globals.bind(&handle, 1..=1, ()).map_err(|_none| NO_DATA_CONTROL)?;
            seats.iter().for_each(|it| drop(manager.get_data_device(it, &handle, ())));
        }
        // First comes what was copied before.
        queue.roundtrip(&mut State::default())?;
        Ok(Self { connection, queue, state: State::default() })
    }

    /// Looks whenever something is copied, until the end is wanted.
    ///
    /// # Errors
    /// When the compositor is gone.
    pub(super) fn watch(self, ending: &PipeReader, look: &mut dyn FnMut()) -> Result<(), Fault> {
        let Self { connection, mut queue, mut state } = self;
        loop {
            queue.dispatch_pending(&mut state)?;
            if std::mem::take(&mut state.is_copied) {
                look();
            }
            connection.flush()?;
            // There is none while something was read that has not been heeded.
            let Some(reading) = queue.prepare_read() else { continue };
            if !hears(connection.as_fd(), ending)? {
                return Ok(());
            }
            match reading.read() {
                // Half a message.
                Err(WaylandError::Io(why)) if why.kind() == ErrorKind::WouldBlock => {}
                read => drop(read?),
            }
        }
    }
}

/// One of the two protocols.
macro_rules! data_control {
    ($manager:ty, $device:ty, $offer:ty, $offer_code:pat) => {
        impl Dispatch<$device, ()> for State {
            fn event(
                state: &mut Self,
                _: &$device,
                event: <$device as Proxy>::Event,
                (): &(),
                _: &Connection,
                _: &QueueHandle<Self>,
            ) {
                type Event = <$device as Proxy>::Event;
                match event {
                    // What it holds is read as for pasting.
                    Event::Selection { id: Some(offer) } => {
                        offer.destroy();
                        state.is_copied = true;
                    }
                    Event::PrimarySelection { id: Some(offer) } => offer.destroy(),
                    _ => {}
                }
            }

            event_created_child!(State, $device, [$offer_code => ($offer, ())]);
        }

        delegate_noop!(State: ignore $manager);
        delegate_noop!(State: ignore $offer);
    };
}

data_control!(ExtDataControlManagerV1, ExtDataControlDeviceV1, ExtDataControlOfferV1, EXT_OFFER);
data_control!(ZwlrDataControlManagerV1, ZwlrDataControlDeviceV1, ZwlrDataControlOfferV1, WLR_OFFER);
delegate_noop!(State: ignore WlSeat);

impl Dispatch<WlRegistry, GlobalListContents> for State {
    /// Seats that come later are not watched.
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
