//! Real candles of the sample, against a run of the reference rules in plain Python, to the last unit.
//!
//! The reference knows no catalog: it was given opens and closes in cents, and its figures stand in the fixture.
use crate::onetape::{Desk, project};
use crate::workloads::{compare, fills_hash};
use datasets::{Catalog, ReadOptions};
use engine::{Interval, Timestamp};
use serde_json::Value;

/// The run file of a case.
fn run_file(case: &Value) -> String {
    let text = |key: &str| case[key].as_str().expect("text");
    let window: String = ["from", "to"]
        .iter()
        .filter_map(|key| case.get(*key)?.as_str().map(|date| format!("{key} = \"{date}\"\n")))
        .collect();
    let quote = if text("venue") == "bybit" { "USDT" } else { "USD" };
    let strategy = match text("strategy") {
        "ema" => format!("kind = \"ema-cross\"\nfast = {}\nslow = {}", case["fast"], case["slow"]),
        other => format!("kind = \"{other}\""),
    };
    format!(
        "[run]\nname = \"real\"\n[data]\ncatalog = \"{}\"\n{window}[[instruments]]\nvenue = \"{}\"\nsymbol = \"{}\"\n\
         interval = \"{}\"\n[account]\ncash = \"10000000 {quote}\"\n[strategy]\n{strategy}\nsize = \"1\"\n\
         [execution]\ntaker_fee_bps = 5\nmaker_fee_bps = 5\n",
        project().join("datasets/sample").display(),
        text("venue"),
        text("symbol"),
        text("interval"),
    )
}

/// Open times of the candles that a case runs over.
fn opens(case: &Value, from: Timestamp) -> Vec<Timestamp> {
    let text = |key: &str| case[key].as_str().expect("text");
    let interval: Interval = text("interval").parse().expect("an interval");
    let catalog = Catalog::open(&project().join("datasets/sample")).expect("the sample");
    let series = catalog.series(text("venue"), text("symbol"), interval).expect("a series");
    let window = ReadOptions { from, ..ReadOptions::all(interval.0) };
    datasets::load_all(&series, window).expect("candles").iter().map(|candle| candle.open_time).collect()
}

#[test]
fn every_figure_is_the_reference_s() {
    let cases: Value = serde_json::from_str(include_str!("../fixtures/real-candles.json")).expect("a fixture");
    let cases = cases.as_object().expect("cases by name");
    assert_eq!(cases.len(), 6);
    for (name, case) in cases {
        let desk = Desk::new();
        let run = desk.write("real.toml", &run_file(case)).display().to_string();
        let summary = desk.say(&format!("--json backtest {run} --out out")).json();
        compare(&summary, case);
        let from: jiff::Timestamp = summary["from"].as_str().expect("text").parse().expect("an instant");
        let opens = opens(case, Timestamp(from.as_nanosecond() as i64));
        let place = |time: Timestamp| opens.binary_search(&time).expect("a candle opened then") as i64;
        assert_eq!(fills_hash(&desk, "out", place), case["fills_sha256"].as_str().expect("text"), "{name}");
    }
}
