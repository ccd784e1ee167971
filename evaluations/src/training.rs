//! How a training went: a row for each iteration, and the table of them.
use crate::tables::{Table, TableError, write};
use arrow_array::{ArrayRef, Float64Array, UInt64Array};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

/// One iteration of a training.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TrainingRow {
    /// Counted from one.
    pub iteration: u64,
    /// Steps in the environment so far.
    pub steps: u64,
    /// What is known of it, by name: return, entropy, divergence, explained variance and so on.
    pub figures: BTreeMap<String, f64>,
}

/// Writes the rows in their order: a column for each figure, empty where an iteration does not have it.
///
/// # Errors
/// When the file cannot be written.
pub fn write_training(path: &Path, rows: &[TrainingRow]) -> Result<(), TableError> {
    write(path, [rows], |all| all.first().map_or_else(Table::default, |rows| columns(rows)))
}

fn columns(rows: &[TrainingRow]) -> Table {
    let counts =
        |of: fn(&TrainingRow) -> u64| -> ArrayRef { Arc::new(UInt64Array::from_iter_values(rows.iter().map(of))) };
    let names: BTreeSet<&str> = rows.iter().flat_map(|row| row.figures.keys()).map(String::as_str).collect();
    let table = Table::default().column("iteration", counts(|r| r.iteration)).column("steps", counts(|r| r.steps));
    names.into_iter().fold(table, |table, name| {
        let values: Float64Array = rows.iter().map(|row| row.figures.get(name).copied()).collect();
        table.nullable(name, Arc::new(values))
    })
}
