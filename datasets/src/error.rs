//! What can be wrong with a catalog or a file of it, in words for the person who has to mend it.
//!
//! Every variant says where (file, zero-based row, column), what was found and what to do. Errors are plain data, so
//! they can be kept, sent between threads and shown twice.
use crate::ticks::TickError;
use engine::{CandleFault, Interval, Timestamp};
use std::path::{Path, PathBuf};

/// A row as it stands in a file, for a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The file.
    pub file: PathBuf,
    /// Zero-based row in the file.
    pub row: u64,
    /// Its open time.
    pub open_time: Timestamp,
}

impl std::fmt::Display for Row {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: row {} ({})", self.file.display(), self.row, time_text(self.open_time))
    }
}

/// Why candles could not be read or written.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum DataError {
    /// The operating system refused.
    #[error("{path}: cannot {doing}: {text}", path = path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What was being done.
        doing: &'static str,
        /// The system's own words.
        text: String,
    },
    /// The folder has no `candles` folder.
    #[error("{path}: not a catalog: it has no folder `candles`; a catalog holds candles/VENUE/SYMBOL/INTERVAL.parquet", path = path.display())]
    NotACatalog {
        /// The folder.
        path: PathBuf,
    },
    /// A venue, symbol or file name that cannot be a part of the layout.
    #[error("{path}: {what}", path = path.display())]
    BadName {
        /// Where.
        path: PathBuf,
        /// What is wrong with the name and what is expected.
        what: String,
    },
    /// The catalog has no such series.
    #[error("{catalog}: no candles for {wanted}; {hint}", catalog = catalog.display())]
    NoSeries {
        /// The catalog.
        catalog: PathBuf,
        /// `VENUE:SYMBOL INTERVAL` as asked for.
        wanted: String,
        /// The nearest names that exist.
        hint: String,
    },
    /// The file is empty or holds no row.
    #[error("{file}: holds no {rows}; remove it or write it again", file = file.display())]
    EmptyFile {
        /// The file.
        file: PathBuf,
        /// What its rows would be.
        rows: &'static str,
    },
    /// The file does not begin and end as Parquet does.
    #[error("{file}: not a Parquet file: {text}; if it is a CSV or JSON file, import it", file = file.display())]
    NotParquet {
        /// The file.
        file: PathBuf,
        /// What was found.
        text: String,
    },
    /// The file is truncated, corrupt or claims impossible sizes.
    #[error("{file}: damaged Parquet: {text}; fetch or import the file again", file = file.display())]
    Damaged {
        /// The file.
        file: PathBuf,
        /// What was found, and where.
        text: String,
    },
    /// A column of the schema is not there.
    #[error("{file}: column `{column}` is missing; found {found}; expected {expected}", file = file.display())]
    MissingColumn {
        /// The file.
        file: PathBuf,
        /// The column.
        column: &'static str,
        /// The columns that are there.
        found: String,
        /// The columns that are read.
        expected: String,
    },
    /// A column holds something else than it should.
    #[error("{file}: column `{column}` is {found}; expected {expected}", file = file.display())]
    WrongType {
        /// The file.
        file: PathBuf,
        /// The column.
        column: &'static str,
        /// Its type.
        found: String,
        /// What can be read.
        expected: &'static str,
    },
    /// A value is null.
    #[error("{file}: row {row}: `{column}` is null; {need}, so remove the row or heal the file", file = file.display())]
    Null {
        /// The file.
        file: PathBuf,
        /// Zero-based row in the file.
        row: u64,
        /// The column.
        column: &'static str,
        /// What a row cannot do without, as a sentence.
        need: &'static str,
    },
    /// A row is earlier than the one before it.
    #[error("{row}: out of order, the row before is {before}; sort the file by {by}", before = time_text(*.before))]
    Unsorted {
        /// The later row in file order.
        row: Row,
        /// The time of the row before.
        before: Timestamp,
        /// The column of the times.
        by: &'static str,
    },
    /// Two rows have one open time.
    #[error("{row}: the same open time as the row before; remove one of the two")]
    Duplicate {
        /// The second of the two.
        row: Row,
    },
    /// A candle opens while the one before it still lasts.
    #[error("{row}: opens {gap} after the candle before, which lasts {length} from {before}: {values}; read the file as the interval that it holds, or correct the row", gap = Interval(row.open_time.0.saturating_sub(before.0)), length = Interval(*.length_ns), before = time_text(*.before))]
    Overlap {
        /// The later of the two.
        row: Row,
        /// The open time of the row before.
        before: Timestamp,
        /// How long a candle lasts, in nanoseconds.
        length_ns: i64,
        /// The values as read.
        values: String,
    },
    /// The values of a row cannot be a candle.
    #[error("{row}: {fault}: {values}; correct or remove the row", fault = fault.text())]
    Fault {
        /// The row.
        row: Row,
        /// What is wrong.
        fault: CandleFault,
        /// The values as read.
        values: String,
    },
    /// A value is finer than the scale it is asked in.
    #[error("{file}: row {row}: `{column}` = {value} has more than {scale} decimal places; ask for a finer step of the instrument, or correct the value", file = file.display())]
    Inexact {
        /// The file.
        file: PathBuf,
        /// Zero-based row in the file.
        row: u64,
        /// The column.
        column: &'static str,
        /// The value.
        value: String,
        /// The decimal places there are.
        scale: u8,
    },
    /// A value does not fit 64 bits, or its column, at the scale it is asked in.
    #[error("{file}: row {row}: `{column}` = {value} does not fit with {scale} decimal places; count in a larger unit (lots, thousands), or correct the value", file = file.display())]
    Overflow {
        /// The file.
        file: PathBuf,
        /// Zero-based row in the file.
        row: u64,
        /// The column.
        column: &'static str,
        /// The value.
        value: String,
        /// The decimal places there are.
        scale: u8,
    },
    /// A floating-point value is no number.
    #[error("{file}: row {row}: `{column}` is {value}; correct or remove the row", file = file.display())]
    NotANumber {
        /// The file.
        file: PathBuf,
        /// Zero-based row in the file.
        row: u64,
        /// The column.
        column: &'static str,
        /// `NaN` or an infinity.
        value: String,
    },
    /// Two files of a series cover the same time.
    #[error("{first} and {second} overlap: the first ends {last}, the second begins {begins}; remove one or cut it", first = first.display(), second = second.display(), last = time_text(*.last), begins = time_text(*.begins))]
    FilesOverlap {
        /// The file that begins earlier.
        first: PathBuf,
        /// The other one.
        second: PathBuf,
        /// Last open time of the first.
        last: Timestamp,
        /// First open time of the second.
        begins: Timestamp,
    },
    /// A ticker of an instrument has no candles of its time.
    #[error("{instrument} traded as {ticker} from {from} to {to}, and the catalog has no candles for {wanted} of that time; import them, or correct `ticker` in the records of {instrument}", from = time_text(*.from), to = time_text(*.to))]
    NoTicker {
        /// `VENUE:SYMBOL` of the instrument.
        instrument: String,
        /// The ticker.
        ticker: String,
        /// `VENUE:TICKER INTERVAL`.
        wanted: String,
        /// From when on it traded under it.
        from: Timestamp,
        /// When that ended.
        to: Timestamp,
    },
    /// The window asked for holds no candle.
    #[error("{series}: no candles from {from} to {to}; there are candles from {first} to {last}", from = time_text(*.from), to = time_text(*.to), first = time_text(*.first), last = time_text(*.last))]
    NoCandles {
        /// `VENUE:SYMBOL INTERVAL`.
        series: String,
        /// Start of the window, inclusive.
        from: Timestamp,
        /// End of the window, exclusive.
        to: Timestamp,
        /// First open time that exists.
        first: Timestamp,
        /// Last open time that exists.
        last: Timestamp,
    },
    /// The options contradict themselves.
    #[error("cannot read {rows}: {what}")]
    BadOptions {
        /// What was to be read.
        rows: &'static str,
        /// What is wrong and what is expected.
        what: String,
    },
    /// A file of records of the catalog, whether TOML, JSON or Parquet, is not as it should be.
    #[error("{file}: {text}", file = file.display())]
    BadRecord {
        /// The file.
        file: PathBuf,
        /// What is wrong, with line and column or row where known, and what is expected.
        text: String,
    },
    /// A tick that cannot be read, or the files of a symbol that do not go together.
    #[error(transparent)]
    Ticks(#[from] TickError),
    /// The reading thread is gone.
    #[error("the reading thread ended before what it reads did; this is a defect, please report it")]
    ThreadEnded,
}

