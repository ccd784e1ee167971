//! Whether the best of many strategies beats a benchmark, or was only the luckiest: White's reality check and Hansen's test
//! of superior predictive ability.
//!
//! White 2000 and Hansen 2005, on stationary resamples of rows, the same for every strategy. Hansen's is studentised by the
//! variance that the resamples have; its three p-values differ in which losers are taken for the best they could be.
use super::bootstrap::{Blocks, Resampler, long_run_variance};
use super::sample::{SampleError, at_least, common_length};
use super::stream;
use rayon::prelude::*;

/// The p-values of Hansen's test; each at most the next.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Superiority {
    /// Liberal: a loser counts as one for certain.
    pub lower: f64,
    /// The consistent one: what lost by more than chance explains does not count.
    pub consistent: f64,
    /// Conservative: every strategy counts as no worse than the benchmark.
    pub upper: f64,
}

/// What the two tests say.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Superior {
    /// Hansen's p-values.
    pub spa: Superiority,
    /// White's p-value.
    pub reality_check: f64,
    /// Hansen's statistic: the best mean over its error; 0 where nothing beats the benchmark.
    pub statistic: f64,
    /// Which strategy has it.
    pub best: usize,
    /// How many strategies went in.
    pub strategies: usize,
    /// How many never differ from the benchmark by another amount, and were left out.
    pub still: usize,
    /// How many resamples: p-values are whole numbers of one over it.
    pub resamples: usize,
}

/// Rows of what strategies brought beyond the benchmark.
pub(super) struct Differences {
    /// Row by row, so that a resample adds whole rows.
    rows: Vec<f64>,
    columns: usize,
    count: usize,
    means: Vec<f64>,
    /// The root of the long-run variance of each.
    errors: Vec<f64>,
}

/// The maxima of one resample, recentred in three ways: lower, consistent, upper.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Maxima {
    pub(super) studentised: [f64; 3],
    pub(super) plain: [f64; 3],
}

impl Differences {
    /// Of series that vary, with their errors.
    pub(super) fn new(series: &[&[f64]], errors: Vec<f64>) -> Self {
        let count = series[0].len();
        let rows = (0..count).flat_map(|row| series.iter().map(move |values| values[row])).collect();
        let means = series.iter().map(|values| values.iter().sum::<f64>() / count as f64).collect();
        Self { rows, columns: series.len(), count, means, errors }
    }

    /// What is taken off the mean of a resample of each strategy: lower, consistent, upper.
    pub(super) fn centres(&self) -> [Vec<f64>; 3] {
        let n = self.count as f64;
        let bound = 2.0 * libm::log(libm::log(n));
        let consistent =
            |(mean, error): (&f64, &f64)| if *mean >= -(error * error / n * bound).sqrt() { *mean } else { 0.0 };
        let lower = self.means.iter().map(|mean| mean.max(0.0)).collect();
        [lower, self.means.iter().zip(&self.errors).map(consistent).collect(), self.means.clone()]
    }

    /// The maxima of a resample whose rows `visit` shows.
    pub(super) fn maxima(
        &self,
        centres: &[Vec<f64>; 3],
        sums: &mut [f64],
        visit: impl FnOnce(&mut dyn FnMut(usize)),
    ) -> Maxima {
        sums.fill(0.0);
        visit(&mut |row| {
            let values = &self.rows[row * self.columns..][..self.columns];
            sums.iter_mut().zip(values).for_each(|(sum, value)| *sum += value);
        });
        let (n, root) = (self.count as f64, (self.count as f64).sqrt());
        let mut maxima = Maxima { studentised: [f64::NEG_INFINITY; 3], plain: [f64::NEG_INFINITY; 3] };
        for (way, centres) in centres.iter().enumerate() {
            for ((sum, centre), error) in sums.iter().zip(centres).zip(&self.errors) {
                let ahead = root * (sum / n - centre);
                maxima.plain[way] = maxima.plain[way].max(ahead);
                maxima.studentised[way] = maxima.studentised[way].max(ahead / error);
            }
        }
        maxima
    }

    /// The best strategy over its error, and which it is; then the best without.
    pub(super) fn statistics(&self) -> (f64, usize, f64) {
        let root = (self.count as f64).sqrt();
        let mut best = (f64::NEG_INFINITY, 0);
        for (place, (mean, error)) in self.means.iter().zip(&self.errors).enumerate() {
            if root * mean / error > best.0 {
                best = (root * mean / error, place);
            }
        }
        (best.0.max(0.0), best.1, self.means.iter().map(|mean| root * mean).fold(f64::NEG_INFINITY, f64::max))
    }
}

/// Tests whether the best of `excess` (for each strategy what it returned beyond the benchmark, day by day) beats it.
///
/// `mean_length` is that of the blocks, in rows; [`super::block_length`] says which fits a series.
///
/// # Errors
/// When the series are of different lengths, not finite, shorter than 16 rows or none of them varies; when there is no
/// resample, or the blocks do not fit.
pub fn superior<S: AsRef<[f64]> + Sync>(
    excess: &[S],
    mean_length: f64,
    resamples: usize,
    seed: u64,
) -> Result<Superior, SampleError> {
    const WHAT: &str = "the test of the best of many";
    let rows = common_length(excess)?;
    at_least(WHAT, 16, "rows", rows)?;
    at_least(WHAT, 1, "resamples", resamples)?;
    let resampler = Resampler::new(rows, Blocks::Stationary { mean_length })?;
    let variance = |values: &S| {
        let values = values.as_ref();
        crate::metrics::spread(values).map_or(0.0, |_| long_run_variance(values, mean_length))
    };
    let variances: Vec<f64> = excess.par_iter().map(variance).collect();
    let places: Vec<usize> = (0..excess.len()).filter(|place| variances[*place] > 0.0).collect();
    at_least(WHAT, 1, "strategies that vary", places.len())?;
    let series: Vec<&[f64]> = places.iter().map(|place| excess[*place].as_ref()).collect();
    let found = Differences::new(&series, places.iter().map(|place| variances[*place].sqrt()).collect());
    let centres = found.centres();
    let maxima: Vec<Maxima> = (0..resamples)
        .into_par_iter()
        .map_init(
            || vec![0.0; found.columns],
            |sums, index| {
                let mut rng = stream(seed, "superior", index);
                found.maxima(&centres, sums, |see| resampler.each(rows, &mut rng, see))
            },
        )
        .collect();
    let (statistic, best, plain) = found.statistics();
    let share = |of: &dyn Fn(&Maxima) -> bool| maxima.iter().filter(|m| of(m)).count() as f64 / resamples as f64;
    let spa = |way: usize| share(&|maxima| maxima.studentised[way].max(0.0) >= statistic);
    Ok(Superior {
        spa: Superiority { lower: spa(0), consistent: spa(1), upper: spa(2) },
        reality_check: share(&|maxima| maxima.plain[2] >= plain),
        statistic,
        best: places[best],
        strategies: excess.len(),
        still: excess.len() - places.len(),
        resamples,
    })
}

#[cfg(test)]
mod tests;
