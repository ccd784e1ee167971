//! Trades and quotes of a symbol: `ticks/VENUE/SYMBOL/trades.parquet` and `quotes.parquet`, either of which may be missing.
//!
//! Both files run on one clock, or are refused: a trade by one clock and a quote by another have no order. Nothing is sorted,
//! repaired or filled. Nothing here knows what a trade does to an order.
mod error;
mod file;
mod options;
mod reader;
mod schema;
mod series;

pub use error::TickError;
pub use options::TickOptions;
pub use reader::{TickCounts, TickReader};
pub use series::{TickClock, TickFile, TickSeries};
