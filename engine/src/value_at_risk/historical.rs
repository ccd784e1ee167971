//! Historical simulation: what today's positions would have lost on each day of the past.
//!
//! It assumes no distribution and knows no day that has not happened.
use super::confidence::Confidence;
use super::returns::Returns;
use super::tail_loss::TailLoss;
use alloc::vec::Vec;

/// The loss of positions worth `values` on each day, in the order of days; a gain is below zero.
///
/// # Panics
/// When there is not one value for each instrument.
#[must_use]
pub fn losses(values: &[f64], returns: &Returns) -> Vec<f64> {
    assert_eq!(values.len(), returns.instruments(), "there is one value for each instrument");
    // Taken from zero, so that a loss of nothing is +0 and two of them are equal to the bit.
    let loss = |row: &[f64]| values.iter().zip(row).fold(0.0, |loss, (value, moved)| loss - value * moved);
    returns.rows().map(loss).collect()
}

/// Value at risk and expected shortfall of positions worth `values`, each day as likely as any other.
///
/// # Panics
/// When there is not one value for each instrument.
#[must_use]
pub fn historical(values: &[f64], returns: &Returns, confidence: Confidence) -> TailLoss {
    TailLoss::of_losses(&mut losses(values, returns), confidence)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    #[test]
    fn a_hedge_is_counted_day_by_day() {
        let returns = Returns::new(2, vec![-0.10, -0.05, 0.10, 0.10, 0.0, 0.05]).unwrap();
        assert_eq!(losses(&[100.0, -100.0], &returns), [5.0, 0.0, 5.0]);
        let tail = historical(&[100.0, 0.0], &returns, Confidence::new(0.75).unwrap());
        assert_eq!((tail.value_at_risk, tail.expected_shortfall), (5.0, 10.0));
    }

    #[test]
    fn nothing_held_loses_nothing() {
        let returns = Returns::new(1, vec![-0.1, 0.1]).unwrap();
        assert_eq!(historical(&[0.0], &returns, Confidence::PERCENT_99), TailLoss::default());
    }
}
