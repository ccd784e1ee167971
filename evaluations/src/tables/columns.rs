//! Columns of a table: how each kind of value is written to Parquet and read back.
use arrow_array::types::{Decimal128Type, Float64Type, TimestampNanosecondType, UInt32Type};
use arrow_array::{Array, ArrayRef, PrimitiveArray, RecordBatch, StringArray, cast::AsArray};
use arrow_schema::{ArrowError, DataType, Field, Schema, TimeUnit};
use engine::{Money, Side, Timestamp};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::basic::{Compression, Encoding, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::schema::types::ColumnPath;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Decimal places of prices and quantities in tables: every `i64` with every scale fits 38 digits.
const NUMBER_SCALE: u8 = 18;
/// Decimal places of money in tables.
const MONEY_SCALE: i8 = 12;
/// Digits of every decimal column.
const DIGITS: u8 = 38;

/// A number in a power-of-ten step: `raw * 10^-scale`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decimals {
    /// The count of steps.
    pub raw: i64,
    /// Decimal places of the step, 18 at most.
    pub scale: u8,
}

impl Decimals {
    /// The nearest float, for charts.
    #[must_use]
    pub fn to_f64(self) -> f64 {
        engine::measure::scaled_f64(self.raw, self.scale)
    }

    /// Plain decimal digits without trailing zeros.
    #[must_use]
    pub fn text(self) -> String {
        engine::measure::scaled_text(self.raw, self.scale)
    }

    fn wide(self) -> i128 {
        i128::from(self.raw) * 10_i128.pow(u32::from(NUMBER_SCALE.saturating_sub(self.scale)))
    }

    /// The number with as few places as hold it exactly.
    fn narrow(mut wide: i128) -> Option<Self> {
        let mut scale = NUMBER_SCALE;
        while scale > 0 && wide % 10 == 0 {
            wide /= 10;
            scale -= 1;
        }
        Some(Self { raw: i64::try_from(wide).ok()?, scale })
    }
}

/// Why a table cannot be written or read.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    /// The file cannot be opened or made.
    #[error("cannot open {path}: {source}")]
    File {
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
    /// A column is missing or holds something else.
    #[error("{path}: column `{column}` should hold {expected}; was this file written by another program?")]
    Column {
        /// The file.
        path: PathBuf,
        /// The column.
        column: &'static str,
        /// What it should hold.
        expected: &'static str,
    },
    /// A value cannot be.
    #[error("{path}: row {row}, column `{column}`: `{found}` is not {expected}")]
    Value {
        /// The file.
        path: PathBuf,
        /// The row, zero-based.
        row: usize,
        /// The column.
        column: &'static str,
        /// What stands there.
        found: String,
        /// What should.
        expected: &'static str,
    },
}

/// A decimal column of 38 digits and `scale` places.
fn decimal_type(scale: i8) -> DataType {
    DataType::Decimal128(DIGITS, scale)
}

/// A table under construction, column by column.
#[derive(Default)]
pub(crate) struct Table {
    fields: Vec<Field>,
    arrays: Vec<ArrayRef>,
}

impl Table {
    pub(crate) fn column(mut self, name: &str, array: ArrayRef) -> Self {
        self.fields.push(Field::new(name, array.data_type().clone(), array.is_nullable()));
        self.arrays.push(array);
        self
    }

    pub(crate) fn times(self, name: &str, times: impl Iterator<Item = Timestamp>) -> Self {
        let array = PrimitiveArray::<TimestampNanosecondType>::from_iter_values(times.map(|t| t.0));
        self.column(name, Arc::new(array.with_timezone("UTC")))
    }

    pub(crate) fn optional_times(self, name: &str, times: impl Iterator<Item = Option<Timestamp>>) -> Self {
        let array: PrimitiveArray<TimestampNanosecondType> = times.map(|t| t.map(|t| t.0)).collect();
        self.nullable(name, Arc::new(array.with_timezone("UTC")))
    }

    pub(crate) fn texts<T: AsRef<str>>(self, name: &str, texts: impl Iterator<Item = T>) -> Self {
        self.column(name, Arc::new(StringArray::from_iter_values(texts)))
    }

    pub(crate) fn numbers(self, name: &str, numbers: impl Iterator<Item = Decimals>) -> Self {
        let array = PrimitiveArray::<Decimal128Type>::from_iter_values(numbers.map(Decimals::wide));
        self.column(name, Arc::new(array.with_data_type(decimal_type(NUMBER_SCALE as i8))))
    }

