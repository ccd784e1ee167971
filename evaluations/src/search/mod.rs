//! The search for parameters: a grid, sets by lot, or estimators that learn from what was tried; losers stop early.
//!
//! Sets come in generations of a fixed size. A generation is named by one thread, run by many, and told back in the
//! order in which it was named, so that nothing hangs on the number of threads. What a set is worth, the command line
//! says through [`Objective`]. Every set that was tried stands in the result, also the stopped and the failed ones: a
//! search that forgets its failures flatters what it found.
mod importance;
mod method;
pub mod neighbourhood;
mod pruning;
mod results;
mod space;
mod tried;

pub use importance::{Importance, importance};
pub use method::Method;
pub use pruning::Pruning;
pub use results::write_trials;
pub use space::{Axis, SETS_MAX, Scale, Space, SpaceError, Values};
pub use tried::{Counts, Outcome, Rung, Search, Tried, trials};

use crate::summary::Summary;
use crate::sweep::{Column, Parameters, ThreadsError, thread_pool};
use engine::Rng;
use method::Proposer;
use rayon::ThreadPool;
use rayon::prelude::*;
use std::sync::atomic::{AtomicUsize, Ordering as Memory};

/// Sets of a generation, unless it is said.
pub const GENERATION: usize = 8;

/// What came of a set on some of the data.
#[derive(Clone, Debug, PartialEq)]
pub struct Scored {
    /// The summary of the run.
    pub summary: Summary,
    /// Its score; `None` where it is not defined.
    pub score: Option<f64>,
}

impl Scored {
    /// The score of `summary` by `column`.
    #[must_use]
    pub fn of(summary: Summary, column: &Column) -> Self {
        let score = column.value(&summary).filter(|score| score.is_finite());
        Self { summary, score }
    }
}

/// Says what a set of parameters is worth.
pub trait Objective: Sync {
    /// Why a set could not be run.
    type Error: std::error::Error + Send;

    /// Runs `parameters` on the first `fraction` of the data, which is above zero and at most one.
    ///
    /// # Errors
    /// When the parameters are refused or the data cannot be read.
    fn score(&self, parameters: &Parameters, fraction: f64) -> Result<Scored, Self::Error>;
}

/// How to search.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// How sets are chosen.
    pub method: Method,
    /// Sets at most. A grid that holds more is refused.
    pub trials: usize,
    /// Sets that are named at once. Others find other sets: it is part of what makes a search repeatable.
    pub generation: usize,
    /// Which sets are stopped early.
    pub pruning: Pruning,
    /// The column that scores come from, which says whether less of it is better.
    pub column: Column,
    /// The seed of all that is drawn by lot.
    pub seed: u64,
    /// Threads, zero for one per core. They change nothing but the time it takes.
    pub threads: usize,
}

/// Why a search cannot start or go on.
#[derive(Debug, thiserror::Error)]
pub enum SearchError {
    /// The space cannot be searched like this.
    #[error(transparent)]
    Space(#[from] SpaceError),
    /// A setting makes no sense.
    #[error("cannot search with {0}")]
    Settings(String),
    /// The grid does not fit the number of trials.
    #[error(
        "the grid has {sets} sets and the search may try {trials}: allow more trials, take larger steps, or another method"
    )]
    Budget {
        /// Sets of the grid.
        sets: usize,
        /// Trials allowed.
        trials: usize,
    },
    /// Results have no such column.
    #[error("{0}")]
    Column(String),
    /// The threads cannot be started.
    #[error(transparent)]
    Threads(#[from] ThreadsError),
}

impl Settings {
    fn check(&self) -> Result<(), SearchError> {
        let wrong = |text: &str| Err(SearchError::Settings(text.to_owned()));
        if self.trials == 0 {
            return wrong("no trial: allow at least 1");
        }
        if self.generation == 0 {
            return wrong("generations of no set: a generation has at least 1");
        }
        self.pruning.complaint().map_or(Ok(()), |text| Err(SearchError::Settings(text)))
    }
}

