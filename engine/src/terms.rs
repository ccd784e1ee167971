//! What an order promises beside its price: how long it works, what it must never do, and which orders it is tied to.
use crate::Timestamp;
use crate::order::OrderId;

/// How long an order works.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum TimeInForce {
    /// Until it is filled or cancelled.
    #[default]
    GoodTilCancelled,
    /// Until the session ends in which it arrived, or the next one where it arrived between two; the UTC day where the
    /// market never closes.
    Day,
    /// What does not trade at once is dropped.
    ImmediateOrCancel,
    /// It trades whole at once, or not at all.
    FillOrKill,
    /// Until an instant: from it on nothing trades.
    GoodTilDate(Timestamp),
    /// In the opening auction of a session, or not at all.
    AtOpen,
    /// In the closing auction of a session, or not at all.
    AtClose,
}

impl TimeInForce {
    /// The names in tables and files, in the order of their codes on a tape.
    pub const NAMES: [&'static str; 7] = ["gtc", "day", "ioc", "fok", "gtd", "opg", "cls"];

    /// The code on a tape and the place in [`TimeInForce::NAMES`].
    #[must_use]
    pub fn code(self) -> u8 {
        match self {
            Self::GoodTilCancelled => 0,
            Self::Day => 1,
            Self::ImmediateOrCancel => 2,
            Self::FillOrKill => 3,
            Self::GoodTilDate(_) => 4,
            Self::AtOpen => 5,
            Self::AtClose => 6,
        }
    }

    /// The name in tables and files.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::NAMES[usize::from(self.code())]
    }

    /// Whether it trades at its first chance or never.
    #[must_use]
    pub fn is_immediate(self) -> bool {
        matches!(self, Self::ImmediateOrCancel | Self::FillOrKill)
    }

    /// Whether it trades in an auction only.
    #[must_use]
    pub fn is_auction(self) -> bool {
        matches!(self, Self::AtOpen | Self::AtClose)
    }
}

/// What an order promises beside its price.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Terms {
    /// How long it works.
    pub time_in_force: TimeInForce,
    /// It only ever gives liquidity: refused where it would trade at once.
    pub post_only: bool,
    /// It only ever makes a position smaller: cut to the position, the rest cancelled; cancelled where there is none.
    pub reduce_only: bool,
}

impl Terms {
    /// Good until cancelled, with no further promise.
    pub const PLAIN: Self = Self { time_in_force: TimeInForce::GoodTilCancelled, post_only: false, reduce_only: false };

    /// The same for another time.
    #[must_use]
    pub fn lasting(self, time_in_force: TimeInForce) -> Self {
        Self { time_in_force, ..self }
    }
}

/// Which orders an order is tied to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Link {
    /// None.
    #[default]
    Alone,
    /// It begins to work when that order fills, for as much as that order has filled; what one attached order fills, its
    /// siblings lose. It only ever reduces.
    Attached(OrderId),
    /// What it fills, that order and all others tied to it lose, and the other way round; one cancelled, all cancelled.
    OneCancelsOther(OrderId),
}

impl Link {
    /// The order that it is tied to.
    #[must_use]
    pub fn leader(self) -> Option<OrderId> {
        match self {
            Self::Alone => None,
            Self::Attached(order) | Self::OneCancelsOther(order) => Some(order),
        }
    }
}
