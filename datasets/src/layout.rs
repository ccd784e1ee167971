//! The footer of a file of candles or ticks: which columns hold what, and which row groups there are.
//!
//! Everything that a footer claims is checked against the file's size before it is used, and the Parquet crate runs
//! where its panics on damaged input become errors. No row is read here.
use crate::column::Unit;
use crate::error::DataError;
use crate::pages::{CheckedFile, CheckedPages};
use parquet::basic::{ConvertedType, LogicalType, TimeUnit, Type};
use parquet::column::reader::{ColumnReader, get_column_reader};
use parquet::file::metadata::{PageIndexPolicy, ParquetMetaData, ParquetMetaDataReader};
use parquet::file::serialized_reader::SerializedPageReader;
use parquet::file::statistics::Statistics;
use parquet::schema::types::ColumnDescriptor;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The six columns of candles, in the order in which blocks hold them.
pub(crate) const COLUMNS: [&str; 6] = ["open_time", "open", "high", "low", "close", "volume"];

/// What a file of candles holds.
pub(crate) static CANDLES: Schema = Schema {
    noun: "candles",
    need: "a candle needs all six values",
    fields: &[
        Field { name: COLUMNS[0], kind: Kind::Time, presence: Presence::Required },
        Field { name: COLUMNS[1], kind: Kind::Number, presence: Presence::Required },
        Field { name: COLUMNS[2], kind: Kind::Number, presence: Presence::Required },
        Field { name: COLUMNS[3], kind: Kind::Number, presence: Presence::Required },
        Field { name: COLUMNS[4], kind: Kind::Number, presence: Presence::Required },
        Field { name: COLUMNS[5], kind: Kind::Number, presence: Presence::Required },
    ],
};

/// What the columns of a kind of files hold.
pub(crate) struct Schema {
    /// What the rows are.
    pub(crate) noun: &'static str,
    /// Which values a row cannot do without, as a sentence.
    pub(crate) need: &'static str,
    /// The columns that are read, in the order in which blocks hold them.
    pub(crate) fields: &'static [Field],
}

/// A column that is read.
pub(crate) struct Field {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    pub(crate) presence: Presence,
}

/// What the values of a column are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Instants.
    Time,
    /// Prices and quantities.
    Number,
    /// `buy` or `sell`.
    Side,
    /// Yes or no.
    Flag,
}

/// Whether a file may do without a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Presence {
    /// It may not.
    Required,
    /// A column that is not there is one of nulls.
    Optional,
}

/// An open file.
pub(crate) struct Layout {
    pub(crate) path: PathBuf,
    pub(crate) schema: &'static Schema,
    file: Arc<CheckedFile>,
    metadata: ParquetMetaData,
    columns: Vec<Option<(usize, Unit)>>,
}

/// Rows of any Parquet file.
pub(crate) fn row_count(path: &Path) -> Result<u64, DataError> {
    let mut file = File::open(path).map_err(|e| DataError::io(path, "open it", &e))?;
    check_ends(path, &mut file)?;
    let metadata = guarded(path, || footer(path, &file))?;
    u64::try_from(metadata.file_metadata().num_rows()).map_err(|e| DataError::damaged(path, e))
}

fn footer(path: &Path, file: &File) -> Result<ParquetMetaData, DataError> {
    let reader = ParquetMetaDataReader::new().with_page_index_policy(PageIndexPolicy::Skip);
    reader.parse_and_finish(file).map_err(|e| DataError::damaged(path, e))
}

/// Runs code that reads untrusted bytes: a panic becomes an error that names the file.
pub(crate) fn guarded<T>(path: &Path, work: impl FnOnce() -> Result<T, DataError>) -> Result<T, DataError> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
        Err(DataError::damaged(path, format!("the decoder gave up: {}", text.unwrap_or("no reason given"))))
    })
}

impl Layout {
    /// Opens a file of candles and checks its footer and schema.
    pub(crate) fn open(path: &Path) -> Result<Self, DataError> {
        Self::open_as(path, &CANDLES)
    }

    /// Opens a file and checks its footer against a schema.
    pub(crate) fn open_as(path: &Path, schema: &'static Schema) -> Result<Self, DataError> {
        let mut file = File::open(path).map_err(|e| DataError::io(path, "open it", &e))?;
        check_ends(path, &mut file).map_err(|error| error.about(schema.noun))?;
        guarded(path, || {
            let metadata = footer(path, &file)?;
            let columns = columns(path, &metadata, schema)?;
            let layout =
                Self { path: path.to_path_buf(), schema, file: Arc::new(CheckedFile(file)), metadata, columns };
            layout.check_row_groups()?;
            Ok(layout)
        })
    }

