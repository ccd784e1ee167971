//! The candles of one instrument, from stored ones over the venue's history to its stream: each once, in order, and where some
//! are missing the venue is asked before anything later is believed.
use engine::{Candle, InstrumentId, Interval, Timestamp};
use std::collections::BTreeMap;

/// A stretch that the venue is to be asked for: by open time, the end not included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Missing {
    pub(super) instrument: InstrumentId,
    pub(super) from: Timestamp,
    pub(super) to: Timestamp,
}

/// What an arriving candle leads to.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Taken {
    /// These are next, oldest first.
    Ready(Vec<Candle>),
    /// It waits: something before it is missing.
    Ask(Missing),
    /// It was known already.
    Known,
    /// It differs from the one that was known: the venue has corrected it.
    Corrected,
    /// It waits for an answer that is on its way.
    Waits,
}

#[derive(Debug)]
pub(super) struct Series {
    instrument: InstrumentId,
    interval: Interval,
    /// The last candle that was handed on.
    last: Option<Candle>,
    /// Candles that wait for what is missing before them, by open time.
    held: BTreeMap<Timestamp, Candle>,
    /// Whether the venue has been asked.
    asked: bool,
}

impl Series {
    pub(super) fn new(instrument: InstrumentId, interval: Interval) -> Self {
        Self { instrument, interval, last: None, held: BTreeMap::new(), asked: false }
    }

    /// A candle that was handed on already: of the warm-up, or before a restart.
    pub(super) fn passed(&mut self, candle: Candle) {
        self.last = Some(candle);
    }

    /// The open time that is expected next, once any candle is known.
    pub(super) fn next_open(&self) -> Option<Timestamp> {
        self.last.map(|last| last.open_time.after(self.interval.0))
    }

    /// The venue is asked for a stretch: what arrives until it has answered waits.
    pub(super) fn ask(&mut self) {
        self.asked = true;
    }

    /// A final candle from the stream.
    pub(super) fn take(&mut self, candle: Candle) -> Taken {
        if let Some(last) = self.last.filter(|last| candle.open_time <= last.open_time) {
            let changed = candle.open_time == last.open_time && candle != last;
            return if changed { Taken::Corrected } else { Taken::Known };
        }
        let expected = self.next_open();
        self.held.insert(candle.open_time, candle);
        if self.asked {
            // Another stream had what this one left out: then nobody has to answer.
            return if self.is_whole() { Taken::Ready(self.release()) } else { Taken::Waits };
        }
        match expected {
            Some(from) if candle.open_time > from => {
                self.asked = true;
                Taken::Ask(Missing { instrument: self.instrument, from, to: candle.open_time })
            }
            _ => Taken::Ready(self.release()),
        }
    }

    /// The venue has answered: what it has, and what waited behind. What it has not, it never had: minutes without a trade.
    pub(super) fn answered(&mut self, history: Vec<Candle>) -> Vec<Candle> {
        self.asked = false;
        for candle in history {
            self.held.entry(candle.open_time).or_insert(candle);
        }
        self.release()
    }

    /// The venue could not be asked; what waits goes on waiting, and is asked for again with the next candle.
    pub(super) fn unanswered(&mut self) {
        self.asked = false;
    }

    /// Whether what waits follows what was handed on, without a gap.
    fn is_whole(&self) -> bool {
        let mut next = self.next_open();
        self.held.values().all(|candle| {
            let follows = next.is_none_or(|next| next == candle.open_time);
            next = Some(candle.known_time);
            follows
        })
    }

    fn release(&mut self) -> Vec<Candle> {
        let held = std::mem::take(&mut self.held);
        let last = self.last.map_or(Timestamp::MIN, |last| last.open_time);
        let ready: Vec<Candle> = held.into_values().filter(|candle| candle.open_time > last).collect();
        self.last = ready.last().copied().or(self.last);
        ready
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use engine::Price;

    const MINUTE: i64 = 60_000_000_000;

    fn candle(minute: i64) -> Candle {
        let price = Price(100 + minute);
        let (open_time, known_time) = (Timestamp(minute * MINUTE), Timestamp((minute + 1) * MINUTE));
        Candle { open_time, known_time, open: price, high: price, low: price, close: price, volume: 1 }
    }

    fn series() -> Series {
        let mut series = Series::new(InstrumentId(0), Interval(MINUTE));
        series.passed(candle(1));
        series
    }

    fn minutes(candles: &[Candle]) -> Vec<i64> {
        candles.iter().map(|candle| candle.open_time.0 / MINUTE).collect()
    }

    #[test]
    fn a_candle_that_follows_is_ready_and_one_that_came_before_is_known() {
        let mut series = series();
        assert_eq!(series.take(candle(1)), Taken::Known);
        assert_eq!(series.take(candle(2)), Taken::Ready(vec![candle(2)]));
        assert_eq!(series.take(candle(1)), Taken::Known);
        let other = Candle { volume: 2, ..candle(2) };
        assert_eq!(series.take(other), Taken::Corrected);
    }

    #[test]
    fn behind_a_gap_candles_wait_until_the_venue_has_answered() {
        let mut series = series();
        let missing = Missing { instrument: InstrumentId(0), from: Timestamp(2 * MINUTE), to: Timestamp(4 * MINUTE) };
        assert_eq!(series.take(candle(4)), Taken::Ask(missing));
        assert_eq!(series.take(candle(5)), Taken::Waits);
        // Overlap on both sides, and minute 3 had no trade.
        assert_eq!(minutes(&series.answered(vec![candle(1), candle(2), candle(4)])), [2, 4, 5]);
        assert_eq!(series.take(candle(6)), Taken::Ready(vec![candle(6)]));
    }

    #[test]
    fn what_one_stream_left_out_and_another_has_closes_the_gap() {
        let mut series = series();
        assert!(matches!(series.take(candle(4)), Taken::Ask(_)));
        assert_eq!(series.take(candle(3)), Taken::Waits);
        assert_eq!(series.take(candle(2)), Taken::Ready(vec![candle(2), candle(3), candle(4)]));
        // The answer that comes all the same has nothing new.
        assert_eq!(series.answered(vec![candle(2), candle(3), candle(4)]), []);
        assert_eq!(series.take(candle(5)), Taken::Ready(vec![candle(5)]));
    }

    #[test]
    fn without_an_answer_the_next_candle_asks_again() {
        let mut series = series();
        assert!(matches!(series.take(candle(3)), Taken::Ask(_)));
        series.unanswered();
        let missing = Missing { instrument: InstrumentId(0), from: Timestamp(2 * MINUTE), to: Timestamp(4 * MINUTE) };
        assert_eq!(series.take(candle(4)), Taken::Ask(missing));
        assert_eq!(minutes(&series.answered(vec![candle(2), candle(3)])), [2, 3, 4]);
    }
}
