//! The tail of one instrument, taken once, so that the risk of a position in it is one multiplication.
//!
//! What offsets it elsewhere in a portfolio is not seen.
use super::confidence::Confidence;
use super::tail_loss::TailLoss;
use crate::{Money, math};
use alloc::vec::Vec;

/// Loss per unit of value of one instrument.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct UnitTails {
    /// Of what is held: the lower tail of the returns.
    pub long: TailLoss,
    /// Of what is owed: the upper tail.
    pub short: TailLoss,
}

impl UnitTails {
    /// Those of an instrument's returns.
    ///
    /// # Panics
    /// When there is no return.
    #[must_use]
    pub fn of(returns: impl Iterator<Item = f64>, confidence: Confidence) -> Self {
        let mut losses: Vec<f64> = returns.map(|moved| 0.0 - moved).collect();
        let long = TailLoss::of_losses(&mut losses, confidence);
        losses.iter_mut().for_each(|loss| *loss = 0.0 - *loss);
        Self { long, short: TailLoss::of_losses(&mut losses, confidence) }
    }

    /// The loss of a position of this value alone, below zero for a short: what
    /// [`historical`](super::historical) says of it, but for the last bits.
    #[must_use]
    pub fn of_value(&self, value: f64) -> TailLoss {
        if value < 0.0 { self.short.times(-value) } else { self.long.times(value) }
    }

    /// The value at risk as whole numbers, which a limit may be decided with.
    #[must_use]
    pub fn value_at_risk_rates(&self) -> TailRates {
        TailRates { long_e12: rate(self.long.value_at_risk), short_e12: rate(self.short.value_at_risk) }
    }

    /// The expected shortfall as whole numbers.
    #[must_use]
    pub fn expected_shortfall_rates(&self) -> TailRates {
        TailRates { long_e12: rate(self.long.expected_shortfall), short_e12: rate(self.short.expected_shortfall) }
    }
}

fn rate(loss: f64) -> i64 {
    math::ceil(loss * 1e12) as i64
}

const UNIT: i128 = 1_000_000_000_000;

/// Loss per unit of value in 10⁻¹², rounded up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TailRates {
    /// Of what is held.
    pub long_e12: i64,
    /// Of what is owed.
    pub short_e12: i64,
}

impl TailRates {
    /// No less than [`TailRates::loss`], and up to twice as much: without a division, for what is far below a limit.
    #[must_use]
    #[inline]
    pub fn bound(self, value: Money) -> Money {
        let rate = if value.0 < 0 { self.short_e12 } else { self.long_e12 };
        match i64::try_from(value.0) {
            // 2^39 is a little more than half of 10^12.
            Ok(value) if rate >= 0 => Money((crate::measure::product(value, rate).abs() >> 39) + 1),
            _ => self.loss(value).max(Money::ZERO),
        }
    }

    /// The largest value whose loss is at most so much, above zero, whichever way it is held.
    pub(crate) fn value_for(self, loss: Money) -> Money {
        let rate = i128::from(self.long_e12.max(self.short_e12));
        if rate <= 0 {
            return Money(i128::MAX);
        }
        Money(loss.0.max(0).saturating_mul(UNIT) / rate)
    }

    /// The loss of a position of this value, below zero for a short, rounded up. What does not fit is the largest
    /// amount that does.
    #[must_use]
    #[inline]
    pub fn loss(self, value: Money) -> Money {
        let rate = if value.0 < 0 { self.short_e12 } else { self.long_e12 };
        let product = value.0.saturating_abs().saturating_mul(i128::from(rate));
        let whole = product.div_euclid(UNIT);
        Money(if product.rem_euclid(UNIT) == 0 { whole } else { whole + 1 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value_at_risk::{Returns, historical};

    #[test]
    fn the_value_for_a_loss_is_the_largest_that_loses_no_more() {
        for (long_e12, short_e12) in [(31_234_567_891, 12), (7, 999_999_999_999), (1, 1)] {
            let rates = TailRates { long_e12, short_e12 };
            for loss in [0, 1, 12_345_678_901_234, 5_000_000_000_000_000] {
                let value = rates.value_for(Money(loss)).0;
                let worst = |value| rates.loss(Money(value)).max(rates.loss(Money(-value))).0;
                assert!(worst(value) <= loss && worst(value + 1) > loss, "{long_e12} {short_e12} {loss}: {value}");
            }
        }
        assert_eq!(TailRates { long_e12: -5, short_e12: 0 }.value_for(Money(1)), Money(i128::MAX));
    }

    #[test]
    fn one_multiplication_gives_what_the_whole_function_gives() {
        let moves: Vec<f64> = (0..250).map(|n| f64::from((n * 7919) % 1009 - 480) / 9000.0).collect();
        let returns = Returns::from_columns(&[&moves]).unwrap();
        for confidence in [Confidence::PERCENT_95, Confidence::PERCENT_97_5, Confidence::PERCENT_99] {
            let tails = UnitTails::of(returns.column(0), confidence);
            for value in [0.0, 1.0, -1.0, 123_456.78, -98_765.43, 1e9] {
                let (found, expected) = (tails.of_value(value), historical(&[value], &returns, confidence));
                for (found, expected) in [
                    (found.value_at_risk, expected.value_at_risk),
                    (found.expected_shortfall, expected.expected_shortfall),
                ] {
                    assert!((found - expected).abs() <= 1e-12 * expected.abs(), "{value}: {found}, {expected}");
                }
            }
        }
    }

    #[test]
    fn a_loss_in_whole_numbers_is_rounded_up_on_both_sides() {
        let tails = UnitTails::of([-0.25, 0.125].into_iter(), Confidence::new(0.5).unwrap());
        assert_eq!((tails.long.value_at_risk, tails.short.value_at_risk), (0.0625, -0.0625));
        let rates = tails.value_at_risk_rates();
        assert_eq!((rates.long_e12, rates.short_e12), (62_500_000_000, -62_500_000_000));
        let check = |value, loss| assert_eq!(rates.loss(Money(value)), Money(loss));
        for value in [0, 1, -1, 1_600_000_000_000, -7, 123_456_789_012_345, i128::from(i64::MAX) * 9] {
            let (bound, loss) = (rates.bound(Money(value)).0, rates.loss(Money(value)).0);
            assert!(bound >= loss && bound <= 2 * loss.max(0) + 2, "{value}: {bound}, {loss}");
        }
        check(1_600_000_000_000, 100_000_000_000);
        check(-1_600_000_000_000, -100_000_000_000);
        check(1, 1);
        check(-1, 0);
        check(0, 0);
        assert!(rates.loss(Money(i128::MIN)) < Money(0), "it does not overflow");
    }
}
