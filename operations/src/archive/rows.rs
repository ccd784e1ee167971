//! Records as rows of a Parquet file.
use engine::Timestamp;
use engine::tape::{Frame, Kind};
use parquet::basic::{Compression, Encoding, LogicalType, Repetition, TimeUnit, Type as Physical, ZstdLevel};
use parquet::column::reader::{ColumnReader, get_typed_column_reader};
use parquet::data_type::{ByteArray, ByteArrayType, DataType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::file::reader::{FileReader, RowGroupReader, SerializedFileReader};
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::types::Type;
use std::fs::File;
use std::sync::Arc;

/// Rows of a row group.
const GROUP_ROWS: usize = 16_384;

const INTEGERS: [&str; 5] = ["number", "time", "seen_at", "schema", "epoch"];
const TEXTS: [&str; 3] = ["kind", "payload", "text"];

/// A segment is some 64 MiB; an archive that says more is not read.
const BYTES_MAX: u64 = 1 << 32;

/// Writes records.
pub(super) fn write(
    out: File,
    segment: u32,
    bytes: &[u8],
    frames: &[Frame],
    text: &dyn Fn(&Frame) -> String,
) -> Result<File, ParquetError> {
    let properties = properties(segment, bytes)?;
    let mut writer = SerializedFileWriter::new(out, Arc::new(schema()?), Arc::new(properties))?;
    for rows in frames.chunks(GROUP_ROWS) {
        let mut group = writer.next_row_group()?;
        write_group(&mut group, rows, text)?;
        group.close()?;
    }
    writer.into_inner()
}

fn write_group(
    group: &mut SerializedRowGroupWriter<'_, File>,
    rows: &[Frame],
    text: &dyn Fn(&Frame) -> String,
) -> Result<(), ParquetError> {
    let integers: [fn(&Frame) -> i64; 5] =
        [|f| f.number.cast_signed(), |f| f.time.0, |f| f.seen_at.0, |f| i64::from(f.schema), |f| i64::from(f.epoch)];
    for of in integers {
        let values: Vec<i64> = rows.iter().map(of).collect();
        put::<Int64Type>(group, &values)?;
    }
    let texts: [&dyn Fn(&Frame) -> ByteArray; 3] =
        [&|f| f.kind.name().into(), &|f| f.payload.clone().into(), &|f| text(f).into_bytes().into()];
    for of in texts {
        let values: Vec<ByteArray> = rows.iter().map(of).collect();
        put::<ByteArrayType>(group, &values)?;
    }
    Ok(())
}

fn put<T: DataType>(group: &mut SerializedRowGroupWriter<'_, File>, values: &[T::T]) -> Result<(), ParquetError> {
    let missing = || ParquetError::General("the schema has fewer columns than a record".into());
    let mut column = group.next_column()?.ok_or_else(missing)?;
    column.typed::<T>().write_batch(values, None, None)?;
    column.close()
}

fn schema() -> Result<Type, ParquetError> {
    let fields = INTEGERS.iter().map(|name| integer(name)).chain(TEXTS.iter().map(|name| text(name)));
    Type::group_type_builder("record").with_fields(fields.collect::<Result<_, _>>()?).build()
}

fn integer(name: &str) -> Result<Arc<Type>, ParquetError> {
    let kind = match name {
        "time" | "seen_at" => LogicalType::timestamp(true, TimeUnit::NANOS),
        other => LogicalType::integer(64, other != "number"),
    };
    let builder = Type::primitive_type_builder(name, Physical::INT64).with_logical_type(Some(kind));
    builder.with_repetition(Repetition::REQUIRED).build().map(Arc::new)
}

fn text(name: &str) -> Result<Arc<Type>, ParquetError> {
    let kind = (name != "payload").then_some(LogicalType::String);
    let builder = Type::primitive_type_builder(name, Physical::BYTE_ARRAY).with_logical_type(kind);
    builder.with_repetition(Repetition::REQUIRED).build().map(Arc::new)
}

fn properties(segment: u32, bytes: &[u8]) -> Result<WriterProperties, ParquetError> {
    let pairs = [
        ("segment", segment.to_string()),
        ("bytes", bytes.len().to_string()),
        ("blake3", blake3::hash(bytes).to_hex().to_string()),
    ];
    let pairs = pairs.into_iter().map(|(key, value)| KeyValue::new(key.to_string(), value)).collect();
    let mut builder = WriterProperties::builder()
        .set_created_by("onetape".to_string())
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(3)?))
        .set_dictionary_enabled(false)
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .set_key_value_metadata(Some(pairs));
    for name in INTEGERS {
        builder = builder.set_column_encoding(name.into(), Encoding::DELTA_BINARY_PACKED);
    }
    Ok(builder.set_column_dictionary_enabled("kind".into(), true).build())
}

