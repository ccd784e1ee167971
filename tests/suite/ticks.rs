//! Runs whose orders meet ticks, through the real program.
use crate::onetape::Desk;

#[test]
fn a_sweep_over_ticks_gives_what_the_backtest_gives() {
    let desk = Desk::new();
    let run = desk.say("--json backtest @/examples/btc-ticks.toml --out out --sensitivity").json();
    let sweep =
        desk.say("--json sweep @/examples/btc-ticks.toml --grid step=0.01,0.02 --by round_trips --out rows").json();
    assert_eq!((sweep["sets"].as_u64(), sweep["failed"].as_u64()), (Some(2), Some(0)), "{sweep}");
    assert_eq!(sweep["best"]["parameters"]["step"], "0.01");
    assert_eq!(sweep["best"]["summary"]["digest"], run["digest"]);
    let cases = run["sensitivity"].as_array().expect("a table");
    let late = cases.iter().find(|case| case["case"] == "one candle of latency").expect("the case");
    assert!(late["fills"].as_u64() < run["fills"].as_u64(), "{late}");
}

#[test]
fn what_a_limit_owes_to_its_queue_is_told_apart_by_the_model() {
    let desk = Desk::new();
    let by = |queue: &str| {
        let set = format!("--set execution.queue={queue}");
        let summary = desk.say(&format!("--json backtest @/examples/btc-ticks.toml --out {queue} {set}")).json();
        let number = |key: &str| summary[key].as_u64().expect("a number");
        (number("fills"), number("path_dependent_fills"))
    };
    let [through, ahead, touch] = ["through", "volume-ahead", "touch"].map(by);
    assert!(through.0 <= ahead.0 && ahead.0 <= touch.0, "{through:?} {ahead:?} {touch:?}");
    assert!(through.1 == 0 && ahead.1 == 0 && touch.1 > 0, "{through:?} {ahead:?} {touch:?}");
}

#[test]
fn what_ticks_cannot_do_is_refused_where_it_stands() {
    let desk = Desk::new();
    for (set, text) in [
        ("execution.queue=volume-ahead", "give it `detail = \"ticks\"`"),
        ("instruments.0.detail=ticks", "no ticks for binance:BTCBUSD; nearest: binance:BTCUSDT"),
    ] {
        for command in ["backtest @/examples/btc-grid.toml", "sweep @/examples/btc-grid.toml --grid levels=2,3"] {
            desk.say(&format!("{command} --out out --set {set}")).refuses(2, text);
        }
    }
    assert!(!desk.path("out").exists(), "a failed run leaves nothing behind");
}
