//! Means and shares against what was expected: slippage, orders that fill, round trips a day.
//!
//! An alarm takes two things: that it matters, which is the declared limit, and that chance does not explain it. The bound
//! of chance holds at every look at once, so that a watch may look each day: Robbins 1970, the normal mixture. With `m` for
//! what both sides together are worth in values, chance passes `sqrt((1 + r/m) (ln(1 + m/r) + 2 ln(1/a)))` at any time with
//! a probability of at most `a`.
use super::{Asked, Expectation, Finding, Observed, Share, Signal, Spread};
use engine::math;

/// The probability that chance passes its bound at any look.
const FALSE_ALARMS: f64 = 0.01;
/// The fewest fills, orders or days that are looked at.
const VALUES_MIN: u64 = 20;
/// The number of values that the limit is narrowest for.
const NARROWEST_AT: f64 = 100.0;
/// The least deviation of slippage that is believed: a simulated venue may charge each fill the same.
const SLIPPAGE_DEVIATION_MIN_BPS: f64 = 0.1;

/// How far a mean lies from another, in errors.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Distance {
    /// Positive where what was observed is more.
    pub errors: f64,
    /// How many may come of chance at any look.
    pub limit: f64,
}

/// The distance of `observed` (mean and number) from `expected`, whose values have this deviation.
///
/// `None` when either is of nothing or the deviation is not above zero.
#[must_use]
pub fn distance(observed: (f64, u64), expected: (f64, u64), deviation: f64, false_alarms: f64) -> Option<Distance> {
    if observed.1 == 0 || expected.1 == 0 || !(deviation > 0.0 && false_alarms > 0.0) {
        return None;
    }
    let worth = 1.0 / (1.0 / observed.1 as f64 + 1.0 / expected.1 as f64);
    let errors = (observed.0 - expected.0) / deviation * worth.sqrt();
    let inside = math::ln(1.0 + worth / NARROWEST_AT) - 2.0 * math::ln(false_alarms);
    let limit = ((1.0 + NARROWEST_AT / worth) * inside).sqrt();
    Some(Distance { errors, limit }).filter(|d| d.errors.is_finite() && d.limit.is_finite())
}

/// What is compared.
struct Compared<'a> {
    asked: Asked,
    /// What is counted, in the plural.
    things: &'a str,
    observed: (f64, u64),
    expected: (f64, u64),
    deviation: f64,
}

impl Compared<'_> {
    /// The signal of a `value` that may be at most `limit`, and of what chance explains: `bad` of the distance is what counts.
    fn answer(&self, value: Option<f64>, limit: f64, told: &str, bad: impl Fn(f64) -> f64) -> Signal {
        let Self { asked, things, observed, expected, deviation } = *self;
        let n = observed.1;
        if n < VALUES_MIN {
            return Signal::too_little(asked, n, format!("{n} {things}, at least {VALUES_MIN} are needed"));
        }
        let distance = distance(observed, expected, deviation, FALSE_ALARMS);
        let (Some(distance), Some(value)) = (distance, value) else {
            return Signal::too_little(asked, n, format!("no {things} were expected to compare with"));
        };
        let reason = format!(
            "{told} {:.4} over {n} {things}, expected {:.4}: {:.1} errors apart, {:.1} may be chance",
            observed.0, expected.0, distance.errors, distance.limit
        );
        let mut signal = Signal::of(asked, n, value, limit, reason);
        if bad(distance.errors) <= distance.limit {
            signal.finding = Finding::Within;
        }
        signal
    }
}

fn unknown(asked: Asked, things: &str) -> Signal {
    Signal::too_little(asked, 0, format!("no {things} were expected, or none were seen"))
}

/// More than the declared basis points above the expected mean.
pub(super) fn slippage(asked: Asked, expectation: &Expectation, observed: &Observed) -> Signal {
    let (Some(expected), Some(observed)) = (expectation.slippage_bps, observed.slippage_bps) else {
        return unknown(asked, "fills");
    };
    // The wider of the two: expected slippage is often simulated, and then narrower than a market's.
    let deviation = expected.deviation.max(observed.deviation).max(SLIPPAGE_DEVIATION_MIN_BPS);
    let (seen, hoped) = ((observed.mean, observed.n), (expected.mean, expected.n));
    let compared = Compared { asked, things: "fills", observed: seen, expected: hoped, deviation };
    compared.answer(Some(observed.mean - expected.mean), asked.limit, "slippage of bps", |errors| errors)
}

/// Less than the declared part of the expected share; told as what is lacking, so that more is worse.
pub(super) fn fill_rate(asked: Asked, expectation: &Expectation, observed: &Observed) -> Signal {
    let (Some(expected), Some(observed)) = (expectation.fills, observed.fills) else {
        return unknown(asked, "orders");
    };
    let share = |of: Share| of.some as f64 / (of.all as f64).max(1.0);
    // One more of each kind, so that what always happened is not expected with certainty.
    let likely = (expected.some as f64 + 1.0) / (expected.all as f64 + 2.0);
    let deviation = (likely * (1.0 - likely)).sqrt();
    let (seen, hoped) = ((share(observed), observed.all), (share(expected), expected.all));
    let lacking = crate::metrics::quotient(seen.0, hoped.0).map(|part| 1.0 - part);
    let compared = Compared { asked, things: "orders", observed: seen, expected: hoped, deviation };
    compared.answer(lacking, 1.0 - asked.limit, "share filled", |errors| -errors)
}

/// More than the declared times as many a day as expected, or fewer by that factor.
pub(super) fn trade_frequency(asked: Asked, expectation: &Expectation, observed: &Observed) -> Signal {
    let (Some(expected), Some(observed)) = (expectation.round_trips, observed.round_trips) else {
        return unknown(asked, "days");
    };
    let Spread { mean, n, .. } = expected;
    // Not less than counts that come one by one have, with one more than was seen.
    let least = mean + 1.0 / (n as f64).max(1.0);
    let deviation = expected.deviation.max(least.sqrt());
    let more = (observed.mean / least).max(mean / observed.mean.max(f64::MIN_POSITIVE));
    let (seen, hoped) = ((observed.mean, observed.n), (mean, n));
    let compared = Compared { asked, things: "days", observed: seen, expected: hoped, deviation };
    // Beyond any number is beyond every limit.
    compared.answer(Some(more.min(f64::MAX)), asked.limit, "round trips a day", f64::abs)
}
