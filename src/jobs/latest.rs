//! A mailbox that holds one letter: the newest.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// One waiting item; putting another replaces it.
#[derive(Debug)]
pub(super) struct Latest<T> {
    state: Mutex<State<T>>,
    changed: Condvar,
}

#[derive(Debug)]
struct State<T> {
    waiting: Option<T>,
    closed: bool,
}

impl<T> Default for Latest<T> {
    fn default() -> Self {
        Self { state: Mutex::new(State { waiting: None, closed: false }), changed: Condvar::new() }
    }
}

impl<T> Latest<T> {
    /// Leaves an item; returns the one that was waiting and will now never be taken.
    pub(super) fn put(&self, item: T) -> Option<T> {
        let replaced = self.lock().waiting.replace(item);
        self.changed.notify_one();
        replaced
    }

    /// Waits for an item; `None` once closed.
    pub(super) fn take(&self) -> Option<T> {
        let mut state = self.lock();
        loop {
            if state.closed {
                return None;
            }
            if let Some(item) = state.waiting.take() {
                return Some(item);
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Ends every wait, now and later.
    pub(super) fn close(&self) {
        self.lock().closed = true;
        self.changed.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::Latest;

    #[test]
    fn the_newest_replaces_the_waiting_one() {
        let letters = Latest::default();
        assert_eq!(letters.put(1), None);
        assert_eq!(letters.put(2), Some(1));
        assert_eq!(letters.take(), Some(2));
    }

    #[test]
    fn closing_ends_the_wait() {
        let letters = Latest::<u8>::default();
        std::thread::scope(|scope| {
            let waiter = scope.spawn(|| letters.take());
            letters.close();
            assert_eq!(waiter.join().unwrap(), None);
        });
    }
}
