//! The report of risk: limits against use, refusals, value at risk and how it was met, stress, exposure.
//!
//! A [`RiskRecorder`] looks on and keeps little; what it kept becomes a [`RiskReport`]. The functions beneath take plain
//! slices. Nothing here decides, refuses or trades, and nothing reads a file.
pub mod coverage;
mod figures;
pub mod forecast;
mod recorder;
mod report;
pub mod stress;

pub use coverage::{Coverage, LikelihoodRatio, coverage};
pub use forecast::{Forecast, forecasts};
pub use recorder::{InstrumentMark, LimitUse, RiskRecorder, RiskSettings, Unit};
pub use report::{
    Exceedance, Exposure, LimitRow, MethodRow, PositionRow, RefusalRow, RiskReport, UsePoint, ValueAtRisk, VarBacktest,
};
pub use stress::{Scenario, Shock, StressResult};

#[cfg(test)]
mod tests;
