//! What is written is what is read.
use crate::book::{Book, MINUTE, all};
use datasets::{ReadOptions, Series};
use engine::{Candle, CandleSource, Interval, Price, Timestamp};
use proptest::prelude::*;

const LARGEST: i64 = 999_999_999_999_999_999;

prop_compose! {
    /// Any candle that there can be, after a step of time.
    fn any_candle()(
        step in MINUTE..400 * MINUTE,
        low in 1..LARGEST / 2,
        span in 0..LARGEST / 2,
        parts in (0..=1_000_i64, 0..=1_000_i64),
        volume in prop_oneof![0..LARGEST, LARGEST..=i64::MAX],
    ) -> (i64, Candle) {
        let inside = |part: i64| Price(low + span / 1_000 * part);
        let candle = Candle {
            open_time: Timestamp(0),
            known_time: Timestamp(0),
            open: inside(parts.0),
            high: Price(low + span),
            low: Price(low),
            close: inside(parts.1),
            volume,
        };
        (step, candle)
    }
}

fn at_times(candles: Vec<(i64, Candle)>, first: i64) -> Vec<Candle> {
    let mut time = first;
    let place = |(step, candle)| {
        time += step;
        Candle { open_time: Timestamp(time), known_time: Timestamp(time + MINUTE), ..candle }
    };
    candles.into_iter().map(place).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn candles_come_back_as_they_were_written(
        candles in prop::collection::vec(any_candle(), 1..300),
        first in -4_000_000_000_000_000_000..4_000_000_000_000_000_000_i64,
        block_rows in 1..400_usize,
    ) {
        let candles = at_times(candles, first);
        let book = Book::new().with("a.parquet", &candles);
        prop_assert_eq!(book.read(ReadOptions { block_rows, ..all() }), Ok(candles));
    }

    #[test]
    fn a_window_holds_the_candles_that_open_in_it_and_no_others(
        candles in prop::collection::vec(any_candle(), 1..200),
        from in 0..40_000_i64,
        minutes in 1..40_000_i64,
        block_rows in 1..60_usize,
    ) {
        let candles = at_times(candles, 0);
        let (from, to) = (Timestamp(from * MINUTE), Timestamp((from + minutes) * MINUTE));
        let expected: Vec<Candle> = candles.iter().copied().filter(|c| c.open_time >= from && c.open_time < to).collect();
        let half = candles.len() / 2;
        let mut book = Book::new().with("b.parquet", &candles[half..]);
        if half > 0 {
            book = book.with("a.parquet", &candles[..half]);
        }
        let read = book.read(ReadOptions { from, to, block_rows, ..all() });
        if expected.is_empty() {
            let none = matches!(read, Err(datasets::DataError::NoCandles { .. }));
            prop_assert!(none);
        } else {
            prop_assert_eq!(read, Ok(expected));
        }
    }
}

#[test]
fn a_series_in_one_file_and_in_a_folder_are_both_found() {
    let minutes = crate::book::minutes(0..10);
    let book = Book::new().with("a.parquet", &minutes[..4]).with("b.parquet", &minutes[4..7]);
    std::fs::rename(book.with_file(&minutes[7..]), book.root().join("candles/test/AB/1m.parquet")).unwrap();
    let series: Series = book.series().unwrap();
    let files: Vec<&str> = series.files().iter().map(|file| file.relative.as_str()).collect();
    assert_eq!(files, ["candles/test/AB/1m/a.parquet", "candles/test/AB/1m/b.parquet", "candles/test/AB/1m.parquet"]);
    assert_eq!((series.rows(), series.first_open(), series.last_open()), (10, Timestamp(0), Timestamp(9 * MINUTE)));
    assert_eq!(datasets::load_all(&series, all()), Ok(minutes));
}

impl Book {
    fn with_file(&self, candles: &[Candle]) -> std::path::PathBuf {
        let path = self.root().join("loose.parquet");
        datasets::write_candles(&path, &crate::book::notes(), candles).unwrap();
        path
    }
}

#[test]
fn a_catalog_lists_its_series_by_venue_symbol_and_length() {
    let book = Book::new().with("a.parquet", &crate::book::minutes(0..3));
    for place in ["test/AB/1d", "test/AB/4h", "test/AA/1d", "other/ZZ/1h"] {
        let path = book.root().join(format!("candles/{place}.parquet"));
        datasets::write_candles(&path, &crate::book::notes(), &crate::book::minutes(0..2)).unwrap();
    }
    let names: Vec<String> = book.catalog().list().unwrap().iter().map(Series::name).collect();
    assert_eq!(names, ["other:ZZ 1h", "test:AA 1d", "test:AB 1m", "test:AB 4h", "test:AB 1d"]);
}

#[test]
fn known_time_is_the_length_after_the_open() {
    let days = [0, 23 * 60].map(|minute| crate::book::candle(minute, [10, 12, 9, 11, 5]));
    let book = Book::new().with("a.parquet", &days);
    let session = 6 * Interval::HOUR.0 + 30 * MINUTE;
    let candles = book.read(ReadOptions::all(session)).unwrap();
    assert_eq!(candles[1].known_time, Timestamp(23 * 60 * MINUTE + session));
}

#[test]
fn prices_come_in_the_step_that_is_asked_for() {
    let book = Book::new().with("a.parquet", &[crate::book::candle(0, [10, 12, 9, 11, 5])]);
    for (price_scale, qty_scale) in [(0, 3), (2, 8), (8, 0), (10, 9)] {
        let candle = book.read(ReadOptions { price_scale, qty_scale, ..all() }).unwrap()[0];
        let (p, q) = (10_i64.pow(u32::from(price_scale)), 10_i64.pow(u32::from(qty_scale)));
        let found = [candle.open.0, candle.high.0, candle.low.0, candle.close.0, candle.volume];
        assert_eq!(found, [10 * p, 12 * p, 9 * p, 11 * p, 5 * q], "{price_scale} {qty_scale}");
    }
}

#[test]
fn a_source_is_empty_before_its_first_block_and_after_its_last() {
    let book = Book::new().with("a.parquet", &crate::book::minutes(0..3));
    let mut reader = book.series().unwrap().read(all()).unwrap();
    assert!(reader.block().is_empty());
    assert_eq!(reader.advance(), Ok(true));
    assert_eq!(reader.block().len(), 3);
    assert_eq!((reader.advance(), reader.block().len()), (Ok(false), 0));
    assert_eq!(reader.advance(), Ok(false));
}