    pub(crate) fn optional_numbers(self, name: &str, numbers: impl Iterator<Item = Option<Decimals>>) -> Self {
        let array: PrimitiveArray<Decimal128Type> = numbers.map(|n| n.map(Decimals::wide)).collect();
        self.nullable(name, Arc::new(array.with_data_type(decimal_type(NUMBER_SCALE as i8))))
    }

    pub(crate) fn money(self, name: &str, amounts: impl Iterator<Item = Money>) -> Self {
        let array = PrimitiveArray::<Decimal128Type>::from_iter_values(amounts.map(|m| m.0));
        self.column(name, Arc::new(array.with_data_type(decimal_type(MONEY_SCALE))))
    }

    pub(crate) fn floats(self, name: &str, floats: impl Iterator<Item = f64>) -> Self {
        self.column(name, Arc::new(PrimitiveArray::<Float64Type>::from_iter_values(floats)))
    }

    pub(crate) fn counts(self, name: &str, counts: impl Iterator<Item = u32>) -> Self {
        self.column(name, Arc::new(PrimitiveArray::<UInt32Type>::from_iter_values(counts)))
    }

    fn batch(self) -> Result<RecordBatch, ArrowError> {
        RecordBatch::try_new(Arc::new(Schema::new(self.fields)), self.arrays)
    }

    /// A column that may be empty in places, whether or not this one is: the schema must not hang on the rows.
    pub(crate) fn nullable(mut self, name: &str, array: ArrayRef) -> Self {
        self.fields.push(Field::new(name, array.data_type().clone(), true));
        self.arrays.push(array);
        self
    }
}

/// Rows turned into columns at once: what fits the second-level cache costs no fresh pages.
const ROWS_AT_ONCE: usize = 8_192;

/// Writes rows to `path`, so many at once: one row group up to a million rows, zstd level 1.
pub(crate) fn write<R>(
    path: &Path,
    rows: impl IntoIterator<Item = R>,
    table: impl Fn(&[R]) -> Table,
) -> Result<(), TableError> {
    let arrow = |source| TableError::Arrow { doing: "write", path: path.to_owned(), source };
    let failed = |source| TableError::Parquet { doing: "write", path: path.to_owned(), source };
    let mut rows = rows.into_iter();
    let mut chunk: Vec<R> = rows.by_ref().take(ROWS_AT_ONCE).collect();
    let mut batch = table(&chunk).batch().map_err(arrow)?;
    let file = File::create(path).map_err(|source| TableError::File { path: path.to_owned(), source })?;
    let properties = properties(&batch.schema()).map_err(failed)?;
    let mut writer = ArrowWriter::try_new(file, batch.schema(), Some(properties)).map_err(failed)?;
    loop {
        writer.write(&batch).map_err(failed)?;
        chunk.clear();
        chunk.extend(rows.by_ref().take(ROWS_AT_ONCE));
        if chunk.is_empty() {
            break;
        }
        batch = table(&chunk).batch().map_err(arrow)?;
    }
    writer.close().map_err(failed)?;
    Ok(())
}

fn properties(schema: &Schema) -> Result<WriterProperties, ParquetError> {
    let mut properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(1)?))
        .set_statistics_enabled(EnabledStatistics::None)
        // Prices, fees and ids hardly repeat: a dictionary of them is work for nothing. Names do repeat.
        .set_dictionary_enabled(false)
        // The build's version would make two runs of two builds differ where their results do not.
        .set_created_by("onetape".to_owned());
    for field in schema.fields() {
        let column = ColumnPath::from(field.name().as_str());
        properties = match field.data_type() {
            DataType::Timestamp(..) => properties.set_column_encoding(column, Encoding::DELTA_BINARY_PACKED),
            DataType::Decimal128(..) => properties.set_column_encoding(column, Encoding::BYTE_STREAM_SPLIT),
            DataType::Utf8 if !field.name().ends_with("id") => properties.set_column_dictionary_enabled(column, true),
            _ => properties,
        };
    }
    Ok(properties.build())
}

/// The columns of one block of a table that is read.
pub(crate) struct Block<'a> {
    path: &'a Path,
    batch: RecordBatch,
    first_row: usize,
}

