//! Candles written in our own layout: 64-bit decimals of scale 8, delta packed, no dictionary, zstd, row groups of 65,536.
//!
//! What would be refused when read is refused when written, but for candles that overlap: how long one lasts is said by
//! the reader. A file appears under its name only when it is whole.
use crate::aside::Aside;
use crate::error::{DataError, Row};
use crate::layout::COLUMNS;
use crate::reader::FILE_SCALE;
use engine::measure::scaled_text;
use engine::{Candle, Interval, Timestamp};
use parquet::basic::{Compression, Encoding, LogicalType, Repetition, TimeUnit, Type as Physical, ZstdLevel};
use parquet::data_type::{FixedLenByteArray, FixedLenByteArrayType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::types::Type;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Rows of a row group.
pub const GROUP_ROWS: usize = 65_536;
/// The largest integer that decimal(18,8) holds.
const DIGITS_18: i64 = 999_999_999_999_999_999;
/// Bytes of a decimal(28,8).
const WIDE_BYTES: usize = 12;

/// What a candle file says about itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileNotes {
    /// The venue.
    pub venue: String,
    /// The symbol.
    pub symbol: String,
    /// The length of a candle.
    pub interval: Interval,
    /// Where the candles come from.
    pub source: String,
    /// Under which licence they are published.
    pub licence: String,
    /// `trade`, `bid`, `ask` or `mid`.
    pub price: String,
    /// Anything a user has to know.
    pub note: String,
}

/// How wide the volume column is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VolumeWidth {
    /// decimal(18,8) in 64 bits: below ten thousand million units.
    Narrow,
    /// decimal(28,8) in twelve bytes: all that a candle holds.
    Wide,
}

/// A candle file being written; prices and volumes are in units of 10^-8.
pub struct CandleWriter {
    path: PathBuf,
    aside: Aside,
    parquet: SerializedFileWriter<File>,
    volume: VolumeWidth,
    columns: [Vec<i64>; 6],
    rows: u64,
    before: Option<Timestamp>,
}

impl CandleWriter {
    /// Begins a file.
    ///
    /// # Errors
    /// When it cannot be created.
    pub fn create(path: &Path, notes: &FileNotes, volume: VolumeWidth) -> Result<Self, DataError> {
        let (aside, file) = Aside::create(path)?;
        let parquet = schema(volume)
            .and_then(|schema| SerializedFileWriter::new(file, Arc::new(schema), Arc::new(properties(notes, volume)?)))
            .map_err(|e| failed(path, &e))?;
        let columns = std::array::from_fn(|_| Vec::with_capacity(GROUP_ROWS));
        Ok(Self { path: path.to_path_buf(), aside, parquet, volume, columns, rows: 0, before: None })
    }

    /// Appends a candle.
    ///
    /// # Errors
    /// When it cannot be one, does not come after the one before, or does not fit the columns.
    pub fn push(&mut self, candle: &Candle) -> Result<(), DataError> {
        let row = || Row { file: self.path.clone(), row: self.rows, open_time: candle.open_time };
        match self.before {
            Some(before) if before == candle.open_time => return Err(DataError::Duplicate { row: row() }),
            Some(before) if before > candle.open_time => {
                return Err(DataError::Unsorted { row: row(), before, by: COLUMNS[0] });
            }
            _ => {}
        }
        if let Some(fault) = candle.fault() {
            return Err(DataError::Fault { row: row(), fault, values: crate::fault::values_text(candle) });
        }
        let Candle { open_time, open, high, low, close, volume, .. } = *candle;
        self.check_width("high", high.0)?;
        if self.volume == VolumeWidth::Narrow {
            self.check_width("volume", volume)?;
        }
        for (column, value) in self.columns.iter_mut().zip([open_time.0, open.0, high.0, low.0, close.0, volume]) {
            column.push(value);
        }
        self.before = Some(open_time);
        self.rows += 1;
        if self.columns[0].len() == GROUP_ROWS {
            self.flush()?;
        }
        Ok(())
    }

    fn check_width(&self, column: &'static str, value: i64) -> Result<(), DataError> {
        if value <= DIGITS_18 {
            return Ok(());
        }
        let (file, value) = (self.path.clone(), scaled_text(value, FILE_SCALE));
        Err(DataError::Overflow { file, row: self.rows, column, value, scale: FILE_SCALE })
    }

