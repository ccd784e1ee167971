//! Every set of parameters that was to choose from, run over all candles: what was chosen among.
use crate::failure::Failure;
use crate::shared_run::{Case, Ran, SharedRun, Window};
use evaluations::sweep::{Column, Parameters};
use rayon::prelude::*;

/// A set of parameters and what came of it.
#[derive(Clone, Debug)]
pub struct Set {
    /// The set.
    pub parameters: Parameters,
    /// What came of it.
    pub ran: Ran,
}

/// Sets that ran, in the order of the grid, with one return a day each.
#[derive(Clone, Debug, Default)]
pub struct Matrix {
    /// The sets.
    pub sets: Vec<Set>,
    /// Sets that could not be run, and why.
    pub failures: Vec<(Parameters, String)>,
    /// Days of each.
    pub days: usize,
}

impl Matrix {
    /// Runs every set on all threads; `progress` hears of each that is done.
    ///
    /// # Errors
    /// When none can be run: why the first one could not.
    pub fn run(run: &SharedRun, sets: &[Parameters], progress: &(dyn Fn() + Sync)) -> Result<Self, Failure> {
        let of = |parameters: &Parameters| {
            let case = Case { parameters: parameters.clone(), ..Case::default() };
            let ran = run.run(&case);
            progress();
            (parameters.clone(), ran)
        };
        let all: Vec<(Parameters, Result<Ran, Failure>)> = sets.par_iter().map(of).collect();
        let mut matrix = Self::default();
        let mut why = None;
        for (parameters, ran) in all {
            match ran {
                Ok(ran) => matrix.sets.push(Set { parameters, ran }),
                Err(error) => {
                    matrix.failures.push((parameters, error.to_string()));
                    why.get_or_insert(error);
                }
            }
        }
        if let (true, Some(error)) = (matrix.sets.is_empty(), why) {
            return Err(error);
        }
        matrix.days = matrix.sets.iter().map(|set| set.ran.returns.len()).max().unwrap_or(0);
        // An account that was lost earns nothing any more.
        matrix.sets.iter_mut().for_each(|set| set.ran.returns.resize(matrix.days, 0.0));
        Ok(matrix)
    }

    /// The daily returns of every set.
    #[must_use]
    pub fn returns(&self) -> Vec<&[f64]> {
        self.sets.iter().map(|set| set.ran.returns.as_slice()).collect()
    }

    /// The place of the best set by a column; the first of several.
    #[must_use]
    pub fn best(&self, column: &Column) -> Option<usize> {
        best(self.sets.iter().map(|set| column.value(&set.ran.summary)), column)
    }
}

/// The place of the best of several values, the first of equals; none where none is defined.
pub(super) fn best(values: impl Iterator<Item = Option<f64>>, column: &Column) -> Option<usize> {
    let mut found: Option<(usize, f64)> = None;
    for (place, value) in values.enumerate() {
        let Some(value) = value else { continue };
        let value = if column.less_is_better() { -value } else { value };
        if found.is_none_or(|(_, most)| value > most) {
            found = Some((place, value));
        }
    }
    found.map(|(place, _)| place)
}

/// The best of several sets over a window, which is run anew for each: its place, and what came of it.
///
/// # Errors
/// When none can be run.
pub(super) fn best_in(
    run: &SharedRun,
    sets: &[Parameters],
    column: &Column,
    window: Window,
) -> Result<Option<(usize, Ran)>, Failure> {
    let of = |parameters: &Parameters| {
        run.run(&Case { parameters: parameters.clone(), window: Some(window), ..Case::default() })
    };
    let mut all: Vec<Option<Ran>> = sets.par_iter().map(|set| of(set).ok()).collect();
    let values = all.iter().map(|ran| ran.as_ref().and_then(|ran| column.value(&ran.summary)));
    let place = best(values, column);
    Ok(place.and_then(|place| Some((place, all[place].take()?))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_is_the_first_of_equals_whichever_way_is_better() {
        let check = |column: &str, values: &[Option<f64>], expected: Option<usize>| {
            assert_eq!(best(values.iter().copied(), &Column::new(column)), expected, "{column} {values:?}");
        };
        check("sharpe", &[None, Some(1.0), Some(2.0), Some(2.0)], Some(2));
        check("volatility", &[Some(3.0), None, Some(1.0), Some(1.0)], Some(2));
        check("sharpe", &[None, None], None);
        check("sharpe", &[], None);
    }
}
