//! The page of an evaluation: what was found, in the words of the page.
use super::data::CandlesSeen;
use super::found::{Found, Made as Maybe};
use super::stress::StressRow as Stressed;
use super::walk_forward::Walked;
use crate::run_file::EvaluationSection;
use crate::shared_run::SharedRun;
use engine::{Interval, Timestamp};
use evaluations::evidence::Evidence;
use evaluations::gates::Table;
use evaluations::tear_sheet::evaluation_sheet::{
    CrossValidation, Distribution, Execution, ExecutionDraw, Fan, Intervals, Made, NeighbourRow, Neighbourhood,
    Overfit, Part, RegimeRow, Regimes, StressRow, WalkForward, WalkWindow,
};
use evaluations::tear_sheet::{EvaluationSheet, evaluation_html};

/// The page.
#[must_use]
pub fn page(
    run: &SharedRun,
    section: &EvaluationSection,
    found: &Found,
    (evidence, gates): (&Evidence, Vec<Table>),
) -> String {
    let summary = &found.base.summary;
    let mut facts = vec![
        format!("{} to {}", summary.from, summary.to),
        summary.instruments.join(", "),
        format!("{} {}", summary.strategy, words(&summary.parameters)),
        format!("seed {}, {} sets of parameters", run.config.run.seed, found.matrix.sets.len()),
    ];
    facts.extend(found.data.iter().flat_map(faults));
    let deepest = summary.metric("max_drawdown");
    evaluation_html(&EvaluationSheet {
        name: summary.name.clone(),
        facts,
        version: evidence.version.digest(),
        gates: Part::Found(gates),
        figures: evidence.figures.clone(),
        walk_forward: walks(found),
        cross_validation: part(&found.cross, |it| CrossValidation {
            folds: it.groups,
            tested: section.test_groups as usize,
            splits: it.splits,
            purge: it.purged_days,
            embargo: it.purged_days,
            paths: it.paths.clone(),
            low: it.fifth,
            made: made("5th-percentile", "Sharpe ratios of the paths", it.paths.len()),
        }),
        overfitting: part(&found.luck.overfitting, |it| Overfit::of(it, section.blocks as usize, "daily Sharpe ratio")),
        intervals: part(&found.luck.intervals, Intervals::of),
        fan: part(&found.luck.paths, |it| Fan::of(it, &found.base.returns)),
        drawdowns: part(&found.luck.paths, |it| Distribution::of_paths(it, deepest)),
        shuffle: part(&found.shuffled, Distribution::of_orders),
        execution: execution(found),
        stress: Part::Found(stress(found)),
        regimes: Part::Found(regimes(found)),
        neighbourhood: neighbourhood(section, found),
        causality: Part::Found(found.causality.clone()),
        warm_up: Part::Found(found.warm_up.clone()),
        files: evidence.files.clone(),
    })
}

fn part<T, U>(found: &Maybe<T>, of: impl Fn(&T) -> U) -> Part<U> {
    match found {
        Ok(found) => Part::Found(of(found)),
        Err(why) => Part::NotRun(why.clone()),
    }
}

fn made(formula: &str, basis: &str, n: usize) -> Made {
    Made { formula: formula.into(), basis: basis.into(), n: n as u64 }
}

fn words(parameters: &evaluations::sweep::Parameters) -> String {
    parameters.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(" ")
}

fn faults(seen: &CandlesSeen) -> Vec<String> {
    seen.faults.iter().map(|fault| format!("{}: {fault}", seen.instrument)).collect()
}

/// Both walks, or why one could not be made.
fn walks(found: &Found) -> Part<Vec<WalkForward>> {
    let all: Result<Vec<WalkForward>, String> =
        found.walks.iter().map(|it| it.as_ref().map(|it| walk(it, found)).map_err(Clone::clone)).collect();
    match all {
        Ok(all) => Part::Found(all),
        Err(why) => Part::NotRun(why),
    }
}

