//! Whether choosing the best in sample beats taking any trial: stochastic dominance out of sample, on a grid.
//!
//! Distributions are counted in whole numbers and compared exactly, so that neither threads nor rounding move an answer.

/// Steps between the least and the greatest measure of all splits.
const STEPS: usize = 500;

/// The distribution of what was chosen beside that of all trials, out of sample.
#[derive(Clone, Debug, PartialEq)]
pub struct Dominance {
    /// At every level what was chosen lies below it no more often than any trial does, and somewhere less often.
    pub first_order: bool,
    /// The same of the areas under the two: what who shuns risk asks for.
    pub second_order: bool,
    /// The levels, rising.
    pub levels: Vec<f64>,
    /// The share of splits in which what was chosen is at or below each level.
    pub chosen: Vec<f64>,
    /// The share of all trials in all splits at or below each level.
    pub any: Vec<f64>,
}

/// Evenly spaced levels.
pub(super) struct Grid {
    low: f64,
    width: f64,
}

impl Grid {
    pub(super) fn new(low: f64, high: f64) -> Self {
        Self { low, width: (high - low) / STEPS as f64 }
    }

    pub(super) fn counts(&self) -> Vec<u64> {
        vec![0; STEPS]
    }

    /// Adds each of `values` to the step that it lies in.
    pub(super) fn count(&self, values: &[f64], counts: &mut [u64]) {
        for value in values {
            // All equal: the width is zero, the quotient no number, and the step the first.
            let step = ((value - self.low) / self.width) as usize;
            counts[step.min(STEPS - 1)] += 1;
        }
    }

    pub(super) fn dominance(&self, chosen: impl Iterator<Item = f64>, any: &[u64], trials: usize) -> Dominance {
        let chosen: Vec<f64> = chosen.collect();
        let mut counts = self.counts();
        self.count(&chosen, &mut counts);
        let (of_chosen, of_any) = (cumulated(&counts), cumulated(any));
        let (splits, all) = (chosen.len() as f64, chosen.len() as f64 * trials as f64);
        // Brought to the larger number of draws, the difference is a whole number.
        let ahead: Vec<i128> = of_chosen
            .iter()
            .zip(&of_any)
            .map(|(chosen, any)| i128::from(*any) - i128::from(*chosen) * trials as i128)
            .collect();
        let areas: Vec<i128> = ahead
            .iter()
            .scan(0_i128, |area, step| {
                *area += step;
                Some(*area)
            })
            .collect();
        Dominance {
            first_order: dominates(&ahead),
            second_order: dominates(&areas),
            levels: (1..=STEPS).map(|step| self.low + self.width * step as f64).collect(),
            chosen: of_chosen.iter().map(|count| *count as f64 / splits).collect(),
            any: of_any.iter().map(|count| *count as f64 / all).collect(),
        }
    }
}

fn dominates(ahead: &[i128]) -> bool {
    ahead.iter().all(|a| *a >= 0) && ahead.iter().any(|a| *a > 0)
}

fn cumulated(counts: &[u64]) -> Vec<u64> {
    let mut sum = 0;
    counts
        .iter()
        .map(|count| {
            sum += count;
            sum
        })
        .collect()
}

pub(super) fn added(mut to: Vec<u64>, more: Vec<u64>) -> Vec<u64> {
    to.iter_mut().zip(more).for_each(|(sum, count)| *sum += count);
    to
}
