//! Why the exchange did not do what it was asked.
use super::order::Status;
use engine::{Money, OrderId, Qty};

/// Why the exchange did not do what it was asked. Nothing has changed then, but where a market order was refused as it came
/// to trade.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The account has no such order.
    #[error("there is no such order")]
    UnknownOrder,
    /// The order has ended already.
    #[error("the order has ended already")]
    Ended(Status),
    /// The name was used before; names are used up for ever.
    #[error("the client's id was used before")]
    DuplicateClientId(OrderId),
    /// Zero, or less than the least.
    #[error("the quantity is below the least one")]
    QuantityTooSmall(Qty),
    /// Worth less than the least.
    #[error("the order is worth less than the least notional")]
    NotionalTooSmall(Money),
    /// No multiple of the lot.
    #[error("the quantity is no multiple of the lot")]
    OffLot,
    /// No multiple of the tick, or not above zero.
    #[error("a price is no multiple of the tick")]
    OffTick,
    /// The account cannot carry it.
    #[error("the account cannot carry it")]
    Margin {
        /// What it takes.
        needed: Money,
        /// What there is.
        available: Money,
    },
    /// It was to give liquidity only and would have taken it.
    #[error("a post-only order would have taken liquidity")]
    PostOnly,
    /// It was to reduce a position and would not have.
    #[error("a reduce-only order would not have reduced a position")]
    ReduceOnly,
    /// There is no such position, or less of it than the order would close.
    #[error("there is no such position, or less of it than the order would close")]
    NothingToClose,
    /// The order names a side of the position that the account's mode does not have.
    #[error("the order's position side does not fit the account's position mode")]
    PositionSide,
    /// The mode cannot change while there are orders or positions.
    #[error("there are open orders or positions")]
    InUse,
    /// The market shows no price yet.
    #[error("the market shows no price yet")]
    NoPrice,
    /// The market is halted.
    #[error("the market is halted")]
    Halted,
    /// The market has no auction to trade in.
    #[error("the market has no auction")]
    NoAuction,
    /// Anything else that it does not take.
    #[error("{0}")]
    Invalid(&'static str),
}
