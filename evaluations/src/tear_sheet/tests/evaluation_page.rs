//! The evidence page: every part with its numbers, every part that was not run with its reason, nothing unescaped.
mod made;

use super::*;
use crate::causality::{Causality, CutResult, WarmUp};
use crate::gates::Table;
use crate::tear_sheet::evaluation_sheet::{
    CrossValidation, Distribution, Execution, ExecutionDraw, Fan, Intervals, Neighbourhood, Overfit, Part, Regimes,
    StressRow, WalkForward,
};
use crate::tear_sheet::{EvaluationSheet, evaluation_html};
use made::{broken, gate, neighbours, warm, whole};

/// Every section, in the order of the page.
const SECTIONS: [&str; 19] = [
    "figures",
    "gates",
    "walk-forward",
    "cross-validation",
    "overfitting",
    "intervals",
    "paths",
    "drawdowns",
    "shuffle",
    "execution",
    "stress",
    "regimes",
    "neighbourhood",
    "causality",
    "warm-up",
    "evidence",
    "files",
    "gates",
    "figures",
];

#[test]
fn the_evidence_page_shows_every_part() {
    let page = evaluation_html(&whole());
    keep("evaluation.html", &page);
    check_well_formed(&page);
    for id in SECTIONS {
        assert!(page.contains(&format!("<section id=\"{id}\"")), "section {id}");
    }
    for part in [
        "fails 3 of 7 checks",
        "1 switched off",
        "Needs the approval of 1 person",
        "0.31 is above 0.2",
        "&lt; 0.001",
        "walk-forward/stitched-sharpe",
        "pbo/cscv",
        "n = 12,870",
        "bootstrap/stationary-percentile",
        "Decisions hang on what came after them",
        "Decision 42",
        "target coinbase:BTCUSD 1.25",
        "too few: 200 are enough",
        "It is a <b><span class=\"\">slope",
        "c0ffee12c0ffee12",
        "of the second order, not of the first",
    ] {
        assert!(page.contains(part), "{part}");
    }
    assert!(!page.contains("Not run"));
    for hostile in ["<b>only", "<b>at all", "<i>one", "<x>", "<coinbase>", "<summary>.json", "cross <b>"] {
        assert!(!page.contains(hostile), "{hostile} is escaped");
    }
    assert!(!page.contains("#01020"), "every sentinel colour became a variable");
    assert!(page.len() < 1_500_000, "{} bytes are a page that opens at once", page.len());
}

#[test]
fn what_was_not_run_says_so_and_why_and_never_vanishes() {
    let empty = EvaluationSheet {
        overfitting: Part::NotRun("a <single> set was tried, and overfitting is of a choice".into()),
        ..EvaluationSheet::default()
    };
    let page = evaluation_html(&empty);
    keep("evaluation-empty.html", &page);
    check_well_formed(&page);
    for id in SECTIONS {
        assert!(page.contains(&format!("<section id=\"{id}\"")), "section {id}");
    }
    assert_eq!(page.matches("Not run: ").count(), 14);
    assert!(page.contains("Not run: a &lt;single&gt; set was tried, and overfitting is of a choice."));
    assert!(page.contains("The evidence holds no figure") && page.contains("The bundle names no file"));
}

#[test]
fn parts_that_found_nothing_or_only_what_is_not_defined_are_said() {
    let nothing = EvaluationSheet {
        gates: Part::Found(vec![Table { rows: Vec::new(), ..gate() }]),
        walk_forward: Part::Found(vec![WalkForward { kind: "rolling".into(), ..WalkForward::default() }]),
        cross_validation: Part::Found(CrossValidation {
            paths: vec![None, Some(f64::NAN)],
            ..CrossValidation::default()
        }),
        overfitting: Part::Found(Overfit::default()),
        intervals: Part::Found(Intervals::default()),
        fan: Part::Found(Fan { days: vec![0.0, 1.0], quantiles: vec![(0.5, vec![1.0])], ..Fan::default() }),
        drawdowns: Part::Found(Distribution::default()),
        shuffle: Part::Found(Distribution { values: vec![0.1], ..Distribution::default() }),
        execution: Part::Found(Execution { draws: vec![ExecutionDraw::default()], ..Execution::default() }),
        stress: Part::Found(vec![StressRow::default()]),
        regimes: Part::Found(Regimes::default()),
        neighbourhood: Part::Found(Neighbourhood { rows: Vec::new(), ..neighbours() }),
        causality: Part::Found(Causality::default()),
        warm_up: Part::Found(WarmUp::default()),
        ..EvaluationSheet::default()
    };
    let page = evaluation_html(&nothing);
    check_well_formed(&page);
    for part in [
        "nothing was asked",
        "There was no window: the data is too short",
        "No path has a Sharpe ratio",
        "There is no split to show",
        "No metric has an interval",
        "There are no paths to show",
        "No draw has a Sharpe ratio",
        "No day belongs to a regime",
        "None of them has a Sharpe ratio",
        "no parameter is a number",
        "No decision could be compared",
        "Nothing was decided",
    ] {
        assert!(page.contains(part), "{part}");
    }
}

#[test]
fn checks_that_hold_say_so() {
    let holds = CutResult { first: None, ..broken().cuts[0].clone() };
    let sheet = EvaluationSheet {
        causality: Part::Found(Causality { decisions: 312, cuts: vec![holds] }),
        warm_up: Part::Found(warm(200)),
        ..EvaluationSheet::default()
    };
    let page = evaluation_html(&sheet);
    check_well_formed(&page);
    assert!(page.contains("whatever came after it"));
    assert!(page.contains("The 200 candles that the run loads are enough"));
}
