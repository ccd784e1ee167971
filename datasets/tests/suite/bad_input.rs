//! Every kind of bad input is refused with words that tell where it is and what to do: one row of a table each.
use crate::book::{Book, MINUTE, all, candle, minutes};
use crate::foreign::{Columns, Six, decimals, of, usual, write};
use arrow_array::{Date32Array, Float64Array, StringArray};
use datasets::{Catalog, ReadOptions};
use engine::{Interval, Timestamp};
use parquet::file::properties::WriterProperties;
use std::sync::Arc;

/// Reads a book's series and compares the message, the folder replaced by `@`.
fn check(book: &Book, options: ReadOptions, expected: &str) {
    let error = book.read(options).expect_err(expected);
    let text = error.to_string().replace(&book.root().display().to_string(), "@");
    assert_eq!(text.replace("@/candles/test/AB/1m/", ""), expected);
}

fn rows(change: impl Fn(&mut Vec<Six>), expected: &str) {
    let mut rows = of(&minutes(0..5));
    change(&mut rows);
    let book = Book::new();
    write(&book.path("a.parquet"), usual(&rows), WriterProperties::builder().build());
    check(&book, all(), expected);
}

fn columns(change: impl Fn(&mut Columns), expected: &str) {
    let book = Book::new();
    let mut columns = usual(&of(&minutes(0..5)));
    change(&mut columns);
    write(&book.path("a.parquet"), columns, WriterProperties::builder().build());
    check(&book, all(), expected);
}

#[test]
fn a_row_that_cannot_be_is_named_with_its_values() {
    let row = "a.parquet: row 2 (1970-01-01T00:02:00Z)";
    let fix = "correct or remove the row";
    let fault = |what: &str| format!("{row}: {what}; {fix}");
    rows(|r| r[2][2] = Some(8), &fault("high is below low: open 10, high 8, low 9, close 11, volume 2"));
    rows(|r| r[2][1] = Some(15), &fault("open is outside low to high: open 15, high 14, low 9, close 11, volume 2"));
    rows(|r| r[2][4] = Some(8), &fault("close is outside low to high: open 10, high 14, low 9, close 8, volume 2"));
    rows(|r| r[2][3] = Some(0), &fault("a price is zero or negative: open 10, high 14, low 0, close 11, volume 2"));
    rows(|r| r[2][5] = Some(-1), &fault("volume is negative: open 10, high 14, low 9, close 11, volume -1"));
    rows(
        |r| r[2][0] = Some(1),
        "a.parquet: row 2 (1970-01-01T00:01:00Z): the same open time as the row before; remove one of the two",
    );
    rows(
        |r| r.swap(2, 3),
        "a.parquet: row 3 (1970-01-01T00:02:00Z): out of order, the row before is 1970-01-01T00:03:00Z; sort the file by open_time",
    );
    for (at, name) in ["open_time", "open", "high", "low", "close", "volume"].into_iter().enumerate() {
        let expected = format!(
            "a.parquet: row 4: `{name}` is null; a candle needs all six values, so remove the row or heal the file"
        );
        rows(|r| r[4][at] = None, &expected);
    }
}

#[test]
fn a_value_that_does_not_fit_is_named_with_its_scale() {
    let mended = "count in a larger unit (lots, thousands), or correct the value";
    let volume = |values: [i128; 5], precision, scale| {
        move |c: &mut Columns| c[5].1 = decimals(values.into_iter().map(Some), precision, scale)
    };
    columns(
        volume([0, 0, 0, 10_i128.pow(20), 0], 28, 8),
        &format!("a.parquet: row 3: `volume` = 100000000000000000000e-8 does not fit with 8 decimal places; {mended}"),
    );
    columns(
        volume([0, 5, 0, 0, 0], 38, 10),
        "a.parquet: row 1: `volume` = 5e-10 has more than 8 decimal places; ask for a finer step of the instrument, or correct the value",
    );
    let floats = |values: [f64; 5]| move |c: &mut Columns| c[5].1 = Arc::new(Float64Array::from(values.to_vec()));
    columns(floats([0.0, 0.0, f64::NAN, 0.0, 0.0]), "a.parquet: row 2: `volume` is NaN; correct or remove the row");
    columns(
        floats([0.0, 0.1 + 0.2, 0.0, 0.0, 0.0]),
        "a.parquet: row 1: `volume` = 0.30000000000000004 has more than 8 decimal places; ask for a finer step of the instrument, or correct the value",
    );
    let book = Book::new().with("a.parquet", &[candle(0, [1, 2, 1, 2, 3]), candle(1, [10, 15, 5, 10, 7])]);
    let mut odd = candle(2, [10, 15, 5, 10, 7]);
    odd.close.0 += 1_234_567;
    let book = book.with("b.parquet", &[odd]);
    check(
        &book,
        ReadOptions { price_scale: 2, ..all() },
        "b.parquet: row 0: `close` = 10.01234567 has more than 2 decimal places; ask for a finer step of the instrument, or correct the value",
    );
    let huge = ReadOptions { price_scale: 18, ..all() };
    check(&book, huge, &format!("a.parquet: row 1: `open` = 10 does not fit with 18 decimal places; {mended}"));
}

