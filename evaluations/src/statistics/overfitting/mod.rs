//! The probability of backtest overfitting by combinatorially symmetric cross-validation.
//!
//! Bailey, Borwein, López de Prado and Zhu 2015: rows are cut into blocks; for every choice of half of them the trial that
//! is best there is looked up in the other half. Where its rank is in the lower half, choosing the best was no skill.
//! It never runs a strategy: what the trials returned is handed in.
mod block_sums;
mod dominance;

pub use dominance::Dominance;

use super::sample::{SampleError, at_least, common_length};
use block_sums::BlockSums;
use rayon::prelude::*;

/// The most blocks: 20 give 184,756 splits.
pub const BLOCKS_MAX: usize = 20;

/// What a trial is measured by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// The mean of the rows; it orders and splits as their sum does.
    Mean,
    /// The mean over the sample deviation, per row. What never varies counts as 0: nobody is best by doing nothing.
    Sharpe,
}

/// What became of the trial that was best in one split.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Chosen {
    /// Which trial: the best in sample, the first of equals.
    pub trial: usize,
    /// Its measure in sample.
    pub in_sample: f64,
    /// Its measure out of sample.
    pub out_of_sample: f64,
    /// `ln(w / (1 - w))` with `w` its rank out of sample over the number of trials plus one; equals share their rank.
    pub logit: f64,
}

/// A line through what was chosen: out of sample against in sample.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Degradation {
    /// What a unit more in sample brings out of sample; negative where the better loses more.
    pub slope: f64,
    /// Where the line meets zero in sample.
    pub intercept: f64,
    /// How much of the spread the line explains.
    pub r_squared: f64,
}

/// How much of the choice of the best trial is overfitting.
#[derive(Clone, Debug, PartialEq)]
pub struct Overfitting {
    /// The share of splits whose logit is at or below zero.
    pub probability: f64,
    /// Each split, in the lexicographic order of the blocks in sample.
    pub splits: Vec<Chosen>,
    /// The line through them; `None` where what is best in sample never varies.
    pub degradation: Option<Degradation>,
    /// The share of splits in which what was chosen lost out of sample.
    pub probability_of_loss: f64,
    /// Whether choosing beats taking any trial.
    pub dominance: Dominance,
    /// How many trials there were.
    pub trials: usize,
    /// How many rows were used.
    pub rows: usize,
    /// How many rows at the head were left out so that the blocks are of one length.
    pub rows_dropped: usize,
}

/// Measures every trial on some blocks.
trait Performance: Sync {
    /// The measure of each trial on the blocks of `mask`, in `out`.
    fn measure(&self, mask: u32, out: &mut [f64]);
}

/// The probability of overfitting of `trials` (one series of rows each, as daily returns) in `blocks` blocks.
///
/// # Errors
/// When the series are of different lengths or not finite, there are fewer than two trials or two rows a block, or `blocks`
/// is odd or not within 2 to [`BLOCKS_MAX`].
pub fn overfitting<S: AsRef<[f64]> + Sync>(
    trials: &[S],
    blocks: usize,
    measure: Measure,
) -> Result<Overfitting, SampleError> {
    let length = checked(trials, blocks)?;
    let tail = |series: &S| series.as_ref().len() - length * blocks;
    let sums = BlockSums::new(trials, tail, blocks, measure);
    Ok(symmetric(&sums, trials.len(), blocks, common_length(trials)?))
}

/// The same for any measure, which is handed the rows of a half in their order; slower. Undefined counts as 0.
///
/// # Errors
/// As [`overfitting`].
pub fn overfitting_by<S: AsRef<[f64]> + Sync>(
    trials: &[S],
    blocks: usize,
    measure: impl Fn(&[f64]) -> Option<f64> + Sync,
) -> Result<Overfitting, SampleError> {
    struct Gathered<'a, S, F> {
        trials: &'a [S],
        length: usize,
        blocks: usize,
        measure: F,
    }
    impl<S: AsRef<[f64]> + Sync, F: Fn(&[f64]) -> Option<f64> + Sync> Performance for Gathered<'_, S, F> {
        fn measure(&self, mask: u32, out: &mut [f64]) {
            let mut rows = Vec::with_capacity(self.length * self.blocks / 2);
            for (trial, value) in self.trials.iter().zip(out) {
                let series = trial.as_ref();
                let used = &series[series.len() - self.length * self.blocks..];
                rows.clear();
                for block in (0..self.blocks).filter(|block| mask >> block & 1 == 1) {
                    rows.extend_from_slice(&used[block * self.length..][..self.length]);
                }
                *value = (self.measure)(&rows).filter(|v| v.is_finite()).unwrap_or(0.0);
            }
        }
    }
    let length = checked(trials, blocks)?;
    let gathered = Gathered { trials, length, blocks, measure };
    Ok(symmetric(&gathered, trials.len(), blocks, common_length(trials)?))
}

