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
