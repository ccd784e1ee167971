//! What to read of a series, and in which units.
//!
//! Options are checked before anything is opened; none of them changes what a candle is worth.
use crate::error::DataError;
use crate::reader::FILE_SCALE;
use engine::{Interval, Timestamp};

/// What a clock change takes from a day.
const CLOCK_CHANGE_NS: i64 = Interval::HOUR.0;

/// The shortest time from one open to the next that lets a candle of this length end first.
///
/// Days and longer are counted on a local clock, where the day that loses an hour is a whole day all the same.
pub(crate) fn gap_min_ns(length_ns: i64) -> i64 {
    if length_ns < Interval::DAY.0 { length_ns } else { length_ns - CLOCK_CHANGE_NS }
}

/// What to read, and in which units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReadOptions {
    /// First open time, inclusive.
    pub from: Timestamp,
    /// Open time at which to end, exclusive.
    pub to: Timestamp,
    /// From a candle's open to when it is known, in nanoseconds: its interval, or the length of its session.
    pub length_ns: i64,
    /// Decimal places of a price in the instrument's step.
    pub price_scale: u8,
    /// Decimal places of a quantity in the instrument's step.
    pub qty_scale: u8,
    /// Candles in memory at a time, at most; a block never spans row groups.
    pub block_rows: usize,
    /// Whether to take a digest of what is read.
    pub fingerprint: bool,
}

impl ReadOptions {
    /// Everything of a series, in the file's own steps, in blocks of 8,192 rows, without digests.
    #[must_use]
    pub fn all(length_ns: i64) -> Self {
        Self {
            from: Timestamp::MIN,
            to: Timestamp::MAX,
            length_ns,
            price_scale: FILE_SCALE,
            qty_scale: FILE_SCALE,
            block_rows: 8_192,
            fingerprint: false,
        }
    }

    pub(crate) fn check(&self) -> Result<(), DataError> {
        let bad = |what: String| Err(DataError::BadOptions { rows: "candles", what });
        if self.length_ns < 0 {
            return bad(format!("a candle of {} ns would be known before it opens", self.length_ns));
        }
        if self.from >= self.to {
            return bad("`from` has to be before `to`".to_string());
        }
        if self.price_scale > 18 || self.qty_scale > 18 {
            return bad(format!("scales {} and {} have to be at most 18", self.price_scale, self.qty_scale));
        }
        if !(1..=1 << 20).contains(&self.block_rows) {
            return bad(format!("a block of {} rows; expected 1 to 1048576", self.block_rows));
        }
        Ok(())
    }
}
