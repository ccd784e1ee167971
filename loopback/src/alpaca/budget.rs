//! How many requests are answered: so many in every minute of the machine's clock.
use crate::pace::Moment;
use engine::Interval;

/// The requests of one account.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Budget {
    /// `None` for no bound.
    per_minute: Option<u32>,
    minute: i64,
    used: u32,
    /// Until then everything is refused, in nanoseconds of the steady clock.
    banned_until_ns: u64,
}

/// What a request found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Spent {
    pub(crate) allowed: bool,
    pub(crate) limit: u32,
    pub(crate) remaining: u32,
    /// When the minute ends, in seconds since the epoch.
    pub(crate) reset_s: i64,
}

impl Budget {
    pub(crate) fn new(per_minute: Option<u32>) -> Self {
        Self { per_minute, minute: i64::MIN, used: 0, banned_until_ns: 0 }
    }

    /// Refuses everything for a while.
    pub(crate) fn ban(&mut self, now: Moment, for_ns: u64) {
        self.banned_until_ns = now.mono_ns.saturating_add(for_ns);
    }

    /// Counts a request.
    pub(crate) fn spend(&mut self, now: Moment) -> Spent {
        let minute = now.wall.0.div_euclid(Interval::MINUTE.0);
        if minute != self.minute {
            (self.minute, self.used) = (minute, 0);
        }
        let reset_s = (minute + 1) * 60;
        let limit = self.per_minute.unwrap_or(u32::MAX);
        let allowed = self.used < limit && now.mono_ns >= self.banned_until_ns;
        if allowed {
            self.used += 1;
        }
        Spent { allowed, limit, remaining: limit - self.used, reset_s }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use engine::Timestamp;

    #[test]
    fn a_minute_answers_so_many_and_the_next_one_again() {
        let at = |seconds: i64| Moment { wall: Timestamp(seconds * 1_000_000_000), mono_ns: 0 };
        let mut budget = Budget::new(Some(2));
        let spent: Vec<_> = [60, 61, 119, 120].map(|s| budget.spend(at(s))).map(|it| (it.allowed, it.remaining)).into();
        assert_eq!(spent, [(true, 1), (true, 0), (false, 0), (true, 1)]);
        assert_eq!(budget.spend(at(121)).reset_s, 180);
        assert!(Budget::new(None).spend(at(0)).allowed);
    }

    #[test]
    fn a_ban_ends_with_its_time() {
        let at = |mono_ns| Moment { wall: Timestamp(0), mono_ns };
        let mut budget = Budget::new(None);
        budget.ban(at(5), 10);
        assert_eq!([14, 15].map(|ns| budget.spend(at(ns)).allowed), [false, true]);
    }
}
