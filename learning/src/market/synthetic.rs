//! Series whose truth is known: for benches, tests and honesty checks. Prices have [`PLAIN_SCALE`](super::PLAIN_SCALE) places.
use engine::{Candle, Price, Rng, Timestamp};
use std::sync::Arc;

/// The interval of every synthetic series.
pub const HOUR_NS: i64 = 3_600_000_000_000;
/// 10,000.
const FIRST: i64 = 1_000_000_000_000;

/// Candles whose close moves by `steps_bps` hundredths of a per cent of what it was, one after the other. Each opens where the one
/// before closed, and no wick leaves its body.
#[must_use]
pub fn series(steps_bps: impl IntoIterator<Item = f64>) -> Arc<[Candle]> {
    let mut last = FIRST;
    let candle = |(place, step): (i64, f64)| {
        let open = last;
        last = (open + (open as f64 * step / 10_000.0) as i64).max(1);
        let open_time = Timestamp(place * HOUR_NS);
        Candle {
            open_time,
            known_time: open_time.after(HOUR_NS),
            open: Price(open),
            high: Price(open.max(last)),
            low: Price(open.min(last)),
            close: Price(last),
            volume: 100_000_000,
        }
    };
    (0..).zip(steps_bps).map(candle).collect::<Vec<_>>().into()
}

/// A random walk: independent normal steps of this deviation, in hundredths of a per cent, without drift.
#[must_use]
pub fn walk(count: usize, deviation_bps: f64, seed: u64) -> Arc<[Candle]> {
    let mut rng = Rng::stream(seed, "random walk");
    series((0..count).map(|_| rng.normal() * deviation_bps))
}
