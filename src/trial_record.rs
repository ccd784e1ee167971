//! The trial ledger of this user: every run of every kind is counted, because the overfitting statistics need the true
//! number of trials.
use crate::failure::Failure;
use crate::run_file::RunFile;
use crate::setup::Setup;
use crate::tape_header::config_digest;
use evaluations::metrics::Trials;
use evaluations::{Summary, Trial, TrialLedger};
use std::path::PathBuf;

/// The folder of what Onetape remembers between runs: `$ONETAPE_HOME`, else `~/.local/share/onetape`.
///
/// # Errors
/// When neither it nor a home folder is known.
pub fn home() -> Result<PathBuf, Failure> {
    if let Some(home) = std::env::var_os("ONETAPE_HOME").filter(|h| !h.is_empty()) {
        return Ok(home.into());
    }
    let user = std::env::var_os("HOME").filter(|h| !h.is_empty());
    let user = user
        .ok_or_else(|| Failure::Usage("neither ONETAPE_HOME nor HOME is set: the trial ledger has no place".into()))?;
    Ok(PathBuf::from(user).join(".local/share/onetape"))
}

/// Opens the ledger before a run, so that no result is seen that cannot be counted.
///
/// # Errors
/// When its folder or file cannot be made or opened.
pub fn open() -> Result<TrialLedger, Failure> {
    let home = home()?;
    std::fs::create_dir_all(&home).map_err(|e| {
        Failure::Failed(format!(
            "cannot make {}: {e}; set ONETAPE_HOME to a folder that can be written",
            home.display()
        ))
    })?;
    TrialLedger::open(&home.join("trials.db")).map_err(Failure::failed)
}

/// What the runs of a command have in common.
#[must_use]
pub fn common(kind: &str, config: &RunFile, setup: &Setup) -> Trial {
    let mut data = blake3::Hasher::new();
    for file in setup.readings.iter().flat_map(|r| r.series.files()) {
        data.update(format!("{} {} {} {}\n", file.relative, file.rows, file.first_open.0, file.last_open.0).as_bytes());
    }
    Trial {
        recorded_at: jiff::Timestamp::now().to_string(),
        kind: kind.into(),
        name: config.run.name.clone(),
        strategy: config.strategy_kind(),
        parameters: String::new(),
        config_digest: config_digest(config),
        data_digest: data.finalize().to_hex().to_string(),
        run_digest: String::new(),
        sharpe: None,
        daily_sharpe: None,
        n: 0,
        currency: config.account.currency.to_string(),
        final_equity: String::new(),
    }
}

/// One run as a row of the ledger.
#[must_use]
pub fn of_run(summary: &Summary, common: &Trial) -> Trial {
    let sharpe = summary.metrics.get("sharpe");
    let value = sharpe.and_then(|metric| metric.value);
    let periods = sharpe.and_then(|metric| metric.periods_per_year);
    Trial {
        parameters: serde_json::to_string(&summary.parameters).unwrap_or_default(),
        run_digest: summary.digest.clone(),
        sharpe: value,
        daily_sharpe: value.zip(periods).map(|(value, periods)| value / periods.sqrt()),
        n: sharpe.map_or(0, |metric| metric.n as u64),
        final_equity: summary.final_equity.to_string(),
        ..common.clone()
    }
}

/// What was tried before with this strategy, for the deflated Sharpe ratio; `None` below two trials.
///
/// # Errors
/// When the ledger cannot be read.
pub fn tried(ledger: &TrialLedger, strategy: &str) -> Result<Option<Trials>, Failure> {
    let sharpes = ledger.daily_sharpes(strategy).map_err(Failure::failed)?;
    if sharpes.len() < 2 {
        return Ok(None);
    }
    let deviation = evaluations::metrics::deviation(&sharpes);
    Ok(deviation.map(|d| Trials { count: sharpes.len(), variance: d * d }))
}
