//! Memory that two processes share (Linux: memfd_create(2)), sealed before anybody reads it.
//!
//! A seal is the kernel's promise: bytes sealed against writing, growing and shrinking are the
//! same for ever, whoever else holds them. That is what makes a mapping of them a plain `&[u8]`.

use crate::engine::Bytes;
use memmap2::{Mmap, MmapMut, MmapOptions};
use rustix::fs::{MemfdFlags, SealFlags, fcntl_add_seals, fcntl_get_seals, memfd_create};
use std::{
    fs::File,
    io::{self, Read, Write as _},
    os::fd::{AsFd, BorrowedFd, OwnedFd},
    sync::{Arc, Mutex, PoisonError},
};

/// Nothing of it can change any more.
const SEALED: SealFlags = SealFlags::WRITE.union(SealFlags::GROW).union(SealFlags::SHRINK).union(SealFlags::SEAL);

/// New memory of no length, for this process and those it is handed to.
fn create() -> io::Result<File> {
    // Not executable: nobody shall run what somebody else wrote.
    let flags = MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING;
    // Kernels before 6.3 do not know the wish.
    let memory = memfd_create("inlaid", flags | MemfdFlags::NOEXEC_SEAL).or_else(|_| memfd_create("inlaid", flags))?;
    Ok(memory.into())
}

/// Bytes that nobody can change any more.
pub(super) struct Sealed {
    map: Mmap,
    /// For handing them to another process; let go once nobody needs them there, since a process
    /// may hold only so many.
    file: Mutex<Option<Arc<OwnedFd>>>,
}

impl Sealed {
    /// Seals a memory of this length and maps it.
    ///
    /// # Errors
    /// When it cannot be sealed, as when somebody can still write to it, or has another length.
    fn of(memory: File, length: u64) -> io::Result<Self> {
        fcntl_add_seals(&memory, SEALED)?;
        Self::of_sealed(memory, length)
    }

    /// Maps a memory that is sealed already.
    ///
    /// # Errors
    /// When it is not, or has another length.
    fn of_sealed(memory: File, length: u64) -> io::Result<Self> {
        let sealed = fcntl_get_seals(&memory)?;
        if memory.metadata()?.len() != length || !sealed.contains(SEALED) {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "shared memory of another length"));
        }
        let length = usize::try_from(length).map_err(io::Error::other)?;
        let mut options = MmapOptions::new();
        options.len(length);
        let map = map_sealed(&options, &memory)?;
        Ok(Self { map, file: Mutex::new(Some(Arc::new(memory.into()))) })
    }

    fn file(&self) -> Option<Arc<OwnedFd>> {
        self.file.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn let_file_go(&self) {
        self.file.lock().unwrap_or_else(PoisonError::into_inner).take();
    }
}

impl AsRef<[u8]> for Sealed {
    fn as_ref(&self) -> &[u8] {
        &self.map
    }
}

#[expect(unsafe_code, reason = "mapping a file; the proof stands at the call")]
fn map_sealed(options: &MmapOptions, memory: &File) -> io::Result<Mmap> {
    // SAFETY: a mapping is unsound when the file behind it can be changed or cut while it is
    // read. The caller has seen the seals that forbid both to everybody, this process included,
    // and for good (F_SEAL_SEAL); the length lies within the file, so every page is there.
    unsafe { options.map_copy_read_only(memory) }
}

/// All that comes, up to `most` bytes, in memory that can be handed to another process.
///
/// # Errors
/// Those of reading, and of the system when it has no memory.
pub fn read_shared(from: &mut impl Read, most: u64) -> io::Result<Bytes> {
    let mut memory = create()?;
    // Between two files this is done by the kernel.
    let length = io::copy(&mut from.take(most), &mut memory)?;
    if length == 0 {
        return Ok(Bytes::default());
    }
    Ok(Bytes::from_holder(Sealed::of(memory, length)?))
}

/// What to hand over so that another process can read these bytes: they themselves where they
/// lie in shared memory, else a copy.
pub(super) fn handle(bytes: &Bytes) -> io::Result<Arc<OwnedFd>> {
    if let Some(file) = bytes.holder().downcast_ref::<Sealed>().and_then(Sealed::file) {
        return Ok(file);
    }
    let mut memory = create()?;
    memory.write_all(bytes)?;
    fcntl_add_seals(&memory, SEALED)?;
    Ok(Arc::new(memory.into()))
}

/// These bytes need not be handed over any more.
pub(in crate::helper) fn let_handle_go(bytes: &Bytes) {
    if let Some(sealed) = bytes.holder().downcast_ref::<Sealed>() {
        sealed.let_file_go();
    }
}

