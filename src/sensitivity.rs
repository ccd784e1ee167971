//! The same run with worse execution: figures only, never written and never counted as a trial.
//!
//! Only what execution costs is changed, never the strategy. A rebate stays as it is: to double it would be kinder.
use crate::backtest::{backtest, summarise};
use crate::failure::Failure;
use crate::hardship::Hardship;
use crate::recorder::Detail;
use crate::registry::registry;
use crate::run_file::RunFile;
use crate::setup::Setup;
use crate::strategy_setup;
use engine::tape::DigestOnly;
use evaluations::SensitivityRow;
use rayon::prelude::*;

/// Runs that are made at a time; each of them decodes its candles on a thread of its own.
const THREADS: usize = 2;

const CASES: [Hardship; 5] = [
    Hardship::Fees { times: 2 },
    Hardship::Fees { times: 3 },
    Hardship::Slippage { times: 2 },
    Hardship::Slippage { times: 3 },
    Hardship::Latency,
];

/// Runs it again in every case, in the order of the table.
///
/// # Errors
/// As for the run itself.
pub fn sensitivity(config: &RunFile, setup: &Setup) -> Result<Vec<SensitivityRow>, Failure> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(THREADS).build().map_err(Failure::failed)?;
    pool.install(|| CASES.par_iter().map(|case| row(*case, config, setup)).collect())
}

fn row(case: Hardship, config: &RunFile, setup: &Setup) -> Result<SensitivityRow, Failure> {
    let without =
        |note: &str| SensitivityRow { case: case.name(), note: Some(note.into()), ..SensitivityRow::default() };
    if let Some(note) = case.is_idle(&setup.costs) {
        return Ok(without(note));
    }
    let (mut config, mut setup) = (config.clone(), setup.clone());
    if case.apply(&mut config, &mut setup).is_none() {
        return Ok(without("it would be more than the whole price"));
    }
    let strategy = strategy_setup::build(&config, &registry())?;
    let (sources, sight) = (setup.sources(false)?, setup.sight()?);
    let mut run = backtest(&config, &setup, strategy, sources, sight, DigestOnly::default(), Detail::Figures)?;
    let digest = run.recorder.inner().digest();
    let (summary, _) = summarise(&config, &setup, &mut run, digest);
    Ok(SensitivityRow {
        case: case.name(),
        total_return: summary.metric("total_return"),
        sharpe: summary.metric("sharpe"),
        max_drawdown: summary.metric("max_drawdown"),
        fills: Some(summary.fills),
        note: None,
    })
}
