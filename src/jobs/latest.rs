//! A mailbox that holds one letter: the newest.

use std::{
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

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

    /// Waits for an item; `None` once closed. When there was none for a while, `tidy` is called
    /// once, and the waiting goes on.
    pub(super) fn take_after(&self, rest: Duration, tidy: &dyn Fn()) -> Option<T> {
        let has_news = |state: &mut State<T>| state.closed || state.waiting.is_some();
        let waited = self.changed.wait_timeout_while(self.lock(), rest, |state| !has_news(state));
        let (mut state, timeout) = waited.unwrap_or_else(PoisonError::into_inner);
        if timeout.timed_out() {
            drop(state);
            tidy();
            state = self.lock();
        }
        let waited = self.changed.wait_while(state, |state| !has_news(state));
        let mut state = waited.unwrap_or_else(PoisonError::into_inner);
        if state.closed { None } else { state.waiting.take() }
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
    use super::{Duration, Latest};
    use std::cell::Cell;

    #[test]
    fn the_newest_replaces_the_waiting_one() {
        let letters = Latest::default();
        assert_eq!(letters.put(1), None);
        assert_eq!(letters.put(2), Some(1));
        assert_eq!(letters.take_after(Duration::MAX, &|| ()), Some(2));
    }

    #[test]
    fn closing_ends_the_wait() {
        let letters = Latest::<u8>::default();
        std::thread::scope(|scope| {
            let waiter = scope.spawn(|| letters.take_after(Duration::MAX, &|| ()));
            letters.close();
            assert_eq!(waiter.join().unwrap(), None);
        });
    }

    #[test]
    fn who_waits_long_tidies_up_once() {
        let letters = Latest::default();
        let count = Cell::new(0);
        let tidy = || {
            count.set(count.get() + 1);
            letters.put('a');
        };
        assert_eq!(letters.take_after(Duration::ZERO, &tidy), Some('a'));
        letters.put('b');
        assert_eq!(letters.take_after(Duration::from_secs(60), &tidy), Some('b'));
        assert_eq!(count.get(), 1);
    }
}
