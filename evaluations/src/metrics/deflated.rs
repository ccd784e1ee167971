//! The probabilistic and the deflated Sharpe ratio, and the length of record they need.
//!
//! Bailey and López de Prado 2012 and 2014; beside them, labelled `2025`, the revision of López de Prado, Lipton and
//! Zoonekynd (SSRN 5520741): the variance is that under the hypothesis, divided by n, and returns may follow each other.
//! Sharpe ratios are per period, kurtosis is raw.
use super::{normal, quotient};

/// Euler's constant, as the expected maximum of normal draws uses it.
const EULER: f64 = 0.577_215_664_901_532_9;

/// What is known of a series of returns, per period.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Record {
    /// Mean over sample deviation of one period.
    pub sharpe: f64,
    /// The third standardised moment.
    pub skew: f64,
    /// The fourth standardised moment, raw.
    pub kurtosis: f64,
    /// How many returns.
    pub n: usize,
}

impl Record {
    /// The record of `returns`; `None` where they have no variance.
    #[must_use]
    pub fn of(returns: &[f64]) -> Option<Self> {
        Some(Self {
            sharpe: super::ratios::period_sharpe(returns)?,
            skew: super::distribution::skew(returns)?,
            kurtosis: super::distribution::kurtosis(returns)?,
            n: returns.len(),
        })
    }

    /// `1 - skew * SR + (kurtosis - 1) / 4 * SR^2`, what unlike the normal the returns are.
    fn shape(&self) -> f64 {
        1.0 - self.skew * self.sharpe + (self.kurtosis - 1.0) / 4.0 * self.sharpe * self.sharpe
    }

    /// The standard error of the Sharpe ratio.
    #[must_use]
    pub fn error(&self) -> Option<f64> {
        let freedom = self.n.checked_sub(1).filter(|f| *f > 0)?;
        Some((self.shape() / freedom as f64).sqrt()).filter(|e| e.is_finite())
    }

    /// The probability that the true Sharpe ratio is above `benchmark` (per period).
    #[must_use]
    pub fn probabilistic(&self, benchmark: f64) -> Option<f64> {
        quotient(self.sharpe - benchmark, self.error()?).map(normal::cumulative)
    }

    /// The standard error that a true Sharpe ratio of `sharpe` has, revision of 2025.
    ///
    /// `rho` is the correlation of each return with the one before it; 0 takes them as independent. The square is
    /// `(a - b skew SR + c (kurtosis - 1) / 4 SR^2) / n` with `a = 1 + 2 rho / (1 - rho)`,
    /// `b = 1 + rho / (1 - rho) + rho^2 / (1 - rho^2)` and `c = 1 + 2 rho^2 / (1 - rho^2)`.
    #[must_use]
    pub fn error_2025(&self, sharpe: f64, rho: f64) -> Option<f64> {
        if self.n == 0 || rho.abs() >= 1.0 {
            return None;
        }
        let (slow, square) = (rho / (1.0 - rho), rho * rho / (1.0 - rho * rho));
        let (a, b, c) = (1.0 + 2.0 * slow, 1.0 + slow + square, 1.0 + 2.0 * square);
        let shape = a - b * self.skew * sharpe + c * (self.kurtosis - 1.0) / 4.0 * sharpe * sharpe;
        Some((shape / self.n as f64).sqrt()).filter(|e| e.is_finite())
    }

    /// The probability that the true Sharpe ratio is above `benchmark` (per period), revision of 2025: the error is that of
    /// the benchmark.
    #[must_use]
    pub fn probabilistic_2025(&self, benchmark: f64, rho: f64) -> Option<f64> {
        quotient(self.sharpe - benchmark, self.error_2025(benchmark, rho)?).map(normal::cumulative)
    }

    /// How many periods it takes to say with `confidence` that the Sharpe ratio is above `benchmark`.
    #[must_use]
    pub fn length_needed(&self, benchmark: f64, confidence: f64) -> Option<f64> {
        let edge = quotient(normal::quantile(confidence)?, self.sharpe - benchmark)?;
        Some(1.0 + self.shape() * edge * edge)
    }

    /// The probabilistic Sharpe ratio above what the best of `trials` without skill would show.
    ///
    /// `variance` is that of the trials' Sharpe ratios, per period.
    #[must_use]
    pub fn deflated(&self, trials: f64, variance: f64) -> Option<f64> {
        self.probabilistic(variance.max(0.0).sqrt() * expected_maximum(trials)?)
    }
}

