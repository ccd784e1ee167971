//! The clocks of a live run. Core time is made monotone here: a wall clock that is set back never takes the core with it.
use engine::Timestamp;
use std::time::{Duration, Instant};
use venues::Moment;

/// Where the time comes from.
#[derive(Clone, Copy, Debug)]
enum Kind {
    /// The machine's wall clock.
    Wall,
    /// A market that runs at another speed, in thousandths of the machine's: it showed `market` at `at`.
    Scaled { market: Timestamp, at: Instant, thousandths: u64 },
}

/// The clocks of a run.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    kind: Kind,
    began: Instant,
}

impl Clock {
    /// The machine's own clocks.
    #[must_use]
    pub fn wall() -> Self {
        Self { kind: Kind::Wall, began: Instant::now() }
    }

    /// The clock of a market that is replayed: it shows `market` now and runs so many thousandths as fast as the machine.
    #[must_use]
    pub fn scaled(market: Timestamp, thousandths: u64) -> Self {
        let now = Instant::now();
        Self { kind: Kind::Scaled { market, at: now, thousandths: thousandths.max(1) }, began: now }
    }

    /// The time of the market's clock now.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        match self.kind {
            Kind::Wall => wall(),
            Kind::Scaled { market, at, thousandths } => {
                let passed = at.elapsed().as_nanos() * u128::from(thousandths) / 1_000;
                market.after(i64::try_from(passed).unwrap_or(i64::MAX))
            }
        }
    }

    /// The machine's clocks, as venues' protocols want them: a venue compares them with its own, whatever its market shows.
    #[must_use]
    pub fn moment(&self) -> Moment {
        Moment { wall: wall(), mono_ns: self.mono_ns() }
    }

    /// Nanoseconds since the clock was made; it never steps.
    #[must_use]
    pub fn mono_ns(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_nanos()).unwrap_or(u64::MAX)
    }

    /// How long the machine waits until the market's clock shows `time`.
    #[must_use]
    pub fn until(&self, time: Timestamp) -> Duration {
        let left = u64::try_from(time.0.saturating_sub(self.now().0)).unwrap_or(0);
        match self.kind {
            Kind::Wall => Duration::from_nanos(left),
            Kind::Scaled { thousandths, .. } => {
                let real = u128::from(left) * 1_000 / u128::from(thousandths);
                Duration::from_nanos(u64::try_from(real).unwrap_or(u64::MAX))
            }
        }
    }
}

#[expect(clippy::disallowed_types, reason = "the one place where a live run reads the wall clock")]
fn wall() -> Timestamp {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    Timestamp(i64::try_from(since.as_nanos()).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_replayed_market_runs_at_its_own_speed() {
        let clock = Clock::scaled(Timestamp(1_000_000_000_000), 1_000_000);
        let wait = clock.until(Timestamp(1_000_000_000_000 + 100_000_000_000));
        assert!(wait <= Duration::from_millis(100), "{wait:?}");
        std::thread::sleep(Duration::from_millis(5));
        assert!(clock.now() >= Timestamp(1_005_000_000_000));
        assert_eq!(clock.until(Timestamp(0)), Duration::ZERO);
    }
}