#[test]
fn a_wrong_schema_is_named_by_its_column() {
    columns(
        |c| drop(c.remove(4)),
        "a.parquet: column `close` is missing; found open_time, open, high, low, volume; expected open_time, open, high, low, close, volume",
    );
    columns(
        |c| c[0].1 = Arc::new(Date32Array::from(vec![1, 2, 3, 4, 5])),
        "a.parquet: column `open_time` is INT32 with Date; expected a timestamp in s, ms, us or ns, stored as INT64",
    );
    columns(
        |c| c[1].1 = Arc::new(StringArray::from(vec!["1"; 5])),
        "a.parquet: column `open` is BYTE_ARRAY with String; expected a decimal of at most 38 digits, an integer or a float",
    );
}

#[test]
fn a_file_that_is_no_candle_file_says_so() {
    let file = |bytes: &[u8], expected: &str| {
        let book = Book::new();
        std::fs::write(book.path("a.parquet"), bytes).unwrap();
        check(&book, all(), expected);
    };
    file(b"", "a.parquet: holds no candles; remove it or write it again");
    file(b"PAR1", "a.parquet: not a Parquet file: it has 4 bytes; if it is a CSV or JSON file, import it");
    file(
        b"time,open,high,low,close\n",
        "a.parquet: not a Parquet file: it begins with `time`; if it is a CSV or JSON file, import it",
    );
    let book = Book::new().with("b.parquet", &minutes(0..100));
    let whole = std::fs::read(book.path("b.parquet")).unwrap();
    file(
        &whole[..whole.len() / 2],
        "a.parquet: damaged Parquet: its end is missing, as after an interrupted download; fetch or import the file again",
    );
    let mut footer = whole.clone();
    let at = footer.len() - 8;
    footer[at..at + 4].fill(0x7f);
    file(
        &footer,
        &format!(
            "a.parquet: damaged Parquet: its footer claims 2139062143 bytes in a file of {}; fetch or import the file again",
            whole.len()
        ),
    );
    columns(|c| *c = usual(&[]), "a.parquet: holds no candles; remove it or write it again");
}

#[test]
fn a_window_or_a_series_that_is_not_there_says_what_is() {
    let book = Book::new().with("a.parquet", &minutes(10..20));
    let window = ReadOptions { from: Timestamp(30 * MINUTE), ..all() };
    check(
        &book,
        window,
        "test:AB 1m: no candles from 1970-01-01T00:30:00Z to the end; there are candles from 1970-01-01T00:10:00Z to 1970-01-01T00:19:00Z",
    );
    let missing = |venue: &str, symbol: &str, interval: Interval| {
        let error = book.catalog().series(venue, symbol, interval).unwrap_err().to_string();
        error.replace(&book.root().display().to_string(), "@")
    };
    assert_eq!(missing("test", "ab", Interval::MINUTE), "@: no candles for test:ab 1m; nearest: test:AB 1m");
    assert_eq!(missing("..", "candles", Interval::HOUR), "@: no candles for ..:candles 1h; nearest: test:AB 1m");
    assert_eq!(missing("", "", Interval::DAY), "@: no candles for : 1d; nearest: test:AB 1m");
    let nowhere = book.root().join("nowhere");
    let error = Catalog::open(&nowhere).unwrap_err().to_string().replace(&nowhere.display().to_string(), "@");
    assert_eq!(
        error,
        "@: not a catalog: it has no folder `candles`; a catalog holds candles/VENUE/SYMBOL/INTERVAL.parquet"
    );
}

#[test]
fn a_name_that_does_not_exist_is_told_from_data_that_are_broken() {
    let check = |result: Result<(), datasets::DataError>, expected: bool| {
        let error = result.unwrap_err();
        assert_eq!(error.is_unknown_name(), expected, "{error}");
    };
    let book = Book::new().with("a.parquet", &minutes(0..5));
    let named = |venue: &str, symbol: &str, interval| book.catalog().series(venue, symbol, interval).map(drop);
    check(named("test", "AC", Interval::MINUTE), true);
    check(named("text", "AB", Interval::MINUTE), true);
    check(named("test", "AB", Interval::HOUR), true);
    check(Catalog::open(&book.root().join("nowhere")).map(|_| ()), true);
    check(book.read(ReadOptions { from: Timestamp(9 * MINUTE), ..all() }).map(|_| ()), false);
    check(book.read(ReadOptions::all(60 * MINUTE)).map(|_| ()), false);
    std::fs::write(book.path("b.parquet"), b"PAR1").unwrap();
    check(named("test", "AB", Interval::MINUTE), false);
    std::fs::write(book.root().join("candles/test/AB/hourly.parquet"), b"").unwrap();
    check(book.catalog().list().map(|_| ()), false);
}

