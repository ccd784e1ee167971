//! The same inputs give the same bytes; real candles give what an independent loop gives.
use crate::onetape::{Desk, project};
use datasets::{Catalog, ReadOptions};
use engine::{Interval, Timestamp};

/// The plain loop of the reference rules over real candles: no framework, integers for money.
struct Plain {
    fills: u64,
    fees: i128,
    cash: i128,
    equity: i128,
    max_drawdown: i128,
}

const UNIT: i128 = 1_000_000_000_000;

fn plain_ema_cross(from: &str, to: &str, fast: u32, slow: u32, cash: i128) -> Plain {
    let instant = |text: &str| {
        let date: jiff::civil::Date = text.parse().expect("a date");
        Timestamp(date.to_zoned(jiff::tz::TimeZone::UTC).expect("in range").timestamp().as_nanosecond() as i64)
    };
    let catalog = Catalog::open(&project().join("datasets/sample")).expect("the sample");
    let four_hours = Interval(4 * Interval::HOUR.0);
    let series = catalog.series("coinbase", "BTCUSD", four_hours).expect("a series");
    let window = ReadOptions { from: instant(from), to: instant(to), ..ReadOptions::all(four_hours.0) };
    let candles = datasets::load_all(&series, window).expect("candles");
    let (af, al) = (2.0 / (f64::from(fast) + 1.0), 2.0 / (f64::from(slow) + 1.0));
    let (mut ef, mut es, mut position, mut pending) = (0.0, 0.0, 0_i128, None);
    let mut run = Plain { fills: 0, fees: 0, cash, equity: cash, max_drawdown: 0 };
    let mut peak = cash;
    for (i, candle) in candles.iter().enumerate() {
        if let Some(side) = pending.take() {
            // Prices are in 1e-8: one unit at that price is price * 10^4 units of money; 5 bps of it is price * 5.
            let price = i128::from(candle.open.0);
            run.fees += price * 5;
            run.cash -= side * price * 10_000 + price * 5;
            run.fills += 1;
            position += side;
        }
        let close = candle.close.0 as f64 / 100_000_000.0;
        (ef, es) = if i == 0 { (close, close) } else { (af * close + (1.0 - af) * ef, al * close + (1.0 - al) * es) };
        let want = if i + 1 >= slow as usize { i128::from(ef > es) } else { position };
        if want != position {
            pending = Some(want - position);
        }
        run.equity = run.cash + position * i128::from(candle.close.0) * 10_000;
        peak = peak.max(run.equity);
        run.max_drawdown = run.max_drawdown.max(peak - run.equity);
    }
    run
}

#[test]
fn real_candles_give_what_a_plain_loop_gives() {
    for (fast, slow) in [(20, 50), (5, 30), (12, 26)] {
        let plain = plain_ema_cross("2018-01-01", "2025-01-01", fast, slow, 100_000 * UNIT);
        let desk = Desk::new();
        let line = format!(
            "--json backtest @/examples/btc-ema-cross.toml --out out --set strategy.fast={fast} --set strategy.slow={slow}"
        );
        let summary = desk.say(&line).json();
        let money = |key: &str| summary[key].as_str().expect("text").parse::<engine::Money>().expect("a decimal").0;
        assert_eq!(summary["fills"].as_u64().expect("a count"), plain.fills);
        assert_eq!(money("fees"), plain.fees);
        assert_eq!(money("cash"), plain.cash);
        assert_eq!(money("final_equity"), plain.equity);
        assert_eq!(money("max_drawdown"), plain.max_drawdown);
    }
}

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
