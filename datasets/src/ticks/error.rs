//! What can be wrong with ticks, in words for the person who has to mend them.
use crate::error::{Row, time_text};
use engine::Timestamp;
use std::path::PathBuf;

/// Why ticks could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TickError {
    /// The catalog has no ticks of the symbol.
    #[error("{catalog}: no ticks for {wanted}; {hint}", catalog = catalog.display())]
    None {
        /// The catalog.
        catalog: PathBuf,
        /// `VENUE:SYMBOL` as asked for.
        wanted: String,
        /// The nearest names that exist.
        hint: String,
    },
    /// The window asked for holds no tick.
    #[error("{series}: no ticks from {from} to {to}; there are ticks from {first} to {last}", from = time_text(*.from), to = time_text(*.to), first = time_text(*.first), last = time_text(*.last))]
    EmptyWindow {
        /// `VENUE:SYMBOL ticks`.
        series: String,
        /// Start of the window, inclusive.
        from: Timestamp,
        /// End of the window, exclusive.
        to: Timestamp,
        /// First time that exists.
        first: Timestamp,
        /// Last time that exists.
        last: Timestamp,
    },
    /// No clock is there in every row of the files of a symbol.
    #[error(
        "{lacks}; the files of a symbol have to run on one clock: complete a column, or take one of the files away"
    )]
    NoClock {
        /// Which file lacks which clock in how many rows.
        lacks: String,
    },
    /// A side is neither of the two.
    #[error("{file}: row {row}: `side` is `{value}`; expected `buy` or `sell`, or null where it is not known", file = file.display())]
    NotASide {
        /// The file.
        file: PathBuf,
        /// Zero-based row in the file.
        row: u64,
        /// The value.
        value: String,
    },
    /// A price, or the size of a trade, is zero or negative.
    #[error("{row}: `{column}` is {value}; expected more than zero; correct or remove the row")]
    NotPositive {
        /// The row.
        row: Row,
        /// The column.
        column: &'static str,
        /// The value.
        value: String,
    },
    /// The size of a quote is negative.
    #[error("{row}: `{column}` is {value}; expected zero or more, or null where it is not known; correct the row")]
    Negative {
        /// The row.
        row: Row,
        /// The column.
        column: &'static str,
        /// The value.
        value: String,
    },
}
