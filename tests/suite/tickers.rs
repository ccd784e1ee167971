//! An instrument whose ticker changes, from catalog to tape: positions, orders and equity run through the change.
use crate::onetape::Desk;
use engine::{Candle, Interval, Price, Timestamp};

/// 2020-01-01, in days.
const FIRST: i64 = 18_262;
const UNIT: i64 = 100_000_000;

/// AAAA trades as BBBB from 2020-02-20 to 2020-04-10: days 50 to 100.
const RECORDS: &str = r#"
    [[record]]
    venue = "test"
    symbol = "AAAA"
    tick = "0.01"
    lot = "1"

    [[record]]
    venue = "test"
    symbol = "AAAA"
    from = "2020-02-20"
    tick = "0.01"
    lot = "1"
    ticker = "BBBB"

    [[record]]
    venue = "test"
    symbol = "AAAA"
    from = "2020-04-10"
    tick = "0.01"
    lot = "1"
"#;

const RUN: &str = r#"
    [data]
    catalog = "CATALOG"
    [[instruments]]
    venue = "test"
    symbol = "AAAA"
    interval = "1d"
    [account]
    cash = "100000 USD"
    [strategy]
    kind = "KIND"
    size = "10"
"#;

/// Days that swing around 100, so that the levels of a grid are met again and again.
fn days(range: std::ops::Range<i64>, base: i64) -> Vec<Candle> {
    let day = |n: i64| {
        let open_time = Timestamp((FIRST + n) * Interval::DAY.0);
        let middle = base + [0, 2, 5, 3, -1, -4, -6, -2][n as usize % 8] + n % 3;
        let [open, high, low, close] = [0, 2, -2, 1].map(|by| Price((middle + by) * UNIT));
        Candle { open_time, known_time: open_time.after(Interval::DAY.0), open, high, low, close, volume: UNIT }
    };
    range.map(day).collect()
}

fn write(desk: &Desk, place: &str, candles: &[Candle]) {
    let notes = datasets::FileNotes {
        venue: "test".into(),
        symbol: "AAAA".into(),
        interval: Interval::DAY,
        source: String::new(),
        licence: String::new(),
        price: "trade".into(),
        note: String::new(),
    };
    datasets::write_candles(&desk.path(place), &notes, candles).expect("written");
}

/// A desk with a catalog of two tickers, one with all candles in one folder, and a run over each.
fn desk(kind: &str) -> Desk {
    let desk = Desk::new();
    let own = [days(0..50, 100), days(50..60, 900), days(100..150, 100)].concat();
    write(&desk, "two/candles/test/AAAA/1d.parquet", &own);
    write(
        &desk,
        "two/candles/test/BBBB/1d.parquet",
        &[days(30..50, 300), days(50..100, 100), days(100..120, 700)].concat(),
    );
    write(&desk, "one/candles/test/AAAA/1d.parquet", &days(0..150, 100));
    desk.write("two/instruments/test.toml", RECORDS);
    desk.write("one/instruments/test.toml", &RECORDS.replace("ticker = \"BBBB\"", ""));
    for catalog in ["one", "two"] {
        desk.write(&format!("{catalog}.toml"), &RUN.replace("CATALOG", catalog).replace("KIND", kind));
        desk.say(&format!("--json backtest {catalog}.toml --out out-{catalog} --tape")).json();
    }
    desk
}

#[test]
fn a_run_over_two_tickers_is_the_run_over_one_folder() {
    for kind in ["buy-and-hold", "grid"] {
        let desk = desk(kind);
        for table in ["equity", "fills", "orders", "round_trips"] {
            let read = |run: &str| std::fs::read(desk.path(&format!("{run}/{table}.parquet"))).expect("a table");
            assert!(read("out-one") == read("out-two"), "{kind}: {table}");
        }
        assert_eq!(desk.say("replay out-two").code, 0);
        let shown = desk.say("tape show out-two --count 100000").out;
        for text in ["test:AAAA trades as BBBB from here on", "test:AAAA trades as AAAA from here on"] {
            assert_eq!(shown.matches(text).count(), 1, "{kind}: {text}");
        }
        assert!(!desk.say("tape show out-one --count 100000").out.contains("trades as"));
    }
}

#[test]
fn another_candle_of_the_other_ticker_is_found_by_a_replay() {
    let desk = desk("grid");
    let mut other = [days(30..50, 300), days(50..100, 100), days(100..120, 700)].concat();
    other[5].volume += 1; // not of the instrument's time
    write(&desk, "two/candles/test/BBBB/1d.parquet", &other);
    assert_eq!(desk.say("replay out-two").code, 0);
    other[25].volume += 1;
    write(&desk, "two/candles/test/BBBB/1d.parquet", &other);
    desk.say("replay out-two").refuses(3, "dataset differs: candles/test/BBBB/1d.parquet row group 0");
}

#[test]
fn a_ticker_without_candles_ends_the_run_before_it_begins() {
    let desk = desk("grid");
    std::fs::remove_dir_all(desk.path("two/candles/test/BBBB")).expect("removed");
    let told = desk.say("backtest two.toml --out again");
    assert_ne!(told.code, 0);
    assert!(told.err.contains("test:AAAA traded as BBBB from 2020-02-20T00:00:00Z"), "{}", told.err);
}
