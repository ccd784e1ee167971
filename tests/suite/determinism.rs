//! The same inputs give the same bytes, and every run is counted.
use crate::onetape::Desk;
use engine::{Interval, Timestamp};

#[test]
fn a_run_of_ours_is_replaced_by_the_next_and_leaves_nothing_else() {
    let desk = Desk::new();
    for _ in 0..2 {
        desk.say("--json backtest @/examples/btc-ema-cross.toml").json();
    }
    let runs: Vec<_> =
        std::fs::read_dir(desk.path("runs")).expect("a folder").map(|e| e.expect("an entry").file_name()).collect();
    assert_eq!(runs.len(), 1, "{runs:?}");
    let mut files: Vec<String> = std::fs::read_dir(desk.path("runs").join(&runs[0]))
        .expect("a folder")
        .map(|e| e.expect("an entry").file_name().to_string_lossy().into_owned())
        .collect();
    files.sort();
    let expected = [
        "equity.parquet",
        "fills.parquet",
        "orders.parquet",
        "report.html",
        "round_trips.parquet",
        "run.toml",
        "summary.json",
    ];
    assert_eq!(files, expected);
    // The resolved run file is a run file that gives the same run.
    let resolved = format!("runs/{}/run.toml", runs[0].to_string_lossy());
    let again = desk.say(&format!("--json backtest {resolved} --out again")).json();
    assert!(runs[0].to_string_lossy().ends_with(&again["digest"].as_str().expect("text")[..12]));
}

#[test]
fn every_run_is_counted_in_the_trial_ledger() {
    let desk = Desk::new();
    desk.say("--json backtest @/examples/btc-ema-cross.toml --out a").json();
    desk.say("--json sweep @/examples/btc-ema-cross.toml --grid fast=5..8 --grid slow=30,40 --out b").json();
    let ledger = evaluations::TrialLedger::open(&desk.path("home/trials.db")).expect("a ledger");
    assert_eq!(ledger.count("ema-cross").expect("a count"), 9);
    let next = desk.say("--json backtest @/examples/btc-ema-cross.toml --out c").json();
    assert_eq!(next["metrics"]["trials"]["value"], 9.0);
}

#[test]
fn warm_up_candles_are_seen_and_not_traded_on() {
    let desk = Desk::new();
    let run = |warm_up: u32| {
        let line = format!(
            "--json backtest @/examples/btc-ema-cross.toml --out w{warm_up} --set data.warmup_candles={warm_up}"
        );
        let summary = desk.say(&line).json();
        let path = desk.path(&format!("w{warm_up}/orders.parquet"));
        let orders = evaluations::tables::read_orders(&path).expect("a table");
        (summary["bars"].as_u64().expect("a count"), orders[0].submitted_at)
    };
    let (cold_bars, cold_first) = run(0);
    let (warm_bars, warm_first) = run(200);
    assert_eq!(cold_bars, warm_bars, "candles of the warm-up are not counted");
    assert!(warm_first < cold_first, "a warm strategy decides at once");
    let first_close = Timestamp(1_514_764_800_000_000_000 + 4 * Interval::HOUR.0);
    assert!(warm_first >= first_close, "nothing is decided on the warm-up");
}
