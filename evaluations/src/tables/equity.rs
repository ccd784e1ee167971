//! `equity.parquet`: the account at each instant that was kept.
use super::columns::{Table, TableError, read, write};
use crate::curve::EquityPoint;
use std::path::Path;

/// Writes the rows of an equity curve.
///
/// # Errors
/// When the file cannot be written.
pub fn write_equity(path: &Path, rows: &[EquityPoint]) -> Result<(), TableError> {
    write(path, rows, |rows| {
        Table::default()
            .times("time", rows.iter().map(|r| r.time))
            .money("equity", rows.iter().map(|r| r.equity))
            .money("cash", rows.iter().map(|r| r.cash))
            .money("exposure", rows.iter().map(|r| r.exposure))
    })
}

/// Reads the rows of an equity curve.
///
/// # Errors
/// When the file cannot be read or is not an equity table.
pub fn read_equity(path: &Path) -> Result<Vec<EquityPoint>, TableError> {
    read(path, |block| {
        let times = block.times("time")?;
        let (equity, cash, exposure) = (block.money("equity")?, block.money("cash")?, block.money("exposure")?);
        (0..block.rows())
            .map(|i| {
                let time = block.required(&times, i, "time")?;
                Ok(EquityPoint { time, equity: equity[i], cash: cash[i], exposure: exposure[i] })
            })
            .collect()
    })
}
