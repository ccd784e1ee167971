//! When and at what price an order may trade.
use crate::{Price, Side};

/// How far a trailing stop stays behind the best price since it began to work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Trail {
    /// So many price steps.
    Amount(Price),
    /// So many parts per million of the best price.
    Ppm(i64),
}

impl Trail {
    /// The distance at a best price, in price steps: rounded up, so that the stop never stands nearer than was asked.
    #[must_use]
    pub fn distance(self, best: Price) -> Price {
        match self {
            Self::Amount(amount) => amount,
            Self::Ppm(ppm) => {
                let exact = i128::from(best.0) * i128::from(ppm);
                Price(i64::try_from((exact + 999_999).div_euclid(1_000_000)).unwrap_or(i64::MAX))
            }
        }
    }
}

/// When and at what price an order may trade.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OrderKind {
    /// At once, at the market's price.
    Market,
    /// At `price` or better.
    Limit {
        /// The worst price to trade at.
        price: Price,
    },
    /// At the market's price once it has reached `trigger`.
    Stop {
        /// The price that wakes the order: at or above it for a buy, at or below it for a sell.
        trigger: Price,
    },
    /// A limit order that a stop wakes.
    StopLimit {
        /// As for a stop.
        trigger: Price,
        /// The worst price to trade at, once awake.
        price: Price,
    },
    /// A stop whose trigger follows the best price since the order began to work, and never goes back.
    TrailingStop {
        /// How far behind.
        trail: Trail,
    },
    /// At the market's price once it has come to `trigger` from the good side: at or below it for a buy, at or above it
    /// for a sell.
    MarketIfTouched {
        /// The price that wakes the order.
        trigger: Price,
    },
    /// A limit order that a touch wakes.
    LimitIfTouched {
        /// As for market-if-touched.
        trigger: Price,
        /// The worst price to trade at, once awake.
        price: Price,
    },
}

impl OrderKind {
    /// The names in tables and files, in the order of their codes on a tape.
    pub const NAMES: [&'static str; 7] =
        ["market", "limit", "stop", "stop_limit", "trailing_stop", "market_if_touched", "limit_if_touched"];

    /// The code on a tape and the place in [`OrderKind::NAMES`].
    #[must_use]
    pub fn code(self) -> u8 {
        match self {
            Self::Market => 0,
            Self::Limit { .. } => 1,
            Self::Stop { .. } => 2,
            Self::StopLimit { .. } => 3,
            Self::TrailingStop { .. } => 4,
            Self::MarketIfTouched { .. } => 5,
            Self::LimitIfTouched { .. } => 6,
        }
    }

    /// The name in tables and files.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::NAMES[usize::from(self.code())]
    }

    /// The worst price that the order names: its limit, else its trigger; none for market and trailing orders.
    #[must_use]
    pub fn price(self) -> Option<Price> {
        self.limit().or_else(|| self.trigger())
    }

    /// The limit price, if it has one.
    #[must_use]
    pub fn limit(self) -> Option<Price> {
        match self {
            Self::Limit { price } | Self::StopLimit { price, .. } | Self::LimitIfTouched { price, .. } => Some(price),
            _ => None,
        }
    }

    /// The price that wakes the order, if it names one.
    #[must_use]
    pub fn trigger(self) -> Option<Price> {
        match self {
            Self::Stop { trigger }
            | Self::StopLimit { trigger, .. }
            | Self::MarketIfTouched { trigger }
            | Self::LimitIfTouched { trigger, .. } => Some(trigger),
            _ => None,
        }
    }

    /// Whether the order sleeps until a price wakes it.
    #[must_use]
    pub fn sleeps(self) -> bool {
        !matches!(self, Self::Market | Self::Limit { .. })
    }

    /// Whether a price wakes it that moves against its owner's position: the stops.
    #[must_use]
    pub fn is_stop(self) -> bool {
        matches!(self, Self::Stop { .. } | Self::StopLimit { .. } | Self::TrailingStop { .. })
    }

    /// Whether a rising price wakes or fills it; a market order waits for none.
    #[must_use]
    pub fn waits_for_a_rise(self, side: Side) -> bool {
        self.is_stop() == (side == Side::Buy)
    }

    /// The same kind at another price: the limit where it has one, else the trigger.
    #[must_use]
    pub fn repriced(self, price: Option<Price>) -> Self {
        let Some(price) = price else { return self };
        match self {
            Self::Limit { .. } => Self::Limit { price },
            Self::Stop { .. } => Self::Stop { trigger: price },
            Self::StopLimit { trigger, .. } => Self::StopLimit { trigger, price },
            Self::MarketIfTouched { .. } => Self::MarketIfTouched { trigger: price },
            Self::LimitIfTouched { trigger, .. } => Self::LimitIfTouched { trigger, price },
            Self::Market | Self::TrailingStop { .. } => self,
        }
    }
}
