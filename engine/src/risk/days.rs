//! When the exchange's day ends. The core gets it as instants: it knows no time zone.
use crate::Timestamp;
use alloc::vec::Vec;

/// One day of a market that never closes.
const DAY_NS: i64 = 86_400_000_000_000;

/// When each day ends: what is known at that instant still belongs to it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Days {
    /// At midnight UTC.
    #[default]
    Utc,
    /// At the close of each session, in order.
    At(Vec<Timestamp>),
}

impl Days {
    /// The end of the day that `time` belongs to; never, behind the last one that is known.
    #[must_use]
    pub fn end_of(&self, time: Timestamp) -> Timestamp {
        match self {
            Self::Utc => {
                let day = time.0.saturating_sub(1).div_euclid(DAY_NS) + 1;
                Timestamp(day.saturating_mul(DAY_NS))
            }
            Self::At(closes) => {
                let place = closes.partition_point(|close| *close < time);
                closes.get(place).copied().unwrap_or(Timestamp::MAX)
            }
        }
    }

    /// Whether days are sessions, with times between them in which nothing trades.
    #[must_use]
    pub fn are_sessions(&self) -> bool {
        matches!(self, Self::At(_))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_instant_at_which_a_day_ends_belongs_to_it() {
        let check = |days: &Days, time: i64, end: i64| assert_eq!(days.end_of(Timestamp(time)), Timestamp(end));
        check(&Days::Utc, 1, DAY_NS);
        check(&Days::Utc, DAY_NS, DAY_NS);
        check(&Days::Utc, DAY_NS + 1, 2 * DAY_NS);
        check(&Days::Utc, 0, 0);
        check(&Days::Utc, -1, 0);
        let sessions = Days::At([10, 20, 40].map(Timestamp).to_vec());
        check(&sessions, 5, 10);
        check(&sessions, 10, 10);
        check(&sessions, 11, 20);
        check(&sessions, 41, i64::MAX);
    }
}
