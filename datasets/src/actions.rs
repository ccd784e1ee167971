//! Corporate actions of a symbol: `actions/VENUE/SYMBOL.parquet` with ex_date (date), kind (text) and value (decimal).
//!
//! They are read whole, checked and sorted. Nothing here applies them to candles or positions, and a symbol without a file
//! has none.
use crate::catalog::{Catalog, plain_name};
use crate::decimal::big_endian;
use crate::error::DataError;
use crate::layout::{check_ends, guarded, type_text};
use engine::{Interval, Timestamp};
use parquet::basic::ConvertedType;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::{Field, Row};
use rust_decimal::Decimal;
use std::fs::File;
use std::path::Path;

/// The columns, how Parquet marks them, and how a message calls that.
const COLUMNS: [(&str, ConvertedType, &str); 3] = [
    ("ex_date", ConvertedType::DATE, "a date"),
    ("kind", ConvertedType::UTF8, "text"),
    ("value", ConvertedType::DECIMAL, "a decimal"),
];

/// What a company did to its shares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ActionKind {
    /// Cash per share, in the currency of the prices.
    Dividend,
    /// New shares per old share.
    Split,
    /// Cash for each share that trades no more; nothing where it is worthless.
    Delisting,
}

/// A corporate action.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Action {
    /// Midnight UTC of the first date on which the shares trade without it.
    pub ex_date: Timestamp,
    /// What it is.
    pub kind: ActionKind,
    /// How much of it; above zero.
    pub value: Decimal,
}

impl Catalog {
    /// The corporate actions of a symbol, sorted by date, of one date the dividends first; empty where it has no file.
    ///
    /// # Errors
    /// When the file cannot be read, lacks a column, or has a row that is no action.
    pub fn actions(&self, venue: &str, symbol: &str) -> Result<Vec<Action>, DataError> {
        let path = self.root().join("actions").join(venue).join(format!("{symbol}.parquet"));
        if !plain_name(venue) || !plain_name(symbol) || !path.exists() {
            return Ok(Vec::new());
        }
        let mut actions = read(&path)?;
        actions.sort();
        Ok(actions)
    }
}

fn read(path: &Path) -> Result<Vec<Action>, DataError> {
    let mut file = File::open(path).map_err(|e| DataError::io(path, "open it", &e))?;
    check_ends(path, &mut file)?;
    guarded(path, || {
        let reader = SerializedFileReader::new(file).map_err(|e| DataError::damaged(path, e))?;
        check_schema(path, &reader)?;
        let mut actions = Vec::new();
        for (at, row) in reader.get_row_iter(None).map_err(|e| DataError::damaged(path, e))?.enumerate() {
            let row = row.map_err(|e| DataError::damaged(path, e))?;
            actions.push(action(&row).map_err(|what| bad(path, format!("row {at}: {what}")))?);
        }
        Ok(actions)
    })
}

fn check_schema(path: &Path, reader: &SerializedFileReader<File>) -> Result<(), DataError> {
    let schema = reader.metadata().file_metadata().schema_descr();
    for (name, marked, expected) in COLUMNS {
        let Some(descr) = schema.columns().iter().find(|c| c.path().string() == name) else {
            let names: Vec<String> = schema.columns().iter().take(20).map(|c| c.path().string()).collect();
            let found = names.join(", ");
            return Err(bad(path, format!("column `{name}` is missing; found {found}; expected ex_date, kind, value")));
        };
        if descr.converted_type() != marked {
            return Err(DataError::WrongType {
                file: path.to_path_buf(),
                column: name,
                found: type_text(descr),
                expected,
            });
        }
    }
    Ok(())
}

fn action(row: &Row) -> Result<Action, String> {
    let field = |name: &str| {
        let field = row.get_column_iter().find(|(found, _)| *found == name).map(|(_, field)| field);
        field.filter(|f| **f != Field::Null).ok_or_else(|| format!("`{name}` is null; complete or remove the row"))
    };
    let ex_date = match field("ex_date")? {
        Field::Date(days) => i64::from(*days).checked_mul(Interval::DAY.0).map(Timestamp),
        _ => None,
    };
    let kind = match field("kind")? {
        Field::Str(text) if text == "dividend" => ActionKind::Dividend,
        Field::Str(text) if text == "split" => ActionKind::Split,
        Field::Str(text) if text == "delisting" => ActionKind::Delisting,
        other => return Err(format!("`kind` is {other}; expected `dividend`, `split` or `delisting`")),
    };
    let value = match field("value")? {
        Field::Decimal(value) => decimal(value).ok_or("`value` has more than 28 digits; correct it")?,
        other => return Err(format!("`value` is {other}; expected a decimal")),
    };
    if value < Decimal::ZERO || (value.is_zero() && kind != ActionKind::Delisting) {
        return Err(format!("`value` is {value}; expected more than zero"));
    }
    let ex_date = ex_date.ok_or("`ex_date` is out of range; correct it")?;
    Ok(Action { ex_date, kind, value: value.normalize() })
}

fn decimal(value: &parquet::data_type::Decimal) -> Option<Decimal> {
    let digits = big_endian(&value.data().to_vec().into())?;
    Decimal::try_from_i128_with_scale(digits, u32::try_from(value.scale()).ok()?).ok()
}

fn bad(file: &Path, text: String) -> DataError {
    DataError::BadRecord { file: file.to_path_buf(), text }
}
