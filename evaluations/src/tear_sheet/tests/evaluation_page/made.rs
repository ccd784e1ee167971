//! Plausible numbers of an evaluation, made and not measured, with hostile texts among them.
use super::super::*;
use crate::causality::{Causality, Cut, CutKind, CutResult, Decision, Difference, WarmUp, WarmUpRow};
use crate::evidence::{Figure, KNOWN};
use crate::gates::{Gate, Row, Table, Verdict};
use crate::search::neighbourhood::{figures, in_space};
use crate::search::{Space, neighbourhood};
use crate::sweep::Parameters;
use crate::tear_sheet::EvaluationSheet;
use crate::tear_sheet::evaluation_sheet::{
    CrossValidation, Distribution, Execution, ExecutionDraw, Fan, IntervalRow, Intervals, Made, NeighbourRow,
    Neighbourhood, Overfit, Part, RegimeRow, Regimes, SplitChoice, StressRow, Unit, WalkForward, WalkWindow,
};
use engine::Rng;
use std::collections::BTreeMap;

const DAY: i64 = Interval::DAY.0;

pub(super) fn made(formula: &str, basis: &str, n: u64) -> Made {
    Made { formula: formula.into(), basis: basis.into(), n }
}

pub(super) fn gate() -> Table {
    let row = |check: &str, threshold: &str, value: Option<f64>, verdict: Verdict, reason: &str| Row {
        check: check.into(),
        of: "evaluation".into(),
        threshold: threshold.into(),
        value,
        n: Some(1826),
        evidence: "9f3b1c0d5e7a2244881100ffeeddccbb00112233445566778899aabbccddeeff".into(),
        file: "files/statistics.json".into(),
        verdict,
        reason: reason.into(),
    };
    let rows = vec![
        row("dsr", "at least 0.95, n at least 250", Some(0.973), Verdict::Pass, ""),
        row("pbo", "at most 0.2", Some(0.31), Verdict::Fail, "0.31 is above 0.2"),
        row("sharpe_lower", "at least 0.3", Some(0.62), Verdict::Pass, ""),
        row("spa_p", "at most 0.05", Some(0.0002), Verdict::Pass, ""),
        row("max_drawdown", "at most 0.25", Some(0.183), Verdict::Pass, ""),
        row("causality", "is true", Some(0.0), Verdict::Fail, "it does not hold: a decision hangs on what came after"),
        row("warm_up", "is true", None, Verdict::Fail, "there is no such figure <b>at all</b> in the evidence"),
        row("stress_crisis_drawdown", "at most 0.4", Some(0.35), Verdict::Off, "off: no crisis in the data"),
    ];
    Table { gate: Gate::Paper, gates: "ab12".repeat(16), version: "77aa".repeat(16), approvals: 1, rows }
}

pub(super) fn walk(kind: &str, rng: &mut Rng) -> WalkForward {
    let mut equity = vec![(START + 400 * DAY, 1.0)];
    let windows = (0..14_i64)
        .map(|i| {
            let test = (START + (400 + i * 100) * DAY, START + (500 + i * 100) * DAY);
            let from = if kind == "anchored" { START } else { START + i * 100 * DAY };
            let drift = 0.0009 + 0.0008 * rng.normal();
            for day in 0..100 {
                let last = equity[equity.len() - 1].1;
                equity.push((test.0 + (day + 1) * DAY, last * (1.0 + drift + 0.012 * rng.normal())));
            }
            WalkWindow {
                train: (from, test.0 - 5 * DAY),
                test,
                parameters: [("fast".into(), (12 + i % 3).to_string()), ("slow".into(), "50".into())].into(),
                in_sample: Some(1.9 + 0.3 * rng.normal()),
                out_of_sample: Some(drift / 0.012 * 19.1),
                test_return: Some(drift * 100.0),
            }
        })
        .collect();
    let made = made("walk-forward/stitched-sharpe", "daily returns of the tested parts", 1400);
    WalkForward { kind: kind.into(), windows, equity, sharpe: Some(1.12), efficiency: Some(0.58), sets: 200, made }
}

pub(super) fn overfit(rng: &mut Rng) -> Overfit {
    let splits = (0..12_870)
        .map(|_| {
            let luck = rng.normal();
            SplitChoice {
                in_sample: 0.12 + 0.02 * luck,
                out_of_sample: 0.05 - 0.012 * luck + 0.035 * rng.normal(),
                logit: 0.9 - 0.3 * luck + 1.3 * rng.normal(),
            }
        })
        .collect();
    Overfit {
        probability: Some(0.31),
        probability_of_loss: Some(0.118),
        slope: Some(-0.6),
        intercept: Some(0.122),
        r_squared: Some(0.11),
        dominance: "of the second order, not of the first".into(),
        measure: "daily Sharpe ratio".into(),
        sets: 200,
        blocks: 16,
        splits,
        made: made("pbo/cscv", "splits of 1,824 daily returns of 200 sets", 12_870),
    }
}

