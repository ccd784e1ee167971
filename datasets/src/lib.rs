//! Candles and ticks in and out of Onetape: the Parquet catalog, its readers, its writer and its importers.
//!
//! Everything read is checked row by row and refused with file, row and values when it cannot be; nothing is repaired,
//! guessed or filled. Reading streams in bounded memory whatever the length. Nothing here knows strategies or orders.

pub mod actions;
pub mod adjustment;
mod aside;
pub mod calendar;
pub mod catalog;
mod column;
mod decimal;
mod error;
mod fault;
pub mod fingerprint;
pub mod funding;
pub mod generated;
pub mod import;
pub mod instruments;
mod layout;
pub mod manifest;
mod options;
mod pages;
pub mod prefetch;
pub mod reader;
mod scaler;
pub mod tickers;
pub mod ticks;
pub mod writer;

pub use actions::{Action, ActionKind};
pub use adjustment::{Adjustment, AdjustmentError, Adjustments, Close, Ratio, split_ratio};
pub use calendar::{CalendarError, CalendarName, Session, TradingCalendar};
pub use catalog::{Catalog, Series, SeriesFile};
pub use error::{DataError, Row};
pub use fingerprint::{RowGroupRef, STRETCH_ROWS};
pub use funding::Funding;
pub use import::{ImportError, ImportReport, ImportSpec, import};
pub use instruments::InstrumentRecord;
pub use manifest::{KnownDefect, Manifest, ManifestDifference, ManifestFile};
pub use options::ReadOptions;
pub use prefetch::{Blocks, FingerprintHandle, Handle, Prefetched, load_all, prefetch};
pub use reader::{CandleReader, FILE_SCALE};
pub use tickers::{TickerWindow, ticker_windows};
pub use ticks::{TickClock, TickCounts, TickError, TickFile, TickOptions, TickReader, TickSeries};
pub use writer::{CandleWriter, FileNotes, VolumeWidth, write_candles};
