//! Figures of an evaluation, found once more: by plain backtests of a run file that was changed by hand, and from its daily returns.
use crate::onetape::Desk;
use evaluations::metrics::ratios;
use onetape::run_file::EvaluationSection;
use serde_json::Value;
use std::cell::Cell;

const RUN: &str = "@/examples/btc-ema-cross.toml --set data.from=\"2021-01-01\"";
const SMALL: &str =
    "--set evaluation.paths=100 --set evaluation.resamples=100 --set evaluation.simulations=6 --set evaluation.cuts=2";
/// The most candles that a set of the grid wants before it decides.
const WARM_UP: u32 = 70;

/// An evaluation with a grid, to compare with.
struct Evaluated {
    desk: Desk,
    backtests: Cell<u32>,
}

impl Evaluated {
    fn new(grid: &str) -> Self {
        let desk = Desk::new();
        desk.say(&format!("--json evaluate {RUN} {grid} {SMALL} --out found")).json();
        Self { desk, backtests: Cell::new(0) }
    }

    fn file(&self, name: &str) -> Value {
        let text = std::fs::read_to_string(self.desk.path("found").join(name)).expect("a file");
        serde_json::from_str(&text).expect("an object")
    }

    fn figure(&self, name: &str) -> f64 {
        self.file("evidence.json")["figures"][name]["value"].as_f64().expect("a figure")
    }

    fn backtest(&self, set: &str) -> Value {
        self.backtests.set(self.backtests.get() + 1);
        self.desk.say(&format!("--json backtest {RUN} --out plain-{}{set}", self.backtests.get())).json()
    }

    fn returns(&self) -> (i64, Vec<f64>) {
        let found = self.file("bootstrap.json");
        let returns = found["returns"].as_array().expect("returns").iter().filter_map(Value::as_f64).collect();
        (found["first_day"].as_i64().expect("a day"), returns)
    }
}

/// Both are the same run.
fn same(row: &Value, plain: &Value) {
    assert_eq!(row["total_return"], plain["metrics"]["total_return"]["value"], "{row} {plain}");
    assert_eq!(row["sharpe"], plain["metrics"]["sharpe"]["value"], "{row} {plain}");
}

#[test]
fn conditions_are_what_backtests_under_them_make() {
    let found = Evaluated::new("--grid fast=10..20:10 --grid slow=30..70:20");
    let stress = found.file("stress.json");
    let fees = |times: u32| {
        format!(" --set execution.taker_fee_bps={} --set execution.maker_fee_bps={}", 5 * times, 2 * times)
    };
    same(&stress["conditions"][0], &found.backtest(&fees(2)));
    same(&stress["conditions"][1], &found.backtest(&fees(3)));
    // An order that comes after the open waits for the next one.
    same(&stress["conditions"][2], &found.backtest(" --set execution.latency_ms=1"));
    let base = found.backtest("");
    for place in [3, 4] {
        let row = &stress["conditions"][place];
        assert!(
            row["total_return"] != base["metrics"]["total_return"]["value"] && row["fills"].as_u64() > Some(100),
            "{row}"
        );
    }

    let even = stress["cost_break_even_bps"].as_f64().expect("a cost that takes the gain");
    let gains = |slippage: f64| {
        let ran = found.backtest(&format!(" --set execution.slippage_bps={slippage:.2}"));
        ran["metrics"]["total_return"]["value"].as_f64() > Some(0.0)
    };
    assert!(gains(even - 0.1) && !gains(even + 0.2), "{even}");

    for row in found.file("simulations.json")["runs"].as_array().expect("runs") {
        let late = if row["latency_ms"] == 0 { "" } else { " --set execution.latency_ms=1" };
        let slippage = row["slippage_bps"].as_f64().expect("a number");
        same(row, &found.backtest(&format!(" --set execution.slippage_bps={slippage}{late}")));
    }

    let neighbour = &stress["neighbourhood"]["scores"][0];
    let set = &neighbour["set"];
    let plain = found.backtest(&format!(
        " --set strategy.fast={} --set strategy.slow={}",
        text(set, "fast"),
        text(set, "slow")
    ));
    assert_eq!(neighbour["score"], plain["metrics"]["sharpe"]["value"]);
}

