//! The words of Alpaca's orders, and what they mean to the exchange.
use engine::Side;
use engine::order::TimeInForce;

/// `buy` or `sell`.
pub(crate) fn side_name(side: Side) -> &'static str {
    match side {
        Side::Buy => "buy",
        Side::Sell => "sell",
    }
}

pub(crate) fn side(word: &str) -> Option<Side> {
    [Side::Buy, Side::Sell].into_iter().find(|side| side_name(*side) == word)
}

/// When and at what price.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Market,
    Limit,
    Stop,
    StopLimit,
    TrailingStop,
}

impl Kind {
    const ALL: [Self; 5] = [Self::Market, Self::Limit, Self::Stop, Self::StopLimit, Self::TrailingStop];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Market => "market",
            Self::Limit => "limit",
            Self::Stop => "stop",
            Self::StopLimit => "stop_limit",
            Self::TrailingStop => "trailing_stop",
        }
    }

    pub(crate) fn read(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == word)
    }

    pub(crate) fn has_limit(self) -> bool {
        matches!(self, Self::Limit | Self::StopLimit)
    }

    pub(crate) fn has_stop(self) -> bool {
        matches!(self, Self::Stop | Self::StopLimit)
    }
}

/// For how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Span {
    Day,
    Gtc,
    Opg,
    Cls,
    Ioc,
    Fok,
}

impl Span {
    const ALL: [Self; 6] = [Self::Day, Self::Gtc, Self::Opg, Self::Cls, Self::Ioc, Self::Fok];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Gtc => "gtc",
            Self::Opg => "opg",
            Self::Cls => "cls",
            Self::Ioc => "ioc",
            Self::Fok => "fok",
        }
    }

    pub(crate) fn read(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|span| span.name() == word)
    }

    /// Whether it trades at once or not at all.
    pub(crate) fn is_immediate(self) -> bool {
        matches!(self, Self::Ioc | Self::Fok)
    }

    /// Whether it trades in an auction only.
    pub(crate) fn is_auction(self) -> bool {
        matches!(self, Self::Opg | Self::Cls)
    }

    pub(crate) fn time_in_force(self) -> TimeInForce {
        match self {
            Self::Day => TimeInForce::Day,
            Self::Gtc => TimeInForce::GoodTilCancelled,
            Self::Opg => TimeInForce::AtOpen,
            Self::Cls => TimeInForce::AtClose,
            Self::Ioc => TimeInForce::ImmediateOrCancel,
            Self::Fok => TimeInForce::FillOrKill,
        }
    }
}

/// How orders belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Class {
    Simple,
    /// An entry and two exits.
    Bracket,
    /// Two exits of which one cancels the other.
    Oco,
    /// An entry and one exit.
    Oto,
}

impl Class {
    /// The word of an answer: a simple order has none.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Simple => "",
            Self::Bracket => "bracket",
            Self::Oco => "oco",
            Self::Oto => "oto",
        }
    }

    pub(crate) fn read(word: &str) -> Option<Self> {
        match word {
            "" | "simple" => Some(Self::Simple),
            "bracket" => Some(Self::Bracket),
            "oco" => Some(Self::Oco),
            "oto" => Some(Self::Oto),
            _ => None,
        }
    }
}

/// Where an order stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    PendingNew,
    Accepted,
    /// An exit whose entry is not filled yet.
    Held,
    New,
    PartiallyFilled,
    PendingCancel,
    PendingReplace,
    Filled,
    Canceled,
    Expired,
    Replaced,
    Rejected,
}

impl Status {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::PendingNew => "pending_new",
            Self::Accepted => "accepted",
            Self::Held => "held",
            Self::New => "new",
            Self::PartiallyFilled => "partially_filled",
            Self::PendingCancel => "pending_cancel",
            Self::PendingReplace => "pending_replace",
            Self::Filled => "filled",
            Self::Canceled => "canceled",
            Self::Expired => "expired",
            Self::Replaced => "replaced",
            Self::Rejected => "rejected",
        }
    }

    /// Whether nothing more can happen to it.
    pub(crate) fn is_final(self) -> bool {
        matches!(self, Self::Filled | Self::Canceled | Self::Expired | Self::Replaced | Self::Rejected)
    }

    /// Whether it may be replaced.
    pub(crate) fn can_be_replaced(self) -> bool {
        matches!(self, Self::New | Self::PartiallyFilled | Self::Held)
    }
}

/// What an order does to a position.
pub(crate) const INTENTS: [&str; 4] = ["buy_to_open", "buy_to_close", "sell_to_open", "sell_to_close"];
