//! Growth and its unevenness: annual growth, volatility.
use super::{quotient, spread};

/// Seconds of the mean Gregorian year of 365.2425 days.
pub const YEAR_SECONDS: f64 = 365.2425 * 86_400.0;

/// The days from which on growth is made yearly. What a few hours brought says nothing about a year, and its power is an
/// absurd number.
pub const SHORTEST_DAYS: f64 = 30.0;

/// Whether so many years are long enough to make growth yearly.
#[must_use]
pub fn is_long_enough(years: f64) -> bool {
    years * YEAR_SECONDS >= SHORTEST_DAYS * 86_400.0
}

/// The years between two instants in nanoseconds.
#[must_use]
pub fn years(start_ns: i64, end_ns: i64) -> f64 {
    end_ns.saturating_sub(start_ns) as f64 / 1e9 / YEAR_SECONDS
}

/// The yearly growth that makes `growth` (final over initial) in `years`: `growth^(1/years) - 1`.
///
/// Calendar time counts here. backtesting.py divides days by 365.25, LEAN and freqtrade by 365; the others raise the
/// product of returns to periods per year over their count, which [`annual_growth`] also gives with `years = n/periods`.
/// An account at or below zero has lost everything: -1.
#[must_use]
pub fn annual_growth(growth: f64, years: f64) -> Option<f64> {
    if years <= 0.0 || !growth.is_finite() {
        return None;
    }
    if growth <= 0.0 {
        return Some(-1.0);
    }
    let exponent = quotient(1.0, years)?;
    Some(libm::pow(growth, exponent) - 1.0).filter(|g| g.is_finite())
}

/// The mean return, compounded over a year: `(1 + mean)^periods - 1`.
///
/// What LEAN calls annual performance, and divides by the volatility for its Sharpe ratio.
#[must_use]
pub fn compounded_mean(returns: &[f64], periods: f64) -> Option<f64> {
    annual_growth(1.0 + super::mean(returns)?, 1.0 / periods)
}

/// The annualised sample deviation of `returns`, ddof 1.
#[must_use]
pub fn volatility(returns: &[f64], periods: f64) -> Option<f64> {
    super::deviation(returns).map(|d| d * periods.sqrt())
}

/// The annualised downside deviation: the root of the mean square of losses over all returns, minimum return 0.
#[must_use]
pub fn downside_deviation(returns: &[f64], periods: f64) -> Option<f64> {
    if returns.is_empty() {
        return None;
    }
    let squares: f64 = returns.iter().map(|r| r.min(0.0) * r.min(0.0)).sum();
    Some((squares / returns.len() as f64).sqrt() * periods.sqrt())
}

/// How straight the curve is: R squared of a line through the cumulated log returns.
#[must_use]
pub fn stability(returns: &[f64]) -> Option<f64> {
    if returns.iter().any(|r| *r <= -1.0) {
        return None;
    }
    let mut sum = 0.0;
    let logs: Vec<f64> = returns
        .iter()
        .map(|r| {
            sum += libm::log1p(*r);
            sum
        })
        .collect();
    let places: Vec<f64> = (0..logs.len()).map(|i| i as f64).collect();
    let (x, y) = (super::mean(&places)?, super::mean(&logs)?);
    spread(&logs)?;
    let cross: f64 = places.iter().zip(&logs).map(|(a, b)| (a - x) * (b - y)).sum();
    let wide: f64 = places.iter().map(|a| (a - x) * (a - x)).sum();
    let high: f64 = logs.iter().map(|b| (b - y) * (b - y)).sum();
    quotient(cross * cross, wide * high)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::testing::{EIGHT, check};

    fn total(returns: &[f64]) -> f64 {
        returns.iter().fold(1.0, |growth, r| growth * (1.0 + r))
    }

    #[test]
    fn growth_volatility_and_downside_are_those_of_the_published_eight_returns() {
        check(annual_growth(total(&EIGHT), 8.0 / 252.0), 2.33029, 5e-6);
        // empyrical counts its leading NaN row in the length.
        check(annual_growth(total(&EIGHT), 9.0 / 252.0), 1.913_592_537_3, 1e-9);
        check(volatility(&EIGHT, 252.0), 0.913_646_540_0, 1e-9);
        check(downside_deviation(&EIGHT, 252.0), 0.604_483_25, 1e-8);
        check(Some(total(&EIGHT) - 1.0), 0.03893, 5e-6);
    }

    #[test]
    fn the_compounded_mean_is_that_of_lean() {
        let closes = crate::metrics::testing::LeanCloses::read();
        let returns = closes.spy();
        let of = |days: &[f64]| compounded_mean(days, 252.0);
        check(of(&returns), 0.082_859_685_889_996_37, 1e-14);
        check(of(&returns[closes.bear[0]..closes.bear[1]]), -0.415_465_618_080_096_74, 1e-14);
        check(of(&returns[closes.bull[0]..closes.bull[1]]), 0.197_417_383_201_794_47, 1e-14);
        check(compounded_mean(&[0.5, 1.5], 4.0), 15.0, 1e-12);
        check(of(&[0.0; 252]), 0.0, 0.0);
        // LEAN's Sharpe ratio of the eight returns.
        check(Some(of(&EIGHT).unwrap() / volatility(&EIGHT, 252.0).unwrap()), 4.16695, 5e-6);
    }

    #[test]
    fn stability_is_that_of_empyrical() {
        check(stability(&EIGHT), 0.152_997_37, 1e-8);
    }

    #[test]
    fn a_tenth_of_a_percent_a_day_is_some_29_percent_a_year() {
        check(annual_growth(total(&[0.001; 252]), 1.0), 0.288, 2e-3);
    }

    #[test]
    fn no_time_has_no_growth_and_a_lost_account_lost_all() {
        assert_eq!(annual_growth(1.5, 0.0), None);
        assert_eq!(annual_growth(-0.5, 1.0), Some(-1.0));
        assert_eq!(annual_growth(1e300, 1e-9), None);
        assert_eq!(volatility(&[0.1], 365.0), None);
    }
}
