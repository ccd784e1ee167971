//! Reports as files: the rows of a day as CSV and as Parquet, and what a check needs of them read back.
use crate::report_check::ReportKey;
use crate::transaction_report::{ActionType, COLUMNS, Cell, Kind, TransactionReport};
use arrow_array::types::{Decimal128Type, TimestampNanosecondType, UInt64Type};
use arrow_array::{Array, ArrayRef, PrimitiveArray, RecordBatch, StringArray, cast::AsArray};
use arrow_schema::{ArrowError, DataType, Field, Schema};
use engine::{FillId, OrderId, Timestamp};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::basic::{Compression, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Why a report cannot be written or read.
#[derive(Debug, thiserror::Error)]
pub enum ReportFileError {
    /// The system said no.
    #[error("cannot {doing} {path}: {source}")]
    File {
        /// What was being done.
        doing: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// Parquet failed.
    #[error("cannot {doing} the table {path}: {source}")]
    Parquet {
        /// What was being done.
        doing: &'static str,
        /// The file.
        path: PathBuf,
        /// What was wrong.
        source: ParquetError,
    },
    /// The columns do not make a table.
    #[error("cannot {doing} the table {path}: {source}")]
    Arrow {
        /// What was being done.
        doing: &'static str,
        /// The file.
        path: PathBuf,
        /// What was wrong.
        source: ArrowError,
    },
    /// Something in the file is not what a report holds.
    #[error("{path}: row {row}: {what}")]
    Row {
        /// The file.
        path: PathBuf,
        /// The row, counted from 1 without the header; 0 is the header.
        row: usize,
        /// What is wrong.
        what: String,
    },
}

/// The rows whose day, or any other window, begins at `from` and ends before `to`. Each row is due at one instant, so that windows that
/// meet hold every row once.
pub fn within(
    rows: &[TransactionReport],
    from: Timestamp,
    to: Timestamp,
) -> impl Iterator<Item = &TransactionReport> + Clone {
    rows.iter().filter(move |row| from <= row.event_time && row.event_time < to)
}

/// A field of CSV after RFC 4180: in quotes where it has to be, quotes in it doubled.
fn quoted(text: &str) -> String {
    if text.contains([',', '"', '\r', '\n']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.into() }
}

/// Rows as CSV after RFC 4180: a header, lines that end in CR LF, what is not known empty.
#[must_use]
pub fn csv_text<'a>(rows: impl Iterator<Item = &'a TransactionReport>) -> String {
    let mut text = COLUMNS.map(|(name, _)| name).join(",") + "\r\n";
    for row in rows {
        text += &row.cells().map(|cell| quoted(&cell.text())).join(",");
        text += "\r\n";
    }
    text
}

/// Writes rows as CSV.
///
/// # Errors
/// When the file cannot be written.
pub fn write_csv<'a>(path: &Path, rows: impl Iterator<Item = &'a TransactionReport>) -> Result<(), ReportFileError> {
    let failed = |source| ReportFileError::File { doing: "write", path: path.to_owned(), source };
    fs::write(path, csv_text(rows)).map_err(failed)
}

/// Decimal places of prices and quantities in tables, as in the other tables of a run; money has twelve.
const NUMBER_SCALE: u8 = 18;
const MONEY_SCALE: i8 = 12;

/// One column of some rows.
fn array(kind: Kind, cells: impl Iterator<Item = Cell>) -> ArrayRef {
    let wide = |raw: i64, scale: u8| i128::from(raw) * 10_i128.pow(u32::from(NUMBER_SCALE.saturating_sub(scale)));
    let decimals = |values: Vec<Option<i128>>, scale: i8| -> ArrayRef {
        let array = PrimitiveArray::<Decimal128Type>::from_iter(values);
        Arc::new(array.with_data_type(DataType::Decimal128(38, scale)))
    };
    match kind {
        Kind::Text => {
            let texts = cells.map(|cell| if let Cell::Text(text) = cell { text } else { None });
            Arc::new(texts.collect::<StringArray>())
        }
        Kind::Time => {
            let times = cells.map(|cell| if let Cell::Time(time) = cell { time.map(|time| time.0) } else { None });
            Arc::new(times.collect::<PrimitiveArray<TimestampNanosecondType>>().with_timezone("UTC"))
        }
        Kind::Number => {
            let number = |cell| if let Cell::Number(raw, scale) = cell { Some(wide(raw, scale)) } else { None };
            decimals(cells.map(number).collect(), NUMBER_SCALE as i8)
        }
        Kind::Amount => {
            let amount = |cell| if let Cell::Amount(amount) = cell { amount.map(|amount| amount.0) } else { None };
            decimals(cells.map(amount).collect(), MONEY_SCALE)
        }
        Kind::Count => {
            let counts = cells.map(|cell| if let Cell::Count(count) = cell { Some(count) } else { None });
            Arc::new(counts.collect::<PrimitiveArray<UInt64Type>>())
        }
    }
}