impl DataError {
    /// Whether the caller named a catalog, venue, symbol or interval that does not exist, so that nothing is wrong with
    /// the data.
    #[must_use]
    pub fn is_unknown_name(&self) -> bool {
        matches!(self, Self::NotACatalog { .. } | Self::NoSeries { .. } | Self::Ticks(TickError::None { .. }))
    }

    /// The same error about files of other rows.
    pub(crate) fn about(self, rows: &'static str) -> Self {
        match self {
            Self::EmptyFile { file, .. } => Self::EmptyFile { file, rows },
            other => other,
        }
    }

    /// An operating system error with what was being done.
    pub(crate) fn io(path: &Path, doing: &'static str, error: &std::io::Error) -> Self {
        Self::Io { path: path.to_path_buf(), doing, text: error.to_string() }
    }

    /// Damage with its description.
    pub(crate) fn damaged(file: &Path, text: impl std::fmt::Display) -> Self {
        Self::Damaged { file: file.to_path_buf(), text: text.to_string() }
    }
}

/// A time as ISO 8601 in UTC; the open ends of a window in words.
pub(crate) fn time_text(time: Timestamp) -> String {
    match time {
        Timestamp::MIN => "the beginning".to_string(),
        Timestamp::MAX => "the end".to_string(),
        Timestamp(ns) => jiff::Timestamp::from_nanosecond(i128::from(ns))
            .map_or_else(|_| format!("{ns} ns"), |stamp| stamp.to_string()),
    }
}