    fn check_row_groups(&self) -> Result<(), DataError> {
        let bytes = parquet::file::reader::Length::len(&*self.file);
        let mut rows = 0_i64;
        for (group, meta) in self.metadata.row_groups().iter().enumerate() {
            let claim = |what: &str| DataError::damaged(&self.path, format!("row group {group} {what}"));
            if meta.num_rows() < 0 {
                return Err(claim("claims a negative number of rows"));
            }
            rows = rows.checked_add(meta.num_rows()).ok_or_else(|| claim("claims more rows than can be counted"))?;
            for (index, _) in self.columns.iter().copied().flatten() {
                let column = meta.columns().get(index).ok_or_else(|| claim("lacks a column"))?;
                let start = column.dictionary_page_offset().unwrap_or(column.data_page_offset());
                let range = u64::try_from(start).ok().zip(u64::try_from(column.compressed_size()).ok());
                if range.and_then(|(start, len)| start.checked_add(len)).is_none_or(|end| end > bytes) {
                    return Err(claim("reaches past the end of the file"));
                }
            }
        }
        if rows == 0 {
            return Err(DataError::EmptyFile { file: self.path.clone(), rows: self.schema.noun });
        }
        Ok(())
    }

    /// Number of row groups.
    pub(crate) fn groups(&self) -> usize {
        self.metadata.num_row_groups()
    }

    /// Rows of a row group.
    pub(crate) fn rows(&self, group: usize) -> u64 {
        self.metadata.row_group(group).num_rows().unsigned_abs()
    }

    /// What a column's numbers count; [`Unit::Absent`] where the file does without it.
    pub(crate) fn unit(&self, column: usize) -> Unit {
        self.columns[column].map_or(Unit::Absent, |(_, unit)| unit)
    }

    /// Nulls of a column in a row group, where its statistics say.
    pub(crate) fn nulls(&self, group: usize, column: usize) -> Option<u64> {
        let Some((index, _)) = self.columns[column] else { return Some(self.rows(group)) };
        self.metadata.row_group(group).column(index).statistics()?.null_count_opt()
    }

    /// Smallest and largest value of a column of times in a row group by its statistics, where it has them.
    pub(crate) fn times(&self, group: usize, column: usize) -> Option<(i64, i64)> {
        let (index, unit) = self.columns[column]?;
        let Unit::Nanoseconds(each) = unit else { return None };
        let Some(Statistics::Int64(stats)) = self.metadata.row_group(group).column(index).statistics() else {
            return None;
        };
        let (min, max) = (stats.min_opt()?.checked_mul(each)?, stats.max_opt()?.checked_mul(each)?);
        (min <= max).then_some((min, max))
    }

    /// A decoder for a column of a row group.
    pub(crate) fn column(&self, group: usize, column: usize) -> Result<ColumnReader, DataError> {
        let absent = || {
            DataError::damaged(&self.path, format!("`{}` is read and is not there", self.schema.fields[column].name))
        };
        let (index, _) = self.columns[column].ok_or_else(absent)?;
        let meta = self.metadata.row_group(group);
        let chunk = meta.column(index);
        let rows = usize::try_from(meta.num_rows()).map_err(|e| DataError::damaged(&self.path, e))?;
        let pages = SerializedPageReader::new(Arc::clone(&self.file), chunk, rows, None)
            .map_err(|e| DataError::damaged(&self.path, e))?;
        let descr = self.metadata.file_metadata().schema_descr().column(index);
        let value_bytes = match descr.physical_type() {
            Type::FIXED_LEN_BYTE_ARRAY => usize::try_from(descr.type_length()).unwrap_or(1).max(1),
            Type::INT32 | Type::FLOAT | Type::BYTE_ARRAY => 4, // a byte array begins with its length
            _ => 8,
        };
        Ok(get_column_reader(descr, Box::new(CheckedPages { pages, value_bytes })))
    }
}

/// A Parquet file begins and ends with `PAR1`; before the end stands the length of its footer.
pub(crate) fn check_ends(path: &Path, file: &mut File) -> Result<(), DataError> {
    let io = |e: std::io::Error| DataError::io(path, "read it", &e);
    let bytes = file.metadata().map_err(io)?.len();
    if bytes == 0 {
        return Err(DataError::EmptyFile { file: path.to_path_buf(), rows: CANDLES.noun });
    }
    let mut head = [0; 4];
    if bytes < 12 {
        let text = format!("it has {bytes} bytes");
        return Err(DataError::NotParquet { file: path.to_path_buf(), text });
    }
    file.read_exact(&mut head).map_err(io)?;
    if head != *b"PAR1" {
        let text = format!("it begins with `{}`", head.escape_ascii());
        return Err(DataError::NotParquet { file: path.to_path_buf(), text });
    }
    let mut tail = [0; 8];
    file.seek(SeekFrom::End(-8)).map_err(io)?;
    file.read_exact(&mut tail).map_err(io)?;
    if tail[4..] != *b"PAR1" {
        return Err(DataError::damaged(path, "its end is missing, as after an interrupted download"));
    }
    let footer = u64::from(u32::from_le_bytes([tail[0], tail[1], tail[2], tail[3]]));
    if footer > bytes - 12 {
        return Err(DataError::damaged(path, format!("its footer claims {footer} bytes in a file of {bytes}")));
    }
    Ok(())
}

