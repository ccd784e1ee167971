//! What can be asked of a venue beside orders, and what it answers.
use engine::event::Fill;
use engine::order::OrderId;
use engine::{Candle, InstrumentId, Side, Timestamp};
use rust_decimal::Decimal;

/// A question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Query {
    /// What time is it there?
    Time,
    /// The terms of the instruments that were listed.
    Instruments,
    /// Final candles by open time: `from` included, `to` not. The connector pages.
    History {
        /// Of what.
        instrument: InstrumentId,
        /// The first open time.
        from: Timestamp,
        /// Behind the last open time.
        to: Timestamp,
    },
    /// The sessions of trading that open in a stretch of time, `from` included, `to` not.
    Sessions {
        /// The first opening.
        from: Timestamp,
        /// Behind the last opening.
        to: Timestamp,
    },
    /// Orders that are open, ours or not.
    OpenOrders,
    /// One order of ours, open or ended.
    Order(OrderId),
    /// Our fills since an instant.
    Fills(Timestamp),
    /// What is held.
    Positions,
    /// The money of the account.
    Balances,
    /// What the key may do.
    Permissions,
    /// Cancels every open order, of one instrument or of all: it needs no knowledge of ours.
    CancelAll(Option<InstrumentId>),
}

/// Where an order stands at the venue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stands {
    /// It can still trade.
    Open,
    /// Nothing is left of it.
    Filled,
    /// It was cancelled.
    Cancelled,
    /// It was refused.
    Rejected,
    /// Its time is over.
    Expired,
    /// The venue uses a word that we do not know: in its spelling, the record has it. Never taken for an end.
    Unclear,
}

/// An order as the venue has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VenueOrder {
    /// Ours, if it is.
    pub order: Option<OrderId>,
    /// The venue's own id.
    pub venue_id: String,
    /// Of what, where it is listed.
    pub instrument: Option<InstrumentId>,
    /// Which way.
    pub side: Side,
    /// In units of the instrument.
    pub quantity: Decimal,
    /// How much is filled.
    pub filled: Decimal,
    /// At what average price, where anything is.
    pub average_price: Option<Decimal>,
    /// Where it stands.
    pub stands: Stands,
}

/// The terms of an instrument today.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VenueInstrument {
    /// Which.
    pub instrument: InstrumentId,
    /// Whether new orders are taken.
    pub tradable: bool,
    /// The step of prices of orders.
    pub tick: Decimal,
    /// The step in which prices are told: candles and fills of some are finer than orders may be.
    pub told: Decimal,
    /// The step of quantities.
    pub lot: Decimal,
    /// The least notional of an order, zero for none.
    pub min_notional: Decimal,
    /// Maker and taker fee as fractions, where the venue says.
    pub fees: Option<(Decimal, Decimal)>,
}

/// A position as the venue has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VenuePosition {
    /// Of what, where it is listed.
    pub instrument: Option<InstrumentId>,
    /// The venue's name of it.
    pub symbol: String,
    /// Signed units: below zero for short.
    pub quantity: Decimal,
    /// The average price of the entry.
    pub entry_price: Decimal,
}

/// What an account holds of one asset.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Balance {
    /// `USDT`, `USD`.
    pub asset: String,
    /// All of it.
    pub total: Decimal,
    /// What may be used for new orders.
    pub available: Decimal,
}

/// What a key may do, where the venue says; `None` where it does not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Permissions {
    /// Send orders.
    pub trade: Option<bool>,
    /// Take money out: a key for trading should not.
    pub withdraw: Option<bool>,
}

/// An answer; each to the question of its name.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// The venue's time.
    Time(Timestamp),
    /// Terms; what is not there was not known to the venue.
    Instruments(Vec<VenueInstrument>),
    /// Candles, oldest first, each once.
    History(Vec<Candle>),
    /// Opening and close of each session, oldest first.
    Sessions(Vec<(Timestamp, Timestamp)>),
    /// Open orders.
    OpenOrders(Vec<VenueOrder>),
    /// One order; `None` where the venue says that it has none such, which is no proof that it never will.
    Order(Option<VenueOrder>),
    /// Fills of our orders, oldest first; of nobody's orders the order is zero.
    Fills(Vec<Fill>),
    /// Positions.
    Positions(Vec<VenuePosition>),
    /// Money.
    Balances(Vec<Balance>),
    /// Permissions.
    Permissions(Permissions),
    /// The cancels are on their way, so many.
    Cancelling(usize),
}

/// Why a question has no answer. A failed question is never read as "none".
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unanswered {
    /// The venue refused it.
    #[error("refused: {0}")]
    Refused(String),
    /// It could not be had, after several attempts.
    #[error("no answer: {0}")]
    Unreachable(String),
    /// The answer made no sense.
    #[error("unreadable answer: {0}")]
    Unreadable(String),
    /// The venue has no such thing.
    #[error("the venue offers no such thing")]
    Unsupported,
}
