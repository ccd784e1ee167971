//! Haircuts for many tries: p-values of a family of tests adjusted, and what of a Sharpe ratio is left of it.
//!
//! Harvey and Liu 2015. Bonferroni and Holm bound the chance of a single false find, Benjamini, Hochberg and Yekutieli the
//! share of false finds, whatever the tests have to do with each other. P-values are two-sided and those of the normal
//! distribution: days are many.
use super::sample::SampleError;
use engine::{math, normal};
use std::f64::consts::SQRT_2;

/// P-values of a family of tests, adjusted; each list in the order that was handed in.
#[derive(Clone, Debug, PartialEq)]
pub struct Adjusted {
    /// Each times the number of tests.
    pub bonferroni: Vec<f64>,
    /// Holm 1979, stepping down.
    pub holm: Vec<f64>,
    /// Benjamini and Yekutieli 2001, stepping up.
    pub bhy: Vec<f64>,
}

/// What adjusting leaves of one Sharpe ratio.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Haircut {
    /// The adjusted p-value.
    pub p_value: f64,
    /// The Sharpe ratio of a period that a single test would have this p-value with; `None` where it is zero to the last bit.
    pub sharpe: Option<f64>,
    /// The share that was cut away, 0 to 1.
    pub cut: Option<f64>,
}

/// Adjusts the p-values of a family of tests.
///
/// # Errors
/// When a value is not within 0 to 1.
pub fn adjust(p_values: &[f64]) -> Result<Adjusted, SampleError> {
    if let Some(wrong) = p_values.iter().find(|p| !(0.0..=1.0).contains(*p)) {
        let (what, found, allowed) = ("a p-value", wrong.to_string(), "within 0 to 1".into());
        return Err(SampleError::Setting { what, found, allowed });
    }
    let count = p_values.len() as f64;
    let mut order: Vec<usize> = (0..p_values.len()).collect();
    order.sort_by(|a, b| p_values[*a].total_cmp(&p_values[*b]));
    let harmonic: f64 = (1..=p_values.len()).map(|i| 1.0 / i as f64).sum();
    let (mut holm, mut bhy) = (vec![0.0; p_values.len()], vec![0.0; p_values.len()]);
    let mut most = 0.0_f64;
    for (rank, place) in order.iter().enumerate() {
        most = most.max(((count - rank as f64) * p_values[*place]).min(1.0));
        holm[*place] = most;
    }
    let mut least = 1.0_f64;
    for (rank, place) in order.iter().enumerate().rev() {
        least = least.min(count * harmonic / (rank + 1) as f64 * p_values[*place]);
        bhy[*place] = least;
    }
    Ok(Adjusted { bonferroni: p_values.iter().map(|p| (p * count).min(1.0)).collect(), holm, bhy })
}

/// The two-sided p-value of a Sharpe ratio of one period over `n` periods, against none.
#[must_use]
pub fn p_value(sharpe: f64, n: usize) -> f64 {
    math::erfc(sharpe.abs() * (n as f64).sqrt() / SQRT_2)
}

/// The Sharpe ratio of one period over `n` periods that has this two-sided p-value.
#[must_use]
pub fn sharpe_of(p_value: f64, n: usize) -> Option<f64> {
    if n == 0 || p_value > 1.0 {
        return None;
    }
    normal::quantile(p_value / 2.0).map(|z| (-z).max(0.0) / (n as f64).sqrt())
}

