//! Whether losses exceeded a value at risk as often as it says, and not in clusters.
//!
//! Likelihood-ratio tests of a row of hits: Kupiec 1995, "Techniques for verifying the accuracy of risk measurement
//! models"; Christoffersen 1998, "Evaluating interval forecasts". Each likelihood is that of independent draws or of a
//! chain of order one; what never happened counts nothing, as nought times the logarithm of nought. It forecasts nothing.
use engine::math;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// One test: its statistic and how likely one as large is where the forecast is right.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LikelihoodRatio {
    /// Twice the gain in log-likelihood; at least zero.
    pub statistic: f64,
    /// The upper tail of the chi-square distribution at the statistic.
    pub p_value: f64,
    /// Which formula made it.
    pub formula: Cow<'static, str>,
}

/// How often a value at risk was exceeded, and what the tests say of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Coverage {
    /// Forecasts that were put to the test.
    pub periods: u64,
    /// Losses beyond the forecast.
    pub exceedances: u64,
    /// What the confidence promises: the periods times one less the confidence.
    pub expected: f64,
    /// Pairs of neighbouring periods: calm after calm, hit after calm, calm after hit, hit after hit.
    pub pairs: [u64; 4],
    /// As often as promised? Kupiec's proportion of failures, one degree of freedom.
    pub kupiec: LikelihoodRatio,
    /// As often after a hit as after none? Christoffersen's independence, one degree of freedom.
    pub independence: LikelihoodRatio,
    /// Both at once, the sum of the two statistics, two degrees of freedom.
    pub conditional: LikelihoodRatio,
}

/// Tests a row of hits, in the order of time, against the `probability` of one; `None` of no hits and misses at all.
///
/// # Panics
/// When `probability` is not strictly between 0 and 1.
#[must_use]
pub fn coverage(exceeded: &[bool], probability: f64) -> Option<Coverage> {
    assert!(probability > 0.0 && probability < 1.0, "a probability of hits lies strictly between 0 and 1");
    let periods = exceeded.len() as u64;
    let exceedances = exceeded.iter().filter(|hit| **hit).count() as u64;
    let calm = periods - exceedances;
    let promised = likelihood(calm, exceedances, probability);
    let kupiec = twice(share(exceedances, calm).map(|p| likelihood(calm, exceedances, p))?, promised);
    let mut pairs = [0; 4];
    for pair in exceeded.windows(2) {
        pairs[usize::from(pair[0]) * 2 + usize::from(pair[1])] += 1;
    }
    let [calm_calm, calm_hit, hit_calm, hit_hit] = pairs;
    let free = |calm, hits| share(hits, calm).map_or(0.0, |p| likelihood(calm, hits, p));
    let apart = free(calm_calm, calm_hit) + free(hit_calm, hit_hit);
    let independence = twice(apart, free(calm_calm + hit_calm, calm_hit + hit_hit));
    let conditional = kupiec + independence;
    Some(Coverage {
        periods,
        exceedances,
        expected: periods as f64 * probability,
        pairs,
        kupiec: one_degree(kupiec, "kupiec/proportion-of-failures-lr-chi2-1"),
        independence: one_degree(independence, "christoffersen/independence-lr-chi2-1"),
        conditional: LikelihoodRatio {
            statistic: conditional,
            p_value: math::exp(-conditional / 2.0),
            formula: Cow::Borrowed("christoffersen/conditional-coverage-sum-of-lr-chi2-2"),
        },
    })
}

/// The share of hits; `None` of nothing.
fn share(hits: u64, calm: u64) -> Option<f64> {
    (hits + calm > 0).then(|| hits as f64 / (hits + calm) as f64)
}

/// The logarithm of the likelihood of so many misses and hits.
fn likelihood(calm: u64, hits: u64, probability: f64) -> f64 {
    let part = |count: u64, share: f64| if count == 0 { 0.0 } else { count as f64 * math::ln(share) };
    part(calm, 1.0 - probability) + part(hits, probability)
}

/// Twice the gain of one log-likelihood over another; what is only their rounding is none, since near zero the p-value
/// goes with the root of the statistic.
fn twice(larger: f64, smaller: f64) -> f64 {
    let gain = larger - smaller;
    if gain > 1e-13 * smaller.abs() { 2.0 * gain } else { 0.0 }
}

/// With one degree of freedom the statistic is the square of a standard normal value.
fn one_degree(statistic: f64, formula: &'static str) -> LikelihoodRatio {
    LikelihoodRatio { statistic, p_value: math::erfc(math::sqrt(statistic / 2.0)), formula: Cow::Borrowed(formula) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(found: f64, expected: f64) {
        assert!((found - expected).abs() < 1e-9, "found {found}, expected {expected}");
    }

    #[test]
    fn what_never_happens_is_tested_too() {
        let none = coverage(&[false; 250], 0.01).unwrap();
        close(none.kupiec.statistic, -500.0 * math::ln(0.99));
        close(none.independence.statistic, 0.0);
        close(none.independence.p_value, 1.0);
        let all = coverage(&[true; 20], 0.05).unwrap();
        close(all.kupiec.statistic, -40.0 * math::ln(0.05));
        assert!(all.kupiec.p_value < 1e-20);
        assert_eq!(coverage(&[], 0.05), None);
    }

    #[test]
    fn exactly_as_often_as_promised_has_no_statistic() {
        let hits: Vec<bool> = (0..100).map(|day| day % 20 == 3).collect();
        let found = coverage(&hits, 0.05).unwrap();
        close(found.kupiec.statistic, 0.0);
        close(found.kupiec.p_value, 1.0);
        close(found.expected, 5.0);
        assert_eq!((found.exceedances, found.pairs), (5, [89, 5, 5, 0]));
    }

    #[test]
    fn hits_in_a_row_are_no_independent_ones() {
        let row: Vec<bool> = (0..250).map(|day| (100..112).contains(&day)).collect();
        let spread: Vec<bool> = (0..250).map(|day| day % 20 == 3).collect();
        let p = |hits: &[bool]| coverage(hits, 0.05).unwrap().independence.p_value;
        // By numpy: a row of twelve, and one alone at the end.
        let alone: Vec<bool> = row.iter().copied().chain([true]).collect();
        let found = coverage(&alone, 0.05).unwrap();
        assert_eq!(found.pairs, [236, 2, 1, 11]);
        close(found.independence.statistic, 72.197_565_172_429_05);
        assert!(p(&row) < 1e-6 && p(&spread) > 0.2, "{} {}", p(&row), p(&spread));
    }
}