/// The rows of a block.
fn checked<S: AsRef<[f64]>>(trials: &[S], blocks: usize) -> Result<usize, SampleError> {
    const WHAT: &str = "the probability of overfitting";
    if !(2..=BLOCKS_MAX).contains(&blocks) || blocks % 2 == 1 {
        return Err(SampleError::Setting {
            what: "the number of blocks",
            found: blocks.to_string(),
            allowed: format!("even and 2 to {BLOCKS_MAX}"),
        });
    }
    let rows = common_length(trials)?;
    at_least(WHAT, 2, "trials", trials.len())?;
    at_least(WHAT, 2 * blocks, "rows", rows)?;
    Ok(rows / blocks)
}

/// Every choice of half of `blocks`, as bits, in lexicographic order of the blocks.
///
/// The choice at `k` from the front and the one at `k` from the back are each other's complements.
fn halves(blocks: usize) -> Vec<u32> {
    let mut found: Vec<u32> = (0..1_u32 << blocks).filter(|mask| mask.count_ones() as usize == blocks / 2).collect();
    // With the first block as the highest bit the greatest number is the first in lexicographic order.
    found.sort_unstable_by_key(|mask| std::cmp::Reverse(mask.reverse_bits()));
    found
}

fn symmetric<P: Performance>(performance: &P, trials: usize, blocks: usize, rows: usize) -> Overfitting {
    let masks = halves(blocks);
    let all = (1_u32 << blocks) - 1;
    let scratch = || (vec![0.0; trials], vec![0.0; trials]);
    // Half of the splits are the other half with the two sides exchanged.
    let pairs: Vec<(Chosen, Chosen, f64, f64)> = masks[..masks.len() / 2]
        .par_iter()
        .map_init(scratch, |(one, other), mask| {
            performance.measure(*mask, one);
            performance.measure(all ^ mask, other);
            let (low, high) = range(one.iter().chain(other.iter()));
            (choose(one, other), choose(other, one), low, high)
        })
        .collect();
    let splits: Vec<Chosen> = pairs.iter().map(|pair| pair.0).chain(pairs.iter().rev().map(|pair| pair.1)).collect();
    let low = pairs.iter().map(|pair| pair.2).fold(f64::INFINITY, f64::min);
    let high = pairs.iter().map(|pair| pair.3).fold(f64::NEG_INFINITY, f64::max);
    let grid = dominance::Grid::new(low, high);
    let counted = masks.par_iter().fold(
        || (vec![0.0; trials], grid.counts()),
        |(mut values, mut counts), mask| {
            performance.measure(*mask, &mut values);
            grid.count(&values, &mut counts);
            (values, counts)
        },
    );
    let any = counted.map(|(_, counts)| counts).reduce(|| grid.counts(), dominance::added);
    let share = |keeps: fn(&Chosen) -> bool| splits.iter().filter(|s| keeps(s)).count() as f64 / splits.len() as f64;
    Overfitting {
        probability: share(|chosen| chosen.logit <= 0.0),
        probability_of_loss: share(|chosen| chosen.out_of_sample < 0.0),
        degradation: degradation(&splits),
        dominance: grid.dominance(splits.iter().map(|chosen| chosen.out_of_sample), &any, trials),
        trials,
        rows: rows - rows % blocks,
        rows_dropped: rows % blocks,
        splits,
    }
}

fn range<'a>(values: impl Iterator<Item = &'a f64>) -> (f64, f64) {
    values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(*v), high.max(*v)))
}

/// The best of `inside` and its place in `outside`.
fn choose(inside: &[f64], outside: &[f64]) -> Chosen {
    let mut trial = 0;
    for (place, value) in inside.iter().enumerate() {
        if *value > inside[trial] {
            trial = place;
        }
    }
    let found = outside[trial];
    let below = outside.iter().filter(|v| **v < found).count();
    let above = outside.iter().filter(|v| **v > found).count();
    // Equals share the mean of their ranks; twice the rank is a whole number.
    let rank_twice = below + (outside.len() - above) + 1;
    let rest_twice = 2 * (outside.len() + 1) - rank_twice;
    let logit = libm::log(rank_twice as f64 / rest_twice as f64);
    Chosen { trial, in_sample: inside[trial], out_of_sample: found, logit }
}

/// Least squares of out of sample on in sample.
fn degradation(splits: &[Chosen]) -> Option<Degradation> {
    let inside: Vec<f64> = splits.iter().map(|s| s.in_sample).collect();
    let outside: Vec<f64> = splits.iter().map(|s| s.out_of_sample).collect();
    crate::metrics::spread(&inside)?;
    let (x, y) = (crate::metrics::mean(&inside)?, crate::metrics::mean(&outside)?);
    let pairs = || inside.iter().zip(&outside);
    let cross: f64 = pairs().map(|(a, b)| (a - x) * (b - y)).sum();
    let wide: f64 = inside.iter().map(|a| (a - x) * (a - x)).sum();
    let high: f64 = outside.iter().map(|b| (b - y) * (b - y)).sum();
    let slope = cross / wide;
    let r_squared = if high > 0.0 { cross * cross / (wide * high) } else { 0.0 };
    Some(Degradation { slope, intercept: y - slope * x, r_squared })
}

#[cfg(test)]
mod families;
#[cfg(test)]
mod tests;
