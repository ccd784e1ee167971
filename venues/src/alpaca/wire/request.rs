//! What we send: bodies of orders and what is said on the streams.
use serde::Serialize;

/// The limit of a take-profit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TakeProfit {
    /// Its price.
    pub limit_price: String,
}

/// The stop of a stop-loss.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StopLoss {
    /// The price that wakes it.
    pub stop_price: String,
    /// Its limit, once awake; a market order without.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit_price: Option<String>,
}

/// A new order. Numbers go as text, so that nobody on the way makes a float of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct NewOrder {
    /// What.
    pub symbol: String,
    /// How much of it, or
    #[serde(skip_serializing_if = "Option::is_none")]
    pub qty: Option<String>,
    /// for how much money.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notional: Option<String>,
    /// `buy` or `sell`.
    pub side: &'static str,
    /// `market`, `limit`, `stop`, `stop_limit`, `trailing_stop`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// `day`, `gtc`, `opg`, `cls`, `ioc`, `fok`.
    pub time_in_force: &'static str,
    /// The limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit_price: Option<String>,
    /// The price that wakes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stop_price: Option<String>,
    /// How far it trails.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trail_price: Option<String>,
    /// How far it trails, in per cent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trail_percent: Option<String>,
    /// Whether it also trades before and after the session.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extended_hours: Option<bool>,
    /// Our name for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_order_id: Option<String>,
    /// `bracket`, `oco`, `oto`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order_class: Option<&'static str>,
    /// The exit with a profit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub take_profit: Option<TakeProfit>,
    /// The exit with a loss.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stop_loss: Option<StopLoss>,
    /// `buy_to_open` and so on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub position_intent: Option<&'static str>,
}

/// What is to change about an order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Replacement {
    /// How much the new order is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub qty: Option<String>,
    /// Its limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit_price: Option<String>,
    /// The price that wakes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stop_price: Option<String>,
    /// How far it trails, as an amount or in per cent, whichever it does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trail: Option<String>,
    /// Our name for the new order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_order_id: Option<String>,
}

/// What is wanted of the stream of market data; empty lists are left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Subscribe {
    /// `subscribe` or `unsubscribe`.
    pub action: &'static str,
    /// Symbols of minute bars.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub bars: Vec<String>,
    /// Symbols of minute bars that are corrected.
    #[serde(rename = "updatedBars", skip_serializing_if = "Vec::is_empty")]
    pub updated_bars: Vec<String>,
    /// Symbols of daily bars.
    #[serde(rename = "dailyBars", skip_serializing_if = "Vec::is_empty")]
    pub daily_bars: Vec<String>,
    /// Symbols of trades.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub trades: Vec<String>,
    /// Symbols of quotes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub quotes: Vec<String>,
}

/// Who we are, to the stream of market data. It holds secrets.
#[derive(Serialize)]
pub struct Auth<'a> {
    /// `auth`.
    pub action: &'static str,
    /// The key.
    pub key: &'a str,
    /// The secret.
    pub secret: &'a str,
}

/// Who we are, to the stream of trade updates. It holds secrets.
#[derive(Serialize)]
pub struct Authenticate<'a> {
    /// `authenticate`.
    pub action: &'static str,
    /// Key and secret.
    pub data: Credentials<'a>,
}

/// Key and secret.
#[derive(Serialize)]
pub struct Credentials<'a> {
    /// The key.
    pub key_id: &'a str,
    /// The secret.
    pub secret_key: &'a str,
}

/// What the stream of trade updates is to say.
#[derive(Clone, Debug, Serialize)]
pub struct Listen {
    /// `listen`.
    pub action: &'static str,
    /// The streams.
    pub data: Streams,
}

/// Names of streams.
#[derive(Clone, Debug, Serialize)]
pub struct Streams {
    /// The names; they replace those of before.
    pub streams: Vec<&'static str>,
}
