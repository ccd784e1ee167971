//! The Parquet table of a sweep: parameters, the summary's columns, metrics.
use super::SweepRow;
use crate::tables::{Table, TableError, write};
use arrow_array::{ArrayRef, Float64Array, Int64Array, StringArray, UInt64Array};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

/// Columns of the summary; a parameter of such a name is written as `parameter_NAME`.
const SUMMARY_COLUMNS: [&str; 12] = [
    "name",
    "digest",
    "currency",
    "bars",
    "orders",
    "fills",
    "round_trips",
    "wins",
    "fees",
    "cash",
    "final_equity",
    "max_drawdown",
];

/// Writes the rows in their order: one column per parameter, the summary's columns, one column per metric.
///
/// A parameter whose values are all whole numbers is a column of integers, else of text. The metric `max_drawdown`, a
/// fraction, is called `max_drawdown_fraction` here, beside the money of the summary.
///
/// # Errors
/// When the file cannot be written.
pub fn write_results(path: &Path, rows: &[SweepRow]) -> Result<(), TableError> {
    write(path, [rows], |all| all.first().map_or_else(Table::default, |rows| columns(rows)))
}

fn columns(rows: &[SweepRow]) -> Table {
    let metrics: BTreeSet<&str> = rows.iter().flat_map(|row| row.summary.metrics.keys()).map(String::as_str).collect();
    let names: BTreeSet<&str> = rows.iter().flat_map(|row| row.parameters.keys()).map(String::as_str).collect();
    let mut table = Table::default();
    for name in names {
        let taken = SUMMARY_COLUMNS.contains(&name) || metrics.contains(name) || TAKEN.contains(&name);
        let column = if taken { format!("parameter_{name}") } else { name.to_owned() };
        let values: Vec<Option<&String>> = rows.iter().map(|row| row.parameters.get(name)).collect();
        table = table.nullable(&column, parameter_column(&values));
    }
    let counts =
        |of: fn(&SweepRow) -> u64| -> ArrayRef { Arc::new(UInt64Array::from_iter_values(rows.iter().map(of))) };
    table = table
        .texts("name", rows.iter().map(|r| &r.summary.name))
        .texts("digest", rows.iter().map(|r| &r.summary.digest))
        .texts("currency", rows.iter().map(|r| &r.summary.currency))
        .nullable("bars", counts(|r| r.summary.bars))
        .nullable("orders", counts(|r| r.summary.orders))
        .nullable("fills", counts(|r| r.summary.fills))
        .nullable("round_trips", counts(|r| r.summary.round_trips))
        .nullable("wins", counts(|r| r.summary.wins))
        .money("fees", rows.iter().map(|r| r.summary.fees))
        .money("cash", rows.iter().map(|r| r.summary.cash))
        .money("final_equity", rows.iter().map(|r| r.summary.final_equity))
        .money("max_drawdown", rows.iter().map(|r| r.summary.max_drawdown))
        .nullable("unfilled_at_end", counts(|r| r.summary.unfilled_at_end))
        .nullable("refused", counts(|r| r.summary.refused.values().sum()));
    for name in metrics {
        let column = if SUMMARY_COLUMNS.contains(&name) { format!("{name}_fraction") } else { name.to_owned() };
        let values: Float64Array = rows.iter().map(|row| row.summary.metric(name)).collect();
        table = table.nullable(&column, Arc::new(values));
    }
    table
}

/// Further columns that no parameter may take.
const TAKEN: [&str; 3] = ["unfilled_at_end", "refused", "max_drawdown_fraction"];

/// The values of a parameter: integers where all that are there are whole numbers, else text.
pub(crate) fn parameter_column(texts: &[Option<&String>]) -> ArrayRef {
    let whole: Result<BTreeMap<usize, i64>, _> =
        texts.iter().enumerate().filter_map(|(i, text)| text.map(|t| t.parse().map(|n| (i, n)))).collect();
    match whole {
        Ok(numbers) => Arc::new((0..texts.len()).map(|i| numbers.get(&i).copied()).collect::<Int64Array>()),
        Err(_) => Arc::new(texts.iter().copied().collect::<StringArray>()),
    }
}
