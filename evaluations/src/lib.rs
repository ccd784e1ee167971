//! Metrics, tear sheets, sweeps, the trial ledger, evidence and gates of Onetape.
//!
//! Everything works on plain structs that the command line fills: this crate knows neither candles' files nor
//! strategies, and nothing in it decides or trades.
mod calendar;
pub mod causality;
pub mod curve;
pub mod diagnostics;
pub mod evidence;
pub mod gates;
pub mod metrics;
mod money_text;
mod printable;
pub mod registry;
pub mod risk;
pub mod round_trips;
pub mod search;
pub mod statistics;
pub mod summary;
pub mod sweep;
pub mod tables;
pub mod tear_sheet;
mod time_text;
pub mod training;
pub mod trials;
pub mod watch;

pub use curve::{Curve, EquityCurve, EquityPoint};
pub use diagnostics::{Diagnostics, FillWatch, SensitivityRow};
pub use metrics::{Metric, MetricSet};
pub use risk::{RiskRecorder, RiskReport, RiskSettings};
pub use round_trips::{Direction, Fill, OpenTrip, RoundTrip, RoundTrips};
pub use summary::{Assumption, CurrencyResult, OpenPosition, StrategyResult, Summary};
pub use training::{TrainingRow, write_training};
pub use trials::{Trial, TrialLedger};
