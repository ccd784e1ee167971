//! The workloads W1 to W5 from Parquet to summary, against results computed independently, to the last unit.
use crate::onetape::Desk;
use datasets::writer::FileNotes;
use engine::{Interval, Timestamp};
use evaluations::tables::read_fills;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::fmt::Write;

/// 2021-01-01T00:00:00Z: the first candle of every workload.
const FIRST: i64 = 1_609_459_200_000_000_000;

fn expected() -> Value {
    serde_json::from_str(include_str!("../fixtures/workloads.json")).expect("a fixture")
}

/// Writes the candles of a seed into the desk's catalog.
fn bring(desk: &Desk, symbol: &str, seed: u64, n: usize) {
    let path = desk.path("catalog/candles/generated").join(symbol).join("1m.parquet");
    let notes = FileNotes {
        venue: "generated".into(),
        symbol: symbol.into(),
        interval: Interval::MINUTE,
        source: "generated".into(),
        licence: "none needed".into(),
        price: "trade".into(),
        note: String::new(),
    };
    datasets::write_candles(&path, &notes, &benches::bars(seed, n)).expect("written");
}

fn run_file(desk: &Desk, name: &str, symbols: &[String], cash: &str, strategy: &str) -> String {
    let instruments: String = symbols
        .iter()
        .map(|s| {
            format!("[[instruments]]\nvenue = \"generated\"\nsymbol = \"{s}\"\ninterval = \"1m\"\nquote = \"USD\"\n")
        })
        .collect();
    let text = format!(
        "[run]\nname = \"{name}\"\n[data]\ncatalog = \"catalog\"\n{instruments}[account]\ncash = \"{cash} USD\"\n\
         [strategy]\n{strategy}\nsize = \"1\"\n[execution]\ntaker_fee_bps = 5\nmaker_fee_bps = 5\n"
    );
    desk.write(&format!("{name}.toml"), &text).display().to_string()
}

/// Money as the reference counts it.
fn micro(value: &Value) -> i128 {
    let money: engine::Money = value.as_str().expect("money is text").parse().expect("a decimal");
    assert_eq!(money.0 % 1_000_000, 0, "{money} is finer than the reference counts");
    money.0 / 1_000_000
}

fn number(value: &Value) -> i128 {
    i128::from(value.as_i64().expect("a whole number"))
}

/// Compares a summary with the reference, figure by figure.
pub(crate) fn compare(summary: &Value, expected: &Value) {
    for (ours, theirs) in [
        ("bars", "bars"),
        ("fills", "fills"),
        ("round_trips", "closed_trades"),
        ("wins", "wins"),
        ("unfilled_at_end", "unfilled_at_end"),
    ] {
        assert_eq!(number(&summary[ours]), number(&expected[theirs]), "{ours}");
    }
    for (ours, theirs) in [
        ("fees", "fees_micro"),
        ("cash", "cash_micro"),
        ("final_equity", "final_equity_micro"),
        ("max_drawdown", "max_drawdown_micro"),
    ] {
        assert_eq!(micro(&summary[ours]), number(&expected[theirs]), "{ours}");
    }
    let open = summary["open_positions"].as_array().expect("a list");
    let held: i128 =
        open.iter().map(|p| p["quantity"].as_str().expect("text").parse::<i128>().expect("whole units")).sum();
    assert_eq!(held, number(&expected["open_position"]));
}

/// The hash of all fills in the reference's form; `place` numbers the candle that opened then.
pub(crate) fn fills_hash(desk: &Desk, folder: &str, place: impl Fn(Timestamp) -> i64) -> String {
    let mut hasher = Sha256::new();
    let mut line = String::new();
    for fill in read_fills(&desk.path(folder).join("fills.parquet")).expect("a table") {
        let index = place(fill.time);
        let cents = fill.price.raw * 100 / engine::measure::pow10(fill.price.scale);
        line.clear();
        write!(line, "{index},{},{cents};", fill.side.sign()).expect("a text grows");
        hasher.update(line.as_bytes());
    }
    hasher.finalize().iter().map(|b| format!("{b:02x}")).collect()
}

