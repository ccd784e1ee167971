//! Returns that follow each other: correlations with what came before, and Lo's factor for a longer horizon.
//!
//! Lo 2002. The factor for a correlation that decays as a power is [`crate::metrics::ratios::lo_factor`]; here any
//! correlations may be handed in.
use crate::metrics::{mean, quotient, spread};

/// The correlations of each value with that 1, 2, ... up to `lags` before it; `None` where nothing varies.
#[must_use]
pub fn autocorrelations(values: &[f64], lags: usize) -> Option<Vec<f64>> {
    spread(values)?;
    let middle = mean(values)?;
    let apart: Vec<f64> = values.iter().map(|v| v - middle).collect();
    let squares: f64 = apart.iter().map(|d| d * d).sum();
    let lagged = |lag: usize| apart.iter().zip(apart.iter().skip(lag)).map(|(a, b)| a * b).sum::<f64>() / squares;
    Some((1..=lags).map(lagged).collect())
}

/// Lo's factor from the Sharpe ratio of one period to that of `periods`, for these correlations at lags 1, 2, ...
///
/// `q / sqrt(q + 2 * sum over k < q of (q - k) rho_k)`; lags that are not handed in count as uncorrelated. `None` where the
/// correlations leave no variance.
#[must_use]
pub fn lo_factor(periods: u32, correlations: &[f64]) -> Option<f64> {
    let q = f64::from(periods);
    let lags = (1..periods).zip(correlations);
    let sum: f64 = lags.map(|(k, rho)| (q - f64::from(k)) * rho).sum();
    let under = q + 2.0 * sum;
    if under <= 0.0 { None } else { quotient(q, under.sqrt()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::ratios;
    use crate::metrics::testing::{EIGHT, LO, check};
    use engine::Rng;

    #[test]
    fn the_factor_of_decaying_correlations_is_the_published_one() {
        for (q, rho, expected) in LO {
            let powers: Vec<f64> = (1..q).map(|k| libm::pow(rho, f64::from(k))).collect();
            check(lo_factor(q, &powers), expected, 5e-5);
            check(lo_factor(q, &powers), ratios::lo_factor(q, rho).unwrap(), 1e-9);
        }
        assert_eq!(lo_factor(12, &[-0.9; 11]), None);
        check(lo_factor(12, &[]), 12.0_f64.sqrt(), 1e-15);
    }

    #[test]
    fn correlations_of_a_process_are_its_powers() {
        let mut rng = Rng::stream(3, "process");
        let mut value = 0.0;
        let values: Vec<f64> = (0..50_000)
            .map(|_| {
                value = 0.6 * value + rng.normal();
                value
            })
            .collect();
        let found = autocorrelations(&values, 3).unwrap();
        assert!(found.iter().zip([0.6, 0.36, 0.216]).all(|(f, e)| (f - e).abs() < 0.02), "{found:?}");
        let first = autocorrelations(&EIGHT, 1).unwrap()[0];
        check(ratios::autocorrelation(&EIGHT), first, 1e-15);
        assert_eq!(autocorrelations(&[1.0; 9], 2), None);
        assert_eq!(autocorrelations(&[1.0, 2.0], 3).map(|c| c.len()), Some(3));
    }
}
