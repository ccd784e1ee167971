//! An alert: what was noticed, about whom, on which evidence, and what people made of it since.
use engine::{AlertStep, FillId, InstrumentId, OrderId, Owner, Timestamp};

/// What noticed it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Detector {
    /// Our own buy met our own sell.
    Wash,
    /// Two orders of ours would trade with each other.
    SelfCross,
    /// Orders that were not meant to trade, withdrawn after a fill on the other side.
    Layering,
    /// A large share of the volume before a close, and the price went along.
    MarkingClose,
    /// A burst of messages without fills.
    QuoteStuffing,
    /// A burst of aggressive orders that moved the price, and a trade the other way.
    MomentumIgnition,
    /// A run of aggressive fills at ever worse prices.
    Ramping,
    /// An order in an instrument that may not be traded.
    Restricted,
    /// Far more messages than fills over a day.
    OrderToTrade,
}

impl Detector {
    /// Every detector.
    pub const ALL: [Self; 9] = [
        Self::Wash,
        Self::SelfCross,
        Self::Layering,
        Self::MarkingClose,
        Self::QuoteStuffing,
        Self::MomentumIgnition,
        Self::Ramping,
        Self::Restricted,
        Self::OrderToTrade,
    ];

    /// The name in tables and files.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Wash => "wash",
            Self::SelfCross => "self_cross",
            Self::Layering => "layering",
            Self::MarkingClose => "marking_close",
            Self::QuoteStuffing => "quote_stuffing",
            Self::MomentumIgnition => "momentum_ignition",
            Self::Ramping => "ramping",
            Self::Restricted => "restricted",
            Self::OrderToTrade => "order_to_trade",
        }
    }
}

/// A fill of ours: the venue numbers fills within an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FillRef {
    /// Our order.
    pub order: OrderId,
    /// The venue's number.
    pub fill: FillId,
}

/// What an alert stands on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// The orders that took part, the first [`Evidence::IDS_MAX`] of them.
    pub orders: Vec<OrderId>,
    /// The fills that took part, the first [`Evidence::IDS_MAX`] of them.
    pub fills: Vec<FillRef>,
    /// How many more orders and fills took part.
    pub left_out: usize,
    /// The value and the threshold in words.
    pub finding: String,
}

impl Evidence {
    /// As many orders, and as many fills, are named at most.
    pub const IDS_MAX: usize = 64;

    pub(crate) fn new(mut orders: Vec<OrderId>, mut fills: Vec<FillRef>, finding: String) -> Self {
        orders.sort_unstable();
        orders.dedup();
        let over = |count: usize| count.saturating_sub(Self::IDS_MAX);
        let left_out = over(orders.len()) + over(fills.len());
        orders.truncate(Self::IDS_MAX);
        fills.truncate(Self::IDS_MAX);
        Self { orders, fills, left_out, finding }
    }
}

/// How far people have come with an alert.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AlertState {
    /// Nobody has looked at it.
    Open,
    /// Somebody has looked at it.
    Reviewed,
    /// What was done about it is on record; that nothing had to be done is an answer too.
    ActionLogged,
    /// It is done with.
    Closed,
}

impl AlertState {
    /// The name in tables and files.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Reviewed => "reviewed",
            Self::ActionLogged => "action_logged",
            Self::Closed => "closed",
        }
    }

    /// The state after a step; `None` where the step may not be taken.
    #[must_use]
    pub fn after(self, step: AlertStep) -> Option<Self> {
        match (self, step) {
            (Self::Open, AlertStep::Reviewed) => Some(Self::Reviewed),
            (Self::Reviewed, AlertStep::ActionLogged) => Some(Self::ActionLogged),
            (Self::ActionLogged, AlertStep::Closed) => Some(Self::Closed),
            _ => None,
        }
    }
}

/// A step that somebody took.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handling {
    /// Which step.
    pub step: AlertStep,
    /// Who.
    pub who: String,
    /// Why, or what was done.
    pub why: String,
    /// When.
    pub time: Timestamp,
}

/// Something that a person has to look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alert {
    /// Counted from 1.
    pub number: u64,
    /// What noticed it.
    pub detector: Detector,
    /// In which instrument.
    pub instrument: InstrumentId,
    /// Whose orders took part, in the order of their numbers.
    pub owners: Vec<Owner>,
    /// When it was first noticed.
    pub time: Timestamp,
    /// When it was noticed last.
    pub last_time: Timestamp,
    /// How often it was noticed: repetitions within the cool-down are one alert.
    pub count: u64,
    /// What the first notice stands on.
    pub evidence: Evidence,
    /// How far people have come with it.
    pub state: AlertState,
    /// Who did what about it, oldest first.
    pub history: Vec<Handling>,
}
