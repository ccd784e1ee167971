//! What the crate promises, from the outside: one binary for all of it.
mod bad_input;
mod book;
mod fingerprints;
mod foreign;
mod hostile;
mod layouts;
mod records;
mod round_trip;
mod streaming;
