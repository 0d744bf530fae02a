//! The selection of Wayland, where the compositor lets programs without the focus read it.

use super::{
    NO_DATA_CONTROL,
    offers::{Fault, Offers},
};
use crate::platform::wayland::read_patiently;
use wl_clipboard_rs::paste::{ClipboardType, Error, MimeType, Seat, get_contents, get_mime_types_ordered};

pub(super) struct WaylandOffers {
    kinds: Vec<String>,
}

impl WaylandOffers {
    /// What the owner of the clipboard offers; nothing when there is no owner.
    ///
    /// # Errors
    /// When there is no compositor, or none that tells.
    pub(super) fn new() -> Result<Self, Fault> {
        match get_mime_types_ordered(ClipboardType::Regular, Seat::Unspecified) {
            Ok(kinds) => Ok(Self { kinds }),
            Err(Error::NoSeats | Error::ClipboardEmpty | Error::NoMimeType) => Ok(Self { kinds: vec![] }),
            Err(Error::MissingProtocol { .. }) => Err(NO_DATA_CONTROL.into()),
            Err(error) => Err(error.into()),
        }
    }
}

impl Offers for WaylandOffers {
    fn kinds(&self) -> &[String] {
        &self.kinds
    }

    fn take(&mut self, kind: &str) -> Result<Option<Vec<u8>>, Fault> {
        match get_contents(ClipboardType::Regular, Seat::Unspecified, MimeType::Specific(kind)) {
            Ok((pipe, _)) => read_patiently(pipe).map(Some),
            Err(Error::NoSeats | Error::ClipboardEmpty | Error::NoMimeType) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}
