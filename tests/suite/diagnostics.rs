//! Diagnostics of real runs, and the same run with worse execution against runs of their own.
use crate::onetape::Desk;
use serde_json::Value;

fn diagnostics(example: &str) -> Value {
    let desk = Desk::new();
    let summary = desk.say(&format!("--json backtest @/examples/{example}.toml --out out")).json();
    let page = std::fs::read_to_string(desk.path("out/report.html")).expect("a page");
    assert!(page.contains("<section id=\"diagnostics\""));
    assert!(summary.get("sensitivity").is_none());
    let found = summary["diagnostics"].clone();
    let volume = &found["volume_share"];
    let count = |value: &Value| value.as_u64().expect("a count");
    let all = count(&volume["fills"]) + count(&volume["unknown"]) + count(&found["fills_without_volume"]);
    assert_eq!(all, count(&summary["fills"]), "{example}: every fill finds its candle");
    found
}

#[test]
fn every_fill_of_the_examples_finds_its_candle() {
    for example in ["btc-ema-cross", "btc-grid", "btc-hour-on-minutes", "us-equities-rotation", "aapl-bracket"] {
        let found = diagnostics(example);
        assert_eq!(found["volume_share"]["unknown"], 0, "{example}");
        assert!(found["capacity"].as_f64().expect("a number") > 0.0, "{example}");
    }
    assert_eq!(diagnostics("us-equities-rotation")["fills_after_gap"], 0, "nights and weekends are no gaps");
}

#[test]
fn worse_execution_is_what_a_run_with_it_would_have_been_and_is_no_trial() {
    let desk = Desk::new();
    let run = |more: &str| desk.say(&format!("--json backtest @/examples/btc-ema-cross.toml --out out{more}")).json();
    let plain = run("");
    let summary = run(" --sensitivity --set execution.latency_ms=0");
    assert_eq!(summary["digest"], plain["digest"]);
    let row = |case: &str| {
        let rows = summary["sensitivity"].as_array().expect("rows");
        rows.iter().find(|row| row["case"] == case).cloned().unwrap_or_else(|| panic!("{case}"))
    };
    let check = |case: &str, settings: &str| {
        let separate = run(settings);
        for figure in ["total_return", "sharpe", "max_drawdown"] {
            assert_eq!(row(case)[figure], separate["metrics"][figure]["value"], "{case}: {figure}");
            assert_ne!(row(case)[figure], plain["metrics"][figure]["value"], "{case}: {figure}");
        }
    };
    check("fees x2", " --set execution.taker_fee_bps=10 --set execution.maker_fee_bps=4");
    check("fees x3", " --set execution.taker_fee_bps=15 --set execution.maker_fee_bps=6");
    check("one candle of latency", " --set execution.latency_ms=1");
    for case in ["slippage x2", "slippage x3"] {
        assert_eq!(row(case)["note"], "the run has no slippage and no spread");
        assert!(row(case)["total_return"].is_null());
    }
    let ledger = evaluations::TrialLedger::open(&desk.path("home/trials.db")).expect("a ledger");
    assert_eq!(ledger.count("ema-cross").expect("a count"), 5, "five runs, and nothing that was run again");
    let report = desk.say("--json report out");
    assert_eq!(report.code, 0, "{}", report.err);
}
