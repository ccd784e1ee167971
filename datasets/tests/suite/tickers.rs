//! An instrument whose ticker changes: candles joined from the folders of its tickers, each for its own time.
use crate::book::{Book, MINUTE, all, candle, notes};
use datasets::{DataError, ReadOptions, Series, load_all, ticker_windows, write_candles};
use engine::{Candle, Interval, Timestamp};

const DAY: i64 = 1_440;

/// AB trades as CD on the second day, and under its own name before and after.
const RECORDS: &str = r#"
    [[record]]
    venue = "test"
    symbol = "AB"
    from = "1970-01-02"
    ticker = "CD"
    [[record]]
    venue = "test"
    symbol = "AB"
    from = "1970-01-03"
"#;

/// Candles at these minutes; their prices tell them from others.
fn candles(minutes: std::ops::Range<i64>, price: i64) -> Vec<Candle> {
    minutes.map(|minute| candle(minute, [price, price + minute % 7, price, price, minute])).collect()
}

fn book(records: &str, files: &[(&str, &[Candle])]) -> Book {
    let book = Book::new();
    std::fs::create_dir_all(book.root().join("instruments")).unwrap();
    std::fs::write(book.root().join("instruments/test.toml"), records).unwrap();
    for (name, candles) in files {
        write_candles(&book.root().join("candles/test").join(name), &notes(), candles).unwrap();
    }
    book
}

fn joined(book: &Book) -> Result<Series, DataError> {
    let catalog = book.catalog();
    let windows = ticker_windows("AB", &catalog.instrument_records("test", "AB")?);
    catalog.joined("test", "AB", Interval::MINUTE, &windows)
}

/// The folder of AB goes on with somebody else's candles while AB trades as CD, and CD's is somebody else's around that.
fn usual() -> Book {
    let own = [candles(0..DAY, 10), candles(DAY..DAY + 50, 99), candles(2 * DAY..2 * DAY + 900, 12)].concat();
    let other =
        [candles(DAY - 30..DAY, 98), candles(DAY + 5..2 * DAY, 11), candles(2 * DAY..2 * DAY + 30, 97)].concat();
    book(RECORDS, &[("AB/1m/a.parquet", &own), ("CD/1m.parquet", &other)])
}

#[test]
fn each_folder_counts_for_its_own_time_only() {
    let book = usual();
    let series = joined(&book).unwrap();
    let expected = [candles(0..DAY, 10), candles(DAY + 5..2 * DAY, 11), candles(2 * DAY..2 * DAY + 900, 12)].concat();
    for block_rows in [1, 7, 8_192] {
        assert_eq!(load_all(&series, ReadOptions { block_rows, ..all() }), Ok(expected.clone()));
    }
    assert_eq!((series.first_open(), series.last_open()), (Timestamp(0), Timestamp((2 * DAY + 899) * MINUTE)));
    let (from, to) = (Timestamp((DAY - 2) * MINUTE), Timestamp((2 * DAY + 3) * MINUTE));
    let window = load_all(&series, ReadOptions { from, to, ..all() }).unwrap();
    assert_eq!(window, expected[DAY as usize - 2..expected.len() - 897]);
    let folders: Vec<&str> = series.files().iter().map(|file| file.relative.as_str()).collect();
    assert_eq!(folders, ["candles/test/AB/1m/a.parquet", "candles/test/CD/1m.parquet", "candles/test/AB/1m/a.parquet"]);
}

#[test]
fn digests_name_the_rows_of_the_folder_that_counted() {
    let book = usual();
    let mut reader = joined(&book).unwrap().read(ReadOptions { fingerprint: true, ..all() }).unwrap();
    let mut block = Vec::new();
    while reader.read_block(&mut block).unwrap() {}
    let parts: Vec<(&str, u64, u64)> =
        reader.fingerprints().iter().map(|part| (&part.file[13..15], part.first_row, part.rows)).collect();
    let own = [("AB", 0, 512), ("AB", 512, 512), ("AB", 1_024, 416)];
    // CD's first 30 rows are not AB's; of AB's folder the 50 rows in between.
    let other = [("CD", 30, 482), ("CD", 512, 512), ("CD", 1_024, 441)];
    let again = [("AB", 1_490, 46), ("AB", 1_536, 512), ("AB", 2_048, 342)];
    assert_eq!(parts, [own, other, again].concat());
}

