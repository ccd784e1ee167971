//! The drift of daily returns below what was expected: a one-sided cumulative sum.
//!
//! Page 1954. Each day adds how far the return lies below the expected mean, in deviations, less an allowance of half of the
//! expected edge; the sum never falls below zero. Its limit is no formula for normal days: it is what bootstrap paths of
//! the expected returns themselves pass with the declared probability within the horizon.
use super::{Asked, Expectation, Observed, Signal};
use crate::statistics::bootstrap::{Blocks, Resampler};
use crate::statistics::{SampleError, stream};
use rayon::prelude::*;

/// Paths that the limit is taken of.
const PATHS: usize = 2_000;
/// The days that a rate of false alarms is stated for, and the fewest that are looked at.
const HORIZON_DAYS: usize = 365;
const DAYS_MIN: u64 = 10;
/// The least allowance in deviations a day, so that an edge near zero does not wait for ever.
const ALLOWANCE_MIN: f64 = 0.025;

/// What the sum came to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Drift {
    /// Its highest value.
    pub highest: f64,
    /// Its value at the end.
    pub last: f64,
    /// What it may be at most.
    pub limit: f64,
    /// On which day, from 1, it first passed the limit.
    pub alarm: Option<usize>,
}

/// Walks over returns and gives the sum after each.
fn sums(returns: impl Iterator<Item = f64>, mean: f64, deviation: f64, allowance: f64) -> impl Iterator<Item = f64> {
    returns.scan(0.0_f64, move |sum, value| {
        *sum = (*sum + (mean - value) / deviation - allowance).max(0.0);
        Some(*sum)
    })
}

/// The drift of `observed` daily returns below `expected` ones; `None` where the expected ones never vary.
///
/// # Errors
/// When a return is not finite, there is none expected, or the blocks do not fit.
pub fn drift(
    expected: &[f64],
    mean_length: f64,
    observed: &[f64],
    false_alarms: f64,
    horizon_days: usize,
    seed: u64,
) -> Result<Option<Drift>, SampleError> {
    crate::statistics::finite(0, expected)?;
    crate::statistics::finite(1, observed)?;
    let resampler = Resampler::new(expected.len(), Blocks::Stationary { mean_length })?;
    let (Some(mean), Some(deviation)) = (crate::metrics::mean(expected), crate::metrics::spread(expected)) else {
        return Ok(None);
    };
    let allowance = (0.5 * mean / deviation).max(ALLOWANCE_MIN);
    let highest = |index: usize| {
        let mut rng = stream(seed, "drift", index);
        let mut drawn = Vec::with_capacity(horizon_days);
        resampler.each(horizon_days, &mut rng, |row| drawn.push(expected[row]));
        sums(drawn.into_iter(), mean, deviation, allowance).fold(0.0, f64::max)
    };
    let reached: Vec<f64> = (0..PATHS).into_par_iter().map(highest).collect();
    let [limit] = crate::statistics::quantiles(&reached, [1.0 - false_alarms]).expect("there are paths");
    let found: Vec<f64> = sums(observed.iter().copied(), mean, deviation, allowance).collect();
    Ok(Some(Drift {
        highest: found.iter().copied().fold(0.0, f64::max),
        last: found.last().copied().unwrap_or(0.0),
        limit,
        alarm: found.iter().position(|sum| *sum > limit).map(|day| day + 1),
    }))
}

pub(super) fn signal(asked: Asked, expectation: &Expectation, observed: &Observed) -> Result<Signal, SampleError> {
    let days = observed.returns.len() as u64;
    if days < DAYS_MIN {
        return Ok(Signal::too_little(asked, days, format!("{days} days, at least {DAYS_MIN} are needed")));
    }
    let (expected, mean_length, seed) = (&expectation.returns, expectation.mean_length, expectation.seed);
    let found = drift(expected, mean_length, &observed.returns, asked.limit, HORIZON_DAYS, seed)?;
    let Some(found) = found else {
        return Ok(Signal::too_little(asked, days, "the expected returns never vary".to_owned()));
    };
    let told = match found.alarm {
        Some(day) => format!("passed its limit on day {day}"),
        None => "stayed within its limit".to_owned(),
    };
    let reason = format!(
        "the sum of shortfalls of daily return {told}: {:.2} at most, limit {:.2}, {:.1} % false alarms in a year",
        found.highest,
        found.limit,
        asked.limit * 100.0
    );
    Ok(Signal::of(asked, days, found.highest, found.limit, reason))
}
