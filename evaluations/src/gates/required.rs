//! What each gate has to say something about: a check that a file does not name fails, it is never passed over.
use super::Gate;
use crate::evidence::Kind;

/// What a backtest has to show.
const EVALUATION: &[&str] = &[
    "round_trips",
    "days",
    "min_track_record_days",
    "sharpe_lower",
    "dsr",
    "pbo",
    "spa_p",
    "max_drawdown",
    "drawdown_95",
    "walk_forward_sharpe",
    "cpcv_sharpe_p05",
    "causality",
    "warm_up",
    "determinism",
    "data_integrity",
    "stress_costs_sharpe",
    "stress_latency_sharpe",
    "stress_missed_sharpe",
    "stress_gaps_sharpe",
    "stress_crisis_drawdown",
    "regime_worst_sharpe",
    "neighbourhood",
];

/// What has to hold still when a session is judged: trials go on, and each makes luck more likely.
const STILL: &[&str] = &["dsr", "pbo", "causality", "warm_up", "determinism", "data_integrity"];

/// What a session has to show.
const SESSION: &[&str] = &[
    "days",
    "round_trips",
    "parity_gap",
    "slippage_bps",
    "rejected_share",
    "stale_minutes_per_day",
    "risk_breaches",
    "latency_p99_us",
    "replayed",
    "unexplained_differences",
    "max_drawdown",
];

/// The figures of one kind of evidence that a gate has to name, with a bound or with a reason why it asks for none.
#[must_use]
pub fn required(gate: Gate, of: Kind) -> &'static [&'static str] {
    match (gate, of) {
        (Gate::Paper, Kind::Evaluation) => EVALUATION,
        (Gate::Canary | Gate::Live, Kind::Evaluation) => STILL,
        (Gate::Canary, Kind::Paper) | (Gate::Live, Kind::Canary) => SESSION,
        _ => &[],
    }
}
