//! Orders as the exchange keeps them.
use super::listing::MarketId;
use engine::{Liquidity, Money, OrderId, OrderKind, Price, Qty, Reason, Side, Terms, Timestamp};

/// Which position an order is about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PositionSide {
    /// The only one.
    #[default]
    Net,
    /// The long one of two.
    Long,
    /// The short one of two.
    Short,
}

impl PositionSide {
    /// Whether an order of this side closes that position rather than opens it; the net one is never said to close.
    #[must_use]
    pub fn is_closed_by(self, side: Side) -> bool {
        matches!((self, side), (Self::Long, Side::Sell) | (Self::Short, Side::Buy))
    }
}

/// Which other order it is tied to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Tie {
    /// None.
    #[default]
    Alone,
    /// It begins to work when that order fills, for as much as it has filled.
    Attached(OrderId),
    /// What one fills the other loses; one ended, both ended.
    OneCancelsOther(OrderId),
}

/// What a client asks for.
#[derive(Clone, Debug)]
pub struct NewOrder {
    /// Where.
    pub market: MarketId,
    /// About which position.
    pub position: PositionSide,
    /// Which way.
    pub side: Side,
    /// How much; above zero.
    pub quantity: Qty,
    /// When and at what price.
    pub kind: OrderKind,
    /// For how long, and what it must never do.
    pub terms: Terms,
    /// Which other order it is tied to.
    pub tie: Tie,
    /// The client's own name, as the dialect keeps it; used up for ever once the order is accepted.
    pub client_id: Option<String>,
}

/// Where an order stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    /// Open, nothing filled.
    New,
    /// Open, filled in part.
    PartlyFilled,
    /// Nothing left.
    Filled,
    /// Ended by a cancellation, or by what it was tied to.
    Cancelled,
    /// Ended by its time.
    Expired,
    /// Refused when it came to trade.
    Rejected(Reason),
}

impl Status {
    /// Whether anything may still fill.
    #[must_use]
    pub fn is_open(self) -> bool {
        self <= Self::PartlyFilled
    }
}

/// An order.
#[derive(Clone, Debug)]
pub struct Order {
    /// The exchange's number; above 2^53.
    pub id: OrderId,
    /// What was asked for. The quantity and the price follow amendments.
    pub request: NewOrder,
    /// Where it stands.
    pub status: Status,
    /// How much of it has filled.
    pub filled: Qty,
    /// What that was worth.
    pub value: Money,
    /// The fees of that; negative for rebates.
    pub fees: Money,
    /// What that made of closed positions, before fees.
    pub realised: Money,
    /// Market time at which it was accepted.
    pub created: Timestamp,
    /// Market time of its last change.
    pub updated: Timestamp,
}

impl Order {
    /// How much is left.
    #[must_use]
    pub fn leaves(&self) -> Qty {
        if self.status.is_open() { self.request.quantity - self.filled } else { Qty::ZERO }
    }
}

/// One fill.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Execution {
    /// The exchange's number of the trade.
    pub trade: u64,
    /// Of which order; none where the exchange liquidated a position.
    pub order: Option<OrderId>,
    /// Where.
    pub market: MarketId,
    /// About which position.
    pub position: PositionSide,
    /// Which way.
    pub side: Side,
    /// At what price.
    pub price: Price,
    /// How much.
    pub quantity: Qty,
    /// The fee; negative for a rebate.
    pub fee: Money,
    /// Whether it gave or took liquidity.
    pub liquidity: Liquidity,
    /// What it made of a closed position, before the fee.
    pub realised: Money,
    /// Market time.
    pub time: Timestamp,
}
