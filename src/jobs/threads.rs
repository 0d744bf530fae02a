//! The threads of the lanes and of what is split among the cores.

use super::{Shared, hush_this_thread, ports::Tell, request::Event};
use crate::helper::{Priority, step_back};
use rayon::ThreadPool;
use std::{
    io,
    sync::Arc,
    thread::{self, JoinHandle},
};

/// Decoders of nested documents recurse; address space costs nothing until it is used.
pub const STACK_BYTES: usize = 64 << 20;

/// A thread that works a lane off.
pub(super) fn lane(name: &str, work: impl FnOnce() + Send + 'static) -> io::Result<JoinHandle<()>> {
    // Where no helper can be started, pictures are decoded on it.
    thread::Builder::new().name(name.to_owned()).stack_size(STACK_BYTES).spawn(work)
}

/// Behind the window, which has little to do and must not wait for it. Alone it is as fast as ever.
pub(super) const BEHIND_WINDOW: Priority = Priority(5);
/// Behind what the user waits for, too.
pub(super) const BEHIND_RENDERS: Priority = Priority(10);

/// A pool of one thread a core for data-parallel loops, which steps back.
pub(super) fn pool(name: &'static str, priority: Priority) -> io::Result<ThreadPool> {
    rayon::ThreadPoolBuilder::new()
        .thread_name(move |index| format!("{name} pool {index}"))
        .stack_size(STACK_BYTES)
        .start_handler(move |_| {
            hush_this_thread();
            step_back(priority);
        })
        .build()
        .map_err(io::Error::other)
}

/// Makes events of news. Weak, because who tells may outlive the lanes and must not keep their threads.
pub(super) fn teller(shared: &Arc<Shared>) -> Tell {
    let shared = Arc::downgrade(shared);
    Arc::new(move |news| {
        if let Some(shared) = shared.upgrade() {
            shared.send(Event::News(news));
        }
    })
}
