//! Candles from foreign files into the catalog.
//!
//! The caller declares what a file does not say: time zone, whether a label is the open or the close, the price divisor.
//! Nothing is guessed, sorted, filled or repaired: the first line that cannot be a candle ends the import with its
//! number, and no file is written. Numbers are taken from their decimal text; no binary fraction is in between.

mod archive;
mod clock;
mod gaps;
mod json;
mod line_feeds;
mod sheet;
mod sink;

pub use clock::{TimeFormat, Zone};
pub use sheet::{Columns, Field};

use crate::catalog::{Catalog, plain_name};
use crate::error::DataError;
use crate::writer::{FileNotes, VolumeWidth};
use engine::{Interval, Timestamp};
use sink::Sink;
use std::path::{Path, PathBuf};

/// What kind of file is imported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Format {
    /// Comma or otherwise separated values with declared columns.
    Csv(Columns),
    /// As backtesting.py keeps its samples: a header, the time first and without a name, then Open to Volume.
    BacktestingPy,
    /// A kline archive of Binance: twelve columns, UTC, open time first, in milliseconds or (since 2025) microseconds.
    BinanceKlines,
    /// The candle JSON of freqtrade: an array of `[ms, open, high, low, close, volume]`, UTC.
    FreqtradeJson,
    /// A zip of LEAN with trade bars: a daily or hourly history, or one day of minutes named `YYYYMMDD_...`.
    ///
    /// Equities are written in ten-thousandths of a dollar and nothing in the file says so: declare
    /// `--price-divisor 10000` for them, and none for crypto.
    LeanTrades,
    /// A zip of LEAN with quote bars, of which one side is taken; the volume is zero.
    LeanQuotes(QuoteSide),
}

/// Which side of a quote bar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QuoteSide {
    /// What buyers offer.
    Bid,
    /// What sellers ask.
    Ask,
}

/// Which end of a candle its label is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Label {
    /// The label is the open time.
    Open,
    /// The label is the time at which the candle ends.
    Close,
}

/// What happens to a value with more than eight decimal places.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Finer {
    /// The import ends there.
    Refuse,
    /// It is rounded to eight places, half to even, and counted in the report.
    Round,
}

/// An import, fully declared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportSpec {
    /// The kind of file.
    pub format: Format,
    /// The files, in the order of their times; together they become one candle file.
    pub inputs: Vec<PathBuf>,
    /// Whose candles, how long, and what the file shall say about itself.
    pub notes: FileNotes,
    /// The clock of the labels; has to be UTC for formats that define it so.
    pub zone: Zone,
    /// Which end of a candle a label is; has to be the open for formats that define it so.
    pub label: Label,
    /// Prices are divided by this: 10000 for LEAN equities, 1 for most others.
    pub price_divisor: i64,
    /// Volumes are divided by this: above 1 where a source counts in units so small that 64 bits do not hold them.
    pub volume_divisor: i64,
    /// For daily candles of a session, the time of day on the source's clock at which it opens, such as `09:30`: labels
    /// then give the date alone.
    pub session_open: Option<jiff::civil::Time>,
    /// What happens to values finer than eight decimal places.
    pub finer: Finer,
    /// The name of the file in the folder of its interval; `None` writes `INTERVAL.parquet`.
    pub file_name: Option<String>,
    /// Whether an existing file is replaced.
    pub replace: bool,
}

/// What was imported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportReport {
    /// The file written.
    pub file: PathBuf,
    /// Its candles.
    pub rows: u64,
    /// First open time.
    pub first: Timestamp,
    /// Last open time.
    pub last: Timestamp,
    /// Values that were rounded to eight decimal places.
    pub rounded: u64,
    /// Rows without a quote on the side that was asked for.
    pub without_quote: u64,
}

