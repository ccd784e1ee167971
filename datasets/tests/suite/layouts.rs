//! Layouts that others write are read to the same candles as ours.
use crate::book::{Book, MINUTE, all, minutes};
use crate::foreign::{Columns, decimals, of, times, usual, write};
use arrow_array::{
    ArrayRef, Float32Array, Float64Array, Int64Array, TimestampMicrosecondArray, TimestampMillisecondArray,
};
use engine::Timestamp;
use parquet::basic::Compression;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use std::sync::Arc;

fn check(what: &str, change: impl Fn(&mut Columns), properties: WriterProperties) {
    let candles = minutes(0..50);
    let book = Book::new();
    let mut columns = usual(&of(&candles));
    change(&mut columns);
    write(&book.path("a.parquet"), columns, properties);
    assert_eq!(book.read(all()), Ok(candles), "{what}");
}

fn plain() -> WriterProperties {
    WriterProperties::builder().build()
}

#[test]
fn every_compression_dictionary_and_statistics_setting_reads_alike() {
    check("as arrow writes it", |_| {}, plain());
    check("snappy", |_| {}, WriterProperties::builder().set_compression(Compression::SNAPPY).build());
    check("no dictionary", |_| {}, WriterProperties::builder().set_dictionary_enabled(false).build());
    let bare = WriterProperties::builder().set_statistics_enabled(EnabledStatistics::None);
    check("no statistics", |_| {}, bare.set_max_row_group_row_count(Some(7)).build());
    check("small row groups", |_| {}, WriterProperties::builder().set_max_row_group_row_count(Some(3)).build());
}

#[test]
fn every_unit_of_time_reads_alike() {
    let stamps = || (0..50).map(|minute| minute * 60);
    let millis: ArrayRef = Arc::new(TimestampMillisecondArray::from_iter_values(stamps().map(|s| s * 1_000)));
    let micros: ArrayRef =
        Arc::new(TimestampMicrosecondArray::from_iter_values(stamps().map(|s| s * 1_000_000)).with_timezone("UTC"));
    for (what, column) in [("ms", millis), ("us UTC", micros)] {
        check(what, |columns| columns[0].1 = Arc::clone(&column), plain());
    }
}

#[test]
fn every_type_of_number_reads_alike() {
    let volumes = || (0..50).map(|minute| minute % 5);
    let table: [(&str, ArrayRef); 7] = [
        ("decimal(9,2), INT32", decimals(volumes().map(|v| Some(i128::from(v) * 100)), 9, 2)),
        ("decimal(18,4), INT64", decimals(volumes().map(|v| Some(i128::from(v) * 10_000)), 18, 4)),
        ("decimal(18,0)", decimals(volumes().map(|v| Some(i128::from(v))), 18, 0)),
        ("decimal(38,18)", decimals(volumes().map(|v| Some(i128::from(v) * 10_i128.pow(18))), 38, 18)),
        ("float64", Arc::new(Float64Array::from_iter_values(volumes().map(|v| v as f64)))),
        ("float32", Arc::new(Float32Array::from_iter_values(volumes().map(|v| v as f32)))),
        ("int64", Arc::new(Int64Array::from_iter_values(volumes()))),
    ];
    for (what, column) in table {
        check(what, |columns| columns[5].1 = Arc::clone(&column), plain());
    }
}

#[test]
fn columns_may_stand_in_any_order_among_others() {
    let more = |columns: &mut Columns| {
        columns.reverse();
        columns.insert(2, ("vwap", decimals((0..50).map(|_| None), 18, 8)));
        columns.push(("close_time", times((0..50).map(|minute| Some(minute * MINUTE)))));
    };
    check("reversed", more, plain());
}

#[test]
fn floats_are_taken_by_their_shortest_text() {
    let book = Book::new();
    let mut columns = usual(&of(&minutes(0..1)));
    columns[3].1 = Arc::new(Float64Array::from_iter_values([1.1]));
    write(&book.path("a.parquet"), columns, plain());
    let candle = book.read(all()).unwrap()[0];
    assert_eq!((candle.open_time, candle.low.0), (Timestamp(0), 110_000_000));
}
