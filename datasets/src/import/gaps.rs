//! The times between the opens of an import, against the interval that it declares.
//!
//! Candles that overlap are never taken for candles of a longer interval, nor sparse ones for candles of a shorter one.
//! Gaps in a market's hours are none of its business: one pair at the declared distance is enough.
use crate::error::time_text;
use crate::options::gap_min_ns;
use engine::{Interval, Timestamp};
use std::collections::BTreeMap;

/// The fewest candles of which one pair has to stand at the declared distance.
const ROWS_MIN: u64 = 10;

/// Counts the gaps of an import.
pub(crate) struct Gaps {
    interval: Interval,
    counts: BTreeMap<i64, u64>,
}

impl Gaps {
    pub(crate) fn of(interval: Interval) -> Self {
        Self { interval, counts: BTreeMap::new() }
    }

    /// Counts the gap between two opens, the second of which is the later.
    pub(crate) fn add(&mut self, before: Timestamp, open: Timestamp) -> Result<(), String> {
        let gap = open.0.checked_sub(before.0).ok_or("the time is out of range")?;
        *self.counts.entry(gap).or_insert(0) += 1;
        if gap >= gap_min_ns(self.interval.0) {
            return Ok(());
        }
        let (declared, found) = (self.interval, self.commonest());
        let advice = if found == declared {
            format!("the other gaps are {found}, so correct the times")
        } else {
            format!("the gaps look like {found}: use `--interval {found}`, or correct the times")
        };
        Err(format!(
            "{open} is {gap} after the candle before, {before}, which lasts {declared}; {advice}",
            open = time_text(open),
            gap = Interval(gap),
            before = time_text(before),
        ))
    }

    /// Whether the candles are as far apart as declared.
    pub(crate) fn finish(&self) -> Result<(), String> {
        let gaps: u64 = self.counts.values().sum();
        if gaps + 1 < ROWS_MIN || self.counts.contains_key(&self.interval.0) {
            return Ok(());
        }
        let (declared, found) = (self.interval, self.commonest());
        Err(format!(
            "no two candles of {rows} are {declared} apart, which is the declared interval; the gaps look like {found}: use `--interval {found}`",
            rows = gaps + 1
        ))
    }

    /// The gap met most often, of several the shortest.
    fn commonest(&self) -> Interval {
        let most = self.counts.values().max();
        Interval(self.counts.iter().find(|(_, count)| Some(*count) == most).map_or(self.interval.0, |(gap, _)| *gap))
    }
}
