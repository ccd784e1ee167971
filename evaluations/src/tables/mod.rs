//! The Parquet tables of a run: equity, orders, fills, round trips.
//!
//! Rows are plain structs. Prices and quantities are decimals with 18 places, money has 12, time is in nanoseconds UTC.
//! The path is the caller's: it writes into a folder aside and renames that.
mod columns;
mod equity;
mod fills;
mod orders;
mod round_trips;

pub use columns::{Decimals, TableError};
pub(crate) use columns::{Table, write};
pub use equity::{read_equity, write_equity};
pub use fills::{FillRow, Liquidity, read_fills, write_fills};
pub use orders::{OrderRow, read_orders, write_orders};
pub use round_trips::{RoundTripRow, read_round_trips, write_round_trips};

#[cfg(test)]
mod tests;
