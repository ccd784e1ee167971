//! The report of risk as it stands in `summary.json`. It holds figures and computes none.
//!
//! Money is a float here, in the account's currency: these are estimates, not postings. Losses are positive.
use super::coverage::Coverage;
use super::stress::StressResult;
use crate::time_text;
use engine::Timestamp;
use serde::{Deserialize, Serialize};

/// What a run says about its risk.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RiskReport {
    /// Limits against their use, the most used first.
    pub limits: Vec<LimitRow>,
    /// What was refused, by check.
    pub refusals: Vec<RefusalRow>,
    /// Value at risk of the positions at the end, or at the largest gross where the run ended flat.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value_at_risk: Option<ValueAtRisk>,
    /// How a daily value at risk of the equity would have held.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub backtest: Option<VarBacktest>,
    /// What the same positions would lose in scenarios; their instruments stand in `value_at_risk` or the summary.
    pub stress: Vec<StressResult>,
    /// Value held of each instrument.
    pub exposure: Vec<Exposure>,
    /// Net value held in each currency.
    pub currencies: Vec<Exposure>,
    /// Of the account: gross and net.
    pub totals: Vec<Exposure>,
}

/// A limit and how near to it the run came.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LimitRow {
    /// The name of the check.
    pub check: String,
    /// The limit at the highest use, as `150000` or `3 %`.
    pub limit: String,
    /// The highest use.
    pub highest: String,
    /// The highest use as a share of the limit.
    pub share: f64,
    /// When that was, for the first time.
    #[serde(with = "time_text")]
    pub at: Timestamp,
    /// The highest share of each day, thinned to the highest of each stretch of days.
    pub daily: Vec<UsePoint>,
}

/// The use of a limit at one time.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct UsePoint {
    /// When.
    #[serde(with = "time_text")]
    pub time: Timestamp,
    /// As a share of the limit.
    pub share: f64,
}

/// What a check refused.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RefusalRow {
    /// The name of the check.
    pub check: String,
    /// How often.
    pub count: u64,
    /// The first time.
    #[serde(with = "time_text")]
    pub first: Timestamp,
    /// The last time.
    #[serde(with = "time_text")]
    pub last: Timestamp,
    /// What was to be traded at the last refusal.
    pub instrument: String,
    /// The limit at the last refusal, in the check's own unit.
    pub limit: String,
    /// The value at the last refusal, in the check's own unit.
    pub value: String,
}

/// Value at risk of the positions at one time, from the daily moves of the run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ValueAtRisk {
    /// When the positions were held.
    #[serde(with = "time_text")]
    pub at: Timestamp,
    /// Whether that is the end of the run; else it is where its gross value was largest.
    pub at_end: bool,
    /// The confidence.
    pub confidence: f64,
    /// Daily returns that it was taken of.
    pub days: usize,
    /// The equity at that time.
    pub equity: f64,
    /// Each method's figures.
    pub methods: Vec<MethodRow>,
    /// Each position's part.
    pub positions: Vec<PositionRow>,
}

/// What one method says of the whole.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MethodRow {
    /// `historical`, `parametric` or `monte_carlo`.
    pub method: String,
    /// The value at risk of a day.
    pub value_at_risk: f64,
    /// The expected shortfall of a day.
    pub expected_shortfall: f64,
}

/// What one position adds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PositionRow {
    /// `venue:symbol`.
    pub instrument: String,
    /// Its value, below zero for a short.
    pub value: f64,
    /// Its part of the parametric value at risk; they sum to the whole.
    pub component: f64,
    /// Its part of the historical expected shortfall; they sum to the whole.
    pub shortfall_component: f64,
    /// The historical value at risk less that without it.
    pub incremental: f64,
}

/// How the value at risk of each day, forecast from the days before, held.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct VarBacktest {
    /// The confidence.
    pub confidence: f64,
    /// Days that a forecast looks back at most.
    pub window: usize,
    /// The tests.
    pub coverage: Coverage,
    /// The worst exceedances, worst first; ten at most.
    pub worst: Vec<Exceedance>,
}

/// A loss beyond its forecast, as shares of equity.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Exceedance {
    /// The end of the day.
    #[serde(with = "time_text")]
    pub time: Timestamp,
    /// The forecast.
    pub value_at_risk: f64,
    /// What was lost.
    pub loss: f64,
}

/// How much of something was held, over all marks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Exposure {
    /// An instrument, a currency, `gross` or `net`.
    pub name: String,
    /// The mean of the sizes.
    pub average: f64,
    /// The largest size.
    pub maximum: f64,
    /// The last value, with its sign.
    pub last: f64,
}
