//! Ticks as they come out of a catalog: merged, exact and by one clock, or refused with file and row.
use crate::book::{Book, UNIT};
use crate::foreign::{Columns, decimals, times, write};
use arrow_array::{ArrayRef, BooleanArray, Int64Array, StringArray};
use datasets::{Catalog, TickClock, TickCounts, TickOptions, prefetch};
use engine::{Price, Qty, Side, Tick, TickSource, Timestamp};
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use proptest::prelude::*;
use std::path::Path;
use std::sync::Arc;

/// Whole numbers, or nulls.
type Numbers<'a> = &'a [Option<i64>];

fn numbers(values: Numbers<'_>) -> ArrayRef {
    decimals(values.iter().map(|value| value.map(|v| i128::from(v) * i128::from(UNIT))), 28, 8)
}

fn clock(values: Numbers<'_>) -> ArrayRef {
    times(values.iter().copied())
}

fn some(values: &[i64]) -> Vec<Option<i64>> {
    values.iter().copied().map(Some).collect()
}

/// Four trades at the times 1, 3, 3 and 7.
fn trades() -> Columns {
    vec![
        ("ts_event", clock(&some(&[1, 3, 3, 7]))),
        ("ts_recv", clock(&[None; 4])),
        ("price", numbers(&some(&[10, 11, 12, 13]))),
        ("size", numbers(&some(&[1, 2, 3, 4]))),
        ("side", Arc::new(StringArray::from(vec![Some("buy"), Some("sell"), None, Some("buy")]))),
        ("trade_id", Arc::new(Int64Array::from(vec![5, 6, 7, 8]))),
        ("suspicious", Arc::new(BooleanArray::from(vec![None, Some(false), Some(true), None]))),
    ]
}

/// Three quotes at the times 2, 3 and 9; the second is crossed, the third has no sizes.
fn quotes() -> Columns {
    vec![
        ("ts_event", clock(&some(&[2, 3, 9]))),
        ("ts_recv", clock(&[None; 3])),
        ("bid", numbers(&some(&[9, 12, 10]))),
        ("bid_size", numbers(&[Some(5), Some(0), None])),
        ("ask", numbers(&some(&[10, 11, 11]))),
        ("ask_size", numbers(&[Some(6), Some(7), None])),
    ]
}

struct Desk(Book);

impl Desk {
    fn new(trades: Option<Columns>, quotes: Option<Columns>) -> Self {
        Self::with(trades, quotes, WriterProperties::builder().build())
    }

    fn with(trades: Option<Columns>, quotes: Option<Columns>, properties: WriterProperties) -> Self {
        let book = Book::new();
        let folder = book.root().join("ticks/test/AB");
        std::fs::create_dir_all(&folder).unwrap();
        for (name, columns) in [("trades.parquet", trades), ("quotes.parquet", quotes)] {
            if let Some(columns) = columns {
                write(&folder.join(name), columns, properties.clone());
            }
        }
        Self(book)
    }

    fn read(&self, options: TickOptions) -> Result<(Vec<Tick>, TickCounts), String> {
        let text = |e: datasets::DataError| e.to_string().replace(&self.0.root().display().to_string(), "@");
        let mut reader = self.0.catalog().ticks("test", "AB").and_then(|series| series.read(options)).map_err(text)?;
        let mut all = Vec::new();
        while reader.advance().map_err(text)? {
            assert!(!reader.block().is_empty() && reader.block().len() <= options.block_rows);
            all.extend_from_slice(reader.block());
        }
        Ok((all, reader.counts()))
    }
}

fn trade(time: i64, price: i64, quantity: i64, taker: Option<Side>) -> Tick {
    Tick::trade(Timestamp(time), Price(price * UNIT), Qty(quantity * UNIT), taker)
}

fn quote(time: i64, (bid, bid_size): (i64, i64), (ask, ask_size): (i64, i64)) -> Tick {
    let side = |price: i64, size: i64| (Price(price * UNIT), if size < 0 { Tick::NO_SIZE } else { Qty(size * UNIT) });
    Tick::quote(Timestamp(time), side(bid, bid_size), side(ask, ask_size))
}

#[test]
fn trades_and_quotes_come_in_the_order_of_time_and_at_one_time_the_trades_first() {
    let first = trade(1, 10, 1, Some(Side::Buy));
    let second = trade(3, 11, 2, Some(Side::Sell));
    let last = trade(7, 13, 4, Some(Side::Buy));
    let [plain, crossed, bare] = [quote(2, (9, 5), (10, 6)), quote(3, (12, 0), (11, 7)), quote(9, (10, -1), (11, -1))];
    // Row groups of two rows, with and without statistics, and blocks that end anywhere give the same.
    for (rows, statistics) in [(1_024, EnabledStatistics::Chunk), (2, EnabledStatistics::None)] {
        let properties = WriterProperties::builder()
            .set_max_row_group_row_count(Some(rows))
            .set_statistics_enabled(statistics)
            .build();
        let desk = Desk::with(Some(trades()), Some(quotes()), properties);
        for block_rows in [1, 2, 3, 8_192] {
            let (ticks, counts) = desk.read(TickOptions { block_rows, ..TickOptions::all() }).unwrap();
            assert_eq!(ticks, [first, plain, second, crossed, last, bare]);
            assert_eq!(counts, TickCounts { trades: 3, quotes: 3, crossed: 1, suspicious: 1 });
        }
        let window = TickOptions { from: Timestamp(2), to: Timestamp(7), ..TickOptions::all() };
        assert_eq!(desk.read(window).unwrap().0, [plain, second, crossed]);
    }
    assert_eq!(Desk::new(Some(trades()), None).read(TickOptions::all()).unwrap().0, [first, second, last]);
    assert_eq!(Desk::new(None, Some(quotes())).read(TickOptions::all()).unwrap().0, [plain, crossed, bare]);
}

