//! A tick: what a market showed at one instant, a trade of other people or the best bid and ask.
//!
//! Ticks are the simulated venue's sight of the market. The core and the strategies never see one: they see candles.
use crate::{Price, Qty, Side, Timestamp};

/// What a market showed at one instant, as the venue sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Tick {
    /// When.
    pub time: Timestamp,
    /// What.
    pub body: TickBody,
}

/// A trade or a quote. Prices are in the instrument's price step, sizes in its quantity step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TickBody {
    /// Other people traded.
    Trade {
        /// At what price; above zero.
        price: Price,
        /// How much; above zero.
        quantity: Qty,
        /// Who took liquidity, where the source says so.
        taker: Option<Side>,
    },
    /// The best bid and ask from now on. A bid above the ask is possible: real data has such quotes.
    Quote {
        /// The best price that somebody buys at; above zero.
        bid: Price,
        /// The best price that somebody sells at; above zero.
        ask: Price,
        /// How much stands at the bid, [`Tick::NO_SIZE`] where the source does not say.
        bid_size: Qty,
        /// How much stands at the ask, [`Tick::NO_SIZE`] where the source does not say.
        ask_size: Qty,
    },
}

/// What is wrong with a tick that cannot be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TickFault {
    /// A price is zero or negative.
    PriceNotPositive,
    /// A traded quantity is zero or negative.
    QuantityNotPositive,
    /// A size of a quote is negative; zero is one that shows nothing.
    NegativeSize,
}

impl TickFault {
    /// The fault in words.
    #[must_use]
    pub fn text(self) -> &'static str {
        match self {
            Self::PriceNotPositive => "a price is zero or negative",
            Self::QuantityNotPositive => "a traded quantity is zero or negative",
            Self::NegativeSize => "a size is negative",
        }
    }
}

impl Tick {
    /// The size of a quote that names none: the largest there is, as it bounds nothing. An `Option` in its place would
    /// widen every tick by a third.
    pub const NO_SIZE: Qty = Qty(i64::MAX);

    /// A trade.
    #[must_use]
    pub fn trade(time: Timestamp, price: Price, quantity: Qty, taker: Option<Side>) -> Self {
        Self { time, body: TickBody::Trade { price, quantity, taker } }
    }

    /// A quote; each side a price and the size at it.
    #[must_use]
    pub fn quote(time: Timestamp, bid: (Price, Qty), ask: (Price, Qty)) -> Self {
        Self { time, body: TickBody::Quote { bid: bid.0, ask: ask.0, bid_size: bid.1, ask_size: ask.1 } }
    }

    /// The first fault of this tick in itself, if any. A crossed quote is none.
    #[must_use]
    pub fn fault(&self) -> Option<TickFault> {
        match self.body {
            TickBody::Trade { price, .. } if price.0 <= 0 => Some(TickFault::PriceNotPositive),
            TickBody::Trade { quantity, .. } if quantity.0 <= 0 => Some(TickFault::QuantityNotPositive),
            TickBody::Quote { bid, ask, .. } if bid.0 <= 0 || ask.0 <= 0 => Some(TickFault::PriceNotPositive),
            TickBody::Quote { bid_size, ask_size, .. } if bid_size.0 < 0 || ask_size.0 < 0 => {
                Some(TickFault::NegativeSize)
            }
            _ => None,
        }
    }
}

/// Ticks of one instrument in the order of time, a block at a time. Those of one instant stand in the order in which the
/// market showed them, as far as the source knows it.
///
/// Implementations stream: a block is what is in memory, and it stays unchanged until `advance`.
pub trait TickSource {
    /// What can go wrong while reading.
    type Error: core::error::Error;

    /// The block at hand; empty before the first `advance` and after the last.
    fn block(&self) -> &[Tick];

    /// Replaces the block by the next one; `false` when there is none.
    ///
    /// # Errors
    /// When the rest cannot be read or does not hold valid ticks.
    fn advance(&mut self) -> Result<bool, Self::Error>;
}

impl<S: TickSource + ?Sized> TickSource for alloc::boxed::Box<S> {
    type Error = S::Error;
    fn block(&self) -> &[Tick] {
        (**self).block()
    }
    fn advance(&mut self) -> Result<bool, Self::Error> {
        (**self).advance()
    }
}

/// Ticks that are in memory already, shared read-only between runs.
#[derive(Clone, Debug)]
pub struct SharedTicks {
    ticks: alloc::sync::Arc<[Tick]>,
    at: Place,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Before,
    Here,
    After,
}

impl SharedTicks {
    /// A source over `ticks`, which stand in the order of time.
    #[must_use]
    pub fn new(ticks: alloc::sync::Arc<[Tick]>) -> Self {
        Self { ticks, at: Place::Before }
    }
}

impl TickSource for SharedTicks {
    type Error = core::convert::Infallible;

    fn block(&self) -> &[Tick] {
        if self.at == Place::Here { &self.ticks } else { &[] }
    }

    fn advance(&mut self) -> Result<bool, Self::Error> {
        self.at = if self.at == Place::Before && !self.ticks.is_empty() { Place::Here } else { Place::After };
        Ok(self.at == Place::Here)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tick_stays_narrow() {
        assert_eq!(size_of::<Tick>(), 48, "millions of them are in memory at once in a sweep");
    }

    #[test]
    fn a_tick_that_cannot_be_says_why() {
        let trade = |price, quantity| Tick::trade(Timestamp(0), Price(price), Qty(quantity), None).fault();
        let quote = |bid: (i64, i64), ask: (i64, i64)| {
            Tick::quote(Timestamp(0), (Price(bid.0), Qty(bid.1)), (Price(ask.0), Qty(ask.1))).fault()
        };
        assert_eq!(trade(1, 1), None);
        assert_eq!(trade(0, 1), Some(TickFault::PriceNotPositive));
        assert_eq!(trade(1, 0), Some(TickFault::QuantityNotPositive));
        assert_eq!(quote((9, 0), (8, Tick::NO_SIZE.0)), None);
        assert_eq!(quote((0, 1), (8, 1)), Some(TickFault::PriceNotPositive));
        assert_eq!(quote((7, 1), (-8, 1)), Some(TickFault::PriceNotPositive));
        assert_eq!(quote((7, 1), (8, -1)), Some(TickFault::NegativeSize));
    }
}
