//! Faults of values turned into errors that name file, row, column and value.
use crate::column::ColumnFault;
use crate::decimal::DecimalFault;
use crate::error::DataError;
use crate::layout::Layout;
use crate::reader::FILE_SCALE;
use crate::ticks::TickError;
use engine::Candle;
use engine::measure::scaled_text;
use std::path::Path;

/// The values of a candle in file units, for a message.
pub(crate) fn values_text(candle: &Candle) -> String {
    let Candle { open, high, low, close, volume, .. } = *candle;
    texts([open.0, high.0, low.0, close.0, volume])
}

/// Open, high, low, close and volume in file units, for a message.
pub(crate) fn texts(values: [i64; 5]) -> String {
    let [open, high, low, close, volume] = values.map(|value| scaled_text(value, FILE_SCALE));
    format!("open {open}, high {high}, low {low}, close {close}, volume {volume}")
}

/// A value's fault with its place in the file.
pub(crate) fn value_error(
    file: &Path,
    row: u64,
    column: &'static str,
    value: String,
    fault: DecimalFault,
    scale: u8,
) -> DataError {
    let file = file.to_path_buf();
    match fault {
        DecimalFault::NotANumber => DataError::NotANumber { file, row, column, value },
        DecimalFault::Inexact => DataError::Inexact { file, row, column, value, scale },
        DecimalFault::Overflow => DataError::Overflow { file, row, column, value, scale },
    }
}

/// A column's fault with its place in the file.
pub(crate) fn describe(fault: ColumnFault, layout: &Layout, first_row: u64, at: usize) -> DataError {
    let (file, column) = (layout.path.as_path(), layout.schema.fields[at].name);
    let row = |at: usize| first_row + at as u64;
    match fault {
        ColumnFault::Damaged(text) => {
            DataError::damaged(file, format!("column `{column}` near row {first_row}: {text}"))
        }
        ColumnFault::Short { rows } => {
            DataError::damaged(file, format!("column `{column}` ends at row {}, before its row group does", row(rows)))
        }
        ColumnFault::Null { at } => {
            DataError::Null { file: file.to_path_buf(), row: row(at), column, need: layout.schema.need }
        }
        ColumnFault::Word { at, value } => TickError::NotASide { file: file.to_path_buf(), row: row(at), value }.into(),
        ColumnFault::Value { at, value, fault } => value_error(file, row(at), column, value, fault, FILE_SCALE),
    }
}