fn text<'a>(of: &'a Value, name: &str) -> &'a str {
    of[name].as_str().expect("a text")
}

#[test]
fn each_window_of_a_walk_is_a_backtest_of_what_was_best_before_it() {
    let found = Evaluated::new("--grid fast=10..20:10 --grid slow=30..70:20");
    let walks = found.file("walk_forward.json");
    for walk in walks.as_array().expect("two walks") {
        let window = &walk["windows"][3];
        let run = |span: &Value, set: &Value| {
            let (from, to) = (span[0].as_str().expect("an instant"), span[1].as_str().expect("an instant"));
            let set = format!(" --set strategy.fast={} --set strategy.slow={}", text(set, "fast"), text(set, "slow"));
            // Before the run's own candles there are none to warm up on.
            let warm_up = if from == "2021-01-01T00:00:00Z" { 0 } else { WARM_UP };
            let span =
                format!(" --set data.from=\"{from}\" --set data.to=\"{to}\" --set data.warmup_candles={warm_up}");
            found.backtest(&format!("{set}{span}"))
        };
        let chosen = &window["chosen"];
        assert_eq!(
            window["out_of_sample_return"],
            run(&window["test"], chosen)["metrics"]["total_return"]["value"],
            "{window}"
        );
        let sharpe = |set: &Value| run(&window["train"], set)["metrics"]["sharpe"]["value"].as_f64();
        let best = sharpe(chosen);
        assert_eq!(window["in_sample_sharpe"].as_f64(), best, "{window}");
        for fast in ["10", "20"] {
            for slow in ["30", "50", "70"] {
                assert!(sharpe(&serde_json::json!({ "fast": fast, "slow": slow })) <= best, "{fast} {slow}");
            }
        }
    }
}

#[test]
fn figures_of_parts_of_the_days_are_those_of_their_returns() {
    let found = Evaluated::new("--grid fast=20");
    let (first, returns) = found.returns();
    let near = |found: Option<f64>, expected: f64| {
        assert!(found.is_some_and(|it| (it - expected).abs() < 1e-9), "{found:?} {expected}");
    };
    let sharpe = |returns: &[f64]| ratios::sharpe(returns, 365.0);
    near(sharpe(&returns), found.figure("sharpe"));
    let split = returns.len() * 2 / 3;
    near(sharpe(&returns[..split]), found.figure("in_sample_sharpe"));
    near(sharpe(&returns[split..]), found.figure("out_of_sample_sharpe"));

    // Nothing to choose from is always chosen: every path of the cross-validation is the run.
    let cross = found.file("cross_validation.json");
    assert_eq!((&cross["splits"], &cross["chosen"]), (&28.into(), &serde_json::json!([[0, 28]])));
    let paths = cross["paths"].as_array().expect("paths");
    assert_eq!(paths.len(), 7);
    paths.iter().for_each(|path| near(path.as_f64(), found.figure("sharpe")));

    let stress = found.file("stress.json");
    let rows = stress["crises"].as_array().expect("crises");
    assert!(rows.len() > 1, "{stress}");
    for row in rows {
        let all = EvaluationSection::default().crises;
        let crisis = all.iter().find(|it| it.name == text(row, "name")).expect("a crisis");
        let place = |day: i64| usize::try_from(day - first).unwrap_or(0).min(returns.len());
        let lived = &returns[place(crisis.from.day())..place(crisis.to.day())];
        assert_eq!(row["days"].as_u64(), Some(lived.len() as u64), "{row}");
        near(row["total_return"].as_f64(), lived.iter().fold(1.0, |value, r| value * (1.0 + r)) - 1.0);
    }
    // Each day is of one kind but those before sixty were seen.
    let kinds: u64 = stress["regimes"].as_array().expect("kinds").iter().filter_map(|it| it["days"].as_u64()).sum();
    assert!((returns.len() as u64 - kinds) < 70, "{kinds} of {}", returns.len());
}
