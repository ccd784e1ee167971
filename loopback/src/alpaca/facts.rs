//! What the exchange says of the account and the market at one instant, in Alpaca's decimals.
use engine::Timestamp;
use rust_decimal::Decimal;

/// One asset as the exchange sees it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Seen {
    /// The last price, once there is one.
    pub(crate) last: Option<Decimal>,
    /// What an order of a side would trade at, where there are quotes.
    pub(crate) bid: Option<Decimal>,
    pub(crate) ask: Option<Decimal>,
    /// What the account holds, signed.
    pub(crate) quantity: Decimal,
}

impl Seen {
    /// What the holding is worth, signed.
    pub(crate) fn worth(&self) -> Decimal {
        self.quantity * self.last.unwrap_or_default()
    }
}

/// The account and the market.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Facts {
    pub(crate) now: Timestamp,
    /// Whether the stock market is in its regular session.
    pub(crate) open: bool,
    pub(crate) cash: Decimal,
    /// How much may be held as a multiple of the equity.
    pub(crate) multiplier: Decimal,
    /// In the order of the assets.
    pub(crate) seen: Vec<Seen>,
}

impl Facts {
    pub(crate) fn equity(&self) -> Decimal {
        self.cash + self.seen.iter().map(Seen::worth).sum::<Decimal>()
    }

    /// What is held long.
    pub(crate) fn long(&self) -> Decimal {
        self.seen.iter().map(Seen::worth).filter(|worth| worth.is_sign_positive()).sum()
    }

    /// What is held short; not above zero.
    pub(crate) fn short(&self) -> Decimal {
        self.seen.iter().map(Seen::worth).filter(|worth| worth.is_sign_negative()).sum()
    }

    /// What more may be bought with margin, before open orders.
    pub(crate) fn power(&self) -> Decimal {
        (self.equity() * self.multiplier - self.long() + self.short()).max(Decimal::ZERO)
    }
}
