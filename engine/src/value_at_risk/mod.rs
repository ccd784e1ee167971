//! Value at risk and expected shortfall of a portfolio: what a bad day costs, and what the bad days cost on average.
//!
//! Pure functions over plain slices of floats. Values of positions are in the account's currency, a short below zero;
//! returns are of one period, and so is the loss. A loss is positive. Nothing is cut at zero: a figure below zero says
//! that even the bad day is a gain. Sums run in a fixed order, so that the bits are the same on every machine. Nothing
//! here decides: what a limit is held against is made a whole number first, rounded up.
mod confidence;
mod covariance;
mod day_returns;
mod decomposition;
mod historical;
mod monte_carlo;
mod parametric;
mod returns;
mod tail_loss;
mod unit_tails;

pub use confidence::Confidence;
pub use covariance::Covariance;
pub use day_returns::{DayReturns, Tail, VAR_DAYS_MIN, VarMethod, VarSettings};
pub use decomposition::{Decomposition, PositionRisk, decompose_historical, decompose_parametric};
pub use historical::{historical, losses};
pub use monte_carlo::{Draws, draw, factor, monte_carlo};
pub use parametric::{Drift, parametric};
pub use returns::{Returns, ReturnsFault};
pub use tail_loss::TailLoss;
pub use unit_tails::{TailRates, UnitTails};
