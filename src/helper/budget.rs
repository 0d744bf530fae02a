//! What decoding one picture may cost.

use std::time::Duration;

/// Time for a picture of few bytes, and for each megabyte more.
const SECONDS: u64 = 10;
const SECONDS_A_MEGABYTE: u64 = 1;
/// When somebody asks for the same picture once more, it may take so many times as much.
const MORE: u64 = 4;

/// What the user allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allowance {
    /// Memory for pixels, in MB (1 MB = 1,000,000 bytes); decoding one picture may take twice as
    /// much, if the machine has that.
    pub memory_mb: u32,
    /// Is it the second try, after the first ran out of time or memory?
    pub is_generous: bool,
}

impl Default for Allowance {
    fn default() -> Self {
        Self { memory_mb: 1_000, is_generous: false }
    }
}

impl Allowance {
    /// The longest that decoding so many bytes may take.
    pub(super) fn time(self, source_bytes: usize) -> Duration {
        let seconds = SECONDS + source_bytes as u64 / 1_000_000 * SECONDS_A_MEGABYTE;
        Duration::from_secs(seconds * self.times())
    }

    /// The most memory that decoding may take on a machine that has so much, in bytes.
    pub(super) fn memory(self, machine: u64) -> u64 {
        let wanted = u64::from(self.memory_mb) * 2_000_000 * self.times();
        wanted.min(machine / 2)
    }

    fn times(self) -> u64 {
        if self.is_generous { MORE } else { 1 }
    }
}

#[cfg(test)]
mod tests {
    use super::Allowance;
    use crate::helper::system::machine_memory;
    use std::time::Duration;

    #[test]
    fn time_follows_the_bytes_and_memory_the_machine() {
        let (plain, generous) = (Allowance::default(), Allowance { is_generous: true, ..Allowance::default() });
        assert_eq!(plain.time(300), Duration::from_secs(10));
        assert_eq!(plain.time(6_000_000), Duration::from_secs(16));
        assert_eq!(generous.time(300), Duration::from_secs(40));
        assert_eq!(plain.memory(24_000_000_000), 2_000_000_000);
        assert_eq!(generous.memory(24_000_000_000), 8_000_000_000);
        assert_eq!(generous.memory(4_000_000_000), 2_000_000_000);
        assert!(64_000_000 < machine_memory());
    }
}