/// Searches `space` for the set with the best score.
///
/// It ends when the trials are used up, or when the space has no set left. `progress` hears how many sets are settled
/// and how many there may be, from whichever thread settled one.
///
/// # Errors
/// When a setting makes no sense, a grid does not fit, results have no such column, or threads cannot be started. A set
/// that cannot be run is no error: it stands in the result.
pub fn search<O: Objective>(
    objective: &O,
    space: &Space,
    settings: &Settings,
    progress: &(dyn Fn(usize, usize) + Sync),
) -> Result<Search<O::Error>, SearchError> {
    settings.check()?;
    let mut proposer = Proposer::new(space, settings.method)?;
    let most = proposer.size().map_or(settings.trials, |size| size.min(settings.trials));
    if let (Method::Grid { .. }, Some(sets)) = (settings.method, proposer.size())
        && sets > settings.trials
    {
        return Err(SearchError::Budget { sets, trials: settings.trials });
    }
    let run = Run { objective, settings, pool: thread_pool(settings.threads)?, settled: AtomicUsize::new(0), most };
    let mut found = Search { trials: Vec::new(), column: settings.column.clone(), checked: false };
    for generation in 0.. {
        let count = settings.generation.min(most - found.trials.len());
        let rng = Rng::stream(settings.seed, &format!("search, generation {generation}"));
        let history: Vec<&Parameters> = found.best_first().into_iter().map(|trial| &trial.parameters).collect();
        let sets = proposer.next(count, &history, rng);
        if sets.is_empty() {
            break;
        }
        let first = found.trials.len();
        let named = sets.into_iter().enumerate().map(|(at, set)| Tried::named(first + at, generation, set));
        run.generation(&mut found, named.collect(), progress)?;
    }
    Ok(found)
}

/// What all generations of a search share.
struct Run<'a, O> {
    objective: &'a O,
    settings: &'a Settings,
    pool: ThreadPool,
    settled: AtomicUsize,
    most: usize,
}

impl<O: Objective> Run<'_, O> {
    /// Runs a generation rung by rung, and adds it to what was found.
    fn generation(
        &self,
        found: &mut Search<O::Error>,
        mut named: Vec<Tried<O::Error>>,
        progress: &(dyn Fn(usize, usize) + Sync),
    ) -> Result<(), SearchError> {
        let settle = |count: usize| {
            if count > 0 {
                progress(self.settled.fetch_add(count, Memory::Relaxed) + count, self.most);
            }
        };
        let fractions = self.settings.pruning.fractions();
        let mut running: Vec<usize> = (0..named.len()).collect();
        for (rung, fraction) in fractions.iter().enumerate() {
            let last = rung + 1 == fractions.len();
            let score = |set: &Parameters| {
                let result = self.objective.score(set, *fraction);
                settle(usize::from(last || result.is_err()));
                result
            };
            let sets: Vec<Parameters> = running.iter().map(|at| named[*at].parameters.clone()).collect();
            let results: Vec<_> = self.pool.install(|| sets.par_iter().map(score).collect());
            let mut scored = Vec::new();
            for (at, result) in running.into_iter().zip(results) {
                if let Ok(result) = &result {
                    found.check(&result.summary)?;
                    scored.push(at);
                }
                named[at].told(*fraction, result);
            }
            running = if last { Vec::new() } else { self.prune(found, &mut named, scored, rung) };
            settle(if last { 0 } else { named.iter().filter(|trial| trial.pruned_at(rung)).count() });
        }
        found.trials.append(&mut named);
        Ok(())
    }

    /// Stops who does badly at `rung` and returns who goes on.
    fn prune(
        &self,
        found: &Search<O::Error>,
        named: &mut [Tried<O::Error>],
        scored: Vec<usize>,
        rung: usize,
    ) -> Vec<usize> {
        let sign = if self.settings.column.less_is_better() { -1.0 } else { 1.0 };
        let at_rung = |trial: &Tried<O::Error>| trial.rungs.get(rung).map(|it| it.score.map(|score| score * sign));
        let here: Vec<Option<f64>> = scored.iter().filter_map(|at| at_rung(&named[*at])).collect();
        let before: Vec<Option<f64>> = found.trials.iter().filter_map(at_rung).collect();
        let kept = self.settings.pruning.kept(&here, &before);
        let (on, stopped): (Vec<_>, Vec<_>) = scored.into_iter().zip(kept).partition(|(_, kept)| *kept);
        stopped.into_iter().for_each(|(at, _)| named[at].prune());
        on.into_iter().map(|(at, _)| at).collect()
    }
}

#[cfg(test)]
mod tests;
