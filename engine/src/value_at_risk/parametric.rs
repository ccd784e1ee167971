//! The delta-normal method: returns are taken to be normal, with the covariances of the past.
//!
//! With `s` the standard deviation of the portfolio in money, `m` its mean gain and `z` the normal quantile at confidence
//! `c`: value at risk is `z s - m`, expected shortfall `density(z) / (1 - c) s - m`. McNeil, Frey and Embrechts,
//! Quantitative Risk Management (2005), examples 2.14 and 2.18. It never looks at a tail of the data.
use super::confidence::Confidence;
use super::covariance::Covariance;
use super::tail_loss::TailLoss;
use crate::{math, normal};
use alloc::vec::Vec;

/// What returns are taken to be on average.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Drift {
    /// Nothing. The usual choice: a mean of few days is mostly noise, and over a day it is small beside the deviation.
    Zero,
    /// The mean of the sample.
    Sample,
}

impl Drift {
    /// The mean return of each instrument.
    pub(super) fn of(self, covariance: &Covariance) -> Vec<f64> {
        match self {
            Self::Zero => alloc::vec![0.0; covariance.instruments()],
            Self::Sample => covariance.means().to_vec(),
        }
    }
}

/// How many deviations away the two figures lie.
pub(super) fn multiples(confidence: Confidence) -> TailLoss {
    let share = confidence.share();
    let quantile = normal::quantile(share).expect("a confidence lies strictly between 0 and 1");
    TailLoss { value_at_risk: quantile, expected_shortfall: normal::density(quantile) / (1.0 - share) }
}

/// A variance that is this small beside its terms is the rounding of a perfect hedge.
const ROUNDING: f64 = 1e-14;

/// The standard deviation of a portfolio in money, given the covariance of each instrument with it.
pub(super) fn deviation(values: &[f64], covariance: &Covariance, with_portfolio: &[f64]) -> f64 {
    let variance: f64 = values.iter().zip(with_portfolio).map(|(value, with)| value * with).sum();
    if variance > ROUNDING * covariance.size_of_terms(values) { math::sqrt(variance) } else { 0.0 }
}

/// Value at risk and expected shortfall of positions worth `values`, as those of a normal distribution.
///
/// # Panics
/// When there is not one value for each instrument.
#[must_use]
pub fn parametric(values: &[f64], covariance: &Covariance, drift: Drift, confidence: Confidence) -> TailLoss {
    let deviation = deviation(values, covariance, &covariance.with_portfolio(values));
    let gain: f64 = values.iter().zip(drift.of(covariance)).map(|(value, mean)| value * mean).sum();
    let spread = multiples(confidence).times(deviation);
    TailLoss { value_at_risk: spread.value_at_risk - gain, expected_shortfall: spread.expected_shortfall - gain }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value_at_risk::Returns;
    use alloc::vec;

    fn close(found: f64, expected: f64) {
        assert!((found - expected).abs() <= 1e-12 * expected.abs(), "found {found}, expected {expected}");
    }

    #[test]
    fn the_published_multiples_of_the_deviation_are_met() {
        // Basel's 97.5 % expected shortfall is meant to be near the 99 % value at risk.
        close(multiples(Confidence::PERCENT_99).value_at_risk, 2.326_347_874_040_841);
        close(multiples(Confidence::PERCENT_97_5).expected_shortfall, 2.337_802_792_201_413_3);
        close(multiples(Confidence::PERCENT_95).expected_shortfall, 2.062_712_807_507_425_7);
    }

    #[test]
    fn the_mean_is_taken_off_only_where_it_is_asked_for() {
        let returns = Returns::new(1, vec![0.01, 0.03, 0.02]).unwrap();
        let covariance = Covariance::of(&returns);
        let of = |drift| parametric(&[100.0], &covariance, drift, Confidence::PERCENT_99).value_at_risk;
        close(of(Drift::Zero), 2.326_347_874_040_841);
        close(of(Drift::Sample), 2.326_347_874_040_841 - 2.0);
    }

    #[test]
    fn a_perfect_hedge_has_no_deviation_whatever_rounding_left() {
        let moves = [0.013, -0.021, 0.007, 0.0031, -0.0177];
        for times in [3.0, 0.7, 1.1, 0.3, 7.0] {
            let multiple: Vec<f64> = moves.iter().map(|r| r * times).collect();
            let covariance = Covariance::of(&Returns::from_columns(&[&moves, &multiple]).unwrap());
            let tail = parametric(&[100.0 * times, -100.0], &covariance, Drift::Zero, Confidence::PERCENT_99);
            assert_eq!(tail, TailLoss::default(), "{times}");
        }
    }
}