#[test]
fn a_series_says_what_it_holds_and_by_which_clock() {
    let desk = Desk::new(Some(trades()), Some(quotes()));
    let series = desk.0.catalog().ticks("test", "AB").unwrap();
    assert_eq!((series.clock, series.rows()), (TickClock::Event, 7));
    assert_eq!((series.first(), series.last()), (Timestamp(1), Timestamp(9)));
    assert_eq!(desk.0.catalog().list_ticks().unwrap(), std::slice::from_ref(&series));
    let files: Vec<&str> = series.files().map(|file| file.relative.as_str()).collect();
    assert_eq!(files, ["ticks/test/AB/trades.parquet", "ticks/test/AB/quotes.parquet"]);

    let mut received = [trades(), quotes()];
    received[0][1].1 = clock(&some(&[4, 4, 5, 6]));
    received[1][1].1 = clock(&some(&[4, 5, 6]));
    let [trades, quotes] = received.clone();
    let both = Desk::new(Some(trades), Some(quotes)).0.catalog().ticks("test", "AB").unwrap();
    assert_eq!(both.clock, TickClock::Received, "where both are whole");
    received[1].remove(0); // a clock that is not there at all is as good as one of nulls
    let [trades, quotes] = received;
    let series = Desk::new(Some(trades), Some(quotes)).0.catalog().ticks("test", "AB").unwrap();
    assert_eq!((series.clock, series.first(), series.last()), (TickClock::Received, Timestamp(4), Timestamp(6)));
}

#[test]
fn reading_ahead_changes_nothing_and_leaves_the_counts() {
    let desk = Desk::new(Some(trades()), Some(quotes()));
    let series = desk.0.catalog().ticks("test", "AB").unwrap();
    let mut sources = prefetch(vec![series.read(TickOptions { block_rows: 2, ..TickOptions::all() }).unwrap()]);
    let handle = sources[0].summary();
    let mut all = Vec::new();
    while sources[0].advance().unwrap() {
        all.extend_from_slice(sources[0].block());
    }
    let (direct, counts) = desk.read(TickOptions::all()).unwrap();
    assert_eq!((all, handle.get()), (direct, Some(&counts)));
}

/// Changes a column of the trades (0) or the quotes (1) and compares what is said about it.
fn refused(which: usize, column: &str, values: ArrayRef, expected: &str) {
    let mut files = [trades(), quotes()];
    files[which].iter_mut().find(|(name, _)| *name == column).unwrap().1 = values;
    let [trades, quotes] = files;
    let told = Desk::new(Some(trades), Some(quotes)).read(TickOptions::all()).expect_err(expected);
    assert_eq!(told.replace("@/ticks/test/AB/", ""), expected);
}

#[test]
fn a_row_that_cannot_be_is_named_with_file_row_and_field() {
    let at = |file: &str, row: &str| format!("{file}.parquet: row {row}");
    let (second, third) = ("1 (1970-01-01T00:00:00.000000003Z)", "2 (1970-01-01T00:00:00.000000009Z)");
    let more = "expected more than zero; correct or remove the row";
    refused(0, "price", numbers(&some(&[1, 0, 1, 1])), &format!("{}: `price` is 0; {more}", at("trades", second)));
    refused(0, "size", numbers(&some(&[1, -2, 1, 1])), &format!("{}: `size` is -2; {more}", at("trades", second)));
    refused(1, "bid", numbers(&some(&[1, 1, -1])), &format!("{}: `bid` is -1; {more}", at("quotes", third)));
    refused(1, "ask", numbers(&some(&[1, 1, 0])), &format!("{}: `ask` is 0; {more}", at("quotes", third)));
    let size = "expected zero or more, or null where it is not known; correct the row";
    refused(1, "ask_size", numbers(&some(&[1, 1, -7])), &format!("{}: `ask_size` is -7; {size}", at("quotes", third)));
    let need = "a trade needs its time, its price and its size, so remove the row or heal the file";
    for column in ["price", "size"] {
        let expected = format!("{}: `{column}` is null; {need}", at("trades", "3"));
        refused(0, column, numbers(&[Some(1), Some(1), Some(1), None]), &expected);
    }
    let need = "a quote needs its time, its bid and its ask, so remove the row or heal the file";
    for column in ["bid", "ask"] {
        let expected = format!("{}: `{column}` is null; {need}", at("quotes", "0"));
        refused(1, column, numbers(&[None, Some(1), Some(1)]), &expected);
    }
    let words = Arc::new(StringArray::from(vec![None, Some("buy"), Some("BUY"), None]));
    let side = "`side` is `BUY`; expected `buy` or `sell`, or null where it is not known";
    refused(0, "side", words, &format!("{}: {side}", at("trades", "2")));
    refused(
        0,
        "ts_event",
        clock(&some(&[1, 3, 2, 7])),
        "trades.parquet: row 2 (1970-01-01T00:00:00.000000002Z): out of order, the row before is 1970-01-01T00:00:00.000000003Z; sort the file by ts_event",
    );
}

