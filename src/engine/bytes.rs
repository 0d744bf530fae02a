//! Encoded bytes in memory, wherever that memory comes from.

use std::{any::Any, fmt, ops::Deref, sync::Arc};

/// Anything that owns encoded bytes: a vector, a mapping that other processes share.
pub trait Holder: AsRef<[u8]> + Any + Send + Sync {}

impl<T: AsRef<[u8]> + Any + Send + Sync> Holder for T {}

/// Encoded bytes that never change. Cloning shares them.
#[derive(Clone)]
pub struct Bytes(Arc<dyn Holder>);

impl Bytes {
    /// Wraps whatever owns the bytes.
    pub fn from_holder(holder: impl Holder) -> Self {
        Self(Arc::new(holder))
    }

    /// What owns the bytes, for whoever may know more of it.
    pub fn holder(&self) -> &dyn Any {
        &*self.0
    }

    /// Are these the very same bytes in memory (not merely equal ones)?
    pub fn is(&self, other: &Self) -> bool {
        std::ptr::addr_eq(Arc::as_ptr(&self.0), Arc::as_ptr(&other.0))
    }
}

impl Deref for Bytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        (*self.0).as_ref()
    }
}

impl AsRef<[u8]> for Bytes {
    fn as_ref(&self) -> &[u8] {
        self
    }
}

impl Default for Bytes {
    fn default() -> Self {
        Self::from_holder(Vec::new())
    }
}

impl From<Vec<u8>> for Bytes {
    fn from(bytes: Vec<u8>) -> Self {
        Self::from_holder(bytes)
    }
}

impl From<&[u8]> for Bytes {
    fn from(bytes: &[u8]) -> Self {
        Self::from(bytes.to_vec())
    }
}

impl<const N: usize> From<&[u8; N]> for Bytes {
    fn from(bytes: &[u8; N]) -> Self {
        Self::from(bytes.as_slice())
    }
}

impl PartialEq for Bytes {
    fn eq(&self, other: &Self) -> bool {
        self.is(other) || **self == **other
    }
}

impl Eq for Bytes {}

impl fmt::Debug for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Bytes({})", self.len())
    }
}

#[cfg(test)]
mod tests {
    use super::Bytes;

    #[test]
    fn equal_bytes_are_not_the_same_bytes() {
        let bytes = Bytes::from(b"abc");
        let copy = Bytes::from(bytes.to_vec());
        assert!(bytes == copy && !bytes.is(&copy) && bytes.is(&bytes.clone()));
        assert!(bytes.holder().is::<Vec<u8>>());
    }
}
