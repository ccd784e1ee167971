//! Return over risk: Sharpe, Lo's correction of it, Sortino, Calmar, Omega.
//!
//! Risk-free is 0 and ddof 1 throughout. LEAN annualises the mean geometrically before dividing (4.16695 on the eight
//! published returns, where this form gives 1.72386); backtesting.py divides the geometric return by the compounded
//! volatility (0.61777); Jesse takes 365 periods (2.07467).
use super::{mean, quotient, spread};

/// The Sharpe ratio of one period: mean over sample deviation.
#[must_use]
pub fn period_sharpe(returns: &[f64]) -> Option<f64> {
    quotient(mean(returns)?, spread(returns)?)
}

/// The annualised Sharpe ratio: `mean / deviation * sqrt(periods)`.
#[must_use]
pub fn sharpe(returns: &[f64], periods: f64) -> Option<f64> {
    period_sharpe(returns).map(|s| s * periods.sqrt())
}

/// The correlation of each value with the one before it.
#[must_use]
pub fn autocorrelation(values: &[f64]) -> Option<f64> {
    spread(values)?;
    let middle = mean(values)?;
    let products: f64 = values.windows(2).map(|pair| (pair[0] - middle) * (pair[1] - middle)).sum();
    let squares: f64 = values.iter().map(|v| (v - middle) * (v - middle)).sum();
    quotient(products, squares)
}

/// Lo's factor from one period's Sharpe ratio to that of `periods`, for returns whose correlation decays as `rho^k`.
///
/// `q / sqrt(q + 2 * sum over k < q of (q - k) rho^k)` (Lo 2002, equation 21); `sqrt(q)` when nothing is correlated.
#[must_use]
pub fn lo_factor(periods: u32, rho: f64) -> Option<f64> {
    let q = f64::from(periods);
    let mut power = 1.0;
    let mut sum = 0.0;
    for k in 1..periods {
        power *= rho;
        sum += (q - f64::from(k)) * power;
    }
    let under = q + 2.0 * sum;
    if under <= 0.0 {
        return None;
    }
    quotient(q, under.sqrt())
}

/// The Sharpe ratio annualised by Lo's factor with the first autocorrelation of the returns.
#[must_use]
pub fn sharpe_lo(returns: &[f64], periods: f64) -> Option<f64> {
    let rho = autocorrelation(returns)?;
    // A calendar's periods are a count of days; a fraction of one does not change the factor's third digit.
    let factor = lo_factor(libm::round(periods) as u32, rho)?;
    period_sharpe(returns).map(|s| s * factor)
}

/// Mean return over the downside deviation, annualised; the downside counts every return, losses squared.
///
/// backtesting.py puts the geometric return above (3.85502 on the eight returns), LEAN the deviation of losses alone
/// below (5.65276); this form gives 2.60553.
#[must_use]
pub fn sortino(returns: &[f64], periods: f64) -> Option<f64> {
    let downside = super::growth::downside_deviation(returns, 1.0)?;
    quotient(mean(returns)?, downside).map(|s| s * periods.sqrt())
}

/// Annual growth over the deepest drawdown, both as fractions.
#[must_use]
pub fn calmar(cagr: Option<f64>, max_drawdown: f64) -> Option<f64> {
    quotient(cagr?, max_drawdown.abs())
}

/// The annualised deviation of what `returns` brought beyond a benchmark's, day by day.
///
/// # Panics
/// When the two are of different lengths.
#[must_use]
pub fn tracking_error(returns: &[f64], benchmark: &[f64], periods: f64) -> Option<f64> {
    assert_eq!(returns.len(), benchmark.len(), "both are of the same days");
    let beyond: Vec<f64> = returns.iter().zip(benchmark).map(|(r, b)| r - b).collect();
    super::growth::volatility(&beyond, periods)
}

/// What is gained above `threshold` over what is lost below it, summed.
#[must_use]
pub fn omega(returns: &[f64], threshold: f64) -> Option<f64> {
    let above: f64 = returns.iter().map(|r| (r - threshold).max(0.0)).sum();
    let below: f64 = returns.iter().map(|r| (threshold - r).max(0.0)).sum();
    quotient(above, below)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::testing::{EIGHT, LO, check};

    /// The returns of the prices 1, 2, 3, 2, 1, as vectorbt's tests take them.
    const UP_AND_DOWN: [f64; 4] = [1.0, 0.5, -1.0 / 3.0, -0.5];

    #[test]
    fn ratios_of_the_eight_returns_are_those_published() {
        check(sharpe(&EIGHT, 252.0), 1.723_861_396_170_686_6, 1e-12);
        check(sharpe(&EIGHT, 365.0), 2.07467, 5e-6);
        check(sortino(&EIGHT, 252.0), 2.605_531_251_673_693, 1e-12);
        check(calmar(Some(1.913_592_537_3), 0.1), 19.135_925_373, 1e-9);
        check(omega(&EIGHT, 0.01), 0.8125, 1e-12);
    }

    #[test]
    fn ratios_of_up_and_down_are_those_of_vectorbt() {
        let excess: Vec<f64> = UP_AND_DOWN.iter().map(|r| r - 0.01).collect();
        check(sharpe(&excess, 365.0), 4.232_900_240_313_306, 1e-12);
        // vectorbt asks for 10 % a year on top of the risk-free rate.
        check(omega(&UP_AND_DOWN, 0.01 + libm::pow(1.1, 1.0 / 365.0) - 1.0), 1.732_702_3, 1e-7);
    }

    #[test]
    fn the_factor_of_lo_is_the_published_one() {
        for (q, rho, expected) in LO {
            check(lo_factor(q, rho), expected, 5e-5);
        }
    }

    #[test]
    fn the_tracking_error_is_that_of_lean() {
        let closes = crate::metrics::testing::LeanCloses::read();
        check(tracking_error(&closes.aapl(), &closes.spy()[..252], 252.0), 0.527_808_994_076_911_7, 1e-14);
        check(tracking_error(&[0.3; 252], &[0.3; 252], 252.0), 0.0, 0.0);
        let falling: Vec<f64> = (0..252).map(f64::from).collect();
        let above: Vec<f64> = falling.iter().map(|r| r + 175.0).collect();
        check(tracking_error(&above, &falling, 252.0), 0.0, 0.0);
        assert_eq!(tracking_error(&[0.1], &[0.2], 252.0), None);
    }

    #[test]
    fn returns_that_follow_each_other_lower_the_ratio_and_alternating_ones_raise_it() {
        let runs = [0.02, 0.02, 0.02, -0.01, -0.01, -0.01, 0.02, 0.02, 0.02, -0.01, -0.01, -0.01];
        let turns = [0.02, -0.01, 0.02, -0.01, 0.02, -0.01, 0.02, -0.01, 0.02, -0.01, 0.02, -0.01];
        assert!(sharpe_lo(&runs, 365.0) < sharpe(&runs, 365.0));
        assert!(sharpe_lo(&turns, 365.0) > sharpe(&turns, 365.0));
    }

    #[test]
    fn without_variance_or_losses_there_is_no_ratio() {
        assert_eq!(sharpe(&[0.1; 10], 365.0), None);
        assert_eq!(sharpe(&[0.1], 365.0), None);
        assert_eq!(sortino(&[0.1, 0.2], 365.0), None);
        assert_eq!(omega(&[0.1, 0.2], 0.0), None);
        assert_eq!(calmar(Some(0.1), 0.0), None);
        assert_eq!(sharpe_lo(&[0.0; 10], 365.0), None);
    }
}
