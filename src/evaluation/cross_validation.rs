//! Combinatorial purged cross-validation over daily returns: on every choice of groups the best of the other groups is taken, and what
//! it made of the chosen ones is put together to whole paths.
use super::matrix::{Matrix, best};
use crate::failure::Failure;
use crate::run_file::EvaluationSection;
use evaluations::metrics::{distribution, ratios};
use evaluations::statistics::splits::{Combinatorial, Gaps, combinatorial};
use evaluations::sweep::Column;
use serde::Serialize;

/// What came of it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CrossValidation {
    /// Choices of test groups.
    pub splits: usize,
    /// Groups.
    pub groups: usize,
    /// Days left out of training before and behind a test.
    pub purged_days: usize,
    /// Annual Sharpe ratio of each whole path; none where it is not defined.
    pub paths: Vec<Option<f64>>,
    /// How often each set was chosen, by its place in the table of trials.
    pub chosen: Vec<(usize, usize)>,
    /// The fifth percentile of the paths.
    pub fifth: Option<f64>,
    /// The median of the paths.
    pub median: Option<f64>,
}

/// Splits the days and puts the paths together. Sets are chosen by their Sharpe ratio over the training days.
///
/// # Errors
/// When there are too few days for the groups.
pub(super) fn cross_validate(
    matrix: &Matrix,
    section: &EvaluationSection,
    purged_days: usize,
    periods_per_year: f64,
) -> Result<CrossValidation, Failure> {
    let (groups, tested) = (section.groups as usize, section.test_groups as usize);
    let gaps = Gaps { purge: purged_days, embargo: 0 };
    let plan = combinatorial(matrix.days, groups, tested, gaps);
    let plan = plan.map_err(|e| Failure::Usage(format!("[evaluation] groups: {e}")))?;
    Ok(follow(&plan, &matrix.returns(), purged_days, periods_per_year))
}

/// What comes of choosing among the daily returns of sets by a plan, which left out so many days beside each test.
fn follow(plan: &Combinatorial, returns: &[&[f64]], purged_days: usize, periods_per_year: f64) -> CrossValidation {
    let column = Column::new("sharpe");
    let mut counts = vec![0; returns.len()];
    // What each split chose.
    let chosen: Vec<usize> = plan
        .splits
        .iter()
        .map(|split| {
            let sharpe = |all: &&[f64]| {
                let rows: Vec<f64> = split.train.iter().flat_map(|piece| all[piece.clone()].iter().copied()).collect();
                ratios::period_sharpe(&rows)
            };
            let place = best(returns.iter().map(sharpe), &column).unwrap_or(0);
            counts[place] += 1;
            place
        })
        .collect();
    let mut paths = Vec::with_capacity(plan.paths);
    for path in 0..plan.paths {
        let splits = plan.path(path).unwrap_or_default();
        let mut whole = Vec::new();
        for (fold, place) in splits.iter().enumerate() {
            let split = &plan.splits[*place];
            let piece = split.folds.iter().position(|tested| *tested == fold).map(|at| split.test[at].clone());
            whole.extend_from_slice(&returns[chosen[*place]][piece.unwrap_or(0..0)]);
        }
        paths.push(ratios::sharpe(&whole, periods_per_year));
    }
    let defined = distribution::sorted(&paths.iter().flatten().copied().collect::<Vec<_>>());
    CrossValidation {
        splits: plan.splits.len(),
        groups: plan.folds,
        purged_days,
        fifth: distribution::quantile(&defined, 0.05),
        median: distribution::quantile(&defined, 0.5),
        paths,
        chosen: counts.into_iter().enumerate().filter(|(_, count)| *count > 0).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_chosen_was_the_best_of_the_days_outside_of_the_test() {
        // The first set gains a lot in the first of eight groups and loses a little in all others; the second is the other way round.
        let group = |day: usize| day / 10;
        let wave = |day: usize| if day.is_multiple_of(2) { 0.001 } else { -0.001 };
        let first: Vec<f64> = (0..80).map(|day| wave(day) + if group(day) == 0 { 0.2 } else { -0.001 }).collect();
        let second: Vec<f64> = (0..80).map(|day| wave(day) + if group(day) == 0 { -0.2 } else { 0.001 }).collect();
        let plan = combinatorial(80, 8, 2, Gaps { purge: 0, embargo: 0 }).expect("enough days");
        let found = follow(&plan, &[&first, &second], 0, 365.0);
        // The first group is tested in seven of the splits: nothing of it was known there.
        assert_eq!((found.splits, &found.chosen[..]), (28, &[(0, 21), (1, 7)][..]));
        // Each path has that group once, as it was chosen without it.
        assert!(found.paths.iter().all(|sharpe| sharpe.is_some_and(|it| it < 0.0)), "{:?}", found.paths);
    }
}
