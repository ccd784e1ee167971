//! How long things are on their way: always as long, or drawn from the run's seed.
//!
//! Each direction is a wire of its own with its own random stream, so that a draw on one never shifts another. What was
//! sent first arrives first: a draw that would overtake waits for the one before it. What is drawn depends on nothing but
//! the seed and how much was sent before.
use crate::{Rng, Timestamp};

/// How long one thing is on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delay {
    /// Always so many nanoseconds.
    Fixed(i64),
    /// Any number of nanoseconds between two, both included, each as likely.
    Uniform {
        /// The shortest.
        min_ns: i64,
        /// The longest.
        max_ns: i64,
    },
    /// A shortest time and an exponentially distributed one on top.
    Exponential {
        /// The shortest.
        min_ns: i64,
        /// What comes on top on average.
        mean_ns: i64,
    },
}

impl Delay {
    /// Nothing is ever on its way.
    pub const NONE: Self = Self::Fixed(0);

    /// The same and always so much longer.
    #[must_use]
    pub fn longer(self, by_ns: i64) -> Self {
        match self {
            Self::Fixed(ns) => Self::Fixed(ns.saturating_add(by_ns)),
            Self::Uniform { min_ns, max_ns } => {
                Self::Uniform { min_ns: min_ns.saturating_add(by_ns), max_ns: max_ns.saturating_add(by_ns) }
            }
            Self::Exponential { min_ns, mean_ns } => {
                Self::Exponential { min_ns: min_ns.saturating_add(by_ns), mean_ns }
            }
        }
    }

    fn draw(self, rng: &mut Rng) -> i64 {
        match self {
            Self::Fixed(ns) => ns,
            Self::Uniform { min_ns, max_ns } => {
                let width = max_ns.abs_diff(min_ns).saturating_add(1);
                min_ns.saturating_add(i64::try_from(rng.below(width)).unwrap_or(i64::MAX))
            }
            Self::Exponential { min_ns, mean_ns } => min_ns.saturating_add(rng.exponential(mean_ns)),
        }
    }
}

impl Default for Delay {
    fn default() -> Self {
        Self::NONE
    }
}

/// How long things are on their way, by direction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Latency {
    /// From the venue's market data to the core.
    pub feed: Delay,
    /// From the core's command to the venue.
    pub entry: Delay,
    /// From the venue's report to the core.
    pub reply: Delay,
}

impl Latency {
    /// The feed's wire under a seed: a replay needs it to know when the core saw its candles.
    #[must_use]
    pub fn feed_wire(&self, seed: u64) -> Wire {
        Wire::new(self.feed, seed, "latency.feed")
    }

    pub(super) fn entry_wire(&self, seed: u64) -> Wire {
        Wire::new(self.entry, seed, "latency.entry")
    }

    pub(super) fn reply_wire(&self, seed: u64) -> Wire {
        Wire::new(self.reply, seed, "latency.reply")
    }
}

/// One direction.
#[derive(Clone, Debug)]
pub struct Wire {
    delay: Delay,
    rng: Rng,
    /// When the last thing that was sent arrives.
    last: Timestamp,
}

impl Default for Wire {
    /// Nothing is ever on its way.
    fn default() -> Self {
        Self::new(Delay::NONE, 0, "")
    }
}

impl Wire {
    fn new(delay: Delay, seed: u64, purpose: &str) -> Self {
        Self { delay, rng: Rng::stream(seed, purpose), last: Timestamp::MIN }
    }

    /// Whether everything arrives as it is sent.
    #[inline]
    pub(crate) fn is_instant(&self) -> bool {
        matches!(self.delay, Delay::Fixed(0))
    }

    /// When something arrives that is sent now.
    #[inline]
    pub(crate) fn arrival(&mut self, now: Timestamp) -> Timestamp {
        if let Delay::Fixed(ns) = self.delay {
            return now.after(ns);
        }
        self.last = self.last.max(now.after(self.delay.draw(&mut self.rng)));
        self.last
    }

    /// When everything that was sent until `now` has arrived.
    pub(super) fn drained(&self, now: Timestamp) -> Timestamp {
        match self.delay {
            Delay::Fixed(ns) => now.after(ns),
            _ => self.last.max(now),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    fn arrivals(delay: Delay, seed: u64, purpose: &str, apart: i64) -> Vec<i64> {
        let mut wire = Wire::new(delay, seed, purpose);
        (0..10_000).map(|n| wire.arrival(Timestamp(n * apart)).0).collect()
    }

    #[test]
    fn delays_are_as_long_as_they_say_and_come_from_the_seed_and_the_wire_only() {
        // So far apart that nothing waits for another.
        let apart = 1_000_000;
        let delays = |delay, seed, purpose| -> Vec<i64> {
            (0..).zip(arrivals(delay, seed, purpose, apart)).map(|(n, at): (i64, i64)| at - n * apart).collect()
        };
        let mean = |all: &[i64]| all.iter().sum::<i64>() / 10_000;
        assert!(delays(Delay::Fixed(7), 1, "a").iter().all(|d| *d == 7));
        let uniform = delays(Delay::Uniform { min_ns: 10, max_ns: 13 }, 1, "a");
        for ns in 10..=13 {
            let count = uniform.iter().filter(|d| **d == ns).count();
            assert!((2_300..2_700).contains(&count), "{ns}: {count}");
        }
        let exponential = delays(Delay::Exponential { min_ns: 1_000, mean_ns: 5_000 }, 1, "a");
        assert!(exponential.iter().all(|d| *d >= 1_000) && (5_800..6_200).contains(&mean(&exponential)));
        // Half of them stay below the median, ln 2 times the mean.
        let below = exponential.iter().filter(|d| **d < 1_000 + 3_466).count();
        assert!((4_800..5_200).contains(&below), "{below}");
        for delay in [Delay::Uniform { min_ns: 0, max_ns: 900 }, Delay::Exponential { min_ns: 0, mean_ns: 900 }] {
            assert_eq!(delays(delay, 1, "a"), delays(delay, 1, "a"));
            assert_ne!(delays(delay, 1, "a"), delays(delay, 2, "a"));
            assert_ne!(delays(delay, 1, "a"), delays(delay, 1, "b"));
        }
        // The first draws of a seed, pinned: another number here is another result of every such run.
        assert_eq!(
            delays(Delay::Exponential { min_ns: 0, mean_ns: 1_000_000 }, 7, "latency.entry")[..3],
            [776_273, 891_699, 565_047]
        );
    }

    #[test]
    fn what_was_sent_first_arrives_first() {
        for delay in [Delay::Uniform { min_ns: 0, max_ns: 900 }, Delay::Exponential { min_ns: 5, mean_ns: 300 }] {
            let all = arrivals(delay, 3, "a", 10);
            assert!(all.is_sorted(), "{delay:?}");
            assert!((0..).zip(&all).all(|(n, at)| *at >= n * 10));
        }
    }
}
