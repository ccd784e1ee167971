//! The account, what it holds, what can be traded, and when.
use crate::numbers::Number;
use serde::Deserialize;
use std::borrow::Cow;

/// The account.
#[derive(Clone, Debug, Deserialize)]
pub struct Account<'a> {
    /// The venue's id.
    #[serde(borrow)]
    pub id: Cow<'a, str>,
    /// The number that people see.
    #[serde(borrow, default)]
    pub account_number: Option<Cow<'a, str>>,
    /// `ACTIVE`, or why not.
    #[serde(borrow, default)]
    pub status: Option<Cow<'a, str>>,
    /// The same for crypto.
    #[serde(borrow, default)]
    pub crypto_status: Option<Cow<'a, str>>,
    /// `USD`.
    #[serde(borrow, default)]
    pub currency: Option<Cow<'a, str>>,
    /// Money; below zero where it is owed.
    #[serde(borrow, default)]
    pub cash: Option<Number<'a>>,
    /// What everything is worth.
    #[serde(borrow, default)]
    pub equity: Option<Number<'a>>,
    /// What new orders may cost.
    #[serde(borrow, default)]
    pub buying_power: Option<Number<'a>>,
    /// The same without credit: what crypto may cost.
    #[serde(borrow, default)]
    pub non_marginable_buying_power: Option<Number<'a>>,
    /// `1`, `2` or `4` times the equity.
    #[serde(borrow, default)]
    pub multiplier: Option<Number<'a>>,
    /// Orders are refused.
    #[serde(default, deserialize_with = "super::or_default")]
    pub trading_blocked: bool,
    /// Transfers are refused.
    #[serde(default, deserialize_with = "super::or_default")]
    pub transfers_blocked: bool,
    /// Everything is refused.
    #[serde(default, deserialize_with = "super::or_default")]
    pub account_blocked: bool,
    /// A person has suspended trading.
    #[serde(default, deserialize_with = "super::or_default")]
    pub trade_suspended_by_user: bool,
    /// Shorts are allowed.
    #[serde(default)]
    pub shorting_enabled: Option<bool>,
    /// The rule of day traders holds; gone since 2026.
    #[serde(default)]
    pub pattern_day_trader: Option<bool>,
}

/// The settings of the account.
#[derive(Clone, Debug, Deserialize)]
pub struct Configurations<'a> {
    /// No short is allowed.
    #[serde(default, deserialize_with = "super::or_default")]
    pub no_shorting: bool,
    /// A person has suspended trading.
    #[serde(default, deserialize_with = "super::or_default")]
    pub suspend_trade: bool,
    /// Parts of shares are allowed.
    #[serde(default, deserialize_with = "super::or_default")]
    pub fractional_trading: bool,
    /// The most credit.
    #[serde(borrow, default)]
    pub max_margin_multiplier: Option<Number<'a>>,
    /// When the rule of day traders is checked; gone since 2026.
    #[serde(borrow, default)]
    pub dtbp_check: Option<Cow<'a, str>>,
    /// When the rule of day traders is checked; gone since 2026.
    #[serde(borrow, default)]
    pub pdt_check: Option<Cow<'a, str>>,
}

/// What is held of one asset.
#[derive(Clone, Debug, Deserialize)]
pub struct Position<'a> {
    /// The venue's id of it.
    #[serde(borrow, default)]
    pub asset_id: Option<Cow<'a, str>>,
    /// Its symbol: of crypto without a slash.
    #[serde(borrow)]
    pub symbol: Cow<'a, str>,
    /// `us_equity`, `crypto`.
    #[serde(borrow, default)]
    pub asset_class: Option<Cow<'a, str>>,
    /// The average price of the entry.
    #[serde(borrow, default)]
    pub avg_entry_price: Option<Number<'a>>,
    /// How much: of a short below zero, or not.
    #[serde(borrow)]
    pub qty: Number<'a>,
    /// How much of it no order holds.
    #[serde(borrow, default)]
    pub qty_available: Option<Number<'a>>,
    /// `long`, `short`.
    #[serde(borrow, default)]
    pub side: Option<Cow<'a, str>>,
    /// What it is worth.
    #[serde(borrow, default)]
    pub market_value: Option<Number<'a>>,
    /// The last price.
    #[serde(borrow, default)]
    pub current_price: Option<Number<'a>>,
}

