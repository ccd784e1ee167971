//! The same run with slippage and latency by chance: how far a result hangs on how orders fare.
use crate::failure::Failure;
use crate::hardship::Hardship;
use crate::run_file::EvaluationSection;
use crate::shared_run::{Case, SharedRun};
use engine::Rng;
use evaluations::metrics::distribution::{quantile, sorted};
use rayon::prelude::*;
use rust_decimal::prelude::ToPrimitive;
use serde::Serialize;

/// One run.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Simulation {
    /// Slippage that was added, in basis points of the price.
    pub slippage_bps: f64,
    /// Latency that was added, in milliseconds. On candles any latency costs a whole one.
    pub latency_ms: i64,
    /// Annual Sharpe ratio.
    pub sharpe: Option<f64>,
    /// Total return, as a fraction.
    pub total_return: Option<f64>,
    /// The deepest fall, as a fraction.
    pub max_drawdown: Option<f64>,
}

/// All of them.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct MonteCarlo {
    /// The runs, in the order of their numbers.
    pub runs: Vec<Simulation>,
    /// Sharpe ratio at the 5th, 50th and 95th percentile.
    pub sharpe: [Option<f64>; 3],
    /// The share of the runs that gained.
    pub gained: Option<f64>,
}

/// Runs it so many times; half of the runs have no latency. Each number has its own random stream.
///
/// # Errors
/// When a run cannot be made.
pub(super) fn monte_carlo(
    run: &SharedRun,
    section: &EvaluationSection,
    progress: &(dyn Fn() + Sync),
) -> Result<MonteCarlo, Failure> {
    let most_ppm = (section.slippage_bps.to_f64().unwrap_or(0.0) * 100.0) as u64;
    let simulate = |number: u32| {
        let mut rng = Rng::stream(run.config.run.seed, &format!("simulation {number}"));
        let ppm = rng.below(most_ppm + 1);
        let late = rng.below(2) == 1;
        let latency_ms = if late { 1 + rng.below(u64::from(section.latency_ms).max(1)) } else { 0 };
        let (ppm, latency_ms) = (ppm.cast_signed(), latency_ms.cast_signed());
        let hardships = vec![Hardship::Slip { ppm }, Hardship::Delay { ns: latency_ms * 1_000_000 }];
        let summary = run.run(&Case { hardships, seed: Some(rng.next_u64() >> 1), ..Case::default() })?.summary;
        progress();
        Ok(Simulation {
            slippage_bps: ppm as f64 / 100.0,
            latency_ms,
            sharpe: summary.metric("sharpe"),
            total_return: summary.metric("total_return"),
            max_drawdown: summary.metric("max_drawdown"),
        })
    };
    let runs: Result<Vec<Simulation>, Failure> = (0..section.simulations).into_par_iter().map(simulate).collect();
    let runs = runs?;
    let sharpes = sorted(&runs.iter().filter_map(|one| one.sharpe).collect::<Vec<_>>());
    let gained = runs.iter().filter(|one| one.total_return.is_some_and(|r| r > 0.0)).count();
    Ok(MonteCarlo {
        sharpe: [0.05, 0.5, 0.95].map(|p| quantile(&sharpes, p)),
        gained: (!runs.is_empty()).then(|| gained as f64 / runs.len() as f64),
        runs,
    })
}
