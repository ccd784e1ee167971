//! The deterministic core of Onetape and its simulated world.
#![no_std]
extern crate alloc;

pub mod candle;
pub mod measure;
pub mod money;

pub use candle::{Candle, CandleFault, CandleSource, SharedCandles};
pub use measure::{Interval, Price, Qty, Side, Timestamp};
pub use money::{Currency, Money};
