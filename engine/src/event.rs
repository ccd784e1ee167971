//! What happened: the only inputs of the core. Nothing else ever changes its state.
use crate::carry::{Carry, Split};
use crate::feed::FeedEvent;
use crate::instrument::InstrumentId;
use crate::measure::scaled_f64;
use crate::operator::OperatorEvent;
use crate::order::{FillId, Label, OrderBody, OrderId};
use crate::{Candle, Money, Price, Qty, Side, Timestamp};

/// A strategy's own number of a timer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TimerId(pub u32);

impl TimerId {
    /// The timer by which the risk engine wakes itself at the end of an instant. No strategy hears of it.
    pub const RISK: Self = Self(u32::MAX - 1);

    /// The timer by which a live world says that time goes on, so that days end and limits are looked at while nothing else
    /// happens. No strategy hears of it.
    pub const HEARTBEAT: Self = Self(u32::MAX - 2);

    /// The timer of one of `count` members as one of the whole, so that two members with one number have two timers.
    ///
    /// # Panics
    /// When the number does not fit: members number their timers low.
    #[must_use]
    pub fn outer(self, place: usize, count: usize) -> Self {
        let number = self.0 as usize * count + place;
        Self(u32::try_from(number).expect("members number their timers low"))
    }

    /// The member whose timer it is, and the timer's number there.
    #[must_use]
    pub fn inner(self, count: usize) -> (usize, Self) {
        let number = self.0 as usize;
        (number % count, Self((number / count) as u32))
    }
}

/// A candle with the instrument it belongs to, as the core sees it: whole, at its close.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct MarketCandle {
    /// Whose candle it is.
    pub instrument: InstrumentId,
    /// Decimal places of its prices.
    pub price_scale: u8,
    /// The candle in integers.
    pub candle: Candle,
}

impl MarketCandle {
    /// Open price in the quote currency.
    #[must_use]
    pub fn open(&self) -> f64 {
        scaled_f64(self.candle.open.0, self.price_scale)
    }
    /// Highest price in the quote currency.
    #[must_use]
    pub fn high(&self) -> f64 {
        scaled_f64(self.candle.high.0, self.price_scale)
    }
    /// Lowest price in the quote currency.
    #[must_use]
    pub fn low(&self) -> f64 {
        scaled_f64(self.candle.low.0, self.price_scale)
    }
    /// Close price in the quote currency.
    #[must_use]
    #[inline]
    pub fn close(&self) -> f64 {
        scaled_f64(self.candle.close.0, self.price_scale)
    }
}

/// What a market did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MarketEvent {
    /// An interval ended.
    Candle(MarketCandle),
    /// Something happens to a holding without a trade.
    Carry(Carry),
}

/// Whether a fill gave or took liquidity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Liquidity {
    /// It rested in the book.
    Maker,
    /// It traded at once.
    Taker,
}

impl Liquidity {
    /// `maker` or `taker`, as files spell it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Maker => "maker",
            Self::Taker => "taker",
        }
    }
}

/// How sure a simulated fill is: what it owes to the model of the path inside a candle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Certainty {
    /// The candle alone decides it.
    Certain,
    /// Another path through the same candle could have given another fill.
    PathDependent,
}

/// A fill as the venue reports it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Fill {
    /// Our order.
    pub order: OrderId,
    /// The venue's number of the fill: what makes a repetition recognisable.
    pub fill: FillId,
    /// What was traded.
    pub instrument: InstrumentId,
    /// Which way.
    pub side: Side,
    /// At what price; may be finer than the tick.
    pub price: Price,
    /// How much; above zero.
    pub quantity: Qty,
    /// The venue's fee in the account's currency; negative for a rebate.
    pub fee: Money,
    /// Whether it gave or took liquidity.
    pub liquidity: Liquidity,
    /// Whether the path model mattered.
    pub certainty: Certainty,
    /// When it happened at the venue.
    pub venue_time: Timestamp,
}

impl Fill {
    /// Whether it can be a fill of this order: of its instrument and side, of something, at some price.
    #[must_use]
    pub fn is_of(&self, request: &OrderBody) -> bool {
        let same = self.instrument == request.instrument && self.side == request.side;
        same && self.quantity.0 > 0 && self.price.0 > 0
    }
}