    fn flush(&mut self) -> Result<(), DataError> {
        if self.columns[0].is_empty() {
            return Ok(());
        }
        let mut group = self.parquet.next_row_group().map_err(|e| failed(&self.path, &e))?;
        write_group(&mut group, &self.columns, self.volume).map_err(|e| failed(&self.path, &e))?;
        group.close().map_err(|e| failed(&self.path, &e))?;
        self.columns.iter_mut().for_each(Vec::clear);
        Ok(())
    }

    /// Ends the file and gives it its name; returns its rows.
    ///
    /// # Errors
    /// When there is no candle in it, or when it cannot be written.
    pub fn finish(mut self) -> Result<u64, DataError> {
        if self.rows == 0 {
            return Err(DataError::EmptyFile { file: self.path, rows: "candles" });
        }
        self.flush()?;
        let file = self.parquet.into_inner().map_err(|e| failed(&self.path, &e))?;
        self.aside.keep(&file)?;
        Ok(self.rows)
    }
}

/// Writes candles that are in memory, with the volume as narrow as it fits; returns the rows.
///
/// # Errors
/// As for [`CandleWriter`].
pub fn write_candles(path: &Path, notes: &FileNotes, candles: &[Candle]) -> Result<u64, DataError> {
    let narrow = candles.iter().all(|candle| candle.volume <= DIGITS_18);
    let volume = if narrow { VolumeWidth::Narrow } else { VolumeWidth::Wide };
    let mut writer = CandleWriter::create(path, notes, volume)?;
    for candle in candles {
        writer.push(candle)?;
    }
    writer.finish()
}

fn failed(path: &Path, error: &ParquetError) -> DataError {
    DataError::Io { path: path.to_path_buf(), doing: "write it as Parquet", text: error.to_string() }
}

fn write_group(
    group: &mut SerializedRowGroupWriter<'_, File>,
    columns: &[Vec<i64>; 6],
    volume: VolumeWidth,
) -> Result<(), ParquetError> {
    for (at, values) in columns.iter().enumerate() {
        let Some(mut column) = group.next_column()? else {
            return Err(ParquetError::General("the schema has fewer columns than a candle".to_string()));
        };
        if at == 5 && volume == VolumeWidth::Wide {
            let wide = |v: &i64| FixedLenByteArray::from(i128::from(*v).to_be_bytes()[16 - WIDE_BYTES..].to_vec());
            let values: Vec<FixedLenByteArray> = values.iter().map(wide).collect();
            column.typed::<FixedLenByteArrayType>().write_batch(&values, None, None)?;
        } else {
            column.typed::<Int64Type>().write_batch(values, None, None)?;
        }
        column.close()?;
    }
    Ok(())
}

fn schema(volume: VolumeWidth) -> Result<Type, ParquetError> {
    let mut fields = Vec::new();
    for name in COLUMNS {
        let wide = name == "volume" && volume == VolumeWidth::Wide;
        let physical = if wide { Physical::FIXED_LEN_BYTE_ARRAY } else { Physical::INT64 };
        let field = Type::primitive_type_builder(name, physical).with_repetition(Repetition::REQUIRED);
        let field = if name == "open_time" {
            field.with_logical_type(Some(LogicalType::timestamp(true, TimeUnit::NANOS)))
        } else {
            let (precision, length) = if wide { (28, WIDE_BYTES as i32) } else { (18, 0) };
            field
                .with_logical_type(Some(LogicalType::decimal(i32::from(FILE_SCALE), precision)))
                .with_precision(precision)
                .with_scale(i32::from(FILE_SCALE))
                .with_length(length)
        };
        fields.push(Arc::new(field.build()?));
    }
    Type::group_type_builder("candle").with_fields(fields).build()
}

fn properties(notes: &FileNotes, volume: VolumeWidth) -> Result<WriterProperties, ParquetError> {
    let interval = notes.interval.to_string();
    let pairs = [
        ("venue", &notes.venue),
        ("symbol", &notes.symbol),
        ("interval", &interval),
        ("source", &notes.source),
        ("licence", &notes.licence),
        ("price", &notes.price),
        ("note", &notes.note),
    ];
    let pairs = pairs.iter().map(|(key, value)| KeyValue::new((*key).to_string(), (*value).clone())).collect();
    let volume = match volume {
        VolumeWidth::Narrow => Encoding::DELTA_BINARY_PACKED,
        VolumeWidth::Wide => Encoding::PLAIN,
    };
    Ok(WriterProperties::builder()
        .set_created_by("onetape".to_string())
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(3)?))
        .set_dictionary_enabled(false)
        .set_encoding(Encoding::DELTA_BINARY_PACKED)
        .set_column_encoding("volume".into(), volume)
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .set_offset_index_disabled(true)
        .set_key_value_metadata(Some(pairs))
        .build())
}
