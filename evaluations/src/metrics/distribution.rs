//! The shape of returns: moments, quantiles, value at risk, tails.
//!
//! Kurtosis is raw (3 for the normal distribution): vectorbt, QuantStats and LEAN put the excess into formulas that want
//! the raw one. Value at risk is a return, so a loss is negative.
use super::{mean, normal, quotient, spread};

/// The third standardised moment, biased as in the papers on the probabilistic Sharpe ratio.
#[must_use]
pub fn skew(returns: &[f64]) -> Option<f64> {
    standardised(returns, |d| d * d * d)
}

/// The fourth standardised moment, raw: 3 for the normal distribution.
#[must_use]
pub fn kurtosis(returns: &[f64]) -> Option<f64> {
    standardised(returns, |d| d * d * d * d)
}

fn standardised(returns: &[f64], power: fn(f64) -> f64) -> Option<f64> {
    spread(returns)?;
    let middle = mean(returns)?;
    let n = returns.len() as f64;
    let variance = returns.iter().map(|r| (r - middle) * (r - middle)).sum::<f64>() / n;
    let moment = returns.iter().map(|r| power(r - middle)).sum::<f64>() / n;
    quotient(moment, power(variance.sqrt()))
}

/// The values in rising order.
#[must_use]
pub fn sorted(values: &[f64]) -> Vec<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted
}

/// The quantile `p` of sorted values, interpolated linearly between neighbours.
#[must_use]
pub fn quantile(sorted: &[f64], p: f64) -> Option<f64> {
    let last = sorted.len().checked_sub(1)?;
    let place = p * last as f64;
    let below = (libm::floor(place) as usize).min(last);
    let above = (below + 1).min(last);
    Some(sorted[below] + (place - below as f64) * (sorted[above] - sorted[below]))
}

/// The historical value at risk of sorted returns: their 5 % quantile.
#[must_use]
pub fn var_95(sorted: &[f64]) -> Option<f64> {
    quantile(sorted, 0.05)
}

/// The mean of the lowest `floor((n - 1) * 0.05) + 1` sorted returns.
#[must_use]
pub fn cvar_95(sorted: &[f64]) -> Option<f64> {
    let last = sorted.len().checked_sub(1)?;
    mean(&sorted[..=(libm::floor(last as f64 * 0.05) as usize)])
}

/// The Cornish-Fisher value at risk: the normal 5 % quantile corrected for skew and excess kurtosis.
#[must_use]
pub fn var_95_cornish_fisher(returns: &[f64]) -> Option<f64> {
    let (s, k) = (skew(returns)?, kurtosis(returns)? - 3.0);
    let z = normal::quantile(0.05)?;
    let corrected =
        z + (z * z - 1.0) * s / 6.0 + (z * z * z - 3.0 * z) * k / 24.0 - (2.0 * z * z * z - 5.0 * z) * s * s / 36.0;
    Some(mean(returns)? + corrected * spread(returns)?)
}

/// The size of the 95 % quantile over that of the 5 % quantile, of sorted returns.
#[must_use]
pub fn tail_ratio(sorted: &[f64]) -> Option<f64> {
    quotient(quantile(sorted, 0.95)?.abs(), quantile(sorted, 0.05)?.abs())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::testing::{EIGHT, check};

    #[test]
    fn the_tail_ratio_is_that_of_empyrical() {
        // empyrical's fixture opens with a missing return, which its tail ratio counts as zero.
        let nine: Vec<f64> = std::iter::once(0.0).chain(EIGHT).collect();
        check(tail_ratio(&sorted(&nine)), 0.947_368_4, 1e-7);
    }

    #[test]
    fn value_at_risk_and_tail_are_those_of_vectorbt() {
        let returns = sorted(&[1.0, 0.5, -1.0 / 3.0, -0.5]);
        check(var_95(&returns), -0.475, 1e-12);
        check(cvar_95(&returns), -0.5, 1e-12);
        check(tail_ratio(&returns), 1.947_368_4, 1e-7);
    }

    #[test]
    fn moments_are_raw_and_biased() {
        check(skew(&[1.0, 2.0, 3.0]), 0.0, 1e-15);
        check(kurtosis(&[1.0, 2.0, 3.0]), 1.5, 1e-15);
        check(skew(&[0.0, 0.0, 3.0]), 1.0 / 2.0_f64.sqrt(), 1e-15);
    }

    #[test]
    fn the_corrected_value_at_risk_is_lower_for_a_longer_left_tail() {
        let left = [0.01, 0.01, 0.01, 0.01, -0.08, 0.01, 0.02, 0.0];
        let right: Vec<f64> = left.iter().map(|r| -r).collect();
        assert!(var_95_cornish_fisher(&left) < var_95_cornish_fisher(&right));
        // Worked by hand from the moments of 1, 2, 3: skew 0, excess -1.5, z = -1.6448536.
        let z = -1.644_853_626_951_472_2_f64;
        check(var_95_cornish_fisher(&[1.0, 2.0, 3.0]), 2.0 + z - 1.5 * (z * z * z - 3.0 * z) / 24.0, 1e-12);
    }

    #[test]
    fn nothing_has_no_shape() {
        assert_eq!(var_95(&[]), None);
        assert_eq!(cvar_95(&[]), None);
        assert_eq!(skew(&[0.0; 5]), None);
        assert_eq!(tail_ratio(&[0.0; 5]), None);
    }
}
