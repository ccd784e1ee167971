//! Larger candles made of smaller ones.
//!
//! A larger candle is known when its interval ends, not before, so the one that the source breaks off in is never given.
//! Intervals are counted from the Unix epoch. Where smaller candles are missing, the larger one is made of those there are.
use crate::candle::{Candle, CandleSource};
use crate::{Interval, Timestamp};
use alloc::vec::Vec;

/// Larger candles made at once.
const BLOCK: usize = 1_024;

/// Candles of `interval`, made of those of a source with smaller ones.
#[derive(Debug)]
pub struct Aggregated<S> {
    source: S,
    interval: Interval,
    at: usize,
    open: Option<Candle>,
    block: Vec<Candle>,
    ended: bool,
}

impl<S: CandleSource> Aggregated<S> {
    /// Candles of `interval` from `source`.
    ///
    /// # Panics
    /// When the interval is not above zero.
    #[must_use]
    pub fn new(source: S, interval: Interval) -> Self {
        assert!(interval.0 > 0, "an interval lasts");
        Self { source, interval, at: 0, open: None, block: Vec::new(), ended: false }
    }

    fn take(&mut self, candle: &Candle) {
        let length = self.interval.0;
        let start = candle.open_time.0.div_euclid(length) * length;
        match &mut self.open {
            Some(open) if open.open_time.0 == start => {
                open.high = open.high.max(candle.high);
                open.low = open.low.min(candle.low);
                open.close = candle.close;
                open.volume = open.volume.saturating_add(candle.volume);
            }
            _ => {
                self.block.extend(self.open.take()); // a later one has begun, so it has ended
                let (open_time, known_time) = (Timestamp(start), Timestamp(start).after(length));
                self.open = Some(Candle { open_time, known_time, ..*candle });
            }
        }
        // Known at the very end of its interval, without waiting for the next one to begin.
        self.block.extend(self.open.take_if(|open| candle.known_time >= open.known_time));
    }
}

impl<S: CandleSource> CandleSource for Aggregated<S> {
    type Error = S::Error;

    fn block(&self) -> &[Candle] {
        &self.block
    }

    fn advance(&mut self) -> Result<bool, S::Error> {
        self.block.clear();
        while !self.ended && self.block.len() < BLOCK {
            match self.source.block().get(self.at).copied() {
                Some(candle) => {
                    self.at += 1;
                    self.take(&candle);
                }
                None => {
                    self.at = 0;
                    self.ended = !self.source.advance()?;
                }
            }
        }
        Ok(!self.block.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Price, SharedCandles};
    use alloc::vec;

    const MINUTE: i64 = Interval::MINUTE.0;

    fn minute(n: i64, prices: [i64; 4], volume: i64) -> Candle {
        let [open, high, low, close] = prices.map(Price);
        let open_time = Timestamp(n * MINUTE);
        Candle { open_time, known_time: open_time.after(MINUTE), open, high, low, close, volume }
    }

    fn made(minutes: Vec<Candle>, length: i64) -> Vec<Candle> {
        let mut source = Aggregated::new(SharedCandles::new(minutes.into()), Interval(length * MINUTE));
        let mut all = Vec::new();
        while source.advance().unwrap_or(false) {
            all.extend_from_slice(source.block());
        }
        all
    }

    #[test]
    fn a_larger_candle_is_made_of_its_own_and_known_at_its_end() {
        let minutes = vec![
            minute(1, [10, 12, 9, 11], 5), // the first two minutes of its interval are missing but one
            minute(2, [11, 15, 11, 14], 7),
            minute(3, [20, 21, 18, 19], 1),
            minute(5, [19, 19, 7, 8], 2), // a minute is missing in between
            minute(9, [8, 8, 8, 8], 4),   // an interval is missing; this one never ends
        ];
        let expected = [(0, [10, 15, 9, 14], 12), (3, [20, 21, 7, 8], 3)].map(|(n, prices, volume)| {
            let candle = minute(n, prices, volume);
            Candle { known_time: candle.open_time.after(3 * MINUTE), ..candle }
        });
        assert_eq!(made(minutes, 3), expected);
    }

    #[test]
    fn an_interval_of_the_source_itself_changes_nothing() {
        let minutes: Vec<Candle> = (0..3_000).map(|n| minute(n, [n + 1, n + 3, n + 1, n + 2], n)).collect();
        assert_eq!(made(minutes.clone(), 1), minutes);
        let hours = made(minutes, 60);
        assert_eq!(hours.len(), 50);
        assert!(hours.iter().all(|hour| hour.known_time.0 - hour.open_time.0 == 60 * MINUTE));
    }
}
