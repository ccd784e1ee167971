//! One column of a file, decoded a block at a time into 64-bit integers: nanoseconds, units of 10^-8, sides or flags.
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
    /// [`BUY`] or [`SELL`].
    Side,
    /// Zero or one.
    Flag,
    /// The file does without the column.
    Absent,
}

/// What stands in the place of a null, where nulls are read.
pub(crate) const NULL: i64 = i64::MIN;
/// A side of `buy`.
pub(crate) const BUY: i64 = 1;
/// A side of `sell`.
pub(crate) const SELL: i64 = -1;

/// What is wrong with a block of a column; `at` counts from the block's first row.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum ColumnFault {
    /// The decoder gave up.
    Damaged(String),
    /// Fewer values than the footer says.
    Short { rows: usize },
    /// A null.
    Null { at: usize },
    /// A side that is none.
    Word { at: usize, value: String },
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
    flags: Vec<bool>,
    /// The block at hand.
    pub(crate) values: Vec<i64>,
}

impl Column {
    /// Starts with the first row of a row group.
    pub(crate) fn begin(&mut self, reader: ColumnReader) {
        self.reader = Some(reader);
    }

    /// Decodes the next `rows` rows into `values`; a null is a fault.
    pub(crate) fn fill(&mut self, rows: usize, unit: Unit) -> Result<(), ColumnFault> {
        self.decode(rows, unit)?;
        if self.values.len() < rows {
            let at = self.levels.iter().position(|level| *level == 0).unwrap_or(0);
            return Err(ColumnFault::Null { at });
        }
        Ok(())
    }

    /// Decodes the next `rows` rows into `values`, each null as [`NULL`].
    pub(crate) fn fill_sparse(&mut self, rows: usize, unit: Unit) -> Result<(), ColumnFault> {
        if unit == Unit::Absent {
            self.values.clear();
            self.values.resize(rows, NULL);
            return Ok(());
        }
        self.decode(rows, unit)?;
        if let Some(at) = self.values.iter().position(|value| *value == NULL) {
            let (at, fault) = (self.row_of(at), DecimalFault::Overflow);
            return Err(ColumnFault::Value { at, value: NULL.to_string(), fault });
        }
        let mut from = self.values.len();
        if from == rows {
            return Ok(());
        }
        if self.levels.len() != rows || self.levels.iter().filter(|level| **level != 0).count() != from {
            return Err(ColumnFault::Damaged("its nulls are not where it says".to_string()));
        }
        self.values.resize(rows, NULL);
        for row in (0..rows).rev() {
            let value = if self.levels[row] == 0 {
                NULL
            } else {
                from -= 1;
                self.values[from]
            };
            self.values[row] = value;
        }
        Ok(())
    }

    /// The row of a value that is not null.
    fn row_of(&self, at: usize) -> usize {
        let filled = self.levels.iter().enumerate().filter(|(_, level)| **level != 0);
        filled.map(|(row, _)| row).nth(at).unwrap_or(at)
    }

    /// Decodes the values that are not null among the next `rows` rows.
    fn decode(&mut self, rows: usize, unit: Unit) -> Result<(), ColumnFault> {
        self.decode_values(rows, unit).map_err(|fault| match fault {
            ColumnFault::Value { at, value, fault } => ColumnFault::Value { at: self.row_of(at), value, fault },
            ColumnFault::Word { at, value } => ColumnFault::Word { at: self.row_of(at), value },
            other => other,
        })
    }

    fn decode_values(&mut self, rows: usize, unit: Unit) -> Result<(), ColumnFault> {
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
                if unit == Unit::Side {
                    return sides(&self.bytes, out);
                }
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
            ColumnReader::BoolColumnReader(reader) => {
                read(reader, rows, levels, &mut self.flags)?;
                out.clear();
                out.extend(self.flags.iter().map(|flag| i64::from(*flag)));
                Ok(())
            }
            ColumnReader::Int96ColumnReader(_) => {
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
    // The decoder counts what it appended; anything else would shift rows against each other.
    if values != out.len() || values > rows {
        return Err(ColumnFault::Damaged("it holds more values than rows".to_string()));
    }
    Ok(())
}

fn sides(from: &[ByteArray], out: &mut Vec<i64>) -> Result<(), ColumnFault> {
    out.clear();
    for (at, raw) in from.iter().enumerate() {
        out.push(match raw.data() {
            b"buy" => BUY,
            b"sell" => SELL,
            other => {
                let value = other.iter().take(40).copied().collect::<Vec<u8>>().escape_ascii().to_string();
                return Err(ColumnFault::Word { at, value });
            }
        });
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
        Unit::Float | Unit::Side | Unit::Flag | Unit::Absent => Err(DecimalFault::NotANumber),
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