/// Why a venue refused something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// The account cannot pay for it.
    BuyingPower,
    /// It does not know the order, or the order has ended.
    NoSuchOrder,
    /// A price, quantity or kind that it does not take.
    Invalid,
    /// It would have traded at once, and was to give liquidity only.
    PostOnly,
    /// It would not have reduced a position, and was to reduce only.
    ReduceOnly,
    /// The market has no auction to trade in.
    NoAuction,
    /// It trades no more.
    Delisted,
}

impl Reason {
    /// Every reason, in the order of their codes on a tape.
    pub const ALL: [Self; 7] = [
        Self::BuyingPower,
        Self::NoSuchOrder,
        Self::Invalid,
        Self::PostOnly,
        Self::ReduceOnly,
        Self::NoAuction,
        Self::Delisted,
    ];

    /// The name in tables and files.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::BuyingPower => "buying_power",
            Self::NoSuchOrder => "no_such_order",
            Self::Invalid => "invalid",
            Self::PostOnly => "post_only",
            Self::ReduceOnly => "reduce_only",
            Self::NoAuction => "no_auction",
            Self::Delisted => "delisted",
        }
    }
}

/// What a venue said about an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Report {
    /// It is open at the venue.
    Accepted {
        /// Which order.
        order: OrderId,
    },
    /// It was refused.
    Rejected {
        /// Which order.
        order: OrderId,
        /// Why.
        reason: Reason,
    },
    /// It was filled, in part or whole.
    Filled(Fill),
    /// The venue took a fill back: it never was.
    Busted(Fill),
    /// The venue closed a position that the account could not carry. It is nobody's order: the fill's is zero.
    Liquidated(Fill),
    /// It was cancelled.
    Cancelled {
        /// Which order.
        order: OrderId,
    },
    /// It was amended.
    Amended {
        /// Which order.
        order: OrderId,
        /// The new total quantity.
        quantity: Qty,
        /// The new price or trigger; `None` for a market order.
        price: Option<Price>,
    },
    /// A cancel or an amendment was refused.
    ChangeRefused {
        /// Which order.
        order: OrderId,
        /// Why.
        reason: Reason,
    },
    /// Its time in force ended.
    Expired {
        /// Which order.
        order: OrderId,
    },
    /// A kill dropped the command before it left.
    NotSent {
        /// Which order.
        order: OrderId,
    },
    /// The answer to a command was lost.
    Lost {
        /// Which order.
        order: OrderId,
    },
}

impl Report {
    /// The order that the venue speaks of.
    #[must_use]
    pub fn order(&self) -> OrderId {
        match *self {
            Self::Accepted { order }
            | Self::Rejected { order, .. }
            | Self::Filled(Fill { order, .. })
            | Self::Busted(Fill { order, .. })
            | Self::Liquidated(Fill { order, .. })
            | Self::Cancelled { order }
            | Self::Amended { order, .. }
            | Self::ChangeRefused { order, .. }
            | Self::Expired { order }
            | Self::NotSent { order }
            | Self::Lost { order } => order,
        }
    }
}

/// Money that came or went without a trade.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CashEvent {
    /// Added to the account; negative where it was taken.
    pub amount: Money,
    /// What it was for: a strategy's or source's own number.
    pub label: Label,
}

/// One input of the core.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Event {
    /// From the market.
    Market(MarketEvent),
    /// From the venue, about an order of ours.
    Report(Report),
    /// Money without a trade: a deposit, a withdrawal, a dividend, a charge.
    Cash(CashEvent),
    /// A timer that the strategy armed.
    Timer(TimerId),
    /// What a person did.
    Operator(&'static OperatorEvent),
    /// A source of news stands otherwise than before.
    Feed(FeedEvent),
}

impl Event {
    /// The split that it is, if it is one.
    #[must_use]
    #[inline]
    pub fn split(&self) -> Option<Split> {
        match *self {
            Self::Market(MarketEvent::Carry(Carry::Split { instrument, new, old, .. })) => {
                Some(Split { instrument, new, old })
            }
            _ => None,
        }
    }

    /// Whether it is between the world, people and the risk engine: nothing has happened that a strategy could decide on.
    #[must_use]
    pub fn is_internal(&self) -> bool {
        matches!(self, Self::Timer(TimerId::RISK | TimerId::HEARTBEAT) | Self::Operator(_) | Self::Feed(_))
    }

    /// What a slot for events holds before the first.
    pub const NOTHING: Self = Self::Timer(TimerId(u32::MAX));
}

/// An event with its number and time: its place in the one total order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Entry {
    /// Counted from 1 without a gap.
    pub number: u64,
    /// Core time; never runs back.
    pub time: Timestamp,
    /// What happened.
    pub event: Event,
}
