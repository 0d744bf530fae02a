//! How long a thread has had a processor to itself.

use std::time::Duration;

/// For how long this thread has run so far; what it waited for others that ran instead does not count.
#[cfg(target_os = "linux")]
pub fn thread_time() -> Option<Duration> {
    use rustix::time::{ClockId, clock_gettime};

    let time = clock_gettime(ClockId::ThreadCPUTime);
    Some(Duration::new(time.tv_sec.try_into().ok()?, time.tv_nsec.try_into().ok()?))
}

/// Not known how to ask for it.
#[cfg(not(target_os = "linux"))]
pub fn thread_time() -> Option<Duration> {
    None
}

#[cfg(test)]
mod tests {
    #[cfg(target_os = "linux")]
    #[test]
    fn only_what_the_thread_itself_does_counts() {
        use super::thread_time;
        use std::time::{Duration, Instant};

        let ran = || thread_time().unwrap();
        let (before, begin) = (ran(), Instant::now());
        let busy = Duration::from_millis(30);
        let work = move || while thread_time().unwrap() < busy {};
        let other = std::thread::Builder::new().spawn(work).unwrap();
        other.join().unwrap();
        let waited = begin.elapsed();
        assert!(busy <= waited, "{waited:?}");
        assert!(ran() - before < busy / 2, "waiting for another thread is no work of this one");
        while ran() - before < busy {}
    }
}