fn check(name: &str, seed: u64, n: usize, cash: &str, strategy: &str) {
    let desk = Desk::new();
    bring(&desk, name, seed, n);
    let run = run_file(&desk, name, &[name.to_string()], cash, strategy);
    let summary = desk.say(&format!("--json backtest {run} --out out")).json();
    let expected = &expected()[name];
    compare(&summary, expected);
    assert_eq!(
        fills_hash(&desk, "out", |time| (time.0 - FIRST) / Interval::MINUTE.0),
        expected["fills_sha256"].as_str().expect("text")
    );
}

const EMA: &str = "kind = \"ema-cross\"\nfast = 20\nslow = 50";

#[test]
fn w1_one_instrument_a_million_candles() {
    check("W1", 1, 1_000_000, "10000000", EMA);
}

#[test]
fn w4_five_million_candles_from_file_to_summary() {
    check("W4", 4, 5_000_000, "100000000", EMA);
}

#[test]
fn w5_an_order_at_every_close() {
    check("W5", 5, 200_000, "10000000", "kind = \"flip\"");
}

#[test]
fn w3_fifty_instruments_on_one_account() {
    let desk = Desk::new();
    let symbols: Vec<String> = (0..50).map(|k| format!("S{k:02}")).collect();
    for (k, symbol) in (0..).zip(&symbols) {
        bring(&desk, symbol, 100 + k, 20_000);
    }
    let run = run_file(&desk, "W3", &symbols, "10000000", EMA);
    let summary = desk.say(&format!("--json backtest {run} --out out")).json();
    let expected = &expected()["W3"];
    assert_eq!(number(&summary["fills"]), number(&expected["fills"]));
    assert_eq!(number(&summary["round_trips"]), number(&expected["closed_trades"]));
    assert_eq!(micro(&summary["fees"]), number(&expected["fees_micro"]));
    assert_eq!(micro(&summary["final_equity"]), number(&expected["final_equity_micro"]));
    let fills = read_fills(&desk.path("out/fills.parquet")).expect("a table");
    for (symbol, row) in symbols.iter().zip(expected["per_instrument"].as_array().expect("a list")) {
        let name = format!("generated:{symbol}");
        let count = fills.iter().filter(|fill| *fill.instrument == *name).count();
        assert_eq!(count as i64, row[1].as_i64().expect("a count"), "{name}");
    }
}

#[test]
fn w2_two_hundred_sets_whatever_the_number_of_threads() {
    let desk = Desk::new();
    bring(&desk, "W2", 2, 100_000);
    let run = run_file(&desk, "W2", &["W2".to_string()], "10000000", EMA);
    let sweep = |threads: u32| {
        let line = format!(
            "--json sweep {run} --grid fast=5..24 --grid slow=30..79:5 --by final_equity --threads {threads} --out t{threads}"
        );
        desk.say(&line).json()
    };
    let (one, two) = (sweep(1), sweep(2));
    assert_eq!(one, two);
    let table = |threads: u32| std::fs::read(desk.path(&format!("t{threads}/results.parquet"))).expect("a table");
    assert_eq!(table(1), table(2));
    let expected = expected();
    let sets = expected["W2"].as_array().expect("a list");
    let best = sets.iter().max_by_key(|set| number(&set["final_equity_micro"])).expect("two hundred sets");
    compare(&one["best"]["summary"], best);
    assert_eq!(one["sets"], 200);
    let rows = crate::results::read(&desk.path("t1/results.parquet"));
    for set in sets {
        let key = (set["fast"].to_string(), set["slow"].to_string());
        let row =
            rows.iter().find(|row| (row["fast"].clone(), row["slow"].clone()) == key).expect("every set has a row");
        for (ours, theirs) in [("fills", "fills"), ("round_trips", "closed_trades"), ("wins", "wins")] {
            assert_eq!(row[ours], set[theirs].to_string(), "{key:?} {ours}");
        }
        for (ours, theirs) in [
            ("fees", "fees_micro"),
            ("cash", "cash_micro"),
            ("final_equity", "final_equity_micro"),
            ("max_drawdown", "max_drawdown_micro"),
        ] {
            let money: engine::Money = row[ours].parse().expect("a decimal");
            assert_eq!(money.0, number(&set[theirs]) * 1_000_000, "{key:?} {ours}");
        }
    }
}
