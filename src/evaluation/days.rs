//! The days of a run beside the market's: which return is of which day, and what kind of day it was.
use crate::shared_run::{Ran, SharedRun};
use engine::{Candle, Interval, Timestamp};
use evaluations::metrics::daily::{self, day_of_mark};
use serde::Serialize;
use std::collections::BTreeMap;

/// A kind of times, by what the market did before: nobody could have known more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Regime {
    /// It rose over the last sixty days, with less than its usual volatility.
    RisingCalm,
    /// It rose, with more.
    RisingWild,
    /// It fell, with less.
    FallingCalm,
    /// It fell, with more.
    FallingWild,
}

impl Regime {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::RisingCalm, Self::RisingWild, Self::FallingCalm, Self::FallingWild];

    /// The name on pages.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::RisingCalm => "rising, calm",
            Self::RisingWild => "rising, wild",
            Self::FallingCalm => "falling, calm",
            Self::FallingWild => "falling, wild",
        }
    }
}

/// The returns of a run by day.
#[derive(Clone, Debug, Default)]
pub struct Days {
    /// The day of each return, since the epoch.
    pub numbers: Vec<i64>,
    /// The returns, as fractions.
    pub returns: Vec<f64>,
    /// What kind of day; none before sixty days were seen.
    pub regimes: Vec<Option<Regime>>,
}

/// Days that a regime is told by.
const WINDOW: usize = 60;

impl Days {
    /// The days of a run; their kinds are those of the first instrument that is traded.
    #[must_use]
    pub fn of_run(run: &SharedRun, ran: &Ran) -> Self {
        let numbers = numbers(ran, run.setup.days == daily::Days::Every);
        let kinds = kinds(run.candles.get(run.traded()).map_or(&[][..], |all| all));
        let regimes = numbers.iter().map(|day| kinds.get(day).copied()).collect();
        Self { numbers, returns: ran.returns.clone(), regimes }
    }

    /// The returns of the days from one instant until before another.
    #[must_use]
    pub fn between(&self, from: Timestamp, to: Timestamp) -> &[f64] {
        let first = self.numbers.partition_point(|day| *day < from.day());
        let behind = self.numbers.partition_point(|day| *day < to.day());
        &self.returns[first..behind.max(first)]
    }

    /// The returns of all days of a kind.
    #[must_use]
    pub fn of(&self, regime: Regime) -> Vec<f64> {
        let kept = self.regimes.iter().zip(&self.returns).filter(|(kind, _)| **kind == Some(regime));
        kept.map(|(_, value)| *value).collect()
    }

    /// The place of the first return of a day or a later one.
    #[must_use]
    pub fn place(&self, from: Timestamp) -> usize {
        self.numbers.partition_point(|day| *day < from.day())
    }
}

/// The day of each daily return.
fn numbers(ran: &Ran, every: bool) -> Vec<i64> {
    let marked: Vec<i64> = ran.curve.daily.iter().map(|(day, _)| *day).collect();
    let mut numbers = match (every, marked.first(), marked.last()) {
        (true, Some(first), Some(last)) => (*first..=*last).collect(),
        _ => marked,
    };
    numbers.truncate(ran.returns.len());
    numbers
}

/// The kind of each day by what was known before it.
fn kinds(candles: &[Candle]) -> BTreeMap<i64, Regime> {
    let mut closes: BTreeMap<i64, f64> = BTreeMap::new();
    for candle in candles {
        closes.insert(day_of_mark(candle.known_time), candle.close.0 as f64);
    }
    let closes: Vec<(i64, f64)> = closes.into_iter().collect();
    let returns: Vec<f64> = closes.windows(2).map(|pair| pair[1].1 / pair[0].1 - 1.0).collect();
    let volatility = |place: usize| evaluations::metrics::deviation(&returns[place - WINDOW..place]).unwrap_or(0.0);
    let mut seen: Vec<f64> = Vec::new();
    let mut kinds = BTreeMap::new();
    for place in WINDOW..returns.len() {
        let now = volatility(place);
        // The usual is the median of what was seen so far.
        let at = seen.partition_point(|value| *value < now);
        let wild = 2 * at > seen.len();
        seen.insert(at, now);
        let rose = closes[place].1 > closes[place - WINDOW].1;
        let kind = match (rose, wild) {
            (true, false) => Regime::RisingCalm,
            (true, true) => Regime::RisingWild,
            (false, false) => Regime::FallingCalm,
            (false, true) => Regime::FallingWild,
        };
        // The return of day `place + 1` follows on what the closes until `place` showed.
        kinds.insert(closes[place + 1].0, kind);
    }
    kinds
}

/// How many candles a day has, at least one.
#[must_use]
pub(super) fn candles_a_day(interval: Interval) -> usize {
    usize::try_from(Interval::DAY.0 / interval.0.max(1)).unwrap_or(1).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use engine::Price;

    #[test]
    fn the_kind_of_a_day_is_told_by_the_days_before_it() {
        let day = Interval::DAY.0;
        let close = |n: i64| if n <= 100 { 1_000 + 10 * n } else { 2_000 - 35 * (n - 100) };
        let candle = |n: i64| {
            let price = Price(close(n));
            let (open_time, known_time) = (Timestamp(n * day), Timestamp((n + 1) * day));
            Candle { open_time, known_time, open: price, high: price, low: price, close: price, volume: 1 }
        };
        let candles: Vec<Candle> = (0..150).map(candle).collect();
        let kinds = kinds(&candles);
        assert_eq!(kinds.first_key_value().map(|(day, _)| *day), Some(61));
        // Day 101 is the first that falls, and what was known before it rose.
        assert!(matches!(kinds[&101], Regime::RisingCalm | Regime::RisingWild));
        // The close of day 113 is above that of sixty days before, that of day 114 is not.
        assert!(matches!(kinds[&114], Regime::RisingCalm | Regime::RisingWild));
        assert!(matches!(kinds[&115], Regime::FallingCalm | Regime::FallingWild));
        assert!(matches!(kinds[&140], Regime::FallingCalm | Regime::FallingWild));
    }
}