/// What an adjusted p-value leaves of a Sharpe ratio of one period over `n` periods.
#[must_use]
pub fn haircut(sharpe: f64, adjusted: f64, n: usize) -> Haircut {
    let left = sharpe_of(adjusted, n).map(|left| left.min(sharpe.abs()).copysign(sharpe));
    let cut = left.and_then(|left| crate::metrics::quotient(sharpe - left, sharpe));
    Haircut { p_value: adjusted, sharpe: left, cut }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::testing::check;

    /// The six p-values that quantstrat's haircut is explained with.
    const SIX: [f64; 6] = [0.005, 0.009, 0.0128, 0.0135, 0.045, 0.06];

    fn check_all(found: &[f64], expected: &[f64]) {
        assert_eq!(found.len(), expected.len());
        assert!(found.iter().zip(expected).all(|(f, e)| (f - e).abs() < 1e-12), "{found:?}, expected {expected:?}");
    }

    #[test]
    fn the_six_published_p_values_are_adjusted_as_published() {
        let found = adjust(&SIX).unwrap();
        check_all(&found.bonferroni, &[0.03, 0.054, 0.0768, 0.081, 0.27, 0.36]);
        check_all(&found.holm, &[0.03, 0.045, 0.0512, 0.0512, 0.09, 0.09]);
        check_all(&found.bhy, &[0.049_612_5, 0.049_612_5, 0.049_612_5, 0.049_612_5, 0.1323, 0.147]);
        let passing = found.bonferroni.iter().filter(|p| **p <= 0.05).count();
        assert_eq!(passing, 1, "only the first passes Bonferroni");
    }

    #[test]
    fn the_order_that_is_handed_in_is_kept() {
        let turned: Vec<f64> = SIX.iter().rev().copied().collect();
        let (found, straight) = (adjust(&turned).unwrap(), adjust(&SIX).unwrap());
        let back = |values: &[f64]| values.iter().rev().copied().collect::<Vec<_>>();
        assert_eq!((back(&found.holm), back(&found.bhy)), (straight.holm, straight.bhy));
    }

    #[test]
    fn no_adjusted_value_is_above_one_and_one_test_is_left_as_it_is() {
        let found = adjust(&[0.9, 0.8, 1.0]).unwrap();
        for values in [&found.bonferroni, &found.holm, &found.bhy] {
            assert!(values.iter().all(|p| (0.8..=1.0).contains(p)), "{found:?}");
        }
        let single = adjust(&[0.04]).unwrap();
        assert_eq!((single.bonferroni, single.holm, single.bhy), (vec![0.04], vec![0.04], vec![0.04]));
        assert_eq!(adjust(&[]).unwrap().holm, Vec::<f64>::new());
    }

    #[test]
    fn a_value_that_is_no_probability_is_refused() {
        let refused = adjust(&[0.1, 1.5]).unwrap_err().to_string();
        assert_eq!(refused, "a p-value is 1.5, and has to be within 0 to 1");
        assert!(adjust(&[f64::NAN]).is_err());
    }

    #[test]
    fn a_ratio_and_its_p_value_lead_back_to_each_other() {
        check(Some(p_value(1.959_963_984_540_054 / 10.0, 100)), 0.05, 1e-15);
        for sharpe in [0.01, 0.05, 0.2] {
            check(sharpe_of(p_value(sharpe, 1_000), 1_000), sharpe, 1e-12);
        }
        assert_eq!(sharpe_of(1.0, 100), Some(0.0));
        assert_eq!((sharpe_of(0.5, 0), sharpe_of(0.0, 100)), (None, None));
    }

    #[test]
    fn the_cut_is_the_share_that_the_adjusted_value_takes() {
        // Ten years of months at 0.92 a year, of 200 tries: half of it goes.
        let (sharpe, n) = (0.92 / 12.0_f64.sqrt(), 120);
        let found = haircut(sharpe, (p_value(sharpe, n) * 200.0).min(1.0), n);
        let z = -normal::quantile(found.p_value / 2.0).unwrap();
        check(found.sharpe, z / 120.0_f64.sqrt(), 1e-15);
        check(found.cut, 1.0 - found.sharpe.unwrap() / sharpe, 1e-12);
        let none = haircut(sharpe, p_value(sharpe, n), n);
        check(none.cut, 0.0, 1e-12);
        assert_eq!(haircut(-sharpe, 1.0, n).cut, Some(1.0));
        assert!(haircut(-sharpe, 0.01, n).sharpe.unwrap() < 0.0, "a loss stays one");
    }
}
