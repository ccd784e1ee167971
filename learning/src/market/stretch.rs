//! A stretch of shared candles as a source: what one episode's world reads.
use engine::{Candle, CandleSource, Timestamp};
use std::convert::Infallible;
use std::ops::Range;
use std::sync::Arc;

/// Candles in memory, from one to another.
#[derive(Clone, Debug)]
pub struct Stretch {
    candles: Arc<[Candle]>,
    /// What is left of it; empty once it was read.
    ahead: Range<usize>,
    here: Range<usize>,
}

impl Stretch {
    /// Those candles, which stand in the order of their open times, that open from `from` until before `to`.
    #[must_use]
    pub fn new(candles: Arc<[Candle]>, from: Timestamp, to: Timestamp) -> Self {
        let first = candles.partition_point(|candle| candle.open_time < from);
        let behind = candles.partition_point(|candle| candle.open_time < to);
        Self { candles, ahead: first..behind.max(first), here: 0..0 }
    }
}

impl CandleSource for Stretch {
    type Error = Infallible;

    #[inline]
    fn block(&self) -> &[Candle] {
        &self.candles[self.here.clone()]
    }

    fn advance(&mut self) -> Result<bool, Infallible> {
        self.here = std::mem::replace(&mut self.ahead, 0..0);
        Ok(!self.here.is_empty())
    }
}
