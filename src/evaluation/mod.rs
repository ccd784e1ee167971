//! Evaluation: what is run to find out whether a result can be believed, and the evidence of it.
//!
//! Here are the runs; what is computed of their figures is in the crate `evaluations`. Nothing of it decides what is promoted: gates
//! read the evidence.
mod data;
mod days;
mod decisions;
mod determinism;
mod matrix;
mod monte_carlo;
mod session;
mod stress;

pub use data::{CandlesSeen, candles_seen};
pub use days::{Days, Regime, candles_a_day};
pub use decisions::Decider;
pub use determinism::{Determinism, determinism};
pub use matrix::{Matrix, Set};
pub use monte_carlo::{MonteCarlo, Simulation, monte_carlo};
pub use session::{SessionSeen, session_seen};
pub use stress::{CrisisRow, RegimeRow, StressRow, break_even_bps, conditions, crises, regimes};
