//! The numbers of a run, each with the formula that made it.
//!
//! Functions take plain slices of daily returns or of results of round trips, so that each can be tested against
//! published vectors; [`measure`] puts them together for a run. Nothing here reads a file or knows a strategy. What is
//! not defined (no variance, too few values, a division by zero) is `None`, never a NaN.
pub mod daily;
pub mod deflated;
pub mod distribution;
pub mod drawdown;
pub mod growth;
mod metric;
pub mod ratios;
mod run;
pub mod trades;

pub use daily::{Days, daily_returns};
pub use engine::normal;
pub use metric::{Metric, MetricSet};
pub use run::{RunFigures, Trials, measure};

/// The arithmetic mean; `None` of nothing.
#[must_use]
pub fn mean(values: &[f64]) -> Option<f64> {
    if values.is_empty() {
        return None;
    }
    Some(values.iter().sum::<f64>() / values.len() as f64)
}

/// The sample standard deviation (ddof 1); `None` for fewer than two values.
#[must_use]
pub fn deviation(values: &[f64]) -> Option<f64> {
    if values.len() < 2 {
        return None;
    }
    let middle = mean(values)?;
    let squares: f64 = values.iter().map(|v| (v - middle) * (v - middle)).sum();
    Some((squares / (values.len() - 1) as f64).sqrt())
}

/// A quotient, or `None` where it is not a finite number.
///
/// A divisor that is only rounding noise beside its dividend's terms counts as zero at the callers that sum.
pub(crate) fn quotient(dividend: f64, divisor: f64) -> Option<f64> {
    Some(dividend / divisor).filter(|q| q.is_finite())
}

/// A deviation that is more than the rounding noise of the values it was taken of.
pub(crate) fn spread(values: &[f64]) -> Option<f64> {
    let largest = values.iter().fold(0.0_f64, |most, v| most.max(v.abs()));
    deviation(values).filter(|d| *d > largest * 1e-14)
}

#[cfg(test)]
pub(crate) mod testing {
    /// The eight daily returns that the popular libraries are compared on.
    pub(crate) const EIGHT: [f64; 8] = [0.01, 0.10, -0.04, 0.02, 0.03, 0.02, 0.01, -0.10];

    /// What a Sharpe ratio of one period is multiplied by for so many, where returns follow each other by this correlation (Lo 2002, table 2).
    pub(crate) const LO: [(u32, f64, f64); 8] = [
        (12, -0.2, 4.1708),
        (12, 0.0, 3.4641),
        (12, 0.2, 2.8788),
        (12, 0.5, 2.1213),
        (252, -0.2, 19.4262),
        (252, 0.0, 15.8745),
        (252, 0.2, 12.9722),
        (252, 0.5, 9.1895),
    ];

    /// Daily closes of the sample data of LEAN, which its own tests read.
    #[derive(serde::Deserialize)]
    pub(crate) struct LeanCloses {
        /// From which return, and up to which, the falling market of 2008 is.
        pub(crate) bear: [usize; 2],
        /// The same of the rising market of 2017.
        pub(crate) bull: [usize; 2],
        spy: Vec<f64>,
        aapl: Vec<f64>,
    }

    impl LeanCloses {
        pub(crate) fn read() -> Self {
            let text = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/lean-closes.json"));
            serde_json::from_str(text).expect("the fixture is JSON")
        }

        pub(crate) fn spy(&self) -> Vec<f64> {
            returns(&self.spy)
        }

        pub(crate) fn aapl(&self) -> Vec<f64> {
            returns(&self.aapl)
        }
    }

    fn returns(closes: &[f64]) -> Vec<f64> {
        closes.windows(2).map(|pair| pair[1] / pair[0] - 1.0).collect()
    }

    /// Panics when `found` is not `expected` to `digits` decimal places.
    #[track_caller]
    pub(crate) fn check(found: Option<f64>, expected: f64, tolerance: f64) {
        let found = found.expect("the figure is defined");
        assert!((found - expected).abs() <= tolerance, "found {found}, expected {expected} within {tolerance}");
    }
}
