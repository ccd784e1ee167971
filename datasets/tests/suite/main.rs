//! What the crate promises, from the outside: one binary for all of it.
#![allow(clippy::unwrap_used, reason = "all of this is tests; helpers outside of test functions are too")]
mod actions;
mod adjustments;
mod bad_input;
mod book;
mod calendars;
mod fingerprints;
mod foreign;
mod hostile;
mod importers;
mod intervals;
mod layouts;
mod line_numbers;
mod originals;
mod records;
mod refusals;
mod round_trip;
mod sample;
mod streaming;
mod tickers;
mod ticks;
