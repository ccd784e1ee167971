//! Candle files as other programs write them, made with the arrow writer.
use crate::book::{MINUTE, UNIT};
use arrow_array::{ArrayRef, Decimal128Array, RecordBatch, TimestampNanosecondArray};
use engine::Candle;
use parquet::arrow::ArrowWriter;
use parquet::file::properties::WriterProperties;
use std::path::Path;
use std::sync::Arc;

pub(crate) type Columns = Vec<(&'static str, ArrayRef)>;

/// Six values of a row: the minute, and whole numbers.
pub(crate) type Six = [Option<i64>; 6];

pub(crate) fn write(path: &Path, columns: Columns, properties: WriterProperties) {
    let batch = RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(n, c)| (n, c, true))).unwrap();
    let file = std::fs::File::create(path).unwrap();
    let mut writer = ArrowWriter::try_new(file, batch.schema(), Some(properties)).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
}

pub(crate) fn times(values: impl Iterator<Item = Option<i64>>) -> ArrayRef {
    Arc::new(TimestampNanosecondArray::from_iter(values).with_timezone("UTC"))
}

pub(crate) fn decimals(values: impl Iterator<Item = Option<i128>>, precision: u8, scale: i8) -> ArrayRef {
    let array = Decimal128Array::from_iter(values);
    Arc::new(array.with_precision_and_scale(precision, scale).unwrap())
}

/// The usual schema: decimals of 128 bits, everything nullable.
pub(crate) fn usual(rows: &[Six]) -> Columns {
    let whole = |at: usize| rows.iter().map(move |row| row[at].map(|v| i128::from(v) * i128::from(UNIT)));
    let mut columns = vec![("open_time", times(rows.iter().map(|row| row[0].map(|minute| minute * MINUTE))))];
    for (at, name) in ["open", "high", "low", "close"].into_iter().enumerate() {
        columns.push((name, decimals(whole(at + 1), 18, 8)));
    }
    columns.push(("volume", decimals(whole(5), 28, 8)));
    columns
}

pub(crate) fn of(candles: &[Candle]) -> Vec<Six> {
    let six = |c: &Candle| {
        let [o, h, l, cl, v] = [c.open.0, c.high.0, c.low.0, c.close.0, c.volume].map(|v| Some(v / UNIT));
        [Some(c.open_time.0 / MINUTE), o, h, l, cl, v]
    };
    candles.iter().map(six).collect()
}
