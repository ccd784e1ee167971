//! BingX: recorded data, and the traps of its protocol one by one.
mod answers;
mod candles;
pub(crate) mod desk;
mod faults;
mod fills;
mod frames;
mod orders;
mod recorded;
mod secrets;
mod signing;
mod streams;
