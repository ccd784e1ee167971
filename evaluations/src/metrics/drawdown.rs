//! Falls from a peak: how deep, how long, and the pain of all of them together.
//!
//! Depths are positive fractions of the peak. The exact ones of a run come from [`crate::curve::EquityCurve`], which sees
//! every instant; the functions here work on daily returns.
use super::mean;
use crate::time_text;
use engine::Timestamp;
use serde::{Deserialize, Serialize};

/// One fall from a peak.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Drawdown {
    /// The depth as a fraction of the peak, positive.
    pub depth: f64,
    /// When the peak was marked.
    #[serde(with = "time_text")]
    pub peak: Timestamp,
    /// When the deepest point was marked.
    #[serde(with = "time_text")]
    pub trough: Timestamp,
    /// When the peak was reached again; `None` while it was not.
    #[serde(with = "time_text::option")]
    pub recovery: Option<Timestamp>,
}

impl Drawdown {
    /// Days from the peak to the deepest point.
    #[must_use]
    pub fn days_falling(&self) -> f64 {
        days(self.peak, self.trough)
    }

    /// Days from the deepest point to the recovery.
    #[must_use]
    pub fn days_rising(&self) -> Option<f64> {
        self.recovery.map(|recovery| days(self.trough, recovery))
    }

    /// Days from the peak to the recovery.
    #[must_use]
    pub fn days_under(&self) -> Option<f64> {
        self.recovery.map(|recovery| days(self.peak, recovery))
    }
}

/// The days between two instants.
#[must_use]
pub fn days(from: Timestamp, to: Timestamp) -> f64 {
    to.0.saturating_sub(from.0) as f64 / 86_400e9
}

/// The depth below the running peak after each return; the peak starts at 1, before the first return.
#[must_use]
pub fn depths(returns: &[f64]) -> Vec<f64> {
    let (mut growth, mut peak) = (1.0_f64, 1.0_f64);
    returns
        .iter()
        .map(|r| {
            growth *= 1.0 + r;
            peak = peak.max(growth);
            (peak - growth) / peak
        })
        .collect()
}

/// The deepest fall of a series of returns, as a positive fraction.
#[must_use]
pub fn deepest(returns: &[f64]) -> Option<f64> {
    depths(returns).into_iter().reduce(f64::max)
}

/// The ulcer index: the root of the mean square depth over all n marks (QuantStats divides by n - 1).
#[must_use]
pub fn ulcer(returns: &[f64]) -> Option<f64> {
    let squares: Vec<f64> = depths(returns).into_iter().map(|d| d * d).collect();
    mean(&squares).map(f64::sqrt)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::testing::{EIGHT, check};

    #[test]
    fn the_deepest_fall_is_the_published_one() {
        check(deepest(&[-0.4, -0.1]), 0.46, 1e-15);
        check(deepest(&EIGHT), 0.10, 1e-15);
        check(deepest(&[0.1, 0.2]), 0.0, 0.0);
        assert_eq!(deepest(&[]), None);
    }

    #[test]
    fn the_ulcer_index_is_the_root_mean_square_of_depths() {
        check(ulcer(&[-0.4, -0.1]), ((0.16 + 0.46 * 0.46) / 2.0_f64).sqrt(), 1e-15);
    }

    #[test]
    fn a_drawdown_that_lasts_has_no_recovery() {
        let day = |n: i64| Timestamp(n * 86_400_000_000_000);
        let mut fall = Drawdown { depth: 0.2, peak: day(1), trough: day(4), recovery: None };
        assert_eq!((fall.days_falling(), fall.days_rising(), fall.days_under()), (3.0, None, None));
        fall.recovery = Some(day(10));
        assert_eq!((fall.days_rising(), fall.days_under()), (Some(6.0), Some(9.0)));
    }
}
