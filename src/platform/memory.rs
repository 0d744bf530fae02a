//! Memory that was freed and is still held.

/// Gives what the allocator keeps for later back to the system.
///
/// glibc keeps what decoders and encoders freed, a hundred megabytes after a large picture, in
/// the thread arenas that they used. Takes milliseconds: for a worker with nothing else to do.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
#[expect(unsafe_code, reason = "a foreign function; the proof stands at the call")]
pub fn give_back_memory() {
    // SAFETY: malloc_trim(3) takes no pointer, only a number of bytes to keep, and may be called
    // from any thread at any time: it locks each arena while it looks for whole free pages, and
    // never touches memory that is in use.
    unsafe { libc::malloc_trim(0) };
}

/// Other allocators give memory back by themselves.
#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
pub fn give_back_memory() {}

/// From so many bytes on an allocation is a mapping of its own, which goes back to the system when it is freed.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
const MAPPED_FROM: libc::c_int = 1 << 20;
/// What each of the arenas keeps at its end for later, at most.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
const KEPT_AT_END: libc::c_int = 2 << 20;

/// Keeps the allocator from holding much of what is freed. To be called once, while the process has one thread.
///
/// glibc raises both bounds to what it sees freed, up to 32 and 64 MB in each arena, and `malloc_trim` leaves the
/// end of an arena as it is.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
#[expect(unsafe_code, reason = "a foreign function; the proof stands at the call")]
pub fn hold_little_memory() {
    // SAFETY: mallopt(3) takes two numbers and no pointer; both values are within what it allows (a mapping
    // threshold of at most 32 MB). It must not run beside other threads that allocate: there are none yet.
    unsafe {
        libc::mallopt(libc::M_MMAP_THRESHOLD, MAPPED_FROM);
        libc::mallopt(libc::M_TRIM_THRESHOLD, KEPT_AT_END);
    }
}

/// Other allocators hold little by themselves.
#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
pub fn hold_little_memory() {}