/// Writes rows as Parquet: one row group, zstd level 1. The same rows make the same bytes.
///
/// # Errors
/// When the file cannot be written.
pub fn write_parquet<'a>(
    path: &Path,
    rows: impl Iterator<Item = &'a TransactionReport>,
) -> Result<(), ReportFileError> {
    let parquet = |source| ReportFileError::Parquet { doing: "write", path: path.to_owned(), source };
    let arrow = |source| ReportFileError::Arrow { doing: "write", path: path.to_owned(), source };
    let rows: Vec<[Cell; COLUMNS.len()]> = rows.map(TransactionReport::cells).collect();
    let fits = |row: &[Cell; COLUMNS.len()]| row.iter().zip(&COLUMNS).all(|(cell, (_, kind))| cell.kind() == *kind);
    assert!(rows.iter().all(fits), "every value is of its column's kind");
    let column = |place: usize| array(COLUMNS[place].1, rows.iter().map(move |row| row[place].clone()));
    let arrays: Vec<ArrayRef> = (0..COLUMNS.len()).map(column).collect();
    // The schema must not hang on the rows, so that every column may be empty.
    let field = |(array, (name, _)): (&ArrayRef, &(&str, Kind))| Field::new(*name, array.data_type().clone(), true);
    let schema = Arc::new(Schema::new(arrays.iter().zip(&COLUMNS).map(field).collect::<Vec<_>>()));
    let batch = RecordBatch::try_new(Arc::clone(&schema), arrays).map_err(arrow)?;
    let properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(1).map_err(parquet)?))
        .set_statistics_enabled(EnabledStatistics::None)
        .set_created_by("onetape".to_owned())
        .build();
    let file =
        File::create(path).map_err(|source| ReportFileError::File { doing: "make", path: path.to_owned(), source })?;
    let mut writer = ArrowWriter::try_new(file, schema, Some(properties)).map_err(parquet)?;
    writer.write(&batch).map_err(parquet)?;
    writer.close().map_err(parquet)?;
    Ok(())
}

/// The records of a CSV text after RFC 4180.
fn records(text: &str) -> Result<Vec<Vec<String>>, String> {
    let (mut records, mut record, mut field) = (Vec::new(), Vec::new(), String::new());
    let (mut chars, mut quoted) = (text.chars().peekable(), false);
    while let Some(c) = chars.next() {
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => field.extend(chars.next()),
            '"' => quoted = !quoted,
            _ if quoted => field.push(c),
            ',' => record.push(std::mem::take(&mut field)),
            '\r' if chars.peek() == Some(&'\n') => {}
            '\n' => {
                record.push(std::mem::take(&mut field));
                records.push(std::mem::take(&mut record));
            }
            _ => field.push(c),
        }
    }
    if quoted {
        return Err("a quote is not closed: is the file cut off?".into());
    }
    if !field.is_empty() || !record.is_empty() {
        return Err("the last line does not end: is the file cut off?".into());
    }
    Ok(records)
}

/// What a check needs of a row.
fn key(order: &str, fill: &str, action: &str, uti: &str) -> Result<ReportKey, String> {
    let order = order.parse().map(OrderId).map_err(|_| format!("`{order}` is no number of an order"))?;
    let fill = fill.parse().map(FillId).map_err(|_| format!("`{fill}` is no number of a fill"))?;
    let action = ActionType::of(action).ok_or_else(|| format!("`{action}` is no action: expected NEWT or EROR"))?;
    Ok(ReportKey { order, fill, action, uti: uti.to_owned() })
}

/// Reads of a CSV file what a check needs.
///
/// # Errors
/// When the file cannot be read or is not a report.
pub fn read_csv_keys(path: &Path) -> Result<Vec<ReportKey>, ReportFileError> {
    let failed = |source| ReportFileError::File { doing: "read", path: path.to_owned(), source };
    let bad = |row: usize, what: String| ReportFileError::Row { path: path.to_owned(), row, what };
    let text = fs::read_to_string(path).map_err(failed)?;
    let records = records(&text).map_err(|what| bad(0, what))?;
    let Some((header, rows)) = records.split_first() else { return Err(bad(0, "there is no header".into())) };
    let mut places = [0; 4];
    for (place, name) in places.iter_mut().zip(["order_id", "fill_id", "action_type", "uti"]) {
        let found = header.iter().position(|column| column == name);
        *place = found
            .ok_or_else(|| bad(0, format!("there is no column `{name}`: was this file written by another program?")))?;
    }
    let read = |(row, fields): (usize, &Vec<String>)| {
        if fields.len() != header.len() {
            return Err(bad(row, format!("{} fields under a header of {}", fields.len(), header.len())));
        }
        let [order, fill, action, uti] = places.map(|place| fields[place].as_str());
        key(order, fill, action, uti).map_err(|what| bad(row, what))
    };
    (1..).zip(rows).map(read).collect()
}

/// Reads of a Parquet file what a check needs.
///
/// # Errors
/// When the file cannot be read or is not a report.
pub fn read_parquet_keys(path: &Path) -> Result<Vec<ReportKey>, ReportFileError> {
    let parquet = |source| ReportFileError::Parquet { doing: "read", path: path.to_owned(), source };
    let bad = |row: usize, what: String| ReportFileError::Row { path: path.to_owned(), row, what };
    let file =
        File::open(path).map_err(|source| ReportFileError::File { doing: "open", path: path.to_owned(), source })?;
    let reader = ParquetRecordBatchReaderBuilder::try_new(file).and_then(|builder| builder.build()).map_err(parquet)?;
    let mut keys = Vec::new();
    for batch in reader {
        let batch = batch.map_err(|source| ReportFileError::Arrow { doing: "read", path: path.to_owned(), source })?;
        let column = |name: &str, kind: &DataType| {
            let found = batch.column_by_name(name).filter(|array| array.data_type() == kind);
            found.ok_or_else(|| {
                bad(0, format!("there is no column `{name}` of {kind}: was this file written by another program?"))
            })
        };
        let orders = column("order_id", &DataType::UInt64)?.as_primitive::<UInt64Type>();
        let texts = |name| column(name, &DataType::Utf8).map(|array| array.as_string::<i32>());
        let (fills, actions, utis) = (texts("fill_id")?, texts("action_type")?, texts("uti")?);
        for i in 0..batch.num_rows() {
            let row = keys.len() + 1;
            let order = orders.value(i).to_string();
            keys.push(key(&order, fills.value(i), actions.value(i), utis.value(i)).map_err(|what| bad(row, what))?);
        }
    }
    Ok(keys)
}
