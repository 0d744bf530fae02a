//! Where 8-bit samples are written: memory of our own, or what whoever wants the picture lends.

use std::ops::{Deref, DerefMut};

/// Memory lent for one picture.
pub trait Lent: AsRef<[u8]> + AsMut<[u8]> + Send + Sync {}

impl<T: AsRef<[u8]> + AsMut<[u8]> + Send + Sync> Lent for T {}

/// Lends memory for the finished samples of a picture, so that they need not be moved once more.
///
/// It is asked for what the last step writes: once a picture, and once more when that step failed
/// and another decoder begins anew.
pub trait Memory: Sync {
    /// Zeroed memory of this many bytes; `None` when the decoder shall use its own.
    fn lend(&self, bytes: usize) -> Option<Box<dyn Lent>>;
}

/// Lends nothing.
impl Memory for () {
    fn lend(&self, _: usize) -> Option<Box<dyn Lent>> {
        None
    }
}

/// 8-bit samples in either kind of memory.
pub(super) enum Buffer {
    Own(Vec<u8>),
    Lent {
        memory: Box<dyn Lent>,
        /// Bytes in use, from the start.
        used: usize,
    },
}

impl Buffer {
    /// Zeroed memory for the finished samples.
    pub(super) fn last(bytes: usize, memory: &dyn Memory) -> Self {
        match memory.lend(bytes) {
            Some(memory) if (*memory).as_ref().len() == bytes => Self::Lent { memory, used: bytes },
            _ => Self::Own(vec![0; bytes]),
        }
    }

    /// Lets go of all but the first `bytes`.
    pub(super) fn truncate(&mut self, bytes: usize) {
        match self {
            Self::Own(samples) => {
                samples.truncate(bytes);
                samples.shrink_to_fit();
            }
            Self::Lent { used, .. } => *used = bytes.min(*used),
        }
    }
}

impl From<Vec<u8>> for Buffer {
    fn from(samples: Vec<u8>) -> Self {
        Self::Own(samples)
    }
}

impl Deref for Buffer {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Self::Own(samples) => samples,
            Self::Lent { memory, used } => (**memory).as_ref().get(..*used).unwrap_or_default(),
        }
    }
}

impl DerefMut for Buffer {
    fn deref_mut(&mut self) -> &mut [u8] {
        match self {
            Self::Own(samples) => samples,
            Self::Lent { memory, used } => (**memory).as_mut().get_mut(..*used).unwrap_or_default(),
        }
    }
}

impl AsRef<[u8]> for Buffer {
    fn as_ref(&self) -> &[u8] {
        self
    }
}
