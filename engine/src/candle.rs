//! A candle: what one interval of a market looked like, known at its close.
use crate::{Price, Timestamp};
use core::ops::Range;

/// Open, high, low and close of one interval of one instrument.
///
/// Prices are in the instrument's price step, the volume in its quantity step. The candle is known at
/// [`Candle::known_time`]; nothing may be decided on it before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Candle {
    /// The first instant of the interval.
    pub open_time: Timestamp,
    /// The instant at which the whole candle is known: its close, or the close of its session.
    pub known_time: Timestamp,
    /// First price.
    pub open: Price,
    /// Highest price.
    pub high: Price,
    /// Lowest price.
    pub low: Price,
    /// Last price.
    pub close: Price,
    /// Traded quantity, in the instrument's quantity step; zero where the source has none.
    pub volume: i64,
}

/// What is wrong with a candle that cannot be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CandleFault {
    /// `high < low`.
    HighBelowLow,
    /// The open lies outside low to high.
    OpenOutsideRange,
    /// The close lies outside low to high.
    CloseOutsideRange,
    /// A price is zero or negative.
    PriceNotPositive,
    /// The volume is negative.
    NegativeVolume,
}

impl CandleFault {
    /// The fault in words.
    #[must_use]
    pub fn text(self) -> &'static str {
        match self {
            Self::HighBelowLow => "high is below low",
            Self::OpenOutsideRange => "open is outside low to high",
            Self::CloseOutsideRange => "close is outside low to high",
            Self::PriceNotPositive => "a price is zero or negative",
            Self::NegativeVolume => "volume is negative",
        }
    }
}

impl Candle {
    /// The first fault of this candle in itself, if any.
    #[must_use]
    pub fn fault(&self) -> Option<CandleFault> {
        let Self { open, high, low, close, volume, .. } = *self;
        if low.0 > 0 && low <= open && low <= close && open <= high && close <= high && volume >= 0 {
            return None; // low <= high follows
        }
        Some(if high < low {
            CandleFault::HighBelowLow
        } else if low.0 <= 0 || open.0 <= 0 || close.0 <= 0 || high.0 <= 0 {
            CandleFault::PriceNotPositive
        } else if open < low || open > high {
            CandleFault::OpenOutsideRange
        } else if close < low || close > high {
            CandleFault::CloseOutsideRange
        } else {
            CandleFault::NegativeVolume
        })
    }
}

/// Candles of one instrument in the order of their open times, a block at a time.
///
/// Implementations stream: a block is what is in memory, and it stays unchanged until `advance`.
pub trait CandleSource {
    /// What can go wrong while reading.
    type Error: core::error::Error;

    /// The block at hand; empty before the first `advance` and after the last.
    fn block(&self) -> &[Candle];

    /// Replaces the block by the next one; `false` when there is none.
    ///
    /// # Errors
    /// When the rest cannot be read or does not hold valid candles.
    fn advance(&mut self) -> Result<bool, Self::Error>;
}

impl<S: CandleSource + ?Sized> CandleSource for alloc::boxed::Box<S> {
    type Error = S::Error;
    fn block(&self) -> &[Candle] {
        (**self).block()
    }
    fn advance(&mut self) -> Result<bool, Self::Error> {
        (**self).advance()
    }
}

/// Candles that are in memory already, shared read-only between runs: all of them or a window.
#[derive(Clone, Debug)]
pub struct SharedCandles {
    candles: alloc::sync::Arc<[Candle]>,
    /// What is left; empty once it was read.
    ahead: Range<usize>,
    here: Range<usize>,
}

impl SharedCandles {
    /// A source over `candles`, which stand in the order of their open times.
    #[must_use]
    pub fn new(candles: alloc::sync::Arc<[Candle]>) -> Self {
        let ahead = 0..candles.len();
        Self { candles, ahead, here: 0..0 }
    }

    /// Those that open from `from` until before `to`.
    #[must_use]
    pub fn window(candles: alloc::sync::Arc<[Candle]>, from: Timestamp, to: Timestamp) -> Self {
        let first = candles.partition_point(|candle| candle.open_time < from);
        let behind = candles.partition_point(|candle| candle.open_time < to);
        Self { candles, ahead: first..behind.max(first), here: 0..0 }
    }
}

impl CandleSource for SharedCandles {
    type Error = core::convert::Infallible;

    #[inline]
    fn block(&self) -> &[Candle] {
        &self.candles[self.here.clone()]
    }

    fn advance(&mut self) -> Result<bool, Self::Error> {
        self.here = core::mem::replace(&mut self.ahead, 0..0);
        Ok(!self.here.is_empty())
    }
}
