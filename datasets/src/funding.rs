//! Funding of a perpetual: `funding/VENUE/SYMBOL.parquet` with ts (timestamp) and rate (decimal).
//!
//! Rates are read whole, checked and sorted. A symbol without a file has none. Nothing here applies them.
use crate::catalog::{Catalog, plain_name};
use crate::decimal::big_endian;
use crate::error::DataError;
use crate::layout::{check_ends, guarded};
use engine::Timestamp;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::{Field, Row};
use rust_decimal::Decimal;
use std::fs::File;
use std::path::Path;

/// A funding payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Funding {
    /// When it is paid.
    pub time: Timestamp,
    /// Fraction of the position's value; longs pay it when it is positive.
    pub rate: Decimal,
}

impl Catalog {
    /// The funding payments of a symbol, in the order of time; empty where it has no file.
    ///
    /// # Errors
    /// When the file cannot be read, lacks a column, has a row that is no payment, or two of one time.
    pub fn funding(&self, venue: &str, symbol: &str) -> Result<Vec<Funding>, DataError> {
        let path = self.root().join("funding").join(venue).join(format!("{symbol}.parquet"));
        if !plain_name(venue) || !plain_name(symbol) || !path.exists() {
            return Ok(Vec::new());
        }
        let mut payments = read(&path)?;
        payments.sort();
        match payments.windows(2).find(|pair| pair[0].time == pair[1].time) {
            Some(pair) => Err(bad(&path, format!("two payments at {} ns; keep the right one", pair[0].time.0))),
            None => Ok(payments),
        }
    }
}

fn read(path: &Path) -> Result<Vec<Funding>, DataError> {
    let mut file = File::open(path).map_err(|e| DataError::io(path, "open it", &e))?;
    check_ends(path, &mut file)?;
    guarded(path, || {
        let reader = SerializedFileReader::new(file).map_err(|e| DataError::damaged(path, e))?;
        let mut payments = Vec::new();
        for (at, row) in reader.get_row_iter(None).map_err(|e| DataError::damaged(path, e))?.enumerate() {
            let row = row.map_err(|e| DataError::damaged(path, e))?;
            payments.push(payment(&row).map_err(|what| bad(path, format!("row {at}: {what}")))?);
        }
        Ok(payments)
    })
}

fn payment(row: &Row) -> Result<Funding, String> {
    let field = |name: &str| {
        let found = row.get_column_iter().find(|(found, _)| *found == name).map(|(_, field)| field);
        found.ok_or_else(|| format!("column `{name}` is missing; expected ts and rate"))
    };
    let time = match field("ts")? {
        Field::TimestampMillis(ms) => ms.checked_mul(1_000_000),
        Field::TimestampMicros(us) => us.checked_mul(1_000),
        // Nanoseconds have no type of their own among the fields of a row.
        Field::Long(ns) => Some(*ns),
        other => return Err(format!("`ts` is {other}; expected a timestamp")),
    };
    let rate = match field("rate")? {
        Field::Decimal(value) => {
            let digits = big_endian(&value.data().to_vec().into());
            let scale = u32::try_from(value.scale()).ok();
            digits.zip(scale).and_then(|(digits, scale)| Decimal::try_from_i128_with_scale(digits, scale).ok())
        }
        other => return Err(format!("`rate` is {other}; expected a decimal")),
    };
    let rate = rate.ok_or("`rate` has more than 28 digits; correct it")?.normalize();
    if rate.abs() >= Decimal::ONE {
        return Err(format!("`rate` is {rate}; expected a fraction of the position's value, as in 0.0001"));
    }
    Ok(Funding { time: Timestamp(time.ok_or("`ts` is out of range; correct it")?), rate })
}

fn bad(file: &Path, text: String) -> DataError {
    DataError::BadRecord { file: file.to_path_buf(), text }
}