/// The helper's view of what it was handed to read.
///
/// # Errors
/// When it is not sealed, has another length or cannot be mapped.
pub(super) fn received(memory: OwnedFd, length: u64) -> io::Result<Bytes> {
    if length == 0 {
        return Ok(Bytes::default());
    }
    Ok(Bytes::from_holder(Sealed::of_sealed(memory.into(), length)?))
}

/// Memory that was lent for pixels, on the side of whoever lends it.
pub(super) struct Loan {
    memory: File,
    bytes: u64,
}

impl Loan {
    /// Zeroed memory.
    ///
    /// # Errors
    /// Those of the system.
    pub(super) fn new(bytes: u64) -> io::Result<Self> {
        let memory = create()?;
        memory.set_len(bytes)?;
        Ok(Self { memory, bytes })
    }

    pub(super) fn as_fd(&self) -> BorrowedFd<'_> {
        self.memory.as_fd()
    }

    /// Takes it back: cut to the bytes in use, sealed, mapped.
    ///
    /// # Errors
    /// When more is in use than was lent, or when whoever wrote it could still do so.
    pub(super) fn sealed(self, used: u64) -> io::Result<impl AsRef<[u8]> + Send + Sync + 'static> {
        if used == 0 || self.bytes < used {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "more pixels than memory was lent"));
        }
        if used < self.bytes {
            self.memory.set_len(used)?;
        }
        let sealed = Sealed::of(self.memory, used)?;
        sealed.let_file_go();
        Ok(sealed)
    }
}

/// Memory that was lent for pixels, on the side of whoever writes them.
pub(super) struct Canvas(MmapMut);

impl Canvas {
    /// # Errors
    /// Those of the system.
    #[expect(unsafe_code, reason = "mapping a file; the proof stands at the call")]
    pub(super) fn new(memory: &OwnedFd, bytes: usize) -> io::Result<Self> {
        // SAFETY: the memory comes from the program that started this helper, which neither
        // reads, writes nor cuts it before the helper has said that it is done, and the helper
        // says so only after this mapping is gone. A program that breaks this ends its helper
        // by SIGBUS, or finds its own picture garbled; it is the one that trusts nobody.
        let map = unsafe { MmapOptions::new().len(bytes).map_mut(memory)? };
        Ok(Self(map))
    }
}

impl AsRef<[u8]> for Canvas {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl AsMut<[u8]> for Canvas {
    fn as_mut(&mut self) -> &mut [u8] {
        &mut self.0
    }
}

#[cfg(test)]
mod tests {
    use super::{Canvas, Loan, handle, let_handle_go, read_shared};
    use crate::engine::Bytes;
    use std::{fs::File, io::Write as _, os::fd::OwnedFd, sync::Arc};

    fn duplicate(loan: &Loan) -> OwnedFd {
        loan.as_fd().try_clone_to_owned().unwrap()
    }

    #[test]
    fn what_was_lent_comes_back_only_once_nobody_can_write_to_it() {
        let loan = Loan::new(8).unwrap();
        let mut canvas = Canvas::new(&duplicate(&loan), 8).unwrap();
        canvas.as_mut().copy_from_slice(b"pixels..");
        assert!(loan.sealed(6).is_err(), "it is still mapped for writing");

        let loan = Loan::new(8).unwrap();
        let borrowed = duplicate(&loan);
        let mut canvas = Canvas::new(&borrowed, 8).unwrap();
        canvas.as_mut().copy_from_slice(b"pixels..");
        drop(canvas);
        let sealed = loan.sealed(6).unwrap();
        assert_eq!(sealed.as_ref(), b"pixels");
        assert!(File::from(borrowed).write_all(b"x").is_err(), "sealed for whoever still holds it");
        assert!(Loan::new(8).unwrap().sealed(9).is_err());
        assert!(Loan::new(8).unwrap().sealed(0).is_err());
    }

    #[test]
    fn what_was_read_is_handed_over_without_a_copy_until_it_is_let_go() {
        let bytes = read_shared(&mut &b"abc"[..], 10).unwrap();
        assert_eq!(*bytes, *b"abc");
        assert_eq!(*read_shared(&mut &b"abc"[..], 2).unwrap(), *b"ab");
        assert!(read_shared(&mut &b""[..], 2).unwrap().is_empty());
        let first = handle(&bytes).unwrap();
        assert!(Arc::ptr_eq(&first, &handle(&bytes).unwrap()));
        let_handle_go(&bytes);
        let copy = super::received(handle(&bytes).unwrap().try_clone().unwrap(), 3).unwrap();
        assert_eq!((&*copy, &*bytes), (&b"abc"[..], &b"abc"[..]));
        assert!(super::received(handle(&Bytes::from(b"abcd")).unwrap().try_clone().unwrap(), 3).is_err());
    }
}
