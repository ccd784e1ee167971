//! The page of a comparison: every run and every pair, and no winner where chance may be all of it.
use super::*;
use crate::tear_sheet::compare_sheet::{Apart, ComparedRun, PairedRow};
use crate::tear_sheet::evaluation_sheet::{IntervalRow, Made, Unit};
use crate::tear_sheet::{CompareSheet, compare_html};
use engine::Rng;

fn run(name: &str, seed: u64, drift: f64) -> ComparedRun {
    let (mut rng, mut value) = (Rng::stream(seed, "page"), 1.0);
    let equity = (0..1500).map(|day| {
        value *= 1.0 + drift + 0.012 * rng.normal();
        (START + day * Interval::DAY.0, value)
    });
    let equity = equity.collect();
    let row = |name: &str, unit, value: f64, wide: f64| IntervalRow {
        name: name.into(),
        unit,
        value: Some(value),
        low: Some(value - wide),
        high: Some(value + wide),
    };
    let metrics = vec![
        row("sharpe", Unit::Ratio, drift * 1600.0, 0.8),
        row("sortino", Unit::Ratio, drift * 2300.0, 1.1),
        row("cagr", Unit::Share, drift * 365.0, 0.15),
        row("volatility", Unit::Share, 0.23, 0.02),
        row("max_drawdown", Unit::Share, 0.2, 0.09),
        row("calmar", Unit::Ratio, drift * 1500.0, 0.9),
        row("mean<b>", Unit::Share, drift, 0.0004),
    ];
    ComparedRun { name: name.into(), digest: "3f9a0c5b".repeat(8), note: "ema-cross".into(), metrics, equity }
}

fn sheet() -> CompareSheet {
    let apart = |value: f64, wide: f64, p: f64| Apart {
        value: Some(value),
        low: Some(value - wide),
        high: Some(value + wide),
        p_value: Some(p),
    };
    let pair = |run: usize, p: f64| PairedRow {
        run,
        against: 0,
        mean: apart(0.04 * run as f64, 0.06, p),
        sharpe: apart(0.3 * run as f64 - 0.5, 0.6, p),
        correlation: Some(0.71),
        tracking_error: Some(0.13),
        n: 1499,
    };
    CompareSheet {
        name: "comparison".into(),
        facts: vec!["1,499 shared days".into(), "seed <7>".into()],
        runs: vec![
            run("btc-ema-cross", 1, 0.0006),
            run("btc <i>donchian</i>", 2, 0.0009),
            run("btc-ema-cross", 3, 0.0002),
        ],
        pairs: vec![pair(1, 0.21), pair(2, 0.0001), PairedRow { run: 2, against: 1, ..PairedRow::default() }],
        no_pairs: String::new(),
        level: 0.95,
        intervals: Made {
            formula: "percentile/stationary-bootstrap-95".into(),
            basis: "daily returns".into(),
            n: 1499,
        },
        tests: Made { formula: "paired/stationary-bootstrap".into(), basis: "pairs of daily returns".into(), n: 1499 },
    }
}

#[test]
fn a_comparison_shows_every_run_and_every_pair() {
    let page = compare_html(&sheet());
    keep("compare.html", &page);
    check_well_formed(&page);
    for id in ["runs", "equity", "drawdowns", "metrics", "tests"] {
        assert!(page.contains(&format!("<section id=\"{id}\"")), "section {id}");
    }
    for part in [
        "A btc-ema-cross",
        "C btc-ema-cross",
        "var(--third)",
        "chance may be all of it",
        "more than chance",
        "not defined",
        "&lt; 0.001",
        "paired/stationary-bootstrap",
        "n = 1,499",
        "C btc-ema-cross less A btc-ema-cross",
    ] {
        assert!(page.contains(part), "{part}");
    }
    assert!(!page.contains("<i>") && !page.contains("mean<b>") && !page.contains("<7>"), "names are escaped");
    assert!(!page.contains("#01020"), "every sentinel colour became a variable");
}

#[test]
fn a_comparison_without_pairs_or_runs_says_so() {
    let alone = CompareSheet { pairs: Vec::new(), no_pairs: "the runs share <3> days".into(), ..sheet() };
    let page = compare_html(&alone);
    check_well_formed(&page);
    assert!(page.contains("Not run: the runs share &lt;3&gt; days."));
    let wrong = CompareSheet { pairs: vec![PairedRow { run: 9, ..PairedRow::default() }], ..sheet() };
    assert!(compare_html(&wrong).contains("Not run: there is no pair of runs."));
    let empty = compare_html(&CompareSheet::default());
    check_well_formed(&empty);
    assert!(empty.contains("There is no run to compare") && empty.contains("No run marked equity on two days"));
    let many = CompareSheet { runs: (0..30).map(|i| run("x", i, 0.0001)).collect(), ..sheet() };
    let page = compare_html(&many);
    check_well_formed(&page);
    assert!(page.contains("27 x") && page.contains("from the 7th run on they begin anew"));
}

#[test]
fn a_paired_test_stands_on_the_page_with_its_places() {
    use crate::statistics::paired::{PairSettings, paired};
    let mut rng = Rng::stream(4, "page");
    let first: Vec<f64> = (0..200).map(|_| 0.01 * rng.normal()).collect();
    let better: Vec<f64> = first.iter().map(|r| r + 0.002).collect();
    let settings =
        PairSettings { level: 0.95, resamples: 200, mean_length: Some(3.0), periods_per_year: 365.0, seed: 1 };
    let row = PairedRow::of(&paired(&better, &first, settings).unwrap(), 1, 0);
    assert_eq!((row.run, row.against, row.n), (1, 0, 200));
    assert!((row.mean.value.unwrap() - 0.73).abs() < 1e-9 && row.sharpe.low < row.sharpe.high, "{row:?}");
    assert!(row.correlation.unwrap() > 0.999);
}
