//! How long to wait before something is tried again: longer each time, and never as long as anybody else.
//!
//! Full jitter: the wait is drawn evenly between nothing and a bound that doubles, so that many who lost one connection do
//! not come back together. It has no clock; who uses it says when something has held.
use engine::Rng;

/// Waits of one thing that is tried again and again.
#[derive(Clone, Debug)]
pub struct Backoff {
    first_ns: u64,
    longest_ns: u64,
    failures: u32,
    rng: Rng,
}

impl Backoff {
    /// Waits below `first_ns` after the first failure, and never above `longest_ns`, drawn from `rng`.
    #[must_use]
    pub fn new(first_ns: u64, longest_ns: u64, rng: Rng) -> Self {
        Self { first_ns: first_ns.max(1), longest_ns: longest_ns.max(1), failures: 0, rng }
    }

    /// It failed once more: how many nanoseconds to wait.
    pub fn failed(&mut self) -> u64 {
        let bound = self.bound();
        self.failures = self.failures.saturating_add(1);
        self.rng.below(bound + 1)
    }

    /// It works: the next failure counts as the first. To be said once it has held for a while; a connection that is made
    /// and lost at once has not worked.
    pub fn worked(&mut self) {
        self.failures = 0;
    }

    /// How often it failed since it last worked.
    #[must_use]
    pub fn failures(&self) -> u32 {
        self.failures
    }

    /// The longest that the next wait can be, in nanoseconds.
    fn bound(&self) -> u64 {
        let doubled = 1_u64.checked_shl(self.failures).and_then(|factor| self.first_ns.checked_mul(factor));
        doubled.unwrap_or(u64::MAX).min(self.longest_ns).min(u64::MAX - 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: u64 = 1_000_000_000;

    fn backoff(seed: u64) -> Backoff {
        Backoff::new(SECOND, 60 * SECOND, Rng::stream(seed, "backoff"))
    }

    #[test]
    fn waits_grow_to_the_longest_and_stay_spread_there() {
        let mut longest = [0; 12];
        for seed in 0..500 {
            let mut backoff = backoff(seed);
            for (place, seen) in longest.iter_mut().enumerate() {
                let wait = backoff.failed();
                let bound = (SECOND << place).min(60 * SECOND);
                assert!(wait <= bound, "seed {seed}: {wait} after {place}");
                *seen = wait.max(*seen);
            }
        }
        assert!(longest[0] > SECOND * 9 / 10 && longest[11] > 54 * SECOND, "{longest:?}");
        let capped = |seed| {
            let mut backoff = backoff(seed);
            (0..20).fold(0, |_, _| backoff.failed())
        };
        let mut capped: Vec<u64> = (0..50).map(capped).collect();
        capped.sort_unstable();
        capped.dedup();
        assert!(capped.len() > 45, "no two come back together");
    }

    #[test]
    fn what_worked_begins_again_with_the_shortest() {
        let mut backoff = backoff(1);
        (0..200).for_each(|_| assert!(backoff.failed() <= 60 * SECOND));
        assert_eq!(backoff.failures(), 200);
        backoff.worked();
        assert!(backoff.failed() <= SECOND);
    }

    #[test]
    fn bounds_beyond_what_can_be_counted_do_not_wrap() {
        let mut endless = Backoff::new(u64::MAX, u64::MAX, Rng::stream(1, "backoff"));
        (0..100).for_each(|_| {
            endless.failed();
        });
        assert_eq!(Backoff::new(0, 0, Rng::stream(1, "backoff")).bound(), 1);
    }
}