pub(super) fn intervals() -> Intervals {
    let row = |name: &str, unit, value: f64, low: f64, high: f64| IntervalRow {
        name: name.into(),
        unit,
        value: Some(value),
        low: Some(low),
        high: Some(high),
    };
    let rows = vec![
        row("sharpe", Unit::Ratio, 1.31, 0.62, 2.04),
        row("sortino", Unit::Ratio, 1.92, 0.88, 3.1),
        row("calmar", Unit::Ratio, 1.4, 0.35, 2.6),
        row("tail_ratio", Unit::Ratio, 1.08, 0.91, 1.25),
        row("cagr", Unit::Share, 0.257, 0.104, 0.431),
        row("volatility", Unit::Share, 0.19, 0.171, 0.212),
        row("max_drawdown", Unit::Share, 0.183, 0.14, 0.41),
        row("mean_daily_return", Unit::Share, 0.000_7, -0.000_1, 0.001_5),
        IntervalRow { name: "expectancy<x>".into(), ..IntervalRow::default() },
    ];
    let made = made("bootstrap/stationary-percentile", "daily returns", 1826);
    Intervals { rows, level: 0.95, resamples: 10_000, block_days: 9.4, made }
}

pub(super) fn fan(rng: &mut Rng) -> Fan {
    let days: Vec<f64> = (0..=1826).map(f64::from).collect();
    let quantiles = [(0.05, -1.645), (0.25, -0.674), (0.5, 0.0), (0.75, 0.674), (0.95, 1.645)]
        .into_iter()
        .map(|(p, z)| (p, days.iter().map(|day| libm::exp(0.0006 * day + z * 0.011 * libm::sqrt(*day))).collect()))
        .collect();
    let mut value = 1.0;
    let actual = days.iter().map(|day| {
        value *= 1.0 + 0.0007 + 0.011 * rng.normal();
        (*day, value)
    });
    let actual = actual.collect();
    Fan { quantiles, actual, paths: 10_000, made: made("bootstrap/stationary-paths", "daily returns", 1826), days }
}

pub(super) fn depths(rng: &mut Rng, formula: &str) -> Distribution {
    let values: Vec<f64> = (0..5000).map(|_| 0.12 + 0.08 * libm::exp(0.6 * rng.normal())).collect();
    let made = made(formula, "paths", 5000);
    Distribution { values, actual: Some(0.183), quantile_95: Some(0.338), share_no_deeper: Some(0.36), made }
}

pub(super) fn execution(rng: &mut Rng) -> Execution {
    let draws = (0..1000)
        .map(|_| {
            let (slippage_bps, latency_ms) = (12.0 * rng.unit(), 3000.0 * rng.unit());
            let sharpe = Some(1.35 - slippage_bps * 0.11 - latency_ms * 0.000_12 + 0.08 * rng.normal());
            ExecutionDraw { slippage_bps, latency_ms, sharpe, total_return: sharpe.map(|s| s * 0.4) }
        })
        .collect();
    let made = made("monte-carlo/slippage-and-latency", "runs, slippage 0 to 12 bps, latency 0 to 3 s", 1000);
    Execution { draws, actual: Some(1.31), made }
}

pub(super) fn stress() -> Vec<StressRow> {
    let row = |name: &str, what: &str, sharpe: Option<f64>, note: &str| StressRow {
        name: name.into(),
        what: what.into(),
        sharpe,
        total_return: sharpe.map(|s| s * 0.9),
        max_drawdown: Some(0.2),
        fills: 424,
        n: 1826,
        note: note.into(),
    };
    vec![
        row("as it was run", "nothing", Some(1.31), ""),
        row("costs \u{d7} 2", "fees and slippage doubled", Some(0.94), ""),
        row("costs \u{d7} 3", "fees and slippage times three", Some(0.55), ""),
        row("one candle later", "every order meets the candle after the next", Some(0.88), ""),
        row("missed fills", "one fill in ten is missed, by lot", Some(1.02), ""),
        row("data gaps", "one candle in fifty is missing, by lot", Some(1.18), ""),
        row("crisis of March 2020", "only 2020-02-15 to 2020-04-15", Some(-0.8), "41 days <b>only</b>"),
        row("crisis of 2008", "the data begins later", None, "no data"),
    ]
}

pub(super) fn neighbours() -> Neighbourhood {
    let space = Space::parse(&["fast=5..40", "slow=20..120:5", "stop=0.01~0.2:log", "kind=ema,sma"]).unwrap();
    let pairs = [("fast", "14"), ("slow", "55"), ("stop", "0.04"), ("kind", "ema")];
    let centre: Parameters = pairs.into_iter().map(|(name, value)| (name.into(), value.into())).collect();
    let score = |moved: &[(String, i32)]| {
        let far: i32 = moved.iter().map(|(name, steps)| steps * steps * if name == "slow" { 3 } else { 1 }).sum();
        (far != 8).then(|| 1.31 - f64::from(far) * 0.13)
    };
    let rows: Vec<NeighbourRow> = in_space(&space, &centre)
        .into_iter()
        .map(|neighbourhood::Neighbour { parameters, moved }| NeighbourRow { score: score(&moved), moved, parameters })
        .collect();
    let figures = figures(Some(1.31), &rows.iter().map(|row| row.score).collect::<Vec<_>>());
    let steps = "A step is the next value of the search.".to_owned();
    Neighbourhood { centre, rows, figures, score: "sharpe".into(), steps }
}