/// Reads the table at `path`, block by block.
pub(crate) fn read<R>(
    path: &Path,
    mut rows_of: impl FnMut(&Block<'_>) -> Result<Vec<R>, TableError>,
) -> Result<Vec<R>, TableError> {
    let file = File::open(path).map_err(|source| TableError::File { path: path.to_owned(), source })?;
    let failed = |source| TableError::Parquet { doing: "read", path: path.to_owned(), source };
    let reader = ParquetRecordBatchReaderBuilder::try_new(file).and_then(|b| b.build()).map_err(failed)?;
    let mut rows = Vec::new();
    for batch in reader {
        let batch = batch.map_err(|source| TableError::Arrow { doing: "read", path: path.to_owned(), source })?;
        rows.extend(rows_of(&Block { path, batch, first_row: rows.len() })?);
    }
    Ok(rows)
}

impl Block<'_> {
    pub(crate) fn rows(&self) -> usize {
        self.batch.num_rows()
    }

    fn array(&self, column: &'static str, kind: &DataType, expected: &'static str) -> Result<&ArrayRef, TableError> {
        self.batch.column_by_name(column).filter(|array| array.data_type() == kind).ok_or_else(|| TableError::Column {
            path: self.path.to_owned(),
            column,
            expected,
        })
    }

    pub(crate) fn value_error(
        &self,
        row: usize,
        column: &'static str,
        found: &str,
        expected: &'static str,
    ) -> TableError {
        let found = found.to_owned();
        TableError::Value { path: self.path.to_owned(), row: self.first_row + row, column, found, expected }
    }

    pub(crate) fn times(&self, column: &'static str) -> Result<Vec<Option<Timestamp>>, TableError> {
        let kind = DataType::Timestamp(TimeUnit::Nanosecond, Some("UTC".into()));
        let array = self.array(column, &kind, "timestamps in nanoseconds UTC")?;
        Ok(array.as_primitive::<TimestampNanosecondType>().iter().map(|t| t.map(Timestamp)).collect())
    }

    pub(crate) fn texts(&self, column: &'static str) -> Result<&StringArray, TableError> {
        Ok(self.array(column, &DataType::Utf8, "text")?.as_string::<i32>())
    }

    /// The texts of a column that older files do not have; empty there.
    pub(crate) fn later_texts(&self, column: &'static str) -> Result<Vec<Arc<str>>, TableError> {
        if self.batch.column_by_name(column).is_none() {
            return Ok(vec!["".into(); self.rows()]);
        }
        Ok(self.texts(column)?.iter().map(|text| text.unwrap_or_default().into()).collect())
    }

    pub(crate) fn numbers(&self, column: &'static str) -> Result<Vec<Option<Decimals>>, TableError> {
        let array = self.array(column, &decimal_type(NUMBER_SCALE as i8), "decimals with 18 places")?;
        let narrow = |(row, wide): (usize, Option<i128>)| match wide {
            None => Ok(None),
            Some(wide) => Decimals::narrow(wide)
                .map(Some)
                .ok_or_else(|| self.value_error(row, column, &wide.to_string(), "a number of 64 bits")),
        };
        array.as_primitive::<Decimal128Type>().iter().enumerate().map(narrow).collect()
    }

    pub(crate) fn money(&self, column: &'static str) -> Result<Vec<Money>, TableError> {
        let array = self.array(column, &decimal_type(MONEY_SCALE), "decimals with 12 places")?;
        Ok(array.as_primitive::<Decimal128Type>().values().iter().copied().map(Money).collect())
    }

    pub(crate) fn floats(&self, column: &'static str) -> Result<Vec<f64>, TableError> {
        Ok(self.array(column, &DataType::Float64, "floats")?.as_primitive::<Float64Type>().values().to_vec())
    }

    pub(crate) fn counts(&self, column: &'static str) -> Result<Vec<u32>, TableError> {
        Ok(self.array(column, &DataType::UInt32, "counts")?.as_primitive::<UInt32Type>().values().to_vec())
    }

    /// A value that the column must have.
    pub(crate) fn required<T: Copy>(
        &self,
        values: &[Option<T>],
        row: usize,
        column: &'static str,
    ) -> Result<T, TableError> {
        values[row].ok_or_else(|| self.value_error(row, column, "", "a value"))
    }

    pub(crate) fn side(&self, texts: &StringArray, row: usize) -> Result<Side, TableError> {
        match texts.value(row) {
            "buy" => Ok(Side::Buy),
            "sell" => Ok(Side::Sell),
            other => Err(self.value_error(row, "side", other, "`buy` or `sell`")),
        }
    }
}
