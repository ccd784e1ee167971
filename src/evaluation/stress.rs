//! The same run under worse conditions, in bad times, and in different kinds of times.
use super::days::{Days, Regime};
use crate::failure::Failure;
use crate::hardship::Hardship;
use crate::run_file::{Crisis, EvaluationSection};
use crate::shared_run::{Case, Ran, SharedRun};
use engine::{Candle, Rng};
use evaluations::metrics::ratios;
use rayon::prelude::*;
use rust_decimal::prelude::ToPrimitive;
use serde::Serialize;
use std::sync::Arc;

/// One condition.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StressRow {
    /// Which figure of the evidence it makes; none where it makes none.
    pub figure: Option<&'static str>,
    /// What was worse.
    pub case: String,
    /// Annual Sharpe ratio.
    pub sharpe: Option<f64>,
    /// Total return, as a fraction.
    pub total_return: Option<f64>,
    /// The deepest fall, as a fraction.
    pub max_drawdown: Option<f64>,
    /// Fills.
    pub fills: u64,
    /// Daily returns behind the figures.
    pub n: usize,
    /// Why there is nothing, where there is nothing.
    pub note: Option<String>,
}

/// Gaps that are torn into the candles, and candles of each.
const GAPS: usize = 12;
const GAP: usize = 24;

/// Runs every condition, on all threads.
///
/// # Errors
/// When a run cannot be made.
pub(super) fn conditions(run: &SharedRun, section: &EvaluationSection) -> Result<Vec<StressRow>, Failure> {
    let costs = |times| vec![Hardship::Fees { times }, Hardship::Slippage { times }];
    let missed = (section.missed_pct.to_f64().unwrap_or(0.0) * 10_000.0) as u32;
    let hard = |hardships| Case { hardships, ..Case::default() };
    let cases = [
        (None, "fees and slippage x2".to_string(), hard(costs(2))),
        (Some("stress_costs_sharpe"), "fees and slippage x3".into(), hard(costs(3))),
        (Some("stress_latency_sharpe"), "one candle of latency".into(), hard(vec![Hardship::Latency])),
        (
            Some("stress_missed_sharpe"),
            format!("{} % of the orders come to nothing", section.missed_pct.normalize()),
            Case { missed_ppm: missed, ..Case::default() },
        ),
        (
            Some("stress_gaps_sharpe"),
            format!("{GAPS} gaps of {GAP} candles"),
            Case { candles: Some(with_gaps(&run.candles, run.config.run.seed)), ..Case::default() },
        ),
    ];
    cases.into_par_iter().map(|(figure, name, case)| row(run, figure, name, &case)).collect()
}

fn row(run: &SharedRun, figure: Option<&'static str>, case: String, how: &Case) -> Result<StressRow, Failure> {
    let none =
        StressRow { figure, case, sharpe: None, total_return: None, max_drawdown: None, fills: 0, n: 0, note: None };
    if how.hardships.iter().any(|it| matches!(it, Hardship::Fees { .. }))
        && how.hardships.iter().all(|it| it.is_idle(&run.setup.costs).is_some())
    {
        return Ok(StressRow { note: Some("the run pays neither fees nor slippage".into()), ..none });
    }
    let Ran { summary, returns, .. } = run.run(how)?;
    Ok(StressRow {
        sharpe: summary.metric("sharpe"),
        total_return: summary.metric("total_return"),
        max_drawdown: summary.metric("max_drawdown"),
        fills: summary.fills,
        n: returns.len(),
        ..none
    })
}

