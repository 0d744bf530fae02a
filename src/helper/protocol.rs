//! What the program and a helper say to each other: frames of a length and a message.
//!
//! A frame is its length in bytes (four bytes, little-endian) and a [`postcard`] message. The
//! helper is the same executable, so both ends are of one version; [`VERSION`] is there for the
//! executable that was replaced while the program ran. What a helper says is believed only as
//! far as [`super::check`] has looked at it.

use super::{
    details::{Details, Gamut},
    wishes::Wish,
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::io::{self, Read};

/// Grows with every change of the messages.
pub(super) const VERSION: u32 = 7;

/// Of one message. A colour profile is the longest that one has to carry.
const MOST_BYTES: usize = 16 << 20;

/// To the helper.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Request {
    /// Do this with the encoded bytes that come along.
    Work(Order),
    /// Encode the pixels that come along.
    Encode(EncodeOrder),
    /// The memory that was asked for comes along.
    Memory,
}

/// What to do.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Order {
    pub(super) task: Task,
    /// As in [`crate::engine::Limits`].
    pub(super) max_pixels: u64,
    pub(super) max_bytes: u64,
    pub(super) max_source_bytes: u64,
    /// Of the encoded source.
    pub(super) source_bytes: u64,
}

/// What to encode, and how.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct EncodeOrder {
    pub(super) wish: Wish,
    pub(super) picture: Picture,
    /// Of the pixels.
    pub(super) pixel_bytes: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Task {
    Decode {
        keeps_profile: bool,
        vector_size: Option<[u32; 2]>,
        enough: Option<[u32; 2]>,
    },
    Measure,
    Glimpse,
    /// The source is a text: how long is it as brotli?
    Compress,
}

/// From the helper.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Answer {
    /// Contained and waiting. Of the walls that this system does not have, each a few words.
    Ready { version: u32, missing: Vec<String> },
    /// Memory for the pixels is wanted.
    Lend { bytes: u64 },
    /// So many bytes of pixels follow, where memory cannot be lent.
    Pixels { bytes: u64 },
    /// The order was carried out.
    Done(Result<Outcome, Fault>),
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Outcome {
    Decoded(Picture, Facts),
    Size([u32; 2]),
    /// A small picture and the size of the picture itself.
    Glimpsed(Option<(Picture, [u32; 2])>),
    /// So many bytes, which lie where pixels would.
    Encoded {
        bytes: u64,
    },
    /// So long; the bytes themselves are of no use.
    Compressed {
        bytes: u64,
    },
}

/// Pixels that lie in the memory that was lent, or came before; in an order, those that come along.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Picture {
    pub(super) size: [u32; 2],
    pub(super) layout: Layout,
    pub(super) profile: Option<Vec<u8>>,
}

/// As [`crate::engine::Layout`].
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(super) enum Layout {
    Rgb8,
    Rgba8,
    Rgb16,
    Rgba16,
}

/// As [`crate::engine::Facts`]; the size and the alpha are those of the picture.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Facts {
    pub(super) stored_size: [u32; 2],
    pub(super) size: [u32; 2],
    pub(super) orientation: u8,
    pub(super) frames: Option<u32>,
    pub(super) profile_name: Option<String>,
    pub(super) depth: u8,
    pub(super) gamut: Gamut,
    pub(super) details: Details,
    pub(super) warnings: Vec<Warning>,
}

/// As [`crate::engine::Warning`], of those that decoding gives.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Warning {
    FramesDropped { frames: Option<u32> },
    ProfileIgnored { why: String },
    Truncated,
}

/// As [`crate::engine::EngineError`], of those that decoding and encoding give.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Fault {
    NotAnImage,
    Empty,
    Unreadable,
    Damaged {
        cause: String,
    },
    UnsupportedFeature {
        cause: String,
    },
    NoPixels {
        width: u32,
        height: u32,
    },
    TooManyPixels {
        width: u64,
        height: u64,
        limit_megapixels: u64,
    },
    TooMuchMemory {
        needed_megabytes: u64,
        limit_megabytes: u64,
    },
    TooComplex {
        what: String,
    },
    /// An encoder failed.
    NotEncoded {
        cause: String,
    },
    /// A decoder or an encoder panicked.
    Crashed,
}

/// One frame.
///
/// # Errors
/// When the message is longer than any that is expected.
pub(super) fn frame(message: &impl Serialize) -> io::Result<Vec<u8>> {
    let body = postcard::to_allocvec(message).map_err(io::Error::other)?;
    if MOST_BYTES < body.len() {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "a message of too many bytes"));
    }
    // At most 16 MB, so the length fits.
    let mut frame = (body.len() as u32).to_le_bytes().to_vec();
    frame.extend(body);
    Ok(frame)
}

/// The message whose frame begins with these four bytes.
///
/// # Errors
/// When it ends early, is too long or means nothing.
pub(super) fn message<T: DeserializeOwned>(length: [u8; 4], from: &mut impl Read) -> io::Result<T> {
    let length = u32::from_le_bytes(length) as usize;
    if MOST_BYTES < length {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "a message of too many bytes"));
    }
    let mut body = Vec::new();
    // Grows with what comes, not with what was announced.
    from.take(length as u64).read_to_end(&mut body)?;
    if body.len() < length {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    let (message, rest) = postcard::take_from_bytes(&body).map_err(io::Error::other)?;
    if rest.is_empty() { Ok(message) } else { Err(io::Error::new(io::ErrorKind::InvalidData, "a message and more")) }
}

/// Reads one frame.
///
/// # Errors
/// As [`message`]; also at the end of the stream.
pub(super) fn read<T: DeserializeOwned>(from: &mut impl Read) -> io::Result<T> {
    let mut length = [0; 4];
    from.read_exact(&mut length)?;
    message(length, from)
}

#[cfg(test)]
mod tests {
    use super::{Answer, Fault, Request, frame, read};
    use std::io;

    #[test]
    fn a_frame_is_a_length_and_a_message() {
        let bytes = frame(&Answer::Lend { bytes: 300 }).unwrap();
        // By hand: variant 1, then 300 as a varint (0b10_0101100).
        assert_eq!(bytes, [3, 0, 0, 0, 1, 0xac, 0x02]);
        assert!(matches!(read(&mut &bytes[..]).unwrap(), Answer::Lend { bytes: 300 }));
    }

    #[test]
    fn what_is_no_message_is_refused() {
        let is_refused = |bytes: &[u8]| read::<Answer>(&mut &*bytes).is_err();
        assert!(is_refused(&[]), "nothing");
        assert!(is_refused(&[3, 0, 0, 0, 1, 0xac]), "the end is missing");
        assert!(is_refused(&[4, 0, 0, 0, 1, 0xac, 0x02, 0]), "more than a message");
        assert!(is_refused(&[1, 0, 0, 0, 77]), "no such variant");
        assert!(is_refused(&[0xff; 4]), "too long");
        // A list that claims four thousand million entries: variant 0, version 1, the count.
        assert!(is_refused(&[7, 0, 0, 0, 0, 1, 0xff, 0xff, 0xff, 0xff, 0x0f]), "a list that is not there");
        let long = Answer::Done(Err(Fault::Damaged { cause: "x".repeat(20 << 20) }));
        assert_eq!(frame(&long).unwrap_err().kind(), io::ErrorKind::InvalidData);
        assert!(read::<Request>(&mut &frame(&Request::Memory).unwrap()[..]).is_ok());
    }
}