#[test]
fn files_without_a_clock_in_common_are_refused_by_name() {
    refused(
        0,
        "ts_event",
        clock(&[Some(1), None, Some(3), None]),
        "trades.parquet: `ts_recv` is missing in 4 of 4 rows; quotes.parquet: `ts_recv` is missing in 3 of 3 rows; \
         trades.parquet: `ts_event` is missing in 2 of 4 rows; the files of a symbol have to run on one clock: complete a \
         column, or take one of the files away",
    );
}

#[test]
fn a_value_that_does_not_fit_the_steps_is_named() {
    let mut columns = trades();
    columns[2].1 = decimals([10_i128, 10, 10, 1_234_567].into_iter().map(Some), 18, 8);
    let told = Desk::new(Some(columns), None).read(TickOptions { price_scale: 2, ..TickOptions::all() });
    assert_eq!(
        told.unwrap_err().replace("@/ticks/test/AB/", ""),
        "trades.parquet: row 0: `price` = 0.0000001 has more than 2 decimal places; ask for a finer step of the instrument, or correct the value"
    );
    let (ticks, _) = Desk::new(None, Some(quotes()))
        .read(TickOptions { price_scale: 0, qty_scale: 9, ..TickOptions::all() })
        .unwrap();
    assert_eq!(ticks[0], Tick::quote(Timestamp(2), (Price(9), Qty(5_000_000_000)), (Price(10), Qty(6_000_000_000))));
}

#[test]
fn what_is_not_there_is_said_with_what_is() {
    let desk = Desk::new(Some(trades()), None);
    let text = |told: String| told.replace(&desk.0.root().display().to_string(), "@");
    let none =
        |catalog: Catalog, venue: &str, symbol: &str| text(catalog.ticks(venue, symbol).unwrap_err().to_string());
    assert_eq!(none(desk.0.catalog(), "test", "AC"), "@: no ticks for test:AC; nearest: test:AB");
    assert_eq!(none(desk.0.catalog(), "..", "AB"), "@: no ticks for ..:AB; nearest: test:AB");
    let empty = Book::new();
    assert!(none(empty.catalog(), "a", "B").ends_with(": no ticks for a:B; the catalog has no ticks at all"));
    let late = TickOptions { from: Timestamp(8), ..TickOptions::all() };
    let told = desk.read(late).unwrap_err();
    assert!(
        told.starts_with(
            "test:AB ticks: no ticks from 1970-01-01T00:00:00.000000008Z to the end; there are ticks from"
        ),
        "{told}"
    );
    let turned = TickOptions { from: Timestamp(8), to: Timestamp(8), ..TickOptions::all() };
    assert_eq!(desk.read(turned).unwrap_err(), "cannot read ticks: `from` has to be before `to`");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn a_damaged_file_of_ticks_ends_in_an_error_or_in_ticks_and_never_in_a_panic(
        which in 0..2_usize,
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        cut in any::<prop::sample::Index>(),
    ) {
        let desk = Desk::new(Some(trades()), Some(quotes()));
        let path = desk.0.root().join("ticks/test/AB").join(["trades.parquet", "quotes.parquet"][which]);
        let whole = std::fs::read(&path).unwrap();
        let mut bytes = whole.clone();
        for (at, value) in &changes {
            bytes[at.index(whole.len())] = *value;
        }
        std::fs::write(&path, &bytes).unwrap();
        let _ = desk.read(TickOptions::all()); // damage inside a value may well pass
        std::fs::write(&path, &whole[..cut.index(whole.len())]).unwrap();
        prop_assert!(desk.read(TickOptions::all()).is_err());
    }
}

#[test]
fn the_ticks_of_the_sample_make_its_candles() {
    let catalog = Catalog::open(&Path::new(env!("CARGO_MANIFEST_DIR")).join("sample")).unwrap();
    let series = catalog.ticks("binance", "BTCUSDT").unwrap();
    assert_eq!(series.clock, TickClock::Received);
    let mut reader = series.read(TickOptions { price_scale: 2, qty_scale: 5, ..TickOptions::all() }).unwrap();
    let mut before = Timestamp::MIN;
    while reader.advance().unwrap() {
        assert!(reader.block().iter().all(|tick| std::mem::replace(&mut before, tick.time) <= tick.time));
    }
    assert_eq!(reader.counts(), TickCounts { trades: 9_757, quotes: 28_040, crossed: 0, suspicious: 0 });
}
