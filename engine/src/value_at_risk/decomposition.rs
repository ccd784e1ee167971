//! Where the risk of a portfolio sits: what each position adds to it.
//!
//! Components are by Euler's rule (Tasche, 1999): a position's value times what a unit more of it would add. They sum to
//! the whole. Historical components are those of the days that the quantile lies between, and for the expected
//! shortfall of the days of the tail; equally bad days are taken from the earliest on.
use super::confidence::Confidence;
use super::covariance::Covariance;
use super::historical::{historical, losses};
use super::parametric::{Drift, deviation, multiples, parametric};
use super::returns::Returns;
use super::tail_loss::{Cut, TailLoss};
use alloc::vec::Vec;

/// What one position does to the risk of the whole.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PositionRisk {
    /// Its part of the whole; below zero where it hedges.
    pub component: TailLoss,
    /// What one more unit of value of it would add, a little at a time.
    pub marginal: TailLoss,
    /// The whole, less the whole without it. These do not sum to anything.
    pub incremental: TailLoss,
}

/// The risk of a portfolio and of its positions.
#[derive(Clone, Debug, PartialEq)]
pub struct Decomposition {
    /// Of the portfolio.
    pub whole: TailLoss,
    /// Of each position, in the order of instruments.
    pub positions: Vec<PositionRisk>,
}

impl Decomposition {
    fn new(values: &[f64], whole: TailLoss, marginal: &[TailLoss], risk_of: impl Fn(&[f64]) -> TailLoss) -> Self {
        let mut without = values.to_vec();
        let mut of = |place: usize| {
            without[place] = 0.0;
            let incremental = whole.less(risk_of(&without));
            without[place] = values[place];
            PositionRisk { component: marginal[place].times(values[place]), marginal: marginal[place], incremental }
        };
        let positions = (0..values.len()).map(&mut of).collect();
        Self { whole, positions }
    }
}

/// The decomposition of [`historical`]; of drawn days too.
///
/// # Panics
/// When there is not one value for each instrument.
#[must_use]
pub fn decompose_historical(values: &[f64], returns: &Returns, confidence: Confidence) -> Decomposition {
    let losses = losses(values, returns);
    let mut days: Vec<usize> = (0..losses.len()).collect();
    days.sort_by(|a, b| losses[*a].total_cmp(&losses[*b]));
    let cut = Cut::of(days.len(), confidence);
    let (below, above) = (returns.day(days[cut.below]), returns.day(days[cut.above]));
    let tail = &days[cut.first..];
    let marginal = |instrument: usize| TailLoss {
        value_at_risk: cut.between(-below[instrument], -above[instrument]),
        expected_shortfall: -tail.iter().map(|day| returns.day(*day)[instrument]).sum::<f64>() / tail.len() as f64,
    };
    let marginal: Vec<TailLoss> = (0..values.len()).map(marginal).collect();
    let risk_of = |values: &[f64]| historical(values, returns, confidence);
    Decomposition::new(values, risk_of(values), &marginal, risk_of)
}

/// The decomposition of [`parametric`]. Where the portfolio does not move at all, no position's deviation counts.
///
/// # Panics
/// When there is not one value for each instrument.
#[must_use]
pub fn decompose_parametric(
    values: &[f64],
    covariance: &Covariance,
    drift: Drift,
    confidence: Confidence,
) -> Decomposition {
    let with_portfolio = covariance.with_portfolio(values);
    let deviation = deviation(values, covariance, &with_portfolio);
    let multiples = multiples(confidence);
    let marginal = |(with, mean): (&f64, f64)| {
        let spread = multiples.times(if deviation > 0.0 { with / deviation } else { 0.0 });
        TailLoss { value_at_risk: spread.value_at_risk - mean, expected_shortfall: spread.expected_shortfall - mean }
    };
    let marginal: Vec<TailLoss> = with_portfolio.iter().zip(drift.of(covariance)).map(marginal).collect();
    let risk_of = |values: &[f64]| parametric(values, covariance, drift, confidence);
    Decomposition::new(values, risk_of(values), &marginal, risk_of)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Rng;
    use crate::value_at_risk::{Draws, draw};

    /// Every decomposition of a random portfolio of so many instruments over so many days.
    fn all(seed: u64, instruments: usize, days: usize) -> (Vec<f64>, [Decomposition; 4]) {
        let mut rng = Rng::stream(seed, "portfolio");
        let values: Vec<f64> = (0..instruments).map(|_| 1e5 * rng.normal()).collect();
        let returns =
            Returns::new(instruments, (0..instruments * days).map(|_| 0.02 * rng.normal()).collect()).unwrap();
        let (covariance, confidence) = (Covariance::of(&returns), Confidence::PERCENT_95);
        let drawn = draw(&covariance, Drift::Sample, Draws { count: 500, seed });
        let of = [
            decompose_historical(&values, &returns, confidence),
            decompose_historical(&values, &drawn, confidence),
            decompose_parametric(&values, &covariance, Drift::Zero, confidence),
            decompose_parametric(&values, &covariance, Drift::Sample, confidence),
        ];
        (values, of)
    }

    #[test]
    fn the_components_sum_to_the_whole_by_every_method() {
        for seed in 0..200 {
            let (_, all) = all(seed, 1 + seed as usize % 8, 2 + seed as usize);
            for found in all {
                let sum: TailLoss = found.positions.iter().map(|position| position.component).sum();
                for (sum, whole) in [
                    (sum.value_at_risk, found.whole.value_at_risk),
                    (sum.expected_shortfall, found.whole.expected_shortfall),
                ] {
                    assert!((sum - whole).abs() <= 1e-9 * whole.abs(), "seed {seed}: {sum} and {whole}");
                }
            }
        }
    }

    #[test]
    fn the_marginal_figure_is_the_slope_and_the_incremental_one_the_difference() {
        let (values, [.., found]) = all(11, 3, 60);
        let mut rng = Rng::stream(11, "portfolio");
        let again: Vec<f64> = (0..3).map(|_| 1e5 * rng.normal()).collect();
        assert_eq!(values, again);
        let returns = Returns::new(3, (0..180).map(|_| 0.02 * rng.normal()).collect()).unwrap();
        let risk = |values: &[f64]| {
            parametric(values, &Covariance::of(&returns), Drift::Sample, Confidence::PERCENT_95).expected_shortfall
        };
        for (place, position) in found.positions.iter().enumerate() {
            let moved = |by: f64| {
                let mut values = values.clone();
                values[place] += by;
                risk(&values)
            };
            let slope = (moved(1.0) - moved(-1.0)) / 2.0;
            assert!((position.marginal.expected_shortfall - slope).abs() < 1e-6, "{slope}, {position:?}");
            let without = moved(-values[place]);
            assert!((position.incremental.expected_shortfall - (risk(&values) - without)).abs() < 1e-9);
        }
    }

    #[test]
    fn equally_bad_days_are_taken_from_the_earliest_on() {
        // Days 0 and 1 lose the same 1, by different instruments; the worst of three days is the later of them.
        let returns = Returns::new(2, alloc::vec![-0.25, 0.0, 0.0, -0.25, 0.25, 0.25]).unwrap();
        let found = decompose_historical(&[4.0, 4.0], &returns, Confidence::new(0.999_999).unwrap());
        let shares: Vec<f64> = found.positions.iter().map(|p| p.component.expected_shortfall).collect();
        assert_eq!((found.whole.expected_shortfall, shares), (1.0, alloc::vec![0.0, 1.0]));
    }
}
