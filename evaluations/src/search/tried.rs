//! What came of a search: every set that was tried, in the order in which it was named.
use super::Scored;
use super::pruning::better_first;
use crate::summary::Summary;
use crate::sweep::{Column, Parameters, ledger_row};
use crate::trials::Trial;
use std::cmp::Ordering;

/// What a set scored on some of the data.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rung {
    /// The first part of the data that it saw, at most one.
    pub fraction: f64,
    /// The score; `None` where it is not defined.
    pub score: Option<f64>,
}

/// How a trial ended.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome<E> {
    /// It saw all the data.
    Complete(Summary),
    /// It was stopped; the summary is of the data that it saw.
    Pruned(Summary),
    /// It could not be run.
    Failed(E),
}

/// A set that was tried.
#[derive(Clone, Debug, PartialEq)]
pub struct Tried<E> {
    /// Its place in the search, from zero.
    pub number: usize,
    /// The generation that it was named in, from zero.
    pub generation: usize,
    /// The set.
    pub parameters: Parameters,
    /// What it scored, rung by rung; none where it failed at once.
    pub rungs: Vec<Rung>,
    /// How it ended.
    pub outcome: Outcome<E>,
}

/// How many trials ended how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Saw all the data.
    pub complete: usize,
    /// Were stopped.
    pub pruned: usize,
    /// Could not be run.
    pub failed: usize,
}

/// The result of a search.
#[derive(Debug)]
pub struct Search<E> {
    /// Every set that was tried, in the order in which it was named.
    pub trials: Vec<Tried<E>>,
    /// The column that scores come from.
    pub column: Column,
    /// Whether the column was looked for in a summary.
    pub(super) checked: bool,
}

impl<E> Tried<E> {
    /// A set that is named and has seen nothing yet.
    pub(super) fn named(number: usize, generation: usize, parameters: Parameters) -> Self {
        let outcome = Outcome::Complete(Summary::default());
        Self { number, generation, parameters, rungs: Vec::new(), outcome }
    }

    /// Takes what came of it on `fraction` of the data.
    pub(super) fn told(&mut self, fraction: f64, result: Result<Scored, E>) {
        match result {
            Ok(Scored { summary, score }) => {
                self.rungs.push(Rung { fraction, score });
                self.outcome = Outcome::Complete(summary);
            }
            Err(error) => self.outcome = Outcome::Failed(error),
        }
    }

    /// Stops it where it stands.
    pub(super) fn prune(&mut self) {
        if let Outcome::Complete(summary) = &mut self.outcome {
            self.outcome = Outcome::Pruned(std::mem::take(summary));
        }
    }

    /// Whether it was stopped at this rung.
    pub(super) fn pruned_at(&self, rung: usize) -> bool {
        matches!(self.outcome, Outcome::Pruned(_)) && self.rungs.len() == rung + 1
    }

    /// What it scored on the most data that it saw; `None` where that is not defined, or where it failed.
    #[must_use]
    pub fn score(&self) -> Option<f64> {
        if matches!(self.outcome, Outcome::Failed(_)) { None } else { self.rungs.last()?.score }
    }

    /// What it scored on all the data; `None` for a stopped trial too, whose score is of another thing.
    #[must_use]
    pub fn whole_score(&self) -> Option<f64> {
        if matches!(self.outcome, Outcome::Complete(_)) { self.score() } else { None }
    }

    /// The part of the data that it saw; zero where it failed at once.
    #[must_use]
    pub fn fraction(&self) -> f64 {
        self.rungs.last().map_or(0.0, |rung| rung.fraction)
    }

    /// The summary of the most data that it saw.
    #[must_use]
    pub fn summary(&self) -> Option<&Summary> {
        match &self.outcome {
            Outcome::Complete(summary) | Outcome::Pruned(summary) => Some(summary),
            Outcome::Failed(_) => None,
        }
    }

    /// `complete`, `pruned` or `failed`.
    #[must_use]
    pub fn ending(&self) -> &'static str {
        match self.outcome {
            Outcome::Complete(_) => "complete",
            Outcome::Pruned(_) => "pruned",
            Outcome::Failed(_) => "failed",
        }
    }

    /// What is compared before scores are: those with a score, undefined ones, failed ones.
    fn class(&self) -> u8 {
        match &self.outcome {
            Outcome::Failed(_) => 2,
            _ if self.score().is_none() => 1,
            _ => 0,
        }
    }
}

impl<E> Search<E> {
    /// The trials, best first: those that saw all the data by their score, then the stopped ones, of which those that
    /// came further are before others, then undefined ones, then those that failed. Equals stand in their order.
    #[must_use]
    pub fn best_first(&self) -> Vec<&Tried<E>> {
        let sign = if self.column.less_is_better() { -1.0 } else { 1.0 };
        let greater = |trial: &Tried<E>| trial.score().map(|score| score * sign);
        let order = |a: &&Tried<E>, b: &&Tried<E>| -> Ordering {
            // Only those that saw all the data were not stopped, so they are before the others.
            let further = b.fraction().total_cmp(&a.fraction());
            a.class().cmp(&b.class()).then(further).then_with(|| better_first(greater(a), greater(b)))
        };
        let mut trials: Vec<&Tried<E>> = self.trials.iter().collect();
        trials.sort_by(order);
        trials
    }

    /// The best of the trials that have a score on all the data.
    #[must_use]
    pub fn best(&self) -> Option<&Tried<E>> {
        self.best_first().into_iter().next().filter(|trial| trial.whole_score().is_some())
    }

    /// How many trials ended how.
    #[must_use]
    pub fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        for trial in &self.trials {
            match trial.outcome {
                Outcome::Complete(_) => counts.complete += 1,
                Outcome::Pruned(_) => counts.pruned += 1,
                Outcome::Failed(_) => counts.failed += 1,
            }
        }
        counts
    }

    /// Looks once whether results have the column at all: a word that is wrong would make every score undefined.
    pub(super) fn check(&mut self, summary: &Summary) -> Result<(), super::SearchError> {
        if self.checked {
            return Ok(());
        }
        self.checked = true;
        self.column.check(summary).map_err(super::SearchError::Column)
    }
}

/// The rows of a search for the trial ledger, one for each set that was tried; `like` holds what all of them share.
///
/// A stopped trial's figures are of the data that it saw, and its `n` says how much that was. One that failed has no
/// figures and no digest: it counts as tried, and is no run.
#[must_use]
pub fn trials<E>(search: &Search<E>, like: &Trial) -> Vec<Trial> {
    let row = |trial: &Tried<E>| match trial.summary() {
        Some(summary) => ledger_row(&trial.parameters, summary, like),
        None => Trial {
            parameters: serde_json::to_string(&trial.parameters).expect("a map of texts is always JSON"),
            ..like.clone()
        },
    };
    search.trials.iter().map(row).collect()
}
