//! Foreign formats: what good files become, and how bad ones are refused.
use crate::book::{Book, notes};
use datasets::import::{Columns, Finer, Format, ImportReport, ImportSpec, Label, QuoteSide, TimeFormat, import};
use datasets::{Catalog, FileNotes, ImportError, ReadOptions, load_all};
use engine::measure::scaled_text;
use engine::{Candle, Interval, Timestamp};
use expect_test::{Expect, expect};
use std::path::{Path, PathBuf};

pub(crate) fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)
}

pub(crate) fn spec(format: Format, input: PathBuf, interval: Interval) -> ImportSpec {
    ImportSpec {
        format,
        inputs: vec![input],
        notes: FileNotes { interval, ..notes() },
        zone: "UTC".parse().unwrap(),
        label: Label::Open,
        price_divisor: 1,
        volume_divisor: 1,
        session_open: None,
        finer: Finer::Refuse,
        file_name: None,
        replace: false,
    }
}

fn mapped() -> Columns {
    Columns {
        delimiter: b';',
        header: true,
        time_format: TimeFormat::Pattern("%d.%m.%Y %H:%M:%S%.f".into()),
        time: "When".into(),
        open: "First".into(),
        high: "Top".into(),
        low: "Bottom".into(),
        close: "Last".into(),
        volume: Some("5".into()),
    }
}

fn line(candle: &Candle) -> String {
    let Candle { open, high, low, close, volume, .. } = *candle;
    let texts = [open.0, high.0, low.0, close.0, volume].map(|value| scaled_text(value, 8));
    format!("{} {}\n", time(candle.open_time), texts.join(" "))
}

pub(crate) fn time(at: Timestamp) -> String {
    jiff::Timestamp::from_nanosecond(i128::from(at.0)).unwrap().to_string()
}

/// Imports into an empty folder and reads the result back.
pub(crate) fn imported(spec: &ImportSpec) -> Result<(ImportReport, Vec<Candle>), ImportError> {
    let folder = tempfile::tempdir().unwrap();
    let report = import(folder.path(), spec)?;
    let series = Catalog::open(folder.path()).unwrap().series("test", "AB", spec.notes.interval).unwrap();
    let candles = load_all(&series, ReadOptions::all(spec.notes.interval.0)).unwrap();
    assert_eq!(report.rows, candles.len() as u64);
    assert_eq!((report.first, report.last), (candles[0].open_time, candles[candles.len() - 1].open_time));
    Ok((report, candles))
}

fn check(spec: &ImportSpec, expected: Expect) {
    let (report, candles) = imported(spec).unwrap();
    let ends = [&candles[0], &candles[candles.len() - 1]].map(line).concat();
    let ImportReport { rows, rounded, without_quote, .. } = report;
    expected.assert_eq(&format!("{rows} candles, {rounded} rounded, {without_quote} without a quote\n{ends}"));
}

