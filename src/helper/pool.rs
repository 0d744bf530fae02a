//! The helpers that wait for work: started ahead, lent to one order at a time, replaced when they die.

use super::{
    Early, Program,
    child::{Child, WhenGone},
};
use crate::engine::{Cancel, Limits};
use std::{
    io,
    sync::{Arc, Condvar, Mutex, MutexGuard, Once, PoisonError},
    thread::{self, JoinHandle},
    time::Duration,
};

/// A cancel is heard of within this time.
const GLANCE: Duration = Duration::from_millis(10);

/// Starts helpers and keeps as many waiting as there are cores. Dropping it ends all of them.
pub(super) struct Pool {
    shared: Arc<Shared>,
    keeper: Option<JoinHandle<()>>,
}

struct Shared {
    program: Program,
    limits: Limits,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    idle: Vec<Child>,
    /// One that was started before the others, and may not be ready yet.
    early: Option<Child>,
    /// Those that the keeper shall end, which takes a while.
    over: Vec<Child>,
    /// How many should be idle or at work.
    wanted: usize,
    at_work: usize,
    /// Orders that wait for a helper.
    waiting: usize,
    /// Of the last start, as long as none succeeded since; with how many it was.
    failure: Option<(String, u64)>,
    attempts: u64,
    is_closed: bool,
}

impl State {
    /// Should another one be started?
    fn lacks(&self) -> bool {
        let there = self.idle.len() + self.at_work;
        there < self.wanted && self.failure.is_none() || self.idle.len() < self.waiting
    }

    /// Takes in what came of a start.
    fn note(&mut self, started: Result<Child, String>) {
        self.attempts += 1;
        match started {
            Ok(child) => {
                self.failure = None;
                self.idle.push(child);
            }
            Err(why) => {
                log::warn!("no decoder could be started: {why}");
                self.failure = Some((why, self.attempts));
            }
        }
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Wakes the keeper when a helper is gone, so that another one takes its place.
    fn when_gone(self: &Arc<Self>) -> WhenGone {
        let shared = Arc::downgrade(self);
        Box::new(move || {
            if let Some(shared) = shared.upgrade() {
                // The keeper either has not looked yet, or waits already.
                drop(shared.lock());
                shared.changed.notify_all();
            }
        })
    }
}

impl Pool {
    /// Begins to start helpers, as soon as one is wanted.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub(super) fn new(program: Program, limits: Limits, early: Option<Early>) -> io::Result<Self> {
        let (state, changed) = (Mutex::default(), Condvar::new());
        let shared = Arc::new(Shared { program, limits, state, changed });
        if let Some(Early(connection)) = early {
            let child = Child::adopt(connection, &limits, shared.when_gone())?;
            shared.lock().early = Some(child);
        }
        let for_keeper = shared.clone();
        // A helper goes with the thread that started it, so one thread starts them all.
        let keeper = thread::Builder::new().name("helpers".to_owned()).spawn(move || keep(&for_keeper))?;
        Ok(Self { shared, keeper: Some(keeper) })
    }

    /// From now on so many shall be there.
    pub(super) fn want(&self, n: usize) {
        let mut state = self.shared.lock();
        if state.wanted < n {
            state.wanted = n;
            self.shared.changed.notify_all();
        }
    }

    /// A helper that is ready, as soon as there is one.
    ///
    /// # Errors
    /// [`NoHelper`].
    pub(super) fn take(&self, cancel: &Cancel) -> Result<Child, NoHelper> {
        let mut state = self.shared.lock();
        let begun = state.attempts;
        // Who was needed once may be needed again.
        state.wanted = state.wanted.max(1);
        state.waiting += 1;
        self.shared.changed.notify_all();
        let taken = loop {
            // Somebody may have killed one while it waited.
            state.idle.retain_mut(|it| !it.is_gone());
            if let Some(child) = state.idle.pop() {
                break Ok(child);
            }
            match &state.failure {
                Some((why, attempt)) if begun < *attempt => break Err(NoHelper::NotStarted(why.clone())),
                _ if cancel.is_cancelled() => break Err(NoHelper::Cancelled),
                _ => {}
            }
            let waited = self.shared.changed.wait_timeout(state, GLANCE);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        };
        state.waiting -= 1;
        state.at_work += usize::from(taken.is_ok());
        taken
    }

    /// Takes a helper back after its order. One that is not usable any more is replaced.
    pub(super) fn give_back(&self, child: Child, is_usable: bool) {
        let mut state = self.shared.lock();
        state.at_work = state.at_work.saturating_sub(1);
        // More than one a core may have been needed at once, and are not any more.
        let is_needed = state.idle.len() + state.at_work < state.wanted || state.idle.len() < state.waiting;
        let side = if is_usable && is_needed { &mut state.idle } else { &mut state.over };
        side.push(child);
        drop(state);
        self.shared.changed.notify_all();
    }

    /// How many helpers wait for an order.
    pub(super) fn idle(&self) -> usize {
        self.shared.lock().idle.len()
    }

    /// How many helpers have an order now.
    pub(super) fn at_work(&self) -> usize {
        self.shared.lock().at_work
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        let unneeded = {
            let mut state = self.shared.lock();
            state.is_closed = true;
            (std::mem::take(&mut state.idle), std::mem::take(&mut state.over), state.early.take())
        };
        self.shared.changed.notify_all();
        drop(unneeded);
        if let Some(keeper) = self.keeper.take()
            && keeper.join().is_err()
        {
            log::error!("the keeper of the helpers has crashed");
        }
    }
}

/// Why there is no helper.
#[derive(Debug)]
pub(super) enum NoHelper {
    Cancelled,
    /// In a few words, why none can be started.
    NotStarted(String),
}

/// The keeper's work: starts what lacks and ends what is over, until the pool is closed.
fn keep(shared: &Arc<Shared>) {
    let mut state = shared.lock();
    while !state.is_closed {
        state.idle.retain_mut(|it| !it.is_gone());
        if state.lacks() {
            let early = state.early.take();
            drop(state);
            let started = start(shared, early);
            state = shared.lock();
            state.note(started);
            shared.changed.notify_all();
        } else if let Some(over) = state.over.pop() {
            drop(state);
            drop(over);
            state = shared.lock();
        } else {
            state = shared.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

fn start(shared: &Arc<Shared>, early: Option<Child>) -> Result<Child, String> {
    static MISSING: Once = Once::new();
    let words = |error: io::Error| error.to_string().split(" (os error").next().unwrap_or_default().to_owned();
    let new = || Child::start(&shared.program, &shared.limits, shared.when_gone()).map_err(words);
    let mut child = early.map_or_else(new, Ok)?;
    let missing = child.await_ready()?;
    if !missing.is_empty() {
        MISSING.call_once(|| log::warn!("decoders are less contained on this system: {}", missing.join(", ")));
    }
    Ok(child)
}
