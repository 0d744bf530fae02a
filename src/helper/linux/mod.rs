//! What Linux has for helpers: shared memory, walls, limits.

mod memory;
mod sandbox;
mod socket;
mod start;

pub(in crate::helper) use self::{
    memory::let_handle_go,
    sandbox::{after_threads, before_threads},
    socket::ends,
    start::{split, start},
};

pub use self::memory::read_shared;

use super::Priority;
use rustix::process::{Pid, Resource, Rlimit, getrlimit, prlimit};
use std::{fs, path::PathBuf};

/// What a process maps besides what it uses, such as a thread's arena of 64 MB.
const ADDRESS_SLACK: u64 = 512 << 20;

/// Steps back, as a process before it has threads, or as a thread.
pub(super) fn be_gentle(Priority(steps): Priority) {
    if let Err(error) = rustix::process::nice(steps) {
        log::info!("the priority stays as it is: {error}");
    }
}

/// This executable, also when it was replaced while it runs.
pub(crate) fn own_executable() -> PathBuf {
    PathBuf::from("/proc/self/exe")
}

/// What this machine has, in bytes; in a container, what that may use (cgroup v2).
pub(super) fn machine_memory() -> u64 {
    let system = rustix::system::sysinfo();
    // On 32-bit systems it is counted in larger units.
    let bytes = (system.totalram as u64).saturating_mul(u64::from(system.mem_unit));
    let within = fs::read_to_string("/sys/fs/cgroup/memory.max").ok().and_then(|it| it.trim().parse().ok());
    within.map_or(bytes, |most: u64| most.min(bytes))
}

/// Keeps a process from taking more than so many bytes beyond what it has.
pub(super) fn bound_memory(id: u32, most: u64) {
    let mapped = fs::read_to_string(format!("/proc/{id}/statm")).ok();
    let pages: Option<u64> = mapped.and_then(|it| it.split(' ').next()?.parse().ok());
    // Without its line there it has ended, which is soon found out.
    let Some(pages) = pages else { return };
    let base = pages * rustix::param::page_size() as u64;
    let wanted = base.saturating_add(ADDRESS_SLACK).saturating_add(most);
    // The hard limit stays: a second, more generous order has to be possible.
    let maximum = getrlimit(Resource::As).maximum;
    let current = Some(maximum.map_or(wanted, |maximum| wanted.min(maximum)));
    let id = i32::try_from(id).ok().and_then(Pid::from_raw);
    if let Err(error) = prlimit(id, Resource::As, Rlimit { current, maximum }) {
        log::warn!("a decoder's memory is not bounded: {error}");
    }
}
