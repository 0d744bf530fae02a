//! A queue in which one item can be called first or taken back.

use std::{
    collections::VecDeque,
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
};

/// First come, first served, unless somebody is [preferred](Backlog::prefer).
#[derive(Debug)]
pub(super) struct Backlog<T> {
    state: Mutex<State<T>>,
    changed: Condvar,
}

#[derive(Debug)]
struct State<T> {
    waiting: VecDeque<T>,
    closed: bool,
}

impl<T> Default for Backlog<T> {
    fn default() -> Self {
        Self { state: Mutex::new(State { waiting: VecDeque::new(), closed: false }), changed: Condvar::new() }
    }
}

impl<T> Backlog<T> {
    /// Adds an item at the end.
    pub(super) fn put(&self, item: T) {
        self.lock().waiting.push_back(item);
        self.changed.notify_one();
    }

    /// Moves the waiting items that match to the front.
    pub(super) fn prefer(&self, matches: impl Fn(&T) -> bool) {
        self.lock().waiting.make_contiguous().sort_by_key(|it| !matches(it));
    }

    /// Takes back the waiting items that match.
    pub(super) fn remove(&self, matches: impl Fn(&T) -> bool) {
        self.lock().waiting.retain(|it| !matches(it));
    }

    /// Does nothing wait?
    pub(super) fn is_empty(&self) -> bool {
        self.lock().waiting.is_empty()
    }

    /// Waits for an item; `None` once closed.
    pub(super) fn take(&self) -> Option<T> {
        let mut state = self.lock();
        loop {
            if state.closed {
                return None;
            }
            if let Some(item) = state.waiting.pop_front() {
                return Some(item);
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Ends every wait, now and later; what waits is dropped.
    pub(super) fn close(&self) {
        let mut state = self.lock();
        state.closed = true;
        state.waiting.clear();
        self.changed.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::Backlog;

    #[test]
    fn the_preferred_comes_first_and_the_rest_keeps_its_order() {
        let queue = Backlog::default();
        (1..=5).for_each(|it| queue.put(it));
        queue.prefer(|it| *it == 4);
        queue.remove(|it| *it == 2);
        assert_eq!([(); 4].map(|()| queue.take()), [Some(4), Some(1), Some(3), Some(5)]);
        queue.close();
        assert_eq!(queue.take(), None);
    }
}
