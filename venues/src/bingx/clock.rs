//! The venue's clock, as an offset from our monotonic one: a wall clock that steps moves no timestamp.
use crate::Moment;
use engine::Timestamp;

/// What is known of the venue's clock.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct VenueClock {
    /// The venue's time less the monotonic clock, in nanoseconds.
    ahead_of_mono: Option<i128>,
    within_ns: i64,
}

/// What a comparison found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Compared {
    pub(super) ahead_ns: i64,
    pub(super) within_ns: i64,
}

impl VenueClock {
    /// The venue said `said` in answer to what left at `sent`. A slow answer does not replace a quick one.
    pub(super) fn compare(&mut self, sent: Moment, now: Moment, said: Timestamp) -> Compared {
        let there_and_back = now.mono_ns.saturating_sub(sent.mono_ns);
        let within_ns = i64::try_from(there_and_back / 2).unwrap_or(i64::MAX);
        let middle = i128::from(sent.mono_ns) + i128::from(within_ns);
        let much_slower = within_ns > self.within_ns.saturating_mul(4).max(500_000_000);
        if self.ahead_of_mono.is_none() || !much_slower {
            (self.ahead_of_mono, self.within_ns) = (Some(i128::from(said.0) - middle), within_ns);
        }
        let wall = i128::from(now.wall.0) - i128::from(within_ns);
        let ahead = i128::from(said.0) - wall;
        Compared { ahead_ns: i64::try_from(ahead).unwrap_or(i64::MAX), within_ns }
    }

    /// The venue's time; ours as long as they were not compared.
    pub(super) fn time(&self, now: Moment) -> Timestamp {
        let ahead = self.ahead_of_mono.map(|ahead| i128::from(now.mono_ns) + ahead);
        ahead.and_then(|time| i64::try_from(time).ok()).map_or(now.wall, Timestamp)
    }

    /// The venue's time in milliseconds.
    pub(super) fn milliseconds(&self, now: Moment) -> i64 {
        self.time(now).0.div_euclid(1_000_000)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: i64 = 1_000_000;

    fn moment(wall_ms: i64, mono_ms: u64) -> Moment {
        Moment { wall: Timestamp(wall_ms * MS), mono_ns: mono_ms * 1_000_000 }
    }

    #[test]
    fn a_wall_clock_that_steps_moves_no_timestamp() {
        let mut clock = VenueClock::default();
        assert_eq!(clock.milliseconds(moment(5_000, 100)), 5_000);
        let compared = clock.compare(moment(5_000, 100), moment(5_040, 140), Timestamp(7_020 * MS));
        assert_eq!(compared, Compared { ahead_ns: 2_000 * MS, within_ns: 20 * MS });
        assert_eq!(clock.milliseconds(moment(5_040, 140)), 7_040);
        assert_eq!(clock.milliseconds(moment(999_999, 240)), 7_140);
    }

    #[test]
    fn a_slow_answer_does_not_replace_a_quick_one() {
        let mut clock = VenueClock::default();
        clock.compare(moment(0, 0), moment(40, 40), Timestamp(1_020 * MS));
        clock.compare(moment(100, 100), moment(9_100, 9_100), Timestamp(1_100 * MS));
        assert_eq!(clock.milliseconds(moment(9_100, 9_100)), 10_100);
    }
}
