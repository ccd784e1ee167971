//! What is traded here, and by which rules.
use engine::ledger::Rate;
use engine::sim::Sessions;
use engine::{Instrument, Interval, Qty, Timestamp};

/// The place of a market at the exchange, from zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MarketId(pub u32);

impl MarketId {
    /// The place as an index.
    #[must_use]
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// One market.
#[derive(Clone, Debug)]
pub struct Listing {
    /// What is traded, as in `BTC`.
    pub base: String,
    /// What it is paid in, as in `USDT`.
    pub quote: String,
    /// Scales, tick, lot and least notional; its name is the one of the catalog.
    pub instrument: Instrument,
    /// The least quantity of an order.
    pub min_quantity: Qty,
    /// Fee of a fill that gave liquidity.
    pub maker: Rate,
    /// Fee of a fill that took it.
    pub taker: Rate,
    /// The share of a position's notional that the equity must not fall below; nothing where it is never liquidated.
    pub maintenance: Rate,
    /// The most that a position may be of its margin.
    pub leverage_max: u32,
    /// When it is open; [`Sessions::ALWAYS`] where it never closes.
    pub sessions: Sessions,
    /// When longs pay shorts which share of their position, in the order of time.
    pub funding: Vec<(Timestamp, Rate)>,
    /// The length of its shortest candles: those of its source, or what ticks are gathered into.
    pub interval: Interval,
}
