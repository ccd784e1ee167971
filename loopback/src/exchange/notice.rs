//! What the exchange tells: everything that happened, in the order in which it did.
use super::account::AccountId;
use super::listing::MarketId;
use super::order::{Execution, Order};
use engine::{Candle, Price, Qty, Side, Timestamp};

/// What happened to an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OrderChange {
    /// It was accepted.
    New,
    /// It was filled, in part or whole.
    Traded(Execution),
    /// It was amended.
    Amended,
    /// It was cancelled.
    Cancelled,
    /// Its time ended.
    Expired,
    /// It was refused when it came to trade.
    Rejected,
}

/// Why an account changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccountReason {
    /// A fill.
    Order,
    /// Funding was paid or received.
    Funding,
    /// Money came or went.
    Deposit,
    /// A position was liquidated.
    Liquidation,
    /// A setting: leverage, margin, mode.
    Setting,
}

/// One thing that happened.
#[derive(Clone, Debug)]
pub enum Notice {
    /// Other people traded.
    Trade {
        /// Where.
        market: MarketId,
        /// The number of the trade, counted by market.
        number: u64,
        /// When.
        time: Timestamp,
        /// At what price.
        price: Price,
        /// How much.
        quantity: Qty,
        /// Who took liquidity.
        taker: Side,
    },
    /// The best bid and ask are others.
    Quote {
        /// Where; [`super::Board::quote`] has them.
        market: MarketId,
        /// When.
        time: Timestamp,
    },
    /// A market's shortest candle has grown, or ended.
    Candle {
        /// Where.
        market: MarketId,
        /// As it stands now.
        candle: Candle,
        /// Whether it is final.
        is_final: bool,
    },
    /// Something happened to an order.
    Order {
        /// Whose.
        account: AccountId,
        /// The order as it stood then.
        order: Box<Order>,
        /// What happened.
        change: OrderChange,
        /// Market time.
        time: Timestamp,
    },
    /// An account changed. Its state is the one now.
    Account {
        /// Whose.
        account: AccountId,
        /// Why.
        reason: AccountReason,
        /// Where, if it was about one market.
        market: Option<MarketId>,
        /// Market time.
        time: Timestamp,
    },
}
