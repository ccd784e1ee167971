//! An order as Alpaca has it: the same object in every answer and in the stream.
use crate::numbers::Number;
use serde::Deserialize;
use std::borrow::Cow;

/// An order. Of most fields nothing may be said.
#[derive(Clone, Debug, Deserialize)]
pub struct Order<'a> {
    /// The venue's id: a new one after each replacement.
    #[serde(borrow)]
    pub id: Cow<'a, str>,
    /// Ours, or one that the venue drew.
    #[serde(borrow, default)]
    pub client_order_id: Option<Cow<'a, str>>,
    /// When it arrived.
    #[serde(borrow, default)]
    pub created_at: Option<Cow<'a, str>>,
    /// When it changed last.
    #[serde(borrow, default)]
    pub updated_at: Option<Cow<'a, str>>,
    /// When it was submitted: what lists are bounded and sorted by.
    #[serde(borrow, default)]
    pub submitted_at: Option<Cow<'a, str>>,
    /// When it was filled whole.
    #[serde(borrow, default)]
    pub filled_at: Option<Cow<'a, str>>,
    /// When it was cancelled.
    #[serde(borrow, default, alias = "cancelled_at")]
    pub canceled_at: Option<Cow<'a, str>>,
    /// When it expired.
    #[serde(borrow, default)]
    pub expired_at: Option<Cow<'a, str>>,
    /// The id of the order that stands in its place now.
    #[serde(borrow, default)]
    pub replaced_by: Option<Cow<'a, str>>,
    /// The id of the order in whose place it stands.
    #[serde(borrow, default)]
    pub replaces: Option<Cow<'a, str>>,
    /// The venue's id of what is traded.
    #[serde(borrow, default)]
    pub asset_id: Option<Cow<'a, str>>,
    /// What is traded.
    #[serde(borrow, default, deserialize_with = "super::or_default")]
    pub symbol: Cow<'a, str>,
    /// `us_equity`, `crypto`, `us_option`.
    #[serde(borrow, default)]
    pub asset_class: Option<Cow<'a, str>>,
    /// How much money is to be traded, where it is no quantity.
    #[serde(borrow, default)]
    pub notional: Option<Number<'a>>,
    /// How much is to be traded.
    #[serde(borrow, default)]
    pub qty: Option<Number<'a>>,
    /// How much of it is filled.
    #[serde(borrow, default)]
    pub filled_qty: Option<Number<'a>>,
    /// At what price on average.
    #[serde(borrow, default)]
    pub filled_avg_price: Option<Number<'a>>,
    /// `simple` or nothing, `bracket`, `oco`, `oto`, `mleg`.
    #[serde(borrow, default)]
    pub order_class: Option<Cow<'a, str>>,
    /// `market`, `limit`, `stop`, `stop_limit`, `trailing_stop`.
    #[serde(borrow, default, rename = "type")]
    pub kind: Option<Cow<'a, str>>,
    /// The same again.
    #[serde(borrow, default)]
    pub order_type: Option<Cow<'a, str>>,
    /// `buy`, `sell`.
    #[serde(borrow, default)]
    pub side: Option<Cow<'a, str>>,
    /// `day`, `gtc`, `opg`, `cls`, `ioc`, `fok`.
    #[serde(borrow, default, alias = "timeinforce")]
    pub time_in_force: Option<Cow<'a, str>>,
    /// The limit.
    #[serde(borrow, default)]
    pub limit_price: Option<Number<'a>>,
    /// The price that wakes it.
    #[serde(borrow, default)]
    pub stop_price: Option<Number<'a>>,
    /// How far behind it trails, in per cent.
    #[serde(borrow, default)]
    pub trail_percent: Option<Number<'a>>,
    /// How far behind it trails.
    #[serde(borrow, default)]
    pub trail_price: Option<Number<'a>>,
    /// Where it stands, in the venue's spelling.
    #[serde(borrow, default, deserialize_with = "super::or_default")]
    pub status: Cow<'a, str>,
    /// Whether it also trades before and after the session.
    #[serde(default)]
    pub extended_hours: Option<bool>,
    /// The other orders of its group, where the list is nested.
    #[serde(borrow, default)]
    pub legs: Option<Vec<Order<'a>>>,
    /// `buy_to_open` and so on.
    #[serde(borrow, default)]
    pub position_intent: Option<Cow<'a, str>>,
}

impl Order<'_> {
    /// The kind, from whichever field has it.
    #[must_use]
    pub fn kind(&self) -> &str {
        self.kind.as_deref().or(self.order_type.as_deref()).unwrap_or_default()
    }
}

/// What became of one of many orders or positions that one request was about, in an answer of status 207.
#[derive(Clone, Debug, Deserialize)]
pub struct Part<'a> {
    /// The order.
    #[serde(borrow, default)]
    pub id: Option<Cow<'a, str>>,
    /// The symbol of the position.
    #[serde(borrow, default)]
    pub symbol: Option<Cow<'a, str>>,
    /// The HTTP status that it alone would have had.
    #[serde(default)]
    pub status: Option<u16>,
    /// The body that it alone would have had, as it stands.
    #[serde(borrow, default)]
    pub body: Option<&'a serde_json::value::RawValue>,
}

impl Part<'_> {
    /// Whether the venue did it.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.status.is_some_and(|status| (200..300).contains(&status))
    }
}
