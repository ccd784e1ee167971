//! Alpaca's words in the engine's and back: pure functions of what they are given. Nothing here panics on what a venue says.
pub mod candles;
pub mod groups;
pub mod movements;
pub mod orders;
pub mod refusals;
pub mod status;
pub mod symbols;
pub mod ticks;
pub mod timeframe;
