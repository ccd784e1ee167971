//! Series whose truth is known: for benches, tests and honesty checks. Prices have [`PLAIN_SCALE`](super::PLAIN_SCALE) places.
//!
//! Each has a law, and a best policy that can be worked out, so that what a learner earns can be held against what there is to
//! earn. Nothing here learns.
mod best;

pub use best::{Best, foresight};

use engine::{Candle, Price, Rng, Timestamp, math};
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

/// A random walk that tells its future: its volume is the exponential of the next step over the deviation, so that the feature
/// `volume` knows it. The last candle knows nothing.
///
/// Its best policy is [`foresight`]. No honest series is like it; it shows that a learner finds a leak, and what one looks like.
#[must_use]
pub fn leaking_walk(count: usize, deviation_bps: f64, seed: u64) -> Arc<[Candle]> {
    let mut candles = walk(count, deviation_bps, seed).to_vec();
    for place in 1..count {
        let (now, next) = (candles[place - 1].close.0 as f64, candles[place].close.0 as f64);
        let deviations = (next / now - 1.0) * 10_000.0 / deviation_bps;
        candles[place - 1].volume = (100_000_000.0 * math::exp(deviations.clamp(-6.0, 6.0))) as i64;
    }
    candles.into()
}

/// Steps that remember: an autoregression of the first order, `x' = coefficient x + deviation e` with `e` standard normal.
///
/// All that there is to know of the next step is the last one. What follows from that once trading costs something,
/// [`Momentum::best`] works out.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Momentum {
    /// The part of a step that the next one is expected to repeat; below 1 either way.
    pub coefficient: f64,
    /// Deviation of what cannot be known of a step, in hundredths of a per cent.
    pub deviation_bps: f64,
}

impl Momentum {
    /// Candles of this law. The first step is drawn from the stationary law, so that every part of it is like every other.
    #[must_use]
    pub fn series(self, count: usize, seed: u64) -> Arc<[Candle]> {
        let mut rng = Rng::stream(seed, "momentum");
        let mut step = rng.normal() * self.stationary_bps();
        series((0..count).map(|_| {
            let now = step;
            step = self.coefficient * step + self.deviation_bps * rng.normal();
            now
        }))
    }

    /// Deviation of the steps themselves.
    pub(super) fn stationary_bps(self) -> f64 {
        self.deviation_bps / math::sqrt(1.0 - self.coefficient * self.coefficient)
    }
}

#[cfg(test)]
mod tests;