/// Something that can be traded.
#[derive(Clone, Debug, Deserialize)]
pub struct Asset<'a> {
    /// The venue's id of it.
    #[serde(borrow)]
    pub id: Cow<'a, str>,
    /// `us_equity`, `crypto`.
    #[serde(borrow, default, rename = "class", alias = "asset_class")]
    pub class: Option<Cow<'a, str>>,
    /// Where.
    #[serde(borrow, default)]
    pub exchange: Option<Cow<'a, str>>,
    /// Its symbol: of crypto with a slash.
    #[serde(borrow)]
    pub symbol: Cow<'a, str>,
    /// Its name.
    #[serde(borrow, default)]
    pub name: Option<Cow<'a, str>>,
    /// `active`, `inactive`.
    #[serde(borrow, default)]
    pub status: Option<Cow<'a, str>>,
    /// Whether orders are taken.
    #[serde(default, deserialize_with = "super::or_default")]
    pub tradable: bool,
    /// Whether it can be bought on credit.
    #[serde(default)]
    pub marginable: Option<bool>,
    /// Whether it can be sold short.
    #[serde(default)]
    pub shortable: Option<bool>,
    /// Whether shares to sell short are easy to borrow.
    #[serde(default)]
    pub easy_to_borrow: Option<bool>,
    /// Whether parts of it can be traded.
    #[serde(default)]
    pub fractionable: Option<bool>,
    /// The least quantity, of crypto.
    #[serde(borrow, default)]
    pub min_order_size: Option<Number<'a>>,
    /// The step of quantities, of crypto.
    #[serde(borrow, default)]
    pub min_trade_increment: Option<Number<'a>>,
    /// The step of prices, of crypto.
    #[serde(borrow, default)]
    pub price_increment: Option<Number<'a>>,
}

/// The venue's clock.
#[derive(Clone, Debug, Deserialize)]
pub struct Clock<'a> {
    /// Its time.
    #[serde(borrow)]
    pub timestamp: Cow<'a, str>,
    /// Whether the session of stocks is open.
    #[serde(default, deserialize_with = "super::or_default")]
    pub is_open: bool,
    /// When it opens next.
    #[serde(borrow, default)]
    pub next_open: Option<Cow<'a, str>>,
    /// When it closes next.
    #[serde(borrow, default)]
    pub next_close: Option<Cow<'a, str>>,
}

/// A day with a session. Days without have no row; short days close earlier.
#[derive(Clone, Debug, Deserialize)]
pub struct Day<'a> {
    /// `2026-01-02`.
    #[serde(borrow)]
    pub date: Cow<'a, str>,
    /// `09:30`, in New York.
    #[serde(borrow)]
    pub open: Cow<'a, str>,
    /// `16:00`, in New York.
    #[serde(borrow)]
    pub close: Cow<'a, str>,
    /// `0400`, without a colon: when trading before the session begins.
    #[serde(borrow, default)]
    pub session_open: Option<Cow<'a, str>>,
    /// `2000`: when trading after the session ends.
    #[serde(borrow, default)]
    pub session_close: Option<Cow<'a, str>>,
}

/// The account's worth over time, in columns.
#[derive(Clone, Debug, Deserialize)]
pub struct PortfolioHistory<'a> {
    /// Seconds since 1970; older answers have milliseconds.
    #[serde(borrow, default, deserialize_with = "super::or_default")]
    pub timestamp: Vec<Number<'a>>,
    /// What everything was worth.
    #[serde(borrow, default, deserialize_with = "super::or_default")]
    pub equity: Vec<Option<Number<'a>>>,
    /// Won or lost.
    #[serde(borrow, default, deserialize_with = "super::or_default")]
    pub profit_loss: Vec<Option<Number<'a>>>,
    /// The worth that it is compared with.
    #[serde(borrow, default)]
    pub base_value: Option<Number<'a>>,
    /// The length of an interval.
    #[serde(borrow, default)]
    pub timeframe: Option<Cow<'a, str>>,
}

/// A person's list of symbols.
#[derive(Clone, Debug, Deserialize)]
pub struct Watchlist<'a> {
    /// Its id.
    #[serde(borrow)]
    pub id: Cow<'a, str>,
    /// Its name.
    #[serde(borrow, default)]
    pub name: Option<Cow<'a, str>>,
    /// What stands on it; lists of lists leave it out.
    #[serde(borrow, default)]
    pub assets: Option<Vec<Asset<'a>>>,
}