/// The bytes of the segment that the rows are of.
pub(super) fn read(file: File) -> Result<Vec<u8>, String> {
    let reader = SerializedFileReader::new(file).map_err(|e| e.to_string())?;
    let pairs = reader.metadata().file_metadata().key_value_metadata().cloned().unwrap_or_default();
    let told = |key: &str| {
        let pair = pairs.iter().find(|pair| pair.key == key).and_then(|pair| pair.value.clone());
        pair.ok_or_else(|| format!("it does not say its `{key}`"))
    };
    let length: u64 = told("bytes")?.parse().map_err(|_| "its `bytes` is no number".to_string())?;
    if length > BYTES_MAX {
        return Err(format!("it says that the segment has {length} bytes"));
    }
    let mut bytes = Vec::new();
    for group in 0..reader.num_row_groups() {
        let group = reader.get_row_group(group).map_err(|e| e.to_string())?;
        read_group(&*group, length, &mut bytes)?;
    }
    let hash = blake3::hash(&bytes).to_hex().to_string();
    if bytes.len() as u64 != length || hash != told("blake3")? {
        return Err("its rows do not give the bytes that it was made of".into());
    }
    Ok(bytes)
}

fn read_group(group: &dyn RowGroupReader, length: u64, out: &mut Vec<u8>) -> Result<(), String> {
    let rows = group.metadata().num_rows();
    let rows = usize::try_from(rows).ok().filter(|rows| *rows <= GROUP_ROWS).ok_or("a row group is too large")?;
    if group.num_columns() != INTEGERS.len() + TEXTS.len() {
        return Err("it has other columns".into());
    }
    let column = |place: usize| group.get_column_reader(place).map_err(|e| e.to_string());
    let mut integers = Vec::new();
    for place in 0..INTEGERS.len() {
        integers.push(values::<Int64Type>(column(place)?, rows)?);
    }
    let kinds = values::<ByteArrayType>(column(INTEGERS.len())?, rows)?;
    let payloads = values::<ByteArrayType>(column(INTEGERS.len() + 1)?, rows)?;
    for row in 0..rows {
        let [number, time, seen_at, schema, epoch] = std::array::from_fn(|place| integers[place][row]);
        let kind = std::str::from_utf8(kinds[row].data()).ok().and_then(Kind::named);
        let frame = Frame {
            kind: kind.ok_or("a record has an unknown kind")?,
            schema: u16::try_from(schema).map_err(|_| "a record has an impossible schema")?,
            number: number.cast_unsigned(),
            epoch: u32::try_from(epoch).map_err(|_| "a record has an impossible epoch")?,
            time: Timestamp(time),
            seen_at: Timestamp(seen_at),
            payload: payloads[row].data().to_vec(),
        };
        frame.encode(out);
        if out.len() as u64 > length {
            return Err("its rows are more than the segment had".into());
        }
    }
    Ok(())
}

fn values<T: DataType>(column: ColumnReader, rows: usize) -> Result<Vec<T::T>, String> {
    let mut values = Vec::with_capacity(rows);
    let (records, ..) =
        get_typed_column_reader::<T>(column).read_records(rows, None, None, &mut values).map_err(|e| e.to_string())?;
    if records == rows && values.len() == rows { Ok(values) } else { Err("a column ends early".into()) }
}
