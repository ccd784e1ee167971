//! The two figures that every method gives, and how they are read off losses. It knows no positions.
use super::confidence::Confidence;
use crate::Money;
use crate::math;

/// A loss that is exceeded rarely, and the mean of the losses from there on. Positive is a loss.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct TailLoss {
    /// The quantile of the losses at the confidence.
    pub value_at_risk: f64,
    /// The mean of the losses at or beyond that quantile; also called conditional value at risk.
    pub expected_shortfall: f64,
}

/// Where the tail begins among so many sorted losses.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Cut {
    /// The loss at or before the quantile.
    pub(super) below: usize,
    /// The one after it; the same at the end.
    pub(super) above: usize,
    /// How far the quantile lies from the one to the other, from 0 to 1.
    pub(super) share: f64,
    /// The first loss of the tail.
    pub(super) first: usize,
}

/// A place that is a whole number but for the rounding of `confidence * (count - 1)` is that whole number.
const ROUNDING: f64 = 1e-9;

impl Cut {
    /// The place is `confidence * (count - 1)`, as that of `numpy.quantile` with `method="linear"`. The tail is what lies
    /// at or behind it: `floor((count - 1) * (1 - confidence)) + 1` losses, as in `cvar_95` of the metrics.
    pub(super) fn of(count: usize, confidence: Confidence) -> Self {
        let last = count.checked_sub(1).expect("a tail is read off at least one loss");
        let place = confidence.share() * last as f64;
        let below = (math::floor(place) as usize).min(last);
        let first = (math::ceil(place - ROUNDING) as usize).min(last);
        Self { below, above: (below + 1).min(last), share: place - below as f64, first }
    }

    /// The quantile between two neighbours, with numpy's order of operations: from the nearer end, so that it never
    /// leaves the interval.
    pub(super) fn between(self, below: f64, above: f64) -> f64 {
        let apart = above - below;
        if self.share < 0.5 { below + apart * self.share } else { above - apart * (1.0 - self.share) }
    }
}

impl TailLoss {
    /// The two figures of losses in any order, which it brings into another. In numpy, with `n` losses:
    /// `quantile(losses, confidence)` and `sort(losses)[ceil(confidence * (n - 1) - 1e-9):].mean()`.
    ///
    /// # Panics
    /// When there is no loss.
    #[must_use]
    pub fn of_losses(losses: &mut [f64], confidence: Confidence) -> Self {
        let cut = Cut::of(losses.len(), confidence);
        let (_, below, beyond) = losses.select_nth_unstable_by(cut.below, f64::total_cmp);
        let below = *below;
        // Only the tail is put in order: its sum must not depend on how the rest was left.
        beyond.sort_unstable_by(f64::total_cmp);
        let above = beyond.first().copied().unwrap_or(below);
        let tail = &losses[cut.first..];
        Self {
            value_at_risk: cut.between(below, above),
            expected_shortfall: tail.iter().sum::<f64>() / tail.len() as f64,
        }
    }

    /// Both figures times `factor`.
    #[must_use]
    pub fn times(self, factor: f64) -> Self {
        Self { value_at_risk: self.value_at_risk * factor, expected_shortfall: self.expected_shortfall * factor }
    }

    /// Both figures less those of `other`.
    #[must_use]
    pub fn less(self, other: Self) -> Self {
        Self {
            value_at_risk: self.value_at_risk - other.value_at_risk,
            expected_shortfall: self.expected_shortfall - other.expected_shortfall,
        }
    }

    /// The value at risk as money, rounded up: what a limit is held against.
    #[must_use]
    pub fn value_at_risk_money(self) -> Money {
        rounded_up(self.value_at_risk)
    }

    /// The expected shortfall as money, rounded up.
    #[must_use]
    pub fn expected_shortfall_money(self) -> Money {
        rounded_up(self.expected_shortfall)
    }
}

fn rounded_up(loss: f64) -> Money {
    Money(math::ceil(loss * Money::ONE.0 as f64) as i128)
}

/// The sum of two figures of each kind, from nothing on and from first to last.
impl core::iter::Sum for TailLoss {
    fn sum<I: Iterator<Item = Self>>(parts: I) -> Self {
        parts.fold(Self::default(), |sum, part| Self {
            value_at_risk: sum.value_at_risk + part.value_at_risk,
            expected_shortfall: sum.expected_shortfall + part.expected_shortfall,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(losses: &[f64], share: f64) -> (f64, f64) {
        let confidence = Confidence::new(share).unwrap();
        let tail = TailLoss::of_losses(&mut losses.to_vec(), confidence);
        (tail.value_at_risk, tail.expected_shortfall)
    }

    #[test]
    fn the_quantile_lies_between_two_losses_and_the_tail_begins_at_or_behind_it() {
        // Place 0.75 * 4 = 3: the fourth loss itself, which belongs to the tail.
        assert_eq!(of(&[3.0, 1.0, 5.0, 2.0, 4.0], 0.75), (4.0, 4.5));
        // Place 0.625 * 4 = 2.5: half way from the third to the fourth.
        assert_eq!(of(&[3.0, 1.0, 5.0, 2.0, 4.0], 0.625), (3.5, 4.5));
        // Place 0.3125 * 4 = 1.25: nearer to the second than to the third.
        assert_eq!(of(&[3.0, 1.0, 5.0, 2.0, 4.0], 0.3125), (2.25, 4.0));
        assert_eq!(of(&[-1.0, -3.0], 0.75), (-1.5, -1.0));
        assert_eq!(of(&[7.0], 0.99), (7.0, 7.0));
    }

    #[test]
    fn a_place_that_rounding_moved_off_a_whole_number_still_counts_as_it() {
        for (count, share, first) in
            [(101, 0.95, 95), (21, 0.95, 19), (301, 0.99, 297), (1001, 0.999, 999), (11, 0.7, 7)]
        {
            assert_eq!(Cut::of(count, Confidence::new(share).unwrap()).first, first, "{count} at {share}");
        }
        assert_eq!(Cut::of(30, Confidence::PERCENT_95).first, 28);
    }

    #[test]
    fn money_is_rounded_up_so_that_a_limit_is_met_from_the_safe_side() {
        let tail = TailLoss { value_at_risk: 0.5e-12, expected_shortfall: -0.5e-12 };
        assert_eq!((tail.value_at_risk_money(), tail.expected_shortfall_money()), (Money(1), Money(0)));
    }
}