#[test]
fn files_that_overlap_are_both_named() {
    let book = Book::new().with("b.parquet", &minutes(0..10)).with("a.parquet", &minutes(9..20));
    check(
        &book,
        all(),
        "b.parquet and a.parquet overlap: the first ends 1970-01-01T00:09:00Z, the second begins 1970-01-01T00:09:00Z; remove one or cut it",
    );
}

#[test]
fn a_candle_that_opens_before_the_one_before_is_known_is_named() {
    let at = |minutes: [i64; 2]| minutes.map(|minute| candle(minute, [10, 12, 9, 11, 5]));
    let long = |length_ns| ReadOptions { block_rows: 1, ..ReadOptions::all(length_ns) };
    let book = Book::new().with("a.parquet", &minutes(0..3)).with("b.parquet", &at([63, 120]));
    check(
        &book,
        long(60 * MINUTE),
        "a.parquet: row 1 (1970-01-01T00:01:00Z): opens 1m after the candle before, which lasts 1h from 1970-01-01T00:00:00Z: open 10, high 13, low 9, close 11, volume 1; read the file as the interval that it holds, or correct the row",
    );
    let later = ReadOptions { from: Timestamp(63 * MINUTE), ..long(60 * MINUTE) };
    check(
        &book,
        later,
        "b.parquet: row 1 (1970-01-01T02:00:00Z): opens 57m after the candle before, which lasts 1h from 1970-01-01T01:03:00Z: open 10, high 12, low 9, close 11, volume 5; read the file as the interval that it holds, or correct the row",
    );
    let across = Book::new().with("a.parquet", &at([0, 60])).with("b.parquet", &at([119, 180]));
    assert!(across.read(long(60 * MINUTE)).unwrap_err().to_string().contains("b.parquet: row 0"));
    let day = 24 * 60;
    let clock_change = Book::new().with("a.parquet", &at([0, day - 60]));
    assert_eq!(clock_change.read(long(day * MINUTE)).map(|c| c.len()), Ok(2), "a local day may have 23 hours");
    let shorter = Book::new().with("a.parquet", &at([0, day - 61]));
    assert!(matches!(shorter.read(long(day * MINUTE)), Err(datasets::DataError::Overlap { .. })));
}

#[test]
fn a_misnamed_file_is_named() {
    let book = Book::new();
    let path = book.root().join("candles/test/AB/hourly.parquet");
    std::fs::write(&path, b"").unwrap();
    let error = book.catalog().list().unwrap_err().to_string().replace(&book.root().display().to_string(), "@");
    assert_eq!(
        error,
        "@/candles/test/AB/hourly.parquet: `hourly` is not an interval: expected a whole number and s, m, h, d or w, as in `4h`"
    );
}

#[test]
fn options_that_contradict_themselves_are_refused() {
    let book = Book::new().with("a.parquet", &minutes(0..3));
    let turned = ReadOptions { from: Timestamp(2), to: Timestamp(2), ..all() };
    check(&book, turned, "cannot read candles: `from` has to be before `to`");
    check(
        &book,
        ReadOptions { block_rows: 0, ..all() },
        "cannot read candles: a block of 0 rows; expected 1 to 1048576",
    );
    check(
        &book,
        ReadOptions { price_scale: 19, ..all() },
        "cannot read candles: scales 19 and 8 have to be at most 18",
    );
    check(
        &book,
        ReadOptions { length_ns: -1, ..all() },
        "cannot read candles: a candle of -1 ns would be known before it opens",
    );
}

#[test]
fn the_writer_refuses_what_the_reader_would_and_leaves_no_file() {
    let book = Book::new();
    let path = book.path("a.parquet");
    let refused = |candles: &[engine::Candle], expected: &str| {
        let error = datasets::write_candles(&path, &crate::book::notes(), candles).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
        assert_eq!(std::fs::read_dir(path.parent().unwrap()).unwrap().count(), 0, "{expected}");
    };
    let good = candle(0, [1, 2, 1, 2, 3]);
    let large = candle(0, [1, 2, 1, 2, 10_000_000_000]);
    let mut narrow =
        datasets::CandleWriter::create(&path, &crate::book::notes(), datasets::VolumeWidth::Narrow).unwrap();
    assert!(matches!(narrow.push(&large), Err(datasets::DataError::Overflow { column: "volume", .. })));
    drop(narrow);
    refused(&[], "holds no candles");
    refused(&[good, good], "the same open time");
    refused(&[candle(1, [1, 2, 1, 2, 3]), good], "out of order");
    refused(&[candle(0, [1, 2, 1, 3, 3])], "close is outside low to high");
    refused(&[candle(0, [1, 10_000_000_000, 1, 2, 3])], "`high` = 10000000000 does not fit");
}
