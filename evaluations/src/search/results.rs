//! The Parquet table of a search: one row for each set that was tried, in the order in which it was named.
use super::{Search, Tried};
use crate::sweep::parameter_column;
use crate::tables::{Table, TableError, write};
use arrow_array::{Float64Array, StringArray, UInt64Array};
use std::collections::BTreeSet;
use std::fmt::Display;
use std::path::Path;
use std::sync::Arc;

/// Columns of the search itself; a parameter of such a name is written as `parameter_NAME`.
const COLUMNS: [&str; 12] = [
    "number",
    "generation",
    "outcome",
    "rungs",
    "fraction",
    "score",
    "error",
    "digest",
    "currency",
    "final_equity",
    "orders",
    "round_trips",
];

/// Writes all trials: their place, how they ended, at which rung, on which fraction of the data, with which score; one
/// column per parameter; figures of the summary of the most data that they saw; one column per metric.
///
/// The score is by the column of the search. Final equity is a float for charts; the run's own summary holds its digits.
/// A metric whose name is taken is written as `NAME_metric`. Figures are empty where a trial failed, and `error` says why.
///
/// # Errors
/// When the file cannot be written.
pub fn write_trials<E: Display>(path: &Path, search: &Search<E>) -> Result<(), TableError> {
    // As one chunk: the columns hang on all rows.
    write(path, [&search.trials], |all| all.first().map_or_else(Table::default, |trials| columns(trials)))
}

fn columns<E: Display>(trials: &[Tried<E>]) -> Table {
    let texts = |of: &dyn Fn(&Tried<E>) -> Option<String>| Arc::new(trials.iter().map(of).collect::<StringArray>());
    let counts = |of: &dyn Fn(&Tried<E>) -> Option<u64>| Arc::new(trials.iter().map(of).collect::<UInt64Array>());
    let floats = |of: &dyn Fn(&Tried<E>) -> Option<f64>| Arc::new(trials.iter().map(of).collect::<Float64Array>());
    let error = |trial: &Tried<E>| match &trial.outcome {
        super::Outcome::Failed(error) => Some(error.to_string()),
        _ => None,
    };
    let metrics: BTreeSet<&str> = trials
        .iter()
        .filter_map(Tried::summary)
        .flat_map(|summary| summary.metrics.keys())
        .map(String::as_str)
        .collect();
    let names: BTreeSet<&str> = trials.iter().flat_map(|t| t.parameters.keys()).map(String::as_str).collect();
    let mut table = Table::default()
        .nullable("number", counts(&|t| Some(t.number as u64)))
        .nullable("generation", counts(&|t| Some(t.generation as u64)))
        .nullable("outcome", texts(&|t| Some(t.ending().to_owned())))
        .nullable("rungs", counts(&|t| Some(t.rungs.len() as u64)))
        .nullable("fraction", floats(&|t| Some(t.fraction())))
        .nullable("score", floats(&Tried::score));
    for name in names {
        let taken = COLUMNS.contains(&name) || metrics.contains(name);
        let column = if taken { format!("parameter_{name}") } else { name.to_owned() };
        let values: Vec<Option<&String>> = trials.iter().map(|trial| trial.parameters.get(name)).collect();
        table = table.nullable(&column, parameter_column(&values));
    }
    table = table
        .nullable("digest", texts(&|t| t.summary().map(|s| s.digest.clone())))
        .nullable("currency", texts(&|t| t.summary().map(|s| s.currency.clone())))
        .nullable("final_equity", floats(&|t| t.summary().map(|s| s.final_equity.to_f64())))
        .nullable("orders", counts(&|t| t.summary().map(|s| s.orders)))
        .nullable("round_trips", counts(&|t| t.summary().map(|s| s.round_trips)));
    for name in metrics {
        let column = if COLUMNS.contains(&name) { format!("{name}_metric") } else { name.to_owned() };
        table = table.nullable(&column, floats(&|t| t.summary().and_then(|s| s.metric(name))));
    }
    table.nullable("error", texts(&error))
}