pub(super) fn decision(day: i64, what: &str) -> Decision {
    Decision { at: Timestamp(START + day * DAY), what: what.into() }
}

pub(super) fn broken() -> Causality {
    let first = Difference {
        number: 41,
        whole: Some(decision(301, "target coinbase:BTCUSD 1.25")),
        other: Some(decision(301, "target <coinbase>:BTCUSD 0")),
    };
    let cut = |day, kind, first| CutResult {
        cut: Cut { at: Timestamp(START + day * DAY), kind },
        compared: 40 + day as usize,
        first,
    };
    let cuts = (0..8)
        .flat_map(|i| {
            let found = (i > 4).then(|| first.clone());
            [cut(100 + i * 40, CutKind::Ended, None), cut(100 + i * 40, CutKind::OtherFuture, found)]
        })
        .collect();
    Causality { decisions: 312, cuts }
}

pub(super) fn warm(loaded: usize) -> WarmUp {
    let row = |candles: usize| {
        let enough = candles >= 200;
        let first = Difference { number: 0, whole: Some(decision(10, "target 1")), other: None };
        WarmUpRow { candles, same: if enough { 12 } else { 9 }, first: (!enough).then_some(first) }
    };
    WarmUp { loaded, longest: 1600, starts: 12, decisions: 840, rows: [50, 100, 200, 400, 800].map(row).into() }
}

pub(super) fn evidence() -> BTreeMap<String, Figure> {
    let mut values = [1.31, 0.62, 0.98, 0.973, 0.31, 1826.0, 0.183, 0.44, 1.0].into_iter().cycle();
    let mut all: BTreeMap<String, Figure> = KNOWN
        .iter()
        .filter(|known| known.of_evaluations)
        .map(|known| {
            let figure = Figure::new(values.next(), 1826, "a-family/and-its-variant", "daily returns");
            (known.name.to_owned(), figure.shown_by("files/statistics.json"))
        })
        .collect();
    let none = Figure::new(None, 0, "spa/consistent", "200 sets").noted("not defined: <i>one</i> set only");
    all.insert("spa_p".into(), none);
    for (name, value) in [("sharpe", 1.31), ("sharpe_lower", 0.62), ("dsr", 0.973), ("pbo", 0.31), ("trials", 214.0)] {
        all.insert(name.into(), Figure::new(Some(value), 1826, "a/b", "daily returns"));
    }
    all
}

pub(super) fn whole() -> EvaluationSheet {
    let mut rng = Rng::stream(11, "page");
    let paths = (0..15).map(|i| Some(f64::from(i) * 0.16 - 0.35)).collect();
    let regime = |name: &str, days: u64, sharpe: f64| RegimeRow {
        name: name.into(),
        days,
        share: days as f64 / 1826.0,
        sharpe: Some(sharpe),
        mean_return: Some(sharpe * 0.0006),
        worst_day: Some(-0.061),
    };
    EvaluationSheet {
        name: "btc-ema-cross <b>".into(),
        facts: vec!["2018-01-01 \u{2013} 2023-01-01".into(), "coinbase:BTCUSD".into(), "seed 7".into()],
        version: "77aa".repeat(16),
        gates: Part::Found(vec![gate()]),
        figures: evidence(),
        walk_forward: Part::Found(vec![walk("anchored", &mut rng), walk("rolling", &mut rng)]),
        cross_validation: Part::Found(CrossValidation {
            folds: 10,
            tested: 2,
            splits: 45,
            purge: 5,
            embargo: 5,
            paths,
            low: Some(-0.24),
            made: made("cpcv/paths-percentile-05", "paths of 1,826 days", 15),
        }),
        overfitting: Part::Found(overfit(&mut rng)),
        intervals: Part::Found(intervals()),
        fan: Part::Found(fan(&mut rng)),
        drawdowns: Part::Found(depths(&mut rng, "bootstrap/stationary-max-drawdown")),
        shuffle: Part::Found(depths(&mut rng, "shuffle/max-drawdown")),
        execution: Part::Found(execution(&mut rng)),
        stress: Part::Found(stress()),
        regimes: Part::Found(Regimes {
            rows: vec![
                regime("rising, calm", 611, 2.1),
                regime("rising, wild", 402, 1.4),
                regime("falling, calm", 377, 0.4),
                regime("falling, wild", 436, -0.6),
            ],
            how: "By the return and the volatility of the 60 days before, against their medians.".into(),
            made: made("regimes/trend-and-volatility", "days", 1826),
        }),
        neighbourhood: Part::Found(neighbours()),
        causality: Part::Found(broken()),
        warm_up: Part::Found(warm(100)),
        files: ["files/paths.parquet", "files/statistics.json", "run/<summary>.json"]
            .map(|path| (path.to_owned(), "c0ffee12".repeat(8)))
            .into(),
    }
}
