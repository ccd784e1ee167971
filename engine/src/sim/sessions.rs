//! When a market is open, as the venue needs it: for orders of the day and of the auctions.
use crate::{Candle, Interval, Timestamp};
use alloc::sync::Arc;

/// One session of a market.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Session {
    /// Its opening auction.
    pub open: Timestamp,
    /// Its closing auction.
    pub close: Timestamp,
}

/// The sessions of one instrument; none where the market never closes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sessions(Option<Arc<[Session]>>);

impl Sessions {
    /// A market that never closes and has no auctions.
    pub const ALWAYS: Self = Self(None);

    /// A market with these sessions, in the order of time.
    ///
    /// # Panics
    /// When they overlap or run back.
    #[must_use]
    pub fn new(sessions: Arc<[Session]>) -> Self {
        let ordered = sessions.windows(2).all(|pair| pair[0].close <= pair[1].open);
        assert!(ordered && sessions.iter().all(|s| s.open < s.close), "sessions follow each other");
        Self(Some(sessions))
    }

    /// When each session closes; `None` where the market never does.
    #[must_use]
    pub fn closes(&self) -> Option<alloc::vec::Vec<Timestamp>> {
        self.0.as_ref().map(|sessions| sessions.iter().map(|session| session.close).collect())
    }

    /// Whether the market has auctions.
    #[must_use]
    pub fn has_auctions(&self) -> bool {
        self.0.is_some()
    }

    /// When an order of the day that arrived then ends: the close of its session, or of the next one where it arrived
    /// between two; the end of the UTC day where the market never closes.
    #[must_use]
    pub fn end_of_day(&self, arrival: Timestamp) -> Timestamp {
        match &self.0 {
            None => Timestamp((arrival.day() + 1).saturating_mul(Interval::DAY.0)),
            Some(sessions) => {
                let place = sessions.partition_point(|s| s.close <= arrival);
                sessions.get(place).map_or(Timestamp::MAX, |s| s.close)
            }
        }
    }

    /// The open of the session under way, if one is.
    #[must_use]
    pub fn open_at(&self, now: Timestamp) -> Option<Timestamp> {
        let sessions = self.0.as_ref()?;
        let session = sessions.get(sessions.partition_point(|s| s.close <= now))?;
        (session.open <= now).then_some(session.open)
    }

    /// Whether a candle begins with an opening auction.
    #[must_use]
    pub fn opens_with(&self, candle: &Candle) -> bool {
        self.0.as_ref().is_some_and(|sessions| {
            let place = sessions.partition_point(|s| s.open < candle.open_time);
            sessions.get(place).is_some_and(|s| s.open < candle.known_time)
        })
    }

    /// Whether a candle ends with a closing auction.
    #[must_use]
    pub fn closes_with(&self, candle: &Candle) -> bool {
        self.0.as_ref().is_some_and(|sessions| {
            let place = sessions.partition_point(|s| s.close <= candle.open_time);
            sessions.get(place).is_some_and(|s| s.close <= candle.known_time)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Price;

    const HOUR: i64 = Interval::HOUR.0;

    fn candle(from: i64, to: i64) -> Candle {
        let (open_time, known_time, price) = (Timestamp(from * HOUR), Timestamp(to * HOUR), Price(1));
        Candle { open_time, known_time, open: price, high: price, low: price, close: price, volume: 0 }
    }

    #[test]
    fn a_day_ends_with_its_session_and_between_two_with_the_next() {
        let at = |hour: i64| Timestamp(hour * HOUR);
        let sessions = Sessions::new([(9, 16), (33, 37)].map(|(a, b)| Session { open: at(a), close: at(b) }).into());
        for (arrival, end) in [(0, 16), (9, 16), (15, 16), (16, 37), (20, 37), (36, 37)] {
            assert_eq!(sessions.end_of_day(at(arrival)), at(end), "{arrival}");
        }
        assert_eq!(sessions.end_of_day(at(37)), Timestamp::MAX);
        for (arrival, end) in [(0, 24), (23, 24), (24, 48)] {
            assert_eq!(Sessions::ALWAYS.end_of_day(at(arrival)), at(end));
        }
    }

    #[test]
    fn the_first_candle_of_a_session_has_its_opening_auction_and_the_last_its_closing_one() {
        let at = |hour: i64| Timestamp(hour * HOUR);
        let sessions = Sessions::new([(9, 12), (33, 35)].map(|(a, b)| Session { open: at(a), close: at(b) }).into());
        for (from, to, opens, closes) in [
            (8, 9, false, false),
            (9, 10, true, false),
            (10, 11, false, false),
            (11, 12, false, true),
            (9, 12, true, true),
            (9, 16, true, true), // a daily candle over an early close
            (12, 13, false, false),
            (33, 34, true, false),
            (34, 35, false, true),
            (35, 36, false, false),
        ] {
            let it = candle(from, to);
            assert_eq!((sessions.opens_with(&it), sessions.closes_with(&it)), (opens, closes), "{from} to {to}");
            assert!(!Sessions::ALWAYS.opens_with(&it) && !Sessions::ALWAYS.closes_with(&it));
        }
    }
}
