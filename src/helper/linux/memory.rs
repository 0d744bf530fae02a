//! Memory that two processes share (Linux: memfd_create(2)), sealed before anybody reads it.
//!
//! A seal is the kernel's promise: bytes sealed against writing, growing and shrinking are the
//! same for ever, whoever else holds them. That is what makes a mapping of them a plain `&[u8]`.

use crate::engine::Bytes;
use memmap2::{Mmap, MmapMut, MmapOptions};
use rustix::fs::{FallocateFlags, MemfdFlags, SealFlags, fallocate, fcntl_add_seals, fcntl_get_seals, memfd_create};
use std::{
    fs::File,
    io::{self, Read, Write as _},
    os::fd::{AsFd as _, BorrowedFd, OwnedFd},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
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
        let map = map_read_only(&options, &memory)?;
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
fn map_read_only(options: &MmapOptions, memory: &File) -> io::Result<Mmap> {
    // SAFETY: a mapping is unsound when the file behind it can be changed or cut while it is read.
    // It cannot be cut: the callers have seen the seals against that, and the length lies within
    // the file. It is read only through what `Sealed::of_sealed` and `Loan::sealed` return, and
    // they have seen the seal against writing, which the kernel gives only once no mapping is left
    // through which anybody could write, this process included.
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
    // In this order: nothing is populated any more when the mapping goes.
    ahead: Option<Populating>,
    map: Mmap,
    memory: Arc<File>,
}

impl Loan {
    /// Zeroed memory, which nobody can make longer or shorter.
    ///
    /// # Errors
    /// Those of the system.
    pub(super) fn new(bytes: u64) -> io::Result<Self> {
        let memory = create()?;
        memory.set_len(bytes)?;
        fcntl_add_seals(&memory, SealFlags::GROW | SealFlags::SHRINK)?;
        let mut options = MmapOptions::new();
        options.len(usize::try_from(bytes).map_err(io::Error::other)?);
        let map = map_read_only(&options, &memory)?;
        let memory = Arc::new(memory);
        let pages = memory.clone();
        let ahead = Populating::begin(&map, libc::MADV_POPULATE_READ, move |at, length| {
            // Taking pages here is cheapest; where it fails, whoever touches them finds out.
            fallocate(&pages, FallocateFlags::empty(), at as u64, length as u64).ok();
        });
        Ok(Self { ahead, map, memory })
    }

    pub(super) fn as_fd(&self) -> BorrowedFd<'_> {
        self.memory.as_fd()
    }

    /// Takes the first `used` bytes back, sealed.
    ///
    /// # Errors
    /// When more is in use than was lent, or when whoever wrote it could still do so.
    pub(super) fn sealed(self, used: u64) -> io::Result<impl AsRef<[u8]> + Send + Sync + 'static> {
        let Self { ahead, map, memory } = self;
        drop(ahead);
        let used = usize::try_from(used).ok().filter(|used| (1..=map.len()).contains(used));
        let used =
            used.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "more pixels than memory was lent"))?;
        fcntl_add_seals(&*memory, SEALED)?;
        // What was mapped before is what is sealed now: of such memory there is one copy.
        Ok(Returned { map: Some(map), used })
    }
}

/// Pixels that nobody can change any more.
struct Returned {
    /// There until the end.
    map: Option<Mmap>,
    used: usize,
}

impl Returned {
    /// What is larger takes milliseconds to free, which a window does not have.
    const LEAST_ASIDE: usize = 8 << 20;
}

impl AsRef<[u8]> for Returned {
    fn as_ref(&self) -> &[u8] {
        self.map.as_ref().and_then(|map| map.get(..self.used)).unwrap_or_default()
    }
}

impl Drop for Returned {
    fn drop(&mut self) {
        if let Some(large) = self.map.take_if(|map| Self::LEAST_ASIDE <= map.len()) {
            // Without a thread it is freed here.
            thread::Builder::new().name("freeing".to_owned()).spawn(move || drop(large)).ok();
        }
    }
}

/// Memory that was lent for pixels, on the side of whoever writes them.
pub(super) struct Canvas {
    // In this order: nothing is populated any more when the mapping goes.
    _ahead: Option<Populating>,
    map: MmapMut,
}

impl Canvas {
    /// # Errors
    /// Those of the system.
    #[expect(unsafe_code, reason = "mapping a file; the proof stands at the call")]
    pub(super) fn new(memory: &OwnedFd, bytes: usize) -> io::Result<Self> {
        // SAFETY: the memory comes from the program that started this helper, which does not
        // write to it, and which nobody can cut (F_SEAL_SHRINK). A program that breaks this ends
        // its helper by SIGBUS, or finds its own picture garbled; it is the one that trusts nobody.
        let map = unsafe { MmapOptions::new().len(bytes).map_mut(memory)? };
        Ok(Self { _ahead: Populating::begin(&map, libc::MADV_POPULATE_WRITE, |_, _| ()), map })
    }
}

impl AsRef<[u8]> for Canvas {
    fn as_ref(&self) -> &[u8] {
        &self.map
    }
}

impl AsMut<[u8]> for Canvas {
    fn as_mut(&mut self) -> &mut [u8] {
        &mut self.map
    }
}

/// A thread that has the system put pages behind a mapping, ahead of whoever needs them: page by
/// page, where they are first touched, that takes a third of the time of decoding a JPEG.
struct Populating {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Populating {
    /// Worth a thread from this size on.
    const LEAST_BYTES: usize = 1 << 20;
    /// So much at a time; a mapping that is not needed any more waits for so much.
    const STEP_BYTES: usize = 2 << 20;

    /// Begins, if that is worth it; before each step `first` is called with its start and length.
    fn begin(map: &[u8], advice: i32, first: impl Fn(usize, usize) + Send + 'static) -> Option<Self> {
        if map.len() < Self::LEAST_BYTES {
            return None;
        }
        let (start, length) = (map.as_ptr().expose_provenance(), map.len());
        let stop = Arc::new(AtomicBool::new(false));
        let told = stop.clone();
        let thread = thread::Builder::new().name("pages".to_owned()).spawn(move || {
            for at in (0..length).step_by(Self::STEP_BYTES) {
                let step = Self::STEP_BYTES.min(length - at);
                if told.load(Ordering::Relaxed) {
                    return;
                }
                first(at, step);
                if !populate(start + at, step, advice) {
                    return;
                }
            }
        });
        // Without a thread the pages come when they are touched.
        Some(Self { stop, thread: Some(thread.ok()?) })
    }
}

impl Drop for Populating {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            log::warn!("populating memory has crashed");
        }
    }
}

/// Has the system put pages behind so many bytes; `false` when it does not know how (Linux before
/// 5.14) or there is no memory.
#[expect(unsafe_code, reason = "a system call; the proof stands at the call")]
fn populate(start: usize, length: usize, advice: i32) -> bool {
    // SAFETY: MADV_POPULATE_READ and _WRITE touch pages as a read or a write of nothing would, and
    // change no byte. The range lies within a mapping that outlives the call: its owner waits for
    // this thread before it unmaps. Its start is a page's, since the mapping's is and steps are
    // whole pages.
    unsafe { libc::madvise(std::ptr::with_exposed_provenance_mut(start), length, advice) == 0 }
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