/// Why an import ended.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ImportError {
    /// The declaration contradicts itself, its format or the catalog.
    #[error("cannot import: {what}")]
    Spec {
        /// What is wrong and what is expected.
        what: String,
    },
    /// A file is not of the declared format.
    #[error("{file}: {what}", file = file.display())]
    File {
        /// The file.
        file: PathBuf,
        /// What was found and what is expected.
        what: String,
    },
    /// A line cannot be a candle.
    #[error("{file}: line {line}: {what}", file = file.display())]
    Line {
        /// The file.
        file: PathBuf,
        /// One-based line; for JSON, the one-based candle.
        line: u64,
        /// What is wrong with it.
        what: String,
    },
    /// The candle file could not be written.
    #[error(transparent)]
    Data(#[from] DataError),
}

impl ImportError {
    pub(crate) fn file(file: &Path, what: impl std::fmt::Display) -> Self {
        Self::File { file: file.to_path_buf(), what: what.to_string() }
    }
}

/// Imports into a catalog, which needs no more than its folder to exist.
///
/// # Errors
/// The first thing that is wrong; the catalog is then unchanged, down to its folders.
pub fn import(root: &Path, spec: &ImportSpec) -> Result<ImportReport, ImportError> {
    check(spec)?;
    let target = target(root, spec)?;
    match attempt(&target, spec, VolumeWidth::Narrow) {
        // A volume of ten thousand million units and more needs the wide column; that is known only once it is met.
        Err(ImportError::Data(DataError::Overflow { column: "volume", .. })) => {
            attempt(&target, spec, VolumeWidth::Wide)
        }
        result => result,
    }
}

fn attempt(target: &Path, spec: &ImportSpec, volume: VolumeWidth) -> Result<ImportReport, ImportError> {
    let mut sink = Sink::create(target, spec, volume)?;
    for input in &spec.inputs {
        match &spec.format {
            Format::FreqtradeJson => json::read(input, &mut sink)?,
            Format::LeanTrades | Format::LeanQuotes(_) => archive::read(input, &spec.format, &mut sink)?,
            Format::Csv(columns) => sheet::read(input, columns, &mut sink)?,
            Format::BacktestingPy => sheet::read(input, &Columns::backtesting_py(), &mut sink)?,
            Format::BinanceKlines => sheet::read_klines(input, &mut sink)?,
        }
    }
    sink.finish()
}

fn check(spec: &ImportSpec) -> Result<(), ImportError> {
    let wrong = |what: String| Err(ImportError::Spec { what });
    if spec.inputs.is_empty() {
        return wrong("no input file is given".to_string());
    }
    for (name, divisor) in [("price", spec.price_divisor), ("volume", spec.volume_divisor)] {
        if divisor < 1 {
            return wrong(format!("a {name} divisor of {divisor} has to be at least 1"));
        }
    }
    let defined = matches!(spec.format, Format::BinanceKlines | Format::FreqtradeJson);
    if defined && (spec.zone != Zone::utc() || spec.label != Label::Open || spec.session_open.is_some()) {
        return wrong("this format labels candles by their open in UTC; declare it so".to_string());
    }
    if spec.session_open.is_some() && (spec.notes.interval != Interval::DAY || spec.label == Label::Close) {
        return wrong("a session's open is for daily candles labelled by their date".to_string());
    }
    Ok(())
}

fn target(root: &Path, spec: &ImportSpec) -> Result<PathBuf, ImportError> {
    let wrong = |what: String| Err(ImportError::Spec { what });
    let FileNotes { venue, symbol, interval, .. } = &spec.notes;
    for name in [Some(venue), Some(symbol), spec.file_name.as_ref()].into_iter().flatten() {
        if !plain_name(name) {
            return wrong(format!("`{name}` cannot be the name of a folder or file"));
        }
    }
    let catalog = Catalog::at(root);
    let path = match &spec.file_name {
        None => catalog.file_path(venue, symbol, *interval),
        Some(name) => catalog.file_path(venue, symbol, *interval).with_extension("").join(format!("{name}.parquet")),
    };
    if path.exists() && !spec.replace {
        return wrong(format!("{} exists; use `--replace` to write it anew", path.display()));
    }
    Ok(path)
}
