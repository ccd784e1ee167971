//! Sweeps: many sets of parameters, one run each, in parallel on shared data.
//!
//! Parallelism is between runs and never inside one, so the results do not hang on the number of threads. What a run is,
//! the command line says through [`Runner`].
mod column;
mod grid;
mod results;

pub use column::Column;
pub use grid::{Grid, GridError, compare_values};
pub(crate) use results::parameter_column;
pub use results::write_results;

use crate::summary::Summary;
use crate::trials::Trial;
use rayon::prelude::*;
use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering as Memory};

/// A set of parameters by name.
pub type Parameters = BTreeMap<String, String>;

/// Runs one set of parameters.
pub trait Runner: Sync {
    /// Why a set could not be run.
    type Error: std::error::Error + Send;

    /// The summary of a run with `parameters`.
    ///
    /// # Errors
    /// When the parameters are refused or the data cannot be read.
    fn run(&self, parameters: &Parameters) -> Result<Summary, Self::Error>;
}

/// The result of one set.
#[derive(Clone, Debug, PartialEq)]
pub struct SweepRow {
    /// The set.
    pub parameters: Parameters,
    /// What came of it.
    pub summary: Summary,
}

/// The results of a sweep.
#[derive(Debug)]
pub struct Sweep<E> {
    /// The results, best first.
    pub rows: Vec<SweepRow>,
    /// The sets that could not be run, in the order of the grid.
    pub failures: Vec<(Parameters, E)>,
}

/// Why a sweep cannot start.
#[derive(Debug, thiserror::Error)]
#[error("cannot start {threads} threads for the sweep: {source}")]
pub struct ThreadsError {
    threads: usize,
    source: rayon::ThreadPoolBuildError,
}

/// So many threads; zero is one per core.
pub(crate) fn thread_pool(threads: usize) -> Result<rayon::ThreadPool, ThreadsError> {
    rayon::ThreadPoolBuilder::new().num_threads(threads).build().map_err(|source| ThreadsError { threads, source })
}

/// Runs every set of `grid` on `threads` threads (zero: one per core) and sorts the results by `column`.
///
/// `progress` hears how many sets are done and how many there are, from whichever thread finished one.
///
/// # Errors
/// When the threads cannot be started.
pub fn sweep<R: Runner>(
    runner: &R,
    grid: &Grid,
    column: &Column,
    threads: usize,
    progress: &(dyn Fn(usize, usize) + Sync),
) -> Result<Sweep<R::Error>, ThreadsError> {
    let pool = thread_pool(threads)?;
    let sets = grid.sets();
    let done = AtomicUsize::new(0);
    let run = |parameters: Parameters| {
        let result = runner.run(&parameters);
        progress(done.fetch_add(1, Memory::Relaxed) + 1, sets.len());
        (parameters, result)
    };
    let results: Vec<_> = pool.install(|| sets.clone().into_par_iter().map(run).collect());
    let (mut rows, mut failures) = (Vec::new(), Vec::new());
    for (parameters, result) in results {
        match result {
            Ok(summary) => rows.push(SweepRow { parameters, summary }),
            Err(error) => failures.push((parameters, error)),
        }
    }
    rows.sort_by(|a, b| better_first(a, b, column));
    Ok(Sweep { rows, failures })
}

/// The better result first: by the column, then by final equity, then by parameters; undefined values come last.
fn better_first(a: &SweepRow, b: &SweepRow, column: &Column) -> Ordering {
    let by_column = match (column.value(&a.summary), column.value(&b.summary)) {
        (Some(a), Some(b)) if column.less_is_better() => a.total_cmp(&b),
        (Some(a), Some(b)) => b.total_cmp(&a),
        (a, b) => b.is_some().cmp(&a.is_some()),
    };
    by_column
        .then_with(|| b.summary.final_equity.cmp(&a.summary.final_equity))
        .then_with(|| compare_parameters(&a.parameters, &b.parameters))
}

fn compare_parameters(a: &Parameters, b: &Parameters) -> Ordering {
    let pairs = a.values().zip(b.values()).map(|(a, b)| compare_values(a, b));
    pairs.fold(Ordering::Equal, Ordering::then)
}

/// The rows of a sweep for the trial ledger; `like` holds what all of them share.
#[must_use]
pub fn trials(rows: &[SweepRow], like: &Trial) -> Vec<Trial> {
    rows.iter().map(|row| ledger_row(&row.parameters, &row.summary, like)).collect()
}

/// The row of one run with these parameters.
pub(crate) fn ledger_row(parameters: &Parameters, summary: &Summary, like: &Trial) -> Trial {
    let sharpe = summary.metrics.get("sharpe");
    let value = sharpe.and_then(|metric| metric.value);
    let periods = sharpe.and_then(|metric| metric.periods_per_year);
    Trial {
        parameters: serde_json::to_string(parameters).expect("a map of texts is always JSON"),
        run_digest: summary.digest.clone(),
        sharpe: value,
        daily_sharpe: value.zip(periods).map(|(value, periods)| value / periods.sqrt()),
        n: sharpe.map_or(0, |metric| metric.n as u64),
        currency: summary.currency.clone(),
        final_equity: summary.final_equity.to_string(),
        ..like.clone()
    }
}

#[cfg(test)]
mod tests;
