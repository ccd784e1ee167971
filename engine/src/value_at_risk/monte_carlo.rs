//! Monte Carlo: days that have not happened, drawn from the normal distribution with the covariances of the past.
//!
//! Draws come from a seed and a stream of their own, so that a run draws the same again and shifts no other stream. The
//! drawn days are then read as historical ones are.
use super::confidence::Confidence;
use super::covariance::Covariance;
use super::historical::historical;
use super::parametric::Drift;
use super::returns::Returns;
use super::tail_loss::TailLoss;
use crate::{Rng, math};
use alloc::vec::Vec;

/// How many days are drawn, and from where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Draws {
    /// Days, at least two.
    pub count: usize,
    /// The seed.
    pub seed: u64,
}

/// What is left of a variance once the earlier instruments have explained theirs counts as nothing below this share.
const EXPLAINED: f64 = 1e-12;

/// The lower triangle whose product with its transpose is the covariance (Cholesky), row by row.
///
/// A covariance of fewer days than instruments, of two instruments that move as one, or of one that never moves is only
/// semi-definite. Where an instrument's variance is explained by those before it, but for 10⁻¹² of it, its own column
/// is zero: it then moves exactly as they do, and it never fails.
#[must_use]
pub fn factor(covariance: &Covariance) -> Vec<f64> {
    let count = covariance.instruments();
    let mut lower = alloc::vec![0.0; count * count];
    for column in 0..count {
        for row in column..count {
            let (own, pivot) = (&lower[row * count..][..column], &lower[column * count..][..column]);
            let left = own.iter().zip(pivot).fold(covariance.at(row, column), |left, (a, b)| left - a * b);
            let diagonal = lower[column * count + column];
            lower[row * count + column] = match row == column {
                true if left > EXPLAINED * covariance.at(column, column) => math::sqrt(left),
                false if diagonal > 0.0 => left / diagonal,
                _ => 0.0,
            };
        }
    }
    lower
}

/// Drawn returns of all instruments.
///
/// # Panics
/// When fewer than two days are asked for, or covariances are so large that a return is not finite.
#[must_use]
pub fn draw(covariance: &Covariance, drift: Drift, draws: Draws) -> Returns {
    let count = covariance.instruments();
    let (lower, means) = (factor(covariance), drift.of(covariance));
    let mut rng = Rng::stream(draws.seed, "value_at_risk");
    let mut values = Vec::with_capacity(draws.count * count);
    let mut normals = alloc::vec![0.0; count];
    for _ in 0..draws.count {
        normals.fill_with(|| rng.normal());
        for row in 0..count {
            let terms = lower[row * count..][..=row].iter().zip(&normals);
            values.push(terms.fold(means[row], |sum, (weight, normal)| sum + weight * normal));
        }
    }
    Returns::new(count, values).expect("at least two days are drawn, of finite covariances")
}

/// Value at risk and expected shortfall of positions worth `values` over drawn days.
///
/// # Panics
/// When there is not one value for each instrument, or as [`draw`].
#[must_use]
pub fn monte_carlo(
    values: &[f64],
    covariance: &Covariance,
    drift: Drift,
    confidence: Confidence,
    draws: Draws,
) -> TailLoss {
    historical(values, &draw(covariance, drift, draws), confidence)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value_at_risk::parametric;
    use alloc::vec;

    fn covariance(columns: &[&[f64]]) -> Covariance {
        Covariance::of(&Returns::from_columns(columns).unwrap())
    }

    const MOVES: [f64; 5] = [0.013, -0.021, 0.007, 0.0031, -0.0177];

    #[test]
    fn the_factor_times_its_transpose_is_the_covariance() {
        let other = [0.004, -0.011, 0.017, -0.02, 0.009];
        let covariance = covariance(&[&MOVES, &other, &[0.0; 5], &[0.01, 0.0, -0.01, 0.02, -0.005]]);
        let lower = factor(&covariance);
        for row in 0..4 {
            for column in 0..4 {
                let product: f64 = (0..4).map(|k| lower[row * 4 + k] * lower[column * 4 + k]).sum();
                assert!((product - covariance.at(row, column)).abs() < 1e-18, "{row} {column}: {product}");
            }
        }
    }

    #[test]
    fn what_moves_as_one_is_drawn_as_one() {
        let twice: Vec<f64> = MOVES.iter().map(|r| r * 3.0).collect();
        let drawn = draw(&covariance(&[&MOVES, &[0.0; 5], &twice]), Drift::Zero, Draws { count: 100, seed: 1 });
        for row in drawn.rows() {
            assert_eq!(row[1].to_bits(), 0);
            assert!((row[2] - 3.0 * row[0]).abs() <= 1e-15, "{row:?}");
        }
    }

    #[test]
    fn many_draws_come_near_the_formula_and_one_seed_draws_the_same_again() {
        let other = [0.004, -0.011, 0.017, -0.02, 0.009];
        let covariance = covariance(&[&MOVES, &other]);
        let values = vec![1000.0, -500.0];
        let of = |seed| {
            let draws = Draws { count: 50_000, seed };
            monte_carlo(&values, &covariance, Drift::Sample, Confidence::PERCENT_99, draws).value_at_risk
        };
        let exact = parametric(&values, &covariance, Drift::Sample, Confidence::PERCENT_99).value_at_risk;
        assert!((of(3) / exact - 1.0).abs() < 0.02, "{} and {exact}", of(3));
        assert_eq!(of(3).to_bits(), of(3).to_bits());
        assert_ne!(of(3).to_bits(), of(4).to_bits());
    }
}