#[test]
fn a_candle_that_lasts_into_the_next_ticker_is_refused() {
    let late = [candle(DAY - 1, [10, 10, 10, 10, 1])];
    let book = book(RECORDS, &[("AB/1m/a.parquet", &late), ("CD/1m.parquet", &candles(DAY..DAY + 1, 11))]);
    let told =
        load_all(&joined(&book).unwrap(), ReadOptions { length_ns: 2 * MINUTE, ..all() }).unwrap_err().to_string();
    assert!(told.contains("CD/1m.parquet: row 0 (1970-01-02T00:00:00Z): opens 1m after the candle before"), "{told}");
}

#[test]
fn records_and_folders_that_do_not_fit_are_refused_in_words() {
    let missing = book(RECORDS, &[("AB/1m/a.parquet", &candles(0..9, 10))]);
    let expected = "test:AB traded as CD from 1970-01-02T00:00:00Z to 1970-01-03T00:00:00Z, and the catalog has no candles for \
                    test:CD 1m of that time; import them, or correct `ticker` in the records of test:AB";
    assert_eq!(joined(&missing).unwrap_err().to_string(), expected);
    // Candles of another time are as good as none.
    let own = [candles(0..9, 10), candles(2 * DAY..2 * DAY + 9, 12)].concat();
    let other = book(RECORDS, &[("AB/1m/a.parquet", &own), ("CD/1m.parquet", &candles(0..9, 11))]);
    assert_eq!(joined(&other).unwrap_err().to_string(), expected);
    // But a catalog may end before the next ticker begins.
    let early = book(RECORDS, &[("AB/1m/a.parquet", &candles(0..9, 10)), ("CD/1m.parquet", &candles(0..9, 11))]);
    assert_eq!(load_all(&joined(&early).unwrap(), all()), Ok(candles(0..9, 10)));

    let claimed = format!("{RECORDS}\n[[record]]\nvenue = \"test\"\nsymbol = \"EF\"\nticker = \"CD\"\n");
    let told = joined(&book(&claimed, &[])).unwrap_err().to_string();
    let expected = "test:AB and test:EF both trade as CD from 1970-01-02T00:00:00Z to 1970-01-03T00:00:00Z; correct `ticker` or \
                    `from` of one of them, or give the other another symbol";
    assert!(told.ends_with(expected), "{told}");

    for ticker in ["", "A/B", "ABCDEFGHIJKLMNOPQ", "A B"] {
        let told = joined(&book(&RECORDS.replace("\"CD\"", &format!("\"{ticker}\"")), &[])).unwrap_err().to_string();
        let expected = format!("`ticker` = {ticker} is not the name of a folder of at most 16 letters and signs");
        assert!(told.ends_with(&expected), "{told}");
    }
}

#[test]
fn an_instrument_may_never_have_traded_under_its_symbol() {
    let records = r#"[[record]]
        venue = "test"
        symbol = "AB"
        ticker = "CD"
        [[record]]
        venue = "test"
        symbol = "AB"
        from = "1970-01-02"
        ticker = "EF"
    "#;
    let book = book(records, &[("CD/1m.parquet", &candles(0..9, 10)), ("EF/1m.parquet", &candles(DAY..DAY + 9, 11))]);
    let all_of_it = [candles(0..9, 10), candles(DAY..DAY + 9, 11)].concat();
    assert_eq!(load_all(&joined(&book).unwrap(), all()), Ok(all_of_it));
}