/// The expected maximum of `trials` independent standard normal draws; zero for a single one.
#[must_use]
pub fn expected_maximum(trials: f64) -> Option<f64> {
    if trials <= 1.0 {
        return Some(0.0);
    }
    let first = normal::quantile(1.0 - 1.0 / trials)?;
    let second = normal::quantile(1.0 - 1.0 / (trials * std::f64::consts::E))?;
    Some((1.0 - EULER) * first + EULER * second)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::testing::check;

    fn normal_record(sharpe: f64, n: usize) -> Record {
        Record { sharpe, skew: 0.0, kurtosis: 3.0, n }
    }

    fn paper(sharpe: f64) -> Record {
        Record { sharpe, skew: -2.448, kurtosis: 10.164, n: 24 }
    }

    #[test]
    fn the_probabilistic_ratio_is_that_of_the_paper() {
        check(paper(1.585 / 12.0_f64.sqrt()).probabilistic(0.0), 0.913_234_306_884_86, 1e-13);
        check(normal_record(0.458, 24).probabilistic(0.0), 0.982, 5e-4);
        check(paper(0.458).probabilistic(0.0), 0.913, 5e-4);
        check(normal_record(1.0, 24).probabilistic(0.5), 0.97488, 5e-6);
    }

    #[test]
    fn the_revision_of_2025_is_that_of_its_paper() {
        let fund = Record { sharpe: 0.036 / 0.079, skew: -2.448, kurtosis: 10.164, n: 24 };
        check(fund.error_2025(fund.sharpe, 0.0), 0.329, 5e-4);
        let normal = Record { skew: 0.0, kurtosis: 3.0, ..fund };
        check(normal.error_2025(fund.sharpe, 0.0), 0.214, 1e-3);
        check(fund.probabilistic_2025(0.0, 0.0), 0.987, 5e-4);
        // Under the hypothesis of no skill the shape of the returns says nothing.
        assert_eq!(fund.probabilistic_2025(0.0, 0.0), normal.probabilistic_2025(0.0, 0.0));
    }

    #[test]
    fn returns_that_follow_each_other_say_less_and_alternating_ones_more() {
        let record = paper(0.3);
        let chance = |rho: f64| record.probabilistic_2025(0.1, rho).unwrap();
        assert!(chance(0.3) < chance(0.0) && chance(0.0) < chance(-0.3));
        // By hand: a = 2, b = 1 + 1/2 + 1/8, c = 1 + 1/4 at a third.
        let shape = 2.0 - 1.625 * -2.448 * 0.1 + 1.25 * 9.164 / 4.0 * 0.01;
        check(record.error_2025(0.1, 1.0 / 3.0), (shape / 24.0_f64).sqrt(), 1e-12);
        assert_eq!((record.error_2025(0.1, 1.0), record.error_2025(0.1, -1.0)), (None, None));
    }

    #[test]
    fn error_and_length_needed_are_those_of_the_paper() {
        let record = Record { sharpe: 0.7079, skew: -0.2250, kurtosis: 2.9570, n: 134 };
        check(record.error(), 0.1028, 5e-5);
        check(record.length_needed(0.0, 0.95).map(|months| months / 12.0), 0.7152, 5e-5);
        let years = |sharpe: f64, benchmark: f64, skew: f64, kurtosis: f64, periods: f64| {
            let record = Record { sharpe: sharpe / periods.sqrt(), skew, kurtosis, n: 100 };
            record.length_needed(benchmark / periods.sqrt(), 0.95).map(|n| n / periods)
        };
        check(years(2.0, 1.0, 0.0, 3.0, 250.0), 2.731_187_801_7, 1e-9);
        check(years(2.0, 1.0, 0.0, 3.0, 52.0), 2.828_833_586_9, 1e-9);
        check(years(3.0, 2.5, -0.72, 5.78, 12.0), 27.352_920_196, 1e-8);
    }

    #[test]
    fn a_ratio_that_equals_its_benchmark_is_a_coin_toss() {
        let record = Record::of(&[0.01, 0.02, 0.01, 0.0, 0.0, 3.0]).unwrap();
        check(record.probabilistic(record.sharpe), 0.5, 1e-15);
    }

    #[test]
    fn the_expected_maximum_is_the_published_one() {
        for (trials, expected) in
            [(10.0, 1.574_598_30), (45.0, 2.235_640_18), (100.0, 2.530_602_893_201_684_6), (1000.0, 3.255_121_51)]
        {
            check(expected_maximum(trials), expected, 5e-9);
        }
        check(expected_maximum(100.0), 2.530_602_893_201_684_6, 1e-12);
        assert_eq!(expected_maximum(1.0), Some(0.0));
    }

    #[test]
    fn the_deflated_ratio_is_that_of_the_paper() {
        let record = Record { sharpe: 2.5 / 250.0_f64.sqrt(), skew: -3.0, kurtosis: 10.0, n: 1250 };
        check(record.deflated(100.0, 0.5 / 250.0), 0.900_396_834_449_39, 1e-12);
        check(expected_maximum(100.0).map(|m| m * 0.5_f64.sqrt()), 1.78941, 5e-6);
        assert_eq!(record.deflated(1.0, 0.5), record.probabilistic(0.0));
    }

    #[test]
    fn a_single_return_says_nothing() {
        assert_eq!(Record::of(&[0.1]), None);
        assert_eq!(normal_record(1.0, 1).error(), None);
    }
}
