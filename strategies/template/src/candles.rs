//! Made-up candles. A project of your own reads them from somewhere and puts them into the same struct.
use engine::{Candle, Interval, Price, Rng, Timestamp};

/// Decimal places of the prices below.
pub(crate) const PRICE_SCALE: u8 = 2;

/// A random walk of hourly candles around 100; the same for the same seed.
pub(crate) fn made_up(seed: u64, count: usize) -> Vec<Candle> {
    let mut rng = Rng::stream(seed, "candles");
    let mut close = 10_000;
    let mut next_close = || {
        close = (close + 100 - i64::try_from(rng.below(201)).expect("a small number")).max(100);
        close
    };
    let closes: Vec<i64> = (0..count).map(|_| next_close()).collect();
    of_cents(&closes)
}

/// Candles with these closes in whole units, each opening at the close before it.
#[cfg(test)]
pub(crate) fn of_closes(closes: &[i64]) -> Vec<Candle> {
    let cents: Vec<i64> = closes.iter().map(|units| units * 100).collect();
    of_cents(&cents)
}

fn of_cents(closes: &[i64]) -> Vec<Candle> {
    let mut open = closes.first().copied().unwrap_or_default();
    let mut open_time = Timestamp(0);
    let candle = |close: &i64| {
        let known_time = open_time.after(Interval::HOUR.0);
        let (low, high) = (open.min(*close), open.max(*close));
        let candle = Candle {
            open_time,
            known_time,
            open: Price(open),
            high: Price(high),
            low: Price(low),
            close: Price(*close),
            volume: 0,
        };
        (open, open_time) = (*close, known_time);
        candle
    };
    closes.iter().map(candle).collect()
}
