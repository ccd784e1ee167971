//! Catalogs in temporary folders, and candles short enough to write by hand.
use datasets::{Catalog, DataError, FileNotes, ReadOptions, Series, load_all, write_candles};
use engine::{Candle, Interval, Price, Timestamp};
use std::path::PathBuf;

pub(crate) const MINUTE: i64 = 60_000_000_000;
pub(crate) const UNIT: i64 = 100_000_000;

/// A catalog that goes away with its value.
pub(crate) struct Book {
    folder: tempfile::TempDir,
}

impl Book {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join("candles/test/AB/1m")).unwrap();
        Self { folder }
    }

    pub(crate) fn root(&self) -> PathBuf {
        self.folder.path().to_path_buf()
    }

    /// A file of the one series that most tests need.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.root().join("candles/test/AB/1m").join(name)
    }

    pub(crate) fn with(self, name: &str, candles: &[Candle]) -> Self {
        write_candles(&self.path(name), &notes(), candles).unwrap();
        self
    }

    pub(crate) fn catalog(&self) -> Catalog {
        Catalog::open(&self.root()).unwrap()
    }

    pub(crate) fn series(&self) -> Result<Series, DataError> {
        self.catalog().series("test", "AB", Interval::MINUTE)
    }

    pub(crate) fn read(&self, options: ReadOptions) -> Result<Vec<Candle>, DataError> {
        load_all(&self.series()?, options)
    }
}

pub(crate) fn notes() -> FileNotes {
    FileNotes {
        venue: "test".into(),
        symbol: "AB".into(),
        interval: Interval::MINUTE,
        source: "made up".into(),
        licence: "Apache-2.0".into(),
        price: "trade".into(),
        note: String::new(),
    }
}

pub(crate) fn all() -> ReadOptions {
    ReadOptions::all(MINUTE)
}

/// A candle of whole numbers at a minute.
pub(crate) fn candle(minute: i64, [open, high, low, close, volume]: [i64; 5]) -> Candle {
    Candle {
        open_time: Timestamp(minute * MINUTE),
        known_time: Timestamp((minute + 1) * MINUTE),
        open: Price(open * UNIT),
        high: Price(high * UNIT),
        low: Price(low * UNIT),
        close: Price(close * UNIT),
        volume: volume * UNIT,
    }
}

/// Plain candles at consecutive minutes.
pub(crate) fn minutes(range: std::ops::Range<i64>) -> Vec<Candle> {
    range.map(|minute| candle(minute, [10, 12 + minute % 7, 9, 11, minute % 5])).collect()
}
