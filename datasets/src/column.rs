//! One column of a file, decoded a block at a time into 64-bit integers: nanoseconds, or units of 10^-8.
//!
//! The layout we write (64-bit decimals of scale 8, no nulls) is read straight into the buffer that is handed out; every
//! other layout passes through a second buffer and is converted exactly. Buffers are kept between row groups.
use crate::decimal::{DecimalFault, Written, big_endian, narrow};
use crate::reader::FILE_SCALE;
use parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use parquet::data_type::{ByteArray, DataType, FixedLenByteArray};

/// What the stored numbers of a column count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unit {
    /// Times; so many nanoseconds each.
    Nanoseconds(i64),
    /// Decimals with so many places.
    Places(i32),
    /// Floating point.
    Float,
}

/// What is wrong with a block of a column; `at` counts from the block's first row.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum ColumnFault {
    /// The decoder gave up.
    Damaged(String),
    /// Fewer values than the footer says.
    Short { rows: usize },
    /// A null.
    Null { at: usize },
    /// A value with no exact integer.
    Value { at: usize, value: String, fault: DecimalFault },
}

/// Buffers of a column, and its decoder in the current row group.
#[derive(Default)]
pub(crate) struct Column {
    reader: Option<ColumnReader>,
    levels: Vec<i16>,
    small: Vec<i32>,
    fixed: Vec<FixedLenByteArray>,
    bytes: Vec<ByteArray>,
    doubles: Vec<f64>,
    floats: Vec<f32>,
    /// The block at hand.
    pub(crate) values: Vec<i64>,
}

impl Column {
    /// Starts with the first row of a row group.
    pub(crate) fn begin(&mut self, reader: ColumnReader) {
        self.reader = Some(reader);
    }

    /// Decodes the next `rows` rows into `values`.
    pub(crate) fn fill(&mut self, rows: usize, unit: Unit) -> Result<(), ColumnFault> {
        let reader = self.reader.as_mut().ok_or(ColumnFault::Short { rows: 0 })?;
        let (levels, out) = (&mut self.levels, &mut self.values);
        match reader {
            ColumnReader::Int64ColumnReader(reader) => {
                read(reader, rows, levels, out)?;
                if unit != Unit::Nanoseconds(1) && unit != Unit::Places(i32::from(FILE_SCALE)) {
                    for (at, value) in out.iter_mut().enumerate() {
                        *value = integer(i128::from(*value), unit).map_err(|f| fault(at, *value, f))?;
                    }
                }
                Ok(())
            }
            ColumnReader::Int32ColumnReader(reader) => {
                read(reader, rows, levels, &mut self.small)?;
                convert(&self.small, out, |v| integer(i128::from(*v), unit), |v| v.to_string())
            }
            ColumnReader::FixedLenByteArrayColumnReader(reader) => {
                read(reader, rows, levels, &mut self.fixed)?;
                convert(&self.fixed, out, |v| wide(v, unit), |v| wide_text(v, unit))
            }
            ColumnReader::ByteArrayColumnReader(reader) => {
                read(reader, rows, levels, &mut self.bytes)?;
                convert(&self.bytes, out, |v| wide(v, unit), |v| wide_text(v, unit))
            }
            ColumnReader::DoubleColumnReader(reader) => {
                read(reader, rows, levels, &mut self.doubles)?;
                convert(&self.doubles, out, |v| shortest(&v.to_string()), f64::to_string)
            }
            ColumnReader::FloatColumnReader(reader) => {
                read(reader, rows, levels, &mut self.floats)?;
                convert(&self.floats, out, |v| shortest(&v.to_string()), f32::to_string)
            }
            ColumnReader::BoolColumnReader(_) | ColumnReader::Int96ColumnReader(_) => {
                Err(ColumnFault::Damaged("a physical type that the schema does not declare".to_string()))
            }
        }
    }
}

fn read<T: DataType>(
    reader: &mut ColumnReaderImpl<T>,
    rows: usize,
    levels: &mut Vec<i16>,
    out: &mut Vec<T::T>,
) -> Result<(), ColumnFault> {
    levels.clear();
    out.clear();
    let (records, values, _) =
        reader.read_records(rows, Some(levels), None, out).map_err(|e| ColumnFault::Damaged(e.to_string()))?;
    if records < rows {
        return Err(ColumnFault::Short { rows: records });
    }
    if values < records {
        let at = levels.iter().position(|level| *level == 0).unwrap_or(0);
        return Err(ColumnFault::Null { at });
    }
    Ok(())
}

fn convert<T>(
    from: &[T],
    out: &mut Vec<i64>,
    value: impl Fn(&T) -> Result<i64, DecimalFault>,
    text: impl Fn(&T) -> String,
) -> Result<(), ColumnFault> {
    out.clear();
    for (at, raw) in from.iter().enumerate() {
        out.push(value(raw).map_err(|fault| ColumnFault::Value { at, value: text(raw), fault })?);
    }
    Ok(())
}

fn fault(at: usize, value: i64, fault: DecimalFault) -> ColumnFault {
    ColumnFault::Value { at, value: value.to_string(), fault }
}

fn integer(value: i128, unit: Unit) -> Result<i64, DecimalFault> {
    match unit {
        Unit::Nanoseconds(each) => i64::try_from(value * i128::from(each)).map_err(|_| DecimalFault::Overflow),
        Unit::Places(places) => narrow(value, places, FILE_SCALE),
        Unit::Float => Err(DecimalFault::NotANumber),
    }
}

fn wide(bytes: &ByteArray, unit: Unit) -> Result<i64, DecimalFault> {
    integer(big_endian(bytes).ok_or(DecimalFault::Overflow)?, unit)
}

fn wide_text(bytes: &ByteArray, unit: Unit) -> String {
    match (big_endian(bytes), unit) {
        (Some(value), Unit::Places(places)) if places > 0 => format!("{value}e-{places}"),
        (Some(value), _) => value.to_string(),
        (None, _) => format!("a decimal of {} bytes", bytes.data().len()),
    }
}

/// A float's shortest decimal text is what its writer meant, so long as it had at most fifteen digits.
fn shortest(text: &str) -> Result<i64, DecimalFault> {
    Written::parse(text)?.scaled(1, FILE_SCALE)
}