fn columns(
    path: &Path,
    metadata: &ParquetMetaData,
    expected: &Schema,
) -> Result<Vec<Option<(usize, Unit)>>, DataError> {
    let schema = metadata.file_metadata().schema_descr();
    let mut found = Vec::new();
    for field in expected.fields {
        let Some(index) = schema.columns().iter().position(|c| c.path().string() == field.name) else {
            if field.presence == Presence::Optional {
                found.push(None);
                continue;
            }
            let names: Vec<String> = schema.columns().iter().take(20).map(|c| c.path().string()).collect();
            let all: Vec<&str> = expected.fields.iter().map(|field| field.name).collect();
            return Err(DataError::MissingColumn {
                file: path.to_path_buf(),
                column: field.name,
                found: names.join(", "),
                expected: all.join(", "),
            });
        };
        let descr = schema.column(index);
        let (unit, readable) = match field.kind {
            Kind::Time => (time_unit(&descr), "a timestamp in s, ms, us or ns, stored as INT64"),
            Kind::Number => (number_unit(&descr), "a decimal of at most 38 digits, an integer or a float"),
            Kind::Side => (plain_unit(&descr, Type::BYTE_ARRAY, Unit::Side), "the text `buy` or `sell`"),
            Kind::Flag => (plain_unit(&descr, Type::BOOLEAN, Unit::Flag), "a BOOLEAN"),
        };
        let unit = unit.ok_or_else(|| DataError::WrongType {
            file: path.to_path_buf(),
            column: field.name,
            found: type_text(&descr),
            expected: readable,
        })?;
        found.push(Some((index, unit)));
    }
    Ok(found)
}

/// A column that is stored as `physical`; text may be marked as such.
fn plain_unit(descr: &ColumnDescriptor, physical: Type, unit: Unit) -> Option<Unit> {
    let marked = matches!(descr.logical_type_ref(), None | Some(LogicalType::String | LogicalType::Enum));
    (descr.physical_type() == physical && flat(descr) && marked).then_some(unit)
}

fn time_unit(descr: &ColumnDescriptor) -> Option<Unit> {
    if descr.physical_type() != Type::INT64 || !flat(descr) {
        return None;
    }
    let each = match (descr.logical_type_ref(), descr.converted_type()) {
        (Some(LogicalType::Timestamp(stamp)), _) => match stamp.unit {
            TimeUnit::MILLIS => 1_000_000,
            TimeUnit::MICROS => 1_000,
            TimeUnit::NANOS => 1,
        },
        (None, ConvertedType::TIMESTAMP_MILLIS) => 1_000_000,
        (None, ConvertedType::TIMESTAMP_MICROS) => 1_000,
        _ => return None,
    };
    Some(Unit::Nanoseconds(each))
}

fn number_unit(descr: &ColumnDescriptor) -> Option<Unit> {
    if !flat(descr) {
        return None;
    }
    let decimal = match (descr.logical_type_ref(), descr.converted_type()) {
        (Some(LogicalType::Decimal(decimal)), _) => Some(decimal.scale),
        (None, ConvertedType::DECIMAL) => Some(descr.type_scale()),
        _ => None,
    };
    let plain = matches!(
        (descr.logical_type_ref(), descr.converted_type()),
        (None, ConvertedType::NONE) | (Some(LogicalType::Integer(_)), _)
    ) || matches!(descr.converted_type(), ConvertedType::INT_64 | ConvertedType::INT_32);
    match (descr.physical_type(), decimal) {
        (Type::INT32 | Type::INT64 | Type::BYTE_ARRAY, Some(scale)) if (0..=38).contains(&scale) => {
            Some(Unit::Places(scale))
        }
        (Type::FIXED_LEN_BYTE_ARRAY, Some(scale)) if (0..=38).contains(&scale) => {
            (1..=16).contains(&descr.type_length()).then_some(Unit::Places(scale))
        }
        (Type::INT32 | Type::INT64, None) if plain => Some(Unit::Places(0)),
        (Type::FLOAT | Type::DOUBLE, None) => Some(Unit::Float),
        _ => None,
    }
}

/// A column of one value per row, or a null.
fn flat(descr: &ColumnDescriptor) -> bool {
    descr.max_rep_level() == 0 && descr.max_def_level() <= 1
}

pub(crate) fn type_text(descr: &ColumnDescriptor) -> String {
    match (descr.logical_type_ref(), descr.converted_type()) {
        (Some(logical), _) => format!("{} with {logical:?}", descr.physical_type()),
        (None, ConvertedType::NONE) => descr.physical_type().to_string(),
        (None, converted) => format!("{} with {converted}", descr.physical_type()),
    }
}