fn walk(walked: &Walked, found: &Found) -> WalkForward {
    let windows = walked.windows.iter().map(|row| WalkWindow {
        train: (row.train.0.0, row.train.1.0),
        test: (row.test.0.0, row.test.1.0),
        parameters: row.chosen.clone().unwrap_or_default(),
        in_sample: row.in_sample_sharpe,
        out_of_sample: row.out_of_sample_sharpe,
        test_return: row.out_of_sample_return,
    });
    // The days of the tests follow each other from the first test on.
    let first = walked.windows.first().map_or(Timestamp(0), |row| row.test.0);
    let mut value = 1.0;
    let equity = (1..).zip(&walked.returns).map(|(day, change)| {
        value *= 1.0 + change;
        (first.0 + day * Interval::DAY.0, value)
    });
    WalkForward {
        kind: walked.kind.into(),
        windows: windows.collect(),
        equity: std::iter::once((first.0, 1.0)).chain(equity).collect(),
        sharpe: walked.sharpe,
        efficiency: walked.efficiency,
        sets: found.matrix.sets.len(),
        made: made("sharpe/mean-over-std-ddof1", "daily returns of the tests", walked.returns.len()),
    }
}

fn execution(found: &Found) -> Part<Execution> {
    if found.simulated.runs.is_empty() {
        return Part::NotRun("`[evaluation] simulations` is zero".into());
    }
    let draw = |it: &super::monte_carlo::Simulation| ExecutionDraw {
        slippage_bps: it.slippage_bps,
        latency_ms: it.latency_ms as f64,
        sharpe: it.sharpe,
        total_return: it.total_return,
    };
    Part::Found(Execution {
        draws: found.simulated.runs.iter().map(draw).collect(),
        actual: found.base.summary.metric("sharpe"),
        made: made("uniform slippage and latency", "runs", found.simulated.runs.len()),
    })
}

fn stress(found: &Found) -> Vec<StressRow> {
    let summary = &found.base.summary;
    let base = StressRow {
        name: "the run as it was".into(),
        what: String::new(),
        sharpe: summary.metric("sharpe"),
        total_return: summary.metric("total_return"),
        max_drawdown: summary.metric("max_drawdown"),
        fills: summary.fills,
        n: found.base.returns.len() as u64,
        note: String::new(),
    };
    let row = |it: &Stressed| StressRow {
        name: it.case.clone(),
        what: String::new(),
        sharpe: it.sharpe,
        total_return: it.total_return,
        max_drawdown: it.max_drawdown,
        fills: it.fills,
        n: it.n as u64,
        note: it.note.clone().unwrap_or_default(),
    };
    let crisis = |it: &super::stress::CrisisRow| StressRow {
        name: it.name.clone(),
        what: format!("{} days of it", it.days),
        sharpe: None,
        total_return: it.total_return,
        max_drawdown: it.max_drawdown,
        fills: 0,
        n: it.days as u64,
        note: String::new(),
    };
    std::iter::once(base).chain(found.stress.iter().map(row)).chain(found.crises.iter().map(crisis)).collect()
}

fn regimes(found: &Found) -> Regimes {
    let all = found.days.returns.len().max(1) as f64;
    let row = |it: &super::stress::RegimeRow| RegimeRow {
        name: it.regime.name().into(),
        days: it.days as u64,
        share: it.days as f64 / all,
        sharpe: it.sharpe,
        mean_return: it.mean,
        worst_day: found.days.of(it.regime).into_iter().min_by(f64::total_cmp),
    };
    Regimes {
        rows: found.regimes.iter().map(row).collect(),
        how: "A day rises or falls as the close before it lies above or below that of sixty days before, and is wild where the \
              volatility of those days is above its median so far."
            .into(),
        made: made("trend-60-and-volatility-60", "daily closes of the first traded instrument", found.days.returns.len()),
    }
}

fn neighbourhood(section: &EvaluationSection, found: &Found) -> Part<Neighbourhood> {
    let neighbours = &found.neighbours;
    if neighbours.rows.is_empty() {
        return Part::NotRun("no parameter has a neighbour".into());
    }
    let steps =
        if section.grid.is_empty() { "A step is a tenth of the number." } else { "A step is one value of the grid." };
    let row = |it: &(evaluations::search::neighbourhood::Neighbour, Option<f64>)| NeighbourRow {
        moved: it.0.moved.clone(),
        parameters: it.0.parameters.clone(),
        score: it.1,
    };
    Part::Found(Neighbourhood {
        centre: found.base.summary.parameters.clone(),
        rows: neighbours.rows.iter().map(row).collect(),
        figures: neighbours.figures,
        score: section.by.clone(),
        steps: steps.into(),
    })
}