/// The candles with gaps at random places, the same instants for every instrument.
fn with_gaps(market: &[Arc<[Candle]>], seed: u64) -> Vec<Arc<[Candle]>> {
    let Some(longest) = market.iter().max_by_key(|candles| candles.len()) else { return Vec::new() };
    let mut rng = Rng::stream(seed, "gaps of stress");
    let mut gaps = Vec::new();
    if longest.len() > 4 * GAP {
        for _ in 0..GAPS {
            let first = rng.below((longest.len() - GAP) as u64) as usize;
            gaps.push(longest[first].open_time..longest[first + GAP].open_time);
        }
    }
    let kept = |candle: &&Candle| !gaps.iter().any(|gap| gap.contains(&candle.open_time));
    market.iter().map(|candles| candles.iter().filter(kept).copied().collect()).collect()
}

/// How much more slippage makes nothing of the run's gain, in basis points a fill; `None` where there is no gain or no cost takes it.
///
/// # Errors
/// When a run cannot be made.
pub(super) fn break_even_bps(run: &SharedRun, base: &Ran) -> Result<Option<f64>, Failure> {
    const MOST_PPM: i64 = 100_000;
    let gains = |ppm: i64| -> Result<bool, Failure> {
        let ran = run.run(&Case { hardships: vec![Hardship::Slip { ppm }], ..Case::default() })?;
        Ok(ran.summary.final_equity > ran.summary.initial_cash)
    };
    if base.summary.final_equity <= base.summary.initial_cash || base.summary.fills == 0 || gains(MOST_PPM)? {
        return Ok(None);
    }
    let (mut gaining, mut losing) = (0, MOST_PPM);
    while losing - gaining > 10 {
        let middle = gaining + (losing - gaining) / 2;
        if gains(middle)? { gaining = middle } else { losing = middle }
    }
    Ok(Some(gaining as f64 / 100.0))
}

/// A time of trouble, and what the run made of it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CrisisRow {
    /// What it is called.
    pub name: String,
    /// Days of it in the run; nothing is said of fewer than five.
    pub days: usize,
    /// Total return, as a fraction.
    pub total_return: Option<f64>,
    /// The deepest fall, as a fraction of the peak within.
    pub max_drawdown: Option<f64>,
}

/// What the run made of each crisis that it lived through.
#[must_use]
pub(super) fn crises(days: &Days, all: &[Crisis]) -> Vec<CrisisRow> {
    const LEAST: usize = 5;
    let of = |crisis: &Crisis| {
        let returns = days.between(crisis.from, crisis.to);
        let enough = returns.len() >= LEAST;
        CrisisRow {
            name: crisis.name.clone(),
            days: returns.len(),
            total_return: enough.then(|| total(returns)),
            max_drawdown: enough.then(|| deepest(returns)),
        }
    };
    all.iter().map(of).filter(|row| row.days > 0).collect()
}

/// A kind of times, and what the run made of it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RegimeRow {
    /// Which.
    pub regime: Regime,
    /// Days of it.
    pub days: usize,
    /// Annual Sharpe ratio within; not defined under thirty days.
    pub sharpe: Option<f64>,
    /// Mean daily return, as a fraction.
    pub mean: Option<f64>,
}

/// What the run made of each kind of times.
#[must_use]
pub(super) fn regimes(days: &Days, periods_per_year: f64) -> Vec<RegimeRow> {
    const LEAST: usize = 30;
    let of = |regime: Regime| {
        let returns = days.of(regime);
        let enough = returns.len() >= LEAST;
        RegimeRow {
            regime,
            days: returns.len(),
            sharpe: enough.then(|| ratios::sharpe(&returns, periods_per_year)).flatten(),
            mean: evaluations::metrics::mean(&returns),
        }
    };
    Regime::ALL.into_iter().map(of).collect()
}

fn total(returns: &[f64]) -> f64 {
    returns.iter().fold(1.0, |value, r| value * (1.0 + r)) - 1.0
}

fn deepest(returns: &[f64]) -> f64 {
    let (mut value, mut peak, mut most) = (1.0_f64, 1.0_f64, 0.0_f64);
    for r in returns {
        value *= 1.0 + r;
        peak = peak.max(value);
        most = most.max(1.0 - value / peak);
    }
    most
}