#[test]
fn a_table_with_mapped_columns_closing_labels_and_a_zone_is_read() {
    let mut spec = spec(Format::Csv(mapped()), fixture("mapped.csv"), Interval::HOUR);
    (spec.zone, spec.label) = ("America/New_York".parse().unwrap(), Label::Close);
    check(
        &spec,
        expect![[r#"
        12 candles, 0 rounded, 0 without a quote
        2021-03-01T14:00:00Z 100 100.03 99.21 99.23 100.5
        2021-03-02T01:00:00Z 99.37 100.41 99.33 100.35 243.5
    "#]],
    );
    spec.zone = "-05:00".parse().unwrap();
    spec.price_divisor = 4; // every price is a multiple of 0.01, so a quarter of it is exact
    check(
        &spec,
        expect![[r#"
        12 candles, 0 rounded, 0 without a quote
        2021-03-01T14:00:00Z 25 25.0075 24.8025 24.8075 100.5
        2021-03-02T01:00:00Z 24.8425 25.1025 24.8325 25.0875 243.5
    "#]],
    );
}

#[test]
fn samples_of_backtesting_py_are_read_with_their_session() {
    let mut spec = spec(Format::BacktestingPy, fixture("backtesting.csv"), Interval::DAY);
    (spec.zone, spec.session_open) = ("America/New_York".parse().unwrap(), Some(jiff::civil::time(9, 30, 0, 0)));
    check(
        &spec,
        expect![[r#"
        12 candles, 0 rounded, 0 without a quote
        2021-03-01T14:30:00Z 100 100.03 99.21 99.23 100
        2021-03-12T14:30:00Z 99.37 100.41 99.33 100.35 243
    "#]],
    );
}

#[test]
fn klines_of_binance_are_read_in_both_units() {
    let millis = imported(&spec(Format::BinanceKlines, fixture("klines-ms.csv"), Interval::MINUTE)).unwrap();
    let micros = imported(&spec(Format::BinanceKlines, fixture("klines-us.csv"), Interval::MINUTE)).unwrap();
    assert_eq!(millis.1, micros.1);
    check(
        &spec(Format::BinanceKlines, fixture("klines-ms.csv"), Interval::MINUTE),
        expect![[r#"
        12 candles, 0 rounded, 0 without a quote
        2021-03-01T00:00:00Z 100 100.03 99.21 99.23 100.00000001
        2021-03-01T00:11:00Z 99.37 100.41 99.33 100.35 243.00000001
    "#]],
    );
}

#[test]
fn json_of_freqtrade_is_read_digit_by_digit() {
    let minutes = Interval(5 * Interval::MINUTE.0);
    check(
        &spec(Format::FreqtradeJson, fixture("freqtrade.json"), minutes),
        expect![[r#"
        12 candles, 0 rounded, 0 without a quote
        2021-03-01T00:00:00Z 100 100.03 99.21 99.23 100.12345678
        2021-03-01T00:55:00Z 99.37 100.41 99.33 100.35 243.12345678
    "#]],
    );
}

#[test]
fn zips_of_lean_are_read() {
    let new_york = "America/New_York";
    let mut daily = spec(Format::LeanTrades, fixture("lean-daily.zip"), Interval::DAY);
    (daily.zone, daily.price_divisor) = (new_york.parse().unwrap(), 10_000);
    daily.session_open = Some(jiff::civil::time(9, 30, 0, 0));
    check(
        &daily,
        expect![[r#"
        12 candles, 0 rounded, 0 without a quote
        2021-03-01T14:30:00Z 100 100.03 99.21 99.23 100
        2021-03-12T14:30:00Z 99.37 100.41 99.33 100.35 243
    "#]],
    );
    let mut minute = spec(Format::LeanTrades, fixture("lean-minute.zip"), Interval::MINUTE);
    (minute.zone, minute.price_divisor) = (new_york.parse().unwrap(), 10_000);
    check(
        &minute,
        expect![[r#"
        12 candles, 0 rounded, 0 without a quote
        2021-03-15T13:30:00Z 100 100.03 99.21 99.23 100
        2021-03-15T13:41:00Z 99.37 100.41 99.33 100.35 243
    "#]],
    );
    check(
        &spec(Format::LeanTrades, fixture("lean-crypto.zip"), Interval::MINUTE),
        expect![[r#"
        12 candles, 0 rounded, 0 without a quote
        2021-03-15T00:00:00Z 100 100.03 99.21 99.23 0.000001
        2021-03-15T00:11:00Z 99.37 100.41 99.33 100.35 0.00000243
    "#]],
    );
    for (side, expected) in [
        (
            QuoteSide::Bid,
            expect![[r#"
        11 candles, 0 rounded, 1 without a quote
        2021-03-15T00:00:00Z 100 100.03 99.21 99.23 0
        2021-03-15T00:11:00Z 99.37 100.41 99.33 100.35 0
    "#]],
        ),
        (
            QuoteSide::Ask,
            expect![[r#"
        12 candles, 0 rounded, 0 without a quote
        2021-03-15T00:00:00Z 100.02 100.05 99.23 99.25 0
        2021-03-15T00:11:00Z 99.39 100.43 99.35 100.37 0
    "#]],
        ),
    ] {
        check(&spec(Format::LeanQuotes(side), fixture("lean-quotes.zip"), Interval::MINUTE), expected);
    }
}

#[test]
fn several_files_become_one_and_a_name_of_its_own_leaves_the_others() {
    let mut spec = spec(Format::BinanceKlines, fixture("klines-ms.csv"), Interval::MINUTE);
    let book = Book::new();
    spec.file_name = Some("2021-03".into());
    let report = import(&book.root(), &spec).unwrap();
    assert_eq!(report.file, book.path("2021-03.parquet"));
    let again = import(&book.root(), &spec).unwrap_err().to_string();
    assert!(again.ends_with("exists; use `--replace` to write it anew"), "{again}");
    spec.replace = true;
    assert_eq!(import(&book.root(), &spec), Ok(report));
    spec.inputs.push(fixture("klines-us.csv"));
    let twice = import(&book.root(), &spec).unwrap_err().to_string();
    assert!(twice.contains("klines-us.csv: line 2: 2021-03-01T00:00:00Z is out of order"), "{twice}");
    assert_eq!(book.series().unwrap().rows(), 12, "the file before is still there");
}

#[test]
fn a_volume_beyond_eighteen_digits_gets_the_wide_column() {
    let book = Book::new();
    let input = book.root().join("a.csv");
    std::fs::write(&input, "0;1;2;1;2;5\n60;1;2;1;2;90000000000\n").unwrap();
    let columns = Columns { header: false, time_format: TimeFormat::EpochSeconds, ..places() };
    let (_, candles) = imported(&spec(Format::Csv(columns), input, Interval::MINUTE)).unwrap();
    assert_eq!(candles[1].volume, 9_000_000_000_000_000_000);
}

pub(crate) fn places() -> Columns {
    let [time, open, high, low, close, volume] = ["0", "1", "2", "3", "4", "5"].map(Into::into);
    Columns {
        delimiter: b';',
        header: false,
        time_format: TimeFormat::Iso,
        time,
        open,
        high,
        low,
        close,
        volume: Some(volume),
    }
}
