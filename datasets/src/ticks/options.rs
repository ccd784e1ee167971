//! What to read of the ticks of a symbol, and in which units.
//!
//! Options are checked before anything is opened; none of them changes what a tick is worth.
use crate::error::DataError;
use crate::reader::FILE_SCALE;
use engine::Timestamp;

/// What to read, and in which units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TickOptions {
    /// First time, inclusive, by the clock of the series.
    pub from: Timestamp,
    /// Time at which to end, exclusive.
    pub to: Timestamp,
    /// Decimal places of a price in the instrument's step.
    pub price_scale: u8,
    /// Decimal places of a quantity in the instrument's step.
    pub qty_scale: u8,
    /// Ticks of a block, and rows of each file that are decoded at a time, at most.
    pub block_rows: usize,
}

impl TickOptions {
    /// Everything of a symbol, in the file's own steps, in blocks of 8,192.
    #[must_use]
    pub fn all() -> Self {
        Self {
            from: Timestamp::MIN,
            to: Timestamp::MAX,
            price_scale: FILE_SCALE,
            qty_scale: FILE_SCALE,
            block_rows: 8_192,
        }
    }

    pub(super) fn check(&self) -> Result<(), DataError> {
        let bad = |what: String| Err(DataError::BadOptions { rows: "ticks", what });
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
