//! The selection of Wayland, where the compositor lets programs without the focus read it.

use super::{
    NO_DATA_CONTROL,
    offers::{Fault, LONGEST, Offers, PATIENCE, SILENT, TOO_SLOW},
};
use std::{
    io::{self, Read},
    sync::mpsc,
    thread,
    time::Instant,
};
use wl_clipboard_rs::paste::{ClipboardType, Error, MimeType, Seat, get_contents, get_mime_types_ordered};

/// More is not taken.
const MOST_BYTES: usize = 1_000_000_000;
const PIECE_BYTES: usize = 1 << 18;

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

/// Reads to the end on a thread of its own, which stays behind if the owner neither writes nor closes.
fn read_patiently(mut pipe: impl Read + Send + 'static) -> Result<Vec<u8>, Fault> {
    let (sender, pieces) = mpsc::sync_channel::<io::Result<Vec<u8>>>(1);
    let read = move || {
        let mut buffer = vec![0; PIECE_BYTES];
        loop {
            let read = pipe.read(&mut buffer).map(|length| buffer.get(..length).unwrap_or_default().to_vec());
            let is_last = !matches!(&read, Ok(piece) if !piece.is_empty());
            if sender.send(read).is_err() || is_last {
                return;
            }
        }
    };
    thread::Builder::new().name("clipboard pipe".to_owned()).spawn(read)?;
    let mut bytes = vec![];
    let end = Instant::now() + LONGEST;
    loop {
        if end < Instant::now() {
            return Err(TOO_SLOW.into());
        }
        let piece = pieces.recv_timeout(PATIENCE).map_err(|_silence| SILENT)??;
        if piece.is_empty() {
            return Ok(bytes);
        }
        bytes.extend(piece);
        if MOST_BYTES < bytes.len() {
            return Err("it is larger than 1 GB".into());
        }
    }
}
