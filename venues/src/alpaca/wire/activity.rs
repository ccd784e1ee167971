//! What happened to the account: fills, and money or units that moved without a trade.
use crate::numbers::Number;
use serde::Deserialize;
use std::borrow::Cow;

/// One activity. A fill has its time and the order; anything else has a day and an amount.
#[derive(Clone, Debug, Deserialize)]
pub struct Activity<'a> {
    /// `20220304135420903::047e252a-…`: the instant in New York and a UUID. It is not the id that the stream gave a fill.
    #[serde(borrow)]
    pub id: Cow<'a, str>,
    /// `FILL`, `CFEE`, `DIV`, `CSD` and many more.
    #[serde(borrow, default, deserialize_with = "super::or_default")]
    pub activity_type: Cow<'a, str>,
    /// When, of a fill.
    #[serde(borrow, default)]
    pub transaction_time: Option<Cow<'a, str>>,
    /// `fill` or `partial_fill`.
    #[serde(borrow, default, rename = "type")]
    pub kind: Option<Cow<'a, str>>,
    /// At what price.
    #[serde(borrow, default)]
    pub price: Option<Number<'a>>,
    /// How much.
    #[serde(borrow, default)]
    pub qty: Option<Number<'a>>,
    /// Which way: `buy`, `sell`, `sell_short`.
    #[serde(borrow, default)]
    pub side: Option<Cow<'a, str>>,
    /// Of what.
    #[serde(borrow, default)]
    pub symbol: Option<Cow<'a, str>>,
    /// How much of the order is left.
    #[serde(borrow, default)]
    pub leaves_qty: Option<Number<'a>>,
    /// How much of the order is filled with it.
    #[serde(borrow, default)]
    pub cum_qty: Option<Number<'a>>,
    /// The venue's id of the order.
    #[serde(borrow, default)]
    pub order_id: Option<Cow<'a, str>>,
    /// Where the order stood then.
    #[serde(borrow, default)]
    pub order_status: Option<Cow<'a, str>>,
    /// The day, of anything but a fill.
    #[serde(borrow, default)]
    pub date: Option<Cow<'a, str>>,
    /// The money that moved.
    #[serde(borrow, default)]
    pub net_amount: Option<Number<'a>>,
    /// In words.
    #[serde(borrow, default)]
    pub description: Option<Cow<'a, str>>,
    /// `executed`, `correct`, `canceled`.
    #[serde(borrow, default)]
    pub status: Option<Cow<'a, str>>,
    /// Of each share, of dividends.
    #[serde(borrow, default)]
    pub per_share_amount: Option<Number<'a>>,
}
