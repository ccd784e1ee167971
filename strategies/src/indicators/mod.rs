//! Streaming indicators: one value in, one value out, nothing allocated after construction.
//!
//! Each says how many values it must have seen (`warm_up`) and gives `None` until then. All of them use a fixed order of
//! `f64` operations, so that the same values give the same bits on every machine.
mod bollinger;
mod ema;
mod extremes;
mod momentum;
mod sliding;
mod sma;
mod std_dev;

pub use bollinger::{Bands, Bollinger};
pub use ema::Ema;
pub use extremes::{RollingMax, RollingMin};
pub use momentum::Momentum;
pub use sma::Sma;
pub use std_dev::{Spread, StdDev};

#[cfg(test)]
mod naive;
